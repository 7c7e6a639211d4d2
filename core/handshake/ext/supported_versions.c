/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supported_versions (RFC 8446 4.2.1): a client lists what it can do, a server's hello names the one chosen. The list
 * decides the version at a server that can do TLS 1.3; a ServerHello with it is a TLS 1.3 one.
 */
#include "handshake/hs.h"

bool ext_supported_versions_wants(const struct handshake *hs, enum ext_where where)
{
    return where != CH || hs->policy->max >= TLS13;
}

void ext_supported_versions_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where != CH) {
        wr_u16(w, TLS13);
        return;
    }
    struct wr_mark list = wr_open(w, 1);
    for (uint16_t v = hs->policy->max; v >= hs->policy->min; v--) {
        wr_u16(w, v);
    }
    wr_close(w, list);
}

static bool read_list(struct handshake *hs, struct rd *r)
{
    struct rd list;
    if (!rd_vec8(r, &list) || rd_left(&list) < 2 || rd_left(&list) % 2 != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.versions = rd_rest(&list);
    return true;
}

bool ext_supported_versions_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    uint16_t chosen;
    if (where == CH) {
        return read_list(hs, r);
    }
    if (!rd_u16(r, &chosen)) {
        return fail(ERR_BAD_MESSAGE);
    }
    /* Only TLS 1.3 is chosen this way; older answers would be a downgrade in disguise. */
    if (chosen != TLS13 || hs->policy->max < TLS13) {
        return fail(ERR_PROTOCOL_VERSION_UNSUPPORTED);
    }
    hs->peer.version = chosen;
    return true;
}
