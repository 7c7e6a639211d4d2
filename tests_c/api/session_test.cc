/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets, their keys, the session cache and sessions as bytes: what the calls accept and refuse before any handshake,
 * and what they show of one. Whether sessions really resume is tested in self/.
 */
#include "api_test.h"

using namespace s2n_test;

namespace
{

constexpr uint64_t kSecond = 1000000000;
constexpr uint64_t kNow = 1800000000;
constexpr uint16_t kSuite13 = 0x1301, kSuite12 = 0xC02F;

using Bytes = std::vector<uint8_t>;

void Put(Bytes &to, uint64_t value, int size)
{
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
        to.push_back(static_cast<uint8_t>(value >> shift));
    }
}

/* A session as s2n_connection_set_session takes it, by hand. */
struct Made {
    Bytes ticket = Bytes(138, 't'), id;
    uint8_t tag = 1, form = 4, version = 33;
    uint16_t suite = kSuite12;
    uint64_t issued = kNow * kSecond;

    static Made Tls13()
    {
        Made m;
        m.form = 2;
        m.version = 34;
        m.suite = kSuite13;
        return m;
    }

    static Made ById()
    {
        Made m;
        m.tag = 0;
        m.id = Bytes(32, 'i');
        return m;
    }

    Bytes operator()() const
    {
        Bytes out = { tag };
        Put(out, tag == 1 ? ticket.size() : id.size(), tag == 1 ? 2 : 1);
        out.insert(out.end(), tag == 1 ? ticket.begin() : id.begin(), tag == 1 ? ticket.end() : id.end());
        out.insert(out.end(), { form, version });
        Put(out, suite, 2);
        Put(out, issued, 8);
        if (form == 2) {
            Put(out, 7, 4); /* age_add */
            out.push_back(32);
        }
        out.insert(out.end(), form == 2 ? 32 : 48, 's');
        Put(out, form == 2 ? 0 : 1, form == 2 ? 4 : 1); /* no early data; extended master secret */
        return out;
    }
};

struct Clock {
    uint64_t now = kNow * kSecond;
    int result = 0;
    static int Read(void *ctx, uint64_t *out)
    {
        const Clock *c = static_cast<Clock *>(ctx);
        *out = c->now;
        return c->result;
    }
};

class SessionTest : public ApiTest
{
  protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        EXPECT_OK(s2n_config_set_wall_clock(config, Clock::Read, &clock));
        EXPECT_OK(s2n_config_set_cipher_preferences(config, "default_tls13"));
    }

    int AddKey(const std::string &name, const std::string &key, uint64_t intro = 0)
    {
        std::string copy = key;
        return s2n_config_add_ticket_crypto_key(config, reinterpret_cast<const uint8_t *>(name.data()),
                                                static_cast<uint32_t>(name.size()), Octets(copy),
                                                static_cast<uint32_t>(copy.size()), intro);
    }

    /* Keys are looked at only while there is a use for them. */
    bool KeysAreLookedAt() { return AddKey("", "x") != S2N_SUCCESS; }

    void SetCallbacks()
    {
        EXPECT_OK(s2n_config_set_cache_store_callback(
            config,
            [](s2n_connection *, void *, uint64_t, const void *, uint64_t, const void *, uint64_t) {
                return 0;
            },
            nullptr));
        EXPECT_OK(s2n_config_set_cache_retrieve_callback(
            config, [](s2n_connection *, void *, const void *, uint64_t, void *, uint64_t *) { return -1; },
            nullptr));
        EXPECT_OK(s2n_config_set_cache_delete_callback(
            config, [](s2n_connection *, void *, const void *, uint64_t) { return 0; }, nullptr));
    }

    static int Set(s2n_connection *conn, const Bytes &session)
    {
        return s2n_connection_set_session(conn, session.data(), session.size());
    }

    Clock clock;
};

} // namespace

/* ---- ticket keys ---- */

TEST_F(SessionTest, KeysAreIgnoredWithoutTicketsAndCache)
{
    EXPECT_OK(AddKey("", ""));
    EXPECT_OK(AddKey("name", "key"));
    EXPECT_FALSE(KeysAreLookedAt());
}

TEST_F(SessionTest, OnlyTheLowestBitSwitchesTickets)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 2));
    EXPECT_FALSE(KeysAreLookedAt());
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 3));
    EXPECT_TRUE(KeysAreLookedAt());
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 0));
    EXPECT_FALSE(KeysAreLookedAt());
}

