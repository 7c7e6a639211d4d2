/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object identifiers of signature and hash algorithms. Called for facts about certificates (policies restrict
 * how certificates may be signed) and for RSA-PSS key parameters. Verifies nothing.
 */
#include "crypto/sigid.h"

#include <string.h>

/* The content bytes of each OBJECT IDENTIFIER. */
#define PKCS1(last) "\x2A\x86\x48\x86\xF7\x0D\x01\x01" last     /* 1.2.840.113549.1.1.x */
#define X962_SIG(last) "\x2A\x86\x48\xCE\x3D\x04" last          /* 1.2.840.10045.4.x */
#define NIST_HASH(last) "\x60\x86\x48\x01\x65\x03\x04\x02" last /* 2.16.840.1.101.3.4.2.x */
#define NIST_SIG(last) "\x60\x86\x48\x01\x65\x03\x04\x03" last  /* 2.16.840.1.101.3.4.3.x */
#define OIW_SHA1 "\x2B\x0E\x03\x02\x1A"

struct oid_row {
    const char *oid;
    uint8_t n;
    enum sig_alg sig;
    enum hash_alg hash;
};
#define ROW(oid, sig, hash)             \
    {                                   \
        oid, sizeof(oid) - 1, sig, hash \
    }

static const struct oid_row signatures[] = {
    ROW(PKCS1("\x0B"), SIG_RSA, HASH_SHA256),
    ROW(X962_SIG("\x03\x02"), SIG_ECDSA, HASH_SHA256),
    ROW(X962_SIG("\x03\x03"), SIG_ECDSA, HASH_SHA384),
    ROW(X962_SIG("\x03\x04"), SIG_ECDSA, HASH_SHA512),
    ROW(PKCS1("\x0C"), SIG_RSA, HASH_SHA384),
    ROW(PKCS1("\x0D"), SIG_RSA, HASH_SHA512),
    ROW(PKCS1("\x0E"), SIG_RSA, HASH_SHA224),
    ROW(PKCS1("\x05"), SIG_RSA, HASH_SHA1),
    ROW(PKCS1("\x04"), SIG_RSA, HASH_MD5),
    ROW(X962_SIG("\x01"), SIG_ECDSA, HASH_SHA1),
    ROW(X962_SIG("\x03\x01"), SIG_ECDSA, HASH_SHA224),
    ROW(PKCS1("\x0A"), SIG_RSA_PSS_PSS, HASH_NONE),
    ROW(NIST_SIG("\x11"), SIG_MLDSA, HASH_NONE),
    ROW(NIST_SIG("\x12"), SIG_MLDSA, HASH_NONE),
    ROW(NIST_SIG("\x13"), SIG_MLDSA, HASH_NONE),
};

static const struct oid_row hashes[] = {
    ROW(NIST_HASH("\x01"), SIG_NONE, HASH_SHA256),
    ROW(NIST_HASH("\x02"), SIG_NONE, HASH_SHA384),
    ROW(NIST_HASH("\x03"), SIG_NONE, HASH_SHA512),
    ROW(NIST_HASH("\x04"), SIG_NONE, HASH_SHA224),
    ROW(OIW_SHA1, SIG_NONE, HASH_SHA1),
};

static const struct oid_row *find(const struct oid_row *rows, size_t n, struct span oid)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].n == oid.n && memcmp(rows[i].oid, oid.p, oid.n) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

void sigid_read(struct rd alg, enum sig_alg *sig, enum hash_alg *hash)
{
    struct rd oid;
    uint16_t salt = 0;
    *sig = SIG_NONE;
    *hash = HASH_NONE;
    if (!der_get(&alg, DER_OID, &oid)) {
        return;
    }
    const struct oid_row *row = find(signatures, sizeof(signatures) / sizeof(signatures[0]), rd_rest(&oid));
    if (row == NULL) {
        return;
    }
    if (row->sig != SIG_RSA_PSS_PSS) {
        *sig = row->sig;
        *hash = row->hash;
    } else if (sigid_pss_params(&alg, hash, &salt) && rd_end(&alg)) {
        *sig = SIG_RSA_PSS_PSS;
    }
}

/* An AlgorithmIdentifier of a hash: parameters absent or NULL (RFC 4055 2.1). */
static bool hash_id(struct rd *r, enum hash_alg *hash)
{
    struct rd alg, oid, null;
    bool present = false;
    TRY(der_get(r, DER_SEQUENCE, &alg) && der_get(&alg, DER_OID, &oid));
    TRY(der_maybe(&alg, DER_NULL, &present, &null) && rd_end(&alg) && (!present || rd_end(&null)));
    const struct oid_row *row = find(hashes, sizeof(hashes) / sizeof(hashes[0]), rd_rest(&oid));
    *hash = row == NULL ? HASH_NONE : row->hash;
    return true;
}

static bool mgf_id(struct rd *r, enum hash_alg *hash)
{
    static const char mgf1[] = PKCS1("\x08");
    struct rd alg, oid;
    TRY(der_get(r, DER_SEQUENCE, &alg) && der_get(&alg, DER_OID, &oid));
    return span_eq(rd_rest(&oid), SPAN((const uint8_t *) mgf1, sizeof(mgf1) - 1)) && hash_id(&alg, hash) &&
           rd_end(&alg);
}

bool sigid_pss_params(struct rd *r, enum hash_alg *hash, uint16_t *salt)
{
    struct rd params, field;
    bool present = false;
    enum hash_alg h = HASH_SHA1, mgf = HASH_SHA1; /* the defaults of RFC 8017 A.2.3 */
    uint32_t salt_n = 20, trailer = 1;
    TRY(der_get(r, DER_SEQUENCE, &params));
    TRY(der_maybe(&params, DER_CONSTRUCTED(0), &present, &field));
    TRY(!present || (hash_id(&field, &h) && rd_end(&field)));
    TRY(der_maybe(&params, DER_CONSTRUCTED(1), &present, &field));
    TRY(!present || (mgf_id(&field, &mgf) && rd_end(&field)));
    TRY(der_maybe(&params, DER_CONSTRUCTED(2), &present, &field));
    TRY(!present || (der_small(&field, &salt_n) && rd_end(&field)));
    TRY(der_maybe(&params, DER_CONSTRUCTED(3), &present, &field));
    TRY(!present || (der_small(&field, &trailer) && rd_end(&field)));
    TRY(rd_end(&params) && h == mgf && trailer == 1 && salt_n <= UINT16_MAX);
    *hash = h;
    *salt = (uint16_t) salt_n;
    return true;
}
