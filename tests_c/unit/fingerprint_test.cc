/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JA3 and JA4 of hellos made up field by field: the examples that their inventors published, and the corners: nothing
 * to list, reserved values, names that are not text, lists that end too soon.
 */
#include "support/core_fixture.h"

#include "wire/hello.h"

extern "C" {
#include "conn/fingerprint.h"
}

using wire::ClientHello;
using wire::U16;
using wire::Vec;
using wire::operator+;

namespace
{

Bytes List16(const std::vector<unsigned> &values)
{
    Bytes out;
    for (unsigned v : values) {
        out = out + U16(v);
    }
    return out;
}

Bytes Protocol(const std::string &name)
{
    return Vec(2, Vec(1, Bytes(name.begin(), name.end())));
}

class Fingerprint : public CoreTest
{
  protected:
    void SetUp() override
    {
        hello.version = 0x0301;
        hello.random = Bytes(32, 7);
        hello.suites = { 0x1301 };
        hello.compression = { 0 };
    }
    void TearDown() override { hello_free(parsed); }

    void Parse()
    {
        hello_free(parsed);
        Bytes message = hello.Build();
        parsed = hello_parse(Span(message));
        ASSERT_NE(parsed, nullptr) << err_name(err_last());
    }
    std::string Text(bool ja4)
    {
        Parse();
        std::string text(400000, '\0');
        size_t n = 0;
        if (!fingerprint_text(ja4, parsed, reinterpret_cast<uint8_t *>(&text[0]), text.size(), &n)) {
            return err_name(err_last());
        }
        return text.substr(0, n);
    }
    /* The hash, and that it knows the length of the text. */
    std::string Hash(bool ja4)
    {
        size_t n = 0, expected = Text(ja4).size();
        uint8_t out[JA4_HASH_LEN];
        EXPECT_TRUE(fingerprint_hash(ja4, parsed, out, &n)) << err_name(err_last());
        EXPECT_EQ(n, expected);
        return std::string(out, out + (ja4 ? JA4_HASH_LEN : JA3_HASH_LEN));
    }
    std::string Ja4Start() { return Text(true).substr(0, 10); }

