/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake engine: where are we, whose turn is it, write or read the message, put it into the transcript, do
 * what follows it. It knows no message by content; orders are flights.def, messages are messages.def. Called by
 * conn/ only. RFC 8446 4 and 5.1, RFC 5246 7.
 */
#include "handshake/hs.h"

#define CCS_IGNORED_MAX 32 /* compatibility CCS a TLS 1.3 peer may send before its Finished (RFC 8446 D.4) */
#define REQUESTS_IGNORED_MAX 32 /* HelloRequests, which are as free for a server to send */
#define FRAGMENT_DEFAULT 8087

enum writer {
    WRITER_CLIENT,
    WRITER_SERVER,
    WRITER_BOTH
};
#define TYPE_CCS 0x100 /* no handshake message can have these two: a type on the wire is one byte */
#define TYPE_END 0x101

static const struct message {
    const char *name;
    uint16_t type; /* one byte on the wire, or TYPE_CCS, TYPE_END */
    enum writer writer;
    msg_write_fn *write;
    msg_read_fn *read;
} messages[] = {
#define MSG(name, type, writer, module) \
    [MSG_##name] = { #name, type, WRITER_##writer, msg_##module##_write, msg_##module##_read },
#define CCS(name, writer) [MSG_##name] = { #name, TYPE_CCS, WRITER_##writer, NULL, NULL },
#include "handshake/messages.def"
#undef MSG
#undef CCS
    [MSG_APPLICATION_DATA] = { "APPLICATION_DATA", TYPE_END, WRITER_BOTH, NULL, NULL },
};

static const struct rule {
    uint8_t generation, message, with, without;
} rules[] = {
#define RULE(generation, message, with, without) { GEN_##generation, MSG_##message, with, without },
#include "handshake/flights.def"
#undef RULE
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

const char *hs_message_name(enum hs_message m)
{
    return messages[m].name;
}

bool hs_mine(const struct handshake *hs, enum hs_message m)
{
    return messages[m].writer == (hs->set->server ? WRITER_SERVER : WRITER_CLIENT);
}

static bool applies(const struct handshake *hs, const struct rule *rule)
{
    uint8_t type = hs->session->type;
    return rule->generation == hs->generation && (rule->with & ~type) == 0 && (rule->without & type) == 0;
}

static void mark(const struct handshake *hs, enum hs_message m)
{
    if (hs->set->checkpoint != NULL) {
        hs->set->checkpoint(hs->set->owner, messages[m].name);
    }
}

/* go_to: stand on the first applicable rule for `m`. */
static bool go_to(struct handshake *hs, enum hs_message m)
{
    for (size_t i = 0; i < RULES; i++) {
        if (rules[i].message == m && applies(hs, &rules[i])) {
            hs->rule = (uint8_t) i;
            hs->session->message = (uint8_t) m;
            return true;
        }
    }
    return fail(ERR_HANDSHAKE_STATE);
}

static bool step(struct handshake *hs)
{
    for (size_t i = hs->rule + 1U; i < RULES; i++) {
        if (applies(hs, &rules[i])) {
            hs->rule = (uint8_t) i;
            hs->session->message = rules[i].message;
            return true;
        }
    }
    return fail(ERR_HANDSHAKE_STATE);
}

bool hs_version(struct handshake *hs, uint16_t version, enum hs_message at)
{
    enum hs_generation generation = version == TLS13 ? GEN_TLS13 : GEN_TLS12;
    bool there = hs->generation == generation && hs->session->message == at;
    if (version != TLS13 && hs->ccs_ignored > 0) { /* below TLS 1.3 it would have had its place */
        return fail(ERR_BAD_MESSAGE);
    }
    hs->session->version = version;
    hs->generation = (uint8_t) generation;
    hs->in->version = version;
    hs->out->version = version;
    return there || go_to(hs, at); /* the second ClientHello's rule is not the first's */
}

void hs_take_policy(struct handshake *hs)
{
    hs->policy = hs->set->policy != NULL ? hs->set->policy : hs->set->config->policy;
}

struct handshake *hs_new(const struct settings *set, struct session *session, struct half *in,
                         struct half *out, struct buf *tx)
{
    struct handshake *hs;
    if (!mem_new(&hs)) {
        return NULL;
    }
    hs->set = set;
    hs->session = session;
    hs->in = in;
    hs->out = out;
    hs->tx = tx;
    hs->fragment = FRAGMENT_DEFAULT;
    hs->generation = GEN_TLS13;
    hs_take_policy(hs);
    ks_init(&hs->ks);
    hs->ks.keylog = (struct keylog){ set->key_log, set->owner };
    session->message = MSG_CLIENT_HELLO;
    for (size_t i = 0; i < RULES;
         i++) { /* the TLS 1.3 list's ClientHello: the older list starts the same way */
        if (rules[i].generation == GEN_TLS13) {
            hs->rule = (uint8_t) i;
            break;
        }
    }
    return hs;
}

void hs_free(struct handshake *hs)
{
    if (hs == NULL) {
        return;
    }
    struct buf *bufs[] = { &hs->rx,     &hs->msg,     &hs->hello,     &hs->first_hello,
                           &hs->cookie, &hs->request, &hs->peer_point };
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++) {
        buf_free(bufs[i]);
    }
    vouch_drop_staples(hs);
    ks_wipe(&hs->ks);
    kx_wipe(&hs->share[0]);
    kx_wipe(&hs->share[1]);
    secret_wipe(&hs->premaster);
    traffic_keys_wipe(&hs->client_keys);
    traffic_keys_wipe(&hs->server_keys);
    mem_del(hs);
}

bool hs_settle(struct handshake *hs, const struct suite *suite)
{
    hs->session->suite = suite;
    /* Below TLS 1.3 a client's signature covers the messages themselves. Asked now and not when the handshake began:
     * the application may have changed its mind while the first hello was awaited. */
    hs->ks.transcript.keep = !hs_is13(hs) && hs_client_auth(hs->set) != S2N_CERT_AUTH_NONE;
    return ks_suite(&hs->ks, hs->session->version, suite);
}

static bool write_ccs(struct handshake *hs)
{
    uint8_t one = 1;
    struct span body = SPAN(&one, 1);
    if (hs->generation != GEN_TLS13) {
        return record_seal(hs->out, CT_CCS, session_wire_version(hs->session), &body, 1, hs->tx);
    }
    /* At TLS 1.3 this record only looks like TLS 1.2 to middleboxes: never protected (RFC 8446 D.4). */
    struct half plain;
    half_init(&plain);
    return record_seal(&plain, CT_CCS, TLS12, &body, 1, hs->tx);
}

/* Handshake messages keep to a negotiated maximum fragment length too (RFC 6066 4): 512, 1024, 2048, 4096. */
static size_t fragment_limit(const struct handshake *hs)
{
    uint8_t code = hs->session->max_fragment_code;
    size_t negotiated = code == 0 ? hs->fragment : (size_t) 256 << code;
    return negotiated < hs->fragment ? negotiated : hs->fragment;
}

static bool write_message(struct handshake *hs, const struct message *m)
{
    if (m->type == TYPE_CCS) {
        return write_ccs(hs);
    }
    buf_clear(&hs->msg);
    struct wr w = wr_to(&hs->msg);
    wr_u8(&w, (uint8_t) m->type);
    struct wr_mark body = wr_open(&w, 3);
    TRY(m->write(hs, &w));
    wr_close(&w, body);
    TRY(wr_ok(&w));
    TRY(transcript_add(&hs->ks.transcript, buf_span(&hs->msg)));
    return hs_write_records(hs->out, CT_HANDSHAKE, session_wire_version(hs->session), buf_span(&hs->msg),
                            fragment_limit(hs), hs->tx);
}

static bool write_step(struct handshake *hs)
{
    enum hs_message m = hs->session->message;
    TRY(write_message(hs, &messages[m]));
    TRY(hs_after(hs, m));
    mark(hs, m);
    return step(hs);
}

/* The peer's message of this row was read from `frame`; the handler may have moved us to another row (a retry, the
 * other generation), so the row is looked at again afterwards. */
static bool read_message(struct handshake *hs, const struct hs_frame *frame)
{
    struct rd body = rd_of(frame->body);
    hs->ext_seen =
        hs->waiting ? hs->ext_seen : 0; /* a handler that waited goes on where it was, and says when not */
    TRY(messages[hs->session->message].read(hs, &body));
    if (!rd_end(&body)) {
        return fail(ERR_BAD_MESSAGE);
    }
    enum hs_message m = hs->session->message;
    TRY(transcript_add(&hs->ks.transcript, frame->whole));
    buf_consume(&hs->rx, frame->whole.n);
    TRY(hs_after(hs, m));
    mark(hs, m);
    return step(hs);
}

/* A client meets a HelloRequest that was sent before the handshake began: empty, ignored, not hashed
 * (RFC 5246 7.4.1.1). */
static bool is_hello_request(const struct handshake *hs, const struct hs_frame *frame)
{
    return !hs->set->server && !hs_is13(hs) && frame->type == 0 && frame->body.n == 0;
}

/* A server may announce a CertificateStatus and then send none (RFC 6066 8). */
static bool skip_status(struct handshake *hs, uint8_t type)
{
    enum hs_message m = hs->session->message;
    if (m != MSG_SERVER_CERT_STATUS || messages[m].type == type) {
        return true;
    }
    hs->session->type &= (uint8_t) ~OCSP_STATUS;
    return step(hs);
}

/* Stand on the row of a message of this type. A server's CertificateRequest is the only one that may come or stay away
 * as the peer likes: its row counts once it has come, or from the start where this client insists on it. */
static bool find_row(struct handshake *hs, uint8_t type)
{
    TRY(skip_status(hs, type));
    enum hs_message m = hs->session->message;
    if (messages[m].type == type) {
        return true;
    }
    if (!hs->set->server && m == MSG_SERVER_CERT_REQ) {
        return fail(ERR_MISSING_CERT_REQUEST);
    }
    bool its_turn = m == (hs_is13(hs) ? MSG_SERVER_CERT : MSG_SERVER_HELLO_DONE);
    if (type != HS_TYPE_SERVER_CERT_REQ || !its_turn || hs->set->server ||
        (hs->session->type & CLIENT_AUTH) != 0) {
        hs->out_of_order = true;
        return fail(ERR_BAD_MESSAGE);
    }
    hs->session->type |= CLIENT_AUTH;
    return go_to(hs, MSG_SERVER_CERT_REQ);
}

/* One handshake message, if a whole one is there. */
static enum hs_result read_step(struct handshake *hs)
{
    struct hs_frame frame;
    bool got;
    if (!hs_next_frame(&hs->rx, &frame, &got)) {
        return HS_FAIL;
    }
    if (!got) {
        return HS_READ;
    }
    if (is_hello_request(hs, &frame)) {
        buf_consume(&hs->rx, frame.whole.n);
        return ++hs->requests_ignored <= REQUESTS_IGNORED_MAX || fail(ERR_BAD_MESSAGE) ? HS_DONE : HS_FAIL;
    }
    if (find_row(hs, frame.type) && read_message(hs, &frame)) {
        return HS_DONE;
    }
    return hs->waiting ? HS_APP : HS_FAIL;
}

enum hs_result hs_run(struct handshake *hs)
{
    for (;;) {
        enum hs_message m = hs->session->message;
        if (m == MSG_APPLICATION_DATA) {
            hs->session->complete = true;
            return HS_DONE;
        }
        bool mine = hs_mine(hs, m);
        if (mine && m == MSG_END_OF_EARLY_DATA && hs->hold_early) {
            return HS_EARLY;
        }
        /* The peer's compatibility CCS is never waited for: hs_ccs drops it whenever it comes. */
        if (mine || (messages[m].type == TYPE_CCS && hs_is13(hs))) {
            if (!(mine ? write_step(hs) : step(hs))) {
                return HS_FAIL;
            }
            continue;
        }
        enum hs_result r = read_step(hs);
        if (r != HS_DONE) {
            return r;
        }
    }
}

bool hs_feed(struct handshake *hs, struct span bytes)
{
    if (bytes.n == 0) { /* RFC 8446 5.1: no zero-length handshake fragments */
        return fail(ERR_BAD_MESSAGE);
    }
    return buf_append(&hs->rx, bytes);
}

bool hs_ccs(struct handshake *hs, struct span body)
{
    if (body.n != 1 || body.p[0] != 1 || hs->rx.len != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    enum hs_message m = hs->session->message;
    if (hs_is13(hs) || (hs->session->version == VER_NONE && hs->policy->max >= TLS13)) {
        /* Dropped without a look, but not before a first ClientHello and not without end (RFC 8446 5, D.4). */
        bool early = hs->set->server && hs->session->version == VER_NONE;
        if (early || ++hs->ccs_ignored > CCS_IGNORED_MAX) {
            return fail(ERR_BAD_MESSAGE);
        }
        return true;
    }
    if (messages[m].type != TYPE_CCS || hs_mine(hs, m)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(hs_after(hs, m));
    mark(hs, m);
    return step(hs);
}
