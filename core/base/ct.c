/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constant-time comparison: Finished values, binders, ticket MACs and session ids are compared here and
 * nowhere else. Never used for public data, which span_eq compares faster.
 */
#include "base/ct.h"

bool ct_eq(const void *a, const void *b, size_t n)
{
    /* volatile: the compiler must not turn the loop into one that leaves at the first difference. */
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t difference = 0;
    for (size_t i = 0; i < n; i++) {
        difference = (uint8_t) (difference | (x[i] ^ y[i]));
    }
    return ct_is_zero(difference) != 0;
}
