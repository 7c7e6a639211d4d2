/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport: the only file that calls the application's send and receive callbacks, and the built-in pair for
 * descriptors. A call is repeated after a signal, sees errno as zero, and its answer becomes a step. Called by
 * read.c and write.c with bytes, and by abi/src to be set up. Nothing here knows about records.
 */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/inner.h"

#if defined(TCP_CORK)
#define CORK_OPTION TCP_CORK
#elif defined(TCP_NOPUSH)
#define CORK_OPTION TCP_NOPUSH
#else
#define CORK_OPTION TCP_NODELAY /* the nearest thing, upside down */
#endif
#define CORK_ON (CORK_OPTION != TCP_NODELAY)

#define OPTION_UNKNOWN (-1)

static int fd_recv(void *ctx, uint8_t *buf, uint32_t len)
{
    const struct io *io = ctx;
    return (int) read(io->read_fd, buf, len);
}

static int fd_send(void *ctx, const uint8_t *buf, uint32_t len)
{
    const struct io *io = ctx;
    return (int) write(io->write_fd, buf, len);
}

/* What a negative answer of a callback means; EINTR was dealt with. */
static enum step io_trouble(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? STEP_BLOCKED : STEP_BROKEN;
}

static uint32_t io_amount(size_t n)
{
    return n < INT_MAX ? (uint32_t) n : INT_MAX;
}

enum step io_recv(struct io *io, uint8_t *p, size_t n, size_t *out)
{
    if (io->recv == NULL) {
        return STEP_BROKEN;
    }
    int got;
    do {
        errno = 0;
        got = io->recv(io->recv_ctx, p, io_amount(n));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return io_trouble();
    }
    if (got == 0) {
        return STEP_EOF;
    }
    if ((size_t) got > n) { /* a callback that claims more than it was asked for cannot be believed */
        return STEP_BROKEN;
    }
    *out = (size_t) got;
    return STEP_OK;
}

enum step io_send(struct io *io, const uint8_t *p, size_t n, size_t *out)
{
    if (io->send == NULL || io->broken) {
        return STEP_BROKEN;
    }
    for (int zeros = 0; zeros < ZERO_WRITES_MAX;) {
        errno = 0;
        int put = io->send(io->send_ctx, p, io_amount(n));
        if (put > 0) {
            *out = (size_t) put;
            return (size_t) put <= n ? STEP_OK : STEP_BROKEN;
        }
        if (put == 0) {
            zeros++;
        } else if (errno != EINTR) {
            io->broken = errno == EPIPE;
            return io_trouble();
        }
    }
    return STEP_BLOCKED;
}

/* ---- socket options: read when a descriptor is set, written back by wipe. Not every descriptor is a socket. ---- */

static int option_get(int fd, int level, int name)
{
    int value;
    socklen_t len = sizeof(value);
    return getsockopt(fd, level, name, &value, &len) == 0 ? value : OPTION_UNKNOWN;
}

static void option_set(int fd, int level, int name, int value)
{
    (void) setsockopt(fd, level, name, &value, sizeof(value));
}

static bool cork_was_on(const struct io *io)
{
    return io->cork != OPTION_UNKNOWN && (io->cork != 0) == CORK_ON;
}

void io_cork(struct io *io, bool on)
{
    if (!io->want_cork || io->corked == on || cork_was_on(io)) {
        return;
    }
    option_set(io->write_fd, IPPROTO_TCP, CORK_OPTION, on == CORK_ON);
    io->corked = on;
}

static void restore_recv(struct io *io)
{
    if (io->recv_managed && io->lowat != OPTION_UNKNOWN) {
        option_set(io->read_fd, SOL_SOCKET, SO_RCVLOWAT, io->lowat);
    }
}

static void restore_send(struct io *io)
{
    if (io->send_managed && io->want_cork && io->cork != OPTION_UNKNOWN) {
        option_set(io->write_fd, IPPROTO_TCP, CORK_OPTION, io->cork);
    }
}

void io_restore(struct io *io)
{
    restore_recv(io);
    restore_send(io);
}

void io_init(struct io *io)
{
    *io = (struct io){ .read_fd = -1, .write_fd = -1, .lowat = OPTION_UNKNOWN, .cork = OPTION_UNKNOWN };
}

/* Descriptors give way to callbacks, one direction at a time; callbacks that were there stay. */
static void unmanage_recv(struct io *io)
{
    if (io->recv_managed) {
        restore_recv(io);
        io->recv_managed = false;
        io->recv = NULL;
        io->recv_ctx = NULL;
    }
}

static void unmanage_send(struct io *io)
{
    if (io->send_managed) {
        restore_send(io);
        io->send_managed = io->want_cork = io->corked = false;
        io->send = NULL;
        io->send_ctx = NULL;
    }
}

void conn_set_read_fd(struct s2n_connection *c, int fd)
{
    struct io *io = &c->io;
    io->recv = fd_recv;
    io->recv_ctx = io;
    io->recv_managed = true;
    io->read_fd = fd;
    io->lowat = option_get(fd, SOL_SOCKET, SO_RCVLOWAT);
}

void conn_set_write_fd(struct s2n_connection *c, int fd)
{
    struct io *io = &c->io;
    io->send = fd_send;
    io->send_ctx = io;
    io->send_managed = true;
    io->write_fd = fd;
    io->cork = option_get(fd, IPPROTO_TCP, CORK_OPTION);
    io->corked = io->broken = false;
}

bool conn_get_read_fd(const struct s2n_connection *c, int *out)
{
    if (!c->io.recv_managed) {
        return fail(ERR_INVALID_STATE);
    }
    *out = c->io.read_fd;
    return true;
}

bool conn_get_write_fd(const struct s2n_connection *c, int *out)
{
    if (!c->io.send_managed) {
        return fail(ERR_INVALID_STATE);
    }
    *out = c->io.write_fd;
    return true;
}

bool conn_use_corked_io(struct s2n_connection *c)
{
    if (!c->io.send_managed) {
        return fail(ERR_CORK_SET_ON_UNMANAGED);
    }
    c->io.want_cork = true;
    return true;
}

void conn_set_recv_cb(struct s2n_connection *c, s2n_recv_fn *fn)
{
    unmanage_recv(&c->io);
    c->io.recv = fn;
}

void conn_set_recv_ctx(struct s2n_connection *c, void *ctx)
{
    unmanage_recv(&c->io);
    c->io.recv_ctx = ctx;
}

void conn_set_send_cb(struct s2n_connection *c, s2n_send_fn *fn)
{
    unmanage_send(&c->io);
    c->io.send = fn;
}

void conn_set_send_ctx(struct s2n_connection *c, void *ctx)
{
    unmanage_send(&c->io);
    c->io.send_ctx = ctx;
}
