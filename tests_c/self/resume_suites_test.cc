/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every suite of the table without certificates: resumed by ticket and by session id, with an external PSK, with early
 * data, over each key exchange kind. The rows come from the tables, so a new suite is tested the day it lands.
 */
#include "support/c_headers.h"

#include "self/early.h"
#include "support/test_policy.h"

using namespace s2n_test;

namespace
{

class AnySuite : public testing::TestWithParam<const struct suite *>
{
  protected:
    AnySuite() : policy_({ suite() }, Groups(suite()), NegotiableSchemes()), scene(kTls13)
    {
        scene.options = ServedBy(Cert(suite()));
        scene.options.client.verify = false;
        scene.options.client.trust_pem.clear();
        Use(policy_);
    }
    static const struct suite *suite() { return GetParam(); }
    static bool Is13() { return suite()->kex == KEX_TLS13; }
    static KeyKind Cert(const struct suite *s)
    {
        return s->auth == AUTH_ECDSA ? KeyKind::P256 : KeyKind::Rsa2048;
    }
    static std::vector<const struct group *> Groups(const struct suite *s)
    {
        return s->kex == KEX_RSA ? std::vector<const struct group *>{}
                                 : std::vector<const struct group *>{ group_by_id(0x001D) };
    }
    /* Both ends take this policy; the server's may be another. */
    void Use(const TestPolicy &both) { Use(both, both); }
    void Use(const TestPolicy &client, const TestPolicy &server)
    {
        scene.client_more = client.Hook();
        scene.server_more = [&server](s2n_config *c) {
            server.Hook()(c);
            Must(s2n_config_set_server_max_early_data_size(c, 1000), "max_early_data_size");
        };
    }
    void ExpectShort(Pair &pair)
    {
        EXPECT_EQ(Is13() ? kShort13 : kShort12, TypeOf(pair));
        EXPECT_TRUE(Resumed(pair));
        EXPECT_EQ(suite()->name, CipherOf(pair));
        ExpectTalk(pair);
        EXPECT_TRUE(pair.Shutdown().ok());
    }
    TestPolicy policy_;
    Scene scene;
};

TEST_P(AnySuite, ResumesByTicket)
{
    std::string session = scene.FirstSession();
    for (int round = 0; round < 3; round++) {
        auto pair = scene.Connect(session);
        session = SessionOf(pair->client().conn);
        ExpectShort(*pair);
    }
}

std::vector<const struct suite *> Suites(bool only13)
{
    std::vector<const struct suite *> out;
    for (const struct suite *s : NegotiableSuites()) {
        if (!only13 || s->kex == KEX_TLS13) {
            out.push_back(s);
        }
    }
    return out;
}
std::string SuiteName(const testing::TestParamInfo<const struct suite *> &info)
{
    return info.param->iana;
}
INSTANTIATE_TEST_SUITE_P(All, AnySuite, testing::ValuesIn(Suites(false)), SuiteName);

class AnySuite13 : public AnySuite
{
  protected:
    static Psk ForSuite()
    {
        bool sha384 = suite()->prf == HASH_SHA384;
        Psk psk{ "psk", std::string(40, 'p'), sha384 ? S2N_PSK_HMAC_SHA384 : S2N_PSK_HMAC_SHA256 };
        return psk.With(1000, "", suite()->id);
    }
};

TEST_P(AnySuite13, WorksWithAnExternalPskAndEarlyData)
{
    auto pair = scene.Make();
    AppendAll(pair->client().conn, { ForSuite() });
    AppendAll(pair->server().conn, { ForSuite() });
    EarlyExchange run;
    run.Run(*pair, "early");
    EXPECT_EQ("early", run.received);
    EXPECT_TRUE(run.done);
    EXPECT_EQ(kEarly13, TypeOf(*pair));
    EXPECT_EQ(suite()->name, CipherOf(*pair));
    ExpectTalk(*pair);
}

TEST_P(AnySuite13, WorksWithEarlyDataOverATicket)
{
    auto pair = scene.Make(scene.FirstSession());
    EarlyExchange run;
    run.Run(*pair, "early");
    EXPECT_EQ("early", run.received);
    EXPECT_EQ(kEarly13, TypeOf(*pair));
    EXPECT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);
}

/* A ticket is good for every suite of its hash; its early data only for its own suite. */
TEST_P(AnySuite13, ResumesWithinItsHash)
{
    std::string session = scene.FirstSession();
    for (const struct suite *other : Suites(true)) {
        TestPolicy server({ other }, Groups(other), NegotiableSchemes());
        TestPolicy client({ suite(), other }, Groups(other), NegotiableSchemes());
        Use(client, server);
        auto pair = scene.Make(session);
        EarlyExchange run;
        run.Run(*pair, "early");
        ASSERT_TRUE(run.done) << other->iana << " " << run.client_error << " " << run.server_error;
        EXPECT_EQ(other->prf == suite()->prf, Resumed(*pair)) << other->iana;
        EXPECT_EQ(other == suite() ? "early" : "", run.received) << other->iana;
        EXPECT_EQ(other->name, CipherOf(*pair));
        ExpectTalk(*pair);
    }
}

TEST_P(AnySuite13, RefusesASessionWhoseSuiteIsNotInThePolicy)
{
    std::string session = scene.FirstSession();
    for (const struct suite *other : Suites(true)) {
        TestPolicy policy({ other }, Groups(other), NegotiableSchemes());
        Use(policy);
        auto pair = scene.Make();
        EXPECT_EQ(other == suite() ? "" : "S2N_ERR_CIPHER_NOT_SUPPORTED",
                  SetSession(pair->client().conn, session))
            << other->iana;
        Scene::Finish(*pair);
    }
}

INSTANTIATE_TEST_SUITE_P(All, AnySuite13, testing::ValuesIn(Suites(true)), SuiteName);

} // namespace
