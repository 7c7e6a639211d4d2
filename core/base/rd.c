/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The getters of the reading cursor. Called by every parser of wire data and of saved state. They never copy
 * (but rd_copy), never touch the error slot and never move the cursor when they answer false.
 */
#include "base/rd.h"

#include <string.h>

/* A big-endian number of `size` bytes, size <= 8. */
static bool number(struct rd *r, size_t size, uint64_t *out)
{
    struct span s;
    if (!rd_bytes(r, size, &s)) {
        return false;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++) {
        v = v << 8 | s.p[i];
    }
    *out = v;
    return true;
}

bool rd_u8(struct rd *r, uint8_t *out)
{
    uint64_t v;
    TRY(number(r, 1, &v));
    *out = (uint8_t) v;
    return true;
}

bool rd_u16(struct rd *r, uint16_t *out)
{
    uint64_t v;
    TRY(number(r, 2, &v));
    *out = (uint16_t) v;
    return true;
}

bool rd_u24(struct rd *r, uint32_t *out)
{
    uint64_t v;
    TRY(number(r, 3, &v));
    *out = (uint32_t) v;
    return true;
}

bool rd_u32(struct rd *r, uint32_t *out)
{
    uint64_t v;
    TRY(number(r, 4, &v));
    *out = (uint32_t) v;
    return true;
}

bool rd_u64(struct rd *r, uint64_t *out)
{
    return number(r, 8, out);
}

bool rd_bytes(struct rd *r, size_t n, struct span *out)
{
    if (n > rd_left(r)) {
        return false;
    }
    *out = SPAN(r->p, n);
    if (n > 0) { /* an empty cursor may hold no pointer at all */
        r->p += n;
    }
    return true;
}

bool rd_copy(struct rd *r, uint8_t *out, size_t n)
{
    struct span s;
    TRY(rd_bytes(r, n, &s));
    if (n > 0) {
        memcpy(out, s.p, n);
    }
    return true;
}

static bool vector(struct rd *r, size_t length_size, struct rd *out)
{
    struct rd ahead = *r; /* so that a length without its content leaves r where it was */
    uint64_t n;
    struct span content;
    TRY(number(&ahead, length_size, &n));
    TRY(rd_bytes(&ahead, (size_t) n, &content));
    *r = ahead;
    *out = rd_of(content);
    return true;
}

bool rd_vec8(struct rd *r, struct rd *out)
{
    return vector(r, 1, out);
}

bool rd_vec16(struct rd *r, struct rd *out)
{
    return vector(r, 2, out);
}

bool rd_vec24(struct rd *r, struct rd *out)
{
    return vector(r, 3, out);
}
