/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_share (RFC 8446 4.2.8): a client offers shares for the groups it likes best, a server answers with one or asks
 * for another group. Every length and repetition is judged here; points are judged where they are used (kx.c).
 */
#include "handshake/hs.h"

bool ext_key_share_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? hs->policy->max >= TLS13 : where == SH13 || hs->retry_group != NULL;
}

static void write_entry(const struct kx_key *key, struct wr *w)
{
    wr_u16(w, key->group->id);
    struct wr_mark share = wr_open(w, 2);
    kx_share(key, w);
    wr_close(w, share);
}

void ext_key_share_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where == HRR) {
        wr_u16(w, hs->retry_group->id);
        return;
    }
    if (where == SH13) {
        write_entry(&hs->share[0], w);
        return;
    }
    struct wr_mark list = wr_open(w, 2);
    for (size_t i = 0; i < 2 && hs->share[i].group != NULL; i++) {
        write_entry(&hs->share[i], w);
    }
    wr_close(w, list);
}

/* The list's form, no group twice, and each group among those the client says it supports (RFC 8446 4.2.8). */
static bool read_offer(struct handshake *hs, struct rd *r)
{
    struct rd list, share;
    uint16_t id, other;
    if (!rd_vec16(r, &list)) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.shares = rd_rest(&list);
    uint64_t known = 0; /* bit per table row: a repeated group that we know is an attack or a bug */
    while (!rd_end(&list)) {
        if (!rd_u16(&list, &id) || !rd_vec16(&list, &share) || rd_end(&share)) {
            return fail(ERR_BAD_MESSAGE);
        }
        const struct group *g = group_by_id(id);
        if (g == NULL) {
            continue;
        }
        bool supported =
            hs->peer.groups.p == NULL; /* without that extension the hello is refused for its absence */
        for (struct rd theirs = rd_of(hs->peer.groups); rd_u16(&theirs, &other);) {
            supported |= other == id;
        }
        if (!supported || (known >> g->index & 1) != 0) {
            return fail(ERR_BAD_KEY_SHARE);
        }
        known |= (uint64_t) 1 << g->index;
    }
    return true;
}

static const struct kx_key *offered_share(const struct handshake *hs, uint16_t id)
{
    for (size_t i = 0; i < 2; i++) {
        if (hs->share[i].group != NULL && hs->share[i].group->id == id) {
            return &hs->share[i];
        }
    }
    return NULL;
}

/* A retry must ask for a group we support and have not sent a share for (RFC 8446 4.2.8). */
static bool read_retry(struct handshake *hs, struct rd *r)
{
    uint16_t id;
    if (!rd_u16(r, &id)) {
        return fail(ERR_BAD_MESSAGE);
    }
    const struct group *g = group_by_id(id);
    if (g == NULL || !policy_has_group(hs->policy, g) || offered_share(hs, id) != NULL) {
        return fail(ERR_INVALID_HELLO_RETRY);
    }
    hs->retry_group = g;
    return true;
}

bool ext_key_share_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd share;
    uint16_t id;
    if (where == CH) {
        return read_offer(hs, r);
    }
    if (where == HRR) {
        return read_retry(hs, r);
    }
    if (!rd_u16(r, &id) || !rd_vec16(r, &share) || rd_end(&share)) {
        return fail(ERR_BAD_MESSAGE);
    }
    const struct kx_key *ours = offered_share(hs, id);
    if (ours == NULL) {
        return fail(ERR_BAD_KEY_SHARE);
    }
    hs->session->group = ours->group;
    hs->peer_share = rd_rest(&share);
    return true;
}
