/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBC records: SSLv3's MAC of a secret length (RFC 6101 5.2.3.1), the one routine that is our own, and opening of
 * whole records, where text, length and received MAC are secret as soon as libcrypto has decrypted.
 */
#include <string.h>

#include "base/ct.h"
#include "crypto/cipher_parts.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "ct/taint.h"

#define DATA_MAX 160

static const uint8_t header[CIPHER_MAC_HEADER] = { 0, 0, 0, 0, 0, 0, 0, 7, 23, 3, 0, 0, 0 };

static void fill(uint8_t *p, size_t n, unsigned start)
{
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t) (start + 7 * i);
    }
}

static struct cipher_ctx ssl3_context(enum hash_alg alg)
{
    struct cipher_ctx c = { .cipher = &ciphers[CIPHER_AES128_CBC], .mac_alg = alg, .version = SSL3 };
    c.mac_key.n = (uint8_t) hash_size(alg);
    fill(c.mac_key.b, c.mac_key.n, 3);
    return c;
}

static bool ssl3_mac_of(enum hash_alg alg, size_t least, size_t more)
{
    struct cipher_ctx c = ssl3_context(alg);
    uint8_t data[DATA_MAX], hdr[CIPHER_MAC_HEADER], want[HASH_MAX], got[HASH_MAX];
    size_t len = least + more, size = hash_size(alg);
    fill(data, sizeof(data), 1);
    memcpy(hdr, header, sizeof(hdr));
    put_length(hdr, len);
    const struct span in = SPAN(data, len);
    CHECK(ssl3_mac(&c, hdr, &in, 1, want));

    secret_mark(data, sizeof(data));
    secret_mark(c.mac_key.b, c.mac_key.n);
    secret_mark(&len, sizeof(len));
    put_length(hdr, len);
    CHECK(ssl3_mac_secret(&c, hdr, data, least, len, got));
    CHECK(secret_is(got, size));
    secret_show(got, size);
    CHECK(memcmp(got, want, size) == 0);
    return true;
}

bool case_ssl3_mac(void)
{
    static const size_t least[] = { 0, 1, 39, 55, 64, 120 };
    for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
        for (size_t more = 0; more <= CIPHER_BLOCK; more++) {
            CHECK(ssl3_mac_of(HASH_SHA1, least[i], more));
            CHECK(ssl3_mac_of(HASH_MD5, least[i], more));
        }
    }
    return true;
}

/* ---- whole records ---- */

struct row {
    uint16_t version;
    enum cipher_id cipher;
    enum hash_alg mac;
};

enum damage {
    INTACT,
    BAD_TEXT,
    BAD_PADDING
};

static bool key_up(struct cipher_ctx *c, const struct row *row, bool sealing)
{
    uint8_t key[32], mac_key[HASH_MAX], iv[CIPHER_BLOCK];
    const struct cipher *cipher = &ciphers[row->cipher];
    fill(key, sizeof(key), 11);
    fill(mac_key, sizeof(mac_key), 22);
    fill(iv, sizeof(iv), 33);
    return cipher_key(c, cipher, row->version, sealing, SPAN(key, cipher->key), row->mac,
                      SPAN(mac_key, hash_size(row->mac)), SPAN(iv, cipher->block));
}

/* One record of n bytes; gives its size. */
static bool make_record(const struct row *row, size_t n, enum damage damage, uint8_t *frag, size_t *size)
{
    struct cipher_ctx tx = { .cipher = NULL };
    uint8_t text[DATA_MAX], hdr[CIPHER_MAC_HEADER];
    fill(text, sizeof(text), 1);
    memcpy(hdr, header, sizeof(hdr));
    CHECK(key_up(&tx, row, true));
    const struct span in = SPAN(text, n);
    *size = cipher_cbc_size(&tx, n);
    CHECK(cipher_cbc_seal(&tx, hdr, &in, 1, frag, *size));
    cipher_wipe(&tx);
    if (damage !=
        INTACT) { /* a block damages the one after it in the same place: the last byte is padding's length */
        frag[damage == BAD_TEXT ? 0 : *size - 1 - ciphers[row->cipher].block] ^= 0xa5;
    }
    return true;
}

static bool open_record(const struct row *row, size_t n, enum damage damage)
{
    struct cipher_ctx rx = { .cipher = NULL };
    uint8_t frag[2 * DATA_MAX], text[DATA_MAX], hdr[CIPHER_MAC_HEADER];
    struct span out = SPAN_NONE;
    size_t size = 0;
    CHECK(make_record(row, n, damage, frag, &size) && key_up(&rx, row, false));
    fill(text, sizeof(text), 1);
    memcpy(hdr, header, sizeof(hdr));
    unsigned before = boundary.verdicts;
    boundary.on = true;
    bool opened = cipher_cbc_open(&rx, hdr, frag, size, &out);
    boundary.on = false;
    cipher_wipe(&rx);
    CHECK(boundary.verdicts == before + 1);
    CHECK(opened == (damage == INTACT));
    if (!opened) {
        CHECK(err_last() == ERR_DECRYPT && out.p == NULL);
        return true;
    }
    CHECK(secret_is(&out.n, sizeof(out.n)) && (n == 0 || secret_is(out.p, n)));
    secret_show(&out.n, sizeof(out.n));
    secret_show(out.p, n);
    CHECK(out.n == n && memcmp(out.p, text, n) == 0);
    return true;
}

bool case_cbc_open(void)
{
    static const struct row rows[] = {
        { SSL3, CIPHER_AES128_CBC, HASH_SHA1 },    { SSL3, CIPHER_3DES_CBC, HASH_SHA1 },
        { TLS10, CIPHER_AES256_CBC, HASH_SHA1 },   { TLS11, CIPHER_3DES_CBC, HASH_SHA1 },
        { TLS12, CIPHER_AES128_CBC, HASH_SHA1 },   { TLS12, CIPHER_AES128_CBC, HASH_SHA256 },
        { TLS12, CIPHER_AES256_CBC, HASH_SHA384 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK(crypto_has_cipher(&ciphers[rows[i].cipher]));
        for (size_t n = 0; n <= 2 * CIPHER_BLOCK; n++) {
            CHECK(open_record(&rows[i], n, INTACT));
            CHECK(open_record(&rows[i], n, BAD_TEXT));
            CHECK(open_record(&rows[i], n, BAD_PADDING));
        }
    }
    return true;
}

/* The MAC for senders, whose length is public, on a secret length: what ssl3_mac_secret is there to avoid. */
bool leak_length(void)
{
    struct cipher_ctx c = ssl3_context(HASH_SHA1);
    uint8_t data[DATA_MAX], out[HASH_MAX];
    size_t len = 60;
    fill(data, sizeof(data), 1);
    secret_mark(&len, sizeof(len));
    const struct span in = SPAN(data, len);
    return ssl3_mac(&c, header, &in, 1, out);
}
