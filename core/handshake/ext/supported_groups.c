/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supported_groups (RFC 8446 4.2.7, RFC 8422 5.1.1): a client's groups in order of preference. A server may tell its
 * own in EncryptedExtensions, which is advice for later connections; some send it in a TLS 1.2 hello by mistake.
 */
#include "handshake/hs.h"

bool ext_supported_groups_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH && hs->policy->ecc && hs->policy->groups_n > 0;
}

void ext_supported_groups_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) where;
    struct wr_mark list = wr_open(w, 2);
    for (uint16_t i = 0; i < hs->policy->groups_n; i++) {
        wr_u16(w, hs->policy->groups[i]->id);
    }
    wr_close(w, list);
}

bool ext_supported_groups_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    if (!rd_vec16(r, &list) || rd_left(&list) < 2 || rd_left(&list) % 2 != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (where == CH) {
        hs->peer.groups = rd_rest(&list);
    }
    return true;
}
