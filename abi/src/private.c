/* SPDX-License-Identifier: Apache-2.0 */
/* Entry points that bindings know and applications do not; see s2n_private.h. */
#include "s2n_private.h"

#include "conn/conn.h"
#include "edge.h"

int s2n_connection_get_config(struct s2n_connection *conn, struct s2n_config **config)
{
    if (!GIVEN(conn) || !GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (conn->set.config == config_default()) {
        (void) fail(ERR_NULL);
        return S2N_FAILURE;
    }
    *config = conn->set.config;
    return S2N_SUCCESS;
}

int s2n_config_add_cert_chain(struct s2n_config *config, uint8_t *cert_chain_pem,
                              uint32_t cert_chain_pem_size)
{
    return result(GIVEN(config) && GIVEN(cert_chain_pem) &&
                  config_add_chain_pem(config, SPAN(cert_chain_pem, cert_chain_pem_size), SPAN_NONE));
}

bool s2n_connection_are_session_tickets_enabled(struct s2n_connection *conn)
{
    return conn != NULL && conn->set.config->tickets_on;
}

int s2n_flush(struct s2n_connection *conn, s2n_blocked_status *blocked)
{
    return result(GIVEN(conn) && GIVEN(blocked) && conn_flush(conn, blocked));
}

/* Trouble of our own is internal_error to a peer; what it did wrong has its row. */
static bool alert_of(int error, uint8_t *out)
{
    int number = err_alert(error);
    switch (err_type(error)) {
    case ERR_T_IO:
    case ERR_T_INTERNAL:
        *out = ALERT_INTERNAL_ERROR;
        return true;
    case ERR_T_PROTO:
        if (number < 0) {
            return fail(err_known(error) ? ERR_NO_ALERT : ERR_UNIMPLEMENTED);
        }
        *out = (uint8_t) number;
        return true;
    default:
        return fail(err_type(error) >= ERR_T_OK && err_type(error) < ERR_T_COUNT ? ERR_NO_ALERT
                                                                                 : ERR_UNIMPLEMENTED);
    }
}

int s2n_error_get_alert(int error, uint8_t *alert)
{
    return result(GIVEN(alert) && alert_of(error, alert));
}

int s2n_enable_tls13(void)
{
    config_default_to_tls13();
    return S2N_SUCCESS;
}
