/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time, in nanoseconds, through a hook that a config may replace. clock_wall counts from the Unix epoch,
 * clock_mono from an arbitrary point and never steps back.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

#define CLOCK_SECOND 1000000000ULL
#define CLOCK_MS 1000000ULL

typedef int clock_fn(void *ctx, uint64_t *nanoseconds);

struct clock_hook {
    clock_fn *fn;
    void *ctx;
};

int clock_wall(void *ctx, uint64_t *nanoseconds);
int clock_mono(void *ctx, uint64_t *nanoseconds);
/* clock_read asks the hook; a negative answer fails with ERR_CANCELLED. */
MUST_USE bool clock_read(struct clock_hook hook, uint64_t *nanoseconds);
void clock_sleep(uint64_t nanoseconds); /* goes on after signals until the time is over */

#endif
