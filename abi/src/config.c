/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for configs: life, clocks, sizes, behaviour, ALPN, client authentication. Certificates and trust are
 * in config_cert.c and config_trust.c. Fields without rules are written here; rules are in core/config.
 */
#include "config/config.h"

#include "edge.h"
#include "s2n.h"

#define SEND_BUFFER_MIN 1034 /* a record with 5 bytes of payload and the most that protection may add */

struct s2n_config *s2n_config_new_minimal(void)
{
    return config_new();
}

struct s2n_config *s2n_config_new(void)
{
    struct s2n_config *config = config_new();
    if (s2n_config_load_system_certs(config) != S2N_SUCCESS) {
        config_free(config);
        return NULL;
    }
    return config;
}

int s2n_config_free(struct s2n_config *config)
{
    config_free(config);
    return S2N_SUCCESS;
}

int s2n_config_set_ctx(struct s2n_config *config, void *ctx)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->ctx = ctx;
    return S2N_SUCCESS;
}

int s2n_config_get_ctx(struct s2n_config *config, void **ctx)
{
    if (!GIVEN(config) || !GIVEN(ctx)) {
        return S2N_FAILURE;
    }
    *ctx = config->ctx;
    return S2N_SUCCESS;
}

int s2n_config_set_wall_clock(struct s2n_config *config, s2n_clock_time_nanoseconds clock, void *ctx)
{
    if (!GIVEN(config) || !GIVEN(clock)) {
        return S2N_FAILURE;
    }
    config->wall = (struct clock_hook){ .fn = clock, .ctx = ctx };
    return S2N_SUCCESS;
}

int s2n_config_set_monotonic_clock(struct s2n_config *config, s2n_clock_time_nanoseconds clock, void *ctx)
{
    if (!GIVEN(config) || !GIVEN(clock)) {
        return S2N_FAILURE;
    }
    config->mono = (struct clock_hook){ .fn = clock, .ctx = ctx };
    return S2N_SUCCESS;
}

/* ---- records and alerts ---- */

/* An enum argument that must be one of two values, 0 and 1. */
static bool zero_or_one(int value)
{
    return value == 0 || value == 1 || fail(ERR_INVALID_ARGUMENT);
}

int s2n_config_set_send_buffer_size(struct s2n_config *config, uint32_t size)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (size < SEND_BUFFER_MIN) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    config->send_buffer_size = size;
    return S2N_SUCCESS;
}

int s2n_config_set_recv_multi_record(struct s2n_config *config, bool enabled)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->recv_multi_record = enabled;
    return S2N_SUCCESS;
}

int s2n_config_set_verify_after_sign(struct s2n_config *config, s2n_verify_after_sign mode)
{
    if (!GIVEN(config) || !zero_or_one((int) mode)) {
        return S2N_FAILURE;
    }
    config->verify_after_sign = (uint8_t) mode;
    return S2N_SUCCESS;
}

int s2n_config_set_alert_behavior(struct s2n_config *config, s2n_alert_behavior alert_behavior)
{
    if (!GIVEN(config) || !zero_or_one((int) alert_behavior)) {
        return S2N_FAILURE;
    }
    config->alert_behavior = (uint8_t) alert_behavior;
    return S2N_SUCCESS;
}

int s2n_config_set_max_blinding_delay(struct s2n_config *config, uint32_t seconds)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->max_blinding = seconds;
    config->max_blinding_set = true;
    return S2N_SUCCESS;
}

int s2n_config_send_max_fragment_length(struct s2n_config *config, s2n_max_frag_len mfl_code)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if ((unsigned) mfl_code > S2N_TLS_MAX_FRAG_LEN_4096) {
        (void) fail(ERR_INVALID_MAX_FRAG_LEN);
        return S2N_FAILURE;
    }
    config->max_fragment_code = (uint8_t) mfl_code;
    return S2N_SUCCESS;
}

int s2n_config_accept_max_fragment_length(struct s2n_config *config)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->accept_max_fragment = true;
    return S2N_SUCCESS;
}

int s2n_config_set_serialization_version(struct s2n_config *config, s2n_serialization_version version)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (version != S2N_SERIALIZED_CONN_V1) {
        (void) fail(ERR_SAFETY);
        return S2N_FAILURE;
    }
    config->serialization_version = S2N_SERIALIZED_CONN_V1;
    return S2N_SUCCESS;
}

int s2n_config_set_key_log_cb(struct s2n_config *config, s2n_key_log_fn callback, void *ctx)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->key_log = callback;
    config->key_log_ctx = ctx;
    return S2N_SUCCESS;
}

/* ---- policy and groups ---- */

/* The name is looked at first: a bad one is named whatever the other argument is. */
int s2n_config_set_cipher_preferences(struct s2n_config *config, const char *version)
{
    const struct policy_view *view;
    return result(policy_find(version, &view) && GIVEN(config) && config_set_policy(config, version));
}

int s2n_config_get_supported_groups(struct s2n_config *config, uint16_t *ids, uint16_t groups_count_max,
                                    uint16_t *groups_count)
{
    if (!GIVEN(groups_count)) {
        return S2N_FAILURE;
    }
    *groups_count = 0;
    if (!GIVEN(config) || !GIVEN(ids)) {
        return S2N_FAILURE;
    }
    const struct policy_view *view = config->policy;
    if (view->groups_n > groups_count_max) {
        (void) fail(ERR_INSUFFICIENT_MEM_SIZE);
        return S2N_FAILURE;
    }
    for (uint16_t i = 0; i < view->groups_n; i++) {
        ids[i] = view->groups[i]->id;
    }
    *groups_count = view->groups_n;
    return S2N_SUCCESS;
}

/* ---- ALPN and client authentication ---- */

int s2n_config_append_protocol_preference(struct s2n_config *config, const uint8_t *protocol,
                                          uint8_t protocol_len)
{
    return result(GIVEN(config) && GIVEN(protocol) &&
                  alpn_append(&config->alpn, SPAN(protocol, protocol_len)));
}

int s2n_config_set_protocol_preferences(struct s2n_config *config, const char *const *protocols,
                                        int protocol_count)
{
    return result(GIVEN(config) && alpn_set(&config->alpn, protocols, protocol_count));
}

int s2n_config_set_client_auth_type(struct s2n_config *config, s2n_cert_auth_type client_auth_type)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->client_auth = (uint8_t) client_auth_type;
    config->client_auth_set = true;
    return S2N_SUCCESS;
}

int s2n_config_get_client_auth_type(struct s2n_config *config, s2n_cert_auth_type *client_auth_type)
{
    if (!GIVEN(config) || !GIVEN(client_auth_type)) {
        return S2N_FAILURE;
    }
    *client_auth_type = (s2n_cert_auth_type) config->client_auth;
    return S2N_SUCCESS;
}
