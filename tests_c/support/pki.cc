/* SPDX-License-Identifier: Apache-2.0 */
/* Test certificates through libcrypto's X.509 and its configuration language for extensions. See pki.h. */
#include "pki.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <map>
#include <mutex>
#include <stdexcept>

namespace s2n_test
{
namespace
{

void Check(bool ok, const char *what)
{
    if (!ok) {
        throw std::runtime_error(std::string("test pki: ") + what);
    }
}

std::string BioText(BIO *bio)
{
    char *p = nullptr;
    long n = BIO_get_mem_data(bio, &p);
    return std::string(p, static_cast<size_t>(n));
}

template <typename Write> std::string ToText(Write write)
{
    std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
    Check(bio && write(bio.get()) == 1, "encoding");
    return BioText(bio.get());
}

EVP_PKEY *MakeRsa(const char *name, int bits, const char *pss_hash)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr);
    EVP_PKEY *key = nullptr;
    bool ok =
        ctx != nullptr && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1;
    if (ok && pss_hash != nullptr) {
        const EVP_MD *md = EVP_get_digestbyname(pss_hash);
        ok = EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, md) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, md) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, EVP_MD_get_size(md)) == 1;
    }
    ok = ok && EVP_PKEY_keygen(ctx, &key) == 1;
    EVP_PKEY_CTX_free(ctx);
    Check(ok, "RSA key");
    return key;
}

EVP_PKEY *MakeKey(KeyKind kind)
{
    switch (kind) {
    case KeyKind::Rsa1024:
        return MakeRsa("RSA", 1024, nullptr);
    case KeyKind::Rsa2048:
        return MakeRsa("RSA", 2048, nullptr);
    case KeyKind::Rsa3072:
        return MakeRsa("RSA", 3072, nullptr);
    case KeyKind::RsaPss2048:
        return MakeRsa("RSA-PSS", 2048, nullptr);
    case KeyKind::RsaPssSha256:
        return MakeRsa("RSA-PSS", 2048, "SHA256");
    case KeyKind::RsaPssSha384:
        return MakeRsa("RSA-PSS", 2048, "SHA384");
    case KeyKind::P224:
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-224");
    case KeyKind::P256:
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case KeyKind::P384:
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
    case KeyKind::P521:
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521");
    case KeyKind::Ed25519:
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    return nullptr;
}

void AddExtension(X509 *x, X509 *issuer, int nid, const std::string &value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, nullptr, nullptr, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str());
    bool ok = e != nullptr && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    Check(ok, value.c_str());
}

void AddOther(X509 *x, const std::string &oid, const std::string &value)
{
    X509_EXTENSION *e = X509V3_EXT_conf(nullptr, nullptr, oid.c_str(), value.c_str());
    bool ok = e != nullptr && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    Check(ok, oid.c_str());
}

void AddExtensions(X509 *x, X509 *issuer, const CertSpec &spec)
{
    if (spec.key_ids) {
        AddExtension(x, issuer, NID_subject_key_identifier, "hash");
        AddExtension(x, issuer, NID_authority_key_identifier, "keyid");
    }
    if (spec.ca) {
        std::string value = "critical,CA:TRUE";
        if (spec.path_length >= 0) {
            value += ",pathlen:" + std::to_string(spec.path_length);
        }
        AddExtension(x, issuer, NID_basic_constraints, value);
    }
    if (!spec.key_usage.empty()) {
        AddExtension(x, issuer, NID_key_usage, "critical," + spec.key_usage);
    }
    if (!spec.ext_key_usage.empty()) {
        AddExtension(x, issuer, NID_ext_key_usage, spec.ext_key_usage);
    }
    if (!spec.name_constraints.empty()) {
        AddExtension(x, issuer, NID_name_constraints, "critical," + spec.name_constraints);
    }
    std::string sans;
    for (const std::string &san : spec.sans) {
        sans += (sans.empty() ? "" : ",") + san;
    }
    if (!sans.empty()) {
        AddExtension(x, issuer, NID_subject_alt_name, sans);
    }
    for (const auto &extension : spec.more) {
        AddOther(x, extension.first, extension.second);
    }
}

void Sign(X509 *x, EVP_PKEY *key, const CertSpec &spec)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = nullptr;
    bool edwards = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    char bound[32] = "";
    bool is_bound = EVP_PKEY_get_default_digest_name(key, bound, sizeof(bound)) == 2; /* RSA-PSS parameters */
    const EVP_MD *md = edwards ? nullptr : EVP_get_digestbyname(is_bound ? bound : spec.digest.c_str());
    bool ok = ctx != nullptr && EVP_DigestSignInit(ctx, &pctx, md, nullptr, key) == 1;
    if (ok && spec.pss_signature) {
        ok = EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    ok = ok && X509_sign_ctx(x, ctx) > 0;
    EVP_MD_CTX_free(ctx);
    Check(ok, "signing");
}

void SetSerial(X509 *x)
{
    unsigned char bytes[8];
    Check(RAND_bytes(bytes, sizeof(bytes)) == 1, "serial");
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
    BIGNUM *n = BN_bin2bn(bytes, sizeof(bytes), nullptr);
    bool ok = n != nullptr && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != nullptr;
    BN_free(n);
    Check(ok, "serial");
}

