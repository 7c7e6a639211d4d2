/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constant-time primitives. No branch, index or early exit depends on the bytes compared or selected. Lengths are
 * public everywhere in this library.
 */
#ifndef BASE_CT_H
#define BASE_CT_H

#include "base/span.h"

/* ct_eq: whether n bytes are equal; n is public. */
bool ct_eq(const void *a, const void *b, size_t n);

/* All ones where x == 0 / where a < b / where a == b, else zero. */
static inline uint32_t ct_is_zero(uint32_t x)
{
    return (uint32_t) (((uint64_t) x - 1) >> 32);
}
static inline uint32_t ct_lt(uint32_t a, uint32_t b)
{
    return (uint32_t) (((uint64_t) a - (uint64_t) b) >> 32);
}
static inline uint32_t ct_mask_eq(uint32_t a, uint32_t b)
{
    return ct_is_zero(a ^ b);
}
static inline uint8_t ct_select8(uint32_t mask, uint8_t yes, uint8_t no)
{
    return (uint8_t) ((mask & yes) | (~mask & no));
}

#endif
