/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data that is accepted, over tickets and over external PSKs: who says what at each call, small buffers and slow
 * transports, limits, protocols, the context carried through tickets. early_reject_test.cc has the rest. Our client
 * against our server, public API only.
 */
#include "self/early.h"

using namespace s2n_test;

namespace
{

enum class Over {
    TICKET,
    EXTERNAL
};

class EarlyData : public testing::TestWithParam<Over>
{
  protected:
    /* A client that may send so much, and a server that takes as much. */
    std::unique_ptr<Pair> MakePair(uint32_t limit)
    {
        if (GetParam() == Over::EXTERNAL) {
            std::string alpn = scene.options.server.alpn.empty() ? "" : scene.options.server.alpn[0];
            Psk psk = kEarlyPsk.With(limit, alpn);
            psk.context = context;
            return external.MakeWith({ psk }, { psk });
        }
        return Tickets(limit).Make(Session(limit));
    }
    std::string Session(uint32_t limit)
    {
        auto first = Tickets(limit).Make();
        Must(s2n_connection_set_server_early_data_context(first->server().conn, Data(context),
                                                          static_cast<uint16_t>(context.size())),
             "early_data_context");
        Scene::Finish(*first);
        return SessionOf(first->client().conn);
    }
    Scene &Tickets(uint32_t limit)
    {
        scene.server_more = [limit](s2n_config *c) {
            Must(s2n_config_set_server_max_early_data_size(c, limit), "max_early_data_size");
        };
        return scene;
    }
    void Protocols(const std::vector<std::string> &names)
    {
        for (Scene *s : { &scene, static_cast<Scene *>(&external) }) {
            s->options.client.alpn = s->options.server.alpn = names;
        }
    }
    /* All of it arrives, and the rest of the connection works. */
    void ExpectArrives(Pair &pair, const std::string &text, size_t piece = SIZE_MAX, size_t buffer = 100000)
    {
        EarlyExchange run;
        run.piece = piece;
        run.buffer = buffer;
        run.Run(pair, text);
        EXPECT_EQ("", run.client_error);
        EXPECT_EQ("", run.server_error);
        ASSERT_TRUE(run.done);
        EXPECT_EQ(text.size(), run.sent);
        EXPECT_TRUE(text == run.received) << run.received.size() << " bytes";
        EXPECT_EQ(kEarly13, TypeOf(pair));
        ExpectTalk(pair);
    }
    std::string context;
    Scene scene{ kTls13 };
    PskScene external;
};

/* The server waits twice: to be told about the hello, and about the early data. */
TEST_P(EarlyData, WaitsWhileTheHelloDoes)
{
    auto pair = MakePair(1000);
    End &client = pair->client(), &server = pair->server();
    Must(s2n_config_set_client_hello_cb(
             server.config, [](s2n_connection *, void *) { return 0; }, nullptr),
         "set_client_hello_cb");
    Must(s2n_config_set_client_hello_cb_mode(server.config, S2N_CLIENT_HELLO_CB_NONBLOCKING), "mode");
    EarlyGuard guard;
    guard.answer = EarlyGuard::LATER;
    guard.Plug(server);
    EXPECT_EQ("S2N_ERR_IO_BLOCKED", SendEarly(client, "early").error);
    pair->Move();
    for (int i = 0; i < 2; i++) {
        EarlyCall call = RecvEarly(server);
        EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", call.error);
        EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, call.blocked);
        EXPECT_EQ(0, guard.calls);
    }
    EXPECT_EQ(0, s2n_client_hello_cb_done(server.conn));
    EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", RecvEarly(server).error);
    ASSERT_EQ(1, guard.calls);
    EXPECT_EQ(0, s2n_offered_early_data_accept(guard.offered));
    EXPECT_EQ("early", RecvEarly(server).data);
    EXPECT_TRUE(pair->Move() > 0 && pair->Negotiate().ok());
    ExpectTalk(*pair);
}

