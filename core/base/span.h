/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed bytes, and the secret value type. A span never owns; a secret is a value that its holder wipes
 * (secret_wipe, or AUTO_SECRET for one on the stack). Nothing here allocates.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const uint8_t *p;
    size_t n;
};

#define SPAN(ptr, len) ((struct span){ (ptr), (len) })
#define SPAN_OF(array) ((struct span){ (array), sizeof(array) })
#define SPAN_NONE ((struct span){ NULL, 0 })

bool span_eq(struct span a, struct span b); /* public data only: not constant time */
/* span_total: how many bytes n pieces are; span_join: lay them one after the other at out, giving the end. */
size_t span_total(const struct span *pieces, size_t n);
uint8_t *span_join(const struct span *pieces, size_t n, uint8_t *out);

/* Room for every secret of the key schedules and key exchanges: the longest is P-384 with ML-KEM-1024 (48 + 32). */
struct secret {
    uint8_t n;
    uint8_t b[80];
};

void wipe(void *p, size_t n);
void secret_wipe(struct secret *s);
static inline struct span secret_span(const struct secret *s)
{
    return (struct span){ s->b, s->n };
}

#define AUTO_SECRET __attribute__((cleanup(secret_wipe))) struct secret

#endif
