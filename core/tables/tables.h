/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The const tables of the protocol: ciphers, suites, groups, signature schemes, policies, alerts. Each row stands
 * in exactly one .def file, which the preprocessor includes here and gen.py parses. What the running libcrypto can
 * do of it is not said here but in crypto/init.h. Versions are wire numbers.
 */
#ifndef TABLES_TABLES_H
#define TABLES_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum version {
    VER_NONE = 0,
    SSL2 = 0x0200,
    SSL3 = 0x0300,
    TLS10 = 0x0301,
    TLS11 = 0x0302,
    TLS12 = 0x0303,
    TLS13 = 0x0304
};

enum hash_alg {
    HASH_NONE,
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA224,
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512,
    HASH_MD5_SHA1,
    HASH_COUNT
};
size_t hash_size(enum hash_alg h); /* bytes; MD5_SHA1 is 36 */

enum kex_alg {
    KEX_NONE,
    KEX_RSA,
    KEX_DHE,
    KEX_ECDHE,
    KEX_TLS13
};
enum auth_alg {
    AUTH_NONE,
    AUTH_RSA,
    AUTH_ECDSA,
    AUTH_ANY
}; /* AUTH_ANY: TLS 1.3 suites */

/* ciphers.def: CIPHER(NAME, kind, "EVP name", key, fixed_iv, explicit_iv, block, tag, nonce, limit)
 * fixed_iv: implicit IV bytes from the key block / key schedule in TLS 1.2 AEAD (4 GCM, 12 ChaCha); TLS 1.3 is 12.
 * explicit_iv: bytes in front of a TLS 1.2 record (8 for GCM, block for CBC in TLS 1.1+, 0 ChaCha).
 * limit: records per key at TLS 1.3 before a KeyUpdate is due (UINT64_MAX none). */
enum cipher_kind {
    KIND_NULL,
    KIND_STREAM,
    KIND_CBC,
    KIND_AEAD
};
enum nonce_rule {
    NONCE_NONE,
    NONCE_EXPLICIT,
    NONCE_XOR
}; /* how TLS 1.2 builds the AEAD nonce; TLS 1.3 is XOR */
enum cipher_id {
#define CIPHER(name, kind, evp, key, fixed_iv, explicit_iv, block, tag, nonce, limit) CIPHER_##name,
#include "tables/ciphers.def"
#undef CIPHER
    CIPHER_COUNT
};
struct cipher {
    const char *name; /* "AES128_GCM" */
    const char *evp;  /* libcrypto's name, "AES-128-GCM"; NULL for the null cipher */
    enum cipher_id id;
    enum cipher_kind kind;
    enum nonce_rule nonce;
    uint8_t key, fixed_iv, explicit_iv, block, tag;
    uint64_t limit;
};
extern const struct cipher ciphers[CIPHER_COUNT]; /* by cipher_id; [0] is CIPHER_NULL */

/* suites.def: SUITE(0xC02F, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256",
 *                   ECDHE, RSA, AES128_GCM, mac hash (NONE for AEAD), prf hash, min version, max version) */
struct suite {
    uint16_t id;
    const char *iana;
    const char *name; /* what the API reports; equals iana at TLS 1.3 */
    enum kex_alg kex;
    enum auth_alg auth;
    const struct cipher *cipher;
    enum hash_alg mac, prf;
    uint16_t min, max; /* versions */
    uint8_t index;     /* its bit in capability sets */
};
enum {
#define SUITE(id, iana, name, kex, auth, cipher, mac, prf, min, max) SUITE_INDEX_##iana,
#include "tables/suites.def"
#undef SUITE
    SUITE_COUNT
};
extern const struct suite suites[SUITE_COUNT]; /* sorted by id; [0] is TLS_NULL_WITH_NULL_NULL */
const struct suite *suite_by_id(uint16_t id);  /* NULL when unknown */
#define SUITE_NULL (&suites[0])
#define SCSV_RENEGOTIATION 0x00FF
#define SCSV_FALLBACK 0x5600

/* groups.def: GROUP(0x0017, secp256r1, "prime256v1" (libcrypto), kind, share bytes (client), share bytes (server),
 *                   secret bytes, first part id or 0, second part id or 0)
 * kinds: EC (uncompressed point), X (RFC 7748), KEM, HYBRID (two parts in the order of the wire) */
