/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of s2nc and s2nd say to a person about errors, and the reading of a number. Uses no other file of
 * theirs, so all of them may use it.
 */
#include "common.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool tool_report(const char *message)
{
    int error = s2n_errno;
    fprintf(stderr, "[%d] %s: '%s' : '%s'\n", (int) getpid(), message, s2n_strerror(error, "EN"),
            s2n_strerror_debug(error, "EN"));
    return false;
}

void tool_unavailable(const char *program, const char *option)
{
    fprintf(stderr, "%s: option --%s is not available in this release yet\n", program, option);
}

bool tool_parse_number(const char *text, uint32_t max, uint32_t *out)
{
    char *end = NULL;
    unsigned long long value = 0;

    /* strtoull takes signs and leading blanks, which would turn "-1" into a huge number. */
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || value > max) {
        return false;
    }
    *out = (uint32_t) value;
    return true;
}
