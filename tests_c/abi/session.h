/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS 1.3 session over a socket pair between two ends in one thread, each of which may live in another copy of the
 * library. Programs of this folder include it; they know the library by contract.h alone, as one that was compiled
 * long ago does, and call it through a table, which the linker or dlsym() fills. A shared secret saves certificates.
 */
#ifndef ABI_SESSION_H
#define ABI_SESSION_H

#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

struct api {
#define FUNCTION(name) __typeof__(&name) name;
#include "session.def"
#undef FUNCTION
};

struct end {
    const struct api *api;
    struct s2n_config *config;
    struct s2n_connection *conn;
    int fd;
};

static void connect_end(struct end *e, s2n_mode mode)
{
    const struct api *a = e->api;
    e->conn = a->s2n_connection_new(mode);
    CHECK(e->conn != NULL && a->s2n_connection_get_mode(e->conn) == mode);
    CHECK(a->s2n_connection_set_config(e->conn, e->config) == S2N_SUCCESS);
    CHECK(a->s2n_connection_set_blinding(e->conn, S2N_SELF_SERVICE_BLINDING) == S2N_SUCCESS);
    CHECK(a->s2n_connection_set_fd(e->conn, e->fd) == S2N_SUCCESS);
}

static void open_end(struct end *e, const struct api *a, s2n_mode mode, int fd)
{
    static const uint8_t identity[] = "id", secret[] = "a secret that both ends know";
    *e = (struct end){ a, a->s2n_config_new_minimal(), NULL, fd };
    CHECK(e->config != NULL);
    CHECK(a->s2n_config_set_cipher_preferences(e->config, "default_tls13") == S2N_SUCCESS);
    CHECK(a->s2n_config_set_serialization_version(e->config, S2N_SERIALIZED_CONN_V1) == S2N_SUCCESS);
    connect_end(e, mode);
    struct s2n_psk *psk = a->s2n_external_psk_new();
    CHECK(psk != NULL && a->s2n_psk_set_identity(psk, identity, sizeof(identity)) == S2N_SUCCESS);
    CHECK(a->s2n_psk_set_secret(psk, secret, sizeof(secret)) == S2N_SUCCESS);
    CHECK(a->s2n_psk_set_hmac(psk, S2N_PSK_HMAC_SHA256) == S2N_SUCCESS);
    CHECK(a->s2n_connection_append_psk(e->conn, psk) == S2N_SUCCESS);
    CHECK(a->s2n_psk_free(&psk) == S2N_SUCCESS && psk == NULL);
}

/* One step; true when the handshake is done. */
static bool step(struct end *e)
{
    const struct api *a = e->api;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    if (a->s2n_negotiate(e->conn, &blocked) == S2N_SUCCESS) {
        CHECK(blocked == S2N_NOT_BLOCKED);
        return true;
    }
    int error = *a->s2n_errno_location();
    if (a->s2n_error_get_type(error) != S2N_ERR_T_BLOCKED || blocked != S2N_BLOCKED_ON_READ) {
        fprintf(stderr, "negotiate: %s\n", a->s2n_strerror_name(error));
        exit(1);
    }
    return false;
}

static void pass(struct end *from, struct end *to, const char *text)
{
    char got[64] = "";
    s2n_blocked_status blocked;
    ssize_t n = (ssize_t) strlen(text);
    CHECK(from->api->s2n_send(from->conn, text, n, &blocked) == n);
    ssize_t received = to->api->s2n_recv(to->conn, got, sizeof(got), &blocked);
    if (received != n || memcmp(got, text, (size_t) n) != 0) {
        fprintf(stderr, "recv: %zd: %s\n", received,
                to->api->s2n_strerror_name(*to->api->s2n_errno_location()));
        exit(1);
    }
}

/* The end goes on in a new connection made from its saved bytes. */
static void move_end(struct end *e, s2n_mode mode)
{
    const struct api *a = e->api;
    uint8_t blob[512];
    uint32_t length = 0;
    CHECK(a->s2n_connection_serialization_length(e->conn, &length) == S2N_SUCCESS && length <= sizeof(blob));
    CHECK(a->s2n_connection_serialize(e->conn, blob, length) == S2N_SUCCESS);
    CHECK(a->s2n_connection_free(e->conn) == S2N_SUCCESS);
    connect_end(e, mode);
    CHECK(a->s2n_connection_deserialize(e->conn, blob, length) == S2N_SUCCESS);
}

static void close_end(struct end *e)
{
    CHECK(e->api->s2n_connection_free(e->conn) == S2N_SUCCESS);
    CHECK(e->api->s2n_config_free(e->config) == S2N_SUCCESS);
}

/* Handshake, data both ways, a move of each end, data again, and the end of it all. */
static void session(const struct api *client_api, const struct api *server_api)
{
    int fds[2];
    struct end client, server;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    open_end(&client, client_api, S2N_CLIENT, fds[0]);
    open_end(&server, server_api, S2N_SERVER, fds[1]);
    bool client_done = false, server_done = false;
    for (int rounds = 0; !client_done || !server_done; rounds++) {
        CHECK(rounds < 20);
        client_done = client_done || step(&client);
        server_done = server_done || step(&server);
    }
    CHECK(client_api->s2n_connection_get_actual_protocol_version(client.conn) == S2N_TLS13);
    CHECK(strcmp(client_api->s2n_connection_get_cipher(client.conn),
                 server_api->s2n_connection_get_cipher(server.conn)) == 0);
    pass(&client, &server, "hello");
    pass(&server, &client, "good day");
    move_end(&server, S2N_SERVER);
    pass(&client, &server, "still there?");
    move_end(&client, S2N_CLIENT);
    pass(&server, &client, "yes");
    s2n_blocked_status blocked;
    (void) client_api->s2n_shutdown(client.conn, &blocked);
    CHECK(server_api->s2n_shutdown(server.conn, &blocked) == S2N_SUCCESS);
    close_end(&client);
    close_end(&server);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

#endif
