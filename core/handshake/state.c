/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions as bytes: state, ticket, blob (contract/tickets.md sections 2 to 4). Called where tickets are issued and
 * taken, by the session cache, and by get_session and set_session. It judges form only: ages, policies and whether a
 * session fits a handshake are for its callers. RFC 5077 4, RFC 8446 4.6.1.
 */
#include "handshake/state.h"

#include <string.h>

#include "base/ct.h"
#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "crypto/rand.h"

#define FORM_TLS13 2
#define FORM_TLS12 4
#define MASTER_LEN 48

#define TICKET_FORMAT 1
#define TICKET_INFO 32
#define TICKET_AAD 28

#define BLOB_ID 0
#define BLOB_TICKET 1
#define SESSION_ID_MAX 32

void state_wipe(struct session_state *s)
{
    wipe(s, sizeof(*s));
}

/* ---- the state: one list of fields for both directions of travel ---- */

/* Either reads fields from r or writes them to w; the other is NULL. A writer remembers its failure itself. */
struct codec {
    struct rd *r;
    struct wr *w;
};

static bool code_u8(const struct codec *c, uint8_t *v)
{
    if (c->w == NULL) {
        return rd_u8(c->r, v);
    }
    wr_u8(c->w, *v);
    return true;
}

static bool code_u16(const struct codec *c, uint16_t *v)
{
    if (c->w == NULL) {
        return rd_u16(c->r, v);
    }
    wr_u16(c->w, *v);
    return true;
}

static bool code_u32(const struct codec *c, uint32_t *v)
{
    if (c->w == NULL) {
        return rd_u32(c->r, v);
    }
    wr_u32(c->w, *v);
    return true;
}

static bool code_u64(const struct codec *c, uint64_t *v)
{
    if (c->w == NULL) {
        return rd_u64(c->r, v);
    }
    wr_u64(c->w, *v);
    return true;
}

/* Its length is known already. */
static bool code_secret(const struct codec *c, struct secret *s)
{
    if (c->w == NULL) {
        return rd_copy(c->r, s->b, s->n);
    }
    wr_bytes(c->w, secret_span(s));
    return true;
}

static bool code_vec(const struct codec *c, uint8_t size, struct span *v)
{
    if (c->w == NULL) {
        struct rd content;
        TRY(size == 1 ? rd_vec8(c->r, &content) : rd_vec16(c->r, &content));
        *v = rd_rest(&content);
        return true;
    }
    struct wr_mark mark = wr_open(c->w, size);
    wr_bytes(c->w, *v);
    wr_close(c->w, mark);
    return true;
}

/* Versions travel as the API's decimal numbers. A number that the form does not have becomes a version that nobody
 * negotiates: such a state can be read, and resumes nothing. */
#define VERSION_STRANGE 0x8000

static bool code_version(const struct codec *c, uint16_t lowest, uint16_t highest, uint16_t *version)
{
    bool strange = (*version & VERSION_STRANGE) != 0;
    uint8_t v = (uint8_t) (strange ? *version : 30 + (*version & 0xff));
    TRY(code_u8(c, &v));
    uint16_t wire = (uint16_t) (SSL3 + v - 30);
    *version = wire >= lowest && wire <= highest ? wire : (uint16_t) (VERSION_STRANGE | v);
    return true;
}

/* *suite is NULL afterwards when there is no such suite. */
static bool code_suite(const struct codec *c, const struct suite **suite)
{
    uint16_t id = *suite == NULL ? 0 : (*suite)->id;
    TRY(code_u16(c, &id));
    *suite = suite_by_id(id);
    return true;
}

static bool fields12(const struct codec *c, struct session_state *s)
{
    uint8_t ems = s->ems;
    s->secret.n = MASTER_LEN;
    TRY(code_version(c, SSL3, TLS12, &s->version) && code_suite(c, &s->suite) && code_u64(c, &s->issued) &&
        code_secret(c, &s->secret));
    if (c->w == NULL && rd_end(c->r)) { /* a state from before there was such a field */
        return true;
    }
    TRY(code_u8(c, &ems));
    s->ems = ems != 0;
    return true;
}

static bool fields13_early(const struct codec *c, struct session_state *s)
{
    TRY(code_u32(c, &s->max_early));
    return s->max_early == 0 || (code_vec(c, 1, &s->alpn) && code_vec(c, 2, &s->context));
}

static bool secret_fits(const struct session_state *s)
{
    return s->suite != NULL && s->secret.n > 0 && s->secret.n == hash_size(s->suite->prf);
}

static bool fields13(const struct codec *c, enum state_copy copy, struct session_state *s)
{
    TRY(code_version(c, TLS13, TLS13, &s->version) && code_suite(c, &s->suite) && code_u64(c, &s->issued) &&
        code_u32(c, &s->age_add) && code_u8(c, &s->secret.n));
    if (!secret_fits(s)) { /* nothing behind it could be found; the caller says why */
        return true;
    }
    TRY(code_secret(c, &s->secret));
    TRY(copy == STATE_CLIENT || code_u64(c, &s->keying_expiry));
    return fields13_early(c, s);
}

