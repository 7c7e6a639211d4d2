/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key agreement over the rows of groups.def, seen as a KEM: the first mover generates a key and publishes its
 * share, the second encapsulates to it, the first decapsulates. An (EC)DH group fits because encapsulating is
 * generating a key of one's own. Peer shares are checked (on the curve, uncompressed, right length, not
 * all-zero X25519) here.
 */
#ifndef CRYPTO_KX_H
#define CRYPTO_KX_H

#include "base/err.h"
#include "base/mem.h"
#include "base/wr.h"
#include "tables/tables.h"

#define KX_SHARE_MAX 133 /* an uncompressed P-521 point */

struct kx_key {
    const struct group *group; /* NULL: empty */
    void *priv;                /* libcrypto's key */
    uint8_t share[KX_SHARE_MAX];
};

/* kx_generate: a fresh key into out, which is overwritten whatever it holds (an old key is wiped first by
 * the caller). */
MUST_USE bool kx_generate(const struct group *g, struct kx_key *out);
void kx_share(const struct kx_key *k, struct wr *w); /* append the public share; sticky failure in w */
/* kx_agree: the shared secret from my key and the peer's share. A bad share fails with
 * ERR_ECDHE_SHARED_SECRET (TLS 1.2) / ERR_BAD_KEY_SHARE (the caller says which through on_bad). The key is
 * used up (wiped). */
MUST_USE bool kx_agree(struct kx_key *k, struct span peer_share, int on_bad, struct secret *out);
void kx_wipe(struct kx_key *k);

#endif
