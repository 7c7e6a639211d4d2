/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s2nc: a TLS client for the command line. It connects, shows what was negotiated, and optionally pumps
 * stdin and stdout through the connection. The order is fixed, since scripts see it: options, library,
 * name lookup, TCP connect, and only then the configuration.
 */
#include "s2nc.h"
#include "test_pki.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    MAX_ALPN = 64,
    RECONNECTS = 5,
};

/* ---- configuration ------------------------------------------------------------------------------ */

static bool equals(const char *expected, const char *name, size_t len)
{
    return strlen(expected) == len && strncasecmp(expected, name, len) == 0;
}

/* One leading wildcard label in the certificate's name stands for exactly one label. */
static bool matches(const char *expected, const char *name, size_t len)
{
    const char *dot = strchr(expected, '.');

    if (equals(expected, name, len)) {
        return true;
    }
    return len > 2 && name[0] == '*' && name[1] == '.' && dot != NULL && dot != expected &&
           equals(dot, name + 1, len - 1);
}

static bool is_loopback(const char *name)
{
    return strcasecmp(name, "localhost") == 0 || strncmp(name, "127.", 4) == 0 || strcmp(name, "::1") == 0;
}

static uint8_t verify_host(const char *name, size_t len, void *data)
{
    const struct client *c = (const struct client *) data;

    if (matches(c->server_name, name, len)) {
        return 1;
    }
    return (is_loopback(c->host) || is_loopback(c->server_name)) &&
           (equals("localhost", name, len) || equals("127.0.0.1", name, len) ||
            equals(TEST_PKI_NAME, name, len));
}

static bool config_alpn(struct client *c)
{
    const char *names[MAX_ALPN];
    int n = 0;
    char *list = NULL;
    char *rest = NULL;
    int rc = S2N_SUCCESS;

    if (c->alpn == NULL) {
        return true;
    }
    list = strdup(c->alpn);
    if (list == NULL) {
        return false;
    }
    for (char *p = strtok_r(list, ",", &rest); p != NULL && n < MAX_ALPN; p = strtok_r(NULL, ",", &rest)) {
        names[n++] = p;
    }
    rc = s2n_config_set_protocol_preferences(c->config, names, n);
    free(list);
    return rc == S2N_SUCCESS || tool_report("Failed to set protocol preferences");
}

static bool config_mfl(struct client *c)
{
    static const struct {
        const char *bytes;
        s2n_max_frag_len code;
    } codes[] = {
        { "512", S2N_TLS_MAX_FRAG_LEN_512 },
        { "1024", S2N_TLS_MAX_FRAG_LEN_1024 },
        { "2048", S2N_TLS_MAX_FRAG_LEN_2048 },
        { "4096", S2N_TLS_MAX_FRAG_LEN_4096 },
    };

    if (c->mfl == NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strcmp(codes[i].bytes, c->mfl) == 0) {
            return s2n_config_send_max_fragment_length(c->config, codes[i].code) == S2N_SUCCESS ||
                   tool_report("Error setting maximum fragment length");
        }
    }
    return client_bad_value("mfl", c->mfl);
}

static bool config_pair(struct client *c)
{
    if (c->cert == NULL) {
        return true;
    }
    c->pair = tool_load_pair_files(c->cert, c->key);
    if (c->pair == NULL) {
        return false;
    }
    return s2n_config_add_cert_chain_and_key_to_store(c->config, c->pair) == S2N_SUCCESS ||
           tool_report("Error setting certificate and key");
}

static bool config_status(struct client *c)
{
    return !c->status ||
           s2n_config_set_status_request_type(c->config, S2N_STATUS_REQUEST_OCSP) == S2N_SUCCESS ||
           tool_report("Error asking for the OCSP status");
}

static bool config_early(struct client *c)
{
    if (c->early_file == NULL) {
        return true;
    }
    c->early = tool_read_file(c->early_file, &c->early_len);
    return c->early != NULL;
}

static bool config_new(struct client *c)
{
    c->config = s2n_config_new();
    if (c->config == NULL) {
        return tool_report("Error allocating config");
    }
    if (s2n_config_add_pem_to_trust_store(c->config, test_pki_cert) != S2N_SUCCESS) {
        return tool_report("Error adding the built-in test certificate");
    }
    if (s2n_config_set_client_auth_type(c->config, S2N_CERT_AUTH_OPTIONAL) != S2N_SUCCESS) {
        return tool_report("Error setting client authentication");
    }
    if (s2n_config_set_verify_host_callback(c->config, verify_host, c) != S2N_SUCCESS) {
        return tool_report("Error setting host name verification");
    }
    return tool_config_apply(c->config, &c->common) && config_alpn(c) && config_mfl(c) && config_pair(c) &&
           config_status(c) && config_early(c) && client_session_load(c);
}

