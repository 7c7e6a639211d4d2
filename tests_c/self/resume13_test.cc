/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless resumption as only TLS 1.3 has it: how many tickets are sent and when, which key seals them, the life of
 * the keying material, the age of a ticket, a retry on the way. Our client against our server, public API only.
 */
#include "self/early.h"

#include <map>
#include <set>

using namespace s2n_test;

namespace
{

class Resume13 : public testing::Test
{
  protected:
    Scene scene{ kTls13 };
};

TEST_F(Resume13, SurvivesARetry)
{
    std::string session = scene.FirstSession();
    scene.options.server.policy = "20190802"; /* without the group that the client guesses */
    auto pair = scene.Connect(session);
    EXPECT_EQ("NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT", TypeOf(*pair));
    EXPECT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);
}

TEST_F(Resume13, KeepsTheHashAndMayChangeTheSuite)
{
    std::string session = scene.FirstSession();
    scene.options.server.policy = "default_tls13"; /* which prefers a SHA-256 suite */
    auto pair = scene.Connect(session);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ("TLS_AES_256_GCM_SHA384", CipherOf(*pair));
}

TEST_F(Resume13, SendsAsManyTicketsAsAsked)
{
    Received got;
    scene.client_more = [&got](s2n_config *c) { got.Plug(c); };
    scene.server_more = [](s2n_config *c) { Must(s2n_config_set_initial_ticket_count(c, 3), "count"); };
    auto pair = scene.Connect();
    s2n_connection *server = pair->server().conn;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    EXPECT_EQ(3, TicketsSent(server));
    EXPECT_EQ(3u, got.sessions.size());
    Must(s2n_connection_add_new_tickets_to_send(server, 2), "add");
    EXPECT_EQ(3, TicketsSent(server)) << "not before the next call";
    EXPECT_EQ(0, s2n_negotiate(server, &blocked));
    EXPECT_EQ(5, TicketsSent(server));
    Must(s2n_connection_add_new_tickets_to_send(server, 2), "add");
    EXPECT_EQ("text", pair->Carry(pair->server(), pair->client(), "text"));
    EXPECT_EQ(7, TicketsSent(server));
    EXPECT_EQ(7u, got.sessions.size());
    EXPECT_EQ(7u, std::set<std::string>(got.sessions.begin(), got.sessions.end()).size());
    scene.client_more = nullptr;
    for (const std::string &session : got.sessions) {
        EXPECT_TRUE(Resumed(*scene.Connect(session)));
    }
    uint16_t n = 0;
    EXPECT_EQ(-1, s2n_connection_get_tickets_sent(pair->client().conn, &n));
    EXPECT_EQ("S2N_ERR_CLIENT_MODE", ErrName(s2n_errno));
}

TEST_F(Resume13, AddsToTheCountBeforeTheHandshakeToo)
{
    auto pair = scene.Make();
    Must(s2n_connection_add_new_tickets_to_send(pair->server().conn, 4), "add");
    Scene::Finish(*pair);
    EXPECT_EQ(5, TicketsSent(pair->server().conn));
}

TEST_F(Resume13, SendsNoneWhenTheCountIsZero)
{
    scene.server_more = [](s2n_config *c) { Must(s2n_config_set_initial_ticket_count(c, 0), "count"); };
    auto pair = scene.Connect();
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    scene.server_tickets = false; /* switched on by the count, which is then one */
    auto on = scene.Connect();
    EXPECT_EQ(1, TicketsSent(on->server().conn));
}

/* Keys in the middle of their life are taken most. */
/* A ticket that no ClientHello could carry is not made, and nobody misses it. */
TEST_F(Resume13, SendsNoneThatFitsNoHello)
{
    struct {
        uint16_t context;
        int tickets;
    } rows[] = { { 59000, 1 }, { 60000, 0 }, { 65000, 0 }, { 65400, 0 }, { 65535, 0 } };
    for (const auto &row : rows) {
        auto pair = scene.Make();
        std::string context(row.context, 'c');
        Must(s2n_connection_set_server_max_early_data_size(pair->server().conn, 10), "max_early_data_size");
        Must(s2n_connection_set_server_early_data_context(pair->server().conn, Data(context), row.context),
             "early_data_context");
        Scene::Finish(*pair);
        ExpectTalk(*pair);
        EXPECT_EQ(row.tickets, TicketsSent(pair->server().conn)) << row.context;
        std::string session = SessionOf(pair->client().conn);
        EXPECT_EQ(row.tickets == 0, session.empty()) << row.context;
        EXPECT_EQ(row.tickets == 1, Resumed(*scene.Connect(session))) << row.context;
    }
}

