/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSP responses and SCT lists that go along with certificates, with our own connections at both ends and with libssl at
 * one: who asks, who sends, what is kept, and how a client judges what came. RFC 6066 8, RFC 8446 4.4.2.1, RFC 6960,
 * RFC 6962 3.3.
 */
#include "support/c_headers.h"

#include "self/openssl_peer.h"
#include "support/identities.h"
#include "support/pair.h"
#include "support/status.h"

using namespace s2n_test;

namespace
{

using Bytes = std::vector<uint8_t>;
const KeyKind kKind = KeyKind::P256;

const Pki &Us()
{
    return PkiFor(kKind);
}

void Ask(s2n_config *config)
{
    Must(s2n_config_set_status_request_type(config, S2N_STATUS_REQUEST_OCSP), "set_status_request_type");
}

/* Sends this along with the one chain of an end. */
void Staple(End &end, const Bytes &response)
{
    Must(s2n_cert_chain_and_key_set_ocsp_data(end.chain, response.data(),
                                              static_cast<uint32_t>(response.size())),
         "set_ocsp_data");
}

Bytes Received(End &end)
{
    uint32_t n = 99;
    const uint8_t *p = s2n_connection_get_ocsp_response(end.conn, &n);
    EXPECT_EQ(p == nullptr, n == 0);
    return Bytes(p, p + n);
}

Bytes Timestamps(End &end)
{
    uint32_t n = 99;
    const uint8_t *p = s2n_connection_get_sct_list(end.conn, &n);
    EXPECT_EQ(p == nullptr, n == 0);
    return Bytes(p, p + n);
}

const Bytes &Good()
{
    static const Bytes der = OcspResponse(OcspSpec(), Us().leaf, Us().intermediate);
    return der;
}

struct Version {
    const char *name, *policy, *type;
};
const Version kVersions[] = {
    { "Tls13", "default_tls13", "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT" },
    { "Tls12", "20240501", "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY|OCSP_STATUS" },
};
void PrintTo(const Version &v, std::ostream *os)
{
    *os << v.name;
}

class Stapling : public testing::TestWithParam<Version>
{
  protected:
    PairOptions Scene(bool ask = true)
    {
        PairOptions o = ServedBy(kKind, GetParam().policy);
        if (ask) {
            o.client.config_hook = Ask;
        }
        return o;
    }
    static bool Is13() { return std::string(GetParam().name) == "Tls13"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, Stapling, testing::ValuesIn(kVersions),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(Stapling, BringsTheResponse)
{
    Pair pair(Scene());
    Staple(pair.server(), Good());
    Outcome out = pair.Negotiate();
    ASSERT_TRUE(out.ok()) << out.client_name() << out.server_name();
    EXPECT_EQ(Good(), Received(pair.client()));
    EXPECT_EQ(1, s2n_connection_is_ocsp_stapled(pair.client().conn));
    EXPECT_EQ(1, s2n_connection_is_ocsp_stapled(pair.server().conn));
    EXPECT_STREQ(GetParam().type, s2n_connection_get_handshake_type_name(pair.client().conn));
    EXPECT_STREQ(GetParam().type, s2n_connection_get_handshake_type_name(pair.server().conn));
    EXPECT_EQ("hi", pair.Carry(pair.client(), pair.server(), "hi"));
    EXPECT_EQ(Bytes(), Received(pair.server()));
    Must(s2n_connection_free_handshake(pair.client().conn), "free_handshake");
    EXPECT_EQ(Bytes(), Received(pair.client()));
    EXPECT_EQ(1, s2n_connection_is_ocsp_stapled(pair.client().conn));
    Must(s2n_connection_wipe(pair.client().conn), "wipe");
    EXPECT_EQ(0, s2n_connection_is_ocsp_stapled(pair.client().conn));
}

TEST_P(Stapling, NeedsBothSides)
{
    for (bool ask : { false, true }) {
        Pair pair(Scene(ask));
        if (!ask) {
            Staple(pair.server(), Good());
        }
        ASSERT_TRUE(pair.Negotiate().ok());
        for (End *end : { &pair.client(), &pair.server() }) {
            EXPECT_EQ(0, s2n_connection_is_ocsp_stapled(end->conn));
            EXPECT_EQ(Bytes(), Received(*end));
            EXPECT_EQ(nullptr, strstr(s2n_connection_get_handshake_type_name(end->conn), "OCSP"));
        }
    }
}

TEST_P(Stapling, IsAskedForByClientsWithACaFile)
{
    char path[] = "/tmp/s2n-staple-XXXXXX";
    int fd = mkstemp(path);
    ASSERT_GE(fd, 0);
    const std::string &pem = Us().root.pem;
    ASSERT_EQ(static_cast<ssize_t>(pem.size()), write(fd, pem.data(), pem.size()));
    close(fd);
    for (bool take_back : { false, true }) {
        PairOptions o = Scene(false);
        o.client.trust_pem.clear();
        o.client.config_hook = [&](s2n_config *c) {
            Must(s2n_config_set_verification_ca_location(c, path, nullptr), "ca_location");
            Must(take_back ? s2n_config_set_status_request_type(c, S2N_STATUS_REQUEST_NONE) : 0, "none");
        };
        Pair pair(o);
        Staple(pair.server(), Good());
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(take_back ? Bytes() : Good(), Received(pair.client()));
    }
    unlink(path);
}

TEST_P(Stapling, CanBeRenewedAndRemoved)
{
    PairOptions o = Scene();
    Bytes other = OcspResponse(OcspSpec(), Us().leaf, Us().intermediate);
    Pair pair(o);
    Staple(pair.server(), Good());
    Staple(pair.server(), other);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(other, Received(pair.client()));
    Pair bare(o);
    Staple(bare.server(), Good());
    Staple(bare.server(), Bytes());
    ASSERT_TRUE(bare.Negotiate().ok());
    EXPECT_EQ(Bytes(), Received(bare.client()));
}

/* What the server decided holds for this handshake, whatever the application does meanwhile. */
TEST_P(Stapling, StaysAsItWasDuringAHandshake)
{
    Pair pair(Scene());
    Staple(pair.server(), Good());
    bool named = false;
    for (int i = 0; i < 2000 && !pair.server().done; i++) {
        pair.client().Step();
        named |=
            std::string("SERVER_CERT_STATUS") == s2n_connection_get_last_message_name(pair.client().conn);
        mempipe_move(pair.client().pipe, pair.server().pipe, 7);
        pair.server().Step();
        if (s2n_connection_is_ocsp_stapled(pair.server().conn) == 1) {
            Staple(pair.server(), Bytes());
        }
        mempipe_move(pair.server().pipe, pair.client().pipe, 7);
    }
    pair.Negotiate();
    ASSERT_TRUE(pair.client().done) << ErrName(pair.client().error);
    EXPECT_EQ(Good(), Received(pair.client()));
    EXPECT_EQ(!Is13(), named);
}

TEST_P(Stapling, HasNoPlaceInAResumption)
{
    std::string session;
    auto tickets = [](s2n_config *c) {
        static uint8_t name[16] = { 1 }, key[32] = { 2 };
        Must(s2n_config_set_session_tickets_onoff(c, 1), "tickets");
        Must(s2n_config_add_ticket_crypto_key(c, name, sizeof(name), key, sizeof(key), 0), "key");
    };
    for (int round = 0; round < 2; round++) {
        PairOptions o = Scene(false);
        o.server.config_hook = tickets;
        o.client.config_hook = [](s2n_config *c) {
            Ask(c);
            Must(s2n_config_set_session_tickets_onoff(c, 1), "tickets");
        };
        o.client.conn_hook = [&](s2n_connection *c) {
            Must(session.empty() ? 0
                                 : s2n_connection_set_session(
                                       c, reinterpret_cast<const uint8_t *>(session.data()), session.size()),
                 "set_session");
        };
        Pair pair(o);
        Staple(pair.server(), Good());
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ("x", pair.Carry(pair.server(), pair.client(), "x"));
        EXPECT_EQ(round == 1, s2n_connection_is_session_resumed(pair.client().conn));
        EXPECT_EQ(round == 0 ? Good() : Bytes(), Received(pair.client()));
        EXPECT_EQ(round == 0, s2n_connection_is_ocsp_stapled(pair.client().conn));
        EXPECT_EQ(round == 0, s2n_connection_is_ocsp_stapled(pair.server().conn));
        int n = s2n_connection_get_session_length(pair.client().conn);
        session.resize(static_cast<size_t>(n));
        Must(s2n_connection_get_session(pair.client().conn, reinterpret_cast<uint8_t *>(&session[0]),
                                        session.size()) == n
                 ? 0
                 : -1,
             "get_session");
    }
}

TEST_P(Stapling, ComesWithAClientsCertificateAtTls13)
{
    PairOptions o = Scene(false);
    Mutual(&o, kKind);
    o.server.config_hook = Ask;
    Pair pair(o);
    Staple(pair.client(), Good());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(Is13() ? Good() : Bytes(), Received(pair.server()));
    EXPECT_EQ(Bytes(), Received(pair.client()));
}

/* ---- the verdict ---- */

struct Verdict {
    const char *name;
    std::function<Bytes()> response;
    const char *error; /* without S2N_ERR_; "" accepted */
};

Bytes Of(std::function<void(OcspSpec &)> change)
{
    OcspSpec spec;
    change(spec);
    return OcspResponse(spec, Us().leaf, Us().intermediate);
}
Bytes OfDelegate(const CertSpec &delegate, const Issued *issuer, bool send = true)
{
    Issued responder = Issue(delegate, issuer);
    return Of([&](OcspSpec &s) {
        s.responder = &responder;
        s.with_responder = send;
    });
}
CertSpec Delegate()
{
    return CertSpec().Leaf("OCSP responder").Key(kKind, 7).ExtUsage("OCSPSigning");
}
time_t Ago(long seconds)
{
    return time(nullptr) - seconds;
}

const Verdict kVerdicts[] = {
    { "Good", [] { return Of([](OcspSpec &) {}); }, "" },
    { "Revoked", [] { return Of([](OcspSpec &s) { s.status = CertStatus::Revoked; }); }, "CERT_REVOKED" },
    { "Unknown", [] { return Of([](OcspSpec &s) { s.status = CertStatus::Unknown; }); }, "CERT_UNTRUSTED" },
    { "OutOfDate",
      [] {
          return Of([](OcspSpec &s) {
              s.this_update = -7200;
              s.next_update = -3600;
          });
      },
      "CERT_EXPIRED" },
    { "RevokedButOutOfDate",
      [] {
          return Of([](OcspSpec &s) {
              s.status = CertStatus::Revoked;
              s.this_update = -7200;
              s.next_update = -3600;
          });
      },
      "CERT_EXPIRED" },
    { "FromTheFuture", [] { return Of([](OcspSpec &s) { s.this_update = 1800; }); }, "CERT_INVALID" },
    { "FreshWithoutNextUpdate",
      [] {
          return Of([](OcspSpec &s) {
              s.has_next = false;
              s.this_update = -3000;
          });
      },
      "" },
    { "OldWithoutNextUpdate",
      [] {
          return Of([](OcspSpec &s) {
              s.has_next = false;
              s.this_update = -3700;
          });
      },
      "CERT_EXPIRED" },
    { "AboutAnotherCertificate", [] { return Of([](OcspSpec &s) { s.about = &Us().intermediate; }); },
      "CERT_UNTRUSTED" },
    { "IdBySha256", [] { return Of([](OcspSpec &s) { s.id_digest = "SHA256"; }); }, "CERT_UNTRUSTED" },
    { "BrokenSignature", [] { return Of([](OcspSpec &s) { s.break_signature = true; }); }, "CERT_UNTRUSTED" },
    { "SignedByTheLeaf", [] { return Of([](OcspSpec &s) { s.responder = &Us().leaf; }); }, "CERT_UNTRUSTED" },
    { "SignedByTheRoot", [] { return Of([](OcspSpec &s) { s.responder = &Us().root; }); }, "CERT_UNTRUSTED" },
    { "TryLater", [] { return Of([](OcspSpec &s) { s.response_status = 3; }); }, "CERT_UNTRUSTED" },
    { "Garbage", [] { return Bytes(40, 0x5A); }, "INVALID_OCSP_RESPONSE" },
    { "TrailingByte",
      [] {
          Bytes der = Good();
          der.push_back(0);
          return der;
      },
      "INVALID_OCSP_RESPONSE" },
    { "Truncated",
      [] {
          Bytes der = Good();
          der.pop_back();
          return der;
      },
      "INVALID_OCSP_RESPONSE" },
    { "Delegated", [] { return OfDelegate(Delegate(), &Us().intermediate); }, "" },
    { "DelegatedButNotSent", [] { return OfDelegate(Delegate(), &Us().intermediate, false); },
      "CERT_UNTRUSTED" },
    { "DelegatedByTheRoot", [] { return OfDelegate(Delegate(), &Us().root); }, "CERT_UNTRUSTED" },
    { "DelegateOfItsOwn", [] { return OfDelegate(Delegate(), nullptr); }, "CERT_UNTRUSTED" },
    { "DelegateWithoutThePurpose",
      [] { return OfDelegate(Delegate().ExtUsage("serverAuth"), &Us().intermediate); }, "CERT_UNTRUSTED" },
    { "DelegateWithoutAnyPurpose", [] { return OfDelegate(Delegate().ExtUsage(""), &Us().intermediate); },
      "CERT_UNTRUSTED" },
    { "DelegateOutOfDate",
      [] { return OfDelegate(Delegate().From(Ago(7200)).Until(Ago(3600)), &Us().intermediate); },
      "CERT_UNTRUSTED" },
    { "DelegateOfAnotherIssuerOfThatName",
      [] {
          X509 *real = Us().intermediate.x509.get();
          char name[256] = "";
          X509_NAME_get_text_by_NID(X509_get_subject_name(real), NID_commonName, name, sizeof(name));
          Issued fake = Issue(CertSpec().Ca(name).Key(kKind, 9), nullptr);
          return OfDelegate(Delegate(), &fake);
      },
      "CERT_UNTRUSTED" },
};
void PrintTo(const Verdict &v, std::ostream *os)
{
    *os << v.name;
}

class StapledVerdict : public testing::TestWithParam<std::tuple<Version, Verdict>>
{
  protected:
    const Version &version() { return std::get<0>(GetParam()); }
    const Verdict &verdict() { return std::get<1>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Each, StapledVerdict,
                         testing::Combine(testing::ValuesIn(kVersions), testing::ValuesIn(kVerdicts)),
                         [](const auto &info) {
                             return std::string(std::get<0>(info.param).name) + std::get<1>(info.param).name;
                         });

TEST_P(StapledVerdict, IsTheClients)
{
    PairOptions o = ServedBy(kKind, version().policy);
    o.client.config_hook = Ask;
    Pair pair(o);
    Staple(pair.server(), verdict().response());
    Outcome out = pair.Negotiate();
    std::string expected = verdict().error[0] == '\0' ? "" : std::string("S2N_ERR_") + verdict().error;
    EXPECT_EQ(expected, out.client_name());
    EXPECT_EQ(expected.empty(), out.client_done);
}

TEST_P(StapledVerdict, IsNotMadeWhereSwitchedOff)
{
    for (bool verify : { true, false }) {
        PairOptions o = ServedBy(kKind, version().policy);
        o.client.verify = verify;
        o.client.config_hook = [&](s2n_config *c) {
            Ask(c);
            Must(verify ? s2n_config_set_check_stapled_ocsp_response(c, 0) : 0, "check");
        };
        Pair pair(o);
        Bytes response = verdict().response();
        Staple(pair.server(), response);
        Outcome out = pair.Negotiate();
        EXPECT_TRUE(out.ok()) << out.client_name();
        EXPECT_EQ(response, Received(pair.client()));
    }
}

TEST(StapledVerdictOfServers, RefusesARevokedClient)
{
    for (bool check : { true, false }) {
        PairOptions o = ServedBy(kKind, "default_tls13");
        Mutual(&o, kKind);
        o.server.config_hook = [&](s2n_config *c) {
            Ask(c);
            Must(s2n_config_set_check_stapled_ocsp_response(c, check), "check");
        };
        Pair pair(o);
        Staple(pair.client(), Of([](OcspSpec &s) { s.status = CertStatus::Revoked; }));
        Outcome out = pair.Negotiate();
        EXPECT_EQ(check ? "S2N_ERR_CERT_REVOKED" : "", out.server_name());
    }
}

/* The config's clock says what is out of date. */
TEST(StapledVerdictOfServers, GoesByTheConfigsClock)
{
    PairOptions o = ServedBy(kKind, "default_tls13");
    o.client.config_hook = [](s2n_config *c) {
        Ask(c);
        auto later = [](void *, uint64_t *ns) {
            *ns = (static_cast<uint64_t>(time(nullptr)) + 7200) * 1000000000ULL;
            return 0;
        };
        Must(s2n_config_set_wall_clock(c, later, nullptr), "clock");
    };
    Pair pair(o);
    Staple(pair.server(), Good());
    EXPECT_EQ("S2N_ERR_CERT_EXPIRED", pair.Negotiate().client_name());
}

/* ---- timestamps ---- */

const Bytes kTimestamps = { 0, 6, 0, 4, 'l', 'i', 's', 't' };

TEST_P(Stapling, BringsTimestampsToClientsThatAsk)
{
    for (bool ask : { true, false }) {
        PairOptions o = Scene(false);
        o.client.config_hook = [&](s2n_config *c) {
            Must(s2n_config_set_ct_support_level(c, ask ? S2N_CT_SUPPORT_REQUEST : S2N_CT_SUPPORT_NONE),
                 "ct");
        };
        Pair pair(o);
        Must(s2n_cert_chain_and_key_set_sct_list(pair.server().chain, kTimestamps.data(),
                                                 static_cast<uint32_t>(kTimestamps.size())),
             "set_sct_list");
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(ask ? kTimestamps : Bytes(), Timestamps(pair.client()));
        EXPECT_EQ(Bytes(), Timestamps(pair.server()));
        Must(s2n_connection_free_handshake(pair.client().conn), "free_handshake");
        EXPECT_EQ(ask ? kTimestamps : Bytes(), Timestamps(pair.client()));
        Must(s2n_connection_wipe(pair.client().conn), "wipe");
        EXPECT_EQ(Bytes(), Timestamps(pair.client()));
    }
}

TEST_P(Stapling, BringsBothAtOnce)
{
    PairOptions o = Scene(false);
    o.client.config_hook = [](s2n_config *c) {
        Ask(c);
        Must(s2n_config_set_ct_support_level(c, S2N_CT_SUPPORT_REQUEST), "ct");
    };
    Pair pair(o);
    Staple(pair.server(), Good());
    Must(s2n_cert_chain_and_key_set_sct_list(pair.server().chain, kTimestamps.data(),
                                             static_cast<uint32_t>(kTimestamps.size())),
         "set_sct_list");
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(kTimestamps, Timestamps(pair.client()));
    EXPECT_EQ(Good(), Received(pair.client()));
}

/* ---- libssl ---- */

int GiveStaple(SSL *ssl, void *arg)
{
    const Bytes *der = static_cast<const Bytes *>(arg);
    void *copy = OPENSSL_memdup(der->data(), der->size());
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(der->size()));
    return SSL_TLSEXT_ERR_OK;
}

TEST_P(Stapling, ComesFromLibssl)
{
    for (bool good : { true, false }) {
        Bytes der = good ? Good() : Of([](OcspSpec &s) { s.status = CertStatus::Revoked; });
        OpenSslEnd theirs(true);
        theirs.Show(Us());
        SSL_CTX_set_max_proto_version(theirs.ctx(), Is13() ? TLS1_3_VERSION : TLS1_2_VERSION);
        SSL_CTX_set_tlsext_status_cb(theirs.ctx(), GiveStaple);
        SSL_CTX_set_tlsext_status_arg(theirs.ctx(), &der);
        theirs.Start();
        OurEnd ours(false, Scene().client);
        EXPECT_EQ(good, Shake(*ours, theirs));
        EXPECT_EQ(good ? "" : "S2N_ERR_CERT_REVOKED", ErrName(ours->error));
        EXPECT_EQ(der, Received(*ours));
    }
}

TEST_P(Stapling, IsTakenByLibssl)
{
    OpenSslEnd theirs(false);
    theirs.Trust(Us(), SSL_VERIFY_PEER);
    SSL_CTX_set_max_proto_version(theirs.ctx(), Is13() ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_tlsext_status_type(theirs.ctx(), TLSEXT_STATUSTYPE_ocsp);
    theirs.Start();
    OurEnd ours(true, Scene().server);
    Staple(*ours, Good());
    ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error << ErrName(ours->error);
    const unsigned char *p = nullptr;
    long n = SSL_get_tlsext_status_ocsp_resp(theirs.ssl(), &p);
    ASSERT_GT(n, 0);
    EXPECT_EQ(Good(), Bytes(p, p + n));
    EXPECT_TRUE(Echo(*ours, theirs, 3000));
}

TEST_P(Stapling, SendsTimestampsThatLibsslTakes)
{
    OpenSslEnd theirs(false);
    theirs.Trust(Us(), SSL_VERIFY_PEER);
    SSL_CTX_set_max_proto_version(theirs.ctx(), Is13() ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_enable_ct(theirs.ctx(), SSL_CT_VALIDATION_PERMISSIVE);
    theirs.Start();
    OurEnd ours(true, Scene().server);
    Must(s2n_cert_chain_and_key_set_sct_list(ours->chain, kTimestamps.data(),
                                             static_cast<uint32_t>(kTimestamps.size())),
         "set_sct_list");
    ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error << ErrName(ours->error);
    EXPECT_TRUE(Echo(*ours, theirs, 300));
}

} // namespace
