/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: lets a client see which issuers a server accepts and choose its certificate
 * accordingly. Functions here may change or go away in any release; include this header only if you accept
 * that.
 */
#ifndef S2N_UNSTABLE_CERT_AUTHORITIES_H
#define S2N_UNSTABLE_CERT_AUTHORITIES_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A server's request for a client certificate; valid inside the callback only. */
struct s2n_certificate_request;

/** The issuers that a request names, with a position for reading them in turn. */
struct s2n_certificate_authority_list;

/**
 * Chooses the client's certificate with s2n_certificate_request_set_certificate(). Any result but 0 fails the
 * handshake with CANCELLED, and no choice with NO_CERT_FOUND.
 */
typedef int (*s2n_cert_request_callback)(struct s2n_connection *conn, void *ctx,
                                         struct s2n_certificate_request *request);

/**
 * Sets the callback that clients run when the server asks for a certificate and @p config has one at least.
 *
 * Both arguments are borrowed; NULL removes the callback.
 * Errors: INVALID_ARGUMENT (type USAGE) if @p config is NULL.
 * @since 0.9
 */
S2N_API int s2n_config_set_cert_request_callback(struct s2n_config *config,
                                                 s2n_cert_request_callback cert_req_callback, void *ctx);

/**
 * Returns the issuers that the server names: inner, and empty if it named none. NULL only for NULL.
 * @since 0.9
 */
S2N_API struct s2n_certificate_authority_list *s2n_certificate_request_get_ca_list(
    struct s2n_certificate_request *request);

/**
 * Answers the request with @p chain, which need not be in the config. Borrowed; the last call counts.
 *
 * It must outlive the connection.
 * Errors: INVALID_ARGUMENT (type USAGE) for a NULL argument.
 * @since 0.9
 */
S2N_API int s2n_certificate_request_set_certificate(struct s2n_certificate_request *request,
                                                    struct s2n_cert_chain_and_key *chain);

/**
 * Returns whether s2n_certificate_authority_list_next() has another name to give; false for NULL.
 * @since 0.9
 */
S2N_API bool s2n_certificate_authority_list_has_next(struct s2n_certificate_authority_list *list);

/**
 * Gives the next issuer's name, DER as a rule, but as the server sent it. Inner. NULL and 0 after a failure.
 *
 * Errors: INVALID_ARGUMENT (type USAGE) at the end and for a NULL argument, BAD_MESSAGE if the list is
 * malformed or the name empty.
 * @since 0.9
 */
S2N_API int s2n_certificate_authority_list_next(struct s2n_certificate_authority_list *list, uint8_t **name,
                                                uint16_t *length);

/**
 * Goes back to the first name.
 *
 * Errors: INVALID_ARGUMENT (type USAGE) for NULL.
 * @since 0.9
 */
S2N_API int s2n_certificate_authority_list_reread(struct s2n_certificate_authority_list *list);

#ifdef __cplusplus
}
#endif

#endif
