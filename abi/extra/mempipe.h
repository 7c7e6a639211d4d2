/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mempipe: a memory transport for one connection, header only, C11 and C++11.
 *
 * Two growable byte queues and the two I/O callbacks in C. The application feeds bytes that came from
 * its peer into the incoming queue and takes bytes meant for its peer from the outgoing one; the
 * library sees them through mempipe_recv and mempipe_send. Used by the Python package, the scripting
 * bindings and the C tests. It never blocks, never does real I/O, has no globals and takes no locks:
 * each queue may be used by one thread at a time (the two queues are independent of each other).
 *
 *     struct mempipe *pipe = mempipe_new();
 *     s2n_connection_set_recv_cb(conn, mempipe_recv);
 *     s2n_connection_set_recv_ctx(conn, pipe);
 *     s2n_connection_set_send_cb(conn, mempipe_send);
 *     s2n_connection_set_send_ctx(conn, pipe);
 *
 * Functions that can fail return 0 or -1 (NULL where a pointer is returned) and set errno. No argument
 * may be NULL except where said. Members of the structs are private: use the functions.
 */
#ifndef MEMPIPE_H
#define MEMPIPE_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef MEMPIPE_API
#define MEMPIPE_API static inline
#endif

/* First allocation of a queue, and the largest block an empty queue holds on to. */
#define MEMPIPE_FIRST_ALLOC ((size_t) 4096)
#define MEMPIPE_KEEP_ALLOC ((size_t) 65536)

/* Bytes live in data[head, tail). `pinned` is set between reserve and commit, when the application may
 * hold a pointer into the block: the block is then neither moved nor released by the reading side. */
struct mempipe_queue {
    uint8_t *data;
    size_t head;
    size_t tail;
    size_t cap;
    size_t limit;
    size_t chunk;
    uint64_t total;
    bool pinned;
    bool closed;
};

struct mempipe {
    struct mempipe_queue in;
    struct mempipe_queue out;
};

/* ---- queue internals ---------------------------------------------------------------------------- */

MEMPIPE_API size_t mempipe_queue_len_(const struct mempipe_queue *q)
{
    return q->tail - q->head;
}

/* How many more bytes the limit allows. */
MEMPIPE_API size_t mempipe_queue_room_(const struct mempipe_queue *q)
{
    size_t used = mempipe_queue_len_(q);
    return used < q->limit ? q->limit - used : 0;
}

