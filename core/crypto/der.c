/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DER reader (X.690 8.1, 10.1). Called by pkey_spki.c and by x509/ for certificates and names. It never
 * allocates and never looks past the cursor it was given; BER's indefinite and padded lengths are refused, so
 * that a value has one encoding only and every reader of it sees the same thing.
 */
#include "crypto/der.h"

static bool length_read(struct rd *r, size_t *out)
{
    uint8_t first = 0;
    TRY(rd_u8(r, &first));
    if (first < 0x80) {
        *out = first;
        return true;
    }
    size_t bytes = first & 0x7FU;
    if (bytes == 0 || bytes > 4) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t b = 0;
        TRY(rd_u8(r, &b));
        value = value << 8 | b;
    }
    /* minimal: the short form was impossible, and the first length byte is needed */
    if (value < 0x80 || value >> (8 * (bytes - 1)) == 0) {
        return false;
    }
    *out = (size_t) value;
    return true;
}

bool der_any(struct rd *r, uint8_t *tag, struct rd *content, struct span *whole)
{
    struct rd at = *r;
    uint8_t t = 0;
    size_t n = 0;
    struct span body;
    TRY(rd_u8(&at, &t));
    if ((t & 0x1F) == 0x1F) { /* tag numbers from 31 up occur in none of our structures */
        return false;
    }
    TRY(length_read(&at, &n) && rd_bytes(&at, n, &body));
    *tag = t;
    *content = (struct rd){ body.p, body.p + body.n };
    *whole = SPAN(r->p, (size_t) (at.p - r->p));
    *r = at;
    return true;
}

bool der_get(struct rd *r, uint8_t tag, struct rd *content)
{
    struct rd at = *r, body;
    struct span whole;
    uint8_t t = 0;
    if (!der_any(&at, &t, &body, &whole) || t != tag) {
        return false;
    }
    *content = body;
    *r = at;
    return true;
}

bool der_whole(struct rd *r, uint8_t tag, struct span *whole)
{
    struct rd at = *r, body;
    struct span all;
    uint8_t t = 0;
    if (!der_any(&at, &t, &body, &all) || t != tag) {
        return false;
    }
    *whole = all;
    *r = at;
    return true;
}

bool der_maybe(struct rd *r, uint8_t tag, bool *present, struct rd *content)
{
    *present = rd_left(r) > 0 && r->p[0] == tag;
    return !*present || der_get(r, tag, content);
}

bool der_uint(struct rd *r, struct span *magnitude)
{
    struct rd at = *r, body;
    TRY(der_get(&at, DER_INTEGER, &body));
    struct span s = rd_rest(&body);
    if (s.n == 0 || (s.p[0] & 0x80) != 0) {
        return false;
    }
    if (s.p[0] == 0 && s.n > 1) {
        if ((s.p[1] & 0x80) == 0) {
            return false;
        }
        s = SPAN(s.p + 1, s.n - 1);
    }
    *magnitude = s;
    *r = at;
    return true;
}

bool der_small(struct rd *r, uint32_t *out)
{
    struct rd at = *r;
    struct span s;
    if (!der_uint(&at, &s) || s.n > 4 || (s.n == 4 && (s.p[0] & 0x80) != 0)) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        value = value << 8 | s.p[i];
    }
    *out = value;
    *r = at;
    return true;
}

bool der_bits(struct rd *r, struct rd *bytes)
{
    struct rd at = *r, body;
    uint8_t unused = 0;
    if (!der_get(&at, DER_BITS, &body) || !rd_u8(&body, &unused) || unused != 0) {
        return false;
    }
    *bytes = body;
    *r = at;
    return true;
}
