/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PEM walker and its base64 (RFC 7468, RFC 4648 4). Called by chain.c and trust.c. It knows no labels and
 * decodes no ASN.1. What may stand where: 2 to 64 dashes on each side of a label; END followed by BEGIN on
 * one line, sharing dashes or not; any text without "--" around blocks; any bytes but dashes between the
 * base64 characters.
 */
#include "x509/pem.h"

#include <string.h>

#define DASHES_MIN 2
#define DASHES_MAX 64

static bool starts_with(const struct rd *r, const char *word)
{
    size_t n = strlen(word);
    return rd_left(r) >= n && memcmp(r->p, word, n) == 0;
}

/* Move to the next "--"; false when there is none. */
static bool find_dashes(struct rd *r)
{
    for (const uint8_t *p = r->p; p != NULL && r->end - p >= DASHES_MIN; p++) {
        if (p[0] == '-' && p[1] == '-') {
            r->p = p;
            return true;
        }
    }
    return false;
}

static bool dashes(struct rd *r)
{
    size_t n = 0;
    while (rd_left(r) > 0 && *r->p == '-') {
        r->p++;
        n++;
    }
    return n >= DASHES_MIN && n <= DASHES_MAX;
}

/* "BEGIN " or "END ", a label without dashes and line ends, and its dashes. */
static bool marker(struct rd *r, const char *word, struct span *label)
{
    if (!dashes(r) || !starts_with(r, word)) {
        return false;
    }
    r->p += strlen(word);
    const uint8_t *from = r->p;
    while (rd_left(r) > 0 && *r->p != '-' && *r->p != '\n' && *r->p != '\r') {
        r->p++;
    }
    *label = SPAN(from, (size_t) (r->p - from));
    return true;
}

static bool begin(struct rd *r, struct span *label)
{
    return marker(r, "BEGIN ", label) && dashes(r);
}

/* The dashes behind an END may be those in front of the next BEGIN. */
static bool end(struct rd *r, struct span label)
{
    struct span closing;
    if (!marker(r, "END ", &closing) || !span_eq(closing, label)) {
        return false;
    }
    struct rd run = *r;
    if (!dashes(&run)) {
        return false;
    }
    if (!starts_with(&run, "BEGIN ")) {
        *r = run;
    }
    return true;
}

/* The value of a base64 character, 64 for padding, 65 for anything else; no table that key bytes would
 * index. */
static unsigned sextet(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - (unsigned) 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - (unsigned) 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - (unsigned) '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : 65;
}

static bool base64_decode(struct span text, struct buf *out)
{
    uint32_t group = 0;
    unsigned chars = 0, padding = 0;
    buf_clear(out);
    TRY(text.n == 0 || buf_reserve(out, text.n / 4 * 3 + 3));
    for (size_t i = 0; i < text.n; i++) {
        unsigned v = sextet(text.p[i]);
        if (v == 65) {
            continue;
        }
        if (v == 64 ? chars < 2 : padding > 0) { /* padding ends the last group, and nothing follows it */
            return fail(ERR_INVALID_PEM);
        }
        padding += v == 64;
        group = group << 6 | (v & 63);
        if (++chars == 4) {
            const uint8_t bytes[3] = { (uint8_t) (group >> 16), (uint8_t) (group >> 8), (uint8_t) group };
            TRY(buf_append(out, SPAN(bytes, 3 - padding)));
            group = 0;
            chars = 0;
        }
    }
    return (chars == 0 && out->len > 0) || fail(ERR_INVALID_PEM);
}

bool pem_next(struct rd *r, bool *more, struct span *label, struct buf *der)
{
    struct rd at = *r;
    struct span name;
    *more = find_dashes(&at);
    if (!*more) {
        return true;
    }
    if (!begin(&at, &name)) {
        return fail(ERR_INVALID_PEM);
    }
    const uint8_t *body = at.p;
    if (!find_dashes(&at)) {
        return fail(ERR_INVALID_PEM);
    }
    struct span text = SPAN(body, (size_t) (at.p - body));
    if (!end(&at, name)) {
        return fail(ERR_INVALID_PEM);
    }
    TRY(base64_decode(text, der));
    *label = name;
    *r = at;
    return true;
}

bool pem_label_is(struct span label, const char *text)
{
    return label.n == strlen(text) && memcmp(label.p, text, label.n) == 0;
}
