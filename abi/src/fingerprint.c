/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for fingerprints of a ClientHello; core/conn/fingerprint.c makes them. In this header a missing pointer
 * is INVALID_ARGUMENT. functions-2.md section 20.
 */
#include "s2n/unstable/fingerprint.h"

#include "base/mem.h"
#include "conn/fingerprint.h"
#include "edge.h"

#define ARGUMENT(ok) ((ok) || fail(ERR_INVALID_ARGUMENT))

struct s2n_fingerprint *s2n_fingerprint_new(s2n_fingerprint_type type)
{
    struct s2n_fingerprint *fingerprint;
    if (!ARGUMENT(type == S2N_FINGERPRINT_JA3 || type == S2N_FINGERPRINT_JA4) || !mem_new(&fingerprint)) {
        return NULL;
    }
    fingerprint->ja4 = type == S2N_FINGERPRINT_JA4;
    return fingerprint;
}

int s2n_fingerprint_free(struct s2n_fingerprint **fingerprint)
{
    if (fingerprint != NULL && *fingerprint != NULL) {
        mem_del(*fingerprint);
        *fingerprint = NULL;
    }
    return S2N_SUCCESS;
}

int s2n_fingerprint_wipe(struct s2n_fingerprint *fingerprint)
{
    if (!ARGUMENT(fingerprint != NULL)) {
        return S2N_FAILURE;
    }
    fingerprint->hello = NULL;
    fingerprint->raw_size = 0;
    return S2N_SUCCESS;
}

int s2n_fingerprint_set_client_hello(struct s2n_fingerprint *fingerprint, struct s2n_client_hello *ch)
{
    if (!ARGUMENT(fingerprint != NULL && ch != NULL)) {
        return S2N_FAILURE;
    }
    fingerprint->hello = ch;
    fingerprint->raw_size = 0;
    return S2N_SUCCESS;
}

static uint32_t hash_len(const struct s2n_fingerprint *fingerprint)
{
    return fingerprint->ja4 ? JA4_HASH_LEN : JA3_HASH_LEN;
}

int s2n_fingerprint_get_hash_size(const struct s2n_fingerprint *fingerprint, uint32_t *size)
{
    if (!ARGUMENT(fingerprint != NULL && size != NULL)) {
        return S2N_FAILURE;
    }
    *size = hash_len(fingerprint);
    return S2N_SUCCESS;
}

static bool make_hash(struct s2n_fingerprint *fingerprint, uint32_t cap, uint8_t *out, uint32_t *out_n)
{
    uint8_t text[JA4_HASH_LEN];
    uint32_t n = hash_len(fingerprint);
    if (cap < n) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    if (fingerprint->hello == NULL) {
        return fail(ERR_INVALID_STATE);
    }
    TRY(fingerprint_hash(fingerprint->ja4, fingerprint->hello, text, &fingerprint->raw_size));
    memcpy(out, text, n);
    *out_n = n;
    return true;
}

int s2n_fingerprint_get_hash(struct s2n_fingerprint *fingerprint, uint32_t max_output_size, uint8_t *output,
                             uint32_t *output_size)
{
    return result(ARGUMENT(fingerprint != NULL && output != NULL && output_size != NULL) &&
                  make_hash(fingerprint, max_output_size, output, output_size));
}

int s2n_fingerprint_get_raw_size(const struct s2n_fingerprint *fingerprint, uint32_t *size)
{
    if (!ARGUMENT(fingerprint != NULL && size != NULL)) {
        return S2N_FAILURE;
    }
    if (fingerprint->raw_size == 0) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    *size = (uint32_t) fingerprint->raw_size;
    return S2N_SUCCESS;
}

static bool make_text(bool ja4, const struct s2n_client_hello *hello, uint32_t cap, uint8_t *out,
                      size_t *raw_size, uint32_t *out_n)
{
    size_t raw;
    TRY(fingerprint_text(ja4, hello, out, cap, &raw));
    *raw_size = raw;
    *out_n = (uint32_t) raw;
    return true;
}

int s2n_fingerprint_get_raw(struct s2n_fingerprint *fingerprint, uint32_t max_output_size, uint8_t *output,
                            uint32_t *output_size)
{
    if (!ARGUMENT(fingerprint != NULL && output != NULL && output_size != NULL)) {
        return S2N_FAILURE;
    }
    if (fingerprint->hello == NULL) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    return result(make_text(fingerprint->ja4, fingerprint->hello, max_output_size, output,
                            &fingerprint->raw_size, output_size));
}

/* ---- JA3 without an object ---- */

static bool digest(const struct s2n_client_hello *ch, uint32_t cap, uint8_t *hash, uint32_t *hash_n,
                   uint32_t *text_n)
{
    uint8_t bytes[JA3_DIGEST_LEN];
    size_t raw;
    if (cap < sizeof(bytes)) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    TRY(ja3_digest(ch, bytes, &raw));
    memcpy(hash, bytes, sizeof(bytes));
    *hash_n = sizeof(bytes);
    *text_n = (uint32_t) raw;
    return true;
}

int s2n_client_hello_get_fingerprint_hash(struct s2n_client_hello *ch, s2n_fingerprint_type type,
                                          uint32_t max_hash_size, uint8_t *hash, uint32_t *hash_size,
                                          uint32_t *str_size)
{
    bool given = ch != NULL && hash != NULL && hash_size != NULL && str_size != NULL;
    return result(ARGUMENT(given && type == S2N_FINGERPRINT_JA3) &&
                  digest(ch, max_hash_size, hash, hash_size, str_size));
}

int s2n_client_hello_get_fingerprint_string(struct s2n_client_hello *ch, s2n_fingerprint_type type,
                                            uint32_t max_size, uint8_t *output, uint32_t *output_size)
{
    size_t raw;
    bool given = ch != NULL && output != NULL && output_size != NULL;
    return result(ARGUMENT(given && type == S2N_FINGERPRINT_JA3) &&
                  make_text(false, ch, max_size, output, &raw, output_size));
}
