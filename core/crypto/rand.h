/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness straight from libcrypto: public bytes (nonces, randoms, delays) and private ones (keys). */
#ifndef CRYPTO_RAND_H
#define CRYPTO_RAND_H

#include "base/err.h"
#include "base/span.h"

MUST_USE bool rand_public(uint8_t *out, size_t n);
MUST_USE bool rand_private(uint8_t *out, size_t n);
/* rand_below: uniform in [0, bound), bound > 0. */
MUST_USE bool rand_below(uint64_t bound, uint64_t *out);

#endif
