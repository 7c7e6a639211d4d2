/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record layer: every cipher at every version there and back, what damaged, cut, forged, repeated and
 * reordered records come to, and the rules of headers, lengths, types and sequence numbers.
 */
#include "unit/record_util.h"

namespace
{

const RecordKind kGcm13 = { "", TLS13, 0x1301 };
const RecordKind kGcm12 = { "", TLS12, 0xC02F };
const RecordKind kCbc12 = { "", TLS12, 0xC013 };

class EveryKind : public CoreTest, public testing::WithParamInterface<RecordKind>
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(out.Key(GetParam(), true));
        ASSERT_TRUE(in.Key(GetParam(), false));
    }
    Bytes SealOne(const Bytes &plain, uint8_t type = CT_APPDATA)
    {
        return Seal(out, type, WireVersion(GetParam()), plain);
    }
    HalfPtr out, in;
};

INSTANTIATE_TEST_SUITE_P(Record, EveryKind, testing::ValuesIn(AllKinds()), KindName);

TEST_P(EveryKind, ComesBack_WhateverTheLength)
{
    std::vector<size_t> lengths = { 0,    1,    15,   16,   17,   64,   255,   256,
                                    1000, 2047, 2048, 2049, 8192, 8193, 16383, 16384 };
    for (size_t n = 18; n < 60; n++) {
        lengths.push_back(n);
    }
    for (size_t n : lengths) {
        for (size_t room : { size_t(0), size_t(1), size_t(20000) }) {
            Bytes plain = Pattern(n);
            Bytes wire = SealOne(plain);
            ASSERT_EQ(wire.size(), n + record_overhead(out, n)) << n;
            Opened got = Open(in, wire, room);
            ASSERT_TRUE(got.ok) << n << " " << err_name(got.error);
            EXPECT_EQ(got.body, plain) << n;
            EXPECT_EQ(got.type, CT_APPDATA);
            EXPECT_FALSE(got.plain);
        }
    }
    EXPECT_EQ(in->seq, out->seq);
    EXPECT_EQ(in->seq, lengths.size() * 3);
}

/* The caller's memory may hold just the text, or a byte less or more; at TLS 1.3 the type comes behind it. */
TEST_P(EveryKind, ComesBack_WhateverTheRoom)
{
    for (size_t n : { size_t(100), size_t(4095), size_t(4096), size_t(5000), size_t(16384) }) {
        for (size_t room : { n - 1, n, n + 1, n + 2, n + 16, n + 17 }) {
            Bytes plain = Pattern(n), wire = SealOne(plain);
            Opened got = Open(in, wire, room);
            ASSERT_TRUE(got.ok) << n << " into " << room;
            EXPECT_EQ(got.type, CT_APPDATA);
            ASSERT_EQ(got.body, plain) << n << " into " << room;
            if (in->cipher->kind == KIND_AEAD) { /* a CBC chain would be broken for good */
                in->seq--;
                wire.back() ^= 1;
                EXPECT_EQ(Open(in, wire, room).error, ERR_DECRYPT);
                in->seq++;
            }
        }
    }
}

TEST_P(EveryKind, GivesTheSameBytes_WhenThePlaintextComesInPieces)
{
    for (size_t n : { 100, 5000, 16384 }) {
        Bytes plain = Pattern(n);
        struct span pieces[] = { SPAN(plain.data(), 1), SPAN(nullptr, 0), SPAN(plain.data() + 1, 40),
                                 SPAN(plain.data() + 41, n - 41) };
        struct buf tx = {};
        ASSERT_TRUE(record_seal(out, CT_HANDSHAKE, WireVersion(GetParam()), pieces, 4, &tx));
        Opened got = Open(in, Bytes(tx.p, tx.p + tx.len));
        buf_free(&tx);
        ASSERT_TRUE(got.ok) << n;
        EXPECT_EQ(got.body, plain);
        EXPECT_EQ(got.type, CT_HANDSHAKE);
    }
}