Pki MakePki(KeyKind kind)
{
    Pki p;
    const std::string number = std::to_string(static_cast<int>(kind));
    p.root = Issue(CertSpec().Ca("Test Root " + number).Key(kind, 100));
    p.intermediate = Issue(CertSpec().Ca("Test Intermediate " + number).Key(kind, 101), &p.root);
    CertSpec leaf = CertSpec().Leaf("localhost").Key(kind).ExtUsage("serverAuth,clientAuth");
    leaf.sans = { "DNS:localhost", "DNS:www.example.test", "IP:127.0.0.1", "IP:::1" };
    bool encrypts = kind == KeyKind::Rsa1024 || kind == KeyKind::Rsa2048 || kind == KeyKind::Rsa3072;
    leaf.key_usage = encrypts ? "digitalSignature,keyEncipherment" : "digitalSignature";
    p.leaf = Issue(leaf, &p.intermediate);
    p.chain_pem = p.leaf.pem + p.intermediate.pem;
    return p;
}

} // namespace

EVP_PKEY *TestKey(KeyKind kind, int number)
{
    static std::mutex lock;
    static auto &keys =
        *new std::map<std::pair<KeyKind, int>, EVP_PKEY *>; /* never destroyed: libcrypto goes first */
    std::lock_guard<std::mutex> hold(lock);
    EVP_PKEY *&slot = keys[{ kind, number }];
    if (slot == nullptr) {
        slot = MakeKey(kind);
        Check(slot != nullptr, "key");
    }
    return slot;
}

std::string KeyPem(EVP_PKEY *key)
{
    return ToText([key](BIO *b) {
        return PEM_write_bio_PKCS8PrivateKey(b, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string KeyPemTraditional(EVP_PKEY *key)
{
    return ToText([key](BIO *b) {
        return PEM_write_bio_PrivateKey_traditional(b, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::vector<uint8_t> KeyDer(EVP_PKEY *key)
{
    std::string der = ToText(
        [key](BIO *b) { return i2d_PKCS8PrivateKey_bio(b, key, nullptr, nullptr, 0, nullptr, nullptr); });
    return std::vector<uint8_t>(der.begin(), der.end());
}

std::vector<uint8_t> SpkiDer(EVP_PKEY *key)
{
    std::string der = ToText([key](BIO *b) { return i2d_PUBKEY_bio(b, key); });
    return std::vector<uint8_t>(der.begin(), der.end());
}

std::string PemBlock(const std::string &label, const std::vector<uint8_t> &der, size_t line)
{
    std::string base64(4 * ((der.size() + 2) / 3) + 1, '\0');
    int n = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(&base64[0]), der.data(),
                            static_cast<int>(der.size()));
    base64.resize(static_cast<size_t>(n));
    std::string text = "-----BEGIN " + label + "-----\n";
    for (size_t i = 0; i < base64.size(); i += line) {
        text += base64.substr(i, line) + "\n";
    }
    return text + "-----END " + label + "-----\n";
}

Issued Issue(const CertSpec &spec, const Issued *issuer)
{
    Issued out;
    out.key = TestKey(spec.kind, spec.key_number);
    out.x509.reset(X509_new(), X509_free);
    X509 *x = out.x509.get(), *by = issuer != nullptr ? issuer->x509.get() : x;
    time_t now = time(nullptr);
    Check(x != nullptr && X509_set_version(x, X509_VERSION_3) == 1, "certificate");
    SetSerial(x);
    ASN1_TIME_set(X509_getm_notBefore(x), spec.from != 0 ? spec.from : now - 3600);
    ASN1_TIME_set(X509_getm_notAfter(x), spec.until != 0 ? spec.until : now + 10L * 365 * 86400);
    for (const std::string &cn : spec.cns) {
        Check(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", V_ASN1_UTF8STRING,
                                         reinterpret_cast<const unsigned char *>(cn.data()),
                                         static_cast<int>(cn.size()), -1, 0) == 1,
              "common name");
    }
    Check(X509_set_pubkey(x, out.key) == 1 && X509_set_issuer_name(x, X509_get_subject_name(by)) == 1,
          "names");
    AddExtensions(x, by, spec);
    Sign(x, issuer != nullptr ? issuer->key : out.key, spec);
    std::string der = ToText([x](BIO *b) { return i2d_X509_bio(b, x); });
    out.der.assign(der.begin(), der.end());
    out.pem = ToText([x](BIO *b) { return PEM_write_bio_X509(b, x); });
    out.key_pem = KeyPem(out.key);
    return out;
}

const Pki &PkiFor(KeyKind kind)
{
    static std::mutex lock;
    static auto &made = *new std::map<KeyKind, Pki>; /* as above */
    std::lock_guard<std::mutex> hold(lock);
    auto found = made.find(kind);
    return found != made.end() ? found->second : made.emplace(kind, MakePki(kind)).first->second;
}

} // namespace s2n_test
