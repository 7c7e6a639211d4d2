/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes with the peer's certificate besides the chain (a stapled OCSP response, a list of SCTs) and what the
 * application is asked about it (revocation lists, its own verdict). Kept in the session, but only where there is some
 * of it. The functions that work on a handshake are declared in hs.h.
 */
#ifndef HANDSHAKE_VOUCH_H
#define HANDSHAKE_VOUCH_H

#include "base/mem.h"
#include "x509/crl.h"

enum verdict {
    VERDICT_NONE,
    VERDICT_ACCEPTED,
    VERDICT_REJECTED
};

struct s2n_cert_validation_info { /* the public opaque type; answered on any thread */
    ATOMIC(uint8_t) verdict;
    bool asked;
};

struct vouch {
    struct buf ocsp, sct;
    struct s2n_crl_lookup *lookups; /* one for each certificate received */
    uint32_t lookups_n;
    struct s2n_cert_validation_info validation;
    struct vouch *next; /* in a list of retired ones */
};

MUST_USE bool vouch_need(struct vouch **v); /* it exists afterwards */
void vouch_free(struct vouch *v);           /* with those it leads to */
/* vouch_retire: takes v out of use. One with a question open goes on the list: its answer may still come. */
void vouch_retire(struct vouch **v, struct vouch **retired);
/* validation_answer: INVALID_STATE after an answer. */
MUST_USE bool validation_answer(struct s2n_cert_validation_info *info, enum verdict verdict);

#endif
