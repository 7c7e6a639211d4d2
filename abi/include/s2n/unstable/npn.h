/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: next protocol negotiation, which came before ALPN. Functions here may change or go
 * away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_NPN_H
#define S2N_UNSTABLE_NPN_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes connections below TLS 1.3 negotiate a protocol the old way if ALPN did not. Off by default.
 *
 * Needs ALPN protocols in @p config. A client takes the server's first choice that it has too, else its own
 * first one. The result is that of s2n_get_application_protocol().
 * @since 1.0
 */
S2N_API int s2n_config_set_npn(struct s2n_config *config, bool enable);

#ifdef __cplusplus
}
#endif

#endif
