/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running hash over handshake messages. Until the suite is known the messages are kept as bytes; after
 * that only the hash runs, unless `keep` says that the bytes are wanted too (TLS 1.2 CertificateVerify may
 * sign them with another hash, RFC 5246 7.4.8). After a HelloRetryRequest the first ClientHello becomes a
 * message_hash message (RFC 8446 4.4.1).
 */
#ifndef SCHEDULE_TRANSCRIPT_H
#define SCHEDULE_TRANSCRIPT_H

#include "base/mem.h"
#include "crypto/hash.h"

struct transcript {
    struct hash running;
    struct buf raw;
    bool hashing; /* the hash algorithm is known */
    bool keep;
};

void transcript_init(struct transcript *t);
MUST_USE bool transcript_add(struct transcript *t, struct span message);
/* transcript_hash: the suite is known. Idempotent for one alg; another alg than before is
 * ERR_HASH_INVALID_ALGORITHM. */
MUST_USE bool transcript_hash(struct transcript *t, enum hash_alg alg);
/* transcript_retry rewrites ClientHello1. Call it before the HelloRetryRequest itself is added. */
MUST_USE bool transcript_retry(struct transcript *t);
MUST_USE bool transcript_peek(const struct transcript *t, uint8_t *out); /* digest so far, hash_size bytes */
/* transcript_peek_with: the digest by `alg` as if n more pieces had been added, though nothing is hashed yet. */
MUST_USE bool transcript_peek_with(const struct transcript *t, enum hash_alg alg, const struct span *more,
                                   size_t n, uint8_t *out);
void transcript_drop_raw(struct transcript *t);
void transcript_wipe(struct transcript *t);

#endif
