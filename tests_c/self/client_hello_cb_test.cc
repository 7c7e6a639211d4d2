/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The application's say about a ClientHello (functions-1.md section 10): what the callback sees, what it may change, how
 * it answers at once or later, how it refuses, and that it is asked once. Our client against our server.
 */
#include <gtest/gtest.h>

#include "support/identities.h"

#include <cstring>

using namespace s2n_test;

namespace
{

using Answer = std::function<int(s2n_connection *)>;

constexpr const char *kFull12 = "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY";

/* Retry: the client guesses a group that the server does not take. */
enum class Kind {
    Tls13,
    Tls12,
    Retry
};

PairOptions Scene(Kind kind)
{
    switch (kind) {
    case Kind::Tls13:
        return ServedBy(KeyKind::P256, "default_tls13");
    case Kind::Tls12:
        return ServedBy(KeyKind::Rsa2048, "20240501");
    default: {
        PairOptions o = ServedBy(KeyKind::P384, "20250414");
        o.client.policy = "default_tls13";
        return o;
    }
    }
}

/* A config with nothing on it but a certificate for the other name. */
struct OtherConfig {
    explicit OtherConfig(KeyKind kind = KeyKind::P384, const char *policy = "default_tls13")
    {
        Must(s2n_cert_chain_and_key_load_pem(chain, PkiFor(kind).chain_pem.c_str(),
                                             PkiFor(kind).leaf.key_pem.c_str()),
             "load_pem");
        Must(s2n_config_add_cert_chain_and_key_to_store(config, chain), "add_to_store");
        Must(s2n_config_set_cipher_preferences(config, policy), "policy");
        Must(s2n_config_set_max_blinding_delay(config, 0), "blinding");
    }
    ~OtherConfig()
    {
        s2n_config_free(config);
        s2n_cert_chain_and_key_free(chain);
    }
    const int ready = (EnsureInit(), 0); /* before the others */
    s2n_config *config = s2n_config_new_minimal();
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
};

class HelloCallback : public testing::TestWithParam<Kind>
{
  protected:
    explicit HelloCallback() : options(Scene(GetParam())) {}

    /* A pair whose server asks `answer`; calls counts. */
    Pair &Connect(const Answer &answer, s2n_client_hello_cb_mode mode = S2N_CLIENT_HELLO_CB_BLOCKING)
    {
        this->answer = answer;
        options.server.config_hook = [this, mode](s2n_config *config) {
            Must(s2n_config_set_client_hello_cb(config, Call, this), "set_client_hello_cb");
            Must(s2n_config_set_client_hello_cb_mode(config, mode), "set_client_hello_cb_mode");
        };
        pair.reset(new Pair(options));
        return *pair;
    }
    static int Call(s2n_connection *conn, void *ctx)
    {
        HelloCallback *test = static_cast<HelloCallback *>(ctx);
        test->calls++;
        return test->answer(conn);
    }
    void ExpectDone(const Outcome &outcome)
    {
        EXPECT_EQ("", outcome.client_name());
        EXPECT_EQ("", outcome.server_name());
        ASSERT_TRUE(outcome.ok());
        EXPECT_EQ("hello", pair->Carry(pair->client(), pair->server(), "hello"));
        EXPECT_EQ("you too", pair->Carry(pair->server(), pair->client(), "you too"));
        EXPECT_EQ(1, calls);
    }
    /* Both ends as far as they come: the server waits for the application. */
    void NegotiateToPause()
    {
        Outcome outcome = pair->Negotiate();
        EXPECT_EQ("", outcome.server_name());
        EXPECT_EQ("", outcome.client_name());
        EXPECT_FALSE(outcome.server_done);
        for (int i = 0; i < 2; i++) {
            EXPECT_EQ(-1, s2n_negotiate(pair->server().conn, &pair->server().blocked));
            EXPECT_STREQ("S2N_ERR_ASYNC_BLOCKED", s2n_strerror_name(s2n_errno));
            EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, pair->server().blocked);
        }
        EXPECT_EQ(1, calls);
    }
    s2n_connection *Server() { return pair->server().conn; }

