/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a keyed half protects one fragment: nonces, associated data, sizes per kind and version. Between
 * open.c, seal.c and crypto/cipher.h; nobody else includes this.
 */
#ifndef RECORD_PROTECT_H
#define RECORD_PROTECT_H

#include "record/record.h"

/* Fragment bytes that n plaintext bytes become, and of the shortest fragment that can be genuine. */
size_t protect_size(const struct half *h, size_t n);
size_t protect_least(const struct half *h);

/* protect_seal: n pieces to the fragment after the header in out[0..5), size bytes. */
MUST_USE bool protect_seal(struct half *h, uint8_t type, uint8_t *out, const struct span *in, size_t n,
                           size_t size);
/* protect_open: to dst when that is not NULL, its dst_cap bytes are enough and it is faster, else in place. At
 * TLS 1.3 *out is the inner plaintext without its last byte, which is *last (0 when there is none). */
MUST_USE bool protect_open(struct half *h, const struct rec_header *hdr, uint8_t *body, uint8_t *dst,
                           size_t dst_cap, struct span *out, uint8_t *last);

static inline void put_u16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t) (v >> 8);
    p[1] = (uint8_t) v;
}

#endif
