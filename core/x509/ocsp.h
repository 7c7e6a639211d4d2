/* SPDX-License-Identifier: Apache-2.0 */
/* Stapled OCSP responses (RFC 6960), judged for the leaf of a chain that has been verified. */
#ifndef X509_OCSP_H
#define X509_OCSP_H

#include "x509/verify.h"

/* ocsp_judge: the response says that the leaf of this verified chain is good, now (ns since the epoch), and the leaf's
 * issuer or a responder of its choice signed it. INVALID_OCSP_RESPONSE for what is none, CERT_REVOKED, CERT_EXPIRED out
 * of date, CERT_INVALID from the future, CERT_UNTRUSTED for all else. */
MUST_USE bool ocsp_judge(struct span response, const struct peer_chain *chain, uint64_t now);

#endif
