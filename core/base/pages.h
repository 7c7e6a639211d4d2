/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default allocator of mem.c: whole pages, locked in RAM and left out of core dumps. For mem.c only; the functions
 * have the shape of the application's memory callbacks.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stdint.h>

int pages_init(void);
int pages_cleanup(void);
int pages_alloc(void **ptr, uint32_t requested, uint32_t *allocated); /* ERR_ALLOC, ERR_MADVISE, ERR_MLOCK */
int pages_release(void *ptr, uint32_t size);

#endif
