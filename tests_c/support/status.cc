/* SPDX-License-Identifier: Apache-2.0 */
/* Responses and lists: see the header. */
#include "support/status.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace s2n_test
{
namespace
{

void Need(bool ok, const char *what)
{
    if (!ok) {
        throw std::runtime_error(std::string("status: ") + what);
    }
}

struct Delete {
    void operator()(OCSP_RESPONSE *p) const { OCSP_RESPONSE_free(p); }
    void operator()(OCSP_BASICRESP *p) const { OCSP_BASICRESP_free(p); }
    void operator()(OCSP_CERTID *p) const { OCSP_CERTID_free(p); }
    void operator()(ASN1_TIME *p) const { ASN1_TIME_free(p); }
    void operator()(X509_CRL *p) const { X509_CRL_free(p); }
    void operator()(X509_REVOKED *p) const { X509_REVOKED_free(p); }
    void operator()(X509_EXTENSION *p) const { X509_EXTENSION_free(p); }
};
template <typename T> using Ptr = std::unique_ptr<T, Delete>;

Ptr<ASN1_TIME> FromNow(long seconds)
{
    return Ptr<ASN1_TIME>(X509_gmtime_adj(nullptr, seconds));
}

template <typename T> std::vector<uint8_t> Der(const T *object, int (*write)(const T *, unsigned char **))
{
    unsigned char *bytes = nullptr;
    int n = write(object, &bytes);
    Need(n > 0, "encoding");
    std::vector<uint8_t> der(bytes, bytes + n);
    OPENSSL_free(bytes);
    return der;
}

int CodeOf(CertStatus status)
{
    switch (status) {
    case CertStatus::Good:
        return V_OCSP_CERTSTATUS_GOOD;
    case CertStatus::Revoked:
        return V_OCSP_CERTSTATUS_REVOKED;
    default:
        return V_OCSP_CERTSTATUS_UNKNOWN;
    }
}

Ptr<OCSP_BASICRESP> Basic(const OcspSpec &spec, const Issued &leaf, const Issued &issuer)
{
    const Issued &about = spec.about != nullptr ? *spec.about : leaf;
    const Issued &responder = spec.responder != nullptr ? *spec.responder : issuer;
    bool bare = spec.responder == nullptr || !spec.with_responder;
    const EVP_MD *digest = EVP_get_digestbyname(spec.id_digest.c_str());
    Ptr<OCSP_BASICRESP> basic(OCSP_BASICRESP_new());
    Ptr<OCSP_CERTID> id(OCSP_cert_to_id(digest, about.x509.get(), issuer.x509.get()));
    Ptr<ASN1_TIME> from = FromNow(spec.this_update), next = FromNow(spec.next_update);
    int reason = spec.status == CertStatus::Revoked ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0;
    Need(OCSP_basic_add1_status(basic.get(), id.get(), CodeOf(spec.status), reason, from.get(), from.get(),
                                spec.has_next ? next.get() : nullptr) != nullptr,
         "single response");
    Need(OCSP_basic_sign(basic.get(), responder.x509.get(), responder.key, EVP_sha256(), nullptr,
                         bare ? OCSP_NOCERTS : 0) == 1,
         "signing a response");
    if (spec.break_signature) {
        const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(basic.get());
        const_cast<uint8_t *>(ASN1_STRING_get0_data(signature))[ASN1_STRING_length(signature) - 1] ^= 1;
    }
    return basic;
}

void AddCritical(X509_CRL *crl)
{
    static const uint8_t text[] = "?";
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.55555.9", 1);
    Need(value != nullptr && oid != nullptr && ASN1_OCTET_STRING_set(value, text, 1) == 1, "extension");
    Ptr<X509_EXTENSION> ext(X509_EXTENSION_create_by_OBJ(nullptr, oid, 1, value));
    Need(X509_CRL_add_ext(crl, ext.get(), -1) == 1, "extension");
    ASN1_OBJECT_free(oid);
    ASN1_OCTET_STRING_free(value);
}

void AddRevoked(X509_CRL *crl, const Issued &cert)
{
    Ptr<X509_REVOKED> entry(X509_REVOKED_new());
    Ptr<ASN1_TIME> when = FromNow(-3600);
    Need(X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(cert.x509.get())) == 1 &&
             X509_REVOKED_set_revocationDate(entry.get(), when.get()) == 1 &&
             X509_CRL_add0_revoked(crl, entry.get()) == 1,
         "revoked entry");
    entry.release();
}

} // namespace

std::vector<uint8_t> OcspResponse(const OcspSpec &spec, const Issued &leaf, const Issued &issuer)
{
    bool has_content = spec.response_status == OCSP_RESPONSE_STATUS_SUCCESSFUL;
    Ptr<OCSP_BASICRESP> basic = has_content ? Basic(spec, leaf, issuer) : nullptr;
    Ptr<OCSP_RESPONSE> response(OCSP_response_create(spec.response_status, basic.get()));
    Need(response != nullptr, "response");
    return Der(response.get(), i2d_OCSP_RESPONSE);
}

std::string CrlPem(const CrlSpec &spec, const Issued &issuer)
{
    Ptr<X509_CRL> crl(X509_CRL_new());
    Ptr<ASN1_TIME> from = FromNow(spec.this_update), next = FromNow(spec.next_update);
    Need(X509_CRL_set_version(crl.get(), 1) == 1 &&
             X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.x509.get())) == 1 &&
             X509_CRL_set1_lastUpdate(crl.get(), from.get()) == 1 &&
             (!spec.has_next || X509_CRL_set1_nextUpdate(crl.get(), next.get()) == 1),
         "list");
    for (const Issued *cert : spec.revoked) {
        AddRevoked(crl.get(), *cert);
    }
    if (spec.critical_extension) {
        AddCritical(crl.get());
    }
    EVP_PKEY *key = spec.key != nullptr ? spec.key : issuer.key;
    Need(X509_CRL_sort(crl.get()) == 1 && X509_CRL_sign(crl.get(), key, EVP_sha256()) > 0, "signing a list");
    return PemBlock("X509 CRL", Der(crl.get(), i2d_X509_CRL));
}

} // namespace s2n_test
