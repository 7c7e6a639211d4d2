/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data that is refused, by either end and for every reason, and the clean retry afterwards; too much of it; the
 * callback that decides, at once, later or in another thread. Our client against our server, public API only.
 */
#include "self/early.h"

#include <thread>

using namespace s2n_test;

namespace
{

/* Over tickets. */
class EarlyRefused : public testing::Test
{
  protected:
    EarlyRefused() { Limit(1000); }
    void Limit(uint32_t limit)
    {
        scene.server_more = [limit](s2n_config *c) {
            Must(s2n_config_set_server_max_early_data_size(c, limit), "max_early_data_size");
        };
    }
    Scene scene{ kTls13 };
};

TEST_F(EarlyRefused, ByAServerThatDoesNotAskForIt)
{
    auto pair = scene.Make(scene.FirstSession());
    EXPECT_EQ(24, SendEarly(pair->client(), kText).n);
    pair->Move();
    pair->server().Step();
    EXPECT_EQ("REJECTED 0/1000", EarlyOf(pair->server().conn));
    EXPECT_EQ("OK 976/1000", EarlyOf(pair->client().conn)) << "does not know yet";
    pair->Move();
    EarlyCall next = SendEarly(pair->client(), kText);
    EXPECT_EQ("", next.error);
    EXPECT_EQ(0, next.n);
    EXPECT_EQ("REJECTED 0/1000", EarlyOf(pair->client().conn));
    Scene::Finish(*pair);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(kEarlyRefused13, TypeOf(*pair));
    EXPECT_EQ(kText, pair->Carry(pair->client(), pair->server(), kText));
    ExpectTalk(*pair);
}

TEST_F(EarlyRefused, AfterARetryRequest)
{
    std::string session = scene.FirstSession();
    scene.options.server.policy = "20190802"; /* without the group that the client guesses */
    auto pair = scene.Make(session);
    ExpectRefused(*pair, "NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT|EARLY_CLIENT_CCS");
    EXPECT_TRUE(Resumed(*pair));
}

TEST_F(EarlyRefused, AfterARetryRequestByteByByte)
{
    std::string session = scene.FirstSession();
    scene.options.server.policy = "20190802";
    auto pair = scene.Make(session);
    mempipe_set_chunk(pair->client().pipe, 1, 1);
    mempipe_set_chunk(pair->server().pipe, 1, 1);
    ExpectRefused(*pair, "NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT|EARLY_CLIENT_CCS");
}

/* Whatever this server's limit is: the client had a ticket for so much. */
TEST_F(EarlyRefused, WithTheSession)
{
    std::string session = scene.FirstSession();
    scene.keys[0].material = "another key";
    for (uint32_t limit : { 1000, 0 }) {
        Limit(limit);
        auto pair = scene.Make(session);
        ExpectRefused(*pair, "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT|EARLY_CLIENT_CCS");
        EXPECT_FALSE(Resumed(*pair));
    }
}

TEST_F(EarlyRefused, ByAServerWhoseLimitIsNowZero)
{
    std::string session = scene.FirstSession();
    Limit(0);
    auto pair = scene.Make(session);
    ExpectRefused(*pair);
    EXPECT_EQ("REJECTED 0/0", EarlyOf(pair->server().conn));
    Limit(1000);
    auto own = scene.Make(session);
    Must(s2n_connection_set_server_max_early_data_size(own->server().conn, 0), "connection's limit");
    ExpectRefused(*own);
}

TEST_F(EarlyRefused, ForAnotherProtocol)
{
    scene.options.client.alpn = scene.options.server.alpn = { "h2" };
    std::string session = scene.FirstSession();
    scene.options.client.alpn = { "http/1.1", "h2" };
    scene.options.server.alpn = { "http/1.1" };
    ExpectRefused(*scene.Make(session));
    scene.options.server.alpn = { "http/1.1", "h2" };
    ExpectRefused(*scene.Make(session));
    scene.options.server.alpn = { "h2" };
    ExpectAccepted(*scene.Make(session));
    scene.options.server.alpn = {};
    ExpectRefused(*scene.Make(session));
    scene.options.client.alpn = { "http/1.1" };
    ExpectNotRequested(*scene.Make(session));
}

TEST_F(EarlyRefused, ByATls12Server)
{
    std::string session = scene.FirstSession();
    scene.options.server.policy = kTls12;
    auto pair = scene.Make(session);
    (void) SendEarly(pair->client(), kText);
    pair->Move();
    Outcome out = pair->Negotiate();
    EXPECT_FALSE(out.ok()) << "RFC 8446 D.3: the client must not go on as if nothing had happened";
}

/* The smaller of the ticket's and today's limit holds. */
TEST_F(EarlyRefused, BeyondTheServersNewLimit)
{
    std::string session = scene.FirstSession();
    Limit(5000);
    auto more = scene.Make(session);
    ExpectAccepted(*more);
    EXPECT_EQ("END 0/1000", EarlyOf(more->server().conn));
    Limit(10);
    auto less = scene.Make(session);
    (void) SendEarly(less->client(), kText);
    less->Move();
    EarlyCall got = RecvEarly(less->server());
    EXPECT_EQ("S2N_ERR_MAX_EARLY_DATA_SIZE", got.error);
    EXPECT_LE(got.n, 10);
    EXPECT_EQ(S2N_ERR_T_PROTO, s2n_error_get_type(s2n_errno));
    less->server().Step();
    EXPECT_NE(0, less->server().error) << "there is no going on";
    for (int i = 0; i < 2; i++) { /* and quirk 22.12 is not copied: the connection is closed, not in use */
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        char byte = 0;
        EXPECT_EQ("S2N_ERR_CLOSED", RecvEarly(less->server()).error);
        EXPECT_EQ(-1, s2n_recv(less->server().conn, &byte, 1, &blocked));
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno));
        EXPECT_EQ(-1, s2n_send(less->server().conn, &byte, 1, &blocked));
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno));
    }
}

