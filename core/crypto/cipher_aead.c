/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AEAD records (RFC 8446 5.2, RFC 5288, RFC 7905). Called by record/protect.c. The shape of the code is
 * measured, not guessed: at 64 bytes most of the time is libcrypto's call overhead, so each record makes the
 * fewest and cheapest calls that give the right bytes. Nonces and headers come from the caller; nothing here
 * counts records.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdatomic.h>
#include <string.h>

#include "crypto/cipher_parts.h"
#include "crypto/fetched.h"

/* Up to here a copy costs GCM less than one more call into libcrypto. Poly1305 gains nothing: it is slow
 * after an odd length, so the one byte of the type comes last and alone. */
#define COPY_LIMIT 2048
/* Up to here libcrypto's TLS 1.2 record interface wins although it works in place only. */
#define RECORD_SEAL_LIMIT 8192
/* And up to here when the plaintext could go elsewhere at once. */
#define RECORD_OPEN_LIMIT 2048

/* A fixed IV of this length stands for the whole GCM nonce (EVP_CTRL_GCM_SET_IV_FIXED with -1). */
#define WHOLE_IV SIZE_MAX

static OSSL_PARAM bytes_param(const char *key, uint8_t *p, size_t n)
{
    return (OSSL_PARAM){ .key = key, .data_type = OSSL_PARAM_OCTET_STRING, .data = p, .data_size = n };
}

/* ---- the ordinary interface ---- */

static OSSL_PARAM nonce_param(const struct cipher_ctx *c, uint8_t *nonce)
{
    return bytes_param(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, nonce,
                       c->cipher->nonce == NONCE_XOR ? CIPHER_NONCE : WHOLE_IV);
}

static bool set_nonce(struct cipher_ctx *c, uint8_t *nonce)
{
    OSSL_PARAM params[] = { nonce_param(c, nonce), OSSL_PARAM_END };
    return EVP_CIPHER_CTX_set_params(c->evp, params) == 1;
}

static bool start(struct cipher_ctx *c, uint8_t *nonce)
{
    if (c->nonce_param) {
        return set_nonce(c, nonce);
    }
    return EVP_CipherInit_ex(c->evp, NULL, NULL, NULL, nonce, -1) == 1;
}

static bool start_open(struct cipher_ctx *c, uint8_t *nonce, uint8_t *tag)
{
    OSSL_PARAM params[3] = { bytes_param(OSSL_CIPHER_PARAM_AEAD_TAG, tag, CIPHER_TAG) };
    if (c->nonce_param) {
        params[1] = nonce_param(c, nonce);
    } else {
        TRY(start(c, nonce));
    }
    return EVP_CIPHER_CTX_set_params(c->evp, params) == 1;
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

/* ---- may a nonce be a parameter? ---- */

#define PROBES 3

/* One byte under each nonce, made known to libcrypto in the way c says. */
static bool probe_seal(struct cipher_ctx *c, uint8_t nonces[PROBES][CIPHER_NONCE],
                       uint8_t out[PROBES][1 + CIPHER_TAG])
{
    static const uint8_t text[1] = { 0x5a };
    for (int i = 0; i < PROBES; i++) {
        TRY(start(c, nonces[i]) && update(c, NULL, text, 1) && update(c, out[i], text, 1) &&
            finish(c, out[i] + 1) && get_tag(c, out[i] + 1));
    }
    return true;
}

/* Seals under changing nonces in both ways, with a key that protects nothing. */
static bool probe_agrees(const struct cipher *cipher)
{
    static const uint8_t key[32] = { 1 };
    uint8_t nonces[PROBES][CIPHER_NONCE] = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
                                             { 0x80, 1 },
                                             { 1, 2, 3, 4, 0xff } };
    uint8_t plain[PROBES][1 + CIPHER_TAG], quick[PROBES][1 + CIPHER_TAG];
    struct cipher_ctx c = { .evp = EVP_CIPHER_CTX_new(), .cipher = cipher, .sealing = true };
    bool ok = c.evp != NULL &&
              EVP_CipherInit_ex2(c.evp, fetched_cipher(cipher->id), key, nonces[1], 1, NULL) == 1 &&
              probe_seal(&c, nonces, plain);
    c.nonce_param = true;
    ok = ok && probe_seal(&c, nonces, quick) && memcmp(plain, quick, sizeof(plain)) == 0;
    EVP_CIPHER_CTX_free(c.evp);
    return ok;
}

/* Setting a nonce as a parameter takes a fraction of the time of EVP_CipherInit. Whether this libcrypto can is
 * asked once per process and rule, by trying; if not, everything takes the ordinary way. */
static bool takes_nonce_param(const struct cipher *cipher)
{
    static atomic_int answers[2]; /* GCM, ChaCha20; 0 not asked, 1 yes, 2 no */
    atomic_int *answer = &answers[cipher->nonce == NONCE_XOR];
    int known = atomic_load_explicit(answer, memory_order_relaxed);
    if (known == 0) {
        ERR_set_mark();
        known = probe_agrees(cipher) ? 1 : 2;
        ERR_pop_to_mark();
        atomic_store_explicit(answer, known, memory_order_relaxed);
    }
    return known == 1;
}

/* ---- keying ---- */

bool aead_ready(struct cipher_ctx *c, struct span iv)
{
    c->nonce_param = takes_nonce_param(c->cipher);
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
    if (c->nonce_param || c->cipher->nonce == NONCE_XOR) {
        ok = set_nonce(c, nonce);
    }
    wipe(nonce, sizeof(nonce));
    return ok;
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
                 uint8_t *out, size_t out_n)
{
    size_t total = in_len - CIPHER_TAG;
    uint8_t *rest = in + out_n;
    if (start_open(c, nonce, in + total) && update(c, NULL, aad.p, aad.n) && update(c, out, in, out_n) &&
        update(c, rest, rest, total - out_n) && finish(c, in + total)) {
        return true;
    }
    wipe(out, out_n);
    wipe(rest, total - out_n);
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
    if (explicit > 0) {
        params[1] = nonce_param(c, nonce);
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
    if (explicit == 0 || (c->nonce_param && total <= RECORD_SEAL_LIMIT)) {
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

/* Takes the sequence number out of an XOR nonce again, for the record interface to start from (RFC 7905 2). */
static bool fixed_iv_again(struct cipher_ctx *c, uint8_t *nonce, const uint8_t *seq)
{
    for (size_t i = 0; i < 8; i++) {
        nonce[CIPHER_NONCE - 8 + i] ^= seq[i];
    }
    return set_nonce(c, nonce) || fail(ERR_DECRYPT);
}

bool cipher_open12(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, uint8_t *frag, size_t len,
                   uint8_t *dst, struct span *out)
{
    size_t explicit = c->cipher->explicit_iv;
    size_t total = len - explicit - CIPHER_TAG;
    uint8_t *plain = frag + explicit;
    bool in_place = dst == NULL || total <= RECORD_OPEN_LIMIT;
    if (c->nonce_param ? in_place : explicit == 0) {
        TRY(open_record(c, hdr13, frag, len));
    } else {
        put_length(hdr13, total);
        plain = dst == NULL ? plain : dst;
        bool ok = cipher_open(c, nonce, SPAN(hdr13, CIPHER_MAC_HEADER), frag + explicit, len - explicit,
                              plain, total);
        TRY((explicit > 0 || fixed_iv_again(c, nonce, hdr13)) && ok);
    }
    *out = SPAN(plain, total);
    return true;
}
