/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which certificate we show and which scheme we sign with; which scheme the peer may sign with. Certificates are
 * found by server name once, then judged by key type, key usage, policy and the peer's lists. RFC 8446 4.2.3 and
 * 4.4.2.2, RFC 5246 7.4.2 and 7.4.3, contract/handshake.md section 8.
 */
#include <string.h>

#include "handshake/hs.h"

uint8_t hs_client_auth(const struct settings *set)
{
    if (set->client_auth_set) {
        return set->client_auth;
    }
    if (set->config->client_auth_set) {
        return set->config->client_auth;
    }
    return set->server ? S2N_CERT_AUTH_NONE : S2N_CERT_AUTH_OPTIONAL;
}

static bool in_list(struct span list, uint16_t id)
{
    uint16_t v;
    for (struct rd r = rd_of(list); rd_u16(&r, &v);) {
        if (v == id) {
            return true;
        }
    }
    return false;
}

/* signature_algorithms_cert: every certificate of the chain but a root is signed in a way the peer listed. A wish,
 * not a rule (RFC 8446 4.4.2.2): a chain that fits is preferred. */
static bool chain_wished_for(const struct handshake *hs, const struct s2n_cert_chain_and_key *c)
{
    if (hs->peer.cert_schemes.n == 0) {
        return true;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        const struct cert_facts *f = &c->certs[i].facts;
        bool listed = f->self_issued;
        for (size_t k = 0; k < SIGSCHEME_COUNT && !listed; k++) {
            const struct sigscheme *s = &sigschemes[k];
            bool same = s->hash == f->sig_hash &&
                        (s->sig == f->sig || (s->sig == SIG_RSA_PSS_RSAE && f->sig == SIG_RSA_PSS_PSS));
            listed = same && in_list(hs->peer.cert_schemes, s->id);
        }
        if (!listed) {
            return false;
        }
    }
    return true;
}

static enum cert_slot slot_of_scheme(const struct sigscheme *s)
{
    switch (s->sig) {
    case SIG_ECDSA:
        return SLOT_ECDSA;
    case SIG_RSA_PSS_PSS:
        return SLOT_RSA_PSS;
    case SIG_MLDSA:
        return SLOT_MLDSA;
    default:
        return SLOT_RSA;
    }
}

static bool auth_fits(enum auth_alg auth, const struct sigscheme *s)
{
    return auth == AUTH_ANY || (auth == AUTH_ECDSA) == (s->sig == SIG_ECDSA);
}

/* A scheme and the chain of its kind that can make it here, or NULL. */
static struct s2n_cert_chain_and_key *chain_for(const struct handshake *hs, const struct cert_set *set,
                                                const struct sigscheme *s)
{
    uint16_t version = hs->session->version;
    struct s2n_cert_chain_and_key *c = set->by_slot[slot_of_scheme(s)];
    if (c == NULL || c->key == NULL || version < s->min ||
        version > s->max) { /* added keyless after it was attached */
        return NULL;
    }
    if (!pkey_fits(&c->certs[0].facts.key, s, version)) {
        return NULL;
    }
    return (c->certs[0].facts.uses & USE_SIGN) != 0 ? c : NULL;
}

static bool take(struct handshake *hs, struct s2n_cert_chain_and_key *chain, const struct sigscheme *scheme)
{
    hs->chain = chain;
    hs->scheme = scheme;
    return true;
}

/* Our schemes in order of preference; the first that the peer lists and a chain of ours can make. Then, as a peer's
 * list may be shorter than its abilities, the first that a chain of ours can make at all. */
static bool choose_signature(struct handshake *hs, const struct cert_set *set, enum auth_alg auth)
{
    const struct policy_view *p = hs->policy;
    for (int wish = 1; wish >= 0; wish--) {
        for (uint16_t i = 0; i < p->sigs_n; i++) {
            const struct sigscheme *s = p->sigs[i];
            struct s2n_cert_chain_and_key *c = auth_fits(auth, s) ? chain_for(hs, set, s) : NULL;
            if (c != NULL && in_list(hs->peer.schemes, s->id) && (!wish || chain_wished_for(hs, c))) {
                return take(hs, c, s);
            }
        }
    }
    return false;
}

static bool choose_fallback(struct handshake *hs, const struct cert_set *set, enum auth_alg auth)
{
    const struct policy_view *p = hs->policy;
    const struct sigscheme *first = NULL;
    struct s2n_cert_chain_and_key *chain = NULL;
    for (uint16_t i = 0; i < p->sigs_n; i++) {
        const struct sigscheme *s = p->sigs[i];
        struct s2n_cert_chain_and_key *c = auth_fits(auth, s) ? chain_for(hs, set, s) : NULL;
        if (c == NULL) {
            continue;
        }
        if (s->hash == HASH_SHA1) { /* what RFC 5246 7.4.1.4.1 assumes of a client that lists nothing */
            return take(hs, c, s);
        }
        if (first == NULL) {
            first = s;
            chain = c;
        }
    }
    return first != NULL && take(hs, chain, first);
}

