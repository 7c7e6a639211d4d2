/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust store of a config, and its memory of chains already verified. Called by config/ and abi/ to fill
 * it, by verify.c to judge with it. libcrypto's store has its own lock; the memory and the store's pointer
 * have the mutex here, held for a few hundred nanoseconds and never across a callback or a verification.
 * Every change of what is trusted empties the memory, so that what is recalled was always verified against
 * exactly the present store. Why recalling is as safe as verifying again is argued at the top of verify.c.
 */
#include "x509/trust.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <string.h>

#include "x509/pem.h"
#include "x509/verify.h"

#define TRAILING_MAX 3 /* bytes tolerated behind a certificate's DER in PEM */

struct remembered {
    uint8_t key[TRUST_KEY_SIZE];
    uint64_t used; /* when it was last asked for, in calls; 0: free */
    struct peer_chain *chain;
};

struct trust {
    pthread_mutex_t lock;
    X509_STORE *store; /* NULL: nothing was ever added */
    bool system_loaded;
    uint64_t state; /* counts changes of the store */
    uint64_t calls;
    struct remembered memory[TRUST_MEMORY_SIZE];
};

bool trust_new(struct trust **out)
{
    struct trust *t = NULL;
    TRY(mem_new(&t));
    if (pthread_mutex_init(&t->lock, NULL) != 0) {
        mem_del(t);
        return fail(ERR_X509_TRUST_STORE);
    }
    *out = t;
    return true;
}

/* With the lock held: the store is another one from now on. */
static void changed(struct trust *t)
{
    t->state++;
    for (size_t i = 0; i < TRUST_MEMORY_SIZE; i++) {
        peer_free(t->memory[i].chain);
        t->memory[i] = (struct remembered){ 0 };
    }
}

void trust_free(struct trust *t)
{
    if (t == NULL) {
        return;
    }
    changed(t);
    X509_STORE_free(t->store);
    pthread_mutex_destroy(&t->lock);
    mem_del(t);
}

bool trust_empty(struct trust *t)
{
    pthread_mutex_lock(&t->lock);
    bool empty = t->store == NULL;
    pthread_mutex_unlock(&t->lock);
    return empty;
}

bool trust_wipe(struct trust *t)
{
    pthread_mutex_lock(&t->lock);
    X509_STORE_free(t->store); /* a verification under way has its own reference */
    t->store = NULL;
    t->system_loaded = false;
    changed(t);
    pthread_mutex_unlock(&t->lock);
    return true;
}

/* One change of the store, which is made if there is none yet. The memory goes whether the change succeeds
 * or not: libcrypto may have done half of it. */
static bool change(struct trust *t, bool (*add)(X509_STORE *store, const void *what), const void *what)
{
    pthread_mutex_lock(&t->lock);
    X509_STORE *store = t->store != NULL ? t->store : X509_STORE_new();
    changed(t);
    ERR_set_mark();
    bool ok = store != NULL && add(store, what);
    ERR_pop_to_mark();
    if (ok) {
        t->store = store;
    } else if (store != t->store) {
        X509_STORE_free(store);
    }
    pthread_mutex_unlock(&t->lock);
    return ok;
}

static bool add_system(X509_STORE *store, const void *what)
{
    (void) what;
    return X509_STORE_set_default_paths(store) == 1;
}

bool trust_add_system(struct trust *t)
{
    if (t->system_loaded || !change(t, add_system, NULL)) {
        return fail(ERR_X509_TRUST_STORE);
    }
    t->system_loaded = true;
    return true;
}

static void write_subject(X509_OBJECT *object, struct wr *w)
{
    const unsigned char *der;
    size_t n;
    X509 *x = X509_OBJECT_get0_X509(object);
    if (x == NULL) { /* a revocation list */
        return;
    }
    if (X509_NAME_get0_der(X509_get_subject_name(x), &der, &n) != 1) {
        w->bad = true;
        return;
    }
    struct wr_mark name = wr_open(w, 2);
    wr_bytes(w, SPAN(der, n));
    wr_close(w, name);
}

