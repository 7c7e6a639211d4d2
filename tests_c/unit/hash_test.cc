/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes and HMAC: known answers (FIPS 180, RFC 1321, RFC 4231), snapshots, the pair of MD5 and SHA-1, and
 * the provider's contexts that stand in for the low-level ones in FIPS mode. Randomness and the probe of
 * libcrypto too.
 */
#include "support/core_fixture.h"

#include <openssl/evp.h>

#include <cstdlib>

extern "C" {
#include "crypto/hash.h"
#include "crypto/rand.h"
}

namespace
{

class Hash : public CoreTest
{
  protected:
    static std::string Once(enum hash_alg alg, const Bytes &message)
    {
        Bytes out(hash_size(alg));
        EXPECT_TRUE(hash_once(alg, Span(message), out.data()));
        return ToHex(out);
    }
};

const Bytes kAbc = { 'a', 'b', 'c' };
const char kMd5[] = "900150983cd24fb0d6963f7d28e17f72";
const char kSha1[] = "a9993e364706816aba3e25717850c26c9cd0d89d";
const char kSha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_F(Hash, KnownAnswersOfAbc)
{
    EXPECT_EQ(Once(HASH_MD5, kAbc), kMd5);
    EXPECT_EQ(Once(HASH_SHA1, kAbc), kSha1);
    EXPECT_EQ(Once(HASH_MD5_SHA1, kAbc), std::string(kMd5) + kSha1);
    EXPECT_EQ(Once(HASH_SHA224, kAbc), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    EXPECT_EQ(Once(HASH_SHA256, kAbc), kSha256);
    EXPECT_EQ(Once(HASH_SHA384, kAbc), "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                                       "8086072ba1e7cc2358baeca134c825a7");
    EXPECT_EQ(Once(HASH_SHA512, kAbc), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_F(Hash, PiecesGiveTheSameAsTheWhole)
{
    Bytes message(1000);
    for (size_t i = 0; i < message.size(); i++) {
        message[i] = static_cast<uint8_t>(i * i);
    }
    for (int alg = HASH_MD5; alg < HASH_COUNT; alg++) {
        struct hash h;
        ASSERT_TRUE(hash_start(&h, static_cast<enum hash_alg>(alg)));
        for (size_t at = 0, n = 0; at < message.size(); at += n, n++) {
            n = std::min(n, message.size() - at);
            ASSERT_TRUE(hash_update(&h, SPAN(message.data() + at, n)));
        }
        Bytes out(hash_size(h.alg));
        ASSERT_TRUE(hash_final(&h, out.data()));
        EXPECT_EQ(ToHex(out), Once(static_cast<enum hash_alg>(alg), message)) << alg;
        EXPECT_EQ(h.alg, HASH_NONE);
    }
}

TEST_F(Hash, PeekAndCopyLeaveTheRunningHashAlone)
{
    struct hash h, copy;
    Bytes out(32);
    ASSERT_TRUE(hash_start(&h, HASH_SHA256));
    ASSERT_TRUE(hash_update(&h, Text("ab")));
    ASSERT_TRUE(hash_copy(&copy, &h));
    ASSERT_TRUE(hash_peek(&h, out.data()));
    EXPECT_EQ(ToHex(out), Once(HASH_SHA256, { 'a', 'b' }));
    ASSERT_TRUE(hash_update(&h, Text("c")));
    ASSERT_TRUE(hash_final(&h, out.data()));
    EXPECT_EQ(ToHex(out), kSha256);
    ASSERT_TRUE(hash_update(&copy, Text("c")));
    ASSERT_TRUE(hash_final(&copy, out.data()));
    EXPECT_EQ(ToHex(out), kSha256);
}

TEST_F(Hash, HalvesOfThePairGoOnByThemselves)
{
    struct hash pair, half;
    Bytes out(20);
    ASSERT_TRUE(hash_start(&pair, HASH_MD5_SHA1));
    ASSERT_TRUE(hash_update(&pair, Text("ab")));
    ASSERT_TRUE(hash_half(&half, &pair, HASH_MD5));
    ASSERT_TRUE(hash_update(&half, Text("c")));
    ASSERT_TRUE(hash_final(&half, out.data()));
    EXPECT_EQ(ToHex(out.data(), 16), kMd5);
    ASSERT_TRUE(hash_half(&half, &pair, HASH_SHA1));
    ASSERT_TRUE(hash_update(&half, Text("c")));
    ASSERT_TRUE(hash_final(&half, out.data()));
    EXPECT_EQ(ToHex(out), kSha1);
    EXPECT_FALSE(hash_half(&half, &pair, HASH_SHA256));
    hash_wipe(&pair);
    ASSERT_TRUE(hash_start(&pair, HASH_SHA256));
    EXPECT_FALSE(hash_half(&half, &pair, HASH_MD5));
    EXPECT_EQ(err_last(), ERR_HASH_INVALID_ALGORITHM);
    hash_wipe(&pair);
}

TEST_F(Hash, NoAlgorithmIsNoHash)
{
    struct hash h;
    uint8_t out[HASH_MAX];
    EXPECT_FALSE(hash_start(&h, HASH_NONE));
    EXPECT_EQ(err_last(), ERR_HASH_INVALID_ALGORITHM);
    EXPECT_FALSE(hash_once(HASH_NONE, SPAN_NONE, out));
    h = {};
    EXPECT_FALSE(hash_update(&h, Text("a")));
    EXPECT_EQ(err_last(), ERR_HASH_UPDATE_FAILED);
    EXPECT_FALSE(hash_final(&h, out));
    EXPECT_EQ(err_last(), ERR_HASH_DIGEST_FAILED);
}

TEST_F(Hash, WipeLeavesNothing)
{
    struct hash h;
    ASSERT_TRUE(hash_start(&h, HASH_SHA512));
    ASSERT_TRUE(hash_update(&h, Text("secret")));
    hash_wipe(&h);
    EXPECT_EQ(Bytes(h.state, h.state + sizeof(h.state)), Bytes(sizeof(h.state), 0));
    hash_wipe(&h);
}

TEST_F(Hash, ProviderContextBehavesTheSame)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ASSERT_EQ(EVP_DigestInit_ex(ctx, EVP_sha256(), nullptr), 1);
    struct hash h = {}, copy;
    h.alg = HASH_SHA256;
    h.provider = true;
    std::memcpy(h.state, &ctx, sizeof(ctx));
    Bytes out(32);
    ASSERT_TRUE(hash_update(&h, Text("ab")));
    ASSERT_TRUE(hash_copy(&copy, &h));
    ASSERT_TRUE(hash_peek(&h, out.data()));
    EXPECT_EQ(ToHex(out), Once(HASH_SHA256, { 'a', 'b' }));
    for (struct hash *one : { &h, &copy }) {
        ASSERT_TRUE(hash_update(one, Text("c")));
    }
    ASSERT_TRUE(hash_final(&h, out.data()));
    EXPECT_EQ(ToHex(out), kSha256);
    EXPECT_FALSE(h.provider);
    hash_wipe(&copy); /* frees: the leak checker watches */
}

/* ---- HMAC ---- */

std::string Repeat(const char *hex, int n)
{
    std::string all;
    while (n-- > 0) {
        all += hex;
    }
    return all;
}

std::string AsHex(const char *text)
{
    return ToHex(reinterpret_cast<const uint8_t *>(text), std::strlen(text));
}

void ExpectHmac(enum hash_alg alg, const Bytes &key, const Bytes &message, const std::string &expected)
{
    struct hmac mac;
    ASSERT_TRUE(hmac_key(&mac, alg, SPAN(key.data(), key.size())));
    Bytes out(hash_size(alg));
    size_t cut = message.size() / 3;
    const struct span whole[] = { SPAN(message.data(), message.size()) };
    const struct span parts[] = { SPAN(message.data(), cut), SPAN_NONE,
                                  SPAN(message.data() + cut, message.size() - cut) };
    ASSERT_TRUE(hmac_run(&mac, whole, 1, out.data()));
    EXPECT_EQ(ToHex(out), expected) << alg;
    ASSERT_TRUE(hmac_run(&mac, parts, 3, out.data())); /* the same key again, in pieces */
    EXPECT_EQ(ToHex(out), expected) << alg;
    hmac_wipe(&mac);
    EXPECT_EQ(mac.inner.alg, HASH_NONE);
}

TEST_F(Hash, HmacOfRfc4231)
{
    struct {
        std::string key, message, sha224, sha256, sha384, sha512;
    } cases[] = {
        { Repeat("0b", 20), AsHex("Hi There"), "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
          "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
          "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
          "be9d914eeb61f1702e696c203a126854" },
        { AsHex("Jefe"), AsHex("what do ya want for nothing?"),
          "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
          "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
          "caeab1a34d4a6b4b636e070a38bce737" },
        { Repeat("aa", 131), AsHex("Test Using Larger Than Block-Size Key - Hash Key First"),
          "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e",
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
          "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
          "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
          "95e64f73f63f0aec8b915a985d786598" },
    };
    for (const auto &c : cases) {
        ExpectHmac(HASH_SHA224, FromHex(c.key), FromHex(c.message), c.sha224);
        ExpectHmac(HASH_SHA256, FromHex(c.key), FromHex(c.message), c.sha256);
        ExpectHmac(HASH_SHA384, FromHex(c.key), FromHex(c.message), c.sha384);
        ExpectHmac(HASH_SHA512, FromHex(c.key), FromHex(c.message), c.sha512);
    }
}

TEST_F(Hash, HmacOfEveryKeyLengthIsLibcryptos)
{
    const EVP_MD *mds[HASH_COUNT] = { nullptr,      EVP_md5(),    EVP_sha1(),  EVP_sha224(),
                                      EVP_sha256(), EVP_sha384(), EVP_sha512() };
    Bytes message = FromHex("00112233445566778899");
    for (int alg = HASH_MD5; alg <= HASH_SHA512; alg++) {
        for (size_t n : { 1, 63, 64, 65, 127, 128, 129, 300 }) {
            Bytes key(n, static_cast<uint8_t>(n));
            Bytes want(EVP_MAX_MD_SIZE);
            size_t len = 0;
            ASSERT_NE(EVP_Q_mac(nullptr, "HMAC", nullptr, EVP_MD_get0_name(mds[alg]), nullptr, key.data(), n,
                                message.data(), message.size(), want.data(), want.size(), &len),
                      nullptr);
            want.resize(len);
            ExpectHmac(static_cast<enum hash_alg>(alg), key, message, ToHex(want));
        }
    }
}

TEST_F(Hash, HmacOverThePairOrNothingIsRefused)
{
    struct hmac mac;
    for (enum hash_alg alg : { HASH_NONE, HASH_MD5_SHA1 }) {
        EXPECT_FALSE(hmac_key(&mac, alg, Text("key")));
        EXPECT_EQ(err_last(), ERR_HMAC_INVALID_ALGORITHM);
        hmac_wipe(&mac); /* safe after a failure */
    }
}

/* ---- randomness, and what libcrypto can do ---- */

TEST_F(Hash, RandomBytesDifferAndBoundsHold)
{
    Bytes a(32), b(32);
    ASSERT_TRUE(rand_public(a.data(), a.size()));
    ASSERT_TRUE(rand_private(b.data(), b.size()));
    EXPECT_NE(a, b);
    EXPECT_FALSE(rand_public(a.data(), SIZE_MAX));
    EXPECT_EQ(err_last(), ERR_RANDOM);
    uint64_t seen = 0;
    for (int i = 0; i < 2000; i++) {
        uint64_t v = 99;
        ASSERT_TRUE(rand_below(10, &v));
        ASSERT_LT(v, 10u);
        seen |= UINT64_C(1) << v;
    }
    EXPECT_EQ(seen, 0x3ffu);
    uint64_t v = 99;
    ASSERT_TRUE(rand_below(1, &v));
    EXPECT_EQ(v, 0u);
    ASSERT_TRUE(rand_below(UINT64_MAX, &v));
}

TEST_F(Hash, LibcryptoHasEverythingButRc4AndPostQuantum)
{
    for (const struct cipher &c : ciphers) {
        EXPECT_EQ(crypto_has_cipher(&c), c.id != CIPHER_RC4) << c.name;
    }
    for (const struct suite &s : suites) {
        EXPECT_EQ(crypto_has_suite(&s), s.cipher->id != CIPHER_RC4) << s.iana;
    }
    for (const struct group &g : groups) {
        EXPECT_EQ(crypto_has_group(&g), g.kind == GROUP_EC || g.kind == GROUP_X) << g.name;
    }
    for (const struct sigscheme &s : sigschemes) {
        EXPECT_EQ(crypto_has_scheme(&s), s.sig != SIG_MLDSA) << s.policy_name;
    }
    EXPECT_FALSE(crypto_fips());
    EXPECT_EQ(crypto_version(), static_cast<unsigned long>(OPENSSL_VERSION_NUMBER));
}

/* Where a FIPS provider is active, hashing must go through it; where there is none, there is no init. */
[[noreturn]] void InitInFipsMode()
{
    bool right = EVP_default_properties_enable_fips(nullptr, 1) == 1;
    uint8_t out[32];
    if (crypto_init()) {
        right = right && crypto_fips() && hash_once(HASH_SHA256, SPAN(kAbc.data(), 3), out) &&
                ToHex(out, 32) == kSha256;
        right = right && !crypto_has_cipher(&ciphers[CIPHER_CHACHA20_POLY1305]);
    } else {
        right =
            right && err_last() == ERR_HASH_INIT_FAILED && !crypto_has_cipher(&ciphers[CIPHER_AES128_GCM]);
    }
    crypto_cleanup();
    right = right && EVP_default_properties_enable_fips(nullptr, 0) == 1 && crypto_init() && !crypto_fips();
    crypto_cleanup();
    std::_Exit(right ? 0 : 1);
}

TEST(HashDeathTest, FipsModeNeedsAFipsProvider)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(InitInFipsMode(), testing::ExitedWithCode(0), "");
}

} // namespace
