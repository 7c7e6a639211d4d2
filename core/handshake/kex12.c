/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key exchanges below TLS 1.3, a row each: what the server's parameters are, how each side comes to the premaster
 * secret. RSA (RFC 5246 7.4.7.1) and ECDHE (RFC 8422 5.4, 5.7). Called by the two key exchange messages.
 */
#include "crypto/rand.h"
#include "handshake/hs.h"

#define NAMED_CURVE 3
#define PREMASTER_RSA 48

struct kex12 {
    bool (*write_params)(struct handshake *hs, struct wr *w);
    bool (*read_params)(struct handshake *hs, struct rd *r);
    bool (*write_client)(struct handshake *hs, struct wr *w);
    bool (*read_client)(struct handshake *hs, struct rd *r);
};

static bool ecdhe_write_params(struct handshake *hs, struct wr *w)
{
    const struct group *g = neg_group12(hs);
    if (g == NULL) {
        return fail(ERR_ECDHE_UNSUPPORTED_CURVE);
    }
    TRY(kx_generate(g, &hs->share[0]));
    hs->session->group = g;
    wr_u8(w, NAMED_CURVE);
    wr_u16(w, g->id);
    struct wr_mark point = wr_open(w, 1);
    kx_share(&hs->share[0], w);
    wr_close(w, point);
    return true;
}

static bool ecdhe_read_params(struct handshake *hs, struct rd *r)
{
    uint8_t type;
    uint16_t id;
    struct rd point;
    if (!rd_u8(r, &type) || !rd_u16(r, &id) || !rd_vec8(r, &point) || rd_end(&point)) {
        return fail(ERR_BAD_MESSAGE);
    }
    const struct group *g = group_by_id(id);
    if (type != NAMED_CURVE || g == NULL || !policy_has_group(hs->policy, g)) {
        return fail(ERR_ECDHE_UNSUPPORTED_CURVE);
    }
    hs->session->group = g;
    return buf_set(&hs->peer_point, rd_rest(&point));
}

static bool ecdhe_write_client(struct handshake *hs, struct wr *w)
{
    TRY(kx_generate(hs->session->group, &hs->share[0]));
    struct wr_mark point = wr_open(w, 1);
    kx_share(&hs->share[0], w);
    wr_close(w, point);
    return kx_agree(&hs->share[0], buf_span(&hs->peer_point), ERR_ECDHE_SHARED_SECRET, &hs->premaster);
}

static bool ecdhe_read_client(struct handshake *hs, struct rd *r)
{
    struct rd point;
    if (!rd_vec8(r, &point) || rd_end(&point)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return kx_agree(&hs->share[0], rd_rest(&point), ERR_ECDHE_SHARED_SECRET, &hs->premaster);
}

static bool rsa_write_client(struct handshake *hs, struct wr *w)
{
    struct secret *premaster = &hs->premaster;
    premaster->n = PREMASTER_RSA;
    TRY(rand_private(premaster->b, PREMASTER_RSA));
    premaster->b[0] = TLS12 >> 8; /* the version of our ClientHello, against rollback */
    premaster->b[1] = TLS12 & 0xFF;
    struct wr_mark encrypted = wr_open(w, 2);
    TRY(pkey_encrypt(peer_key(hs->session->peer), secret_span(premaster), w));
    wr_close(w, encrypted);
    return true;
}

static bool rsa_read_client(struct handshake *hs, struct rd *r)
{
    struct rd encrypted;
    if (!rd_vec16(r, &encrypted) || rd_end(&encrypted)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return pkey_decrypt_premaster(hs->chain->key, rd_rest(&encrypted), hs->peer.legacy_version,
                                  &hs->premaster);
}

static const struct kex12 kexes[] = {
    [KEX_RSA] = { NULL, NULL, rsa_write_client, rsa_read_client },
    [KEX_ECDHE] = { ecdhe_write_params, ecdhe_read_params, ecdhe_write_client, ecdhe_read_client },
};

bool kex12_server_params(struct handshake *hs, struct wr *w)
{
    return kexes[hs->session->suite->kex].write_params(hs, w);
}

bool kex12_read_params(struct handshake *hs, struct rd *r, struct span *signed_part)
{
    const uint8_t *from = r->p;
    TRY(kexes[hs->session->suite->kex].read_params(hs, r));
    *signed_part = SPAN(from, (size_t) (r->p - from));
    return true;
}

bool kex12_client_write(struct handshake *hs, struct wr *w)
{
    return kexes[hs->session->suite->kex].write_client(hs, w);
}

bool kex12_client_read(struct handshake *hs, struct rd *r)
{
    return kexes[hs->session->suite->kex].read_client(hs, r);
}