    ClientHello hello;
    struct s2n_client_hello *parsed = nullptr;
};

TEST_F(Fingerprint, Ja3OfThePublishedExample)
{
    hello.suites = { 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4 };
    hello.exts.Add(0, {});
    hello.exts.Add(10, Vec(2, List16({ 23, 24, 25 })));
    hello.exts.Add(11, Vec(1, { 0 }));
    EXPECT_EQ("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", Text(false));
    EXPECT_EQ("ada70206e40642a3e4461f35503241d5", Hash(false));
}

TEST_F(Fingerprint, Ja3OfThePublishedExampleWithoutExtensions)
{
    hello.suites = { 4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99 };
    EXPECT_EQ("769,4-5-10-9-100-98-3-6-19-18-99,,,", Text(false));
    EXPECT_EQ("de350869b8c85de67a350c8d186f11e6", Hash(false));
}

TEST_F(Fingerprint, Ja3LeavesReservedValuesOut)
{
    hello.version = 0x0303;
    hello.suites = { 0x0A0A, 4865, 0xFAFA, 0x0A1A };
    hello.exts.Add(0x2A2A, { 0 });
    hello.exts.Add(10, Vec(2, List16({ 0x3A3A, 29 })));
    hello.exts.Add(0x4A4A, {});
    EXPECT_EQ("771,4865-2586,10,29,", Text(false));
}

TEST_F(Fingerprint, Ja3OfSuitesAlone)
{
    hello.version = 0x0303;
    EXPECT_EQ("771,4865,,,", Text(false));
    hello.suites = { 0x0A0A };
    EXPECT_EQ("771,,,,", Text(false));
}

TEST_F(Fingerprint, Ja4OfThePublishedExample)
{
    hello.version = 0x0303;
    hello.suites = { 0x1A1A, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                     0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035 };
    const Bytes filler = { 1, 2 };
    for (unsigned id : { 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
                         0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x5A5A }) {
        hello.exts.Add(static_cast<uint16_t>(id), filler);
    }
    hello.exts.Set(0x0010, Protocol("h2"));
    hello.exts.Set(0x000d,
                   Vec(2, List16({ 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601 })));
    hello.exts.Set(0x002b, Vec(1, List16({ 0xDADA, 0x0304, 0x0303 })));
    EXPECT_EQ("t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"
              "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"
              "0403,0804,0401,0503,0805,0501,0806,0601",
              Text(true));
    EXPECT_EQ("t13d1516h2_8daaf6152771_e5627efa2ab1", Hash(true));
}

TEST_F(Fingerprint, Ja4OfNothingIsZeros)
{
    hello.suites = { 0x0A0A };
    EXPECT_EQ("t10i000000__", Text(true));
    EXPECT_EQ("t10i000000_000000000000_000000000000", Hash(true));
    hello.exts.Add(0, {});
    hello.exts.Add(16, Protocol("h2"));
    EXPECT_EQ("t10d0002h2__", Text(true));
    EXPECT_EQ("t10d0002h2_000000000000_000000000000", Hash(true));
}

TEST_F(Fingerprint, Ja4TellsTheVersion)
{
    const std::map<unsigned, std::string> codes = {
        { 0x0304, "13" }, { 0x0303, "12" }, { 0x0302, "11" }, { 0x0301, "10" },
        { 0x0300, "s3" }, { 0x0200, "s2" }, { 0x0305, "00" },
    };
    for (const auto &code : codes) {
        hello.version = static_cast<uint16_t>(code.first);
        hello.exts.Drop(43);
        EXPECT_EQ(code.second, Ja4Start().substr(1, 2));
        hello.version = 0x0303;
        hello.exts.Set(43, Vec(1, List16({ 0xFAFA, 0x0100, code.first })));
        EXPECT_EQ(code.second, Ja4Start().substr(1, 2));
    }
    hello.exts.Set(43, Vec(1, { 0xFA, 0xFA }));
    EXPECT_EQ("00", Ja4Start().substr(1, 2));
}

TEST_F(Fingerprint, Ja4TellsQuic)
{
    hello.exts.Add(57, {});
    EXPECT_EQ("q10i010100", Ja4Start());
}

TEST_F(Fingerprint, Ja4ShowsTheEndsOfTheFirstProtocol)
{
    const std::map<std::string, std::string> ends = {
        { "http/1.1", "h1" },
        { "h2", "h2" },
        { "x", "xx" },
        { std::string("\0", 1), "00" },
        { "\xAB", "ab" },
        { "\xAB\xCD", "ad" },
        { "0\xAB", "3b" },
        { "01\xAB", "3b" },
        { "\xAB"
          "0",
          "a0" },
        { "Zz", "Zz" },
        { "_9", "59" },
        { "", "00" },
    };
    for (const auto &end : ends) {
        hello.exts.Set(16, Protocol(end.first));
        EXPECT_EQ(end.second, Ja4Start().substr(8)) << testing::PrintToString(end.first);
    }
    hello.exts.Set(16, Vec(2, {}));
    EXPECT_EQ("00", Ja4Start().substr(8));
    hello.exts.Set(16, Vec(2, Vec(1, { 'h', '2' }) + Vec(1, { 'x', 'y' })));
    EXPECT_EQ("h2", Ja4Start().substr(8));
}

TEST_F(Fingerprint, Ja4CountsToNinetyNine)
{
    hello.suites.clear();
    for (int i = 0; i < 120; i++) {
        hello.suites.push_back(static_cast<uint16_t>(0x1301 + i));
        hello.exts.Add(static_cast<uint16_t>(2000 + i), {});
    }
    EXPECT_EQ("t10i999900", Ja4Start());
    EXPECT_EQ(10u + 1 + 120 * 5 - 1 + 1 + 120 * 5 - 1, Text(true).size());
}

TEST_F(Fingerprint, SortsTheLongestListThereCanBe)
{
    hello.suites.clear();
    for (unsigned i = 0; i < 32767; i++) {
        hello.suites.push_back(static_cast<uint16_t>(65535 - i));
    }
    std::string text = Text(true);
    ASSERT_EQ('_', text[10]);
    std::string before = text.substr(11, 4);
    size_t listed = 1;
    for (size_t at = 16; text[at - 1] == ','; at += 5, listed++) {
        std::string each = text.substr(at, 4);
        ASSERT_LE(before, each);
        before = each;
    }
    EXPECT_EQ(32767u - 8, listed); /* but for the reserved ones, 0x8A8A to 0xFAFA */
    EXPECT_EQ(36u, Hash(true).size());
    EXPECT_EQ(32u, Hash(false).size());
}

TEST_F(Fingerprint, IsTheSameInAnyOrder)
{
    hello.suites = { 0x1303, 0x1301 };
    hello.exts.Add(23, {});
    hello.exts.Add(5, { 1 });
    std::string before = Hash(true);
    hello.suites = { 0x1301, 0x1303 };
    std::swap(hello.exts.list[0], hello.exts.list[1]);
    EXPECT_EQ(before, Hash(true));
}

TEST_F(Fingerprint, RefusesMalformedLists)
{
    struct Bad {
        uint16_t id;
        Bytes body;
        bool ja3, ja4; /* looked at by */
    };
    const std::vector<Bad> rows = {
        { 10, { 0, 3, 0, 29, 0 }, true, false },
        { 10, { 0, 4, 0, 29 }, true, false },
        { 10, { 0 }, true, false },
        { 11, { 2, 0 }, true, false },
        { 13, { 0, 3, 4, 3, 8 }, false, true },
        { 13, { 0, 4, 4, 3 }, false, true },
        { 16, { 0, 9, 2, 'h', '2' }, false, true },
        { 16, { 0, 3, 9, 'h', '2' }, false, true },
        { 43, { 2, 3 }, false, true },
        { 43, { 1, 3 }, false, true },
    };
    for (const Bad &row : rows) {
        hello.exts.list = { { row.id, row.body } };
        EXPECT_EQ(row.ja3, Text(false) == "S2N_ERR_INVALID_PARSED_EXTENSIONS") << row.id;
        EXPECT_EQ(row.ja4, Text(true) == "S2N_ERR_INVALID_PARSED_EXTENSIONS") << row.id;
    }
}

TEST_F(Fingerprint, NeedsRoomForAllOfIt)
{
    for (bool ja4 : { false, true }) {
        std::string text = Text(ja4);
        for (size_t cap = 0; cap <= text.size(); cap++) {
            Bytes out(text.size() + 1, 0xEE);
            size_t n = 0;
            EXPECT_EQ(cap == text.size(), fingerprint_text(ja4, parsed, out.data(), cap, &n));
            EXPECT_EQ(0xEE, out[cap]);
        }
    }
}

TEST_F(Fingerprint, NeedsTheMessage)
{
    uint8_t out[64];
    size_t n;
    Parse();
    buf_free(&parsed->message);
    for (bool ja4 : { false, true }) {
        EXPECT_FALSE(fingerprint_hash(ja4, parsed, out, &n));
        EXPECT_STREQ("S2N_ERR_INVALID_STATE", err_name(err_last()));
        EXPECT_FALSE(fingerprint_text(ja4, parsed, out, sizeof(out), &n));
    }
}

} // namespace
