/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2): the client says all it can do; the server reads it and makes all
 * its choices, so that what follows only has to be written. After a HelloRetryRequest the second one must repeat the
 * first but for what the retry is about.
 */
#include <string.h>

#include "base/ct.h"
#include "crypto/rand.h"
#include "handshake/hs.h"

/* ---- client ---- */

/* One share for the best KEM group if there is one, one for the best curve; after a retry just the one asked for. */
static bool make_shares(struct handshake *hs)
{
    const struct policy_view *p = hs->policy;
    if (p->max < TLS13) {
        return true;
    }
    if ((hs->session->type & HELLO_RETRY_REQUEST) != 0) {
        if (hs->retry_group == NULL) { /* asked for a cookie only: the same shares again */
            return true;
        }
        kx_wipe(&hs->share[0]);
        kx_wipe(&hs->share[1]);
        return kx_generate(hs->retry_group, &hs->share[0]);
    }
    size_t n = 0;
    if (p->kems_n > 0) {
        TRY(kx_generate(p->groups[0], &hs->share[n++]));
    }
    return p->kems_n == p->groups_n || kx_generate(p->groups[p->kems_n], &hs->share[n]);
}

/* The id of the session to be resumed; else one that the server's echo is known by: it resumed the ticket (RFC 5077
 * 3.4), or speaks TLS 1.3, where middleboxes take it for a resumption (RFC 8446 D.4). */
static bool choose_session_id(struct handshake *hs)
{
    struct session *s = hs->session;
    if (s->session_id_len > 0 || (hs->policy->max < TLS13 && !hs->set->config->tickets_on)) {
        return true;
    }
    TRY(rand_public(s->session_id, sizeof(s->session_id)));
    s->session_id_len = sizeof(s->session_id);
    return true;
}

static bool start_client(struct handshake *hs)
{
    struct session *s = hs->session;
    s->client_version = hs->policy->max;
    s->client_hello_version = hs->policy->max < TLS12 ? hs->policy->max : TLS12;
    if (hs->policy->suites_n == 0) {
        return fail(ERR_INVALID_CIPHER_PREFERENCES);
    }
    TRY(rand_public(hs->random, sizeof(hs->random)));
    memcpy(hs->ks.randoms, hs->random, sizeof(hs->random));
    return choose_session_id(hs);
}

/* Tickets are offered with their age, and there is none for one from the future. */
static bool check_clock(struct handshake *hs)
{
    TRY(clock_read(hs->set->config->wall, &hs->now));
    for (const struct s2n_psk *p = hs->session->resume->psks; p != NULL; p = p->next) {
        if (p->type == PSK_RESUMPTION && p->issued > hs->now) {
            return fail(ERR_SAFETY);
        }
    }
    return true;
}

/* Early data goes with the first hello or not at all. */
static bool settle_early(struct handshake *hs)
{
    bool wanted = early_wanted(hs);
    hs->session->type |= wanted ? EARLY_CLIENT_CCS | MIDDLEBOX : 0;
    return early_set(hs->session, wanted ? EARLY_REQUESTED : EARLY_NOT_REQUESTED);
}

static void write_suites(const struct policy_view *p, struct wr *w)
{
    bool older = false;
    struct wr_mark list = wr_open(w, 2);
    for (uint16_t i = 0; i < p->suites_n; i++) {
        wr_u16(w, p->suites[i]->id);
        older |= p->suites[i]->max < TLS13;
    }
    if (older) {
        wr_u16(w, SCSV_RENEGOTIATION);
    }
    wr_close(w, list);
}

bool msg_client_hello_write(struct handshake *hs, struct wr *w)
{
    struct session *s = hs->session;
    if ((s->type & HELLO_RETRY_REQUEST) == 0) {
        TRY(start_client(hs) && settle_early(hs));
    }
    TRY(!psk_any_offered(hs) || check_clock(hs));
    TRY(make_shares(hs));
    wr_u16(w, s->client_hello_version);
    wr_bytes(w, SPAN_OF(hs->random));
    struct wr_mark id = wr_open(w, 1);
    wr_bytes(w, SPAN(s->session_id, s->session_id_len));
    wr_close(w, id);
    write_suites(hs->policy, w);
    wr_u8(w, 1); /* compression: null only */
    wr_u8(w, 0);
    TRY(ext_write(hs, CH, w));
    return !psk_any_offered(hs) || psk_write_binders(hs, w);
}

/* ---- server ---- */

static struct span hello_span(const struct handshake *hs)
{
    return buf_span(&hs->session->client_hello->message);
}

