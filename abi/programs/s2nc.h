/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of s2nc: filled by s2nc_options.c, used by s2nc.c and s2nc_session.c.
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
    const char *ticket_out;
    const char *ticket_in;
    const char *early_file;
    uint32_t dynamic_bytes;
    uint32_t dynamic_seconds;
    bool echo;
    bool reconnect;
    bool status;
    struct s2n_config *config;
    struct s2n_cert_chain_and_key *pair;
    char *early;
    size_t early_len;
    char *session; /* what the next connection offers; NULL: nothing */
    size_t session_len;
    bool session_fresh; /* it comes from the connection just made */
    int runs_left;
};

/* client_parse reads the command line; false after a message or the usage text on stderr. */
bool client_parse(struct client *c, int argc, char **argv);

/* client_bad_value reports a value that an option does not take; always returns false. */
bool client_bad_value(const char *option, const char *value);

/* client_session_load reads the file of --ticket-in, if there is one; false after a message. */
bool client_session_load(struct client *c);

/* client_session_offer sets the session on a new connection, if there is one; false after a message. */
bool client_session_offer(const struct client *c, struct s2n_connection *conn);

/* client_session_send_early sends early data if a session is offered; false after the failure lines. */
bool client_session_send_early(const struct client *c, struct s2n_connection *conn, int fd);

/* client_session_keep takes the session of a connection that is about to end, waiting for a ticket if one
 * is wanted, and writes the file of --ticket-out; false after a message. */
bool client_session_keep(struct client *c, struct s2n_connection *conn, int fd);

/* client_session_free wipes the session. */
void client_session_free(struct client *c);

#endif
