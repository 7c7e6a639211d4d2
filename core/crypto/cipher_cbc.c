/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBC records with HMAC, MAC then encrypt (RFC 5246 6.2.3.2, RFC 4346, RFC 2246, RFC 6101 5.2.3). Called by
 * record/protect.c. Padding is added, checked and removed by libcrypto's TLS mode, and the MAC of what was
 * received is computed by its HMAC in the mode that hides the length, so no code here branches on padding
 * (Lucky 13). In that mode a context works in place only and, above TLS 1.0, the first block of a record is a
 * throw-away: a random one sent is the explicit IV, whatever it decrypts to is dropped, and so one chain runs
 * through all records.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "base/ct.h"
#include "crypto/cipher_parts.h"
#include "crypto/fetched.h"
#include "crypto/hash.h"
#include "crypto/rand.h"

static size_t explicit_iv(const struct cipher_ctx *c)
{
    return c->version > TLS10 ? c->cipher->explicit_iv : 0;
}

/* ---- keying ---- */

static bool tls_mode(struct cipher_ctx *c)
{
    /* SSLv3 leaves open what padding holds; ours is that of TLS, so that it tells nothing. */
    unsigned version = c->sealing && c->version == SSL3 ? TLS10 : c->version;
    size_t mac_size = c->sealing ? 0 : hash_size(c->mac_alg);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_TLS_VERSION, &version),
                            OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_TLS_MAC_SIZE, &mac_size),
                            OSSL_PARAM_END };
    return EVP_CIPHER_CTX_set_params(c->evp, params) == 1;
}

static bool hmac_ready(struct cipher_ctx *c, struct span mac_key)
{
    static const char *const names[HASH_COUNT] = {
        [HASH_MD5] = "MD5", [HASH_SHA1] = "SHA1", [HASH_SHA256] = "SHA2-256", [HASH_SHA384] = "SHA2-384"
    };
    const char *name = names[c->mac_alg];
    if (name == NULL) {
        return false;
    }
    char digest[16];
    memcpy(digest, name, strlen(name) + 1);
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                            OSSL_PARAM_END };
    if (c->mac == NULL) {
        c->mac = EVP_MAC_CTX_new(fetched_hmac());
    }
    return c->mac != NULL && EVP_MAC_init(c->mac, mac_key.p, mac_key.n, params) == 1;
}

bool cbc_ready(struct cipher_ctx *c, struct span mac_key)
{
    if (mac_key.n == 0 || mac_key.n != hash_size(c->mac_alg) || !tls_mode(c)) {
        return false;
    }
    if (c->version == SSL3) {
        c->mac_key.n = (uint8_t) mac_key.n;
        memcpy(c->mac_key.b, mac_key.p, mac_key.n);
        return c->mac_alg == HASH_SHA1 || c->mac_alg == HASH_MD5;
    }
    return hmac_ready(c, mac_key);
}

/* ---- sizes ---- */

size_t cipher_cbc_size(const struct cipher_ctx *c, size_t n)
{
    size_t block = c->cipher->block;
    size_t text = n + hash_size(c->mac_alg);
    return explicit_iv(c) + text + block - text % block;
}

size_t cipher_cbc_least(const struct cipher_ctx *c)
{
    return cipher_cbc_size(c, 0);
}

bool cipher_cbc_iv(const struct cipher_ctx *c, uint8_t *out)
{
    return EVP_CIPHER_CTX_get_updated_iv(c->evp, out, c->cipher->block) == 1 || fail(ERR_SAFETY);
}

/* ---- sealing ---- */

static bool hmac(struct cipher_ctx *c, const uint8_t *hdr13, const struct span *in, size_t n, uint8_t *out)
{
    TRY(EVP_MAC_init(c->mac, NULL, 0, NULL) == 1 && EVP_MAC_update(c->mac, hdr13, CIPHER_MAC_HEADER) == 1);
    for (size_t i = 0; i < n; i++) {
        TRY(in[i].n == 0 || EVP_MAC_update(c->mac, in[i].p, in[i].n) == 1);
    }
    size_t len;
    return EVP_MAC_final(c->mac, out, &len, hash_size(c->mac_alg)) == 1;
}

