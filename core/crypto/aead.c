/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256-GCM for one message and one key. Called for session tickets, whose key is new each time, so the context is
 * made and dropped in the call; the cipher itself is fetched once per process. Never chooses a nonce.
 */
#include "crypto/aead.h"

#include <limits.h>
#include <openssl/evp.h>

#include "crypto/fetched.h"

static EVP_CIPHER_CTX *start(const uint8_t *key, const uint8_t *iv, int sealing)
{
    EVP_CIPHER *gcm = fetched_cipher(CIPHER_AES256_GCM);
    EVP_CIPHER_CTX *ctx = gcm == NULL ? NULL : EVP_CIPHER_CTX_new();
    if (ctx != NULL && EVP_CipherInit_ex2(ctx, gcm, key, iv, sealing, NULL) != 1) {
        EVP_CIPHER_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

/* Lengths are at most INT_MAX here; an empty piece would be taken for the end of the message. */
static bool update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct span in)
{
    int n;
    return in.n == 0 || EVP_CipherUpdate(ctx, out, &n, in.p, (int) in.n) == 1;
}

static bool finish(EVP_CIPHER_CTX *ctx)
{
    uint8_t none[AEAD_TAG]; /* GCM has no bytes left at the end */
    int n;
    return EVP_CipherFinal_ex(ctx, none, &n) == 1;
}

bool aead_seal(const uint8_t *key, const uint8_t *iv, struct span aad, struct span in, uint8_t *out)
{
    if (in.n > INT_MAX || aad.n > INT_MAX) {
        return fail(ERR_ENCRYPT);
    }
    EVP_CIPHER_CTX *ctx = start(key, iv, 1);
    bool done = ctx != NULL && update(ctx, NULL, aad) && update(ctx, out, in) && finish(ctx) &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, out + in.n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!done) {
        wipe(out, in.n);
        return fail(ERR_ENCRYPT);
    }
    return true;
}

bool aead_open(const uint8_t *key, const uint8_t *iv, struct span aad, struct span in, uint8_t *out)
{
    if (in.n < AEAD_TAG || in.n > INT_MAX || aad.n > INT_MAX) {
        return fail(ERR_DECRYPT);
    }
    struct span text = SPAN(in.p, in.n - AEAD_TAG);
    uint8_t tag[AEAD_TAG]; /* libcrypto wants it writable */
    (void) span_join(&(struct span){ in.p + text.n, AEAD_TAG }, 1, tag);
    EVP_CIPHER_CTX *ctx = start(key, iv, 0);
    bool done = ctx != NULL && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) == 1 &&
                update(ctx, NULL, aad) && update(ctx, out, text) && finish(ctx);
    EVP_CIPHER_CTX_free(ctx);
    if (!done) {
        wipe(out, text.n);
        return fail(ERR_DECRYPT);
    }
    return true;
}
