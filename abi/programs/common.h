/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two command-line programs, s2nc and s2nd, share: settings both of them take, error reports,
 * config and connection set-up (common.c), external keys (psk.c), sockets and the blocking loops around
 * the library (io.c, early.c), the lines that describe a connection (info.c), the full-duplex echo (echo.c)
 * and saved connections (saved.c). Public API only; nothing here is part of the library.
 */
#ifndef PROGRAMS_COMMON_H
#define PROGRAMS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <s2n.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit codes. A failed handshake has its own, so that scripts can tell it from a wrong command line. */
enum tool_exit {
    TOOL_OK = 0,
    TOOL_ERROR = 1,
    TOOL_HANDSHAKE_FAILED = 255,
};

enum {
    TOOL_MAX_PSKS = 10,
    IO_SHUTDOWN_WAIT_MS = 10000, /* how long a peer may take to answer our close_notify */
};

/* An external pre-shared key as it stands in argv; the secret is hex digits, an even number of them. */
struct tool_psk {
    const char *identity;
    const char *hex;
    size_t identity_len;
    size_t hex_len;
    s2n_psk_hmac hash;
};

/* Settings that mean the same in both programs. NULL is "not given". Strings point into argv. */
struct tool_settings {
    const char *program;
    const char *policy;
    const char *ca_file;
    const char *ca_dir;
    const char *key_log;
    const char *send_buffer;
    const char *serialize_out;
    const char *deserialize_in;
    bool require_fips;
    bool insecure;
    bool corked;
    bool non_blocking;
    bool low_latency;
    bool throughput;
    bool no_tickets;
    struct tool_psk psks[TOOL_MAX_PSKS];
    int n_psks;
    FILE *key_log_file;
};

/* report.c ---------------------------------------------------------------------------------------- */

/* tool_report prints the calling thread's library error behind a message; always returns false. */
bool tool_report(const char *message);

/* tool_unavailable says that an option belongs to a feature that this release does not have. */
void tool_unavailable(const char *program, const char *option);

/* tool_parse_number reads a decimal number from 0 to max; false when text is anything else. */
bool tool_parse_number(const char *text, uint32_t max, uint32_t *out);

/* common.c ---------------------------------------------------------------------------------------- */

/* tool_start initialises the library, prints the libcrypto line and checks FIPS mode if required. */
bool tool_start(const struct tool_settings *settings);

/* tool_read_file reads a whole file; NUL-terminated, freed by the caller; NULL after a message. */
char *tool_read_file(const char *path, size_t *out_len);

/* tool_load_pair loads a certificate chain and its key from PEM text; NULL after a message. */
struct s2n_cert_chain_and_key *tool_load_pair(const char *chain_pem, const char *key_pem);

/* tool_load_pair_files does the same from two files. */
struct s2n_cert_chain_and_key *tool_load_pair_files(const char *chain_path, const char *key_path);

/* tool_config_apply puts the shared settings on a config: policy, trust, key log, buffers, tickets, PSK mode,
 * saved connections, no blinding delay. Opens settings->key_log_file, which must outlive the config. */
bool tool_config_apply(struct s2n_config *config, struct tool_settings *settings);

/* tool_conn_apply binds a connection to a config and a socket and sets the record options and the PSKs. */
bool tool_conn_apply(struct s2n_connection *conn, struct s2n_config *config,
                     const struct tool_settings *settings, int fd);

/* psk.c ------------------------------------------------------------------------------------------- */

/* tool_take_psk adds the argument of a --psk option to the settings; false after a message. */
bool tool_take_psk(struct tool_settings *settings, const char *text);

/* tool_append_psks gives a connection all the keys, in the order of the command line. */
bool tool_append_psks(struct s2n_connection *conn, const struct tool_settings *settings);

/* io.c -------------------------------------------------------------------------------------------- */

/* io_connect and io_listen resolve a name and return a socket, or -1 after a message. */
int io_connect(const char *host, const char *port);
int io_listen(const char *host, const char *port);

/* io_set_non_blocking switches a descriptor; failure is not an error for any caller. */
void io_set_non_blocking(int fd);

/* io_wait waits until fd is ready for what the library is blocked on; false when there is nothing to
 * wait for or timeout_ms (-1: none) is over. */
bool io_wait(int fd, s2n_blocked_status blocked, int timeout_ms);

/* io_at_end is true when the peer has closed its socket and everything before that was read. */
bool io_at_end(int fd);

/* io_hide_end makes the end of the socket look like silence to the library, which would otherwise close the
 * connection as truncated, after which it cannot be saved. The caller asks io_at_end before it waits. */
bool io_hide_end(struct s2n_connection *conn, int fd);

/* io_handshake_failed prints the failure lines, sends the alert (if the library queued one) and lingers
 * shortly, so that the peer gets to read it; always returns false. */
bool io_handshake_failed(struct s2n_connection *conn, int fd);

/* io_negotiate runs the handshake to its end; false after io_handshake_failed. */
bool io_negotiate(struct s2n_connection *conn, int fd);

/* io_send sends all of data; false after a message. */
bool io_send(struct s2n_connection *conn, int fd, const void *data, size_t len);

/* io_shutdown closes the connection in both directions; a peer that has gone is not an error. */
bool io_shutdown(struct s2n_connection *conn, int fd);

/* io_print_closed prints the line for a peer that left without saying goodbye. */
void io_print_closed(bool reset);

/* io_write_all writes to a descriptor, waiting as long as it takes; false when it cannot be written. */
bool io_write_all(int fd, const void *data, size_t len);

/* early.c ----------------------------------------------------------------------------------------- */

/* early_send sends what the peer takes of data before the handshake; the rest is dropped. False after
 * io_handshake_failed. */
bool early_send(struct s2n_connection *conn, int fd, const void *data, size_t len);

/* early_receive prints the early data of a client, if it sends any; false after io_handshake_failed. */
bool early_receive(struct s2n_connection *conn, int fd);

/* info.c ------------------------------------------------------------------------------------------ */

/* info_print prints the block of lines after a handshake, "s2n is ready" included. */
void info_print(struct s2n_connection *conn);

/* info_print_summary prints what the https page repeats: versions, names, group, cipher. */
void info_print_summary(struct s2n_connection *conn, FILE *out);

/* info_print_resumption prints a line if the connection resumed a session; on the page as well. */
void info_print_resumption(struct s2n_connection *conn, FILE *out);

/* echo.c ------------------------------------------------------------------------------------------ */

/* How an echo ended: by stdin, by the peer's close_notify, by its vanishing, or by an error (reported). */
enum echo_end {
    ECHO_STDIN_END,
    ECHO_PEER_CLOSED,
    ECHO_PEER_GONE,
    ECHO_FAILED,
};

/* echo_run copies stdin to the connection and the connection to stdout until one of them ends. With
 * keep_alive, a peer that closes its socket without close_notify ends it without touching the
 * connection, which can then still be saved. */
enum echo_end echo_run(struct s2n_connection *conn, int fd, bool keep_alive);

/* saved.c ----------------------------------------------------------------------------------------- */

/* saved_write_file writes data to a file that only its owner can read. */
bool saved_write_file(const char *path, const void *data, size_t len);

/* saved_store writes the connection to such a file; the connection is spent. */
bool saved_store(struct s2n_connection *conn, const char *path);

/* saved_load restores a fresh connection from such a file. */
bool saved_load(struct s2n_connection *conn, const char *path);

#endif
