/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of a pkey, for the files pkey*.c and their test only. A key has the low-level handle of its kind
 * (fast: nothing is fetched, exported or allocated per operation), or, in FIPS mode, a provider's key object
 * alone, since only that reaches validated code. A private key always has the key object too, for decryption.
 */
#ifndef CRYPTO_PKEY_IMPL_H
#define CRYPTO_PKEY_IMPL_H

#include "crypto/pkey.h"
#include <openssl/evp.h>

#define RSA_BITS_MAX 16384 /* libcrypto's own limit */
#define SIGNATURE_MAX (RSA_BITS_MAX / 8)

struct pkey {
    struct pkey_info info;
    unsigned refs; /* atomic */
    bool has_private;
    EVP_PKEY *evp; /* may be NULL when ec or rsa is there */
    struct ec_key_st *ec;
    struct rsa_st *rsa;
};

/* One digest signed or checked, by the low-level handle or by the key object. out has room for
 * SIGNATURE_MAX bytes; false without an error set. */
struct pkey_sign_ops {
    bool (*sign)(struct pkey *k, const struct sigscheme *s, struct span digest, uint8_t *out, size_t *out_n);
    bool (*verify)(struct pkey *k, const struct sigscheme *s, struct span digest, struct span signature);
};
extern const struct pkey_sign_ops pkey_low, pkey_high;

/* pkey_decode_spki: import through libcrypto's decoder into the key object only; ERR_DECODE_CERTIFICATE. */
MUST_USE bool pkey_decode_spki(struct span spki, const struct pkey_info *info, struct pkey **out);
/* pkey_attach_low: give a key that has only its key object the low-level handle as well (load time). */
MUST_USE bool pkey_attach_low(struct pkey *k);
MUST_USE bool pkey_make(const struct pkey_info *info, struct pkey **out);

#endif
