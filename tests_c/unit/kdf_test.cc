/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key derivation: RFC 5869 appendix A, the published vectors of the TLS 1.2 and 1.0 PRFs, and for the rest
 * values computed with an independent program (Python's hmac and hashlib).
 */
#include "support/core_fixture.h"

#include <numeric>

extern "C" {
#include "crypto/kdf.h"
}

namespace
{

class Kdf : public CoreTest
{
  protected:
    /* n bytes counting up from `first` */
    static Bytes Count(int first, size_t n)
    {
        Bytes bytes(n);
        std::iota(bytes.begin(), bytes.end(), static_cast<uint8_t>(first));
        return bytes;
    }
    static std::string ExtractAndExpand(const Bytes &salt, const Bytes &ikm, const Bytes &info, size_t n)
    {
        struct secret prk;
        Bytes out(n);
        EXPECT_TRUE(kdf_extract(HASH_SHA256, Span(salt), Span(ikm), &prk));
        EXPECT_TRUE(kdf_expand(HASH_SHA256, secret_span(&prk), Span(info), out.data(), n));
        return ToHex(out);
    }
    static std::string Prf(enum hash_alg alg, const Bytes &secret, const char *label, const Bytes &seed,
                           size_t n)
    {
        Bytes out(n);
        size_t cut = seed.size() / 2;
        EXPECT_TRUE(kdf_prf(alg, Span(secret), label, SPAN(seed.data(), cut),
                            SPAN(seed.data() + cut, seed.size() - cut), out.data(), n));
        return ToHex(out);
    }
};

TEST_F(Kdf, HkdfOfRfc5869)
{
    EXPECT_EQ(ExtractAndExpand(Count(0, 13), Bytes(22, 0x0b), Count(0xf0, 10), 42),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(
        ExtractAndExpand(Count(0x60, 80), Count(0, 80), Count(0xb0, 80), 82),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
    EXPECT_EQ(ExtractAndExpand({}, Bytes(22, 0x0b), {}, 42),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_F(Kdf, ExtractOfAnAbsentSaltIsThatOfZeros)
{
    struct secret absent, zeros;
    Bytes salt(32, 0), ikm(22, 0x0b);
    ASSERT_TRUE(kdf_extract(HASH_SHA256, SPAN_NONE, Span(ikm), &absent));
    ASSERT_TRUE(kdf_extract(HASH_SHA256, Span(salt), Span(ikm), &zeros));
    EXPECT_EQ(Hex(secret_span(&absent)), "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    EXPECT_EQ(Hex(secret_span(&absent)), Hex(secret_span(&zeros)));
}

TEST_F(Kdf, ExpandGivesAtMost255Blocks)
{
    Bytes out(255 * 32 + 1);
    ASSERT_TRUE(kdf_expand(HASH_SHA256, Text("key"), SPAN_NONE, out.data(), out.size() - 1));
    EXPECT_FALSE(kdf_expand(HASH_SHA256, Text("key"), SPAN_NONE, out.data(), out.size()));
    EXPECT_EQ(err_last(), ERR_HKDF_OUTPUT_SIZE);
    EXPECT_TRUE(kdf_expand(HASH_SHA256, Text("key"), SPAN_NONE, out.data(), 0));
}

TEST_F(Kdf, ExpandLabelTakesLabelAndContext)
{
    struct secret secret = { 32, {} };
    Bytes key = Count(0, 32), context = FromHex("010203"), out(100);
    std::memcpy(secret.b, key.data(), key.size());
    ASSERT_TRUE(kdf_label(HASH_SHA256, &secret, "my label", Span(context), out.data(), out.size()));
    EXPECT_EQ(
        ToHex(out),
        "0aee99c47ca6ef97994170247abf3803dc4f31cda9fc607b89d72d24507ace2da405c53a7db4d27523101547fe04e127"
        "2df0e8ce6f89c4352a54145a734843df5e02a93aea598c229a6e1f3aba4156b07e5b18b59cd29a1208f6f1d6ec4c48d6"
        "56bcfbe4");
}

TEST_F(Kdf, PreparedSecretGivesManyLabels)
{
    struct kdf_prk prk;
    Bytes secret = Count(0, 48), key(32), iv(12);
    ASSERT_TRUE(kdf_prk_set(&prk, HASH_SHA384, Span(secret)));
    ASSERT_TRUE(kdf_prk_label(&prk, "key", SPAN_NONE, key.data(), key.size()));
    ASSERT_TRUE(kdf_prk_label(&prk, "iv", SPAN_NONE, iv.data(), iv.size()));
    EXPECT_EQ(ToHex(key), "6877d022f1c61d24ebb7487c16752d9a4798e40431c75b39320e537c90e23225");
    EXPECT_EQ(ToHex(iv), "42822531a0fe88648fc09e9f");
    kdf_prk_wipe(&prk);
    EXPECT_EQ(prk.mac.inner.alg, HASH_NONE);
}

TEST_F(Kdf, LabelAndContextMustFitTheirLengthFields)
{
    struct kdf_prk prk;
    uint8_t out[16];
    Bytes context(255, 1), longer(256, 1);
    std::string longest(249, 'l');
    ASSERT_TRUE(kdf_prk_set(&prk, HASH_SHA256, Text("secret")));
    EXPECT_TRUE(kdf_prk_label(&prk, longest.c_str(), Span(context), out, sizeof(out)));
    EXPECT_FALSE(kdf_prk_label(&prk, (longest + "l").c_str(), SPAN_NONE, out, sizeof(out)));
    EXPECT_EQ(err_last(), ERR_SIZE_MISMATCH);
    EXPECT_FALSE(kdf_prk_label(&prk, "l", Span(longer), out, sizeof(out)));
    EXPECT_FALSE(kdf_prk_label(&prk, "l", SPAN_NONE, out, 65536));
    EXPECT_EQ(err_last(), ERR_HKDF_OUTPUT_SIZE);
    kdf_prk_wipe(&prk);
}

TEST_F(Kdf, Tls12PrfMatchesThePublishedVector)
{
    EXPECT_EQ(
        Prf(HASH_SHA256, FromHex("9bbe436ba940f017b17652849a71db35"), "test label",
            FromHex("a0ba9f936cda311827a6f796ffd5198c"), 100),
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
        "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66");
    EXPECT_EQ(
        Prf(HASH_SHA384, FromHex("b80b733d6ceefcdc71566ea48e5567df"), "test label",
            FromHex("cd665cf6a8447dd6ff8b27555edb7465"), 48),
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0");
}

TEST_F(Kdf, Tls10PrfMatchesThePublishedVector)
{
    EXPECT_EQ(
        Prf(HASH_MD5_SHA1, Bytes(48, 0xab), "PRF Testvector", Bytes(64, 0xcd), 104),
        "d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4eb"
        "d31e602353776c408aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f"
        "1afbc655a8c9a013");
}

TEST_F(Kdf, Tls10PrfSharesTheMiddleByteOfAnOddSecret)
{
    EXPECT_EQ(
        Prf(HASH_MD5_SHA1, Count(0, 13), "label", { 's', 'e', 'e', 'd' }, 50),
        "dbc8ecf8c62571dae1af5050961d1040c7ba21ad522ef6a2f2d29a41e3530201673faf9441173e4e2f20727e3fae61cd"
        "254f");
}

TEST_F(Kdf, PrfRefusesAHashThatHasNoHmac)
{
    uint8_t out[4] = { 1, 2, 3, 4 };
    EXPECT_FALSE(kdf_prf(HASH_NONE, Text("secret"), "label", SPAN_NONE, SPAN_NONE, out, sizeof(out)));
    EXPECT_EQ(err_last(), ERR_HMAC_INVALID_ALGORITHM);
    EXPECT_EQ(ToHex(out, 4), "00000000");
}

TEST_F(Kdf, Ssl3Derivation)
{
    Bytes secret = Count(0, 48), r1(32, 0x11), r2(32, 0x22), out(104);
    ASSERT_TRUE(kdf_ssl3(Span(secret), Span(r1), Span(r2), out.data(), out.size()));
    EXPECT_EQ(
        ToHex(out),
        "e3cdc731e4c550f4dd3d673e3341b13373ccd4f19a02a58559bda110416bd50589601ec712f3749b0432ebb5dfc92f7d"
        "d720c0300fc359361a526ce73eb31c65faccc7ae397f14f6a1f59bc229057f12e141e9ec9e146f8a96a221776f176b04"
        "842b269d6a334b75");
    Bytes much(26 * 16 + 1);
    ASSERT_TRUE(kdf_ssl3(Span(secret), Span(r1), Span(r2), much.data(), much.size() - 1));
    EXPECT_FALSE(kdf_ssl3(Span(secret), Span(r1), Span(r2), much.data(), much.size()));
    EXPECT_EQ(err_last(), ERR_PRF_DERIVE);
}

} // namespace
