/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key derivation: HKDF (RFC 5869), HKDF-Expand-Label (RFC 8446 7.1), the TLS 1.0-1.2 PRF (RFC 2246 5, RFC 5246 5)
 * and the SSLv3 derivation (RFC 6101 6). Outputs go where the caller says; nothing is kept.
 */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include "crypto/hash.h"

MUST_USE bool kdf_extract(enum hash_alg alg, struct span salt, struct span ikm, struct secret *out);
MUST_USE bool kdf_expand(enum hash_alg alg, struct span prk, struct span info, uint8_t *out, size_t n);

/* One secret expanded under several labels: the HMAC key is set up once. */
struct kdf_prk {
    struct hmac mac;
};
MUST_USE bool kdf_prk_set(struct kdf_prk *k, enum hash_alg alg, struct span secret);
MUST_USE bool kdf_prk_label(const struct kdf_prk *k, const char *label, struct span context, uint8_t *out,
                            size_t n);
void kdf_prk_wipe(struct kdf_prk *k);
/* kdf_prk_label_bytes: with a label of any bytes; SIZE_MISMATCH above 249 of them. */
MUST_USE bool kdf_prk_label_bytes(const struct kdf_prk *k, struct span label, struct span context,
                                  uint8_t *out, size_t n);
MUST_USE bool kdf_label(enum hash_alg alg, const struct secret *secret, const char *label,
                        struct span context, uint8_t *out, size_t n);

/* TLS 1.2 with `alg`; TLS 1.0/1.1 with HASH_MD5_SHA1. The seed is the concatenation of two spans. */
MUST_USE bool kdf_prf(enum hash_alg alg, struct span secret, const char *label, struct span seed1,
                      struct span seed2, uint8_t *out, size_t n);
/* SSLv3: master secret or key block from secret and the two randoms in the given order. */
MUST_USE bool kdf_ssl3(struct span secret, struct span random1, struct span random2, uint8_t *out, size_t n);

#endif