TEST_F(SessionTest, TicketCountSwitchesTicketsOn)
{
    EXPECT_OK(s2n_config_set_initial_ticket_count(config, 0));
    EXPECT_TRUE(KeysAreLookedAt());
    EXPECT_OK(s2n_config_set_initial_ticket_count(config, 255));
}

TEST_F(SessionTest, CacheNeedsAllCallbacks)
{
    EXPECT_OK(s2n_config_set_session_cache_onoff(config, 1));
    EXPECT_FALSE(KeysAreLookedAt());
    SetCallbacks();
    EXPECT_OK(s2n_config_set_session_cache_onoff(config, 2));
    EXPECT_TRUE(KeysAreLookedAt());
    EXPECT_OK(s2n_config_set_session_cache_onoff(config, 0));
    EXPECT_FALSE(KeysAreLookedAt());
}

TEST_F(SessionTest, KeysAreCheckedInOrder)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_ERROR("INVALID_TICKET_KEY_LENGTH", AddKey("", ""));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("", "key"));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey(std::string(17, 'n'), "key"));
    EXPECT_OK(AddKey("one", "k"));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("one", "k"));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey(std::string("one\0", 4), "other"));
    EXPECT_ERROR("TICKET_KEY_NOT_UNIQUE", AddKey("two", "k"));
    EXPECT_OK(AddKey(std::string(16, 'n'), std::string(1000, 'k')));
    clock.result = -1;
    EXPECT_ERROR("CANCELLED", AddKey("three", "key"));
}

TEST_F(SessionTest, ThereAreAtMost48Keys)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    for (int i = 0; i < 48; i++) {
        EXPECT_OK(AddKey("name" + std::to_string(i), "key" + std::to_string(i)));
    }
    EXPECT_ERROR("TICKET_KEY_LIMIT", AddKey("one more", "key"));
    EXPECT_ERROR("TICKET_KEY_LIMIT", AddKey("", "key"));
    EXPECT_ERROR("INVALID_TICKET_KEY_LENGTH", AddKey("one more", ""));
    clock.now += 54000 * kSecond;
    EXPECT_OK(AddKey("one more", "key"));
}

TEST_F(SessionTest, ExpiredKeysGo)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(config, 10));
    EXPECT_OK(s2n_config_set_ticket_decrypt_key_lifetime(config, 20));
    EXPECT_OK(AddKey("a", "key a"));
    EXPECT_OK(AddKey("past", "key past", kNow - 100));
    EXPECT_OK(AddKey("past", "key past"));
    EXPECT_OK(AddKey("future", "key future", kNow + 100));
    clock.now += 30 * kSecond - 1;
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("a", "key a"));
    clock.now += 1;
    EXPECT_OK(AddKey("a", "key a"));
    EXPECT_ERROR("TICKET_KEY_NOT_UNIQUE", AddKey("b", "key future"));
}

TEST_F(SessionTest, KeyLivesOfAnyLength)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(s2n_config_set_session_state_lifetime(config, 0));
    EXPECT_OK(s2n_config_set_session_state_lifetime(config, UINT64_MAX));
    EXPECT_OK(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(config, UINT64_MAX));
    EXPECT_OK(s2n_config_set_ticket_decrypt_key_lifetime(config, UINT64_MAX));
    EXPECT_OK(AddKey("a", "key a"));
    clock.now += 1000000 * kSecond;
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("a", "key a"));
}

TEST_F(SessionTest, KeysStayWhileOneUseIsLeft)
{
    SetCallbacks();
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(s2n_config_set_session_cache_onoff(config, 1));
    EXPECT_OK(AddKey("a", "key"));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 0));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("a", "key"));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(s2n_config_set_session_cache_onoff(config, 0));
    EXPECT_ERROR("INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH", AddKey("a", "key"));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 0));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(AddKey("a", "key"));
}

TEST_F(SessionTest, CallbacksCanBeTakenBackWhereTheyMay)
{
    EXPECT_OK(s2n_config_set_session_ticket_cb(config, nullptr, nullptr));
    EXPECT_OK(s2n_config_require_ticket_forward_secrecy(config, true));
    EXPECT_OK(s2n_config_require_ticket_forward_secrecy(config, false));
}

/* ---- tickets of a connection ---- */

TEST_F(SessionTest, TicketsToSendAreCounted)
{
    for (int i = 0; i < 257; i++) {
        EXPECT_OK(s2n_connection_add_new_tickets_to_send(server, 255));
    }
    EXPECT_ERROR("INTEGER_OVERFLOW", s2n_connection_add_new_tickets_to_send(server, 1));
    EXPECT_OK(s2n_connection_add_new_tickets_to_send(server, 0));
    EXPECT_OK(s2n_connection_wipe(server));
    EXPECT_OK(s2n_connection_add_new_tickets_to_send(server, 1));
    EXPECT_OK(s2n_connection_add_new_tickets_to_send(client, 1));
}

