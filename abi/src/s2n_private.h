/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that the shared library exports for language bindings but that no installed header declares.
 * They are part of the binary interface: their names and types stay as they are. Included by abi/src only;
 * bindings declare them for themselves. Conventions as in s2n.h.
 */
#ifndef S2N_PRIVATE_H
#define S2N_PRIVATE_H

#include "s2n.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Gives the config that the application attached to @p conn.
 *
 * The result is borrowed: it is the pointer passed to s2n_connection_set_config(). @p config is written only
 * on success. Bindings rely on the failure to recognise a new connection.
 *
 * Errors: NULL also while only the built-in default config is attached.
 * @since 0.9
 */
S2N_API int s2n_connection_get_config(struct s2n_connection *conn, struct s2n_config **config);

/**
 * Loads a chain without a private key from PEM into a chain object that @p config owns. Copied; once per config.
 *
 * The form without a key of s2n_config_add_cert_chain_and_key(): the key is used by an asynchronous private-key
 * callback, and until there is one the config cannot be attached.
 *
 * Errors: CERT_OWNERSHIP if the config has a chain already; else as
 * s2n_cert_chain_and_key_load_public_pem_bytes().
 * @since 0.9
 */
S2N_API int s2n_config_add_cert_chain(struct s2n_config *config, uint8_t *cert_chain_pem,
                                      uint32_t cert_chain_pem_size);

/**
 * Returns whether the config of @p conn has session tickets switched on; false for NULL.
 * @since 0.9
 */
S2N_API bool s2n_connection_are_session_tickets_enabled(struct s2n_connection *conn);

/**
 * Writes out records that are already encrypted and a warning alert that is waiting, without adding data.
 *
 * What a short s2n_send() left unencrypted is not included. Repeat while it is blocked.
 *
 * Errors: IO_BLOCKED, @p blocked then being S2N_BLOCKED_ON_WRITE; IO.
 * @since 0.9
 */
S2N_API int s2n_flush(struct s2n_connection *conn, s2n_blocked_status *blocked);

/**
 * Gives the alert number that error number @p error stands for, as a QUIC stack must report it.
 *
 * Transport and internal errors give internal_error (80). @p alert is written only on success.
 *
 * Errors: NO_ALERT for types OK, CLOSED, BLOCKED, ALERT and USAGE, and for protocol errors without an alert;
 * UNIMPLEMENTED for numbers that are no error of this library.
 * @since 0.9
 */
S2N_API int s2n_error_get_alert(int error, uint8_t *alert);

/**
 * Makes the policy "default_tls13" the one that configs and connections start with, in the whole process.
 *
 * Kept for old programs: every default policy offers TLS 1.3 now. Call it before other threads exist.
 * @deprecated Use s2n_config_set_cipher_preferences() with a policy name.
 * @since 0.9
 */
S2N_API int s2n_enable_tls13(void);

#ifdef __cplusplus
}
#endif

#endif
