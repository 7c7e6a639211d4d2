/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct s2n_config: the application's choices, plain fields, borrowed by any number of connections and threads once
 * it is built. Setters with checks are here; fields without rules are written by abi/src.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/clock.h"
#include "base/map.h"
#include "config/ticketkeys.h"
#include "policy/policy.h"
#include "s2n.h"
#include "s2n/unstable/cert_authorities.h"
#include "s2n/unstable/crl.h"
#include "s2n/unstable/events.h"
#include "x509/chain.h"
#include "x509/trust.h"

/* Certificate slots: one default per key type. */
enum cert_slot {
    SLOT_RSA,
    SLOT_ECDSA,
    SLOT_RSA_PSS,
    SLOT_MLDSA,
    SLOT_COUNT
};
bool cert_slot_of(const struct s2n_cert_chain_and_key *c, enum cert_slot *out);

struct cert_set { /* the certificates of one name */
    struct s2n_cert_chain_and_key *by_slot[SLOT_COUNT];
};

struct certstore {
    struct map by_name; /* lower-cased DNS name (also "*.suffix") -> struct cert_set */
    struct cert_set defaults;
    bool explicit_defaults;
    enum {
        CERTS_NONE,
        CERTS_APP,
        CERTS_LIBRARY
    } owner;
    struct s2n_cert_chain_and_key *owned; /* CERTS_LIBRARY */
    struct s2n_cert_chain_and_key **all;  /* every chain added, for policy checks */
    uint32_t all_n, all_cap;
    s2n_cert_tiebreak_callback tiebreak; /* who gets a name that is taken; NULL: the first */
};

enum sni_match {
    SNI_NONE,
    SNI_EXACT,
    SNI_WILDCARD,
    SNI_NO_MATCH
};

MUST_USE bool certstore_add(struct certstore *s, struct s2n_cert_chain_and_key *chain);
MUST_USE bool certstore_set_defaults(struct certstore *s, struct s2n_cert_chain_and_key **chains, uint32_t n);
/* certstore_find: the set for a server name (exact, then wildcard, then defaults); empty name: defaults. */
const struct cert_set *certstore_find(const struct certstore *s, struct span server_name,
                                      enum sni_match *match);
void certstore_free(struct certstore *s);

struct s2n_config {
    const struct policy_view *policy;
    struct certstore certs;
    struct trust *trust;
    struct clock_hook wall, mono;
    void *ctx;

    struct buf alpn; /* ProtocolNameList entries: 1-byte length + name */
    s2n_verify_host_fn verify_host;
    void *verify_host_data;
    struct buf
        cert_authorities; /* what a server names in CertificateRequest: entries of a u16 length and a name */
    s2n_cert_request_callback cert_request;
    void *cert_request_ctx;
    s2n_key_log_fn key_log;
    void *key_log_ctx;
    s2n_crl_lookup_callback crl_lookup;
    void *crl_lookup_ctx;
    s2n_cert_validation_callback cert_validation;
    void *cert_validation_ctx;

    /* resumption (functions-1.md section 8), PSKs, early data */
    struct ticketkeys *ticket_keys; /* while tickets or the cache are on */
    struct key_lives key_lives;
    uint64_t session_lifetime; /* seconds */
    s2n_session_ticket_fn ticket_cb;
    void *ticket_cb_ctx;
    s2n_cache_store_callback cache_store;
    s2n_cache_retrieve_callback cache_retrieve;
    s2n_cache_delete_callback cache_delete;
    void *cache_store_ctx, *cache_retrieve_ctx, *cache_delete_ctx;
    s2n_psk_selection_callback psk_select;
    void *psk_select_ctx;
    s2n_early_data_cb early_cb;
    s2n_client_hello_fn *hello_cb; /* server */
    void *hello_cb_ctx;
    s2n_event_on_handshake_cb handshake_event;
    s2n_event_on_timing_checkpoint_cb timing_cb;
    void *subscriber;   /* of these two */
    uint32_t max_early; /* server */
    int psk_mode;       /* s2n_psk_mode, not checked before it is attached */
    bool tickets_on, cache_on, ticket_forward_secrecy;
    uint8_t initial_tickets;

    uint32_t send_buffer_size; /* 0: unset */
    uint32_t max_blinding;     /* seconds */
    uint16_t max_chain_depth;
    uint8_t max_fragment_code;
    uint8_t client_auth;   /* s2n_cert_auth_type */
    uint8_t hello_cb_mode; /* s2n_client_hello_cb_mode */
    uint8_t alert_behavior, verify_after_sign, serialization_version;
    bool client_auth_set, max_blinding_set, accept_max_fragment, recv_multi_record;
    bool skip_verification, skip_time, skip_intent, allow_ip_in_cn;
    bool ask_ocsp, ask_ocsp_as_client, check_ocsp;
    bool dss_compat; /* servers below TLS 1.3 list a certificate type that nobody can use */
    int ct_support;  /* s2n_ct_support_level, not checked */
};

/* config_new: the contract's defaults (functions-1.md section 3) without trust. NULL with the error set. */
struct s2n_config *config_new(void);
void config_free(struct s2n_config *c);
/* config_init / config_cleanup: the static default config that connections start with. */
MUST_USE bool config_init(void);
void config_cleanup(void);
struct s2n_config *config_default(void);
void config_default_to_tls13(void); /* s2n_enable_tls13: new configs start with default_tls13 */

MUST_USE bool config_trust(struct s2n_config *c); /* c->trust exists afterwards */
MUST_USE bool config_set_policy(struct s2n_config *c, const char *name);
MUST_USE bool config_add_chain(struct s2n_config *c, struct s2n_cert_chain_and_key *chain); /* app owned */
MUST_USE bool config_add_chain_pem(struct s2n_config *c, struct span chain_pem,
                                   struct span key_pem); /* library owned */
MUST_USE bool config_set_defaults(struct s2n_config *c, struct s2n_cert_chain_and_key **chains, uint32_t n);
MUST_USE bool config_check_certs(const struct s2n_config *c, const struct policy_view *v);
/* config_set_tickets, config_set_cache: the ring is there while one of them is on, and goes with both. */
MUST_USE bool config_set_tickets(struct s2n_config *c, bool on);
MUST_USE bool config_set_cache(struct s2n_config *c, bool on); /* off unless all three callbacks are there */
MUST_USE bool config_add_ticket_key(struct s2n_config *c, struct span name, struct span material,
                                    uint64_t intro_seconds); /* 0: now */
/* ALPN lists, shared with connections: on failure the list is as it was. */
MUST_USE bool alpn_set(struct buf *list, const char *const *names, int n);
MUST_USE bool alpn_append(struct buf *list, struct span name);

#endif
