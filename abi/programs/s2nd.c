/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s2nd: a TLS server for the command line. It handles one connection after the other, or each in a child
 * process, shows what was negotiated and pumps stdin and stdout through the connection. The listening
 * line comes before certificates and policy are set up, because test harnesses wait for it.
 */
#include "s2nd.h"

#include "https.h"
#define TEST_PKI_WITH_KEY
#include "test_pki.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- configuration ------------------------------------------------------------------------------ */

/* Client certificates carry all sorts of names, and this server knows none of its clients by name. */
static uint8_t accept_any_name(const char *name, size_t len, void *data)
{
    (void) name;
    (void) len;
    (void) data;
    return 1;
}

static bool add_pair(struct server *s, struct s2n_cert_chain_and_key *pair)
{
    if (pair == NULL) {
        return false;
    }
    s->pairs[s->n_pairs++] = pair;
    return s2n_config_add_cert_chain_and_key_to_store(s->config, pair) == S2N_SUCCESS ||
           tool_report("Error setting certificate and key");
}

static bool add_pairs(struct server *s)
{
    if (s->n_certs == 0) {
        return add_pair(s, tool_load_pair(test_pki_cert, test_pki_key));
    }
    for (int i = 0; i < s->n_certs; i++) {
        if (!add_pair(s, tool_load_pair_files(s->certs[i], s->keys[i]))) {
            return false;
        }
    }
    return true;
}

/* One response for all pairs, as it is not looked at here. */
static bool config_pairs(struct server *s)
{
    char *response = NULL;
    size_t len = 0;
    bool ok = add_pairs(s);

    if (!ok || s->ocsp == NULL) {
        return ok;
    }
    response = tool_read_file(s->ocsp, &len);
    ok = response != NULL && len <= UINT32_MAX;
    for (int i = 0; ok && i < s->n_pairs; i++) {
        ok = s2n_cert_chain_and_key_set_ocsp_data(s->pairs[i], (const uint8_t *) response, (uint32_t) len) ==
             S2N_SUCCESS;
        ok = ok || tool_report("Error setting the OCSP response");
    }
    free(response);
    return ok;
}

static bool config_client_auth(struct server *s)
{
    if (s2n_config_set_verify_host_callback(s->config, accept_any_name, NULL) != S2N_SUCCESS) {
        return tool_report("Error setting host name verification");
    }
    if (s->mutual_auth && s2n_config_set_client_auth_type(s->config, S2N_CERT_AUTH_REQUIRED) != S2N_SUCCESS) {
        return tool_report("Error setting client authentication");
    }
    return true;
}

static bool config_new(struct server *s)
{
    s->config = s2n_config_new();
    if (s->config == NULL) {
        return tool_report("Error allocating config");
    }
    if (s->accept_mfl && s2n_config_accept_max_fragment_length(s->config) != S2N_SUCCESS) {
        return tool_report("Error enabling maximum fragment length");
    }
    if (s->alpn != NULL) {
        const char *const names[] = { s->alpn };
        if (s2n_config_set_protocol_preferences(s->config, names, 1) != S2N_SUCCESS) {
            return tool_report("Failed to set protocol preferences");
        }
    }
    return tool_config_apply(s->config, &s->common) && server_sessions_set_up(s) && config_client_auth(s) &&
           config_pairs(s);
}

/* ---- one connection ----------------------------------------------------------------------------- */

static bool conn_prepare(const struct server *s, struct s2n_connection *conn, int fd)
{
    if (!tool_conn_apply(conn, s->config, &s->common, fd)) {
        return false;
    }
    if (s->self_blinding && s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING) != S2N_SUCCESS) {
        return tool_report("Error setting blinding");
    }
    return s->common.deserialize_in == NULL || saved_load(conn, s->common.deserialize_in);
}

static bool handshake(const struct server *s, struct s2n_connection *conn, int fd)
{
    if ((s->max_early_data == 0 || early_receive(conn, fd)) && io_negotiate(conn, fd)) {
        info_print(conn);
        return true;
    }
    if (s->mutual_auth && s2n_connection_client_cert_used(conn) != 1) {
        fprintf(stderr, "Error: Mutual Auth was required, but not negotiated\n");
    }
    return false;
}

static enum tool_exit talk(const struct server *s, struct s2n_connection *conn, int fd)
{
    bool save = s->common.serialize_out != NULL;

    if (s->common.deserialize_in == NULL && !handshake(s, conn, fd)) {
        return TOOL_HANDSHAKE_FAILED;
    }
    if (save && !io_hide_end(conn, fd)) {
        return TOOL_ERROR;
    }
    if (s->https) {
        if (!https_answer(conn, fd, s->bench_bytes)) {
            return TOOL_ERROR;
        }
    } else if (!s->negotiate_only) {
        enum echo_end end = echo_run(conn, fd, save);
        if (end == ECHO_FAILED) {
            return TOOL_ERROR;
        }
        if (end == ECHO_PEER_GONE) {
            return TOOL_OK;
        }
    }
    if (save) {
        return saved_store(conn, s->common.serialize_out) ? TOOL_OK : TOOL_ERROR;
    }
    return io_shutdown(conn, fd) ? TOOL_OK : TOOL_ERROR;
}

