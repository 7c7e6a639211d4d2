/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved connections, format V1 (contract/serialization.md): a header, then the secrets that keys are made of again.
 * One struct and one field order serve both directions of travel. A blob holds live secrets and no integrity check,
 * so it is read strictly: what this library cannot have written is refused, and a refusal changes nothing. Deriving
 * keys is all that restoring costs; buffers come with the first byte.
 */
#include <string.h>

#include "conn/inner.h"
#include "crypto/init.h"

#define FORMAT_V1 1
#define HEADER_LEN 30
#define MASTER_LEN 48
#define RANDOMS_LEN 64
#define SAVED_IV 16 /* on the wire of the format, whatever the cipher's block */

struct saved {
    uint16_t version;
    const struct suite *suite;
    uint64_t client_seq, server_seq;
    uint16_t fragment;
    struct secret client_app, server_app, resumption; /* TLS 1.3 */
    struct secret master;                             /* below */
    uint8_t randoms[RANDOMS_LEN];
    uint8_t client_iv[SAVED_IV], server_iv[SAVED_IV]; /* CBC with chained IVs */
};

static void saved_wipe(struct saved *s)
{
    wipe(s, sizeof(*s));
}
#define AUTO_SAVED __attribute__((cleanup(saved_wipe))) struct saved

static bool chains_iv(uint16_t version, const struct suite *suite)
{
    return version <= TLS10 && suite->cipher->kind == KIND_CBC;
}

/* ---- out ---- */

static bool enabled(const struct s2n_connection *c)
{
    return c->set.config->serialization_version == S2N_SERIALIZED_CONN_V1 || fail(ERR_INVALID_STATE);
}

static uint32_t length_of(const struct s2n_connection *c)
{
    const struct session *s = &c->session;
    if (s->version == VER_NONE) { /* callers may ask early: what a handshake with no suite would take */
        return HEADER_LEN + (c->set.server ? MASTER_LEN + RANDOMS_LEN : 0);
    }
    if (s->version == TLS13) {
        return (uint32_t) (HEADER_LEN + 3 * hash_size(s->suite->prf));
    }
    return HEADER_LEN + MASTER_LEN + RANDOMS_LEN + (chains_iv(s->version, s->suite) ? 2 * SAVED_IV : 0);
}

bool conn_serialization_length(const struct s2n_connection *c, uint32_t *out)
{
    TRY(enabled(c));
    *out = length_of(c);
    return true;
}

/* Anything in flight would be lost: what was read and not returned, ciphertext read ahead, half a message, bytes that
 * still have to be sent. */
static bool at_rest(const struct s2n_connection *c)
{
    const struct reading *r = &c->reading;
    bool read =
        r->head_n == 0 && r->app_n == 0 && r->at == r->rx.len && r->alert_n == 0 && c->post.rx.len == 0;
    bool written = c->writing.tx.len == 0 && c->writing.consumed == 0;
    return (read && written) || fail(ERR_INVALID_STATE);
}

static bool serializable(const struct s2n_connection *c, size_t cap)
{
    TRY(enabled(c));
    if (!c->session.complete) {
        return fail(ERR_HANDSHAKE_NOT_COMPLETE);
    }
    if (atomic_load(&c->shared.read_closed) || atomic_load(&c->shared.write_closed)) {
        return fail(ERR_CLOSED);
    }
    TRY(at_rest(c));
    if (cap < length_of(c)) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    return c->session.suite->cipher->kind != KIND_STREAM || fail(ERR_INVALID_STATE);
}

static bool save(const struct s2n_connection *c, struct saved *s)
{
    const struct session *from = &c->session;
    const struct half *client = c->set.server ? &c->in : &c->out;
    const struct half *server = c->set.server ? &c->out : &c->in;
    s->version = from->version;
    s->suite = from->suite;
    s->client_seq = client->seq;
    s->server_seq = server->seq;
    s->fragment = c->sizes.max_fragment;
    s->client_app = from->client_app;
    s->server_app = from->server_app;
    s->resumption = from->resumption;
    s->master = from->master;
    memcpy(s->randoms, from->randoms, RANDOMS_LEN);
    memcpy(s->client_iv, client->iv, SAVED_IV); /* what follows a short block's IV goes round unchanged */
    memcpy(s->server_iv, server->iv, SAVED_IV);
    return !chains_iv(s->version, s->suite) ||
           (half_iv(client, s->client_iv) && half_iv(server, s->server_iv));
}

