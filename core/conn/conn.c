/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a connection: made, attached to a config, tuned, slimmed down, wiped for reuse, freed. Called by
 * abi/src. No bytes move here. Settings that only matter to one file are plain fields that abi/src writes itself.
 */
#include "conn/conn.h"

#include <string.h>

#include "conn/inner.h"

#define FRAGMENT_DEFAULT 8087
#define FRAGMENT_SMALL 1435 /* one Ethernet frame: 1500 - 60 - 5 */
#define DYNAMIC_THRESHOLD_MAX (8 * 1024 * 1024)

/* The part of a config that a connection keeps as it was when attached (functions-1.md section 9). */
static void snapshot(struct s2n_connection *c, struct s2n_config *config)
{
    c->set.config = config;
    c->set.skip_verification = config->skip_verification;
    c->set.max_chain_depth = config->max_chain_depth;
    c->set.ask_ocsp = config->ask_ocsp || (config->ask_ocsp_as_client && !c->set.server);
    c->set.check_ocsp = config->check_ocsp;
    c->session.tickets_due = config->initial_tickets;
    if (!c->set.verify_host_set) {
        c->set.verify_host = config->verify_host;
        c->set.verify_host_data = config->verify_host_data;
    }
}

static void start(struct s2n_connection *c, bool server, struct s2n_config *config)
{
    c->set.server = server;
    c->set.owner = c;
    c->set.checkpoint = events_checkpoint;
    session_init(&c->session, server);
    half_init(&c->in);
    half_init(&c->out);
    io_init(&c->io);
    c->preferred_fragment = FRAGMENT_DEFAULT;
    conn_apply_fragment(c);
    c->blind.mode = S2N_BUILT_IN_BLINDING;
    snapshot(c, config);
}

struct s2n_connection *conn_new(bool server)
{
    struct s2n_connection *c;
    if (!mem_new(&c)) {
        return NULL;
    }
    start(c, server, config_default());
    return c;
}

static void drop(struct s2n_connection *c)
{
    io_restore(&c->io);
    hs_free(c->hs);
    session_wipe(&c->session);
    half_wipe(&c->in);
    half_wipe(&c->out);
    buf_free(&c->reading.rx);
    buf_free(&c->writing.tx);
    buf_free(&c->post.rx);
    buf_free(&c->set.alpn);
}

bool conn_idle_now(const struct s2n_connection *c)
{
    const struct shared *s = &c->shared;
    bool busy = atomic_load(&s->recv_busy) || atomic_load(&s->send_busy) || atomic_load(&s->negotiate_busy);
    return !busy || fail(ERR_REENTRANCY);
}

bool conn_wipe(struct s2n_connection *c)
{
    TRY(conn_idle_now(c));
    bool server = c->set.server;
    struct s2n_config *config = c->set.config;
    struct vouch *retired = c->retired;
    vouch_retire(&c->session.vouch, &retired);
    drop(c);
    wipe(c, sizeof(*c));
    start(c, server, config);
    c->retired = retired;
    return true;
}

bool conn_free(struct s2n_connection *c)
{
    TRY(conn_idle_now(c));
    drop(c);
    vouch_free(c->retired);
    mem_del(c);
    return true;
}

/* A client has one identity; and a certificate without its key is of no use to either side. */
static bool certs_fit(const struct s2n_connection *c, const struct s2n_config *config)
{
    const struct certstore *certs = &config->certs;
    unsigned defaults = 0;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        defaults += certs->defaults.by_slot[i] != NULL;
    }
    if (!c->set.server && defaults > 1) {
        return fail(ERR_TOO_MANY_CERTIFICATES);
    }
    for (uint32_t i = 0; i < certs->all_n; i++) {
        if (certs->all[i]->key == NULL) {
            return fail(ERR_NO_PRIVATE_KEY);
        }
    }
    return true;
}