/* ---- one connection ----------------------------------------------------------------------------- */

static bool conn_prepare(struct client *c, struct s2n_connection *conn, int fd)
{
    if (!tool_conn_apply(conn, c->config, &c->common, fd)) {
        return false;
    }
    if (s2n_set_server_name(conn, c->server_name) != S2N_SUCCESS) {
        return tool_report("Error setting server name");
    }
    if (c->dynamic_bytes > 0 && c->dynamic_seconds > 0 &&
        s2n_connection_set_dynamic_record_threshold(conn, c->dynamic_bytes, (uint16_t) c->dynamic_seconds) !=
            S2N_SUCCESS) {
        return tool_report("Error setting dynamic record threshold");
    }
    if (c->common.deserialize_in != NULL) {
        return saved_load(conn, c->common.deserialize_in);
    }
    return client_session_offer(c, conn);
}

static bool send_file(struct s2n_connection *conn, int fd, const char *path)
{
    size_t len = 0;
    char *data = tool_read_file(path, &len);
    bool ok = false;

    if (data == NULL) {
        return false;
    }
    printf("Sending file contents:\n");
    fwrite(data, 1, len, stdout);
    fflush(stdout);
    ok = io_send(conn, fd, data, len);
    free(data);
    return ok;
}

static enum tool_exit talk(struct client *c, struct s2n_connection *conn, int fd)
{
    bool save = c->common.serialize_out != NULL;
    enum echo_end end = ECHO_STDIN_END;

    if (c->common.deserialize_in == NULL) {
        if (!client_session_send_early(c, conn, fd) || !io_negotiate(conn, fd)) {
            return TOOL_HANDSHAKE_FAILED;
        }
        info_print(conn);
    }
    if (save && !io_hide_end(conn, fd)) {
        return TOOL_ERROR;
    }
    printf("Connected to %s:%s\n", c->host, c->port);
    fflush(stdout);
    if (c->send_file != NULL && !send_file(conn, fd, c->send_file)) {
        return TOOL_ERROR;
    }
    if (c->echo) {
        end = echo_run(conn, fd, save);
    }
    if (end == ECHO_FAILED || !client_session_keep(c, conn, fd)) {
        return TOOL_ERROR;
    }
    if (end == ECHO_PEER_GONE) {
        return TOOL_OK;
    }
    if (save) {
        return saved_store(conn, c->common.serialize_out) ? TOOL_OK : TOOL_ERROR;
    }
    return io_shutdown(conn, fd) ? TOOL_OK : TOOL_ERROR;
}

static enum tool_exit run_connection(struct client *c)
{
    int fd = io_connect(c->host, c->port);
    struct s2n_connection *conn = NULL;
    enum tool_exit result = TOOL_ERROR;

    if (fd < 0) {
        return TOOL_ERROR;
    }
    if (c->config != NULL || config_new(c)) {
        conn = s2n_connection_new(S2N_CLIENT);
        if (conn == NULL) {
            tool_report("Error getting new connection");
        } else if (conn_prepare(c, conn, fd)) {
            result = talk(c, conn, fd);
        }
    }
    if (conn != NULL) {
        s2n_connection_free(conn);
    }
    close(fd);
    return result;
}

static void cleanup(struct client *c)
{
    if (c->config != NULL) {
        s2n_config_free(c->config);
    }
    s2n_cert_chain_and_key_free(c->pair);
    client_session_free(c);
    free(c->early);
    if (c->common.key_log_file != NULL) {
        fclose(c->common.key_log_file);
    }
    s2n_cleanup_final();
}

int main(int argc, char **argv)
{
    static struct client c = { .common = { .program = "s2nc", .policy = "default" } };
    enum tool_exit result = TOOL_ERROR;

    if (!client_parse(&c, argc, argv)) {
        return TOOL_ERROR;
    }
    /* The library writes to sockets without asking for signals to be left out. */
    (void) signal(SIGPIPE, SIG_IGN);
    if (!tool_start(&c.common)) {
        return TOOL_ERROR;
    }
    c.runs_left = c.reconnect ? RECONNECTS : 0;
    do {
        result = run_connection(&c);
    } while (c.runs_left-- > 0 && result == TOOL_OK);
    fflush(stdout);
    cleanup(&c);
    return (int) result;
}
