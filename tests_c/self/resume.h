/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of handshakes without certificates: two clocks that only the test moves, ticket keys, sessions carried
 * from one pair to the next, and what both ends should then say. Public API only.
 *
 *     Scene scene(kTls13);
 *     std::string session = scene.FirstSession();
 *     scene.clock.After(3600);
 *     auto pair = scene.Connect(session); // negotiated; the client has read its tickets
 *     EXPECT_TRUE(Resumed(*pair));
 */
#ifndef SELF_RESUME_H
#define SELF_RESUME_H

#include <gtest/gtest.h>

#include "support/identities.h"

#include <ctime>
#include <memory>

namespace s2n_test
{

/* Policies whose servers and clients all pick one version; the first prefers TLS_AES_256_GCM_SHA384, the second
 * ECDHE-RSA-AES128-GCM-SHA256. */
constexpr const char *kTls13 = "20190801";
constexpr const char *kTls12 = "20170210";
constexpr const char *kFull13 = "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT";
constexpr const char *kShort13 = "NEGOTIATED|MIDDLEBOX_COMPAT";
constexpr const char *kFull12 = "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY";
constexpr const char *kFull12Ticket =
    "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY|WITH_SESSION_TICKET";
constexpr const char *kShort12 = "NEGOTIATED";
constexpr uint64_t kSecond = 1000000000;

/* A wall clock that stands still. It starts a month from now, so that it may go back and certificates still hold. */
struct Clock {
    uint64_t start_s = static_cast<uint64_t>(time(nullptr)) + 30 * 86400;
    uint64_t now_ns = start_s * kSecond;

    void After(double seconds) { AfterNs(static_cast<int64_t>(seconds * 1e6) * 1000); }
    void AfterNs(int64_t ns) { now_ns = start_s * kSecond + static_cast<uint64_t>(ns); }
    void Plug(s2n_config *config) { Must(s2n_config_set_wall_clock(config, Read, this), "set_wall_clock"); }
    static int Read(void *ctx, uint64_t *out)
    {
        *out = static_cast<Clock *>(ctx)->now_ns;
        return 0;
    }
};

struct TicketKey {
    std::string name = "key1", material = "thirty-two bytes that nobody has";
    int64_t intro = 0; /* seconds after the clock's start */
};

inline void AddKey(s2n_config *config, const TicketKey &key, uint64_t start_s)
{
    std::string material = key.material;
    Must(s2n_config_add_ticket_crypto_key(
             config, reinterpret_cast<const uint8_t *>(key.name.data()),
             static_cast<uint32_t>(key.name.size()), reinterpret_cast<uint8_t *>(&material[0]),
             static_cast<uint32_t>(material.size()), start_s + static_cast<uint64_t>(key.intro)),
         "add_ticket_crypto_key");
}

/* What get_session gives; empty when there is nothing. Throws if its length is not what was announced. */
inline std::string SessionOf(s2n_connection *conn)
{
    int len = s2n_connection_get_session_length(conn);
    std::string session(static_cast<size_t>(len), '\0');
    int got = s2n_connection_get_session(conn, reinterpret_cast<uint8_t *>(&session[0]), session.size());
    if (got != len) {
        throw std::runtime_error("get_session_length " + std::to_string(len) + ", get_session " +
                                 std::to_string(got));
    }
    return session;
}
/* "" or the error. */
inline std::string SetSession(s2n_connection *conn, const std::string &session)
{
    return s2n_connection_set_session(conn, reinterpret_cast<const uint8_t *>(session.data()),
                                      session.size()) == 0
               ? ""
               : ErrName(s2n_errno);
}
inline std::string SessionId(s2n_connection *conn)
{
    uint8_t id[32];
    int n = s2n_connection_get_session_id(conn, id, sizeof(id));
    EXPECT_EQ(n, s2n_connection_get_session_id_length(conn));
    return n < 0 ? "failed" : std::string(reinterpret_cast<char *>(id), static_cast<size_t>(n));
}
inline std::string Hint(s2n_connection *conn)
{
    int hint = s2n_connection_get_session_ticket_lifetime_hint(conn);
    return hint < 0 ? ErrName(s2n_errno) : std::to_string(hint);
}
inline int TicketsSent(s2n_connection *server)
{
    uint16_t n = 9999;
    Must(s2n_connection_get_tickets_sent(server, &n), "get_tickets_sent");
    return n;
}

/* The parts of a session in ticket form: tag 1, length, ticket, state. */
inline size_t TicketLen(const std::string &session)
{
    return static_cast<size_t>(static_cast<uint8_t>(session.at(1)) << 8 |
                               static_cast<uint8_t>(session.at(2)));
}
inline std::string TicketOf(const std::string &session)
{
    return session.at(0) == 1 ? session.substr(3, TicketLen(session)) : "";
}
inline std::string StateOf(const std::string &session)
{
    return session.substr(3 + TicketLen(session));
}
inline std::string WithTicket(const std::string &session, const std::string &ticket)
{
    std::string out(1, '\x01');
    out += static_cast<char>(ticket.size() >> 8);
    out += static_cast<char>(ticket.size());
    return out + ticket + StateOf(session);
}
inline std::string KeyNameOf(const std::string &session)
{
    return TicketOf(session).substr(1, 16).c_str();
}
inline std::string Changed(std::string bytes, size_t at, int value)
{
    bytes.at(at) = static_cast<char>(value);
    return bytes;
}
inline std::string Flipped(std::string bytes, size_t at, int mask = 1)
{
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ mask);
    return bytes;
}

