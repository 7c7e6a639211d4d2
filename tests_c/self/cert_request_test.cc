/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says when it asks for a certificate, and how a client's application chooses by it; and which certificate
 * gets a name that two have. RFC 8446 4.2.4 and 4.3.2, RFC 5246 7.4.4, contract/functions-2.md sections 15, 17 and 18.4,
 * functions-1.md section 5.
 */
#include "support/c_headers.h"

#include <s2n/unstable/cert_authorities.h>

#include "self/openssl_peer.h"
#include "support/identities.h"
#include "support/pair.h"

using namespace s2n_test;

namespace
{

using Bytes = std::vector<uint8_t>;
const KeyKind kKind = KeyKind::P256;

Bytes SubjectOf(const Issued &cert)
{
    unsigned char *der = nullptr;
    int n = i2d_X509_NAME(X509_get_subject_name(cert.x509.get()), &der);
    Bytes out(der, der + n);
    OPENSSL_free(der);
    return out;
}

/* A client's application: sees the names, answers with a chain. */
struct Chooser {
    s2n_cert_chain_and_key *answer = nullptr;
    int result = 0, calls = 0;
    std::vector<Bytes> names;

    static int Ask(s2n_connection *, void *ctx, s2n_certificate_request *request)
    {
        Chooser *self = static_cast<Chooser *>(ctx);
        s2n_certificate_authority_list *list = s2n_certificate_request_get_ca_list(request);
        self->calls++;
        for (int round = 0; round < 2; round++) { /* twice the same */
            self->names.clear();
            while (s2n_certificate_authority_list_has_next(list)) {
                uint8_t *name = nullptr;
                uint16_t n = 0;
                Must(s2n_certificate_authority_list_next(list, &name, &n), "next");
                self->names.push_back(Bytes(name, name + n));
            }
            uint8_t *name = reinterpret_cast<uint8_t *>(list);
            uint16_t n = 9;
            EXPECT_EQ(S2N_FAILURE, s2n_certificate_authority_list_next(list, &name, &n));
            EXPECT_STREQ("S2N_ERR_INVALID_ARGUMENT", s2n_strerror_name(s2n_errno));
            EXPECT_EQ(nullptr, name);
            EXPECT_EQ(0, n);
            Must(s2n_certificate_authority_list_reread(list), "reread");
        }
        if (self->answer != nullptr) {
            Must(s2n_certificate_request_set_certificate(request, self->answer), "set_certificate");
        }
        return self->result;
    }
    std::function<void(s2n_config *)> Hook()
    {
        return [this](s2n_config *c) {
            Must(s2n_config_set_cert_request_callback(c, Ask, this), "request_callback");
        };
    }
};

struct Chain {
    s2n_cert_chain_and_key *p = s2n_cert_chain_and_key_new();
    Chain(const std::string &pem, const std::string &key)
    {
        Must(s2n_cert_chain_and_key_load_pem(p, pem.c_str(), key.c_str()), "load_pem");
    }
    explicit Chain(const Issued &cert) : Chain(cert.pem, cert.key_pem) {}
    ~Chain() { s2n_cert_chain_and_key_free(p); }
    Chain(const Chain &) = delete;
    Chain &operator=(const Chain &) = delete;
};

void NameAuthorities(s2n_config *config)
{
    Must(s2n_config_set_cert_authorities_from_trust_store(config), "authorities");
}

class CertRequest : public testing::TestWithParam<const char *>
{
  protected:
    static PairOptions Scene()
    {
        PairOptions o = ServedBy(kKind, GetParam());
        Mutual(&o, kKind);
        return o;
    }
    static bool Is13() { return std::string(GetParam()) == "default_tls13"; }
};
INSTANTIATE_TEST_SUITE_P(Versions, CertRequest, testing::Values("default_tls13", "20240501"),
                         [](const auto &info) { return std::string(info.index == 0 ? "Tls13" : "Tls12"); });

TEST_P(CertRequest, NamesTheIssuersThatTheServerTrusts)
{
    for (bool named : { true, false }) {
        Chooser chooser;
        Chain other(PkiFor(kKind).chain_pem, PkiFor(kKind).leaf.key_pem);
        chooser.answer = other.p;
        PairOptions o = Scene();
        o.client.config_hook = chooser.Hook();
        o.server.trust_pem += PkiFor(KeyKind::P384).root.pem;
        o.server.config_hook = named ? NameAuthorities : nullptr;
        Pair pair(o);
        Outcome out = pair.Negotiate();
        ASSERT_TRUE(out.ok()) << out.client_name() << out.server_name();
        EXPECT_EQ(1, chooser.calls);
        EXPECT_EQ(other.p, s2n_connection_get_selected_cert(pair.client().conn));
        std::vector<Bytes> expected;
        if (named) {
            expected = { SubjectOf(PkiFor(kKind).root), SubjectOf(PkiFor(KeyKind::P384).root) };
        }
        std::sort(expected.begin(), expected.end());
        std::sort(chooser.names.begin(), chooser.names.end());
        EXPECT_EQ(expected, chooser.names);
    }
}

TEST_P(CertRequest, EndsWithoutAChoice)
{
    for (int result : { 0, 1 }) {
        Chooser chooser;
        chooser.result = result;
        PairOptions o = Scene();
        o.client.config_hook = chooser.Hook();
        Pair pair(o);
        EXPECT_EQ(result == 0 ? "S2N_ERR_NO_CERT_FOUND" : "S2N_ERR_CANCELLED",
                  pair.Negotiate().client_name());
    }
}

TEST_P(CertRequest, RefusesAChainThatCannotSignHere)
{
    Chooser chooser;
    s2n_cert_chain_and_key *empty = s2n_cert_chain_and_key_new();
    chooser.answer = empty;
    PairOptions o = Scene();
    o.client.config_hook = chooser.Hook();
    Pair pair(o);
    EXPECT_EQ("S2N_ERR_CERT_TYPE_UNSUPPORTED", pair.Negotiate().client_name());
    s2n_cert_chain_and_key_free(empty);
}

TEST_P(CertRequest, IsNotTheApplicationsWithoutACertificate)
{
    Chooser chooser;
    PairOptions o = Scene();
    o.client.chain_pem.clear();
    o.client.client_auth = o.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    o.client.config_hook = chooser.Hook();
    Pair pair(o);
    EXPECT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(0, chooser.calls);
}

TEST_P(CertRequest, IsUnderstoodByLibsslAndTheReverse)
{
    const Pki &pki = PkiFor(kKind);
    int version = Is13() ? TLS1_3_VERSION : TLS1_2_VERSION;
    PairOptions o = Scene();
    o.server.config_hook = NameAuthorities;
    {
        OpenSslEnd theirs(false);
        theirs.Show(pki);
        theirs.Trust(pki, SSL_VERIFY_PEER);
        SSL_CTX_set_max_proto_version(theirs.ctx(), version);
        theirs.Start();
        OurEnd ours(true, o.server);
        ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error << ErrName(ours->error);
        const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(theirs.ssl());
        ASSERT_EQ(1, sk_X509_NAME_num(names));
        EXPECT_EQ(0, X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(pki.root.x509.get())));
    }
    Chooser chooser;
    Chain chain(pki.chain_pem, pki.leaf.key_pem);
    chooser.answer = chain.p;
    o.client.config_hook = chooser.Hook();
    OpenSslEnd theirs(true);
    theirs.Show(pki);
    theirs.Trust(pki, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    SSL_CTX_set_max_proto_version(theirs.ctx(), version);
    ASSERT_EQ(1, SSL_CTX_add_client_CA(theirs.ctx(), pki.root.x509.get()));
    theirs.Start();
    OurEnd ours(false, o.client);
    ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error << ErrName(ours->error);
    EXPECT_EQ(std::vector<Bytes>{ SubjectOf(pki.root) }, chooser.names);
}

TEST_P(CertRequest, ListsDssForOldClientsOnly)
{
    for (bool compat : { true, false }) {
        OpenSslEnd theirs(false);
        theirs.Show(PkiFor(kKind));
        theirs.Trust(PkiFor(kKind), SSL_VERIFY_PEER);
        SSL_CTX_set_max_proto_version(theirs.ctx(), Is13() ? TLS1_3_VERSION : TLS1_2_VERSION);
        theirs.Start();
        PairOptions o = Scene();
        o.server.config_hook = [&](s2n_config *c) {
            Must(compat ? s2n_config_enable_cert_req_dss_legacy_compat(c) : 0, "dss");
        };
        OurEnd ours(true, o.server);
        ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error << ErrName(ours->error);
        const unsigned char *types = nullptr;
        size_t n = SSL_get0_certificate_types(theirs.ssl(), &types);
        Bytes expected = compat ? Bytes{ 1, 2, 64 } : Bytes{ 1, 64 };
        EXPECT_EQ(Is13() ? Bytes() : expected, Bytes(types, types + n));
    }
}

TEST(CertAuthorities, HaveLimits)
{
    EnsureInit();
    s2n_config *system = s2n_config_new(), *config = s2n_config_new_minimal();
    EXPECT_EQ(S2N_FAILURE, s2n_config_set_cert_authorities_from_trust_store(system));
    EXPECT_STREQ("S2N_ERR_INVALID_STATE", s2n_strerror_name(s2n_errno));
    EXPECT_EQ(S2N_SUCCESS, s2n_config_set_cert_authorities_from_trust_store(config)) << "an empty store";
    std::string filler(60, 'n');
    auto add = [&](int i) {
        Issued root = Issue(CertSpec().Ca(filler + std::to_string(1000 + i)).Key(KeyKind::P256, 3));
        Must(s2n_config_add_pem_to_trust_store(config, root.pem.c_str()), "trust");
        return SubjectOf(root).size() + 2;
    };
    size_t size = add(0), total = size;
    for (int i = 1; total + size <= 20000; i++, total += size) {
        ASSERT_EQ(size, add(i));
    }
    EXPECT_EQ(S2N_SUCCESS, s2n_config_set_cert_authorities_from_trust_store(config));
    add(900);
    EXPECT_EQ(S2N_FAILURE, s2n_config_set_cert_authorities_from_trust_store(config));
    EXPECT_STREQ("S2N_ERR_TOO_MANY_CAS", s2n_strerror_name(s2n_errno));
    s2n_config_free(system);
    s2n_config_free(config);
}

/* ---- who gets a name that is taken ---- */

struct Conflict {
    std::string name;
    s2n_cert_chain_and_key *present, *next;
};
std::vector<Conflict> conflicts;
enum {
    KEEP,
    REPLACE,
    SAY_NOTHING
} decision;

s2n_cert_chain_and_key *Tiebreak(s2n_cert_chain_and_key *present, s2n_cert_chain_and_key *next, uint8_t *name,
                                 uint32_t n)
{
    conflicts.push_back({ std::string(name, name + n), present, next });
    return decision == SAY_NOTHING ? nullptr : decision == KEEP ? present : next;
}

TEST(Tiebreak, DecidesWhoseNameItIs)
{
    Issued a =
        Issue(CertSpec().Leaf("a").San("DNS:localhost").San("DNS:Two.test").Key(kKind), &PkiFor(kKind).root);
    Issued b =
        Issue(CertSpec().Leaf("b").San("DNS:localhost").San("DNS:two.test").San("DNS:b.test").Key(kKind, 2),
              &PkiFor(kKind).root);
    Issued rsa =
        Issue(CertSpec().Leaf("rsa").San("DNS:localhost").Key(KeyKind::Rsa2048), &PkiFor(kKind).root);
    for (auto now : { KEEP, REPLACE, SAY_NOTHING }) {
        Chain first(a), second(b), of_rsa(rsa);
        decision = now;
        conflicts.clear();
        PairOptions o = ServedBy(kKind, "default_tls13");
        o.server.chain_pem.clear();
        o.server.config_hook = [&](s2n_config *c) {
            Must(s2n_config_set_cert_tiebreak_callback(c, Tiebreak), "tiebreak");
            for (const Chain *chain : { &first, &of_rsa, &second }) {
                Must(s2n_config_add_cert_chain_and_key_to_store(c, chain->p), "add_to_store");
            }
        };
        Pair pair(o);
        ASSERT_TRUE(pair.Negotiate().ok());
        ASSERT_EQ(2u, conflicts.size()) << "another type of key is no conflict";
        for (const Conflict &c : conflicts) {
            EXPECT_TRUE(c.name == "localhost" || c.name == "two.test") << c.name;
            EXPECT_EQ(first.p, c.present);
            EXPECT_EQ(second.p, c.next);
        }
        EXPECT_EQ(now == REPLACE ? second.p : first.p, s2n_connection_get_selected_cert(pair.server().conn));
    }
}

TEST(Tiebreak, IsNotAskedAboutThePast)
{
    const Pki &pki = PkiFor(kKind);
    EnsureInit();
    s2n_config *config = s2n_config_new_minimal();
    Chain first(pki.chain_pem, pki.leaf.key_pem), second(pki.chain_pem, pki.leaf.key_pem);
    conflicts.clear();
    decision = SAY_NOTHING;
    Must(s2n_config_add_cert_chain_and_key_to_store(config, first.p), "add");
    Must(s2n_config_add_cert_chain_and_key_to_store(config, second.p), "add");
    Must(s2n_config_set_cert_tiebreak_callback(config, Tiebreak), "tiebreak");
    EXPECT_EQ(0u, conflicts.size());
    Must(s2n_config_add_cert_chain_and_key_to_store(config, first.p), "add again");
    EXPECT_EQ(2u, conflicts.size()) << "localhost and www.example.test";
    Must(s2n_config_set_cert_tiebreak_callback(config, nullptr), "none");
    Must(s2n_config_add_cert_chain_and_key_to_store(config, second.p), "add again");
    EXPECT_EQ(2u, conflicts.size());
    s2n_config_free(config);
}

} // namespace
