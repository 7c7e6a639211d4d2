/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSKs in a ClientHello: which ones a client offers, with the binders that close its hello; which one a server takes,
 * by its own order, by the first ticket it can open, or as the application's callback says. RFC 8446 4.2.11; rules and
 * errors of functions-2.md section 13. The form of the lists is ext/pre_shared_key.c.
 */
#include <string.h>

#include "base/ct.h"
#include "handshake/hs.h"

#define UNDECRYPTABLE_MAX 3 /* tickets looked into in vain per hello */

uint8_t psk_mode(const struct handshake *hs)
{
    const struct resume *r = hs->session->resume;
    bool own = r != NULL && (r->psk_mode_set || r->psks != NULL);
    return own ? r->psk_mode : (uint8_t) hs->set->config->psk_mode;
}

void psk_take(struct handshake *hs, struct s2n_psk *psk)
{
    struct session *s = hs->session;
    hs->psk_chosen = psk;
    s->psk = PSK_USE_NONE;
    if (s->resume != NULL) {
        s->resume->chosen = psk;
    }
    if (psk != NULL) { /* it authenticates both sides: no certificates */
        s->psk = psk->type == PSK_EXTERNAL ? PSK_USE_EXTERNAL : PSK_USE_RESUMPTION;
        s->type &= (uint8_t) ~(FULL_HANDSHAKE | CLIENT_AUTH);
    }
}

/* ---- client ---- */

/* After a retry the suite is settled, and keys of another hash are of no use (RFC 8446 4.1.4). */
bool psk_offered(const struct handshake *hs, const struct s2n_psk *psk)
{
    bool retried = (hs->session->type & HELLO_RETRY_REQUEST) != 0;
    return hs->policy->max >= TLS13 && (!retried || psk->alg == hs->session->suite->prf);
}

bool psk_any(const struct handshake *hs)
{
    return hs->policy->max >= TLS13 && hs->session->resume != NULL && hs->session->resume->psks != NULL;
}

bool psk_any_offered(const struct handshake *hs)
{
    const struct resume *r = hs->session->resume;
    for (const struct s2n_psk *p = r == NULL ? NULL : r->psks; p != NULL; p = p->next) {
        if (psk_offered(hs, p)) {
            return true;
        }
    }
    return false;
}

/* The digest of the hello up to the binders, as if it were in the transcript (RFC 8446 4.2.11.2). */
static bool truncated_digest(const struct handshake *hs, enum hash_alg alg, struct span body, size_t whole,
                             uint8_t *out)
{
    uint8_t header[4] = { HS_TYPE_CLIENT_HELLO, (uint8_t) (whole >> 16), (uint8_t) (whole >> 8),
                          (uint8_t) whole };
    struct span parts[] = { SPAN_OF(header), body };
    return transcript_peek_with(&hs->ks.transcript, alg, parts, 2, out);
}

static bool binder_of(struct s2n_psk *psk, const uint8_t *digest, uint8_t *out)
{
    return psk_early_secret(psk) &&
           ks_psk_binder(psk->alg, &psk->early, psk->type == PSK_EXTERNAL, digest, out);
}

/* The writer stands at the end of the hello, whose message header is still open. */
bool psk_write_binders(struct handshake *hs, struct wr *w)
{
    const uint32_t header = 4, start = hs->psk_binders_at;
    uint8_t digest[HASH_MAX], binder[HASH_MAX];
    TRY(wr_ok(w));
    struct span body = SPAN(w->b->p + header, start - header);
    struct buf blank = BUF_FIXED(w->b->p + start, w->b->len - start);
    struct wr into = wr_to(&blank);
    struct wr_mark list = wr_open(&into, 2);
    for (struct s2n_psk *p = hs->session->resume->psks; p != NULL; p = p->next) {
        if (psk_offered(hs, p)) {
            TRY(truncated_digest(hs, p->alg, body, w->b->len - header, digest));
            TRY(binder_of(p, digest, binder));
            wr_u8(&into, (uint8_t) hash_size(p->alg));
            wr_bytes(&into, SPAN(binder, hash_size(p->alg)));
        }
    }
    wr_close(&into, list);
    return wr_ok(&into);
}

/* ---- server ---- */

/* The hashes that a suite can be chosen with, a bit each: after a retry only its suite counts, before it any that both
 * sides can do. Looked up once a hello, which may be long. */