bool trust_subjects(struct trust *t, struct wr *w)
{
    uint64_t state;
    if (t->system_loaded) {
        return fail(ERR_INVALID_STATE);
    }
    X509_STORE *store = trust_store(t, &state);
    if (store == NULL) {
        return true;
    }
    X509_STORE_lock(store);
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        write_subject(sk_X509_OBJECT_value(objects, i), w);
    }
    X509_STORE_unlock(store);
    X509_STORE_free(store);
    return wr_ok(w);
}

struct location {
    const char *file, *dir;
};

static bool add_location(X509_STORE *store, const void *what)
{
    const struct location *l = what;
    return X509_STORE_load_locations(store, l->file, l->dir) == 1;
}

bool trust_add_location(struct trust *t, const char *file, const char *dir)
{
    const struct location l = { file, dir };
    if (!change(t, add_location, &l)) {
        return trust_wipe(t) && fail(ERR_X509_TRUST_STORE);
    }
    return true;
}

static bool add_cert(X509_STORE *store, const void *what)
{
    const struct span *der = what;
    const unsigned char *p = der->p;
    X509 *x = d2i_X509(NULL, &p, (long) der->n);
    bool ok = x != NULL && der->p + der->n - p <= TRAILING_MAX && X509_STORE_add_cert(store, x) == 1;
    X509_free(x); /* the store has its own reference */
    return ok;
}

static bool blank(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\0' && s.p[i] != ' ' && (s.p[i] < '\t' || s.p[i] > '\r')) {
            return false;
        }
    }
    return true;
}

/* Strict about the end of the text, where chain_load is not; earlier certificates of a failing text
 * remain. */
bool trust_add_pem(struct trust *t, struct span pem)
{
    AUTO_BUF der = { 0 };
    struct rd r = rd_of(pem);
    struct span label;
    uint32_t n = 0;
    for (bool more = true; more;) {
        TRY(pem_next(&r, &more, &label, &der));
        if (!more) {
            break;
        }
        if (!pem_label_is(label, "CERTIFICATE")) {
            return fail(ERR_INVALID_PEM);
        }
        const struct span s = buf_span(&der);
        if (!change(t, add_cert, &s)) {
            return fail(ERR_DECODE_CERTIFICATE);
        }
        n++;
    }
    if (n == 0) {
        return fail(ERR_INVALID_PEM);
    }
    return blank(rd_rest(&r)) || fail(ERR_STUFFER_OUT_OF_DATA);
}

/* ---- the memory ---- */

struct x509_store_st *trust_store(struct trust *t, uint64_t *out_state)
{
    pthread_mutex_lock(&t->lock);
    X509_STORE *store = t->store;
    if (store != NULL) {
        X509_STORE_up_ref(store);
    }
    *out_state = t->state;
    pthread_mutex_unlock(&t->lock);
    return store;
}

/* With the lock held: the slot of this key, or else the one to be given up for it. */
static struct remembered *slot_of(struct trust *t, const uint8_t key[TRUST_KEY_SIZE])
{
    struct remembered *oldest = &t->memory[0];
    for (size_t i = 0; i < TRUST_MEMORY_SIZE; i++) {
        struct remembered *m = &t->memory[i];
        if (m->used != 0 && memcmp(m->key, key, TRUST_KEY_SIZE) == 0) {
            return m;
        }
        oldest = m->used < oldest->used ? m : oldest;
    }
    return oldest;
}

struct peer_chain *trust_recall(struct trust *t, const uint8_t key[TRUST_KEY_SIZE])
{
    struct peer_chain *found = NULL;
    pthread_mutex_lock(&t->lock);
    struct remembered *m = slot_of(t, key);
    if (m->used != 0 && memcmp(m->key, key, TRUST_KEY_SIZE) == 0) {
        m->used = ++t->calls;
        found = peer_ref(m->chain);
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}

void trust_remember(struct trust *t, const uint8_t key[TRUST_KEY_SIZE], uint64_t state,
                    struct peer_chain *chain)
{
    pthread_mutex_lock(&t->lock);
    if (t->state == state) {
        struct remembered *m = slot_of(t, key);
        peer_free(m->chain);
        memcpy(m->key, key, TRUST_KEY_SIZE);
        m->used = ++t->calls;
        m->chain = peer_ref(chain);
    }
    pthread_mutex_unlock(&t->lock);
}
