/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One certificate read in place: where its fields are, and the facts that policies and handshakes ask for.
 * Strict DER and no libcrypto object, so it costs a microsecond; signatures, dates and constraints are judged
 * by verify.c through libcrypto on the very same bytes. Spans point into the bytes given.
 */
#ifndef X509_CERT_H
#define X509_CERT_H

#include "crypto/der.h"
#include "x509/chain.h"

struct cert_view {
    struct span der;
    struct span issuer, subject; /* whole Name elements */
    struct span spki;            /* whole element */
    struct rd sig_alg;           /* content of the AlgorithmIdentifier */
    struct span san;             /* extnValue of subjectAltName; NULL p: none */
    struct span key_usage;       /* extnValue of keyUsage */
    struct rd extensions;        /* the Extension elements; NULL p: the certificate has none */
};

/* cert_read: exactly one certificate; ERR_DECODE_CERTIFICATE for anything else. A second extension of one
 * kind among those read here is refused, since two readers could pick different ones. */
MUST_USE bool cert_read(struct span der, struct cert_view *out);
void cert_get_facts(const struct cert_view *c, struct cert_facts *out);

struct cert_ext {
    struct span oid; /* content bytes */
    struct span value;
    bool critical;
};
/* cert_ext_next: the next of c->extensions from a copied cursor; false, error slot untouched, when
 * malformed. */
MUST_USE bool cert_ext_next(struct rd *r, struct cert_ext *out);

#endif
