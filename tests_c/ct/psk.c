/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets of handshakes without certificates: pre-shared keys and their binders, compared as a server does it
 * (RFC 8446 4.2.11.2), ticket keys in their ring, and session states on their way through tickets and blobs
 * (RFC 5077 4). What a session's state says besides its secret is no secret to the code that reads it.
 */
#include <string.h>

#include "ct/taint.h"
#include "handshake/hs.h"

#define SECRET_AT 17 /* in the client's TLS 1.3 state; the same in the server's */
#define MASTER_AT 12 /* in a state below TLS 1.3 */

/* ---- binders ---- */

/* A hello's body of which the last bytes are a binders list with one binder. */
struct hello {
    uint8_t body[64 + 3 + HASH_MAX];
    size_t truncated, n;
};

static void fill_hello(struct hello *h, enum hash_alg alg)
{
    memset(h->body, 'h', sizeof(h->body));
    h->truncated = 64;
    h->n = h->truncated + 3 + hash_size(alg);
    h->body[h->truncated] = 0;
    h->body[h->truncated + 1] = (uint8_t) (1 + hash_size(alg));
    h->body[h->truncated + 2] = (uint8_t) hash_size(alg);
}

static bool right_binder(struct s2n_psk *psk, const struct hello *h, uint8_t *out)
{
    struct transcript t;
    uint8_t digest[HASH_MAX], head[4] = { 1, 0, 0, (uint8_t) h->n };
    const struct span parts[] = { SPAN_OF(head), SPAN(h->body, h->truncated) };
    transcript_init(&t);
    CHECK(transcript_peek_with(&t, psk->alg, parts, 2, digest));
    CHECK(psk_early_secret(psk) && secret_is(psk->early.b, psk->early.n));
    CHECK(ks_psk_binder(psk->alg, &psk->early, psk->type == PSK_EXTERNAL, digest, out));
    CHECK(secret_is(out, hash_size(psk->alg)));
    secret_show(out, hash_size(psk->alg)); /* it is sent */
    transcript_wipe(&t);
    return true;
}

static bool secret_psk(enum psk_type type, enum hash_alg alg, struct s2n_psk **out)
{
    uint8_t secret[HASH_MAX];
    struct s2n_psk *psk = psk_new(type);
    memset(secret, 0x5a, sizeof(secret));
    CHECK(psk != NULL && psk_set_secret(psk, SPAN(secret, hash_size(alg))));
    psk->alg = alg;
    secret_mark(psk->secret.p, psk->secret.len);
    *out = psk;
    return true;
}

static bool check_binder(enum psk_type type, enum hash_alg alg, size_t flipped)
{
    struct hello h;
    struct s2n_client_hello kept = { .message = { .p = NULL } };
    struct session session;
    struct handshake hs = { .session = &session };
    struct s2n_psk *psk;
    CHECK(secret_psk(type, alg, &psk));
    fill_hello(&h, alg);
    CHECK(right_binder(psk, &h, h.body + h.truncated + 3));
    bool good = flipped >= hash_size(alg);
    h.body[h.truncated + 3 + (good ? 0 : flipped)] ^= good ? 0 : 0x80;
    CHECK(buf_set(&kept.message, SPAN(h.body, h.n)));
    session_init(&session, true);
    ks_init(&hs.ks);
    session.client_hello = &kept;
    hs.psk_chosen = psk;
    hs.peer.psk_truncated = h.truncated;
    hs.peer.psk_binders = SPAN(kept.message.p + h.truncated + 2, 1 + hash_size(alg));
    unsigned before = boundary.verdicts;
    CHECK(psk_check_binder(&hs) == good);
    CHECK(boundary.verdicts == before + 1);
    ks_wipe(&hs.ks);
    buf_free(&kept.message);
    psk_free(psk);
    return true;
}

bool case_binder(void)
{
    static const enum hash_alg algs[] = { HASH_SHA256, HASH_SHA384 };
    for (size_t i = 0; i < 2; i++) {
        for (size_t flipped = 0; flipped <= hash_size(algs[i]); flipped += 8) {
            CHECK(check_binder(PSK_EXTERNAL, algs[i], flipped));
            CHECK(check_binder(PSK_RESUMPTION, algs[i], flipped));
        }
    }
    return true;
}

/* ---- what follows from a PSK, and from a resumed master secret ---- */

