/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: fingerprints of a ClientHello, for telling kinds of clients apart. Functions here may
 * change or go away in any release; include this header only if you accept that. NULL arguments fail with
 * INVALID_ARGUMENT.
 */
#ifndef S2N_UNSTABLE_FINGERPRINT_H
#define S2N_UNSTABLE_FINGERPRINT_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Makes fingerprints of one kind; may be used for one hello after another. */
struct s2n_fingerprint;

/**
 * Kinds of fingerprints. Reserved (GREASE) values count in neither.
 */
typedef enum {
    S2N_FINGERPRINT_JA3 = 0, /**< MD5 over five lists of numbers, in the order of the message */
    S2N_FINGERPRINT_JA4 = 1  /**< A readable part and two cut SHA-256 hashes over sorted lists */
} s2n_fingerprint_type;

/**
 * Returns a new object for fingerprints of a kind; free it with s2n_fingerprint_free().
 *
 * Errors: INVALID_ARGUMENT for another kind.
 * @since 0.9
 */
S2N_API struct s2n_fingerprint *s2n_fingerprint_new(s2n_fingerprint_type type);

/**
 * Frees the object and sets the pointer to NULL; NULL succeeds.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_free(struct s2n_fingerprint **fingerprint);

/**
 * Forgets the hello, so that another one can be set.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_wipe(struct s2n_fingerprint *fingerprint);

/**
 * Sets the hello to work on, instead of an earlier one. Borrowed.
 *
 * Errors: PROTOCOL_VERSION_UNSUPPORTED for the SSLv2 format.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_set_client_hello(struct s2n_fingerprint *fingerprint,
                                             struct s2n_client_hello *ch);

/**
 * Writes how long the hash is: 32 characters for JA3, 36 for JA4. Needs no hello.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_get_hash_size(const struct s2n_fingerprint *fingerprint, uint32_t *size);

/**
 * Writes the hash as text in lower case, without a terminator, and its length.
 *
 * Errors: INSUFFICIENT_MEM_SIZE, INVALID_STATE without a hello.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_get_hash(struct s2n_fingerprint *fingerprint, uint32_t max_output_size,
                                     uint8_t *output, uint32_t *output_size);

/**
 * Writes how long the text behind the hash is. It is known once the hash or the text was made.
 *
 * Errors: INVALID_STATE before that.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_get_raw_size(const struct s2n_fingerprint *fingerprint, uint32_t *size);

/**
 * Writes the text behind the hash, without a terminator, and its length.
 *
 * Errors: INSUFFICIENT_MEM_SIZE, part of the text perhaps being written; INVALID_STATE without a hello.
 * @since 0.9
 */
S2N_API int s2n_fingerprint_get_raw(struct s2n_fingerprint *fingerprint, uint32_t max_output_size,
                                    uint8_t *output, uint32_t *output_size);

/**
 * Writes the 16 bytes of a JA3 hash, which are not text, and the length of the text behind it.
 *
 * Errors: INVALID_ARGUMENT for another kind, INSUFFICIENT_MEM_SIZE below 16 bytes.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_fingerprint_hash(struct s2n_client_hello *ch, s2n_fingerprint_type type,
                                                  uint32_t max_hash_size, uint8_t *hash, uint32_t *hash_size,
                                                  uint32_t *str_size);

/**
 * Writes the text behind a JA3 hash, as s2n_fingerprint_get_raw().
 *
 * Errors: INVALID_ARGUMENT for another kind, INSUFFICIENT_MEM_SIZE.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_fingerprint_string(struct s2n_client_hello *ch, s2n_fingerprint_type type,
                                                    uint32_t max_size, uint8_t *output,
                                                    uint32_t *output_size);

#ifdef __cplusplus
}
#endif

#endif
