/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate_authorities (RFC 8446 4.2.4): a server tells a client whose certificates it knows. Below TLS 1.3 a field of
 * CertificateRequest holds the same list. What a client may say in its hello is not looked at.
 */
#include "handshake/hs.h"

bool ext_certificate_authorities_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CR13 && hs->set->config->cert_authorities.len > 0;
}

void ext_certificate_authorities_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) where;
    struct wr_mark list = wr_open(w, 2);
    wr_bytes(w, buf_span(&hs->set->config->cert_authorities));
    wr_close(w, list);
}

bool ext_certificate_authorities_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list, name;
    if (where == CH) {
        (void) rd_take(r);
        return true;
    }
    if (!rd_vec16(r, &list)) {
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.authorities = rd_rest(&list);
    while (!rd_end(&list)) {
        if (!rd_vec16(&list, &name) || rd_end(&name)) {
            return fail(ERR_BAD_MESSAGE);
        }
    }
    return true;
}
