/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CertificateRequest (RFC 8446 4.3.2, RFC 5246 7.4.4): the server says how a client may sign; the client chooses what
 * it will show. The message is kept, as the choice reads its lists.
 */
#include "handshake/hs.h"

/* rsa_sign, ecdsa_sign; and between them what some old clients insist on, dss_sign */
static const uint8_t types12[] = { 1, 64 }, types12_dss[] = { 1, 2, 64 };

bool msg_certificate_request_write(struct handshake *hs, struct wr *w)
{
    if (hs_is13(hs)) {
        wr_u8(w, 0); /* certificate_request_context */
        return ext_write(hs, CR13, w);
    }
    struct wr_mark types = wr_open(w, 1);
    wr_bytes(w, hs->set->config->dss_compat ? SPAN_OF(types12_dss) : SPAN_OF(types12));
    wr_close(w, types);
    ext_signature_algorithms_write(hs, CR13, w);    /* the field has the extension's form */
    ext_certificate_authorities_write(hs, CR13, w); /* and this one has it too; none: any */
    return true;
}

static bool read13(struct handshake *hs, struct rd *r)
{
    struct rd context, extensions;
    if (!rd_vec8(r, &context) || !rd_end(&context) || !rd_vec16(r, &extensions)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(ext_read(hs, CR13, &extensions));
    return ext_seen(hs, EXT_signature_algorithms) || fail(ERR_MISSING_EXTENSION);
}

static bool read12(struct handshake *hs, struct rd *r)
{
    struct rd types;
    if (!rd_vec8(r, &types) || rd_end(&types)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return ext_signature_algorithms_read(hs, CR13, r) && ext_certificate_authorities_read(hs, CR13, r);
}

bool msg_certificate_request_read(struct handshake *hs, struct rd *r)
{
    if (hs_client_auth(hs->set) == S2N_CERT_AUTH_NONE) {
        return fail(ERR_UNEXPECTED_CERT_REQUEST);
    }
    TRY(buf_set(&hs->request, rd_take(r)));
    struct rd body = rd_of(buf_span(&hs->request));
    hs->peer.cert_schemes = SPAN_NONE;
    TRY(hs_is13(hs) ? read13(hs, &body) : read12(hs, &body));
    if (!rd_end(&body)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return neg_client_certificate(hs);
}
