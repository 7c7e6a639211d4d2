/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psk_key_exchange_modes (RFC 8446 4.2.9): how a client would use a PSK. This release offers and takes none, but the
 * list's form is checked, and pre_shared_key must not come without it.
 */
#include "handshake/hs.h"

bool ext_psk_key_exchange_modes_wants(const struct handshake *hs, enum ext_where where)
{
    (void) hs;
    (void) where;
    return false;
}

void ext_psk_key_exchange_modes_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    (void) w;
}

bool ext_psk_key_exchange_modes_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    (void) hs;
    (void) where;
    if (!rd_vec8(r, &list) || rd_end(&list)) {
        return fail(ERR_BAD_MESSAGE);
    }
    (void) rd_take(&list);
    return true;
}
