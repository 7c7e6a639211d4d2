/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader of strict DER (X.690 10) over the rd cursor: definite, minimal lengths only, tags of one byte. For
 * the fixed shapes of keys, certificates and names; it decodes no types beyond what those need. Like the
 * getters of rd it moves the cursor and gives true, or leaves everything alone and gives false without
 * touching the error slot.
 */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include "base/rd.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0C,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(n) (0x80 | (n))     /* [n] IMPLICIT of a primitive type */
#define DER_CONSTRUCTED(n) (0xA0 | (n)) /* [n] EXPLICIT, or IMPLICIT of a constructed type */

/* der_any: the next element, whatever it is; whole spans its tag and length too. */
MUST_USE bool der_any(struct rd *r, uint8_t *tag, struct rd *content, struct span *whole);
/* der_get: the next element, which must have this tag. */
MUST_USE bool der_get(struct rd *r, uint8_t tag, struct rd *content);
MUST_USE bool der_whole(struct rd *r, uint8_t tag, struct span *whole);
/* der_maybe: der_get if the next element has this tag; else *present is false and nothing is read. */
MUST_USE bool der_maybe(struct rd *r, uint8_t tag, bool *present, struct rd *content);
/* der_uint: a non-negative INTEGER, without its leading zero byte. */
MUST_USE bool der_uint(struct rd *r, struct span *magnitude);
MUST_USE bool der_small(struct rd *r, uint32_t *out); /* one that fits 31 bits */
/* der_bits: a BIT STRING of whole bytes. */
MUST_USE bool der_bits(struct rd *r, struct rd *bytes);

#endif
