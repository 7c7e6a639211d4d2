/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The NIST curves as libcrypto's group objects, for kx.c and pkey*.c only. Building one costs tens of
 * microseconds, so each is built at its first use and kept until ec_cleanup; a group is immutable and any
 * thread may use it.
 */
#ifndef CRYPTO_EC_H
#define CRYPTO_EC_H

#include <openssl/ec.h>

#include "base/err.h"
#include "base/span.h"

#define EC_POINT_MAX 133 /* uncompressed P-521 */

const EC_GROUP *ec_group(uint16_t id); /* by group id; NULL when it is no NIST curve or libcrypto lacks it */
uint16_t ec_curve_by_nid(int nid);     /* group id, or 0 */
void ec_cleanup(void);                 /* when no thread uses the library any more */

/* ec_point_read: an uncompressed point of the curve (RFC 8422 5.4.1); false for any other bytes, the point
 * at infinity and points off the curve, without touching the error slot. All three curves have cofactor 1,
 * so a point of the curve is in the right group. */
MUST_USE bool ec_point_read(const EC_GROUP *group, struct span bytes, EC_POINT *out, BN_CTX *bn);

#endif
