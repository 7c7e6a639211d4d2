/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: hands costly operations other than private-key ones, at present checks of the peer's
 * signature, to the application, so that they need not run on the thread of the handshake. Functions here
 * may change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_ASYNC_OFFLOAD_H
#define S2N_UNSTABLE_ASYNC_OFFLOAD_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An operation of a connection that waits for the application; it belongs to the connection. */
struct s2n_async_offload_op;

/**
 * Kinds of operations, each a bit, for the list of those that the application wants.
 */
typedef enum {
    S2N_ASYNC_OFFLOAD_PKEY_VERIFY = 1,       /**< Checking a signature of the peer */
    S2N_ASYNC_OFFLOAD_ALLOW_ALL = 2147483647 /**< All kinds, those of later releases too */
} s2n_async_offload_op_type;

/**
 * Hands @p op to the application. 0 is success; any other result fails the handshake with CANCELLED.
 */
typedef int (*s2n_async_offload_cb)(struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx);

/**
 * Sets the callback that takes the kinds of operations in @p allow_list. It cannot be removed. Borrowed.
 *
 * If it returns without having performed the operation, s2n_negotiate() is blocked on
 * S2N_BLOCKED_ON_APPLICATION_INPUT until s2n_async_offload_op_perform() has succeeded.
 * Errors: INVALID_ARGUMENT for an empty list.
 * @since 1.0
 */
S2N_API int s2n_config_set_async_offload_callback(struct s2n_config *config, uint32_t allow_list,
                                                  s2n_async_offload_cb fn, void *ctx);

/**
 * Performs the operation: once, on any thread, while nothing else uses the connection.
 *
 * If it fails, the handshake can never go on; close the connection. @p op must not be used once the handshake
 * has moved on.
 * Errors: INVALID_STATE unless the operation waits; VERIFY_SIGNATURE.
 * @since 1.0
 */
S2N_API int s2n_async_offload_op_perform(struct s2n_async_offload_op *op);

#ifdef __cplusplus
}
#endif

#endif
