/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key agreement on X25519 and the NIST curves (RFC 7748, RFC 8422, RFC 8446 7.4.2). Called by the key share
 * and key exchange code of handshake/. A low-level agreement is one scalar multiplication and a check of the
 * curve equation; libcrypto's key objects would multiply three times to learn the same. Secrets are as wide
 * as the field, leading zeros kept, in all versions. Never keeps a private key after one agreement. Groups
 * with a KEM part do not exist here: crypto_has_group says so.
 */
#include "crypto/kx.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/ct.h"
#include "crypto/ec.h"
#include "crypto/init.h"
#include "crypto/kx_ops.h"

const struct kx_ops *kx_ops_of(const struct group *g)
{
    switch (g->kind) {
    case GROUP_EC:
        return crypto_fips() ? &kx_evp : &kx_low;
    case GROUP_X:
        return &kx_evp;
    case GROUP_KEM:
    case GROUP_HYBRID:
        break;
    }
    return NULL;
}

bool kx_generate(const struct group *g, struct kx_key *out)
{
    const struct kx_ops *ops = kx_ops_of(g);
    if (ops == NULL || g->client_share > KX_SHARE_MAX) {
        return fail(ERR_ECDHE_UNSUPPORTED_CURVE);
    }
    struct kx_key fresh = { .group = g };
    if (!ops->generate(g, &fresh.priv, fresh.share)) {
        return fail(ERR_ECDHE_GEN_KEY);
    }
    *out = fresh;
    return true;
}

void kx_share(const struct kx_key *k, struct wr *w)
{
    wr_bytes(w, SPAN(k->share, k->group->client_share));
}

/* By ct_eq, as every decision on a secret. */
static bool all_zero(const struct secret *s)
{
    static const struct secret zero;
    return ct_eq(s->b, zero.b, s->n);
}

/* What can be said of a share without arithmetic: its length, and the point format of RFC 8422 5.4.1. */
static bool share_shape(const struct group *g, struct span share)
{
    return share.n == g->client_share && (g->kind != GROUP_EC || share.p[0] == POINT_CONVERSION_UNCOMPRESSED);
}

bool kx_agree(struct kx_key *k, struct span peer_share, int on_bad, struct secret *out)
{
    const struct group *g = k->group;
    if (g == NULL || g->secret > sizeof(out->b)) {
        return fail(ERR_ECDHE_SHARED_SECRET);
    }
    AUTO_SECRET shared = { .n = (uint8_t) g->secret };
    ERR_set_mark(); /* what a bad share makes libcrypto say is of no use to the application */
    const struct kx_ops *ops = kx_ops_of(g);
    bool ok = ops != NULL && share_shape(g, peer_share) && ops->agree(g, k->priv, peer_share, shared.b);
    ERR_pop_to_mark();
    kx_wipe(k);
    /* RFC 7748 6.1: a point of small order gives zero whatever the key */
    if (!ok || (g->kind == GROUP_X && all_zero(&shared))) {
        return fail(on_bad);
    }
    *out = shared;
    return true;
}

void kx_wipe(struct kx_key *k)
{
    const struct kx_ops *ops = k->group != NULL ? kx_ops_of(k->group) : NULL;
    if (ops != NULL && k->priv != NULL) {
        ops->wipe(k->priv);
    }
    wipe(k, sizeof(*k));
}

/* ---- plain scalar multiplication ---- */

static void low_wipe(void *priv)
{
    BN_clear_free(priv);
}

/* A uniform scalar in [1, order): RFC 8446 4.2.8.2 leaves the how to the curve's standard. */
static BIGNUM *scalar_new(const EC_GROUP *group, BN_CTX *bn)
{
    BIGNUM *d = BN_secure_new();
    if (d == NULL) {
        return NULL;
    }
    BN_set_flags(d, BN_FLG_CONSTTIME);
    do {
        if (BN_priv_rand_range_ex(d, EC_GROUP_get0_order(group), 0, bn) != 1) {
            BN_clear_free(d);
            return NULL;
        }
    } while (BN_is_zero(d));
    return d;
}

static bool low_generate(const struct group *g, void **out_priv, uint8_t *out_share)
{
    const EC_GROUP *group = ec_group(g->id);
    BN_CTX *bn = BN_CTX_secure_new();
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *d = bn == NULL || point == NULL ? NULL : scalar_new(group, bn);
    bool ok = d != NULL && EC_POINT_mul(group, point, d, NULL, NULL, bn) == 1 &&
              EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out_share, g->client_share,
                                 bn) == g->client_share;
    EC_POINT_free(point);
    BN_CTX_free(bn);
    if (!ok) {
        BN_clear_free(d);
        return false;
    }
    *out_priv = d;
    return true;
}

static bool low_agree(const struct group *g, void *priv, struct span peer, uint8_t *out)
{
    const EC_GROUP *group = ec_group(g->id);
    if (group == NULL) {
        return false;
    }
    BN_CTX *bn = BN_CTX_secure_new();
    EC_POINT *theirs = EC_POINT_new(group), *shared = EC_POINT_new(group);
    BIGNUM *x = BN_secure_new();
    bool ok = bn != NULL && theirs != NULL && shared != NULL && x != NULL &&
              ec_point_read(group, peer, theirs, bn) &&
              EC_POINT_mul(group, shared, NULL, theirs, priv, bn) == 1 &&
              EC_POINT_get_affine_coordinates(group, shared, x, NULL, bn) == 1 /* fails at infinity */
              && BN_bn2binpad(x, out, g->secret) == g->secret;
    BN_clear_free(x);
    EC_POINT_clear_free(shared);
    EC_POINT_free(theirs);
    BN_CTX_free(bn);
    return ok;
}

const struct kx_ops kx_low = { low_generate, low_agree, low_wipe };

/* ---- key objects ---- */

static void evp_wipe(void *priv)
{
    EVP_PKEY_free(priv);
}

static bool evp_share(const struct group *g, const EVP_PKEY *key, uint8_t *out_share)
{
    size_t n = 0;
    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, out_share,
                                           g->client_share, &n) == 1 &&
           n == g->client_share;
}

static bool evp_generate(const struct group *g, void **out_priv, uint8_t *out_share)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, g->kind == GROUP_EC ? "EC" : g->evp, NULL);
    bool ok = ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
              (g->kind != GROUP_EC || EVP_PKEY_CTX_set_group_name(ctx, g->evp) == 1) &&
              EVP_PKEY_keygen(ctx, &key) == 1 && evp_share(g, key, out_share);
    EVP_PKEY_CTX_free(ctx);
    if (!ok) {
        EVP_PKEY_free(key);
        return false;
    }
    *out_priv = key;
    return true;
}

static bool evp_agree(const struct group *g, void *priv, struct span peer, uint8_t *out)
{
    size_t n = g->secret;
    EVP_PKEY *theirs = EVP_PKEY_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, priv, NULL);
    /* The setter refuses points off the curve. A second validation of X25519 would be idle: every string
     * is a key. */
    bool ok = theirs != NULL && ctx != NULL && EVP_PKEY_copy_parameters(theirs, priv) == 1 &&
              EVP_PKEY_set1_encoded_public_key(theirs, peer.p, peer.n) == 1 &&
              EVP_PKEY_derive_init(ctx) == 1 &&
              EVP_PKEY_derive_set_peer_ex(ctx, theirs, g->kind == GROUP_EC) == 1 &&
              EVP_PKEY_derive(ctx, out, &n) == 1 && n == g->secret;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(theirs);
    return ok;
}

const struct kx_ops kx_evp = { evp_generate, evp_agree, evp_wipe };
