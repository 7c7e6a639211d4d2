/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key schedule against the published traces of RFC 8448: from the messages and the shared secret to every
 * secret, traffic key and Finished value that the RFC prints.
 */
#include "support/core_fixture.h"

extern "C" {
#include "record/record.h"
#include "schedule/schedule.h"
}

namespace
{

struct Trace {
    std::map<std::string, Bytes> values;
    const Bytes &operator[](const std::string &name) const { return values.at(name); }
};

const Trace &Named(const std::string &trace)
{
    static const std::map<std::string, Trace> traces = [] {
        std::map<std::string, Trace> all;
#define VALUE(name_of_trace, name, hex) all[#name_of_trace].values[#name] = FromHex(hex);
#include "vectors/rfc8448.inc"
#undef VALUE
        return all;
    }();
    return traces.at(trace);
}

class Rfc8448 : public CoreTest
{
  protected:
    void SetUp() override { ks_init(&ks); }
    void TearDown() override { ks_wipe(&ks); }

    void Add(const Trace &trace, const char *name)
    {
        ASSERT_TRUE(transcript_add(&ks.transcript, Span(trace[name]))) << name;
    }
    void ExpectHash(const Trace &trace, const char *name)
    {
        Bytes digest(32);
        ASSERT_TRUE(transcript_peek(&ks.transcript, digest.data()));
        EXPECT_EQ(ToHex(digest), ToHex(trace[name])) << name;
    }
    void ExpectSecret(const Trace &trace, const char *name, const struct secret &secret)
    {
        EXPECT_EQ(Hex(secret_span(&secret)), ToHex(trace[name])) << name;
    }
    void ExpectKeys(const Trace &trace, const std::string &name, enum secret_id id)
    {
        struct traffic_keys keys;
        ASSERT_TRUE(ks_traffic_keys(ks.suite, &ks.named[id], &keys));
        EXPECT_EQ(ToHex(keys.key, keys.key_len), ToHex(trace[name + "_key"])) << name;
        EXPECT_EQ(ToHex(keys.iv, keys.iv_len), ToHex(trace[name + "_iv"])) << name;
        EXPECT_EQ(keys.mac_len, 0);
        traffic_keys_wipe(&keys);
    }
    /* The Finished message that we would send is the one of the trace. */
    void ExpectFinished(const Trace &trace, bool client)
    {
        Bytes verify_data(HASH_MAX);
        size_t n = 0;
        ASSERT_TRUE(ks_finished(&ks, client, verify_data.data(), &n));
        verify_data.resize(n);
        EXPECT_EQ("14000020" + ToHex(verify_data),
                  ToHex(trace[client ? "client_finished" : "server_finished"]));
    }
    void ServerFlight(const Trace &trace)
    {
        for (const char *name : { "encrypted_extensions", "certificate", "certificate_verify" }) {
            Add(trace, name);
        }
        ExpectFinished(trace, false);
        Add(trace, "server_finished");
        ExpectHash(trace, "hash_to_server_finished");
    }

    struct schedule ks;
};

TEST_F(Rfc8448, SimpleHandshake_SecretsAndKeys_UpToTheServersFlight)
{
    const Trace &t = Named("simple");
    Add(t, "client_hello");
    Add(t, "server_hello");
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301)));
    ExpectHash(t, "hash_to_server_hello");
    ASSERT_TRUE(ks_early(&ks, nullptr));
    ExpectSecret(t, "early_secret", ks.current);
    ASSERT_TRUE(ks_handshake(&ks, Span(t["shared"])));
    ExpectSecret(t, "handshake_secret", ks.current);
    ExpectSecret(t, "client_handshake", ks.named[SECRET_CLIENT_HANDSHAKE]);
    ExpectSecret(t, "server_handshake", ks.named[SECRET_SERVER_HANDSHAKE]);
    ExpectKeys(t, "client_handshake", SECRET_CLIENT_HANDSHAKE);
    ExpectKeys(t, "server_handshake", SECRET_SERVER_HANDSHAKE);
    ServerFlight(t);
}

