/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: certificate extensions that the application checks by itself. Functions here may
 * change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_CUSTOM_X509_EXTENSIONS_H
#define S2N_UNSTABLE_CUSTOM_X509_EXTENSIONS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Accepts certificates that mark the extension with this object identifier as critical. Copied; repeatable.
 *
 * The application promises to read and judge it. The identifier is text such as "1.3.6.1.4.1.99999.1",
 * without its terminator. Without this call such certificates fail with
 * CERT_UNHANDLED_CRITICAL_EXTENSION. Cannot be undone for @p config.
 * Errors: INVALID_ARGUMENT (type USAGE) for a NULL argument; API_UNSUPPORTED_BY_LIBCRYPTO, as with OpenSSL 3;
 * NULL if the text is no identifier.
 * @since 0.9
 */
S2N_API int s2n_config_add_custom_x509_extension(struct s2n_config *config, uint8_t *extension_oid,
                                                 uint32_t extension_oid_len);

#ifdef __cplusplus
}
#endif

#endif
