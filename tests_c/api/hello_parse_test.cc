/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ClientHello that the application brings itself: what is taken for one, and every getter on it, with hellos made up
 * field by field (wire/hello.h). And the fingerprint objects that look at one.
 */
#include "api_test.h"

#include <s2n/unstable/fingerprint.h>

#include "wire/hello.h"

using namespace s2n_test;
using wire::U16;
using wire::Vec;
using wire::operator+;

namespace
{

Bytes Host(const std::string &name, uint8_t type = 0)
{
    return Vec(2, Bytes{ type } + Vec(2, Bytes(name.begin(), name.end())));
}

class HelloParseTest : public ApiTest
{
  protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        wire.version = 0x0303;
        for (uint8_t i = 0; i < 32; i++) {
            wire.random.push_back(static_cast<uint8_t>(i + 1));
        }
        wire.session_id = { 9, 8, 7 };
        wire.suites = { 0x0A0A, 0x1301, 0x00FF };
        wire.compression = { 0, 1 };
        wire.exts.Add(0, Host("Example.test"));
        wire.exts.Add(10, Vec(2, U16(0x2A2A) + U16(29)));
        wire.exts.Add(0xCAFE, {});
        wire.exts.Add(23, {});
    }
    void TearDown() override
    {
        EXPECT_OK(s2n_client_hello_free(&hello));
        ApiTest::TearDown();
    }
    static std::string Refusal(const Bytes &message)
    {
        s2n_errno = 0;
        s2n_client_hello *got =
            s2n_client_hello_parse_message(message.data(), static_cast<uint32_t>(message.size()));
        std::string error = LastError();
        EXPECT_EQ(got == nullptr, error != "");
        EXPECT_OK(s2n_client_hello_free(&got));
        return error;
    }
    std::string Refusal() { return Refusal(wire.Build()); }
    void Parse()
    {
        EXPECT_OK(s2n_client_hello_free(&hello));
        Bytes message = wire.Build();
        hello = s2n_client_hello_parse_message(message.data(), static_cast<uint32_t>(message.size()));
        ASSERT_NE(hello, nullptr) << LastError();
    }
    using Getter = ssize_t (*)(s2n_client_hello *, uint8_t *, uint32_t);
    /* With every size of buffer up to one more than is needed. */
    void ExpectCopies(const Bytes &all, Getter get)
    {
        for (size_t cap = 0; cap <= all.size() + 1; cap++) {
            Bytes out(all.size() + 2, 0xEE);
            size_t n = std::min(cap, all.size());
            EXPECT_EQ(static_cast<ssize_t>(n), get(hello, out.data(), static_cast<uint32_t>(cap)));
            EXPECT_EQ(Bytes(all.begin(), all.begin() + static_cast<long>(n)),
                      Bytes(out.begin(), out.begin() + static_cast<long>(n)));
            EXPECT_EQ(Bytes(out.size() - n, 0xEE), Bytes(out.begin() + static_cast<long>(n), out.end()));
        }
    }

    wire::ClientHello wire;
    s2n_client_hello *hello = nullptr;
};

TEST_F(HelloParseTest, ShowsLists)
{
    Parse();
    EXPECT_EQ(6, s2n_client_hello_get_cipher_suites_length(hello));
    ExpectCopies({ 0x0A, 0x0A, 0x13, 0x01, 0x00, 0xFF }, s2n_client_hello_get_cipher_suites);
    EXPECT_EQ(static_cast<ssize_t>(wire.exts.Build().size()), s2n_client_hello_get_extensions_length(hello));
    ExpectCopies(wire.exts.Build(), s2n_client_hello_get_extensions);
    Bytes raw = wire::Body(wire.Build());
    std::fill(raw.begin() + 2, raw.begin() + 34, static_cast<uint8_t>(0));
    EXPECT_EQ(static_cast<ssize_t>(raw.size()), s2n_client_hello_get_raw_message_length(hello));
    ExpectCopies(raw, s2n_client_hello_get_raw_message);
}