/* Stricter than those who only look: nothing follows the extensions, and there is a way to go uncompressed. */
static bool parse(struct span body, struct hello_fields *f)
{
    struct rd r = rd_of(body);
    bool good = hello_read(&r, f) && rd_end(&r) && f->compression.n > 0 &&
                memchr(f->compression.p, 0, f->compression.n) != NULL;
    return good || fail(ERR_BAD_MESSAGE);
}

/* RFC 8446 4.1.2: key_share, early_data, cookie, pre_shared_key, padding; and encrypted_client_hello, which a client
 * seals anew (RFC 9849 6.1.5). */
static bool may_change(uint16_t number)
{
    return number == 51 || number == 42 || number == 44 || number == 41 || number == 21 || number == 0xFE0D;
}

/* The next extension that the second hello must repeat; false at the end. */
static bool next_fixed(struct rd *r, struct span *whole)
{
    uint16_t number;
    struct rd body;
    for (;;) {
        const uint8_t *from = r->p;
        if (!rd_u16(r, &number) || !rd_vec16(r, &body)) {
            return false;
        }
        if (!may_change(number)) {
            *whole = SPAN(from, (size_t) (r->p - from));
            return true;
        }
    }
}

static bool same_extensions(struct rd a, struct rd b)
{
    struct span x, y;
    for (;;) {
        bool more_a = next_fixed(&a, &x);
        bool more_b = next_fixed(&b, &y);
        if (!more_a || !more_b) {
            return more_a == more_b;
        }
        if (!span_eq(x, y)) {
            return false;
        }
    }
}

static bool check_repeats(const struct handshake *hs, const struct hello_fields *second)
{
    struct hello_fields first;
    TRY(parse(buf_span(&hs->first_hello), &first));
    bool same = first.version == second->version && span_eq(first.random, second->random) &&
                span_eq(first.session_id, second->session_id) && span_eq(first.suites, second->suites) &&
                span_eq(first.compression, second->compression) &&
                same_extensions(rd_of(first.extensions), rd_of(second->extensions));
    return same || fail(ERR_BAD_MESSAGE);
}

/* RFC 8446 9.2: what a hello must hold at TLS 1.3, and 4.1.2: no compression. Who is authenticated by a PSK does not
 * say how to sign; and nobody answers a retry with early data (4.2.10). */
static bool check_complete13(const struct handshake *hs)
{
    bool complete = (ext_seen(hs, EXT_signature_algorithms) || hs->psk_chosen != NULL) &&
                    ext_seen(hs, EXT_supported_groups) && ext_seen(hs, EXT_key_share);
    bool late = hs->peer.early_data && (hs->session->type & HELLO_RETRY_REQUEST) != 0;
    if (!complete) {
        return fail(ERR_MISSING_EXTENSION);
    }
    return (hs->peer.compression.n == 1 && !late) || fail(ERR_BAD_MESSAGE);
}

static void settle_type(struct handshake *hs)
{
    struct session *s = hs->session;
    s->type |= NEGOTIATED;
    if (hs->psk_chosen == NULL) {
        s->type |= FULL_HANDSHAKE;
        s->type |= hs_client_auth(hs->set) != S2N_CERT_AUTH_NONE ? CLIENT_AUTH : 0;
    }
}

static bool decide13(struct handshake *hs)
{
    struct session *s = hs->session;
    bool again = (s->type & HELLO_RETRY_REQUEST) != 0;
    const struct suite *before = s->suite;
    bool retry;
    TRY(psk_choose(hs));
    TRY(check_complete13(hs));
    TRY(neg_suite(hs));
    TRY(neg_group13(hs, &retry));
    if (again && s->suite != before) {
        return fail(ERR_BAD_MESSAGE);
    }
    s->session_id_len = (uint8_t) hs->peer.session_id.n;
    memcpy(s->session_id, hs->peer.session_id.p, hs->peer.session_id.n);
    s->type |= MIDDLEBOX | (retry ? HELLO_RETRY_REQUEST : 0);
    if (retry) {
        TRY(buf_set(&hs->first_hello, hello_span(hs)));
    }
    settle_type(hs);
    TRY(hs_settle(hs, s->suite));
    TRY(hs->psk_chosen == NULL ? neg_certificate(hs) : psk_check_binder(hs));
    return early_judge(hs);
}

