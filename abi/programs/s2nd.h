/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of s2nd: filled by s2nd_options.c, used by s2nd.c.
 */
#ifndef PROGRAMS_S2ND_H
#define PROGRAMS_S2ND_H

#include "common.h"

enum {
    MAX_PAIRS = 50,
    UNLIMITED = 0,
};

struct server {
    struct tool_settings common;
    const char *host;
    const char *port;
    const char *alpn;
    const char *certs[MAX_PAIRS];
    const char *keys[MAX_PAIRS];
    int n_certs;
    int n_keys;
    uint32_t max_conns;
    uint32_t bench_bytes;
    bool mutual_auth;
    bool negotiate_only;
    bool parallel;
    bool accept_mfl;
    bool self_blinding;
    bool https;
    struct s2n_config *config;
    struct s2n_cert_chain_and_key *pairs[MAX_PAIRS];
    int n_pairs;
};

/* server_parse reads the command line; false after a message or the usage text on stderr. */
bool server_parse(struct server *s, int argc, char **argv);

#endif
