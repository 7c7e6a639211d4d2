/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of certificates: life, private key import, matching, and RSA encryption for the RSA key exchange.
 * Called by x509/ and handshake/. Public key import is in pkey_spki.c, signatures are in pkey_sign.c. A key
 * never changes after it was made, so it is shared by threads without a lock. RFC 5246 7.4.7.1, RFC 5958, RFC
 * 8017 A.1.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* the low-level handles beside the key object */
#include "crypto/pkey.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/ct.h"
#include "crypto/ec.h"
#include "crypto/init.h"
#include "crypto/pkey_impl.h"
#include "crypto/rand.h"
#include "crypto/sigid.h"

#define PREMASTER_SIZE 48

bool pkey_make(const struct pkey_info *info, struct pkey **out)
{
    struct pkey *k = NULL;
    TRY(mem_new(&k));
    k->info = *info;
    k->refs = 1;
    *out = k;
    return true;
}

struct pkey *pkey_ref(struct pkey *k)
{
    if (k != NULL) {
        __atomic_fetch_add(&k->refs, 1, __ATOMIC_RELAXED);
    }
    return k;
}

void pkey_drop(struct pkey *k)
{
    if (k == NULL || __atomic_fetch_sub(&k->refs, 1, __ATOMIC_ACQ_REL) != 1) {
        return;
    }
    EVP_PKEY_free(k->evp);
    EC_KEY_free(k->ec);
    RSA_free(k->rsa);
    mem_del(k);
}

const struct pkey_info *pkey_get_info(const struct pkey *k)
{
    return &k->info;
}

bool pkey_has_private(const struct pkey *k)
{
    return k->has_private;
}

bool pkey_attach_low(struct pkey *k)
{
    if (k->evp != NULL && !crypto_fips()) {
        k->ec = k->info.sig == SIG_ECDSA ? EVP_PKEY_get1_EC_KEY(k->evp) : NULL;
        k->rsa = k->info.sig == SIG_ECDSA ? NULL : EVP_PKEY_get1_RSA(k->evp);
    }
    return k->ec != NULL || k->rsa != NULL || (k->evp != NULL && crypto_fips());
}

/* ---- private keys ---- */

static bool ec_private_info(EVP_PKEY *key, struct pkey_info *info)
{
    char name[64];
    size_t n = 0;
    TRY(EVP_PKEY_get_group_name(key, name, sizeof(name), &n) == 1);
    info->sig = SIG_ECDSA;
    info->curve = ec_curve_by_nid(OBJ_sn2nid(name));
    return info->curve != 0;
}

/* The restrictions of an RSA-PSS key stand in its PKCS #8 wrapping only (RFC 5958 2). */
static bool pss_private_info(struct span der, struct pkey_info *info)
{
    struct rd r = rd_of(der), all, alg, oid;
    uint32_t version = 0;
    info->sig = SIG_RSA_PSS_PSS;
    TRY(der_get(&r, DER_SEQUENCE, &all) && der_small(&all, &version) && der_get(&all, DER_SEQUENCE, &alg));
    TRY(der_get(&alg, DER_OID, &oid));
    return rd_end(&alg) || (sigid_pss_params(&alg, &info->pss_hash, &info->pss_salt) && rd_end(&alg) &&
                            info->pss_hash != HASH_NONE);
}

static bool private_info(EVP_PKEY *key, struct span der, struct pkey_info *info)
{
    *info = (struct pkey_info){ .bits = (unsigned) EVP_PKEY_get_bits(key) };
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        info->sig = SIG_RSA;
        return info->bits <= RSA_BITS_MAX;
    case EVP_PKEY_RSA_PSS:
        return info->bits <= RSA_BITS_MAX && pss_private_info(der, info);
    case EVP_PKEY_EC:
        return ec_private_info(key, info);
    default:
        return false;
    }
}

static EVP_PKEY *private_decode(struct span der)
{
    const unsigned char *p = der.p;
    if (der.n == 0 || der.n > INT32_MAX) {
        return NULL;
    }
    ERR_set_mark();
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long) der.n);
    ERR_pop_to_mark();
    if (key != NULL && p != der.p + der.n) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