    PairOptions options;
    std::unique_ptr<Pair> pair;
    Answer answer;
    int calls = 0;
};

TEST_P(HelloCallback, SeesTheHelloBeforeAnythingIsDecided)
{
    Connect([](s2n_connection *conn) {
        s2n_client_hello *hello = s2n_connection_get_client_hello(conn);
        EXPECT_NE(hello, nullptr);
        EXPECT_GT(s2n_client_hello_get_cipher_suites_length(hello), 0);
        uint8_t name[16], version = 0;
        uint16_t n = 0;
        EXPECT_EQ(0, s2n_client_hello_get_server_name(hello, name, sizeof(name), &n));
        EXPECT_EQ("localhost", std::string(name, name + n));
        EXPECT_STREQ("localhost", s2n_get_server_name(conn));
        EXPECT_EQ(0, s2n_client_hello_get_legacy_record_version(hello, &version));
        EXPECT_EQ(31, version);
        EXPECT_STREQ("TLS_NULL_WITH_NULL_NULL", s2n_connection_get_cipher(conn));
        EXPECT_STREQ("CLIENT_HELLO", s2n_connection_get_last_message_name(conn));
        EXPECT_EQ(nullptr, s2n_connection_get_selected_cert(conn));
        return 0;
    });
    ExpectDone(pair->Negotiate());
}

TEST_P(HelloCallback, RefusesWithHandshakeFailure)
{
    Connect([](s2n_connection *) { return -1; });
    Outcome outcome = pair->Negotiate();
    EXPECT_EQ("S2N_ERR_CANCELLED", outcome.server_name());
    EXPECT_EQ("S2N_ERR_ALERT", outcome.client_name());
    EXPECT_EQ(40, s2n_connection_get_alert(pair->client().conn));
    EXPECT_EQ(0u, s2n_connection_get_delay(Server()));
    s2n_blocked_status blocked;
    EXPECT_EQ(-1, s2n_negotiate(Server(), &blocked));
    EXPECT_STREQ("S2N_ERR_CLOSED", s2n_strerror_name(s2n_errno));
    EXPECT_EQ(1, calls);
}

TEST_P(HelloCallback, RefusesWhateverTheModeSays)
{
    Connect(
        [](s2n_connection *conn) {
            EXPECT_EQ(0, s2n_client_hello_cb_done(conn));
            return -5;
        },
        S2N_CLIENT_HELLO_CB_NONBLOCKING);
    EXPECT_EQ("S2N_ERR_CANCELLED", pair->Negotiate().server_name());
}

TEST_P(HelloCallback, AnswersLater)
{
    Connect([](s2n_connection *) { return 7; }, S2N_CLIENT_HELLO_CB_NONBLOCKING);
    EXPECT_EQ(-1, s2n_client_hello_cb_done(Server()));
    EXPECT_STREQ("S2N_ERR_ASYNC_NOT_PERFORMED", s2n_strerror_name(s2n_errno));
    NegotiateToPause();
    EXPECT_EQ(0, s2n_client_hello_cb_done(Server()));
    EXPECT_EQ(0, s2n_client_hello_cb_done(Server()));
    ExpectDone(pair->Negotiate());
    EXPECT_EQ(0, s2n_client_hello_cb_done(Server()));
}

TEST_P(HelloCallback, AnswersLaterWithinTheCallback)
{
    Connect(
        [](s2n_connection *conn) {
            EXPECT_EQ(0, s2n_client_hello_cb_done(conn));
            return 0;
        },
        S2N_CLIENT_HELLO_CB_NONBLOCKING);
    ExpectDone(pair->Negotiate());
}

TEST_P(HelloCallback, HasNoLaterWhenItBlocks)
{
    Connect([](s2n_connection *conn) {
        EXPECT_EQ(-1, s2n_client_hello_cb_done(conn));
        EXPECT_STREQ("S2N_ERR_INVALID_STATE", s2n_strerror_name(s2n_errno));
        return 0;
    });
    ExpectDone(pair->Negotiate());
}