/* Everything but the padding, in the clear; gives its end. */
static uint8_t *lay_out(struct cipher_ctx *c, uint8_t *hdr13, const struct span *in, size_t n, uint8_t *out)
{
    size_t iv = explicit_iv(c);
    if (iv > 0 && !rand_public(out, iv)) {
        return NULL;
    }
    put_length(hdr13, span_total(in, n));
    uint8_t *mac = span_join(in, n, out + iv);
    bool ok = c->version == SSL3 ? ssl3_mac(c, hdr13, in, n, mac) : hmac(c, hdr13, in, n, mac);
    return ok ? mac + hash_size(c->mac_alg) : NULL;
}

bool cipher_cbc_seal(struct cipher_ctx *c, uint8_t *hdr13, const struct span *in, size_t n, uint8_t *out,
                     size_t out_len)
{
    int len;
    const uint8_t *end = lay_out(c, hdr13, in, n, out);
    if (end != NULL && EVP_CipherUpdate(c->evp, out, &len, out, (int) (end - out)) == 1 &&
        (size_t) len == out_len) {
        return true;
    }
    wipe(out, out_len);
    return fail(ERR_ENCRYPT);
}

/* ---- opening ---- */

/* A context that has hidden one length cannot be used again, so each record gets a copy. */
static bool hmac_secret(const struct cipher_ctx *c, const uint8_t *hdr13, const uint8_t *data, size_t len,
                        size_t public_len, uint8_t *out)
{
    size_t got;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &public_len),
                            OSSL_PARAM_END };
    EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(c->mac);
    bool ok = mac != NULL && EVP_MAC_CTX_set_params(mac, params) == 1 &&
              EVP_MAC_update(mac, hdr13, CIPHER_MAC_HEADER) == 1 && EVP_MAC_update(mac, data, len) == 1 &&
              EVP_MAC_final(mac, out, &got, HASH_MAX) == 1;
    EVP_MAC_CTX_free(mac);
    return ok;
}

/* The MAC over the plaintext, whose length is still secret; `text` bytes are plaintext, MAC and padding. */
static bool expected_mac(const struct cipher_ctx *c, uint8_t *hdr13, const uint8_t *data, size_t len,
                         size_t text, uint8_t *out)
{
    put_length(hdr13, len);
    if (c->version != SSL3) {
        return hmac_secret(c, hdr13, data, len, text, out);
    }
    /* SSLv3 pads with 1 to block bytes. */
    size_t not_data = hash_size(c->mac_alg) + c->cipher->block;
    return ssl3_mac_secret(c, hdr13, data, text > not_data ? text - not_data : 0, len, out);
}

static bool decrypt_and_check(struct cipher_ctx *c, uint8_t *hdr13, uint8_t *frag, size_t len,
                              size_t *out_len)
{
    void *received = NULL;
    size_t mac_size = hash_size(c->mac_alg);
    uint8_t expected[HASH_MAX];
    int plain_len;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_octet_ptr(OSSL_CIPHER_PARAM_TLS_MAC, &received, mac_size),
                            OSSL_PARAM_END };
    size_t iv = explicit_iv(c);
    TRY(EVP_CipherUpdate(c->evp, frag, &plain_len, frag, (int) len) == 1 &&
        EVP_CIPHER_CTX_get_params(c->evp, params) == 1 && received != NULL);
    *out_len = (size_t) plain_len;
    return expected_mac(c, hdr13, frag + iv, *out_len, len - iv, expected) &&
           ct_eq(received, expected, mac_size);
}

bool cipher_cbc_open(struct cipher_ctx *c, uint8_t *hdr13, uint8_t *frag, size_t len, struct span *out)
{
    size_t plain_len;
    if (!decrypt_and_check(c, hdr13, frag, len, &plain_len)) {
        wipe(frag, len);
        return fail(ERR_DECRYPT);
    }
    *out = SPAN(frag + explicit_iv(c), plain_len);
    return true;
}
