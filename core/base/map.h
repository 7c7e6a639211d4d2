/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small hash map from byte strings to pointers (SNI names to certificates, verified-chain digests). Keys
 * are copied; values are borrowed. Not thread safe: built before it is shared.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/mem.h"

struct map_slot;

struct map {
    struct map_slot *slots;
    uint32_t n;
    uint32_t cap;
    struct buf
        keys; /* the bytes of all keys, one after the other: a key of its own would cost a locked page */
};

MUST_USE bool map_put(struct map *m, struct span key, void *value); /* replaces the value of an equal key */
void *map_get(const struct map *m, struct span key);                /* NULL when absent */
void map_each(const struct map *m, void (*fn)(void *ctx, void *value),
              void *ctx); /* every value, in no order */
void map_free(struct map *m);

#endif
