/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes and HMAC (RFC 2104) as plain values. Called by the key schedule, the transcript, signatures and
 * ticket keys. The states are libcrypto's low-level contexts: an EVP context would cost an allocation and a
 * copy for every transcript snapshot and every HMAC (measured: design/performance.md). In FIPS mode only the
 * provider may hash, and then `state` holds a pointer to an EVP context of the fetched algorithm.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* for the low-level contexts, in this file only */

#include "crypto/hash.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <string.h>

#include "crypto/fetched.h"
#include "crypto/init.h"

struct pair {
    MD5_CTX md5;
    SHA_CTX sha1;
};

#define FITS(type)                                                                                \
    _Static_assert(sizeof(type) <= sizeof(((struct hash *) NULL)->state) && _Alignof(type) <= 16, \
                   "struct hash holds a " #type)
FITS(struct pair);
FITS(SHA256_CTX);
FITS(SHA512_CTX);
FITS(EVP_MD_CTX *);

/* ---- low-level contexts: `state` is only ever looked into by libcrypto ---- */

static bool low_start(enum hash_alg alg, void *state)
{
    struct pair *pair = state;
    switch (alg) {
    case HASH_MD5:
        return MD5_Init(state) == 1;
    case HASH_SHA1:
        return SHA1_Init(state) == 1;
    case HASH_SHA224:
        return SHA224_Init(state) == 1;
    case HASH_SHA256:
        return SHA256_Init(state) == 1;
    case HASH_SHA384:
        return SHA384_Init(state) == 1;
    case HASH_SHA512:
        return SHA512_Init(state) == 1;
    case HASH_MD5_SHA1:
        return MD5_Init(&pair->md5) == 1 && SHA1_Init(&pair->sha1) == 1;
    case HASH_NONE:
    case HASH_COUNT:
        break;
    }
    return false;
}

static bool low_update(enum hash_alg alg, void *state, struct span s)
{
    struct pair *pair = state;
    switch (alg) {
    case HASH_MD5:
        return MD5_Update(state, s.p, s.n) == 1;
    case HASH_SHA1:
        return SHA1_Update(state, s.p, s.n) == 1;
    case HASH_SHA224:
    case HASH_SHA256:
        return SHA256_Update(state, s.p, s.n) == 1;
    case HASH_SHA384:
    case HASH_SHA512:
        return SHA512_Update(state, s.p, s.n) == 1;
    case HASH_MD5_SHA1:
        return MD5_Update(&pair->md5, s.p, s.n) == 1 && SHA1_Update(&pair->sha1, s.p, s.n) == 1;
    case HASH_NONE:
    case HASH_COUNT:
        break;
    }
    return false;
}

static bool low_final(enum hash_alg alg, void *state, uint8_t *out)
{
    struct pair *pair = state;
    switch (alg) {
    case HASH_MD5:
        return MD5_Final(out, state) == 1;
    case HASH_SHA1:
        return SHA1_Final(out, state) == 1;
    case HASH_SHA224:
        return SHA224_Final(out, state) == 1;
    case HASH_SHA256:
        return SHA256_Final(out, state) == 1;
    case HASH_SHA384:
        return SHA384_Final(out, state) == 1;
    case HASH_SHA512:
        return SHA512_Final(out, state) == 1;
    case HASH_MD5_SHA1:
        return MD5_Final(out, &pair->md5) == 1 && SHA1_Final(out + MD5_DIGEST_LENGTH, &pair->sha1) == 1;
    case HASH_NONE:
    case HASH_COUNT:
        break;
    }
    return false;
}

/* ---- provider contexts ---- */

static EVP_MD_CTX *provider_get(const struct hash *h)
{
    EVP_MD_CTX *ctx;
    memcpy(&ctx, h->state, sizeof(ctx));
    return ctx;
}

static bool provider_start(struct hash *h)
{
    EVP_MD *md = fetched_md(h->alg);
    EVP_MD_CTX *ctx = md == NULL ? NULL : EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestInit_ex2(ctx, md, NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return false;
    }
    memcpy(h->state, &ctx, sizeof(ctx));
    return true;
}

static bool provider_copy(struct hash *to, const struct hash *from)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_MD_CTX_copy_ex(ctx, provider_get(from)) != 1) {
        EVP_MD_CTX_free(ctx);
        return false;
    }
    *to = *from;
    memcpy(to->state, &ctx, sizeof(ctx));
    return true;
}

/* ---- one interface over both ---- */

bool hash_start(struct hash *h, enum hash_alg alg)
{
    if (hash_size(alg) == 0) {
        return fail(ERR_HASH_INVALID_ALGORITHM);
    }
    h->alg = alg;
    h->provider = crypto_fips();
    if (h->provider ? provider_start(h) : low_start(alg, h->state)) {
        return true;
    }
    *h = (struct hash){ .alg = HASH_NONE };
    return fail(ERR_HASH_INIT_FAILED);
}

