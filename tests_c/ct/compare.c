/* SPDX-License-Identifier: Apache-2.0 */
/* The primitives of base/ct.h on secret values, and the leaks on purpose that show what a report looks like. */
#include "base/ct.h"

#include <string.h>

#include "ct/taint.h"

static const uint32_t numbers[] = { 0, 1, 2, 16, 255, 256, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

/* Still secret, and, once shown, all ones or zero as it has to be. */
static bool mask_is(uint32_t mask, bool wanted)
{
    CHECK(secret_is(&mask, sizeof(mask)));
    secret_show(&mask, sizeof(mask));
    CHECK(mask == (wanted ? UINT32_MAX : 0));
    return true;
}

static bool select_is(uint32_t mask, uint8_t yes, uint8_t no, uint8_t wanted)
{
    secret_mark(&mask, sizeof(mask));
    secret_mark(&yes, 1);
    secret_mark(&no, 1);
    uint8_t got = ct_select8(mask, yes, no);
    CHECK(secret_is(&got, 1));
    secret_show(&got, 1);
    CHECK(got == wanted);
    return true;
}

bool case_primitives(void)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        for (size_t k = 0; k < NUMBERS; k++) {
            uint32_t a = numbers[i], b = numbers[k];
            secret_mark(&a, sizeof(a));
            secret_mark(&b, sizeof(b));
            CHECK(mask_is(ct_is_zero(a), numbers[i] == 0));
            CHECK(mask_is(ct_lt(a, b), numbers[i] < numbers[k]));
            CHECK(mask_is(ct_mask_eq(a, b), i == k));
        }
    }
    CHECK(select_is(UINT32_MAX, 7, 9, 7));
    CHECK(select_is(0, 7, 9, 9));
    return true;
}

static bool compare(const uint8_t *left, const uint8_t *right, size_t n, bool wanted)
{
    uint8_t a[64], b[64];
    memcpy(a, left, n);
    memcpy(b, right, n);
    secret_mark(a, n);
    secret_mark(b, n);
    unsigned before = boundary.verdicts;
    CHECK(ct_eq(a, b, n) == wanted);
    CHECK(boundary.verdicts == before + (n > 0));
    return true;
}

bool case_ct_eq(void)
{
    uint8_t a[64] = { 1, 2, 3 }, b[64];
    for (size_t n = 0; n <= sizeof(a); n++) {
        CHECK(compare(a, a, n, true));
        for (size_t at = 0; at < n; at++) {
            memcpy(b, a, sizeof(b));
            b[at] ^= 0x80;
            CHECK(compare(a, b, n, false));
        }
    }
    return true;
}

/* ---- leaks ---- */

static __attribute__((noinline)) bool eager_eq(const volatile uint8_t *a, const volatile uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

bool leak_none(void)
{
    uint8_t a[16] = { 1 }, b[16] = { 2 };
    secret_mark(a, sizeof(a));
    return !ct_eq(a, b, sizeof(a));
}

bool leak_branch(void)
{
    uint8_t a[16] = { 1 }, b[16] = { 2 };
    secret_mark(a, sizeof(a));
    return !eager_eq(a, b, sizeof(a));
}

bool leak_index(void)
{
    static volatile uint8_t table[256];
    uint8_t at = 77;
    secret_mark(&at, 1);
    uint8_t got = table[at];
    secret_show(&got, 1);
    return got == 0;
}
