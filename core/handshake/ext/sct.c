/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signed_certificate_timestamp (RFC 6962 3.3.1, RFC 8446 4.4.2.1): a client asks with an empty body, a server that has a
 * list for its certificate sends it, which the client keeps unread for the application.
 */
#include "handshake/hs.h"

bool ext_sct_wants(const struct handshake *hs, enum ext_where where)
{
    if (where == CH) {
        return hs->set->config->ct_support != S2N_CT_SUPPORT_NONE;
    }
    return hs->sct != NULL && hs->set->server;
}

void ext_sct_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where != CH) {
        wr_bytes(w, staple_span(hs->sct));
    }
}

bool ext_sct_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    if (where == CH || where == CR13) { /* empty, as the caller checks */
        hs->peer.sct = true;
        return true;
    }
    struct span list = rd_take(r);
    return hs->beyond_leaf || vouch_keep(hs, vouch_sct, list);
}
