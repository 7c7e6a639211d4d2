/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending: the application's buffers are gathered into records, sealed into tx, and flushed. The writer owns out,
 * writing, sizes. Bytes are sealed once: what the transport did not take stays in tx, and its application bytes are
 * counted as accepted only when all of it went out. Functions-2.md entry 140; RFC 8446 5.1, RFC 5246 6.2.
 */
#include <limits.h>

#include "conn/inner.h"

/* What is left of the application's buffers. */
struct gather {
    const struct iovec *v;
    size_t n, off;
    size_t left;
};

static bool gather_start(struct gather *g, const struct iovec *bufs, size_t count, size_t offs)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (bufs[i].iov_len > (size_t) SSIZE_MAX - total) {
            return fail(ERR_INVALID_ARGUMENT);
        }
        total += bufs[i].iov_len;
    }
    if (offs > total) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    *g = (struct gather){ .v = bufs, .n = count, .off = offs, .left = total - offs };
    return true;
}

/* The next bytes, at most max of them, as pieces; none when out is NULL: they are skipped. */
static size_t gather_take(struct gather *g, size_t max, struct span *out, size_t *n)
{
    size_t taken = 0;
    while (taken < max && g->left > 0 && (out == NULL || *n < PIECES_MAX)) {
        size_t here = g->v->iov_len - g->off;
        if (g->v->iov_len <= g->off) { /* empty, or before the offset */
            g->off -= g->v->iov_len;
            g->v++;
            continue;
        }
        size_t use = here < max - taken ? here : max - taken;
        if (out != NULL) {
            out[(*n)++] = SPAN((const uint8_t *) g->v->iov_base + g->off, use);
        }
        taken += use;
        g->off += use;
        g->left -= use;
    }
    return taken;
}

enum step conn_flush_tx(struct s2n_connection *c)
{
    struct writing *w = &c->writing;
    while (w->at < w->tx.len) {
        size_t put = 0;
        enum step s = io_send(&c->io, w->tx.p + w->at, w->tx.len - w->at, &put);
        if (s != STEP_OK) {
            return s;
        }
        w->at += (uint32_t) put;
        c->stats.bytes_out += put;
    }
    w->at = w->tx.len = 0; /* what was on the wire needs no wiping */
    conn_shrink_tx(c);
    return STEP_OK;
}

static size_t tx_size(const struct size_rules *rules)
{
    size_t formula = (size_t) rules->max_fragment + TX_OVERHEAD;
    if (rules->send_buffer != 0) {
        return rules->send_buffer;
    }
    return formula < TX_MAX ? formula : TX_MAX;
}

bool conn_tx_ready(struct s2n_connection *c)
{
    struct buf *tx = &c->writing.tx;
    size_t size = tx_size(&c->sizes);
    if (tx->len > 0 || tx->cap >= size) {
        return true;
    }
    buf_free(tx);
    return buf_reserve(tx, size);
}

/* BEAST: the first byte of a call in a record of its own makes the IV of the rest unpredictable, where a record's IV
 * is the end of the one before. Clients only, as it is they whom an attacker can make write; and where the contract
 * has it (vectors/README.md): at SSLv3, and with 3DES at TLS 1.0. */
static bool must_split(const struct s2n_connection *c)
{
    bool chained = c->session.version < TLS11 && c->out.cipher->kind == KIND_CBC;
    return !c->set.server && chained && (c->session.version == SSL3 || c->out.cipher->block == 8);
}

static bool note_time(struct s2n_connection *c, uint64_t *now)
{
    *now = 0;
    return c->sizes.dynamic_threshold == 0 || c->sizes.dynamic_timeout == 0 ||
           clock_read(c->set.config->mono, now);
}

/* One record from the front of g into tx, behind a KeyUpdate when one is due. */
static bool seal_next(struct s2n_connection *c, struct gather *g, size_t max, size_t *out)
{
    struct span pieces[PIECES_MAX];
    struct gather rest = *g;
    size_t n = 0;
    uint64_t now;
    TRY(conn_tx_ready(c));
    if (post_key_update_due(c)) {
        TRY(post_send_key_update(c));
    }
    if (post_tickets_due(c)) {
        TRY(post_send_tickets(c));
    }
    TRY(note_time(c, &now));
    if (c->sizes.dynamic_threshold != 0) {
        size_note(&c->sizes, 0, now); /* small records again after a pause */
    }
    size_t size = size_next(&c->sizes, &c->out);
    size_t len = gather_take(&rest, max < size ? max : size, pieces, &n);
    TRY(record_seal(&c->out, CT_APPDATA, session_wire_version(&c->session), pieces, n, &c->writing.tx));
    if (c->sizes.dynamic_threshold != 0) {
        size_note(&c->sizes, len, now);
    }
    *g = rest;
    *out = len;
    return true;
}

