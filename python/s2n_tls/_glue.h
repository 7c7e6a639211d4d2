/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C part of the extension module s2n_tls._s2n: a mempipe with a gate in front of its reading side.
 * Included by the C file that _build_ffi.py writes; never calls Python, so the record loop runs without the
 * GIL.
 *
 * The gate hands the library whole records only (RFC 8446 5.1). Between two calls the library then never
 * holds a part of one, which is what s2n_connection_serialize needs: what has not been decrypted yet lies in
 * the pipe, where it can be taken out and moved along with the connection. Callers hold a lock per direction
 * (connection.py).
 */
#ifndef S2N_TLS_GLUE_H
#define S2N_TLS_GLUE_H

#include <s2n.h>
#include <s2n/unstable/allow_ip_in_cn.h>
#include <s2n/unstable/cert_authorities.h>
#include <s2n/unstable/cleanup.h>
#include <s2n/unstable/crl.h>
#include <s2n/unstable/custom_x509_extensions.h>
#include <s2n/unstable/events.h>
#include <s2n/unstable/fingerprint.h>
#include <s2n/unstable/ktls.h>

#include "mempipe.h"

/* Counted up with every change that the Python files rely upon; compared at import. */
#define S2N_TLS_GLUE_VERSION 2

/* Bytes in a record header, and the longest record body any version allows (TLS 1.2: 2^14 + 2048). */
#define S2N_TLS_HEADER 5
#define S2N_TLS_BODY_MAX (16384 + 2048)

int s2n_error_get_alert(int error, uint8_t *alert);

struct s2n_tls_pipe {
    struct mempipe *mem;
    size_t granted; /* bytes of the current record that the library may still read */
    bool whole;
};

/* How much may be read from the start of a record: all of it once it is complete, nothing before. Records
that
 * cannot be right and the rest before the end of the stream pass as they are, so the library can refuse them.
 * */
static size_t s2n_tls_pipe_grant_(const struct s2n_tls_pipe *pipe)
{
    size_t have = 0;
    const uint8_t *data = mempipe_in_data(pipe->mem, &have);
    size_t body = have < S2N_TLS_HEADER ? 0 : (size_t) ((data[3] << 8) | data[4]);

    if (body > S2N_TLS_BODY_MAX || mempipe_in_room(pipe->mem) == 0) {
        return have;
    }
    if (have < S2N_TLS_HEADER || have < S2N_TLS_HEADER + body) {
        return 0;
    }
    return S2N_TLS_HEADER + body;
}

static int s2n_tls_pipe_recv_(void *ctx, uint8_t *buf, uint32_t len)
{
    struct s2n_tls_pipe *pipe = (struct s2n_tls_pipe *) ctx;
    int n = 0;

    if (!pipe->whole) {
        return mempipe_recv(pipe->mem, buf, len);
    }
    if (pipe->granted == 0) {
        pipe->granted = s2n_tls_pipe_grant_(pipe);
        if (pipe->granted == 0 && !mempipe_in_at_eof(pipe->mem)) {
            errno = EAGAIN;
            return -1;
        }
    }
    if (pipe->granted > 0 && len > pipe->granted) {
        len = (uint32_t) pipe->granted;
    }
    n = mempipe_recv(pipe->mem, buf, len);
    if (n > 0) {
        pipe->granted -= (size_t) n;
    }
    return n;
}

static int s2n_tls_pipe_send_(void *ctx, const uint8_t *buf, uint32_t len)
{
    return mempipe_send(((struct s2n_tls_pipe *) ctx)->mem, buf, len);
}

static void s2n_tls_pipe_free(struct s2n_tls_pipe *pipe)
{
    if (pipe != NULL) {
        mempipe_free(pipe->mem);
        free(pipe);
    }
}

static struct s2n_tls_pipe *s2n_tls_pipe_new(void)
{
    struct s2n_tls_pipe *pipe = (struct s2n_tls_pipe *) calloc(1, sizeof(*pipe));

    if (pipe != NULL && (pipe->mem = mempipe_new()) == NULL) {
        free(pipe);
        pipe = NULL;
    }
    return pipe;
}

/* Makes the pipe the transport of conn, in both directions. */
static int s2n_tls_pipe_attach(struct s2n_tls_pipe *pipe, struct s2n_connection *conn)
{
    if (s2n_connection_set_recv_cb(conn, s2n_tls_pipe_recv_) != S2N_SUCCESS ||
        s2n_connection_set_recv_ctx(conn, pipe) != S2N_SUCCESS ||
        s2n_connection_set_send_cb(conn, s2n_tls_pipe_send_) != S2N_SUCCESS) {
        return S2N_FAILURE;
    }
    return s2n_connection_set_send_ctx(conn, pipe);
}

/* Closes the gate from the next record on: called when the handshake is complete, at the end of a record. */
static void s2n_tls_pipe_whole_records(struct s2n_tls_pipe *pipe)
{
    pipe->whole = true;
}

static int s2n_tls_pipe_feed(struct s2n_tls_pipe *pipe, const uint8_t *data, size_t len)
{
    return mempipe_in_write(pipe->mem, data, len);
}

static void s2n_tls_pipe_feed_eof(struct s2n_tls_pipe *pipe)
{
    mempipe_in_eof(pipe->mem);
}

static uint8_t *s2n_tls_pipe_reserve(struct s2n_tls_pipe *pipe, size_t len, size_t *out_len)
{
    return mempipe_in_reserve(pipe->mem, len, out_len);
}

static int s2n_tls_pipe_commit(struct s2n_tls_pipe *pipe, size_t len)
{
    return mempipe_in_commit(pipe->mem, len);
}

static size_t s2n_tls_pipe_unread(const struct s2n_tls_pipe *pipe)
{
    return mempipe_in_len(pipe->mem);
}

/* Bytes of the next record if all of it is there, so that reading need not wait for more. */
static size_t s2n_tls_pipe_ready(const struct s2n_tls_pipe *pipe)
{
    return pipe->granted > 0 ? pipe->granted : s2n_tls_pipe_grant_(pipe);
}

/* Takes bytes that the library has not seen, past the gate: they go to another process. */
static size_t s2n_tls_pipe_take_unread(struct s2n_tls_pipe *pipe, uint8_t *buf, size_t len)
{
    int n = mempipe_recv(pipe->mem, buf, len > INT_MAX ? INT_MAX : (uint32_t) len);
    return n > 0 ? (size_t) n : 0;
}

static size_t s2n_tls_pipe_waiting(const struct s2n_tls_pipe *pipe)
{
    return mempipe_out_len(pipe->mem);
}

static const uint8_t *s2n_tls_pipe_peek(const struct s2n_tls_pipe *pipe, size_t *out_len)
{
    return mempipe_out_data(pipe->mem, out_len);
}

static int s2n_tls_pipe_drop(struct s2n_tls_pipe *pipe, size_t len)
{
    return mempipe_out_consume(pipe->mem, len);
}

/* Queues bytes that another process encrypted but could not send any more. */
static int s2n_tls_pipe_push(struct s2n_tls_pipe *pipe, const uint8_t *data, size_t len)
{
    while (len > 0) {
        int n = mempipe_send(pipe->mem, data, len > INT_MAX ? INT_MAX : (uint32_t) len);
        if (n < 0) {
            return -1;
        }
        data += n;
        len -= (size_t) n;
    }
    return 0;
}

#endif
