/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CertificateVerify, of either side: proof of the private key over the transcript. At TLS 1.3 a fixed frame and the
 * transcript hash are signed (RFC 8446 4.4.3), at TLS 1.2 all messages so far (RFC 5246 7.4.8).
 */
#include <string.h>

#include "handshake/hs.h"

#define FRAME_MAX (64 + 34 + HASH_MAX)

/* 64 spaces, a context string, a zero, the hash. */
static bool frame13(const struct handshake *hs, bool server, uint8_t *out, struct span *signed_part)
{
    static const char *const context[2] = { "TLS 1.3, client CertificateVerify",
                                            "TLS 1.3, server CertificateVerify" };
    size_t n = strlen(context[server]) + 1;
    memset(out, ' ', 64);
    memcpy(out + 64, context[server], n);
    TRY(transcript_peek(&hs->ks.transcript, out + 64 + n));
    *signed_part = SPAN(out, 64 + n + hash_size(hs->session->suite->prf));
    return true;
}

static bool signed_part(const struct handshake *hs, bool server, uint8_t *frame, struct span *out)
{
    if (hs_is13(hs)) {
        return frame13(hs, server, frame, out);
    }
    if (!hs->ks.transcript.keep) { /* a signature over nothing would prove nothing */
        return fail(ERR_HANDSHAKE_STATE);
    }
    *out = buf_span(&hs->ks.transcript.raw);
    return true;
}

bool hs_sign(struct handshake *hs, const struct span *parts, size_t n, struct wr *w)
{
    wr_u16(w, hs->scheme->id);
    struct wr_mark signature = wr_open(w, 2);
    uint32_t from = w->b->len;
    TRY(pkey_sign(hs->chain->key, hs->scheme, parts, n, w));
    wr_close(w, signature);
    TRY(wr_ok(w));
    if (hs->set->config->verify_after_sign == S2N_VERIFY_AFTER_SIGN_ENABLED) {
        return pkey_verify(hs->chain->leaf, hs->scheme, parts, n, SPAN(w->b->p + from, w->b->len - from));
    }
    return true;
}

bool hs_verify(struct handshake *hs, const struct span *parts, size_t n, struct rd *r,
               const struct sigscheme **scheme)
{
    uint16_t id;
    struct rd signature;
    if (!rd_u16(r, &id) || !rd_vec16(r, &signature)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(neg_peer_scheme(hs, id, scheme));
    return pkey_verify(peer_key(hs->session->peer), *scheme, parts, n, rd_rest(&signature));
}

bool msg_certificate_verify_write(struct handshake *hs, struct wr *w)
{
    uint8_t frame[FRAME_MAX];
    struct span part;
    TRY(signed_part(hs, hs->set->server, frame, &part));
    return hs_sign(hs, &part, 1, w);
}

bool msg_certificate_verify_read(struct handshake *hs, struct rd *r)
{
    struct session *s = hs->session;
    uint8_t frame[FRAME_MAX];
    struct span part;
    TRY(signed_part(hs, !hs->set->server, frame, &part));
    return hs_verify(hs, &part, 1, r, hs->set->server ? &s->client_sig : &s->server_sig);
}
