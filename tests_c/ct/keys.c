/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets of the handshake: what RSA decryption gives (RFC 5246 7.4.7.1), what key agreement gives (RFC 7748 6.1),
 * the key schedule made of it, and Finished, compared as the message handler does it.
 */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "crypto/pkey.h"
#include "ct/taint.h"
#include "handshake/hs.h"

#define PREMASTER 48
#define RSA_BYTES 128 /* the shortest key will do: what libcrypto does with it is not looked at */

/* ---- RSA key exchange ---- */

static bool rsa_key(struct pkey **out)
{
    EVP_PKEY *key = EVP_RSA_gen(8 * RSA_BYTES);
    unsigned char *der = NULL;
    int n = key == NULL ? -1 : i2d_PrivateKey(key, &der);
    CHECK(n > 0 && pkey_from_private_der(SPAN(der, (size_t) n), out));
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return true;
}

static bool decrypt(struct pkey *k, const uint8_t *encrypted, const uint8_t *plain, bool good)
{
    struct secret out = { .n = 0 };
    boundary.on = true;
    bool done = pkey_decrypt_premaster(k, SPAN(encrypted, RSA_BYTES), TLS12, &out);
    boundary.on = false;
    CHECK(done && out.n == PREMASTER && secret_is(out.b, PREMASTER));
    secret_show(out.b, PREMASTER);
    CHECK((memcmp(out.b, plain, PREMASTER) == 0) == good);
    return true;
}

static bool encrypt(struct pkey *k, const uint8_t *plain, size_t n, uint8_t *out)
{
    struct buf room = BUF_FIXED(out, RSA_BYTES);
    struct wr w = wr_to(&room);
    return pkey_encrypt(k, SPAN(plain, n), &w) && room.len == RSA_BYTES;
}

bool case_premaster(void)
{
    struct pkey *k = NULL;
    uint8_t plain[PREMASTER] = { 3, 3, 5, 8, 13 }, encrypted[RSA_BYTES];
    CHECK(rsa_key(&k));
    CHECK(encrypt(k, plain, PREMASTER, encrypted) && decrypt(k, encrypted, plain, true));
    encrypted[RSA_BYTES / 2] ^= 1; /* no padding any more */
    CHECK(decrypt(k, encrypted, plain, false));
    CHECK(encrypt(k, plain, PREMASTER - 1, encrypted) && decrypt(k, encrypted, plain, false));
    plain[1] = 2; /* not the version of the hello */
    CHECK(encrypt(k, plain, PREMASTER, encrypted) && decrypt(k, encrypted, plain, false));
    memset(encrypted, 0xff, sizeof(encrypted)); /* not below the modulus: libcrypto refuses */
    CHECK(decrypt(k, encrypted, plain, false));
    pkey_drop(k);
    return true;
}

/* ---- key agreement ---- */

static bool agree(uint16_t id, bool zero)
{
    struct kx_key mine = { .group = NULL }, theirs = { .group = NULL };
    struct secret one = { .n = 0 }, two = { .n = 0 };
    const struct group *g = group_by_id(id);
    CHECK(kx_generate(g, &mine) && kx_generate(g, &theirs));
    uint8_t share[2][KX_SHARE_MAX];
    memcpy(share[0], mine.share, g->client_share);
    memcpy(share[1], theirs.share, g->client_share);
    unsigned before = boundary.verdicts;
    boundary = (struct boundary){ .on = true, .derive_zero = zero, .verdicts = before };
    bool done = kx_agree(&mine, SPAN(share[1], g->client_share), ERR_BAD_KEY_SHARE, &one);
    boundary.on = boundary.derive_zero = false;
    CHECK(boundary.verdicts == before + (g->kind == GROUP_X));
    CHECK(done == !zero);
    if (zero) {
        CHECK(err_last() == ERR_BAD_KEY_SHARE && one.n == 0);
        kx_wipe(&theirs);
        return true;
    }
    CHECK(kx_agree(&theirs, SPAN(share[0], g->client_share), ERR_BAD_KEY_SHARE, &two));
    CHECK(one.n == g->secret && secret_is(one.b, one.n));
    secret_show(one.b, one.n);
    CHECK(memcmp(one.b, two.b, one.n) == 0);
    return true;
}