TEST_F(Resume13, WeighsKeysByTheirAge)
{
    Received got;
    scene.client_more = [&got](s2n_config *c) { got.Plug(c); };
    scene.server_more = [](s2n_config *c) { Must(s2n_config_set_initial_ticket_count(c, 255), "count"); };
    scene.keys = { { "middle", "m", 0 }, { "quarter", "q", 1800 }, { "fresh", "f", 3600 } };
    scene.After(3600);
    (void) scene.Connect();
    ASSERT_EQ(255u, got.sessions.size());
    std::map<std::string, int> times;
    for (const std::string &session : got.sessions) {
        times[KeyNameOf(session)]++;
    }
    /* two to one; each bound is more than six standard deviations away */
    EXPECT_GT(times["middle"], 120);
    EXPECT_GT(times["quarter"], 35);
    EXPECT_LE(times["fresh"], 3) << "its weight is next to nothing";
}

TEST_F(Resume13, EndsWithTheKeyingMaterial)
{
    auto connect = [this](const std::string &session, uint32_t lifetime) {
        auto pair = scene.Make(session);
        Must(s2n_connection_set_server_keying_material_lifetime(pair->server().conn, lifetime), "lifetime");
        Scene::Finish(*pair);
        return pair;
    };
    auto first = connect("", 100);
    EXPECT_EQ("100", Hint(first->client().conn));
    std::string session = SessionOf(first->client().conn);
    struct {
        double at;
        bool resumes;
        std::string hint; /* of the next ticket; "" none was sent */
    } rows[] = { { 50, true, "50" }, { 98, true, "2" },  { 98.5, true, "1" },
                 { 99.5, true, "" }, { 99.9, true, "" }, { 100, false, "53900" } };
    for (const auto &row : rows) {
        scene.After(row.at);
        auto pair = scene.Connect(session);
        EXPECT_EQ(row.resumes, Resumed(*pair)) << row.at;
        EXPECT_EQ(row.hint.empty() ? "S2N_ERR_SESSION_TICKET_NOT_SUPPORTED" : row.hint,
                  Hint(pair->client().conn))
            << row.at;
    }
    scene.After(50);
    EXPECT_EQ("10", Hint(connect(session, 10)->client().conn)) << "the new limit is the earlier one";
    EXPECT_EQ("50", Hint(connect(session, 1000)->client().conn)) << "the inherited one is";
    EXPECT_EQ(0, TicketsSent(connect("", 0)->server().conn));
    EXPECT_EQ("1", Hint(connect("", 1)->client().conn));
}

TEST_F(Resume13, KeepsKeyingMaterialNoLongerByResuming)
{
    auto first = scene.Make();
    Must(s2n_connection_set_server_keying_material_lifetime(first->server().conn, 100), "lifetime");
    Scene::Finish(*first);
    std::string session = SessionOf(first->client().conn);
    for (int at = 20; at <= 80; at += 20) { /* each time with the newest ticket */
        scene.After(at);
        auto pair = scene.Connect(session);
        ASSERT_TRUE(Resumed(*pair)) << at;
        session = SessionOf(pair->client().conn);
    }
    scene.After(100);
    EXPECT_FALSE(Resumed(*scene.Connect(session)));
}

TEST_F(Resume13, AddsNoTicketsForExpiredKeyingMaterial)
{
    auto first = scene.Make();
    Must(s2n_connection_set_server_keying_material_lifetime(first->server().conn, 100), "lifetime");
    Scene::Finish(*first);
    scene.After(50);
    auto pair = scene.Connect(SessionOf(first->client().conn));
    ASSERT_TRUE(Resumed(*pair));
    s2n_connection *server = pair->server().conn;
    EXPECT_EQ(0, s2n_connection_add_new_tickets_to_send(server, 1));
    ExpectTalk(*pair);
    EXPECT_EQ(2, TicketsSent(server));
    scene.After(99.5);
    EXPECT_EQ(-1, s2n_connection_add_new_tickets_to_send(server, 1));
    EXPECT_EQ("S2N_ERR_KEYING_MATERIAL_EXPIRED", ErrName(s2n_errno));
    EXPECT_EQ(S2N_ERR_T_USAGE, s2n_error_get_type(s2n_errno));
    ExpectTalk(*pair);
    EXPECT_EQ(2, TicketsSent(server));
}

TEST_F(Resume13, RefusesATicketWhoseAgeMakesNoSense)
{
    std::string session = scene.FirstSession();
    struct {
        double client;
        const char *set;
    } rows[] = {
        { -3601, "S2N_ERR_INVALID_SESSION_TICKET" }, { -3600, "" }, { -0.5, "" }, { 0, "" }, { 604799, "" },
        { 604801, "S2N_ERR_INVALID_SESSION_TICKET" }
    };
    for (const auto &row : rows) {
        scene.client_clock.After(row.client);
        auto pair = scene.Make();
        EXPECT_EQ(row.set, SetSession(pair->client().conn, session)) << row.client;
        Outcome out = pair->Negotiate();
        bool accepted = *row.set == '\0', future = accepted && row.client < 0;
        EXPECT_EQ(future ? "S2N_ERR_SAFETY" : "", out.client_name()) << row.client;
        EXPECT_EQ(!future, out.ok()) << row.client;
    }
}

