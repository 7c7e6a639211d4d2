/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that give a config its own certificates. Chains belong to the application, but for the one that the
 * deprecated call makes; the rules about that, and which certificate serves whom, are in core/config/certstore.c.
 */
#include "config/config.h"
#include "edge.h"
#include "s2n.h"

int s2n_config_add_cert_chain_and_key_to_store(struct s2n_config *config,
                                               struct s2n_cert_chain_and_key *cert_key_pair)
{
    return result(GIVEN(config) && GIVEN(cert_key_pair) && config_add_chain(config, cert_key_pair));
}

int s2n_config_set_cert_chain_and_key_defaults(struct s2n_config *config,
                                               struct s2n_cert_chain_and_key **cert_key_pairs,
                                               uint32_t num_cert_key_pairs)
{
    return result(GIVEN(config) && GIVEN(cert_key_pairs) &&
                  config_set_defaults(config, cert_key_pairs, num_cert_key_pairs));
}

int s2n_config_set_cert_tiebreak_callback(struct s2n_config *config,
                                          s2n_cert_tiebreak_callback cert_tiebreak_cb)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->certs.tiebreak = cert_tiebreak_cb;
    return S2N_SUCCESS;
}

int s2n_config_add_cert_chain_and_key(struct s2n_config *config, const char *cert_chain_pem,
                                      const char *private_key_pem)
{
    return result(GIVEN(config) && GIVEN(cert_chain_pem) && GIVEN(private_key_pem) &&
                  config_add_chain_pem(config, text_span(cert_chain_pem), key_span(private_key_pem)));
}

/* The names go with the chain, so that no handshake can find it any more. */
int s2n_config_free_cert_chain_and_key(struct s2n_config *config)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (config->certs.owner == CERTS_LIBRARY) {
        certstore_free(&config->certs);
    }
    return S2N_SUCCESS;
}
