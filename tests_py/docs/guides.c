/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the C of docs/guide/psk.md and early-data.md, which test_guides.py writes to shown.h: two connections
 * with one external PSK over socket pairs, each with a server in a process of its own. Both want early data; the
 * guard takes that of the first, so that the second has to send it again. Prints what each end has seen.
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shown.h"

static int connections; /* so far, in this process and in those that it became */

bool first_time(const uint8_t *key, size_t size, unsigned int seconds)
{
    return size == 6 && memcmp(key, "device", 6) == 0 && seconds > 0 && connections == 1;
}

struct s2n_psk *look_up(void *database, const uint8_t *identity, uint16_t size)
{
    struct s2n_psk *psk = s2n_external_psk_new();
    if (size == 6 && memcmp(identity, database, 6) == 0 &&
        s2n_psk_set_identity(psk, identity, size) == 0 &&
        s2n_psk_set_secret(psk, (const uint8_t *) "a secret of this test, no longer", 32) == 0 &&
        allow_early_data(psk) == 0) {
        return psk;
    }
    s2n_psk_free(&psk);
    return NULL;
}

static struct s2n_connection *open_end(s2n_mode mode, int fd)
{
    struct s2n_config *config = s2n_config_new_minimal();
    struct s2n_connection *conn = s2n_connection_new(mode);
    const char *protocol = "h2";
    if (s2n_config_set_cipher_preferences(config, "default_tls13") ||
        s2n_config_set_protocol_preferences(config, &protocol, 1) ||
        (mode == S2N_SERVER && (choose_from(config, "device") || guard_early_data(config))) ||
        s2n_connection_set_config(conn, config) || s2n_connection_set_fd(conn, fd)) {
        exit(3);
    }
    return conn;
}

static int serve(int fd)
{
    char early[100], later[100];
    s2n_blocked_status blocked;
    struct s2n_connection *conn = open_end(S2N_SERVER, fd);
    ssize_t n = accept_early(conn, (uint8_t *) early, sizeof(early));
    ssize_t m = n < 0 ? -1 : s2n_recv(conn, later, sizeof(later), &blocked);
    if (m < 0) {
        return printf("server: %s\n", s2n_strerror_name(s2n_errno)), 1;
    }
    return printf("server: early \"%.*s\", later \"%.*s\"\n", (int) n, early, (int) m, later) < 0;
}

static int call(int fd)
{
    s2n_blocked_status blocked;
    struct s2n_connection *conn = open_end(S2N_CLIENT, fd);
    uint8_t identity[] = "device";
    struct s2n_psk *psk = look_up("device", identity, 6);
    if (psk == NULL || s2n_connection_append_psk(conn, psk)) {
        return 3;
    }
    ssize_t n = begin(conn, (const uint8_t *) "request", 7);
    printf("client: %zd bytes went early\n", n);
    fflush(stdout);
    const char *rest = n == 7 ? "more" : "request";
    return n < 0 || s2n_send(conn, rest, (ssize_t) strlen(rest), &blocked) < 0;
}

int main(void)
{
    int failures = 0, status = 0;
    s2n_init();
    while (connections < 2) {
        int ends[2];
        connections++;
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) {
            return 3;
        }
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            int failed = serve(ends[1]);
            fflush(stdout);
            _exit(failed);
        }
        close(ends[1]);
        failures += call(ends[0]);
        failures += waitpid(child, &status, 0) != child || status != 0;
        close(ends[0]);
    }
    return failures;
}