static void write_saved(const struct saved *s, struct wr *w)
{
    wr_u64(w, FORMAT_V1);
    wr_u16(w, s->version);
    wr_u16(w, s->suite->id);
    wr_u64(w, s->client_seq);
    wr_u64(w, s->server_seq);
    wr_u16(w, s->fragment);
    if (s->version == TLS13) {
        wr_bytes(w, secret_span(&s->client_app));
        wr_bytes(w, secret_span(&s->server_app));
        wr_bytes(w, secret_span(&s->resumption));
        return;
    }
    wr_bytes(w, secret_span(&s->master));
    wr_bytes(w, SPAN_OF(s->randoms));
    if (chains_iv(s->version, s->suite)) {
        wr_bytes(w, SPAN_OF(s->client_iv));
        wr_bytes(w, SPAN_OF(s->server_iv));
    }
}

/* The connection lives on in the blob: two of it would repeat nonces, so nothing that could protect a record stays. */
static void retire(struct s2n_connection *c)
{
    atomic_store(&c->shared.read_closed, 1);
    atomic_store(&c->shared.write_closed, 1);
    half_wipe(&c->in);
    half_wipe(&c->out);
    secret_wipe(&c->session.client_app);
    secret_wipe(&c->session.server_app);
    secret_wipe(&c->session.resumption);
    secret_wipe(&c->session.master);
    c->serialized = true;
}

bool conn_serialize(struct s2n_connection *c, uint8_t *out, size_t cap)
{
    AUTO_SAVED s = { .version = VER_NONE };
    TRY(conn_idle_now(c) && serializable(c, cap));
    TRY(save(c, &s));
    uint32_t need = length_of(c);
    struct buf to = BUF_FIXED(out, need);
    struct wr w = wr_to(&to);
    write_saved(&s, &w);
    if (!wr_ok(&w) || to.len != need) {
        wipe(out, need);
        return fail(ERR_SAFETY);
    }
    retire(c);
    return true;
}

/* ---- in ---- */

static bool read_secret(struct rd *r, size_t n, struct secret *out)
{
    out->n = (uint8_t) n;
    return rd_copy(r, out->b, n);
}

static bool suite_fits(const struct saved *s)
{
    const struct suite *suite = s->suite;
    return suite != NULL && suite->cipher->kind != KIND_NULL && suite->cipher->kind != KIND_STREAM &&
           suite->min <= s->version && s->version <= suite->max && crypto_has_suite(suite);
}

static bool read_header(struct rd *r, struct saved *s)
{
    uint64_t format;
    uint16_t suite;
    bool ok = rd_u64(r, &format) && format == FORMAT_V1 && rd_u16(r, &s->version) && s->version >= SSL3 &&
              s->version <= TLS13 && rd_u16(r, &suite) && rd_u64(r, &s->client_seq) &&
              rd_u64(r, &s->server_seq) && rd_u16(r, &s->fragment) && s->fragment > 0 &&
              s->fragment <= RECORD_MAX_PLAIN;
    if (!ok) {
        return false;
    }
    s->suite = suite_by_id(suite);
    return suite_fits(s);
}

static bool read_secrets(struct rd *r, struct saved *s)
{
    if (s->version == TLS13) {
        size_t n = hash_size(s->suite->prf);
        return read_secret(r, n, &s->client_app) && read_secret(r, n, &s->server_app) &&
               read_secret(r, n, &s->resumption);
    }
    return read_secret(r, MASTER_LEN, &s->master) && rd_copy(r, s->randoms, RANDOMS_LEN) &&
           (!chains_iv(s->version, s->suite) ||
            (rd_copy(r, s->client_iv, SAVED_IV) && rd_copy(r, s->server_iv, SAVED_IV)));
}

static bool read_saved(struct span blob, struct saved *s)
{
    struct rd r = rd_of(blob);
    bool ok = read_header(&r, s) && read_secrets(&r, s) && rd_end(&r);
    return ok || fail(ERR_INVALID_SERIALIZED_CONNECTION);
}

