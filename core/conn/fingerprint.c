/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JA3 and JA4. Each is a text over the numbers in a hello; its parts go through a sink that writes them out, hashes
 * them, or both counts and hashes. Only the sorted lists of JA4 are copied. Called by abi/src.
 */
#include "conn/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

enum ext_number {
    SERVER_NAME = 0,
    POINT_FORMATS = 11,
    SIGNATURE_ALGORITHMS = 13,
    ALPN = 16,
    SUPPORTED_VERSIONS = 43,
    QUIC_PARAMETERS = 57
};
#define COUNT_MAX 99
#define CUT_HASH 6 /* bytes of a SHA-256 that JA4 shows */

/* Where text goes: into a buffer, into a hash, or just past. */
struct sink {
    struct buf *out;
    struct hash *hash;
    size_t n;
    bool failed;
};

static void put(struct sink *s, const char *text, size_t n)
{
    struct span bytes = SPAN((const uint8_t *) text, n);
    s->n += n;
    if (s->failed || n == 0) {
        return;
    }
    if (s->hash != NULL) {
        s->failed = !hash_update(s->hash, bytes);
    } else if (s->out != NULL && s->out->cap - s->out->len < n) {
        s->failed = true;
        (void) fail(ERR_INSUFFICIENT_MEM_SIZE);
    } else if (s->out != NULL) {
        memcpy(s->out->p + s->out->len, text, n);
        s->out->len += (uint32_t) n;
    }
}

static void put_decimal(struct sink *s, unsigned value)
{
    char digits[5];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char) ('0' + value % 10);
        value /= 10;
    } while (value > 0 && at > 0);
    put(s, digits + at, sizeof(digits) - at);
}

static void put_hex(struct sink *s, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        const char two[] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };
        put(s, two, sizeof(two));
    }
}

/* RFC 8701: 0x0A0A, 0x1A1A, … 0xFAFA. */
static bool is_grease(uint16_t v)
{
    return (v & 0x0F0F) == 0x0A0A && v >> 8 == (v & 0xFF);
}

static bool present(const struct s2n_client_hello *hello, struct hello_fields *f)
{
    hello_look(hello, f);
    return f->suites.n > 0 || fail(ERR_INVALID_STATE);
}

/* The body of an extension, absent: no bytes. */
static struct span body_of(const struct hello_fields *f, uint16_t number)
{
    struct span body;
    return hello_extension(f, number, &body) == ERR_OK ? body : SPAN_NONE;
}

/* ---- JA3 ---- */

static void put_numbers(struct sink *s, struct span list)
{
    uint16_t v;
    bool first = true;
    for (struct rd r = rd_of(list); rd_u16(&r, &v);) {
        if (!is_grease(v)) {
            put(s, "-", first ? 0 : 1);
            put_decimal(s, v);
            first = false;
        }
    }
}

static void put_extensions(struct sink *s, struct span list)
{
    uint16_t v;
    struct rd body;
    bool first = true;
    for (struct rd r = rd_of(list); rd_u16(&r, &v) && rd_vec16(&r, &body);) {
        if (!is_grease(v)) {
            put(s, "-", first ? 0 : 1);
            put_decimal(s, v);
            first = false;
        }
    }
}

static bool put_formats(struct sink *s, struct span body)
{
    struct rd r = rd_of(body), list;
    if (body.n == 0) {
        return true;
    }
    if (!rd_vec8(&r, &list)) {
        return fail(ERR_INVALID_PARSED_EXTENSIONS);
    }
    uint8_t v;
    for (bool first = true; rd_u8(&list, &v); first = false) {
        put(s, "-", first ? 0 : 1);
        put_decimal(s, v);
    }
    return true;
}

static bool put_ja3(struct sink *s, const struct hello_fields *f)
{
    struct span curves = SPAN_NONE;
    enum err_code problem = hello_groups(f, &curves);
    if (problem != ERR_OK && problem != ERR_EXTENSION_NOT_RECEIVED) {
        return fail(problem);
    }
    put_decimal(s, f->version);
    put(s, ",", 1);
    put_numbers(s, f->suites);
    put(s, ",", 1);
    put_extensions(s, f->extensions);
    put(s, ",", 1);
    put_numbers(s, curves);
    put(s, ",", 1);
    TRY(put_formats(s, body_of(f, POINT_FORMATS)));
    return !s->failed;
}

bool ja3_digest(const struct s2n_client_hello *hello, uint8_t *out, size_t *raw)
{
    struct hello_fields f;
    struct hash md5;
    TRY(present(hello, &f) && hash_start(&md5, HASH_MD5));
    struct sink s = { .hash = &md5 };
    bool done = put_ja3(&s, &f) && hash_final(&md5, out);
    hash_wipe(&md5);
    *raw = s.n;
    return done;
}

