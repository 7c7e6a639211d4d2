/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locked pages. Mapping, marking and locking a page costs several system calls, and a handshake asks for a dozen of
 * them, so a few released blocks are kept, still locked (and wiped by mem.c), for the next one who asks. A block is
 * taken and put back by one atomic exchange; no lock is held. Called by mem.c only.
 */
#include "base/pages.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

#define SPARE_PAGES 4   /* the longest block that is kept: a record buffer */
#define SPARE_BLOCKS 16 /* of each length */

static size_t page_size; /* set by pages_init */
static _Atomic(void *) spare[SPARE_PAGES][SPARE_BLOCKS];

static size_t pages_of(size_t n)
{
    return (n + page_size - 1) / page_size;
}

static void drop_spares(void)
{
    for (size_t pages = 1; pages <= SPARE_PAGES; pages++) {
        for (size_t i = 0; i < SPARE_BLOCKS; i++) {
            void *p = atomic_exchange(&spare[pages - 1][i], NULL);
            if (p != NULL) {
                (void) munmap(p, pages * page_size); /* unlocks too */
            }
        }
    }
}

static void *take_spare(size_t pages)
{
    for (size_t i = 0; pages <= SPARE_PAGES && i < SPARE_BLOCKS; i++) {
        void *p =
            atomic_load(&spare[pages - 1][i]) != NULL ? atomic_exchange(&spare[pages - 1][i], NULL) : NULL;
        if (p != NULL) {
            return p;
        }
    }
    return NULL;
}

static bool keep_spare(void *p, size_t pages)
{
    for (size_t i = 0; pages <= SPARE_PAGES && i < SPARE_BLOCKS; i++) {
        void *empty = NULL;
        if (atomic_compare_exchange_strong(&spare[pages - 1][i], &empty, p)) {
            return true;
        }
    }
    return false;
}

int pages_init(void)
{
    static bool forks_noticed;
    long size = sysconf(_SC_PAGESIZE);
    if (size <= 0) {
        return -1;
    }
    page_size = (size_t) size;
    if (!forks_noticed) { /* locks are not inherited: a child must not find pages that only look locked */
        forks_noticed = pthread_atfork(NULL, NULL, drop_spares) == 0;
    }
    return forks_noticed ? 0 : -1;
}

int pages_cleanup(void)
{
    drop_spares();
    return 0;
}

/* Keep the block out of core dumps and in RAM. */
static bool protect(void *p, size_t n)
{
#ifdef MADV_DONTDUMP
    if (madvise(p, n, MADV_DONTDUMP) != 0) {
        return fail(ERR_MADVISE);
    }
#endif
    if (mlock(p, n) != 0) {
        drop_spares(); /* they count against the limit as well */
        return mlock(p, n) == 0 || fail(ERR_MLOCK);
    }
    return true;
}

static bool map(size_t n, void **out)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return fail(ERR_ALLOC);
    }
    if (!protect(p, n)) {
        munmap(p, n);
        return false;
    }
    *out = p;
    return true;
}

int pages_alloc(void **ptr, uint32_t requested, uint32_t *allocated)
{
    size_t pages = pages_of(requested);
    if (pages * page_size > UINT32_MAX) {
        (void) fail(ERR_ALLOC);
        return -1;
    }
    void *p = take_spare(pages);
    if (p == NULL && !map(pages * page_size, &p)) {
        return -1;
    }
    *ptr = p;
    *allocated = (uint32_t) (pages * page_size);
    return 0;
}

int pages_release(void *ptr, uint32_t size)
{
    size_t pages = pages_of(size);
    return keep_spare(ptr, pages) ? 0 : munmap(ptr, pages * page_size);
}
