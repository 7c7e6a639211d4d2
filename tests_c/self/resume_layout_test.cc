/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of tickets and sessions, field by field, against code that shares nothing with the library; forged tickets
 * that only the key's holder could make, with states that cannot be resumed; what set_session says to every damage.
 * Expected values are those of contract/tickets.md. Public API only.
 */
#include "self/resume.h"
#include "self/ticket.h"

using namespace s2n_test;

namespace
{

const std::string kMaterial = TicketKey().material;
constexpr uint64_t kWeek = 604800 * kSecond;

class Layout12 : public testing::Test
{
  protected:
    Layout12() : session(scene.FirstSession()), state(OpenTicket(TicketOf(session), kMaterial)) {}

    /* The session again, its ticket sealed anew around this state. */
    std::string Forge(const std::string &other) const
    {
        return WithTicket(session, SealTicket(other, "key1", kMaterial));
    }
    void ExpectFull(const std::string &forged, const std::string &why)
    {
        auto pair = scene.Connect(forged);
        EXPECT_EQ(kFull12Ticket, TypeOf(*pair)) << why;
        EXPECT_FALSE(Resumed(*pair)) << why;
    }
    Scene scene{ kTls12 };
    std::string session, state;
};

TEST_F(Layout12, IsAsTheContractSays)
{
    ASSERT_EQ(202u, session.size());
    ASSERT_EQ(138u, TicketOf(session).size());
    ASSERT_EQ(61u, state.size());
    EXPECT_EQ(4, state[0]);
    EXPECT_EQ(33, state[1]);
    EXPECT_EQ(0xC02Fu, NumberAt(state, 2, 2));
    EXPECT_EQ(scene.server_clock.now_ns, NumberAt(state, 4, 8));
    EXPECT_NE(std::string(48, '\0'), state.substr(12, 48));
    EXPECT_EQ(1, state[60]);
    EXPECT_EQ(state, StateOf(session)) << "both ends keep the same";
    EXPECT_EQ(std::string("key1") + std::string(12, '\0'), TicketOf(session).substr(1, 16));
}

TEST_F(Layout12, TakesWhatAnotherImplementationSealed)
{
    EXPECT_TRUE(Resumed(*scene.Connect(Forge(state))));
}

TEST_F(Layout12, IsFreshForEveryTicket)
{
    std::string other = scene.FirstSession();
    EXPECT_NE(TicketOf(session).substr(17, 32), TicketOf(other).substr(17, 32)) << "info";
    EXPECT_NE(TicketOf(session).substr(49, 12), TicketOf(other).substr(49, 12)) << "IV";
    EXPECT_NE(StateOf(session).substr(12, 48), StateOf(other).substr(12, 48)) << "master secret";
}

TEST_F(Layout12, ForgedStatesMakeAFullHandshake)
{
    for (int format : { 0, 1, 2, 3, 5, 255 }) {
        ExpectFull(Forge(Changed(state, 0, format)), "format");
    }
    for (int version : { 0, 3, 31, 32, 34, 99 }) {
        ExpectFull(Forge(Changed(state, 1, version)), "version");
    }
    for (uint64_t suite : { 0x0000, 0xC030, 0xC013, 0x1301, 0xFFFF }) {
        ExpectFull(Forge(WithNumber(state, 2, 2, suite)), "suite");
    }
    ExpectFull(Forge(WithNumber(state, 4, 8, scene.server_clock.now_ns + 1)), "from the future");
    ExpectFull(Forge(WithNumber(state, 4, 8, scene.server_clock.now_ns - 54001 * kSecond)), "too old");
    ExpectFull(Forge(WithNumber(state, 4, 8, 0)), "ages ago");
    ExpectFull(Forge(WithNumber(state, 4, 8, UINT64_MAX)), "never");
    ExpectFull(Forge(state.substr(0, 60)), "a byte short");
    ExpectFull(Forge(state + "x"), "a byte more");
    ExpectFull(Forge("x"), "no state");
    ExpectFull(Forge(Changed(state, 60, 0)),
               "a session without the extended master secret, a client with it");
}

TEST_F(Layout12, OtherVersionsStateMakesAFullHandshake)
{
    Scene thirteen(kTls13);
    std::string state13 = OpenTicket(TicketOf(thirteen.FirstSession()), kMaterial);
    ExpectFull(Forge(state13), "a TLS 1.3 state");
    ExpectFull(Forge(state13.substr(0, 61)), "a TLS 1.3 state of that length");
}

/* ---- TLS 1.3 ---- */

class Layout13 : public testing::Test
{
  protected:
    Layout13() : session(scene.FirstSession()), state(OpenTicket(TicketOf(session), kMaterial)) {}
    std::string Forge(const std::string &other) const
    {
        return WithTicket(session, SealTicket(other, "key1", kMaterial));
    }
    void ExpectFull(const std::string &forged, const std::string &why)
    {
        auto pair = scene.Connect(forged);
        EXPECT_EQ(kFull13, TypeOf(*pair)) << why;
        EXPECT_FALSE(Resumed(*pair)) << why;
    }
    Scene scene{ kTls13 };
    std::string session, state;
};

TEST_F(Layout13, IsAsTheContractSays)
{
    std::string client = StateOf(session);
    ASSERT_EQ(154u, TicketOf(session).size());
    ASSERT_EQ(77u, state.size());
    ASSERT_EQ(69u, client.size()) << "without the server's eight bytes of expiry";
    EXPECT_EQ(2, state[0]);
    EXPECT_EQ(34, state[1]);
    EXPECT_EQ(0x1302u, NumberAt(state, 2, 2));
    EXPECT_EQ(scene.server_clock.now_ns, NumberAt(state, 4, 8));
    EXPECT_EQ(48, state[16]);
    EXPECT_EQ(scene.server_clock.now_ns + kWeek, NumberAt(state, 65, 8)) << "keying material expiry";
    EXPECT_EQ(0u, NumberAt(state, 73, 4)) << "no early data";
    EXPECT_EQ(state.substr(0, 65), client.substr(0, 65)) << "age_add and secret, too";
    EXPECT_EQ(0u, NumberAt(client, 65, 4));
}

TEST_F(Layout13, KeepsTheSha256Lengths)
{
    scene.options.server.policy = scene.options.client.policy = "default_tls13";
    std::string sha256 = scene.FirstSession();
    EXPECT_EQ(194u, sha256.size());
    EXPECT_EQ(61u, OpenTicket(TicketOf(sha256), kMaterial).size());
}

TEST_F(Layout13, CarriesWhatEarlyDataNeeds)
{
    scene.options.client.policy = scene.options.server.policy = "default_tls13";
    scene.options.client.alpn = scene.options.server.alpn = { "h2" };
    scene.server_more = [](s2n_config *c) {
        Must(s2n_config_set_server_max_early_data_size(c, 0x01020304), "max_early_data_size");
    };
    auto pair = scene.Make();
    const uint8_t context[] = { 'c', 't', 'x' };
    Must(s2n_connection_set_server_early_data_context(pair->server().conn, context, 3), "context");
    Scene::Finish(*pair);
    std::string with = SessionOf(pair->client().conn), sealed = OpenTicket(TicketOf(with), kMaterial);
    EXPECT_EQ(207u, with.size());
    EXPECT_EQ(146u, TicketOf(with).size());
    ASSERT_EQ(69u, sealed.size());
    EXPECT_EQ(0x01020304u, NumberAt(sealed, 57, 4));
    EXPECT_EQ(std::string("\2h2", 3), sealed.substr(61, 3));
    EXPECT_EQ(std::string("\0\3ctx", 5), sealed.substr(64));
    EXPECT_EQ(std::string("\1\2\3\4\2h2\0\0", 9), StateOf(with).substr(49))
        << "the context stays with the server";
}

TEST_F(Layout13, KeepsTheExpiryAcrossResumptions)
{
    scene.After(3600);
    auto pair = scene.Connect(session);
    ASSERT_TRUE(Resumed(*pair));
    std::string next = OpenTicket(TicketOf(SessionOf(pair->client().conn)), kMaterial);
    EXPECT_EQ(scene.server_clock.now_ns, NumberAt(next, 4, 8)) << "issued now";
    EXPECT_EQ(NumberAt(state, 65, 8), NumberAt(next, 65, 8)) << "but of the first handshake's material";
    EXPECT_NE(state.substr(17, 48), next.substr(17, 48));
    EXPECT_NE(NumberAt(state, 12, 4), NumberAt(next, 12, 4)) << "age_add";
}

TEST_F(Layout13, TakesWhatAnotherImplementationSealed)
{
    EXPECT_TRUE(Resumed(*scene.Connect(Forge(state))));
}

TEST_F(Layout13, ForgedStatesMakeAFullHandshake)
{
    const uint64_t now = scene.server_clock.now_ns;
    for (int format : { 0, 1, 3, 4, 5, 255 }) {
        ExpectFull(Forge(Changed(state, 0, format)), "format");
    }
    for (int version : { 0, 33, 35, 99 }) {
        ExpectFull(Forge(Changed(state, 1, version)), "version");
    }
    for (uint64_t suite : { 0x0000, 0x1301, 0x1303, 0xC02F, 0xFFFF }) {
        ExpectFull(Forge(WithNumber(state, 2, 2, suite)), "suite of another hash, or none");
    }
    ExpectFull(Forge(WithNumber(state, 4, 8, now - 54000 * kSecond)), "too old");
    ExpectFull(Forge(WithNumber(state, 4, 8, now + 2 * 3600 * kSecond)), "from the future");
    ExpectFull(Forge(WithNumber(state, 4, 8, 0)), "ages ago");
    ExpectFull(Forge(WithNumber(state, 4, 8, UINT64_MAX)), "never");
    for (int len : { 0, 1, 32, 47, 49, 255 }) {
        ExpectFull(Forge(Changed(state, 16, len)), "length of the secret");
    }
    ExpectFull(Forge(WithNumber(state, 65, 8, now)), "keying material expired");
    ExpectFull(Forge(WithNumber(state, 65, 8, 0)), "keying material expired long ago");
    ExpectFull(Forge(WithNumber(state, 73, 4, 1)), "early data without its fields");
    for (size_t n = 1; n < state.size(); n += 3) {
        ExpectFull(Forge(state.substr(0, n)), "cut");
    }
}

TEST_F(Layout13, OtherVersionsStateMakesAFullHandshake)
{
    Scene twelve(kTls12);
    ExpectFull(Forge(OpenTicket(TicketOf(twelve.FirstSession()), kMaterial)), "a TLS 1.2 state");
}

TEST_F(Layout13, AnotherSecretFailsTheBinder)
{
    auto pair = scene.Make(Forge(Flipped(state, 20)));
    Outcome out = pair->Negotiate();
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", out.server_name());
    EXPECT_FALSE(out.client_done);
}

/* ---- set_session ---- */

struct Damage {
    std::string what, session, error;
};

void ExpectErrors(Scene &scene, const std::vector<Damage> &rows)
{
    for (const Damage &row : rows) {
        auto pair = scene.Make();
        EXPECT_EQ(row.error, SetSession(pair->client().conn, row.session)) << row.what;
        if (!row.error.empty()) {
            Scene::Finish(*pair);
            EXPECT_FALSE(Resumed(*pair)) << row.what;
        }
    }
}

std::string Zeroed(std::string bytes, size_t at, size_t n)
{
    return bytes.replace(at, n, n, '\0');
}

TEST_F(Layout12, DamagedSessionsAreRefusedByName)
{
    const std::string invalid = "S2N_ERR_INVALID_SERIALIZED_SESSION_STATE",
                      short_of = "S2N_ERR_STUFFER_OUT_OF_DATA";
    const size_t at = 3 + 138;
    scene.client_tickets = false;
    std::string id = scene.FirstSession();
    ASSERT_EQ(95u, id.size());
    scene.client_tickets = true;
    ExpectErrors(
        scene,
        {
            { "empty", "", short_of },
            { "tag 2", Changed(session, 0, 2), invalid },
            { "tag 255", Changed(session, 0, 255), invalid },
            { "ticket without length", WithTicket(session, ""), invalid },
            { "ticket beyond the data", Changed(session, 1, 1), invalid },
            { "ticket called id", Changed(session, 0, 0), invalid },
            { "id of no length", Changed(id, 1, 0), invalid },
            { "id too long", Changed(id, 1, 33), invalid },
            { "format 0", Changed(session, at, 0), invalid },
            { "format 1", Changed(session, at, 1), invalid },
            { "format 3", Changed(session, at, 3), invalid },
            { "format 5", Changed(session, at, 5), invalid },
            { "no master secret", Zeroed(session, at + 12, 48), invalid },
            { "no master secret, by id", Zeroed(id, 34 + 12, 48), invalid },
            { "ticket that fits no hello", WithTicket(session, std::string(60001, 't')), invalid },
            { "longest ticket there is", WithTicket(session, std::string(65535, 't')), invalid },
            { "longest ticket that fits", WithTicket(session, std::string(60000, 't')), "" },
            { "suite unknown", WithNumber(session, at + 2, 2, 0xFFFF), "S2N_ERR_CIPHER_NOT_SUPPORTED" },
            { "suite not ours", WithNumber(session, at + 2, 2, 0xC02B), "S2N_ERR_CIPHER_NOT_SUPPORTED" },
            { "suite of TLS 1.3", WithNumber(session, at + 2, 2, 0x1301), "S2N_ERR_CIPHER_NOT_SUPPORTED" },
            { "as it was", session, "" },
            { "by id", id, "" },
            { "a byte more", session + "x", "" },
            { "version 99", Changed(session, at + 1, 99), "" },
            { "very old", WithNumber(session, at + 4, 8, 0), "" },
        });
    for (size_t n = 1; n < 60; n++) {
        auto pair = scene.Make();
        EXPECT_NE("", SetSession(pair->client().conn, session.substr(0, at + n))) << n;
        EXPECT_EQ("", SessionOf(pair->client().conn)) << "unchanged";
        EXPECT_EQ("", SessionId(pair->client().conn));
    }
}

TEST_F(Layout13, DamagedSessionsAreRefusedByName)
{
    const std::string invalid = "S2N_ERR_INVALID_SERIALIZED_SESSION_STATE",
                      short_of = "S2N_ERR_STUFFER_OUT_OF_DATA";
    const size_t at = 3 + 154;
    const uint64_t now = scene.client_clock.now_ns;
    ExpectErrors(
        scene, { { "tag 2", Changed(session, 0, 2), invalid },
                 { "format 4", Changed(session, at, 0), invalid },
                 { "format 1", Changed(session, at, 1), invalid },
                 { "a byte short", session.substr(0, session.size() - 1), short_of },
                 { "no secret", Zeroed(session, at + 17, 48), "S2N_ERR_INVALID_ARGUMENT" },
                 { "ticket that fits no hello", WithTicket(session, std::string(60001, 't')), invalid },
                 { "longest ticket there is", WithTicket(session, std::string(65535, 't')), invalid },
                 { "longest ticket that fits", WithTicket(session, std::string(60000, 't')), "" },
                 { "suite unknown", WithNumber(session, at + 2, 2, 0x13FF), "S2N_ERR_CIPHER_NOT_SUPPORTED" },
                 { "too old", WithNumber(session, at + 4, 8, now - kWeek - kSecond),
                   "S2N_ERR_INVALID_SESSION_TICKET" },
                 { "future", WithNumber(session, at + 4, 8, now + 3601 * kSecond),
                   "S2N_ERR_INVALID_SESSION_TICKET" },
                 { "as it was", session, "" },
                 { "a byte more", session + "x", "" } });
    for (size_t n = 1; n < session.size(); n++) {
        auto pair = scene.Make();
        EXPECT_NE("", SetSession(pair->client().conn, session.substr(0, n))) << n;
    }
}

TEST_F(Layout13, SessionsAreWrittenWhole)
{
    auto pair = scene.Connect();
    std::string small(SessionOf(pair->client().conn).size() - 1, 'x');
    EXPECT_EQ(-1, s2n_connection_get_session(pair->client().conn, Bytes(small), small.size()));
    EXPECT_EQ("S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG", ErrName(s2n_errno));
    EXPECT_EQ(S2N_ERR_T_USAGE, s2n_error_get_type(s2n_errno));
}

TEST_F(Layout13, TheLastSessionSetCounts)
{
    Scene twelve(kTls12);
    std::string old = twelve.FirstSession();
    auto both = scene.Make(session);
    EXPECT_EQ("", SetSession(both->client().conn, session));
    Scene::Finish(*both);
    EXPECT_TRUE(Resumed(*both));
    twelve.options.client.policy = kTls13;
    auto after = twelve.Make(session);
    EXPECT_EQ("", SetSession(after->client().conn, old));
    Scene::Finish(*after);
    EXPECT_TRUE(Resumed(*after)) << "the TLS 1.2 one was set last";
}

} // namespace
