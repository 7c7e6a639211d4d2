/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data (0-RTT, RFC 8446 2.3): the loops that run before the handshake proper. Called by s2nc on a
 * connection that offers a session, and by s2nd when it accepts early data. Neither guards against replays;
 * servers that do more than printing must.
 */
#include "common.h"

bool early_send(struct s2n_connection *conn, int fd, const void *data, size_t len)
{
    const uint8_t *p = (const uint8_t *) data;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    /* The library says "blocked" after the last byte too, when the server has not answered yet: then it is
     * time to negotiate. It says "done" early when the server allows less, or nothing. */
    do {
        ssize_t sent = 0;
        if (s2n_send_early_data(conn, p, (ssize_t) len, &sent, &blocked) == S2N_SUCCESS) {
            return true;
        }
        if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED) {
            return io_handshake_failed(conn, fd);
        }
        p += sent;
        len -= (size_t) sent;
    } while (len > 0 && io_wait(fd, blocked, -1));
    return true;
}

static void print(const uint8_t *data, ssize_t len, bool first)
{
    if (len <= 0) {
        return;
    }
    if (first) {
        printf("Early Data received: ");
    }
    fwrite(data, 1, (size_t) len, stdout);
}

/* Room for the next bytes: never more than the connection still allows. A client that sends more than that is
 * then caught as sending something unexpected, which is how harnesses know it. */
static size_t room(struct s2n_connection *conn, size_t received, size_t size)
{
    uint32_t max = 0;

    if (s2n_connection_get_max_early_data_size(conn, &max) != S2N_SUCCESS || max <= received) {
        return 1;
    }
    return max - received < size ? max - received : size;
}

bool early_receive(struct s2n_connection *conn, int fd)
{
    uint8_t data[4096];
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    size_t received = 0;
    bool more = true;
    bool ok = true;

    while (more) {
        ssize_t len = 0;
        ssize_t max = (ssize_t) room(conn, received, sizeof(data));
        more = s2n_recv_early_data(conn, data, max, &len, &blocked) != S2N_SUCCESS;
        print(data, len, received == 0);
        received += (size_t) len;
        /* "Blocked on early data" means that this buffer was too small, so there is nothing to wait for. */
        if (more && (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED ||
                     (blocked != S2N_BLOCKED_ON_EARLY_DATA && !io_wait(fd, blocked, -1)))) {
            ok = io_handshake_failed(conn, fd);
            more = false;
        }
    }
    if (received > 0) {
        printf("\n");
    }
    return ok;
}
