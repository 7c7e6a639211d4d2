/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that move bytes, and those that say where they go and in which portions. Signed sizes become unsigned
 * here; everything else about records, waiting and closing is in core/conn.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

/* ---- the transport ---- */

int s2n_connection_set_read_fd(struct s2n_connection *conn, int readfd)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_read_fd(conn, readfd);
    return S2N_SUCCESS;
}

int s2n_connection_set_write_fd(struct s2n_connection *conn, int writefd)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_write_fd(conn, writefd);
    return S2N_SUCCESS;
}

int s2n_connection_set_fd(struct s2n_connection *conn, int fd)
{
    if (s2n_connection_set_read_fd(conn, fd) != S2N_SUCCESS) {
        return S2N_FAILURE;
    }
    return s2n_connection_set_write_fd(conn, fd);
}

int s2n_connection_get_read_fd(struct s2n_connection *conn, int *readfd)
{
    return result(GIVEN(conn) && GIVEN(readfd) && conn_get_read_fd(conn, readfd));
}

int s2n_connection_get_write_fd(struct s2n_connection *conn, int *writefd)
{
    return result(GIVEN(conn) && GIVEN(writefd) && conn_get_write_fd(conn, writefd));
}

int s2n_connection_use_corked_io(struct s2n_connection *conn)
{
    return result(GIVEN(conn) && conn_use_corked_io(conn));
}

int s2n_connection_set_recv_ctx(struct s2n_connection *conn, void *ctx)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_recv_ctx(conn, ctx);
    return S2N_SUCCESS;
}

int s2n_connection_set_send_ctx(struct s2n_connection *conn, void *ctx)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_send_ctx(conn, ctx);
    return S2N_SUCCESS;
}

int s2n_connection_set_recv_cb(struct s2n_connection *conn, s2n_recv_fn *recv)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_recv_cb(conn, recv);
    return S2N_SUCCESS;
}

int s2n_connection_set_send_cb(struct s2n_connection *conn, s2n_send_fn *send)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_send_cb(conn, send);
    return S2N_SUCCESS;
}

/* ---- records and buffers ---- */

int s2n_connection_prefer_throughput(struct s2n_connection *conn)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_prefer_throughput(conn);
    return S2N_SUCCESS;
}

int s2n_connection_prefer_low_latency(struct s2n_connection *conn)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_prefer_low_latency(conn);
    return S2N_SUCCESS;
}

int s2n_connection_set_dynamic_record_threshold(struct s2n_connection *conn, uint32_t resize_threshold,
                                                uint16_t timeout_threshold)
{
    return result(GIVEN(conn) && conn_set_dynamic_threshold(conn, resize_threshold, timeout_threshold));
}

int s2n_connection_set_dynamic_buffers(struct s2n_connection *conn, bool enabled)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_dynamic_buffers(conn, enabled);
    return S2N_SUCCESS;
}

int s2n_connection_set_recv_buffering(struct s2n_connection *conn, bool enabled)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_set_recv_buffering(conn, enabled);
    return S2N_SUCCESS;
}

uint32_t s2n_peek(struct s2n_connection *conn)
{
    return conn == NULL ? 0 : conn_peek(conn);
}

uint32_t s2n_peek_buffered(struct s2n_connection *conn)
{
    return conn == NULL ? 0 : conn_peek_buffered(conn);
}

uint64_t s2n_connection_get_wire_bytes_in(struct s2n_connection *conn)
{
    return conn == NULL ? 0 : conn->stats.bytes_in;
}

uint64_t s2n_connection_get_wire_bytes_out(struct s2n_connection *conn)
{
    return conn == NULL ? 0 : conn->stats.bytes_out;
}

/* ---- handshake and data ---- */

int s2n_negotiate(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
    return result(GIVEN(conn) && GIVEN(blocked) && conn_negotiate(conn, blocked));
}

/* Bytes are promised, so they must be somewhere. */
static bool buffers_given(const struct iovec *bufs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TRY(bufs[i].iov_len == 0 || GIVEN(bufs[i].iov_base));
    }
    return true;
}

ssize_t s2n_sendv_with_offset(struct s2n_connection *conn, const struct iovec *bufs, ssize_t count,
                              ssize_t offs, s2n_blocked_status *blocked)
{
    size_t n = count > 0 ? (size_t) count : 0; /* a negative count is no buffers */
    size_t sent;
    if (!GIVEN(conn) || !GIVEN(blocked) || (n > 0 && !GIVEN(bufs))) {
        return S2N_FAILURE;
    }
    if (offs < 0) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    if (!buffers_given(bufs, n) || !conn_sendv(conn, bufs, n, (size_t) offs, blocked, &sent)) {
        return S2N_FAILURE;
    }
    return (ssize_t) sent;
}

ssize_t s2n_sendv(struct s2n_connection *conn, const struct iovec *bufs, ssize_t count,
                  s2n_blocked_status *blocked)
{
    return s2n_sendv_with_offset(conn, bufs, count, 0, blocked);
}

/* An iovec cannot say that its bytes are only read, hence the detour of the pointer. */
ssize_t s2n_send(struct s2n_connection *conn, const void *buf, ssize_t size, s2n_blocked_status *blocked)
{
    if (!GIVEN(conn) || !GIVEN(blocked)) {
        return S2N_FAILURE;
    }
    if (size < 0) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    struct iovec one = { .iov_len = (size_t) size };
    memcpy(&one.iov_base, &buf, sizeof(buf));
    return s2n_sendv_with_offset(conn, &one, 1, 0, blocked);
}

ssize_t s2n_recv(struct s2n_connection *conn, void *buf, ssize_t size, s2n_blocked_status *blocked)
{
    size_t got = 0;
    if (!GIVEN(conn) || !GIVEN(blocked)) {
        return S2N_FAILURE;
    }
    if (size < 0) {
        (void) fail(ERR_SAFETY);
        return S2N_FAILURE;
    }
    if (size == 0) { /* in any state */
        *blocked = S2N_NOT_BLOCKED;
        return 0;
    }
    if (!GIVEN(buf) || !conn_recv(conn, buf, (size_t) size, blocked, &got)) {
        return S2N_FAILURE;
    }
    return (ssize_t) got;
}

int s2n_shutdown(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
    return result(GIVEN(conn) && GIVEN(blocked) && conn_shutdown(conn, blocked));
}

int s2n_shutdown_send(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
    return result(GIVEN(conn) && GIVEN(blocked) && conn_shutdown_send(conn, blocked));
}
