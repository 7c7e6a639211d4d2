/* SPDX-License-Identifier: Apache-2.0 */
/*
 * early_data (RFC 8446 4.2.10): a client announces it in its first hello, a server says with the same empty body that
 * it took it. What a ticket allows is written and read with the ticket (msg/new_session_ticket.c).
 */
#include "handshake/hs.h"

bool ext_early_data_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? early_wanted(hs) : hs->session->early == EARLY_ACCEPTED;
}

void ext_early_data_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    (void) w; /* empty */
}

/* The server may only have taken it with the client's first PSK, and with what belongs to that one. */
static bool check_answer(const struct handshake *hs)
{
    const struct s2n_psk *psk = hs->psk_chosen;
    bool fits = psk != NULL && hs->psk_index == 0 && hs->session->suite == psk->early_suite &&
                span_eq(buf_span(&psk->alpn), session_alpn(hs->session));
    return fits || fail(ERR_BAD_MESSAGE);
}

bool ext_early_data_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    (void) r; /* the caller checks that it is empty */
    if (where == CH) {
        hs->peer.early_data = true;
        return true;
    }
    TRY(check_answer(hs)); /* ALPN has been read by now, as its row comes first */
    hs->session->type |= WITH_EARLY_DATA;
    return early_set(hs->session, EARLY_ACCEPTED);
}
