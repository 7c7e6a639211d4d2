/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our connections against OpenSSL's libssl in memory: every suite, group and certificate kind in both roles, client
 * certificates, HelloRetryRequest, key updates, large transfers, ALPN, and how each side takes the other's end.
 */
#include "support/c_headers.h"

#include "support/pair.h"
#include "support/test_policy.h"

#include "self/openssl_peer.h"

using namespace s2n_test;

namespace
{

struct Row {
    const struct suite *suite;
    const struct group *group;
    KeyKind cert;
    bool we_serve;
};

const char *GroupName(const struct group *g)
{
    return g->id == 0x001D ? "X25519" : g->evp;
}

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    for (bool we_serve : { false, true }) {
        for (const struct suite *s : NegotiableSuites()) {
            for (KeyKind cert : AllCertKinds()) {
                if (s->kex == KEX_RSA) {
                    if (cert == KeyKind::Rsa2048) {
                        rows.push_back({ s, nullptr, cert, we_serve });
                    }
                    continue;
                }
                if (s->auth != AUTH_ANY && IsEc(cert) != (s->auth == AUTH_ECDSA)) {
                    continue;
                }
                for (const struct group *g : NegotiableGroups()) {
                    if (g->kind == GROUP_EC || g->kind == GROUP_X) {
                        rows.push_back({ s, g, cert, we_serve });
                    }
                }
            }
        }
    }
    return rows;
}

void PrintTo(const Row &r, std::ostream *os)
{
    *os << r.suite->iana;
}
std::string RowName(const testing::TestParamInfo<Row> &info)
{
    const Row &r = info.param;
    return std::string(r.we_serve ? "Serving_" : "Asking_") + r.suite->iana + "_" +
           (r.group ? r.group->name : "none") + "_" + CertKindName(r.cert);
}

/* The row's group, and below TLS 1.3 the curve of the certificate's key, since there the list speaks of both. */
std::vector<const struct group *> Groups(const Row &r)
{
    std::vector<const struct group *> groups;
    if (r.group != nullptr) {
        groups.push_back(r.group);
    }
    uint16_t curve = r.cert == KeyKind::P256 ? 0x0017 : r.cert == KeyKind::P384 ? 0x0018 : 0x0019;
    if (r.suite->kex == KEX_ECDHE && IsEc(r.cert) && curve != r.group->id) {
        groups.push_back(group_by_id(curve));
    }
    return groups;
}