TEST_F(SessionTest, InitialCountIsTakenOverWithTheConfig)
{
    EXPECT_OK(s2n_config_set_initial_ticket_count(config, 255));
    EXPECT_OK(s2n_connection_set_config(server, config));
    for (int i = 0; i < 256; i++) {
        EXPECT_OK(s2n_connection_add_new_tickets_to_send(server, 255));
    }
    EXPECT_ERROR("INTEGER_OVERFLOW", s2n_connection_add_new_tickets_to_send(server, 1));
}

TEST_F(SessionTest, TicketsSentIsForServers)
{
    uint16_t n = 7;
    EXPECT_ERROR("CLIENT_MODE", s2n_connection_get_tickets_sent(client, &n));
    EXPECT_EQ(n, 7);
    EXPECT_OK(s2n_connection_get_tickets_sent(server, &n));
    EXPECT_EQ(n, 0);
    EXPECT_OK(s2n_connection_set_server_keying_material_lifetime(server, 0));
    EXPECT_OK(s2n_connection_set_server_keying_material_lifetime(server, UINT32_MAX));
}

/* ---- sessions ---- */

TEST_F(SessionTest, FreshConnectionHasNone)
{
    uint8_t out[8] = { 9 };
    for (s2n_connection *conn : { client, server }) {
        EXPECT_EQ(s2n_connection_get_session_length(conn), 0);
        EXPECT_EQ(s2n_connection_get_session(conn, out, sizeof(out)), 0);
        EXPECT_EQ(out[0], 9);
        EXPECT_EQ(s2n_connection_is_session_resumed(conn), 0);
        EXPECT_ERROR("SESSION_TICKET_NOT_SUPPORTED", s2n_connection_get_session_ticket_lifetime_hint(conn));
    }
    EXPECT_EQ(s2n_connection_get_session_length(nullptr), 0);
    EXPECT_EQ(s2n_connection_is_session_resumed(nullptr), 0);
}

TEST_F(SessionTest, GoodOnesAreTaken)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    Made strange;
    strange.version = 99;
    Bytes longer = Made()();
    longer.push_back(0);
    for (const Bytes &session : { Made()(), Made::Tls13()(), Made::ById()(), strange(), longer }) {
        EXPECT_OK(Set(client, session));
        EXPECT_OK(Set(client, session));
    }
    Bytes no_ems = Made()();
    no_ems.pop_back();
    EXPECT_OK(Set(client, no_ems));
}

TEST_F(SessionTest, BadOnesAreRefused)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    const auto changed = [](auto change, Made made = Made()) {
        change(made);
        return made();
    };
    const struct {
        const char *what, *error;
        Bytes session;
    } rows[] = {
        { "unknown tag", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.tag = 2; }) },
        { "no ticket", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.ticket.clear(); }) },
        { "no id", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.id.clear(); }, Made::ById()) },
        { "long id", "INVALID_SERIALIZED_SESSION_STATE",
          changed([](Made &m) { m.id.resize(33); }, Made::ById()) },
        { "short ticket", "INVALID_SERIALIZED_SESSION_STATE", { 1, 0, 5, 'a' } },
        { "form 0", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.form = 0; }) },
        { "form 3", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.form = 3; }) },
        { "form 5", "INVALID_SERIALIZED_SESSION_STATE", changed([](Made &m) { m.form = 5; }) },
        { "unknown suite", "CIPHER_NOT_SUPPORTED", changed([](Made &m) { m.suite = 0x5555; }) },
        { "suite of no policy", "CIPHER_NOT_SUPPORTED", changed([](Made &m) { m.suite = 0x0004; }) },
        { "unknown suite of TLS 1.3", "CIPHER_NOT_SUPPORTED",
          changed([](Made &m) { m.suite = 0x5555; }, Made::Tls13()) },
    };
    for (const auto &row : rows) {
        s2n_errno = 0;
        EXPECT_EQ(Set(client, row.session), S2N_FAILURE) << row.what;
        EXPECT_EQ(LastError(), std::string("S2N_ERR_") + row.error) << row.what;
        EXPECT_EQ(s2n_connection_get_session_length(client), 0) << row.what;
    }
    EXPECT_OK(Set(client, Made()()));
}

