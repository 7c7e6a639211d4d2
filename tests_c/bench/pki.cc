/* SPDX-License-Identifier: Apache-2.0 */
/* Two-level PKI in memory with plain libcrypto calls; used by all three stacks, so they see the same bytes. */
#include "pki.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <map>
#include <memory>

#include "work.h"

namespace bench {
namespace {

struct Free {
    void operator()(EVP_PKEY *p) const { EVP_PKEY_free(p); }
    void operator()(X509 *p) const { X509_free(p); }
    void operator()(X509_EXTENSION *p) const { X509_EXTENSION_free(p); }
    void operator()(BIO *p) const { BIO_free(p); }
};
template <typename T> using Owned = std::unique_ptr<T, Free>;

std::string Drain(BIO *bio) {
    char *p = nullptr;
    long n = BIO_get_mem_data(bio, &p);
    return std::string(p, static_cast<size_t>(n));
}

std::string CertPem(X509 *cert) {
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    Require(PEM_write_bio_X509(bio.get(), cert) == 1, "certificate to PEM");
    return Drain(bio.get());
}

std::string KeyPem(EVP_PKEY *key) {
    Owned<BIO> bio(BIO_new(BIO_s_mem()));
    Require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "key to PEM");
    return Drain(bio.get());
}

Owned<EVP_PKEY> NewKey(const std::string &kind) {
    Owned<EVP_PKEY> key(kind == "ec" ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
    Require(key != nullptr, "key generation");
    return key;
}

void AddExtension(X509 *cert, X509 *issuer, int nid, const char *value) {
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
    Owned<X509_EXTENSION> ext(X509V3_EXT_conf_nid(nullptr, &ctx, nid, value));
    Require(ext != nullptr && X509_add_ext(cert, ext.get(), -1) == 1, "certificate extension");
}

struct Entity {
    Owned<EVP_PKEY> key;
    Owned<X509> cert;
};

/* `issuer` is null for the CA itself. */
Entity Issue(const std::string &kind, const char *name, long serial, const Entity *issuer) {
    Entity e{ NewKey(kind), Owned<X509>(X509_new()) };
    X509 *cert = e.cert.get();
    const Entity &by = issuer != nullptr ? *issuer : e;
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
    X509_gmtime_adj(X509_getm_notAfter(cert), 365L * 86400);
    X509_set_pubkey(cert, e.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char *>(name), -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(by.cert.get()));
    AddExtension(cert, by.cert.get(), NID_basic_constraints, issuer != nullptr ? "CA:FALSE" : "critical,CA:TRUE");
    AddExtension(cert, by.cert.get(), NID_key_usage,
                 issuer != nullptr ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
    AddExtension(cert, by.cert.get(), NID_subject_key_identifier, "hash");
    if (issuer != nullptr) {
        AddExtension(cert, by.cert.get(), NID_authority_key_identifier, "keyid");
        AddExtension(cert, by.cert.get(), NID_ext_key_usage, "serverAuth,clientAuth");
        AddExtension(cert, by.cert.get(), NID_subject_alt_name, (std::string("DNS:") + name).c_str());
    }
    Require(X509_sign(cert, by.key.get(), EVP_sha256()) > 0, "signing a certificate");
    return e;
}

Pki Make(const std::string &kind) {
    Entity ca = Issue(kind, "Benchmark CA", 1, nullptr);
    Entity server = Issue(kind, "localhost", 2, &ca);
    Entity client = Issue(kind, "client.example", 3, &ca);
    return { CertPem(ca.cert.get()), CertPem(server.cert.get()), KeyPem(server.key.get()),
             CertPem(client.cert.get()), KeyPem(client.key.get()) };
}

} // namespace

const Pki &PkiOf(const std::string &key) {
    static std::map<std::string, Pki> made;
    auto found = made.find(key);
    return found != made.end() ? found->second : made.emplace(key, Make(key)).first->second;
}

} // namespace bench