TEST_P(EveryKind, FailsToDecrypt_WhenAnyBitOfTheFragmentIsFlipped)
{
    Bytes wire = SealOne(Pattern(21));
    for (size_t bit = RECORD_HEADER * 8; bit < wire.size() * 8; bit++) {
        for (size_t room : { size_t(0), size_t(5000) }) {
            HalfPtr fresh;
            ASSERT_TRUE(fresh.Key(GetParam(), false));
            Bytes bad = wire;
            bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            Opened got = Open(fresh, bad, room);
            /* SSLv3 does not authenticate what its padding holds, only how much of it there is. */
            bool padding = GetParam().version == SSL3 && got.ok && got.body == Pattern(21);
            ASSERT_TRUE(padding || got.error == ERR_DECRYPT) << bit;
            EXPECT_EQ(fresh->seq, padding ? 1U : 0U);
        }
    }
}

TEST_P(EveryKind, FailsToDecrypt_WhenTheTypeOrVersionIsAnother)
{
    Bytes wire = SealOne(Pattern(21));
    for (size_t at : { 0, 1, 2 }) {
        HalfPtr fresh;
        ASSERT_TRUE(fresh.Key(GetParam(), false));
        Bytes bad = wire;
        bad[at] ^= 1;
        Opened got = Open(fresh, bad);
        if (GetParam().version == TLS13) {
            EXPECT_EQ(got.error, at == 2 ? ERR_DECRYPT : ERR_BAD_MESSAGE) << at;
        } else if (GetParam().version == SSL3 && at > 0) {
            EXPECT_TRUE(got.ok); /* SSLv3 does not authenticate the version */
        } else {
            EXPECT_EQ(got.error, ERR_DECRYPT) << at;
        }
    }
}

TEST_P(EveryKind, Fails_WhenCutAnywhere)
{
    Bytes wire = SealOne(Pattern(21));
    size_t least = SealOne(Bytes()).size() - RECORD_HEADER - (GetParam().version == TLS13 ? 1 : 0);
    for (size_t n = RECORD_HEADER; n < wire.size(); n++) {
        HalfPtr fresh;
        ASSERT_TRUE(fresh.Key(GetParam(), false));
        Opened got = Open(fresh, Relength(Bytes(wire.begin(), wire.begin() + static_cast<long>(n))));
        EXPECT_EQ(got.error, n - RECORD_HEADER < least ? ERR_SAFETY : ERR_DECRYPT) << n;
        EXPECT_EQ(fresh->seq, 0U);
    }
}

TEST_P(EveryKind, FailsToDecrypt_WhenRepeatedSkippedOrUnderAnotherKey)
{
    Bytes first = SealOne(Pattern(40)), second = SealOne(Pattern(40));
    HalfPtr a, b, c;
    ASSERT_TRUE(a.Key(GetParam(), false) && b.Key(GetParam(), false) && c.Key(GetParam(), false, 0, 2));
    EXPECT_TRUE(Open(a, first).ok);
    EXPECT_EQ(Open(a, first).error, ERR_DECRYPT);
    EXPECT_EQ(Open(b, second).error, ERR_DECRYPT);
    EXPECT_EQ(Open(c, first).error, ERR_DECRYPT);
}

TEST_P(EveryKind, LeavesTheSequenceNumberAlone_WhenARecordFails)
{
    Bytes wire = SealOne(Pattern(40)), bad = wire;
    bad.back() ^= 0x80;
    ASSERT_FALSE(Open(in, bad).ok);
    EXPECT_EQ(in->seq, 0U);
    if (GetParam().version > TLS10) { /* chained IVs are lost with the record */
        EXPECT_TRUE(Open(in, wire).ok);
    }
}

