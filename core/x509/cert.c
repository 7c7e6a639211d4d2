/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walker over a Certificate (RFC 5280 4.1). Called for our own chains, for peers' chains and for the
 * extension access of the API. It allocates nothing and believes nothing: lengths and tags are checked on the
 * whole path to every field that is handed out.
 */
#include "x509/cert.h"

#include "crypto/sigid.h"

static const uint8_t oid_san[] = { 0x55, 0x1D, 0x11 };
static const uint8_t oid_key_usage[] = { 0x55, 0x1D, 0x0F };

bool cert_ext_next(struct rd *r, struct cert_ext *out)
{
    struct rd ext, oid, flag, value;
    bool present = false;
    TRY(der_get(r, DER_SEQUENCE, &ext) && der_get(&ext, DER_OID, &oid));
    TRY(der_maybe(&ext, DER_BOOLEAN, &present, &flag));
    TRY(!present || rd_left(&flag) == 1);
    TRY(der_get(&ext, DER_OCTETS, &value) && rd_end(&ext));
    out->oid = rd_rest(&oid);
    out->value = rd_rest(&value);
    out->critical = present && flag.p[0] != 0;
    return true;
}

static bool once(struct span value, struct span *field)
{
    if (field->p != NULL) {
        return false;
    }
    *field = value;
    return true;
}

static bool extensions_read(struct rd explicit_tag, struct cert_view *c)
{
    struct cert_ext ext;
    TRY(der_get(&explicit_tag, DER_SEQUENCE, &c->extensions) && rd_end(&explicit_tag));
    for (struct rd r = c->extensions; !rd_end(&r);) {
        TRY(cert_ext_next(&r, &ext));
        TRY(!span_eq(ext.oid, SPAN_OF(oid_san)) || once(ext.value, &c->san));
        TRY(!span_eq(ext.oid, SPAN_OF(oid_key_usage)) || once(ext.value, &c->key_usage));
    }
    return true;
}

static bool tbs_read(struct rd tbs, struct cert_view *c)
{
    struct rd part, body;
    struct span serial, skipped;
    bool present = false;
    uint32_t version = 0;
    TRY(der_maybe(&tbs, DER_CONSTRUCTED(0), &present, &part));
    TRY(!present || (der_small(&part, &version) && rd_end(&part) && version <= 2));
    TRY(der_whole(&tbs, DER_INTEGER, &serial) &&
        der_get(&tbs, DER_SEQUENCE, &body));            /* body: inner algorithm */
    TRY(span_eq(rd_rest(&body), rd_rest(&c->sig_alg))); /* RFC 5280 4.1.1.2 */
    TRY(der_whole(&tbs, DER_SEQUENCE, &c->issuer) && der_whole(&tbs, DER_SEQUENCE, &skipped)); /* validity */
    TRY(der_whole(&tbs, DER_SEQUENCE, &c->subject) && der_whole(&tbs, DER_SEQUENCE, &c->spki));
    TRY(der_maybe(&tbs, DER_CONTEXT(1), &present, &part) && der_maybe(&tbs, DER_CONTEXT(2), &present, &part));
    TRY(der_maybe(&tbs, DER_CONSTRUCTED(3), &present, &part));
    return rd_end(&tbs) && (!present || (version == 2 && extensions_read(part, c)));
}

static bool read(struct span der, struct cert_view *c)
{
    struct rd r = rd_of(der), cert, tbs, signature;
    *c = (struct cert_view){ .der = der };
    TRY(der_get(&r, DER_SEQUENCE, &cert) && rd_end(&r) && der_get(&cert, DER_SEQUENCE, &tbs));
    TRY(der_get(&cert, DER_SEQUENCE, &c->sig_alg) && der_bits(&cert, &signature) && rd_end(&cert));
    return tbs_read(tbs, c);
}

bool cert_read(struct span der, struct cert_view *out)
{
    struct cert_view c;
    struct pkey_info key;
    if (!read(der, &c) || !pkey_peek_spki(c.spki, &key)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    *out = c;
    return true;
}

/* keyUsage is a BIT STRING, its first bit the highest of its first byte (RFC 5280 4.2.1.3). */
static uint8_t uses_of(struct span key_usage)
{
    struct rd r = rd_of(key_usage), bits;
    uint8_t unused = 0, first = 0;
    if (key_usage.p == NULL) {
        return USE_SIGN | USE_ENCRYPT | USE_AGREE;
    }
    if (!der_get(&r, DER_BITS, &bits) || !rd_u8(&bits, &unused) || !rd_u8(&bits, &first)) {
        return 0;
    }
    return (uint8_t) (((first & 0x80) != 0 ? USE_SIGN : 0) | ((first & 0x20) != 0 ? USE_ENCRYPT : 0) |
                      ((first & 0x08) != 0 ? USE_AGREE : 0));
}

void cert_get_facts(const struct cert_view *c, struct cert_facts *out)
{
    *out =
        (struct cert_facts){ .uses = uses_of(c->key_usage), .self_issued = span_eq(c->issuer, c->subject) };
    if (!pkey_peek_spki(c->spki, &out->key)) {
        out->key = (struct pkey_info){ 0 };
    }
    sigid_read(c->sig_alg, &out->sig, &out->sig_hash);
}
