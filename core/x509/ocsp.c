/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a stapled OCSP response. Called by the handshake once the chain is verified, as the issuer's key that the
 * response hangs on is the verified chain's. Parsing and signatures are libcrypto's; who may sign is decided here: the
 * issuer itself, or a certificate that it issued directly and for this purpose (RFC 6960 4.2.2.2). Nothing is fetched.
 */
#include "x509/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"

#define FRESH_SECONDS 3600 /* how long a response counts that does not say when the next one comes */
#define SIGNATURE_BITS 112 /* strength of a delegate's certificate, as of any in a chain */

struct question {
    X509 *leaf, *issuer;
    OCSP_BASICRESP *answer;
    time_t now;
};

static X509 *cert_of(const struct peer_chain *chain, uint32_t i)
{
    struct span der = peer_der(chain, i);
    const unsigned char *p = der.p;
    return d2i_X509(NULL, &p, (long) der.n);
}

/* A certificate of the issuer's own for this one purpose, and in force. */
static bool delegated(const struct question *q, X509 *signer)
{
    int bits = 0;
    EVP_PKEY *key = X509_get0_pubkey(q->issuer);
    bool marked = (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0 &&
                  (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0;
    bool strong = X509_get_signature_info(signer, NULL, NULL, &bits, NULL) == 1 && bits >= SIGNATURE_BITS;
    time_t now = q->now;
    bool in_force = X509_cmp_time(X509_get0_notBefore(signer), &now) < 0 &&
                    X509_cmp_time(X509_get0_notAfter(signer), &now) > 0;
    return marked && strong && in_force && X509_check_issued(q->issuer, signer) == X509_V_OK && key != NULL &&
           X509_verify(signer, key) == 1;
}

static bool signed_by_the_right_one(const struct question *q)
{
    STACK_OF(X509) *known = sk_X509_new_null();
    X509 *signer = NULL;
    bool ok = known != NULL && sk_X509_push(known, q->issuer) > 0 &&
              OCSP_resp_get0_signer(q->answer, &signer, known) == 1 && signer != NULL &&
              (X509_cmp(signer, q->issuer) == 0 || delegated(q, signer)) &&
              OCSP_basic_verify(q->answer, known, NULL, OCSP_NOVERIFY) == 1; /* the signature and no more */
    sk_X509_free(known);
    return ok;
}

static bool judge_dates(const struct question *q, ASN1_GENERALIZEDTIME *this_update,
                        ASN1_GENERALIZEDTIME *next_update)
{
    time_t now = q->now, before = q->now - FRESH_SECONDS;
    int begun =
        this_update == NULL ? 0 : X509_cmp_time(this_update, &now); /* -1: then or earlier; 0: no time */
    if (begun > 0) {
        return fail(ERR_CERT_INVALID);
    }
    if (begun == 0) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    int over = next_update != NULL ? X509_cmp_time(next_update, &now) : X509_cmp_time(this_update, &before);
    return over > 0 || fail(over < 0 ? ERR_CERT_EXPIRED : ERR_CERT_UNTRUSTED);
}

/* What it says of the leaf, which it may name by SHA-1 only. */
static bool judge_status(const struct question *q)
{
    int status = 0, reason = 0;
    ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), q->leaf, q->issuer);
    bool found = id != NULL && OCSP_resp_find_status(q->answer, id, &status, &reason, &revoked, &this_update,
                                                     &next_update) == 1;
    OCSP_CERTID_free(id);
    if (!found) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    TRY(judge_dates(q, this_update, next_update)); /* what is out of date says nothing, good or bad */
    if (status == V_OCSP_CERTSTATUS_REVOKED) {
        return fail(ERR_CERT_REVOKED);
    }
    return status == V_OCSP_CERTSTATUS_GOOD || fail(ERR_CERT_UNTRUSTED);
}

static bool judge(OCSP_RESPONSE *response, struct question *q)
{
    if (q->leaf == NULL || q->issuer == NULL ||
        OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    q->answer = OCSP_response_get1_basic(response);
    if (q->answer == NULL) {
        return fail(ERR_INVALID_OCSP_RESPONSE);
    }
    return (signed_by_the_right_one(q) || fail(ERR_CERT_UNTRUSTED)) && judge_status(q);
}

bool ocsp_judge(struct span response, const struct peer_chain *chain, uint64_t now)
{
    const unsigned char *p = response.p;
    struct question q = { .now = (time_t) (now / CLOCK_SECOND) };
    ERR_set_mark();
    OCSP_RESPONSE *parsed = d2i_OCSP_RESPONSE(NULL, &p, (long) response.n);
    bool ok = false;
    if (parsed == NULL || p != response.p + response.n) {
        (void) fail(ERR_INVALID_OCSP_RESPONSE);
    } else {
        q.leaf = cert_of(chain, 0);
        q.issuer =
            cert_of(chain, peer_count(chain) > 1 ? 1 : 0); /* alone, it is its own issuer or an anchor */
        ok = judge(parsed, &q);
    }
    ERR_pop_to_mark();
    X509_free(q.leaf);
    X509_free(q.issuer);
    OCSP_BASICRESP_free(q.answer);
    OCSP_RESPONSE_free(parsed);
    return ok;
}