TEST_P(HelloCallback, DoesNotAnswerByCallingItself)
{
    Connect([](s2n_connection *conn) {
        s2n_blocked_status blocked;
        EXPECT_EQ(-1, s2n_negotiate(conn, &blocked));
        EXPECT_STREQ("S2N_ERR_REENTRANCY", s2n_strerror_name(s2n_errno));
        return 0;
    });
    ExpectDone(pair->Negotiate());
}

TEST_P(HelloCallback, MaySwitchTheConfig)
{
    OtherConfig other(KeyKind::P384, options.server.policy.c_str());
    options.client.trust_pem = PkiFor(KeyKind::P384).root.pem;
    if (GetParam() == Kind::Tls12) {
        options.client.policy = "test_all_tls12";
    }
    Must(s2n_config_set_client_hello_cb(
             other.config,
             [](s2n_connection *, void *) {
                 ADD_FAILURE() << "the new config's callback is not asked";
                 return -1;
             },
             nullptr),
         "set_client_hello_cb");
    Connect([&](s2n_connection *conn) { return s2n_connection_set_config(conn, other.config); });
    ExpectDone(pair->Negotiate());
    EXPECT_EQ(other.chain, s2n_connection_get_selected_cert(Server()));
    EXPECT_EQ(-1, s2n_connection_set_config(Server(), nullptr));
}

TEST_P(HelloCallback, MaySwitchTheConfigWhileItWaits)
{
    OtherConfig other(KeyKind::P384, options.server.policy.c_str());
    options.client.trust_pem = PkiFor(KeyKind::P384).root.pem;
    if (GetParam() == Kind::Tls12) {
        options.client.policy = "test_all_tls12";
    }
    Connect([](s2n_connection *) { return 0; }, S2N_CLIENT_HELLO_CB_NONBLOCKING);
    NegotiateToPause();
    EXPECT_EQ(0, s2n_client_hello_cb_done(Server()));
    EXPECT_EQ(0, s2n_connection_set_config(Server(), other.config));
    EXPECT_EQ(-1, s2n_client_hello_cb_done(Server())); /* whose mode is blocking */
    ExpectDone(pair->Negotiate());
    EXPECT_EQ(other.chain, s2n_connection_get_selected_cert(Server()));
}

TEST_P(HelloCallback, WaitsAsTheNewConfigSays)
{
    OtherConfig other(KeyKind::P384, options.server.policy.c_str());
    options.client.trust_pem = PkiFor(KeyKind::P384).root.pem;
    if (GetParam() == Kind::Tls12) {
        options.client.policy = "test_all_tls12";
    }
    Must(s2n_config_set_client_hello_cb_mode(other.config, S2N_CLIENT_HELLO_CB_NONBLOCKING), "mode");
    Connect([&](s2n_connection *conn) { return s2n_connection_set_config(conn, other.config); });
    NegotiateToPause();
    EXPECT_EQ(0, s2n_client_hello_cb_done(Server()));
    ExpectDone(pair->Negotiate());
}

TEST_P(HelloCallback, MaySetAlpn)
{
    options.client.alpn = { "h2", "http/1.1" };
    options.server.alpn = { "h2" };
    Connect([](s2n_connection *conn) {
        static const char *const only[] = { "http/1.1" };
        return s2n_connection_set_protocol_preferences(conn, only, 1);
    });
    ExpectDone(pair->Negotiate());
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(Server()));
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(pair->client().conn));
}

TEST_P(HelloCallback, MayAskForTheClientsCertificate)
{
    const Pki &pki = PkiFor(GetParam() == Kind::Tls12 ? KeyKind::Rsa2048 : KeyKind::P384);
    options.client.chain_pem = pki.chain_pem;
    options.client.key_pem = pki.leaf.key_pem;
    options.server.verify = false;
    Connect([](s2n_connection *conn) {
        return s2n_connection_set_client_auth_type(conn, S2N_CERT_AUTH_REQUIRED);
    });
    ExpectDone(pair->Negotiate());
    EXPECT_EQ(1, s2n_connection_client_cert_used(Server()));
}

