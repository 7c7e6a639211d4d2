/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renegotiation_info (RFC 5746): on a first handshake its body is empty; the signalling suite in a ClientHello means
 * the same. We do not renegotiate, so nothing else is ever right. Servers answer whoever signals it.
 */
#include "handshake/hs.h"

bool ext_renegotiation_info_wants(const struct handshake *hs, enum ext_where where)
{
    return where == SH12 && hs->session->secure_renegotiation; /* clients send the signalling suite instead */
}

void ext_renegotiation_info_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    wr_u8(w, 0);
}

bool ext_renegotiation_info_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd verify;
    (void) where;
    if (!rd_vec8(r, &verify)) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (!rd_end(&verify)) {
        return fail(ERR_NON_EMPTY_RENEGOTIATION_INFO);
    }
    hs->session->secure_renegotiation = true;
    return true;
}
