/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: lets the kernel encrypt and decrypt records (Linux). Functions here may change or go
 * away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_KTLS_H
#define S2N_UNSTABLE_KTLS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes the kernel encrypt what an established connection sends; s2n_send() then passes it plaintext.
 *
 * For AES-GCM below TLS 1.3, and in TLS 1.3 after s2n_config_ktls_enable_unsafe_tls13(). The transport must
 * be a file descriptor set with s2n_connection_set_fd() or its like, and nothing may be buffered. Not
 * together with serialization. After a failure the connection goes on without. Succeeds if it is on
 * already.
 * Errors: KTLS_UNSUPPORTED_PLATFORM, HANDSHAKE_NOT_COMPLETE, INVALID_STATE after
 * s2n_connection_free_handshake(), KTLS_UNSUPPORTED_CONN, KTLS_RENEG, KTLS_MANAGED_IO,
 * RECORD_STUFFER_NEEDS_DRAINING, KTLS_ENABLE if the kernel refuses.
 * @since 1.0
 */
S2N_API int s2n_connection_ktls_enable_send(struct s2n_connection *conn);

/**
 * Makes the kernel decrypt what an established connection receives. Conditions and errors as
 * s2n_connection_ktls_enable_send().
 * @since 1.0
 */
S2N_API int s2n_connection_ktls_enable_recv(struct s2n_connection *conn);

/**
 * Allows it for TLS 1.3, whose key updates not every kernel can follow. Cannot be undone for @p config.
 * @since 1.0
 */
S2N_API int s2n_config_ktls_enable_unsafe_tls13(struct s2n_config *config);

/**
 * Writes how many key updates were sent and received, at most 255; 0 below TLS 1.3. With and without the
 * kernel's help.
 * @since 0.9
 */
S2N_API int s2n_connection_get_key_update_counts(struct s2n_connection *conn, uint8_t *send_key_updates,
                                                 uint8_t *recv_key_updates);

/**
 * Sends @p count bytes of the file @p fd from @p offset on without copying them to the program.
 *
 * Needs s2n_connection_ktls_enable_send(). May send fewer; @p bytes_written says how many. The file's own
 * position does not move.
 * Errors: KTLS_UNSUPPORTED_CONN without the kernel's help, IO_BLOCKED, IO, KTLS_KEY_LIMIT, UNIMPLEMENTED on
 * systems without such a call.
 * @since 1.0
 */
S2N_API int s2n_sendfile(struct s2n_connection *conn, int fd, off_t offset, size_t count,
                         size_t *bytes_written, s2n_blocked_status *blocked);

#ifdef __cplusplus
}
#endif

#endif
