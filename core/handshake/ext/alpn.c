/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application_layer_protocol_negotiation (RFC 7301): the client lists names, the server answers with one of them. The
 * server's order decides; no common name is no error, the handshake goes on without.
 */
#include "handshake/hs.h"

/* Ours: the connection's own list when there is one, else the config's. */
static struct span our_list(const struct handshake *hs)
{
    return buf_span(hs->set->alpn.len > 0 ? &hs->set->alpn : &hs->set->config->alpn);
}

bool ext_alpn_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? our_list(hs).n > 0 : hs->session->alpn.len > 0;
}

void ext_alpn_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    struct wr_mark list = wr_open(w, 2);
    if (where == CH) {
        wr_bytes(w, our_list(hs));
    } else {
        struct wr_mark name = wr_open(w, 1);
        wr_bytes(w, session_alpn(hs->session));
        wr_close(w, name);
    }
    wr_close(w, list);
}

static bool contains(struct span list, struct span wanted)
{
    struct rd name;
    for (struct rd r = rd_of(list); rd_vec8(&r, &name);) {
        if (span_eq(rd_rest(&name), wanted)) {
            return true;
        }
    }
    return false;
}

bool alpn_lists(const struct handshake *hs, struct span name)
{
    return contains(our_list(hs), name);
}

static bool keep(struct handshake *hs, struct span name)
{
    struct buf *to = &hs->session->alpn;
    return buf_set(to, name) && buf_append(to, SPAN_OF((const uint8_t[]){ 0 }));
}

/* Every entry has a length that fits and is not zero. */
static bool well_formed(struct span list)
{
    struct rd r = rd_of(list), name;
    while (!rd_end(&r)) {
        if (!rd_vec8(&r, &name) || rd_end(&name)) {
            return false;
        }
    }
    return list.n > 0;
}

static bool choose(struct handshake *hs, struct span offered)
{
    struct rd name;
    buf_clear(&hs->session->alpn);
    for (struct rd r = rd_of(our_list(hs)); rd_vec8(&r, &name);) {
        if (contains(offered, rd_rest(&name))) {
            return keep(hs, rd_rest(&name));
        }
    }
    return true;
}

bool ext_alpn_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    struct rd list, name;
    if (!rd_vec16(r, &list) || !well_formed(rd_rest(&list))) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (where == CH) {
        hs->peer.alpn = rd_rest(&list);
        return choose(hs, hs->peer.alpn);
    }
    if (!rd_vec8(&list, &name) || !rd_end(&list) || !contains(our_list(hs), rd_rest(&name))) {
        return fail(ERR_BAD_MESSAGE); /* RFC 7301 3.1: exactly one, and one that we named */
    }
    return keep(hs, rd_rest(&name));
}
