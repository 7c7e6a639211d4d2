/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The algorithms that crypto_init fetched, for the files of crypto/ only: naming one by string in every call
 * costs libcrypto a search each time. Borrowed, valid from crypto_init to crypto_cleanup, NULL where this
 * libcrypto has none (RC4 is never fetched). Immutable, so any thread may use them.
 */
#ifndef CRYPTO_FETCHED_H
#define CRYPTO_FETCHED_H

#include <openssl/evp.h>

#include "tables/tables.h"

EVP_CIPHER *fetched_cipher(enum cipher_id id);
EVP_MD *fetched_md(enum hash_alg alg);
EVP_MAC *fetched_hmac(void);

#endif
