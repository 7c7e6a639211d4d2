/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of a peer chain, for peer.c, trust.c and verify.c: one block of memory with the certificates' bytes
 * at its end, written once by verify.c and never again.
 */
#ifndef X509_PEER_H
#define X509_PEER_H

#include "x509/verify.h"

struct peer_cert {
    struct span der; /* into the same block */
    struct cert_facts facts;
};

struct peer_chain {
    unsigned refs; /* atomic */
    bool verified;
    uint32_t n;
    size_t size; /* of the block */
    struct pkey *key;
    int64_t from, until; /* verified: seconds; all of the chain is valid at every t with from <= t < until */
    struct peer_cert certs[];
};

/* peer_new: copies of n certificates with their facts; not verified, no key yet. */
MUST_USE bool peer_new(const struct span *ders, uint32_t n, struct peer_chain **out);

#endif