TEST_F(HelloParseTest, ShowsFixedFields)
{
    Parse();
    uint8_t version = 0, random[32], id[8], methods[2] = { 7, 7 };
    uint32_t n = 77;
    EXPECT_OK(s2n_client_hello_get_legacy_protocol_version(hello, &version));
    EXPECT_EQ(33, version);
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_get_legacy_record_version(hello, &version));
    EXPECT_OK(s2n_client_hello_get_random(hello, random, 32));
    EXPECT_EQ(wire.random, Bytes(random, random + 32));
    EXPECT_OK(s2n_client_hello_get_session_id(hello, id, &n, sizeof(id)));
    EXPECT_EQ(wire.session_id, Bytes(id, id + n));
    EXPECT_OK(s2n_client_hello_get_compression_methods_length(hello, &n));
    EXPECT_EQ(2u, n);
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_client_hello_get_compression_methods(hello, methods, 1, &n));
    EXPECT_EQ(7, methods[0]);
    EXPECT_OK(s2n_client_hello_get_compression_methods(hello, methods, 2, &n));
    EXPECT_EQ(2u, n);
    EXPECT_EQ(wire.compression, Bytes(methods, methods + 2));
    wire.version = 0x0700;
    Parse();
    EXPECT_OK(s2n_client_hello_get_legacy_protocol_version(hello, &version));
    EXPECT_EQ(70, version);
}

TEST_F(HelloParseTest, FindsExtensions)
{
    Parse();
    bool there = true;
    for (uint16_t id : { 0, 10, 0xCAFE, 23 }) {
        EXPECT_OK(s2n_client_hello_has_extension(hello, id, &there));
        EXPECT_TRUE(there) << id;
    }
    for (uint16_t id : { 1, 16, 0xBEEF }) {
        EXPECT_OK(s2n_client_hello_has_extension(hello, id, &there));
        EXPECT_FALSE(there) << id;
    }
    auto type = [](int id) { return static_cast<s2n_tls_extension_type>(id); };
    uint8_t out[32];
    EXPECT_EQ(static_cast<ssize_t>(Host("Example.test").size()),
              s2n_client_hello_get_extension_length(hello, S2N_EXTENSION_SERVER_NAME));
    EXPECT_EQ(3, s2n_client_hello_get_extension_by_id(hello, S2N_EXTENSION_SERVER_NAME, out, 3));
    EXPECT_EQ(0, s2n_client_hello_get_extension_length(hello, type(23)));
    s2n_errno = 0;
    EXPECT_EQ(0, s2n_client_hello_get_extension_length(hello, S2N_EXTENSION_ALPN));
    EXPECT_EQ("S2N_ERR_EXTENSION_NOT_RECEIVED", LastError());
    s2n_errno = 0;
    EXPECT_EQ(0, s2n_client_hello_get_extension_by_id(hello, type(0xCAFE), out, sizeof(out)));
    EXPECT_EQ("S2N_ERR_UNRECOGNIZED_EXTENSION", LastError());
    EXPECT_EQ(0, s2n_client_hello_get_extension_length(hello, type(0x10000)));
}

TEST_F(HelloParseTest, KnowsTheContractsExtensions)
{
    const std::vector<uint16_t> known = { 0,  1,  5,  10, 11, 13, 16, 18,    23,    35,   41,
                                          42, 43, 44, 45, 47, 51, 57, 13172, 65025, 65281 };
    std::vector<int> ids = { 13171, 13172, 13173 };
    for (int id = 0; id < 70; id++) {
        ids.push_back(id);
        ids.push_back(id + 65000);
        ids.push_back(id + 65250);
    }
    for (int id : ids) {
        wire.exts.list = { { static_cast<uint16_t>(id), { 1, 2, 3 } } };
        Parse();
        bool expected = std::find(known.begin(), known.end(), id) != known.end();
        EXPECT_EQ(expected ? 3 : 0,
                  s2n_client_hello_get_extension_length(hello, static_cast<s2n_tls_extension_type>(id)))
            << id;
    }
}