TEST_F(Rfc8448, SimpleHandshake_SecretsAndKeys_FromTheServersFinishedOn)
{
    const Trace &t = Named("simple");
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301))); /* hashing from the first message on */
    Add(t, "client_hello");
    Add(t, "server_hello");
    ASSERT_TRUE(ks_early(&ks, nullptr) && ks_handshake(&ks, Span(t["shared"])));
    ServerFlight(t);
    ASSERT_TRUE(ks_master(&ks));
    ExpectSecret(t, "master_secret", ks.current);
    ExpectSecret(t, "client_app", ks.named[SECRET_CLIENT_APP]);
    ExpectSecret(t, "server_app", ks.named[SECRET_SERVER_APP]);
    ExpectSecret(t, "exporter", ks.named[SECRET_EXPORTER]);
    ExpectKeys(t, "client_app", SECRET_CLIENT_APP);
    ExpectKeys(t, "server_app", SECRET_SERVER_APP);
    ExpectFinished(t, true);
    Add(t, "client_finished");
    ExpectHash(t, "hash_to_client_finished");
    ASSERT_TRUE(ks_resumption(&ks));
    ExpectSecret(t, "resumption", ks.named[SECRET_RESUMPTION]);
    struct secret psk;
    Bytes nonce = FromHex("0000"); /* of the trace's ticket */
    ASSERT_TRUE(ks_psk_of_ticket(HASH_SHA256, &ks.named[SECRET_RESUMPTION], Span(nonce), &psk));
    ExpectSecret(t, "psk", psk);
}

TEST_F(Rfc8448, Resumption_BinderAndEarlyTraffic)
{
    const Trace &t = Named("resumed");
    struct secret early;
    Bytes digest(32), binder(32);
    EXPECT_EQ(ToHex(t["psk"]), ToHex(Named("simple")["psk"]));
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(t["psk"]), &early));
    ExpectSecret(t, "early_secret", early);
    const struct span truncated = Span(t["truncated_hello"]);
    ASSERT_TRUE(transcript_peek_with(&ks.transcript, HASH_SHA256, &truncated, 1, digest.data()));
    EXPECT_EQ(ToHex(digest), ToHex(t["hash_of_truncated_hello"]));
    ASSERT_TRUE(ks_psk_binder(HASH_SHA256, &early, false, digest.data(), binder.data()));
    EXPECT_EQ("002120" + ToHex(binder), ToHex(t["binders"]));
    ASSERT_TRUE(ks_psk_binder(HASH_SHA256, &early, true, digest.data(), binder.data()));
    EXPECT_NE("002120" + ToHex(binder), ToHex(t["binders"]));
    Add(t, "truncated_hello");
    Add(t, "binders");
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301)));
    ExpectHash(t, "hash_of_hello");
    ASSERT_TRUE(transcript_peek(&ks.transcript, digest.data()));
    ASSERT_TRUE(ks_psk_early_traffic(&ks, HASH_SHA256, &early, digest.data()));
    ExpectSecret(t, "client_early", ks.named[SECRET_CLIENT_EARLY]);
    ExpectKeys(t, "client_early", SECRET_CLIENT_EARLY);
    ASSERT_TRUE(ks_early(&ks, &early));
    ExpectSecret(t, "early_secret", ks.current);
}

/* The early data and its end, as they stand on the wire, under the early keys. */
TEST_F(Rfc8448, Resumption_EarlyDataRecords)
{
    const Trace &t = Named("resumed");
    struct half client, server;
    struct traffic_keys_view keys = { Span(t["client_early_key"]), Span(t["client_early_iv"]), SPAN_NONE };
    const struct suite *suite = suite_by_id(0x1301);
    half_init(&client);
    half_init(&server);
    ASSERT_TRUE(half_key(&client, TLS13, suite, true, keys, 0) &&
                half_key(&server, TLS13, suite, false, keys, 0));
    const struct {
        uint8_t type;
        const char *text, *record;
    } records[] = { { CT_APPDATA, "early_data_text", "early_data" },
                    { CT_HANDSHAKE, "end_of_early_data", "end_of_early_data_record" } };
    for (const auto &r : records) {
        const struct span text = Span(t[r.text]);
        struct buf tx = {};
        ASSERT_TRUE(record_seal(&client, r.type, TLS12, &text, 1, &tx));
        EXPECT_EQ(ToHex(tx.p, tx.len), ToHex(t[r.record]));
        struct rec_header header;
        struct rec rec;
        ASSERT_TRUE(record_header(&server, tx.p, &header) &&
                    record_open(&server, &header, tx.p + 5, nullptr, 0, &rec));
        EXPECT_EQ(r.type, rec.type);
        EXPECT_EQ(ToHex(t[r.text]), Hex(rec.body));
        buf_free(&tx);
    }
    half_wipe(&client);
    half_wipe(&server);
}