/* Only a send buffer of the application's choice makes records wait for each other, and only if they fit. */
static bool room_for_more(const struct s2n_connection *c)
{
    size_t next = size_next(&c->sizes, &c->out);
    return c->sizes.send_buffer != 0 &&
           c->writing.tx.len + next + record_overhead(&c->out, next) <= c->sizes.send_buffer;
}

/* A failure to seal is the end of writing unless it was only for memory. */
static void writing_failed(struct s2n_connection *c)
{
    int code = err_last();
    int alert = err_wire_alert(code);
    if (err_type(code) == ERR_T_PROTO &&
        code != ERR_RECORD_LIMIT) { /* used-up keys harm nobody: reading goes on */
        atomic_store(&c->shared.writer_alert, (uint8_t) (alert > 0 ? alert : 0));
        atomic_store(&c->shared.write_closed, 1);
    }
}

/* Seal and flush until all is out or something stops us; *sent counts what went out whole. */
static enum step pump(struct s2n_connection *c, struct gather *g, size_t *sent)
{
    struct writing *w = &c->writing;
    bool split = must_split(c) && w->consumed == 0 && g->left > 1;
    gather_take(g, w->consumed, NULL, NULL);
    for (;;) {
        enum step s = conn_flush_tx(c);
        if (s != STEP_OK) {
            return s;
        }
        *sent += w->consumed;
        w->consumed = 0;
        if (g->left == 0) {
            return STEP_OK;
        }
        do {
            size_t len;
            if (!seal_next(c, g, split ? 1 : SIZE_MAX, &len)) {
                writing_failed(c);
                return STEP_RETRY;
            }
            w->consumed += len;
            split = false;
        } while (g->left > 0 && room_for_more(c));
    }
}

/* Sending nothing only flushes, which is allowed at any time. */
static bool writable(const struct s2n_connection *c, size_t n)
{
    bool closed =
        atomic_load(&c->shared.write_closed) || (!conn_is13(c) && atomic_load(&c->shared.read_closed));
    if (closed) {
        return fail(ERR_CLOSED);
    }
    if (c->session.complete || n == 0) {
        return true;
    }
    return fail(conn_early_goes_on(c) ? ERR_EARLY_DATA_NOT_ALLOWED : ERR_ENCRYPT);
}

static bool send_locked(struct s2n_connection *c, struct gather *g, s2n_blocked_status *blocked, size_t *out)
{
    size_t sent = 0;
    *blocked = S2N_BLOCKED_ON_WRITE;
    TRY(writable(c, g->left));
    enum step waiting = conn_flush_tx(c); /* what is blocked is told before what was retried wrongly */
    TRY(conn_step_ok(waiting));
    if (g->left < c->writing.consumed) {
        return fail(ERR_SEND_SIZE);
    }
    c->sizes.send_buffer = c->set.config->send_buffer_size;
    enum step s = pump(c, g, &sent);
    if (s != STEP_OK && sent == 0) { /* else what stopped us comes again at the next call */
        return conn_step_ok(s);
    }
    if (s == STEP_OK) {
        *blocked = S2N_NOT_BLOCKED;
    }
    *out = sent;
    return true;
}

bool conn_sendv(struct s2n_connection *c, const struct iovec *bufs, size_t count, size_t offs,
                s2n_blocked_status *blocked, size_t *out)
{
    struct gather g;
    TRY(gather_start(&g, bufs, count, offs));
    TRY(conn_enter(&c->shared.send_busy));
    bool ok = send_locked(c, &g, blocked, out);
    conn_leave(&c->shared.send_busy);
    return ok;
}

bool conn_flush(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    *blocked = S2N_BLOCKED_ON_WRITE;
    TRY(conn_enter(&c->shared.send_busy));
    enum step s = conn_flush_tx(c);
    conn_leave(&c->shared.send_busy);
    TRY(conn_step_ok(s));
    *blocked = S2N_NOT_BLOCKED;
    return true;
}

void conn_request_key_update(struct s2n_connection *c)
{
    atomic_store(&c->shared.key_update_pending, 1);
}
