/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What metrics hear of a handshake (unstable/events.h): the one event at its end, in success and failure, and the
 * checkpoints on the way. And the count of key updates. Our client against our server.
 */
#include <gtest/gtest.h>

#include <s2n/unstable/events.h>
#include <s2n/unstable/ktls.h>

#include "support/identities.h"

#include <algorithm>

using namespace s2n_test;

namespace
{

struct Heard {
    std::vector<s2n_event_handshake> events;
    std::vector<std::string> names;
    std::vector<uint8_t> roles;
    std::vector<uint64_t> times;
    bool subscribed = true; /* checkpoints come with the subscriber, or with NULL */

    static void Event(s2n_connection *, void *subscriber, s2n_event_handshake *event)
    {
        static_cast<Heard *>(subscriber)->events.push_back(*event);
        (void) s2n_strerror_name(-1);
        (void) s2n_connection_free(nullptr); /* its error is not the handshake's */
    }
    static void Checkpoint(s2n_connection *, void *subscriber, s2n_timing_checkpoint *checkpoint)
    {
        auto *heard = static_cast<Heard *>(subscriber);
        heard->names.push_back(checkpoint->name);
        heard->roles.push_back(checkpoint->role);
        heard->times.push_back(checkpoint->timestamp_ns);
    }
    void Attach(s2n_config *config)
    {
        Must(s2n_config_set_subscriber(config, this), "set_subscriber");
        Must(s2n_config_set_handshake_event(config, Event), "set_handshake_event");
        Must(s2n_config_set_timing_checkpoint_cb(config, Checkpoint), "set_timing_checkpoint_cb");
    }
    /* Messages only. */
    std::vector<std::string> Messages() const
    {
        std::vector<std::string> out;
        for (const std::string &name : names) {
            if (name.compare(0, 7, "RECORD_") != 0 && name.compare(0, 9, "NEGOTIATE") != 0) {
                out.push_back(name);
            }
        }
        return out;
    }
    long Count(const char *name) const { return std::count(names.begin(), names.end(), name); }
};

class Events : public testing::Test
{
  protected:
    PairOptions Scene(KeyKind kind = KeyKind::P256, const char *policy = "default_tls13")
    {
        PairOptions o = ServedBy(kind, policy);
        o.client.config_hook = [this](s2n_config *config) { client.Attach(config); };
        o.server.config_hook = [this](s2n_config *config) { server.Attach(config); };
        return o;
    }
    Heard client, server;
};

TEST_F(Events, TellsOfSuccessOnce)
{
    Pair pair(Scene());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_blocked_status blocked;
    EXPECT_EQ(0, s2n_negotiate(pair.server().conn, &blocked));
    for (const Heard *heard : { &client, &server }) {
        ASSERT_EQ(1u, heard->events.size());
        const s2n_event_handshake &event = heard->events[0];
        EXPECT_EQ(S2N_TLS13, event.protocol_version);
        EXPECT_STREQ(s2n_connection_get_cipher(pair.client().conn), event.cipher);
        const char *group = nullptr;
        EXPECT_EQ(0, s2n_connection_get_key_exchange_group(pair.client().conn, &group));
        EXPECT_STREQ(group, event.group);
        EXPECT_STRNE("", event.security_policy_label);
        EXPECT_EQ(0, event.error_code);
        EXPECT_GT(event.handshake_time_ns, 0u);
        EXPECT_LE(event.handshake_time_ns, event.handshake_end_ns - event.handshake_start_ns);
    }
}

TEST_F(Events, NamesThePolicyThatCounts)
{
    PairOptions o = Scene(KeyKind::Rsa2048, "20240501");
    o.client.conn_hook = [](s2n_connection *conn) {
        Must(s2n_connection_set_cipher_preferences(conn, "20190214"), "policy");
    };
    Pair pair(o);
    ASSERT_TRUE(pair.Negotiate().ok());
    ASSERT_EQ(1u, client.events.size());
    ASSERT_EQ(1u, server.events.size());
    EXPECT_STREQ("20190214", client.events[0].security_policy_label);
    EXPECT_STREQ("20240501", server.events[0].security_policy_label);
    EXPECT_EQ(S2N_TLS12, server.events[0].protocol_version);
}

TEST_F(Events, SaysNoneWhereThereIsNoGroup)
{
    Pair pair(Scene(KeyKind::Rsa2048, "test_all_rsa_kex"));
    ASSERT_TRUE(pair.Negotiate().ok());
    ASSERT_EQ(1u, server.events.size());
    EXPECT_STREQ("NONE", server.events[0].group);
}

TEST_F(Events, TellsOfFailureWithItsError)
{
    PairOptions o = Scene();
    o.client.trust_pem = PkiFor(KeyKind::P384).root.pem;
    Pair pair(o);
    Outcome outcome = pair.Negotiate();
    EXPECT_EQ("S2N_ERR_CERT_UNTRUSTED", outcome.client_name());
    ASSERT_EQ(1u, client.events.size());
    EXPECT_EQ(outcome.client, client.events[0].error_code);
    EXPECT_EQ(0, client.Count("NEGOTIATE_END"));
    s2n_blocked_status blocked;
    EXPECT_EQ(-1, s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_EQ(1u, client.events.size());
}

TEST_F(Events, NeedASubscriber)
{
    PairOptions o = ServedBy(KeyKind::P256, "default_tls13");
    int checkpoints = 0;
    static int *counter;
    counter = &checkpoints;
    o.server.config_hook = [](s2n_config *config) {
        Must(s2n_config_set_handshake_event(
                 config, [](s2n_connection *, void *, s2n_event_handshake *) { ADD_FAILURE(); }),
             "set_handshake_event");
        Must(s2n_config_set_timing_checkpoint_cb(
                 config,
                 [](s2n_connection *, void *subscriber, s2n_timing_checkpoint *) {
                     EXPECT_EQ(nullptr, subscriber);
                     ++*counter;
                 }),
             "set_timing_checkpoint_cb");
    };
    Pair pair(o);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_GT(checkpoints, 0);
}

TEST_F(Events, MarkEachStep)
{
    Pair pair(Scene());
    ASSERT_TRUE(pair.Negotiate().ok());
    const std::vector<std::string> messages = { "CLIENT_HELLO",         "SERVER_HELLO",
                                                "ENCRYPTED_EXTENSIONS", "SERVER_CERT",
                                                "SERVER_CERT_VERIFY",   "SERVER_FINISHED",
                                                "CLIENT_FINISHED" };
    for (const Heard *heard : { &client, &server }) {
        std::vector<std::string> seen = heard->Messages();
        seen.erase(std::remove_if(seen.begin(), seen.end(),
                                  [](const std::string &name) {
                                      return name.find("CHANGE_CIPHER_SPEC") != std::string::npos;
                                  }),
                   seen.end());
        EXPECT_EQ(messages, seen);
        EXPECT_EQ("NEGOTIATE_START", heard->names.front());
        EXPECT_EQ("NEGOTIATE_END", heard->names.back());
        EXPECT_EQ(1, heard->Count("NEGOTIATE_START"));
        EXPECT_EQ(1, heard->Count("NEGOTIATE_END"));
        EXPECT_GE(heard->Count("RECORD_READ"), 2);
        EXPECT_GE(heard->Count("RECORD_WRITE"), 1);
        EXPECT_TRUE(std::is_sorted(heard->times.begin(), heard->times.end()));
    }
    EXPECT_EQ(std::vector<uint8_t>(client.roles.size(), S2N_CLIENT), client.roles);
    EXPECT_EQ(std::vector<uint8_t>(server.roles.size(), S2N_SERVER), server.roles);
}

TEST_F(Events, GoWithTheConfig)
{
    Heard other;
    s2n_config *config = s2n_config_new_minimal();
    Pair pair(Scene());
    other.Attach(config);
    Must(s2n_config_set_cipher_preferences(config, "default_tls13"), "policy");
    Must(s2n_config_add_cert_chain_and_key_to_store(config, pair.server().chain), "chain");
    Must(s2n_config_set_client_hello_cb(
             pair.server().config,
             [](s2n_connection *conn, void *to) {
                 return s2n_connection_set_config(conn, static_cast<s2n_config *>(to));
             },
             config),
         "set_client_hello_cb");
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(0u, server.events.size());
    ASSERT_EQ(1u, other.events.size());
    EXPECT_LE(other.events[0].handshake_start_ns, server.times.front());
    EXPECT_EQ(0, s2n_connection_free(pair.server().conn));
    pair.server().conn = nullptr;
    s2n_config_free(config);
}

/* ---- key updates ---- */

std::pair<int, int> Updates(s2n_connection *conn)
{
    uint8_t sent = 99, received = 99;
    Must(s2n_connection_get_key_update_counts(conn, &sent, &received), "get_key_update_counts");
    return { sent, received };
}

TEST(KeyUpdateCounts, CountBothWaysUpTo255)
{
    using Both = std::pair<int, int>;
    Pair pair(ServedBy(KeyKind::P256, "default_tls13"));
    EXPECT_EQ(Both(0, 0), Updates(pair.client().conn));
    ASSERT_TRUE(pair.Negotiate().ok());
    for (int i = 1; i <= 260; i++) {
        ASSERT_EQ(0, s2n_connection_request_key_update(pair.client().conn, S2N_KEY_UPDATE_NOT_REQUESTED));
        ASSERT_EQ("x", pair.Carry(pair.client(), pair.server(), "x"));
        ASSERT_EQ(Both(std::min(i, 255), 0), Updates(pair.client().conn));
        ASSERT_EQ(Both(0, std::min(i, 255)), Updates(pair.server().conn));
    }
    ASSERT_EQ(0, s2n_connection_wipe(pair.client().conn));
    EXPECT_EQ(Both(0, 0), Updates(pair.client().conn));
}

TEST(KeyUpdateCounts, StayZeroBelowTls13)
{
    Pair pair(ServedBy(KeyKind::Rsa2048, "20240501"));
    ASSERT_TRUE(pair.Negotiate().ok());
    ASSERT_EQ(0, s2n_connection_request_key_update(pair.client().conn, S2N_KEY_UPDATE_NOT_REQUESTED));
    ASSERT_EQ("x", pair.Carry(pair.client(), pair.server(), "x"));
    EXPECT_EQ(0, Updates(pair.client().conn).first);
    EXPECT_EQ(0, Updates(pair.server().conn).second);
}

} // namespace