TEST_F(HelloParseTest, ListsGroups)
{
    Parse();
    uint16_t ids[3] = { 1, 1, 1 }, n = 9;
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_client_hello_get_supported_groups(hello, ids, 1, &n));
    EXPECT_EQ(0, n);
    EXPECT_OK(s2n_client_hello_get_supported_groups(hello, ids, 2, &n));
    EXPECT_EQ(2, n);
    EXPECT_EQ(0x2A2A, ids[0]);
    EXPECT_EQ(29, ids[1]);
    EXPECT_EQ(1, ids[2]);
    for (const Bytes &bad : { Bytes{ 0, 3, 0, 29, 0 }, Bytes{ 0, 4, 0, 29 }, Bytes{ 0 }, Bytes{} }) {
        wire.exts.Set(10, bad);
        Parse();
        EXPECT_ERROR("INVALID_PARSED_EXTENSIONS", s2n_client_hello_get_supported_groups(hello, ids, 3, &n));
        EXPECT_EQ(0, n);
    }
    wire.exts.Drop(10);
    Parse();
    EXPECT_ERROR("EXTENSION_NOT_RECEIVED", s2n_client_hello_get_supported_groups(hello, ids, 3, &n));
}

TEST_F(HelloParseTest, NamesTheServer)
{
    Parse();
    uint8_t name[300];
    uint16_t n = 7;
    EXPECT_OK(s2n_client_hello_get_server_name_length(hello, &n));
    EXPECT_EQ(12, n);
    EXPECT_ERROR("SAFETY", s2n_client_hello_get_server_name(hello, name, 11, &n));
    EXPECT_EQ(0, n);
    EXPECT_OK(s2n_client_hello_get_server_name(hello, name, 12, &n));
    EXPECT_EQ("Example.test", std::string(name, name + n));
    wire.exts.Set(0, Host(std::string(300, 'x')));
    Parse();
    EXPECT_OK(s2n_client_hello_get_server_name(hello, name, sizeof(name), &n));
    EXPECT_EQ(300, n);
    wire.exts.Drop(0);
    Parse();
    EXPECT_ERROR("EXTENSION_NOT_RECEIVED", s2n_client_hello_get_server_name_length(hello, &n));
    EXPECT_EQ(0, n);
}

TEST_F(HelloParseTest, SaysHowTheNameIsMalformed)
{
    const std::vector<std::pair<Bytes, const char *>> rows = {
        { {}, "S2N_ERR_STUFFER_OUT_OF_DATA" },
        { { 0 }, "S2N_ERR_STUFFER_OUT_OF_DATA" },
        { { 0, 0 }, "S2N_ERR_STUFFER_OUT_OF_DATA" },
        { { 0, 9, 0 }, "S2N_ERR_SAFETY" },
        { { 0, 2, 0, 0 }, "S2N_ERR_STUFFER_OUT_OF_DATA" },
        { { 0, 4, 0, 0, 2, 'a' }, "S2N_ERR_SAFETY" },
        { Host("a", 1), "S2N_ERR_SAFETY" },
    };
    for (const auto &row : rows) {
        wire.exts.Set(0, row.first);
        Parse();
        uint16_t n = 7;
        EXPECT_EQ(-1, s2n_client_hello_get_server_name_length(hello, &n));
        EXPECT_EQ(row.second, LastError()) << testing::PrintToString(row.first);
        EXPECT_EQ(0, n);
    }
}

TEST_F(HelloParseTest, TakesWhatIsHarmless)
{
    EXPECT_EQ("", Refusal());
    wire.compression.clear();
    wire.tail = { 1, 2, 3 };
    EXPECT_EQ("", Refusal());
    wire.exts.Add(0xCAFE, { 1 }); /* again */
    EXPECT_EQ("", Refusal());
    wire.session_id = Bytes(32, 1);
    EXPECT_EQ("", Refusal());
    Bytes body = wire::Body(wire.Build());
    body.resize(2 + 32 + 33 + 2 + 6 + 1); /* no extensions */
    EXPECT_EQ("", Refusal(wire::Handshake(1, body)));
}

