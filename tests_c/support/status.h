/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What certificate authorities say of their certificates: OCSP responses and revocation lists, made at run time like the
 * certificates of support/pki.h. Plain libcrypto, no part of this library. Failing to make one throws.
 *
 *     std::vector<uint8_t> good = OcspResponse(OcspSpec(), pki.leaf, pki.intermediate);
 *     std::string list = CrlPem(CrlSpec().Revoke(pki.leaf), pki.intermediate);
 */
#ifndef SUPPORT_STATUS_H
#define SUPPORT_STATUS_H

#include "support/pki.h"

namespace s2n_test
{

enum class CertStatus {
    Good,
    Revoked,
    Unknown
};

struct OcspSpec {
    CertStatus status = CertStatus::Good;
    long this_update = -60, next_update = 3600; /* seconds from now */
    bool has_next = true;
    int response_status = 0;           /* 0: successful; others have no content */
    const Issued *responder = nullptr; /* who signs; nullptr: the issuer */
    bool with_responder = true;        /* its certificate goes along, if it is not the issuer */
    const Issued *about = nullptr;     /* another certificate than the leaf */
    std::string id_digest = "SHA1";    /* of the CertID */
    bool break_signature = false;
};
/* DER of the response about a leaf. */
std::vector<uint8_t> OcspResponse(const OcspSpec &spec, const Issued &leaf, const Issued &issuer);

struct CrlSpec {
    std::vector<const Issued *> revoked;
    long this_update = -60, next_update = 3600; /* seconds from now */
    bool has_next = true;
    bool critical_extension = false; /* an unknown one */
    EVP_PKEY *key = nullptr;         /* signs instead of the issuer's */

    CrlSpec &Revoke(const Issued &cert)
    {
        revoked.push_back(&cert);
        return *this;
    }
};
std::string CrlPem(const CrlSpec &spec, const Issued &issuer);

} // namespace s2n_test

#endif