/* Skipped data counts as data: what the client was allowed to send never ends the connection (not quirk 22.6). */
TEST_F(EarlyRefused, CountsWhatItSkipsByItsContent)
{
    Limit(100);
    std::string session = scene.FirstSession();
    auto pair = scene.Make(session);
    EarlyGuard guard;
    guard.answer = EarlyGuard::REJECT;
    guard.Plug(pair->server());
    EXPECT_EQ(90, SendEarly(pair->client(), std::string(90, 'x')).n);
    EXPECT_EQ(10, SendEarly(pair->client(), std::string(10, 'y')).n);
    pair->Move();
    EXPECT_EQ("", RecvEarly(pair->server()).error);
    Scene::Finish(*pair);
    EXPECT_EQ("REJECTED 0/100", EarlyOf(pair->server().conn));
    ExpectTalk(*pair);
}

TEST_F(EarlyRefused, SkipsALotInSmallPieces)
{
    Limit(3000);
    std::string session = scene.FirstSession();
    Limit(0);
    auto pair = scene.Make(session);
    for (int i = 0; i < 1000; i++) {
        EXPECT_EQ(3, SendEarly(pair->client(), "abc").n);
        pair->Move();
    }
    Scene::Finish(*pair);
    EXPECT_EQ(kEarlyRefused13, TypeOf(*pair));
    ExpectTalk(*pair);
}

/* ---- the callback ---- */

class EarlyDecision : public EarlyRefused
{
  protected:
    std::unique_ptr<Pair> Start(EarlyGuard::Answer answer)
    {
        auto pair = scene.Make(scene.FirstSession());
        guard.answer = answer;
        guard.Plug(pair->server());
        EXPECT_EQ(24, SendEarly(pair->client(), kText).n);
        pair->Move();
        return pair;
    }
    /* Whoever drives the server meets the same wall. */
    void ExpectWaits(Pair &pair)
    {
        for (int i = 0; i < 2; i++) {
            EarlyCall got = RecvEarly(pair.server());
            EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", got.error);
            EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, got.blocked);
            EXPECT_EQ(0, got.n);
            s2n_blocked_status blocked = S2N_NOT_BLOCKED;
            EXPECT_EQ(-1, s2n_negotiate(pair.server().conn, &blocked));
            EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", ErrName(s2n_errno));
            EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, blocked);
        }
        EXPECT_EQ(1, guard.calls);
        EXPECT_EQ(0u, pair.Move());
        EXPECT_EQ("OK 1000/1000", EarlyOf(pair.server().conn));
    }
    EarlyGuard guard;
};

TEST_F(EarlyDecision, MayReject)
{
    auto pair = Start(EarlyGuard::REJECT);
    EarlyCall got = RecvEarly(pair->server());
    EXPECT_EQ("", got.error);
    EXPECT_EQ(0, got.n);
    EXPECT_EQ("REJECTED 0/1000", EarlyOf(pair->server().conn));
    EXPECT_EQ(0, s2n_offered_early_data_reject(guard.offered)) << "saying it again is fine";
    EXPECT_EQ(-1, s2n_offered_early_data_accept(guard.offered));
    EXPECT_EQ("S2N_ERR_INVALID_EARLY_DATA_STATE", ErrName(s2n_errno));
    Scene::Finish(*pair);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(1, guard.calls);
    EXPECT_EQ(kText, pair->Carry(pair->client(), pair->server(), kText));
}

