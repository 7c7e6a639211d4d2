/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes and HMAC as plain values: starting, copying (a transcript snapshot) and finishing cost no allocation
 * and no fetch. hash_wipe / hmac_wipe end every life. In FIPS mode the state holds a provider context
 * instead; callers cannot tell.
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/err.h"
#include "base/span.h"
#include "tables/tables.h"

#define HASH_MAX 64

struct hash {
    enum hash_alg alg;
    bool provider; /* FIPS mode: state holds a pointer to a provider's context */
    _Alignas(16) uint8_t state[224];
};

MUST_USE bool hash_start(struct hash *h, enum hash_alg alg);
MUST_USE bool hash_update(struct hash *h, struct span s);
MUST_USE bool hash_copy(struct hash *to, const struct hash *from); /* `to` holds nothing yet */
MUST_USE bool hash_final(struct hash *h, uint8_t *out);            /* hash_size(alg) bytes; h is wiped */
MUST_USE bool hash_peek(const struct hash *h, uint8_t *out);       /* the digest so far; h goes on */
void hash_wipe(struct hash *h);
/* hash_half: the MD5 or the SHA-1 half of a running HASH_MD5_SHA1 as a hash of its own (SSLv3 goes on with
 * the two apart); in FIPS mode, where there is no SSLv3, it fails with ERR_HASH_INVALID_ALGORITHM. */
MUST_USE bool hash_half(struct hash *to, const struct hash *pair, enum hash_alg half);
MUST_USE bool hash_once(enum hash_alg alg, struct span s, uint8_t *out);

/* A keyed HMAC (RFC 2104), prepared: inner and outer states after their pad block. No HMAC with
 * HASH_MD5_SHA1. */
struct hmac {
    struct hash inner, outer;
};
MUST_USE bool hmac_key(struct hmac *m, enum hash_alg alg, struct span key);
/* hmac_run: MAC of the concatenation of n spans, any number of times on one key. */
MUST_USE bool hmac_run(const struct hmac *m, const struct span *parts, size_t n, uint8_t *out);
void hmac_wipe(struct hmac *m);

#endif
