/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that are sent along with a certificate (an OCSP response, a list of SCTs): immutable and reference counted, so
 * that an application can renew them while handshakes of other threads still send the old ones.
 */
#ifndef X509_STAPLE_H
#define X509_STAPLE_H

#include "base/err.h"
#include "base/span.h"

struct staple;

/* staple_set: a copy of these bytes in this place; no bytes: nothing there. staple_take: a reference to what is there
 * now, NULL for nothing; staple_drop gives it back. */
MUST_USE bool staple_set(struct staple **place, struct span bytes);
struct staple *staple_take(struct staple *const *place);
void staple_drop(struct staple *s);
struct span staple_span(const struct staple *s); /* no bytes for NULL */

#endif
