/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The idiom of the entry points: bool of the core becomes the caller's result, and arguments are looked at here and
 * nowhere below. Included by every file of abi/src; it declares nothing that is exported.
 */
#ifndef ABI_EDGE_H
#define ABI_EDGE_H

#include "base/err.h"
#include "base/span.h"

#include <stddef.h>
#include <string.h>

/* A required pointer: true, or false with ERR_NULL and the caller's line. */
#define GIVEN(pointer) ((pointer) != NULL || fail(ERR_NULL))

static inline int result(bool ok)
{
    return ok ? 0 : -1;
}

/* Bytes of a caller's, which must be somewhere unless there are none. */
static inline bool given_bytes(const void *p, size_t n)
{
    return n == 0 || GIVEN(p);
}

/* All of `from` into the caller's buffer, or INSUFFICIENT_MEM_SIZE and nothing. */
static inline bool copy_out(struct span from, uint8_t *out, size_t cap)
{
    if (from.n > cap) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    if (from.n > 0) {
        memcpy(out, from.p, from.n);
    }
    return true;
}

/* The bytes of a terminated string, without its terminator. */
static inline struct span text_span(const char *text)
{
    return SPAN((const uint8_t *) text, strlen(text));
}

/* A private key's text with its terminator, so that even an empty text is a text: the core takes no bytes at all for
 * "no key is wanted". */
static inline struct span key_span(const char *pem)
{
    return SPAN((const uint8_t *) pem, strlen(pem) + 1);
}

/* A wire version as the API counts: 0x0304 is 34, and VER_NONE is 0. */
static inline int decimal_version(uint16_t wire)
{
    return (wire >> 8) * 10 + (wire & 0xFF);
}

#endif