bool conn_set_config(struct s2n_connection *c, struct s2n_config *config)
{
    if (c->set.config == config) {
        return true;
    }
    /* A handshake that made its choices holds certificates of the config it made them with. */
    if (c->hs != NULL && (!c->set.server || c->session.version != VER_NONE)) {
        return fail(ERR_INVALID_STATE);
    }
    if (config->psk_mode != S2N_PSK_MODE_RESUMPTION && config->psk_mode != S2N_PSK_MODE_EXTERNAL) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    if (c->set.policy != NULL) {
        TRY(config_check_certs(config, c->set.policy));
    }
    TRY(certs_fit(c, config));
    snapshot(c, config);
    if (c->hs != NULL) {
        conn_attach_log(c);
    }
    return true;
}

bool conn_set_policy(struct s2n_connection *c, const char *name)
{
    const struct policy_view *view;
    TRY(policy_find(name, &view));
    TRY(config_check_certs(c->set.config, view));
    c->set.policy = view;
    return true;
}

bool conn_set_server_name(struct s2n_connection *c, const char *name)
{
    char *to = c->session.server_name;
    size_t room = sizeof(c->session.server_name);
    if (c->set.server) {
        return fail(ERR_CLIENT_MODE);
    }
    size_t len = strnlen(name, room);
    if (len == room) {
        return fail(ERR_SERVER_NAME_TOO_LONG);
    }
    memset(to, 0, room);
    memcpy(to, name, len);
    return true;
}

/* ---- sizes ---- */

void conn_apply_fragment(struct s2n_connection *c)
{
    uint16_t limit = c->preferred_fragment;
    if (c->session.max_fragment_code != 0) { /* RFC 6066 4: 2^(8 + code) */
        uint16_t agreed = (uint16_t) (256U << c->session.max_fragment_code);
        limit = agreed < limit ? agreed : limit;
    }
    c->sizes.max_fragment = limit;
}

static void prefer(struct s2n_connection *c, uint16_t fragment)
{
    c->preferred_fragment = fragment;
    conn_apply_fragment(c);
}

void conn_prefer_throughput(struct s2n_connection *c)
{
    prefer(c, RECORD_MAX_PLAIN);
}

void conn_prefer_low_latency(struct s2n_connection *c)
{
    prefer(c, FRAGMENT_SMALL);
}

bool conn_set_dynamic_threshold(struct s2n_connection *c, uint32_t bytes, uint16_t seconds)
{
    if (bytes > DYNAMIC_THRESHOLD_MAX) {
        return fail(ERR_INVALID_DYNAMIC_THRESHOLD);
    }
    c->sizes.dynamic_threshold = bytes;
    c->sizes.dynamic_timeout = seconds;
    return true;
}

/* ---- memory ---- */

void conn_set_dynamic_buffers(struct s2n_connection *c, bool on)
{
    c->reading.dynamic = on;
    c->writing.dynamic = on;
}

void conn_set_recv_buffering(struct s2n_connection *c, bool on)
{
    c->reading.buffering = on;
}

static bool rx_empty(const struct reading *r)
{
    return r->app_n == 0 && r->at == r->rx.len;
}

static void free_rx(struct reading *r)
{
    buf_free(&r->rx);
    r->at = r->app_at = 0;
}

void conn_shrink_rx(struct s2n_connection *c)
{
    if (c->reading.dynamic && rx_empty(&c->reading)) {
        free_rx(&c->reading);
    }
}

void conn_shrink_tx(struct s2n_connection *c)
{
    if (c->writing.dynamic && c->writing.tx.len == 0) {
        buf_free(&c->writing.tx);
    }
}

/* A handshake in flight still needs all it has. */
void conn_free_handshake(struct s2n_connection *c)
{
    if (c->hs == NULL) {
        buf_free(&c->set.alpn);
        session_drop_hello(&c->session);
        if (c->session.vouch != NULL) {
            buf_free(&c->session.vouch->ocsp);
        }
    }
}

bool conn_release_buffers(struct s2n_connection *c)
{
    TRY(conn_idle_now(c));
    if (c->writing.tx.len != 0 || c->reading.app_n != 0 || c->post.rx.len != 0) {
        return fail(ERR_STUFFER_HAS_UNPROCESSED_DATA);
    }
    buf_free(&c->writing.tx);
    if (rx_empty(&c->reading)) { /* ciphertext that came early is nobody's fault, and kept */
        free_rx(&c->reading);
    }
    return true;
}
