/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges the chain a peer sent (RFC 5280 6, RFC 9525). Called by the certificate message of handshake/. Chain
 * building, signatures, constraints, dates and purposes are libcrypto's; names, facts and the leaf's key are
 * read by cert.c from the same bytes. Revocation is looked at when the application has lists (crl.c); such chains
 * are not remembered, since a list may be another one the next time.
 *
 * Why a remembered chain is as safe as a chain verified again. A verdict is a function of (1) the
 * certificates' bytes and their order, (2) the rules: purpose, time check, purpose check, (3) the contents of
 * the store, (4) the clock, (5) the host callback. The key of the memory is a SHA-256 over an encoding of (1)
 * and (2) that no two different inputs share, so equal keys mean equal inputs. (3) Any change of the store
 * empties the memory, and a verdict reached while the store changed is not kept (its state number is compared
 * under the lock); certificates a directory lookup brings in later only add anchors, and the store itself
 * never forgets one until it is wiped. (4) A chain is kept with the intersection of the validity periods of
 * all its certificates, the anchor's included; it is recalled only inside of it, in either direction of time.
 * Anywhere else libcrypto judges again, which also makes the errors the same. Signatures, constraints and
 * purposes do not depend on the clock. (5) The host callback is asked each time, before the memory is. The
 * depth limit is checked before too. Only chains that were accepted are remembered.
 */
#include "x509/verify.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "crypto/hash.h"
#include "x509/cert.h"
#include "x509/names.h"
#include "x509/peer.h"

/* What the store may add to the certificates sent. libcrypto's depth counts without leaf and anchor. */
#define BUILT_MAX 32
/* 112 bits: no MD5 and SHA-1 signatures, no RSA keys below 2048 bits, in any certificate but the anchor's
 * signature. */
#define AUTH_LEVEL 2

/* ---- what libcrypto says, in our words ---- */

static int error_of(int code)
{
    switch (code) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return ERR_CERT_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return ERR_CERT_EXPIRED;
    case X509_V_ERR_CERT_REVOKED:
        return ERR_CERT_REVOKED;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return ERR_CERT_UNHANDLED_CRITICAL_EXTENSION;
    case X509_V_ERR_INVALID_PURPOSE:
        return ERR_CERT_INTENT_INVALID;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED;
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        return ERR_CERT_INVALID;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
        return ERR_CRL_LOOKUP_FAILED;
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        return ERR_CRL_SIGNATURE;
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
        return ERR_CRL_ISSUER;
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        return ERR_CRL_UNHANDLED_CRITICAL_EXTENSION;
    case X509_V_ERR_OUT_OF_MEM:
        return ERR_ALLOC;
    default:
        return ERR_CERT_UNTRUSTED;
    }
}

/* ---- one verification ---- */

static bool certs_decode(const struct span *ders, uint32_t n, STACK_OF(X509) * out)
{
    for (uint32_t i = 0; i < n; i++) {
        const unsigned char *p = ders[i].p;
        X509 *x = d2i_X509(NULL, &p, (long) ders[i].n);
        if (x == NULL || p != ders[i].p + ders[i].n || sk_X509_push(out, x) <= 0) {
            X509_free(x);
            return fail(ERR_DECODE_CERTIFICATE);
        }
    }
    return true;
}

static void rules_apply(const struct verify_rules *rules, X509_VERIFY_PARAM *param)
{
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;
    if (rules->check_time) {
        X509_VERIFY_PARAM_set_time(param, (time_t) (rules->now / CLOCK_SECOND));
    } else {
        flags |= X509_V_FLAG_NO_CHECK_TIME;
    }
    if (rules->lookups != NULL) {
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    }
    X509_VERIFY_PARAM_set_flags(param, flags);
    X509_VERIFY_PARAM_set_depth(param, BUILT_MAX - 2);
    X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
    if (rules->check_intent) { /* anchors may carry trust settings of libcrypto's own */
        X509_VERIFY_PARAM_set_trust(param,
                                    rules->peer_is_server ? X509_TRUST_SSL_SERVER : X509_TRUST_SSL_CLIENT);
    }
}

/* The dates of lists are the application's to look at. */
static int forgive_dates(int ok, X509_STORE_CTX *ctx)
{
    switch (X509_STORE_CTX_get_error(ctx)) {
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
        return 1;
    default:
        return ok;
    }
}

