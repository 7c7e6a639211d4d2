/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks, and the functions that the linker puts in place of some of libcrypto's (and of two of ours): libcrypto
 * itself runs on public values, since its own inside is not judged here, and its results are secret from then on.
 */
#include "ct/taint.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "base/ct.h"
#include "crypto/rand.h"

struct boundary boundary;

void secret_mark(const void *p, size_t n)
{
    (void) VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

void secret_show(const void *p, size_t n)
{
    (void) VALGRIND_MAKE_MEM_DEFINED(p, n);
}

bool secret_is(const void *p, size_t n)
{
    uint8_t marks[256], any = 0;
    const uint8_t *at = p;
    while (n > 0) {
        size_t take = n < sizeof(marks) ? n : sizeof(marks);
        memset(marks, 0, sizeof(marks));
        (void) VALGRIND_GET_VBITS(at, marks, take);
        for (size_t i = 0; i < take; i++) {
            any |= marks[i];
        }
        at += take;
        n -= take;
    }
    return any != 0;
}

bool check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, text);
    return false;
}

/* ---- in place of others ---- */

/* The linker's names: __real_X is what X was, __wrap_X is what callers of X get. */
#define WRAPPED(name) __typeof__(name) __real_##name, __wrap_##name
WRAPPED(EVP_CipherUpdate);
WRAPPED(EVP_CIPHER_CTX_get_params);
WRAPPED(EVP_MAC_update);
WRAPPED(EVP_PKEY_decrypt);
WRAPPED(EVP_PKEY_derive);
WRAPPED(BN_bn2binpad);
WRAPPED(rand_private);
WRAPPED(ct_eq);

/* Decrypting, with the padding taken off: the text and its length. */
int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *out_n, const unsigned char *in,
                            int n)
{
    int done = __real_EVP_CipherUpdate(ctx, out, out_n, in, n);
    if (boundary.on) {
        secret_mark(out, (size_t) n);
        secret_mark(out_n, sizeof(*out_n));
    }
    return done;
}

/* The MAC that was found in front of the padding. */
int __wrap_EVP_CIPHER_CTX_get_params(EVP_CIPHER_CTX *ctx, OSSL_PARAM params[])
{
    int done = __real_EVP_CIPHER_CTX_get_params(ctx, params);
    if (boundary.on && done == 1 && strcmp(params[0].key, OSSL_CIPHER_PARAM_TLS_MAC) == 0) {
        void *mac;
        memcpy(&mac, params[0].data, sizeof(mac));
        secret_mark(mac, params[0].return_size);
    }
    return done;
}

/* A secret length goes in, for libcrypto to hide; the bytes stay marked and mark the result. */
int __wrap_EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *data, size_t n)
{
    secret_show(&n, sizeof(n));
    return __real_EVP_MAC_update(ctx, data, n);
}

/* Whether there was a premaster secret, how long it is and what it is. */
int __wrap_EVP_PKEY_decrypt(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *out_n, const unsigned char *in,
                            size_t in_n)
{
    size_t room = *out_n;
    int done = __real_EVP_PKEY_decrypt(ctx, out, out_n, in, in_n);
    if (boundary.on) {
        secret_mark(out, room);
        secret_mark(out_n, sizeof(*out_n));
        secret_mark(&done, sizeof(done));
    }
    return done;
}

int __wrap_EVP_PKEY_derive(EVP_PKEY_CTX *ctx, unsigned char *out, size_t *n)
{
    int done = 1;
    if (boundary.derive_zero) {
        memset(out, 0, *n);
    } else {
        done = __real_EVP_PKEY_derive(ctx, out, n);
    }
    if (boundary.on && done == 1) {
        secret_mark(out, *n);
    }
    return done;
}

/* The x coordinate that is the secret of a NIST curve. */
int __wrap_BN_bn2binpad(const BIGNUM *number, unsigned char *out, int n)
{
    int done = __real_BN_bn2binpad(number, out, n);
    if (boundary.on && done == n) {
        secret_mark(out, (size_t) n);
    }
    return done;
}

bool __wrap_rand_private(uint8_t *out, size_t n)
{
    bool done = __real_rand_private(out, n);
    if (boundary.on) {
        secret_mark(out, n);
    }
    return done;
}

/* Equal or not is what the peer is told anyway: here, and nowhere else, a secret is declassified. */
bool __wrap_ct_eq(const void *a, const void *b, size_t n)
{
    bool equal = __real_ct_eq(a, b, n);
    boundary.verdicts += secret_is(&equal, sizeof(equal));
    secret_show(&equal, sizeof(equal));
    return equal;
}
