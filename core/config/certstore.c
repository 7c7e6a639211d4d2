/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates of a config: by lower-cased DNS name and by key type, with a default for each type. Chains are
 * borrowed from the application, but for the one that the deprecated call makes. Called by config and handshake.
 * contract/functions-1.md section 5.
 */
#include <string.h>

#include "config/config.h"

bool cert_slot_of(const struct s2n_cert_chain_and_key *c, enum cert_slot *out)
{
    if (c->n == 0) {
        return fail(ERR_CERT_TYPE_UNSUPPORTED);
    }
    switch (c->certs[0].facts.key.sig) {
    case SIG_RSA:
        *out = SLOT_RSA;
        return true;
    case SIG_ECDSA:
        *out = SLOT_ECDSA;
        return true;
    case SIG_RSA_PSS_PSS:
        *out = SLOT_RSA_PSS;
        return true;
    case SIG_MLDSA:
        *out = SLOT_MLDSA;
        return true;
    default:
        return fail(ERR_CERT_TYPE_UNSUPPORTED);
    }
}

/* Room for this name, so that giving it to a chain cannot fail. */
static bool add_name(struct certstore *s, struct span name)
{
    struct cert_set *set;
    if (map_get(&s->by_name, name) != NULL) {
        return true;
    }
    TRY(mem_new(&set));
    if (!map_put(&s->by_name, name, set)) {
        mem_del(set);
        return false;
    }
    return true;
}

/* On a collision the first one stays, unless the application says otherwise. */
static void give_name(struct certstore *s, const struct buf *name, enum cert_slot slot,
                      struct s2n_cert_chain_and_key *chain)
{
    struct cert_set *set = map_get(&s->by_name, buf_span(name));
    struct s2n_cert_chain_and_key **holder = &set->by_slot[slot];
    struct s2n_cert_chain_and_key *chosen = NULL;
    if (*holder == NULL) {
        *holder = chain;
    } else if (s->tiebreak != NULL) {
        chosen = s->tiebreak(*holder, chain, name->p, name->len);
        *holder = chosen != NULL ? chosen : *holder;
    }
}

static bool remember(struct certstore *s, struct s2n_cert_chain_and_key *chain)
{
    struct s2n_cert_chain_and_key **all;
    if (s->all_n == s->all_cap) {
        uint32_t cap = s->all_cap * 2 + 4;
        TRY(mem_alloc(cap * sizeof(*all), (void **) &all));
        if (s->all_n > 0) {
            memcpy(all, s->all, s->all_n * sizeof(*all));
        }
        mem_free(s->all, s->all_cap * sizeof(*all));
        s->all = all;
        s->all_cap = cap;
    }
    s->all[s->all_n++] = chain;
    return true;
}

bool certstore_add(struct certstore *s, struct s2n_cert_chain_and_key *chain)
{
    enum cert_slot slot;
    TRY(cert_slot_of(chain, &slot));
    TRY(remember(s, chain));
    for (uint32_t i = 0; i < chain->names_n; i++) {
        if (!add_name(s, buf_span(&chain->names[i].text))) {
            s->all_n--; /* as it was: the caller may free the chain now */
            return false;
        }
    }
    for (uint32_t i = 0; i < chain->names_n; i++) {
        give_name(s, &chain->names[i].text, slot, chain);
    }
    if (s->defaults.by_slot[slot] == NULL && !s->explicit_defaults) {
        s->defaults.by_slot[slot] = chain;
    }
    return true;
}

bool certstore_set_defaults(struct certstore *s, struct s2n_cert_chain_and_key **chains, uint32_t n)
{
    struct cert_set set = { { NULL } };
    enum cert_slot slot;
    if (n < 1 || n > SLOT_COUNT) {
        return fail(ERR_NUM_DEFAULT_CERTIFICATES);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (chains[i] == NULL) {
            return fail(ERR_NULL);
        }
        TRY(cert_slot_of(chains[i], &slot));
        if (set.by_slot[slot] != NULL) {
            return fail(ERR_MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE);
        }
        set.by_slot[slot] = chains[i];
    }
    s->defaults = set;
    s->explicit_defaults = true;
    return true;
}

static size_t lower(struct span name, uint8_t *out)
{
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        out[i] = c >= 'A' && c <= 'Z' ? (uint8_t) (c + ('a' - 'A')) : c;
    }
    return name.n;
}

/* "host.example.com" matches "*.example.com", one label deep; a name without a dot matches no wildcard. */
static const struct cert_set *find_wildcard(const struct certstore *s, struct span name)
{
    const uint8_t *dot = memchr(name.p, '.', name.n);
    uint8_t pattern[256];
    if (dot == NULL) {
        return NULL;
    }
    size_t rest = name.n - (size_t) (dot - name.p);
    pattern[0] = '*';
    memcpy(pattern + 1, dot, rest);
    return map_get(&s->by_name, SPAN(pattern, rest + 1));
}

const struct cert_set *certstore_find(const struct certstore *s, struct span server_name,
                                      enum sni_match *match)
{
    uint8_t name[255];
    *match = SNI_NONE;
    if (server_name.n == 0 || server_name.n > sizeof(name)) {
        return &s->defaults;
    }
    struct span lowered = SPAN(name, lower(server_name, name));
    const struct cert_set *set = map_get(&s->by_name, lowered);
    *match = SNI_EXACT;
    if (set == NULL) {
        set = find_wildcard(s, lowered);
        *match = SNI_WILDCARD;
    }
    if (set == NULL) {
        set = &s->defaults;
        *match = SNI_NO_MATCH;
    }
    return set;
}

static void free_set(void *ctx, void *set)
{
    (void) ctx;
    mem_del((struct cert_set *) set);
}

void certstore_free(struct certstore *s)
{
    map_each(&s->by_name, free_set, NULL);
    map_free(&s->by_name);
    mem_free(s->all, s->all_cap * sizeof(*s->all));
    chain_free(s->owned);
    *s = (struct certstore){ .tiebreak = s->tiebreak };
}
