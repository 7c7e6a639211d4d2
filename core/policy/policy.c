/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies as negotiation uses them. A view turns a policy's id lists into pointers to rows that this build can
 * negotiate and this libcrypto can compute; it is made when the policy is first chosen and kept until cleanup. Called
 * by config, handshake and abi.
 */
#include "policy/policy.h"

#include <pthread.h>

#include "base/mem.h"
#include "crypto/init.h"

struct view_slot {
    struct policy_view view;
    struct view_slot *next;
    size_t bytes; /* of the arrays, which are one block */
    void *arrays;
};

static struct view_slot *views;
static pthread_mutex_t views_lock = PTHREAD_MUTEX_INITIALIZER;

/* Handshakes of this build: TLS 1.2 and 1.3, with the key exchanges of kex12.c and ciphers that are neither stream
 * nor 64-bit block. Older ones exist in the tables for connections that were saved. */
static bool negotiable(const struct suite *s)
{
    bool kex = s->kex == KEX_TLS13 || s->kex == KEX_ECDHE || s->kex == KEX_RSA;
    return kex && s->max >= TLS12 && s->cipher->kind != KIND_STREAM && s->cipher->block != 8 &&
           crypto_has_suite(s);
}

static void fill_suites(struct policy_view *v)
{
    for (uint16_t i = 0; i < v->policy->suites.n; i++) {
        const struct suite *s = suite_by_id(v->policy->suites.ids[i]);
        if (s != NULL && negotiable(s)) {
            v->suites[v->suites_n++] = s;
            v->ecc |= s->kex == KEX_ECDHE || s->kex == KEX_TLS13;
            v->max = s->kex == KEX_TLS13 ? TLS13 : v->max;
        }
    }
}

static void fill_groups(struct policy_view *v, struct id_list list)
{
    for (uint16_t i = 0; i < list.n; i++) {
        const struct group *g = group_by_id(list.ids[i]);
        if (g != NULL && crypto_has_group(g)) {
            v->groups[v->groups_n++] = g;
        }
    }
}

static void fill_schemes(struct policy_view *v)
{
    for (uint16_t i = 0; i < v->policy->sigs.n; i++) {
        const struct sigscheme *s = sigscheme_by_id(v->policy->sigs.ids[i]);
        if (s != NULL && crypto_has_scheme(s)) {
            v->sigs[v->sigs_n++] = s;
        }
    }
}

static bool view_new(const struct policy *p, struct view_slot **out)
{
    struct view_slot *slot;
    size_t groups_n = (size_t) p->kems.n + p->groups.n;
    size_t n = (size_t) p->suites.n + groups_n + p->sigs.n + 1; /* never empty, for the allocator */
    TRY(mem_new(&slot));
    slot->bytes = n * sizeof(void *);
    if (!mem_alloc(slot->bytes, &slot->arrays)) {
        mem_del(slot);
        return false;
    }
    struct policy_view *v = &slot->view;
    v->policy = p;
    v->min = p->min < TLS12 ? TLS12 : p->min;
    v->max = TLS12;
    v->suites = slot->arrays;
    v->groups = (const struct group **) (v->suites + p->suites.n);
    v->sigs = (const struct sigscheme **) (v->groups + groups_n);
    fill_suites(v);
    fill_groups(v, p->kems);
    v->kems_n = v->groups_n;
    fill_groups(v, p->groups);
    fill_schemes(v);
    *out = slot;
    return true;
}

static bool view_of(const struct policy *p, const struct policy_view **out)
{
    struct view_slot *slot;
    pthread_mutex_lock(&views_lock);
    for (slot = views; slot != NULL && slot->view.policy != p; slot = slot->next) {
    }
    if (slot == NULL && view_new(p, &slot)) {
        slot->next = views;
        views = slot;
    }
    pthread_mutex_unlock(&views_lock);
    if (slot == NULL) {
        return false; /* view_new said why */
    }
    *out = &slot->view;
    return true;
}

