/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this libcrypto can do. crypto_init (from the library's init) fetches every algorithm once and probes
 * the rows of the const tables; afterwards everything here is read only. Post-quantum rows answer no: this
 * release has no code for them, whatever the libcrypto offers. RC4 answers no as well: it is never fetched.
 */
#include "crypto/init.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <string.h>

#include "crypto/ec.h"
#include "crypto/fetched.h"

static struct {
    EVP_CIPHER *ciphers[CIPHER_COUNT];
    EVP_MD *mds[HASH_COUNT];
    EVP_MAC *hmac;
    bool groups[GROUP_COUNT];
    bool fips;
} found;

static const char *const md_names[HASH_COUNT] = {
    [HASH_MD5] = "MD5",           [HASH_SHA1] = "SHA1",       [HASH_SHA224] = "SHA2-224",
    [HASH_SHA256] = "SHA2-256",   [HASH_SHA384] = "SHA2-384", [HASH_SHA512] = "SHA2-512",
    [HASH_MD5_SHA1] = "MD5-SHA1",
};

/* The protocols below TLS 1.2 hash with MD5 and SHA-1 in their key schedule, in FIPS mode too. */
static bool legacy_md(enum hash_alg alg)
{
    return alg == HASH_MD5 || alg == HASH_SHA1 || alg == HASH_MD5_SHA1;
}

static void fetch_all(void)
{
    for (int i = 0; i < CIPHER_COUNT; i++) {
        if (ciphers[i].kind == KIND_CBC || ciphers[i].kind == KIND_AEAD) {
            found.ciphers[i] = EVP_CIPHER_fetch(NULL, ciphers[i].evp, NULL);
        }
    }
    for (int i = HASH_NONE + 1; i < HASH_COUNT; i++) {
        found.mds[i] = EVP_MD_fetch(NULL, md_names[i], legacy_md((enum hash_alg) i) ? "-fips" : NULL);
    }
    found.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

static bool probe_key_type(const char *name)
{
    EVP_KEYMGMT *type = EVP_KEYMGMT_fetch(NULL, name, NULL);
    EVP_KEYMGMT_free(type);
    return type != NULL;
}

static bool probe_curve(const char *name)
{
    EC_GROUP *curve = EC_GROUP_new_by_curve_name(OBJ_sn2nid(name));
    EC_GROUP_free(curve);
    return curve != NULL && probe_key_type("EC");
}

static bool probe_group(const struct group *g)
{
    switch (g->kind) {
    case GROUP_EC:
        return probe_curve(g->evp);
    case GROUP_X:
        return probe_key_type(g->evp);
    case GROUP_KEM:
    case GROUP_HYBRID:
        break;
    }
    return false;
}

bool crypto_init(void)
{
    /* The top nibble is the major version; within one the libcrypto keeps its interface. */
    if (OpenSSL_version_num() >> 28 != OPENSSL_VERSION_NUMBER >> 28) {
        return fail(ERR_LIBCRYPTO_VERSION_NUMBER_MISMATCH);
    }
    ERR_set_mark(); /* a probe that answers no is not an error of the application's */
    found.fips = EVP_default_properties_is_fips_enabled(NULL) == 1;
    fetch_all();
    for (int i = 0; i < GROUP_COUNT; i++) {
        found.groups[i] = probe_group(&groups[i]);
    }
    ERR_pop_to_mark();
    if (found.mds[HASH_SHA256] == NULL || found.mds[HASH_SHA384] == NULL || found.hmac == NULL) {
        crypto_cleanup();
        return fail(ERR_HASH_INIT_FAILED);
    }
    return true;
}

void crypto_cleanup(void)
{
    for (int i = 0; i < CIPHER_COUNT; i++) {
        EVP_CIPHER_free(found.ciphers[i]);
    }
    for (int i = 0; i < HASH_COUNT; i++) {
        EVP_MD_free(found.mds[i]);
    }
    EVP_MAC_free(found.hmac);
    ec_cleanup();
    memset(&found, 0, sizeof(found));
}

bool crypto_fips(void)
{
    return found.fips;
}

unsigned long crypto_version(void)
{
    return OPENSSL_VERSION_NUMBER;
}

bool crypto_has_cipher(const struct cipher *c)
{
    return c->kind == KIND_NULL || found.ciphers[c->id] != NULL;
}

bool crypto_has_suite(const struct suite *s)
{
    return crypto_has_cipher(s->cipher) && (s->mac == HASH_NONE || found.mds[s->mac] != NULL) &&
           (s->prf == HASH_NONE || found.mds[s->prf] != NULL);
}

bool crypto_has_group(const struct group *g)
{
    return found.groups[g->index];
}

bool crypto_has_scheme(const struct sigscheme *s)
{
    return s->sig != SIG_MLDSA && found.mds[s->hash] != NULL;
}

EVP_CIPHER *fetched_cipher(enum cipher_id id)
{
    return found.ciphers[id];
}

EVP_MD *fetched_md(enum hash_alg alg)
{
    return found.mds[alg];
}

EVP_MAC *fetched_hmac(void)
{
    return found.hmac;
}
