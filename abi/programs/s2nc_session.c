/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of s2nc: where the first one comes from (--ticket-in), how each connection hands its own on to the
 * next (--reconnect), and where the last one goes (--ticket-out). Called by s2nc.c. A session is opaque to
 * this program and contains secrets, so files are for their owner only and memory is wiped.
 */
#include "s2nc.h"

#include <stdlib.h>
#include <string.h>

/* How long a server may take to send a ticket on a connection that is to stay open. */
enum {
    TICKET_WAIT_MS = 1000,
};

static void replace(struct client *c, char *session, size_t len)
{
    if (c->session != NULL) {
        explicit_bzero(c->session, c->session_len);
        free(c->session);
    }
    c->session = session;
    c->session_len = len;
}

bool client_session_load(struct client *c)
{
    size_t len = 0;
    char *session = NULL;

    if (c->ticket_in == NULL) {
        return true;
    }
    session = tool_read_file(c->ticket_in, &len);
    replace(c, session, len);
    return session != NULL;
}

void client_session_free(struct client *c)
{
    replace(c, NULL, 0);
}

/* External keys and sessions exclude each other on a connection, and keys that were asked for come first. */
static bool is_used(const struct client *c)
{
    return c->session != NULL && c->common.deserialize_in == NULL &&
           (c->common.n_psks == 0 || c->ticket_in != NULL);
}

bool client_session_offer(const struct client *c, struct s2n_connection *conn)
{
    if (!is_used(c)) {
        return true;
    }
    return s2n_connection_set_session(conn, (const uint8_t *) c->session, c->session_len) == S2N_SUCCESS ||
           tool_report("Error setting session");
}

bool client_session_send_early(const struct client *c, struct s2n_connection *conn, int fd)
{
    return c->early == NULL || !is_used(c) || early_send(conn, fd, c->early, c->early_len);
}

/* TLS 1.3 tickets are messages after the handshake, which only s2n_recv takes in. Half a close_notify first
 * makes the server end the connection as well, so that the wait is over at once when it sends no tickets; a
 * connection that is to be saved must stay open, and gives the server a moment only. */
static void await_ticket(struct s2n_connection *conn, int fd, bool keep_open)
{
    uint8_t scrap[1024];
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    bool more = s2n_connection_get_actual_protocol_version(conn) == S2N_TLS13 &&
                s2n_connection_get_session_length(conn) <= 0;

    io_set_non_blocking(fd);
    if (more && !keep_open) {
        (void) s2n_shutdown_send(conn, &blocked);
    }
    while (more && s2n_connection_get_session_length(conn) <= 0) {
        ssize_t n = 0;
        if (keep_open && s2n_peek(conn) == 0 && io_at_end(fd)) {
            return;
        }
        n = s2n_recv(conn, scrap, (ssize_t) sizeof(scrap), &blocked);
        more = n > 0 || (n < 0 && s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED &&
                         io_wait(fd, blocked, keep_open ? TICKET_WAIT_MS : IO_SHUTDOWN_WAIT_MS));
    }
}

/* Takes over the session that the connection holds now; without one, the earlier one stays. */
static bool fetch(struct client *c, struct s2n_connection *conn)
{
    int len = s2n_connection_get_session_length(conn);
    char *session = NULL;

    if (len <= 0) {
        return true;
    }
    session = (char *) malloc((size_t) len);
    if (session == NULL) {
        fprintf(stderr, "Out of memory\n");
        return false;
    }
    len = s2n_connection_get_session(conn, (uint8_t *) session, (size_t) len);
    if (len < 0) {
        free(session);
        return tool_report("Error getting session");
    }
    replace(c, session, (size_t) len);
    c->session_fresh = true;
    return true;
}

bool client_session_keep(struct client *c, struct s2n_connection *conn, int fd)
{
    bool save = c->common.serialize_out != NULL && c->common.deserialize_in == NULL;
    bool wanted = c->ticket_out != NULL || c->runs_left > 0;

    /* A saved connection must not leave a ticket behind on the old socket: its record is counted already. */
    if (!c->common.no_tickets && (wanted || save)) {
        await_ticket(conn, fd, c->common.serialize_out != NULL);
    }
    c->session_fresh = false;
    if (wanted && !fetch(c, conn)) {
        return false;
    }
    if (c->ticket_out == NULL) {
        return true;
    }
    if (!c->session_fresh) {
        fprintf(stderr, "No session to save to '%s'\n", c->ticket_out);
        return false;
    }
    return saved_write_file(c->ticket_out, c->session, c->session_len);
}
