/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of ticket keys. Filled by the config's setter, read by every connection that seals or opens a ticket, from
 * any thread: each call holds the ring's lock from beginning to end, and keys leave as copies. It never reads a clock
 * and never sees a ticket. RFC 5077 4 and 5.5, RFC 5869.
 */
#include "config/ticketkeys.h"

#include <pthread.h>
#include <string.h>

#include "base/ct.h"
#include "base/mem.h"
#include "crypto/kdf.h"
#include "crypto/rand.h"

struct ticketkeys {
    pthread_mutex_t lock;
    uint32_t n;
    struct ticketkey keys[TICKET_KEYS_MAX]; /* the first n */
};

void ticketkey_wipe(struct ticketkey *k)
{
    wipe(k, sizeof(*k));
}

bool ticketkeys_new(struct ticketkeys **out)
{
    struct ticketkeys *ring = NULL;
    TRY(mem_new(&ring));
    if (pthread_mutex_init(&ring->lock, NULL) != 0) {
        mem_del(ring);
        return fail(ERR_ALLOC);
    }
    *out = ring;
    return true;
}

void ticketkeys_free(struct ticketkeys *ring)
{
    if (ring == NULL) {
        return;
    }
    pthread_mutex_destroy(&ring->lock);
    mem_del(ring);
}

/* ---- a key's life ---- */

static uint64_t later(uint64_t time, uint64_t by)
{
    return by > UINT64_MAX - time ? UINT64_MAX : time + by;
}

static uint64_t end_of(const struct ticketkey *k, struct key_lives lives)
{
    return later(later(k->intro, lives.encrypt), lives.decrypt);
}

static bool encrypts(const struct ticketkey *k, struct key_lives lives, uint64_t now)
{
    return now >= k->intro && now < later(k->intro, lives.encrypt);
}

static bool decrypts(const struct ticketkey *k, struct key_lives lives, uint64_t now)
{
    return now >= k->intro && now < end_of(k, lives);
}

/* ---- adding ---- */

/* With the lock held, as everything below that takes a ring. */
static void drop_expired(struct ticketkeys *ring, struct key_lives lives, uint64_t now)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ring->n; i++) {
        if (now < end_of(&ring->keys[i], lives)) {
            if (kept != i) {
                ring->keys[kept] = ring->keys[i];
            }
            kept++;
        }
    }
    wipe(&ring->keys[kept], (ring->n - kept) * sizeof(ring->keys[0]));
    ring->n = kept;
}

static struct ticketkey *by_name(struct ticketkeys *ring, const uint8_t *name)
{
    for (uint32_t i = 0; i < ring->n; i++) {
        if (memcmp(ring->keys[i].name, name, TICKET_NAME_LEN) == 0) {
            return &ring->keys[i];
        }
    }
    return NULL;
}

/* Names travel in the clear; what is derived from the material does not, so it is compared in constant time. */
static bool has_key(const struct ticketkeys *ring, const struct ticketkey *k)
{
    bool found = false;
    for (uint32_t i = 0; i < ring->n; i++) {
        found |= ct_eq(ring->keys[i].key, k->key, sizeof(k->key));
    }
    return found;
}

static bool derive(struct span material, struct ticketkey *k)
{
    uint8_t both[sizeof(k->key) + sizeof(k->aad)];
    AUTO_SECRET prk = { .n = 0 };
    TRY(kdf_extract(HASH_SHA256, SPAN_NONE, material, &prk));
    bool done = kdf_expand(HASH_SHA256, secret_span(&prk), SPAN_NONE, both, sizeof(both));
    if (done) {
        memcpy(k->key, both, sizeof(k->key));
        memcpy(k->aad, both + sizeof(k->key), sizeof(k->aad));
    }
    wipe(both, sizeof(both));
    return done && kdf_extract(HASH_SHA256, SPAN_NONE, SPAN_OF(k->key), &k->prk);
}

