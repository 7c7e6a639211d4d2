/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message under AES-256-GCM with a key that is used once, as session tickets are. Record protection, where keys
 * stay, is cipher.h.
 */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include "base/err.h"
#include "base/span.h"

#define AEAD_KEY 32
#define AEAD_IV 12
#define AEAD_TAG 16

/* aead_seal writes in.n bytes of ciphertext and the tag to out, which may be in.p; ENCRYPT. aead_open takes ciphertext
 * and tag, writes in.n - AEAD_TAG bytes; shorter input or a wrong tag is DECRYPT, and out is wiped. */
MUST_USE bool aead_seal(const uint8_t *key, const uint8_t *iv, struct span aad, struct span in, uint8_t *out);
MUST_USE bool aead_open(const uint8_t *key, const uint8_t *iv, struct span aad, struct span in, uint8_t *out);

#endif
