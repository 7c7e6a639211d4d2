/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open addressing with linear probing, at most three quarters full, never shrinking. Called by config (SNI
 * names) and by the cache of verified chains. The hash has no secret seed: whoever looks up may be hostile,
 * but keys are put by the application only.
 */
#include "base/map.h"

#include <string.h>

#define FIRST_SLOTS 16U

struct map_slot {
    uint32_t at; /* of the key in map.keys */
    uint32_t n;
    uint32_t hash;
    bool used;
    void *value;
};

/* FNV-1a */
static uint32_t hash_of(struct span key)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < key.n; i++) {
        h = (h ^ key.p[i]) * 16777619U;
    }
    return h;
}

/* The slot of the key, or the free one where it belongs. There is always a free one. */
static struct map_slot *find(const struct map *m, struct span key, uint32_t hash)
{
    for (uint32_t i = hash;; i++) {
        struct map_slot *s = &m->slots[i & (m->cap - 1)];
        if (!s->used) {
            return s;
        }
        if (s->hash == hash && s->n == key.n &&
            (key.n == 0 || memcmp(m->keys.p + s->at, key.p, key.n) == 0)) {
            return s;
        }
    }
}

static bool grow(struct map *m)
{
    uint32_t cap = m->cap == 0 ? FIRST_SLOTS : m->cap * 2;
    if (cap < m->cap) {
        return fail(ERR_INTEGER_OVERFLOW);
    }
    void *slots = NULL;
    TRY(mem_alloc((size_t) cap * sizeof(struct map_slot), &slots));
    struct map bigger = { .slots = slots, .n = m->n, .cap = cap, .keys = m->keys };
    for (uint32_t i = 0; i < m->cap; i++) {
        const struct map_slot *s = &m->slots[i];
        if (s->used) {
            *find(&bigger, SPAN(m->keys.p + s->at, s->n), s->hash) = *s;
        }
    }
    mem_free(m->slots, m->cap * sizeof(struct map_slot));
    *m = bigger;
    return true;
}

bool map_put(struct map *m, struct span key, void *value)
{
    if (m->n >= m->cap / 4 * 3) {
        TRY(grow(m));
    }
    uint32_t hash = hash_of(key);
    struct map_slot *s = find(m, key, hash);
    if (!s->used) {
        uint32_t at = m->keys.len;
        TRY(buf_append(&m->keys, key));
        *s = (struct map_slot){ .at = at, .n = (uint32_t) key.n, .hash = hash, .used = true };
        m->n++;
    }
    s->value = value;
    return true;
}

void *map_get(const struct map *m, struct span key)
{
    return m->n == 0 ? NULL : find(m, key, hash_of(key))->value;
}

void map_each(const struct map *m, void (*fn)(void *ctx, void *value), void *ctx)
{
    for (uint32_t i = 0; i < m->cap; i++) {
        if (m->slots[i].used) {
            fn(ctx, m->slots[i].value);
        }
    }
}

void map_free(struct map *m)
{
    mem_free(m->slots, m->cap * sizeof(struct map_slot));
    buf_free(&m->keys);
    *m = (struct map){ 0 };
}