TEST_F(HelloParseTest, RefusesWhatIsNoHello)
{
    Bytes good = wire.Build();
    EXPECT_ERROR("SIZE_MISMATCH", s2n_client_hello_parse_message(nullptr, 0));
    EXPECT_ERROR("SAFETY", s2n_client_hello_parse_message(nullptr, 4));
    EXPECT_EQ("S2N_ERR_SIZE_MISMATCH", Refusal({ 1, 0, 0 }));
    EXPECT_EQ("S2N_ERR_STUFFER_OUT_OF_DATA", Refusal({ 1, 0, 0, 0 }));
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", Refusal(wire::Handshake(2, wire::Body(good))));
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", Refusal(good + Bytes{ 0 }));
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", Refusal(Bytes(good.begin(), good.end() - 1)));
    auto with = [this](const std::function<void(wire::ClientHello &)> &change) {
        wire::ClientHello changed = wire;
        change(changed);
        return Refusal(changed.Build());
    };
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", with([](wire::ClientHello &h) { h.session_id = Bytes(33, 1); }));
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", with([](wire::ClientHello &h) { h.suites.clear(); }));
    EXPECT_EQ("S2N_ERR_DUPLICATE_EXTENSION", with([](wire::ClientHello &h) { h.exts.Add(23, {}); }));
}

TEST_F(HelloParseTest, RefusesEveryTruncation)
{
    Bytes body = wire::Body(wire.Build());
    size_t no_extensions = 2 + 32 + 4 + 2 + 6 + 3;
    for (size_t n = 0; n < body.size(); n++) {
        std::string error =
            Refusal(wire::Handshake(1, Bytes(body.begin(), body.begin() + static_cast<long>(n))));
        if (n == no_extensions) {
            EXPECT_EQ("", error);
        } else {
            EXPECT_EQ(n < no_extensions ? "S2N_ERR_STUFFER_OUT_OF_DATA" : "S2N_ERR_BAD_MESSAGE", error) << n;
        }
    }
}

TEST_F(HelloParseTest, OddListsAndOverlongExtensionsAreBad)
{
    Bytes body = wire::Body(wire.Build());
    body[2 + 32 + 4 + 1] = 5; /* length of the suites */
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", Refusal(wire::Handshake(1, body)));
    body = wire::Body(wire.Build());
    body[body.size() - 1] = 1; /* of the last extension */
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", Refusal(wire::Handshake(1, body)));
}

TEST_F(HelloParseTest, BelongsToWhomItBelongs)
{
    Pair pair(Served("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_client_hello *borrowed = s2n_connection_get_client_hello(pair.server().conn);
    s2n_client_hello *kept = borrowed;
    uint8_t version = 0;
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_free(&borrowed));
    EXPECT_EQ(kept, borrowed);
    EXPECT_OK(s2n_client_hello_get_legacy_record_version(borrowed, &version));
    EXPECT_EQ(31, version);
    EXPECT_ERROR("NULL", s2n_client_hello_free(nullptr));
    s2n_client_hello *none = nullptr;
    EXPECT_OK(s2n_client_hello_free(&none));
    EXPECT_OK(s2n_connection_free_handshake(pair.server().conn));
    EXPECT_EQ(0, s2n_client_hello_get_cipher_suites_length(kept));
    EXPECT_EQ(0, s2n_client_hello_get_extensions_length(kept));
    EXPECT_OK(s2n_client_hello_get_legacy_protocol_version(kept, &version));
    EXPECT_EQ(33, version);
}

/* ---- fingerprints ---- */

class FingerprintTest : public HelloParseTest
{
  protected:
    void TearDown() override
    {
        EXPECT_OK(s2n_fingerprint_free(&print));
        HelloParseTest::TearDown();
    }
    s2n_fingerprint *print = nullptr;
    uint8_t out[256] = { 0 };
    uint32_t n = 0;
};

TEST_F(FingerprintTest, GoesThroughItsStates)
{
    Parse();
    print = s2n_fingerprint_new(S2N_FINGERPRINT_JA3);
    ASSERT_NE(print, nullptr);
    EXPECT_OK(s2n_fingerprint_get_hash_size(print, &n));
    EXPECT_EQ(32u, n);
    EXPECT_ERROR("INVALID_STATE", s2n_fingerprint_get_hash(print, 32, out, &n));
    EXPECT_ERROR("INVALID_STATE", s2n_fingerprint_get_raw(print, sizeof(out), out, &n));
    EXPECT_OK(s2n_fingerprint_set_client_hello(print, hello));
    EXPECT_ERROR("INVALID_STATE", s2n_fingerprint_get_raw_size(print, &n));
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_fingerprint_get_hash(print, 31, out, &n));
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_fingerprint_get_raw(print, 0, out, &n));
    EXPECT_OK(s2n_fingerprint_get_hash(print, 32, out, &n));
    EXPECT_EQ(32u, n);
    EXPECT_OK(s2n_fingerprint_get_raw_size(print, &n));
    const std::string text = "771,4865-255,0-10-51966-23,29,";
    EXPECT_EQ(text.size(), n);
    EXPECT_OK(s2n_fingerprint_get_raw(print, n, out, &n));
    EXPECT_EQ(text, std::string(out, out + n));
    EXPECT_OK(s2n_fingerprint_set_client_hello(print, hello));
    EXPECT_ERROR("INVALID_STATE", s2n_fingerprint_get_raw_size(print, &n));
    EXPECT_OK(s2n_fingerprint_wipe(print));
    EXPECT_ERROR("INVALID_STATE", s2n_fingerprint_get_hash(print, 32, out, &n));
}

