/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key schedule of every version (RFC 8446 7.1, RFC 5246 6.3 and 8.1, RFC 7627, RFC 6101 6.1). The
 * handshake moves it from stage to stage as messages enter the transcript. It never reads a message and never
 * keys a cipher: it hands out secrets, traffic keys and Finished values. What a stage no longer needs is
 * wiped when the stage ends.
 */
#include "schedule/schedule.h"

#include <string.h>

#include "crypto/kdf.h"

#define RANDOM_LEN 32
#define MASTER_LEN 48
#define FINISHED12_LEN 12
#define NONCE13_LEN 12

static const struct {
    const char *label;
    const char *keylog;
} rows[SECRET_COUNT] = {
#define SECRET(name, label, keylog) [SECRET_##name] = { label, keylog },
#include "schedule/labels.def"
#undef SECRET
};

/* The hash of the transcript and of the key derivation: below TLS 1.2 a suite has no say in it. */
static enum hash_alg hash_alg_of(uint16_t version, const struct suite *suite)
{
    return version >= TLS12 ? suite->prf : HASH_MD5_SHA1;
}

void ks_init(struct schedule *ks)
{
    *ks = (struct schedule){ .stage = KS_START };
    transcript_init(&ks->transcript);
}

void ks_wipe(struct schedule *ks)
{
    transcript_wipe(&ks->transcript);
    wipe(ks, sizeof(*ks));
}

bool ks_suite(struct schedule *ks, uint16_t version, const struct suite *suite)
{
    if (ks->stage != KS_START) {
        return fail(ERR_SECRET_SCHEDULE_STATE);
    }
    TRY(transcript_hash(&ks->transcript, hash_alg_of(version, suite)));
    ks->version = version;
    ks->suite = suite;
    return true;
}

/* ---- TLS 1.3: the chain of Early, Handshake and Master Secret ---- */

static bool at_stage(const struct schedule *ks, enum ks_stage stage)
{
    bool right = ks->suite != NULL && ks->version == TLS13 && ks->stage == stage;
    return right || fail(ERR_SECRET_SCHEDULE_STATE);
}

/* The next link of the chain: salted with what is derived from the link before; no input stands for zeros. */
static bool next_link(struct schedule *ks, struct span input)
{
    enum hash_alg alg = ks->suite->prf;
    uint8_t nothing[HASH_MAX];
    AUTO_SECRET salt = { .n = (uint8_t) hash_size(alg) };
    TRY(hash_once(alg, SPAN_NONE, nothing));
    TRY(kdf_label(alg, &ks->current, "derived", SPAN(nothing, hash_size(alg)), salt.b, salt.n));
    static const uint8_t zeros[HASH_MAX];
    return kdf_extract(alg, secret_span(&salt), input.n == 0 ? SPAN(zeros, salt.n) : input, &ks->current);
}

/* Derive-Secret for the rows from `first` to `last`, over the transcript as it is now. */
static bool derive(struct schedule *ks, enum secret_id first, enum secret_id last)
{
    enum hash_alg alg = ks->suite->prf;
    size_t size = hash_size(alg);
    uint8_t context[HASH_MAX];
    struct kdf_prk prk;
    TRY(transcript_peek(&ks->transcript, context));
    TRY(kdf_prk_set(&prk, alg, secret_span(&ks->current)));
    bool done = true;
    for (int id = (int) first; done && id <= (int) last; id++) {
        struct secret *out = &ks->named[id];
        done = kdf_prk_label(&prk, rows[id].label, SPAN(context, size), out->b, size);
        out->n = done ? (uint8_t) size : 0;
        if (done) {
            keylog_secret(&ks->keylog, rows[id].keylog, ks->randoms, out);
        }
    }
    kdf_prk_wipe(&prk);
    return done;
}

bool ks_early(struct schedule *ks, const struct secret *early)
{
    /* Twice after a retry: the second ClientHello may offer other PSKs than the first. */
    TRY(at_stage(ks, ks->stage == KS_EARLY ? KS_EARLY : KS_START));
    static const uint8_t zeros[HASH_MAX];
    enum hash_alg alg = ks->suite->prf;
    if (early == NULL) {
        TRY(ks_psk_early(alg, SPAN(zeros, hash_size(alg)), &ks->current));
    } else if (early->n == hash_size(alg)) {
        ks->current = *early;
    } else { /* a PSK goes with suites of its own hash only */
        return fail(ERR_SAFETY);
    }
    ks->stage = KS_EARLY;
    return true;
}

