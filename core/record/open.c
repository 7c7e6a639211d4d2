/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way in: a record's header, then its protection taken off (RFC 8446 5.1-5.4, RFC 5246 6.2). Called
 * by conn once all bytes are there. What the content means, and whether its type is wanted now, is not known
 * here.
 */
#include "record/protect.h"

/* Some peers put a little more than allowed into the inner plaintext of TLS 1.3; its content is still
 * limited. */
#define INNER_SLACK 16

bool record_header(const struct half *in, const uint8_t *rx, struct rec_header *out)
{
    struct rec_header hdr = { .type = rx[0],
                              .version = (uint16_t) (rx[1] << 8 | rx[2]),
                              .len = (uint16_t) (rx[3] << 8 | rx[4]) };
    /* A protected record of TLS 1.2 and older has its version authenticated, so a wrong one fails to decrypt.
     */
    unsigned major = hdr.version >> 8;
    if (major != 3 && (!half_keyed(in) ? major != 2 : in->version == TLS13)) {
        return fail(ERR_BAD_MESSAGE);
    }
    *out = hdr;
    return true;
}

static bool open_plain(const struct half *in, const struct rec_header *hdr, uint8_t *body, struct rec *out)
{
    if (hdr->len > RECORD_MAX_PLAIN) {
        return fail(ERR_RECORD_LIMIT);
    }
    *out = (struct rec){ .type = hdr->type, .plain = half_keyed(in), .body = SPAN(body, hdr->len) };
    return true;
}

static bool length_fits(const struct half *in, const struct rec_header *hdr)
{
    if (hdr->len > (in->version == TLS13 ? RECORD_MAX_CIPHER13 : RECORD_MAX_CIPHER12)) {
        return fail(ERR_RECORD_LIMIT);
    }
    return hdr->len >= protect_least(in) || fail(ERR_SAFETY);
}

/* RFC 8446 5.4: the type is the last byte that is not zero; the very last byte comes apart. */
static bool strip_inner(struct rec *rec, uint8_t last)
{
    const uint8_t *p = rec->body.p;
    size_t n = rec->body.n;
    if (n > RECORD_MAX_PLAIN + INNER_SLACK) {
        return fail(ERR_MAX_INNER_PLAINTEXT_SIZE);
    }
    while (last == 0 && n > 0) {
        last = p[--n];
    }
    if (last == 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    rec->type = last;
    rec->body.n = n;
    return true;
}

static bool open_keyed(struct half *in, const struct rec_header *hdr, uint8_t *body, uint8_t *dst,
                       size_t dst_cap, struct rec *out)
{
    struct rec rec = { .type = hdr->type };
    uint8_t last = 0;
    TRY(length_fits(in, hdr));
    if (in->seq == UINT64_MAX) {
        return fail(ERR_RECORD_LIMIT);
    }
    TRY(protect_open(in, hdr, body, dst, dst_cap, &rec.body, &last));
    TRY(in->version != TLS13 || strip_inner(&rec, last));
    if (rec.body.n > RECORD_MAX_PLAIN) {
        return fail(ERR_MAX_INNER_PLAINTEXT_SIZE);
    }
    in->seq++;
    *out = rec;
    return true;
}

bool record_open(struct half *in, const struct rec_header *hdr, uint8_t *body, uint8_t *dst, size_t dst_cap,
                 struct rec *out)
{
    if (!half_keyed(in)) {
        /* Application data can only be meant for keys that are not there. */
        return hdr->type == CT_APPDATA ? fail(ERR_DECRYPT) : open_plain(in, hdr, body, out);
    }
    if (in->version == TLS13 && hdr->type != CT_APPDATA) {
        /* The compatibility CCS; and an alert of a peer that has no keys yet, which the caller takes or refuses. */
        bool plain = hdr->type == CT_CCS || hdr->type == CT_ALERT;
        return plain ? open_plain(in, hdr, body, out) : fail(ERR_BAD_MESSAGE);
    }
    return open_keyed(in, hdr, body, dst, dst_cap, out);
}
