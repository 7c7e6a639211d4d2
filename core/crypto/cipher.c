/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keying and ending of record ciphers. Called by half_key and half_wipe. The kinds differ after the key is
 * in, which is aead_ready and cbc_ready; nothing here touches a record.
 */
#include "crypto/cipher.h"

#include <openssl/evp.h>

#include "crypto/cipher_parts.h"
#include "crypto/fetched.h"

static bool set_key(struct cipher_ctx *c, const struct cipher *cipher, struct span key, struct span iv)
{
    EVP_CIPHER *evp = fetched_cipher(cipher->id);
    if (evp == NULL || key.n != cipher->key) {
        return false;
    }
    /* Naming the cipher again would throw the context's memory away, so a key update names none. */
    bool same = c->evp != NULL && c->cipher == cipher;
    if (c->evp == NULL) {
        c->evp = EVP_CIPHER_CTX_new();
    }
    c->cipher = cipher;
    return c->evp != NULL &&
           EVP_CipherInit_ex2(c->evp, same ? NULL : evp, key.p, iv.p, c->sealing, NULL) == 1;
}

static bool ready(struct cipher_ctx *c, struct span mac_key, struct span iv)
{
    switch (c->cipher->kind) {
    case KIND_AEAD:
        return aead_ready(c, iv);
    case KIND_CBC:
        return cbc_ready(c, mac_key);
    case KIND_NULL:
    case KIND_STREAM:
        break;
    }
    return false;
}

bool cipher_key(struct cipher_ctx *c, const struct cipher *cipher, uint16_t version, bool sealing,
                struct span key, enum hash_alg mac_alg, struct span mac_key, struct span iv)
{
    static const uint8_t no_iv[CIPHER_BLOCK];
    bool chained = cipher->kind == KIND_CBC && version <= TLS10;
    if (chained && iv.n != cipher->block) {
        return fail(ERR_KEY_INIT);
    }
    c->version = version;
    c->sealing = sealing;
    c->mac_alg = mac_alg;
    if (!set_key(c, cipher, key, chained ? iv : SPAN_OF(no_iv)) || !ready(c, mac_key, iv)) {
        cipher_wipe(c);
        return fail(ERR_KEY_INIT);
    }
    return true;
}

void cipher_wipe(struct cipher_ctx *c)
{
    EVP_CIPHER_CTX_free(c->evp);
    EVP_MAC_CTX_free(c->mac);
    wipe(c, sizeof(*c));
}
