/* SPDX-License-Identifier: Apache-2.0 */
/* The default clocks, a replaced one, and the sleep. */
#include "support/c_headers.h"

#include <ctime>

extern "C" {
#include "base/clock.h"
}

namespace
{

int Fixed(void *ctx, uint64_t *nanoseconds)
{
    *nanoseconds = *static_cast<uint64_t *>(ctx);
    return 0;
}
int Broken(void *, uint64_t *nanoseconds)
{
    *nanoseconds = 99;
    return -1;
}

TEST(Clock, WallClockIsTheSystems)
{
    uint64_t now = 0;
    time_t before = time(nullptr);
    ASSERT_TRUE(clock_read({ clock_wall, nullptr }, &now));
    EXPECT_GE(now / 1000000000, static_cast<uint64_t>(before) - 1);
    EXPECT_LE(now / 1000000000, static_cast<uint64_t>(before) + 5);
}

TEST(Clock, MonotonicClockGoesOnWhileSleeping)
{
    uint64_t before = 0, after = 0;
    ASSERT_TRUE(clock_read({ clock_mono, nullptr }, &before));
    clock_sleep(3000000);
    ASSERT_TRUE(clock_read({ clock_mono, nullptr }, &after));
    EXPECT_GE(after - before, 3000000u);
}

TEST(Clock, HookIsAskedWithItsContext)
{
    uint64_t value = 12345, now = 0;
    ASSERT_TRUE(clock_read({ Fixed, &value }, &now));
    EXPECT_EQ(now, 12345u);
}

TEST(Clock, RefusingHookIsCancelledAndWritesNothing)
{
    uint64_t now = 7;
    EXPECT_FALSE(clock_read({ Broken, nullptr }, &now));
    EXPECT_EQ(err_last(), ERR_CANCELLED);
    EXPECT_EQ(now, 7u);
}

} // namespace