static bool derive(const struct saved *s, struct traffic_keys *client, struct traffic_keys *server)
{
    if (s->version == TLS13) {
        return ks_traffic_keys(s->suite, &s->client_app, client) &&
               ks_traffic_keys(s->suite, &s->server_app, server);
    }
    TRY(ks_key_block(s->version, s->suite, secret_span(&s->master), s->randoms, client, server));
    if (chains_iv(s->version, s->suite)) { /* the chain has moved on since the key block */
        memcpy(client->iv, s->client_iv, SAVED_IV);
        memcpy(server->iv, s->server_iv, SAVED_IV);
        client->iv_len = server->iv_len = s->suite->cipher->block;
    }
    return true;
}

static bool key(struct half *h, const struct saved *s, bool sealing, const struct traffic_keys *k,
                uint64_t seq)
{
    struct traffic_keys_view view = { .key = SPAN(k->key, k->key_len),
                                      .iv = SPAN(k->iv, k->iv_len),
                                      .mac = SPAN(k->mac, k->mac_len) };
    TRY(half_key(h, s->version, s->suite, sealing, view, seq));
    if (chains_iv(s->version, s->suite)) {
        memcpy(h->iv, k->iv, SAVED_IV);
    }
    return true;
}

static bool make_halves(const struct s2n_connection *c, const struct saved *s, struct half *in,
                        struct half *out)
{
    AUTO_KEYS client = { .key_len = 0 };
    AUTO_KEYS server = { .key_len = 0 };
    bool is_server = c->set.server;
    half_init(in);
    half_init(out);
    TRY(derive(s, &client, &server));
    TRY(key(in, s, false, is_server ? &client : &server, is_server ? s->client_seq : s->server_seq));
    if (!key(out, s, true, is_server ? &server : &client, is_server ? s->server_seq : s->client_seq)) {
        half_wipe(in);
        return false;
    }
    return true;
}

/* What an earlier life of this object left half done means nothing now. */
static void forget_traffic(struct s2n_connection *c)
{
    struct reading *r = &c->reading;
    buf_free(&r->rx);
    buf_free(&c->writing.tx);
    buf_free(&c->post.rx);
    r->at = r->app_at = r->app_n = 0;
    r->head_n = r->alert_n = 0;
    r->idle = 0;
    c->writing.at = 0;
    c->writing.consumed = 0;
    c->writing.alert_sealed = false;
    atomic_store(&c->shared.key_update_pending, 0);
}

static void adopt(struct s2n_connection *c, const struct saved *s, const struct half *in,
                  const struct half *out)
{
    struct session *to = &c->session;
    forget_traffic(c);
    half_wipe(&c->in);
    half_wipe(&c->out);
    c->in = *in;
    c->out = *out;
    struct resume *resume = to->resume;
    uint16_t tickets_due = to->tickets_due;
    to->resume = NULL;
    vouch_retire(&to->vouch, &c->retired);
    session_wipe(to);
    session_init(to, c->set.server);
    resume_forget(resume);
    c->offered.psk = NULL;
    atomic_store(&c->offered.decision, EARLY_UNKNOWN);
    to->resume = resume;
    to->tickets_due = tickets_due;
    to->version = s->version;
    to->suite = s->suite;
    to->client_app = s->client_app;
    to->server_app = s->server_app;
    to->resumption = s->resumption;
    to->master = s->master;
    memcpy(to->randoms, s->randoms, RANDOMS_LEN);
    to->complete = to->restored = true;
    c->preferred_fragment = s->fragment;
    conn_apply_fragment(c);
}

bool conn_deserialize(struct s2n_connection *c, struct span blob)
{
    AUTO_SAVED s = { .version = VER_NONE };
    struct half in, out;
    TRY(conn_idle_now(c));
    if (c->hs != NULL) { /* a handshake has begun */
        return fail(ERR_INVALID_STATE);
    }
    TRY(read_saved(blob, &s));
    TRY(make_halves(c, &s, &in, &out));
    adopt(c, &s, &in, &out);
    wipe(&in,
         sizeof(in)); /* the connection owns what they point to now; IVs and MAC keys stay nowhere else */
    wipe(&out, sizeof(out));
    return true;
}
