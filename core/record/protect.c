/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a half, and how it turns its sequence number into what its cipher needs for a record: the nonce
 * and the associated data of RFC 8446 5.2-5.3, RFC 5246 6.2.3, RFC 5288 3, RFC 7905 2. Called by open.c and
 * seal.c, which do headers, types and counting; the cryptography is crypto/cipher.h.
 */
#include "record/protect.h"

#include <string.h>

/* ---- halves ---- */

void half_init(struct half *h)
{
    memset(h, 0, sizeof(*h));
    h->cipher = &ciphers[CIPHER_NULL];
}

void half_wipe(struct half *h)
{
    cipher_wipe(&h->ctx);
    wipe(h, sizeof(*h));
    half_init(h);
}

static size_t iv_size(uint16_t version, const struct cipher *cipher)
{
    if (cipher->kind == KIND_AEAD) {
        return version == TLS13 ? CIPHER_NONCE : cipher->fixed_iv;
    }
    return version <= TLS10 ? cipher->block : 0;
}

bool half_key(struct half *h, uint16_t version, const struct suite *suite, bool sealing,
              struct traffic_keys_view keys, uint64_t seq)
{
    const struct cipher *cipher = suite->cipher;
    size_t iv_len = iv_size(version, cipher);
    struct span iv = SPAN(keys.iv.p, iv_len);
    if (keys.iv.n < iv_len ||
        !cipher_key(&h->ctx, cipher, version, sealing, keys.key, suite->mac, keys.mac, iv)) {
        half_wipe(h);
        return fail(ERR_KEY_INIT);
    }
    h->version = version;
    h->cipher = cipher;
    h->mac = suite->mac;
    h->seq = seq;
    memset(h->iv, 0, sizeof(h->iv));
    if (iv_len > 0) {
        memcpy(h->iv, iv.p, iv_len);
    }
    return true;
}

bool half_keyed(const struct half *h)
{
    return h->cipher->kind != KIND_NULL;
}

bool half_iv(const struct half *h, uint8_t *out)
{
    if (h->cipher->kind != KIND_CBC || h->version > TLS10) {
        return fail(ERR_SAFETY);
    }
    return cipher_cbc_iv(&h->ctx, out);
}

uint64_t half_limit(const struct half *h)
{
    uint64_t limit = h->version == TLS13 ? h->cipher->limit : UINT64_MAX;
    return limit > h->seq ? limit - h->seq : 0;
}

/* ---- sizes ---- */

size_t protect_size(const struct half *h, size_t n)
{
    if (h->cipher->kind == KIND_AEAD) {
        return n + CIPHER_TAG + (h->version == TLS13 ? 1U : h->cipher->explicit_iv);
    }
    return h->cipher->kind == KIND_CBC ? cipher_cbc_size(&h->ctx, n) : n;
}

size_t protect_least(const struct half *h)
{
    if (h->cipher->kind == KIND_AEAD) {
        return CIPHER_TAG + (h->version == TLS13 ? 0U : h->cipher->explicit_iv);
    }
    return h->cipher->kind == KIND_CBC ? cipher_cbc_least(&h->ctx) : 0;
}

size_t record_overhead(const struct half *h, size_t n)
{
    return RECORD_HEADER + protect_size(h, n) - n;
}

/* ---- nonces and headers ---- */

static void put_u64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++) {
        p[i] = (uint8_t) (v >> (56 - 8 * i));
    }
}

/* RFC 8446 5.3 and RFC 7905 2: the IV with the sequence number added in. */
static void nonce_xor(const struct half *h, uint8_t *out)
{
    put_u64(out + 4, h->seq);
    memcpy(out, h->iv, 4);
    for (int i = 4; i < CIPHER_NONCE; i++) {
        out[i] ^= h->iv[i];
    }
}

/* RFC 5288 3: the fixed IV, then what the wire says, which we make the sequence number. */
static void nonce_explicit(const struct half *h, const uint8_t *explicit, uint8_t *out)
{
    memcpy(out, h->iv, 4);
    memcpy(out + 4, explicit, 8);
}

/* The length is filled in below, where it is known. */
static void mac_header(const struct half *h, uint8_t type, uint16_t version, uint8_t *out)
{
    put_u64(out, h->seq);
    out[8] = type;
    put_u16(out + 9, version);
}

/* ---- sealing ---- */

static bool seal13(struct half *h, uint8_t type, uint8_t *out, const struct span *in, size_t n)
{
    uint8_t nonce[CIPHER_NONCE];
    nonce_xor(h, nonce);
    return cipher_seal(&h->ctx, nonce, SPAN(out, RECORD_HEADER), in, n, SPAN(&type, 1), out + RECORD_HEADER);
}

