/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature_algorithms (RFC 8446 4.2.3): the schemes a peer's handshake signature may use, in a ClientHello or a
 * CertificateRequest. The lists of both sides meet in choose.c.
 */
#include "handshake/hs.h"

#define SCHEMES_MAX ((size_t) 128) /* contract: a longer list is refused */

/* What this side could check at all: the legacy MD5+SHA1 pseudo scheme has no number of its own on the wire. */
static bool listable(const struct handshake *hs, const struct sigscheme *s)
{
    return s->id != 0xFFFF && s->min <= hs->policy->max;
}

bool ext_signature_algorithms_wants(const struct handshake *hs, enum ext_where where)
{
    (void) where;
    return hs->policy->max >= TLS12;
}

void ext_signature_algorithms_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) where;
    struct wr_mark list = wr_open(w, 2);
    for (uint16_t i = 0; i < hs->policy->sigs_n; i++) {
        if (listable(hs, hs->policy->sigs[i])) {
            wr_u16(w, hs->policy->sigs[i]->id);
        }
    }
    wr_close(w, list);
}

bool ext_signature_algorithms_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list;
    (void) where;
    if (!rd_vec16(r, &list) || rd_left(&list) < 2 || rd_left(&list) % 2 != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (rd_left(&list) > 2 * SCHEMES_MAX) {
        return fail(ERR_TOO_MANY_SIGNATURE_SCHEMES);
    }
    hs->peer.schemes = rd_rest(&list);
    return true;
}