TEST_F(Rfc8448, Resumption_TheWholeHandshake)
{
    const Trace &t = Named("resumed");
    struct secret early;
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(t["psk"]), &early));
    for (const char *name : { "truncated_hello", "binders", "server_hello" }) {
        Add(t, name);
    }
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301)));
    ASSERT_TRUE(ks_early(&ks, &early) && ks_handshake(&ks, Span(t["shared"])));
    ExpectSecret(t, "handshake_secret", ks.current);
    ExpectSecret(t, "client_handshake", ks.named[SECRET_CLIENT_HANDSHAKE]);
    ExpectSecret(t, "server_handshake", ks.named[SECRET_SERVER_HANDSHAKE]);
    ExpectKeys(t, "client_handshake", SECRET_CLIENT_HANDSHAKE);
    ExpectKeys(t, "server_handshake", SECRET_SERVER_HANDSHAKE);
    Add(t, "encrypted_extensions");
    ExpectFinished(t, false);
    Add(t, "server_finished");
    ASSERT_TRUE(ks_master(&ks));
    ExpectSecret(t, "master_secret", ks.current);
    ExpectSecret(t, "client_app", ks.named[SECRET_CLIENT_APP]);
    ExpectSecret(t, "server_app", ks.named[SECRET_SERVER_APP]);
    ExpectSecret(t, "exporter", ks.named[SECRET_EXPORTER]);
    ExpectKeys(t, "client_app", SECRET_CLIENT_APP);
    ExpectKeys(t, "server_app", SECRET_SERVER_APP);
    Add(t, "end_of_early_data");
    ExpectFinished(t, true);
    Add(t, "client_finished");
    ASSERT_TRUE(ks_resumption(&ks));
    ExpectSecret(t, "resumption", ks.named[SECRET_RESUMPTION]);
}

TEST_F(Rfc8448, HelloRetryRequest_FirstHelloBecomesItsHash)
{
    const Trace &t = Named("retry");
    Add(t, "client_hello1");
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301)));
    ASSERT_TRUE(transcript_retry(&ks.transcript));
    for (const char *name : { "hello_retry_request", "client_hello2", "server_hello" }) {
        Add(t, name);
    }
    ASSERT_TRUE(ks_suite(&ks, TLS13, suite_by_id(0x1301))); /* the real ServerHello settles it again */
    ExpectHash(t, "hash_to_server_hello");
    ASSERT_TRUE(ks_early(&ks, nullptr) && ks_handshake(&ks, Span(t["shared"])));
    ExpectSecret(t, "handshake_secret", ks.current);
    ExpectSecret(t, "client_handshake", ks.named[SECRET_CLIENT_HANDSHAKE]);
    ExpectSecret(t, "server_handshake", ks.named[SECRET_SERVER_HANDSHAKE]);
    ExpectKeys(t, "server_handshake", SECRET_SERVER_HANDSHAKE);
    ServerFlight(t);
    ASSERT_TRUE(ks_master(&ks));
    ExpectSecret(t, "master_secret", ks.current);
    ExpectSecret(t, "client_app", ks.named[SECRET_CLIENT_APP]);
    ExpectSecret(t, "server_app", ks.named[SECRET_SERVER_APP]);
    ExpectSecret(t, "exporter", ks.named[SECRET_EXPORTER]);
}

} // namespace