bool case_psk_schedule(void)
{
    static const uint8_t digest[HASH_MAX] = { 7 };
    struct schedule ks;
    struct traffic_keys keys;
    struct s2n_psk *psk;
    CHECK(secret_psk(PSK_EXTERNAL, HASH_SHA256, &psk) && psk_early_secret(psk));
    ks_init(&ks);
    CHECK(ks_suite(&ks, TLS13, suite_by_id(0x1301)));
    CHECK(ks_psk_early_traffic(&ks, psk->alg, &psk->early, digest));
    CHECK(ks_traffic_keys(ks.suite, &ks.named[SECRET_CLIENT_EARLY], &keys));
    CHECK(secret_is(keys.key, keys.key_len) && secret_is(keys.iv, keys.iv_len));
    CHECK(ks_early(&ks, &psk->early) && ks_handshake(&ks, SPAN_OF(digest)));
    CHECK(secret_is(ks.current.b, ks.current.n));
    ks_wipe(&ks);
    psk_free(psk);
    return true;
}

bool case_resumed_master(void)
{
    struct schedule ks;
    struct traffic_keys client, server;
    struct secret master = { .n = 48 };
    memset(master.b, 0x3c, master.n);
    secret_mark(master.b, master.n);
    ks_init(&ks);
    CHECK(ks_suite(&ks, TLS12, suite_by_id(0xc02f)) && ks_resume(&ks, &master));
    CHECK(ks_key_block(TLS12, ks.suite, secret_span(&ks.current), ks.randoms, &client, &server));
    CHECK(secret_is(client.key, client.key_len) && secret_is(server.key, server.key_len));
    ks_wipe(&ks);
    return true;
}

/* ---- states ---- */

static struct session_state example(uint16_t version)
{
    struct session_state s = { .version = version,
                               .suite = suite_by_id(version == TLS13 ? 0x1301 : 0xc02f),
                               .issued = 1,
                               .secret = { .n = version == TLS13 ? 32 : 48 },
                               .ems = version != TLS13,
                               .keying_expiry = 2 };
    memset(s.secret.b, 0x77, s.secret.n);
    return s;
}

/* Written from a secret and read again: the secret's bytes are copied and nothing is decided by them. */
static bool travel(uint16_t version, enum state_copy copy)
{
    struct session_state s = example(version), back;
    struct buf bytes = { .p = NULL };
    struct wr w = wr_to(&bytes);
    size_t at = version == TLS13 ? SECRET_AT : MASTER_AT;
    secret_mark(s.secret.b, s.secret.n);
    state_write(&s, copy, &w);
    CHECK(wr_ok(&w) && !secret_is(bytes.p, at) && secret_is(bytes.p + at, s.secret.n));
    CHECK(!secret_is(bytes.p + at + s.secret.n, bytes.len - at - s.secret.n));
    struct rd r = rd_of(buf_span(&bytes));
    CHECK(state_read(&r, copy, &back) && rd_end(&r));
    CHECK(back.secret.n == s.secret.n && secret_is(back.secret.b, back.secret.n));
    secret_show(&back.secret, sizeof(back.secret));
    secret_show(&s.secret, sizeof(s.secret));
    CHECK(memcmp(back.secret.b, s.secret.b, s.secret.n) == 0);
    secret_show(bytes.p, bytes.len);
    buf_free(&bytes);
    return true;
}

bool case_session_state(void)
{
    for (int copy = STATE_CLIENT; copy <= STATE_SERVER; copy++) {
        CHECK(travel(TLS13, (enum state_copy) copy));
        CHECK(travel(TLS12, (enum state_copy) copy));
    }
    return true;
}

/* ---- ticket keys ---- */

static bool add_secret_key(struct ticketkeys *ring, uint8_t name, uint8_t fill, bool good)
{
    const struct key_lives lives = { 1000, 1000 };
    uint8_t material[32];
    memset(material, fill, sizeof(material));
    secret_mark(material, sizeof(material));
    CHECK(ticketkeys_add(ring, lives, 5, SPAN(&name, 1), SPAN_OF(material), 5) == good);
    CHECK(good || err_last() == ERR_TICKET_KEY_NOT_UNIQUE);
    return true;
}

/* The only thing that is told of two keys is whether they are the same. */
bool case_ticket_keys(void)
{
    const struct key_lives lives = { 1000, 1000 };
    static const uint8_t name[TICKET_NAME_LEN] = { 'a' };
    struct ticketkeys *ring;
    struct ticketkey out;
    CHECK(ticketkeys_new(&ring));
    CHECK(add_secret_key(ring, 'a', 1, true));
    unsigned before = boundary.verdicts;
    CHECK(add_secret_key(ring, 'b', 2, true) && add_secret_key(ring, 'c', 1, false));
    CHECK(boundary.verdicts >= before + 2);
    CHECK(ticketkeys_find(ring, lives, 6, name, &out));
    CHECK(secret_is(out.key, sizeof(out.key)) && !secret_is(out.name, sizeof(out.name)));
    ticketkey_wipe(&out);
    ticketkeys_free(ring);
    return true;
}
