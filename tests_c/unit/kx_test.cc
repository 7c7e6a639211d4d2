/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement: both ways into libcrypto agree with each other, and no bad share is ever used. RFC 7748,
 * RFC 8422. */
#include "support/core_fixture.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <set>

extern "C" {
#include "crypto/ec.h"
#include "crypto/kx.h"
#include "crypto/kx_ops.h"
}

namespace
{

class Kx : public CoreTest, public testing::WithParamInterface<uint16_t>
{
  protected:
    const struct group *g = nullptr;
    void SetUp() override
    {
        g = group_by_id(GetParam());
        ASSERT_NE(g, nullptr);
    }
    static Bytes Share(const struct kx_key &k)
    {
        struct buf b = {};
        struct wr w = wr_to(&b);
        kx_share(&k, &w);
        EXPECT_TRUE(wr_ok(&w));
        Bytes out(b.p, b.p + b.len);
        buf_free(&b);
        return out;
    }
    struct kx_key Key()
    {
        struct kx_key k = {};
        EXPECT_TRUE(kx_generate(g, &k));
        return k;
    }
    /* A share is refused with the caller's error, nothing comes out and the key is gone. */
    void ExpectRefused(const Bytes &share)
    {
        for (int error : { ERR_BAD_KEY_SHARE, ERR_ECDHE_SHARED_SECRET }) {
            struct kx_key k = Key();
            struct secret out = {};
            EXPECT_FALSE(kx_agree(&k, Span(share), error, &out)) << ToHex(share);
            EXPECT_EQ(err_last(), error);
            EXPECT_EQ(out.n, 0);
            EXPECT_EQ(k.group, nullptr);
            EXPECT_EQ(k.priv, nullptr);
        }
    }
};

TEST_P(Kx, BothEndsGetTheSameSecret)
{
    for (int round = 0; round < 5; round++) {
        struct kx_key a = Key(), b = Key();
        Bytes from_a = Share(a), from_b = Share(b);
        EXPECT_EQ(from_a.size(), g->client_share);
        EXPECT_NE(from_a, from_b);
        struct secret one = {}, two = {};
        ASSERT_TRUE(kx_agree(&a, Span(from_b), ERR_BAD_KEY_SHARE, &one));
        ASSERT_TRUE(kx_agree(&b, Span(from_a), ERR_BAD_KEY_SHARE, &two));
        EXPECT_EQ(one.n, g->secret);
        EXPECT_EQ(Hex(secret_span(&one)), Hex(secret_span(&two)));
        EXPECT_EQ(a.priv, nullptr) << "a key is used once";
    }
}

TEST_P(Kx, KeyIsUsableOnceOnly)
{
    struct kx_key a = Key(), b = Key();
    Bytes from_b = Share(b);
    struct secret out = {};
    ASSERT_TRUE(kx_agree(&a, Span(from_b), ERR_BAD_KEY_SHARE, &out));
    EXPECT_FALSE(kx_agree(&a, Span(from_b), ERR_BAD_KEY_SHARE, &out));
    EXPECT_EQ(err_last(), ERR_ECDHE_SHARED_SECRET);
    kx_wipe(&b);
    kx_wipe(&b);
}

TEST_P(Kx, SharesOfWrongLengthAreRefused)
{
    struct kx_key other = Key();
    Bytes good = Share(other);
    kx_wipe(&other);
    for (size_t n = 0; n < good.size(); n++) {
        ExpectRefused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)));
    }
    Bytes longer = good;
    longer.push_back(0);
    ExpectRefused(longer);
}

TEST_P(Kx, ProviderAndPlainMultiplicationAgree)
{
    if (g->kind != GROUP_EC) {
        EXPECT_EQ(kx_ops_of(g), &kx_evp);
        return;
    }
    EXPECT_EQ(kx_ops_of(g), &kx_low);
    void *low = nullptr, *high = nullptr;
    Bytes from_low(g->client_share), from_high(g->client_share), one(g->secret), two(g->secret);
    ASSERT_TRUE(kx_low.generate(g, &low, from_low.data()));
    ASSERT_TRUE(kx_evp.generate(g, &high, from_high.data()));
    EXPECT_TRUE(kx_low.agree(g, low, Span(from_high), one.data()));
    EXPECT_TRUE(kx_evp.agree(g, high, Span(from_low), two.data()));
    EXPECT_EQ(one, two);
    from_high[5] ^= 1;
    EXPECT_FALSE(kx_evp.agree(g, high, Span(from_high), two.data()));
    kx_low.wipe(low);
    kx_evp.wipe(high);
}

INSTANTIATE_TEST_SUITE_P(Groups, Kx, testing::Values(0x0017, 0x0018, 0x0019, 0x001D),
                         [](const auto &info) { return std::string(group_by_id(info.param)->name); });

class KxCurve : public Kx
{
};

