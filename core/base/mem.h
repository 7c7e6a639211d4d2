/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All heap memory of the library. `struct buf` is the only owner of heap bytes; objects come from mem_new and go
 * with mem_del. Everything is wiped when it is freed, shrunk or moved. The default allocator locks its pages and
 * keeps them out of core dumps unless S2N_DONT_MLOCK is set; the application may install its own callbacks.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/err.h"
#include "base/span.h"

typedef int mem_init_fn(void);
typedef int mem_cleanup_fn(void);
typedef int mem_malloc_fn(void **ptr, uint32_t requested, uint32_t *allocated);
typedef int mem_free_fn(void *ptr, uint32_t size);

/* mem_hooks_set installs application callbacks (before mem_init). */
void mem_hooks_set(mem_init_fn *init, mem_cleanup_fn *cleanup, mem_malloc_fn *alloc, mem_free_fn *release);
MUST_USE bool mem_init(void);
MUST_USE bool mem_cleanup(void);
void mem_undo(void); /* as before mem_init, when what came after it failed: the allocator stays as chosen */
bool mem_ready(void);

/* mem_alloc gives n zeroed bytes (n > 0) or fails with ERR_ALLOC (or the hook's own silence); mem_free wipes. */
MUST_USE bool mem_alloc(size_t n, void **out);
void mem_free(void *p, size_t n);

#define mem_new(out) mem_alloc(sizeof(**(out)), (void **) (out))
#define mem_del(p) mem_free((p), sizeof(*(p)))

/* Owner of heap bytes: [p, p+len) in use of cap. Zero-initialised is a valid empty growable buffer.
 * `fixed` makes one over borrowed memory that never grows and is not freed. */
struct buf {
    uint8_t *p;
    uint32_t len;
    uint32_t cap;
    bool fixed;
};

#define BUF_FIXED(ptr, size) ((struct buf){ .p = (ptr), .cap = (uint32_t) (size), .fixed = true })

/* buf_reserve makes room for n bytes beyond len (growing, moving, wiping the old place). */
MUST_USE bool buf_reserve(struct buf *b, size_t n);
MUST_USE bool buf_append(struct buf *b, struct span s);
MUST_USE bool buf_set(struct buf *b, struct span s); /* replace the content; on failure b is as it was */
void buf_consume(struct buf *b, size_t n); /* drop n bytes from the front, wiping what is left behind */
void buf_clear(struct buf *b);             /* len = 0, content wiped, memory kept */
void buf_free(struct buf *b);              /* wiped and given back */
static inline struct span buf_span(const struct buf *b)
{
    return (struct span){ b->p, b->len };
}

#define AUTO_BUF __attribute__((cleanup(buf_free))) struct buf

#endif
