/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateful resumption by TLS 1.2 session ids: what the three cache callbacks are given and when, answers that come
 * later, misses, values of the wrong size or from elsewhere, deletion after failures. Our client against our server
 * with a map for a cache. Public API only.
 */
#include "self/resume.h"

#include <cstring>
#include <map>

using namespace s2n_test;

namespace
{

constexpr size_t kValueLen = 138;

/* A cache, and what was asked of it. */
struct Cache {
    std::map<std::string, std::string> values;
    int stores = 0, retrieves = 0, deletes = 0;
    int not_yet = 0; /* so many retrieves are answered with "not yet" */
    int result = 0;  /* of retrieve, when the value is there */

    void Plug(s2n_config *config)
    {
        Must(s2n_config_set_cache_store_callback(config, Store, this), "store_callback");
        Must(s2n_config_set_cache_retrieve_callback(config, Retrieve, this), "retrieve_callback");
        Must(s2n_config_set_cache_delete_callback(config, Delete, this), "delete_callback");
        Must(s2n_config_set_session_cache_onoff(config, 1), "session_cache_onoff");
    }
    static std::string Text(const void *data, uint64_t n)
    {
        return std::string(static_cast<const char *>(data), static_cast<size_t>(n));
    }
    static int Store(s2n_connection *conn, void *ctx, uint64_t ttl, const void *key, uint64_t key_size,
                     const void *value, uint64_t value_size)
    {
        Cache *self = static_cast<Cache *>(ctx);
        EXPECT_NE(nullptr, conn);
        EXPECT_EQ(21600u, ttl);
        EXPECT_EQ(32u, key_size);
        EXPECT_EQ(kValueLen, value_size);
        self->stores++;
        self->values[Text(key, key_size)] = Text(value, value_size);
        return -1; /* of no consequence */
    }
    static int Retrieve(s2n_connection *, void *ctx, const void *key, uint64_t key_size, void *value,
                        uint64_t *value_size)
    {
        Cache *self = static_cast<Cache *>(ctx);
        self->retrieves++;
        EXPECT_EQ(kValueLen, *value_size);
        if (self->not_yet > 0) {
            self->not_yet--;
            return S2N_CALLBACK_BLOCKED;
        }
        auto found = self->values.find(Text(key, key_size));
        if (found == self->values.end()) {
            return -1;
        }
        size_t n = std::min<size_t>(found->second.size(), kValueLen);
        memcpy(value, found->second.data(), n);
        *value_size = found->second.size();
        return self->result;
    }
    static int Delete(s2n_connection *, void *ctx, const void *key, uint64_t key_size)
    {
        Cache *self = static_cast<Cache *>(ctx);
        self->deletes++;
        self->values.erase(Text(key, key_size));
        return -1;
    }
};

class SessionCache : public testing::Test
{
  protected:
    SessionCache()
    {
        scene.client_tickets = scene.server_tickets = false;
        scene.server_more = [this](s2n_config *c) { cache.Plug(c); };
    }
    void ExpectFull(const std::string &session)
    {
        auto pair = scene.Connect(session);
        EXPECT_EQ(kFull12, TypeOf(*pair));
        EXPECT_FALSE(Resumed(*pair));
        ExpectTalk(*pair);
    }
    Cache cache;
    Scene scene{ kTls12 };
};

/* What somebody on the client's side of the wire writes. */
void Inject(Pair &pair, const std::string &bytes)
{
    ASSERT_EQ(static_cast<int>(bytes.size()),
              mempipe_send(pair.client().pipe, reinterpret_cast<const uint8_t *>(bytes.data()),
                           static_cast<uint32_t>(bytes.size())));
    pair.Move();
}

TEST_F(SessionCache, ResumesById)
{
    auto first = scene.Connect();
    EXPECT_EQ(kFull12, TypeOf(*first));
    EXPECT_EQ(1, cache.stores);
    EXPECT_EQ(0, cache.retrieves) << "this client offered no id";
    std::string id = SessionId(first->client().conn), session = SessionOf(first->client().conn);
    EXPECT_EQ(95u, session.size());
    EXPECT_EQ(1u, cache.values.count(id));
    EXPECT_EQ(std::string(1, '\0') + std::string(1, 32) + id, session.substr(0, 34));

    auto second = scene.Connect(session);
    EXPECT_EQ(kShort12, TypeOf(*second));
    EXPECT_TRUE(Resumed(*second));
    EXPECT_EQ(1, cache.stores);
    EXPECT_EQ(1, cache.retrieves);
    EXPECT_EQ(id, SessionId(second->client().conn));
    EXPECT_EQ(id, SessionId(second->server().conn));
    EXPECT_EQ(session, SessionOf(second->client().conn));
    EXPECT_EQ(CipherOf(*first), CipherOf(*second));
    ExpectTalk(*second);
    EXPECT_TRUE(second->Shutdown().ok());
    EXPECT_EQ(0, cache.deletes) << "a clean end keeps the session";
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
}

TEST_F(SessionCache, SharesSessionsByASharedKey)
{
    std::string session = scene.FirstSession();
    Cache other; /* another process that sees the same values */
    other.values = cache.values;
    scene.server_more = [&other](s2n_config *c) { other.Plug(c); };
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
    scene.keys = { { "key1", "but another secret", 0 } };
    ExpectFull(session);
    EXPECT_EQ(1, other.stores) << "stored again under a new id";
}

TEST_F(SessionCache, WaitsForALateAnswer)
{
    std::string session = scene.FirstSession();
    cache.not_yet = 2;
    auto pair = scene.Make(session);
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    EXPECT_EQ(-1, s2n_negotiate(pair->client().conn, &blocked));
    pair->Move();
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(-1, s2n_negotiate(pair->server().conn, &blocked));
        EXPECT_EQ("S2N_ERR_ASYNC_BLOCKED", ErrName(s2n_errno));
        EXPECT_EQ(S2N_ERR_T_BLOCKED, s2n_error_get_type(s2n_errno));
        EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, blocked);
        EXPECT_EQ(i + 1, cache.retrieves);
        EXPECT_EQ(0u, pair->Move()) << "nothing is sent before the answer";
    }
    Scene::Finish(*pair);
    EXPECT_EQ(3, cache.retrieves);
    EXPECT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);
}

