/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pre_shared_key (RFC 8446 4.2.11): a client lists PSKs, each with a binder that proves it knows the key and has not
 * been tampered with; the server answers with the place of the one it takes. Here is the form of both; which one is
 * taken, and whether its binder is right, is offer.c.
 */
#include "handshake/hs.h"

#define BINDER_MIN 32

bool ext_pre_shared_key_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? psk_any_offered(hs) : hs->psk_chosen != NULL;
}

/* The age hides the time of the earlier connection from who watches (RFC 8446 4.2.11.1). A clock that was set back since
 * then gives no age at all. */
static uint32_t obfuscated_age(const struct s2n_psk *psk, uint64_t now)
{
    return psk->type == PSK_EXTERNAL ? 0 : (uint32_t) ((now - psk->issued) / CLOCK_MS) + psk->age_add;
}

void ext_pre_shared_key_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where != CH) {
        wr_u16(w, hs->psk_index);
        return;
    }
    struct wr_mark identities = wr_open(w, 2);
    for (const struct s2n_psk *p = hs->session->resume->psks; p != NULL; p = p->next) {
        if (psk_offered(hs, p)) {
            struct wr_mark identity = wr_open(w, 2);
            wr_bytes(w, buf_span(&p->identity));
            wr_close(w, identity);
            wr_u32(w, obfuscated_age(p, hs->now));
        }
    }
    wr_close(w, identities);
    hs->psk_binders_at = w->b->len;
    struct wr_mark binders = wr_open(w, 2); /* blank until all before them is written: psk_write_binders */
    for (const struct s2n_psk *p = hs->session->resume->psks; p != NULL; p = p->next) {
        if (psk_offered(hs, p)) {
            wr_u8(w, (uint8_t) hash_size(p->alg));
            wr_zeros(w, hash_size(p->alg));
        }
    }
    wr_close(w, binders);
}

static bool count_identities(struct rd list, uint32_t *n)
{
    struct rd identity;
    uint32_t age;
    for (*n = 0; !rd_end(&list); ++*n) {
        if (!rd_vec16(&list, &identity) || rd_end(&identity) || !rd_u32(&list, &age)) {
            return fail(ERR_BAD_MESSAGE);
        }
    }
    return true;
}

static bool count_binders(struct rd list, uint32_t *n)
{
    struct rd binder;
    for (*n = 0; !rd_end(&list); ++*n) {
        if (!rd_vec8(&list, &binder) || rd_left(&binder) < BINDER_MIN) {
            return fail(ERR_BAD_MESSAGE);
        }
    }
    return true;
}

static bool read_offer(struct handshake *hs, struct rd *r)
{
    struct rd identities, binders;
    uint32_t identities_n, binders_n;
    if (!ext_seen(hs, EXT_psk_key_exchange_modes) || !ext_seen(hs, EXT_key_share)) {
        return fail(ERR_MISSING_EXTENSION);
    }
    if (!rd_vec16(r, &identities)) {
        return fail(ERR_BAD_MESSAGE);
    }
    size_t truncated = (size_t) (r->p - hs->session->client_hello->message.p);
    if (!rd_vec16(r, &binders)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(count_identities(identities, &identities_n) && count_binders(binders, &binders_n));
    if (identities_n == 0 || identities_n != binders_n) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.psk_identities = rd_rest(&identities);
    hs->peer.psk_binders = rd_rest(&binders);
    hs->peer.psk_truncated = truncated;
    return true;
}

/* The server's choice: one that we offered, and of the suite's hash (RFC 8446 4.2.11). */
static bool read_answer(struct handshake *hs, struct rd *r)
{
    uint16_t left;
    if (!rd_u16(r, &left)) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->psk_index = left;
    for (struct s2n_psk *p = hs->session->resume->psks; p != NULL; p = p->next) {
        if (!psk_offered(hs, p) || left-- != 0) {
            continue;
        }
        if (p->alg != hs->session->suite->prf) {
            return fail(ERR_BAD_MESSAGE);
        }
        psk_take(hs, p);
        return true;
    }
    return fail(ERR_BAD_MESSAGE);
}

bool ext_pre_shared_key_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    return where == CH ? read_offer(hs, r) : read_answer(hs, r);
}