TEST_P(EveryKind, GoesOn_WhenKeyedAgainWithSequenceNumberAndIv)
{
    ASSERT_TRUE(Open(in, SealOne(Pattern(40))).ok);
    const struct suite *suite = suite_by_id(GetParam().suite);
    Bytes keys = Pattern(suite->cipher->key), iv = Pattern(16, 99), mac = Pattern(hash_size(suite->mac), 50);
    struct traffic_keys_view view = { Span(keys), Span(iv), Span(mac) };
    if (suite->cipher->kind == KIND_CBC && GetParam().version <= TLS10) {
        iv.assign(suite->cipher->block, 0);
        ASSERT_TRUE(half_iv(in, iv.data()));
        view.iv = Span(iv);
    } else {
        EXPECT_FALSE(half_iv(in, iv.data()));
    }
    HalfPtr other;
    ASSERT_TRUE(half_key(other, GetParam().version, suite, false, view, in->seq));
    EXPECT_TRUE(Open(other, SealOne(Pattern(50))).ok);
    EXPECT_EQ(other->seq, 2U);
}

TEST_P(EveryKind, TakesAnotherKeyInPlace)
{
    ASSERT_TRUE(Open(in, SealOne(Pattern(40))).ok);
    ASSERT_TRUE(out.Key(GetParam(), true, 0, 7) && in.Key(GetParam(), false, 0, 7));
    Bytes plain = Pattern(300);
    EXPECT_EQ(Open(in, SealOne(plain)).body, plain);
    const RecordKind other = { "", TLS12, 0xC030 };
    ASSERT_TRUE(out.Key(other, true) && in.Key(other, false));
    EXPECT_EQ(Open(in, Seal(out, CT_APPDATA, TLS12, plain)).body, plain);
}

TEST_P(EveryKind, StopsBeforeTheSequenceNumberWraps)
{
    ASSERT_TRUE(out.Key(GetParam(), true, UINT64_MAX - 1) && in.Key(GetParam(), false, UINT64_MAX - 1));
    Bytes last = SealOne(Pattern(10));
    EXPECT_TRUE(Open(in, last).ok);
    EXPECT_TRUE(SealOne(Pattern(10)).empty());
    EXPECT_EQ(err_last(), ERR_RECORD_LIMIT);
    EXPECT_EQ(Open(in, last).error, ERR_RECORD_LIMIT);
    EXPECT_EQ(out->seq, UINT64_MAX);
}

TEST_P(EveryKind, RefusesALongFragmentBeforeDecrypting)
{
    size_t limit = GetParam().version == TLS13 ? 16640 : 17408;
    Bytes wire(RECORD_HEADER + limit + 1);
    wire[0] = CT_APPDATA;
    wire[1] = 3;
    wire[2] = 3;
    EXPECT_EQ(Open(in, Relength(wire)).error, ERR_RECORD_LIMIT);
    wire.pop_back();
    EXPECT_EQ(Open(in, Relength(wire)).error, ERR_DECRYPT);
}

TEST_P(EveryKind, SendBufferIsAsBefore_WhenSealingFails)
{
    uint8_t room[64];
    struct buf tx = BUF_FIXED(room, sizeof(room));
    Bytes plain = Pattern(100);
    struct span piece = Span(plain);
    EXPECT_FALSE(record_seal(out, CT_APPDATA, TLS12, &piece, 1, &tx));
    EXPECT_EQ(tx.len, 0U);
    EXPECT_EQ(out->seq, 0U);
    Bytes big = Pattern(16385);
    EXPECT_TRUE(SealOne(big).empty());
    EXPECT_EQ(err_last(), ERR_FRAGMENT_LENGTH_TOO_LARGE);
}

using Record = CoreTest;

TEST_F(Record, AppendsToWhatWaits)
{
    HalfPtr out, in;
    ASSERT_TRUE(out.Key(kGcm13, true) && in.Key(kGcm13, false));
    struct buf tx = {};
    Bytes one = Pattern(10), two = Pattern(3000, 9);
    struct span a = Span(one), b = Span(two);
    ASSERT_TRUE(record_seal(out, CT_APPDATA, TLS12, &a, 1, &tx));
    uint32_t split = tx.len;
    ASSERT_TRUE(record_seal(out, CT_APPDATA, TLS12, &b, 1, &tx));
    EXPECT_EQ(Open(in, Bytes(tx.p, tx.p + split)).body, one);
    EXPECT_EQ(Open(in, Bytes(tx.p + split, tx.p + tx.len)).body, two);
    buf_free(&tx);
}