/* All lists that were found, for all certificates. The stack borrows them and is the caller's to free. */
static bool crls_apply(const struct verify_rules *rules, X509_STORE_CTX *ctx, STACK_OF(X509_CRL) * lists)
{
    for (uint32_t i = 0; i < rules->lookups_n; i++) {
        const struct s2n_crl *list = rules->lookups[i].answer == CRL_GIVEN ? rules->lookups[i].crl : NULL;
        if (list != NULL && list->crl != NULL && sk_X509_CRL_push(lists, list->crl) <= 0) {
            return fail(ERR_ALLOC);
        }
    }
    X509_STORE_CTX_set0_crls(ctx, lists);
    X509_STORE_CTX_set_verify_cb(ctx, forgive_dates);
    return true;
}

/* Every certificate but the anchor must allow the use; libcrypto's own check would bind the anchor as
 * well. */
static bool intent_judge(const struct verify_rules *rules, STACK_OF(X509) * chain)
{
    int purpose = rules->peer_is_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
    for (int i = 0; rules->check_intent && i < sk_X509_num(chain) - 1; i++) {
        if (X509_check_purpose(sk_X509_value(chain, i), purpose, i > 0) <= 0) {
            return fail(ERR_CERT_INTENT_INVALID);
        }
    }
    return true;
}

static bool seconds_of(const ASN1_TIME *t, int64_t *out)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool ok = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;
    ASN1_TIME_free(epoch);
    *out = (int64_t) days * 86400 + seconds;
    return ok;
}

/* When the whole chain is valid; an empty period if a date cannot be read. */
static void window_of(STACK_OF(X509) * chain, int64_t *from, int64_t *until)
{
    *from = INT64_MIN;
    *until = INT64_MAX;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        int64_t begin = 0, end = 0;
        const X509 *x = sk_X509_value(chain, i);
        if (!seconds_of(X509_get0_notBefore(x), &begin) || !seconds_of(X509_get0_notAfter(x), &end)) {
            *until = INT64_MIN;
            return;
        }
        *from = begin > *from ? begin : *from;
        *until = end < *until ? end : *until;
    }
}

/* The built chain, anchor included, in our form. */
static bool chain_copy(STACK_OF(X509) * chain, struct peer_chain **out)
{
    unsigned char *bytes[BUILT_MAX] = { NULL };
    struct span ders[BUILT_MAX];
    int n = sk_X509_num(chain);
    bool ok = n > 0 && n <= BUILT_MAX;
    for (int i = 0; ok && i < n; i++) {
        int size = i2d_X509(sk_X509_value(chain, i), &bytes[i]);
        ok = size > 0;
        ders[i] = SPAN(bytes[i], (size_t) (ok ? size : 0));
    }
    ok = ok ? peer_new(ders, (uint32_t) n, out) : fail(ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED);
    for (int i = 0; i < BUILT_MAX; i++) {
        OPENSSL_free(bytes[i]);
    }
    return ok;
}

static bool built_judge(const struct verify_rules *rules, X509_STORE_CTX *ctx, struct peer_chain **out)
{
    if (X509_verify_cert(ctx) != 1) {
        return fail(error_of(X509_STORE_CTX_get_error(ctx)));
    }
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    struct peer_chain *p = NULL;
    TRY(intent_judge(rules, chain));
    TRY(chain_copy(chain, &p));
    window_of(chain, &p->from, &p->until);
    p->verified = true;
    *out = p;
    return true;
}

static bool verify_fresh(const struct verify_rules *rules, X509_STORE *store, const struct span *ders,
                         uint32_t n, struct peer_chain **out)
{
    STACK_OF(X509) *certs = sk_X509_new_null();
    STACK_OF(X509_CRL) *lists = sk_X509_CRL_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool ok = false;
    ERR_set_mark();
    if (certs == NULL || lists == NULL || ctx == NULL) {
        (void) fail(ERR_ALLOC);
    } else if (certs_decode(ders, n, certs)) {
        if (X509_STORE_CTX_init(ctx, store, sk_X509_value(certs, 0), certs) != 1) {
            (void) fail(ERR_INTERNAL_LIBCRYPTO_ERROR);
        } else {
            rules_apply(rules, X509_STORE_CTX_get0_param(ctx));
            ok = (rules->lookups == NULL || crls_apply(rules, ctx, lists)) && built_judge(rules, ctx, out);
        }
    }
    ERR_pop_to_mark(); /* a bad chain is the peer's fault, and named by our error */
    X509_STORE_CTX_free(ctx);
    sk_X509_CRL_free(lists);
    sk_X509_pop_free(certs, X509_free);
    return ok;
}

