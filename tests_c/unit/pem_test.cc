/* SPDX-License-Identifier: Apache-2.0 */
/* The PEM walker: strict about blocks, lenient around them (contract functions-1.md section 4; RFC 7468). */
#include "support/core_fixture.h"
#include "support/pki.h"

extern "C" {
#include "x509/pem.h"
}

using namespace s2n_test;

namespace
{

struct Walk {
    bool ok = false;
    int error = 0;
    std::vector<std::pair<std::string, Bytes>> blocks;
    std::string rest; /* the text behind the last block */
};

class Pem : public CoreTest
{
  protected:
    static Walk Read(const std::string &text)
    {
        Walk w;
        struct rd r = rd_of(SPAN(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
        struct span label = SPAN_NONE;
        struct buf der = {};
        bool more = true;
        while ((w.ok = pem_next(&r, &more, &label, &der)) && more) {
            w.blocks.emplace_back(std::string(reinterpret_cast<const char *>(label.p), label.n),
                                  Bytes(der.p, der.p + der.len));
        }
        w.error = w.ok ? 0 : err_last();
        w.rest.assign(reinterpret_cast<const char *>(r.p), rd_left(&r));
        buf_free(&der);
        return w;
    }
    static void ExpectBlocks(const std::string &text, size_t n)
    {
        Walk w = Read(text);
        EXPECT_TRUE(w.ok) << text;
        ASSERT_EQ(w.blocks.size(), n) << text;
        for (const auto &b : w.blocks) {
            EXPECT_EQ(b.first, "A THING");
            EXPECT_EQ(b.second, FromHex("0001fe")) << text;
        }
    }
    static void ExpectBroken(const std::string &text)
    {
        Walk w = Read(text);
        EXPECT_FALSE(w.ok) << text;
        EXPECT_EQ(w.error, ERR_INVALID_PEM) << text;
    }
};

const std::string kBegin = "-----BEGIN A THING-----\n", kEnd = "-----END A THING-----\n";
const std::string kBlock = kBegin + "AAH+\n" + kEnd;

TEST_F(Pem, BlocksComeInOrder)
{
    ExpectBlocks("", 0);
    ExpectBlocks("no block here, only - dashes - and a NUL" + std::string(1, '\0'), 0);
    ExpectBlocks(kBlock, 1);
    ExpectBlocks(kBlock + kBlock + kBlock, 3);
    Walk w = Read(kBlock + "-----BEGIN X-----\nAA==\n-----END X-----");
    ASSERT_EQ(w.blocks.size(), 2u);
    EXPECT_EQ(w.blocks[1].first, "X");
    EXPECT_EQ(w.blocks[1].second, Bytes{ 0 });
}

TEST_F(Pem, TextAroundBlocksIsSkipped)
{
    ExpectBlocks("subject: a - b\n" + kBlock + "issuer: c\r\n\r\n" + kBlock + "the end\n", 2);
    EXPECT_EQ(Read(kBlock + "the end").rest, "\nthe end");
}

TEST_F(Pem, AnyNumberOfDashesFromTwo)
{
    for (size_t n : { 2u, 3u, 64u }) {
        std::string d(n, '-');
        ExpectBlocks(d + "BEGIN A THING" + d + "\nAAH+\n" + d + "END A THING" + d, 1);
    }
    ExpectBlocks("--BEGIN A THING-------\nAAH+\n---END A THING----\n", 1); /* they need not match */
    std::string many(65, '-');
    ExpectBroken(many + "BEGIN A THING--\nAAH+\n--END A THING--");
    ExpectBroken("--BEGIN A THING" + many + "\nAAH+\n--END A THING--");
    ExpectBroken("--BEGIN A THING--\nAAH+\n--END A THING" + many);
    ExpectBroken("--BEGIN A THING--\nAAH+\n--END A THING-");
    ExpectBroken("--BEGIN A THING-\nAAH+\n--END A THING--");
}

TEST_F(Pem, EndAndBeginOnOneLine)
{
    std::string text = "-----BEGIN A THING-----\nAAH+\n-----END A THING----------BEGIN A "
                       "THING-----\nAAH+\n-----END A THING-----";
    ExpectBlocks(text, 2);
    ExpectBlocks(
        "-----BEGIN A THING-----AAH+-----END A THING-----BEGIN A THING-----AAH+-----END A THING-----", 2);
}

TEST_F(Pem, LinesAndStrangeBytesInTheBody)
{
    for (const char *body : { "AAH+", "A\nA\nH\n+", "AAH+\r\n", "A A\tH +", "AA*H.+!", "\n\n-AAH+\n",
                              "A\x80"
                              "AH+\xff" }) {
        ExpectBlocks(kBegin + body + kEnd, 1);
    }
}

TEST_F(Pem, BrokenBlocks)
{
    ExpectBroken(kBegin); /* no end */
    ExpectBroken(kBegin + "AAH+\n");
    ExpectBroken(kBegin + "AAH+\n-----END A THINE-----"); /* another label */
    ExpectBroken(kBegin + "AAH+\n-----END -----");
    ExpectBroken(kBegin + "AAH+\n" + kBlock); /* a begin inside */
    ExpectBroken("AAH+\n" + kEnd);            /* an end alone */
    ExpectBroken("-- comment\n" + kBlock);
    ExpectBroken(kBlock + "-- comment\n");
    ExpectBroken("-----begin A THING-----\nAAH+\n" + kEnd);
    ExpectBroken("-----BEGIN A\nTHING-----\nAAH+\n-----END A\nTHING-----");
    for (const char *body :
         { "", "\n", "=", "A", "AA", "AAH", "AAH+A", "AA=", "A===", "AA=A", "====", "AA==AAH+", "AAA=A" }) {
        ExpectBroken(kBegin + body + kEnd);
    }
}

TEST_F(Pem, EverySizeComesBack)
{
    for (size_t n = 1; n < 200; n++) {
        Bytes bytes(n);
        for (size_t i = 0; i < n; i++) {
            bytes[i] = static_cast<uint8_t>(i * 37 + n);
        }
        for (size_t line : { 1u, 64u, 1000u }) {
            Walk w = Read(PemBlock("L", bytes, line));
            ASSERT_TRUE(w.ok);
            ASSERT_EQ(w.blocks.size(), 1u);
            EXPECT_EQ(w.blocks[0].second, bytes);
        }
    }
}

TEST_F(Pem, CutAnywhereIsBrokenOrEmpty)
{
    for (size_t n = 0; n < kBlock.size(); n++) {
        Walk w = Read(kBlock.substr(0, n));
        bool complete = n >= kBlock.size() - 4; /* two of the last five dashes are enough */
        EXPECT_EQ(w.blocks.size(), complete ? 1u : 0u) << n;
        EXPECT_EQ(w.ok, n < 2 || complete) << n;
    }
}

} // namespace