/* The type name of both ends, or what they say when they differ. */
inline std::string TypeOf(Pair &pair)
{
    std::string c = s2n_connection_get_handshake_type_name(pair.client().conn);
    std::string s = s2n_connection_get_handshake_type_name(pair.server().conn);
    return c == s ? c : "client " + c + " server " + s;
}
inline std::string CipherOf(Pair &pair)
{
    std::string c = s2n_connection_get_cipher(pair.client().conn);
    std::string s = s2n_connection_get_cipher(pair.server().conn);
    return c == s ? c : "client " + c + " server " + s;
}
/* Both ends agree, and say it. */
inline bool Resumed(Pair &pair)
{
    int c = s2n_connection_is_session_resumed(pair.client().conn);
    int s = s2n_connection_is_session_resumed(pair.server().conn);
    EXPECT_EQ(c, s) << "the ends do not agree on resumption";
    return c == 1 && s == 1;
}
inline void ExpectTalk(Pair &pair)
{
    int error = 0;
    EXPECT_EQ("to the server", pair.Carry(pair.client(), pair.server(), "to the server", &error));
    EXPECT_EQ("", ErrName(error));
    EXPECT_EQ("to the client", pair.Carry(pair.server(), pair.client(), "to the client", &error));
    EXPECT_EQ("", ErrName(error));
}
inline void ReadTickets(Pair &pair)
{
    std::string none;
    pair.Move();
    EXPECT_EQ("", ErrName(Pair::ReadAll(pair.client(), &none)));
    EXPECT_EQ("", none);
}

/* What the ticket callback saw. */
struct Received {
    std::vector<std::string> sessions;
    std::vector<uint32_t> lifetimes;
    int answer = 0;

    static int Take(s2n_connection *, void *ctx, s2n_session_ticket *ticket)
    {
        Received *self = static_cast<Received *>(ctx);
        size_t len = 0;
        uint32_t lifetime = 0;
        EXPECT_EQ(0, s2n_session_ticket_get_data_len(ticket, &len));
        EXPECT_EQ(0, s2n_session_ticket_get_lifetime(ticket, &lifetime));
        std::string session(len, '\0');
        uint8_t *out = reinterpret_cast<uint8_t *>(&session[0]);
        EXPECT_EQ(-1, s2n_session_ticket_get_data(ticket, len - 1, out));
        EXPECT_EQ("S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG", ErrName(s2n_errno));
        EXPECT_EQ(0, s2n_session_ticket_get_data(ticket, len, out));
        self->sessions.push_back(session);
        self->lifetimes.push_back(lifetime);
        return self->answer;
    }
    void Plug(s2n_config *config)
    {
        Must(s2n_config_set_session_ticket_cb(config, Take, this), "set_session_ticket_cb");
    }
};

/* One server with ticket keys and one client, connected again and again; change its members in between. */
struct Scene {
    explicit Scene(const std::string &policy)
    {
        options = ServedBy(KeyKind::Rsa2048, policy);
        options.client.verify = false; /* the clocks of these tests may stand before a certificate's life */
        options.client.trust_pem.clear();
    }
    Scene(const Scene &) = delete;
    Scene &operator=(const Scene &) = delete;

    /* Made, not negotiated. */
    std::unique_ptr<Pair> Make(const std::string &session = "")
    {
        PairOptions o = options;
        o.client.config_hook = [this](s2n_config *c) {
            client_clock.Plug(c);
            Must(s2n_config_set_session_tickets_onoff(c, client_tickets), "tickets_onoff");
            if (client_more) {
                client_more(c);
            }
        };
        o.server.config_hook = [this](s2n_config *c) { ConfigureServer(c); };
        auto pair = std::make_unique<Pair>(o);
        if (!session.empty()) {
            EXPECT_EQ("", SetSession(pair->client().conn, session));
        }
        return pair;
    }
    /* Negotiated, with the tickets read; throws unless both ends are done. */
    std::unique_ptr<Pair> Connect(const std::string &session = "")
    {
        auto pair = Make(session);
        Finish(*pair);
        return pair;
    }
    static void Finish(Pair &pair)
    {
        Outcome out = pair.Negotiate();
        if (!out.ok()) {
            throw std::runtime_error("client: " + out.client_name() + ", server: " + out.server_name());
        }
        ReadTickets(pair);
    }
    /* A session of a full handshake made now. */
    std::string FirstSession()
    {
        auto pair = Connect();
        EXPECT_FALSE(Resumed(*pair));
        return SessionOf(pair->client().conn);
    }
    void After(double seconds)
    {
        client_clock.After(seconds);
        server_clock.After(seconds);
    }

    PairOptions options;
    Clock client_clock, server_clock{ client_clock.start_s, client_clock.now_ns };
    bool client_tickets = true, server_tickets = true;
    std::vector<TicketKey> keys{ TicketKey() };
    uint64_t encrypt_life = 7200, decrypt_life = 46800, session_life = 54000;
    std::function<void(s2n_config *)> client_more, server_more;

  private:
    void ConfigureServer(s2n_config *c)
    {
        server_clock.Plug(c);
        Must(s2n_config_set_session_tickets_onoff(c, server_tickets), "tickets_onoff");
        Must(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(c, encrypt_life), "encrypt lifetime");
        Must(s2n_config_set_ticket_decrypt_key_lifetime(c, decrypt_life), "decrypt lifetime");
        Must(s2n_config_set_session_state_lifetime(c, session_life), "session lifetime");
        if (server_more) {
            server_more(c);
        }
        for (const TicketKey &key : keys) {
            AddKey(c, key, server_clock.start_s);
        }
    }
};

} // namespace s2n_test

#endif
