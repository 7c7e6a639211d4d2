/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data: sent by a client between its hello and its EndOfEarlyData, read by a server there, or dropped unread
 * where the server did not take it. Both calls drive the handshake as conn_negotiate does, and stop where the data is.
 * RFC 8446 4.2.10 and 4.5; functions-2.md entries 243 and 244.
 */
#include "conn/inner.h"

static bool enter(struct s2n_connection *c)
{
    TRY(conn_start(c) && resume_need(&c->session.resume));
    c->session.resume->early_io = true;
    return true;
}

/* ---- client ---- */

static bool may_send(const struct s2n_connection *c)
{
    uint8_t early = c->session.early;
    return c->hs != NULL && (early == EARLY_REQUESTED || early == EARLY_ACCEPTED) && early_remaining(c) > 0;
}

/* What is sealed counts as sent: it goes out with whatever goes next. */
static enum step send_some(struct s2n_connection *c, struct span *data, size_t *sent,
                           s2n_blocked_status *blocked)
{
    while (data->n > 0 && may_send(c)) {
        size_t most = size_next(&c->sizes, &c->out);
        size_t left = early_remaining(c);
        size_t n = data->n < most ? data->n : most;
        n = n < left ? n : left;
        struct span piece = SPAN(data->p, n);
        if (!record_seal(&c->out, CT_APPDATA, TLS12, &piece, 1, &c->writing.tx)) {
            return STEP_RETRY;
        }
        c->session.resume->early_bytes += n;
        *sent += n;
        *data = SPAN(data->p + n, data->n - n);
        enum step s = conn_flush_tx(c);
        if (s != STEP_OK) {
            *blocked = S2N_BLOCKED_ON_WRITE;
            return s;
        }
    }
    return STEP_OK;
}

/* After the hello the data goes out at once. Later the server may have answered, so its answer is looked for first: data
 * that it has refused need not be sent. The call ends when it has taken or refused the data, when no more is allowed, or
 * when there is nothing to do but to wait. */
static enum step drive_client(struct s2n_connection *c, struct span data, size_t *sent,
                              s2n_blocked_status *blocked)
{
    bool answer_due = c->session.message != MSG_CLIENT_HELLO;
    for (;;) {
        enum hs_result r;
        enum step s = conn_turn(c, blocked, &r);
        if (s != STEP_OK || r == HS_DONE) {
            return s;
        }
        if (!answer_due || r == HS_EARLY) {
            s = send_some(c, &data, sent, blocked);
        }
        if (s != STEP_OK || r == HS_EARLY || !may_send(c)) {
            return s;
        }
        answer_due = true;
        *blocked = S2N_BLOCKED_ON_READ;
        s = conn_read_one(c);
        if (s == STEP_BLOCKED) {
            s = send_some(c, &data, sent, blocked);
            return s == STEP_OK && may_send(c) ? STEP_BLOCKED : s;
        }
        if (s != STEP_OK) {
            return s;
        }
    }
}

static bool send_locked(struct s2n_connection *c, struct span data, size_t *sent, s2n_blocked_status *blocked)
{
    TRY(enter(c));
    if (c->hs == NULL) {
        return true;
    }
    c->hs->hold_early = true;
    enum step s = drive_client(c, data, sent, blocked);
    if (c->hs != NULL) {
        c->hs->hold_early = false;
    }
    TRY(conn_handshake_step_ok(c, s));
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

bool conn_send_early(struct s2n_connection *c, struct span data, size_t *sent, s2n_blocked_status *blocked)
{
    *sent = 0;
    *blocked = S2N_NOT_BLOCKED;
    TRY(conn_enter(&c->shared.negotiate_busy));
    uint64_t since = events_begin(c);
    bool ok = send_locked(c, data, sent, blocked);
    events_end(c, since, ok);
    conn_leave(&c->shared.negotiate_busy);
    return ok;
}

/* ---- server ---- */

/* n more bytes for the application. */
static enum step count(struct s2n_connection *c, uint8_t *out, size_t n, size_t *got)
{
    if (n > early_remaining(c)) {
        wipe(out, n);
        (void) fail(ERR_MAX_EARLY_DATA_SIZE);
        return STEP_FATAL;
    }
    c->session.resume->early_bytes += n;
    *got += n;
    return STEP_OK;
}

/* Whether all early data has come, or none will. */
static bool all_read(const struct s2n_connection *c)
{
    if (early_expected(c) && early_remaining(c) == 0) {
        return true;
    }
    return c->hs == NULL || c->session.early == EARLY_NOT_REQUESTED || c->session.early == EARLY_REJECTED ||
           c->session.early == EARLY_END;
}

static enum step drive_server(struct s2n_connection *c, uint8_t *out, size_t cap, size_t *got,
                              s2n_blocked_status *blocked)
{
    for (;;) {
        enum hs_result r;
        size_t direct = 0;
        enum step s = c->hs != NULL ? conn_turn(c, blocked, &r) : STEP_OK;
        if (s != STEP_OK || all_read(c)) {
            return s;
        }
        if (c->reading.app_n > 0 && *got < cap) {
            s = count(c, out + *got, conn_take(&c->reading, out + *got, cap - *got), got);
            if (s != STEP_OK) {
                return s;
            }
            continue;
        }
        if (early_expected(c) && *got == cap) {
            *blocked = S2N_BLOCKED_ON_EARLY_DATA;
            (void) fail(ERR_EARLY_DATA_BLOCKED);
            return STEP_RETRY;
        }
        *blocked = S2N_BLOCKED_ON_READ;
        s = conn_next_app(c, out + *got, cap - *got, true, &direct);
        s = s == STEP_OK ? count(c, out + *got, direct, got) : s;
        if (s != STEP_OK) {
            return s;
        }
    }
}

static bool recv_locked(struct s2n_connection *c, uint8_t *out, size_t cap, size_t *got,
                        s2n_blocked_status *blocked)
{
    TRY(enter(c));
    c->reading.early = true;
    enum step s = drive_server(c, out, cap, got, blocked);
    c->reading.early = false;
    TRY(conn_handshake_step_ok(c, s));
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

bool conn_recv_early(struct s2n_connection *c, uint8_t *out, size_t cap, size_t *got,
                     s2n_blocked_status *blocked)
{
    *got = 0;
    *blocked = S2N_NOT_BLOCKED;
    TRY(conn_enter(&c->shared.negotiate_busy));
    uint64_t since = events_begin(c);
    bool ok = recv_locked(c, out, cap, got, blocked);
    events_end(c, since, ok);
    conn_leave(&c->shared.negotiate_busy);
    return ok;
}
