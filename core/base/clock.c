/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default clocks, the call of a replaced one, and the sleep behind blinding. Called by config (defaults)
 * and by everything that has a lifetime. Never caches a time.
 */
#include "base/clock.h"

#include <errno.h>
#include <time.h>

static int read_clock(clockid_t id, uint64_t *nanoseconds)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0) {
        return -1;
    }
    *nanoseconds = (uint64_t) now.tv_sec * CLOCK_SECOND + (uint64_t) now.tv_nsec;
    return 0;
}

int clock_wall(void *ctx, uint64_t *nanoseconds)
{
    (void) ctx;
    return read_clock(CLOCK_REALTIME, nanoseconds);
}

int clock_mono(void *ctx, uint64_t *nanoseconds)
{
    (void) ctx;
    return read_clock(CLOCK_MONOTONIC, nanoseconds);
}

bool clock_read(struct clock_hook hook, uint64_t *nanoseconds)
{
    uint64_t now = 0;
    if (hook.fn(hook.ctx, &now) < 0) {
        return fail(ERR_CANCELLED);
    }
    *nanoseconds = now;
    return true;
}

void clock_sleep(uint64_t nanoseconds)
{
    struct timespec left = {
        .tv_sec = (time_t) (nanoseconds / CLOCK_SECOND),
        .tv_nsec = (long) (nanoseconds % CLOCK_SECOND),
    };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}