bool pkey_from_private_der(struct span der, struct pkey **out)
{
    struct pkey_info info;
    struct pkey *k = NULL;
    EVP_PKEY *key = private_decode(der);
    if (key == NULL || !private_info(key, der, &info) || !pkey_make(&info, &k)) {
        EVP_PKEY_free(key);
        return fail(ERR_DECODE_PRIVATE_KEY);
    }
    k->evp = key;
    k->has_private = true;
    if (!pkey_attach_low(k)) {
        pkey_drop(k);
        return fail(ERR_DECODE_PRIVATE_KEY);
    }
    *out = k;
    return true;
}

static bool same_rsa(const RSA *a, const RSA *b)
{
    return BN_cmp(RSA_get0_n(a), RSA_get0_n(b)) == 0 && BN_cmp(RSA_get0_e(a), RSA_get0_e(b)) == 0;
}

static bool same_ec(const EC_KEY *a, const EC_KEY *b)
{
    return EC_POINT_cmp(EC_KEY_get0_group(a), EC_KEY_get0_public_key(a), EC_KEY_get0_public_key(b), NULL) ==
           0;
}

bool pkey_matches(const struct pkey *priv, const struct pkey *pub)
{
    if (!priv->has_private || priv->info.sig != pub->info.sig || priv->info.curve != pub->info.curve) {
        return false;
    }
    if (priv->rsa != NULL && pub->rsa != NULL) {
        return same_rsa(priv->rsa, pub->rsa);
    }
    if (priv->ec != NULL && pub->ec != NULL) {
        return same_ec(priv->ec, pub->ec);
    }
    return priv->evp != NULL && pub->evp != NULL && EVP_PKEY_eq(priv->evp, pub->evp) == 1;
}

/* ---- RSA key exchange ---- */

/* RFC 5246 7.4.7.1: neither the padding nor the version may tell the peer anything. libcrypto's TLS
 * padding mode replaces a bad block by random bytes in constant time; what it refuses outright (a number
 * not below the modulus, which the peer knows) gets random bytes here. */
bool pkey_decrypt_premaster(struct pkey *k, struct span encrypted, uint16_t client_version,
                            struct secret *out)
{
    uint8_t plain[SIGNATURE_MAX] = { 0 };
    AUTO_SECRET premaster = { .n = PREMASTER_SIZE };
    size_t n = sizeof(plain);
    int mode = RSA_PKCS1_WITH_TLS_PADDING;
    unsigned version = client_version;
    OSSL_PARAM params[] = { OSSL_PARAM_int(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, &mode),
                            OSSL_PARAM_uint(OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, &version),
                            OSSL_PARAM_END };
    if (k->info.sig != SIG_RSA || !k->has_private || encrypted.n != (size_t) EVP_PKEY_get_size(k->evp)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(rand_private(premaster.b, PREMASTER_SIZE));
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
    bool ready = ctx != NULL && EVP_PKEY_decrypt_init_ex(ctx, params) == 1;
    ERR_set_mark();
    int done = ready ? EVP_PKEY_decrypt(ctx, plain, &n, encrypted.p, encrypted.n) : 0;
    ERR_pop_to_mark();
    EVP_PKEY_CTX_free(ctx);
    uint32_t good = ct_mask_eq((uint32_t) done, 1) & ct_mask_eq((uint32_t) n, PREMASTER_SIZE);
    for (size_t i = 0; i < PREMASTER_SIZE; i++) {
        premaster.b[i] = ct_select8(good, plain[i], premaster.b[i]);
    }
    wipe(plain, sizeof(plain));
    if (!ready) {
        return fail(ERR_PKEY_CTX_INIT);
    }
    *out = premaster;
    return true;
}

static bool encrypt_high(struct pkey *k, struct span plain, uint8_t *out, size_t *out_n)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
    bool ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_encrypt(ctx, out, out_n, plain.p, plain.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

bool pkey_encrypt(struct pkey *k, struct span plain, struct wr *out)
{
    uint8_t block[SIGNATURE_MAX];
    size_t n = sizeof(block);
    if (k->info.sig != SIG_RSA || plain.n + 11 > (k->info.bits + 7) / 8) {
        return fail(ERR_SIZE_MISMATCH);
    }
    if (k->rsa != NULL) {
        int done = RSA_public_encrypt((int) plain.n, plain.p, block, k->rsa, RSA_PKCS1_PADDING);
        n = done > 0 ? (size_t) done : 0;
    } else if (!encrypt_high(k, plain, block, &n)) {
        n = 0;
    }
    if (n == 0) {
        return fail(ERR_INTERNAL_LIBCRYPTO_ERROR);
    }
    wr_bytes(out, SPAN(block, n));
    return wr_ok(out);
}
