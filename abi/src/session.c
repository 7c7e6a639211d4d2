/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for the sessions of a connection: set one to resume, get one to keep, the tickets that carry them. The
 * work is core/conn/session.c.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

#include <limits.h>

int s2n_connection_set_session(struct s2n_connection *conn, const uint8_t *session, size_t length)
{
    if (!GIVEN(conn) || !GIVEN(session)) {
        return S2N_FAILURE;
    }
    if (length > UINT32_MAX) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    return result(conn_set_session(conn, SPAN(session, length)));
}

int s2n_connection_get_session(struct s2n_connection *conn, uint8_t *session, size_t max_length)
{
    size_t n;
    bool ok = GIVEN(conn) && GIVEN(session) && conn_get_session(conn, session, max_length, &n);
    return ok ? (int) n : S2N_FAILURE;
}

int s2n_connection_get_session_length(struct s2n_connection *conn)
{
    size_t n;
    return GIVEN(conn) && conn_session_length(conn, &n) ? (int) n : 0;
}

int s2n_connection_is_session_resumed(struct s2n_connection *conn)
{
    return conn != NULL && conn_resumed(conn);
}

/* The peer may say any 32-bit number. */
int s2n_connection_get_session_ticket_lifetime_hint(struct s2n_connection *conn)
{
    uint32_t seconds;
    if (!GIVEN(conn) || !conn_get_hint(conn, &seconds)) {
        return S2N_FAILURE;
    }
    return seconds > INT_MAX ? INT_MAX : (int) seconds;
}

/* ---- tickets of a server ---- */

int s2n_connection_add_new_tickets_to_send(struct s2n_connection *conn, uint8_t num)
{
    return result(GIVEN(conn) && conn_add_tickets(conn, num));
}

int s2n_connection_get_tickets_sent(struct s2n_connection *conn, uint16_t *num)
{
    if (!GIVEN(conn) || !GIVEN(num)) {
        return S2N_FAILURE;
    }
    if (!conn->set.server) {
        (void) fail(ERR_CLIENT_MODE);
        return S2N_FAILURE;
    }
    *num = conn->session.tickets_sent;
    return S2N_SUCCESS;
}

int s2n_connection_set_server_keying_material_lifetime(struct s2n_connection *conn, uint32_t lifetime_in_secs)
{
    if (!GIVEN(conn) || !resume_need(&conn->session.resume)) {
        return S2N_FAILURE;
    }
    conn->session.resume->keying_lifetime = lifetime_in_secs;
    conn->session.resume->keying_lifetime_set = true;
    return S2N_SUCCESS;
}

/* ---- tickets as the callback of a client sees them ---- */

int s2n_session_ticket_get_data_len(struct s2n_session_ticket *ticket, size_t *data_len)
{
    if (!GIVEN(ticket) || !GIVEN(data_len)) {
        return S2N_FAILURE;
    }
    *data_len = ticket->data.n;
    return S2N_SUCCESS;
}

int s2n_session_ticket_get_data(struct s2n_session_ticket *ticket, size_t max_data_len, uint8_t *data)
{
    if (!GIVEN(ticket) || !GIVEN(data)) {
        return S2N_FAILURE;
    }
    if (ticket->data.n > max_data_len) {
        (void) fail(ERR_SERIALIZED_SESSION_STATE_TOO_LONG);
        return S2N_FAILURE;
    }
    memcpy(data, ticket->data.p, ticket->data.n);
    return S2N_SUCCESS;
}

int s2n_session_ticket_get_lifetime(struct s2n_session_ticket *ticket, uint32_t *session_lifetime)
{
    if (!GIVEN(ticket) || !GIVEN(session_lifetime)) {
        return S2N_FAILURE;
    }
    *session_lifetime = ticket->lifetime;
    return S2N_SUCCESS;
}