/* Without a session to go on with: a fresh id always, and a ticket if the client likes them. */
static bool full12(struct handshake *hs)
{
    struct session *s = hs->session;
    s->type |= FULL_HANDSHAKE;
    s->type |= s->suite->kex == KEX_ECDHE ? PFS12 : 0;
    s->type |= hs_client_auth(hs->set) != S2N_CERT_AUTH_NONE ? CLIENT_AUTH : 0;
    s->type |= resume12_may_issue(hs) ? WITH_SESSION_TICKET : 0;
    s->session_id_len = sizeof(s->session_id);
    TRY(rand_public(s->session_id, sizeof(s->session_id)));
    TRY(hs_settle(hs, s->suite) && neg_certificate(hs));
    s->type |= hs->ocsp != NULL ? OCSP_STATUS : 0;
    return true;
}

/* The echo of the client's id says that its session goes on (RFC 5077 3.4, RFC 5246 7.4.1.3). */
static bool resumed12(struct handshake *hs)
{
    struct session *s = hs->session;
    s->session_id_len = (uint8_t) hs->peer.session_id.n;
    memcpy(s->session_id, hs->peer.session_id.p, hs->peer.session_id.n);
    s->type |=
        hs->peer.ticket.n == 0 && resume12_may_issue(hs) ? WITH_SESSION_TICKET : 0; /* none is renewed */
    return hs_settle(hs, s->suite);
}

static bool go_on12(struct handshake *hs)
{
    bool resumed;
    TRY(resume12_server(hs, &resumed));
    return resumed ? resumed12(hs) : full12(hs);
}

static bool decide12(struct handshake *hs)
{
    TRY(neg_suite(hs));
    TRY(early_set(hs->session, EARLY_NOT_REQUESTED));
    hs->session->type |= NEGOTIATED;
    return go_on12(hs);
}

static bool decide(struct handshake *hs)
{
    hs->session->server_version = hs->policy->max;
    TRY(neg_version(hs));
    return hs_is13(hs) ? decide13(hs) : decide12(hs);
}

static void note_signals(struct handshake *hs)
{
    uint16_t id;
    for (struct rd r = rd_of(hs->peer.suites); rd_u16(&r, &id);) {
        hs->session->secure_renegotiation |= id == SCSV_RENEGOTIATION;
    }
}

/* The application keeps what it has of the hello until it lets go of the handshake. */
static bool keep(struct handshake *hs, struct span message)
{
    struct s2n_client_hello **slot = &hs->session->client_hello;
    if (*slot == NULL) {
        TRY(mem_new(slot));
        (*slot)->record_version = hs->record_version;
    }
    return buf_set(&(*slot)->message, message);
}

static void note_offer(struct handshake *hs, const struct hello_fields *f)
{
    hs->peer = (struct offer){ .legacy_version = f->version,
                               .session_id = f->session_id,
                               .suites = f->suites,
                               .compression = f->compression,
                               .extensions = f->extensions };
    memcpy(hs->peer.random, f->random.p, sizeof(hs->peer.random));
    memcpy(hs->ks.randoms, f->random.p, sizeof(hs->peer.random));
    hs->session->client_hello_version = f->version < TLS12 ? f->version : TLS12;
    note_signals(hs);
}

static bool read_hello(struct handshake *hs, struct rd *r)
{
    struct hello_fields f;
    TRY(keep(hs, rd_take(r)));
    TRY(parse(hello_span(hs), &f));
    hello_take(hs->session->client_hello, &f);
    TRY((hs->session->type & HELLO_RETRY_REQUEST) == 0 || check_repeats(hs, &f));
    if (f.version < SSL3) {
        return fail(ERR_PROTOCOL_VERSION_UNSUPPORTED);
    }
    note_offer(hs, &f);
    return true;
}

/* The application has had its say about the first hello; the second is judged by the same policy. */
static bool answer(struct handshake *hs)
{
    struct rd extensions = rd_of(hs->peer.extensions);
    if ((hs->session->type & HELLO_RETRY_REQUEST) == 0) {
        TRY(hello_ask(hs));
        hs_take_policy(hs);
    }
    return ext_read(hs, CH, &extensions) && decide(hs);
}

/* Whoever waits for the application goes on here: before anything is decided for the callback about the hello, with the
 * last decision for the cache below TLS 1.3 and early data at it. */
static bool go_on(struct handshake *hs)
{
    if (hs->session->version == VER_NONE) {
        return answer(hs);
    }
    return hs_is13(hs) ? early_judge(hs) : go_on12(hs);
}

bool msg_client_hello_read(struct handshake *hs, struct rd *r)
{
    if (hs->waiting) {
        hs->waiting = false; /* until it has to be so again */
        (void) rd_take(r);
        return go_on(hs);
    }
    return read_hello(hs, r) && answer(hs);
}