TEST_P(EarlyData, ArrivesBeforeTheHandshakeEnds)
{
    auto pair = MakePair(1000);
    End &client = pair->client(), &server = pair->server();
    EXPECT_EQ("OK 1000/1000", EarlyOf(client.conn));
    EarlyCall sent = SendEarly(client, "twenty bytes of text");
    EXPECT_EQ("S2N_ERR_IO_BLOCKED", sent.error);
    EXPECT_EQ(S2N_BLOCKED_ON_READ, sent.blocked);
    EXPECT_EQ(20, sent.n);
    EXPECT_EQ("OK 980/1000", EarlyOf(client.conn));
    pair->Move();
    EarlyCall got = RecvEarly(server);
    EXPECT_EQ("S2N_ERR_IO_BLOCKED", got.error);
    EXPECT_EQ(S2N_BLOCKED_ON_READ, got.blocked);
    EXPECT_EQ("twenty bytes of text", got.data);
    EXPECT_EQ("OK 980/1000", EarlyOf(server.conn));
    EXPECT_FALSE(server.done);
    EXPECT_GT(pair->Move(), 0u) << "the server's flight is out";
    client.Step();
    EXPECT_TRUE(client.done);
    EXPECT_EQ("END 0/1000", EarlyOf(client.conn));
    pair->Move();
    got = RecvEarly(server);
    EXPECT_EQ("", got.error);
    EXPECT_EQ(0, got.n);
    EXPECT_EQ("END 0/1000", EarlyOf(server.conn));
    server.Step();
    EXPECT_TRUE(server.done);
    EXPECT_EQ(kEarly13, TypeOf(*pair));
    EXPECT_EQ(GetParam() == Over::TICKET, Resumed(*pair));
    ExpectTalk(*pair);
    EXPECT_EQ("", SendEarly(client, "more").error);
    EXPECT_EQ(0, SendEarly(client, "more").n);
    EXPECT_EQ("", RecvEarly(server).error);
    EXPECT_TRUE(pair->Shutdown().ok());
}

TEST_P(EarlyData, GoesOnUntilTheClientMovesOn)
{
    auto pair = MakePair(1000);
    EXPECT_EQ(4, SendEarly(pair->client(), "one ").n);
    pair->Move();
    EXPECT_EQ("one ", RecvEarly(pair->server()).data);
    pair->Move();
    EarlyCall more = SendEarly(pair->client(), "two");
    EXPECT_EQ("", more.error) << "the server has answered";
    EXPECT_EQ(3, more.n);
    pair->Move();
    EXPECT_EQ("two", RecvEarly(pair->server()).data);
    EXPECT_EQ("OK 993/1000", EarlyOf(pair->client().conn));
    EXPECT_EQ("OK 993/1000", EarlyOf(pair->server().conn));
    Scene::Finish(*pair);
    EXPECT_EQ("END 0/1000", EarlyOf(pair->server().conn));
    ExpectTalk(*pair);
}

TEST_P(EarlyData, LeavesOrdinaryDataForLater)
{
    auto pair = MakePair(1000);
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    char byte = 0;
    (void) SendEarly(pair->client(), "early");
    pair->Move();
    (void) RecvEarly(pair->server());
    for (End *end : { &pair->client(), &pair->server() }) {
        EXPECT_EQ(-1, s2n_send(end->conn, "x", 1, &blocked));
        EXPECT_EQ("S2N_ERR_EARLY_DATA_NOT_ALLOWED", ErrName(s2n_errno));
        EXPECT_EQ(S2N_ERR_T_USAGE, s2n_error_get_type(s2n_errno));
    }
    EXPECT_EQ(-1, s2n_recv(pair->client().conn, &byte, 1, &blocked));
    EXPECT_EQ("S2N_ERR_EARLY_DATA_NOT_ALLOWED", ErrName(s2n_errno));
    Scene::Finish(*pair);
    ExpectTalk(*pair);
}

