/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake's driver: the engine (handshake/run.c) says whether it wants to read or is done, this file moves the
 * records. What the engine wrote is always out before we read, as the peer may wait for it. Called by abi/src.
 */
#include <errno.h>
#include <string.h>

#include "conn/inner.h"

#define KEY_LOG_LINE_MAX 320

static void key_log(void *owner, const uint8_t *line, size_t len)
{
    struct s2n_connection *c = owner;
    if (c->set.config->key_log == NULL) {
        return;
    }
    uint8_t copy[KEY_LOG_LINE_MAX]; /* the application's type is not const */
    len = len < sizeof(copy) ? len : sizeof(copy);
    memcpy(copy, line, len);
    (void) c->set.config->key_log(c->set.config->key_log_ctx, c, copy,
                                  len); /* its answer counts for nothing */
    wipe(copy, sizeof(copy));
}

void conn_attach_log(struct s2n_connection *c)
{
    c->set.key_log = c->set.config->key_log != NULL ? key_log : NULL;
    if (c->hs != NULL) {
        c->hs->ks.keylog.fn = c->set.key_log;
    }
}

bool conn_start(struct s2n_connection *c)
{
    if (atomic_load(&c->shared.read_closed) || atomic_load(&c->shared.write_closed)) {
        return fail(ERR_CLOSED);
    }
    if (c->hs != NULL || c->session.complete) {
        return true;
    }
    conn_attach_log(c);
    c->sizes.send_buffer = c->set.config->send_buffer_size;
    TRY(conn_tx_ready(c));
    c->hs = hs_new(&c->set, &c->session, &c->in, &c->out, &c->writing.tx);
    TRY(c->hs != NULL);
    c->hs->offered = &c->offered;
    struct size_rules plain = c->sizes;
    plain.dynamic_threshold = 0; /* for application data only */
    c->hs->fragment = (uint16_t) size_next(&plain, &c->out);
    return true;
}

static enum step flush(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_BLOCKED_ON_WRITE;
    io_cork(&c->io, true);
    bool something = c->writing.tx.len > 0;
    enum step s = conn_flush_tx(c);
    if (s == STEP_OK) {
        io_cork(&c->io, false);
    }
    if (s == STEP_OK && something) {
        events_checkpoint(c, "RECORD_WRITE");
    }
    return s;
}

/* Our record could not be written: most often because the peer has gone, and said why before. */
static enum step why_broken(struct s2n_connection *c)
{
    int reason = errno; /* of the write, which the application may want to know */
    for (int i = 0; i < LAST_RECORDS_MAX; i++) {
        struct rec rec;
        enum step s = conn_next_record(c, NULL, 0, &rec);
        if (s != STEP_OK || rec.type == CT_APPDATA) {
            break;
        }
        if (rec.type == CT_ALERT && conn_dispatch(c, &rec) == STEP_ALERT) {
            return STEP_ALERT;
        }
    }
    errno = reason;
    return STEP_BROKEN;
}

/* The handshake object goes at once: what is left of it is in the session. Messages that came in one record with the
 * last one are post-handshake messages. */
static bool finish(struct s2n_connection *c)
{
    struct handshake *hs = c->hs;
    c->hs = NULL;
    bool ok = hs->rx.len == 0 || post_feed(c, buf_span(&hs->rx));
    hs_free(hs);
    resume_drop_secrets(c->session.resume);
    resume12_store(&c->set, &c->session);
    conn_apply_fragment(c);
    c->reading.idle = 0;
    return ok;
}

/* The engine failed, in a message of the peer or in one of ours. Either is the end, but only the content of the
 * former is something that the peer could measure: a message out of order tells it nothing that it did not know. */
static enum step engine_failed(struct s2n_connection *c)
{
    if (!hs_mine(c->hs, c->session.message) && !c->hs->out_of_order) {
        return STEP_FATAL;
    }
    conn_kill(c, &c->shared.writer_alert, err_last());
    resume12_forget(&c->set, &c->session);
    return STEP_RETRY;
}

/* The peer's next record. Records that bring the handshake on start the count of idle ones again. */
enum step conn_read_one(struct s2n_connection *c)
{
    struct rec rec;
    enum step s = conn_next_record(c, NULL, 0, &rec);
    if (s != STEP_OK) {
        return s;
    }
    if (rec.type == CT_HANDSHAKE) {
        c->reading.idle = 0;
    }
    events_checkpoint(c, "RECORD_READ");
    return conn_dispatch(c, &rec);
}

enum step conn_turn(struct s2n_connection *c, s2n_blocked_status *blocked, enum hs_result *out)
{
    enum hs_result r = hs_run(c->hs);
    *out = r;
    if (r == HS_FAIL) {
        return engine_failed(c);
    }
    if (r == HS_DONE && !finish(c)) {
        return STEP_FATAL;
    }
    enum step s = flush(c, blocked);
    if (s == STEP_OK && r == HS_APP) {
        *blocked = S2N_BLOCKED_ON_APPLICATION_INPUT;
        return STEP_WAIT;
    }
    return s == STEP_BROKEN ? why_broken(c) : s;
}

static enum step shake(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    for (;;) {
        enum hs_result r;
        enum step s = conn_turn(c, blocked, &r);
        if (s != STEP_OK || r == HS_DONE) {
            return s;
        }
        if (c->reading.app_n > 0) {
            return early_in_the_way(c, blocked);
        }
        *blocked = S2N_BLOCKED_ON_READ;
        s = conn_read_one(c);
        if (s != STEP_OK) {
            return s;
        }
    }
}

/* After the handshake only what is waiting to be written goes out. */
static bool settle(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    bool key_update = conn_is13(c) && atomic_load(&c->shared.key_update_pending);
    *blocked = S2N_BLOCKED_ON_WRITE;
    TRY(!(key_update || post_tickets_due(c)) || conn_tx_ready(c));
    TRY(!key_update || post_send_key_update(c));
    TRY(!post_tickets_due(c) || post_send_tickets(c));
    TRY(conn_step_ok(flush(c, blocked)));
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

bool conn_handshake_step_ok(struct s2n_connection *c, enum step s)
{
    conn_shrink_rx(c);
    if (s == STEP_FATAL) {
        conn_blame(c);
    }
    return conn_step_ok(s);
}

static bool negotiate_locked(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    TRY(conn_start(c));
    if (c->hs != NULL) {
        TRY(conn_handshake_step_ok(c, shake(c, blocked)));
    }
    return settle(c, blocked);
}

bool conn_negotiate(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_NOT_BLOCKED;
    TRY(conn_enter(&c->shared.negotiate_busy));
    uint64_t since = events_begin(c);
    bool ok = negotiate_locked(c, blocked);
    events_end(c, since, ok);
    conn_leave(&c->shared.negotiate_busy);
    return ok;
}