bool hash_update(struct hash *h, struct span s)
{
    if (s.n == 0) {
        return true;
    }
    bool done =
        h->provider ? EVP_DigestUpdate(provider_get(h), s.p, s.n) == 1 : low_update(h->alg, h->state, s);
    return done || fail(ERR_HASH_UPDATE_FAILED);
}

bool hash_copy(struct hash *to, const struct hash *from)
{
    if (from->provider) {
        return provider_copy(to, from) || fail(ERR_HASH_INIT_FAILED);
    }
    *to = *from;
    return true;
}

bool hash_final(struct hash *h, uint8_t *out)
{
    bool done =
        h->provider ? EVP_DigestFinal_ex(provider_get(h), out, NULL) == 1 : low_final(h->alg, h->state, out);
    hash_wipe(h);
    return done || fail(ERR_HASH_DIGEST_FAILED);
}

bool hash_peek(const struct hash *h, uint8_t *out)
{
    struct hash snapshot;
    TRY(hash_copy(&snapshot, h));
    return hash_final(&snapshot, out);
}

void hash_wipe(struct hash *h)
{
    if (h->provider) {
        EVP_MD_CTX_free(provider_get(h)); /* cleanses what it held */
    }
    wipe(h, sizeof(*h));
}

bool hash_half(struct hash *to, const struct hash *pair, enum hash_alg half)
{
    if (pair->alg != HASH_MD5_SHA1 || pair->provider) {
        return fail(ERR_HASH_INVALID_ALGORITHM);
    }
    *to = (struct hash){ .alg = half };
    if (half == HASH_MD5) {
        memcpy(to->state, pair->state + offsetof(struct pair, md5), sizeof(MD5_CTX));
        return true;
    }
    if (half == HASH_SHA1) {
        memcpy(to->state, pair->state + offsetof(struct pair, sha1), sizeof(SHA_CTX));
        return true;
    }
    return fail(ERR_HASH_INVALID_ALGORITHM);
}

bool hash_once(enum hash_alg alg, struct span s, uint8_t *out)
{
    struct hash h;
    TRY(hash_start(&h, alg));
    if (!hash_update(&h, s)) {
        hash_wipe(&h);
        return false;
    }
    return hash_final(&h, out);
}

/* ---- HMAC ---- */

#define BLOCK_MAX 128

static size_t block_size(enum hash_alg alg)
{
    return alg == HASH_SHA384 || alg == HASH_SHA512 ? 128 : 64;
}

/* A state that has eaten the key block under one of the two pads. */
static bool start_padded(struct hash *h, enum hash_alg alg, const uint8_t *block, uint8_t pad)
{
    uint8_t padded[BLOCK_MAX];
    size_t n = block_size(alg);
    for (size_t i = 0; i < n; i++) {
        padded[i] = block[i] ^ pad;
    }
    bool done = hash_start(h, alg) && hash_update(h, SPAN(padded, n));
    wipe(padded, sizeof(padded));
    return done;
}

bool hmac_key(struct hmac *m, enum hash_alg alg, struct span key)
{
    *m = (struct hmac){ .inner = { .alg = HASH_NONE } };
    if (hash_size(alg) == 0 || alg == HASH_MD5_SHA1) {
        return fail(ERR_HMAC_INVALID_ALGORITHM);
    }
    uint8_t block[BLOCK_MAX] = { 0 };
    bool done = true;
    if (key.n > block_size(alg)) {
        done = hash_once(alg, key, block);
    } else if (key.n > 0) {
        memcpy(block, key.p, key.n);
    }
    done = done && start_padded(&m->inner, alg, block, 0x36) && start_padded(&m->outer, alg, block, 0x5c);
    wipe(block, sizeof(block));
    if (!done) {
        hmac_wipe(m);
    }
    return done;
}

bool hmac_run(const struct hmac *m, const struct span *parts, size_t n, uint8_t *out)
{
    uint8_t digest[HASH_MAX];
    struct hash h;
    TRY(hash_copy(&h, &m->inner));
    for (size_t i = 0; i < n; i++) {
        if (!hash_update(&h, parts[i])) {
            hash_wipe(&h);
            return false;
        }
    }
    size_t size = hash_size(m->inner.alg);
    bool done = hash_final(&h, digest) && hash_copy(&h, &m->outer);
    if (done && !hash_update(&h, SPAN(digest, size))) {
        hash_wipe(&h);
        done = false;
    }
    done = done && hash_final(&h, out);
    wipe(digest, sizeof(digest));
    return done;
}

void hmac_wipe(struct hmac *m)
{
    hash_wipe(&m->inner);
    hash_wipe(&m->outer);
}
