/* SPDX-License-Identifier: Apache-2.0 */
/* The reading cursor: values, bounds, and that a failed getter leaves everything as it was. */
#include "support/core_fixture.h"

extern "C" {
#include "base/rd.h"
}

namespace
{

class Rd : public CoreTest
{
};

TEST_F(Rd, NumbersAreBigEndian)
{
    Bytes in = FromHex("01 0203 040506 0708090a 0b0c0d0e0f101112");
    struct rd r = rd_of(Span(in));
    uint8_t u8;
    uint16_t u16;
    uint32_t u24, u32;
    uint64_t u64;
    ASSERT_TRUE(rd_u8(&r, &u8) && rd_u16(&r, &u16) && rd_u24(&r, &u24) && rd_u32(&r, &u32) &&
                rd_u64(&r, &u64));
    EXPECT_EQ(u8, 1);
    EXPECT_EQ(u16, 0x0203);
    EXPECT_EQ(u24, 0x040506u);
    EXPECT_EQ(u32, 0x0708090au);
    EXPECT_EQ(u64, 0x0b0c0d0e0f101112u);
    EXPECT_TRUE(rd_end(&r));
}

TEST_F(Rd, ShortInputLeavesCursorOutputAndErrorAlone)
{
    Bytes in = FromHex("010203");
    struct rd r = rd_of(Span(in));
    uint32_t u32 = 77;
    uint64_t u64 = 78;
    Bytes copy(4, 0xee);
    struct span s = SPAN_NONE;
    EXPECT_FALSE(fail(ERR_SAFETY));
    EXPECT_FALSE(rd_u32(&r, &u32));
    EXPECT_FALSE(rd_u64(&r, &u64));
    EXPECT_FALSE(rd_copy(&r, copy.data(), 4));
    EXPECT_FALSE(rd_bytes(&r, 4, &s));
    EXPECT_FALSE(rd_bytes(&r, SIZE_MAX, &s));
    EXPECT_EQ(u32, 77u);
    EXPECT_EQ(u64, 78u);
    EXPECT_EQ(copy, Bytes(4, 0xee));
    EXPECT_EQ(s.p, nullptr);
    EXPECT_EQ(rd_left(&r), 3u);
    EXPECT_EQ(err_last(), ERR_SAFETY);
}

TEST_F(Rd, VectorIsASubReader)
{
    Bytes in = FromHex("02 aabb 0001 cc 000000 dd");
    struct rd r = rd_of(Span(in)), sub;
    ASSERT_TRUE(rd_vec8(&r, &sub));
    EXPECT_EQ(Hex(rd_rest(&sub)), "aabb");
    uint32_t beyond;
    EXPECT_FALSE(rd_u24(&sub, &beyond)); /* the parent has more, the vector has not */
    ASSERT_TRUE(rd_vec16(&r, &sub));
    EXPECT_EQ(Hex(rd_rest(&sub)), "cc");
    ASSERT_TRUE(rd_vec24(&r, &sub));
    EXPECT_TRUE(rd_end(&sub));
    EXPECT_EQ(Hex(rd_take(&r)), "dd");
    EXPECT_TRUE(rd_end(&r));
}

TEST_F(Rd, VectorLongerThanTheInputIsRefusedWhole)
{
    for (const char *hex : { "03aabb", "04aabb", "ff" }) {
        Bytes in = FromHex(hex);
        struct rd r = rd_of(Span(in)), sub = rd_of(SPAN_NONE);
        EXPECT_FALSE(rd_vec8(&r, &sub)) << hex;
        EXPECT_EQ(rd_left(&r), in.size()) << hex;
        EXPECT_EQ(sub.p, nullptr);
    }
    Bytes in = FromHex("ffffff00");
    struct rd r = rd_of(Span(in)), sub;
    EXPECT_FALSE(rd_vec24(&r, &sub));
    EXPECT_FALSE(rd_vec16(&r, &sub));
    EXPECT_EQ(rd_left(&r), 4u);
}

TEST_F(Rd, EmptyCursorWithoutPointerGivesEmptyBytes)
{
    struct rd r = rd_of(SPAN_NONE);
    struct span s = SPAN(reinterpret_cast<const uint8_t *>("x"), 1);
    uint8_t v;
    EXPECT_TRUE(rd_end(&r));
    EXPECT_FALSE(rd_u8(&r, &v));
    ASSERT_TRUE(rd_bytes(&r, 0, &s));
    EXPECT_EQ(s.n, 0u);
    EXPECT_TRUE(rd_copy(&r, &v, 0));
}

} // namespace
