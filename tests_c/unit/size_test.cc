/* SPDX-License-Identifier: Apache-2.0 */
/* How much plaintext a record gets: fixed limits, small send buffers, and records that start small and grow.
 */
#include "unit/record_util.h"

namespace
{

constexpr uint64_t kSecond = 1000000000;

const RecordKind kGcm13 = { "", TLS13, 0x1301 }, kGcm12 = { "", TLS12, 0xC02F },
                 kTripleDes12 = { "", TLS12, 0x000A };

class Size : public CoreTest
{
  protected:
    static size_t Next(const RecordKind &kind, const struct size_rules &rules)
    {
        HalfPtr out;
        EXPECT_TRUE(out.Key(kind, true));
        return size_next(&rules, out);
    }
};

TEST_F(Size, IsTheMaximumFragment_WhenNothingElseIsSet)
{
    for (uint16_t max : { 1, 512, 1435, 8087, 16384 }) {
        struct size_rules rules = {};
        rules.max_fragment = max;
        EXPECT_EQ(Next(kGcm13, rules), max);
        EXPECT_EQ(Next(kTripleDes12, rules), max);
        HalfPtr plain;
        EXPECT_EQ(size_next(&rules, plain), max);
    }
}

TEST_F(Size, StaysLegal_WhenARestoredConnectionBringsAnyLimit)
{
    struct size_rules rules = {};
    EXPECT_EQ(Next(kGcm13, rules), 1U);
    rules.max_fragment = 65535;
    EXPECT_EQ(Next(kGcm13, rules), 16384U);
    rules.max_fragment = 16385;
    EXPECT_EQ(Next(kGcm12, rules), 16384U);
}

TEST_F(Size, LeavesRoomForProtection_WhenTheSendBufferIsSmall)
{
    struct size_rules rules = {};
    rules.max_fragment = 8087;
    rules.send_buffer = 1034;
    EXPECT_EQ(Next(kGcm13, rules), 773U);
    EXPECT_EQ(Next(kGcm12, rules), 5U);
    rules.send_buffer = 8087 + 261;
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
    rules.send_buffer--;
    EXPECT_EQ(Next(kGcm13, rules), 8086U);
    rules.send_buffer = UINT32_MAX;
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
}

TEST_F(Size, FitsOnePacket_WhenStartingSmall)
{
    struct size_rules rules = {};
    rules.max_fragment = 8087;
    rules.dynamic_threshold = 20000;
    EXPECT_EQ(Next(kGcm13, rules), 1378U);
    EXPECT_EQ(Next(kGcm12, rules), 1371U);
    EXPECT_EQ(Next({ "", TLS12, 0xCCA8 }, rules), 1379U);
    rules.max_fragment = 512;
    EXPECT_EQ(Next(kGcm13, rules), 512U);
}

TEST_F(Size, FillsTheLastBlockOfThePacket_WhenCbc)
{
    struct size_rules rules = {};
    rules.max_fragment = 8087;
    rules.dynamic_threshold = 1;
    for (const RecordKind &kind : AllKinds()) {
        if (suite_by_id(kind.suite)->cipher->kind != KIND_CBC) {
            continue;
        }
        HalfPtr out;
        ASSERT_TRUE(out.Key(kind, true));
        size_t n = size_next(&rules, out);
        EXPECT_EQ(n + record_overhead(out, n), RECORD_HEADER + 1392U) << kind.name;
        EXPECT_GT(n + 1 + record_overhead(out, n + 1), RECORD_HEADER + 1395U) << kind.name;
    }
}

TEST_F(Size, Grows_WhenTheThresholdIsReached)
{
    struct size_rules rules = {};
    rules.max_fragment = 8087;
    rules.dynamic_threshold = 20000;
    for (int i = 0; i < 15; i++) {
        ASSERT_EQ(Next(kGcm13, rules), 1378U) << i;
        size_note(&rules, 1378, kSecond);
    }
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
    size_note(&rules, 8087, kSecond * 100000); /* no timeout: never small again */
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
}

TEST_F(Size, StartsSmallAgain_WhenIdleForLongerThanTheTimeout)
{
    struct size_rules rules = {};
    rules.max_fragment = 8087;
    rules.dynamic_threshold = 1000;
    rules.dynamic_timeout = 3;
    size_note(&rules, 5000, kSecond);
    size_note(&rules, 0, kSecond * 4);
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
    size_note(&rules, 0, kSecond * 4 + 1);
    EXPECT_EQ(Next(kGcm13, rules), 1378U);
    size_note(&rules, 999, kSecond * 5);
    EXPECT_EQ(Next(kGcm13, rules), 1378U);
    size_note(&rules, 1, kSecond * 8);
    EXPECT_EQ(Next(kGcm13, rules), 8087U);
}

} // namespace
