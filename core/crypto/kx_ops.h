/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ways of doing a Diffie-Hellman group in libcrypto, for kx.c and its test only. kx_low: the NIST
 * curves by plain scalar multiplication, one per operation. kx_evp: any group through key objects of the
 * providers, which validate more and cost up to four times as much: X25519, and every curve in FIPS mode,
 * where only validated entry points may be used.
 */
#ifndef CRYPTO_KX_OPS_H
#define CRYPTO_KX_OPS_H

#include "crypto/kx.h"

struct kx_ops {
    bool (*generate)(const struct group *g, void **out_priv, uint8_t *out_share); /* g->client_share bytes */
    bool (*agree)(const struct group *g, void *priv, struct span peer, uint8_t *out); /* g->secret bytes */
    void (*wipe)(void *priv);
};

extern const struct kx_ops kx_low, kx_evp;
const struct kx_ops *kx_ops_of(const struct group *g); /* NULL: no key exchange of this kind here */

#endif
