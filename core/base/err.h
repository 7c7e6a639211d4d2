/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error idiom of the library: functions that can fail return bool and are MUST_USE; the place that finds
 * the fault says `return fail(ERR_X)`, everyone above it says TRY(...). The thread's slot keeps the code and the
 * place. A success never touches the slot. Codes, names, alerts and texts are rows of errors.def.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define MUST_USE __attribute__((warn_unused_result))

enum err_type {
#define ERR_TYPE(type, number) ERR_T_##type = (number),
#define ERR(type, name, alert, text)
#include "errors.def"
#undef ERR_TYPE
#undef ERR
    ERR_T_COUNT
};

/* Row order within a type is the numbering: code = type << 26 | index. */
enum err_code {
#define ERR_TYPE(type, number) ERR_T_##type##_BEFORE = ((number) << 26) - 1,
#define ERR(type, name, alert, text) ERR_##name,
#include "errors.def"
#undef ERR_TYPE
#undef ERR
};

/* Record `code` with its place in the thread's slot; always false, so that `return fail(...)` reads well. */
#define fail(code) ((void) err_set((code), __FILE__, __LINE__), false)
bool err_set(int code, const char *file, int line) __attribute__((cold));

/* Pass a failure on. The only macro of the library that returns. */
#define TRY(expr)         \
    do {                  \
        if (!(expr)) {    \
            return false; \
        }                 \
    } while (0)

/* err_last is the code in this thread's slot (0 before any error); err_type is its category. */
int err_last(void);
static inline int err_type(int code)
{
    return code >> 26;
}

/* err_name, err_text: the row's name (with the public prefix) and text; one fixed text for an unknown code. */
const char *err_name(int code);
const char *err_text(int code);
bool err_known(int code); /* the number has a row */
/* err_place_debug, err_place_short: where the thread's last error was raised; "" before any. */
const char *err_place_debug(void);
const char *err_place_short(void);
/* err_alert is what the API reports as an error's alert, err_wire_alert what a peer is told; -1: none. */
int err_alert(int code);
int err_wire_alert(int code);

/* Stack traces, captured by err_set while switched on; strings belong to the thread until the next capture. */
struct err_trace {
    char **frames;
    int count;
};
bool err_traces_supported(void); /* by the platform */
void err_traces_set(bool on);
bool err_traces_on(void);
MUST_USE bool err_trace_capture(void);
void err_trace_free(void);
const struct err_trace *err_trace_get(void);

#endif
