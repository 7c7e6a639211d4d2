/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that say whom a config trusts and how far it checks the peer's certificates. The store itself is
 * core/x509/trust.c; it exists from the first call that puts something into it.
 */
#include "config/config.h"
#include "edge.h"
#include "s2n.h"
#include "s2n/unstable/allow_ip_in_cn.h"

int s2n_config_load_system_certs(struct s2n_config *config)
{
    return result(GIVEN(config) && config_trust(config) && trust_add_system(config->trust));
}

int s2n_config_set_verification_ca_location(struct s2n_config *config, const char *ca_pem_filename,
                                            const char *ca_dir)
{
    if (!GIVEN(config) || !config_trust(config) ||
        !trust_add_location(config->trust, ca_pem_filename, ca_dir)) {
        return S2N_FAILURE;
    }
    config->ask_ocsp_as_client = true; /* until set_status_request_type says otherwise */
    return S2N_SUCCESS;
}

int s2n_config_add_pem_to_trust_store(struct s2n_config *config, const char *pem)
{
    return result(GIVEN(config) && GIVEN(pem) && config_trust(config) &&
                  trust_add_pem(config->trust, text_span(pem)));
}

int s2n_config_wipe_trust_store(struct s2n_config *config)
{
    return result(GIVEN(config) && (config->trust == NULL || trust_wipe(config->trust)));
}

int s2n_config_set_max_cert_chain_depth(struct s2n_config *config, uint16_t max_depth)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (max_depth == 0) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    config->max_chain_depth = max_depth;
    return S2N_SUCCESS;
}

int s2n_config_set_verify_host_callback(struct s2n_config *config, s2n_verify_host_fn judge, void *data)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->verify_host = judge;
    config->verify_host_data = data;
    return S2N_SUCCESS;
}

int s2n_config_disable_x509_time_verification(struct s2n_config *config)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->skip_time = true;
    return S2N_SUCCESS;
}

/* Two calls name a missing config as a wrong argument, unlike their siblings. */
static bool config_named(const struct s2n_config *config)
{
    return config != NULL || fail(ERR_INVALID_ARGUMENT);
}

int s2n_config_disable_x509_intent_verification(struct s2n_config *config)
{
    if (!config_named(config)) {
        return S2N_FAILURE;
    }
    config->skip_intent = true;
    return S2N_SUCCESS;
}

int s2n_config_disable_x509_verification(struct s2n_config *config)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->skip_verification = true;
    trust_free(config->trust);
    config->trust = NULL;
    return S2N_SUCCESS;
}

int s2n_config_allow_ip_in_cn(struct s2n_config *config)
{
    if (!config_named(config)) {
        return S2N_FAILURE;
    }
    config->allow_ip_in_cn = true;
    return S2N_SUCCESS;
}
