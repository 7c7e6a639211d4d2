/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread's error slot, the texts of all errors, and stack traces. fail() of every layer ends here;
 * abi/src reads the slot. The texts that name the place are made when somebody asks for them, because a
 * would-block error is an everyday event. Nothing here allocates but backtrace_symbols, and only while traces
 * are on.
 */
#include "base/err.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#define HAVE_BACKTRACE 1
#endif
#endif

#define PLACE_MAX 128
#define FRAMES_MAX 20
#define UNKNOWN_TEXT "Unknown error: this number belongs to no error of this version of the library"

/* Part of the public interface, hence the prefix: applications read and clear it by name. */
__attribute__((visibility("default"))) __thread int s2n_errno;

static __thread struct {
    const char *file; /* NULL before the first error */
    int line;
    char text[PLACE_MAX];
    struct err_trace trace;
} slot;

static atomic_bool traces;

/* ---- rows ---- */

enum alert_number {
    ALERT_NONE = -1,
    ALERT_WIRE_ONLY = 0x100, /* sent to the peer, not reported to callers */
#define ALERT(name, number) ALERT_##name = (number), ALERT_WIRE_##name = ALERT_WIRE_ONLY | (number),
#include "base/alerts.def"
#undef ALERT
};

/* Positions in rows[]: the errors in order, and where each type begins. */
enum {
#define ERR_TYPE(type, number) FIRST_##type, BEFORE_##type = FIRST_##type - 1,
#define ERR(type, name, alert, text) ROW_##name,
#include "errors.def"
#undef ERR_TYPE
#undef ERR
    ROW_COUNT
};

static const int first_of_type[ERR_T_COUNT + 1] = {
#define ERR_TYPE(type, number) [number] = FIRST_##type,
#define ERR(type, name, alert, text)
#include "errors.def"
#undef ERR_TYPE
#undef ERR
    [ERR_T_COUNT] = ROW_COUNT,
};

struct row {
    const char *name;
    const char *text;
    int alert;
};

static const struct row rows[ROW_COUNT] = {
#define ERR_TYPE(type, number)
#define ERR(type, name, alert, text) { "S2N_ERR_" #name, text, ALERT_##alert },
#include "errors.def"
#undef ERR_TYPE
#undef ERR
};

/* The row of a code, or NULL for a number that is no error. */
static const struct row *row_of(int code)
{
    int type = err_type(code);
    if (type < 0 || type >= ERR_T_COUNT) {
        return NULL;
    }
    int index = first_of_type[type] + (code & ((1 << 26) - 1));
    return index < first_of_type[type + 1] ? &rows[index] : NULL;
}

const char *err_name(int code)
{
    const struct row *row = row_of(code);
    return row == NULL ? UNKNOWN_TEXT : row->name;
}

const char *err_text(int code)
{
    const struct row *row = row_of(code);
    return row == NULL ? UNKNOWN_TEXT : row->text;
}

bool err_known(int code)
{
    return row_of(code) != NULL;
}

int err_alert(int code)
{
    const struct row *row = row_of(code);
    return row == NULL || (row->alert & ALERT_WIRE_ONLY) ? ALERT_NONE : row->alert;
}

int err_wire_alert(int code)
{
    const struct row *row = row_of(code);
    return row == NULL || row->alert == ALERT_NONE ? ALERT_NONE : row->alert & 0xFF;
}

/* ---- the slot ---- */

static bool trace_take(void);

bool err_set(int code, const char *file, int line)
{
    s2n_errno = code;
    slot.file = file;
    slot.line = line;
    if (err_traces_on()) {
        int saved = errno;
        (void) trace_take(); /* no memory for a trace is not worse than the error at hand */
        errno = saved;
    }
    return false;
}

int err_last(void)
{
    return s2n_errno;
}

const char *err_place_debug(void)
{
    if (slot.file == NULL) {
        return "";
    }
    (void) snprintf(slot.text, sizeof(slot.text), "Error encountered in %s:%d", slot.file, slot.line);
    return slot.text;
}

const char *err_place_short(void)
{
    static __thread char text[PLACE_MAX];
    if (slot.file == NULL) {
        return "";
    }
    const char *slash = strrchr(slot.file, '/');
    (void) snprintf(text, sizeof(text), "%s:%d", slash == NULL ? slot.file : slash + 1, slot.line);
    return text;
}

/* ---- stack traces ---- */

bool err_traces_supported(void)
{
#ifdef HAVE_BACKTRACE
    return true;
#else
    return false;
#endif
}

void err_traces_set(bool on)
{
    atomic_store_explicit(&traces, on, memory_order_relaxed);
}

bool err_traces_on(void)
{
    return atomic_load_explicit(&traces, memory_order_relaxed);
}

static bool trace_take(void)
{
#ifdef HAVE_BACKTRACE
    void *frames[FRAMES_MAX];
    err_trace_free();
    int n = backtrace(frames, FRAMES_MAX);
    slot.trace.frames = backtrace_symbols(frames, n);
    slot.trace.count = slot.trace.frames == NULL ? 0 : n;
    return slot.trace.frames != NULL;
#else
    return false;
#endif
}

bool err_trace_capture(void)
{
    if (!err_traces_on() || trace_take()) {
        return true;
    }
#ifdef HAVE_BACKTRACE
    return fail(ERR_ALLOC);
#else
    return fail(ERR_UNIMPLEMENTED);
#endif
}

void err_trace_free(void)
{
    free((void *) slot.trace.frames); /* one block, made by backtrace_symbols */
    slot.trace = (struct err_trace){ 0 };
}

const struct err_trace *err_trace_get(void)
{
    return &slot.trace;
}
