/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of the NSS key log: label, client random and secret, the last two in lower-case hex. Called by the
 * key schedule when a logged secret comes into being; the application gets the line without an end and must
 * copy it.
 */
#include <string.h>

#include "schedule/schedule.h"

#define LABEL_MAX 32
#define RANDOM_LEN 32

static char *put_hex(char *at, struct span s)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < s.n; i++) {
        *at++ = digits[s.p[i] >> 4];
        *at++ = digits[s.p[i] & 15];
    }
    return at;
}

void keylog_secret(const struct keylog *k, const char *label, const uint8_t *client_random,
                   const struct secret *secret)
{
    char line[LABEL_MAX + 1 + 2 * RANDOM_LEN + 1 + 2 * sizeof(secret->b)];
    size_t n = strlen(label);
    if (k->fn == NULL || n == 0 || n > LABEL_MAX) {
        return;
    }
    memcpy(line, label, n);
    char *at = line + n;
    *at++ = ' ';
    at = put_hex(at, SPAN(client_random, RANDOM_LEN));
    *at++ = ' ';
    at = put_hex(at, secret_span(secret));
    k->fn(k->ctx, (const uint8_t *) line, (size_t) (at - line));
    wipe(line, sizeof(line));
}
