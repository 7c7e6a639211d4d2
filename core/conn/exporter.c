/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keying material that the application takes out of a connection for its own protocols (RFC 8446 7.5). The secret it
 * comes from stays with the session; it is not in a saved connection. Called by abi/src.
 */
#include "conn/conn.h"

#define LABEL_MAX 249 /* 255 with the prefix */

bool conn_export(const struct s2n_connection *c, struct span label, struct span context, uint8_t *out,
                 size_t n)
{
    const struct session *s = &c->session;
    if (conn_version(c) != TLS13) {
        return fail(ERR_INVALID_STATE);
    }
    if (!s->complete || s->restored || s->master.n == 0) {
        return fail(ERR_HANDSHAKE_NOT_COMPLETE);
    }
    if (label.n > LABEL_MAX) {
        return fail(ERR_SAFETY);
    }
    if (n == 0 || n > 255 * hash_size(s->suite->prf)) {
        return fail(ERR_HKDF_OUTPUT_SIZE);
    }
    return ks_export(s->suite->prf, &s->master, label, context, out, n);
}
