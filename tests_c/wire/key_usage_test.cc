/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that are sound but not meant for the use they are put to (RFC 5280 4.2.1.3, 4.2.1.12). */
#include "wire/row.h"

namespace wire
{
namespace
{

struct Use {
    const char *name;
    const char *policy;
    KeyKind kind;
    const char *key_usage, *ext_key_usage;
    bool by_client;
    const char *error; /* the judge's; "" fine */
    int alert;
};

const Use kUses[] = {
    { "SigningOnly_Ecdhe", "20240501", KeyKind::Rsa2048, "digitalSignature", "", false, "", 0 },
    { "SigningOnly_Tls13", "default_tls13", KeyKind::P256, "digitalSignature", "serverAuth", false, "", 0 },
    { "EncryptingOnly_RsaKex", "test_all_rsa_kex", KeyKind::Rsa2048, "keyEncipherment", "", false, "", 0 },
    { "NoKeyUsage_RsaKex", "test_all_rsa_kex", KeyKind::Rsa2048, "", "", false, "", 0 },
    { "NoKeyUsage_Tls13", "default_tls13", KeyKind::P256, "", "", false, "", 0 },
    { "ClientAuthOnly", "default_tls13", KeyKind::P256, "digitalSignature", "clientAuth", false,
      "CERT_INTENT_INVALID", 43 },
    { "CodeSigningOnly", "20240501", KeyKind::P256, "digitalSignature", "codeSigning", false,
      "CERT_INTENT_INVALID", 43 },
    { "Client_ServerAuthOnly", "default_tls13", KeyKind::P256, "digitalSignature", "serverAuth", true,
      "CERT_INTENT_INVALID", 43 },
    { "Client_ServerAuthOnly12", "20240501", KeyKind::P256, "digitalSignature", "serverAuth", true,
      "CERT_INTENT_INVALID", 43 },
    { "Client_SigningOnly", "default_tls13", KeyKind::P256, "digitalSignature", "clientAuth", true, "", 0 },
};

void PrintTo(const Use &u, std::ostream *os)
{
    *os << u.name;
}

Pki IssueFor(const Use &u)
{
    Pki pki;
    pki.root = Issue(CertSpec().Ca("root").Key(u.kind));
    pki.leaf = Issue(CertSpec()
                         .Leaf("localhost")
                         .San("DNS:localhost")
                         .Key(u.kind, 1)
                         .Usage(u.key_usage)
                         .ExtUsage(u.ext_key_usage),
                     &pki.root);
    pki.chain_pem = pki.leaf.pem;
    return pki;
}

class KeyUsage : public testing::TestWithParam<Use>
{
};

TEST_P(KeyUsage, DecidesWhatACertificateMayDo)
{
    const Use &u = GetParam();
    Pki pki = IssueFor(u);
    PairOptions o = ServedBy(u.kind, u.policy);
    if (u.by_client) {
        Mutual(&o, u.kind);
        o.client.chain_pem = pki.chain_pem;
        o.client.key_pem = pki.leaf.key_pem;
        o.server.trust_pem = pki.root.pem;
    } else {
        o.server.chain_pem = pki.chain_pem;
        o.server.key_pem = pki.leaf.key_pem;
        o.client.trust_pem = pki.root.pem;
    }
    Mitm mitm(o, Same);
    Outcome out = mitm.Run();
    int error = u.by_client ? out.server : out.client;
    EXPECT_EQ(*u.error == '\0' ? "" : std::string("S2N_ERR_") + u.error, ErrName(error))
        << out.client_name() << out.server_name();
    if (*u.error == '\0') {
        EXPECT_TRUE(out.ok());
    } else {
        EXPECT_EQ(u.alert, mitm.AlertOf(!u.by_client));
    }
}

INSTANTIATE_TEST_SUITE_P(Certificates, KeyUsage, testing::ValuesIn(kUses),
                         [](const auto &info) { return std::string(info.param.name); });

/* Our own server does not even offer what its certificate may not do. A stranger's might, so the certificates are
 * swapped on the way and the client has to notice before any signature. */
struct Swap {
    const char *name;
    std::function<PairOptions()> scene;
    KeyKind kind;
    const char *key_usage;
    const char *error;
    int alert;
};

const Swap kSwaps[] = {
    { "EncryptingKeySigns13", Tls13, KeyKind::Rsa2048, "keyEncipherment", "CERT_INTENT_INVALID", 43 },
    { "AgreementKeySigns13", Tls13, KeyKind::P256, "keyAgreement", "CERT_INTENT_INVALID", 43 },
    { "EncryptingKeySigns12", Tls12Rsa, KeyKind::Rsa2048, "keyEncipherment", "CERT_INTENT_INVALID", 43 },
    { "AgreementKeySigns12", Tls12, KeyKind::P256, "keyAgreement", "CERT_INTENT_INVALID", 43 },
    { "SigningKeyDecrypts", Tls12Kex, KeyKind::Rsa2048, "digitalSignature", "CERT_INTENT_INVALID", 43 },
    { "RsaKeyForEcdsaSuite", Tls12, KeyKind::Rsa2048, "digitalSignature", "CERT_TYPE_UNSUPPORTED", 43 },
    { "EcKeyForRsaSuite", Tls12Rsa, KeyKind::P256, "digitalSignature", "CERT_TYPE_UNSUPPORTED", 43 },
    { "EcKeyForRsaKeyExchange", Tls12Kex, KeyKind::P256, "digitalSignature,keyEncipherment",
      "CERT_TYPE_UNSUPPORTED", 43 },
};

void PrintTo(const Swap &s, std::ostream *os)
{
    *os << s.name;
}

class Swapped : public testing::TestWithParam<Swap>
{
};

TEST_P(Swapped, CertificateIsRefused)
{
    const Swap &s = GetParam();
    Pki pki = IssueFor({ s.name, "", s.kind, s.key_usage, "", false, "", 0 });
    PairOptions o = s.scene();
    o.client.trust_pem += pki.root.pem;
    Mitm mitm(o, OnBody(false, CERTIFICATE, [&](Bytes b) {
                  bool is13 =
                      b.size() ==
                      4 + Reader(Bytes(b.begin() + 1, b.end())).Int(3); /* it begins with an empty context */
                  return is13 ? Bytes{ 0 } + Vec(3, Vec(3, pki.leaf.der) + U16(0))
                              : Vec(3, Vec(3, pki.leaf.der));
              })());
    Outcome out = mitm.Run();
    EXPECT_EQ(std::string("S2N_ERR_") + s.error, out.client_name());
    EXPECT_EQ(s.alert, mitm.AlertOf(true));
}

INSTANTIATE_TEST_SUITE_P(Certificates, Swapped, testing::ValuesIn(kSwaps),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace wire
