/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation lists: loading and looking at one. Called by abi/ and, to start lookups, by handshake/. Whether a
 * certificate is revoked is asked in verify.c, together with all else about a chain. Dates are only looked at by the two
 * functions that the application calls for it, against the system's clock (contract/functions-2.md section 19.1).
 */
#include "x509/crl.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "x509/pem.h"

struct s2n_crl *crl_new(void)
{
    struct s2n_crl *c = NULL;
    return mem_new(&c) ? c : NULL;
}

void crl_free(struct s2n_crl *c)
{
    if (c != NULL) {
        X509_CRL_free(c->crl);
        mem_del(c);
    }
}

bool crl_load(struct s2n_crl *c, struct span pem)
{
    AUTO_BUF der = { 0 };
    struct rd r = rd_of(pem);
    struct span label;
    bool more;
    if (c->crl != NULL) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    TRY(pem_next(&r, &more, &label, &der));
    if (!more) {
        return fail(ERR_STUFFER_OUT_OF_DATA);
    }
    const unsigned char *p = der.p;
    ERR_set_mark();
    X509_CRL *crl = pem_label_is(label, "X509 CRL") ? d2i_X509_CRL(NULL, &p, (long) der.len) : NULL;
    ERR_pop_to_mark();
    if (crl == NULL || p != der.p + der.len) {
        X509_CRL_free(crl);
        return fail(ERR_INVALID_PEM);
    }
    c->crl = crl;
    return true;
}

static bool name_hash(const X509_NAME *name, uint64_t *out)
{
    int ok = 0;
    ERR_set_mark();
    *out = X509_NAME_hash_ex(name, NULL, NULL, &ok);
    ERR_pop_to_mark();
    return ok == 1 || fail(ERR_INTERNAL_LIBCRYPTO_ERROR);
}

bool crl_issuer_hash(const struct s2n_crl *c, uint64_t *out)
{
    if (c->crl == NULL) {
        return fail(ERR_NULL);
    }
    return name_hash(X509_CRL_get_issuer(c->crl), out);
}

/* X509_cmp_time: -1 that time or earlier, 1 later, 0 not a time. */
bool crl_active(const struct s2n_crl *c)
{
    if (c->crl == NULL) {
        return fail(ERR_NULL);
    }
    const ASN1_TIME *from = X509_CRL_get0_lastUpdate(c->crl);
    int order = from == NULL ? 0 : X509_cmp_time(from, NULL);
    if (order == 0) {
        return fail(ERR_CRL_INVALID_THIS_UPDATE);
    }
    return order < 0 || fail(ERR_CRL_NOT_YET_VALID);
}

bool crl_not_expired(const struct s2n_crl *c)
{
    if (c->crl == NULL) {
        return fail(ERR_NULL);
    }
    const ASN1_TIME *until = X509_CRL_get0_nextUpdate(c->crl);
    if (until == NULL) { /* it may go on for ever (RFC 5280 5.1.2.5 notwithstanding) */
        return true;
    }
    int order = X509_cmp_time(until, NULL);
    if (order == 0) {
        return fail(ERR_CRL_INVALID_NEXT_UPDATE);
    }
    return order > 0 || fail(ERR_CRL_EXPIRED);
}

bool crl_lookup_start(struct s2n_crl_lookup *l, struct span der)
{
    const unsigned char *p = der.p;
    ERR_set_mark();
    X509 *x = d2i_X509(NULL, &p, (long) der.n);
    ERR_pop_to_mark();
    if (x == NULL) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    bool ok = name_hash(X509_get_issuer_name(x), &l->issuer_hash);
    X509_free(x);
    return ok;
}
