/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extension blocks: who sends what in which order, and the rules that hold for every extension: none twice (known or
 * not), none where RFC 8446 4.2 forbids it, no answer to what was not asked, nothing left over in a body. What an
 * extension means is in ext/NAME.c. Called by message handlers.
 */
#include <string.h>

#include "handshake/hs.h"

static const struct ext_row rows[EXT_COUNT] = {
#define EXT(name, number, messages, lowest) \
    { #name, number, lowest, messages, ext_##name##_wants, ext_##name##_write, ext_##name##_read },
#include "handshake/extensions.def"
#undef EXT
};

/* Order on the wire, per message (contract/handshake.md sections 6 and 7). */
static const uint8_t order_ch[] = {
    EXT_supported_versions,
    EXT_supported_groups,
    EXT_key_share,
    EXT_signature_algorithms,
    EXT_server_name,
    EXT_alpn,
    EXT_status_request,
    EXT_sct,
    EXT_max_fragment_length,
    EXT_session_ticket,
    EXT_ec_point_formats,
    EXT_renegotiation_info,
    EXT_cookie,
    EXT_psk_key_exchange_modes,
    EXT_early_data,
    EXT_extended_master_secret,
    EXT_pre_shared_key, /* last: it covers all before it */
};
static const uint8_t order_sh12[] = {
    EXT_server_name,
    EXT_ec_point_formats,
    EXT_renegotiation_info,
    EXT_alpn,
    EXT_status_request,
    EXT_sct,
    EXT_max_fragment_length,
    EXT_session_ticket,
    EXT_extended_master_secret,
};
static const uint8_t order_sh13[] = { EXT_supported_versions, EXT_key_share, EXT_pre_shared_key };
static const uint8_t order_hrr[] = { EXT_supported_versions, EXT_cookie, EXT_key_share };
static const uint8_t order_ee[] = { EXT_server_name, EXT_max_fragment_length, EXT_alpn, EXT_early_data };
static const uint8_t order_cr13[] = { EXT_signature_algorithms, EXT_status_request,
                                      EXT_certificate_authorities };
static const uint8_t order_ct13[] = { EXT_status_request, EXT_sct };

struct order {
    const uint8_t *ids;
    size_t n;
};

static struct order order_of(enum ext_where where)
{
    switch (where) {
    case CH:
        return (struct order){ order_ch, sizeof(order_ch) };
    case SH12:
        return (struct order){ order_sh12, sizeof(order_sh12) };
    case SH13:
        return (struct order){ order_sh13, sizeof(order_sh13) };
    case HRR:
        return (struct order){ order_hrr, sizeof(order_hrr) };
    case EE:
        return (struct order){ order_ee, sizeof(order_ee) };
    case CR13:
        return (struct order){ order_cr13, sizeof(order_cr13) };
    default:
        return (struct order){ order_ct13, sizeof(order_ct13) };
    }
}

/* A request: what we send in it may be answered. The rest answer, and need our request first. */
static bool is_request(enum ext_where where)
{
    return where == CH || where == CR13;
}

bool ext_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    struct order order = order_of(where);
    uint32_t at = w->b->len;
    struct wr_mark block = wr_open(w, 2);
    if (is_request(where)) {
        hs->ext_sent = 0;
    }
    for (size_t i = 0; i < order.n; i++) {
        const struct ext_row *row = &rows[order.ids[i]];
        if (!row->wants(hs, where)) {
            continue;
        }
        wr_u16(w, row->number);
        struct wr_mark body = wr_open(w, 2);
        row->write(hs, where, w);
        wr_close(w, body);
        hs->ext_sent |= is_request(where) ? (uint32_t) 1 << order.ids[i] : 0;
    }
    wr_close(w, block);
    if (where == SH12 && !w->bad && w->b->len == at + 2) { /* RFC 5246 7.4.1.4: an empty block is left out */
        w->b->len = at;
    }
    return wr_ok(w);
}

static int row_of(uint16_t number)
{
    for (int i = 0; i < EXT_COUNT; i++) {
        if (rows[i].number == number) {
            return i;
        }
    }
    return -1;
}

/* May extension `id` stand in this message? Answers need our request; a HelloRetryRequest's cookie does not, and for
 * renegotiation_info the signalling suite was one (RFC 5746 3.4: whoever offers older suites sends it). */
static bool check_place(const struct handshake *hs, int id, enum ext_where where)
{
    bool spontaneous = is_request(where) || (where == HRR && id == EXT_cookie) ||
                       (where == SH12 && id == EXT_renegotiation_info);
    if (id < 0) {
        return spontaneous || fail(ERR_UNSUPPORTED_EXTENSION);
    }
    if ((rows[id].messages & where) == 0 || (!spontaneous && !ext_was_sent(hs, (enum ext_id) id))) {
        return fail(ERR_UNSUPPORTED_EXTENSION);
    }
    return true;
}

/* pre_shared_key covers the hello before it and must close the block (RFC 8446 4.2.11). */
static bool check_last(int id, const struct rd *rest)
{
    return id != EXT_pre_shared_key || rd_end(rest) || fail(ERR_UNSUPPORTED_EXTENSION);
}

struct ext_bodies {
    struct span body[EXT_COUNT];
};

static bool collect(struct handshake *hs, enum ext_where where, struct rd *block, struct ext_bodies *out)
{
    uint8_t seen[65536 / 8]; /* by number: a repeat of an unknown extension is an error too */
    memset(seen, 0, sizeof(seen));
    while (!rd_end(block)) {
        uint16_t number;
        struct rd body;
        if (!rd_u16(block, &number) || !rd_vec16(block, &body)) {
            return fail(ERR_BAD_MESSAGE);
        }
        uint8_t bit = (uint8_t) (1 << (number & 7));
        if (seen[number >> 3] & bit) {
            return fail(ERR_DUPLICATE_EXTENSION);
        }
        seen[number >> 3] |= bit;
        int id = row_of(number);
        TRY(check_place(hs, id, where));
        if (id >= 0) {
            TRY(where != CH || check_last(id, block));
            out->body[id] = rd_rest(&body);
            hs->ext_seen |= (uint32_t) 1 << id;
        }
    }
    return true;
}

/* Is this extension of a ClientHello of a version that the handshake cannot have? Then it means nothing. The list of
 * versions has been read by now, as its row is the first. */
static bool too_new(const struct handshake *hs, const struct ext_row *row)
{
    uint16_t v, most = TLS12; /* without that list there is no TLS 1.3 */
    for (struct rd r = rd_of(hs->peer.versions); rd_u16(&r, &v);) {
        most = v == TLS13 ? TLS13 : most;
    }
    return row->lowest > (hs->policy->max < most ? hs->policy->max : most);
}

bool ext_read(struct handshake *hs, enum ext_where where, struct rd *block)
{
    struct ext_bodies bodies;
    if (rd_end(block)) {
        return true;
    }
    memset(&bodies, 0, sizeof(bodies));
    TRY(collect(hs, where, block, &bodies));
    for (int id = 0; id < EXT_COUNT; id++) {
        if (!ext_seen(hs, (enum ext_id) id)) {
            continue;
        }
        if (where == CH && too_new(hs, &rows[id])) {
            continue;
        }
        struct rd body = rd_of(bodies.body[id]);
        TRY(rows[id].read(hs, where, &body));
        if (!rd_end(&body)) {
            return fail(ERR_BAD_MESSAGE);
        }
    }
    return true;
}
