/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ec_point_formats (RFC 8422 5.1.2): only uncompressed points exist here, and every peer must list them.
 */
#include <string.h>

#include "handshake/hs.h"

bool ext_ec_point_formats_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? hs->policy->ecc : hs->session->suite->kex == KEX_ECDHE;
}

void ext_ec_point_formats_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    wr_u8(w, 1);
    wr_u8(w, 0); /* uncompressed */
}

bool ext_ec_point_formats_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    (void) hs;
    (void) where;
    if (!rd_vec8(r, &list) || rd_end(&list) || memchr(list.p, 0, rd_left(&list)) == NULL) {
        return fail(ERR_BAD_MESSAGE);
    }
    return true;
}
