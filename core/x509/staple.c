/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staples: see the header. One lock for all of them, held for the few instructions that swap a pointer or count a
 * reference; nothing is copied or freed under it. Called by abi/ to renew and by handshake/ to send.
 */
#include "x509/staple.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"

struct staple {
    unsigned refs;
    size_t n;
    uint8_t bytes[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool staple_set(struct staple **place, struct span bytes)
{
    struct staple *fresh = NULL;
    if (bytes.n > 0) {
        void *block = NULL;
        TRY(mem_alloc(sizeof(struct staple) + bytes.n, &block));
        fresh = block;
        fresh->refs = 1;
        fresh->n = bytes.n;
        memcpy(fresh->bytes, bytes.p, bytes.n);
    }
    pthread_mutex_lock(&lock);
    struct staple *old = *place;
    *place = fresh;
    pthread_mutex_unlock(&lock);
    staple_drop(old);
    return true;
}

struct staple *staple_take(struct staple *const *place)
{
    pthread_mutex_lock(&lock);
    struct staple *s = *place;
    if (s != NULL) {
        s->refs++;
    }
    pthread_mutex_unlock(&lock);
    return s;
}

void staple_drop(struct staple *s)
{
    if (s == NULL) {
        return;
    }
    pthread_mutex_lock(&lock);
    bool last = --s->refs == 0;
    pthread_mutex_unlock(&lock);
    if (last) {
        mem_free(s, sizeof(struct staple) + s->n);
    }
}

struct span staple_span(const struct staple *s)
{
    return s == NULL ? SPAN_NONE : SPAN(s->bytes, s->n);
}
