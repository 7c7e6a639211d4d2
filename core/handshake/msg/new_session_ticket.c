/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NewSessionTicket: below TLS 1.3 a message of the handshake (RFC 5077 3.3), at TLS 1.3 one that comes after it, as
 * often as the server likes (RFC 8446 4.6.1). The server seals its state into the ticket, the client keeps it with a
 * state of its own, as the blob that its application gets. contract/tickets.md section 5.
 */
#include "crypto/rand.h"
#include "handshake/hs.h"

#define STATE_MAX 512    /* all of a ticket but the early data context */
#define NONCE_RESTORED 8 /* bytes that make the nonces of a restored connection differ from those before */

/* ---- below TLS 1.3 ---- */

/* The server said that a ticket would come, so one does; an empty one if the key has gone since (RFC 5077 3.3). */
static bool write12(struct handshake *hs, struct wr *w)
{
    struct s2n_config *config = hs->set->config;
    AUTO_BUF ticket = { .p = NULL };
    struct wr into = wr_to(&ticket);
    uint32_t lifetime = 0;
    TRY(clock_read(config->wall, &hs->now));
    AUTO_STATE state = { .version = VER_NONE };
    resume12_state(hs->session, hs->now, &state);
    bool sealed = ticket_seal(config, hs->now, &state, &into, &lifetime) && wr_ok(&into);
    wr_u32(w, sealed ? lifetime : 0);
    struct wr_mark body = wr_open(w, 2);
    wr_bytes(w, sealed ? buf_span(&ticket) : SPAN_NONE);
    wr_close(w, body);
    hs->session->tickets_sent = sealed && lifetime > 0;
    return true;
}

static bool hand_over(struct handshake *hs)
{
    const struct s2n_config *config = hs->set->config;
    const struct resume *r = hs->session->resume;
    AUTO_BUF blob = { .p = NULL };
    struct wr w = wr_to(&blob);
    if (config->ticket_cb == NULL || !config->tickets_on) {
        return true;
    }
    TRY(clock_read(config->wall, &hs->now));
    struct session_blob b = { .ticket = buf_span(&r->ticket) };
    resume12_state(hs->session, hs->now, &b.state);
    blob_write(&b, &w);
    state_wipe(&b.state);
    TRY(wr_ok(&w));
    struct s2n_session_ticket ticket = { .data = buf_span(&blob), .lifetime = r->lifetime_hint };
    return config->ticket_cb(hs->set->owner, config->ticket_cb_ctx, &ticket) >= 0 || fail(ERR_CANCELLED);
}

bool msg_new_session_ticket_write(struct handshake *hs, struct wr *w)
{
    return write12(hs, w);
}

bool msg_new_session_ticket_read(struct handshake *hs, struct rd *r)
{
    struct rd ticket;
    uint32_t lifetime;
    if (!rd_u32(r, &lifetime) || !rd_vec16(r, &ticket)) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (rd_end(&ticket) ||
        rd_left(&ticket) > TICKET_MAX) { /* the server changed its mind, or could not be helped */
        return true;
    }
    TRY(resume_need(&hs->session->resume));
    struct resume *to = hs->session->resume;
    TRY(buf_set(&to->ticket, rd_rest(&ticket)));
    to->lifetime_hint = lifetime;
    to->hint_known = true;
    return hand_over(hs);
}

/* ---- TLS 1.3, server ---- */

/* Every ticket has a PSK of its own by its nonce. A restored connection counts from 0 again under the secret it had
 * before, so its nonces are longer and random. */
struct nonce {
    uint8_t b[2 + NONCE_RESTORED];
    size_t n;
};

static bool make_nonce(const struct session *s, struct nonce *out)
{
    out->b[0] = (uint8_t) (s->tickets_sent >> 8);
    out->b[1] = (uint8_t) s->tickets_sent;
    out->n = s->restored ? sizeof(out->b) : 2;
    return !s->restored || rand_public(out->b + 2, NONCE_RESTORED);
}

/* How long the keys of the first handshake may live on through resumptions: what was inherited, if that is less. */
static uint64_t keying_expiry(const struct session *s, uint64_t now)
{
    const struct resume *r = s->resume;
    uint64_t own =
        now + (r != NULL && r->keying_lifetime_set ? r->keying_lifetime : TICKET_LIFETIME_MAX) * CLOCK_SECOND;
    return r != NULL && r->keying_expiry != 0 && r->keying_expiry < own ? r->keying_expiry : own;
}

/* Inherited material in its last second is not handed on any more. */
bool keying_lasts(const struct session *s, uint64_t now)
{
    const struct resume *r = s->resume;
    return r == NULL || r->keying_expiry == 0 || r->keying_expiry > now + CLOCK_SECOND;
}

static bool state13(const struct settings *set, const struct session *s, uint64_t now, struct span nonce,
                    struct session_state *out)
{
    const struct resume *r = s->resume;
    uint8_t age_add[4];
    TRY(rand_private(age_add, sizeof(age_add)));
    *out = (struct session_state){
        .version = TLS13,
        .suite = s->suite,
        .issued = now,
        .age_add = (uint32_t) age_add[0] << 24 | (uint32_t) age_add[1] << 16 | (uint32_t) age_add[2] << 8 |
                   age_add[3],
        .keying_expiry = keying_expiry(s, now),
        .max_early = early_own_limit(set, s),
        .alpn = session_alpn(s),
        .context = r != NULL ? buf_span(&r->early_context) : SPAN_NONE,
    };
    return ks_psk_of_ticket(s->suite->prf, &s->resumption, nonce, &out->secret);
}

