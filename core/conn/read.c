/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receiving: bytes become a record, a record becomes application data in the caller's buffer or is dispatched. The
 * reader owns in, reading, post. Without buffering the transport is asked for exactly a header and exactly a body,
 * so nothing that belongs to somebody else is taken from it. A wait at any byte is resumed. RFC 8446 5, RFC 5246 6.2.
 */
#include <string.h>

#include "conn/inner.h"

static enum step receive(struct s2n_connection *c, uint8_t *p, size_t n, size_t *got)
{
    enum step s = io_recv(&c->io, p, n, got);
    if (s == STEP_OK) {
        c->stats.bytes_in += *got;
    } else if (s == STEP_EOF) {
        atomic_store(&c->shared.read_closed, 1);
    }
    return s;
}

static uint32_t ahead(const struct reading *r)
{
    return r->rx.len - r->at;
}

/* Room for n bytes in one piece from rx[at] on, with what is there already. Only called while no decrypted bytes
 * wait in rx. Growth from nothing is to the size asked for. */
static bool make_room(struct reading *r, size_t n)
{
    uint32_t left = ahead(r);
    if (r->rx.cap - r->at >= n && r->rx.p != NULL) {
        return true;
    }
    if (left > 0 && r->rx.p != NULL) {
        memmove(r->rx.p, r->rx.p + r->at, left);
    }
    r->rx.len = left;
    r->at = 0;
    if (r->rx.cap >= n && r->rx.p != NULL) {
        return true;
    }
    size_t want = r->buffering && n < RX_BUFFERED ? RX_BUFFERED : n + (n == 0);
    if (left == 0) {
        buf_free(&r->rx);
    }
    return buf_reserve(&r->rx, want - left);
}

/* More ciphertext into rx: as much as fits when reading ahead, else only what is missing. */
static enum step refill(struct s2n_connection *c, size_t missing)
{
    struct reading *r = &c->reading;
    size_t room = r->rx.cap - r->rx.len;
    size_t got = 0;
    enum step s = receive(c, r->rx.p + r->rx.len, r->buffering ? room : missing, &got);
    r->rx.len += (uint32_t) got;
    return s;
}

static enum step read_head(struct s2n_connection *c)
{
    struct reading *r = &c->reading;
    while (r->head_n < RECORD_HEADER) {
        uint8_t missing = (uint8_t) (RECORD_HEADER - r->head_n);
        uint32_t left = ahead(r);
        enum step s = STEP_OK;
        if (left > 0) {
            uint8_t n = left < missing ? (uint8_t) left : missing;
            memcpy(r->head + r->head_n, r->rx.p + r->at, n);
            r->head_n = (uint8_t) (r->head_n + n);
            r->at += n;
        } else if (r->buffering) {
            r->at = r->rx.len = 0;
            s = make_room(r, RX_BUFFERED) ? refill(c, missing) : STEP_RETRY;
        } else {
            size_t got = 0;
            s = receive(c, r->head + r->head_n, missing, &got);
            r->head_n = (uint8_t) (r->head_n + got);
        }
        if (s != STEP_OK) {
            return s;
        }
    }
    return record_header(&c->in, r->head, &r->hdr) ? STEP_OK : STEP_FATAL;
}

static enum step read_body(struct s2n_connection *c)
{
    struct reading *r = &c->reading;
    if (!make_room(r, r->hdr.len)) {
        return STEP_RETRY;
    }
    while (ahead(r) < r->hdr.len) {
        enum step s = refill(c, r->hdr.len - ahead(r));
        if (s != STEP_OK) {
            return s;
        }
    }
    return STEP_OK;
}

/* No record of any TLS version starts like this: it is an SSLv2 header, which means nothing here. */
static bool is_sslv2(uint8_t type)
{
    return (type & 0x80) != 0;
}

/* One whole record from where it lies in rx. */
static enum step open_record(struct s2n_connection *c, uint8_t *dst, size_t cap, struct rec *out, bool *skip)
{
    struct reading *r = &c->reading;
    uint8_t *body = r->rx.p + r->at;
    r->at += r->hdr.len;
    r->head_n = 0;
    bool opened = record_open(&c->in, &r->hdr, body, dst, cap, out);
    *skip = !opened && early_skip(c, &r->hdr);
    return opened ? STEP_OK : STEP_FATAL;
}

