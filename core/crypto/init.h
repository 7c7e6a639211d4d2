/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this libcrypto can do, found out once: algorithms are fetched at init and kept, and a capability bit is kept
 * beside each row of the const tables. crypto_init runs inside the library's init, before any thread uses it.
 */
#ifndef CRYPTO_INIT_H
#define CRYPTO_INIT_H

#include "base/err.h"
#include "tables/tables.h"

MUST_USE bool crypto_init(void); /* ERR_LIBCRYPTO_VERSION_NUMBER_MISMATCH when the run-time major differs */
void crypto_cleanup(void);
bool crypto_fips(void);             /* libcrypto's default properties ask for fips=yes */
unsigned long crypto_version(void); /* compile-time OPENSSL_VERSION_NUMBER */

/* Usable with this libcrypto? A suite needs its cipher, MAC and key exchange; DHE, 3DES, RC4 and versions below
 * TLS 1.2 answer here too, since serialized connections of those exist: what the handshake offers is negotiate.c's. */
bool crypto_has_cipher(const struct cipher *c);
bool crypto_has_suite(const struct suite *s);
bool crypto_has_group(const struct group *g);
bool crypto_has_scheme(const struct sigscheme *s);

#endif
