/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every policy name of the contract: it can be chosen or gives the error that the contract names, and each one that
 * can be chosen shakes hands with itself and, both ways, with OpenSSL's defaults. The names and what they allow come
 * from tests_c/policy/policies.txt, which was written from the contract.
 */
#include "support/c_headers.h"

#include <set>

#include "support/pair.h"
#include "support/test_policy.h"

extern "C" {
#include "crypto/init.h"
}

#include "self/openssl_peer.h"

using namespace s2n_test;

namespace
{

struct Policy {
    std::string name;
    std::map<std::string, std::set<std::string>> lists;
    bool Lists(const std::string &list, const std::string &what) const
    {
        return lists.at(list).count(what) != 0;
    }
    bool Free(const std::string &list) const { return Lists(list, "none"); }
};

struct Published {
    std::vector<Policy> policies;
    std::vector<std::string> deprecated;
};

const Published &Contract()
{
    static const Published all = [] {
        Published p;
        std::ifstream in(std::string(S2N_TEST_DATA) + "/policy/policies.txt");
        for (std::string line; std::getline(in, line);) {
            std::istringstream words(line);
            std::string first;
            if (line.compare(0, 2, "  ") == 0) {
                size_t colon = line.find(": ");
                std::istringstream values(line.substr(colon + 2));
                std::set<std::string> &set = p.policies.back().lists[line.substr(2, colon - 2)];
                for (std::string v; values >> v;) {
                    set.insert(v);
                }
            } else if (words >> first && first == "policy") {
                p.policies.emplace_back();
                words >> p.policies.back().name;
            } else if (first == "deprecated") {
                p.deprecated.emplace_back();
                words >> p.deprecated.back();
            }
        }
        return p;
    }();
    return all;
}

/* What we can show: a certificate kind, how its chain is signed, and what it takes to be used under a policy. */
struct Identity {
    const char *name;
    Pki pki;
    const char *auth, *chain_signature, *handshake_signature, *key;
};

Pki SignedWithSha384()
{
    Pki pki;
    pki.root = Issue(CertSpec().Ca("root").Key(KeyKind::P384).Digest("SHA384"));
    pki.intermediate = Issue(CertSpec().Ca("intermediate").Key(KeyKind::P384, 1).Digest("SHA384"), &pki.root);
    pki.leaf = Issue(CertSpec().Leaf("localhost").San("DNS:localhost").Key(KeyKind::P384, 2).Digest("SHA384"),
                     &pki.intermediate);
    pki.chain_pem = pki.leaf.pem + pki.intermediate.pem;
    return pki;
}

const std::vector<Identity> &Identities()
{
    static const std::vector<Identity> all = {
        { "RSA", PkiFor(KeyKind::Rsa2048), "RSA", "rsa_pkcs1_sha256", "rsa", "rsa_2048" },
        { "P256", PkiFor(KeyKind::P256), "ECDSA", "ecdsa_sha256", "ecdsa_sha256", "ecdsa_p256" },
        { "P384", SignedWithSha384(), "ECDSA", "ecdsa_sha384", "ecdsa_sha384", "ecdsa_p384" },
    };
    return all;
}

const char *AuthName(const struct suite *s)
{
    return s->auth == AUTH_RSA ? "RSA" : s->auth == AUTH_ECDSA ? "ECDSA" : "ANY";
}

bool Fits(const Policy &p, const Identity &id)
{
    bool suite = false, rsa = std::string(id.auth) == "RSA";
    for (const struct suite *s : NegotiableSuites()) {
        suite |= p.Lists("suites", s->iana) && (s->auth == AUTH_ANY || AuthName(s) == std::string(id.auth));
    }
    bool signature = !rsa && p.Lists("signature schemes", id.handshake_signature);
    for (const char *scheme :
         { "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pkcs1_sha256", "rsa_pkcs1_sha384" }) {
        signature |= rsa && p.Lists("signature schemes", scheme);
    }
    bool chain = p.Free("certificate signature schemes") ||
                 p.Lists("certificate signature schemes", id.chain_signature);
    bool key = p.Free("certificate keys") || p.Lists("certificate keys", id.key);
    /* An elliptic curve certificate's curve counts as a group below TLS 1.3. */
    bool curve = rsa || p.Lists("groups", std::string(id.name) == "P256" ? "secp256r1" : "secp384r1");
    return suite && signature && chain && key && curve;
}

bool Selectable(const Policy &p)
{
    if (p.name == "null") {
        return true;
    }
    for (const struct group &g : groups) {
        if ((p.Lists("groups", g.name) || p.Lists("kem groups", g.name)) && crypto_has_group(&g)) {
            return true;
        }
    }
    return false;
}

std::vector<Policy> Policies()
{
    EnsureInit();
    return Contract().policies;
}
void PrintTo(const Policy &p, std::ostream *os)
{
    *os << p.name;
}
std::string PolicyName(const testing::TestParamInfo<Policy> &info)
{
    std::string name = info.param.name;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

class EachPolicy : public testing::TestWithParam<Policy>
{
  protected:
    EndOptions Serving(const Identity &id)
    {
        EndOptions o;
        o.policy = GetParam().name;
        o.chain_pem = id.pki.chain_pem;
        o.key_pem = id.pki.leaf.key_pem;
        return o;
    }
    EndOptions Asking(const Identity &id)
    {
        EndOptions o;
        o.policy = GetParam().name;
        o.trust_pem = id.pki.root.pem;
        return o;
    }
    bool Works() { return GetParam().name != "null" && Selectable(GetParam()); }
};

TEST_P(EachPolicy, CanBeChosenOrSaysWhyNot)
{
    s2n_config *config = s2n_config_new_minimal();
    int result = s2n_config_set_cipher_preferences(config, GetParam().name.c_str());
    EXPECT_EQ(Selectable(GetParam()) ? 0 : -1, result) << ErrName(s2n_errno);
    if (result != 0) {
        EXPECT_EQ("S2N_ERR_INVALID_SECURITY_POLICY", ErrName(s2n_errno));
    }
    s2n_config_free(config);
    s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    EXPECT_EQ(result, s2n_connection_set_cipher_preferences(conn, GetParam().name.c_str()));
    s2n_connection_free(conn);
}

TEST_P(EachPolicy, ShakesHandsWithItself)
{
    int used = 0;
    for (const Identity &id : Identities()) {
        if (!Works() || !Fits(GetParam(), id)) {
            continue;
        }
        used++;
        PairOptions options;
        options.server = Serving(id);
        options.client = Asking(id);
        Pair pair(options);
        Outcome out = pair.Negotiate();
        EXPECT_TRUE(out.ok()) << id.name << ": " << out.client_name() << " / " << out.server_name();
        EXPECT_EQ("hello", pair.Carry(pair.client(), pair.server(), "hello"));
        EXPECT_EQ("hello", pair.Carry(pair.server(), pair.client(), "hello"));
        EXPECT_EQ(
            1, s2n_connection_is_valid_for_cipher_preferences(pair.client().conn, GetParam().name.c_str()));
    }
    EXPECT_EQ(Works(), used > 0);
}

TEST_P(EachPolicy, ShakesHandsWithOpenSslDefaults)
{
    for (const Identity &id : Identities()) {
        if (!Works() || !Fits(GetParam(), id)) {
            continue;
        }
        for (bool we_serve : { true, false }) {
            OpenSslEnd theirs(!we_serve);
            if (we_serve) {
                theirs.Trust(id.pki, SSL_VERIFY_PEER);
            } else {
                theirs.Show(id.pki);
            }
            OurEnd ours(we_serve, we_serve ? Serving(id) : Asking(id));
            theirs.Start();
            ASSERT_TRUE(Shake(*ours, theirs)) << id.name << (we_serve ? " serving: " : " asking: ")
                                              << ErrName(ours->error) << " / " << theirs.error;
            EXPECT_TRUE(Echo(*ours, theirs, 1000));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Each, EachPolicy, testing::ValuesIn(Policies()), PolicyName);

TEST(PolicyNames, AreAllThereAndFoldCase)
{
    EXPECT_EQ(169u, Policies().size());
    s2n_config *config = s2n_config_new_minimal();
    for (const char *name : { "DEFAULT", "Default_TLS13", "cloudfront-upstream" }) {
        EXPECT_EQ(0, s2n_config_set_cipher_preferences(config, name)) << name;
    }
    for (const char *name : { "", "default ", "no such policy" }) {
        EXPECT_EQ(-1, s2n_config_set_cipher_preferences(config, name));
        EXPECT_EQ("S2N_ERR_INVALID_SECURITY_POLICY", ErrName(s2n_errno));
    }
    s2n_config_free(config);
}

TEST(PolicyNames, DeprecatedOnesAreRefused)
{
    EXPECT_EQ(30u, Contract().deprecated.size());
    s2n_config *config = s2n_config_new_minimal();
    for (const std::string &name : Contract().deprecated) {
        EXPECT_EQ(-1, s2n_config_set_cipher_preferences(config, name.c_str())) << name;
        EXPECT_EQ("S2N_ERR_DEPRECATED_SECURITY_POLICY", ErrName(s2n_errno)) << name;
    }
    s2n_config_free(config);
}

TEST(PolicyNames, NullNegotiatesNothing)
{
    Pair pair(ServedBy(KeyKind::P256, "null"));
    Outcome out = pair.Negotiate();
    EXPECT_EQ("S2N_ERR_INVALID_CIPHER_PREFERENCES", out.client_name());
    EXPECT_FALSE(out.ok());
}

} // namespace
