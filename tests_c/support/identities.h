/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate kinds that handshake tests run through, and the usual set-ups with them. */
#ifndef SUPPORT_IDENTITIES_H
#define SUPPORT_IDENTITIES_H

#include "support/pair.h"
#include "support/pki.h"

namespace s2n_test
{

inline const std::vector<KeyKind> &AllCertKinds()
{
    static const std::vector<KeyKind> kinds = { KeyKind::Rsa2048, KeyKind::RsaPss2048, KeyKind::P256,
                                                KeyKind::P384, KeyKind::P521 };
    return kinds;
}

inline std::string CertKindName(KeyKind kind)
{
    switch (kind) {
    case KeyKind::Rsa2048:
        return "RSA";
    case KeyKind::RsaPss2048:
        return "RSAPSS";
    case KeyKind::P256:
        return "P256";
    case KeyKind::P384:
        return "P384";
    default:
        return "P521";
    }
}

inline bool IsEc(KeyKind kind)
{
    return kind == KeyKind::P256 || kind == KeyKind::P384 || kind == KeyKind::P521;
}

/* A server with a certificate of this kind and a client that trusts it. */
inline PairOptions ServedBy(KeyKind kind, const std::string &policy = "")
{
    const Pki &pki = PkiFor(kind);
    return PairOptions::Simple(policy, pki.chain_pem, pki.leaf.key_pem, pki.root.pem);
}

/* Both sides show a certificate of this kind and insist on one. */
inline void Mutual(PairOptions *options, KeyKind kind)
{
    for (EndOptions *end : { &options->client, &options->server }) {
        end->client_auth_set = true;
        end->client_auth = S2N_CERT_AUTH_REQUIRED;
    }
    options->client.chain_pem = PkiFor(kind).chain_pem;
    options->client.key_pem = PkiFor(kind).leaf.key_pem;
    options->server.trust_pem = PkiFor(kind).root.pem;
    options->server.conn_hook =
        [](s2n_connection *c) { /* a client has no host name to be checked */
                                Must(s2n_connection_set_verify_host_callback(
                                         c, [](const char *, size_t, void *) -> uint8_t { return 1; },
                                         nullptr),
                                     "set_verify_host_callback");
        };
}

} // namespace s2n_test

#endif