static bool seal12(struct half *h, uint8_t type, uint8_t *out, const struct span *in, size_t n)
{
    uint8_t hdr13[CIPHER_MAC_HEADER];
    uint8_t nonce[CIPHER_NONCE];
    mac_header(h, type, (uint16_t) (out[1] << 8 | out[2]), hdr13);
    if (h->cipher->nonce == NONCE_XOR) {
        nonce_xor(h, nonce);
    } else {
        nonce_explicit(h, hdr13, nonce);
    }
    return cipher_seal12(&h->ctx, nonce, hdr13, in, n, out + RECORD_HEADER);
}

static bool seal_cbc(struct half *h, uint8_t type, uint8_t *out, const struct span *in, size_t n, size_t size)
{
    uint8_t hdr13[CIPHER_MAC_HEADER];
    mac_header(h, type, (uint16_t) (out[1] << 8 | out[2]), hdr13);
    return cipher_cbc_seal(&h->ctx, hdr13, in, n, out + RECORD_HEADER, size);
}

bool protect_seal(struct half *h, uint8_t type, uint8_t *out, const struct span *in, size_t n, size_t size)
{
    if (h->cipher->kind == KIND_CBC) {
        return seal_cbc(h, type, out, in, n, size);
    }
    return h->version == TLS13 ? seal13(h, type, out, in, n) : seal12(h, type, out, in, n);
}

/* ---- opening ---- */

/* A caller who asks for just what a record holds has no room for the type behind it, so the last byte stays
 * apart. Below this size a copy afterwards is cheaper than the call more that it takes. */
#define APART_FROM 4096

static bool open13(struct half *h, const struct rec_header *hdr, uint8_t *body, uint8_t *dst, size_t dst_cap,
                   struct span *out, uint8_t *last)
{
    uint8_t nonce[CIPHER_NONCE];
    uint8_t aad[RECORD_HEADER] = { hdr->type };
    put_u16(aad + 1, hdr->version);
    put_u16(aad + 3, hdr->len);
    nonce_xor(h, nonce);
    size_t total = hdr->len - (size_t) CIPHER_TAG;
    size_t text = total > 0 ? total - 1 : 0;
    bool apart = dst_cap == text && text >= APART_FROM;
    bool direct = dst != NULL && (dst_cap >= total || apart);
    uint8_t *plain = direct ? dst : body;
    uint8_t *end = direct && apart ? body + text : plain + text; /* where the last byte will be */
    uint8_t before = total > text ? *end : 0;
    TRY(cipher_open(&h->ctx, nonce, SPAN_OF(aad), body, hdr->len, plain, direct && apart ? text : total));
    *out = SPAN(plain, text);
    *last = total > text ? *end : 0;
    if (total > text) { /* it is none of the caller's, whose memory beyond the data stays as it was */
        *end = before;
    }
    return true;
}

static bool open12(struct half *h, const struct rec_header *hdr, uint8_t *body, uint8_t *dst, size_t dst_cap,
                   struct span *out)
{
    uint8_t hdr13[CIPHER_MAC_HEADER];
    uint8_t nonce[CIPHER_NONCE];
    mac_header(h, hdr->type, hdr->version, hdr13);
    if (h->cipher->nonce == NONCE_XOR) {
        nonce_xor(h, nonce);
    } else {
        nonce_explicit(h, body, nonce);
    }
    bool fits = dst_cap >= hdr->len - protect_least(h);
    return cipher_open12(&h->ctx, nonce, hdr13, body, hdr->len, fits ? dst : NULL, out);
}

static bool open_cbc(struct half *h, const struct rec_header *hdr, uint8_t *body, struct span *out)
{
    uint8_t hdr13[CIPHER_MAC_HEADER];
    if (hdr->len % h->cipher->block != 0) {
        return fail(ERR_DECRYPT);
    }
    mac_header(h, hdr->type, hdr->version, hdr13);
    return cipher_cbc_open(&h->ctx, hdr13, body, hdr->len, out);
}

bool protect_open(struct half *h, const struct rec_header *hdr, uint8_t *body, uint8_t *dst, size_t dst_cap,
                  struct span *out, uint8_t *last)
{
    if (h->cipher->kind == KIND_CBC) {
        return open_cbc(h, hdr, body, out);
    }
    return h->version == TLS13 ? open13(h, hdr, body, dst, dst_cap, out, last)
                               : open12(h, hdr, body, dst, dst_cap, out);
}