TEST_P(HelloCallback, IsAskedOncePerConnection)
{
    Connect([](s2n_connection *) { return 0; });
    ExpectDone(pair->Negotiate());
    s2n_blocked_status blocked;
    EXPECT_EQ(0, s2n_negotiate(Server(), &blocked));
    EXPECT_EQ(1, calls);
    EXPECT_EQ(0, s2n_connection_wipe(Server()));
    EXPECT_EQ(nullptr, s2n_connection_get_client_hello(Server()));
    EXPECT_EQ(nullptr, s2n_get_server_name(Server()));
}

TEST_P(HelloCallback, IsNotAskedAboutDuplicates)
{
    Connect([](s2n_connection *) { return 0; });
    pair->client().Step();
    std::string stream(mempipe_out_len(pair->client().pipe), '\0');
    mempipe_out_read(pair->client().pipe, reinterpret_cast<uint8_t *>(&stream[0]), stream.size());
    const std::string again("\0\x17\0\0", 4);        /* extended_master_secret, once more */
    for (size_t at : { size_t{ 3 }, size_t{ 7 } }) { /* record and message are four bytes longer */
        stream[at] = static_cast<char>(stream[at] + (static_cast<uint8_t>(stream[at + 1]) > 251));
        stream[at + 1] = static_cast<char>(stream[at + 1] + 4);
    }
    size_t block = 9 + 2 + 32;
    block += 1 + static_cast<uint8_t>(stream[block]);
    block += 2 + (static_cast<size_t>(static_cast<uint8_t>(stream[block])) << 8 |
                  static_cast<uint8_t>(stream[block + 1]));
    block += 1 + static_cast<uint8_t>(stream[block]);
    stream[block] = static_cast<char>(stream[block] + (static_cast<uint8_t>(stream[block + 1]) > 251));
    stream[block + 1] = static_cast<char>(stream[block + 1] + 4);
    stream.insert(block + 2, again);
    mempipe_in_write(pair->server().pipe, reinterpret_cast<const uint8_t *>(stream.data()), stream.size());
    pair->server().Step();
    EXPECT_STREQ("S2N_ERR_DUPLICATE_EXTENSION", s2n_strerror_name(pair->server().error));
    EXPECT_EQ(0, calls);
}

INSTANTIATE_TEST_SUITE_P(Handshakes, HelloCallback, testing::Values(Kind::Tls13, Kind::Tls12, Kind::Retry),
                         [](const testing::TestParamInfo<Kind> &info) {
                             return info.param == Kind::Tls13   ? "Tls13"
                                    : info.param == Kind::Tls12 ? "Tls12"
                                                                : "Retry";
                         });

/* ---- what depends on a kind ---- */

class ChooseByName : public testing::Test
{
  protected:
    static int BySni(s2n_connection *conn, void *ctx)
    {
        const char *name = s2n_get_server_name(conn);
        auto *other = static_cast<OtherConfig *>(ctx);
        bool wanted = name != nullptr && std::strcmp(name, "www.example.test") == 0;
        return wanted ? s2n_connection_set_config(conn, other->config) : 0;
    }
};

TEST_F(ChooseByName, PicksTheCertificate)
{
    OtherConfig other;
    for (const char *name : { "localhost", "www.example.test" }) {
        PairOptions o = ServedBy(KeyKind::P256, "default_tls13");
        o.client.trust_pem += PkiFor(KeyKind::P384).root.pem;
        o.server_name = name;
        o.server.config_hook = [&](s2n_config *config) {
            Must(s2n_config_set_client_hello_cb(config, BySni, &other), "set_client_hello_cb");
        };
        Pair pair(o);
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(o.server_name == "localhost" ? pair.server().chain : other.chain,
                  s2n_connection_get_selected_cert(pair.server().conn));
    }
}

TEST_F(ChooseByName, MayChangeThePolicy)
{
    PairOptions o = ServedBy(KeyKind::P256, "default_tls13");
    o.server.config_hook = [](s2n_config *config) {
        Must(s2n_config_set_client_hello_cb(
                 config,
                 [](s2n_connection *conn, void *) {
                     return s2n_connection_set_cipher_preferences(conn, "20240501");
                 },
                 nullptr),
             "set_client_hello_cb");
    };
    Pair pair(o);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(S2N_TLS12, s2n_connection_get_actual_protocol_version(pair.server().conn));
    EXPECT_STREQ(kFull12, s2n_connection_get_handshake_type_name(pair.server().conn));
}

