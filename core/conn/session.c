/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions and pre-shared keys as the application hands them in and asks for them: before a client's handshake the
 * session to resume or the keys to offer, after it what could be resumed later. Called by abi/src; it starts nothing
 * and negotiates nothing. contract/tickets.md section 4, RFC 8446 4.2.11 and 4.6.1.
 */
#include <string.h>

#include "conn/inner.h"

static void blob_wipe(struct session_blob *b)
{
    state_wipe(&b->state);
}
#define AUTO_BLOB __attribute__((cleanup(blob_wipe))) struct session_blob

/* ---- set_session ---- */

/* Too old to be used by anyone, or from a clock that cannot be right. Whole seconds count. */
static bool timely(const struct s2n_connection *c, uint64_t issued)
{
    uint64_t now;
    TRY(clock_read(c->set.config->wall, &now));
    bool fits = issued > now ? (issued - now) / CLOCK_SECOND <= CLOCK_SKEW_MAX
                             : (now - issued) / CLOCK_SECOND <= TICKET_LIFETIME_MAX;
    return fits || fail(ERR_INVALID_SESSION_TICKET);
}

static bool fill_psk(struct s2n_psk *psk, const struct session_blob *b)
{
    const struct session_state *s = &b->state;
    psk->alg = s->suite->prf;
    psk->issued = s->issued;
    psk->age_add = s->age_add;
    psk->max_early = s->max_early;
    psk->early_suite = s->suite;
    return psk_set_identity(psk, b->ticket) && psk_set_secret(psk, secret_span(&s->secret)) &&
           buf_set(&psk->alpn, s->alpn) && buf_set(&psk->context, s->context);
}

/* What a session below TLS 1.3 left behind. */
static void forget12(struct s2n_connection *c)
{
    struct resume *r = c->session.resume;
    buf_clear(&r->ticket);
    secret_wipe(&r->master);
    r->session_version = VER_NONE;
    r->session_suite = SUITE_NULL;
    r->session_ems = false;
    c->session.session_id_len = 0;
}

/* A TLS 1.3 session on a client that cannot do TLS 1.3 is no mistake: it is only not offered. */
static bool suite_allowed(const struct s2n_connection *c, const struct suite *suite)
{
    const struct policy_view *view = c->set.policy != NULL ? c->set.policy : c->set.config->policy;
    return policy_has_suite(view, suite) || suite->min > view->max || fail(ERR_CIPHER_NOT_SUPPORTED);
}

static bool take13(struct s2n_connection *c, const struct session_blob *b)
{
    struct resume *r = c->session.resume;
    TRY(suite_allowed(c, b->state.suite) && timely(c, b->state.issued));
    if (r->psks != NULL && r->psks->type != PSK_RESUMPTION) {
        return fail(ERR_PSK_MODE); /* external ones are not replaced */
    }
    struct s2n_psk *psk = psk_new(PSK_RESUMPTION);
    TRY(psk != NULL);
    if (!fill_psk(psk, b)) {
        psk_free(psk);
        return false;
    }
    resume_drop_psks(r);
    if (!resume_append(r, psk, true)) { /* into an empty list, and blob_read knows what is too long */
        psk_free(psk);
        return false;
    }
    forget12(c);
    r->session_set = true;
    return true;
}

static bool take12(struct s2n_connection *c, const struct session_blob *b)
{
    struct session *s = &c->session;
    struct resume *r = s->resume;
    TRY(suite_allowed(c, b->state.suite));
    TRY(buf_set(&r->ticket, b->ticket)); /* nothing below fails */
    if (r->psks != NULL && r->psks->type == PSK_RESUMPTION) {
        resume_drop_psks(r);
    }
    s->session_id_len = (uint8_t) b->id.n;
    if (b->id.n > 0) {
        memcpy(s->session_id, b->id.p, b->id.n);
    }
    r->session_version = b->state.version;
    r->session_suite = b->state.suite;
    r->master = b->state.secret;
    r->session_ems = b->state.ems;
    r->session_set = true;
    return true;
}

bool conn_set_session(struct s2n_connection *c, struct span bytes)
{
    AUTO_BLOB b = { .ticket = SPAN_NONE };
    if (c->set.server) {
        return fail(ERR_SERVER_MODE);
    }
    if (c->hs != NULL || c->session.complete) {
        return fail(ERR_INVALID_STATE);
    }
    TRY(blob_read(bytes, &b) && resume_need(&c->session.resume));
    return b.state.version == TLS13 ? take13(c, &b) : take12(c, &b);
}

/* ---- get_session ---- */