TEST_F(SessionTest, CutOnesAreRefused)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    for (const Made &made : { Made(), Made::Tls13(), Made::ById() }) {
        Bytes whole = made();
        size_t end =
            whole.size() - (made.form == 4 ? 1 : 0); /* the last byte may be left out below TLS 1.3 */
        for (size_t n = 0; n < end; n++) {
            s2n_errno = 0;
            EXPECT_EQ(s2n_connection_set_session(client, whole.data(), n), S2N_FAILURE) << n;
            EXPECT_NE(s2n_errno, 0) << n;
        }
        EXPECT_ERROR("STUFFER_OUT_OF_DATA", s2n_connection_set_session(client, whole.data(), 0));
        EXPECT_ERROR("STUFFER_OUT_OF_DATA", s2n_connection_set_session(client, whole.data(), end - 1));
    }
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_set_session(client, Made()().data(), size_t(1) << 32));
}

TEST_F(SessionTest, SuiteMustBeInThePolicyBelowTls13)
{
    Made other;
    other.suite = 0xC02B;
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "20190801"));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_ERROR("CIPHER_NOT_SUPPORTED", Set(client, other()));
    EXPECT_OK(s2n_connection_set_cipher_preferences(client, "20190214"));
    EXPECT_OK(Set(client, other()));
    EXPECT_OK(Set(client, Made::Tls13()()));
}

TEST_F(SessionTest, Tls13OnesMustBeTimely)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    const struct {
        int64_t seconds;
        bool taken;
    } rows[] = { { 604800, true }, { 604801, false }, { -3600, true }, { -3601, false }, { 0, true } };
    for (const auto &row : rows) {
        Made made = Made::Tls13();
        made.issued = clock.now - static_cast<uint64_t>(row.seconds) * kSecond;
        s2n_errno = 0;
        EXPECT_EQ(Set(client, made()), row.taken ? S2N_SUCCESS : S2N_FAILURE) << row.seconds;
        EXPECT_EQ(LastError(), row.taken ? "" : "S2N_ERR_INVALID_SESSION_TICKET") << row.seconds;
    }
    Made old;
    old.issued = 0;
    EXPECT_OK(Set(client, old()));
    clock.result = -1;
    EXPECT_ERROR("CANCELLED", Set(client, Made::Tls13()()));
}

TEST_F(SessionTest, OnlyBelowTls13ItGoesWithExternalKeys)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    s2n_psk *psk = s2n_external_psk_new();
    const uint8_t bytes[] = "some bytes";
    EXPECT_OK(s2n_psk_set_identity(psk, bytes, sizeof(bytes)));
    EXPECT_OK(s2n_psk_set_secret(psk, bytes, sizeof(bytes)));
    EXPECT_OK(s2n_connection_append_psk(client, psk));
    EXPECT_ERROR("PSK_MODE", Set(client, Made::Tls13()()));
    EXPECT_OK(Set(client, Made()()));
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_OK(Set(client, Made::Tls13()()));
    EXPECT_ERROR("PSK_MODE", s2n_connection_append_psk(client, psk));
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_OK(Set(client, Made()()));
    EXPECT_OK(s2n_connection_append_psk(client, psk));
    EXPECT_OK(s2n_psk_free(&psk));
}

TEST_F(SessionTest, WhatWasSetCanBeHadBack)
{
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_OK(s2n_connection_set_config(client, config));
    Bytes session = Made()(), out(session.size());
    EXPECT_OK(Set(client, session));
    EXPECT_EQ(s2n_connection_get_session_length(client), 202);
    EXPECT_ERROR("SERIALIZED_SESSION_STATE_TOO_LONG", s2n_connection_get_session(client, out.data(), 201));
    EXPECT_EQ(s2n_connection_get_session(client, out.data(), out.size()), 202);
    EXPECT_EQ(out, session);
    EXPECT_EQ(s2n_connection_get_session_ticket_lifetime_hint(client), 0);
    EXPECT_EQ(s2n_connection_is_session_resumed(client), 0);
    clock.result = -1;
    EXPECT_ERROR("CANCELLED", s2n_connection_get_session(client, out.data(), out.size()));
    clock.result = 0;
    EXPECT_OK(Set(client, Made::Tls13()()));
    EXPECT_EQ(s2n_connection_get_session_length(client), 0);
    EXPECT_ERROR("SESSION_TICKET_NOT_SUPPORTED", s2n_connection_get_session_ticket_lifetime_hint(client));
    EXPECT_OK(Set(client, Made::ById()()));
    EXPECT_EQ(s2n_connection_get_session_length(client), 95);
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_EQ(s2n_connection_get_session_length(client), 0);
}

TEST_F(SessionTest, ServersSetNone)
{
    EXPECT_ERROR("SERVER_MODE", Set(server, Made()()));
    EXPECT_ERROR("SERVER_MODE", Set(server, Made::Tls13()()));
}

