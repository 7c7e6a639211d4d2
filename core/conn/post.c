/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages after the handshake. At TLS 1.3: KeyUpdate both ways, and NewSessionTicket from server to client. Below:
 * HelloRequest to a client, ignored. Anything else is an error, told from the four header bytes already, so that nobody
 * makes us keep a message we would refuse. The reader calls post_feed and changes the keys of in; the writer calls the
 * others and changes those of out. RFC 8446 4.6.
 */
#include "conn/inner.h"

#define MESSAGE_MAX 65536
#define KEY_UPDATE_LEN 1

/* May this message come at all, with a body of this length? */
static bool welcome(const struct s2n_connection *c, uint8_t type, uint32_t len)
{
    bool client = !c->set.server;
    bool ok = conn_is13(c) ? (type == HS_TYPE_KEY_UPDATE && len == KEY_UPDATE_LEN) ||
                                 (type == HS_TYPE_SERVER_NEW_SESSION_TICKET && client && len <= MESSAGE_MAX)
                           : type == HS_TYPE_HELLO_REQUEST && client && len == 0;
    return ok || fail(ERR_BAD_MESSAGE);
}

/* ---- tickets, RFC 8446 4.6.1 ---- */

/* A server may send as many as it likes, but not only those. */
static bool count_ticket(struct s2n_connection *c)
{
    return ++c->reading.tickets <= TICKETS_MAX || fail(ERR_BAD_MESSAGE);
}

static bool read_ticket(struct s2n_connection *c, struct rd *r)
{
    const struct s2n_config *config = c->set.config;
    uint32_t lifetime;
    TRY(count_ticket(c) && ticket13_read(&c->set, &c->session, r, &lifetime));
    if (lifetime == 0 || config->ticket_cb == NULL) {
        return true;
    }
    struct s2n_session_ticket ticket = { .data = buf_span(&c->session.resume->blob), .lifetime = lifetime };
    return config->ticket_cb(c, config->ticket_cb_ctx, &ticket) >= 0 || fail(ERR_CANCELLED);
}

static bool send_ticket(struct s2n_connection *c)
{
    AUTO_BUF message = { .p = NULL };
    struct wr w = wr_to(&message);
    TRY(ticket13_write(&c->set, &c->session, &w));
    if (message.len == 0) {
        return true;
    }
    TRY(hs_write_records(&c->out, CT_HANDSHAKE, TLS12, buf_span(&message), size_next(&c->sizes, &c->out),
                         &c->writing.tx));
    c->session.tickets_sent++;
    return true;
}

/* One that cannot be issued now is tried again before the next data. */
bool post_send_tickets(struct s2n_connection *c)
{
    uint16_t before;
    do {
        before = c->session.tickets_sent;
        TRY(send_ticket(c));
    } while (c->session.tickets_sent != before && post_tickets_due(c));
    return true;
}

/* ---- KeyUpdate, RFC 8446 4.6.3 and 7.2 ---- */

static struct secret *traffic_secret(struct s2n_connection *c, bool ours)
{
    return ours == c->set.server ? &c->session.server_app : &c->session.client_app;
}

static bool next_keys(struct s2n_connection *c, bool ours, struct secret *secret, struct traffic_keys *keys)
{
    *secret = *traffic_secret(c, ours);
    return ks_next_traffic(c->session.suite->prf, secret) && ks_traffic_keys(c->session.suite, secret, keys);
}

static void count(uint8_t *n)
{
    *n = (uint8_t) (*n + (*n < UINT8_MAX));
}

static bool change_keys(struct s2n_connection *c, bool ours, const struct secret *secret,
                        const struct traffic_keys *keys)
{
    struct traffic_keys_view view = { .key = SPAN(keys->key, keys->key_len),
                                      .iv = SPAN(keys->iv, keys->iv_len) };
    TRY(half_key(ours ? &c->out : &c->in, TLS13, c->session.suite, ours, view, 0));
    *traffic_secret(c, ours) = *secret;
    count(ours ? &c->writing.key_updates : &c->reading.key_updates);
    return true;
}

