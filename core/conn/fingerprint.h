/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fingerprints of a ClientHello: JA3 (five lists of numbers) and JA4 (a readable part and two sorted lists). Sans I/O,
 * over any hello that was read; values reserved by RFC 8701 count nowhere. functions-2.md section 20.
 */
#ifndef CONN_FINGERPRINT_H
#define CONN_FINGERPRINT_H

#include "handshake/hello.h"

#define JA3_HASH_LEN 32
#define JA4_HASH_LEN 36
#define JA3_DIGEST_LEN 16

struct s2n_fingerprint {
    bool ja4;
    const struct s2n_client_hello *hello; /* borrowed; NULL none */
    size_t raw_size;                      /* of the text behind the hash; 0: not known yet */
};

/* All fail with INVALID_STATE when the hello's message has gone, with INVALID_PARSED_EXTENSIONS or BAD_MESSAGE when one
 * of the lists in it is malformed. *raw is the length of the text behind the hash, out_n what was written. */
MUST_USE bool ja3_digest(const struct s2n_client_hello *hello, uint8_t *out, size_t *raw);
/* fingerprint_text: INSUFFICIENT_MEM_SIZE when cap is too small; part of the text may be there then. */
MUST_USE bool fingerprint_text(bool ja4, const struct s2n_client_hello *hello, uint8_t *out, size_t cap,
                               size_t *raw);
/* fingerprint_hash: JA3_HASH_LEN or JA4_HASH_LEN characters. */
MUST_USE bool fingerprint_hash(bool ja4, const struct s2n_client_hello *hello, uint8_t *out, size_t *raw);

#endif
