/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secret taint for runs under valgrind: memcheck follows "undefined" through every calculation and reports the
 * branch or the index that depends on it. What a case calls secret is marked undefined, so that a report is a leak.
 * boundary.c stands between the core and libcrypto (the linker's --wrap): what comes out of libcrypto is marked, and
 * a verdict of ct_eq, which everybody may know, is shown. Memcheck does not see instructions of variable time, such
 * as a division.
 */
#ifndef CT_TAINT_H
#define CT_TAINT_H

#include <stdbool.h>
#include <stddef.h>

void secret_mark(const void *p, size_t n);
void secret_show(const void *p, size_t n); /* from now on public */
bool secret_is(const void *p, size_t n);   /* some bit of it is secret */

struct boundary {
    bool on;           /* mark what libcrypto gives */
    bool derive_zero;  /* key agreement gives zeros, as by a libcrypto that lets points of small order pass */
    unsigned verdicts; /* comparisons by ct_eq that saw something secret */
};
extern struct boundary boundary;

/* A case gives false, after a message, when the called function's result is wrong; leaks are counted by valgrind. */
bool check_failed(const char *text, const char *file, int line);
#define CHECK(expr)                                         \
    do {                                                    \
        if (!(expr)) {                                      \
            return check_failed(#expr, __FILE__, __LINE__); \
        }                                                   \
    } while (0)

bool case_primitives(void);
bool case_ct_eq(void);
bool case_ssl3_mac(void);
bool case_cbc_open(void);
bool case_premaster(void);
bool case_zero_share(void);
bool case_finished(void);
bool case_schedule(void);
bool case_binder(void);
bool case_psk_schedule(void);
bool case_resumed_master(void);
bool case_session_state(void);
bool case_ticket_keys(void);

/* Leaks on purpose: valgrind has to report each of them. */
bool leak_none(void);
bool leak_branch(void);
bool leak_index(void);
bool leak_length(void);

#endif
