/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: lets a client below TLS 1.3 follow a server that wants another handshake on the same
 * connection. Avoid it: it is complicated and goes on behind the application's data. Functions here may
 * change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_RENEGOTIATE_H
#define S2N_UNSTABLE_RENEGOTIATE_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The blocked status of s2n_renegotiate() while application data comes first; equals
 * S2N_BLOCKED_ON_EARLY_DATA.
 * @since 1.0
 */
extern S2N_API const s2n_blocked_status S2N_BLOCKED_ON_APPLICATION_DATA;

/**
 * Answers to a server that asks for renegotiation.
 */
typedef enum {
    S2N_RENEGOTIATE_IGNORE = 0, /**< Say nothing and go on */
    S2N_RENEGOTIATE_REJECT = 1, /**< Refuse with a warning alert (no_renegotiation) and go on */
    S2N_RENEGOTIATE_ACCEPT = 2  /**< The application will renegotiate */
} s2n_renegotiate_response;

/**
 * Decides about a server's request, inside s2n_recv(); @p response is S2N_RENEGOTIATE_REJECT to begin with.
 * Any result but 0 fails with CANCELLED.
 */
typedef int (*s2n_renegotiate_request_cb)(struct s2n_connection *conn, void *context,
                                          s2n_renegotiate_response *response);

/**
 * Sets the callback that decides about renegotiation. Without one, requests are ignored. Borrowed.
 *
 * Not asked about servers without RFC 5746, which are refused.
 * Errors: INVALID_STATE if @p config allows serialization.
 * @since 1.0
 */
S2N_API int s2n_config_set_renegotiate_request_cb(struct s2n_config *config,
                                                  s2n_renegotiate_request_cb callback, void *context);

/**
 * Makes a client's connection ready for another handshake, once a request was accepted. Not inside the
 * callback.
 *
 * Keeps transport, keys, counters and config; everything else that was set on the connection must be set
 * again. Nothing changes on failure.
 * Errors: NO_RENEGOTIATION on servers and without RFC 5746, PROTOCOL_VERSION_UNSUPPORTED in TLS 1.3,
 * INVALID_STATE if something is half read or unsent.
 * @since 1.0
 */
S2N_API int s2n_renegotiate_wipe(struct s2n_connection *conn);

/**
 * Performs the new handshake, as s2n_negotiate() does, and hands over application data that comes meanwhile.
 *
 * Such data is written to @p app_data_buf and counted in @p app_data_size; the call then fails with
 * APP_DATA_BLOCKED and @p blocked is S2N_BLOCKED_ON_APPLICATION_DATA. Call again.
 * Errors: INVALID_STATE without s2n_renegotiate_wipe(), KTLS_RENEG, NO_RENEGOTIATION, BAD_MESSAGE for data
 * after the ServerHello; those of s2n_negotiate().
 * @since 1.0
 */
S2N_API int s2n_renegotiate(struct s2n_connection *conn, uint8_t *app_data_buf, ssize_t app_data_buf_size,
                            ssize_t *app_data_size, s2n_blocked_status *blocked);

#ifdef __cplusplus
}
#endif

#endif
