/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_ticket (RFC 5077 3.2), below TLS 1.3: a client shows a ticket, or with no bytes that it would like one; a
 * server says with an empty body that one will follow. A client with PSKs to offer counts on those.
 */
#include "handshake/hs.h"

bool ext_session_ticket_wants(const struct handshake *hs, enum ext_where where)
{
    const struct s2n_config *config = hs->set->config;
    if (where == SH12) {
        return (hs->session->type & WITH_SESSION_TICKET) != 0;
    }
    return config->tickets_on && !config->ticket_forward_secrecy && !psk_any(hs);
}

void ext_session_ticket_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    const struct resume *r = hs->session->resume;
    if (where == CH && r != NULL) {
        wr_bytes(w, buf_span(&r->ticket));
    }
}

bool ext_session_ticket_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    if (where == CH) {
        hs->peer.ticket = rd_take(r);
    } else { /* empty, as the caller checks */
        hs->session->type |= WITH_SESSION_TICKET;
    }
    return true;
}