TEST_P(EarlyData, FillsSmallBuffers)
{
    auto pair = MakePair(1000);
    (void) SendEarly(pair->client(), std::string(50, 'a'));
    pair->Move();
    for (size_t i = 0; i < 3; i++) {
        EarlyCall got = RecvEarly(pair->server(), 20);
        EXPECT_EQ(i < 2 ? "S2N_ERR_EARLY_DATA_BLOCKED" : "S2N_ERR_IO_BLOCKED", got.error);
        EXPECT_EQ(i < 2 ? S2N_BLOCKED_ON_EARLY_DATA : S2N_BLOCKED_ON_READ, got.blocked);
        EXPECT_EQ(i < 2 ? 20 : 10, got.n);
        EXPECT_EQ("OK " + std::to_string(i < 2 ? 980 - 20 * i : 950) + "/1000", EarlyOf(pair->server().conn));
    }
    Scene::Finish(*pair);
}

TEST_P(EarlyData, MayBeEmpty)
{
    auto pair = MakePair(1000);
    EarlyCall sent = SendEarly(pair->client(), "");
    EXPECT_EQ("S2N_ERR_IO_BLOCKED", sent.error);
    EXPECT_EQ(0, sent.n);
    ExpectArrives(*pair, "");
}

TEST_P(EarlyData, IsClippedAtTheLimit)
{
    auto pair = MakePair(100);
    EarlyCall sent = SendEarly(pair->client(), std::string(150, 'x'));
    EXPECT_EQ("", sent.error);
    EXPECT_EQ(100, sent.n);
    EXPECT_EQ("OK 0/100", EarlyOf(pair->client().conn));
    EXPECT_EQ(0, SendEarly(pair->client(), "more").n);
    pair->Move();
    EarlyCall got = RecvEarly(pair->server());
    EXPECT_EQ("", got.error) << "no more can come";
    EXPECT_EQ(100, got.n);
    EXPECT_EQ("OK 0/100", EarlyOf(pair->server().conn));
    Scene::Finish(*pair);
    EXPECT_EQ("END 0/100", EarlyOf(pair->server().conn));
    ExpectTalk(*pair);
}

TEST_P(EarlyData, CarriesManyRecords)
{
    std::string text(100000, '\0');
    for (size_t i = 0; i < text.size(); i++) {
        text[i] = static_cast<char>(i * 7 + (i >> 8));
    }
    ExpectArrives(*MakePair(100000), text);
    ExpectArrives(*MakePair(200000), text, 7777, 333);
}

TEST_P(EarlyData, ArrivesByteByByte)
{
    auto pair = MakePair(300);
    mempipe_set_chunk(pair->client().pipe, 1, 1);
    mempipe_set_chunk(pair->server().pipe, 1, 1);
    ExpectArrives(*pair, std::string(300, 'b'), 7, 3);
}

TEST_P(EarlyData, ArrivesOverATransportThatBlocks)
{
    auto pair = MakePair(3000);
    FlakyIo io[2];
    End *ends[2] = { &pair->client(), &pair->server() };
    for (int i = 0; i < 2; i++) {
        io[i].every_second_blocks = true;
        io[i].chunk = 13;
        io[i].Plug(ends[i]->conn, ends[i]->pipe);
    }
    ExpectArrives(*pair, std::string(2000, 'c'), 1500, 100);
}

/* Quirk 22.1 of the reference is not copied: the same protocol is the same protocol. */
TEST_P(EarlyData, WorksWithAProtocol)
{
    Protocols({ "h2", "http/1.1" });
    auto pair = MakePair(1000);
    ExpectArrives(*pair, "GET /");
    EXPECT_STREQ("h2", s2n_get_application_protocol(pair->client().conn));
    EXPECT_STREQ("h2", s2n_get_application_protocol(pair->server().conn));
    EXPECT_STREQ("localhost", s2n_get_server_name(pair->server().conn));
}

TEST_P(EarlyData, ShowsTheGuardItsContext)
{
    for (size_t len : { 0, 1, 3, 1000 }) {
        context = std::string(len, 'k');
        auto pair = MakePair(1000);
        EarlyGuard guard;
        guard.Plug(pair->server());
        ExpectArrives(*pair, "guarded");
        EXPECT_EQ(1, guard.calls);
        EXPECT_EQ(context, guard.context);
        EXPECT_EQ(IdentityOf(pair->server().conn), guard.identity);
        EXPECT_FALSE(guard.identity.empty());
    }
}

