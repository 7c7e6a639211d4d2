/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4): ephemeral parameters, signed together with both randoms.
 */
#include "handshake/hs.h"

bool msg_server_key_exchange_write(struct handshake *hs, struct wr *w)
{
    uint32_t from = w->b->len;
    TRY(kex12_server_params(hs, w));
    TRY(wr_ok(w));
    /* The message may move while the signature is appended, so the parameters are signed from a copy. */
    uint8_t params[4 + 255];
    size_t n = w->b->len - from;
    if (n > sizeof(params)) {
        return fail(ERR_SIZE_MISMATCH);
    }
    struct rd r = rd_of(SPAN(w->b->p + from, n));
    TRY(rd_copy(&r, params, n));
    struct span parts[2] = { SPAN_OF(hs->ks.randoms), SPAN(params, n) };
    return hs_sign(hs, parts, 2, w);
}

bool msg_server_key_exchange_read(struct handshake *hs, struct rd *r)
{
    struct span params;
    TRY(kex12_read_params(hs, r, &params));
    struct span parts[2] = { SPAN_OF(hs->ks.randoms), params };
    return hs_verify(hs, parts, 2, r, &hs->session->server_sig);
}