TEST_F(Record, ExplicitNonceIsTheSequenceNumber_WhenGcmAtTls12)
{
    for (size_t n : { 5, 16384 }) {
        HalfPtr out;
        ASSERT_TRUE(out.Key(kGcm12, true, 0x0102030405060708));
        Bytes wire = Seal(out, CT_APPDATA, TLS12, Pattern(n));
        EXPECT_EQ(ToHex(wire.data() + RECORD_HEADER, 8), "0102030405060708");
    }
}

TEST_F(Record, ExplicitIvsDiffer_WhenTls11OrLater)
{
    HalfPtr a, b;
    ASSERT_TRUE(a.Key(kCbc12, true) && b.Key(kCbc12, true));
    Bytes x = Seal(a, CT_APPDATA, TLS12, Pattern(5)), y = Seal(b, CT_APPDATA, TLS12, Pattern(5));
    EXPECT_NE(ToHex(x.data() + RECORD_HEADER, 16), ToHex(y.data() + RECORD_HEADER, 16));
}

/* RFC 8448 3: the client's first application data record. */
TEST_F(Record, KnownAnswer_WhenRfc8448ApplicationData)
{
    Bytes key = FromHex("17422dda596ed5d9acd890e3c63f5051"), iv = FromHex("5b78923dee08579033e523d9"),
          plain(50);
    for (size_t i = 0; i < plain.size(); i++) {
        plain[i] = static_cast<uint8_t>(i);
    }
    HalfPtr out;
    struct traffic_keys_view view = { Span(key), Span(iv), SPAN_NONE };
    ASSERT_TRUE(half_key(out, TLS13, suite_by_id(0x1301), true, view, 0));
    EXPECT_EQ(ToHex(Seal(out, CT_APPDATA, TLS12, plain)),
              "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e"
              "2b62974e1f5a"
              "6292a2977014bd1e3deae63aeebb21694915e4");
}

/* ---- without keys ---- */

TEST_F(Record, PassesPlaintext_WhenThereAreNoKeys)
{
    HalfPtr out, in;
    const uint8_t types[] = { CT_CCS, CT_ALERT, CT_HANDSHAKE, 99 };
    for (uint8_t type : types) {
        Bytes wire = Seal(out, type, TLS10, Pattern(100));
        EXPECT_EQ(wire.size(), 105U);
        EXPECT_EQ(ToHex(wire.data() + 1, 4), "03010064");
        Opened got = Open(in, wire, 200);
        ASSERT_TRUE(got.ok);
        EXPECT_EQ(got.type, type);
        EXPECT_EQ(got.body, Pattern(100));
        EXPECT_FALSE(got.plain);
    }
    EXPECT_TRUE(Open(in, FromHex("1603010000")).ok);
    EXPECT_EQ(Open(in, FromHex("1703010001aa")).error, ERR_DECRYPT);
    EXPECT_EQ(out->seq, 0U);
}

TEST_F(Record, RefusesALongFragment_WhenThereAreNoKeys)
{
    HalfPtr in;
    Bytes wire(RECORD_HEADER + 16384);
    wire[0] = CT_HANDSHAKE;
    wire[1] = 3;
    EXPECT_TRUE(Open(in, Relength(wire)).ok);
    wire.push_back(0);
    EXPECT_EQ(Open(in, Relength(wire)).error, ERR_RECORD_LIMIT);
}

TEST_F(Record, ChecksTheMajorVersion)
{
    HalfPtr plain, gcm13, gcm12;
    ASSERT_TRUE(gcm13.Key(kGcm13, false) && gcm12.Key(kGcm12, false));
    for (unsigned major = 0; major < 256; major++) {
        uint8_t rx[RECORD_HEADER] = { 22, static_cast<uint8_t>(major), 1, 0, 5 };
        struct rec_header hdr = {};
        EXPECT_EQ(record_header(plain, rx, &hdr), major == 2 || major == 3) << major;
        EXPECT_EQ(record_header(gcm13, rx, &hdr), major == 3) << major;
        ASSERT_TRUE(record_header(gcm12, rx, &hdr)); /* decryption tells */
        EXPECT_EQ(hdr.version, major << 8 | 1);
        EXPECT_EQ(hdr.type, 22);
        EXPECT_EQ(hdr.len, 5);
    }
}