bool ks_handshake(struct schedule *ks, struct span shared)
{
    TRY(at_stage(ks, KS_EARLY));
    TRY(next_link(ks, shared));
    TRY(derive(ks, SECRET_CLIENT_HANDSHAKE, SECRET_SERVER_HANDSHAKE));
    ks->stage = KS_HANDSHAKE;
    return true;
}

bool ks_master(struct schedule *ks)
{
    TRY(at_stage(ks, KS_HANDSHAKE));
    TRY(next_link(ks, SPAN_NONE));
    TRY(derive(ks, SECRET_CLIENT_APP, SECRET_EXPORTER));
    ks->stage = KS_MASTER;
    return true;
}

bool ks_resumption(struct schedule *ks)
{
    TRY(at_stage(ks, KS_MASTER));
    TRY(derive(ks, SECRET_RESUMPTION, SECRET_RESUMPTION));
    secret_wipe(&ks->current);
    secret_wipe(&ks->named[SECRET_CLIENT_EARLY]);
    secret_wipe(&ks->named[SECRET_CLIENT_HANDSHAKE]);
    secret_wipe(&ks->named[SECRET_SERVER_HANDSHAKE]);
    ks->stage = KS_DONE;
    return true;
}

/* ---- TLS 1.3: what comes out of a PSK ---- */

bool ks_psk_early(enum hash_alg alg, struct span psk, struct secret *out)
{
    return kdf_extract(alg, SPAN_NONE, psk, out);
}

/* RFC 8446 4.4.4: what proves knowledge of `base` over a digest, for Finished messages and binders. */
static bool verify_data(enum hash_alg alg, const struct secret *base, const uint8_t *digest, uint8_t *out)
{
    AUTO_SECRET key = { .n = (uint8_t) hash_size(alg) };
    TRY(kdf_label(alg, base, "finished", SPAN_NONE, key.b, key.n));
    struct hmac mac;
    TRY(hmac_key(&mac, alg, secret_span(&key)));
    const struct span message = SPAN(digest, hash_size(alg));
    bool done = hmac_run(&mac, &message, 1, out);
    hmac_wipe(&mac);
    return done;
}

/* The labels differ so that a key of one kind can never pass for one of the other (RFC 8446 7.1). */
bool ks_psk_binder(enum hash_alg alg, const struct secret *early, bool external, const uint8_t *digest,
                   uint8_t *out)
{
    uint8_t nothing[HASH_MAX];
    AUTO_SECRET binder_key = { .n = (uint8_t) hash_size(alg) };
    TRY(hash_once(alg, SPAN_NONE, nothing));
    TRY(kdf_label(alg, early, external ? "ext binder" : "res binder", SPAN(nothing, hash_size(alg)),
                  binder_key.b, binder_key.n));
    return verify_data(alg, &binder_key, digest, out);
}

bool ks_psk_early_traffic(struct schedule *ks, enum hash_alg alg, const struct secret *early,
                          const uint8_t *digest)
{
    struct secret *out = &ks->named[SECRET_CLIENT_EARLY];
    TRY(kdf_label(alg, early, rows[SECRET_CLIENT_EARLY].label, SPAN(digest, hash_size(alg)), out->b,
                  hash_size(alg)));
    out->n = (uint8_t) hash_size(alg);
    keylog_secret(&ks->keylog, rows[SECRET_CLIENT_EARLY].keylog, ks->randoms, out);
    return true;
}

/* ---- TLS 1.3: what comes out of a secret ---- */

bool ks_traffic_keys(const struct suite *suite, const struct secret *traffic, struct traffic_keys *out)
{
    struct kdf_prk prk;
    TRY(kdf_prk_set(&prk, suite->prf, secret_span(traffic)));
    out->key_len = suite->cipher->key;
    out->iv_len = NONCE13_LEN;
    out->mac_len = 0;
    bool done = kdf_prk_label(&prk, "key", SPAN_NONE, out->key, out->key_len) &&
                kdf_prk_label(&prk, "iv", SPAN_NONE, out->iv, out->iv_len);
    kdf_prk_wipe(&prk);
    if (!done) {
        traffic_keys_wipe(out);
    }
    return done;
}

bool ks_next_traffic(enum hash_alg alg, struct secret *traffic)
{
    AUTO_SECRET next = { .n = (uint8_t) hash_size(alg) };
    TRY(kdf_label(alg, traffic, "traffic upd", SPAN_NONE, next.b, next.n));
    *traffic = next;
    return true;
}

