/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server_name (RFC 6066 3): the client names the host it wants, the server says with an empty body that it chose by
 * it. Names that no getter could return (too long, or with a NUL inside) count as absent, as the contract says.
 */
#include <string.h>

#include "handshake/hs.h"

bool ext_server_name_wants(const struct handshake *hs, enum ext_where where)
{
    const struct session *s = hs->session;
    if (where == CH) {
        return s->server_name[0] != '\0';
    }
    bool chose = (s->type & FULL_HANDSHAKE) != 0; /* a resumption shows no certificate */
    bool used = s->server_name_used || s->sni_match == SNI_EXACT || s->sni_match == SNI_WILDCARD;
    return chose && hs->peer.server_name && used;
}

void ext_server_name_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where != CH) {
        return;
    }
    const char *name = hs->session->server_name;
    struct wr_mark list = wr_open(w, 2);
    wr_u8(w, 0); /* host_name */
    struct wr_mark host = wr_open(w, 2);
    wr_bytes(w, SPAN((const uint8_t *) name, strlen(name)));
    wr_close(w, host);
    wr_close(w, list);
}

bool ext_server_name_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list, host;
    uint8_t type;
    if (where != CH) {
        return true; /* an empty body; the caller checks that it is */
    }
    if (!rd_vec16(r, &list) || !rd_u8(&list, &type) || !rd_vec16(&list, &host) || type != 0 ||
        rd_end(&host)) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (!rd_end(&list)) { /* RFC 6066 3: one name of a type, and there is one type */
        return fail(ERR_BAD_MESSAGE);
    }
    hs->peer.server_name = true;
    session_set_name(hs->session, rd_rest(&host));
    return true;
}
