/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own certificate chains: PEM in, parsed once, kept in the forms that handshakes need (the wire list, the leaf's
 * names and key facts, the private key). A chain is built by the application and borrowed by configs; after loading
 * it is read-only and shared by threads.
 */
#ifndef X509_CHAIN_H
#define X509_CHAIN_H

#include "base/mem.h"
#include "crypto/pkey.h"
#include "x509/staple.h"

/* What one certificate says, for policies and for the use it is put to. */
enum key_use {
    USE_SIGN = 1,
    USE_ENCRYPT = 2,
    USE_AGREE = 4
}; /* keyUsage digitalSignature, keyEncipherment, keyAgreement */
struct cert_facts {
    struct pkey_info key;
    enum sig_alg
        sig; /* how the certificate itself is signed: SIG_RSA, SIG_RSA_PSS_PSS, SIG_ECDSA, SIG_NONE unknown */
    enum hash_alg sig_hash;
    uint8_t uses;     /* key_use bits; all set when there is no keyUsage extension */
    bool self_issued; /* a root by name: its own signature is not part of any check */
};

struct s2n_cert { /* the public opaque type: one certificate of a chain */
    struct buf der;
    struct cert_facts facts;
};

struct cert_name { /* lower-cased DNS name from SAN, or CN when there is no DNS SAN */
    struct buf text;
};

struct s2n_cert_chain_and_key { /* the public opaque type */
    struct s2n_cert *certs;
    uint32_t n;
    struct cert_name *names;
    uint32_t names_n;
    struct buf wire12; /* certificate_list of TLS <= 1.2: 3-byte length + DER each */
    struct pkey *leaf; /* public key */
    struct pkey *key;  /* private key; NULL for a public-only chain */
    void *ctx;
    struct staple *ocsp, *sct; /* sent along on request; NULL: none */
};

struct s2n_cert_chain_and_key *chain_new(void); /* NULL with the error set */
void chain_free(struct s2n_cert_chain_and_key *c);
/* chain_load: PEM chain (leaf first) and, unless key_pem is SPAN_NONE, its private key. Replaces what was loaded but
 * for ctx and staples; on failure the object is as it was. Errors as contract/functions-1.md section 4. */
MUST_USE bool chain_load(struct s2n_cert_chain_and_key *c, struct span chain_pem, struct span key_pem);
/* chain_from_ders: a key-less chain of copies (a peer's chain for the application). */
MUST_USE bool chain_from_ders(struct s2n_cert_chain_and_key *c, const struct span *ders, uint32_t n);

/* X.509 extension access for the API (contract 180-183). */
MUST_USE bool cert_extension(const struct s2n_cert *c, const char *oid, struct buf *value, bool *critical);
MUST_USE bool cert_utf8_from_extension(struct span extension, struct span *text);

#endif
