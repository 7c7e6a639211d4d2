/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transcript: bytes until the hash is known, then a running hash (RFC 8446 4.4.1, RFC 5246 7.4.9). The
 * handshake engine adds messages; the key schedule asks for digests. It never looks into a message.
 */
#include "schedule/transcript.h"

#define MESSAGE_HASH 254

void transcript_init(struct transcript *t)
{
    *t = (struct transcript){ .hashing = false };
}

bool transcript_add(struct transcript *t, struct span message)
{
    if (!t->hashing || t->keep) {
        TRY(buf_append(&t->raw, message));
    }
    return !t->hashing || hash_update(&t->running, message);
}

bool transcript_hash(struct transcript *t, enum hash_alg alg)
{
    if (t->hashing) {
        return t->running.alg == alg || fail(ERR_HASH_INVALID_ALGORITHM);
    }
    TRY(hash_start(&t->running, alg));
    t->hashing = true;
    TRY(hash_update(&t->running, buf_span(&t->raw)));
    if (!t->keep) {
        buf_free(&t->raw);
    }
    return true;
}

bool transcript_retry(struct transcript *t)
{
    uint8_t message[4 + HASH_MAX] = { MESSAGE_HASH, 0, 0 };
    if (!t->hashing) {
        return fail(ERR_SECRET_SCHEDULE_STATE);
    }
    enum hash_alg alg = t->running.alg;
    message[3] = (uint8_t) hash_size(alg);
    TRY(hash_final(&t->running, message + 4));
    TRY(hash_start(&t->running, alg));
    buf_clear(&t->raw);
    return transcript_add(t, SPAN(message, 4 + hash_size(alg)));
}

bool transcript_peek(const struct transcript *t, uint8_t *out)
{
    return t->hashing ? hash_peek(&t->running, out) : fail(ERR_SECRET_SCHEDULE_STATE);
}

/* A hash that stands where the transcript does. */
static bool fork_hash(const struct transcript *t, enum hash_alg alg, struct hash *out)
{
    if (t->hashing) {
        TRY(t->running.alg == alg || fail(ERR_HASH_INVALID_ALGORITHM));
        return hash_copy(out, &t->running);
    }
    TRY(hash_start(out, alg));
    if (!hash_update(out, buf_span(&t->raw))) {
        hash_wipe(out);
        return false;
    }
    return true;
}

bool transcript_peek_with(const struct transcript *t, enum hash_alg alg, const struct span *more, size_t n,
                          uint8_t *out)
{
    struct hash h;
    TRY(fork_hash(t, alg, &h));
    for (size_t i = 0; i < n; i++) {
        if (!hash_update(&h, more[i])) {
            hash_wipe(&h);
            return false;
        }
    }
    return hash_final(&h, out);
}

void transcript_drop_raw(struct transcript *t)
{
    t->keep = false;
    if (t->hashing) { /* before that the bytes are all there is */
        buf_free(&t->raw);
    }
}

void transcript_wipe(struct transcript *t)
{
    hash_wipe(&t->running);
    buf_free(&t->raw);
    *t = (struct transcript){ .hashing = false };
}
