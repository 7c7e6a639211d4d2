/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resumed and PSK connections saved and restored, on either end, again and again: a restored TLS 1.3 server still
 * issues tickets that resume, a restored client still takes them, no ticket repeats an earlier one's secret, and what
 * is not in the saved form is said to be gone. Public API only.
 */
#include "self/early.h"

#include <set>

using namespace s2n_test;

namespace
{

void Savable(s2n_config *c)
{
    Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "serialization_version");
}

std::string Save(End &end)
{
    uint32_t n = 0;
    Must(s2n_connection_serialization_length(end.conn, &n), "serialization_length");
    std::string saved(n, '\0');
    Must(s2n_connection_serialize(end.conn, reinterpret_cast<uint8_t *>(&saved[0]), n), "serialize");
    return saved;
}

/* Moves one end's connection into a new object by its saved form. */
void Hop(End &end, s2n_mode mode)
{
    std::string saved = Save(end);
    s2n_connection *next = s2n_connection_new(mode);
    Must(s2n_connection_set_config(next, end.config), "set_config");
    Must(s2n_connection_set_blinding(next, S2N_SELF_SERVICE_BLINDING), "set_blinding");
    Plug(next, end.pipe);
    std::string copy = saved;
    Must(s2n_connection_deserialize(next, reinterpret_cast<uint8_t *>(&copy[0]),
                                    static_cast<uint32_t>(copy.size())),
         "deserialize");
    Must(s2n_connection_free(end.conn), "free");
    end.conn = next;
}
void HopBoth(Pair &pair)
{
    Hop(pair.client(), S2N_CLIENT);
    Hop(pair.server(), S2N_SERVER);
}

class SavedScene : public Scene
{
  public:
    explicit SavedScene(const std::string &policy) : Scene(policy) { client_more = server_more = Savable; }
};

class Saved : public testing::TestWithParam<const char *>
{
  protected:
    Saved() : scene(GetParam()) {}
    static bool Is13() { return std::string(GetParam()) == kTls13; }
    SavedScene scene;
};

TEST_P(Saved, ResumedConnectionsGoOn)
{
    auto pair = scene.Connect(scene.FirstSession());
    ASSERT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);
    for (int round = 0; round < 3; round++) {
        HopBoth(*pair);
        ExpectTalk(*pair);
    }
    EXPECT_TRUE(pair->Shutdown().ok());
}

TEST_P(Saved, WhatWasNotSavedIsGone)
{
    auto pair = scene.Connect(scene.FirstSession());
    HopBoth(*pair);
    for (End *end : { &pair->client(), &pair->server() }) {
        EXPECT_EQ(0, s2n_connection_is_session_resumed(end->conn));
        EXPECT_STREQ("INITIAL", s2n_connection_get_handshake_type_name(end->conn));
        EXPECT_EQ("", SessionOf(end->conn));
        EXPECT_EQ("", SessionId(end->conn));
        EXPECT_EQ("S2N_ERR_SESSION_TICKET_NOT_SUPPORTED", Hint(end->conn));
        EXPECT_EQ("", IdentityOf(end->conn));
    }
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    EXPECT_EQ("OK 0/0", EarlyOf(pair->client().conn));
    EXPECT_EQ(0, SendEarly(pair->client(), "never").n);
    EXPECT_EQ(0, RecvEarly(pair->server()).n);
}

