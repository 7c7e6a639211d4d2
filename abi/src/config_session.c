/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that say how sessions go on without certificates: tickets and their keys, the session cache, pre-shared
 * keys and early data, as far as a config settles them. What has rules is in core/config; a connection's own part is
 * in session.c, psk.c and early_data.c.
 */
#include "config/config.h"
#include "edge.h"
#include "s2n.h"

/* A time to live in nanoseconds; what is longer than the clock can count lasts for ever. */
static uint64_t nanos(uint64_t seconds)
{
    return seconds > UINT64_MAX / CLOCK_SECOND ? UINT64_MAX : seconds * CLOCK_SECOND;
}

int s2n_config_set_session_state_lifetime(struct s2n_config *config, uint64_t lifetime_in_secs)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->session_lifetime = lifetime_in_secs;
    return S2N_SUCCESS;
}

/* ---- tickets ---- */

int s2n_config_set_session_tickets_onoff(struct s2n_config *config, uint8_t enabled)
{
    return result(GIVEN(config) && config_set_tickets(config, (enabled & 1) != 0));
}

int s2n_config_set_initial_ticket_count(struct s2n_config *config, uint8_t num)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    uint8_t before = config->initial_tickets;
    config->initial_tickets = num; /* switching tickets on looks at it */
    if (!config_set_tickets(config, true)) {
        config->initial_tickets = before;
        return S2N_FAILURE;
    }
    return S2N_SUCCESS;
}

int s2n_config_set_ticket_encrypt_decrypt_key_lifetime(struct s2n_config *config, uint64_t lifetime_in_secs)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->key_lives.encrypt = nanos(lifetime_in_secs);
    return S2N_SUCCESS;
}

int s2n_config_set_ticket_decrypt_key_lifetime(struct s2n_config *config, uint64_t lifetime_in_secs)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->key_lives.decrypt = nanos(lifetime_in_secs);
    return S2N_SUCCESS;
}

int s2n_config_add_ticket_crypto_key(struct s2n_config *config, const uint8_t *name, uint32_t name_len,
                                     uint8_t *key, uint32_t key_len,
                                     uint64_t intro_time_in_seconds_from_epoch)
{
    return result(GIVEN(config) && GIVEN(name) && GIVEN(key) &&
                  config_add_ticket_key(config, SPAN(name, name_len), SPAN(key, key_len),
                                        intro_time_in_seconds_from_epoch));
}

int s2n_config_require_ticket_forward_secrecy(struct s2n_config *config, bool enabled)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->ticket_forward_secrecy = enabled;
    return S2N_SUCCESS;
}

int s2n_config_set_session_ticket_cb(struct s2n_config *config, s2n_session_ticket_fn callback, void *ctx)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->ticket_cb = callback;
    config->ticket_cb_ctx = ctx;
    return S2N_SUCCESS;
}

/* ---- session cache ---- */

int s2n_config_set_session_cache_onoff(struct s2n_config *config, uint8_t enabled)
{
    return result(GIVEN(config) && config_set_cache(config, enabled != 0));
}

int s2n_config_set_cache_store_callback(struct s2n_config *config, s2n_cache_store_callback store, void *data)
{
    if (!GIVEN(config) || !GIVEN(store)) {
        return S2N_FAILURE;
    }
    config->cache_store = store;
    config->cache_store_ctx = data;
    return S2N_SUCCESS;
}

int s2n_config_set_cache_retrieve_callback(struct s2n_config *config, s2n_cache_retrieve_callback retrieve,
                                           void *data)
{
    if (!GIVEN(config) || !GIVEN(retrieve)) {
        return S2N_FAILURE;
    }
    config->cache_retrieve = retrieve;
    config->cache_retrieve_ctx = data;
    return S2N_SUCCESS;
}

int s2n_config_set_cache_delete_callback(struct s2n_config *config, s2n_cache_delete_callback forget,
                                         void *data)
{
    if (!GIVEN(config) || !GIVEN(forget)) {
        return S2N_FAILURE;
    }
    config->cache_delete = forget;
    config->cache_delete_ctx = data;
    return S2N_SUCCESS;
}

/* ---- pre-shared keys and early data ---- */

/* What the mode is worth shows when a connection takes it. */
int s2n_config_set_psk_mode(struct s2n_config *config, s2n_psk_mode mode)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->psk_mode = (int) mode;
    return S2N_SUCCESS;
}

int s2n_config_set_psk_selection_callback(struct s2n_config *config, s2n_psk_selection_callback select,
                                          void *context)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->psk_select = select;
    config->psk_select_ctx = context;
    return S2N_SUCCESS;
}

int s2n_config_set_server_max_early_data_size(struct s2n_config *config, uint32_t max_early_data_size)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->max_early = max_early_data_size;
    return S2N_SUCCESS;
}

int s2n_config_set_early_data_cb(struct s2n_config *config, s2n_early_data_cb judge)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->early_cb = judge;
    return S2N_SUCCESS;
}
