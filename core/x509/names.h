/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names a certificate is for: subject alternative names and common names (RFC 5280 4.2.1.6, RFC 9525), as
 * the contract orders them (functions-1.md sections 4 and 6).
 */
#ifndef X509_NAMES_H
#define X509_NAMES_H

#include "x509/cert.h"
#include "x509/verify.h"

/* names_judge: whether the host callback accepts the certificate. Each DNS, URI and IP name until one is
 * accepted; the last common name only if there is none of those; an empty name if there is no common name
 * either. Callbacks get a terminated copy. ERR_CERT_INVALID_HOSTNAME, ERR_CERT_UNTRUSTED, ERR_SAFETY
 * (overlong common name). */
MUST_USE bool names_judge(const struct cert_view *c, const struct verify_rules *rules);

/* names_collect: what a server is chosen by: the DNS names, or the common names if there is no DNS name;
 * lower case. The caller frees the array with names_free. */
MUST_USE bool names_collect(const struct cert_view *c, struct cert_name **out, uint32_t *out_n);
void names_free(struct cert_name *names, uint32_t n);

#endif