/* The master secret moved on, and a session around nothing could be resumed by anybody. */
TEST_P(Saved, NoSessionIsMadeOfWhatMovedOn)
{
    for (bool tickets : { true, false }) {
        scene.client_tickets = tickets;
        auto pair = scene.Connect();
        std::string before = SessionOf(pair->client().conn);
        EXPECT_EQ(tickets ? (Is13() ? 226u : 202u) : (Is13() ? 0u : 95u), before.size());
        (void) Save(pair->client());
        EXPECT_EQ(Is13() ? before : "", SessionOf(pair->client().conn)) << "at TLS 1.3 it is a ticket's own";
        (void) Save(pair->server());
        EXPECT_EQ("", SessionOf(pair->server().conn));
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, Saved, testing::Values(kTls12, kTls13),
                         [](const testing::TestParamInfo<const char *> &info) {
                             return std::string(info.param) == kTls13 ? "TLS13" : "TLS12";
                         });

class Saved13 : public testing::Test
{
  protected:
    Saved13()
    {
        scene.client_more = [this](s2n_config *c) {
            Savable(c);
            tickets.Plug(c);
        };
    }
    /* What came so far, and none of it twice. */
    std::vector<std::string> Tickets(size_t count)
    {
        EXPECT_EQ(count, tickets.sessions.size());
        std::set<std::string> secrets;
        for (const std::string &session : tickets.sessions) {
            secrets.insert(StateOf(session).substr(17, 48));
        }
        EXPECT_EQ(tickets.sessions.size(), secrets.size()) << "a nonce was used again";
        return tickets.sessions;
    }
    void ExpectAllResume(const std::vector<std::string> &sessions)
    {
        scene.client_more = Savable;
        for (const std::string &session : sessions) {
            auto pair = scene.Connect(session);
            EXPECT_TRUE(Resumed(*pair));
            ExpectTalk(*pair);
        }
    }
    Received tickets;
    SavedScene scene{ kTls13 };
};

TEST_F(Saved13, ServerStillIssuesTickets)
{
    auto pair = scene.Connect();
    Hop(pair->server(), S2N_SERVER);
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    EXPECT_EQ("data", pair->Carry(pair->server(), pair->client(), "data"));
    EXPECT_EQ(1, TicketsSent(pair->server().conn)) << "its count starts again";
    EXPECT_EQ(2u, tickets.sessions.size());
    Must(s2n_connection_add_new_tickets_to_send(pair->server().conn, 2), "add");
    ExpectTalk(*pair);
    EXPECT_EQ(3, TicketsSent(pair->server().conn));
    ExpectAllResume(Tickets(4));
}

TEST_F(Saved13, ClientStillTakesTickets)
{
    auto pair = scene.Make();
    Outcome out = pair->Negotiate(); /* the ticket waits in the transport */
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(0u, tickets.sessions.size());
    Hop(pair->client(), S2N_CLIENT);
    ReadTickets(*pair);
    std::vector<std::string> sessions = Tickets(1);
    EXPECT_EQ(sessions.back(), SessionOf(pair->client().conn));
    EXPECT_EQ("54000", Hint(pair->client().conn));
    Hop(pair->client(), S2N_CLIENT);
    EXPECT_EQ("", SessionOf(pair->client().conn));
    ExpectTalk(*pair);
    ExpectAllResume(sessions);
}

/* Resumed, moved, resumed again from what the moved server issued, and so on. */
TEST_F(Saved13, TicketsOfRestoredServersResumeForGenerations)
{
    std::string session = scene.FirstSession();
    for (int generation = 0; generation < 4; generation++) {
        tickets.sessions.clear();
        auto pair = scene.Connect(session);
        ASSERT_TRUE(Resumed(*pair)) << generation;
        for (int hop = 0; hop < 3; hop++) {
            HopBoth(*pair);
            ExpectTalk(*pair);
        }
        session = Tickets(4).back();
    }
}

/* Quirk 22.13 of the reference is not copied. */
TEST_F(Saved13, NoTicketRepeatsASecret)
{
    auto pair = scene.Connect();
    for (int hop = 0; hop < 8; hop++) {
        Must(s2n_connection_add_new_tickets_to_send(pair->server().conn, 3), "add");
        ExpectTalk(*pair);
        Hop(pair->server(), S2N_SERVER);
    }
    ExpectTalk(*pair);
    (void) Tickets(1 + 3 + 7 * 4 + 1);
}

TEST_F(Saved13, TicketsKeepTheirSettings)
{
    auto pair = scene.Connect();
    tickets.sessions.clear();
    Hop(pair->server(), S2N_SERVER);
    s2n_connection *server = pair->server().conn;
    Must(s2n_connection_set_server_keying_material_lifetime(server, 100), "lifetime");
    Must(s2n_connection_set_server_max_early_data_size(server, 500), "early data");
    Must(s2n_connection_set_server_early_data_context(server, Data("ctx"), 3), "context");
    ExpectTalk(*pair);
    ASSERT_EQ(1u, tickets.sessions.size());
    EXPECT_EQ(100u, tickets.lifetimes.back());
    std::string session = tickets.sessions[0];
    scene.server_more = [](s2n_config *c) {
        Savable(c);
        Must(s2n_config_set_server_max_early_data_size(c, 500), "max_early_data_size");
    };
    auto next = scene.Make(session);
    EarlyGuard guard;
    guard.Plug(next->server());
    EarlyExchange run;
    run.Run(*next, "early");
    EXPECT_EQ("early", run.received);
    EXPECT_EQ("ctx", guard.context);
    HopBoth(*next);
    ExpectTalk(*next);
}

TEST_F(Saved13, WithoutKeysOrTicketsNoneIsSent)
{
    scene.keys.clear();
    auto pair = scene.Connect();
    Hop(pair->server(), S2N_SERVER);
    ExpectTalk(*pair);
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
}

TEST_F(Saved13, PskConnectionsGoOn)
{
    PskScene psks;
    psks.client_more = psks.server_more = Savable;
    for (s2n_psk_hmac hmac : { S2N_PSK_HMAC_SHA256, S2N_PSK_HMAC_SHA384 }) {
        Psk psk{ "alpha", std::string(48, 'a'), hmac };
        auto pair = psks.ConnectWith({ psk }, { psk });
        EXPECT_EQ(kShort13, TypeOf(*pair));
        for (int round = 0; round < 3; round++) {
            HopBoth(*pair);
            ExpectTalk(*pair);
            Must(s2n_connection_request_key_update(pair->client().conn, S2N_KEY_UPDATE_NOT_REQUESTED),
                 "key update");
            ExpectTalk(*pair);
        }
        EXPECT_TRUE(pair->Shutdown().ok());
    }
}

/* What a connection was before it took over a saved one is not what that one was. */
TEST_F(Saved13, RestoringForgetsTheFormerLife)
{
    PskScene psks;
    psks.client_more = psks.server_more = Savable;
    auto by_psk = psks.ConnectWith({ kAlpha }, { kAlpha }), by_ticket = scene.Connect(scene.FirstSession());
    EXPECT_EQ("alpha", IdentityOf(by_psk->server().conn));
    EXPECT_NE("", SessionOf(by_ticket->client().conn));
    for (Pair *used : { by_psk.get(), by_ticket.get() }) {
        auto source = scene.Connect();
        std::pair<End *, End *> moves[] = { { &source->client(), &used->client() },
                                            { &source->server(), &used->server() } };
        for (auto &move : moves) {
            s2n_connection *to = move.second->conn;
            std::string saved = Save(*move.first);
            Must(s2n_connection_deserialize(to, reinterpret_cast<uint8_t *>(&saved[0]),
                                            static_cast<uint32_t>(saved.size())),
                 "deserialize");
            EXPECT_EQ("", IdentityOf(to));
            EXPECT_EQ("", SessionOf(to));
            EXPECT_EQ("S2N_ERR_SESSION_TICKET_NOT_SUPPORTED", Hint(to));
        }
        ExpectTalk(*used);
    }
}

TEST_F(Saved13, NothingIsSavedBeforeEarlyDataIsOver)
{
    PskScene psks;
    psks.client_more = psks.server_more = Savable;
    auto pair = psks.MakeWith({ kAlpha.With(100) }, { kAlpha.With(100) });
    (void) SendEarly(pair->client(), "early");
    pair->Move();
    EXPECT_EQ("early", RecvEarly(pair->server()).data);
    for (End *end : { &pair->client(), &pair->server() }) {
        EXPECT_THROW((void) Save(*end), std::runtime_error);
        EXPECT_EQ("S2N_ERR_HANDSHAKE_NOT_COMPLETE", ErrName(s2n_errno));
    }
    Scene::Finish(*pair);
    EXPECT_EQ(kEarly13, TypeOf(*pair));
    HopBoth(*pair);
    ExpectTalk(*pair);
}

} // namespace
