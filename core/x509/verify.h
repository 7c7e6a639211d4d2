/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging the chain a peer sent: parse, names, chain building to a trust anchor, time, purpose, depth (RFC 5280,
 * RFC 6125 / 9525). A chain already verified against the same store under the same rules is remembered by the SHA-256
 * of its bytes with the intersection of its certificates' validity windows; time and host name are judged afresh each
 * time, so a remembered chain is exactly as safe as a new one.
 */
#ifndef X509_VERIFY_H
#define X509_VERIFY_H

#include "x509/chain.h"
#include "x509/crl.h"
#include "x509/trust.h"

#define PEER_CHAIN_MAX 16 /* certificates considered at most, whatever the depth limit says */

/* Reference counted, immutable: a peer's chain after parsing (and verification). */
struct peer_chain;
struct peer_chain *peer_ref(struct peer_chain *p);
void peer_free(struct peer_chain *p);
struct pkey *peer_key(const struct peer_chain *p);               /* the leaf's public key, borrowed */
const struct cert_facts *peer_facts(const struct peer_chain *p); /* the leaf's */
/* The built chain, leaf first, anchor last (verified == true), else as sent: DERs and facts. */
uint32_t peer_count(const struct peer_chain *p);
struct span peer_der(const struct peer_chain *p, uint32_t i);
const struct cert_facts *peer_cert_facts(const struct peer_chain *p, uint32_t i);
bool peer_verified(const struct peer_chain *p);

typedef uint8_t host_fn(const char *name, size_t len, void *data);
struct verify_rules {
    struct trust *trust; /* NULL: ERR_CERT_UNTRUSTED */
    bool skip;           /* verification is off: parse only */
    bool peer_is_server; /* the purpose: TLS server or TLS client */
    bool check_time, check_intent, allow_ip_in_cn;
    uint32_t max_depth; /* certificates sent, leaf included */
    uint64_t now;       /* wall clock, ns since the epoch */
    bool check_host;
    host_fn *host; /* judges each name of the leaf (contract section 6 order) */
    void *host_data;
    const struct s2n_crl_lookup *lookups; /* NULL: nobody asks about revocation; all are answered */
    uint32_t lookups_n;
};
/* verify_peer: judge `n` DER certificates in the order sent. Errors: ERR_DECODE_CERTIFICATE, ERR_CERT_UNTRUSTED,
 * ERR_CERT_EXPIRED, ERR_CERT_NOT_YET_VALID, ERR_CERT_INVALID_HOSTNAME, ERR_CERT_INTENT_INVALID, ERR_CERT_INVALID,
 * ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED, ERR_CERT_UNHANDLED_CRITICAL_EXTENSION, ERR_CERT_TYPE_UNSUPPORTED …; with lookups
 * ERR_CERT_REVOKED and the ERR_CRL_ ones. */
MUST_USE bool verify_peer(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                          struct peer_chain **out);

/* The built-in host matcher: case-insensitive equality, or "*." over exactly the first label; data is the expected
 * name (NUL-terminated, NULL or "" refuses). IP addresses compare as text. */
uint8_t verify_host_default(const char *name, size_t len, void *data);

#endif
