/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writing cursor: appends big-endian wire structures to a buf (growable or fixed). Failure is sticky and asked
 * once, by wr_ok. wr_open reserves a length field of 1, 2 or 3 bytes; wr_close fills it in, and fails when the
 * content is too long for the field.
 */
#ifndef BASE_WR_H
#define BASE_WR_H

#include "base/mem.h"

struct wr {
    struct buf *b;
    bool bad;
};

struct wr_mark {
    uint32_t at;
    uint8_t size;
};

static inline struct wr wr_to(struct buf *b)
{
    return (struct wr){ .b = b };
}

void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u24(struct wr *w, uint32_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, struct span s);
void wr_zeros(struct wr *w, size_t n);
uint8_t *wr_room(struct wr *w, size_t n); /* n bytes to be filled in by the caller, or NULL when bad */
struct wr_mark wr_open(struct wr *w, uint8_t size);
void wr_close(struct wr *w, struct wr_mark mark);

/* wr_ok fails with ERR_ALLOC-like code already set when growing failed, else ERR_SIZE_MISMATCH for a full fixed
 * buffer or an overlong vector. */
MUST_USE bool wr_ok(const struct wr *w);

#endif
