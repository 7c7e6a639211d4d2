/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of s2nd: the ticket key, and a session-id cache for TLS 1.2 and older. The cache is a table in
 * memory that child processes share (--parallelize); what it holds is sealed with the ticket key. Called by
 * s2nd.c and, through the callbacks, by the library. It never waits: a slot that another process is using
 * counts as empty.
 */
#include "s2nd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
    SLOTS = 256,
    MAX_ID = 32,
    MAX_VALUE = 256,
};

struct slot {
    atomic_flag busy;
    uint8_t id[MAX_ID];
    uint8_t id_len; /* 0: empty */
    uint8_t value[MAX_VALUE];
    uint16_t value_len;
    uint64_t expires;
};

struct session_cache {
    struct slot slots[SLOTS];
};

/* ---- the cache ---------------------------------------------------------------------------------- */

static uint64_t now(void)
{
    struct timespec t = { 0 };
    (void) clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec;
}

/* The slot of an id, taken for the caller, who gives it back; NULL when another process has it. Ids come
 * from the library's random numbers, so one byte spreads them well enough; a newer session with the same
 * byte displaces the older one. */
static struct slot *take_slot(void *ctx, const void *id, uint64_t len)
{
    struct session_cache *cache = (struct session_cache *) ctx;
    struct slot *slot = NULL;

    if (len == 0 || len > MAX_ID) {
        return NULL;
    }
    slot = &cache->slots[*(const uint8_t *) id];
    return atomic_flag_test_and_set(&slot->busy) ? NULL : slot;
}

static void give_back(struct slot *slot)
{
    atomic_flag_clear(&slot->busy);
}

static bool holds(const struct slot *slot, const void *id, uint64_t len)
{
    return slot->id_len == len && memcmp(slot->id, id, (size_t) len) == 0;
}

static int cache_store(struct s2n_connection *conn, void *ctx, uint64_t ttl, const void *id, uint64_t id_len,
                       const void *value, uint64_t value_len)
{
    struct slot *slot = value_len <= MAX_VALUE ? take_slot(ctx, id, id_len) : NULL;
    (void) conn;

    if (slot == NULL) {
        return S2N_FAILURE;
    }
    memcpy(slot->id, id, (size_t) id_len);
    slot->id_len = (uint8_t) id_len;
    memcpy(slot->value, value, (size_t) value_len);
    slot->value_len = (uint16_t) value_len;
    slot->expires = now() + ttl;
    give_back(slot);
    return S2N_SUCCESS;
}

/* The line tells harnesses that the cache was asked, hit or not. */
static void print_id(const uint8_t *id, uint64_t len)
{
    for (uint64_t i = 0; i < len; i++) {
        printf("%02x", id[i]);
    }
    printf("\n");
}

static int cache_retrieve(struct s2n_connection *conn, void *ctx, const void *id, uint64_t id_len,
                          void *value, uint64_t *value_len)
{
    struct slot *slot = take_slot(ctx, id, id_len);
    int rc = S2N_FAILURE;
    (void) conn;

    print_id((const uint8_t *) id, id_len);
    if (slot == NULL) {
        return S2N_FAILURE;
    }
    if (holds(slot, id, id_len) && slot->expires > now() && slot->value_len <= *value_len) {
        memcpy(value, slot->value, slot->value_len);
        *value_len = slot->value_len;
        rc = S2N_SUCCESS;
    }
    give_back(slot);
    return rc;
}

static int cache_delete(struct s2n_connection *conn, void *ctx, const void *id, uint64_t id_len)
{
    struct slot *slot = take_slot(ctx, id, id_len);
    (void) conn;

    if (slot == NULL) {
        return S2N_FAILURE;
    }
    if (holds(slot, id, id_len)) {
        slot->id_len = 0;
    }
    give_back(slot);
    return S2N_SUCCESS;
}

static struct session_cache *cache_new(void)
{
    struct session_cache *cache = NULL;
    void *memory = mmap(NULL, sizeof(*cache), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        fprintf(stderr, "Out of memory\n");
        return NULL;
    }
    cache = (struct session_cache *) memory;
    for (size_t i = 0; i < SLOTS; i++) {
        atomic_flag_clear(&cache->slots[i].busy);
    }
    return cache;
}

static bool config_cache(struct server *s)
{
    s->cache = cache_new();
    if (s->cache == NULL) {
        return false;
    }
    if (s2n_config_set_cache_store_callback(s->config, cache_store, s->cache) != S2N_SUCCESS ||
        s2n_config_set_cache_retrieve_callback(s->config, cache_retrieve, s->cache) != S2N_SUCCESS ||
        s2n_config_set_cache_delete_callback(s->config, cache_delete, s->cache) != S2N_SUCCESS ||
        s2n_config_set_session_cache_onoff(s->config, 1) != S2N_SUCCESS) {
        return tool_report("Error setting session cache");
    }
    return true;
}

/* ---- the ticket key ----------------------------------------------------------------------------- */

static bool add_key(struct s2n_config *config, uint8_t *key, size_t len)
{
    static const char name[] = "2016.07.26.15";

    if (len > UINT32_MAX) {
        fprintf(stderr, "The ticket key is too long\n");
        return false;
    }
    return s2n_config_add_ticket_crypto_key(config, (const uint8_t *) name, (uint32_t) strlen(name), key,
                                            (uint32_t) len, 0) == S2N_SUCCESS ||
           tool_report("Error adding ticket key");
}

static bool config_key(const struct server *s)
{
    /* TEST ONLY, NOT A SECRET: as public as the certificate's key in test_pki.h. */
    static uint8_t built_in[32] = {
        0x99, 0x40, 0x32, 0x07, 0xea, 0xf7, 0x52, 0x7d, 0x3e, 0x5c, 0x5a, 0x0d, 0x81, 0xa7, 0x4e, 0x0e,
        0x45, 0xa6, 0xa4, 0x1a, 0xc4, 0x9a, 0x4b, 0xc1, 0x94, 0xd1, 0xdf, 0xfb, 0xa4, 0x80, 0xb0, 0x4b,
    };
    size_t len = 0;
    char *key = NULL;
    bool ok = false;

    if (s->ticket_key == NULL) {
        return add_key(s->config, built_in, sizeof(built_in));
    }
    key = tool_read_file(s->ticket_key, &len);
    if (key == NULL) {
        return false;
    }
    ok = add_key(s->config, (uint8_t *) key, len);
    explicit_bzero(key, len);
    free(key);
    return ok;
}

/* ---- for s2nd.c --------------------------------------------------------------------------------- */

/* The key comes last: the library takes it only while tickets or the cache are on. */
bool server_sessions_set_up(struct server *s)
{
    if (s->max_early_data > 0 &&
        s2n_config_set_server_max_early_data_size(s->config, s->max_early_data) != S2N_SUCCESS) {
        return tool_report("Error setting early data limit");
    }
    return config_cache(s) && config_key(s);
}

void server_sessions_free(struct server *s)
{
    if (s->cache != NULL) {
        (void) munmap(s->cache, sizeof(*s->cache));
        s->cache = NULL;
    }
}
