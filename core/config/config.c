/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configs: their defaults, their end, and the setters that have rules. A config is the application's to build before
 * connections use it; nothing here locks. contract/functions-1.md section 3.
 */
#include "config/config.h"

#include <string.h>

#include "crypto/init.h"

#define CHAIN_DEPTH_DEFAULT 7
#define ALPN_LIST_MAX 65535
#define ENCRYPT_LIFE_DEFAULT (7200 * CLOCK_SECOND)
#define DECRYPT_LIFE_DEFAULT (46800 * CLOCK_SECOND)
#define SESSION_LIFETIME_DEFAULT 54000 /* seconds; the two above together */

static struct s2n_config *default_config;
static bool start_with_tls13;

static const char *default_policy(void)
{
    if (start_with_tls13) {
        return "default_tls13";
    }
    return crypto_fips() ? "default_fips" : "default";
}

struct s2n_config *config_new(void)
{
    struct s2n_config *c;
    if (!mem_new(&c)) {
        return NULL;
    }
    c->wall.fn = clock_wall;
    c->mono.fn = clock_mono;
    c->max_chain_depth = CHAIN_DEPTH_DEFAULT;
    c->check_ocsp = true;
    c->key_lives = (struct key_lives){ ENCRYPT_LIFE_DEFAULT, DECRYPT_LIFE_DEFAULT };
    c->session_lifetime = SESSION_LIFETIME_DEFAULT;
    if (!policy_find(default_policy(), &c->policy)) {
        mem_del(c);
        return NULL;
    }
    return c;
}

void config_free(struct s2n_config *c)
{
    if (c == NULL) {
        return;
    }
    certstore_free(&c->certs);
    trust_free(c->trust);
    ticketkeys_free(c->ticket_keys);
    buf_free(&c->alpn);
    buf_free(&c->cert_authorities);
    mem_del(c);
}

bool config_init(void)
{
    default_config = config_new();
    if (default_config == NULL) {
        return false;
    }
    return config_trust(default_config) && trust_add_system(default_config->trust);
}

void config_cleanup(void)
{
    config_free(default_config);
    default_config = NULL;
    start_with_tls13 = false;
    policy_cleanup();
}

struct s2n_config *config_default(void)
{
    return default_config;
}

void config_default_to_tls13(void)
{
    const struct policy_view *v;
    start_with_tls13 = true;
    if (default_config != NULL && policy_find("default_tls13", &v)) {
        default_config->policy = v;
    }
}

bool config_trust(struct s2n_config *c)
{
    return c->trust != NULL || trust_new(&c->trust);
}

bool config_check_certs(const struct s2n_config *c, const struct policy_view *v)
{
    if ((v->policy->flags & POLICY_CERTS_LOCAL) == 0) {
        return true;
    }
    for (uint32_t i = 0; i < c->certs.all_n; i++) {
        if (!policy_allows_chain(v->policy, c->certs.all[i])) {
            return fail(ERR_SECURITY_POLICY_INCOMPATIBLE_CERT);
        }
    }
    return true;
}

bool config_set_policy(struct s2n_config *c, const char *name)
{
    const struct policy_view *v;
    TRY(policy_find(name, &v) && config_check_certs(c, v));
    c->policy = v;
    return true;
}

static bool check_chain(const struct s2n_config *c, const struct s2n_cert_chain_and_key *chain)
{
    bool local = (c->policy->policy->flags & POLICY_CERTS_LOCAL) != 0;
    return !local || policy_allows_chain(c->policy->policy, chain) ||
           fail(ERR_SECURITY_POLICY_INCOMPATIBLE_CERT);
}

bool config_add_chain(struct s2n_config *c, struct s2n_cert_chain_and_key *chain)
{
    if (c->certs.owner == CERTS_LIBRARY) {
        return fail(ERR_CERT_OWNERSHIP);
    }
    TRY(check_chain(c, chain) && certstore_add(&c->certs, chain));
    c->certs.owner = CERTS_APP;
    return true;
}