TEST_F(SessionTest, TooLateOnceTheHandshakeHasBegun)
{
    Pair pair(Served("default_tls13"));
    Bytes session = Made()();
    pair.client().Step();
    EXPECT_ERROR("INVALID_STATE", Set(pair.client().conn, session));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_ERROR("INVALID_STATE", Set(pair.client().conn, session));
}

/* ---- the ticket callback's view ---- */

namespace
{

struct Seen {
    std::vector<Bytes> sessions;
    uint32_t lifetime = 0;
    int result = 0;

    static int Take(s2n_connection *, void *ctx, s2n_session_ticket *ticket)
    {
        Seen *seen = static_cast<Seen *>(ctx);
        size_t n = 0;
        EXPECT_ERROR("NULL", s2n_session_ticket_get_data_len(ticket, nullptr));
        EXPECT_OK(s2n_session_ticket_get_data_len(ticket, &n));
        Bytes data(n);
        EXPECT_ERROR("SERIALIZED_SESSION_STATE_TOO_LONG",
                     s2n_session_ticket_get_data(ticket, n - 1, data.data()));
        EXPECT_ERROR("NULL", s2n_session_ticket_get_data(ticket, n, nullptr));
        EXPECT_OK(s2n_session_ticket_get_data(ticket, n, data.data()));
        EXPECT_ERROR("NULL", s2n_session_ticket_get_lifetime(ticket, nullptr));
        EXPECT_OK(s2n_session_ticket_get_lifetime(ticket, &seen->lifetime));
        seen->sessions.push_back(data);
        return seen->result;
    }
};

PairOptions WithTickets(const std::string &policy, Seen *seen)
{
    PairOptions options = Served(policy);
    options.server.config_hook = [](s2n_config *c) {
        uint8_t key[] = "a ticket key of this test";
        EXPECT_OK(s2n_config_set_session_tickets_onoff(c, 1));
        EXPECT_OK(s2n_config_add_ticket_crypto_key(c, key, 4, key, sizeof(key), 0));
    };
    options.client.config_hook = [seen](s2n_config *c) {
        EXPECT_OK(s2n_config_set_session_tickets_onoff(c, 1));
        EXPECT_OK(s2n_config_set_session_ticket_cb(c, Seen::Take, seen));
    };
    return options;
}

/* Lets a client meet what comes after a TLS 1.3 handshake. */
void Pump(Pair &pair)
{
    uint8_t byte;
    s2n_blocked_status blocked;
    pair.Move();
    EXPECT_ERROR("IO_BLOCKED", s2n_recv(pair.client().conn, &byte, 1, &blocked));
}

} // namespace

TEST_F(SessionTest, TicketIsTheSession)
{
    for (const char *policy : { "20190214", "default_tls13" }) {
        Seen seen;
        Pair pair(WithTickets(policy, &seen));
        ASSERT_TRUE(pair.Negotiate().ok()) << policy;
        Pump(pair);
        ASSERT_EQ(seen.sessions.size(), 1u) << policy;
        EXPECT_GE(seen.lifetime, 53998u);
        EXPECT_LE(seen.lifetime, 54000u);
        s2n_connection *conn = pair.client().conn;
        EXPECT_EQ(s2n_connection_get_session_ticket_lifetime_hint(conn), static_cast<int>(seen.lifetime));
        Bytes out(static_cast<size_t>(s2n_connection_get_session_length(conn)));
        EXPECT_EQ(out.size(), seen.sessions[0].size());
        EXPECT_ERROR("SERIALIZED_SESSION_STATE_TOO_LONG",
                     s2n_connection_get_session(conn, out.data(), out.size() - 1));
        EXPECT_EQ(s2n_connection_get_session(conn, out.data(), out.size()), static_cast<int>(out.size()));
        uint16_t sent = 0;
        EXPECT_OK(s2n_connection_get_tickets_sent(pair.server().conn, &sent));
        EXPECT_EQ(sent, 1);
    }
}

TEST_F(SessionTest, TicketCallbackMayFail)
{
    Seen seen;
    seen.result = -1;
    EXPECT_EQ(Pair(WithTickets("20190214", &seen)).Negotiate().client_name(), "S2N_ERR_CANCELLED");
    Pair pair(WithTickets("default_tls13", &seen));
    ASSERT_TRUE(pair.Negotiate().ok());
    pair.Move();
    uint8_t byte;
    s2n_blocked_status blocked;
    EXPECT_ERROR("CANCELLED", s2n_recv(pair.client().conn, &byte, 1, &blocked));
}
