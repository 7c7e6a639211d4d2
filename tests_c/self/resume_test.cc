/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless resumption, our client against our server, in both versions: what each end then says, every boundary of
 * the lifetimes with clocks that only the test moves, rotation of keys, damaged tickets. What only one has is in
 * resume12_test.cc and resume13_test.cc. Expected values are those of the contract. Public API only.
 */
#include "self/resume.h"

using namespace s2n_test;

namespace
{

/* Both versions. */
class Resume : public testing::TestWithParam<const char *>
{
  protected:
    Resume() : scene(GetParam()) {}
    static bool Is13() { return std::string(GetParam()) == kTls13; }
    static std::string Full() { return Is13() ? kFull13 : kFull12Ticket; }
    static std::string FullWithoutTicket() { return Is13() ? kFull13 : kFull12; }
    static std::string Short() { return Is13() ? kShort13 : kShort12; }
    static size_t SessionLen() { return Is13() ? 226 : 202; }

    /* The next connection resumes, or does not. */
    void ExpectResumes(const std::string &session, bool yes, const std::string &why = "")
    {
        auto pair = scene.Connect(session);
        EXPECT_EQ(yes, Resumed(*pair)) << why;
        ExpectTalk(*pair);
    }
    Scene scene;
};

TEST_P(Resume, SkipsCertificates)
{
    auto first = scene.Connect();
    EXPECT_EQ(Full(), TypeOf(*first));
    EXPECT_FALSE(Resumed(*first));
    EXPECT_EQ("54000", Hint(first->client().conn));
    EXPECT_EQ(1, TicketsSent(first->server().conn));
    EXPECT_EQ(Is13() ? 0u : 32u, SessionId(first->client().conn).size());
    std::string session = SessionOf(first->client().conn);
    EXPECT_EQ(SessionLen(), session.size());
    EXPECT_EQ("key1", KeyNameOf(session));

    auto second = scene.Connect(session);
    EXPECT_EQ(Short(), TypeOf(*second));
    EXPECT_TRUE(Resumed(*second));
    EXPECT_EQ(CipherOf(*first), CipherOf(*second));
    ExpectTalk(*second);
    Outcome closed = second->Shutdown();
    EXPECT_TRUE(closed.ok());
}

TEST_P(Resume, SaysTheRightThingAtEachStage)
{
    const std::string unsupported = "S2N_ERR_SESSION_TICKET_NOT_SUPPORTED";
    std::string session = scene.FirstSession();
    auto pair = scene.Make();
    s2n_connection *c = pair->client().conn;
    EXPECT_EQ("", SessionOf(c));
    EXPECT_EQ(unsupported, Hint(c));
    EXPECT_EQ("", SessionId(c));
    ASSERT_EQ("", SetSession(c, session));
    EXPECT_EQ(Is13() ? "" : session, SessionOf(c));
    EXPECT_EQ(Is13() ? unsupported : "0", Hint(c));
    EXPECT_EQ(0, s2n_connection_is_session_resumed(c));
    Outcome out = pair->Negotiate();
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(Is13() ? "" : session, SessionOf(c));
    EXPECT_TRUE(Resumed(*pair));
    ReadTickets(*pair);
    EXPECT_EQ(Is13() ? "54000" : "0", Hint(c));
    EXPECT_EQ(session.size(), SessionOf(c).size());
    EXPECT_EQ(Is13(), session != SessionOf(c)) << "TLS 1.3 brings a new ticket, TLS 1.2 none";
    EXPECT_EQ(unsupported, Hint(pair->server().conn));
}

TEST_P(Resume, EchoesTheClientsNewSessionId)
{
    auto first = scene.Connect();
    auto pair = scene.Connect(SessionOf(first->client().conn));
    std::string id = SessionId(pair->client().conn);
    EXPECT_EQ(id, SessionId(pair->server().conn));
    EXPECT_EQ(Is13() ? 0u : 32u, id.size());
    if (!Is13()) {
        EXPECT_NE(id, SessionId(first->client().conn)) << "ids must not link a client's connections";
    }
}

TEST_P(Resume, WorksAgainAndAgain)
{
    std::string session = scene.FirstSession();
    for (int i = 0; i < 5; i++) {
        auto pair = scene.Connect(session);
        ASSERT_TRUE(Resumed(*pair)) << i;
        session = SessionOf(pair->client().conn);
    }
    ExpectResumes(session, true, "an old ticket once more");
    ExpectResumes(session, true, "the same ticket twice");
}

TEST_P(Resume, WorksAfterWipe)
{
    auto pair = scene.Connect(scene.FirstSession());
    std::string session = SessionOf(pair->client().conn);
    for (End *end : { &pair->client(), &pair->server() }) {
        Must(s2n_connection_wipe(end->conn), "wipe");
        Must(s2n_connection_set_blinding(end->conn, S2N_SELF_SERVICE_BLINDING), "set_blinding");
        Plug(end->conn, end->pipe);
        end->done = false;
    }
    EXPECT_EQ("", SessionOf(pair->client().conn));
    EXPECT_EQ(0, s2n_connection_is_session_resumed(pair->client().conn));
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    EXPECT_EQ("", SetSession(pair->client().conn, session));
    Scene::Finish(*pair);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(Short(), TypeOf(*pair));
}

TEST_P(Resume, WorksByteByByte)
{
    std::string session = scene.FirstSession();
    auto pair = scene.Make(session);
    mempipe_set_chunk(pair->client().pipe, 1, 1);
    mempipe_set_chunk(pair->server().pipe, 1, 1);
    Scene::Finish(*pair);
    EXPECT_EQ(Short(), TypeOf(*pair));
    ExpectTalk(*pair);
}

TEST_P(Resume, IsOffUnlessBothEndsWantIt)
{
    std::string session = scene.FirstSession();
    scene.client_tickets = false;
    auto without = scene.Connect();
    EXPECT_EQ(FullWithoutTicket(), TypeOf(*without));
    EXPECT_EQ(Is13() ? 0u : 95u, SessionOf(without->client().conn).size()) << "only the session id is left";
    EXPECT_EQ("S2N_ERR_SESSION_TICKET_NOT_SUPPORTED", Hint(without->client().conn));
    scene.client_tickets = true;
    scene.server_tickets = false;
    auto server_off = scene.Connect(session);
    EXPECT_FALSE(Resumed(*server_off));
    EXPECT_EQ(FullWithoutTicket(), TypeOf(*server_off));
    EXPECT_EQ(0, TicketsSent(server_off->server().conn));
}

TEST_P(Resume, NeedsAKey)
{
    std::string session = scene.FirstSession();
    scene.keys.clear();
    auto pair = scene.Connect(session);
    EXPECT_FALSE(Resumed(*pair));
    EXPECT_EQ(FullWithoutTicket(), TypeOf(*pair));
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    scene.keys = { { "key1", TicketKey().material, 10 } }; /* not valid yet */
    auto early = scene.Connect();
    EXPECT_EQ(FullWithoutTicket(), TypeOf(*early));
    EXPECT_EQ(0, TicketsSent(early->server().conn));
    scene.After(10);
    EXPECT_EQ(Full(), TypeOf(*scene.Connect()));
}

TEST_P(Resume, RefusesAnotherKeyOfTheSameName)
{
    std::string session = scene.FirstSession();
    scene.keys = { { "key1", "another secret", 0 } };
    auto pair = scene.Connect(session);
    EXPECT_FALSE(Resumed(*pair));
    EXPECT_EQ(Full(), TypeOf(*pair)) << "with a new ticket";
    scene.keys = { { "key2", TicketKey().material, 0 } };
    EXPECT_EQ(Full(), TypeOf(*scene.Connect(session)));
    scene.keys = { TicketKey() };
    ExpectResumes(session, true);
}

/* Encrypting until 7200 s, decrypting until 54000 s; upper bounds excluded. */
TEST_P(Resume, KeepsTheLifeOfAKey)
{
    scene.session_life = 600000;
    std::string session = scene.FirstSession();
    struct {
        double at;
        bool resumes, issues;
    } rows[] = { { 0, true, true },        { 7199, true, true },   { 7199.999999, true, true },
                 { 7200, true, false },    { 7201, true, false },  { 53999, true, false },
                 { 53999.9, true, false }, { 54000, false, false } };
    for (const auto &row : rows) {
        scene.After(row.at);
        auto pair = scene.Connect(session);
        EXPECT_EQ(row.resumes, Resumed(*pair)) << "after " << row.at;
        if (Is13()) {
            EXPECT_EQ(row.issues, TicketsSent(pair->server().conn) == 1) << "after " << row.at;
        }
        EXPECT_EQ(row.issues ? Full() : FullWithoutTicket(), TypeOf(*scene.Connect())) << "after " << row.at;
    }
}

TEST_P(Resume, KeepsALifeOfItsOwnChoice)
{
    scene.encrypt_life = 10;
    scene.decrypt_life = 20;
    auto first = scene.Connect();
    EXPECT_EQ("30", Hint(first->client().conn));
    std::string session = SessionOf(first->client().conn);
    scene.After(9);
    EXPECT_EQ("21", Hint(scene.Connect()->client().conn));
    scene.After(10);
    EXPECT_EQ(0, TicketsSent(scene.Connect()->server().conn));
    scene.After(29);
    ExpectResumes(session, true);
    scene.After(30);
    ExpectResumes(session, false);
}

TEST_P(Resume, AnnouncesTheShortestLife)
{
    struct {
        double at;
        uint64_t encrypt, decrypt, session;
        const char *hint;
    } rows[] = {
        { 0, 7200, 46800, 54000, "54000" },
        { 3600, 7200, 46800, 54000, "50400" },
        { 7199, 7200, 46800, 54000, "46801" },
        { 0, 7200, 46800, 100, "100" },
        { 0, 10, 20, 54000, "30" },
        { 0.5, 10, 20, 54000, "29" },
        { 0, 10000000, 10000000, 10000000, "604800" },
    };
    for (const auto &row : rows) {
        scene.After(row.at);
        scene.encrypt_life = row.encrypt;
        scene.decrypt_life = row.decrypt;
        scene.session_life = row.session;
        auto pair = scene.Connect();
        EXPECT_EQ(row.hint, Hint(pair->client().conn));
    }
}

TEST_P(Resume, EndsWithTheSessionsLife)
{
    scene.session_life = 100;
    std::string session = scene.FirstSession();
    scene.After(99.999);
    ExpectResumes(session, true);
    scene.After(100);
    ExpectResumes(session, !Is13(), "at 100 s: below TLS 1.3 still, at TLS 1.3 no more");
    scene.client_clock.AfterNs(100 * kSecond + 1000000);
    scene.server_clock.AfterNs(100 * kSecond + 1000000);
    ExpectResumes(session, false);
    scene.session_life = 101;
    ExpectResumes(session, true, "the setting of now counts");
}

/* A fleet's clocks differ a little; at TLS 1.3 that is forgiven up to an hour. */
TEST_P(Resume, TakesATicketFromItsOwnFutureForNone)
{
    scene.keys[0].intro = -5000;
    std::string session = scene.FirstSession();
    for (double back : { -1.0, -30.0, -600.0, -3601.0, -5000.0 }) {
        scene.server_clock.After(back);
        auto pair = scene.Connect(session);
        bool forgiven = Is13() && back > -3600;
        EXPECT_EQ(forgiven, Resumed(*pair)) << back;
        EXPECT_EQ(forgiven ? Short() : Full(), TypeOf(*pair));
    }
}

TEST_P(Resume, RotatesKeys)
{
    std::string old = scene.FirstSession();
    scene.After(7300);
    scene.keys.push_back({ "key2", "the next secret", 7200 });
    auto pair = scene.Connect(old);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(Is13() ? "key2" : "key1", KeyNameOf(SessionOf(pair->client().conn)));
    std::string fresh = scene.FirstSession();
    EXPECT_EQ("key2", KeyNameOf(fresh));
    scene.keys.erase(scene.keys.begin());
    ExpectResumes(old, false, "the old key is gone");
    ExpectResumes(fresh, true);
}

TEST_P(Resume, LeavesForwardSecrecyToThePolicy)
{
    std::string session = scene.FirstSession();
    auto require = [](s2n_config *c) {
        Must(s2n_config_require_ticket_forward_secrecy(c, true), "require_ticket_forward_secrecy");
    };
    for (bool server : { true, false }) {
        (server ? scene.server_more : scene.client_more) = require;
        (server ? scene.client_more : scene.server_more) = nullptr;
        auto pair = scene.Connect(session);
        EXPECT_EQ(Is13(), Resumed(*pair));
        EXPECT_EQ(Is13() ? kShort13 : kFull12, TypeOf(*pair));
        EXPECT_EQ(Is13() ? 1 : 0, TicketsSent(pair->server().conn));
        EXPECT_EQ(Is13() ? 226u : 95u, SessionOf(pair->client().conn).size());
    }
}

TEST_P(Resume, HandsTicketsToTheCallback)
{
    Received got;
    scene.client_more = [&got](s2n_config *c) { got.Plug(c); };
    auto pair = scene.Connect();
    ASSERT_EQ(1u, got.sessions.size());
    EXPECT_EQ(54000u, got.lifetimes[0]);
    EXPECT_EQ(SessionOf(pair->client().conn), got.sessions[0]);
    auto again = scene.Connect(got.sessions[0]);
    EXPECT_TRUE(Resumed(*again));
    EXPECT_EQ(Is13() ? 2u : 1u, got.sessions.size());
    scene.client_tickets = false;
    got.sessions.clear();
    (void) scene.Connect();
    EXPECT_EQ(0u, got.sessions.size());
}

/* Tickets switched off while they are on their way are nobody's any more. */
TEST_P(Resume, CallsNobodyOnceTicketsAreOff)
{
    for (int steps = 0; steps < 3; steps++) {
        Received got;
        scene.client_more = [&got](s2n_config *c) { got.Plug(c); };
        auto pair = scene.Make();
        for (int i = 0; i < steps; i++) {
            (i % 2 == 0 ? pair->client() : pair->server()).Step();
            pair->Move();
        }
        Must(s2n_config_set_session_tickets_onoff(pair->client().config, 0), "tickets_onoff");
        Scene::Finish(*pair);
        ExpectTalk(*pair);
        EXPECT_EQ(0u, got.sessions.size()) << steps;
    }
}

TEST_P(Resume, FailsWhenTheCallbackDoes)
{
    Received got;
    got.answer = -1;
    scene.client_more = [&got](s2n_config *c) { got.Plug(c); };
    auto pair = scene.Make();
    Outcome out = pair->Negotiate();
    if (!Is13()) {
        EXPECT_EQ("S2N_ERR_CANCELLED", out.client_name());
        return;
    }
    EXPECT_TRUE(out.ok());
    std::string none;
    EXPECT_EQ("S2N_ERR_CANCELLED", ErrName(Pair::ReadAll(pair->client(), &none)));
    EXPECT_EQ("S2N_ERR_CLOSED", ErrName(Pair::ReadAll(pair->client(), &none)));
}

/* Every byte of a ticket changed, each length cut: a full handshake and a new ticket, never an error. */
TEST_P(Resume, TakesADamagedTicketForNone)
{
    std::string session = scene.FirstSession(), ticket = TicketOf(session);
    for (size_t i = 0; i < ticket.size(); i += i < 64 ? 1 : 5) {
        auto pair = scene.Connect(WithTicket(session, Flipped(ticket, i, 0x80)));
        EXPECT_FALSE(Resumed(*pair)) << "byte " << i;
        EXPECT_EQ(Full(), TypeOf(*pair)) << "byte " << i;
    }
    for (size_t n : { size_t{ 1 }, size_t{ 17 }, size_t{ 60 }, size_t{ 77 }, ticket.size() - 1 }) {
        EXPECT_FALSE(Resumed(*scene.Connect(WithTicket(session, ticket.substr(0, n))))) << n << " bytes";
    }
    for (size_t more : { size_t{ 1 }, size_t{ 1000 }, size_t{ 15000 } }) {
        auto pair = scene.Connect(WithTicket(session, ticket + std::string(more, 'x')));
        EXPECT_FALSE(Resumed(*pair)) << more << " bytes more";
    }
}

TEST_P(Resume, NeverUsesTheOtherVersionsSession)
{
    std::string session = scene.FirstSession();
    scene.options.client.policy = kTls13;
    scene.options.server.policy = Is13() ? kTls12 : kTls13;
    auto pair = scene.Connect(session);
    EXPECT_FALSE(Resumed(*pair));
    EXPECT_EQ(Is13() ? kFull12 : kFull13, TypeOf(*pair)) << "a client with a PSK wants no TLS 1.2 ticket";
    EXPECT_EQ(Is13() ? 0 : 1, TicketsSent(pair->server().conn));
    ExpectTalk(*pair);
    scene.options.server.policy = GetParam();
    ExpectResumes(session, true, "either session is good for a client of both versions");
    scene.options.client.policy = kTls12;
    EXPECT_FALSE(Resumed(*scene.Connect(Is13() ? session : "")));
}

TEST_P(Resume, AgreesOnNamesAnew)
{
    std::string session = scene.FirstSession();
    scene.options.client.alpn = { "h2", "http/1.1" };
    scene.options.server.alpn = { "http/1.1" };
    auto pair = scene.Connect(session);
    EXPECT_TRUE(Resumed(*pair));
    ASSERT_NE(nullptr, s2n_get_application_protocol(pair->client().conn));
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(pair->client().conn));
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(pair->server().conn));
    EXPECT_STREQ("localhost", s2n_get_server_name(pair->server().conn));
}

INSTANTIATE_TEST_SUITE_P(Versions, Resume, testing::Values(kTls12, kTls13),
                         [](const testing::TestParamInfo<const char *> &info) {
                             return std::string(info.param) == kTls13 ? "TLS13" : "TLS12";
                         });

} // namespace
