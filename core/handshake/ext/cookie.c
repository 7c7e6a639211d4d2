/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cookie (RFC 8446 4.2.2): a HelloRetryRequest may hold one, and the second ClientHello repeats it. Our servers keep
 * their state and send none, so a client's cookie is an answer to nothing.
 */
#include "handshake/hs.h"

bool ext_cookie_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH && hs->cookie.len > 0;
}

void ext_cookie_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) where;
    struct wr_mark body = wr_open(w, 2);
    wr_bytes(w, buf_span(&hs->cookie));
    wr_close(w, body);
}

bool ext_cookie_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd body;
    if (where == CH) {
        return fail(ERR_UNSUPPORTED_EXTENSION);
    }
    if (!rd_vec16(r, &body) || rd_end(&body)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return buf_set(&hs->cookie, rd_rest(&body));
}
