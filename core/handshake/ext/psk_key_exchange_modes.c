/* SPDX-License-Identifier: Apache-2.0 */
/*
 * psk_key_exchange_modes (RFC 8446 4.2.9): how a client would use a PSK. We only ever use one together with a fresh
 * key exchange (psk_dhe_ke), and say so whenever we offer one or would like a ticket.
 */
#include <string.h>

#include "handshake/hs.h"

#define PSK_DHE_KE 1

bool ext_psk_key_exchange_modes_wants(const struct handshake *hs, enum ext_where where)
{
    (void) where;
    return hs->policy->max >= TLS13 && (hs->set->config->tickets_on || psk_any(hs));
}

void ext_psk_key_exchange_modes_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    struct wr_mark list = wr_open(w, 1);
    wr_u8(w, PSK_DHE_KE);
    wr_close(w, list);
}

bool ext_psk_key_exchange_modes_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    (void) where;
    if (!rd_vec8(r, &list) || rd_end(&list)) {
        return fail(ERR_BAD_MESSAGE);
    }
    struct span modes = rd_take(&list);
    hs->peer.psk_dhe = memchr(modes.p, PSK_DHE_KE, modes.n) != NULL;
    return true;
}