static void write_message13(const struct session_state *state, const struct nonce *nonce, uint32_t lifetime,
                            struct span ticket, struct wr *w)
{
    wr_u8(w, HS_TYPE_SERVER_NEW_SESSION_TICKET);
    struct wr_mark message = wr_open(w, 3);
    wr_u32(w, lifetime);
    wr_u32(w, state->age_add);
    struct wr_mark mark = wr_open(w, 1);
    wr_bytes(w, SPAN(nonce->b, nonce->n));
    wr_close(w, mark);
    mark = wr_open(w, 2);
    wr_bytes(w, ticket);
    wr_close(w, mark);
    struct wr_mark extensions = wr_open(w, 2);
    if (state->max_early > 0) {
        wr_u16(w, EXT_NUMBER_early_data);
        mark = wr_open(w, 2);
        wr_u32(w, state->max_early);
        wr_close(w, mark);
    }
    wr_close(w, extensions);
    wr_close(w, message);
}

/* Whether a ticket can come of it, before any work is done: this is asked before every record while one is due. */
static bool issuable(const struct settings *set, const struct session *s, uint64_t now)
{
    const struct s2n_config *config = set->config;
    size_t context = s->resume != NULL && early_own_limit(set, s) > 0 ? s->resume->early_context.len : 0;
    return config->session_lifetime > 0 && keying_expiry(s, now) > now && keying_lasts(s, now) &&
           context < TICKET_MAX - STATE_MAX && ticketkeys_any(config->ticket_keys, config->key_lives, now);
}

bool ticket13_write(const struct settings *set, struct session *s, struct wr *w)
{
    struct s2n_config *config = set->config;
    AUTO_STATE state = { .version = TLS13 };
    AUTO_BUF ticket = { .p = NULL };
    struct wr into = wr_to(&ticket);
    struct nonce nonce;
    uint64_t now;
    uint32_t lifetime = 0;
    TRY(clock_read(config->wall, &now));
    if (!issuable(set, s, now)) {
        return true;
    }
    TRY(make_nonce(s, &nonce) && state13(set, s, now, SPAN(nonce.b, nonce.n), &state));
    TRY(ticket_seal(config, now, &state, &into, &lifetime) && wr_ok(&into));
    if (lifetime == 0) {
        return true;
    }
    write_message13(&state, &nonce, lifetime, buf_span(&ticket), w);
    return wr_ok(w);
}

/* ---- TLS 1.3, client ---- */

struct ticket13 {
    uint32_t lifetime, age_add, max_early;
    struct rd nonce, ticket;
};

static bool read_extensions(struct rd list, struct ticket13 *t)
{
    uint16_t number;
    struct rd body;
    bool seen = false;
    while (!rd_end(&list)) {
        if (!rd_u16(&list, &number) || !rd_vec16(&list, &body)) {
            return fail(ERR_BAD_MESSAGE);
        }
        if (number != EXT_NUMBER_early_data) {
            continue;
        }
        if (seen) {
            return fail(ERR_DUPLICATE_EXTENSION);
        }
        seen = true;
        if (!rd_u32(&body, &t->max_early) || !rd_end(&body)) {
            return fail(ERR_BAD_MESSAGE);
        }
    }
    return true;
}

static bool parse13(struct rd *r, struct ticket13 *t)
{
    struct rd extensions;
    bool ok = rd_u32(r, &t->lifetime) && t->lifetime <= TICKET_LIFETIME_MAX && rd_u32(r, &t->age_add) &&
              rd_vec8(r, &t->nonce) && rd_vec16(r, &t->ticket) && !rd_end(&t->ticket) &&
              rd_vec16(r, &extensions) && rd_end(r);
    return ok ? read_extensions(extensions, t) : fail(ERR_BAD_MESSAGE);
}

static bool keep13(const struct settings *set, struct session *s, const struct ticket13 *t)
{
    struct session_blob b = {
        .ticket = rd_rest(&t->ticket),
        .state = { .version = TLS13,
                   .suite = s->suite,
                   .age_add = t->age_add,
                   .max_early = t->max_early,
                   .alpn = session_alpn(s) },
    };
    struct buf blob = { .p = NULL };
    struct wr w = wr_to(&blob);
    TRY(resume_need(&s->resume) && clock_read(set->config->wall, &b.state.issued));
    TRY(ks_psk_of_ticket(s->suite->prf, &s->resumption, rd_rest(&t->nonce), &b.state.secret));
    blob_write(&b, &w);
    state_wipe(&b.state);
    if (!wr_ok(&w)) {
        buf_free(&blob);
        return false;
    }
    buf_free(&s->resume->blob);
    s->resume->blob = blob;
    s->resume->lifetime_hint = t->lifetime;
    s->resume->hint_known = true;
    return true;
}

bool ticket13_read(const struct settings *set, struct session *s, struct rd *r, uint32_t *lifetime)
{
    struct ticket13 t = { .lifetime = 0 };
    TRY(parse13(r, &t));
    bool wanted = set->config->tickets_on && rd_left(&t.ticket) <= TICKET_MAX;
    *lifetime = wanted ? t.lifetime : 0;
    return *lifetime == 0 || keep13(set, s, &t);
}
