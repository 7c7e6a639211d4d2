/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Randomness straight from libcrypto, which seeds and reseeds itself, also in a forked child. Called wherever
 * a random, a key, a nonce or a delay is drawn. No generator of our own, no state.
 */
#include "crypto/rand.h"

#include <limits.h>
#include <openssl/rand.h>

bool rand_public(uint8_t *out, size_t n)
{
    return (n <= INT_MAX && RAND_bytes(out, (int) n) == 1) || fail(ERR_RANDOM);
}

bool rand_private(uint8_t *out, size_t n)
{
    return (n <= INT_MAX && RAND_priv_bytes(out, (int) n) == 1) || fail(ERR_RANDOM);
}

bool rand_below(uint64_t bound, uint64_t *out)
{
    /* Draws from the incomplete last stretch of 2^64 are thrown away, else small results would come too
     * often. */
    uint64_t unfair = (UINT64_MAX - bound + 1) % bound; /* 2^64 mod bound */
    uint64_t v;
    do {
        TRY(rand_public((uint8_t *) &v, sizeof(v)));
    } while (v < unfair);
    *out = v % bound;
    return true;
}