/* Everything that the row does not say stays as libssl likes it. */
void Restrict(OpenSslEnd *end, const Row &r)
{
    bool is13 = r.suite->kex == KEX_TLS13;
    SSL_CTX_set_min_proto_version(end->ctx(), is13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(end->ctx(), is13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    if (is13) {
        ASSERT_EQ(1, SSL_CTX_set_ciphersuites(end->ctx(), r.suite->iana));
    } else {
        ASSERT_EQ(1, SSL_CTX_set_cipher_list(end->ctx(), r.suite->name)) << r.suite->name;
    }
    std::string list;
    for (const struct group *g : Groups(r)) {
        list += (list.empty() ? "" : ":") + std::string(GroupName(g));
    }
    ASSERT_EQ(1, list.empty() ? 1 : SSL_CTX_set1_groups_list(end->ctx(), list.c_str())) << list;
}

class OpenSsl : public testing::TestWithParam<Row>
{
  protected:
    OpenSsl()
        : policy_({ GetParam().suite }, Groups(GetParam()), NegotiableSchemes()),
          pki_(PkiFor(GetParam().cert)), theirs_(!GetParam().we_serve)
    {
        ours_.config_hook = policy_.Hook();
        Restrict(&theirs_, GetParam());
        if (GetParam().we_serve) {
            ours_.chain_pem = pki_.chain_pem;
            ours_.key_pem = pki_.leaf.key_pem;
            theirs_.Trust(pki_, SSL_VERIFY_PEER);
        } else {
            ours_.trust_pem = pki_.root.pem;
            theirs_.Show(pki_);
        }
    }
    bool Is13() { return GetParam().suite->kex == KEX_TLS13; }
    void Run(size_t bytes)
    {
        OurEnd ours(GetParam().we_serve, ours_);
        theirs_.Start();
        ASSERT_TRUE(Shake(*ours, theirs_))
            << ErrName(ours->error) << " " << s2n_strerror_debug(ours->error, nullptr) << " / "
            << theirs_.error;
        EXPECT_STREQ(GetParam().suite->name, s2n_connection_get_cipher(ours->conn));
        EXPECT_EQ(GetParam().suite->id, SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(theirs_.ssl())));
        const char *group = "";
        EXPECT_EQ(GetParam().group == nullptr ? -1 : 0,
                  s2n_connection_get_key_exchange_group(ours->conn, &group));
        EXPECT_STREQ(GetParam().group == nullptr ? "NONE" : GetParam().group->name, group);
        EXPECT_TRUE(Echo(*ours, theirs_, bytes));
        if (Is13()) {
            UpdateKeys(*ours);
        }
        Close(*ours);
    }
    void UpdateKeys(End &ours)
    {
        ASSERT_EQ(1, SSL_key_update(theirs_.ssl(), SSL_KEY_UPDATE_REQUESTED));
        ASSERT_EQ(0, s2n_connection_request_key_update(ours.conn, S2N_KEY_UPDATE_NOT_REQUESTED));
        EXPECT_TRUE(Echo(ours, theirs_, 3000));
        EXPECT_TRUE(Echo(ours, theirs_, 3000));
    }
    void Close(End &ours)
    {
        s2n_blocked_status blocked;
        EXPECT_EQ(-1, s2n_shutdown(ours.conn, &blocked));
        EXPECT_EQ(S2N_ERR_T_BLOCKED, s2n_error_get_type(s2n_errno));
        theirs_.Move(ours.pipe);
        char byte;
        EXPECT_LE(SSL_read(theirs_.ssl(), &byte, 1), 0);
        EXPECT_NE(0, SSL_get_shutdown(theirs_.ssl()) & SSL_RECEIVED_SHUTDOWN);
        EXPECT_EQ(1, SSL_shutdown(theirs_.ssl()));
        theirs_.Move(ours.pipe);
        EXPECT_EQ(0, s2n_shutdown(ours.conn, &blocked)) << ErrName(s2n_errno);
    }

    TestPolicy policy_;
    const Pki &pki_;
    OpenSslEnd theirs_;
    EndOptions ours_;
};

TEST_P(OpenSsl, ConnectsAndTalks)
{
    Run(20000);
}

TEST_P(OpenSsl, AuthenticatesBothSides)
{
    ours_.client_auth_set = true;
    ours_.client_auth = S2N_CERT_AUTH_REQUIRED;
    ours_.chain_pem = pki_.chain_pem;
    ours_.key_pem = pki_.leaf.key_pem;
    ours_.trust_pem = pki_.root.pem;
    theirs_.Trust(pki_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    if (GetParam().we_serve) {
        ours_.conn_hook = [](s2n_connection *c) {
            Must(s2n_connection_set_verify_host_callback(
                     c, [](const char *, size_t, void *) -> uint8_t { return 1; }, nullptr),
                 "verify host");
        };
        theirs_.Show(pki_);
    }
    Run(1000);
    SslPtr<X509> cert(SSL_get1_peer_certificate(theirs_.ssl()));
    EXPECT_NE(nullptr, cert.get());
}

INSTANTIATE_TEST_SUITE_P(All, OpenSsl, testing::ValuesIn(Rows()), RowName);

/* With both sides at their defaults. */
struct Roles : testing::TestWithParam<bool> {
    static EndOptions Ours(KeyKind kind = KeyKind::P256)
    {
        EndOptions o;
        if (GetParam()) {
            o.chain_pem = PkiFor(kind).chain_pem;
            o.key_pem = PkiFor(kind).leaf.key_pem;
        } else {
            o.trust_pem = PkiFor(kind).root.pem;
        }
        return o;
    }
    static void Theirs(OpenSslEnd *end, KeyKind kind = KeyKind::P256)
    {
        if (GetParam()) {
            end->Trust(PkiFor(kind), SSL_VERIFY_PEER);
        } else {
            end->Show(PkiFor(kind));
        }
    }
};

TEST_P(Roles, BothAtTheirDefaults)
{
    OpenSslEnd theirs(!GetParam());
    Theirs(&theirs);
    OurEnd ours(GetParam(), Ours());
    theirs.Start();
    ASSERT_TRUE(Shake(*ours, theirs)) << ErrName(ours->error) << theirs.error;
    EXPECT_EQ(S2N_TLS13, s2n_connection_get_actual_protocol_version(ours->conn));
    EXPECT_TRUE(Echo(*ours, theirs, 300 * 1024));
}

TEST_P(Roles, RetryForAnotherGroup)
{
    OpenSslEnd theirs(!GetParam());
    Theirs(&theirs);
    SSL_CTX_set1_groups_list(theirs.ctx(), GetParam() ? "X25519:P-384" : "P-384");
    EndOptions o = Ours();
    o.policy = GetParam() ? "20250414" : "default_tls13"; /* secp384r1 only; secp256r1 first */
    if (GetParam()) {
        o.chain_pem = PkiFor(KeyKind::P384).chain_pem;
        o.key_pem = PkiFor(KeyKind::P384).leaf.key_pem;
        theirs.Trust(PkiFor(KeyKind::P384), SSL_VERIFY_PEER);
    }
    OurEnd ours(GetParam(), o);
    theirs.Start();
    ASSERT_TRUE(Shake(*ours, theirs)) << ErrName(ours->error) << theirs.error;
    EXPECT_STREQ("NEGOTIATED|FULL_HANDSHAKE|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT",
                 s2n_connection_get_handshake_type_name(ours->conn));
    EXPECT_TRUE(Echo(*ours, theirs, 5000));
}

// RFC 8422 5.1.1: below TLS 1.3 the client's groups are those of certificates, too; OpenSSL's client insists on it.
TEST(Curves, OfCertificatesAreTheClients)
{
    struct {
        const char *groups, *suite;
    } rows[] = { { "P-256", "ECDHE-ECDSA-AES128-GCM-SHA256" },
                 { "X25519:P-256", "ECDHE-ECDSA-AES128-GCM-SHA256" },
                 { "X25519", "ECDHE-RSA-AES128-GCM-SHA256" } };
    const Pki &ecdsa = PkiFor(KeyKind::P256), &rsa = PkiFor(KeyKind::Rsa2048);
    s2n_cert_chain_and_key *second = s2n_cert_chain_and_key_new();
    Must(s2n_cert_chain_and_key_load_pem(second, rsa.chain_pem.c_str(), rsa.leaf.key_pem.c_str()), "pem");
    for (const auto &row : rows) {
        EndOptions o;
        o.policy = "default";
        o.chain_pem = ecdsa.chain_pem;
        o.key_pem = ecdsa.leaf.key_pem;
        o.config_hook = [&](s2n_config *c) {
            Must(s2n_config_add_cert_chain_and_key_to_store(c, second), "add");
        };
        OpenSslEnd theirs(false);
        theirs.Trust(ecdsa, SSL_VERIFY_PEER);
        theirs.Trust(rsa, SSL_VERIFY_PEER);
        SSL_CTX_set_max_proto_version(theirs.ctx(), TLS1_2_VERSION);
        SSL_CTX_set1_groups_list(theirs.ctx(), row.groups);
        OurEnd ours(true, o);
        theirs.Start();
        ASSERT_TRUE(Shake(*ours, theirs)) << row.groups << ErrName(ours->error) << theirs.error;
        EXPECT_STREQ(row.suite, s2n_connection_get_cipher(ours->conn)) << row.groups;
    }
    s2n_cert_chain_and_key_free(second);
}

TEST_P(Roles, SmallRecordsBothWays)
{
    OpenSslEnd theirs(!GetParam());
    Theirs(&theirs, KeyKind::Rsa2048);
    SSL_CTX_set_max_send_fragment(theirs.ctx(), 512);
    EndOptions o = Ours(KeyKind::Rsa2048);
    o.config_hook = [](s2n_config *c) {
        Must(s2n_config_send_max_fragment_length(c, S2N_TLS_MAX_FRAG_LEN_512), "send");
        Must(s2n_config_accept_max_fragment_length(c), "accept");
    };
    if (GetParam()) {
        SSL_CTX_set_tlsext_max_fragment_length(theirs.ctx(), TLSEXT_max_fragment_length_512);
    }
    OurEnd ours(GetParam(), o);
    theirs.Start();
    ASSERT_TRUE(Shake(*ours, theirs)) << ErrName(ours->error) << theirs.error;
    EXPECT_TRUE(Echo(*ours, theirs, 50000));
}

TEST_P(Roles, AgreeOnAProtocol)
{
    OpenSslEnd theirs(!GetParam());
    Theirs(&theirs);
    static const unsigned char list[] = "\x08http/1.1\x02h2";
    SSL_CTX_set_alpn_protos(theirs.ctx(), list, sizeof(list) - 1);
    SSL_CTX_set_alpn_select_cb(
        theirs.ctx(),
        [](SSL *, const unsigned char **out, unsigned char *out_len, const unsigned char *in, unsigned in_len,
           void *) {
            unsigned char *chosen = nullptr;
            int r = SSL_select_next_proto(&chosen, out_len, list, sizeof(list) - 1, in, in_len);
            *out = chosen;
            return r == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
        },
        nullptr);
    EndOptions o = Ours();
    o.alpn = { "h2", "http/1.1" };
    OurEnd ours(GetParam(), o);
    theirs.Start();
    ASSERT_TRUE(Shake(*ours, theirs)) << ErrName(ours->error) << theirs.error;
    const unsigned char *name = nullptr;
    unsigned n = 0;
    SSL_get0_alpn_selected(theirs.ssl(), &name, &n);
    const char *want = GetParam() ? "h2" : "http/1.1"; /* the server's taste */
    EXPECT_EQ(want, std::string(reinterpret_cast<const char *>(name), n));
    EXPECT_STREQ(want, s2n_get_application_protocol(ours->conn));
}

/* An alert of ours names what was wrong, in libssl's words. */
TEST_P(Roles, TellEachOtherWhyNot)
{
    OpenSslEnd theirs(!GetParam());
    Theirs(&theirs);
    SSL_CTX_set_min_proto_version(theirs.ctx(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(theirs.ctx(), TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(theirs.ctx(), "ALL:@SECLEVEL=0");
    OurEnd ours(GetParam(), Ours());
    theirs.Start();
    EXPECT_FALSE(Shake(*ours, theirs));
    if (GetParam()) {
        EXPECT_EQ("S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED", ErrName(ours->error));
        EXPECT_NE(std::string::npos, theirs.error.find("alert protocol version")) << theirs.error;
    } else {
        EXPECT_EQ("S2N_ERR_ALERT", ErrName(ours->error));
        EXPECT_EQ(70, s2n_connection_get_alert(ours->conn));
    }
}

INSTANTIATE_TEST_SUITE_P(Both, Roles, testing::Bool(),
                         [](const auto &info) { return info.param ? "Serving" : "Asking"; });

} // namespace