TEST_F(SessionCache, WaitsForALateMiss)
{
    std::string session = scene.FirstSession();
    cache.values.clear();
    cache.not_yet = 1;
    ExpectFull(session);
    EXPECT_EQ(2, cache.stores);
}

/* The application changes its mind while the server waits; nothing waits from then on, and what goes wrong is said. */
TEST_F(SessionCache, WaitsNoLongerThanForTheAnswer)
{
    std::string session = scene.FirstSession();
    struct {
        const char *what;
        std::function<void(End &)> change;
    } rows[] = {
        { "cache off", [](End &e) { Must(s2n_config_set_session_cache_onoff(e.config, 0), "cache_onoff"); } },
        { "certificate wanted",
          [](End &e) {
              Must(s2n_connection_set_client_auth_type(e.conn, S2N_CERT_AUTH_OPTIONAL), "client_auth");
          } },
        { "tickets on", [](End &e) { Must(s2n_config_set_session_tickets_onoff(e.config, 1), "tickets"); } },
        { "nothing", [](End &) {} },
    };
    for (const auto &row : rows) {
        cache.not_yet = 1;
        cache.values.clear();
        auto pair = scene.Make(session);
        pair->client().Step();
        pair->Move();
        pair->server().Step();
        EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, pair->server().blocked) << row.what;
        row.change(pair->server());
        pair->server().Step();
        EXPECT_EQ(S2N_BLOCKED_ON_READ, pair->server().blocked) << row.what;
        Inject(*pair, std::string("\x16\x03\x03\x00\x06\x10\x00\x00\x02\xff\xff", 11)); /* no key exchange */
        pair->server().Step();
        EXPECT_EQ("S2N_ERR_BAD_MESSAGE", ErrName(pair->server().error)) << row.what;
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        EXPECT_EQ(-1, s2n_negotiate(pair->server().conn, &blocked));
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno)) << row.what;
    }
}

