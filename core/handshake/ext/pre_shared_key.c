/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pre_shared_key (RFC 8446 4.2.11): this release chooses no PSK, so an offer leads to a full handshake. Its form is
 * checked all the same: identities and binders in equal number, and the modes extension beside it. A server that
 * answers with one answers a question we did not ask, which ext.c refuses.
 */
#include "handshake/hs.h"

#define BINDER_MIN 32

bool ext_pre_shared_key_wants(const struct handshake *hs, enum ext_where where)
{
    (void) hs;
    (void) where;
    return false;
}

void ext_pre_shared_key_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    (void) w;
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

bool ext_pre_shared_key_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd identities, binders;
    uint32_t identities_n, binders_n;
    (void) where;
    if (!ext_seen(hs, EXT_psk_key_exchange_modes) || !ext_seen(hs, EXT_key_share)) {
        return fail(ERR_MISSING_EXTENSION);
    }
    if (!rd_vec16(r, &identities) || !rd_vec16(r, &binders)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(count_identities(identities, &identities_n) && count_binders(binders, &binders_n));
    if (identities_n == 0 || identities_n != binders_n) {
        return fail(ERR_BAD_MESSAGE);
    }
    return true;
}
