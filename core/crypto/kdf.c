/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key derivation: HKDF (RFC 5869) and HKDF-Expand-Label (RFC 8446 7.1), the PRF of TLS 1.0 to 1.2 (RFC 2246
 * 5, RFC 5246 5) and SSLv3's derivation (RFC 6101 6.2.2). Called by the key schedule, ticket keys and PSK
 * binders. Built on the prepared HMAC, because an EVP_KDF call costs several times the hashing itself.
 * Nothing is kept.
 */
#include "crypto/kdf.h"

#include <string.h>

#include "base/wr.h"

/* ---- HKDF ---- */

bool kdf_extract(enum hash_alg alg, struct span salt, struct span ikm, struct secret *out)
{
    struct hmac mac;
    TRY(hmac_key(&mac, alg, salt)); /* an absent salt is zeros, which is what HMAC makes of an empty key */
    bool done = hmac_run(&mac, &ikm, 1, out->b);
    hmac_wipe(&mac);
    out->n = done ? (uint8_t) hash_size(alg) : 0;
    return done;
}

static bool expand(const struct hmac *mac, struct span info, uint8_t *out, size_t n)
{
    size_t size = hash_size(mac->inner.alg);
    if (n > 255 * size) {
        return fail(ERR_HKDF_OUTPUT_SIZE);
    }
    uint8_t block[HASH_MAX];
    uint8_t counter = 0;
    size_t previous = 0; /* T(0) is empty */
    bool done = true;
    while (done && n > 0) {
        counter++;
        const struct span parts[] = { SPAN(block, previous), info, SPAN(&counter, 1) };
        done = hmac_run(mac, parts, 3, block);
        size_t take = n < size ? n : size;
        if (done) {
            memcpy(out, block, take);
        }
        out += take;
        n -= take;
        previous = size;
    }
    wipe(block, sizeof(block));
    return done;
}

bool kdf_expand(enum hash_alg alg, struct span prk, struct span info, uint8_t *out, size_t n)
{
    struct hmac mac;
    TRY(hmac_key(&mac, alg, prk));
    bool done = expand(&mac, info, out, n);
    hmac_wipe(&mac);
    return done;
}

/* ---- HKDF-Expand-Label ---- */

#define LABEL_PREFIX "tls13 "

static void write_label(struct wr *w, size_t n, struct span label, struct span context)
{
    wr_u16(w, (uint16_t) n);
    struct wr_mark mark = wr_open(w, 1);
    wr_bytes(w, SPAN((const uint8_t *) LABEL_PREFIX, strlen(LABEL_PREFIX)));
    wr_bytes(w, label);
    wr_close(w, mark);
    mark = wr_open(w, 1);
    wr_bytes(w, context);
    wr_close(w, mark);
}

bool kdf_prk_set(struct kdf_prk *k, enum hash_alg alg, struct span secret)
{
    return hmac_key(&k->mac, alg, secret);
}

bool kdf_prk_label_bytes(const struct kdf_prk *k, struct span label, struct span context, uint8_t *out,
                         size_t n)
{
    uint8_t room[2 + 1 + 255 + 1 + 255];
    struct buf info = BUF_FIXED(room, sizeof(room));
    struct wr w = wr_to(&info);
    if (n > UINT16_MAX) {
        return fail(ERR_HKDF_OUTPUT_SIZE);
    }
    write_label(&w, n, label, context);
    return wr_ok(&w) && expand(&k->mac, buf_span(&info), out, n);
}

bool kdf_prk_label(const struct kdf_prk *k, const char *label, struct span context, uint8_t *out, size_t n)
{
    return kdf_prk_label_bytes(k, SPAN((const uint8_t *) label, strlen(label)), context, out, n);
}

void kdf_prk_wipe(struct kdf_prk *k)
{
    hmac_wipe(&k->mac);
}

