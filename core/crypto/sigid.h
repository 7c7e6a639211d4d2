/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlgorithmIdentifiers of signatures and hashes as they stand in certificates (RFC 3279, 4055, 5758): from
 * object identifier to row. For pkey_spki.c and x509/.
 */
#ifndef CRYPTO_SIGID_H
#define CRYPTO_SIGID_H

#include "crypto/der.h"
#include "tables/tables.h"

/* sigid_read: the content of an AlgorithmIdentifier; SIG_NONE / HASH_NONE for an algorithm unknown here.
 * RSA-PSS is SIG_RSA_PSS_PSS with the hash of its parameters. */
void sigid_read(struct rd alg, enum sig_alg *sig, enum hash_alg *hash);

/* RSASSA-PSS-params (RFC 8017 A.2.3), whole element: hash (HASH_NONE if unknown here) and salt length.
 * False, with the error slot untouched, when malformed or when the mask generation is not MGF1 with the
 * same hash. */
MUST_USE bool sigid_pss_params(struct rd *r, enum hash_alg *hash, uint16_t *salt);

#endif