static uint32_t usable_hashes(const struct handshake *hs)
{
    uint32_t mask = 0;
    uint16_t id;
    if ((hs->session->type & HELLO_RETRY_REQUEST) != 0) {
        return (uint32_t) 1 << hs->session->suite->prf;
    }
    for (struct rd r = rd_of(hs->peer.suites); rd_u16(&r, &id);) {
        const struct suite *s = suite_by_id(id);
        bool common = s != NULL && s->min == TLS13 && policy_has_suite(hs->policy, s);
        mask |= common ? (uint32_t) 1 << s->prf : 0;
    }
    return mask;
}

static bool hash_fits(const struct handshake *hs, enum hash_alg alg)
{
    return (hs->psk_hashes >> alg & 1) != 0;
}

/* A ticket says nothing of a client's certificate, so who insists on one cannot take tickets. */
static bool tickets_usable(const struct settings *set)
{
    return set->config->tickets_on && hs_client_auth(set) != S2N_CERT_AUTH_REQUIRED;
}

/* Servers that share ticket keys have clocks of their own; from a clock further ahead comes no ticket of ours. */
static bool check_ages(const struct handshake *hs, const struct session_state *state)
{
    uint64_t lifetime = hs->set->config->session_lifetime;
    bool timely =
        state->issued > hs->now
            ? state->issued - hs->now <= CLOCK_SKEW_MAX * CLOCK_SECOND && lifetime > 0
            : (hs->now - state->issued) / CLOCK_SECOND < lifetime; /* at the very second it is over */
    if (!timely) {
        return fail(ERR_INVALID_SESSION_TICKET);
    }
    return state->keying_expiry > hs->now || fail(ERR_KEYING_MATERIAL_EXPIRED);
}

static bool fill_from_ticket(const struct handshake *hs, struct s2n_psk *psk, struct span ticket,
                             const struct session_state *state)
{
    uint32_t limit = early_own_limit(hs->set, hs->session);
    psk->alg = state->suite->prf;
    psk->max_early = state->max_early < limit ? state->max_early : limit;
    psk->early_suite = state->suite;
    psk->age_add = state->age_add;
    psk->issued = state->issued;
    psk->keying_expiry = state->keying_expiry;
    return psk_set_identity(psk, ticket) && psk_set_secret(psk, secret_span(&state->secret)) &&
           buf_set(&psk->alpn, state->alpn) && buf_set(&psk->context, state->context);
}

/* A ticket becomes a PSK of the connection, or the reason why not. */
static bool take_ticket(struct handshake *hs, struct span ticket, struct s2n_psk **out)
{
    AUTO_BUF plain = { .p = NULL };
    AUTO_STATE state = { .version = VER_NONE };
    TRY(clock_read(hs->set->config->wall, &hs->now));
    TRY(ticket_open(hs->set->config, hs->now, ticket, &plain, &state));
    if (state.version != TLS13 || !hash_fits(hs, state.suite->prf)) {
        return fail(ERR_INVALID_SESSION_TICKET);
    }
    TRY(check_ages(hs, &state));
    TRY(resume_need(&hs->session->resume));
    struct s2n_psk *psk = psk_new(PSK_RESUMPTION);
    TRY(psk != NULL);
    if (!fill_from_ticket(hs, psk, ticket, &state) || !resume_append(hs->session->resume, psk, false)) {
        psk_free(psk);
        return false;
    }
    *out = psk;
    return true;
}

static void choose(struct handshake *hs, struct s2n_psk *psk, uint16_t at)
{
    psk_take(hs, psk);
    hs->psk_index = at;
    if (hs->session->resume != NULL) { /* what new tickets inherit */
        hs->session->resume->keying_expiry = psk == NULL ? 0 : psk->keying_expiry;
    }
}

static struct s2n_offered_psk_list offered_list(struct handshake *hs)
{
    return (struct s2n_offered_psk_list){ .hs = hs, .rest = rd_of(hs->peer.psk_identities) };
}

/* Our most preferred key that the client offers too. */
static bool choose_external(struct handshake *hs)
{
    struct s2n_offered_psk_list list = offered_list(hs);
    struct s2n_offered_psk offered;
    while (offered_has_next(&list)) {
        TRY(offered_next(&list, &offered));
        struct s2n_psk *psk = resume_find(hs->session->resume, offered.identity);
        bool better = psk != NULL && (hs->psk_chosen == NULL || psk->rank < hs->psk_chosen->rank);
        if (better && hash_fits(hs, psk->alg)) {
            choose(hs, psk, offered.at);
        }
    }
    return true;
}

