/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of certificates: the fast import and libcrypto's decoder give the same keys, low-level handles and key
 * objects make and accept the same signatures, and nothing malformed becomes a key. RFC 5280, 4055, 5480,
 * 8017.
 */
#include "support/core_fixture.h"
#include "support/pki.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <set>

extern "C" {
#include "crypto/pkey.h"
#include "crypto/pkey_impl.h"
}

using namespace s2n_test;

namespace
{

struct KeyFree {
    void operator()(struct pkey *k) const { pkey_drop(k); }
};
using Key = std::unique_ptr<struct pkey, KeyFree>;

const KeyKind kUsable[] = { KeyKind::Rsa2048,      KeyKind::Rsa3072,      KeyKind::RsaPss2048,
                            KeyKind::RsaPssSha256, KeyKind::RsaPssSha384, KeyKind::P256,
                            KeyKind::P384,         KeyKind::P521 };

class Pkey : public CoreTest
{
  protected:
    static Key Public(const Bytes &spki)
    {
        struct pkey *k = nullptr;
        return Key(pkey_from_spki(Span(spki), &k) ? k : nullptr);
    }
    static Key Private(const Bytes &der)
    {
        struct pkey *k = nullptr;
        return Key(pkey_from_private_der(Span(der), &k) ? k : nullptr);
    }
    static Key PublicOf(KeyKind kind, int number = 0) { return Public(SpkiDer(TestKey(kind, number))); }
    static Key PrivateOf(KeyKind kind, int number = 0) { return Private(KeyDer(TestKey(kind, number))); }
    static Bytes Sign(struct pkey *k, const struct sigscheme *s, const Bytes &message)
    {
        struct buf b = {};
        struct wr w = wr_to(&b);
        struct span part = Span(message);
        Bytes out;
        if (pkey_sign(k, s, &part, 1, &w)) {
            out.assign(b.p, b.p + b.len);
        }
        buf_free(&b);
        return out;
    }
    static bool Verify(struct pkey *k, const struct sigscheme *s, const Bytes &message,
                       const Bytes &signature)
    {
        struct span part = Span(message);
        return pkey_verify(k, s, &part, 1, Span(signature));
    }
    static std::vector<const struct sigscheme *> Fitting(const struct pkey *k)
    {
        std::vector<const struct sigscheme *> out;
        for (const struct sigscheme &s : sigschemes) {
            if (pkey_fits(pkey_get_info(k), &s, TLS12)) {
                out.push_back(&s);
            }
        }
        return out;
    }
    static void ExpectNoKey(const Bytes &spki)
    {
        EXPECT_EQ(Public(spki), nullptr) << ToHex(spki);
        EXPECT_EQ(err_last(), ERR_DECODE_CERTIFICATE);
    }
    static void ExpectNoPrivateKey(const Bytes &der)
    {
        EXPECT_EQ(Private(der), nullptr);
        EXPECT_EQ(err_last(), ERR_DECODE_PRIVATE_KEY);
    }
    static Bytes ReEncoded(KeyKind kind, const char *param, const char *value)
    {
        EVP_PKEY *copy = EVP_PKEY_dup(TestKey(kind));
        EXPECT_EQ(EVP_PKEY_set_utf8_string_param(copy, param, value), 1);
        Bytes der = SpkiDer(copy);
        EVP_PKEY_free(copy);
        return der;
    }
};

const Bytes kMessage = { 'h', 'e', 'l', 'l', 'o' };

/* ---- public keys ---- */

TEST_F(Pkey, InfoSaysWhatTheKeyIs)
{
    const struct {
        KeyKind kind;
        enum sig_alg sig;
        unsigned bits, curve;
        enum hash_alg pss_hash;
        unsigned pss_salt;
    } rows[] = {
        { KeyKind::Rsa1024, SIG_RSA, 1024, 0, HASH_NONE, 0 },
        { KeyKind::Rsa2048, SIG_RSA, 2048, 0, HASH_NONE, 0 },
        { KeyKind::RsaPss2048, SIG_RSA_PSS_PSS, 2048, 0, HASH_NONE, 0 },
        { KeyKind::RsaPssSha256, SIG_RSA_PSS_PSS, 2048, 0, HASH_SHA256, 32 },
        { KeyKind::RsaPssSha384, SIG_RSA_PSS_PSS, 2048, 0, HASH_SHA384, 48 },
        { KeyKind::P256, SIG_ECDSA, 256, 0x0017, HASH_NONE, 0 },
        { KeyKind::P384, SIG_ECDSA, 384, 0x0018, HASH_NONE, 0 },
        { KeyKind::P521, SIG_ECDSA, 521, 0x0019, HASH_NONE, 0 },
    };
    for (const auto &row : rows) {
        Key pub = PublicOf(row.kind), priv = PrivateOf(row.kind);
        ASSERT_TRUE(pub && priv);
        EXPECT_FALSE(pkey_has_private(pub.get()));
        EXPECT_TRUE(pkey_has_private(priv.get()));
        struct pkey_info peeked;
        Bytes spki = SpkiDer(TestKey(row.kind));
        ASSERT_TRUE(pkey_peek_spki(Span(spki), &peeked));
        for (const struct pkey_info *info :
             { pkey_get_info(pub.get()), pkey_get_info(priv.get()), (const pkey_info *) &peeked }) {
            EXPECT_EQ(info->sig, row.sig);
            EXPECT_EQ(info->bits, row.bits);
            EXPECT_EQ(info->curve, row.curve);
            EXPECT_EQ(info->pss_hash, row.pss_hash);
            EXPECT_EQ(info->pss_salt, row.pss_salt);
        }
    }
}

TEST_F(Pkey, FastImportAndDecoderGiveTheSameKey)
{
    for (KeyKind kind : kUsable) {
        Key fast = PublicOf(kind);
        struct pkey *decoded = nullptr;
        Bytes spki = SpkiDer(TestKey(kind));
        ASSERT_TRUE(fast);
        EXPECT_EQ(fast->evp, nullptr) << "the decoder was not needed";
        ASSERT_TRUE(pkey_decode_spki(Span(spki), pkey_get_info(fast.get()), &decoded));
        Key slow(decoded);
        EXPECT_EQ(slow->info.bits, fast->info.bits);
        ASSERT_TRUE(pkey_attach_low(slow.get()));
        Key priv = PrivateOf(kind);
        EXPECT_TRUE(pkey_matches(priv.get(), fast.get()));
        EXPECT_TRUE(pkey_matches(priv.get(), slow.get()));
    }
}

TEST_F(Pkey, TruncatedOrProlongedPublicKeyIsRefused)
{
    for (KeyKind kind : { KeyKind::Rsa2048, KeyKind::RsaPssSha256, KeyKind::P256, KeyKind::P521 }) {
        Bytes good = SpkiDer(TestKey(kind));
        for (size_t n = 0; n < good.size(); n++) {
            ExpectNoKey(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)));
        }
        good.push_back(0);
        ExpectNoKey(good);
    }
}

