/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap: which allocator is in use, its life from init to cleanup, and the growable buffer on top of it.
 * Called by everything that owns memory. No other file of core calls malloc, and nothing leaves here unwiped.
 * Allocators: locked pages (the default), plain malloc (S2N_DONT_MLOCK, or any time after a cleanup), the
 * application's own.
 */
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

/* The least growth of a buffer that grows again: a page's worth of small steps would copy too often. */
#define GROWTH_STEP 1024U

struct allocator {
    mem_init_fn *init;
    mem_cleanup_fn *cleanup;
    mem_malloc_fn *alloc;
    mem_free_fn *release;
};

static int no_step(void)
{
    return 0;
}

/* ---- plain memory ---- */

static int plain_alloc(void **ptr, uint32_t requested, uint32_t *allocated)
{
    *ptr = malloc(requested);
    *allocated = requested;
    return 0; /* NULL is noticed, and named, by take */
}

static int plain_release(void *ptr, uint32_t size)
{
    (void) size;
    free(ptr);
    return 0;
}

/* ---- the allocator in use ---- */

static const struct allocator locked = { pages_init, pages_cleanup, pages_alloc, pages_release };
static const struct allocator plain = { no_step, no_step, plain_alloc, plain_release };

static struct allocator in_use = { pages_init, pages_cleanup, pages_alloc, pages_release };
static bool ready;

void mem_hooks_set(mem_init_fn *init, mem_cleanup_fn *cleanup, mem_malloc_fn *alloc, mem_free_fn *release)
{
    in_use = (struct allocator){ init, cleanup, alloc, release };
}

bool mem_init(void)
{
    if (in_use.alloc == locked.alloc && getenv("S2N_DONT_MLOCK") != NULL) {
        in_use = plain;
    }
    if (in_use.init() < 0) {
        return fail(ERR_CANCELLED);
    }
    ready = true;
    return true;
}

bool mem_cleanup(void)
{
    if (!ready) {
        return fail(ERR_NOT_INITIALIZED);
    }
    if (in_use.cleanup() < 0) {
        return fail(ERR_CANCELLED);
    }
    /* What comes after a final cleanup is not locked, and the application's callbacks may be gone. */
    in_use = plain;
    ready = false;
    return true;
}

void mem_undo(void)
{
    (void) in_use.cleanup();
    ready = false;
}

bool mem_ready(void)
{
    return ready;
}

void wipe(void *p, size_t n)
{
    if (n > 0) {
        explicit_bzero(p, n);
    }
}

/* At least n bytes, not cleared. An allocator that refuses has told its own reason, or none at all: an
 * application's callback may keep silent, and then the error slot keeps what it had. */
static bool take(size_t n, void **out, uint32_t *out_got)
{
    if (!ready) {
        return fail(ERR_NOT_INITIALIZED);
    }
    if (n == 0 || n > UINT32_MAX) {
        return fail(ERR_ALLOC);
    }
    void *p = NULL;
    uint32_t got = 0;
    TRY(in_use.alloc(&p, (uint32_t) n, &got) == 0);
    if (p == NULL || got < n) {
        return fail(ERR_ALLOC);
    }
    *out = p;
    *out_got = got;
    return true;
}

bool mem_alloc(size_t n, void **out)
{
    uint32_t got;
    TRY(take(n, out, &got));
    memset(*out, 0, n);
    return true;
}

void mem_free(void *p, size_t n)
{
    if (p == NULL) {
        return;
    }
    wipe(p, n);
    (void) in_use.release(p, (uint32_t) n); /* a refusal changes nothing: the memory is out of our hands */
}

/* ---- buffers ---- */

/* Move the content to a place of at least `cap` bytes. */
static bool move(struct buf *b, size_t cap)
{
    void *p = NULL;
    uint32_t got = 0;
    TRY(take(cap, &p, &got));
    if (b->len > 0) {
        memcpy(p, b->p, b->len);
    }
    mem_free(b->p, b->cap);
    b->p = p;
    b->cap = got;
    return true;
}

bool buf_reserve(struct buf *b, size_t n)
{
    if (n <= b->cap - b->len) {
        return true;
    }
    if (b->fixed) {
        return fail(ERR_SIZE_MISMATCH);
    }
    if (n > UINT32_MAX - b->len) {
        return fail(ERR_INTEGER_OVERFLOW);
    }
    size_t need = b->len + n;
    if (b->cap == 0) { /* who fills a buffer once asks for what it takes, and gets no more */
        return move(b, need);
    }
    size_t step = b->cap > GROWTH_STEP ? b->cap : GROWTH_STEP;
    size_t roomy = b->cap + step < UINT32_MAX ? b->cap + step : UINT32_MAX;
    return move(b, need > roomy ? need : roomy);
}

bool buf_append(struct buf *b, struct span s)
{
    TRY(buf_reserve(b, s.n));
    if (s.n > 0) {
        memcpy(b->p + b->len, s.p, s.n);
        b->len += (uint32_t) s.n;
    }
    return true;
}

bool buf_set(struct buf *b, struct span s)
{
    if (s.n > b->cap) {
        if (b->fixed) {
            return fail(ERR_SIZE_MISMATCH);
        }
        struct buf fresh = { 0 };
        TRY(buf_append(&fresh, s));
        buf_free(b);
        *b = fresh;
        return true;
    }
    if (s.n > 0) {
        memmove(b->p, s.p, s.n);
    }
    if (s.n < b->len) {
        wipe(b->p + s.n, b->len - s.n);
    }
    b->len = (uint32_t) s.n;
    return true;
}

void buf_consume(struct buf *b, size_t n)
{
    uint32_t gone = n < b->len ? (uint32_t) n : b->len;
    if (gone == 0) {
        return;
    }
    memmove(b->p, b->p + gone, b->len - gone);
    wipe(b->p + (b->len - gone), gone);
    b->len -= gone;
}

void buf_clear(struct buf *b)
{
    wipe(b->p, b->len);
    b->len = 0;
}

void buf_free(struct buf *b)
{
    if (!b->fixed) { /* borrowed bytes are their owner's to wipe */
        mem_free(b->p, b->cap);
    }
    *b = (struct buf){ 0 };
}
