/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AEAD records (RFC 8446 5.2, RFC 5288, RFC 7905). Called by record/protect.c. The shape of the code is
 * measured, not guessed: at 64 bytes most of the time is libcrypto's call overhead, so each record makes the
 * fewest and cheapest calls that give the right bytes. Nonces and headers come from the caller; nothing here
 * counts records.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdatomic.h>
#include <string.h>

#include "crypto/cipher_parts.h"

/* Up to here a copy costs GCM less than one more call into libcrypto. Poly1305 gains nothing: it is slow
 * after an odd length, so the one byte of the type comes last and alone. */
#define COPY_LIMIT 2048
/* Up to here libcrypto's TLS 1.2 record interface wins although it works in place only. */
#define RECORD_SEAL_LIMIT 8192
/* And up to here when the plaintext could go elsewhere at once. */
#define RECORD_OPEN_LIMIT 2048

/* A fixed IV of this length stands for the whole nonce (EVP_CTRL_GCM_SET_IV_FIXED with -1). */
#define WHOLE_IV SIZE_MAX

static OSSL_PARAM bytes_param(const char *key, uint8_t *p, size_t n)
{
    return (OSSL_PARAM){ .key = key, .data_type = OSSL_PARAM_OCTET_STRING, .data = p, .data_size = n };
}

static bool set_param(EVP_CIPHER_CTX *evp, const char *key, uint8_t *p, size_t n)
{
    OSSL_PARAM params[] = { bytes_param(key, p, n), OSSL_PARAM_END };
    return EVP_CIPHER_CTX_set_params(evp, params) == 1;
}

/* ---- keying ---- */

/* Setting a GCM nonce as a parameter takes half the time of EVP_CipherInit. Whether this libcrypto can is
 * asked once per process, by looking at what it made of one; if not, everything takes the ordinary way. */
static bool takes_whole_iv(EVP_CIPHER_CTX *evp)
{
    static atomic_int answer; /* 0 not asked, 1 yes, 2 no */
    int known = atomic_load_explicit(&answer, memory_order_relaxed);
    if (known == 0) {
        uint8_t iv[CIPHER_NONCE] = { 0x5a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xa5 };
        uint8_t seen[CIPHER_NONCE] = { 0 };
        bool yes = set_param(evp, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, iv, WHOLE_IV) &&
                   EVP_CIPHER_CTX_get_original_iv(evp, seen, sizeof(seen)) == 1 &&
                   memcmp(iv, seen, sizeof(iv)) == 0;
        known = yes ? 1 : 2;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == 1;
}

bool aead_ready(struct cipher_ctx *c, struct span iv)
{
    c->whole_iv = c->cipher->nonce == NONCE_EXPLICIT && takes_whole_iv(c->evp);
    if (c->version == TLS13) {
        return true;
    }
    /* What the record interface keeps between records. GCM's is replaced or completed by each record. */
    uint8_t nonce[CIPHER_NONCE] = { 0 };
    if (iv.n != c->cipher->fixed_iv) {
        return false;
    }
    memcpy(nonce, iv.p, iv.n);
    bool ok = true;
    if (c->whole_iv || c->cipher->nonce == NONCE_XOR) {
        ok = set_param(c->evp, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, nonce,
                       c->whole_iv ? WHOLE_IV : sizeof(nonce));
    }
    wipe(nonce, sizeof(nonce));
    return ok;
}

/* ---- the ordinary interface ---- */

static bool start(struct cipher_ctx *c, uint8_t *nonce)
{
    if (c->whole_iv) {
        return set_param(c->evp, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, nonce, WHOLE_IV);
    }
    return EVP_CipherInit_ex(c->evp, NULL, NULL, NULL, nonce, -1) == 1;
}

static bool start_open(struct cipher_ctx *c, uint8_t *nonce, uint8_t *tag)
{
    if (c->whole_iv) {
        OSSL_PARAM params[] = { bytes_param(OSSL_CIPHER_PARAM_AEAD_TAG, tag, CIPHER_TAG),
                                bytes_param(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, nonce, WHOLE_IV),
                                OSSL_PARAM_END };
        return EVP_CIPHER_CTX_set_params(c->evp, params) == 1;
    }
    return start(c, nonce) && set_param(c->evp, OSSL_CIPHER_PARAM_AEAD_TAG, tag, CIPHER_TAG);
}

static bool update(struct cipher_ctx *c, uint8_t *out, const uint8_t *in, size_t n)
{
    int len;
    return n == 0 || EVP_CipherUpdate(c->evp, out, &len, in, (int) n) == 1;
}

static bool finish(struct cipher_ctx *c, uint8_t *out)
{
    int len;
    return EVP_CipherFinal_ex(c->evp, out, &len) == 1;
}

static bool get_tag(struct cipher_ctx *c, uint8_t *out)
{
    OSSL_PARAM params[] = { bytes_param(OSSL_CIPHER_PARAM_AEAD_TAG, out, CIPHER_TAG), OSSL_PARAM_END };
    return EVP_CIPHER_CTX_get_params(c->evp, params) == 1;
}

static bool encrypt_pieces(struct cipher_ctx *c, const struct span *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        TRY(update(c, out, in[i].p, in[i].n));
        out += in[i].n;
    }
    return true;
}

