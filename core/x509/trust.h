/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust stores: what a config trusts (system defaults, files, directories, PEM from memory), kept in libcrypto's
 * X509_STORE, with the memory of chains already verified against exactly this store (verify.c). Built before it is
 * shared; the memory has its own lock.
 */
#ifndef X509_TRUST_H
#define X509_TRUST_H

#include "base/err.h"
#include "base/span.h"

struct trust;

MUST_USE bool trust_new(struct trust **out);
void trust_free(struct trust *t);
bool trust_empty(const struct trust *t); /* nothing was ever added */
MUST_USE bool trust_add_system(struct trust *t); /* ERR_X509_TRUST_STORE when already loaded */
MUST_USE bool trust_add_location(struct trust *t, const char *file, const char *dir); /* on failure the store is emptied */
MUST_USE bool trust_add_pem(struct trust *t, struct span pem);
MUST_USE bool trust_wipe(struct trust *t);

#endif
