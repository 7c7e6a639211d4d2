/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEM (RFC 7468) as the contract reads it (functions-1.md section 4): strict about blocks, lenient about
 * everything around and inside them. A cursor over the text gives one block after the other.
 */
#ifndef X509_PEM_H
#define X509_PEM_H

#include "base/mem.h"
#include "base/rd.h"

/* pem_next: the next block of the text in *r: its label, in place, and its decoded bytes (der is
 * replaced). *more is false when only text without a block is left, and r stays in front of that text.
 * ERR_INVALID_PEM for a block that is broken. */
MUST_USE bool pem_next(struct rd *r, bool *more, struct span *label, struct buf *der);

bool pem_label_is(struct span label, const char *text);

#endif