enum group_kind {
    GROUP_EC,
    GROUP_X,
    GROUP_KEM,
    GROUP_HYBRID
};
struct group {
    uint16_t id;
    const char *name;
    const char *evp;
    enum group_kind kind;
    uint16_t client_share, server_share, secret;
    uint16_t part[2];
    uint8_t index;
};
enum {
#define GROUP(id, name, evp, kind, client_share, server_share, secret, part1, part2) GROUP_INDEX_##name,
#include "tables/groups.def"
#undef GROUP
    GROUP_COUNT
};
extern const struct group groups[GROUP_COUNT];
const struct group *group_by_id(uint16_t id);

/* sigschemes.def: SIGSCHEME(0x0403, ecdsa_sha256 (policy name), "legacy_ecdsa_sha256" (name below TLS 1.3),
 *   "ecdsa_secp256r1_sha256" (name at 1.3), sig, hash, curve id TLS 1.3 demands or 0, min version, max version) */
enum sig_alg {
    SIG_NONE,
    SIG_RSA,
    SIG_ECDSA,
    SIG_RSA_PSS_RSAE,
    SIG_RSA_PSS_PSS,
    SIG_MLDSA
};
struct sigscheme {
    uint16_t id;
    const char *policy_name, *name12, *name13;
    enum sig_alg sig;
    enum hash_alg hash;
    uint16_t curve;
    uint16_t min, max;
    uint8_t index;
};
enum {
#define SIGSCHEME(id, name, name12, name13, sig, hash, curve, min, max) SIG_INDEX_##name,
#include "tables/sigschemes.def"
#undef SIGSCHEME
    SIGSCHEME_COUNT
};
extern const struct sigscheme sigschemes[SIGSCHEME_COUNT];
const struct sigscheme *sigscheme_by_id(uint16_t id);

/* policies.def: list rows, then policies.
 *   SUITE_LIST(C01, id, id, …)  GROUP_LIST(E01, …)  KEM_LIST(G01, …)  SIG_LIST(S01, …)  CERTSIG_LIST(X01, …)
 *   KEY_LIST(K01, rsa_2048, …)  STRONG_LIST(P01, …)   (each list ≥ 1 element; the list named NONE is the empty one)
 *   POLICY("name", min version, suites, groups, kems, sigs, certsigs, keys, strong groups, flags)
 *   POLICY_ALIAS("name", "target")          DEPRECATED_POLICY("name")
 * Row order is the order of the contract's table (the first name of a policy is reported back). */
struct id_list {
    const uint16_t *ids;
    uint16_t n;
};
/* Certificate key kinds that a policy may restrict to, as the contract's "algorithms.certificate_keys" lists them. */
enum cert_key {
#define CERT_KEY(name, sig, bits_or_curve) CERT_KEY_##name,
#include "tables/certkeys.def"
#undef CERT_KEY
    CERT_KEY_COUNT
};
enum policy_flags {
    POLICY_PFS = 1,
    POLICY_FIPS = 2,
    POLICY_CHACHA_BOOST = 4,
    POLICY_CERTS_LOCAL = 8
};
struct policy {
    const char *name;
    uint16_t min;
    struct id_list suites, groups, kems, sigs, certsigs, keys, strong;
    bool has_certsigs, has_keys, has_kems; /* false: the contract says null = no restriction / no list */
    uint8_t flags;
};
extern const struct policy policies[];
extern const size_t policies_count;
/* policy_by_name is case-insensitive and follows aliases; NULL when unknown. */
const struct policy *policy_by_name(const char *name);
bool policy_is_deprecated(const char *name);
const char *cert_key_name(enum cert_key k);
/* Whether a certificate key (its signature kind; bits for RSA, group id for EC) is of kind k. */
bool cert_key_matches(enum cert_key k, enum sig_alg sig, unsigned bits, uint16_t curve);

/* base/alerts.def: ALERT(HANDSHAKE_FAILURE, 40) */
enum alert {
#define ALERT(name, number) ALERT_##name = (number),
#include "base/alerts.def"
#undef ALERT
};
const char *alert_name(uint8_t number); /* NULL when unknown */

#endif
