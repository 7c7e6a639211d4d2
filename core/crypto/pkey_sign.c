/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of the handshake: which key can make which scheme, signing and verifying. Called by handshake/
 * and by chain loading. The digest is made by hash.h, so a signature costs one private key operation and
 * nothing else. PSS always has a salt as long as the hash and MGF1 with the same hash (RFC 8446 4.2.3). RFC
 * 8017 8, RFC 5246 4.7.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* prepared low-level keys: no context per signature */
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/fetched.h"
#include "crypto/hash.h"
#include "crypto/pkey_impl.h"

/* DigestInfo in front of the hash in a PKCS #1 v1.5 block (RFC 8017 9.2 note 1), and the block's own
 * minimum. */
#define DIGEST_INFO_MAX 19
#define PKCS1_OVERHEAD 11

static bool pss_fits(const struct pkey_info *info, enum hash_alg hash)
{
    size_t block = (info->bits + 6) / 8; /* one bit less than the modulus, in bytes */
    return block >= 2 * hash_size(hash) + 2;
}

bool pkey_fits(const struct pkey_info *info, const struct sigscheme *s, uint16_t version)
{
    switch (s->sig) {
    case SIG_RSA:
        return info->sig == SIG_RSA &&
               (info->bits + 7) / 8 >= hash_size(s->hash) + DIGEST_INFO_MAX + PKCS1_OVERHEAD;
    case SIG_RSA_PSS_RSAE:
        return info->sig == SIG_RSA && pss_fits(info, s->hash);
    case SIG_RSA_PSS_PSS: /* RFC 4055 3.1: the key's parameters bind its signatures */
        return info->sig == SIG_RSA_PSS_PSS && pss_fits(info, s->hash) &&
               (info->pss_hash == HASH_NONE ||
                (info->pss_hash == s->hash && info->pss_salt <= hash_size(s->hash)));
    case SIG_ECDSA: /* only TLS 1.3 ties the curve to the scheme */
        return info->sig == SIG_ECDSA && (version < TLS13 || s->curve == info->curve);
    case SIG_MLDSA:
    case SIG_NONE:
        break;
    }
    return false;
}

static bool digest_of(const struct sigscheme *s, const struct span *parts, size_t n, uint8_t *out)
{
    struct hash h;
    TRY(hash_start(&h, s->hash));
    for (size_t i = 0; i < n; i++) {
        if (!hash_update(&h, parts[i])) {
            hash_wipe(&h);
            return false;
        }
    }
    return hash_final(&h, out);
}

static const struct pkey_sign_ops *ops_of(const struct pkey *k)
{
    return k->ec != NULL || k->rsa != NULL ? &pkey_low : &pkey_high;
}

bool pkey_sign(struct pkey *k, const struct sigscheme *s, const struct span *parts, size_t n, struct wr *out)
{
    uint8_t digest[HASH_MAX], signature[SIGNATURE_MAX];
    size_t signature_n = 0;
    if (!k->has_private || !pkey_fits(&k->info, s, VER_NONE)) {
        return fail(ERR_SIGN);
    }
    TRY(digest_of(s, parts, n, digest));
    /* ECDSA_sign out of memory reports success with a length that is an error code in disguise. */
    if (!ops_of(k)->sign(k, s, SPAN(digest, hash_size(s->hash)), signature, &signature_n) ||
        signature_n == 0 || signature_n > sizeof(signature)) {
        return fail(ERR_SIGN);
    }
    wr_bytes(out, SPAN(signature, signature_n));
    return wr_ok(out);
}

bool pkey_verify(struct pkey *k, const struct sigscheme *s, const struct span *parts, size_t n,
                 struct span signature)
{
    uint8_t digest[HASH_MAX];
    if (!pkey_fits(&k->info, s, VER_NONE) || signature.n == 0 || signature.n > SIGNATURE_MAX) {
        return fail(ERR_VERIFY_SIGNATURE);
    }
    TRY(digest_of(s, parts, n, digest));
    ERR_set_mark(); /* a wrong signature is the peer's fault */
    bool ok = ops_of(k)->verify(k, s, SPAN(digest, hash_size(s->hash)), signature);
    ERR_pop_to_mark();
    return ok || fail(ERR_VERIFY_SIGNATURE);
}