/* Whatever a flipped bit makes of the encoding, it never makes a crash, and never this key again. */
TEST_F(Pkey, DamagedPublicKeyIsAnotherKeyOrNone)
{
    for (KeyKind kind : { KeyKind::Rsa1024, KeyKind::RsaPssSha256, KeyKind::P256 }) {
        Bytes good = SpkiDer(TestKey(kind));
        Key priv = PrivateOf(kind);
        for (size_t bit = 0; bit < 8 * good.size(); bit += kind == KeyKind::P256 ? 1 : 5) {
            Bytes bad = good;
            bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            Key key = Public(bad);
            if (key && pkey_matches(priv.get(), key.get())) {
                EXPECT_EQ(kind, KeyKind::RsaPssSha256)
                    << bit; /* another salt length is the same key otherwise */
                EXPECT_NE(key->info.pss_salt, 32);
            }
        }
    }
}

TEST_F(Pkey, BadPointIsRefused)
{
    for (KeyKind kind : { KeyKind::P256, KeyKind::P384, KeyKind::P521 }) {
        Bytes bad = SpkiDer(TestKey(kind));
        bad.back() ^= 1;
        ExpectNoKey(bad);
        bad.back() ^= 1;
        size_t field = kind == KeyKind::P256 ? 32 : kind == KeyKind::P384 ? 48 : 66;
        std::fill(bad.end() - static_cast<std::ptrdiff_t>(2 * field), bad.end(), 0);
        ExpectNoKey(bad);
    }
    Bytes infinity = FromHex("3019301306072a8648ce3d020106082a8648ce3d030107030200 00");
    ExpectNoKey(infinity);
}

