/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ciphers against records that were put together here, byte by byte, with libcrypto's plain primitives:
 * padding of every kind under a right MAC, wrong MACs under a right padding, and the AEAD nonces and headers
 * of TLS 1.2.
 */
#include "unit/record_util.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace
{

constexpr size_t kBlock = 16, kMac = 20;

/* Keys as HalfPtr::Key makes them. */
const Bytes kKey = Pattern(16, 1), kIv = Pattern(16, 99), kMacKey = Pattern(kMac, 50);

Bytes AesCbc(const Bytes &plain)
{
    Bytes out(plain.size());
    int n = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EXPECT_EQ(EVP_EncryptInit_ex(ctx, EVP_aes_128_cbc(), nullptr, kKey.data(), kIv.data()), 1);
    EXPECT_EQ(EVP_CIPHER_CTX_set_padding(ctx, 0), 1);
    EXPECT_EQ(EVP_EncryptUpdate(ctx, out.data(), &n, plain.data(), static_cast<int>(plain.size())), 1);
    EVP_CIPHER_CTX_free(ctx);
    return out;
}

Bytes MacHeader(uint16_t version, size_t n, bool with_version = true)
{
    Bytes header(8);
    header.push_back(CT_APPDATA);
    if (with_version) {
        header.push_back(static_cast<uint8_t>(version >> 8));
        header.push_back(static_cast<uint8_t>(version));
    }
    header.push_back(static_cast<uint8_t>(n >> 8));
    header.push_back(static_cast<uint8_t>(n));
    return header;
}

Bytes Join(std::initializer_list<Bytes> parts)
{
    Bytes all;
    for (const Bytes &part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

Bytes HmacSha1(uint16_t version, const Bytes &plain)
{
    Bytes message = Join({ MacHeader(version, plain.size()), plain }), out(kMac);
    HMAC(EVP_sha1(), kMacKey.data(), kMac, message.data(), message.size(), out.data(), nullptr);
    return out;
}

Bytes Sha1(const Bytes &message)
{
    Bytes out(kMac);
    EXPECT_EQ(EVP_Digest(message.data(), message.size(), out.data(), nullptr, EVP_sha1(), nullptr), 1);
    return out;
}

/* RFC 6101 5.2.3.1 */
Bytes Ssl3Sha1(const Bytes &plain)
{
    Bytes inner = Sha1(Join({ kMacKey, Bytes(40, 0x36), MacHeader(0, plain.size(), false), plain }));
    return Sha1(Join({ kMacKey, Bytes(40, 0x5c), inner }));
}

/* n bytes of padding as TLS wants them. */
Bytes Padding(size_t n)
{
    return Bytes(n, static_cast<uint8_t>(n - 1));
}

class Cbc : public CoreTest
{
  protected:
    static Opened OpenText(uint16_t version, const Bytes &text)
    {
        Bytes explicit_iv(version > TLS10 ? kBlock : 0, 0xee);
        Bytes header = { CT_APPDATA, static_cast<uint8_t>(version >> 8), static_cast<uint8_t>(version), 0,
                         0 };
        HalfPtr in;
        EXPECT_TRUE(in.Key({ "", version, 0x002F }, false));
        Opened got = Open(in, Relength(Join({ header, AesCbc(Join({ explicit_iv, text })) })));
        EXPECT_EQ(in->seq, got.ok ? 1U : 0U);
        return got;
    }
};

TEST_F(Cbc, EveryLegalPaddingIsRemoved)
{
    for (uint16_t version : { TLS10, TLS11, TLS12 }) {
        for (size_t padding = 1; padding <= 256; padding++) {
            /* Plaintext that makes up whole blocks with this padding, the empty one included. */
            Bytes plain = Pattern((kBlock - (kMac + padding) % kBlock) % kBlock);
            Opened got = OpenText(version, Join({ plain, HmacSha1(version, plain), Padding(padding) }));
            ASSERT_TRUE(got.ok) << padding;
            EXPECT_EQ(got.body, plain);
        }
    }
}

TEST_F(Cbc, BadPaddingIsRefused_UnderARightMac)
{
    const Bytes plain = Pattern(3); /* 3 + 20 + 9 */
    for (size_t at = 0; at < 9; at++) {
        Bytes padding = Padding(9);
        padding[at] ^= 1;
        EXPECT_EQ(OpenText(TLS12, Join({ plain, HmacSha1(TLS12, plain), padding })).error, ERR_DECRYPT) << at;
    }
    for (unsigned last = 0; last < 256; last++) { /* a last byte that claims any length over zeros */
        Bytes padding(9);
        padding[8] = static_cast<uint8_t>(last);
        Opened got = OpenText(TLS12, Join({ plain, HmacSha1(TLS12, plain), padding }));
        EXPECT_EQ(got.error, ERR_DECRYPT) << last;
    }
}

TEST_F(Cbc, BadMacIsTheSameError_UnderARightPadding)
{
    const Bytes plain = Pattern(3);
    for (size_t at = 0; at < kMac; at++) {
        Bytes mac = HmacSha1(TLS12, plain);
        mac[at] ^= 0x10;
        EXPECT_EQ(OpenText(TLS12, Join({ plain, mac, Padding(9) })).error, ERR_DECRYPT) << at;
    }
}

TEST_F(Cbc, PaddingLongerThanTheRecordIsRefused)
{
    EXPECT_EQ(OpenText(TLS12, Bytes(32, 31)).error, ERR_DECRYPT);
    EXPECT_EQ(OpenText(TLS12, Bytes(64, 255)).error, ERR_DECRYPT);
    EXPECT_EQ(OpenText(TLS12, Bytes(16, 0)).error, ERR_SAFETY);
}

TEST_F(Cbc, Ssl3TakesAnyPaddingOfUpToOneBlock)
{
    for (size_t padding = 1; padding <= kBlock; padding++) {
        Bytes plain = Pattern((kBlock - (kMac + padding) % kBlock) % kBlock);
        Bytes pad(padding, 0xa7);
        pad.back() = static_cast<uint8_t>(padding - 1);
        Opened got = OpenText(SSL3, Join({ plain, Ssl3Sha1(plain), pad }));
        ASSERT_TRUE(got.ok) << padding;
        EXPECT_EQ(got.body, plain);
    }
}

TEST_F(Cbc, Ssl3FindsTheMac_WhateverTheLength)
{
    for (size_t n = 0; n < 200; n++) {
        Bytes plain = Pattern(n), pad(kBlock - (n + kMac) % kBlock);
        pad.back() = static_cast<uint8_t>(pad.size() - 1);
        Bytes text = Join({ plain, Ssl3Sha1(plain), pad });
        EXPECT_EQ(OpenText(SSL3, text).body, plain) << n;
        text[n] ^= 1; /* the first byte of the MAC */
        EXPECT_EQ(OpenText(SSL3, text).error, ERR_DECRYPT) << n;
    }
}

TEST_F(Cbc, Ssl3RefusesPaddingOfMoreThanOneBlock)
{
    const Bytes plain = Pattern(12);
    Bytes pad(32, 0);
    for (unsigned last = 0; last < 256; last++) {
        pad.back() = static_cast<uint8_t>(last);
        EXPECT_EQ(OpenText(SSL3, Join({ plain, Ssl3Sha1(plain), pad })).error, ERR_DECRYPT) << last;
    }
}

TEST_F(Cbc, SealsWhatTheStandardSays_WhenTls10)
{
    HalfPtr out;
    ASSERT_TRUE(out.Key({ "", TLS10, 0x002F }, true));
    Bytes plain = Pattern(3);
    Bytes want = AesCbc(Join({ plain, HmacSha1(TLS10, plain), Padding(9) }));
    Bytes wire = Seal(out, CT_APPDATA, TLS10, plain);
    EXPECT_EQ(ToHex(wire), "1703010020" + ToHex(want));
}

TEST_F(Cbc, SealsWhatTheStandardSays_WhenSsl3)
{
    HalfPtr out;
    ASSERT_TRUE(out.Key({ "", SSL3, 0x002F }, true));
    Bytes plain = Pattern(3);
    Bytes text = Join({ plain, Ssl3Sha1(plain), Padding(9) });
    EXPECT_EQ(ToHex(Seal(out, CT_APPDATA, SSL3, plain)), "1703000020" + ToHex(AesCbc(text)));
}

/* ---- AEAD of TLS 1.2 with the ordinary interface of libcrypto ---- */

Bytes Aead(const EVP_CIPHER *cipher, const Bytes &key, const Bytes &nonce, const Bytes &aad,
           const Bytes &plain)
{
    Bytes out(plain.size() + CIPHER_TAG);
    int n = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    EXPECT_EQ(EVP_EncryptInit_ex(ctx, cipher, nullptr, key.data(), nonce.data()), 1);
    EXPECT_EQ(EVP_EncryptUpdate(ctx, nullptr, &n, aad.data(), static_cast<int>(aad.size())), 1);
    EXPECT_EQ(EVP_EncryptUpdate(ctx, out.data(), &n, plain.data(), static_cast<int>(plain.size())), 1);
    EXPECT_EQ(EVP_EncryptFinal_ex(ctx, out.data() + plain.size(), &n), 1);
    EXPECT_EQ(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CIPHER_TAG, out.data() + plain.size()), 1);
    EVP_CIPHER_CTX_free(ctx);
    return out;
}

using AeadTls12 = CoreTest;

/* Lengths on both sides of where cipher_aead.c changes its way. */
const size_t kLengths[] = { 0, 1, 64, 2048, 2049, 8192, 8193, 16384 };

TEST_F(AeadTls12, GcmIsRfc5288)
{
    HalfPtr out, in;
    const RecordKind kind = { "", TLS12, 0xC02F };
    ASSERT_TRUE(out.Key(kind, true) && in.Key(kind, false));
    uint8_t seq = 0;
    for (size_t n : kLengths) {
        Bytes plain = Pattern(n), explicit_nonce(8), header = MacHeader(TLS12, n);
        explicit_nonce[7] = header[7] = seq++;
        Bytes nonce = Join({ Pattern(4, 99), explicit_nonce });
        Bytes want = Join({ explicit_nonce, Aead(EVP_aes_128_gcm(), kKey, nonce, header, plain) });
        Bytes wire = Seal(out, CT_APPDATA, TLS12, plain);
        EXPECT_EQ(Bytes(wire.begin() + RECORD_HEADER, wire.end()), want) << n;
        EXPECT_EQ(Open(in, wire, 20000).body, plain) << n;
    }
}

/* What a libcrypto gets that cannot take a nonce as a parameter. */
TEST_F(AeadTls12, IsTheSame_WhenNoncesGoInTheOrdinaryWay)
{
    for (const RecordKind &kind : { RecordKind{ "", TLS12, 0xC02F }, RecordKind{ "", TLS13, 0x1302 },
                                    RecordKind{ "", TLS12, 0xCCA8 }, RecordKind{ "", TLS13, 0x1303 } }) {
        HalfPtr out, in, quick;
        ASSERT_TRUE(out.Key(kind, true) && in.Key(kind, false) && quick.Key(kind, true));
        EXPECT_TRUE(quick->ctx.nonce_param);
        out->ctx.nonce_param = in->ctx.nonce_param = false;
        for (size_t n : kLengths) {
            Bytes wire = Seal(out, CT_APPDATA, TLS12, Pattern(n));
            EXPECT_EQ(wire, Seal(quick, CT_APPDATA, TLS12, Pattern(n))) << n;
            EXPECT_EQ(Open(in, wire, n % 2 ? 20000 : 0).body, Pattern(n)) << n;
            in->seq--;
            wire.back() ^= 1;
            EXPECT_EQ(Open(in, wire).error, ERR_DECRYPT) << n;
            in->seq++;
        }
    }
}

TEST_F(AeadTls12, PeerMayChooseAnyExplicitNonce)
{
    HalfPtr in;
    ASSERT_TRUE(in.Key({ "", TLS12, 0xC02F }, false));
    for (uint8_t seq = 0; seq < 4; seq++) {
        Bytes plain = Pattern(seq * 3000U), random = Pattern(8, static_cast<uint8_t>(200 + seq)),
              header = MacHeader(TLS12, plain.size());
        header[7] = seq;
        Bytes body = Aead(EVP_aes_128_gcm(), kKey, Join({ Pattern(4, 99), random }), header, plain);
        Opened got = Open(in, Relength(Join({ FromHex("1703030000"), random, body })), seq % 2 ? 20000 : 0);
        EXPECT_TRUE(got.ok);
        EXPECT_EQ(got.body, plain);
    }
}

TEST_F(AeadTls12, ChaCha20IsRfc7905)
{
    HalfPtr out, in;
    const RecordKind kind = { "", TLS12, 0xCCA8 };
    ASSERT_TRUE(out.Key(kind, true) && in.Key(kind, false));
    uint8_t seq = 0;
    for (size_t n : kLengths) {
        Bytes plain = Pattern(n), nonce = Pattern(12, 99), header = MacHeader(TLS12, n);
        nonce[11] ^= seq;
        header[7] = seq++;
        Bytes wire = Seal(out, CT_APPDATA, TLS12, plain);
        EXPECT_EQ(Bytes(wire.begin() + RECORD_HEADER, wire.end()),
                  Aead(EVP_chacha20_poly1305(), Pattern(32, 1), nonce, header, plain))
            << n;
        EXPECT_EQ(Open(in, wire, 20000).body, plain) << n;
    }
}

TEST_F(AeadTls12, LeavesNoPlaintext_WhenTheTagIsWrong)
{
    for (uint16_t suite : { 0xC02F, 0xCCA8 }) {
        HalfPtr out, in;
        const RecordKind kind = { "", TLS12, suite };
        ASSERT_TRUE(out.Key(kind, true) && in.Key(kind, false));
        for (size_t n : { 100, 5000 }) {
            Bytes wire = Seal(out, CT_APPDATA, TLS12, Pattern(n)), dst(20000, 0x5a);
            in->seq = out->seq - 1;
            wire.back() ^= 1;
            struct rec_header hdr;
            struct rec rec;
            ASSERT_TRUE(record_header(in, wire.data(), &hdr));
            ASSERT_FALSE(record_open(in, &hdr, wire.data() + RECORD_HEADER, dst.data(), dst.size(), &rec));
            const Bytes plain = Pattern(n);
            const Bytes head(plain.begin(), plain.begin() + 16);
            EXPECT_EQ(std::search(wire.begin(), wire.end(), head.begin(), head.end()), wire.end());
            EXPECT_EQ(std::search(dst.begin(), dst.end(), head.begin(), head.end()), dst.end());
        }
    }
}

} // namespace