/* total counts the tail. */
static bool encrypt(struct cipher_ctx *c, const struct span *in, size_t n, struct span tail, size_t total,
                    uint8_t *out)
{
    if (total > COPY_LIMIT || c->cipher->nonce == NONCE_XOR) {
        return encrypt_pieces(c, in, n, out) && encrypt_pieces(c, &tail, 1, out + total - tail.n);
    }
    (void) span_join(&tail, 1, span_join(in, n, out));
    return update(c, out, out, total);
}

bool cipher_seal(struct cipher_ctx *c, uint8_t *nonce, struct span aad, const struct span *in, size_t n,
                 struct span tail, uint8_t *out)
{
    size_t total = span_total(in, n) + tail.n;
    if (start(c, nonce) && update(c, NULL, aad.p, aad.n) && encrypt(c, in, n, tail, total, out) &&
        finish(c, out + total) && get_tag(c, out + total)) {
        return true;
    }
    wipe(out, total + CIPHER_TAG);
    return fail(ERR_ENCRYPT);
}

bool cipher_open(struct cipher_ctx *c, uint8_t *nonce, struct span aad, uint8_t *in, size_t in_len,
                 uint8_t *out)
{
    size_t total = in_len - CIPHER_TAG;
    if (start_open(c, nonce, in + total) && update(c, NULL, aad.p, aad.n) && update(c, out, in, total) &&
        finish(c, out + total)) {
        return true;
    }
    wipe(out, total);
    return fail(ERR_DECRYPT);
}

/* ---- TLS 1.2 ---- */

/* libcrypto's record interface: header as a parameter, then one call in place over nonce, text and tag. It
 * takes the length with explicit nonce (and, opening, tag) and corrects it itself. */
static bool whole_record(struct cipher_ctx *c, OSSL_PARAM *params, uint8_t *frag, size_t len)
{
    int out_len;
    return EVP_CIPHER_CTX_set_params(c->evp, params) == 1 &&
           EVP_CipherUpdate(c->evp, frag, &out_len, frag, (int) len) == 1;
}

static bool seal_record(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, const struct span *in, size_t n,
                        size_t total, uint8_t *out)
{
    size_t explicit = c->cipher->explicit_iv;
    put_length(hdr13, explicit + total);
    OSSL_PARAM params[3] = { bytes_param(OSSL_CIPHER_PARAM_AEAD_TLS1_AAD, hdr13, CIPHER_MAC_HEADER) };
    if (c->whole_iv) {
        params[1] = bytes_param(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, nonce, WHOLE_IV);
    }
    (void) span_join(in, n, out + explicit);
    size_t len = explicit + total + CIPHER_TAG;
    /* The nonce on the wire must be the one asked for: a repeated one would give the key away. */
    if (whole_record(c, params, out, len) && memcmp(out, nonce + CIPHER_NONCE - explicit, explicit) == 0) {
        return true;
    }
    wipe(out, len);
    return fail(ERR_ENCRYPT);
}

bool cipher_seal12(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, const struct span *in, size_t n,
                   uint8_t *out)
{
    size_t total = span_total(in, n);
    size_t explicit = c->cipher->explicit_iv;
    if (explicit == 0 || (c->whole_iv && total <= RECORD_SEAL_LIMIT)) {
        return seal_record(c, nonce, hdr13, in, n, total, out);
    }
    put_length(hdr13, total);
    memcpy(out, nonce + CIPHER_NONCE - explicit, explicit);
    return cipher_seal(c, nonce, SPAN(hdr13, CIPHER_MAC_HEADER), in, n, SPAN_NONE, out + explicit);
}

static bool open_record(struct cipher_ctx *c, uint8_t *hdr13, uint8_t *frag, size_t len)
{
    put_length(hdr13, len);
    OSSL_PARAM params[] = { bytes_param(OSSL_CIPHER_PARAM_AEAD_TLS1_AAD, hdr13, CIPHER_MAC_HEADER),
                            OSSL_PARAM_END };
    if (whole_record(c, params, frag, len)) {
        return true;
    }
    wipe(frag, len);
    return fail(ERR_DECRYPT);
}

bool cipher_open12(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, uint8_t *frag, size_t len,
                   uint8_t *dst, struct span *out)
{
    size_t explicit = c->cipher->explicit_iv;
    size_t total = len - explicit - CIPHER_TAG;
    uint8_t *plain = frag + explicit;
    if (explicit == 0 || (c->whole_iv && (dst == NULL || total <= RECORD_OPEN_LIMIT))) {
        TRY(open_record(c, hdr13, frag, len));
    } else {
        put_length(hdr13, total);
        plain = dst == NULL ? plain : dst;
        TRY(cipher_open(c, nonce, SPAN(hdr13, CIPHER_MAC_HEADER), frag + explicit, len - explicit, plain));
    }
    *out = SPAN(plain, total);
    return true;
}
