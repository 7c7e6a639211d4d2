/* SPDX-License-Identifier: Apache-2.0 */
/* The writing cursor: bytes on the wire, length fields, and sticky failure. */
#include "support/core_fixture.h"

extern "C" {
#include "base/wr.h"
}

namespace
{

class Wr : public CoreTest
{
  protected:
    void TearDown() override { buf_free(&out); }
    struct buf out = {};
};

TEST_F(Wr, NumbersAreBigEndian)
{
    struct wr w = wr_to(&out);
    wr_u8(&w, 1);
    wr_u16(&w, 0x0203);
    wr_u24(&w, 0x040506);
    wr_u32(&w, 0x0708090a);
    wr_u64(&w, 0x0b0c0d0e0f101112);
    wr_zeros(&w, 2);
    Bytes tail = FromHex("abcd");
    wr_bytes(&w, Span(tail));
    wr_bytes(&w, SPAN_NONE);
    ASSERT_TRUE(wr_ok(&w));
    EXPECT_EQ(Hex(buf_span(&out)), "0102030405060708090a0b0c0d0e0f1011120000abcd");
}

TEST_F(Wr, LengthFieldsNest)
{
    struct wr w = wr_to(&out);
    struct wr_mark outer = wr_open(&w, 3);
    struct wr_mark middle = wr_open(&w, 2);
    struct wr_mark inner = wr_open(&w, 1);
    wr_u8(&w, 0xaa);
    wr_close(&w, inner);
    wr_close(&w, middle);
    wr_close(&w, outer);
    ASSERT_TRUE(wr_ok(&w));
    EXPECT_EQ(Hex(buf_span(&out)), "0000040002"
                                   "01aa");
}

TEST_F(Wr, LengthFieldHoldsItsMaximumAndNoMore)
{
    for (unsigned extra = 0; extra < 2; extra++) {
        struct wr w = wr_to(&out);
        struct wr_mark mark = wr_open(&w, 1);
        wr_zeros(&w, 255 + extra);
        wr_close(&w, mark);
        EXPECT_EQ(wr_ok(&w), extra == 0);
    }
    EXPECT_EQ(err_last(), ERR_SIZE_MISMATCH);
    struct wr w = wr_to(&out);
    struct wr_mark mark = wr_open(&w, 2);
    wr_zeros(&w, 65536);
    wr_close(&w, mark);
    EXPECT_FALSE(wr_ok(&w));
}

TEST_F(Wr, FullFixedBufferFailsOnceAndForAll)
{
    uint8_t room[3] = { 9, 9, 9 };
    struct buf fixed = BUF_FIXED(room, sizeof(room));
    struct wr w = wr_to(&fixed);
    wr_u16(&w, 0x0102);
    struct wr_mark mark = wr_open(&w, 2);
    wr_u8(&w, 7);
    wr_bytes(&w, SPAN(room, 1));
    wr_zeros(&w, 1);
    wr_close(&w, mark);
    EXPECT_EQ(wr_room(&w, 1), nullptr);
    EXPECT_FALSE(wr_ok(&w));
    EXPECT_EQ(err_last(), ERR_SIZE_MISMATCH);
    EXPECT_EQ(ToHex(room, 3), "010209");
    EXPECT_EQ(fixed.len, 2u);
}

TEST_F(Wr, RoomIsPartOfTheBuffer)
{
    struct wr w = wr_to(&out);
    uint8_t *room = wr_room(&w, 4);
    ASSERT_NE(room, nullptr);
    std::memcpy(room, "abcd", 4);
    wr_u8(&w, 'e');
    ASSERT_TRUE(wr_ok(&w));
    EXPECT_EQ(out.len, 5u);
    EXPECT_EQ(std::memcmp(out.p, "abcde", 5), 0);
}

TEST_F(Wr, GrowsPastAnySize)
{
    struct wr w = wr_to(&out);
    for (uint32_t i = 0; i < 20000; i++) {
        wr_u32(&w, i);
    }
    ASSERT_TRUE(wr_ok(&w));
    ASSERT_EQ(out.len, 80000u);
    EXPECT_EQ(ToHex(out.p + 4 * 19999, 4), "00004e1f");
}

} // namespace
