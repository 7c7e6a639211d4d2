/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust stores: what a config trusts (system defaults, files, directories, PEM from memory), kept in
 * libcrypto's X509_STORE, with the memory of chains already verified against exactly this store (verify.c).
 * Built before it is shared; the memory has its own lock.
 */
#ifndef X509_TRUST_H
#define X509_TRUST_H

#include "base/err.h"
#include "base/wr.h"

struct trust;

MUST_USE bool trust_new(struct trust **out);
void trust_free(struct trust *t);
bool trust_empty(struct trust *t);               /* nothing was ever added */
MUST_USE bool trust_add_system(struct trust *t); /* ERR_X509_TRUST_STORE when already loaded */
MUST_USE bool trust_add_location(struct trust *t, const char *file,
                                 const char *dir); /* on failure the store is emptied */
MUST_USE bool trust_add_pem(struct trust *t, struct span pem);
MUST_USE bool trust_wipe(struct trust *t);
/* trust_subjects appends the subject names of all certificates, each with its length; INVALID_STATE with system ones. */
MUST_USE bool trust_subjects(struct trust *t, struct wr *w);

/* ---- for verify.c ---- */

struct peer_chain;
struct x509_store_st;

#define TRUST_KEY_SIZE 32    /* SHA-256 of everything a verdict depends on but the clock and this store */
#define TRUST_MEMORY_SIZE 64 /* chains remembered per store; the one unused longest makes room */

/* trust_store: a reference to libcrypto's store as it is now, to be freed, and the number of its state;
 * NULL: empty. */
struct x509_store_st *trust_store(struct trust *t, uint64_t *out_state);
/* trust_recall: a reference to the chain remembered under this key, or NULL. */
struct peer_chain *trust_recall(struct trust *t, const uint8_t key[TRUST_KEY_SIZE]);
/* trust_remember keeps a reference to a verified chain, unless the store has changed since `state` was
 * taken. */
void trust_remember(struct trust *t, const uint8_t key[TRUST_KEY_SIZE], uint64_t state,
                    struct peer_chain *chain);

#endif
