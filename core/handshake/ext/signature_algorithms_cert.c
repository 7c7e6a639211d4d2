/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature_algorithms_cert (RFC 8446 4.2.3): how the peer wants certificates to be signed, where that differs from
 * handshake signatures. Read and honoured as a wish (choose.c); never sent, as our two lists are one.
 */
#include "handshake/hs.h"

bool ext_signature_algorithms_cert_wants(const struct handshake *hs, enum ext_where where)
{
    (void) hs;
    (void) where;
    return false;
}

void ext_signature_algorithms_cert_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    (void) w;
}

bool ext_signature_algorithms_cert_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    (void) where;
    if (!rd_vec16(r, &list) || rd_left(&list) < 2 || rd_left(&list) % 2 != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.cert_schemes = rd_rest(&list);
    return true;
}
