/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading cursor: the one place where bounds of wire data are checked. A getter moves the cursor and gives
 * true, or leaves everything as it was and gives false without touching the error slot: the parser that called it
 * names the error. A sub-reader cannot pass its parent's end. Copy the two-pointer struct to be able to go back.
 */
#ifndef BASE_RD_H
#define BASE_RD_H

#include "base/err.h"
#include "base/span.h"

struct rd {
    const uint8_t *p;
    const uint8_t *end;
};

static inline struct rd rd_of(struct span s)
{
    return (struct rd){ s.p, s.p == NULL ? NULL : s.p + s.n };
}
static inline size_t rd_left(const struct rd *r)
{
    return r->p == NULL ? 0 : (size_t) (r->end - r->p);
}
static inline bool rd_end(const struct rd *r)
{
    return rd_left(r) == 0;
}

MUST_USE bool rd_u8(struct rd *r, uint8_t *out);
MUST_USE bool rd_u16(struct rd *r, uint16_t *out);
MUST_USE bool rd_u24(struct rd *r, uint32_t *out);
MUST_USE bool rd_u32(struct rd *r, uint32_t *out);
MUST_USE bool rd_u64(struct rd *r, uint64_t *out);
MUST_USE bool rd_bytes(struct rd *r, size_t n, struct span *out);
MUST_USE bool rd_copy(struct rd *r, uint8_t *out, size_t n);
/* Vectors with an 8/16/24-bit length in front: a sub-reader over the content. */
MUST_USE bool rd_vec8(struct rd *r, struct rd *out);
MUST_USE bool rd_vec16(struct rd *r, struct rd *out);
MUST_USE bool rd_vec24(struct rd *r, struct rd *out);
static inline struct span rd_rest(const struct rd *r)
{
    return (struct span){ r->p, rd_left(r) };
}
static inline struct span rd_take(struct rd *r)
{
    struct span s = rd_rest(r);
    r->p = r->end;
    return s;
}

#endif
