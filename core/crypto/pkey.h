/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asymmetric keys of certificates: what kind they are, signing, verifying, RSA decryption for the RSA key
 * exchange. A pkey is reference counted and immutable, so threads and caches share it. Public keys come from
 * a SubjectPublicKeyInfo through a fast import of the common fixed shapes (RFC 8017 A.1, RFC 5480), with
 * libcrypto's decoder as the fallback.
 */
#ifndef CRYPTO_PKEY_H
#define CRYPTO_PKEY_H

#include "base/err.h"
#include "base/mem.h"
#include "base/wr.h"
#include "tables/tables.h"

struct pkey;

struct pkey_info {
    enum sig_alg sig;       /* SIG_RSA (rsaEncryption), SIG_RSA_PSS_PSS, SIG_ECDSA, SIG_MLDSA */
    unsigned bits;          /* RSA modulus / field size */
    uint16_t curve;         /* group id for EC, else 0 */
    enum hash_alg pss_hash; /* SIG_RSA_PSS_PSS with parameters: the only hash allowed; HASH_NONE: any */
    uint16_t pss_salt;      /* then the least salt length */
};

/* pkey_from_spki: RSA, RSA-PSS and the three NIST curves; anything else is ERR_DECODE_CERTIFICATE. */
MUST_USE bool pkey_from_spki(struct span spki, struct pkey **out);
/* pkey_peek_spki: what kind of key it is, without importing it; sig is SIG_NONE for a kind unknown here.
 * False, with the error slot untouched, when the bytes are no SubjectPublicKeyInfo. */
MUST_USE bool pkey_peek_spki(struct span spki, struct pkey_info *out);
/* pkey_from_private_der: PKCS#1, SEC1 or PKCS#8; ERR_DECODE_PRIVATE_KEY. */
MUST_USE bool pkey_from_private_der(struct span der, struct pkey **out);
struct pkey *pkey_ref(struct pkey *k);
void pkey_drop(struct pkey *k);
const struct pkey_info *pkey_get_info(const struct pkey *k);
bool pkey_matches(const struct pkey *priv, const struct pkey *pub);
bool pkey_has_private(const struct pkey *k);

/* Whether a key of this kind can make / check signatures of scheme s at `version` (key type, PSS salt fits
 * the modulus, TLS 1.3 curve rule). */
bool pkey_fits(const struct pkey_info *info, const struct sigscheme *s, uint16_t version);

/* pkey_sign signs the concatenation of n parts (hashing them per the scheme) and appends the signature;
 * pkey_verify fails with ERR_VERIFY_SIGNATURE. The caller has asked pkey_fits.
 * Any number of threads may sign with one key. */
MUST_USE bool pkey_sign(struct pkey *k, const struct sigscheme *s, const struct span *parts, size_t n,
                        struct wr *out);
MUST_USE bool pkey_verify(struct pkey *k, const struct sigscheme *s, const struct span *parts, size_t n,
                          struct span signature);

/* pkey_decrypt_premaster: RSA key exchange (RFC 5246 7.4.7.1): always succeeds for a well-formed key and
 * ciphertext length; a bad padding or version gives 48 random bytes, in constant time. client_version is
 * the ClientHello's. */
MUST_USE bool pkey_decrypt_premaster(struct pkey *k, struct span encrypted, uint16_t client_version,
                                     struct secret *out);
/* pkey_encrypt: PKCS#1 v1.5 encryption to a peer's RSA key (client side of the RSA key exchange),
 * appended. */
MUST_USE bool pkey_encrypt(struct pkey *k, struct span plain, struct wr *out);

#endif