static enum tool_exit run_connection(const struct server *s, int fd)
{
    struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
    enum tool_exit result = TOOL_ERROR;

    if (conn == NULL) {
        tool_report("Error getting new connection");
        return TOOL_ERROR;
    }
    if (conn_prepare(s, conn, fd)) {
        result = talk(s, conn, fd);
    }
    s2n_connection_free(conn);
    return result;
}

/* ---- the server loop ---------------------------------------------------------------------------- */

/* Waits for the next client; -1 after a message. */
static int accept_one(int listener)
{
    int on = 1;
    int fd = -1;

    do {
        fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0) {
        fprintf(stderr, "Error accepting a connection: %s\n", strerror(errno));
        return -1;
    }
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

/* One after the other; the first failure ends the program. */
static enum tool_exit serve_in_turn(const struct server *s, int listener)
{
    for (uint32_t done = 0; s->max_conns == UNLIMITED || done < s->max_conns; done++) {
        int fd = accept_one(listener);
        enum tool_exit result = TOOL_ERROR;

        if (fd >= 0) {
            result = run_connection(s, fd);
            close(fd);
        }
        if (result != TOOL_OK) {
            return result;
        }
    }
    return TOOL_OK;
}

/* Collects finished children, and waits for one when there may not be more of them; counts the good ones. */
static void reap(bool wait_for_one, uint32_t *running, uint32_t *done)
{
    int status = 0;

    while (*running > 0 && waitpid(-1, &status, wait_for_one ? 0 : WNOHANG) > 0) {
        (*running)--;
        if (WIFEXITED(status) && WEXITSTATUS(status) == TOOL_OK) {
            (*done)++;
        }
        wait_for_one = false;
    }
}

static bool start_child(const struct server *s, int listener)
{
    int fd = accept_one(listener);
    pid_t child = fd >= 0 ? fork() : -1;

    if (child == 0) {
        close(listener);
        _exit((int) run_connection(s, fd));
    }
    if (fd >= 0) {
        close(fd);
        if (child < 0) {
            fprintf(stderr, "Error starting a process: %s\n", strerror(errno));
        }
    }
    return child > 0;
}

/* A child per connection; a failed one is the child's business only. */
static enum tool_exit serve_in_children(const struct server *s, int listener)
{
    uint32_t running = 0;
    uint32_t done = 0;

    while (s->max_conns == UNLIMITED || done < s->max_conns) {
        bool full = s->max_conns != UNLIMITED && done + running >= s->max_conns;

        reap(full, &running, &done);
        if (full) {
            continue;
        }
        if (!start_child(s, listener)) {
            return TOOL_ERROR;
        }
        running++;
    }
    return TOOL_OK;
}

/* With port 0 the line names the port that the system chose. */
static void print_listening(const struct server *s, int listener)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    unsigned port = 0;

    memset(&address, 0, sizeof(address));
    if (strcmp(s->port, "0") != 0 || getsockname(listener, (struct sockaddr *) &address, &len) != 0) {
        printf("Listening on %s:%s\n", s->host, s->port);
        return;
    }
    if (address.ss_family == AF_INET6) {
        port = ntohs(((struct sockaddr_in6 *) &address)->sin6_port);
    } else {
        port = ntohs(((struct sockaddr_in *) &address)->sin_port);
    }
    printf("Listening on %s:%u\n", s->host, port);
}

static enum tool_exit serve(struct server *s)
{
    int listener = io_listen(s->host, s->port);
    enum tool_exit result = TOOL_ERROR;

    if (listener < 0) {
        return TOOL_ERROR;
    }
    print_listening(s, listener);
    if (config_new(s)) {
        if (s->https) {
            printf("Running s2nd in simple https server mode\n");
        }
        result = s->parallel ? serve_in_children(s, listener) : serve_in_turn(s, listener);
    }
    close(listener);
    return result;
}

static void cleanup(struct server *s)
{
    if (s->config != NULL) {
        s2n_config_free(s->config);
    }
    server_sessions_free(s);
    for (int i = 0; i < s->n_pairs; i++) {
        s2n_cert_chain_and_key_free(s->pairs[i]);
    }
    if (s->common.key_log_file != NULL) {
        fclose(s->common.key_log_file);
    }
    s2n_cleanup_final();
}

int main(int argc, char **argv)
{
    static struct server s = { .common = { .program = "s2nd", .policy = "default" } };
    enum tool_exit result = TOOL_ERROR;

    /* Harnesses read these lines through pipes while the server is still running. */
    setvbuf(stdin, NULL, _IONBF, 0);
    setvbuf(stdout, NULL, _IONBF, 0);
    if (!server_parse(&s, argc, argv)) {
        return TOOL_ERROR;
    }
    /* The library writes to sockets without asking for signals to be left out. */
    (void) signal(SIGPIPE, SIG_IGN);
    if (!tool_start(&s.common)) {
        return TOOL_ERROR;
    }
    result = serve(&s);
    cleanup(&s);
    return (int) result;
}
