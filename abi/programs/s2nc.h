/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of s2nc: filled by s2nc_options.c, used by s2nc.c.
 */
#ifndef PROGRAMS_S2NC_H
#define PROGRAMS_S2NC_H

#include "common.h"

struct client {
    struct tool_settings common;
    const char *host;
    const char *port;
    const char *server_name;
    const char *alpn;
    const char *send_file;
    const char *mfl;
    const char *cert;
    const char *key;
    uint32_t dynamic_bytes;
    uint32_t dynamic_seconds;
    bool echo;
    bool reconnect;
    struct s2n_config *config;
    struct s2n_cert_chain_and_key *pair;
};

/* client_parse reads the command line; false after a message or the usage text on stderr. */
bool client_parse(struct client *c, int argc, char **argv);

/* client_bad_value reports a value that an option does not take; always returns false. */
bool client_bad_value(const char *option, const char *value);

#endif