/* The state below TLS 1.3 that could be resumed: of the finished handshake, or, before there is one, what was set. */
static bool state12(const struct s2n_connection *c, uint64_t now, struct session_state *out)
{
    const struct session *s = &c->session;
    const struct resume *r = s->resume;
    if (s->complete) {
        resume12_state(s, now, out);
        return !s->restored && s->master.n > 0;
    }
    if (c->hs != NULL || r == NULL || r->session_version == VER_NONE || r->master.n == 0) {
        return false;
    }
    *out = (struct session_state){ .version = r->session_version,
                                   .suite = r->session_suite,
                                   .issued = now,
                                   .secret = r->master,
                                   .ems = r->session_ems };
    return true;
}

static bool blob12(const struct s2n_connection *c, uint64_t now, struct session_blob *out)
{
    const struct session *s = &c->session;
    if (!state12(c, now, &out->state)) {
        return false;
    }
    if (c->set.config->tickets_on && s->resume != NULL) {
        out->ticket = buf_span(&s->resume->ticket);
    }
    if (out->ticket.n == 0) {
        out->id = SPAN(s->session_id, s->session_id_len);
    }
    return out->ticket.n > 0 || out->id.n > 0;
}

/* The session's bytes, none if there is no session; those below TLS 1.3 are made now, in *made. */
static bool held(const struct s2n_connection *c, struct buf *made, struct span *out)
{
    const struct resume *r = c->session.resume;
    AUTO_BLOB b = { .ticket = SPAN_NONE };
    struct wr w = wr_to(made);
    uint64_t now;
    *out = SPAN_NONE;
    if (conn_is13(c)) {
        *out = r != NULL && c->set.config->tickets_on ? buf_span(&r->blob) : SPAN_NONE;
        return true;
    }
    TRY(clock_read(c->set.config->wall, &now));
    if (!blob12(c, now, &b)) {
        return true;
    }
    blob_write(&b, &w);
    TRY(wr_ok(&w));
    *out = buf_span(made);
    return true;
}

bool conn_session_length(const struct s2n_connection *c, size_t *out)
{
    AUTO_BUF made = { .p = NULL };
    struct span bytes;
    TRY(held(c, &made, &bytes));
    *out = bytes.n;
    return true;
}

bool conn_get_session(const struct s2n_connection *c, uint8_t *buf, size_t cap, size_t *out)
{
    AUTO_BUF made = { .p = NULL };
    struct span bytes;
    TRY(held(c, &made, &bytes));
    if (bytes.n > cap) {
        return fail(ERR_SERIALIZED_SESSION_STATE_TOO_LONG);
    }
    if (bytes.n > 0) {
        memcpy(buf, bytes.p, bytes.n);
    }
    *out = bytes.n;
    return true;
}

bool conn_resumed(const struct s2n_connection *c)
{
    const struct session *s = &c->session;
    if (s->restored) {
        return false;
    }
    if (conn_is13(c)) {
        return s->psk == PSK_USE_RESUMPTION;
    }
    return (s->type & (NEGOTIATED | FULL_HANDSHAKE)) == NEGOTIATED;
}

/* ---- tickets ---- */

bool conn_get_hint(const struct s2n_connection *c, uint32_t *out)
{
    const struct resume *r = c->session.resume;
    if (r == NULL || !c->set.config->tickets_on || (conn_is13(c) ? !r->hint_known : r->ticket.len == 0)) {
        return fail(ERR_SESSION_TICKET_NOT_SUPPORTED);
    }
    *out = r->hint_known ? r->lifetime_hint : 0;
    return true;
}

bool conn_add_tickets(struct s2n_connection *c, uint8_t n)
{
    uint16_t *due = &c->session.tickets_due;
    uint64_t now;
    if (n > UINT16_MAX - *due) {
        return fail(ERR_INTEGER_OVERFLOW);
    }
    TRY(clock_read(c->set.config->wall, &now));
    if (!keying_lasts(&c->session, now)) {
        return fail(ERR_KEYING_MATERIAL_EXPIRED);
    }
    *due = (uint16_t) (*due + n);
    return true;
}

/* ---- pre-shared keys ---- */

bool conn_append_psk(struct s2n_connection *c, const struct s2n_psk *psk)
{
    struct s2n_psk *own;
    TRY(resume_need(&c->session.resume) && psk_copy(psk, &own));
    if (!resume_append(c->session.resume, own, !c->set.server)) {
        psk_free(own);
        return false;
    }
    return true;
}

bool conn_set_psk_mode(struct s2n_connection *c, int mode)
{
    if (mode != PSK_RESUMPTION && mode != PSK_EXTERNAL) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    TRY(resume_need(&c->session.resume));
    struct resume *r = c->session.resume;
    if (r->psks != NULL && r->psks->type != mode) {
        return fail(ERR_PSK_MODE);
    }
    r->psk_mode = (uint8_t) mode;
    r->psk_mode_set = true;
    return true;
}
