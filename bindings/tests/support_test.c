/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The support code by itself, from several threads at once: what a language with threads may do to it. Run under the
 * address and the thread sanitizer by tests_py/bindings/test_support.py. Fails by a message and status 1.
 */
#include "custom.h"
#include "methods.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(truth)                                                                                         \
    do {                                                                                                     \
        if (!(truth)) {                                                                                      \
            (void) fprintf(stderr, "%s:%d: %s (%s: %s)\n", __FILE__, __LINE__, #truth, script_error()->name, \
                           script_error()->message);                                                         \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

static struct script_in bytes_of(const char *text)
{
    return (struct script_in){ .data = (const uint8_t *) text, .len = strlen(text) };
}

static struct script_chars text_of(const char *text)
{
    return (struct script_chars){ .data = text, .len = strlen(text) };
}

static bool failed_with(const char *name)
{
    bool same = script_failed() && strcmp(script_error()->name, name) == 0;
    script_clear();
    return same;
}

/* ---- tickets ---- */

static void test_tickets(void)
{
    struct script_config *first = script_config_new();
    struct script_config *second = NULL;

    CHECK(first != NULL && script_live() == 1);
    script_drop(first);
    script_drop(first);
    CHECK(script_live() == 0);
    second = script_config_new(); /* in the same place, with another stamp */
    CHECK(second != first && script_config_is_closed(first) && !script_config_is_closed(second));
    script_config_set_max_cert_chain_depth(first, 3);
    CHECK(failed_with(SCRIPT_CLOSED));
    script_drop(first);
    CHECK(!script_config_is_closed(second));
    (void) script_connection_negotiate((struct script_connection *) (void *) second);
    CHECK(failed_with(SCRIPT_WRONG_TYPE));
    for (uintptr_t forged = 0; forged < 5000; forged++) {
        (void) script_psk_is_closed((struct script_psk *) (forged * 0x100000001U));
        script_psk_set_hmac((struct script_psk *) (forged * 0x100000001U), 0);
        CHECK(script_failed());
        script_clear();
    }
    script_drop(second);
    CHECK(script_live() == 0);
}

static void test_order(void)
{
    struct script_config *config = script_config_new();
    struct script_connection *conn = script_connection_new(S2N_SERVER);
    struct script_connection *other = script_connection_new(S2N_SERVER);

    script_connection_set_config(conn, config);
    script_connection_set_config(conn, config);
    script_connection_set_config(other, config);
    CHECK(!script_failed() && script_live() == 3);
    script_drop(config);
    CHECK(script_live() == 3);
    script_drop(conn);
    CHECK(script_live() == 2);
    script_connection_close(other);
    CHECK(script_live() == 1); /* the proxy; its object and the config are gone */
    script_drop(other);
    CHECK(script_live() == 0);
}

/* ---- threads that make and free ---- */

static void *churn(void *unused)
{
    (void) unused;
    for (int i = 0; i < 2000; i++) {
        struct script_config *config = script_config_new();
        struct script_connection *conn = script_connection_new(S2N_CLIENT);
        script_connection_set_config(conn, config);
        script_drop(i % 2 == 0 ? (void *) config : (void *) conn);
        script_drop(i % 2 == 0 ? (void *) conn : (void *) config);
        CHECK(!script_failed());
    }
    return NULL;
}

/* Everyone uses, and one closes, the same objects. */
static _Atomic(struct script_config *) common;
static atomic_bool over;

static void *use_common(void *unused)
{
    (void) unused;
    while (!atomic_load(&over)) {
        struct script_connection *conn = script_connection_new(S2N_CLIENT);
        script_connection_set_config(conn, atomic_load(&common));
        CHECK(!script_failed() || failed_with(SCRIPT_CLOSED));
        (void) script_config_get_client_auth_type(atomic_load(&common));
        CHECK(!script_failed() || failed_with(SCRIPT_CLOSED));
        script_drop(conn);
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++) {
        CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(script_live() == 0);

    atomic_store(&common, script_config_new());
    for (size_t i = 0; i < 3; i++) {
        CHECK(pthread_create(&threads[i], NULL, use_common, NULL) == 0);
    }
    for (int i = 0; i < 500; i++) {
        struct script_config *old = atomic_load(&common);
        if (i % 2 == 0) {
            script_config_close(old);
        }
        atomic_store(&common, script_config_new());
        script_drop(old);
    }
    atomic_store(&over, true);
    for (size_t i = 0; i < 3; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    script_drop(atomic_load(&common));
    CHECK(script_live() == 0);
}

/* ---- one connection: a thread receives while another one sends, and a third asks ---- */

static struct script_connection *make_end(script_int mode, int fd)
{
    struct script_config *config = script_config_new();
    struct script_connection *conn = script_connection_new(mode);
    struct script_psk *psk = script_psk_new();

    script_config_set_cipher_preferences(config, text_of("default_tls13"));
    script_config_set_max_blinding_delay(config, 0);
    script_psk_set_identity(psk, bytes_of("name"));
    script_psk_set_secret(psk, bytes_of("0123456789abcdef0123456789abcdef"));
    script_connection_set_config(conn, config);
    script_connection_set_psk_mode(conn, S2N_PSK_MODE_EXTERNAL);
    script_connection_append_psk(conn, psk);
    script_connection_set_fd(conn, fd);
    script_drop(config);
    script_drop(psk);
    CHECK(!script_failed());
    return conn;
}

#define TOTAL ((size_t) 2 << 20)

static void *echo_server(void *ctx)
{
    struct script_connection *conn = (struct script_connection *) ctx;
    size_t got = 0;

    CHECK(script_connection_negotiate(conn) == S2N_NOT_BLOCKED);
    while (got < TOTAL) {
        struct script_out out = script_connection_recv(conn, 10000);
        CHECK(!script_failed() && !out.none && out.len > 0);
        got += out.len;
        for (size_t at = 0; at < out.len;) {
            struct script_in rest = { .data = out.data + at, .len = out.len - at };
            at += (size_t) script_connection_send(conn, rest);
            CHECK(!script_failed());
        }
        script_out_free(&out);
    }
    return NULL;
}

static void *sender(void *ctx)
{
    static uint8_t block[4096];
    struct script_in data = { .data = block, .len = sizeof(block) };

    for (size_t sent = 0; sent < TOTAL; sent += sizeof(block)) {
        CHECK(script_connection_send((struct script_connection *) ctx, data) == (script_int) sizeof(block));
    }
    return NULL;
}

static void test_both_ways(void)
{
    int fds[2];
    pthread_t server_thread, sender_thread;
    struct script_connection *client = NULL, *server = NULL;
    size_t got = 0;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    client = make_end(S2N_CLIENT, fds[0]);
    server = make_end(S2N_SERVER, fds[1]);
    CHECK(pthread_create(&server_thread, NULL, echo_server, server) == 0);
    CHECK(script_connection_negotiate(client) == S2N_NOT_BLOCKED);
    CHECK(pthread_create(&sender_thread, NULL, sender, client) == 0);
    while (got < TOTAL) {
        struct script_out out = script_connection_recv(client, 16384);
        CHECK(!script_failed() && !out.none && out.len > 0);
        (void) script_connection_blocked(client);
        got += out.len;
        script_out_free(&out);
    }
    CHECK(pthread_join(sender_thread, NULL) == 0 && pthread_join(server_thread, NULL) == 0);
    script_drop(client);
    script_drop(server);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
    CHECK(script_live() == 0);
}

int main(void)
{
    CHECK(script_start());
    test_tickets();
    test_order();
    test_threads();
    test_both_ways();
    (void) puts("ok");
    return 0;
}
