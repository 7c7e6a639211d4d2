/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data over external PSKs: the suite, the protocol and the limit that go with a PSK, and that only the client's
 * first one counts. Our client against our server, public API only.
 */
#include "self/early.h"

using namespace s2n_test;

namespace
{

class EarlyPsk : public testing::Test
{
  protected:
    std::unique_ptr<Pair> Offer(const std::vector<Psk> &client, const std::vector<Psk> &server)
    {
        return scene.MakeWith(client, server);
    }
    PskScene scene;
};

TEST_F(EarlyPsk, GoesByTheSuiteOfThePsk)
{
    ExpectAccepted(*Offer({ kEarlyPsk.With(200) }, { kEarlyPsk.With(200) }));
    ExpectRefused(*Offer({ kEarlyPsk.With(200, "", 0x1303) }, { kEarlyPsk.With(200, "", 0x1303) }));
    ExpectRefused(*Offer({ kEarlyPsk.With(200) }, { kEarlyPsk.With(200, "", 0x1303) }));
    Psk sha384{ "sha384", std::string(48, 's'), S2N_PSK_HMAC_SHA384 };
    ExpectAccepted(*Offer({ sha384.With(200, "", 0x1302) }, { sha384.With(200, "", 0x1302) }));
}

TEST_F(EarlyPsk, IsOnlyForTheFirstPsk)
{
    auto second = Offer({ kAlpha, kEarlyPsk.With(200) }, { kEarlyPsk.With(200) });
    ExpectNotRequested(*second);
    EXPECT_EQ("NOT_REQUESTED 0/0", EarlyOf(second->client().conn)) << "of the first PSK";
    auto other = Offer({ kEarlyPsk.With(200), kAlpha }, { kAlpha });
    ExpectRefused(*other);
    EXPECT_EQ("REJECTED 0/200", EarlyOf(other->client().conn));
    ExpectRefused(*Offer({ kEarlyPsk.With(200), kAlpha }, { kAlpha, kEarlyPsk.With(200) }));
    ExpectAccepted(*Offer({ kEarlyPsk.With(200), kAlpha }, { kEarlyPsk.With(200), kAlpha }));
}

TEST_F(EarlyPsk, NeedsBothEndsToKnowIt)
{
    ExpectRefused(*Offer({ kEarlyPsk.With(200) }, { kEarlyPsk }));
    ExpectNotRequested(*Offer({ kEarlyPsk }, { kEarlyPsk.With(200) }));
}

TEST_F(EarlyPsk, GoesByTheProtocolOfThePsk)
{
    auto protocols = [this](const std::vector<std::string> &client, const std::vector<std::string> &server) {
        scene.options.client.alpn = client;
        scene.options.server.alpn = server;
    };
    const Psk h2 = kEarlyPsk.With(200, "h2"), none = kEarlyPsk.With(200);
    ExpectNotRequested(*Offer({ h2 }, { h2 }));
    protocols({ "h2" }, { "h2" });
    ExpectAccepted(*Offer({ h2 }, { h2 }));
    ExpectRefused(*Offer({ none }, { none }));
    ExpectRefused(*Offer({ h2 }, { none }));
    protocols({ "http/1.1", "h2" }, { "http/1.1", "h2" });
    ExpectRefused(*Offer({ h2 }, { h2 }));
    protocols({ "h2" }, {});
    ExpectRefused(*Offer({ h2 }, { h2 }));
}

TEST_F(EarlyPsk, KeepsItsOwnLimit)
{
    scene.server_more = [](s2n_config *c) {
        Must(s2n_config_set_server_max_early_data_size(c, 3), "of tickets, not of external PSKs");
    };
    ExpectAccepted(*Offer({ kEarlyPsk.With(200) }, { kEarlyPsk.With(100) }));
    auto pair = Offer({ kEarlyPsk.With(200) }, { kEarlyPsk.With(10) });
    (void) SendEarly(pair->client(), kText);
    pair->Move();
    EXPECT_EQ("S2N_ERR_MAX_EARLY_DATA_SIZE", RecvEarly(pair->server()).error);
}

TEST_F(EarlyPsk, SkipsNoMoreThanItsLimit)
{
    EarlyGuard guard;
    guard.answer = EarlyGuard::REJECT;
    auto pair = Offer({ kEarlyPsk.With(100000) }, { kEarlyPsk.With(10) });
    guard.Plug(pair->server());
    EarlyExchange run;
    run.Run(*pair, std::string(50000, 'x'));
    EXPECT_EQ("S2N_ERR_MAX_EARLY_DATA_SIZE", run.server_error);
}

} // namespace