bool kdf_label(enum hash_alg alg, const struct secret *secret, const char *label, struct span context,
               uint8_t *out, size_t n)
{
    struct kdf_prk prk;
    TRY(kdf_prk_set(&prk, alg, secret_span(secret)));
    bool done = kdf_prk_label(&prk, label, context, out, n);
    kdf_prk_wipe(&prk);
    return done;
}

/* ---- the PRF of TLS 1.0 to 1.2 ---- */

struct seed {
    struct span label, first, second;
};

/* P_hash, XORed into out: TLS 1.0 adds two of them up. */
static bool p_hash(enum hash_alg alg, struct span secret, const struct seed *seed, uint8_t *out, size_t n)
{
    struct hmac mac;
    TRY(hmac_key(&mac, alg, secret));
    size_t size = hash_size(alg);
    uint8_t a[HASH_MAX], block[HASH_MAX];
    const struct span parts[] = { SPAN(a, size), seed->label, seed->first, seed->second };
    bool done = hmac_run(&mac, parts + 1, 3, a); /* A(1) */
    while (done && n > 0) {
        done = hmac_run(&mac, parts, 4, block) && (n <= size || hmac_run(&mac, parts, 1, a));
        size_t take = n < size ? n : size;
        for (size_t i = 0; done && i < take; i++) {
            out[i] ^= block[i];
        }
        out += take;
        n -= take;
    }
    wipe(a, sizeof(a));
    wipe(block, sizeof(block));
    hmac_wipe(&mac);
    return done;
}

bool kdf_prf(enum hash_alg alg, struct span secret, const char *label, struct span seed1, struct span seed2,
             uint8_t *out, size_t n)
{
    const struct seed seed = { SPAN((const uint8_t *) label, strlen(label)), seed1, seed2 };
    bool done;
    memset(out, 0, n);
    if (alg == HASH_MD5_SHA1) { /* the halves of an odd secret share the byte in the middle */
        size_t half = (secret.n + 1) / 2;
        done = p_hash(HASH_MD5, SPAN(secret.p, half), &seed, out, n) &&
               p_hash(HASH_SHA1, SPAN(secret.p + (secret.n - half), half), &seed, out, n);
    } else {
        done = p_hash(alg, secret, &seed, out, n);
    }
    if (!done) {
        wipe(out, n);
    }
    return done;
}

/* ---- SSLv3 ---- */

#define SSL3_ROUNDS 26 /* A, BB, ... up to 26 times Z */

static bool digest_of(enum hash_alg alg, const struct span *parts, size_t n, uint8_t *out)
{
    struct hash h;
    TRY(hash_start(&h, alg));
    for (size_t i = 0; i < n; i++) {
        if (!hash_update(&h, parts[i])) {
            hash_wipe(&h);
            return false;
        }
    }
    return hash_final(&h, out);
}

/* MD5(secret + SHA(letters + secret + random1 + random2)) */
static bool ssl3_block(unsigned round, struct span secret, struct span random1, struct span random2,
                       uint8_t *out)
{
    uint8_t letters[SSL3_ROUNDS], inner[HASH_MAX];
    memset(letters, 'A' + (int) round, round + 1);
    const struct span inside[] = { SPAN(letters, round + 1), secret, random1, random2 };
    const struct span outside[] = { secret, SPAN(inner, hash_size(HASH_SHA1)) };
    bool done = digest_of(HASH_SHA1, inside, 4, inner) && digest_of(HASH_MD5, outside, 2, out);
    wipe(inner, sizeof(inner));
    return done;
}

bool kdf_ssl3(struct span secret, struct span random1, struct span random2, uint8_t *out, size_t n)
{
    uint8_t block[HASH_MAX];
    size_t size = hash_size(HASH_MD5);
    if (n > SSL3_ROUNDS * size) {
        return fail(ERR_PRF_DERIVE);
    }
    bool done = true;
    for (unsigned round = 0; done && n > 0; round++) {
        done = ssl3_block(round, secret, random1, random2, block);
        size_t take = n < size ? n : size;
        if (done) {
            memcpy(out, block, take);
        }
        out += take;
        n -= take;
    }
    wipe(block, sizeof(block));
    return done;
}
