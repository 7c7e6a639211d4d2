/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own chains: loading from PEM, and the copies of peers' chains that applications ask for. Called by
 * config/ and abi/; handshakes only read what is made here. Loading builds everything beside the old content
 * and swaps at the end. Whether a policy likes the certificates is not asked here. Contract: functions-1.md
 * section 4.
 */
#include "x509/chain.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/wr.h"
#include "x509/cert.h"
#include "x509/names.h"
#include "x509/pem.h"

#define TRAILING_MAX 3 /* bytes tolerated, and dropped, behind a certificate's DER */

struct s2n_cert_chain_and_key *chain_new(void)
{
    struct s2n_cert_chain_and_key *c = NULL;
    return mem_new(&c) ? c : NULL;
}

static void content_free(struct s2n_cert_chain_and_key *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        buf_free(&c->certs[i].der);
    }
    mem_free(c->certs, c->n * sizeof(struct s2n_cert));
    names_free(c->names, c->names_n);
    buf_free(&c->wire12);
    pkey_drop(c->leaf);
    pkey_drop(c->key);
}

void chain_free(struct s2n_cert_chain_and_key *c)
{
    if (c != NULL) {
        content_free(c);
        staple_drop(c->ocsp);
        staple_drop(c->sct);
        mem_del(c);
    }
}

/* ---- the certificates ---- */

/* Room for one more at the end. */
static bool certs_grow(struct s2n_cert_chain_and_key *c)
{
    void *more = NULL;
    TRY(mem_alloc((c->n + 1) * sizeof(struct s2n_cert), &more));
    struct s2n_cert *certs = more;
    for (uint32_t i = 0; i < c->n; i++) {
        certs[i] = c->certs[i];
    }
    mem_free(c->certs, c->n * sizeof(struct s2n_cert));
    c->certs = certs;
    c->n++;
    return true;
}

static bool cert_append(struct s2n_cert_chain_and_key *c, struct span der)
{
    struct cert_view view;
    TRY(cert_read(der, &view));
    TRY(certs_grow(c));
    struct s2n_cert *cert = &c->certs[c->n - 1];
    cert_get_facts(&view, &cert->facts);
    return buf_set(&cert->der, der);
}

/* The certificate without what follows it, which must be little. libcrypto must be able to decode it as
 * well: a peer will try. */
static bool cert_trim(struct span text, struct span *der)
{
    struct rd r = rd_of(text);
    const unsigned char *p = text.p;
    ERR_set_mark();
    X509 *x = d2i_X509(NULL, &p, (long) text.n);
    ERR_pop_to_mark();
    X509_free(x);
    if (x == NULL || !der_whole(&r, DER_SEQUENCE, der) || rd_left(&r) > TRAILING_MAX) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    return true;
}

static bool certs_load(struct s2n_cert_chain_and_key *c, struct span pem)
{
    AUTO_BUF block = { 0 };
    struct rd r = rd_of(pem);
    struct span label, der;
    for (bool more = true; more;) {
        TRY(pem_next(&r, &more, &label, &block));
        if (more && !pem_label_is(label, "CERTIFICATE")) {
            return fail(ERR_INVALID_PEM);
        }
        TRY(!more || (cert_trim(buf_span(&block), &der) && cert_append(c, der)));
    }
    return c->n > 0 || fail(ERR_NO_CERTIFICATE_IN_PEM);
}

static bool wire12_make(struct s2n_cert_chain_and_key *c)
{
    size_t total = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        total += 3 + c->certs[i].der.len;
    }
    TRY(buf_reserve(&c->wire12, total));
    struct wr w = wr_to(&c->wire12);
    for (uint32_t i = 0; i < c->n; i++) {
        struct wr_mark mark = wr_open(&w, 3);
        wr_bytes(&w, buf_span(&c->certs[i].der));
        wr_close(&w, mark);
    }
    return wr_ok(&w);
}

/* What the leaf is for and by which names; the chain is there already. */
static bool leaf_read(struct s2n_cert_chain_and_key *c)
{
    struct cert_view leaf;
    TRY(cert_read(buf_span(&c->certs[0].der), &leaf));
    TRY(pkey_from_spki(leaf.spki, &c->leaf));
    TRY(names_collect(&leaf, &c->names, &c->names_n));
    return wire12_make(c);
}

/* ---- the private key ---- */

static bool is_key_label(struct span label)
{
    return pem_label_is(label, "PRIVATE KEY") || pem_label_is(label, "RSA PRIVATE KEY") ||
           pem_label_is(label, "EC PRIVATE KEY");
}

/* The first key block; only a block of curve parameters may stand in front of it, and nothing behind it is
 * read. */
