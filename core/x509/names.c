/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads names out of certificates and puts them to the host callback. Called by chain.c (our names, for SNI)
 * and verify.c (the peer's, for the host check). It decides no trust: an accepted name means nothing before
 * the chain is verified. RFC 5280 4.2.1.6, RFC 9525 6.
 */
#include "x509/names.h"

#include <arpa/inet.h>
#include <openssl/asn1.h>
#include <string.h>

#define CN_MAX 254
#define NAME_ROOM 256

enum san_tag {
    SAN_DNS = 0x82,
    SAN_URI = 0x86,
    SAN_IP = 0x87
};

/* ---- iteration ---- */

static bool san_open(struct span san, struct rd *names)
{
    struct rd r = rd_of(san);
    return der_get(&r, DER_SEQUENCE, names) && rd_end(&r);
}

/* The value of the next common name in a Name, with its string tag; *more is false after the last. */
static bool cn_next(struct rd *rdns, bool *more, uint8_t *tag, struct span *value)
{
    static const uint8_t oid_cn[] = { 0x55, 0x04, 0x03 };
    struct rd set, pair, oid, text;
    struct span whole;
    while (!rd_end(rdns)) {
        TRY(der_get(rdns, DER_SET, &set));
        while (!rd_end(&set)) {
            TRY(der_get(&set, DER_SEQUENCE, &pair) && der_get(&pair, DER_OID, &oid));
            TRY(der_any(&pair, tag, &text, &whole) && rd_end(&pair));
            if (span_eq(rd_rest(&oid), SPAN_OF(oid_cn))) {
                *value = rd_rest(&text);
                *more = true;
                return true; /* the rest of the set holds other kinds of attribute */
            }
        }
    }
    *more = false;
    return true;
}

static bool cn_open(const struct cert_view *c, struct rd *rdns)
{
    struct rd r = rd_of(c->subject);
    return der_get(&r, DER_SEQUENCE, rdns);
}

/* A DirectoryString in any of its character sets as UTF-8, given to `use` with ctx. */
typedef bool text_fn(void *ctx, struct span text);

static bool as_utf8(uint8_t tag, struct span value, text_fn *use, void *ctx)
{
    unsigned char *utf8 = NULL;
    ASN1_STRING *s = ASN1_STRING_type_new(tag);
    int n = s != NULL && ASN1_STRING_set(s, value.p, (int) value.n) == 1 ? ASN1_STRING_to_UTF8(&utf8, s) : -1;
    ASN1_STRING_free(s);
    bool ok = n < 0 ? fail(ERR_DECODE_CERTIFICATE) : use(ctx, SPAN(utf8, (size_t) n));
    OPENSSL_free(utf8);
    return ok;
}

/* ---- the host check ---- */

static bool ask(const struct verify_rules *rules, struct span name)
{
    char room[NAME_ROOM];
    if (name.n > 0 && memchr(name.p, 0, name.n) != NULL) { /* no callback shall be fooled by a NUL inside */
        return false;
    }
    if (name.n < sizeof(room)) {
        if (name.n > 0) {
            memcpy(room, name.p, name.n);
        }
        room[name.n] = '\0';
        return rules->host(room, name.n, rules->host_data) != 0;
    }
    AUTO_BUF copy = { 0 };
    static const uint8_t nul[1] = { 0 };
    return buf_append(&copy, name) && buf_append(&copy, SPAN_OF(nul)) &&
           rules->host((const char *) copy.p, name.n, rules->host_data) != 0;
}

static bool ask_ip(const struct verify_rules *rules, struct span ip)
{
    char text[INET6_ADDRSTRLEN];
    int family = ip.n == 4 ? AF_INET : AF_INET6;
    return inet_ntop(family, ip.p, text, sizeof(text)) != NULL &&
           ask(rules, SPAN((const uint8_t *) text, strlen(text)));
}

enum verdict {
    NO_NAMES,
    ACCEPTED,
    REFUSED,
    REFUSED_UNHANDLED
};

/* Puts each name to the callback. The verdict on a refusal tells whether the last name was of a kind not
 * handled. */
static bool san_judge(struct span san, const struct verify_rules *rules, enum verdict *out)
{
    struct rd names, value;
    struct span whole;
    uint8_t tag = 0;
    bool any = false;
    *out = NO_NAMES;
    if (san.p == NULL) {
        return true;
    }
    if (!san_open(san, &names)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    enum verdict last = REFUSED;
    while (!rd_end(&names)) {
        if (!der_any(&names, &tag, &value, &whole)) {
            return fail(ERR_DECODE_CERTIFICATE);
        }
        struct span v = rd_rest(&value);
        bool ip = tag == SAN_IP && (v.n == 4 || v.n == 16);
        bool handled = tag == SAN_DNS || tag == SAN_URI || ip;
        any = any || handled;
        last = handled ? REFUSED : REFUSED_UNHANDLED;
        if (handled && (ip ? ask_ip(rules, v) : ask(rules, v))) {
            *out = ACCEPTED;
            return true;
        }
    }
    *out = any ? last : NO_NAMES;
    return true;
}

static bool is_ip_literal(struct span text)
{
    char room[INET6_ADDRSTRLEN];
    uint8_t address[16];
    if (text.n >= sizeof(room)) {
        return false;
    }
    memcpy(room, text.p, text.n);
    room[text.n] = '\0';
    return inet_pton(AF_INET, room, address) == 1 || inet_pton(AF_INET6, room, address) == 1;
}

static bool cn_text_judge(void *ctx, struct span text)
{
    const struct verify_rules *rules = ctx;
    if (text.n > CN_MAX) {
        return fail(ERR_SAFETY);
    }
    if (text.n > 0 && !rules->allow_ip_in_cn && is_ip_literal(text)) {
        return fail(ERR_CERT_UNTRUSTED);
    }
    return ask(rules, text) || fail(ERR_CERT_INVALID_HOSTNAME);
}

static bool cn_judge(const struct cert_view *c, const struct verify_rules *rules)
{
    struct rd rdns;
    struct span value = SPAN_NONE, next;
    uint8_t tag = 0, next_tag = 0;
    bool more = true, found = false;
    if (!cn_open(c, &rdns)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    while (more) {
        if (!cn_next(&rdns, &more, &next_tag, &next)) {
            return fail(ERR_DECODE_CERTIFICATE);
        }
        if (more) { /* the last one counts */
            value = next;
            tag = next_tag;
            found = true;
        }
    }
    struct verify_rules copy = *rules; /* text_fn's context is not const */
    return found ? as_utf8(tag, value, cn_text_judge, &copy) : cn_text_judge(&copy, SPAN_NONE);
}

bool names_judge(const struct cert_view *c, const struct verify_rules *rules)
{
    enum verdict verdict;
    TRY(san_judge(c->san, rules, &verdict));
    switch (verdict) {
    case ACCEPTED:
        return true;
    case NO_NAMES:
        return cn_judge(c, rules);
    case REFUSED_UNHANDLED:
        return fail(ERR_CERT_UNTRUSTED);
    case REFUSED:
        break;
    }
    return fail(ERR_CERT_INVALID_HOSTNAME);
}

/* ---- the built-in matcher ---- */

static bool equal_folded(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char) a[i], y = (unsigned char) b[i];
        x = (unsigned char) (x >= 'A' && x <= 'Z' ? x + 32 : x);
        y = (unsigned char) (y >= 'A' && y <= 'Z' ? y + 32 : y);
        if (x != y) {
            return false;
        }
    }
    return true;
}

uint8_t verify_host_default(const char *name, size_t len, void *data)
{
    const char *expected = data;
    if (expected == NULL || expected[0] == '\0' || len == 0) {
        return 0;
    }
    size_t n = strlen(expected);
    if (len == n && equal_folded(name, expected, n)) {
        return 1;
    }
    const char *rest = strchr(expected, '.'); /* what follows the first label, with its dot */
    if (len < 3 || name[0] != '*' || name[1] != '.' || rest == NULL || rest == expected) {
        return 0;
    }
    size_t rest_n = n - (size_t) (rest - expected);
    if (is_ip_literal(SPAN((const uint8_t *) expected, n))) { /* RFC 9525 6.3: labels are of DNS names */
        return 0;
    }
    return rest_n == len - 1 && equal_folded(name + 1, rest, rest_n);
}

/* ---- our own names ---- */

struct collector {
    struct cert_name *names;
    uint32_t n, room;
};

static bool collect(void *ctx, struct span text)
{
    struct collector *c = ctx;
    if (c->n == c->room) {
        return true;
    }
    struct buf *b = &c->names[c->n].text;
    TRY(buf_set(b, text));
    for (uint32_t i = 0; i < b->len; i++) {
        b->p[i] = (uint8_t) (b->p[i] >= 'A' && b->p[i] <= 'Z' ? b->p[i] + 32 : b->p[i]);
    }
    c->n++;
    return true;
}

static bool collect_dns(const struct cert_view *cert, struct collector *c, uint32_t *count)
{
    struct rd names, value;
    struct span whole;
    uint8_t tag = 0;
    *count = 0;
    if (cert->san.p == NULL) {
        return true;
    }
    if (!san_open(cert->san, &names)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    while (!rd_end(&names)) {
        if (!der_any(&names, &tag, &value, &whole)) {
            return fail(ERR_DECODE_CERTIFICATE);
        }
        if (tag == SAN_DNS && rd_left(&value) > 0) {
            ++*count;
            TRY(collect(c, rd_rest(&value)));
        }
    }
    return true;
}

static bool collect_cn(const struct cert_view *cert, struct collector *c, uint32_t *count)
{
    struct rd rdns;
    struct span value;
    uint8_t tag = 0;
    bool more = true;
    *count = 0;
    if (!cn_open(cert, &rdns)) {
        return fail(ERR_DECODE_CERTIFICATE);
    }
    while (more) {
        if (!cn_next(&rdns, &more, &tag, &value)) {
            return fail(ERR_DECODE_CERTIFICATE);
        }
        if (more && value.n > 0) {
            ++*count;
            TRY(c->room == 0 || as_utf8(tag, value, collect, c));
        }
    }
    return true;
}

/* Two passes: with no room to count, then to keep. */
bool names_collect(const struct cert_view *cert, struct cert_name **out, uint32_t *out_n)
{
    struct collector c = { 0 };
    uint32_t dns = 0, cn = 0, again = 0;
    TRY(collect_dns(cert, &c, &dns));
    TRY(dns > 0 || collect_cn(cert, &c, &cn));
    *out = NULL;
    *out_n = 0;
    if (dns + cn == 0) {
        return true;
    }
    c.room = dns + cn;
    void *array = NULL;
    TRY(mem_alloc(c.room * sizeof(struct cert_name), &array));
    c.names = array;
    uint32_t room = c.room;
    if (!(dns > 0 ? collect_dns(cert, &c, &again) : collect_cn(cert, &c, &again))) {
        names_free(c.names, room);
        return false;
    }
    *out = c.names;
    *out_n = room;
    return true;
}

void names_free(struct cert_name *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        buf_free(&names[i].text);
    }
    mem_free(names, n * sizeof(struct cert_name));
}
