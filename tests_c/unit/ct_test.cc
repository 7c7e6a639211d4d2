/* SPDX-License-Identifier: Apache-2.0 */
/* The constant-time primitives give the right answers; that they take the same time is shown in tests_c/ct.
 * */
#include "support/core_fixture.h"

extern "C" {
#include "base/ct.h"
}

namespace
{

TEST(Ct, EqualSeesEveryBitOfEveryByte)
{
    uint8_t a[33], b[33];
    for (size_t i = 0; i < sizeof(a); i++) {
        a[i] = b[i] = static_cast<uint8_t>(i * 7);
    }
    EXPECT_TRUE(ct_eq(a, b, sizeof(a)));
    EXPECT_TRUE(ct_eq(a, b, 0));
    for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
        b[bit / 8] = static_cast<uint8_t>(b[bit / 8] ^ (1 << bit % 8));
        EXPECT_FALSE(ct_eq(a, b, sizeof(a))) << bit;
        b[bit / 8] = a[bit / 8];
    }
    b[32] ^= 1;
    EXPECT_TRUE(ct_eq(a, b, 32)); /* only what was asked for */
}

TEST(Ct, MasksAreAllOnesOrNone)
{
    const uint32_t values[] = { 0, 1, 2, 127, 128, 255, 256, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
    for (uint32_t a : values) {
        EXPECT_EQ(ct_is_zero(a), a == 0 ? 0xffffffff : 0) << a;
        for (uint32_t b : values) {
            EXPECT_EQ(ct_lt(a, b), a < b ? 0xffffffff : 0) << a << ' ' << b;
            EXPECT_EQ(ct_mask_eq(a, b), a == b ? 0xffffffff : 0) << a << ' ' << b;
        }
    }
}

TEST(Ct, SelectTakesOneOfTwo)
{
    EXPECT_EQ(ct_select8(0xffffffff, 0xab, 0xcd), 0xab);
    EXPECT_EQ(ct_select8(0, 0xab, 0xcd), 0xcd);
}

} // namespace
