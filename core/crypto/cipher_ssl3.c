/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSLv3's MAC (RFC 6101 5.2.3.1): hash(key | pad2 | hash(key | pad1 | seq | type | length | data)). Called by
 * cipher_cbc.c. The receiving one is constant time in the length of the data: SSLv3 padding is at most one
 * block, so the hash over all that is certainly data is run once and then finished for every length that is
 * possible, and the right result is picked with masks.
 */
#include <string.h>

#include "base/ct.h"
#include "crypto/cipher_parts.h"
#include "crypto/hash.h"

#define PAD_MAX 48 /* MD5; 40 for SHA-1 */

static bool keyed_hash(const struct cipher_ctx *c, uint8_t pad, struct hash *h)
{
    uint8_t pads[PAD_MAX];
    memset(pads, pad, sizeof(pads));
    return hash_start(h, c->mac_alg) && hash_update(h, secret_span(&c->mac_key)) &&
           hash_update(h, SPAN(pads, c->mac_alg == HASH_MD5 ? 48 : 40));
}

static bool start_inner(const struct cipher_ctx *c, const uint8_t *hdr13, struct hash *h)
{
    /* The header without the version, which SSLv3 does not authenticate. */
    return keyed_hash(c, 0x36, h) && hash_update(h, SPAN(hdr13, 9)) && hash_update(h, SPAN(hdr13 + 11, 2));
}

static bool outer(const struct cipher_ctx *c, const uint8_t *inner, uint8_t *out)
{
    struct hash h;
    bool ok =
        keyed_hash(c, 0x5c, &h) && hash_update(&h, SPAN(inner, hash_size(c->mac_alg))) && hash_final(&h, out);
    hash_wipe(&h);
    return ok;
}

bool ssl3_mac(const struct cipher_ctx *c, const uint8_t *hdr13, const struct span *in, size_t n, uint8_t *out)
{
    struct hash h;
    uint8_t inner[HASH_MAX];
    bool ok = start_inner(c, hdr13, &h);
    for (size_t i = 0; ok && i < n; i++) {
        ok = hash_update(&h, in[i]);
    }
    ok = ok && hash_final(&h, inner);
    hash_wipe(&h);
    return ok && outer(c, inner, out);
}

/* The inner hash of one possible ending, kept where it is the real one. */
static bool try_ending(const struct cipher_ctx *c, const struct hash *common, struct span rest, uint32_t mask,
                       uint8_t *inner)
{
    struct hash h;
    uint8_t digest[HASH_MAX];
    bool ok = hash_copy(&h, common) && hash_update(&h, rest) && hash_final(&h, digest);
    hash_wipe(&h);
    for (size_t i = 0; ok && i < hash_size(c->mac_alg); i++) {
        inner[i] = ct_select8(mask, digest[i], inner[i]);
    }
    return ok;
}

bool ssl3_mac_secret(const struct cipher_ctx *c, const uint8_t *hdr13, const uint8_t *data, size_t least,
                     size_t len, uint8_t *out)
{
    struct hash common;
    uint8_t inner[HASH_MAX] = { 0 };
    bool ok = start_inner(c, hdr13, &common) && hash_update(&common, SPAN(data, least));
    for (size_t more = 0; ok && more <= c->cipher->block; more++) {
        uint32_t mask = ct_mask_eq((uint32_t) (len - least), (uint32_t) more);
        ok = try_ending(c, &common, SPAN(data + least, more), mask, inner);
    }
    hash_wipe(&common);
    return ok && outer(c, inner, out);
}