static bool read_key_update(struct s2n_connection *c, uint8_t request)
{
    AUTO_SECRET secret = { .n = 0 };
    AUTO_KEYS keys = { .key_len = 0 };
    if (request > 1) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(conn_idle(c));
    TRY(next_keys(c, false, &secret, &keys) && change_keys(c, false, &secret, &keys));
    if (request == 1) {
        atomic_store(&c->shared.key_update_pending, 1);
    }
    return true;
}

bool post_key_update_due(struct s2n_connection *c)
{
    return conn_is13(c) && (atomic_load(&c->shared.key_update_pending) || half_limit(&c->out) == 0);
}

/* A key that is used up, or that we announced to leave, must not seal anything more if the change fails. */
bool post_send_key_update(struct s2n_connection *c)
{
    static const uint8_t message[] = { HS_TYPE_KEY_UPDATE, 0, 0, KEY_UPDATE_LEN, 0 };
    struct span body = SPAN_OF(message);
    AUTO_SECRET secret = { .n = 0 };
    AUTO_KEYS keys = { .key_len = 0 };
    TRY(next_keys(c, true, &secret, &keys));
    atomic_store(&c->shared.key_update_pending, 0); /* one asked for from here on wants another */
    if (!record_seal(&c->out, CT_HANDSHAKE, TLS12, &body, 1, &c->writing.tx)) {
        atomic_store(&c->shared.key_update_pending, 1);
        return false;
    }
    if (!change_keys(c, true, &secret, &keys)) {
        c->writing.alert_sealed = true;
        atomic_store(&c->shared.write_closed, 1);
        return false;
    }
    return true;
}

/* ---- framing ---- */

static bool handle(struct s2n_connection *c, uint8_t type, struct rd body, bool more)
{
    uint8_t request;
    switch (type) {
    case HS_TYPE_KEY_UPDATE:
        if (more || !rd_u8(&body, &request)) { /* what follows would be under the old key, RFC 8446 5.1 */
            return fail(ERR_BAD_MESSAGE);
        }
        return read_key_update(c, request);
    case HS_TYPE_SERVER_NEW_SESSION_TICKET:
        return read_ticket(c, &body);
    default: /* HelloRequest */
        return conn_idle(c);
    }
}

/* Whole messages off the front of r; *whole tells that the next one is there to be handled. */
static bool next_message(struct s2n_connection *c, struct rd *r, bool *whole)
{
    struct rd probe = *r;
    uint8_t type;
    uint32_t len;
    struct span body;
    *whole = false;
    if (!rd_u8(&probe, &type) || !rd_u24(&probe, &len)) {
        return true;
    }
    TRY(welcome(c, type, len));
    if (!rd_bytes(&probe, len, &body)) {
        return true;
    }
    TRY(handle(c, type, rd_of(body), !rd_end(&probe)));
    *r = probe;
    *whole = true;
    return true;
}

static bool drain(struct s2n_connection *c, struct rd *r)
{
    bool whole;
    do {
        TRY(next_message(c, r, &whole));
    } while (whole);
    return true;
}

bool post_feed(struct s2n_connection *c, struct span bytes)
{
    struct buf *rx = &c->post.rx;
    if (bytes.n == 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (rx->len == 0) { /* the usual case: whole messages, nothing to be kept */
        struct rd r = rd_of(bytes);
        TRY(drain(c, &r));
        return rd_end(&r) || buf_append(rx, rd_rest(&r));
    }
    TRY(buf_append(rx, bytes));
    struct rd r = rd_of(buf_span(rx));
    TRY(drain(c, &r));
    if (rd_end(&r)) {
        buf_free(rx);
    } else {
        buf_consume(rx, rx->len - rd_left(&r));
    }
    return true;
}