/* ---- with the memory ---- */

static bool hash_number(struct hash *h, size_t v)
{
    const uint8_t b[4] = { (uint8_t) (v >> 24), (uint8_t) (v >> 16), (uint8_t) (v >> 8), (uint8_t) v };
    return hash_update(h, SPAN_OF(b));
}

/* Fixed-size fields and length-prefixed certificates: an injective encoding of rules and chain. */
static bool memory_key(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                       uint8_t key[TRUST_KEY_SIZE])
{
    const uint8_t flags[3] = { rules->peer_is_server, rules->check_time, rules->check_intent };
    struct hash h;
    TRY(hash_start(&h, HASH_SHA256));
    bool ok = hash_update(&h, SPAN_OF(flags)) && hash_number(&h, n);
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = hash_number(&h, ders[i].n) && hash_update(&h, ders[i]);
    }
    if (!ok) {
        hash_wipe(&h);
        return false;
    }
    return hash_final(&h, key);
}

static bool valid_now(const struct peer_chain *p, const struct verify_rules *rules)
{
    int64_t now = (int64_t) (rules->now / CLOCK_SECOND);
    return !rules->check_time || (p->from <= now && now < p->until);
}

/* Without the memory; *state is the store's that was asked. */
static bool verify_anew(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                        struct span spki, uint64_t *state, struct peer_chain **out)
{
    struct peer_chain *p = NULL;
    X509_STORE *store = trust_store(rules->trust, state);
    if (store == NULL) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    bool ok = verify_fresh(rules, store, ders, n, &p);
    X509_STORE_free(store);
    TRY(ok);
    if (!pkey_from_spki(spki, &p->key)) {
        peer_free(p);
        return false;
    }
    *out = p;
    return true;
}

static bool verify_known(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                         struct span spki, struct peer_chain **out)
{
    uint8_t key[TRUST_KEY_SIZE];
    uint64_t state = 0;
    TRY(memory_key(rules, ders, n, key));
    struct peer_chain *p = trust_recall(rules->trust, key);
    if (p != NULL && valid_now(p, rules)) {
        *out = p;
        return true;
    }
    peer_free(p);
    TRY(verify_anew(rules, ders, n, spki, &state, out));
    trust_remember(rules->trust, key, state, *out);
    return true;
}

/* ---- entry ---- */

/* Verification is off: certificates past the limit are ignored, the others must be certificates. */
static bool parse_only(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                       struct peer_chain **out)
{
    struct cert_view leaf;
    struct peer_chain *p = NULL;
    uint32_t limit = rules->max_depth < PEER_CHAIN_MAX ? rules->max_depth : PEER_CHAIN_MAX;
    TRY(cert_read(ders[0], &leaf));
    TRY(peer_new(ders, n > limit && limit > 0 ? limit : n, &p));
    if (!pkey_from_spki(leaf.spki, &p->key)) {
        peer_free(p);
        return false;
    }
    *out = p;
    return true;
}

bool verify_peer(const struct verify_rules *rules, const struct span *ders, uint32_t n,
                 struct peer_chain **out)
{
    struct cert_view leaf;
    uint64_t state;
    if (n == 0) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    if (rules->skip) {
        return parse_only(rules, ders, n, out);
    }
    if (rules->trust == NULL || trust_empty(rules->trust)) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    if (n > rules->max_depth || n > PEER_CHAIN_MAX) {
        return fail(ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED);
    }
    TRY(cert_read(ders[0], &leaf));
    TRY(!rules->check_host || names_judge(&leaf, rules));
    return rules->lookups != NULL ? verify_anew(rules, ders, n, leaf.spki, &state, out)
                                  : verify_known(rules, ders, n, leaf.spki, out);
}