TEST_P(KxCurve, OtherPointFormatsAreRefused)
{
    struct kx_key other = Key();
    Bytes good = Share(other);
    kx_wipe(&other);
    size_t field = (good.size() - 1) / 2;
    ASSERT_EQ(good[0], 4);
    ExpectRefused({ 0 }); /* infinity */
    for (uint8_t format : { 0, 1, 2, 3, 5, 6, 7, 0x84 }) {
        Bytes bad = good;
        bad[0] = format;
        ExpectRefused(bad);
        if (format == 2 || format == 3) {
            bad.resize(1 + field); /* a right compressed point */
            bad[0] = static_cast<uint8_t>(2 + (good.back() & 1));
            ExpectRefused(bad);
        }
    }
    Bytes hybrid = good;
    hybrid[0] = static_cast<uint8_t>(6 + (good.back() & 1)); /* a right hybrid point */
    ExpectRefused(hybrid);
}

TEST_P(KxCurve, PointsOffTheCurveAreRefused)
{
    struct kx_key other = Key();
    Bytes good = Share(other);
    kx_wipe(&other);
    for (size_t bit : { size_t{ 8 }, size_t{ 100 }, good.size() * 8 - 1, good.size() * 4 }) {
        Bytes bad = good;
        bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        ExpectRefused(bad);
    }
    Bytes zero(good.size(), 0), ones(good.size(), 0xff);
    zero[0] = ones[0] = 4; /* (0, 0), and coordinates above the field */
    ExpectRefused(zero);
    ExpectRefused(ones);
}

/* The secret is the x coordinate in as many bytes as the field has; with leading zeros it stays that long. */
TEST_P(KxCurve, SecretKeepsLeadingZeros)
{
    const EC_GROUP *curve = ec_group(g->id);
    void *priv = nullptr;
    Bytes share(g->client_share), secret(g->secret);
    for (int round = 0;; round++) {
        ASSERT_LT(round, 20000);
        ASSERT_TRUE(kx_low.generate(g, &priv, share.data()));
        kx_low.wipe(priv);
        if (g->id == 0x0019 || share[1] == 0) { /* P-521 points begin with at most one bit */
            break;
        }
        if (g->id == 0x0018) { /* too slow a curve to search on: any point will do */
            break;
        }
    }
    BIGNUM *one = BN_new();
    BN_one(one);
    ASSERT_TRUE(kx_low.agree(g, one, Span(share), secret.data())); /* times one: the point itself */
    EXPECT_EQ(secret, Bytes(share.begin() + 1, share.begin() + 1 + g->secret));
    BN_free(one);
    EXPECT_EQ(EC_GROUP_get_degree(curve), static_cast<int>(g->id == 0x0019 ? 521 : g->secret * 8));
}

INSTANTIATE_TEST_SUITE_P(Curves, KxCurve, testing::Values(0x0017, 0x0018, 0x0019),
                         [](const auto &info) { return std::string(group_by_id(info.param)->name); });

class KxX25519 : public Kx
{
};

/* RFC 7748 6.1: points of small order, and their encodings above the prime, give zero. */
TEST_P(KxX25519, SmallOrderPointsAreRefused)
{
    const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    for (const char *point : points) {
        ExpectRefused(FromHex(point));
    }
}

/* RFC 7748 5.2, the first vector. */
TEST_P(KxX25519, KnownAnswer)
{
    Bytes scalar = FromHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    Bytes u = FromHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    Bytes out(32);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, scalar.data(), scalar.size());
    ASSERT_NE(key, nullptr);
    EXPECT_TRUE(kx_evp.agree(g, key, Span(u), out.data()));
    EXPECT_EQ(ToHex(out), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    kx_evp.wipe(key);
}

INSTANTIATE_TEST_SUITE_P(Montgomery, KxX25519, testing::Values(0x001D),
                         [](const auto &) { return std::string("x25519"); });

class KxOther : public CoreTest
{
};

TEST_F(KxOther, PostQuantumGroupsHaveNoKeyExchange)
{
    for (uint16_t id : { 0x0201, 0x0202, 0x11EB, 0x11EC, 0x11ED }) {
        const struct group *g = group_by_id(id);
        struct kx_key k = {};
        ASSERT_NE(g, nullptr);
        EXPECT_EQ(kx_ops_of(g), nullptr);
        EXPECT_FALSE(kx_generate(g, &k));
        EXPECT_EQ(err_last(), ERR_ECDHE_UNSUPPORTED_CURVE);
        EXPECT_EQ(k.group, nullptr);
    }
}

TEST_F(KxOther, CurvesAreBuiltOnceForAllThreads)
{
    ec_cleanup();
    std::vector<const EC_GROUP *> seen(8);
    std::vector<std::thread> threads;
    for (auto &slot : seen) {
        threads.emplace_back([&slot] { slot = ec_group(0x0017); });
    }
    for (auto &t : threads) {
        t.join();
    }
    EXPECT_EQ(std::set<const EC_GROUP *>(seen.begin(), seen.end()).size(), 1u);
    EXPECT_NE(seen[0], nullptr);
    EXPECT_EQ(ec_group(0x001D), nullptr);
    EXPECT_EQ(ec_curve_by_nid(NID_secp384r1), 0x0018);
    EXPECT_EQ(ec_curve_by_nid(NID_secp256k1), 0);
}

} // namespace