void state_write(const struct session_state *s, enum state_copy copy, struct wr *w)
{
    AUTO_STATE out = *s;
    const struct codec c = { .w = w };
    if (s->version == TLS13 ? !secret_fits(s) : s->secret.n != MASTER_LEN) {
        w->bad = !fail(ERR_SAFETY);
    } else if (s->version == TLS13) {
        wr_u8(w, FORM_TLS13);
        (void) fields13(&c, copy, &out);
    } else {
        wr_u8(w, FORM_TLS12);
        (void) fields12(&c, &out);
    }
}

/* A master secret of zeros is what a wiped one looks like, and anybody knows it. */
static bool read_form12(const struct codec *c, struct session_state *s)
{
    static const uint8_t zeros[MASTER_LEN];
    TRY(fields12(c, s) || fail(ERR_STUFFER_OUT_OF_DATA));
    if (ct_eq(s->secret.b, zeros, MASTER_LEN)) {
        return fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
    bool known = s->suite != NULL && s->suite != SUITE_NULL && s->suite->kex != KEX_TLS13;
    return known || fail(ERR_CIPHER_NOT_SUPPORTED);
}

static bool read_form13(const struct codec *c, enum state_copy copy, struct session_state *s)
{
    TRY(fields13(c, copy, s) || fail(ERR_STUFFER_OUT_OF_DATA));
    if (s->suite == NULL || s->suite->kex != KEX_TLS13) {
        return fail(ERR_CIPHER_NOT_SUPPORTED);
    }
    return (s->version == TLS13 && secret_fits(s)) || fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
}

static bool read_form(struct rd *r, enum state_copy copy, struct session_state *s)
{
    const struct codec c = { .r = r };
    uint8_t form;
    TRY(rd_u8(r, &form) || fail(ERR_STUFFER_OUT_OF_DATA));
    switch (form) {
    case FORM_TLS12:
        return read_form12(&c, s);
    case FORM_TLS13:
        return read_form13(&c, copy, s);
    default:
        return fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
}

bool state_read(struct rd *r, enum state_copy copy, struct session_state *out)
{
    AUTO_STATE s = { .suite = SUITE_NULL };
    TRY(read_form(r, copy, &s));
    *out = s;
    return true;
}

/* ---- tickets ---- */

/* What protects one ticket: a key of its own, made from the ring's key and the ticket's random info. */
struct seal {
    struct secret key;
    uint8_t aad[TICKET_AAD];
};

static void seal_wipe(struct seal *s)
{
    wipe(s, sizeof(*s));
}
#define AUTO_SEAL __attribute__((cleanup(seal_wipe))) struct seal

static bool seal_derive(const struct ticketkey *k, const uint8_t *info, struct seal *out)
{
    static const uint8_t zeros[sizeof(k->key)];
    if (ct_eq(k->key, zeros, sizeof(zeros))) {
        return fail(ERR_KEY_CHECK);
    }
    TRY(kdf_expand(HASH_SHA256, secret_span(&k->prk), SPAN(info, TICKET_INFO), out->key.b, AEAD_KEY));
    out->key.n = AEAD_KEY;
    memcpy(out->aad, k->aad, sizeof(k->aad));
    memcpy(out->aad + sizeof(k->aad), k->name, sizeof(k->name));
    return true;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint32_t lifetime_of(const struct s2n_config *config, uint64_t now, const struct session_state *s,
                            uint64_t key_left)
{
    uint64_t seconds = less(less(key_left / CLOCK_SECOND, config->session_lifetime), TICKET_LIFETIME_MAX);
    if (s->version == TLS13) {
        uint64_t left = s->keying_expiry > now ? s->keying_expiry - now : 0;
        seconds = less(seconds, left / CLOCK_SECOND);
    }
    return (uint32_t) seconds;
}

/* The state is written where its ciphertext will be. */
static bool write_sealed(const struct ticketkey *k, const struct session_state *s, struct wr *w)
{
    uint8_t fresh[TICKET_INFO + AEAD_IV];
    AUTO_SEAL seal = { .key = { .n = 0 } };
    TRY(rand_public(fresh, sizeof(fresh)) && seal_derive(k, fresh, &seal));
    wr_u8(w, TICKET_FORMAT);
    wr_bytes(w, SPAN_OF(k->name));
    wr_bytes(w, SPAN_OF(fresh));
    uint32_t at = w->b->len;
    state_write(s, STATE_SERVER, w);
    uint32_t n = w->b->len - at;
    TRY(wr_room(w, AEAD_TAG) != NULL);
    uint8_t *text = w->b->p + at;
    return aead_seal(seal.key.b, fresh + TICKET_INFO, SPAN_OF(seal.aad), SPAN(text, n), text);
}

bool ticket_seal(struct s2n_config *config, uint64_t now, const struct session_state *s, struct wr *w,
                 uint32_t *lifetime)
{
    AUTO_TICKETKEY k = { .intro = 0 };
    uint64_t left;
    if (config->ticket_keys == NULL) {
        return fail(ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    }
    TRY(ticketkeys_pick(config->ticket_keys, config->key_lives, now, &k, &left));
    uint32_t seconds = lifetime_of(config, now, s, left);
    uint32_t start = w->b->len;
    if (seconds > 0 && !write_sealed(&k, s, w)) {
        wipe(w->b->p + start, w->b->len - start); /* no plaintext stays behind */
        w->b->len = start;
        return false;
    }
    *lifetime = seconds;
    return true;
}

struct ticket_parts {
    struct span name, info, iv, sealed;
};

static bool split(struct span ticket, struct ticket_parts *out)
{
    struct rd r = rd_of(ticket);
    uint8_t format;
    TRY(rd_u8(&r, &format) && format == TICKET_FORMAT);
    TRY(rd_bytes(&r, TICKET_NAME_LEN, &out->name) && rd_bytes(&r, TICKET_INFO, &out->info) &&
        rd_bytes(&r, AEAD_IV, &out->iv));
    out->sealed = rd_take(&r);
    return out->sealed.n >= AEAD_TAG;
}

static bool decrypt(const struct ticketkey *k, const struct ticket_parts *parts, struct buf *plain)
{
    AUTO_SEAL seal = { .key = { .n = 0 } };
    size_t n = parts->sealed.n - AEAD_TAG;
    TRY(seal_derive(k, parts->info.p, &seal));
    buf_clear(plain);
    TRY(buf_reserve(plain, n));
    TRY(aead_open(seal.key.b, parts->iv.p, SPAN_OF(seal.aad), parts->sealed, plain->p));
    plain->len = (uint32_t) n;
    return true;
}

static bool read_whole(struct buf *plain, struct session_state *out)
{
    struct rd r = rd_of(buf_span(plain));
    AUTO_STATE s = { .suite = SUITE_NULL };
    TRY(state_read(&r, STATE_SERVER, &s));
    if (!rd_end(&r)) {
        return fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
    *out = s;
    return true;
}

bool ticket_open(struct s2n_config *config, uint64_t now, struct span ticket, struct buf *plain,
                 struct session_state *out)
{
    struct ticket_parts parts;
    AUTO_TICKETKEY k = { .intro = 0 };
    if (config->ticket_keys == NULL || !split(ticket, &parts)) {
        return fail(ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND);
    }
    TRY(ticketkeys_find(config->ticket_keys, config->key_lives, now, parts.name.p, &k));
    TRY(decrypt(&k, &parts, plain));
    if (!read_whole(plain, out)) {
        buf_clear(plain);
        return false;
    }
    return true;
}

/* ---- blobs ---- */

void blob_write(const struct session_blob *b, struct wr *w)
{
    bool ticket = b->ticket.n > 0;
    wr_u8(w, ticket ? BLOB_TICKET : BLOB_ID);
    struct wr_mark mark = wr_open(w, ticket ? 2 : 1);
    wr_bytes(w, ticket ? b->ticket : b->id);
    wr_close(w, mark);
    state_write(&b->state, STATE_CLIENT, w);
}

/* The ticket or session id: a length that is not there is missing data, one that cannot be is another format. */
static bool read_handle(struct rd *r, uint8_t tag, struct session_blob *out)
{
    uint16_t n = 0;
    uint8_t short_n = 0;
    if (tag != BLOB_TICKET && tag != BLOB_ID) {
        return fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
    TRY((tag == BLOB_TICKET ? rd_u16(r, &n) : rd_u8(r, &short_n)) || fail(ERR_STUFFER_OUT_OF_DATA));
    if (tag == BLOB_TICKET) {
        return (n > 0 && rd_bytes(r, n, &out->ticket)) || fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
    return (short_n > 0 && short_n <= SESSION_ID_MAX && rd_bytes(r, short_n, &out->id)) ||
           fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
}

bool blob_read(struct span bytes, struct session_blob *out)
{
    struct rd r = rd_of(bytes);
    struct session_blob b = { .ticket = SPAN_NONE, .id = SPAN_NONE };
    uint8_t tag;
    TRY(rd_u8(&r, &tag) || fail(ERR_STUFFER_OUT_OF_DATA));
    TRY(read_handle(&r, tag, &b));
    TRY(state_read(&r, STATE_CLIENT, &b.state));
    bool fits = tag == BLOB_TICKET ? b.ticket.n <= TICKET_MAX
                                   : b.state.version != TLS13; /* no session ids at TLS 1.3 */
    if (fits) {
        *out = b;
    }
    state_wipe(&b.state);
    return fits || fail(ERR_INVALID_SERIALIZED_SESSION_STATE);
}