/* The binder covers all of the hello: no changed byte of it is accepted together with the ticket. */
TEST_F(Resume13, AcceptsNoChangedHello)
{
    scene.server_more = [](s2n_config *c) {
        Must(s2n_config_set_server_max_early_data_size(c, 100), "max_early_data_size");
    };
    auto client = scene.Make(scene.FirstSession());
    EXPECT_EQ(5, SendEarly(client->client(), "early").n);
    size_t n = 0;
    const uint8_t *data = mempipe_out_data(client->client().pipe, &n);
    const std::string flight(reinterpret_cast<const char *>(data), n);
    const size_t hello =
        5 + (static_cast<size_t>(static_cast<uint8_t>(flight[3])) << 8 | static_cast<uint8_t>(flight[4]));
    for (size_t i = 0; i <= hello; i++) { /* the last round changes nothing */
        auto pair = scene.Make();
        std::string changed = i == hello ? flight : Flipped(flight, i, 1 << (i % 8));
        Must(mempipe_in_write(pair->server().pipe, changed.data(), changed.size()), "in_write");
        EarlyCall got = RecvEarly(pair->server());
        std::string type = s2n_connection_get_handshake_type_name(pair->server().conn);
        if (i == hello) {
            EXPECT_EQ("early", got.data);
        } else if (i >= 5) { /* before it is the record's header, which nothing protects */
            EXPECT_EQ("", got.data) << "byte " << i;
            bool failed = !got.error.empty() && !IsBlocked(got.error);
            EXPECT_TRUE(failed || type.find("FULL_HANDSHAKE") != std::string::npos || type == "INITIAL")
                << "byte " << i << " " << got.error << " " << type;
        }
    }
}

/* A resumed client shows no certificate: whoever insists on one makes a full handshake, and hands out no tickets. */
TEST_F(Resume13, IsNotForServersThatRequireACertificate)
{
    std::string session = scene.FirstSession();
    scene.options.server.client_auth_set = true;
    scene.options.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    auto optional = scene.Connect(session);
    EXPECT_EQ(kShort13, TypeOf(*optional));
    EXPECT_EQ(0, s2n_connection_client_cert_used(optional->server().conn));
    Mutual(&scene.options, KeyKind::Rsa2048);
    auto required = scene.Connect(session);
    EXPECT_EQ("NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|MIDDLEBOX_COMPAT", TypeOf(*required));
    EXPECT_EQ(1, s2n_connection_client_cert_used(required->server().conn));
    auto again = scene.Connect(SessionOf(required->client().conn));
    EXPECT_EQ("NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|MIDDLEBOX_COMPAT", TypeOf(*again));
}

TEST_F(Resume13, WorksOverATransportThatBlocks)
{
    auto pair = scene.Make(scene.FirstSession());
    FlakyIo io[2];
    End *ends[2] = { &pair->client(), &pair->server() };
    for (int i = 0; i < 2; i++) {
        io[i].every_second_blocks = true;
        io[i].chunk = 7;
        io[i].Plug(ends[i]->conn, ends[i]->pipe);
    }
    ASSERT_TRUE(Drive(*pair));
    EXPECT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);
    EXPECT_EQ(226u, SessionOf(pair->client().conn).size()) << "its ticket came with the data";
}

/* A ticket that cannot be written now is written later, and counted when it is. */
TEST_F(Resume13, WaitsWithTicketsForAFullTransport)
{
    auto pair = scene.Make();
    s2n_connection *server = pair->server().conn;
    Must(s2n_connection_add_new_tickets_to_send(server, 9), "add");
    mempipe_out_set_limit(pair->server().pipe, 100);
    Outcome out = pair->Negotiate();
    EXPECT_TRUE(out.ok()) << out.server_name();
    EXPECT_EQ(10, TicketsSent(server));
    ReadTickets(*pair);
    ExpectTalk(*pair);
}

TEST_F(Resume13, ServerGoesByItsOwnClock)
{
    scene.keys[0].intro = -100;
    std::string session = scene.FirstSession();
    scene.session_life = 1000;
    scene.server_clock.After(999);
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
    scene.server_clock.After(1000);
    EXPECT_FALSE(Resumed(*scene.Connect(session))) << "whatever age the client claims";
}

} // namespace