static bool choose_ticket(struct handshake *hs)
{
    struct s2n_offered_psk_list list = offered_list(hs);
    struct s2n_offered_psk offered;
    for (int refused = 0; refused < UNDECRYPTABLE_MAX && offered_has_next(&list); refused++) {
        struct s2n_psk *psk;
        TRY(offered_next(&list, &offered));
        if (take_ticket(hs, offered.identity, &psk)) {
            choose(hs, psk, offered.at);
            return true;
        }
    }
    return true;
}

/* A callback that fails has chosen nothing, and the handshake is a full one. */
static void ask(struct handshake *hs)
{
    const struct s2n_config *config = hs->set->config;
    struct s2n_offered_psk_list list = offered_list(hs);
    if (config->psk_select(hs->set->owner, config->psk_select_ctx, &list) < 0) {
        choose(hs, NULL, 0);
    }
}

bool psk_choose(struct handshake *hs)
{
    struct resume *r = hs->session->resume;
    bool external = psk_mode(hs) == PSK_EXTERNAL;
    choose(hs, NULL, 0);
    if (r != NULL && !external) { /* made from the tickets of the first hello */
        resume_drop_psks(r);
    }
    if (hs->peer.psk_identities.n == 0 || !hs->peer.psk_dhe) {
        return true;
    }
    hs->psk_hashes = usable_hashes(hs);
    if (hs->set->config->psk_select != NULL) {
        ask(hs);
        return true;
    }
    if (external) {
        return r == NULL || choose_external(hs);
    }
    return !tickets_usable(hs->set) || choose_ticket(hs);
}

static bool binder_at(struct rd list, uint16_t at, struct span *out)
{
    struct rd binder;
    do {
        if (!rd_vec8(&list, &binder)) {
            return false;
        }
    } while (at-- != 0);
    *out = rd_rest(&binder);
    return true;
}

bool psk_check_binder(struct handshake *hs)
{
    struct s2n_psk *psk = hs->psk_chosen;
    struct span message = buf_span(&hs->session->client_hello->message), theirs;
    uint8_t digest[HASH_MAX], ours[HASH_MAX];
    TRY(truncated_digest(hs, psk->alg, SPAN(message.p, hs->peer.psk_truncated), message.n, digest));
    TRY(binder_of(psk, digest, ours));
    bool same = binder_at(rd_of(hs->peer.psk_binders), hs->psk_index, &theirs) &&
                theirs.n == hash_size(psk->alg) && ct_eq(theirs.p, ours, theirs.n);
    wipe(ours, sizeof(ours));
    if (!same) {
        psk_take(hs, NULL); /* nothing goes on with a key that was not proven */
        return fail(ERR_BAD_MESSAGE);
    }
    return true;
}

/* ---- the list as the selection callback sees it ---- */

bool offered_has_next(const struct s2n_offered_psk_list *list)
{
    return !rd_end(&list->rest);
}

bool offered_next(struct s2n_offered_psk_list *list, struct s2n_offered_psk *out)
{
    struct rd identity;
    uint32_t age;
    *out = (struct s2n_offered_psk){ .identity = SPAN_NONE };
    if (rd_end(&list->rest)) {
        return fail(ERR_STUFFER_OUT_OF_DATA);
    }
    if (!rd_vec16(&list->rest, &identity) || rd_end(&identity) || !rd_u32(&list->rest, &age)) {
        return fail(ERR_BAD_MESSAGE); /* the form was checked with the extension */
    }
    *out = (struct s2n_offered_psk){ .identity = rd_rest(&identity), .at = list->at++ };
    return true;
}

void offered_reread(struct s2n_offered_psk_list *list)
{
    *list = offered_list(list->hs);
}

bool offered_choose(struct s2n_offered_psk_list *list, const struct s2n_offered_psk *psk)
{
    struct handshake *hs = list->hs;
    if (psk == NULL) {
        choose(hs, NULL, 0);
        return true;
    }
    if (psk->identity.n == 0) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    struct resume *r = hs->session->resume;
    struct s2n_psk *found = r == NULL ? NULL : resume_find(r, psk->identity);
    if (found == NULL && psk_mode(hs) == PSK_RESUMPTION && tickets_usable(hs->set)) {
        TRY(take_ticket(hs, psk->identity, &found));
    }
    if (found == NULL) {
        return fail(ERR_NULL);
    }
    if (!hash_fits(hs, found->alg)) {
        return fail(ERR_CIPHER_NOT_SUPPORTED);
    }
    choose(hs, found, psk->at);
    return true;
}
