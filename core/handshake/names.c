/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public name of a handshake type: its flags in bit order, joined with "|" (contract/handshake.md section 2).
 * Names are built once per value and kept, so that the pointer given out is static.
 */
#include <pthread.h>
#include <string.h>

#include "handshake/hs.h"

#define NAME_MAX_LEN 142

static const char *const low[4] = { "NEGOTIATED", "FULL_HANDSHAKE", "CLIENT_AUTH", "NO_CLIENT_CERT" };
static const char *const high[2][4] = {
    { "TLS12_PERFECT_FORWARD_SECRECY", "OCSP_STATUS", "WITH_SESSION_TICKET", "WITH_NPN" },
    { "HELLO_RETRY_REQUEST", "MIDDLEBOX_COMPAT", "WITH_EARLY_DATA", "EARLY_CLIENT_CCS" },
};
static char names[2][256][NAME_MAX_LEN];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void append(char *name, const char *part)
{
    size_t have = strlen(name);
    size_t n = strlen(part);
    if (have > 0) {
        name[have++] = '|';
    }
    memcpy(name + have, part, n + 1);
}

static void build(void)
{
    for (int generation = 0; generation < 2; generation++) {
        for (int type = 1; type < 256; type++) {
            for (int bit = 0; bit < 8; bit++) {
                if (type & (1 << bit)) {
                    append(names[generation][type], bit < 4 ? low[bit] : high[generation][bit - 4]);
                }
            }
        }
    }
}

const char *hs_type_name(uint16_t version, uint8_t type)
{
    if (type == 0) {
        return "INITIAL";
    }
    pthread_once(&built, build);
    return names[version == TLS13][type];
}