TEST_F(FingerprintTest, MakesJa4)
{
    Parse();
    print = s2n_fingerprint_new(S2N_FINGERPRINT_JA4);
    ASSERT_NE(print, nullptr);
    EXPECT_OK(s2n_fingerprint_get_hash_size(print, &n));
    EXPECT_EQ(36u, n);
    EXPECT_OK(s2n_fingerprint_set_client_hello(print, hello));
    EXPECT_OK(s2n_fingerprint_get_raw(print, sizeof(out), out, &n));
    EXPECT_EQ("t12d020400_00ff,1301_000a,0017,cafe", std::string(out, out + n));
    EXPECT_OK(s2n_fingerprint_get_hash(print, 36, out, &n));
    EXPECT_EQ("t12d020400_", std::string(out, out + 11));
    EXPECT_EQ(36u, n);
}

TEST_F(FingerprintTest, OfAConnectionsHello)
{
    Pair pair(Served("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_client_hello *theirs = s2n_connection_get_client_hello(pair.server().conn);
    uint32_t text_n = 0;
    EXPECT_OK(s2n_client_hello_get_fingerprint_hash(theirs, S2N_FINGERPRINT_JA3, 16, out, &n, &text_n));
    EXPECT_EQ(16u, n);
    Bytes digest(out, out + 16);
    uint8_t text[1000];
    EXPECT_OK(s2n_client_hello_get_fingerprint_string(theirs, S2N_FINGERPRINT_JA3, sizeof(text), text, &n));
    EXPECT_EQ(text_n, n);
    EXPECT_EQ("771,", std::string(text, text + 4));
    print = s2n_fingerprint_new(S2N_FINGERPRINT_JA3);
    EXPECT_OK(s2n_fingerprint_set_client_hello(print, theirs));
    EXPECT_OK(s2n_fingerprint_get_hash(print, sizeof(out), out, &n));
    EXPECT_EQ(ToHex(digest), std::string(out, out + n));
}

TEST_F(FingerprintTest, RefusesWrongArguments)
{
    Parse();
    const auto ja3 = S2N_FINGERPRINT_JA3;
    const auto ja4 = S2N_FINGERPRINT_JA4;
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_new(static_cast<s2n_fingerprint_type>(2)));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_get_fingerprint_hash(hello, ja4, 16, out, &n, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_get_fingerprint_string(hello, ja4, 200, out, &n));
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_client_hello_get_fingerprint_hash(hello, ja3, 15, out, &n, &n));
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_client_hello_get_fingerprint_string(hello, ja3, 5, out, &n));
    print = s2n_fingerprint_new(ja3);
    ASSERT_NE(print, nullptr);
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_wipe(nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_set_client_hello(nullptr, hello));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_set_client_hello(print, nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_hash_size(nullptr, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_hash_size(print, nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_hash(nullptr, 32, out, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_hash(print, 32, nullptr, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_hash(print, 32, out, nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_raw_size(nullptr, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_raw_size(print, nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_raw(nullptr, 32, out, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_raw(print, 32, nullptr, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_fingerprint_get_raw(print, 32, out, nullptr));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_get_fingerprint_hash(nullptr, ja3, 16, out, &n, &n));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_client_hello_get_fingerprint_string(nullptr, ja3, 16, out, &n));
    EXPECT_OK(s2n_fingerprint_free(nullptr));
}

} // namespace
