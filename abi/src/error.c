/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points about errors: the number of the calling thread, what a number means, and backtraces. None of them but
 * s2n_calculate_stacktrace and s2n_print_stacktrace changes the error number. Usable before s2n_init.
 */
#include <stdio.h>
#include <strings.h>

#include "edge.h"
#include "s2n.h"

/* Opaque in the header; s2n_get_stacktrace's caller has declared it with these two members. */
struct s2n_stacktrace {
    char **trace;
    int trace_size;
};

int *s2n_errno_location(void)
{
    return &s2n_errno;
}

int s2n_error_get_type(int error)
{
    return err_type(error);
}

static bool speaks(const char *lang)
{
    return lang == NULL || strcasecmp(lang, "EN") == 0;
}

static const char no_such_language[] = "Error texts exist in English only; pass \"EN\" as the language";

const char *s2n_strerror(int error, const char *lang)
{
    return speaks(lang) ? err_text(error) : no_such_language;
}

const char *s2n_strerror_name(int error)
{
    return err_name(error);
}

const char *s2n_strerror_debug(int error, const char *lang)
{
    if (!speaks(lang)) {
        return no_such_language;
    }
    return error == 0 ? err_text(0) : err_place_debug();
}

const char *s2n_strerror_source(int error)
{
    return error == 0 ? err_text(0) : err_place_short();
}

bool s2n_stack_traces_enabled(void)
{
    return err_traces_on();
}

int s2n_stack_traces_enabled_set(bool newval)
{
    err_traces_set(newval);
    return S2N_SUCCESS;
}

int s2n_calculate_stacktrace(void)
{
    return result(err_trace_capture());
}

int s2n_print_stacktrace(FILE *fptr)
{
    if (!GIVEN(fptr)) {
        return S2N_FAILURE;
    }
    if (!err_traces_on()) {
        (void) fprintf(
            fptr, "Backtraces are not captured.\n%s\n",
            "Set the environment variable S2N_PRINT_STACKTRACE before the program starts to see them.");
        return S2N_SUCCESS;
    }
    const struct err_trace *trace = err_trace_get();
    (void) fprintf(fptr, "Backtrace of the last error:\n");
    for (int i = 0; i < trace->count; i++) {
        (void) fprintf(fptr, "%s\n", trace->frames[i]);
    }
    return S2N_SUCCESS;
}

int s2n_free_stacktrace(void)
{
    if (!err_traces_supported()) {
        (void) fail(ERR_UNIMPLEMENTED);
        return S2N_FAILURE;
    }
    err_trace_free();
    return S2N_SUCCESS;
}

int s2n_get_stacktrace(struct s2n_stacktrace *trace)
{
    if (!GIVEN(trace)) {
        return S2N_FAILURE;
    }
    if (!err_traces_supported()) {
        (void) fail(ERR_UNIMPLEMENTED);
        return S2N_FAILURE;
    }
    const struct err_trace *last = err_trace_get();
    trace->trace = last->frames;
    trace->trace_size = last->count;
    return S2N_SUCCESS;
}
