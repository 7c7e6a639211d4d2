/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for what goes with a certificate: OCSP responses and certificate transparency data, ours to send and the
 * peer's as received. Called by applications and by s2nc and s2nd; nothing is judged here (core/x509/ocsp.c does).
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

/* No pointer or no length: nothing is stapled any more. */
static struct span staple_bytes(const uint8_t *data, uint32_t length)
{
    return data == NULL ? SPAN_NONE : SPAN(data, length);
}

int s2n_cert_chain_and_key_set_ocsp_data(struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data,
                                         uint32_t length)
{
    return result(GIVEN(chain_and_key) && staple_set(&chain_and_key->ocsp, staple_bytes(data, length)));
}

int s2n_cert_chain_and_key_set_sct_list(struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data,
                                        uint32_t length)
{
    return result(GIVEN(chain_and_key) && staple_set(&chain_and_key->sct, staple_bytes(data, length)));
}

/* For the one chain that a config made by itself. */
static bool own_chain(struct s2n_config *config, struct s2n_cert_chain_and_key **out)
{
    if (config->certs.owner == CERTS_NONE) {
        return fail(ERR_UPDATING_EXTENSION);
    }
    if (config->certs.owner != CERTS_LIBRARY) {
        return fail(ERR_CERT_OWNERSHIP);
    }
    *out = config->certs.owned;
    return true;
}

int s2n_config_set_extension_data(struct s2n_config *config, s2n_tls_extension_type type, const uint8_t *data,
                                  uint32_t length)
{
    struct s2n_cert_chain_and_key *chain;
    if (!GIVEN(config) || !own_chain(config, &chain)) {
        return S2N_FAILURE;
    }
    switch (type) {
    case S2N_EXTENSION_OCSP_STAPLING:
        return result(staple_set(&chain->ocsp, staple_bytes(data, length)));
    case S2N_EXTENSION_CERTIFICATE_TRANSPARENCY:
        return result(staple_set(&chain->sct, staple_bytes(data, length)));
    default:
        (void) fail(ERR_UNRECOGNIZED_EXTENSION);
        return S2N_FAILURE;
    }
}

/* ---- asking for them ---- */

int s2n_config_set_status_request_type(struct s2n_config *config, s2n_status_request_type type)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->ask_ocsp = type == S2N_STATUS_REQUEST_OCSP;
    config->ask_ocsp_as_client &= type != S2N_STATUS_REQUEST_NONE;
    return S2N_SUCCESS;
}

int s2n_config_set_check_stapled_ocsp_response(struct s2n_config *config, uint8_t check_ocsp)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->check_ocsp = (check_ocsp & 1) != 0; /* the contract keeps one bit */
    return S2N_SUCCESS;
}

int s2n_config_set_ct_support_level(struct s2n_config *config, s2n_ct_support_level level)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->ct_support = (int) level;
    return S2N_SUCCESS;
}

/* ---- what came ---- */

int s2n_connection_is_ocsp_stapled(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->session.stapled : S2N_FAILURE;
}

static const uint8_t *received(const struct buf *bytes, uint32_t *length)
{
    *length = bytes == NULL ? 0 : bytes->len;
    return *length == 0 ? NULL : bytes->p;
}

const uint8_t *s2n_connection_get_ocsp_response(struct s2n_connection *conn, uint32_t *length)
{
    if (!GIVEN(conn) || !GIVEN(length)) {
        return NULL;
    }
    const struct vouch *v = conn->session.vouch;
    return received(v == NULL ? NULL : &v->ocsp, length);
}

/* Without a length it is no error, but there is nothing to give either. */
const uint8_t *s2n_connection_get_sct_list(struct s2n_connection *conn, uint32_t *length)
{
    if (length == NULL || !GIVEN(conn)) {
        return NULL;
    }
    const struct vouch *v = conn->session.vouch;
    return received(v == NULL ? NULL : &v->sct, length);
}