enum step conn_next_record(struct s2n_connection *c, uint8_t *dst, size_t cap, struct rec *out)
{
    struct reading *r = &c->reading;
    for (;;) {
        enum step s = r->head_n < RECORD_HEADER ? read_head(c) : STEP_OK;
        s = s == STEP_OK ? read_body(c) : s;
        if (s != STEP_OK) {
            return s;
        }
        if (!is_sslv2(r->hdr.type)) {
            bool skip;
            s = open_record(c, dst, cap, out, &skip);
            if (!skip) {
                return s;
            }
            continue;
        }
        r->at += r->hdr.len; /* dropped unopened, as the contract has it, but not without end */
        r->head_n = 0;
        if (!conn_idle(c)) {
            return STEP_FATAL;
        }
    }
}

/* Records until one brings application data: into dst (*direct bytes), or to wait in rx. What the record layer put
 * into the caller's memory and was not for it is taken away again. */
enum step conn_next_app(struct s2n_connection *c, uint8_t *dst, size_t cap, bool once, size_t *direct)
{
    struct reading *r = &c->reading;
    for (;;) {
        struct rec rec;
        enum step s = conn_next_record(c, dst, cap, &rec);
        if (s != STEP_OK) {
            return s;
        }
        bool in_dst = rec.body.p == dst;
        s = conn_dispatch(c, &rec);
        if (s == STEP_OK && rec.type == CT_APPDATA && rec.body.n > 0) {
            if (in_dst) {
                *direct = rec.body.n;
            } else {
                r->app_at = (uint32_t) (rec.body.p - r->rx.p);
                r->app_n = (uint32_t) rec.body.n;
            }
            return STEP_OK;
        }
        if (in_dst) {
            wipe(dst, cap < r->hdr.len ? cap : r->hdr.len);
        }
        if (s != STEP_OK || once) {
            return s;
        }
    }
}

size_t conn_take(struct reading *r, uint8_t *to, size_t n)
{
    uint8_t *from = r->rx.p + r->app_at;
    uint32_t count = n < r->app_n ? (uint32_t) n : r->app_n;
    memcpy(to, from, count);
    wipe(from, count);
    r->app_at += count;
    r->app_n -= count;
    return count;
}

static enum step fill(struct s2n_connection *c, uint8_t *buf, size_t n, size_t *got)
{
    struct reading *r = &c->reading;
    bool multi = c->set.config->recv_multi_record;
    do {
        size_t direct = 0;
        if (r->app_n == 0) {
            enum step s = conn_next_app(c, buf + *got, n - *got, false, &direct);
            if (s != STEP_OK) {
                return s;
            }
        }
        *got += direct;
        if (r->app_n > 0) {
            *got += conn_take(r, buf + *got, n - *got);
        }
    } while (multi && *got < n);
    return STEP_OK;
}

/* Conditions that come back at the next call by themselves wait until then when there is something to return. */
static bool can_wait(enum step s)
{
    return s == STEP_BLOCKED || s == STEP_EOF || s == STEP_CLOSE || s == STEP_BROKEN || s == STEP_RETRY;
}

static bool recv_closed(const struct s2n_connection *c)
{
    return atomic_load(&c->shared.read_closed) || (!conn_is13(c) && atomic_load(&c->shared.write_closed));
}

static bool recv_locked(struct s2n_connection *c, uint8_t *buf, size_t n, s2n_blocked_status *blocked,
                        size_t *out)
{
    bool clean_end = atomic_load(&c->shared.close_notify_received);
    size_t got = 0;
    *blocked = S2N_BLOCKED_ON_READ;
    if (!clean_end && recv_closed(c)) {
        return fail(ERR_CLOSED);
    }
    if (!c->session.complete) {
        int early = conn_early_goes_on(c) ? ERR_EARLY_DATA_NOT_ALLOWED : ERR_HANDSHAKE_NOT_COMPLETE;
        return fail(clean_end ? ERR_CLOSED : early);
    }
    if (!clean_end && n > 0) {
        enum step s = fill(c, buf, n, &got);
        conn_shrink_rx(c);
        if (s == STEP_FATAL) {
            conn_blame(c);
            return false;
        }
        if (s != STEP_OK && s != STEP_CLOSE && !(got > 0 && can_wait(s))) {
            return conn_step_ok(s);
        }
    }
    *blocked = c->reading.app_n == 0 ? S2N_NOT_BLOCKED : S2N_BLOCKED_ON_READ;
    *out = got;
    return true;
}

bool conn_recv(struct s2n_connection *c, void *buf, size_t n, s2n_blocked_status *blocked, size_t *out)
{
    TRY(conn_enter(&c->shared.recv_busy));
    bool ok = recv_locked(c, buf, n, blocked, out);
    conn_leave(&c->shared.recv_busy);
    return ok;
}

uint32_t conn_peek(const struct s2n_connection *c)
{
    return c->reading.app_n;
}

uint32_t conn_peek_buffered(const struct s2n_connection *c)
{
    return c->reading.head_n == 0 ? ahead(&c->reading) : 0;
}