static bool add(struct ticketkeys *ring, struct span name, struct span material, uint64_t intro)
{
    if (material.n == 0) {
        return fail(ERR_INVALID_TICKET_KEY_LENGTH);
    }
    if (ring->n == TICKET_KEYS_MAX) {
        return fail(ERR_TICKET_KEY_LIMIT);
    }
    if (name.n == 0 || name.n > TICKET_NAME_LEN) {
        return fail(ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    }
    AUTO_TICKETKEY k = { .intro = intro };
    memcpy(k.name, name.p, name.n);
    if (by_name(ring, k.name) != NULL) {
        return fail(ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    }
    TRY(derive(material, &k));
    if (has_key(ring, &k)) {
        return fail(ERR_TICKET_KEY_NOT_UNIQUE);
    }
    ring->keys[ring->n++] = k;
    return true;
}

bool ticketkeys_add(struct ticketkeys *ring, struct key_lives lives, uint64_t now, struct span name,
                    struct span material, uint64_t intro)
{
    pthread_mutex_lock(&ring->lock);
    drop_expired(ring, lives, now);
    bool done = add(ring, name, material, intro);
    pthread_mutex_unlock(&ring->lock);
    return done;
}

/* ---- using ---- */

/* How likely a key is drawn at this point of its encrypting time: more and more up to the middle, then less again, so
 * that a fleet whose keys overlap moves over gradually. Never nothing: the only key must do in its first instant too.
 * The lowest bits of the nanoseconds make room for a sum over all keys. */
static uint64_t weight(const struct ticketkey *k, struct key_lives lives, uint64_t now)
{
    uint64_t gone = now - k->intro;
    uint64_t ahead = lives.encrypt - 1 - gone;
    return ((gone < ahead ? gone : ahead) >> 6) + 1;
}

static uint64_t total_weight(const struct ticketkeys *ring, struct key_lives lives, uint64_t now,
                             uint32_t *out_n)
{
    uint64_t total = 0;
    *out_n = 0;
    for (uint32_t i = 0; i < ring->n; i++) {
        if (encrypts(&ring->keys[i], lives, now)) {
            total += weight(&ring->keys[i], lives, now);
            (*out_n)++;
        }
    }
    return total;
}

static bool draw(const struct ticketkeys *ring, struct key_lives lives, uint64_t now,
                 const struct ticketkey **out)
{
    uint32_t n;
    uint64_t total = total_weight(ring, lives, now, &n);
    uint64_t at = 0;
    if (n == 0) {
        return fail(ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    }
    if (n > 1) { /* else there is nothing to choose */
        TRY(rand_below(total, &at));
    }
    for (uint32_t i = 0; i < ring->n; i++) {
        const struct ticketkey *k = &ring->keys[i];
        uint64_t w = encrypts(k, lives, now) ? weight(k, lives, now) : 0;
        if (at < w) {
            *out = k;
            return true;
        }
        at -= w;
    }
    return fail(ERR_ENCRYPT_DECRYPT_KEY_SELECTION_FAILED);
}

bool ticketkeys_pick(struct ticketkeys *ring, struct key_lives lives, uint64_t now, struct ticketkey *out,
                     uint64_t *left)
{
    const struct ticketkey *k = NULL;
    pthread_mutex_lock(&ring->lock);
    bool done = draw(ring, lives, now, &k);
    if (done) {
        *out = *k;
        *left = end_of(k, lives) - now;
    }
    pthread_mutex_unlock(&ring->lock);
    return done;
}

bool ticketkeys_any(struct ticketkeys *ring, struct key_lives lives, uint64_t now)
{
    uint32_t n;
    pthread_mutex_lock(&ring->lock);
    (void) total_weight(ring, lives, now, &n);
    pthread_mutex_unlock(&ring->lock);
    return n > 0;
}

bool ticketkeys_find(struct ticketkeys *ring, struct key_lives lives, uint64_t now, const uint8_t *name,
                     struct ticketkey *out)
{
    pthread_mutex_lock(&ring->lock);
    const struct ticketkey *k = by_name(ring, name);
    bool found = k != NULL && decrypts(k, lives, now);
    if (found) {
        *out = *k;
    }
    pthread_mutex_unlock(&ring->lock);
    return found || fail(ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND);
}
