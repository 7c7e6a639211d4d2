/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status_request (RFC 6066 8, RFC 8446 4.4.2.1): whoever will get a certificate asks for an OCSP response with it. Below
 * TLS 1.3 the server's empty answer announces the message CertificateStatus; at it the response stands with the leaf.
 */
#include "handshake/hs.h"

bool ext_status_request_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH || where == CR13 ? hs->set->ask_ocsp : hs->ocsp != NULL;
}

void ext_status_request_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    if (where == CH) {
        wr_u8(w, STATUS_OCSP);
        wr_u16(w, 0); /* responder_id_list: any */
        wr_u16(w, 0); /* request_extensions */
    } else if (where == CT13) {
        vouch_write_status(hs, w);
    }
}

static bool read_request(struct handshake *hs, struct rd *r)
{
    struct rd responders, extensions;
    uint8_t type;
    if (!rd_u8(r, &type)) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (type != STATUS_OCSP) { /* a kind of status that we do not know */
        (void) rd_take(r);
        return true;
    }
    hs->peer.status_request = true;
    return (rd_vec16(r, &responders) && rd_vec16(r, &extensions)) || fail(ERR_BAD_MESSAGE);
}

bool ext_status_request_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct span response;
    switch (where) {
    case CH:
        return read_request(hs, r);
    case CR13:
        hs->peer.status_request = true;
        return true; /* empty, as the caller checks, here and below */
    case SH12:
        hs->session->type |= OCSP_STATUS;
        return true;
    default:
        TRY(vouch_read_status(r, &response));
        if (hs->beyond_leaf) {
            return true;
        }
        hs->session->stapled |= !hs->set->server;
        return vouch_keep(hs, vouch_ocsp, response);
    }
}