TEST_F(EarlyDecision, MayFail)
{
    auto pair = Start(EarlyGuard::FAIL);
    EXPECT_EQ("S2N_ERR_CANCELLED", RecvEarly(pair->server()).error);
    EXPECT_EQ("S2N_ERR_CLOSED", RecvEarly(pair->server()).error);
}

TEST_F(EarlyDecision, MayComeLaterFromAnotherThread)
{
    auto pair = Start(EarlyGuard::LATER);
    ExpectWaits(*pair);
    std::thread([this] { EXPECT_EQ(0, s2n_offered_early_data_accept(guard.offered)); }).join();
    EXPECT_EQ(-1, s2n_offered_early_data_reject(guard.offered));
    EXPECT_EQ("S2N_ERR_INVALID_EARLY_DATA_STATE", ErrName(s2n_errno));
    EXPECT_EQ(kText, RecvEarly(pair->server()).data);
    Scene::Finish(*pair);
    EXPECT_EQ(kEarly13, TypeOf(*pair));
    EXPECT_EQ(1, guard.calls);
    ExpectTalk(*pair);
}

TEST_F(EarlyDecision, MayRejectLater)
{
    auto pair = Start(EarlyGuard::LATER);
    ExpectWaits(*pair);
    EXPECT_EQ(0, s2n_offered_early_data_reject(guard.offered));
    EXPECT_EQ("REJECTED 0/1000", EarlyOf(pair->server().conn));
    EXPECT_EQ("", RecvEarly(pair->server()).error);
    Scene::Finish(*pair);
    EXPECT_EQ(kEarlyRefused13, TypeOf(*pair));
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(1, guard.calls);
}

/* An answer given while the server keeps asking: no sleep, no order. */
TEST_F(EarlyDecision, MayComeAtAnyMoment)
{
    auto pair = Start(EarlyGuard::LATER);
    EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", RecvEarly(pair->server()).error);
    std::thread answer([this] { EXPECT_EQ(0, s2n_offered_early_data_accept(guard.offered)); });
    EarlyCall got = RecvEarly(pair->server());
    while (got.error == "S2N_ERR_ASYNC_BLOCKED") {
        got = RecvEarly(pair->server());
    }
    answer.join();
    EXPECT_EQ(kText, got.data);
    Scene::Finish(*pair);
    ExpectTalk(*pair);
}

/* The one who thinks about it may not know yet that the connection has another life, or none. */
TEST_F(EarlyDecision, MayComeTooLate)
{
    auto pair = Start(EarlyGuard::LATER);
    ExpectWaits(*pair);
    s2n_connection *server = pair->server().conn;
    Must(s2n_connection_wipe(server), "wipe");
    (void) s2n_offered_early_data_accept(guard.offered); /* of no consequence, whatever it says */

    auto next = scene.Make(scene.FirstSession()); /* a client for the wiped server */
    mempipe_reset(pair->server().pipe);
    Plug(server, pair->server().pipe);
    EXPECT_EQ(24, SendEarly(next->client(), kText).n);
    (void) mempipe_move(next->client().pipe, pair->server().pipe, SIZE_MAX);
    guard.calls = 0;
    Must(s2n_connection_set_ctx(server, &guard), "set_ctx");
    EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", RecvEarly(pair->server()).error) << "the old answer answered this";
    EXPECT_EQ(1, guard.calls);
    EXPECT_EQ(0, s2n_offered_early_data_accept(guard.offered));
    EXPECT_EQ(kText, RecvEarly(pair->server()).data);
}

TEST_F(EarlyDecision, IsNotAskedWhenItCannotBe)
{
    std::string session = scene.FirstSession();
    for (int way = 0; way < 3; way++) {
        scene.options.server.policy = way == 0 ? "20190802" : kTls13;
        scene.options.server.alpn.clear();
        scene.options.client.alpn.clear();
        if (way == 1) {
            scene.options.server.alpn = scene.options.client.alpn = { "h2" };
        }
        Limit(way == 2 ? 0 : 1000);
        auto pair = scene.Make(session);
        guard.Plug(pair->server());
        (void) SendEarly(pair->client(), kText);
        pair->Move();
        EXPECT_EQ("", RecvEarly(pair->server()).error) << way;
        Scene::Finish(*pair);
        EXPECT_EQ(0, guard.calls) << way;
    }
}

} // namespace