MEMPIPE_API size_t mempipe_min_(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Makes at least n bytes of space behind tail: slides first, grows by doubling if that is not enough. */
MEMPIPE_API int mempipe_queue_space_(struct mempipe_queue *q, size_t n)
{
    size_t used = mempipe_queue_len_(q);
    size_t cap = q->cap > 0 ? q->cap : MEMPIPE_FIRST_ALLOC;
    uint8_t *data = NULL;

    if (q->cap - q->tail >= n) {
        return 0;
    }
    if (n > SIZE_MAX / 4 || used > SIZE_MAX / 4) {
        errno = ENOMEM;
        return -1;
    }
    if (q->head > 0) {
        memmove(q->data, q->data + q->head, used);
        q->head = 0;
        q->tail = used;
    }
    if (q->cap - q->tail >= n) {
        return 0;
    }
    while (cap - used < n) {
        cap *= 2;
    }
    data = (uint8_t *) realloc(q->data, cap);
    if (data == NULL) {
        errno = ENOMEM;
        return -1;
    }
    q->data = data;
    q->cap = cap;
    return 0;
}

MEMPIPE_API void mempipe_queue_clear_(struct mempipe_queue *q)
{
    free(q->data);
    q->data = NULL;
    q->head = q->tail = q->cap = 0;
    q->pinned = false;
}

/* Drops n bytes from the front; an emptied queue starts over and gives a large block back. */
MEMPIPE_API void mempipe_queue_drop_(struct mempipe_queue *q, size_t n)
{
    q->head += n;
    if (q->head < q->tail || q->pinned) {
        return;
    }
    q->head = q->tail = 0;
    if (q->cap > MEMPIPE_KEEP_ALLOC) {
        mempipe_queue_clear_(q);
    }
}

MEMPIPE_API int mempipe_queue_put_(struct mempipe_queue *q, const void *data, size_t n)
{
    q->pinned = false;
    if (n == 0) {
        return 0;
    }
    if (mempipe_queue_space_(q, n) != 0) {
        return -1;
    }
    memcpy(q->data + q->tail, data, n);
    q->tail += n;
    q->total += n;
    return 0;
}

MEMPIPE_API void mempipe_queue_init_(struct mempipe_queue *q)
{
    mempipe_queue_clear_(q);
    q->limit = SIZE_MAX;
    q->chunk = SIZE_MAX;
    q->total = 0;
    q->closed = false;
}

/* ---- life --------------------------------------------------------------------------------------- */

/* mempipe_new makes an empty transport without limits; the caller frees it. NULL when out of memory. */
MEMPIPE_API struct mempipe *mempipe_new(void)
{
    struct mempipe *p = (struct mempipe *) calloc(1, sizeof(struct mempipe));
    if (p != NULL) {
        mempipe_queue_init_(&p->in);
        mempipe_queue_init_(&p->out);
    }
    return p;
}

/* mempipe_free releases the transport; NULL is allowed. No connection may use it any more. */
MEMPIPE_API void mempipe_free(struct mempipe *p)
{
    if (p != NULL) {
        mempipe_queue_clear_(&p->in);
        mempipe_queue_clear_(&p->out);
        free(p);
    }
}

/* mempipe_reset empties both queues and forgets end marks, limits, chunk sizes and totals. */
MEMPIPE_API void mempipe_reset(struct mempipe *p)
{
    mempipe_queue_init_(&p->in);
    mempipe_queue_init_(&p->out);
}

/* ---- the two callbacks -------------------------------------------------------------------------- */

/* mempipe_recv is the library's receive callback: bytes taken from the incoming queue, 0 at its end, or
 * -1 with EAGAIN while it is empty. */
MEMPIPE_API int mempipe_recv(void *ctx, uint8_t *buf, uint32_t len)
{
    struct mempipe_queue *q = &((struct mempipe *) ctx)->in;
    size_t n = mempipe_min_(mempipe_min_(len, INT_MAX), mempipe_min_(mempipe_queue_len_(q), q->chunk));

    if (n == 0) {
        if (q->closed && mempipe_queue_len_(q) == 0) {
            return 0;
        }
        errno = EAGAIN;
        return -1;
    }
    memcpy(buf, q->data + q->head, n);
    mempipe_queue_drop_(q, n);
    return (int) n;
}

/* mempipe_send is the library's send callback: bytes accepted into the outgoing queue, or -1 with EAGAIN
 * (limit reached), EPIPE (mempipe_out_close was called) or ENOMEM. */
MEMPIPE_API int mempipe_send(void *ctx, const uint8_t *buf, uint32_t len)
{
    struct mempipe_queue *q = &((struct mempipe *) ctx)->out;
    size_t n = mempipe_min_(mempipe_min_(len, INT_MAX), mempipe_min_(mempipe_queue_room_(q), q->chunk));

    if (q->closed) {
        errno = EPIPE;
        return -1;
    }
    if (n == 0) {
        errno = EAGAIN;
        return -1;
    }
    return mempipe_queue_put_(q, buf, n) == 0 ? (int) n : -1;
}

/* ---- incoming: from the peer to the library ----------------------------------------------------- */

/* mempipe_in_len tells how many bytes the library has not read yet. */
MEMPIPE_API size_t mempipe_in_len(const struct mempipe *p)
{
    return mempipe_queue_len_(&p->in);
}

/* mempipe_in_data gives the unread bytes in place: *out_len of them, valid until the next call on the incoming
 * queue or read by the library. Not NULL even when there are none. */
MEMPIPE_API const uint8_t *mempipe_in_data(const struct mempipe *p, size_t *out_len)
{
    static const uint8_t none = 0;
    *out_len = mempipe_queue_len_(&p->in);
    return *out_len > 0 ? p->in.data + p->in.head : &none;
}

/* mempipe_in_room tells how many bytes mempipe_in_write would accept; 0 after mempipe_in_eof. */
MEMPIPE_API size_t mempipe_in_room(const struct mempipe *p)
{
    return p->in.closed ? 0 : mempipe_queue_room_(&p->in);
}

/* mempipe_in_write copies all of data into the queue or nothing: -1 with EAGAIN when the limit does not
 * allow it, EPIPE after mempipe_in_eof, ENOMEM. Ends a reservation. */
MEMPIPE_API int mempipe_in_write(struct mempipe *p, const void *data, size_t len)
{
    if (p->in.closed) {
        errno = EPIPE;
        return -1;
    }
    if (len > mempipe_queue_room_(&p->in)) {
        errno = EAGAIN;
        return -1;
    }
    return mempipe_queue_put_(&p->in, data, len);
}

/* mempipe_in_reserve gives space for at least len > 0 bytes at the end of the queue, to be filled in place
 * and then announced with mempipe_in_commit. *out_len is the usable size: more than asked when there is
 * more space, less when the limit is near. Reading by the library meanwhile is safe; any other call on
 * the incoming queue ends the reservation. NULL with EAGAIN (limit), EPIPE (after eof) or ENOMEM. */
MEMPIPE_API uint8_t *mempipe_in_reserve(struct mempipe *p, size_t len, size_t *out_len)
{
    struct mempipe_queue *q = &p->in;
    size_t room = mempipe_queue_room_(q);

    *out_len = 0;
    q->pinned = false;
    if (q->closed || room == 0 || len == 0) {
        errno = q->closed ? EPIPE : (len == 0 ? EINVAL : EAGAIN);
        return NULL;
    }
    if (mempipe_queue_space_(q, mempipe_min_(len, room)) != 0) {
        return NULL;
    }
    q->pinned = true;
    *out_len = mempipe_min_(q->cap - q->tail, room);
    return q->data + q->tail;
}

/* mempipe_in_commit appends the first len bytes of the reserved space to the queue; 0 gives it up. -1 with
 * EINVAL when there is no reservation or it is smaller than len. */
MEMPIPE_API int mempipe_in_commit(struct mempipe *p, size_t len)
{
    struct mempipe_queue *q = &p->in;

    if (!q->pinned || len > q->cap - q->tail || len > mempipe_queue_room_(q)) {
        errno = EINVAL;
        return -1;
    }
    q->pinned = false;
    q->tail += len;
    q->total += len;
    mempipe_queue_drop_(q, 0);
    return 0;
}

/* mempipe_in_eof marks the end of the peer's stream: once the queue is empty, the library reads 0 bytes. */
MEMPIPE_API void mempipe_in_eof(struct mempipe *p)
{
    p->in.closed = true;
}

/* mempipe_in_at_eof tells whether mempipe_in_eof was called and everything before it has been read. */
MEMPIPE_API bool mempipe_in_at_eof(const struct mempipe *p)
{
    return p->in.closed && mempipe_queue_len_(&p->in) == 0;
}

/* mempipe_in_set_limit caps how many unread bytes the incoming queue takes (default: no cap). */
MEMPIPE_API void mempipe_in_set_limit(struct mempipe *p, size_t limit)
{
    p->in.limit = limit;
}

/* ---- outgoing: from the library to the peer ----------------------------------------------------- */

/* mempipe_out_len tells how many bytes wait to be taken. */
MEMPIPE_API size_t mempipe_out_len(const struct mempipe *p)
{
    return mempipe_queue_len_(&p->out);
}

/* mempipe_out_data gives the waiting bytes in place: *out_len of them, valid until the library sends or
 * bytes are consumed. Not NULL even when there are none. */
MEMPIPE_API const uint8_t *mempipe_out_data(const struct mempipe *p, size_t *out_len)
{
    static const uint8_t none = 0;
    *out_len = mempipe_queue_len_(&p->out);
    return *out_len > 0 ? p->out.data + p->out.head : &none;
}

/* mempipe_out_consume drops len bytes from the front; -1 with EINVAL when there are fewer. */
MEMPIPE_API int mempipe_out_consume(struct mempipe *p, size_t len)
{
    if (len > mempipe_queue_len_(&p->out)) {
        errno = EINVAL;
        return -1;
    }
    mempipe_queue_drop_(&p->out, len);
    return 0;
}

/* mempipe_out_read copies up to len bytes to buf, drops them, and returns their number. */
MEMPIPE_API size_t mempipe_out_read(struct mempipe *p, void *buf, size_t len)
{
    size_t n = mempipe_min_(len, mempipe_queue_len_(&p->out));
    if (n > 0) {
        memcpy(buf, p->out.data + p->out.head, n);
        mempipe_queue_drop_(&p->out, n);
    }
    return n;
}

/* mempipe_out_close makes every later send fail with EPIPE; bytes already queued can still be taken. */
MEMPIPE_API void mempipe_out_close(struct mempipe *p)
{
    p->out.closed = true;
}

/* mempipe_out_set_limit caps how many bytes wait in the outgoing queue (default: no cap); sending then
 * blocks with EAGAIN until some are taken. */
MEMPIPE_API void mempipe_out_set_limit(struct mempipe *p, size_t limit)
{
    p->out.limit = limit;
}

/* ---- for tests and statistics ------------------------------------------------------------------- */

/* mempipe_set_chunk caps the bytes of one callback call, to provoke short reads and writes; 0 makes that
 * direction report EAGAIN every time. */
MEMPIPE_API void mempipe_set_chunk(struct mempipe *p, size_t recv_max, size_t send_max)
{
    p->in.chunk = recv_max;
    p->out.chunk = send_max;
}

/* mempipe_in_total and mempipe_out_total count all bytes that ever entered a queue. */
MEMPIPE_API uint64_t mempipe_in_total(const struct mempipe *p)
{
    return p->in.total;
}

MEMPIPE_API uint64_t mempipe_out_total(const struct mempipe *p)
{
    return p->out.total;
}

/* mempipe_move takes up to max bytes from one transport's outgoing queue to another's incoming queue (the
 * wire between two connections in one process). Returns the number moved, 0 also when nothing fits. */
MEMPIPE_API size_t mempipe_move(struct mempipe *from, struct mempipe *to, size_t max)
{
    size_t waiting = 0;
    const uint8_t *data = mempipe_out_data(from, &waiting);
    size_t n = mempipe_min_(mempipe_min_(waiting, max), mempipe_in_room(to));

    if (n == 0 || mempipe_in_write(to, data, n) != 0) {
        return 0;
    }
    mempipe_queue_drop_(&from->out, n);
    return n;
}

#endif
