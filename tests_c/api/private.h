/* SPDX-License-Identifier: Apache-2.0 */
/* The exported functions that no installed header declares, declared as a binding does it for itself. */
#ifndef API_PRIVATE_H
#define API_PRIVATE_H

#include <s2n.h>

extern "C" {
int s2n_connection_get_config(struct s2n_connection *conn, struct s2n_config **config);
int s2n_config_add_cert_chain(struct s2n_config *config, uint8_t *cert_chain_pem,
                              uint32_t cert_chain_pem_size);
bool s2n_connection_are_session_tickets_enabled(struct s2n_connection *conn);
int s2n_flush(struct s2n_connection *conn, s2n_blocked_status *blocked);
int s2n_error_get_alert(int error, uint8_t *alert);
int s2n_enable_tls13(void);
}

#endif
