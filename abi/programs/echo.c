/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Full-duplex echo: stdin goes to the connection, the connection goes to stdout, neither waits for the
 * other. Called by s2nc and s2nd after the handshake. The socket is made non-blocking here in any case,
 * since a blocking s2n_recv would wait for data behind a ticket or a key update while stdin has something
 * to say. stdin and stdout themselves are left as they are: other processes may share them.
 */
#include "common.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* One direction: bytes [off, len) of data still have to be written. */
struct lane {
    uint8_t data[16384];
    size_t off;
    size_t len;
};

struct echo {
    struct s2n_connection *conn;
    int fd;
    struct lane up;
    struct lane down;
    bool send_blocked;
    bool stdin_ended;
    bool send_broken;
    bool keep_alive;
    bool received;
    bool over;
    enum echo_end end;
};

static bool lane_empty(const struct lane *lane)
{
    return lane->off == lane->len;
}

static void finish(struct echo *e, enum echo_end end)
{
    e->over = true;
    e->end = end;
}

/* A TLS 1.3 server judges the client certificate after the client's handshake is over, so its refusal
 * arrives here; for the client that is a peer that left, not an error of this loop. */
static bool is_late_refusal(const struct echo *e)
{
    return !e->received && s2n_connection_get_mode(e->conn) == S2N_CLIENT &&
           s2n_connection_get_actual_protocol_version(e->conn) == S2N_TLS13;
}

static void receive_failed(struct echo *e, int system_error)
{
    int error = s2n_errno;

    switch (s2n_error_get_type(error)) {
    case S2N_ERR_T_BLOCKED:
        return;
    case S2N_ERR_T_CLOSED:
        io_print_closed(false);
        finish(e, ECHO_PEER_GONE);
        return;
    case S2N_ERR_T_ALERT:
        fprintf(stderr, "Received alert: %d\n", s2n_connection_get_alert(e->conn));
        if (is_late_refusal(e)) {
            io_print_closed(false);
        }
        finish(e, is_late_refusal(e) ? ECHO_PEER_GONE : ECHO_FAILED);
        return;
    default:
        break;
    }
    if (system_error == ECONNRESET) {
        io_print_closed(true);
        finish(e, ECHO_PEER_GONE);
        return;
    }
    fprintf(stderr, "Error reading from connection: '%s'\n", s2n_strerror(error, "EN"));
    finish(e, ECHO_FAILED);
}

static void pump_socket(struct echo *e)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t n = 0;

    /* A connection that is to be saved does not see this end itself: see io_hide_end. */
    if (e->keep_alive && s2n_peek(e->conn) == 0 && io_at_end(e->fd)) {
        finish(e, ECHO_PEER_CLOSED);
        return;
    }
    errno = 0;
    n = s2n_recv(e->conn, e->down.data, (ssize_t) sizeof(e->down.data), &blocked);
    if (n > 0) {
        e->received = true;
        e->down.off = 0;
        e->down.len = (size_t) n;
    } else if (n == 0) {
        finish(e, ECHO_PEER_CLOSED);
    } else {
        receive_failed(e, errno);
    }
}

static void pump_stdin(struct echo *e, short revents)
{
    ssize_t n = 0;

    /* A closed pipe without data is the quiet way to end: no line, because harnesses do it all the time. */
    if ((revents & POLLIN) == 0) {
        e->stdin_ended = true;
        return;
    }
    n = read(STDIN_FILENO, e->up.data, sizeof(e->up.data));
    if (n > 0) {
        e->up.off = 0;
        e->up.len = (size_t) n;
    } else if (n == 0) {
        fprintf(stderr, "Exiting on stdin EOF\n");
        e->stdin_ended = true;
    } else if (errno != EINTR && errno != EAGAIN) {
        fprintf(stderr, "Error reading from stdin\n");
        finish(e, ECHO_FAILED);
    }
}