static const struct cert_set *certs_by_name(struct handshake *hs)
{
    if (hs->certs == NULL) {
        enum sni_match match;
        const char *name = hs->session->server_name;
        hs->certs =
            certstore_find(&hs->set->config->certs, SPAN((const uint8_t *) name, strlen(name)), &match);
        hs->session->sni_match = (uint8_t) match;
    }
    return hs->certs;
}

/* RSA key exchange: the key decrypts, nothing is signed. */
static struct s2n_cert_chain_and_key *decrypting_chain(const struct cert_set *set)
{
    struct s2n_cert_chain_and_key *c = set->by_slot[SLOT_RSA];
    return c != NULL && c->key != NULL && (c->certs[0].facts.uses & USE_ENCRYPT) != 0 ? c : NULL;
}

bool neg_can_authenticate(struct handshake *hs, const struct suite *suite)
{
    const struct cert_set *set = certs_by_name(hs);
    if (suite->kex == KEX_RSA) {
        return decrypting_chain(set) != NULL;
    }
    return choose_signature(hs, set, suite->auth) || choose_fallback(hs, set, suite->auth);
}

/* Below TLS 1.3 the client's groups are the curves of certificates, too (RFC 8422 5.1.1). A wish: there are clients that
 * list one group and take any certificate. */
bool neg_curve_wished_for(const struct handshake *hs, const struct suite *suite)
{
    return suite->auth != AUTH_ECDSA || hs->peer.groups.n == 0 ||
           in_list(hs->peer.groups, hs->chain->certs[0].facts.key.curve);
}

bool neg_certificate(struct handshake *hs)
{
    const struct cert_set *set = certs_by_name(hs);
    const struct suite *suite = hs->session->suite;
    if (suite->kex == KEX_RSA) {
        take(hs, decrypting_chain(set), NULL);
    } else if (!choose_signature(hs, set, suite->auth) && !choose_fallback(hs, set, suite->auth)) {
        return fail(ERR_NO_VALID_SIGNATURE_SCHEME);
    }
    if (hs->chain == NULL) {
        return fail(ERR_NO_VALID_SIGNATURE_SCHEME);
    }
    hs->session->local_cert = hs->chain;
    hs->session->server_sig = hs->scheme;
    vouch_take_staples(hs);
    return true;
}

static bool has_certificate(const struct certstore *certs)
{
    for (int slot = 0; slot < SLOT_COUNT; slot++) {
        if (certs->defaults.by_slot[slot] != NULL) {
            return true;
        }
    }
    return certs->all_n > 0;
}

/* The application chooses, with the issuers before its eyes that the server names. */
static bool ask_for_chain(struct handshake *hs)
{
    const struct s2n_config *c = hs->set->config;
    struct span names = hs->peer.authorities;
    struct s2n_certificate_request request = {
        .authorities = { .message = hs->request.p, .names = names, .rest = rd_of(names) },
    };
    struct cert_set set = { { NULL } };
    enum cert_slot slot;
    if (c->cert_request(hs->set->owner, c->cert_request_ctx, &request) != 0) {
        return fail(ERR_CANCELLED);
    }
    if (request.chosen == NULL) {
        return fail(ERR_NO_CERT_FOUND);
    }
    TRY(cert_slot_of(request.chosen, &slot));
    set.by_slot[slot] = request.chosen;
    return choose_signature(hs, &set, AUTH_ANY) || fail(ERR_NO_VALID_SIGNATURE_SCHEME);
}

bool neg_client_certificate(struct handshake *hs)
{
    const struct certstore *certs = &hs->set->config->certs;
    if (hs->set->config->cert_request != NULL && has_certificate(certs)) {
        TRY(ask_for_chain(hs));
    } else if (!choose_signature(hs, &certs->defaults, AUTH_ANY)) {
        take(hs, NULL, NULL);
    }
    hs->session->local_cert = hs->chain;
    hs->session->client_sig = hs->scheme;
    vouch_take_staples(hs);
    return true;
}

bool neg_peer_scheme(struct handshake *hs, uint16_t id, const struct sigscheme **out)
{
    const struct sigscheme *s = sigscheme_by_id(id);
    uint16_t version = hs->session->version;
    if (s == NULL || version < s->min || version > s->max || !policy_has_scheme(hs->policy, s)) {
        return fail(ERR_INVALID_SIGNATURE_SCHEME);
    }
    if (!pkey_fits(&peer_facts(hs->session->peer)->key, s, version)) {
        return fail(ERR_INVALID_SIGNATURE_SCHEME);
    }
    *out = s;
    return true;
}
