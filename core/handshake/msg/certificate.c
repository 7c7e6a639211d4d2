/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate, of either side (RFC 8446 4.4.2, RFC 5246 7.4.2, 7.4.6). A client without one sends an empty list. The
 * list is judged as a whole by certs.c.
 */
#include "handshake/hs.h"

static bool is_mine(const struct handshake *hs)
{
    return hs->chain != NULL;
}

/* What is stapled belongs to the leaf. */
static bool write_list13(struct handshake *hs, struct wr *w)
{
    const struct s2n_cert_chain_and_key *chain = hs->chain;
    for (uint32_t i = 0; i < chain->n; i++) {
        struct wr_mark cert = wr_open(w, 3);
        wr_bytes(w, buf_span(&chain->certs[i].der));
        wr_close(w, cert);
        if (i == 0) {
            TRY(ext_write(hs, CT13, w));
        } else {
            wr_u16(w, 0);
        }
    }
    return true;
}

bool msg_certificate_write(struct handshake *hs, struct wr *w)
{
    if (!is_mine(hs)) {
        if (hs_client_auth(hs->set) == S2N_CERT_AUTH_REQUIRED) {
            return fail(ERR_MISSING_CLIENT_CERT);
        }
        hs->session->type |= NO_CLIENT_CERT;
    }
    if (hs_is13(hs)) {
        wr_u8(w, 0); /* certificate_request_context */
    }
    struct wr_mark list = wr_open(w, 3);
    if (is_mine(hs) && hs_is13(hs)) {
        TRY(write_list13(hs, w));
    } else if (is_mine(hs)) {
        wr_bytes(w, buf_span(&hs->chain->wire12));
    }
    wr_close(w, list);
    hs->session->client_cert_used |= is_mine(hs) && !hs->set->server;
    return true;
}

/* Of one entry; a handler that waited has seen them. */
static bool read_extensions(struct handshake *hs, bool leaf, struct rd *extensions)
{
    hs->ext_seen = 0;
    hs->beyond_leaf = !leaf;
    return hs->waiting || ext_read(hs, CT13, extensions);
}

/* Splits the list into DERs; what a chain has beyond PEER_CHAIN_MAX is only checked for its form and counted. */
static bool split(struct handshake *hs, struct rd list, struct span *ders, uint32_t *n)
{
    struct rd der, extensions;
    for (*n = 0; !rd_end(&list); ++*n) {
        if (!rd_vec24(&list, &der) || rd_end(&der) || (hs_is13(hs) && !rd_vec16(&list, &extensions))) {
            return fail(ERR_BAD_MESSAGE);
        }
        if (hs_is13(hs)) {
            TRY(read_extensions(hs, *n == 0, &extensions));
        }
        if (*n < PEER_CHAIN_MAX) {
            ders[*n] = rd_rest(&der);
        }
    }
    if (*n > PEER_CHAIN_MAX && !hs->set->skip_verification) {
        return fail(ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED);
    }
    *n = *n < PEER_CHAIN_MAX ? *n : PEER_CHAIN_MAX;
    return true;
}

static bool read_none(struct handshake *hs)
{
    if (!hs->set->server) { /* RFC 8446 4.4.2.4: a server always has one */
        return fail(ERR_BAD_MESSAGE);
    }
    if (hs_client_auth(hs->set) == S2N_CERT_AUTH_REQUIRED) {
        return fail(ERR_MISSING_CLIENT_CERT);
    }
    hs->session->type |= NO_CLIENT_CERT;
    return true;
}

/* What the application may ask for: the client's chain in the TLS 1.2 form, extensions stripped. */
static bool keep_client_chain(struct handshake *hs, const struct span *ders, uint32_t n)
{
    struct wr w = wr_to(&hs->session->client_chain);
    buf_clear(&hs->session->client_chain);
    for (uint32_t i = 0; i < n; i++) {
        struct wr_mark cert = wr_open(&w, 3);
        wr_bytes(&w, ders[i]);
        wr_close(&w, cert);
    }
    return wr_ok(&w);
}

bool msg_certificate_read(struct handshake *hs, struct rd *r)
{
    struct rd context, list;
    struct span ders[PEER_CHAIN_MAX];
    uint32_t n;
    if ((hs_is13(hs) && (!rd_vec8(r, &context) || !rd_end(&context))) || !rd_vec24(r, &list)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(split(hs, list, ders, &n));
    if (n == 0) {
        return read_none(hs);
    }
    if (hs->set->server && !hs->waiting) {
        TRY(keep_client_chain(hs, ders, n));
    }
    TRY(hs_judge_chain(hs, ders, n));
    hs->session->client_cert_used |= hs->set->server;
    return true;
}
