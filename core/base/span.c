/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What spans and secrets do that is not inline. Used by every layer; the wiping itself is in mem.c, the one
 * file of base that knows libcrypto.
 */
#include "base/span.h"

#include <string.h>

bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

size_t span_total(const struct span *pieces, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += pieces[i].n;
    }
    return total;
}

uint8_t *span_join(const struct span *pieces, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        if (pieces[i].n > 0) {
            memcpy(out, pieces[i].p, pieces[i].n);
            out += pieces[i].n;
        }
    }
    return out;
}

void secret_wipe(struct secret *s)
{
    wipe(s, sizeof(*s));
}