TEST_P(EarlyData, StartsAfreshAfterWipe)
{
    auto pair = MakePair(1000);
    (void) SendEarly(pair->client(), "lost");
    Must(s2n_connection_wipe(pair->client().conn), "wipe");
    EXPECT_EQ("OK 0/0", EarlyOf(pair->client().conn));
}

INSTANTIATE_TEST_SUITE_P(Psks, EarlyData, testing::Values(Over::TICKET, Over::EXTERNAL),
                         [](const testing::TestParamInfo<Over> &info) {
                             return info.param == Over::TICKET ? "Ticket" : "External";
                         });

/* ---- what is said without early data ---- */

TEST(EarlyStatus, IsNotRequestedByAnOrdinaryHandshake)
{
    for (const char *policy : { kTls12, kTls13 }) {
        Scene scene(policy);
        scene.server_more = [](s2n_config *c) {
            Must(s2n_config_set_server_max_early_data_size(c, 1000), "max_early_data_size");
        };
        auto pair = scene.Make();
        EXPECT_EQ("OK 0/0", EarlyOf(pair->client().conn));
        EXPECT_EQ("OK 1000/1000", EarlyOf(pair->server().conn));
        Scene::Finish(*pair);
        EXPECT_EQ("NOT_REQUESTED 0/0", EarlyOf(pair->client().conn));
        EXPECT_EQ("NOT_REQUESTED 0/0", EarlyOf(pair->server().conn));
        EXPECT_EQ(0, SendEarly(pair->client(), "late").n);
        EXPECT_EQ("", RecvEarly(pair->server()).error);
    }
}

TEST(EarlyStatus, IsNotRequestedUnlessTheClientAsks)
{
    Scene scene(kTls13);
    scene.server_more = [](s2n_config *c) {
        Must(s2n_config_set_server_max_early_data_size(c, 1000), "max_early_data_size");
    };
    std::string session = scene.FirstSession();
    EXPECT_EQ(232u, session.size()); /* three more in the ticket, three more in the state */
    auto pair = scene.Connect(session);
    EXPECT_EQ(kShort13, TypeOf(*pair));
    EXPECT_EQ("NOT_REQUESTED 0/1000", EarlyOf(pair->client().conn));
    EXPECT_EQ("NOT_REQUESTED 0/1000", EarlyOf(pair->server().conn));
    auto asking = scene.Make(session); /* only the server does */
    EarlyExchange run;
    asking->client().Step();
    asking->Move();
    EXPECT_EQ("", RecvEarly(asking->server()).error);
    Scene::Finish(*asking);
    EXPECT_EQ("NOT_REQUESTED 0/1000", EarlyOf(asking->server().conn));
}

TEST(EarlyStatus, NeedsAnyPskAtAll)
{
    for (const char *policy : { kTls12, kTls13 }) {
        Scene scene(policy);
        auto pair = scene.Make();
        for (int i = 0; i < 3; i++) {
            EarlyCall sent = SendEarly(pair->client(), "nothing to send it with");
            EXPECT_EQ("", sent.error);
            EXPECT_EQ(0, sent.n);
            pair->Move();
            EXPECT_EQ(0, RecvEarly(pair->server()).n);
            pair->Move();
        }
        Scene::Finish(*pair);
        EXPECT_EQ("NOT_REQUESTED 0/0", EarlyOf(pair->client().conn));
        ExpectTalk(*pair);
    }
}

TEST(EarlyStatus, KnowsWhoSendsAndWhoReceives)
{
    Scene scene(kTls13);
    auto pair = scene.Make();
    EXPECT_EQ("S2N_ERR_SERVER_MODE", SendEarly(pair->server(), "x").error);
    EXPECT_EQ("S2N_ERR_CLIENT_MODE", RecvEarly(pair->client()).error);
    EXPECT_EQ(0, SendEarly(pair->server(), "x").n);
}

} // namespace
