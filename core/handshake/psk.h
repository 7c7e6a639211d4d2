/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pre-shared keys (RFC 8446 4.2.11): one key with what it may be used for, the list of a connection, and the list that
 * a client offers as the selection callback sees it. An external key comes from the application, a resumption key
 * from a ticket. Their secrets are wiped with them; a list belongs to its connection (resume.h).
 */
#ifndef HANDSHAKE_PSK_H
#define HANDSHAKE_PSK_H

#include "base/mem.h"
#include "base/rd.h"
#include "crypto/hash.h"
#include "tables/tables.h"

enum psk_type { /* s2n_psk_mode */
    PSK_RESUMPTION,
    PSK_EXTERNAL
};

struct s2n_psk {
    struct s2n_psk *next; /* in a connection's list, less preferred */
    uint32_t rank;        /* its place there */
    uint8_t type;
    enum hash_alg alg;
    struct buf identity; /* of a resumption key: the ticket */
    struct buf secret;
    struct secret early; /* the Early Secret it gives, once that was needed */
    /* early data: none while max_early is 0 */
    uint32_t max_early;
    const struct suite *early_suite; /* SUITE_NULL: none */
    struct buf alpn, context;
    /* of a resumption key */
    uint32_t age_add;
    uint64_t issued, keying_expiry; /* ns since the epoch; expiry on servers only */
};

struct s2n_psk *psk_new(enum psk_type type); /* SHA-256, nothing set; NULL with the error set */
void psk_free(struct s2n_psk *psk);
/* Setters copy. INVALID_ARGUMENT: an empty identity; an empty or all-zero secret; a suite whose hash is not the key's.
 * CIPHER_NOT_SUPPORTED: no such suite. */
MUST_USE bool psk_set_identity(struct s2n_psk *psk, struct span identity);
MUST_USE bool psk_set_secret(struct s2n_psk *psk, struct span secret);
MUST_USE bool psk_configure_early(struct s2n_psk *psk, uint32_t max, uint16_t suite);
MUST_USE bool psk_copy(const struct s2n_psk *from, struct s2n_psk **out); /* INVALID_ARGUMENT: incomplete */
MUST_USE bool psk_early_secret(struct s2n_psk *psk);                      /* psk->early is there afterwards */

/* What a client offers, for the selection callback; `list` reads the identities of the ClientHello. */
struct s2n_offered_psk {
    struct span identity; /* n == 0: not filled */
    uint16_t at;          /* its place in the client's list */
};
struct handshake;
struct s2n_offered_psk_list {
    struct handshake *hs;
    struct rd rest;
    uint16_t at;
};
bool offered_has_next(const struct s2n_offered_psk_list *list);
MUST_USE bool offered_next(struct s2n_offered_psk_list *list,
                           struct s2n_offered_psk *out); /* STUFFER_OUT_OF_DATA */
void offered_reread(struct s2n_offered_psk_list *list);
/* offered_choose: NULL takes a choice back. Errors of functions-2.md entry 200; the last success counts. */
MUST_USE bool offered_choose(struct s2n_offered_psk_list *list, const struct s2n_offered_psk *psk);

#endif