bool ks_psk_of_ticket(enum hash_alg alg, const struct secret *resumption, struct span nonce,
                      struct secret *out)
{
    TRY(kdf_label(alg, resumption, "resumption", nonce, out->b, hash_size(alg)));
    out->n = (uint8_t) hash_size(alg);
    return true;
}

bool ks_export(enum hash_alg alg, const struct secret *exporter, struct span label, struct span context,
               uint8_t *out, size_t n)
{
    uint8_t nothing[HASH_MAX], digest[HASH_MAX];
    size_t size = hash_size(alg);
    AUTO_SECRET base = { .n = (uint8_t) size };
    struct kdf_prk prk;
    TRY(hash_once(alg, SPAN_NONE, nothing) && hash_once(alg, context, digest));
    TRY(kdf_prk_set(&prk, alg, secret_span(exporter)));
    bool done = kdf_prk_label_bytes(&prk, label, SPAN(nothing, size), base.b, size);
    kdf_prk_wipe(&prk);
    return done && kdf_label(alg, &base, "exporter", SPAN(digest, size), out, n);
}

void traffic_keys_wipe(struct traffic_keys *k)
{
    wipe(k, sizeof(*k));
}

/* ---- TLS 1.2 and older: master secret and key block ---- */

static struct span client_random(const uint8_t *randoms)
{
    return SPAN(randoms, RANDOM_LEN);
}

static struct span server_random(const uint8_t *randoms)
{
    return SPAN(randoms + RANDOM_LEN, RANDOM_LEN);
}

/* RFC 7627 4: bound to the handshake so far instead of to the randoms alone. */
static bool extended_master(struct schedule *ks, enum hash_alg alg, struct span premaster, uint8_t *out)
{
    uint8_t session_hash[HASH_MAX];
    TRY(transcript_peek(&ks->transcript, session_hash));
    return kdf_prf(alg, premaster, "extended master secret", SPAN(session_hash, hash_size(alg)), SPAN_NONE,
                   out, MASTER_LEN);
}

static bool before_master(const struct schedule *ks)
{
    bool right = ks->suite != NULL && ks->version < TLS13 && ks->stage == KS_START;
    return right || fail(ERR_SECRET_SCHEDULE_STATE);
}

static void have_master(struct schedule *ks, const struct secret *master)
{
    ks->current = *master;
    ks->stage = KS_MASTER;
    keylog_secret(&ks->keylog, "CLIENT_RANDOM", ks->randoms, master);
}

bool ks_premaster(struct schedule *ks, struct span premaster, bool extended)
{
    TRY(before_master(ks));
    AUTO_SECRET master = { .n = MASTER_LEN };
    struct span client = client_random(ks->randoms), server = server_random(ks->randoms);
    enum hash_alg alg = hash_alg_of(ks->version, ks->suite);
    if (ks->version == SSL3) {
        TRY(kdf_ssl3(premaster, client, server, master.b, MASTER_LEN));
    } else if (extended) {
        TRY(extended_master(ks, alg, premaster, master.b));
    } else {
        TRY(kdf_prf(alg, premaster, "master secret", client, server, master.b, MASTER_LEN));
    }
    have_master(ks, &master);
    return true;
}

bool ks_resume(struct schedule *ks, const struct secret *master)
{
    TRY(before_master(ks));
    if (master->n != MASTER_LEN) {
        return fail(ERR_SAFETY);
    }
    have_master(ks, master);
    return true;
}

/* The IVs that the key block holds: the fixed part of an AEAD nonce, or a chaining IV where the version
 * chains. From TLS 1.1 on every CBC record brings its own (RFC 4346 6.2.3.2). */
static uint8_t block_iv_len(uint16_t version, const struct cipher *cipher)
{
    if (cipher->kind == KIND_AEAD) {
        return cipher->fixed_iv;
    }
    return version <= TLS10 ? cipher->block : 0;
}

/* The key block goes round: MAC keys, keys, IVs, each time the client's first. */
static void split_block(const uint8_t *block, struct traffic_keys *client, struct traffic_keys *server)
{
    uint8_t *const places[] = { client->mac, server->mac, client->key, server->key, client->iv, server->iv };
    const size_t sizes[] = { client->mac_len, client->key_len, client->iv_len };
    for (size_t i = 0; i < 6; i++) {
        memcpy(places[i], block, sizes[i / 2]);
        block += sizes[i / 2];
    }
}

