/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer's chain: life and getters. Made by verify.c, shared by connections, by the memory of trust.c and by
 * threads without a lock, since nothing in it changes but the reference count.
 */
#include "x509/peer.h"

#include <string.h>

#include "x509/cert.h"

static bool facts_of(struct span der, struct cert_facts *out)
{
    struct cert_view view;
    TRY(cert_read(der, &view));
    cert_get_facts(&view, out);
    return true;
}

bool peer_new(const struct span *ders, uint32_t n, struct peer_chain **out)
{
    size_t size = sizeof(struct peer_chain) + n * sizeof(struct peer_cert), at = size;
    for (uint32_t i = 0; i < n; i++) {
        size += ders[i].n;
    }
    void *block = NULL;
    TRY(mem_alloc(size, &block));
    struct peer_chain *p = block;
    p->n = n;
    p->size = size;
    p->refs = 1;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *copy = (uint8_t *) block + at;
        memcpy(copy, ders[i].p, ders[i].n);
        at += ders[i].n;
        p->certs[i].der = SPAN(copy, ders[i].n);
        if (!facts_of(p->certs[i].der, &p->certs[i].facts)) {
            peer_free(p);
            return false;
        }
    }
    *out = p;
    return true;
}

struct peer_chain *peer_ref(struct peer_chain *p)
{
    if (p != NULL) {
        __atomic_fetch_add(&p->refs, 1, __ATOMIC_RELAXED);
    }
    return p;
}

void peer_free(struct peer_chain *p)
{
    if (p == NULL || __atomic_fetch_sub(&p->refs, 1, __ATOMIC_ACQ_REL) != 1) {
        return;
    }
    pkey_drop(p->key);
    mem_free(p, p->size);
}

struct pkey *peer_key(const struct peer_chain *p)
{
    return p->key;
}

const struct cert_facts *peer_facts(const struct peer_chain *p)
{
    return &p->certs[0].facts;
}

uint32_t peer_count(const struct peer_chain *p)
{
    return p->n;
}

struct span peer_der(const struct peer_chain *p, uint32_t i)
{
    return i < p->n ? p->certs[i].der : SPAN_NONE;
}

const struct cert_facts *peer_cert_facts(const struct peer_chain *p, uint32_t i)
{
    return i < p->n ? &p->certs[i].facts : NULL;
}

bool peer_verified(const struct peer_chain *p)
{
    return p->verified;
}
