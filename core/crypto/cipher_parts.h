/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cipher*.c files share among themselves; nobody else includes this. cipher.c keys and wipes,
 * cipher_aead.c and cipher_cbc.c do the records of their kind, cipher_ssl3.c has SSLv3's MAC.
 */
#ifndef CRYPTO_CIPHER_PARTS_H
#define CRYPTO_CIPHER_PARTS_H

#include "crypto/cipher.h"

/* Second half of keying, after the cipher itself has its key: fixed IVs and modes. */
MUST_USE bool aead_ready(struct cipher_ctx *c, struct span iv);
MUST_USE bool cbc_ready(struct cipher_ctx *c, struct span mac_key);

/* The SSLv3 MAC (RFC 6101 5.2.3.1) of n pieces with a public length, hash_size(c->mac_alg) bytes. */
MUST_USE bool ssl3_mac(const struct cipher_ctx *c, const uint8_t *hdr13, const struct span *in, size_t n,
                       uint8_t *out);
/* The same over the first `len` bytes of data, where len is secret but for least <= len <= least + block;
 * data is readable up to least + block, and the time depends on least only. */
MUST_USE bool ssl3_mac_secret(const struct cipher_ctx *c, const uint8_t *hdr13, const uint8_t *data,
                              size_t least, size_t len, uint8_t *out);

static inline void put_length(uint8_t *hdr13, size_t len)
{
    hdr13[11] = (uint8_t) (len >> 8);
    hdr13[12] = (uint8_t) len;
}

#endif