/* A peer that went away may have said why, or sent more before: stop sending and read to the end. Any
 * other failure to send is ours. */
static void send_failed(struct echo *e)
{
    int type = s2n_error_get_type(s2n_errno);

    e->up.off = e->up.len;
    if (type == S2N_ERR_T_IO || type == S2N_ERR_T_CLOSED) {
        e->send_broken = true;
    } else {
        tool_report("Error writing to connection");
        finish(e, ECHO_FAILED);
    }
}

/* After a partial send the library wants the same bytes again, so the lane is only advanced by what it
 * has accepted. */
static void pump_up(struct echo *e)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    struct lane *up = &e->up;

    e->send_blocked = false;
    while (!lane_empty(up)) {
        ssize_t n = s2n_send(e->conn, up->data + up->off, (ssize_t) (up->len - up->off), &blocked);
        if (n >= 0) {
            up->off += (size_t) n;
        } else if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED) {
            e->send_blocked = true;
            return;
        } else {
            send_failed(e);
        }
    }
}

/* At most PIPE_BUF bytes at a time: poll promises that much space in a pipe, so this write cannot block
 * while the other direction has work to do. */
static void pump_down(struct echo *e)
{
    struct lane *down = &e->down;
    size_t len = down->len - down->off;
    ssize_t n = write(STDOUT_FILENO, down->data + down->off, len < PIPE_BUF ? len : PIPE_BUF);

    if (n >= 0) {
        down->off += (size_t) n;
    } else if (errno != EINTR && errno != EAGAIN) {
        finish(e, ECHO_FAILED);
    }
}

/* Fills the three descriptors to wait for: stdin while nothing waits to be sent, the socket for reading
 * while nothing waits to be printed, stdout while something does. Those not wanted are -1. */
static void choose_events(const struct echo *e, struct pollfd p[3])
{
    bool want_stdin = !e->stdin_ended && !e->send_broken && lane_empty(&e->up);
    short socket_events = (short) ((lane_empty(&e->down) ? POLLIN : 0) | (e->send_blocked ? POLLOUT : 0));

    p[0] = (struct pollfd){ .fd = want_stdin ? STDIN_FILENO : -1, .events = POLLIN };
    p[1] = (struct pollfd){ .fd = socket_events != 0 ? e->fd : -1, .events = socket_events };
    p[2] = (struct pollfd){ .fd = lane_empty(&e->down) ? -1 : STDOUT_FILENO, .events = POLLOUT };
}

static void step(struct echo *e)
{
    /* Decrypted bytes that s2n_recv has not handed out are invisible to poll. */
    bool pending = s2n_peek(e->conn) > 0 && lane_empty(&e->down);
    struct pollfd p[3];

    choose_events(e, p);
    if (poll(p, 3, pending ? 0 : -1) < 0) {
        if (errno != EINTR) {
            finish(e, ECHO_FAILED);
        }
        return;
    }
    if (p[2].revents != 0) {
        pump_down(e);
    }
    if (p[0].revents != 0) {
        pump_stdin(e, p[0].revents);
    }
    if (!e->send_blocked || (p[1].revents & ~POLLIN) != 0) {
        pump_up(e);
    }
    if (!e->over && lane_empty(&e->down) && (pending || (p[1].revents & ~POLLOUT) != 0)) {
        pump_socket(e);
    }
}

/* The end of stdin ends the echo once both directions are written out. */
static bool is_done(const struct echo *e)
{
    return e->over || (e->stdin_ended && !e->send_broken && lane_empty(&e->up) && lane_empty(&e->down));
}

enum echo_end echo_run(struct s2n_connection *conn, int fd, bool keep_alive)
{
    static struct echo e;

    e = (struct echo){ .conn = conn, .fd = fd, .keep_alive = keep_alive, .end = ECHO_STDIN_END };
    fflush(stdout);
    io_set_non_blocking(fd);
    while (!is_done(&e)) {
        step(&e);
    }
    return e.end;
}