static bool key_load(struct span pem, struct pkey **out)
{
    AUTO_BUF block = { 0 };
    struct rd r = rd_of(pem);
    struct span label;
    for (bool more = true; more;) {
        TRY(pem_next(&r, &more, &label, &block));
        if (more && is_key_label(label)) {
            return pkey_from_private_der(buf_span(&block), out);
        }
        if (more && !pem_label_is(label, "EC PARAMETERS")) {
            break;
        }
    }
    return fail(ERR_INVALID_PEM);
}

/* Equal public numbers do not prove that the private ones are right: sign once and look. */
static bool key_check(struct pkey *key, struct pkey *leaf)
{
    static const uint8_t text[] = "key check";
    const struct span part = SPAN_OF(text);
    AUTO_BUF signature = { 0 };
    struct wr w = wr_to(&signature);
    if (!pkey_matches(key, leaf)) {
        return fail(ERR_KEY_MISMATCH);
    }
    for (size_t i = 0; i < SIGSCHEME_COUNT; i++) {
        const struct sigscheme *s = &sigschemes[i];
        if (s->hash == HASH_SHA1 || s->hash == HASH_MD5_SHA1 ||
            !pkey_fits(pkey_get_info(leaf), s, VER_NONE)) {
            continue;
        }
        bool ok = pkey_sign(key, s, &part, 1, &w) && pkey_verify(leaf, s, &part, 1, buf_span(&signature));
        return ok || fail(ERR_KEY_MISMATCH);
    }
    return fail(ERR_KEY_MISMATCH);
}

bool chain_load(struct s2n_cert_chain_and_key *c, struct span chain_pem, struct span key_pem)
{
    struct s2n_cert_chain_and_key fresh = { .ctx = c->ctx, .ocsp = c->ocsp, .sct = c->sct };
    bool ok = certs_load(&fresh, chain_pem) && leaf_read(&fresh) &&
              (key_pem.p == NULL || (key_load(key_pem, &fresh.key) && key_check(fresh.key, fresh.leaf)));
    if (!ok) {
        content_free(&fresh);
        return false;
    }
    content_free(c);
    *c = fresh;
    return true;
}

bool chain_from_ders(struct s2n_cert_chain_and_key *c, const struct span *ders, uint32_t n)
{
    struct s2n_cert_chain_and_key fresh = { .ctx = c->ctx, .ocsp = c->ocsp, .sct = c->sct };
    bool ok = n > 0 || fail(ERR_NO_CERT_FOUND);
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = cert_append(&fresh, ders[i]);
    }
    if (!ok || !leaf_read(&fresh)) {
        content_free(&fresh);
        return false;
    }
    content_free(c);
    *c = fresh;
    return true;
}

/* ---- extensions for the API ---- */

static bool find_extension(const struct cert_view *c, const ASN1_OBJECT *wanted, struct cert_ext *out)
{
    const struct span oid = SPAN(OBJ_get0_data(wanted), OBJ_length(wanted));
    struct rd r = c->extensions;
    while (!rd_end(&r)) {
        TRY(cert_ext_next(&r, out));
        if (span_eq(out->oid, oid)) {
            return true;
        }
    }
    return false;
}

bool cert_extension(const struct s2n_cert *c, const char *oid, struct buf *value, bool *critical)
{
    struct cert_view view;
    struct cert_ext ext;
    if (!cert_read(buf_span(&c->der), &view)) {
        return fail(ERR_NULL);
    }
    if (rd_end(&view.extensions)) {
        return fail(ERR_SAFETY);
    }
    ERR_set_mark();
    ASN1_OBJECT *wanted = OBJ_txt2obj(oid, 0);
    ERR_pop_to_mark();
    if (wanted == NULL) {
        return fail(ERR_NULL);
    }
    bool found = find_extension(&view, wanted, &ext);
    ASN1_OBJECT_free(wanted);
    if (!found) {
        return fail(ERR_X509_EXTENSION_VALUE_NOT_FOUND);
    }
    TRY(buf_set(value, ext.value));
    *critical = ext.critical;
    return true;
}

bool cert_utf8_from_extension(struct span extension, struct span *text)
{
    struct rd r = rd_of(extension), content;
    if (extension.n == 0) {
        return fail(ERR_SAFETY);
    }
    if (!der_get(&r, DER_UTF8, &content) || !rd_end(&r)) {
        return fail(ERR_INVALID_X509_EXTENSION_TYPE);
    }
    if (rd_end(&content)) {
        return fail(ERR_SAFETY);
    }
    *text = rd_rest(&content);
    return true;
}
