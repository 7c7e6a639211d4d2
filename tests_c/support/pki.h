/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates made at run time, for every C++ test. Keys are made once per process (RSA ones take a
 * tenth of a second). Plain libcrypto, no part of this library. Failing to make one throws.
 *
 *     const Pki &pki = PkiFor(KeyKind::P256); // root, intermediate, leaf for "localhost" and its addresses
 *     o.server.chain_pem = pki.chain_pem; o.server.key_pem = pki.leaf.key_pem;
 *     o.client.trust_pem = pki.root.pem;
 *
 *     Issued odd = Issue(CertSpec().Leaf("a.test").San("DNS:*.a.test").Until(past), &pki.root);
 */
#ifndef SUPPORT_PKI_H
#define SUPPORT_PKI_H

#include <openssl/types.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace s2n_test
{

enum class KeyKind {
    Rsa1024,
    Rsa2048,
    Rsa3072,
    RsaPss2048,
    RsaPssSha256,
    RsaPssSha384,
    P224,
    P256,
    P384,
    P521,
    Ed25519
};
/* RsaPssSha256 and Sha384 have parameters that bind the hash; RsaPss2048 has none. */

/* The key of this kind; different numbers give different keys. Lives as long as the process. */
EVP_PKEY *TestKey(KeyKind kind, int number = 0);
std::string KeyPem(EVP_PKEY *key);            /* PKCS #8 */
std::string KeyPemTraditional(EVP_PKEY *key); /* PKCS #1 or SEC 1 */
std::vector<uint8_t> KeyDer(EVP_PKEY *key);   /* PKCS #8 */
std::vector<uint8_t> SpkiDer(EVP_PKEY *key);  /* SubjectPublicKeyInfo */
std::string PemBlock(const std::string &label, const std::vector<uint8_t> &der, size_t line = 64);

struct CertSpec {
    KeyKind kind = KeyKind::P256;
    int key_number = 0;
    std::vector<std::string> cns;  /* common names, in order */
    std::vector<std::string> sans; /* "DNS:a", "IP:1.2.3.4", "URI:…", "email:…" */
    bool ca = false;
    int path_length = -1;
    std::string key_usage, ext_key_usage,
        name_constraints; /* in the words of openssl.cnf; empty: no extension */
    std::vector<std::pair<std::string, std::string>>
        more;                   /* further extensions: numeric OID, "critical,DER:…" */
    time_t from = 0, until = 0; /* 0: an hour ago, ten years ahead */
    std::string digest = "SHA256";
    bool key_ids = true;        /* subjectKeyIdentifier and authorityKeyIdentifier */
    bool pss_signature = false; /* sign with RSA-PSS although the issuer's key is plain RSA */

    CertSpec &Leaf(const std::string &cn)
    {
        cns = { cn };
        key_usage = "digitalSignature,keyEncipherment";
        return *this;
    }
    CertSpec &Ca(const std::string &cn)
    {
        cns = { cn };
        ca = true;
        key_usage = "keyCertSign,cRLSign";
        return *this;
    }
    CertSpec &Key(KeyKind k, int number = 0)
    {
        kind = k;
        key_number = number;
        return *this;
    }
    CertSpec &San(const std::string &san)
    {
        sans.push_back(san);
        return *this;
    }
    CertSpec &Usage(const std::string &text)
    {
        key_usage = text;
        return *this;
    }
    CertSpec &ExtUsage(const std::string &text)
    {
        ext_key_usage = text;
        return *this;
    }
    CertSpec &From(time_t t)
    {
        from = t;
        return *this;
    }
    CertSpec &Until(time_t t)
    {
        until = t;
        return *this;
    }
    CertSpec &Digest(const std::string &name)
    {
        digest = name;
        return *this;
    }
    CertSpec &With(const std::string &oid, const std::string &value)
    {
        more.emplace_back(oid, value);
        return *this;
    }
};

struct Issued {
    std::shared_ptr<X509> x509;
    EVP_PKEY *key = nullptr; /* borrowed */
    std::string pem, key_pem;
    std::vector<uint8_t> der;
};

/* A certificate of this content, signed by the issuer, or by itself. */
Issued Issue(const CertSpec &spec, const Issued *issuer = nullptr);

/* The usual three, made once per kind: all keys are of this kind. The leaf serves and signs, for "localhost",
 * "www.example.test", 127.0.0.1 and ::1, as server and as client. */
struct Pki {
    Issued root, intermediate, leaf;
    std::string chain_pem; /* leaf and intermediate */
};
const Pki &PkiFor(KeyKind kind);

} // namespace s2n_test

#endif
