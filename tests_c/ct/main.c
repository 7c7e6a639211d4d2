/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s2n_ct_tests: without arguments it runs itself below valgrind, once with all cases, where no report may come, and
 * once with each leak on purpose, where one must come. Run by `./dev test --full`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

#include "base/mem.h"
#include "crypto/init.h"
#include "ct/taint.h"

#define REPORTED "9" /* valgrind's exit status after a report */

struct entry {
    const char *name;
    bool (*run)(void);
    int status; /* of a leak: what valgrind has to end with */
};

static const struct entry cases[] = {
    { "primitives", case_primitives, 0 },
    { "ct_eq", case_ct_eq, 0 },
    { "ssl3_mac", case_ssl3_mac, 0 },
    { "cbc_open", case_cbc_open, 0 },
    { "premaster", case_premaster, 0 },
    { "zero_share", case_zero_share, 0 },
    { "finished", case_finished, 0 },
    { "schedule", case_schedule, 0 },
    { "binder", case_binder, 0 },
    { "psk_schedule", case_psk_schedule, 0 },
    { "resumed_master", case_resumed_master, 0 },
    { "session_state", case_session_state, 0 },
    { "ticket_keys", case_ticket_keys, 0 },
};

static const struct entry leaks[] = {
    { "none", leak_none, 0 },
    { "branch", leak_branch, 9 },
    { "index", leak_index, 9 },
    { "length", leak_length, 9 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- below valgrind ---- */

static bool prepare(void)
{
    if (!RUNNING_ON_VALGRIND) {
        fputs("this part runs below valgrind; call the program without arguments\n", stderr);
        return false;
    }
    return mem_init() && crypto_init();
}

static int run_cases(void)
{
    int bad = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned before = (unsigned) VALGRIND_COUNT_ERRORS;
        bool right = cases[i].run();
        unsigned reports = (unsigned) VALGRIND_COUNT_ERRORS - before;
        bad += !right || reports > 0;
        printf("   ct.%-12s %s, %u reports\n", cases[i].name, right ? "right" : "WRONG", reports);
        fflush(stdout);
    }
    return bad == 0 ? 0 : 1;
}

/* The leak's own result is right, so that only valgrind can be dissatisfied. */
static int run_leak(const char *name)
{
    for (size_t i = 0; i < COUNT(leaks); i++) {
        if (strcmp(leaks[i].name, name) == 0) {
            return leaks[i].run() ? 0 : 1;
        }
    }
    return 2;
}

/* ---- above ---- */

/* This program again, below valgrind, with one or two arguments; gives its exit status, -1 when it was killed. */
static int run_below(const char *log, const char *what, const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0) {
        return -1;
    }
    self[n] = '\0';
    pid_t child = fork();
    if (child == 0) {
        execlp("valgrind", "valgrind", "-q", "--leak-check=no", "--track-origins=yes", log,
               "--error-exitcode=" REPORTED, self, what, name, (char *) NULL);
        perror("valgrind");
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return -1;
    }
    return WEXITSTATUS(status);
}

static int run_all(void)
{
    setenv("S2N_DONT_MLOCK", "1", 1);
    int bad = 0, status = run_below("--log-fd=2", "cases", NULL);
    if (status != 0) {
        fprintf(stderr, "the cases ended with %d\n", status);
        bad++;
    }
    for (size_t i = 0; i < COUNT(leaks); i++) {
        status = run_below("--log-file=/dev/null", "leak", leaks[i].name);
        bool right = status == leaks[i].status;
        bad += !right;
        printf("   leak.%-10s %s\n", leaks[i].name, !right ? "WRONG" : status == 0 ? "clean" : "reported");
        if (!right) {
            fprintf(stderr, "the leak '%s' ended with %d, not %d\n", leaks[i].name, status, leaks[i].status);
        }
    }
    return bad == 0 ? 0 : 1;
}

/* As GoogleTest prints its cases, for tests_c/lint/compliance.py, which asks every test program. */
static int list_cases(void)
{
    puts("ct.");
    for (size_t i = 0; i < COUNT(cases); i++) {
        printf("  %s\n", cases[i].name);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        return run_all();
    }
    if (strcmp(argv[1], "--gtest_list_tests") == 0) {
        return list_cases();
    }
    if (!prepare()) {
        return 2;
    }
    return argc == 3 ? run_leak(argv[2]) : run_cases();
}