void policy_cleanup(void)
{
    while (views != NULL) {
        struct view_slot *slot = views;
        views = slot->next;
        mem_free(slot->arrays, slot->bytes);
        mem_del(slot);
    }
}

/* The checks of the contract when a policy is set: something must be left to negotiate with. "null" is exempt. */
static bool check_usable(const struct policy_view *v)
{
    const struct policy *p = v->policy;
    if (p->suites.n == 0 || p->suites.ids[0] == SUITE_NULL->id) {
        return true;
    }
    for (uint16_t i = 0; i < p->strong.n; i++) {
        const struct group *g = group_by_id(p->strong.ids[i]);
        if (g != NULL && (g->kind == GROUP_KEM || g->kind == GROUP_HYBRID) && !crypto_has_group(g)) {
            return fail(ERR_INVALID_SECURITY_POLICY);
        }
    }
    return v->groups_n > 0 || fail(ERR_INVALID_SECURITY_POLICY);
}

bool policy_find(const char *name, const struct policy_view **out)
{
    if (name == NULL) {
        return fail(ERR_NULL);
    }
    const struct policy *p = policy_by_name(name);
    if (p == NULL) {
        return fail(policy_is_deprecated(name) ? ERR_DEPRECATED_SECURITY_POLICY
                                               : ERR_INVALID_SECURITY_POLICY);
    }
    const struct policy_view *v;
    TRY(view_of(p, &v) && check_usable(v));
    *out = v;
    return true;
}

bool policy_lists_suite(const struct policy *p, const struct suite *s)
{
    for (uint16_t i = 0; i < p->suites.n; i++) {
        if (p->suites.ids[i] == s->id) {
            return true;
        }
    }
    return false;
}

bool policy_has_suite(const struct policy_view *v, const struct suite *s)
{
    for (uint16_t i = 0; i < v->suites_n; i++) {
        if (v->suites[i] == s) {
            return true;
        }
    }
    return false;
}

bool policy_has_group(const struct policy_view *v, const struct group *g)
{
    for (uint16_t i = 0; i < v->groups_n; i++) {
        if (v->groups[i] == g) {
            return true;
        }
    }
    return false;
}

bool policy_has_scheme(const struct policy_view *v, const struct sigscheme *s)
{
    for (uint16_t i = 0; i < v->sigs_n; i++) {
        if (v->sigs[i] == s) {
            return true;
        }
    }
    return false;
}

/* A certificate's signature as a scheme: PSS signatures count for both kinds of RSA key. */
static bool signature_listed(struct id_list list, const struct cert_facts *f)
{
    for (uint16_t i = 0; i < list.n; i++) {
        const struct sigscheme *s = sigscheme_by_id(list.ids[i]);
        bool pss = s != NULL && s->sig == SIG_RSA_PSS_RSAE && f->sig == SIG_RSA_PSS_PSS;
        if (s != NULL && s->hash == f->sig_hash && (s->sig == f->sig || pss)) {
            return true;
        }
    }
    return false;
}

static bool key_listed(struct id_list list, const struct pkey_info *key)
{
    for (uint16_t i = 0; i < list.n; i++) {
        if (cert_key_matches((enum cert_key) list.ids[i], key->sig, key->bits, key->curve)) {
            return true;
        }
    }
    return false;
}

bool policy_allows_cert(const struct policy *p, const struct cert_facts *f, bool last)
{
    if (p->has_keys && !key_listed(p->keys, &f->key)) {
        return false;
    }
    return !p->has_certsigs || (last && f->self_issued) || signature_listed(p->certsigs, f);
}

bool policy_allows_chain(const struct policy *p, const struct s2n_cert_chain_and_key *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        if (!policy_allows_cert(p, &c->certs[i].facts, i + 1 == c->n)) {
            return false;
        }
    }
    return true;
}
