/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: lets a subject common name that is an IP address reach the host name check. Functions
 * here may change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_ALLOW_IP_IN_CN_H
#define S2N_UNSTABLE_ALLOW_IP_IN_CN_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Accepts peer certificates whose only name is a subject common name holding an IPv4 or IPv6 address.
 *
 * Such a name is then passed to the host verify callback like any other. It matters only for certificates
 * without a DNS, URI or IP alternative name, and without this call they fail with CERT_UNTRUSTED. Cannot be
 * undone for @p config.
 *
 * Errors: INVALID_ARGUMENT (type USAGE) if @p config is NULL.
 * @since 0.9
 */
S2N_API int s2n_config_allow_ip_in_cn(struct s2n_config *config);

#ifdef __cplusplus
}
#endif

#endif
