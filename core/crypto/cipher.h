/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction's keyed cipher, for the record layer only. Keying allocates libcrypto's context once;
 * re-keying with the same cipher reuses it; an AEAD record costs no allocation, no fetch and one pass. CBC
 * removes padding and checks the MAC in constant time through libcrypto's own TLS mode (RFC 5246 6.2.3.2, the
 * Lucky 13 countermeasure), SSLv3's MAC through the one constant-time routine of ours. Lengths are checked by
 * the caller.
 */
#ifndef CRYPTO_CIPHER_H
#define CRYPTO_CIPHER_H

#include "base/err.h"
#include "base/span.h"
#include "tables/tables.h"

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

#define CIPHER_NONCE 12 /* every AEAD row */
#define CIPHER_TAG 16
#define CIPHER_BLOCK 16 /* the longest block and chaining IV */
#define CIPHER_MAC_HEADER 13

struct cipher_ctx {
    struct evp_cipher_ctx_st *evp;
    struct evp_mac_ctx_st *mac; /* CBC above SSLv3 */
    const struct cipher *cipher;
    enum hash_alg mac_alg;
    uint16_t version;
    bool sealing;
    bool nonce_param;      /* an AEAD nonce goes in as a parameter (cipher_aead.c) */
    struct secret mac_key; /* SSLv3 */
};

/* cipher_key: (re)key for one direction; ERR_KEY_INIT when libcrypto has no such cipher or refuses. mac_key
 * is empty for AEAD; iv is the fixed IV of a TLS 1.2 AEAD, the CBC chaining IV where the version chains
 * (TLS 1.0, SSLv3), else not looked at. A context that fails to key is wiped. */
MUST_USE bool cipher_key(struct cipher_ctx *c, const struct cipher *cipher, uint16_t version, bool sealing,
                         struct span key, enum hash_alg mac_alg, struct span mac_key, struct span iv);
void cipher_wipe(struct cipher_ctx *c); /* frees the contexts; c is zero again */

/* AEAD as TLS 1.3 uses it. cipher_seal encrypts the concatenation of n pieces and `tail` to out, followed by
 * the tag (ERR_ENCRYPT); no piece may overlap out. cipher_open decrypts in_len bytes, of which the last are
 * the tag: the first out_n (at most all) to out, which is in itself or apart from it, and the rest in place.
 * On failure what was written is wiped (ERR_DECRYPT). */
MUST_USE bool cipher_seal(struct cipher_ctx *c, uint8_t *nonce, struct span aad, const struct span *in,
                          size_t n, struct span tail, uint8_t *out);
MUST_USE bool cipher_open(struct cipher_ctx *c, uint8_t *nonce, struct span aad, uint8_t *in, size_t in_len,
                          uint8_t *out, size_t out_n);

/* AEAD as TLS 1.2 uses it (RFC 5246 6.2.3.3, RFC 7905 2), a whole fragment with its explicit nonce. hdr13 is
 * seq(8) type(1) version(2) and room for the length, which is filled in here. cipher_open12 decrypts to dst
 * when that is not NULL and worth it, else in place; *out is the plaintext. */
MUST_USE bool cipher_seal12(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, const struct span *in,
                            size_t n, uint8_t *out);
MUST_USE bool cipher_open12(struct cipher_ctx *c, uint8_t *nonce, uint8_t *hdr13, uint8_t *frag, size_t len,
                            uint8_t *dst, struct span *out);

/* CBC with HMAC, MAC then encrypt; hdr13 as above. cipher_cbc_seal writes [random explicit IV] ciphertext to
 * out, which has room for exactly that, out_len bytes. cipher_cbc_open works in place over the whole
 * fragment, whose length is a multiple of the block and at least cipher_cbc_least; *out is the plaintext
 * within it. Bad padding and a bad MAC are one ERR_DECRYPT, in the same time. */
MUST_USE bool cipher_cbc_seal(struct cipher_ctx *c, uint8_t *hdr13, const struct span *in, size_t n,
                              uint8_t *out, size_t out_len);
MUST_USE bool cipher_cbc_open(struct cipher_ctx *c, uint8_t *hdr13, uint8_t *frag, size_t len,
                              struct span *out);
/* Fragment bytes of n plaintext bytes, and of the shortest fragment that can be. */
size_t cipher_cbc_size(const struct cipher_ctx *c, size_t n);
size_t cipher_cbc_least(const struct cipher_ctx *c);
/* The chaining IV that the next record will use (TLS 1.0 and SSLv3): block bytes, for serialization. */
MUST_USE bool cipher_cbc_iv(const struct cipher_ctx *c, uint8_t *out);

#endif