/* ---- JA4: the readable part ---- */

static const char *version_code(uint16_t version)
{
    switch (version) {
    case TLS13:
        return "13";
    case TLS12:
        return "12";
    case TLS11:
        return "11";
    case TLS10:
        return "10";
    case SSL3:
        return "s3";
    case SSL2:
        return "s2";
    default:
        return "00";
    }
}

/* The highest that the client lists; without a list what the hello says of itself. */
static bool best_version(const struct hello_fields *f, uint16_t *out)
{
    struct rd r, list;
    uint16_t v;
    struct span body;
    *out = f->version;
    if (hello_extension(f, SUPPORTED_VERSIONS, &body) != ERR_OK) {
        return true;
    }
    r = rd_of(body);
    if (!rd_vec8(&r, &list) || rd_left(&list) % 2 != 0) {
        return fail(ERR_INVALID_PARSED_EXTENSIONS);
    }
    for (*out = VER_NONE; rd_u16(&list, &v);) {
        *out = !is_grease(v) && v > *out ? v : *out;
    }
    return true;
}

static void put_count(struct sink *s, size_t n)
{
    n = n < COUNT_MAX ? n : COUNT_MAX;
    const char two[] = { (char) ('0' + n / 10), (char) ('0' + n % 10) };
    put(s, two, sizeof(two));
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool first_protocol(struct span body, struct span *name)
{
    struct rd r = rd_of(body), list, first = rd_of(SPAN_NONE);
    bool good = body.n == 0 || (rd_vec16(&r, &list) && (rd_end(&list) || rd_vec8(&list, &first)));
    *name = rd_rest(&first);
    return good || fail(ERR_INVALID_PARSED_EXTENSIONS);
}

/* Both ends of the first protocol name; of a name that is not text its outermost hex digits. */
static bool put_alpn(struct sink *s, struct span body)
{
    struct span name;
    TRY(first_protocol(body, &name));
    if (name.n == 0) {
        put(s, "00", 2);
        return true;
    }
    uint8_t first = name.p[0], last = name.p[name.n - 1];
    if (is_alphanumeric(first) && is_alphanumeric(last)) {
        const char two[] = { (char) first, (char) last };
        put(s, two, sizeof(two));
        return true;
    }
    char digits[4];
    struct buf room = BUF_FIXED((uint8_t *) digits, sizeof(digits));
    struct sink hex = { .out = &room };
    put_hex(&hex, &first, 1);
    put_hex(&hex, &last, 1);
    put(s, digits, 1);
    put(s, digits + 3, 1);
    return true;
}

/* ---- JA4: the sorted lists ---- */

/* Numbers of a list, host order, sorted; n is how many. */
struct numbers {
    struct buf bytes;
    size_t n;
};

static int by_value(const void *a, const void *b)
{
    uint16_t x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

static bool add(struct numbers *to, uint16_t v)
{
    if (is_grease(v)) {
        return true;
    }
    to->n++;
    return buf_append(&to->bytes, SPAN((const uint8_t *) &v, sizeof(v)));
}

static bool collect_suites(struct span list, struct numbers *to)
{
    uint16_t v;
    TRY(buf_reserve(&to->bytes, list.n));
    for (struct rd r = rd_of(list); rd_u16(&r, &v);) {
        TRY(add(to, v));
    }
    return true;
}

static bool collect_extensions(struct span list, struct numbers *to)
{
    uint16_t v;
    struct rd body;
    TRY(list.n == 0 || buf_reserve(&to->bytes, list.n / 2));
    for (struct rd r = rd_of(list); rd_u16(&r, &v) && rd_vec16(&r, &body);) {
        TRY(add(to, v));
    }
    return true;
}

static void put_hex16(struct sink *s, uint16_t v, bool *first)
{
    const uint8_t bytes[] = { (uint8_t) (v >> 8), (uint8_t) v };
    put(s, ",", *first ? 0 : 1);
    put_hex(s, bytes, sizeof(bytes));
    *first = false;
}

static void put_sorted(struct sink *s, struct numbers *list, bool without_names)
{
    bool first = true;
    uint16_t v;
    if (list->n > 1) {
        qsort(list->bytes.p, list->n, sizeof(v), by_value);
    }
    for (size_t i = 0; i < list->n; i++) {
        memcpy(&v, list->bytes.p + i * sizeof(v), sizeof(v));
        if (!without_names || (v != SERVER_NAME && v != ALPN)) {
            put_hex16(s, v, &first);
        }
    }
}

static bool put_schemes(struct sink *s, struct span body)
{
    struct rd r = rd_of(body), list;
    uint16_t v;
    bool first = true;
    if (body.n == 0) {
        return true;
    }
    if (!rd_vec16(&r, &list) || rd_left(&list) % 2 != 0) {
        return fail(ERR_INVALID_PARSED_EXTENSIONS);
    }
    while (rd_u16(&list, &v)) {
        if (!is_grease(v)) {
            put(s, "_", first ? 1 : 0);
            put_hex16(s, v, &first);
        }
    }
    return true;
}

/* ---- JA4 ---- */

struct ja4 {
    struct hello_fields f;
    struct numbers suites, extensions;
};

static bool put_a(struct sink *s, const struct ja4 *j)
{
    struct span ignored;
    uint16_t version;
    bool quic = hello_extension(&j->f, QUIC_PARAMETERS, &ignored) == ERR_OK;
    bool named = hello_extension(&j->f, SERVER_NAME, &ignored) == ERR_OK;
    TRY(best_version(&j->f, &version));
    put(s, quic ? "q" : "t", 1);
    put(s, version_code(version), 2);
    put(s, named ? "d" : "i", 1);
    put_count(s, j->suites.n);
    put_count(s, j->extensions.n);
    return put_alpn(s, body_of(&j->f, ALPN));
}

static bool put_b(struct sink *s, struct ja4 *j)
{
    put_sorted(s, &j->suites, false);
    return true;
}

static bool put_c(struct sink *s, struct ja4 *j)
{
    put_sorted(s, &j->extensions, true);
    return put_schemes(s, body_of(&j->f, SIGNATURE_ALGORITHMS));
}

/* A part as the hash form has it: cut SHA-256, or zeros for nothing at all. Its own length goes into *raw. */
static bool put_cut_hash(struct sink *s, struct ja4 *j, bool (*part)(struct sink *, struct ja4 *),
                         size_t *raw)
{
    uint8_t digest[HASH_MAX];
    struct hash sha256;
    TRY(hash_start(&sha256, HASH_SHA256));
    struct sink hashed = { .hash = &sha256 };
    bool done = part(&hashed, j) && !hashed.failed && hash_final(&sha256, digest);
    hash_wipe(&sha256);
    *raw += hashed.n;
    if (hashed.n == 0) {
        memset(digest, 0, sizeof(digest));
    }
    put_hex(s, digest, CUT_HASH);
    return done;
}

static bool put_ja4_text(struct sink *s, struct ja4 *j, size_t *raw)
{
    TRY(put_a(s, j));
    put(s, "_", 1);
    TRY(put_b(s, j));
    put(s, "_", 1);
    TRY(put_c(s, j));
    *raw = s->n;
    return !s->failed;
}

static bool put_ja4_hash(struct sink *s, struct ja4 *j, size_t *raw)
{
    TRY(put_a(s, j));
    *raw = s->n + 2;
    put(s, "_", 1);
    TRY(put_cut_hash(s, j, put_b, raw));
    put(s, "_", 1);
    return put_cut_hash(s, j, put_c, raw) && !s->failed;
}

static bool run_ja4(struct sink *s, const struct hello_fields *f,
                    bool (*form)(struct sink *, struct ja4 *, size_t *), size_t *raw)
{
    struct ja4 j = { .f = *f };
    bool done = collect_suites(f->suites, &j.suites) && collect_extensions(f->extensions, &j.extensions) &&
                form(s, &j, raw);
    buf_free(&j.suites.bytes);
    buf_free(&j.extensions.bytes);
    return done;
}

/* ---- both ---- */

bool fingerprint_text(bool ja4, const struct s2n_client_hello *hello, uint8_t *out, size_t cap, size_t *raw)
{
    struct hello_fields f;
    struct buf room = BUF_FIXED(out, cap);
    struct sink s = { .out = &room };
    TRY(present(hello, &f));
    if (ja4) {
        return run_ja4(&s, &f, put_ja4_text, raw);
    }
    bool done = put_ja3(&s, &f);
    *raw = s.n;
    return done;
}

bool fingerprint_hash(bool ja4, const struct s2n_client_hello *hello, uint8_t *out, size_t *raw)
{
    struct hello_fields f;
    struct buf room = BUF_FIXED(out, ja4 ? JA4_HASH_LEN : JA3_HASH_LEN);
    struct sink s = { .out = &room };
    if (ja4) {
        return present(hello, &f) && run_ja4(&s, &f, put_ja4_hash, raw);
    }
    uint8_t digest[JA3_DIGEST_LEN];
    TRY(ja3_digest(hello, digest, raw));
    put_hex(&s, digest, sizeof(digest));
    return !s.failed;
}