bool config_add_chain_pem(struct s2n_config *c, struct span chain_pem, struct span key_pem)
{
    if (c->certs.owner != CERTS_NONE) {
        return fail(ERR_CERT_OWNERSHIP);
    }
    struct s2n_cert_chain_and_key *chain = chain_new();
    if (chain == NULL) {
        return false;
    }
    if (!chain_load(chain, chain_pem, key_pem) || !check_chain(c, chain) ||
        !certstore_add(&c->certs, chain)) {
        chain_free(chain);
        return false;
    }
    c->certs.owned = chain;
    c->certs.owner = CERTS_LIBRARY;
    return true;
}

bool config_set_defaults(struct s2n_config *c, struct s2n_cert_chain_and_key **chains, uint32_t n)
{
    if (c->certs.owner == CERTS_LIBRARY) {
        return fail(ERR_CERT_OWNERSHIP);
    }
    TRY(certstore_set_defaults(&c->certs, chains, n));
    c->certs.owner = CERTS_APP;
    return true;
}

/* The ring follows the two switches: made with the first, gone with the last. */
static bool keep_ring(struct s2n_config *c, bool wanted)
{
    if (wanted) {
        return c->ticket_keys != NULL || ticketkeys_new(&c->ticket_keys);
    }
    ticketkeys_free(c->ticket_keys);
    c->ticket_keys = NULL;
    return true;
}

bool config_set_tickets(struct s2n_config *c, bool on)
{
    if (on == c->tickets_on) {
        return true;
    }
    TRY(keep_ring(c, on || c->cache_on));
    c->tickets_on = on;
    if (on && c->initial_tickets == 0) {
        c->initial_tickets = 1;
    }
    return true;
}

bool config_set_cache(struct s2n_config *c, bool on)
{
    on = on && c->cache_store != NULL && c->cache_retrieve != NULL && c->cache_delete != NULL;
    TRY(keep_ring(c, on || c->tickets_on));
    c->cache_on = on;
    return true;
}

bool config_add_ticket_key(struct s2n_config *c, struct span name, struct span material,
                           uint64_t intro_seconds)
{
    uint64_t now;
    if (c->ticket_keys == NULL) { /* tickets and cache are off: the key is of no use */
        return true;
    }
    TRY(clock_read(c->wall, &now));
    uint64_t intro = now;
    if (intro_seconds > UINT64_MAX / CLOCK_SECOND) {
        intro = UINT64_MAX; /* a time that never comes */
    } else if (intro_seconds != 0) {
        intro = intro_seconds * CLOCK_SECOND;
    }
    return ticketkeys_add(c->ticket_keys, c->key_lives, now, name, material, intro);
}

bool alpn_append(struct buf *list, struct span name)
{
    if (name.n == 0 || name.n > 255 || list->len + 1 + name.n > ALPN_LIST_MAX) {
        return fail(ERR_INVALID_APPLICATION_PROTOCOL);
    }
    uint8_t n = (uint8_t) name.n;
    TRY(buf_reserve(list, 1 + name.n)); /* so that neither append below can fail half-way */
    return buf_append(list, SPAN(&n, 1)) && buf_append(list, name);
}

bool alpn_set(struct buf *list, const char *const *names, int n)
{
    struct buf fresh = { .p = NULL };
    if (names != NULL && n < 0) { /* no array means no names, whatever the count */
        return fail(ERR_INTEGER_OVERFLOW);
    }
    for (int i = 0; names != NULL && i < n; i++) {
        bool ok = names[i] != NULL ? alpn_append(&fresh, SPAN((const uint8_t *) names[i], strlen(names[i])))
                                   : fail(ERR_NULL);
        if (!ok) {
            buf_free(&fresh);
            return false;
        }
    }
    buf_free(list);
    *list = fresh;
    return true;
}