TEST_F(SessionCache, MakesAFullHandshakeOfAMiss)
{
    std::string session = scene.FirstSession();
    cache.values.clear();
    auto pair = scene.Connect(session);
    EXPECT_EQ(kFull12, TypeOf(*pair));
    EXPECT_NE(session.substr(2, 32), SessionId(pair->client().conn)) << "a new id";
    EXPECT_EQ(1u, cache.values.size());
    std::string fresh = SessionOf(pair->client().conn);
    EXPECT_TRUE(Resumed(*scene.Connect(fresh)));
    cache.result = -1;
    ExpectFull(fresh);
}

TEST_F(SessionCache, MakesAFullHandshakeOfABadValue)
{
    std::string session = scene.FirstSession();
    std::string &value = cache.values.begin()->second;
    const std::string good = value;
    for (size_t n : { size_t{ 0 }, size_t{ 1 }, kValueLen - 1 }) {
        cache.values.begin()->second = good.substr(0, n);
        ExpectFull(session);
        cache.values = { { session.substr(2, 32), good } };
    }
    cache.values.begin()->second = good + "x";
    ExpectFull(session);
    for (size_t at = 0; at < kValueLen; at += 7) {
        cache.values = { { session.substr(2, 32), Flipped(good, at) } };
        ExpectFull(session);
    }
    cache.values = { { session.substr(2, 32), good } };
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
}

TEST_F(SessionCache, FailsForAnotherSessionsValue)
{
    std::string session = scene.FirstSession();
    const std::string id = session.substr(2, 32);
    (void) scene.FirstSession();
    for (const auto &entry : std::map<std::string, std::string>(cache.values)) {
        cache.values[id] = entry.first == id ? cache.values[id] : entry.second;
    }
    auto pair = scene.Make(session);
    Outcome out = pair->Negotiate();
    EXPECT_EQ("S2N_ERR_DECRYPT", out.client_name()) << "the client has other keys";
    EXPECT_FALSE(out.ok());
}

TEST_F(SessionCache, EndsWithTheSessionsLife)
{
    scene.session_life = 100;
    std::string session = scene.FirstSession();
    scene.After(100);
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
    scene.After(101);
    ExpectFull(session);
    scene.session_life = 1000000;
    scene.After(53999);
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
    scene.After(54000);
    ExpectFull(session); /* with its key */
}

TEST_F(SessionCache, IsNotUsedWithoutAKey)
{
    scene.keys.clear();
    std::string session = scene.FirstSession();
    EXPECT_EQ(95u, session.size()) << "an id there is all the same";
    EXPECT_EQ(0, cache.stores);
    ExpectFull(session);
}

TEST_F(SessionCache, IsNotUsedUnlessSwitchedOnWithAllCallbacks)
{
    scene.server_more = [this](s2n_config *c) {
        Must(s2n_config_set_cache_store_callback(c, Cache::Store, &cache), "store_callback");
        Must(s2n_config_set_cache_retrieve_callback(c, Cache::Retrieve, &cache), "retrieve_callback");
        Must(s2n_config_set_session_cache_onoff(c, 1), "session_cache_onoff");
    };
    ExpectFull(scene.FirstSession());
    scene.server_more = [this](s2n_config *c) {
        cache.Plug(c);
        Must(s2n_config_set_session_cache_onoff(c, 0), "session_cache_onoff");
    };
    ExpectFull(scene.FirstSession());
    EXPECT_EQ(0, cache.stores + cache.retrieves);
}

TEST_F(SessionCache, IsNotForClientsThatMustShowACertificate)
{
    std::string session = scene.FirstSession();
    scene.options.server.client_auth_set = true;
    scene.options.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    auto pair = scene.Connect(session);
    EXPECT_EQ("NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|TLS12_PERFECT_FORWARD_SECRECY",
              TypeOf(*pair));
    EXPECT_EQ(1, cache.stores);
    EXPECT_EQ(0, cache.retrieves);
}

TEST_F(SessionCache, IsNotForTls13)
{
    std::string session = scene.FirstSession();
    scene.options.client.policy = scene.options.server.policy = kTls13;
    scene.client_tickets = true;
    EXPECT_EQ(kFull13, TypeOf(*scene.Connect(session)));
    EXPECT_EQ(1, cache.stores);
    EXPECT_EQ(0, cache.retrieves);
}