/* ---- low-level handles ---- */

static bool pss_sign(struct pkey *k, const struct sigscheme *s, struct span digest, uint8_t *out,
                     size_t *out_n)
{
    uint8_t block[SIGNATURE_MAX];
    const EVP_MD *md = fetched_md(s->hash);
    int size = RSA_size(k->rsa);
    bool ok = md != NULL && size <= SIGNATURE_MAX &&
              RSA_padding_add_PKCS1_PSS_mgf1(k->rsa, block, digest.p, md, md, (int) digest.n) == 1 &&
              RSA_private_encrypt(size, block, out, k->rsa, RSA_NO_PADDING) == size;
    *out_n = (size_t) size;
    return ok;
}

static bool low_sign(struct pkey *k, const struct sigscheme *s, struct span digest, uint8_t *out,
                     size_t *out_n)
{
    unsigned n = 0;
    if (s->sig == SIG_RSA_PSS_RSAE || s->sig == SIG_RSA_PSS_PSS) {
        return pss_sign(k, s, digest, out, out_n);
    }
    bool ok = s->sig == SIG_ECDSA
                  ? ECDSA_sign(0, digest.p, (int) digest.n, out, &n, k->ec) == 1
                  : fetched_md(s->hash) != NULL && RSA_sign(EVP_MD_get_type(fetched_md(s->hash)), digest.p,
                                                            (unsigned) digest.n, out, &n, k->rsa) == 1;
    *out_n = n;
    return ok;
}

static bool pss_verify(struct pkey *k, const struct sigscheme *s, struct span digest, struct span signature)
{
    uint8_t block[SIGNATURE_MAX];
    const EVP_MD *md = fetched_md(s->hash);
    int size = RSA_size(k->rsa);
    return md != NULL && signature.n == (size_t) size && size <= SIGNATURE_MAX &&
           RSA_public_decrypt(size, signature.p, block, k->rsa, RSA_NO_PADDING) == size &&
           RSA_verify_PKCS1_PSS_mgf1(k->rsa, digest.p, md, md, block, (int) digest.n) == 1;
}

static bool low_verify(struct pkey *k, const struct sigscheme *s, struct span digest, struct span signature)
{
    if (s->sig == SIG_RSA_PSS_RSAE || s->sig == SIG_RSA_PSS_PSS) {
        return pss_verify(k, s, digest, signature);
    }
    if (s->sig == SIG_ECDSA) {
        return ECDSA_verify(0, digest.p, (int) digest.n, signature.p, (int) signature.n, k->ec) == 1;
    }
    return fetched_md(s->hash) != NULL &&
           RSA_verify(EVP_MD_get_type(fetched_md(s->hash)), digest.p, (unsigned) digest.n, signature.p,
                      (unsigned) signature.n, k->rsa) == 1;
}

const struct pkey_sign_ops pkey_low = { low_sign, low_verify };

/* ---- key objects ---- */

/* Padding and hash of a scheme on a context set up for signing or verifying. */
static bool high_scheme(EVP_PKEY_CTX *ctx, const struct sigscheme *s)
{
    const EVP_MD *md = fetched_md(s->hash);
    if (md == NULL || s->sig == SIG_ECDSA) {
        return md != NULL && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
    }
    bool pss = s->sig != SIG_RSA;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
           (!pss || (EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int) hash_size(s->hash)) == 1));
}

static bool high_sign(struct pkey *k, const struct sigscheme *s, struct span digest, uint8_t *out,
                      size_t *out_n)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
    *out_n = SIGNATURE_MAX;
    bool ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && high_scheme(ctx, s) &&
              EVP_PKEY_sign(ctx, out, out_n, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static bool high_verify(struct pkey *k, const struct sigscheme *s, struct span digest, struct span signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->evp, NULL);
    bool ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 && high_scheme(ctx, s) &&
              EVP_PKEY_verify(ctx, signature.p, signature.n, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

const struct pkey_sign_ops pkey_high = { high_sign, high_verify };
