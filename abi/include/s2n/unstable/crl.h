/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: revocation lists, and a last word of the application on the peer's certificates.
 * Functions here may change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_CRL_H
#define S2N_UNSTABLE_CRL_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The question for the revocation list of one certificate; it belongs to the connection. */
struct s2n_crl_lookup;

/** A certificate revocation list. */
struct s2n_crl;

/** The question whether a verified peer is acceptable; it belongs to the connection. */
struct s2n_cert_validation_info;

/**
 * Asks for the revocation list of one received certificate. Answer with s2n_crl_lookup_set() or
 * s2n_crl_lookup_ignore(), now or later. Any result but 0 fails the handshake with CANCELLED.
 */
typedef int (*s2n_crl_lookup_callback)(struct s2n_crl_lookup *lookup, void *context);

/**
 * Asks whether the peer is acceptable, after its certificates have passed all checks. Answer with
 * s2n_cert_validation_accept() or s2n_cert_validation_reject(), now or later. Any result but 0 fails the
 * handshake with CANCELLED.
 */
typedef int (*s2n_cert_validation_callback)(struct s2n_connection *conn,
                                            struct s2n_cert_validation_info *info, void *context);

/**
 * Switches revocation checking of the peer's whole chain on, with lists that the callback finds. Borrowed.
 *
 * It runs once for each certificate received, also those that turn out not to belong to the chain. While
 * answers are missing, s2n_negotiate() is blocked on S2N_BLOCKED_ON_APPLICATION_INPUT. The lists' dates are
 * not looked at: see s2n_crl_validate_active(). Handshakes then fail with CERT_REVOKED, CRL_LOOKUP_FAILED,
 * CRL_SIGNATURE, CRL_ISSUER or CRL_UNHANDLED_CRITICAL_EXTENSION.
 * @since 0.9
 */
S2N_API int s2n_config_set_crl_lookup_cb(struct s2n_config *config, s2n_crl_lookup_callback callback,
                                         void *context);

/**
 * Returns a new empty list; free it with s2n_crl_free().
 * @since 0.9
 */
S2N_API struct s2n_crl *s2n_crl_new(void);

/**
 * Loads the list from one PEM block. Copied. Once for each object.
 *
 * Errors: INVALID_ARGUMENT if it is loaded already, INVALID_PEM, STUFFER_OUT_OF_DATA without a PEM block.
 * @since 0.9
 */
S2N_API int s2n_crl_load_pem(struct s2n_crl *crl, uint8_t *pem, size_t len);

/**
 * Frees the list and sets the pointer to NULL; NULL succeeds. No handshake may be using it any more.
 * @since 0.9
 */
S2N_API int s2n_crl_free(struct s2n_crl **crl);

/**
 * Writes a hash of the issuer's name; s2n_crl_lookup_get_cert_issuer_hash() gives the same for a certificate.
 *
 * Errors: NULL also if nothing is loaded.
 * @since 0.9
 */
S2N_API int s2n_crl_get_issuer_hash(struct s2n_crl *crl, uint64_t *hash);

/**
 * Succeeds if the list is in force, by the system's clock.
 *
 * Errors: CRL_NOT_YET_VALID, CRL_INVALID_THIS_UPDATE if its date cannot be read.
 * @since 0.9
 */
S2N_API int s2n_crl_validate_active(struct s2n_crl *crl);

/**
 * Succeeds if the list is not out of date, by the system's clock, or names no date.
 *
 * Errors: CRL_EXPIRED, CRL_INVALID_NEXT_UPDATE if its date cannot be read.
 * @since 0.9
 */
S2N_API int s2n_crl_validate_not_expired(struct s2n_crl *crl);

/**
 * Writes a hash of the name of the certificate's issuer, to find its list with.
 * @since 0.9
 */
S2N_API int s2n_crl_lookup_get_cert_issuer_hash(struct s2n_crl_lookup *lookup, uint64_t *hash);

/**
 * Answers with a list, which is borrowed until the handshake is done. The last answer counts.
 *
 * All lists of a handshake are used together.
 * @since 0.9
 */
S2N_API int s2n_crl_lookup_set(struct s2n_crl_lookup *lookup, struct s2n_crl *crl);

/**
 * Answers that there is no list. If the certificate is in the chain, the handshake fails with
 * CRL_LOOKUP_FAILED.
 * @since 0.9
 */
S2N_API int s2n_crl_lookup_ignore(struct s2n_crl_lookup *lookup);

/**
 * Sets the callback that has the last word on the peer's certificates. Borrowed; NULL removes it.
 *
 * It runs once, also if verification is switched off. Without an answer s2n_negotiate() is blocked on
 * S2N_BLOCKED_ON_APPLICATION_INPUT.
 * @since 0.9
 */
S2N_API int s2n_config_set_cert_validation_cb(struct s2n_config *config,
                                              s2n_cert_validation_callback callback, void *context);

/**
 * Lets the handshake go on.
 *
 * Errors: INVALID_STATE after an answer.
 * @since 0.9
 */
S2N_API int s2n_cert_validation_accept(struct s2n_cert_validation_info *info);

/**
 * Makes the handshake fail with CERT_REJECTED.
 *
 * Errors: INVALID_STATE after an answer.
 * @since 0.9
 */
S2N_API int s2n_cert_validation_reject(struct s2n_cert_validation_info *info);

#ifdef __cplusplus
}
#endif

#endif