TEST_F(Record, HasNoKeys_WhenWipedOrKeyedBadly)
{
    HalfPtr h;
    EXPECT_FALSE(half_keyed(h));
    ASSERT_TRUE(h.Key(kCbc12, true));
    EXPECT_TRUE(half_keyed(h));
    struct traffic_keys_view nothing = {};
    EXPECT_FALSE(half_key(h, TLS12, suite_by_id(0xC013), true, nothing, 0));
    EXPECT_EQ(err_last(), ERR_KEY_INIT);
    EXPECT_FALSE(half_keyed(h));
    ASSERT_TRUE(h.Key(kGcm13, true));
    half_wipe(h);
    EXPECT_FALSE(half_keyed(h));
    Bytes key(16);
    struct traffic_keys_view rc4 = { Span(key), Span(key), Span(key) };
    EXPECT_FALSE(half_key(h, TLS12, suite_by_id(0x0004), true, rc4, 0));
    EXPECT_FALSE(half_key(h, TLS10, suite_by_id(0x002F), true, rc4, 0)); /* a MAC key of the wrong size */
}

TEST_F(Record, LimitCountsDown_WhenGcmAtTls13)
{
    HalfPtr h;
    EXPECT_EQ(half_limit(h), UINT64_MAX);
    ASSERT_TRUE(h.Key(kGcm13, true, 23726564));
    EXPECT_EQ(half_limit(h), 1U);
    ASSERT_FALSE(Seal(h, CT_APPDATA, TLS12, Pattern(1)).empty());
    EXPECT_EQ(half_limit(h), 0U);
    ASSERT_TRUE(h.Key(kGcm13, true, 23726567));
    EXPECT_EQ(half_limit(h), 0U);
    ASSERT_TRUE(h.Key(kGcm12, true, 23726567));
    EXPECT_EQ(half_limit(h), UINT64_MAX - 23726567);
}

/* ---- TLS 1.3 inner plaintext ---- */

class Inner : public CoreTest
{
  protected:
    /* A record whose inner plaintext is exactly these bytes. */
    Opened OpenInner(const Bytes &inner, size_t room = 0)
    {
        HalfPtr out, in;
        EXPECT_TRUE(out.Key(kGcm13, true) && in.Key(kGcm13, false));
        Bytes wire(RECORD_HEADER + inner.size() + CIPHER_TAG), iv = Pattern(12, 99);
        wire[0] = CT_APPDATA;
        wire[1] = wire[2] = 3;
        wire = Relength(wire);
        struct span piece = Span(inner);
        EXPECT_TRUE(cipher_seal(&out->ctx, iv.data(), SPAN(wire.data(), RECORD_HEADER), &piece, 1, SPAN_NONE,
                                wire.data() + RECORD_HEADER));
        Opened got = Open(in, wire, room);
        EXPECT_EQ(in->seq, got.ok ? 1U : 0U);
        return got;
    }
};

TEST_F(Inner, LosesItsPadding)
{
    for (size_t padding : { 0, 1, 100, 255 }) {
        Bytes inner = { 'a', 0, CT_ALERT };
        inner.resize(inner.size() + padding);
        Opened got = OpenInner(inner);
        ASSERT_TRUE(got.ok);
        EXPECT_EQ(got.type, CT_ALERT);
        EXPECT_EQ(got.body, (Bytes{ 'a', 0 }));
    }
    EXPECT_TRUE(OpenInner(Bytes{ CT_APPDATA }).ok);
}

/* With room for all but the last byte, that byte stays apart, be it the type or padding. */
TEST_F(Inner, LosesItsPadding_WhenTheRoomIsOneShort)
{
    for (size_t padding : { 0, 1, 5000 }) {
        Bytes inner = Pattern(6000), text(inner);
        inner.push_back(CT_ALERT);
        inner.resize(inner.size() + padding);
        Opened got = OpenInner(inner, inner.size() - 1);
        ASSERT_TRUE(got.ok);
        EXPECT_EQ(got.type, CT_ALERT);
        EXPECT_EQ(got.body, text);
    }
    EXPECT_EQ(OpenInner(Bytes(6000), 5999).error, ERR_BAD_MESSAGE);
}

