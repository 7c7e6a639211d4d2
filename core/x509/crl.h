/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate revocation lists that the application loads (RFC 5280 5), and the questions for them that a handshake
 * asks, one for each certificate the peer sent. verify.c judges with the lists.
 */
#ifndef X509_CRL_H
#define X509_CRL_H

#include "base/atomic.h"
#include "base/err.h"
#include "base/span.h"

struct X509_crl_st;

struct s2n_crl { /* the public opaque type */
    struct X509_crl_st *crl;
};

enum crl_answer {
    CRL_NO_ANSWER,
    CRL_GIVEN,
    CRL_IGNORED
};

struct s2n_crl_lookup { /* the public opaque type; answered on any thread */
    uint64_t issuer_hash;
    struct s2n_crl *crl; /* with CRL_GIVEN; borrowed */
    ATOMIC(uint8_t) answer;
};

struct s2n_crl *crl_new(void); /* NULL with the error set */
void crl_free(struct s2n_crl *c);
MUST_USE bool crl_load(struct s2n_crl *c,
                       struct span pem); /* INVALID_ARGUMENT, INVALID_PEM, STUFFER_OUT_OF_DATA */
MUST_USE bool crl_issuer_hash(const struct s2n_crl *c, uint64_t *out); /* NULL when nothing is loaded */
MUST_USE bool crl_active(const struct s2n_crl *c);                     /* by the system's clock */
MUST_USE bool crl_not_expired(const struct s2n_crl *c);                /* by the system's clock */

/* crl_lookup_start: the question about this certificate; DECODE_CERTIFICATE. */
MUST_USE bool crl_lookup_start(struct s2n_crl_lookup *l, struct span der);

#endif
