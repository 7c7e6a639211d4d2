/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CertificateStatus (RFC 6066 8), below TLS 1.3: the OCSP response that the server's hello announced. A server that
 * then leaves the message out is forgiven by the engine.
 */
#include "handshake/hs.h"

bool msg_certificate_status_write(struct handshake *hs, struct wr *w)
{
    vouch_write_status(hs, w);
    return true;
}

bool msg_certificate_status_read(struct handshake *hs, struct rd *r)
{
    struct span response;
    TRY(vouch_read_status(r, &response));
    TRY(vouch_keep(hs, vouch_ocsp, response));
    hs->session->stapled = true;
    return vouch_check_ocsp(hs);
}
