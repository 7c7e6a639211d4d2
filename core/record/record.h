/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record layer: one `half` per direction, one way in (record_open) and one way out (record_seal) for all
 * versions (RFC 8446 5, RFC 5246 6). A half with the NULL cipher carries plaintext records. Nothing here does
 * I/O, knows about messages, or allocates per record.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/err.h"
#include "base/mem.h"
#include "base/span.h"
#include "crypto/cipher.h"
#include "tables/tables.h"

#define RECORD_HEADER 5
#define RECORD_MAX_PLAIN 16384
#define RECORD_MAX_CIPHER12 (RECORD_MAX_PLAIN + 1024) /* RFC 5246 6.2.3 less compression's share */
#define RECORD_MAX_CIPHER13 (RECORD_MAX_PLAIN + 256)  /* RFC 8446 5.2 */

enum content_type {
    CT_CCS = 20,
    CT_ALERT = 21,
    CT_HANDSHAKE = 22,
    CT_APPDATA = 23
};

struct half {
    uint16_t version;            /* 0 until negotiated; wire number */
    const struct cipher *cipher; /* CIPHER_NULL row: plaintext */
    enum hash_alg mac;
    struct cipher_ctx ctx;
    uint8_t iv[16];
    uint64_t seq;
};

struct rec_header {
    uint8_t type;
    uint16_t version;
    uint16_t len;
};

struct rec {
    uint8_t type; /* the inner type at TLS 1.3 */
    bool plain;   /* it came unprotected although the half has keys (TLS 1.3 CCS) */
    struct span body;
};

void half_init(struct half *h); /* NULL cipher, sequence 0 */
void half_wipe(struct half *h); /* keys gone; NULL cipher */
/* half_key: take a suite's cipher with fresh keys; the sequence number starts at seq (0 after a handshake).
 * keys.iv is the TLS 1.3 IV, the fixed IV of a TLS 1.2 AEAD, or the chaining IV of CBC at TLS 1.0 and SSLv3.
 * Fails with ERR_KEY_INIT and leaves the half without keys. */
struct traffic_keys_view {
    struct span key, iv, mac;
};
MUST_USE bool half_key(struct half *h, uint16_t version, const struct suite *suite, bool sealing,
                       struct traffic_keys_view keys, uint64_t seq);
bool half_keyed(const struct half *h);
/* half_iv: the chaining IV of the next record (CBC at TLS 1.0 and SSLv3), `block` bytes, for serialization. */
MUST_USE bool half_iv(const struct half *h, uint8_t *out);
/* half_limit: records this half may still protect before its key is used up (AES-GCM at TLS 1.3). */
uint64_t half_limit(const struct half *h);
/* record_overhead: what header and protection add to a plaintext of exactly n bytes. */
size_t record_overhead(const struct half *h, size_t n);

/* record_header: parse the five bytes and check the version (ERR_BAD_MESSAGE). Any type passes: whether an
 * unknown one is dropped is the caller's to say. The length is only checked by record_open, once the record
 * is there, so the receive buffer must be able to hold any that 16 bits can say. rx has at least
 * RECORD_HEADER bytes. */
MUST_USE bool record_header(const struct half *in, const uint8_t *rx, struct rec_header *out);

/* record_open: unprotect one whole record. `body` is its fragment (hdr->len bytes, scratch afterwards);
 * plaintext may go to dst (the caller's memory) when that is not NULL and dst_cap is enough, where that is
 * faster than a copy afterwards, else it stays in body: out->body says where. The sequence number moves on
 * success only; seq never wraps (ERR_RECORD_LIMIT). Too long a fragment is ERR_RECORD_LIMIT, one too short
 * for its cipher ERR_SAFETY, a forged one ERR_DECRYPT whatever is wrong with it. Application data on a half
 * without keys is ERR_DECRYPT. TLS 1.3 (RFC 8446 5.2-5.4): a plaintext CCS passes as out->plain when the half
 * is keyed, any other outer type but application data is ERR_BAD_MESSAGE, as is an inner plaintext without a
 * type; one too long is ERR_MAX_INNER_PLAINTEXT_SIZE. */
MUST_USE bool record_open(struct half *in, const struct rec_header *hdr, uint8_t *body, uint8_t *dst,
                          size_t dst_cap, struct rec *out);

/* record_seal: append one record of the given type made from n pieces (total <= RECORD_MAX_PLAIN) to tx, with
 * the legacy record version `wire_version` (the caller knows 0x0301 for a first ClientHello). tx grows if it
 * must. On failure tx is as it was; ERR_RECORD_LIMIT when the sequence numbers are used up. */
MUST_USE bool record_seal(struct half *out, uint8_t type, uint16_t wire_version, const struct span *in,
                          size_t n, struct buf *tx);

/* size.c: the most plaintext that one outgoing record may carry now. */
struct size_rules {
    uint16_t max_fragment;      /* 8087 by default, 16384, 1435, or a negotiated limit */
    uint32_t send_buffer;       /* s2n_config_set_send_buffer_size, 0 unset */
    uint32_t dynamic_threshold; /* bytes sent in small records first; 0 off */
    uint16_t dynamic_timeout;   /* seconds of idleness after which the count restarts; 0 never */
    uint64_t dynamic_sent;      /* application bytes since start or re-arm */
    uint64_t dynamic_last;      /* monotonic ns of the last send */
};
size_t size_next(const struct size_rules *rules, const struct half *out);
/* size_note: n application bytes were sent at `now`, after each record. With n = 0, before a send: restarts
 * the count when nothing was sent for longer than the timeout. */
void size_note(struct size_rules *rules, size_t n, uint64_t now);

#endif