bool ks_key_block(uint16_t version, const struct suite *suite, struct span master, const uint8_t *randoms,
                  struct traffic_keys *client, struct traffic_keys *server)
{
    struct traffic_keys empty = {
        .key_len = suite->cipher->key,
        .iv_len = block_iv_len(version, suite->cipher),
        .mac_len = (uint8_t) hash_size(suite->mac),
    };
    uint8_t block[2 * (sizeof(empty.key) + sizeof(empty.iv) + sizeof(empty.mac))];
    size_t n = 2 * ((size_t) empty.key_len + empty.iv_len + empty.mac_len);
    struct span c = client_random(randoms), s = server_random(randoms);
    bool done = version == SSL3
                    ? kdf_ssl3(master, s, c, block, n)
                    : kdf_prf(hash_alg_of(version, suite), master, "key expansion", s, c, block, n);
    if (done) {
        *client = *server = empty;
        split_block(block, client, server);
    }
    wipe(block, sizeof(block));
    return done;
}

/* ---- Finished ---- */

static bool finished13(const struct schedule *ks, bool client, uint8_t *out)
{
    enum hash_alg alg = ks->suite->prf;
    uint8_t digest[HASH_MAX];
    const struct secret *base = &ks->named[client ? SECRET_CLIENT_HANDSHAKE : SECRET_SERVER_HANDSHAKE];
    if (base->n == 0) {
        return fail(ERR_SECRET_SCHEDULE_STATE);
    }
    TRY(transcript_peek(&ks->transcript, digest));
    return verify_data(alg, base, digest, out);
}

static bool finished12(const struct schedule *ks, bool client, uint8_t *out)
{
    enum hash_alg alg = hash_alg_of(ks->version, ks->suite);
    uint8_t digest[HASH_MAX];
    TRY(transcript_peek(&ks->transcript, digest));
    return kdf_prf(alg, secret_span(&ks->current), client ? "client finished" : "server finished",
                   SPAN(digest, hash_size(alg)), SPAN_NONE, out, FINISHED12_LEN);
}

/* hash(master + pad2 + hash(transcript + sender + master + pad1)), for one of the two hashes. */
static bool ssl3_half(const struct schedule *ks, enum hash_alg alg, struct span sender, uint8_t *out)
{
    size_t pad_len = alg == HASH_MD5 ? 48 : 40;
    struct span master = secret_span(&ks->current);
    uint8_t pad[48], inner[HASH_MAX];
    struct hash h;
    memset(pad, 0x36, sizeof(pad));
    TRY(hash_half(&h, &ks->transcript.running, alg));
    bool done = hash_update(&h, sender) && hash_update(&h, master) && hash_update(&h, SPAN(pad, pad_len)) &&
                hash_final(&h, inner);
    memset(pad, 0x5c, sizeof(pad));
    done = done && hash_start(&h, alg) && hash_update(&h, master) && hash_update(&h, SPAN(pad, pad_len)) &&
           hash_update(&h, SPAN(inner, hash_size(alg))) && hash_final(&h, out);
    hash_wipe(&h); /* whatever step failed */
    wipe(inner, sizeof(inner));
    return done;
}

bool ks_ssl3_digest(const struct schedule *ks, struct span sender, uint8_t *out)
{
    if (ks->version != SSL3 || ks->stage != KS_MASTER) {
        return fail(ERR_SECRET_SCHEDULE_STATE);
    }
    return ssl3_half(ks, HASH_MD5, sender, out) &&
           ssl3_half(ks, HASH_SHA1, sender, out + hash_size(HASH_MD5));
}

bool ks_finished(const struct schedule *ks, bool client, uint8_t *out, size_t *out_len)
{
    if (ks->version == TLS13) {
        TRY(finished13(ks, client, out));
        *out_len = hash_size(ks->suite->prf);
        return true;
    }
    if (ks->version == SSL3) {
        static const uint8_t senders[] = "CLNTSRVR";
        TRY(ks_ssl3_digest(ks, SPAN(client ? senders : senders + 4, 4), out));
        *out_len = hash_size(HASH_MD5_SHA1);
        return true;
    }
    if (ks->stage != KS_MASTER) {
        return fail(ERR_SECRET_SCHEDULE_STATE);
    }
    TRY(finished12(ks, client, out));
    *out_len = FINISHED12_LEN;
    return true;
}
