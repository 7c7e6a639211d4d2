/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys out of SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 3279, 4055, 5480). The shapes that
 * certificates really have are read with the DER reader and imported from their numbers, a hundred times
 * faster than libcrypto's decoder does it; compressed points, and everything in FIPS mode, go through the
 * decoder after the same checks. Curves given by explicit parameters are refused whatever they describe.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* only the low-level types take numbers without a provider */
#include <openssl/bn.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/der.h"
#include "crypto/ec.h"
#include "crypto/init.h"
#include "crypto/pkey_impl.h"
#include "crypto/sigid.h"

#define RSA_BITS_MIN 512 /* below it is no key at all; what is strong enough is the policy's to say */

struct spki {
    struct pkey_info info;
    struct span n, e;  /* RSA */
    struct span point; /* EC */
    bool compressed;   /* the point is, so it takes libcrypto's decoder */
};

static const uint8_t oid_rsa[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01 };
static const uint8_t oid_pss[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A };
static const uint8_t oid_ec[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };
static const uint8_t oid_p256[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
static const uint8_t oid_p384[] = { 0x2B, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t oid_p521[] = { 0x2B, 0x81, 0x04, 0x00, 0x23 };

static bool rsa_bits(struct span n, unsigned *out)
{
    if (n.n > RSA_BITS_MAX / 8) {
        return false;
    }
    unsigned bits = (unsigned) n.n * 8;
    for (uint8_t top = n.p[0]; top != 0 && (top & 0x80) == 0; top = (uint8_t) (top << 1)) {
        bits--;
    }
    *out = bits;
    return true;
}

/* RSAPublicKey in the BIT STRING. Odd numbers of sane sizes; a wrong one could never verify anything
 * anyway. */
static bool rsa_numbers(struct rd bits, struct spki *s)
{
    struct rd key;
    TRY(der_get(&bits, DER_SEQUENCE, &key) && rd_end(&bits));
    TRY(der_uint(&key, &s->n) && der_uint(&key, &s->e) && rd_end(&key) && rsa_bits(s->n, &s->info.bits));
    bool odd = (s->n.p[s->n.n - 1] & s->e.p[s->e.n - 1] & 1) != 0;
    return odd && s->info.bits >= RSA_BITS_MIN && s->e.n <= s->n.n && !(s->e.n == 1 && s->e.p[0] == 1);
}

static void rsa_read(struct rd params, struct rd bits, struct spki *s)
{
    struct rd null = { 0 };
    bool present = false; /* RFC 3279 2.3.1 wants a NULL; some leave it out */
    bool usual = der_maybe(&params, DER_NULL, &present, &null) && rd_end(&null) && rd_end(&params);
    s->info.sig = usual && rsa_numbers(bits, s) ? SIG_RSA : SIG_NONE;
}

static void pss_read(struct rd params, struct rd bits, struct spki *s)
{
    bool open = rd_end(&params); /* RFC 4055 3.1: a key without parameters is not restricted */
    bool known = open || (sigid_pss_params(&params, &s->info.pss_hash, &s->info.pss_salt) &&
                          rd_end(&params) && s->info.pss_hash != HASH_NONE);
    /* a restriction that cannot be kept makes it a key of an unknown kind */
    s->info.sig = known && rsa_numbers(bits, s) ? SIG_RSA_PSS_PSS : SIG_NONE;
}

static void ec_read(struct rd params, struct rd bits, struct spki *s)
{
    static const struct {
        struct span oid;
        uint16_t id;
        uint16_t bits;
    } named[] = {
        { { oid_p256, sizeof(oid_p256) }, 0x0017, 256 },
        { { oid_p384, sizeof(oid_p384) }, 0x0018, 384 },
        { { oid_p521, sizeof(oid_p521) }, 0x0019, 521 },
    };
    struct rd oid;
    uint8_t format = rd_left(&bits) > 0 ? bits.p[0] : 0;
    s->point = rd_rest(&bits);
    s->compressed = format == 2 || format == 3;
    /* RFC 5480 2.2 knows these two formats and no other */
    s->info.sig = s->compressed || format == POINT_CONVERSION_UNCOMPRESSED ? SIG_ECDSA : SIG_NONE;
    if (!der_get(&params, DER_OID, &oid) || !rd_end(&params)) {
        return; /* explicit parameters: a curve unknown here */
    }
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (span_eq(rd_rest(&oid), named[i].oid)) {
            s->info.curve = named[i].id;
            s->info.bits = named[i].bits;
        }
    }
}

static bool spki_read(struct span bytes, struct spki *out)
{
    struct rd r = rd_of(bytes), all, alg, oid, bits;
    *out = (struct spki){ 0 };
    TRY(der_get(&r, DER_SEQUENCE, &all) && rd_end(&r) && der_get(&all, DER_SEQUENCE, &alg));
    TRY(der_get(&alg, DER_OID, &oid) && der_bits(&all, &bits) && rd_end(&all));
    if (span_eq(rd_rest(&oid), SPAN_OF(oid_ec))) {
        ec_read(alg, bits, out);
    } else if (span_eq(rd_rest(&oid), SPAN_OF(oid_rsa))) {
        rsa_read(alg, bits, out);
    } else if (span_eq(rd_rest(&oid), SPAN_OF(oid_pss))) {
        pss_read(alg, bits, out);
    }
    return true;
}

bool pkey_peek_spki(struct span spki, struct pkey_info *out)
{
    struct spki s;
    TRY(spki_read(spki, &s));
    *out = s.info;
    return true;
}

static struct rsa_st *rsa_import(const struct spki *s)
{
    RSA *rsa = RSA_new();
    BIGNUM *n = BN_bin2bn(s->n.p, (int) s->n.n, NULL), *e = BN_bin2bn(s->e.p, (int) s->e.n, NULL);
    if (rsa == NULL || n == NULL || e == NULL || RSA_set0_key(rsa, n, e, NULL) != 1) {
        BN_free(n);
        BN_free(e);
        RSA_free(rsa);
        return NULL;
    }
    return rsa;
}

static struct ec_key_st *ec_import(const struct spki *s)
{
    const EC_GROUP *group = ec_group(s->info.curve);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    EC_KEY *ec = EC_KEY_new();
    bool ok = point != NULL && ec != NULL && ec_point_read(group, s->point, point, NULL) &&
              EC_KEY_set_group(ec, group) == 1 && EC_KEY_set_public_key(ec, point) == 1;
    EC_POINT_free(point);
    if (!ok) {
        EC_KEY_free(ec);
        return NULL;
    }
    return ec;
}

bool pkey_from_spki(struct span spki, struct pkey **out)
{
    struct spki s;
    struct pkey *k = NULL;
    if (!spki_read(spki, &s) || s.info.sig == SIG_NONE || (s.info.sig == SIG_ECDSA && s.info.curve == 0)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    if (s.compressed || crypto_fips()) {
        TRY(pkey_decode_spki(spki, &s.info, &k));
    } else {
        TRY(pkey_make(&s.info, &k));
        k->ec = s.info.sig == SIG_ECDSA ? ec_import(&s) : NULL;
        k->rsa = s.info.sig == SIG_ECDSA ? NULL : rsa_import(&s);
    }
    if (!pkey_attach_low(k)) {
        pkey_drop(k);
        return fail(ERR_DECODE_CERTIFICATE);
    }
    *out = k;
    return true;
}

static EVP_PKEY *decode(struct span spki)
{
    EVP_PKEY *key = NULL;
    OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&key, "DER", "SubjectPublicKeyInfo", NULL,
                                                          EVP_PKEY_PUBLIC_KEY, NULL, NULL);
    const unsigned char *p = spki.p;
    size_t left = spki.n;
    ERR_set_mark();
    bool ok = ctx != NULL && OSSL_DECODER_from_data(ctx, &p, &left) == 1 && left == 0;
    ERR_pop_to_mark();
    OSSL_DECODER_CTX_free(ctx);
    if (!ok) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static int base_id(enum sig_alg sig)
{
    return sig == SIG_ECDSA ? EVP_PKEY_EC : sig == SIG_RSA ? EVP_PKEY_RSA : EVP_PKEY_RSA_PSS;
}

bool pkey_decode_spki(struct span spki, const struct pkey_info *info, struct pkey **out)
{
    EVP_PKEY *key = decode(spki);
    struct pkey *k = NULL;
    bool ok = key != NULL && EVP_PKEY_get_base_id(key) == base_id(info->sig) &&
              EVP_PKEY_get_bits(key) >= (info->sig == SIG_ECDSA ? 0 : RSA_BITS_MIN) &&
              EVP_PKEY_get_bits(key) <= RSA_BITS_MAX;
    if (!ok || !pkey_make(info, &k)) {
        EVP_PKEY_free(key);
        return fail(ERR_DECODE_CERTIFICATE);
    }
    k->evp = key;
    k->info.bits = (unsigned) EVP_PKEY_get_bits(key);
    *out = k;
    return true;
}