TEST_F(Inner, IsRefused_WhenItHasNoType)
{
    EXPECT_EQ(OpenInner(Bytes()).error, ERR_BAD_MESSAGE);
    EXPECT_EQ(OpenInner(Bytes(1)).error, ERR_BAD_MESSAGE);
    EXPECT_EQ(OpenInner(Bytes(300)).error, ERR_BAD_MESSAGE);
}

TEST_F(Inner, IsRefused_WhenTooLong)
{
    Bytes content(16384, 'x');
    content.push_back(CT_APPDATA);
    EXPECT_TRUE(OpenInner(content).ok);
    Bytes slack = content;
    slack.resize(16401);
    EXPECT_TRUE(OpenInner(slack).ok);
    slack.push_back(0);
    EXPECT_EQ(OpenInner(slack).error, ERR_MAX_INNER_PLAINTEXT_SIZE);
    content.push_back(CT_APPDATA);
    EXPECT_EQ(OpenInner(content).error, ERR_MAX_INNER_PLAINTEXT_SIZE);
}

TEST_F(Inner, IsAlwaysBehindApplicationData)
{
    HalfPtr in;
    ASSERT_TRUE(in.Key(kGcm13, false));
    Opened ccs = Open(in, FromHex("140303000101"));
    ASSERT_TRUE(ccs.ok);
    EXPECT_TRUE(ccs.plain);
    EXPECT_EQ(ccs.type, CT_CCS);
    EXPECT_EQ(ccs.body, Bytes{ 1 });
    EXPECT_EQ(in->seq, 0U);
    Opened alert = Open(in, FromHex("15030300020228")); /* of a peer without keys: the connection judges it */
    ASSERT_TRUE(alert.ok);
    EXPECT_TRUE(alert.plain);
    EXPECT_EQ(alert.type, CT_ALERT);
    EXPECT_EQ(in->seq, 0U);
    EXPECT_EQ(Open(in, FromHex("1603030001aa")).error, ERR_BAD_MESSAGE);
    EXPECT_EQ(Open(in, FromHex("1803030001aa")).error, ERR_BAD_MESSAGE);
    HalfPtr out;
    ASSERT_TRUE(out.Key(kGcm13, true));
    EXPECT_EQ(Seal(out, CT_ALERT, TLS12, Pattern(2))[0], CT_APPDATA);
}

TEST_F(Record, RefusesALongPlaintext_WhenTls12)
{
    for (const RecordKind &kind : { kGcm12, kCbc12 }) {
        HalfPtr out, in;
        ASSERT_TRUE(out.Key(kind, true) && in.Key(kind, false));
        Bytes plain = Pattern(16385), wire(RECORD_HEADER + 16385 + 100), iv = Pattern(12, 99);
        uint8_t hdr13[CIPHER_MAC_HEADER] = { 0, 0, 0, 0, 0, 0, 0, 0, CT_APPDATA, 3, 3 };
        wire[0] = CT_APPDATA;
        wire[1] = wire[2] = 3;
        struct span piece = Span(plain);
        size_t size = record_overhead(out, plain.size()) - RECORD_HEADER + plain.size();
        wire.resize(RECORD_HEADER + size);
        ASSERT_TRUE(kind.suite == kGcm12.suite
                        ? cipher_seal12(&out->ctx, iv.data(), hdr13, &piece, 1, wire.data() + RECORD_HEADER)
                        : cipher_cbc_seal(&out->ctx, hdr13, &piece, 1, wire.data() + RECORD_HEADER, size));
        EXPECT_EQ(Open(in, Relength(wire)).error, ERR_MAX_INNER_PLAINTEXT_SIZE);
        EXPECT_EQ(in->seq, 0U);
    }
}

} // namespace
