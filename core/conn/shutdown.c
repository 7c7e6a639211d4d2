/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a connection: our one alert out, then the peer's close_notify in. Repeatable at any point where the
 * transport makes us wait. Functions-2.md entries 147 and 148; RFC 8446 6.1, RFC 5246 7.2.1.
 */
#include "conn/inner.h"

/* A refusal before the delay is over would tell what the delay hides. */
static bool delay_over(const struct s2n_connection *c)
{
    uint64_t left;
    TRY(conn_delay(c, &left));
    return left == 0 || fail(ERR_SHUTDOWN_PAUSED);
}

static bool error_alert_received(const struct s2n_connection *c)
{
    return atomic_load(&c->shared.peer_alert) != 0 && !atomic_load(&c->shared.close_notify_received);
}

/* Keys that are gone (the connection was serialized) must not make our alert a plaintext one. */
static bool may_write(const struct s2n_connection *c)
{
    return !error_alert_received(c) && (!c->session.complete || half_keyed(&c->out));
}

static bool send_locked(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_BLOCKED_ON_WRITE;
    TRY(delay_over(c));
    atomic_store(&c->shared.write_closed, 1);
    if (may_write(c)) {
        if (!c->writing.alert_sealed) {
            TRY(alert_seal(c));
        }
        TRY(conn_step_ok(conn_flush_tx(c)));
    }
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

static bool nowhere_to_go(const struct s2n_connection *c)
{
    return c->serialized || c->io.send == NULL;
}

bool conn_shutdown_send(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_NOT_BLOCKED;
    if (nowhere_to_go(c)) {
        return true;
    }
    TRY(conn_enter(&c->shared.send_busy));
    bool ok = send_locked(c, blocked);
    conn_leave(&c->shared.send_busy);
    return ok;
}

/* Nothing more is to be expected from the peer, or it would not be believed. */
static bool no_wait(const struct s2n_connection *c)
{
    return !c->session.complete || error_alert_received(c) || atomic_load(&c->shared.reader_alert) != 0 ||
           atomic_load(&c->shared.writer_alert) != 0 || atomic_load(&c->blind.triggered);
}

/* Application data that arrives now is lost, but records are still opened and key updates followed, as the
 * close_notify is behind them. */
static enum step discard(struct s2n_connection *c)
{
    for (;;) {
        struct rec rec;
        enum step s = conn_next_record(c, NULL, 0, &rec);
        if (s != STEP_OK) {
            return s;
        }
        s = conn_dispatch(c, &rec);
        if (s != STEP_OK) {
            return s;
        }
    }
}

static bool wait_locked(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_BLOCKED_ON_READ;
    c->reading.app_n = 0;
    if (!atomic_load(&c->shared.close_notify_received)) {
        enum step s = discard(c);
        if (s == STEP_FATAL) {
            conn_blame(c);
        }
        TRY(s == STEP_CLOSE || conn_step_ok(s));
    }
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

bool conn_shutdown(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    TRY(conn_shutdown_send(c, blocked));
    if (nowhere_to_go(c)) {
        return true;
    }
    if (no_wait(c)) {
        atomic_store(&c->shared.read_closed, 1);
        atomic_store(&c->shared.write_closed, 1);
        return true;
    }
    TRY(conn_enter(&c->shared.recv_busy));
    bool ok = wait_locked(c, blocked);
    conn_leave(&c->shared.recv_busy);
    return ok;
}