bool case_zero_share(void)
{
    CHECK(agree(0x001d, false)); /* x25519 */
    CHECK(agree(0x001d, true));
    CHECK(agree(0x0017, false)); /* secp256r1 */
    return true;
}

/* ---- key schedule and Finished ---- */

static const uint8_t message[] = { 1, 0, 0, 3, 'a', 'b', 'c' };

/* A schedule that stands before the Finished messages and was made of a secret. */
static bool schedule_of(struct schedule *ks, uint16_t version, uint16_t suite, bool ems)
{
    uint8_t premaster[PREMASTER];
    memset(premaster, 0x5a, sizeof(premaster));
    secret_mark(premaster, sizeof(premaster));
    ks_init(ks);
    CHECK(ks_suite(ks, version, suite_by_id(suite)));
    CHECK(transcript_add(&ks->transcript, SPAN_OF(message)));
    if (version == TLS13) {
        CHECK(ks_early(ks, NULL) && ks_handshake(ks, SPAN(premaster, 32)));
    } else {
        CHECK(ks_premaster(ks, SPAN_OF(premaster), ems));
    }
    CHECK(secret_is(ks->current.b, ks->current.n));
    return true;
}

static bool read_finished(uint16_t version, uint16_t suite, bool server, bool good)
{
    static const struct settings roles[] = { { .server = false }, { .server = true } };
    struct handshake hs = { .set = &roles[server] };
    uint8_t verify[HASH_MAX];
    size_t n;
    CHECK(schedule_of(&hs.ks, version, suite, false));
    CHECK(ks_finished(&hs.ks, server, verify, &n));
    CHECK(secret_is(verify, n));
    verify[n - 1] ^= good ? 0 : 1;
    struct rd r = rd_of(SPAN(verify, n));
    unsigned before = boundary.verdicts;
    CHECK(msg_finished_read(&hs, &r) == good);
    CHECK(boundary.verdicts == before + 1);
    ks_wipe(&hs.ks);
    return true;
}

static const struct {
    uint16_t version, suite;
} settled[] = { { TLS13, 0x1301 }, { TLS13, 0x1302 }, { TLS12, 0xc02f }, { TLS12, 0xc030 },
                { TLS12, 0x002f }, { TLS10, 0x002f }, { SSL3, 0x002f } };
#define SETTLED (sizeof(settled) / sizeof(settled[0]))

bool case_finished(void)
{
    for (size_t i = 0; i < SETTLED; i++) {
        for (int k = 0; k < 4; k++) {
            CHECK(read_finished(settled[i].version, settled[i].suite, (k & 1) != 0, (k & 2) != 0));
        }
    }
    return true;
}

static bool keys_are_secret(const struct traffic_keys *k)
{
    return secret_is(k->key, k->key_len) && (k->mac_len == 0 || secret_is(k->mac, k->mac_len));
}

static bool finish13(struct schedule *ks)
{
    static const uint8_t nonce[] = { 0 };
    struct secret psk, traffic;
    struct traffic_keys keys;
    CHECK(ks_master(ks) && ks_resumption(ks));
    traffic = ks->named[SECRET_CLIENT_APP];
    CHECK(ks_traffic_keys(ks->suite, &traffic, &keys) && keys_are_secret(&keys));
    CHECK(ks_next_traffic(ks->suite->prf, &traffic) && secret_is(traffic.b, traffic.n));
    CHECK(ks_psk_of_ticket(ks->suite->prf, &ks->named[SECRET_RESUMPTION], SPAN_OF(nonce), &psk));
    CHECK(secret_is(psk.b, psk.n));
    return true;
}

static bool finish12(struct schedule *ks)
{
    struct traffic_keys client, server;
    CHECK(ks_key_block(ks->version, ks->suite, secret_span(&ks->current), ks->randoms, &client, &server));
    CHECK(keys_are_secret(&client) && keys_are_secret(&server));
    return true;
}

bool case_schedule(void)
{
    for (size_t i = 0; i < SETTLED; i++) {
        for (int ems = 0; ems < 2; ems++) {
            struct schedule ks;
            CHECK(schedule_of(&ks, settled[i].version, settled[i].suite, ems != 0));
            CHECK(ks.version == TLS13 ? finish13(&ks) : finish12(&ks));
            ks_wipe(&ks);
        }
    }
    return true;
}
