/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of s2nd: filled by s2nd_options.c, used by s2nd.c and s2nd_sessions.c.
 */
#ifndef PROGRAMS_S2ND_H
#define PROGRAMS_S2ND_H

#include "common.h"

enum {
    MAX_PAIRS = 50,
    UNLIMITED = 0,
};

struct session_cache;

struct server {
    struct tool_settings common;
    const char *host;
    const char *port;
    const char *alpn;
    const char *ticket_key;
    const char *ocsp;
    const char *certs[MAX_PAIRS];
    const char *keys[MAX_PAIRS];
    int n_certs;
    int n_keys;
    uint32_t max_conns;
    uint32_t bench_bytes;
    uint32_t max_early_data;
    bool mutual_auth;
    bool negotiate_only;
    bool parallel;
    bool accept_mfl;
    bool self_blinding;
    bool https;
    struct s2n_config *config;
    struct session_cache *cache;
    struct s2n_cert_chain_and_key *pairs[MAX_PAIRS];
    int n_pairs;
};

/* server_parse reads the command line; false after a message or the usage text on stderr. */
bool server_parse(struct server *s, int argc, char **argv);

/* server_sessions_set_up puts ticket key, session cache and early data limit on the config, on which tickets
 * must be switched on already if they are wanted; false after a message. */
bool server_sessions_set_up(struct server *s);

/* server_sessions_free frees the cache, which the config uses until its own end. */
void server_sessions_free(struct server *s);

#endif