/* The key log belongs to the config that is attached. */
TEST_F(ChooseByName, TakesTheKeyLogAlong)
{
    struct Log {
        static int Line(void *ctx, s2n_connection *, uint8_t *, size_t)
        {
            ++*static_cast<int *>(ctx);
            return 0;
        }
    };
    for (bool before : { false, true }) {
        OtherConfig other;
        int first = 0, second = 0;
        PairOptions o = ServedBy(KeyKind::P256, "default_tls13");
        o.client.trust_pem += PkiFor(KeyKind::P384).root.pem;
        o.server_name = "www.example.test";
        o.server.config_hook = [&](s2n_config *config) {
            Must(s2n_config_set_client_hello_cb(config, BySni, &other), "set_client_hello_cb");
            if (before) {
                Must(s2n_config_set_key_log_cb(config, Log::Line, &first), "key_log");
            }
        };
        if (!before) {
            Must(s2n_config_set_key_log_cb(other.config, Log::Line, &second), "key_log");
        }
        Pair pair(o);
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(0, first);
        EXPECT_EQ(before, second == 0);
    }
}

/* Whether the client is told that its name was used: by the match, by the callback's answer, by the call. */
class NameUsed : public testing::TestWithParam<const char *>
{
  protected:
    /* The acknowledgement, seen in the server's flight: empty server_name below TLS 1.3 is in the clear. */
    bool Acknowledged(int answer, int call_at)
    {
        PairOptions o = ServedBy(KeyKind::Rsa2048, "20240501");
        o.server_name = GetParam();
        o.client.verify = false;
        struct Ctx {
            int answer, call_at;
        } ctx = { answer, call_at };
        o.server.config_hook = [&](s2n_config *config) {
            Must(s2n_config_set_client_hello_cb(
                     config,
                     [](s2n_connection *conn, void *p) {
                         Ctx *c = static_cast<Ctx *>(p);
                         if (c->call_at == 2) {
                             EXPECT_EQ(0, s2n_connection_server_name_extension_used(conn));
                         }
                         return c->answer;
                     },
                     &ctx),
                 "set_client_hello_cb");
        };
        Pair pair(o);
        s2n_connection *server = pair.server().conn;
        if (call_at == 1) {
            EXPECT_EQ(0, s2n_connection_server_name_extension_used(server));
        }
        EXPECT_EQ(-1, s2n_connection_server_name_extension_used(pair.client().conn));
        pair.client().Step();
        pair.Move();
        pair.server().Step();
        std::string flight(mempipe_out_len(pair.server().pipe), '\0');
        mempipe_out_read(pair.server().pipe, reinterpret_cast<uint8_t *>(&flight[0]), flight.size());
        EXPECT_EQ(-1, s2n_connection_server_name_extension_used(server));
        EXPECT_STREQ("S2N_ERR_INVALID_STATE", s2n_strerror_name(s2n_errno));
        /* ServerHello: 5 + 4, version, random, session id, suite, compression, block length; the name is first */
        return flight.compare(5 + 4 + 2 + 32 + 33 + 2 + 1 + 2, 4, std::string(4, '\0')) == 0;
    }
};

TEST_P(NameUsed, IsToldToTheClient)
{
    bool matches = std::string(GetParam()) == "localhost";
    bool named = GetParam()[0] != '\0';
    EXPECT_EQ(matches, Acknowledged(0, 0));
    EXPECT_EQ(named, Acknowledged(1, 0));
    EXPECT_EQ(named, Acknowledged(0, 1));
    EXPECT_EQ(named, Acknowledged(0, 2));
}

std::string CaseName(const testing::TestParamInfo<const char *> &info)
{
    return info.index == 0 ? "Ours" : info.index == 1 ? "Other" : "None";
}

INSTANTIATE_TEST_SUITE_P(Names, NameUsed, testing::Values("localhost", "elsewhere.test", ""), CaseName);

} // namespace
