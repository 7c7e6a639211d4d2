/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets for s2nc and s2nd, and the loops that drive a library call to its end on a socket that may or
 * may not be blocking. Called by the two main files, echo.c and https.c. Never exits the process and
 * never closes a descriptor it did not open.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long a peer may take to read the alert of a failed handshake. */
enum {
    LINGER_MS = 200,
};

static struct addrinfo *resolve(const char *host, const char *port, int flags)
{
    struct addrinfo hints;
    struct addrinfo *list = NULL;
    int rc = 0;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    rc = getaddrinfo(host, port, &hints, &list);
    if (rc != 0) {
        fprintf(stderr, "error: %s\n", gai_strerror(rc));
        return NULL;
    }
    return list;
}

int io_connect(const char *host, const char *port)
{
    struct addrinfo *list = resolve(host, port, 0);
    int fd = -1;
    int on = 1;

    if (list == NULL) {
        return -1;
    }
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0) {
        fprintf(stderr, "Failed to connect to %s:%s\n", host, port);
        return -1;
    }
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static int listen_on(const struct addrinfo *address)
{
    int on = 1;
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);

    if (fd < 0) {
        return -1;
    }
    (void) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

int io_listen(const char *host, const char *port)
{
    struct addrinfo *list = resolve(host, port, AI_PASSIVE);
    int fd = -1;

    if (list == NULL) {
        return -1;
    }
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = listen_on(a);
    }
    if (fd < 0) {
        fprintf(stderr, "Failed to listen on %s:%s: %s\n", host, port, strerror(errno));
    }
    freeaddrinfo(list);
    return fd;
}

void io_set_non_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0) {
        (void) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }
}

static int poll_one(int fd, short events, int timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = events, .revents = 0 };
    int rc = 0;

    do {
        rc = poll(&p, 1, timeout_ms);
    } while (rc < 0 && errno == EINTR);
    return rc;
}

bool io_wait(int fd, s2n_blocked_status blocked, int timeout_ms)
{
    if (blocked == S2N_BLOCKED_ON_READ) {
        return poll_one(fd, POLLIN, timeout_ms) > 0;
    }
    if (blocked == S2N_BLOCKED_ON_WRITE) {
        return poll_one(fd, POLLOUT, timeout_ms) > 0;
    }
    return false;
}

bool io_at_end(int fd)
{
    uint8_t byte = 0;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* The context is the descriptor itself, so that nothing has to outlive the connection. */
static int receive_or_wait(void *ctx, uint8_t *data, uint32_t len)
{
    ssize_t n = recv((int) (intptr_t) ctx, data, len, 0);

    if (n == 0) {
        errno = EAGAIN;
        return -1;
    }
    return (int) n;
}

bool io_hide_end(struct s2n_connection *conn, int fd)
{
    if (s2n_connection_set_recv_ctx(conn, (void *) (intptr_t) fd) != S2N_SUCCESS ||
        s2n_connection_set_recv_cb(conn, receive_or_wait) != S2N_SUCCESS) {
        return tool_report("Error setting receive callback");
    }
    return true;
}

bool io_write_all(int fd, const void *data, size_t len)
{
    const uint8_t *p = (const uint8_t *) data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n >= 0) {
            p += n;
            len -= (size_t) n;
        } else if (errno == EAGAIN) {
            (void) poll_one(fd, POLLOUT, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* Sends the alert of a failed handshake, then reads the socket empty for a moment: closing a socket with
 * unread bytes resets it, and the peer would lose the alert. */
static void give_up(struct s2n_connection *conn, int fd)
{
    uint8_t scrap[1024];
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    uint64_t delay = s2n_connection_get_delay(conn);

    if (delay != 0 && delay != UINT64_MAX) {
        struct timespec pause = { .tv_sec = (time_t) (delay / 1000000000u),
                                  .tv_nsec = (long) (delay % 1000000000u) };
        (void) nanosleep(&pause, NULL);
    }
    io_set_non_blocking(fd);
    while (s2n_shutdown(conn, &blocked) != S2N_SUCCESS &&
           s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED && io_wait(fd, blocked, LINGER_MS)) {
    }
    (void) shutdown(fd, SHUT_WR);
    while (poll_one(fd, POLLIN, LINGER_MS) > 0 && read(fd, scrap, sizeof(scrap)) > 0) {
    }
}

bool io_handshake_failed(struct s2n_connection *conn, int fd)
{
    int error = s2n_errno;

    fprintf(stderr, "Failed to negotiate: '%s'. %s\n", s2n_strerror(error, "EN"),
            s2n_strerror_debug(error, "EN"));
    if (s2n_error_get_type(error) == S2N_ERR_T_ALERT) {
        fprintf(stderr, "Alert: %d\n", s2n_connection_get_alert(conn));
    }
    give_up(conn, fd);
    return false;
}

bool io_negotiate(struct s2n_connection *conn, int fd)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    while (s2n_negotiate(conn, &blocked) != S2N_SUCCESS) {
        if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED || !io_wait(fd, blocked, -1)) {
            return io_handshake_failed(conn, fd);
        }
    }
    return true;
}

bool io_send(struct s2n_connection *conn, int fd, const void *data, size_t len)
{
    const uint8_t *p = (const uint8_t *) data;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    while (len > 0) {
        ssize_t n = s2n_send(conn, p, (ssize_t) len, &blocked);
        if (n >= 0) {
            p += n;
            len -= (size_t) n;
        } else if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED || !io_wait(fd, blocked, -1)) {
            return tool_report("Error sending data");
        }
    }
    return true;
}

void io_print_closed(bool reset)
{
    printf("Connection %s by peer\n", reset ? "reset" : "closed");
    fflush(stdout);
}

bool io_shutdown(struct s2n_connection *conn, int fd)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    io_set_non_blocking(fd);
    while (s2n_shutdown(conn, &blocked) != S2N_SUCCESS) {
        int system_error = errno;
        switch (s2n_error_get_type(s2n_errno)) {
        case S2N_ERR_T_BLOCKED:
            if (!io_wait(fd, blocked, IO_SHUTDOWN_WAIT_MS)) {
                return true;
            }
            break;
        case S2N_ERR_T_CLOSED:
        case S2N_ERR_T_ALERT:
            io_print_closed(false);
            return true;
        case S2N_ERR_T_IO:
            io_print_closed(system_error != EPIPE);
            return true;
        default:
            return tool_report("Error shutting down connection");
        }
    }
    return true;
}