TEST_F(Pkey, CompressedPointGoesThroughTheDecoder)
{
    for (KeyKind kind : { KeyKind::P256, KeyKind::P384 }) {
        Key key = Public(ReEncoded(kind, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"));
        ASSERT_TRUE(key);
        EXPECT_NE(key->evp, nullptr);
        EXPECT_TRUE(pkey_matches(PrivateOf(kind).get(), key.get()));
    }
}

TEST_F(Pkey, OtherKindsOfKeyAreRefused)
{
    ExpectNoKey(SpkiDer(TestKey(KeyKind::Ed25519)));
    ExpectNoKey(SpkiDer(TestKey(KeyKind::P224)));
    ExpectNoKey(ReEncoded(KeyKind::P256, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"));
    ExpectNoKey(SpkiDer(std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>(
                            EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"), EVP_PKEY_free)
                            .get()));
    struct pkey_info info;
    Bytes ed = SpkiDer(TestKey(KeyKind::Ed25519));
    ASSERT_TRUE(pkey_peek_spki(Span(ed), &info));
    EXPECT_EQ(info.sig, SIG_NONE);
}

/* SEQUENCE { SEQUENCE { rsaEncryption, parameters }, BIT STRING { SEQUENCE { modulus, exponent } } },
 * short forms. */
Bytes SmallRsa(const Bytes &parameters, const Bytes &modulus, const Bytes &exponent)
{
    auto wrap = [](uint8_t tag, const Bytes &content) {
        Bytes out = { tag };
        if (content.size() >= 128) {
            out.push_back(0x81);
        }
        out.push_back(static_cast<uint8_t>(content.size()));
        out.insert(out.end(), content.begin(), content.end());
        return out;
    };
    auto join = [](std::initializer_list<Bytes> parts) {
        Bytes out;
        for (const Bytes &p : parts) {
            out.insert(out.end(), p.begin(), p.end());
        }
        return out;
    };
    Bytes key = wrap(0x30, join({ wrap(2, modulus), wrap(2, exponent) }));
    return wrap(0x30, join({ wrap(0x30, join({ FromHex("06092a864886f70d010101"), parameters })),
                             wrap(3, join({ Bytes{ 0 }, key })) }));
}

TEST_F(Pkey, RsaNumbersMustMakeSense)
{
    Bytes modulus(65, 0x5a), three = { 3 }, null = { 5, 0 };
    modulus[0] = 0;
    modulus[1] = 0x80;
    modulus[64] = 1;
    EXPECT_TRUE(Public(SmallRsa(null, modulus, three)));
    EXPECT_TRUE(Public(SmallRsa({}, modulus, three))) << "parameters left out";
    ExpectNoKey(SmallRsa(null, modulus, { 2 }));
    ExpectNoKey(SmallRsa(null, modulus, { 1 }));
    ExpectNoKey(SmallRsa(null, modulus, {}));
    ExpectNoKey(SmallRsa(null, modulus, { 0 }));
    ExpectNoKey(SmallRsa(null, modulus, { 0x83 })); /* negative */
    Bytes even = modulus, negative(modulus.begin() + 1, modulus.end()),
          small(modulus.begin(), modulus.end() - 2);
    even[64] = 2;
    ExpectNoKey(SmallRsa(null, even, three));
    ExpectNoKey(SmallRsa(null, negative, three));
    small.back() = 1;
    ExpectNoKey(SmallRsa(null, small, three)); /* 496 bits */
    ExpectNoKey(SmallRsa(null, {}, three));
}

/* ---- signatures ---- */

TEST_F(Pkey, LowLevelAndKeyObjectMakeAndAcceptTheSameSignatures)
{
    for (KeyKind kind : kUsable) {
        Key priv = PrivateOf(kind), pub = PublicOf(kind), high_pub;
        struct pkey *decoded = nullptr;
        Bytes spki = SpkiDer(TestKey(kind)), digest(64, 0xd1), out(SIGNATURE_MAX);
        ASSERT_TRUE(pkey_decode_spki(Span(spki), pkey_get_info(pub.get()), &decoded));
        high_pub.reset(decoded);
        for (const struct sigscheme *s : Fitting(pub.get())) {
            digest.resize(hash_size(s->hash), 0xd1);
            for (const struct pkey_sign_ops *signer : { &pkey_low, &pkey_high }) {
                size_t n = 0;
                ASSERT_TRUE(signer->sign(priv.get(), s, Span(digest), out.data(), &n)) << s->policy_name;
                EXPECT_TRUE(pkey_low.verify(pub.get(), s, Span(digest), SPAN(out.data(), n)))
                    << s->policy_name;
                EXPECT_TRUE(pkey_high.verify(high_pub.get(), s, Span(digest), SPAN(out.data(), n)))
                    << s->policy_name;
                out[n / 2] ^= 4;
                EXPECT_FALSE(pkey_low.verify(pub.get(), s, Span(digest), SPAN(out.data(), n)))
                    << s->policy_name;
                EXPECT_FALSE(pkey_high.verify(high_pub.get(), s, Span(digest), SPAN(out.data(), n)))
                    << s->policy_name;
            }
        }
    }
}

TEST_F(Pkey, SchemesFitTheKindOfKey)
{
    auto names = [](const Key &k, uint16_t version) {
        std::set<std::string> out;
        for (const struct sigscheme &s : sigschemes) {
            if (pkey_fits(pkey_get_info(k.get()), &s, version)) {
                out.insert(s.policy_name);
            }
        }
        return out;
    };
    using Names = std::set<std::string>;
    EXPECT_EQ(names(PublicOf(KeyKind::P384), TLS13), (Names{ "ecdsa_sha384" }));
    EXPECT_EQ(names(PublicOf(KeyKind::P384), TLS12),
              (Names{ "ecdsa_sha1", "legacy_ecdsa_sha224", "ecdsa_sha256", "ecdsa_sha384", "ecdsa_sha512" }));
    EXPECT_EQ(names(PublicOf(KeyKind::RsaPss2048), TLS13),
              (Names{ "rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512" }));
    EXPECT_EQ(names(PublicOf(KeyKind::RsaPssSha384), TLS13), (Names{ "rsa_pss_pss_sha384" }));
    EXPECT_EQ(names(PublicOf(KeyKind::Rsa2048), TLS13).count("rsa_pss_pss_sha256"), 0u);
    /* 1024 bits hold no PSS block with SHA-512: 64 + 64 + 2 > 128 */
    EXPECT_EQ(names(PublicOf(KeyKind::Rsa1024), TLS13).count("rsa_pss_rsae_sha512"), 0u);
    EXPECT_EQ(names(PublicOf(KeyKind::Rsa1024), TLS13).count("rsa_pss_rsae_sha384"), 1u);
}

TEST_F(Pkey, LeastSaltOfThePssKeyIsKept)
{
    struct pkey_info info = *pkey_get_info(PublicOf(KeyKind::RsaPssSha256).get());
    const struct sigscheme *s = sigscheme_by_id(0x0809);
    EXPECT_TRUE(pkey_fits(&info, s, TLS13));
    info.pss_salt = 33; /* our salts are as long as the hash, never longer */
    EXPECT_FALSE(pkey_fits(&info, s, TLS13));
}

TEST_F(Pkey, PartsAreSignedAsOneText)
{
    Key priv = PrivateOf(KeyKind::P256), pub = PublicOf(KeyKind::P256);
    const struct sigscheme *s = sigscheme_by_id(0x0403);
    Bytes signature = Sign(priv.get(), s, kMessage);
    Bytes a = { 'h', 'e' }, b = { 'l', 'l', 'o' };
    struct span parts[] = { Span(a), SPAN_NONE, Span(b) };
    EXPECT_TRUE(pkey_verify(pub.get(), s, parts, 3, Span(signature)));
    EXPECT_FALSE(pkey_verify(pub.get(), s, parts, 2, Span(signature)));
    EXPECT_EQ(err_last(), ERR_VERIFY_SIGNATURE);
}

TEST_F(Pkey, WrongSignaturesAreRefused)
{
    for (KeyKind kind : kUsable) {
        Key priv = PrivateOf(kind), pub = PublicOf(kind), other = PublicOf(kind, 1);
        const struct sigscheme *s = Fitting(pub.get()).back();
        Bytes good = Sign(priv.get(), s, kMessage), longer = good, shorter = good;
        longer.push_back(0);
        shorter.pop_back();
        ASSERT_TRUE(Verify(pub.get(), s, kMessage, good));
        for (const Bytes &bad : { longer, shorter, Bytes(), Bytes(good.size(), 0), Bytes(good.size(), 0xff),
                                  Bytes(SIGNATURE_MAX + 1, 1) }) {
            EXPECT_FALSE(Verify(pub.get(), s, kMessage, bad));
            EXPECT_EQ(err_last(), ERR_VERIFY_SIGNATURE);
        }
        EXPECT_FALSE(Verify(pub.get(), s, { 'x' }, good));
        EXPECT_FALSE(Verify(other.get(), s, kMessage, good));
    }
}

TEST_F(Pkey, SchemeOfAnotherKindOfKeyIsRefused)
{
    Key rsa = PrivateOf(KeyKind::Rsa2048), ec = PrivateOf(KeyKind::P256), pub = PublicOf(KeyKind::Rsa2048);
    EXPECT_TRUE(Sign(rsa.get(), sigscheme_by_id(0x0403), kMessage).empty());
    EXPECT_EQ(err_last(), ERR_SIGN);
    EXPECT_TRUE(Sign(ec.get(), sigscheme_by_id(0x0804), kMessage).empty());
    EXPECT_TRUE(Sign(rsa.get(), sigscheme_by_id(0x0809), kMessage).empty());
    EXPECT_TRUE(Sign(pub.get(), sigscheme_by_id(0x0804), kMessage).empty()) << "no private key";
    EXPECT_EQ(err_last(), ERR_SIGN);
    EXPECT_FALSE(Verify(pub.get(), sigscheme_by_id(0x0904), kMessage, kMessage));
}

TEST_F(Pkey, OneKeySignsInManyThreads)
{
    for (KeyKind kind : { KeyKind::P256, KeyKind::Rsa2048 }) {
        Key priv = PrivateOf(kind), pub = PublicOf(kind);
        const struct sigscheme *s = Fitting(pub.get()).back();
        std::vector<Bytes> signatures(6);
        std::vector<std::thread> threads;
        for (Bytes &slot : signatures) {
            threads.emplace_back([&] {
                struct pkey *mine = pkey_ref(priv.get());
                slot = Sign(mine, s, kMessage);
                pkey_drop(mine);
            });
        }
        for (auto &t : threads) {
            t.join();
        }
        for (const Bytes &signature : signatures) {
            EXPECT_TRUE(Verify(pub.get(), s, kMessage, signature));
        }
    }
}

/* ---- private keys ---- */

Bytes Traditional(EVP_PKEY *key)
{
    std::string pem = KeyPemTraditional(key);
    std::string body = pem.substr(pem.find('\n') + 1);
    body = body.substr(0, body.find('-'));
    Bytes der(body.size());
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
    int n = 0, last = 0;
    EVP_DecodeInit(ctx);
    EVP_DecodeUpdate(ctx, der.data(), &n, reinterpret_cast<const unsigned char *>(body.data()),
                     static_cast<int>(body.size()));
    EVP_DecodeFinal(ctx, der.data() + n, &last);
    EVP_ENCODE_CTX_free(ctx);
    der.resize(static_cast<size_t>(n + last));
    return der;
}

TEST_F(Pkey, TraditionalFormsOfPrivateKeysLoad)
{
    for (KeyKind kind : { KeyKind::Rsa2048, KeyKind::P256, KeyKind::P384, KeyKind::P521 }) {
        Key key = Private(Traditional(TestKey(kind)));
        ASSERT_TRUE(key);
        EXPECT_TRUE(pkey_matches(key.get(), PublicOf(kind).get()));
    }
}

TEST_F(Pkey, OtherPrivateKeysAreRefused)
{
    ExpectNoPrivateKey(KeyDer(TestKey(KeyKind::Ed25519)));
    ExpectNoPrivateKey(KeyDer(TestKey(KeyKind::P224)));
    ExpectNoPrivateKey(SpkiDer(TestKey(KeyKind::P256)));
    ExpectNoPrivateKey({});
    Bytes good = KeyDer(TestKey(KeyKind::P256)), longer = good;
    longer.push_back(0);
    ExpectNoPrivateKey(longer);
    for (size_t n = 0; n < good.size(); n++) {
        ExpectNoPrivateKey(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)));
    }
}

TEST_F(Pkey, MatchComparesKindAndNumbers)
{
    Key priv = PrivateOf(KeyKind::P256), rsa = PrivateOf(KeyKind::Rsa2048);
    EXPECT_TRUE(pkey_matches(priv.get(), PublicOf(KeyKind::P256).get()));
    EXPECT_FALSE(pkey_matches(priv.get(), PublicOf(KeyKind::P256, 1).get()));
    EXPECT_FALSE(pkey_matches(priv.get(), PublicOf(KeyKind::P384).get()));
    EXPECT_FALSE(pkey_matches(priv.get(), PublicOf(KeyKind::Rsa2048).get()));
    EXPECT_FALSE(pkey_matches(rsa.get(), PublicOf(KeyKind::Rsa2048, 1).get()));
    EXPECT_FALSE(pkey_matches(PublicOf(KeyKind::P256).get(), PublicOf(KeyKind::P256).get()))
        << "no private key";
}

/* ---- RSA key exchange ---- */

class Premaster : public Pkey
{
  protected:
    Bytes Encrypt(KeyKind kind, const Bytes &plain)
    {
        Key pub = PublicOf(kind);
        struct buf b = {};
        struct wr w = wr_to(&b);
        EXPECT_TRUE(pkey_encrypt(pub.get(), Span(plain), &w));
        Bytes out(b.p, b.p + b.len);
        buf_free(&b);
        return out;
    }
    static std::string Decrypt(struct pkey *k, const Bytes &encrypted, uint16_t version)
    {
        struct secret out = {};
        if (!pkey_decrypt_premaster(k, Span(encrypted), version, &out)) {
            return "";
        }
        EXPECT_EQ(out.n, 48);
        return Hex(secret_span(&out));
    }
    Bytes plain_ = Bytes(48, 0x77);
    void SetUp() override
    {
        plain_[0] = 3;
        plain_[1] = 3;
    }
};

TEST_F(Premaster, ComesOutAsItWentIn)
{
    Key priv = PrivateOf(KeyKind::Rsa2048);
    EXPECT_EQ(Decrypt(priv.get(), Encrypt(KeyKind::Rsa2048, plain_), TLS12), ToHex(plain_));
}

/* RFC 5246 7.4.7.1: the peer learns nothing, it only ends with another secret, a new one each time. */
TEST_F(Premaster, AnythingWrongInsideGivesRandomBytes)
{
    Key priv = PrivateOf(KeyKind::Rsa2048);
    Bytes good = Encrypt(KeyKind::Rsa2048, plain_), damaged = good;
    damaged[100] ^= 1;
    const std::pair<Bytes, uint16_t> cases[] = {
        { damaged, TLS12 },
        { good, TLS11 }, /* the ClientHello offered another version: a rollback */
        { Encrypt(KeyKind::Rsa2048, Bytes(47, 3)), TLS12 },
        { Encrypt(KeyKind::Rsa2048, Bytes(49, 3)), TLS12 },
        { Encrypt(KeyKind::Rsa2048, {}), TLS12 },
        { Bytes(256, 0), TLS12 },
        { Bytes(256, 0xff), TLS12 }, /* not below the modulus */
    };
    std::set<std::string> seen;
    for (const auto &c : cases) {
        for (int i = 0; i < 2; i++) {
            std::string secret = Decrypt(priv.get(), c.first, c.second);
            EXPECT_EQ(secret.size(), 96u);
            EXPECT_NE(secret, ToHex(plain_));
            EXPECT_TRUE(seen.insert(secret).second);
        }
    }
}

TEST_F(Premaster, WrongLengthOrKeyIsAnError)
{
    Key priv = PrivateOf(KeyKind::Rsa2048), pss = PrivateOf(KeyKind::RsaPss2048),
        ec = PrivateOf(KeyKind::P256);
    Bytes good = Encrypt(KeyKind::Rsa2048, plain_);
    for (struct pkey *k : { pss.get(), ec.get() }) {
        EXPECT_EQ(Decrypt(k, good, TLS12), "");
        EXPECT_EQ(err_last(), ERR_BAD_MESSAGE);
    }
    good.pop_back();
    EXPECT_EQ(Decrypt(priv.get(), good, TLS12), "");
    EXPECT_EQ(err_last(), ERR_BAD_MESSAGE);
}

TEST_F(Premaster, EncryptRefusesWhatDoesNotFit)
{
    Key rsa = PublicOf(KeyKind::Rsa1024), pss = PublicOf(KeyKind::RsaPss2048), ec = PublicOf(KeyKind::P256);
    struct buf b = {};
    struct wr w = wr_to(&b);
    Bytes long_text(128 - 10, 1);
    EXPECT_FALSE(pkey_encrypt(rsa.get(), Span(long_text), &w));
    EXPECT_FALSE(pkey_encrypt(pss.get(), Span(plain_), &w));
    EXPECT_FALSE(pkey_encrypt(ec.get(), Span(plain_), &w));
    EXPECT_EQ(b.len, 0u);
    buf_free(&b);
}

} // namespace
