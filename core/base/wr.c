/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writing cursor. Called by every writer of wire data and of saved state. The error is recorded where the
 * writing failed, by buf_reserve or wr_close; wr_ok only passes it on, and nothing is written after a
 * failure.
 */
#include "base/wr.h"

#include <string.h>

/* The first room of an empty growable buffer: most messages fit, and bytes come one field at a time. */
#define FIRST_ROOM 256

uint8_t *wr_room(struct wr *w, size_t n)
{
    struct buf *b = w->b;
    size_t ask = b->cap == 0 && !b->fixed && n < FIRST_ROOM ? FIRST_ROOM : n;
    if (w->bad || !buf_reserve(b, ask)) {
        w->bad = true;
        return NULL;
    }
    uint8_t *room = b->p + b->len;
    b->len += (uint32_t) n;
    return room;
}

static void number(struct wr *w, uint64_t v, unsigned size)
{
    uint8_t *room = wr_room(w, size);
    if (room == NULL) {
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        room[i] = (uint8_t) (v >> 8 * (size - 1 - i));
    }
}

void wr_u8(struct wr *w, uint8_t v)
{
    number(w, v, 1);
}

void wr_u16(struct wr *w, uint16_t v)
{
    number(w, v, 2);
}

void wr_u24(struct wr *w, uint32_t v)
{
    number(w, v, 3);
}

void wr_u32(struct wr *w, uint32_t v)
{
    number(w, v, 4);
}

void wr_u64(struct wr *w, uint64_t v)
{
    number(w, v, 8);
}

void wr_bytes(struct wr *w, struct span s)
{
    if (s.n == 0) {
        return;
    }
    uint8_t *room = wr_room(w, s.n);
    if (room != NULL) {
        memcpy(room, s.p, s.n);
    }
}

void wr_zeros(struct wr *w, size_t n)
{
    if (n == 0) {
        return;
    }
    uint8_t *room = wr_room(w, n);
    if (room != NULL) {
        memset(room, 0, n);
    }
}

struct wr_mark wr_open(struct wr *w, uint8_t size)
{
    struct wr_mark mark = { .at = w->b->len, .size = size };
    number(w, 0, size);
    return mark;
}

void wr_close(struct wr *w, struct wr_mark mark)
{
    if (w->bad) {
        return;
    }
    uint32_t n = w->b->len - mark.at - mark.size;
    if (n >> 8 * mark.size != 0) {
        w->bad = !fail(ERR_SIZE_MISMATCH);
        return;
    }
    for (unsigned i = 0; i < mark.size; i++) {
        w->b->p[mark.at + i] = (uint8_t) (n >> 8 * (mark.size - 1U - i));
    }
}

bool wr_ok(const struct wr *w)
{
    return !w->bad;
}