TEST_F(SessionCache, StandsBehindTickets)
{
    scene.client_tickets = scene.server_tickets = true;
    auto first = scene.Connect();
    EXPECT_EQ(kFull12Ticket, TypeOf(*first));
    EXPECT_EQ(1, cache.stores) << "for a client that may come back without the ticket";
    std::string session = SessionOf(first->client().conn);
    int before = cache.retrieves;
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
    EXPECT_EQ(before, cache.retrieves) << "who shows a ticket is not looked up";
    EXPECT_EQ(1, cache.stores);
    scene.client_tickets = false;
    std::string by_id = scene.FirstSession();
    EXPECT_EQ(95u, by_id.size());
    scene.client_tickets = true;
    auto again = scene.Connect(by_id);
    EXPECT_EQ("NEGOTIATED|WITH_SESSION_TICKET", TypeOf(*again)) << "an empty ticket and a known id";
    EXPECT_TRUE(Resumed(*again));
    std::string ticket = SessionOf(again->client().conn);
    EXPECT_EQ(202u, ticket.size());
    EXPECT_EQ(kShort12, TypeOf(*scene.Connect(ticket)));
}

TEST_F(SessionCache, ForgetsASessionThatFailed)
{
    std::string session = scene.FirstSession();
    auto pair = scene.Connect(session);
    Inject(*pair, std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
    std::string none;
    EXPECT_EQ("S2N_ERR_DECRYPT", ErrName(Pair::ReadAll(pair->server(), &none)));
    EXPECT_EQ(1, cache.deletes);
    EXPECT_EQ(0u, cache.values.size());
    ExpectFull(session);
}

TEST_F(SessionCache, ForgetsASessionAfterAFatalAlert)
{
    std::string session = scene.FirstSession();
    auto pair = scene.Make(session);
    pair->client().Step();
    pair->Move();
    pair->server().Step();
    Inject(*pair, std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
    pair->server().Step();
    EXPECT_EQ("S2N_ERR_ALERT", ErrName(pair->server().error));
    EXPECT_GE(cache.deletes, 1);
    EXPECT_EQ(0u, cache.values.size());
}

TEST_F(SessionCache, ForgetsASessionWhoseHandshakeFails)
{
    std::string session = scene.FirstSession();
    auto pair = scene.Make(session);
    pair->client().Step();
    pair->Move();
    pair->server().Step();
    Inject(*pair, std::string("\x14\x03\x03\x00\x01\x01\x16\x03\x03\x00\x28", 11) + std::string(40, 'x'));
    pair->server().Step();
    EXPECT_EQ("S2N_ERR_DECRYPT", ErrName(pair->server().error));
    EXPECT_EQ(1, cache.deletes);
    ExpectFull(session);
}

/* Who resumes by ticket says any session id, even one that was seen on the wire. */
TEST_F(SessionCache, KeepsASessionThatOnlyItsIdNames)
{
    std::string victim = scene.FirstSession().substr(2, 32);
    scene.client_tickets = scene.server_tickets = true;
    auto pair = scene.Make(scene.FirstSession());
    ASSERT_EQ(1u, cache.values.count(victim));
    pair->client().Step();
    std::string hello(mempipe_out_len(pair->client().pipe), '\0');
    (void) mempipe_out_read(pair->client().pipe, &hello[0], hello.size());
    const size_t id = 5 + 4 + 2 + 32;
    ASSERT_EQ(32, hello.at(id));
    Inject(*pair, hello.replace(id + 1, 32, victim));
    pair->server().Step();
    EXPECT_EQ(victim, SessionId(pair->server().conn));
    EXPECT_EQ(1, s2n_connection_is_session_resumed(pair->server().conn)) << "the ticket was taken";
    Inject(*pair, std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
    pair->server().Step();
    EXPECT_EQ("S2N_ERR_ALERT", ErrName(pair->server().error));
    EXPECT_EQ(0, cache.deletes);
    EXPECT_EQ(1u, cache.values.count(victim));
}

} // namespace
