/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transcript, the order of the key schedule, its forms below TLS 1.3, and the key log. Expected values
 * below TLS 1.3 were computed with an independent program (Python's hmac and hashlib); TLS 1.3 has RFC 8448
 * in tests_c/vectors.
 */
#include "support/core_fixture.h"

#include <numeric>

extern "C" {
#include "schedule/schedule.h"
}

namespace
{

constexpr uint16_t kGcm128 = 0xC02F, kGcm256 = 0xC030, kCbc128 = 0x002F, kChaCha12 = 0xCCA8;
constexpr uint16_t kTls13Gcm128 = 0x1301, kTls13Gcm256 = 0x1302;

class Schedule : public CoreTest
{
  protected:
    void SetUp() override
    {
        ks_init(&ks);
        std::memset(ks.randoms, 0x11, 32);
        std::memset(ks.randoms + 32, 0x22, 32);
        std::iota(premaster.begin(), premaster.end(), static_cast<uint8_t>(0));
        ks.keylog = { Collect, &log };
    }
    void TearDown() override { ks_wipe(&ks); }

    static void Collect(void *ctx, const uint8_t *line, size_t n)
    {
        static_cast<std::vector<std::string> *>(ctx)->emplace_back(reinterpret_cast<const char *>(line), n);
    }
    void Start(uint16_t version, uint16_t suite)
    {
        ASSERT_TRUE(transcript_add(&ks.transcript, Text("hello ")));
        ASSERT_TRUE(ks_suite(&ks, version, suite_by_id(suite)));
        ASSERT_TRUE(transcript_add(&ks.transcript, Text("world")));
    }
    std::string Finished(bool client)
    {
        Bytes out(HASH_MAX);
        size_t n = 0;
        EXPECT_TRUE(ks_finished(&ks, client, out.data(), &n));
        return ToHex(out.data(), n);
    }
    std::string Current() { return Hex(secret_span(&ks.current)); }

    struct schedule ks;
    Bytes premaster = Bytes(48);
    std::vector<std::string> log;
};

void ExpectState(bool answer)
{
    EXPECT_FALSE(answer);
    EXPECT_EQ(err_last(), ERR_SECRET_SCHEDULE_STATE);
}

/* ---- transcript ---- */

TEST_F(Schedule, TranscriptKeepsBytesUntilTheHashIsKnown)
{
    struct transcript *t = &ks.transcript;
    uint8_t digest[HASH_MAX];
    ASSERT_TRUE(transcript_add(t, Text("ab")));
    ExpectState(transcript_peek(t, digest));
    ExpectState(transcript_retry(t));
    transcript_drop_raw(t);
    EXPECT_EQ(Hex(buf_span(&t->raw)), "6162"); /* nothing else knows them yet */
    ASSERT_TRUE(transcript_hash(t, HASH_SHA256));
    EXPECT_EQ(t->raw.len, 0u);
    ASSERT_TRUE(transcript_add(t, Text("c")));
    ASSERT_TRUE(transcript_hash(t, HASH_SHA256));
    ASSERT_TRUE(transcript_peek(t, digest));
    EXPECT_EQ(ToHex(digest, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_FALSE(transcript_hash(t, HASH_SHA384));
    EXPECT_EQ(err_last(), ERR_HASH_INVALID_ALGORITHM);
}

TEST_F(Schedule, TranscriptKeepsBytesForOtherHashesWhenAsked)
{
    struct transcript *t = &ks.transcript;
    t->keep = true;
    ASSERT_TRUE(transcript_add(t, Text("ab")));
    ASSERT_TRUE(transcript_hash(t, HASH_MD5_SHA1));
    ASSERT_TRUE(transcript_add(t, Text("c")));
    EXPECT_EQ(Hex(buf_span(&t->raw)), "616263");
    uint8_t digest[HASH_MAX];
    ASSERT_TRUE(transcript_peek(t, digest));
    EXPECT_EQ(ToHex(digest, 16), "900150983cd24fb0d6963f7d28e17f72");
    transcript_drop_raw(t);
    EXPECT_EQ(t->raw.p, nullptr);
    ASSERT_TRUE(transcript_add(t, Text("d")));
    EXPECT_EQ(t->raw.len, 0u);
}

TEST_F(Schedule, RetryOfAKeptTranscriptKeepsTheNewBytes)
{
    struct transcript *t = &ks.transcript;
    t->keep = true;
    ASSERT_TRUE(transcript_add(t, Text("abc")));
    ASSERT_TRUE(transcript_hash(t, HASH_SHA256));
    ASSERT_TRUE(transcript_retry(t));
    EXPECT_EQ(Hex(buf_span(&t->raw)),
              "fe000020ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    uint8_t kept[HASH_MAX], running[HASH_MAX];
    ASSERT_TRUE(hash_once(HASH_SHA256, buf_span(&t->raw), kept));
    ASSERT_TRUE(transcript_peek(t, running));
    EXPECT_EQ(ToHex(kept, 32), ToHex(running, 32));
}

/* ---- order ---- */

TEST_F(Schedule, NothingHappensBeforeTheSuite)
{
    ExpectState(ks_early(&ks, nullptr));
    ExpectState(ks_premaster(&ks, Span(premaster), false));
    ExpectState(ks_master(&ks));
}

TEST_F(Schedule, Tls13StagesCannotBeSkippedOrRepeated)
{
    uint8_t out[HASH_MAX];
    size_t n;
    Start(TLS13, kTls13Gcm128);
    ExpectState(ks_handshake(&ks, Span(premaster)));
    ExpectState(ks_finished(&ks, true, out, &n));
    ASSERT_TRUE(ks_early(&ks, nullptr));
    ExpectState(ks_master(&ks));
    ExpectState(ks_suite(&ks, TLS13, suite_by_id(kTls13Gcm128)));
    ASSERT_TRUE(ks_handshake(&ks, Span(premaster)));
    ExpectState(ks_early(&ks, nullptr));
    ExpectState(ks_handshake(&ks, Span(premaster)));
    ExpectState(ks_resumption(&ks));
    ASSERT_TRUE(ks_master(&ks));
    ExpectState(ks_master(&ks));
    ASSERT_TRUE(ks_resumption(&ks));
    ExpectState(ks_resumption(&ks));
    EXPECT_EQ(ks.stage, KS_DONE);
}

TEST_F(Schedule, Tls13EndWipesWhatIsNoLongerNeeded)
{
    Start(TLS13, kTls13Gcm256);
    ASSERT_TRUE(ks_early(&ks, nullptr) && ks_handshake(&ks, Span(premaster)) && ks_master(&ks));
    EXPECT_EQ(ks.named[SECRET_CLIENT_HANDSHAKE].n, 48);
    ASSERT_TRUE(ks_resumption(&ks));
    EXPECT_EQ(ks.current.n, 0);
    EXPECT_EQ(ks.named[SECRET_CLIENT_HANDSHAKE].n, 0);
    EXPECT_EQ(ks.named[SECRET_SERVER_HANDSHAKE].b[0], 0);
    EXPECT_EQ(ks.named[SECRET_CLIENT_APP].n, 48);
    EXPECT_EQ(ks.named[SECRET_RESUMPTION].n, 48);
    uint8_t out[HASH_MAX];
    size_t n;
    ExpectState(ks_finished(&ks, true, out, &n));
}

TEST_F(Schedule, VersionsDoNotMix)
{
    Start(TLS12, kGcm128);
    ExpectState(ks_early(&ks, nullptr));
    uint8_t out[HASH_MAX];
    size_t n;
    ExpectState(ks_finished(&ks, true, out, &n));
    ASSERT_TRUE(ks_premaster(&ks, Span(premaster), false));
    ExpectState(ks_premaster(&ks, Span(premaster), false));
    ExpectState(ks_ssl3_digest(&ks, SPAN_NONE, out));
    ks_wipe(&ks);
    ks_init(&ks);
    Start(TLS13, kTls13Gcm128);
    ExpectState(ks_premaster(&ks, Span(premaster), false));
}

TEST_F(Schedule, PskAndSharedSecretChangeTheSecrets)
{
    std::vector<std::string> seen;
    Bytes psk(32, 1), other(32, 2);
    struct secret one, two;
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(psk), &one) && ks_psk_early(HASH_SHA256, Span(other), &two));
    for (const struct secret *input :
         { static_cast<const struct secret *>(nullptr), static_cast<const struct secret *>(&one),
           static_cast<const struct secret *>(&two) }) {
        ks_wipe(&ks);
        ks_init(&ks);
        Start(TLS13, kTls13Gcm128);
        ASSERT_TRUE(ks_early(&ks, input) && ks_handshake(&ks, SPAN_NONE));
        for (const std::string &before : seen) {
            EXPECT_NE(before, Current());
        }
        seen.push_back(Current());
    }
}

TEST_F(Schedule, KeyUpdateReplacesTheTrafficSecret)
{
    struct secret traffic = { 48, {} };
    std::iota(traffic.b, traffic.b + 48, static_cast<uint8_t>(0));
    struct traffic_keys keys;
    ASSERT_TRUE(ks_traffic_keys(suite_by_id(kTls13Gcm256), &traffic, &keys));
    EXPECT_EQ(ToHex(keys.key, keys.key_len),
              "6877d022f1c61d24ebb7487c16752d9a4798e40431c75b39320e537c90e23225");
    EXPECT_EQ(ToHex(keys.iv, keys.iv_len), "42822531a0fe88648fc09e9f");
    traffic_keys_wipe(&keys);
    EXPECT_EQ(keys.key_len, 0);
    ASSERT_TRUE(ks_next_traffic(HASH_SHA384, &traffic));
    EXPECT_EQ(
        Hex(secret_span(&traffic)),
        "401331b63e9d59f202e8f041042d9516f4cd7fa2e2ee14631d3b49fc340d7af37fc2c0c9f252d8036f81ec5b85cbe5db");
}

/* ---- PSKs ---- */

/* Over SHA-xxx("hello world"), with the PSK 00 01 02 .. 2f. */
const struct PskRow {
    enum hash_alg alg;
    const char *early, *external, *resumption, *traffic;
} kPsk[] = {
    { HASH_SHA256, "7a4abfd27a7724a2c9d2f899481a1f98a552862f3fbfdce1a39f1a838dbd55d6",
      "67eaeb5a6cc521f21ce91b0d3effb67cb9c7cfbb816a388ac2139eef59df5cc4",
      "eab78080123df3457dce1e29bc853c1d45d1036239296e13c10b0e4de836884b",
      "d3f3c7486678156ef7698c4f9ec2741bb5809cec9883c32ce6b7169269700530" },
    { HASH_SHA384,
      "360732e7447a7e51164ebc696c02061ead7f37c94691c4c830c8bb5ccc75ad69aa72ba3bc5d8112486c6d0c5c6b9e0be",
      "646ce0825a3c4ce327fe62632a034db735e5b22bfed3bed7911dcfca314bb0f04374605a16d3dd7532abf6c553d5da68",
      "a97cffeb0878769d23b2d51ac7c6757a9010f73fca559d2a2a339dda42e886784af28e9c5738eb4277607c7381ec4630",
      "8ff8da43af90e4f072f6f21eedfdbc410fd28efad00763a52ad9487d685a47cb56a65d2a90350bdc67ef8140d286b082" },
};

TEST_F(Schedule, PskGivesEarlySecretBindersAndEarlyTraffic)
{
    for (const PskRow &row : kPsk) {
        size_t n = hash_size(row.alg);
        struct secret early;
        Bytes digest(HASH_MAX), out(n);
        ASSERT_TRUE(hash_once(row.alg, Text("hello world"), digest.data()));
        ASSERT_TRUE(ks_psk_early(row.alg, Span(premaster), &early));
        EXPECT_EQ(Hex(secret_span(&early)), row.early);
        ASSERT_TRUE(ks_psk_binder(row.alg, &early, true, digest.data(), out.data()));
        EXPECT_EQ(ToHex(out), row.external);
        ASSERT_TRUE(ks_psk_binder(row.alg, &early, false, digest.data(), out.data()));
        EXPECT_EQ(ToHex(out), row.resumption);
        log.clear();
        ASSERT_TRUE(ks_psk_early_traffic(&ks, row.alg, &early, digest.data())); /* no suite is settled yet */
        EXPECT_EQ(Hex(secret_span(&ks.named[SECRET_CLIENT_EARLY])), row.traffic);
        EXPECT_EQ(log, std::vector<std::string>{ std::string("CLIENT_EARLY_TRAFFIC_SECRET ") +
                                                 ToHex(Bytes(32, 0x11)) + " " + row.traffic });
    }
}

TEST_F(Schedule, RetryMayChangeThePsk)
{
    struct secret early, wrong;
    Bytes zeros(32, 0);
    Start(TLS13, kTls13Gcm128);
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(premaster), &early));
    ASSERT_TRUE(ks_early(&ks, &early));
    EXPECT_EQ(Current(), kPsk[0].early);
    ASSERT_TRUE(ks_early(&ks, nullptr));
    EXPECT_EQ(ks.stage, KS_EARLY);
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(zeros), &wrong)); /* no PSK stands for zeros */
    EXPECT_EQ(Current(), Hex(secret_span(&wrong)));
    ASSERT_TRUE(ks_early(&ks, &early));
    EXPECT_EQ(Current(), kPsk[0].early);
    ASSERT_TRUE(ks_psk_early(HASH_SHA384, Span(premaster), &wrong));
    EXPECT_FALSE(ks_early(&ks, &wrong)); /* of another hash than the suite's */
    EXPECT_EQ(err_last(), ERR_SAFETY);
    EXPECT_EQ(Current(), kPsk[0].early);
}

TEST_F(Schedule, EarlyTrafficSecretGoesWithTheOthers)
{
    struct secret early;
    uint8_t digest[HASH_MAX];
    Start(TLS13, kTls13Gcm128);
    ASSERT_TRUE(ks_psk_early(HASH_SHA256, Span(premaster), &early) && ks_early(&ks, &early));
    ASSERT_TRUE(transcript_peek(&ks.transcript, digest));
    ASSERT_TRUE(ks_psk_early_traffic(&ks, HASH_SHA256, &early, digest));
    EXPECT_EQ(Hex(secret_span(&ks.named[SECRET_CLIENT_EARLY])), kPsk[0].traffic);
    ASSERT_TRUE(ks_handshake(&ks, Span(premaster)) && ks_master(&ks) && ks_resumption(&ks));
    EXPECT_EQ(ks.named[SECRET_CLIENT_EARLY].n, 0);
    EXPECT_EQ(ks.named[SECRET_CLIENT_EARLY].b[0], 0);
}

TEST_F(Schedule, TranscriptPeekWithLooksAhead)
{
    struct transcript *t = &ks.transcript;
    const struct span pieces[] = { Text("b"), SPAN_NONE, Text("c") };
    Bytes out(HASH_MAX);
    const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    ASSERT_TRUE(transcript_add(t, Text("a")));
    ASSERT_TRUE(transcript_peek_with(t, HASH_SHA256, pieces, 3, out.data())); /* from the kept bytes */
    EXPECT_EQ(ToHex(out.data(), 32), abc);
    ASSERT_TRUE(
        transcript_peek_with(t, HASH_SHA384, pieces, 3, out.data())); /* any hash while none is settled */
    EXPECT_EQ(ToHex(out.data(), 16), "cb00753f45a35e8bb5a03d699ac65007");
    ASSERT_TRUE(transcript_hash(t, HASH_SHA256));
    ASSERT_TRUE(transcript_peek_with(t, HASH_SHA256, pieces, 3, out.data())); /* from the running hash */
    EXPECT_EQ(ToHex(out.data(), 32), abc);
    EXPECT_FALSE(transcript_peek_with(t, HASH_SHA384, pieces, 3, out.data()));
    EXPECT_EQ(err_last(), ERR_HASH_INVALID_ALGORITHM);
    ASSERT_TRUE(transcript_peek_with(t, HASH_SHA256, nullptr, 0, out.data())); /* it went nowhere */
    EXPECT_EQ(ToHex(out.data(), 32), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
}

/* ---- TLS 1.2 and older ---- */

struct Older {
    const char *name;
    uint16_t version, suite;
    const char *master, *extended, *client_finished, *server_finished;
};

const Older kOlder[] = {
    { "TLS 1.2 SHA-256", TLS12, kGcm128,
      "bf2551a89a700d5408b099b3d733fd2a9f44a59f47bec76b219de5796d273c6f8e1cf456a7689d195e9894b193822fc3",
      "b33200c8ac564c8892d159150a1fa408a67d80a914b8983475524d9d61f4f1720dd2a1bd442cde098123e7659da05dfa",
      "08730f08c81a40621583ac1b", "090c099c2a3146cc237cf517" },
    { "TLS 1.2 SHA-384", TLS12, kGcm256,
      "0b6fb748a3de04feb502a4c41a2ec2d16ea383b96e65323acf5e5c11bbd0006ac27961d65a331d4871e698a42ee1d91b",
      "eb1f1949e02b61427c56cdb06c30114064272db3786fd6895a6fa264c0cddbeef1cc6d06630a5e8876cc98f2e3ccd28d",
      "569d1a4eda1e4dd43092b0cc", "6de25884ac03c4bdb38d3773" },
    { "TLS 1.1", TLS11, kCbc128,
      "189a4f74416c28e7e0742389b083d721e460679b9ea213a070cbefd5a339bf48463f5870e8dc5947937a8c4e11e41782",
      "e55911bd4b021a99ec7149284c0927a55e2f5d0ed20567c9260f89c7ac5439e39ba3bd3ddc9ec1f4720e3ca29a8f731f",
      "c5501eafc64d82f538a95ccd", "b07232a9ea210ef4388ed2b9" },
};

TEST_F(Schedule, MasterSecretAndFinishedBelowTls13)
{
    for (const Older &o : kOlder) {
        ks_wipe(&ks);
        SetUp();
        Start(o.version, o.suite);
        ASSERT_TRUE(ks_premaster(&ks, Span(premaster), false)) << o.name;
        EXPECT_EQ(Current(), o.master) << o.name;
        EXPECT_EQ(Finished(true), o.client_finished) << o.name;
        EXPECT_EQ(Finished(false), o.server_finished) << o.name;
    }
}

TEST_F(Schedule, ExtendedMasterSecretIsBoundToTheTranscript)
{
    for (const Older &o : kOlder) {
        ks_wipe(&ks);
        SetUp();
        Start(o.version, o.suite);
        ASSERT_TRUE(ks_premaster(&ks, Span(premaster), true)) << o.name;
        EXPECT_EQ(Current(), o.extended) << o.name;
    }
}

TEST_F(Schedule, ResumedMasterSecretTakesThePlaceOfAPremaster)
{
    for (const Older &o : kOlder) {
        ks_wipe(&ks);
        SetUp();
        log.clear();
        struct secret master = { 48, {} };
        Bytes bytes = FromHex(o.master);
        std::memcpy(master.b, bytes.data(), 48);
        ExpectState(ks_resume(&ks, &master)); /* no suite */
        Start(o.version, o.suite);
        ASSERT_TRUE(ks_resume(&ks, &master)) << o.name;
        EXPECT_EQ(Current(), o.master) << o.name;
        EXPECT_EQ(Finished(true), o.client_finished) << o.name;
        EXPECT_EQ(Finished(false), o.server_finished) << o.name;
        EXPECT_EQ(log,
                  std::vector<std::string>{ "CLIENT_RANDOM " + ToHex(Bytes(32, 0x11)) + " " + o.master });
        ExpectState(ks_resume(&ks, &master));
        ExpectState(ks_premaster(&ks, Span(premaster), false));
    }
}

TEST_F(Schedule, ResumeTakesAMasterSecretBelowTls13Only)
{
    struct secret master = { 48, { 1 } }, psk = { 32, { 1 } };
    Start(TLS13, kTls13Gcm128);
    ExpectState(ks_resume(&ks, &master));
    ks_wipe(&ks);
    SetUp();
    Start(TLS12, kGcm128);
    EXPECT_FALSE(ks_resume(&ks, &psk));
    EXPECT_EQ(err_last(), ERR_SAFETY);
}

TEST_F(Schedule, Ssl3HasDerivationsOfItsOwn)
{
    Start(SSL3, kCbc128);
    ASSERT_TRUE(ks_premaster(&ks, Span(premaster), false));
    EXPECT_EQ(
        Current(),
        "e3cdc731e4c550f4dd3d673e3341b13373ccd4f19a02a58559bda110416bd50589601ec712f3749b0432ebb5dfc92f7d");
    EXPECT_EQ(Finished(true), "3cbc17510532edf73515411d9d02e831a48a946fcd94d4f598e8b4002ada389a4693b917");
    EXPECT_EQ(Finished(false), "75296b28fff7ad6bc9aef3a14eb862e6e8ecc54c940d0b03288a5e06ae153eac5c12384f");
    uint8_t signed_digest[36];
    ASSERT_TRUE(ks_ssl3_digest(&ks, SPAN_NONE, signed_digest));
    EXPECT_EQ(ToHex(signed_digest, 36),
              "c882fe0078acd164d6bbb895cd5b354b872b9ac957d1a6342c96d5ca7d5a049b62b9369c");
}

/* The block that the pieces came from, put together again in the order of the wire. */
std::string Block(const struct traffic_keys &c, const struct traffic_keys &s)
{
    return ToHex(c.mac, c.mac_len) + ToHex(s.mac, s.mac_len) + ToHex(c.key, c.key_len) +
           ToHex(s.key, s.key_len) + ToHex(c.iv, c.iv_len) + ToHex(s.iv, s.iv_len);
}

const char kBlock12[] = "b78bf22c34f80793432e769ce1c38570980bb56b9e230b59338bbd84711c1f26e336a7de011ac69348a2"
                        "9747accde77bf66194b53bdf973297"
                        "f6c5bad324d759d4c0f6fac8f117542a99e7c31800150f6d241cb0a67a800ba5b5faa74e691394b1de46"
                        "5941e2efc58951cefdf1a8cec8cd04"
                        "db054df0eff8ff0828cc2faf5baa1cf1a4b93beac513";
const char kBlock10[] = "1870ac45eb8d21262e0789e7e63e7ea34b85710b2c395efa31e6f5e6df2717834129689197832b92ab37"
                        "33f2dcf950518f82f9058797ba7783"
                        "2cf8d32d4e65adb7be9369873dee0fab3084611b5f03f7a25f2f30e3039ac387679517f8ca7f8e5a5c6f"
                        "19fa9f65f392a6e782cb9291d40531"
                        "08f66b5eecb526af1cafd3a190a29b84bedbd8a20420";
const char kBlock3[] = "51fe814d214d2b5d442c11fba938a2f17ed71bd82576051e2c30bb16f69b3d0b55d1f4967b9e949718f77"
                       "097be306035043419eea274408319"
                       "2f181779eb1f20ca810b3227c55bbb2f90541718da9b2f3fa478652ca0efdf98f2233125f35a4c4885902"
                       "c1de21d8e81eb9c804e84209c4bac"
                       "c3686393af08dc85471b092c13d7efcebaf5971b5e9e";

TEST_F(Schedule, KeyBlockIsSplitByCipherAndVersion)
{
    struct {
        uint16_t version, suite;
        const char *master, *block;
        size_t mac, key, iv;
    } cases[] = {
        { TLS12, kGcm128, kOlder[0].master, kBlock12, 0, 16, 4 },
        { TLS12, kChaCha12, kOlder[0].master, kBlock12, 0, 32, 12 },
        { TLS12, kCbc128, kOlder[0].master, kBlock12, 20, 16, 0 },
        { TLS11, kCbc128, kOlder[2].master, kBlock10, 20, 16, 0 },
        { TLS10, kCbc128, kOlder[2].master, kBlock10, 20, 16, 16 },
        { SSL3, kCbc128,
          "e3cdc731e4c550f4dd3d673e3341b13373ccd4f19a02a58559bda110416bd50589601ec712f3749b0432ebb5dfc92f7d",
          kBlock3, 20, 16, 16 },
    };
    for (const auto &c : cases) {
        struct traffic_keys client, server;
        Bytes master = FromHex(c.master);
        ASSERT_TRUE(
            ks_key_block(c.version, suite_by_id(c.suite), Span(master), ks.randoms, &client, &server));
        for (const struct traffic_keys *keys : { &client, &server }) {
            EXPECT_EQ(keys->mac_len, c.mac);
            EXPECT_EQ(keys->key_len, c.key);
            EXPECT_EQ(keys->iv_len, c.iv);
        }
        EXPECT_EQ(Block(client, server), std::string(c.block).substr(0, 4 * (c.mac + c.key + c.iv)));
    }
}

/* ---- key log ---- */

const char kClientRandom[] = "1111111111111111111111111111111111111111111111111111111111111111";

TEST_F(Schedule, KeyLogBelowTls13IsOneLine)
{
    Start(TLS12, kGcm128);
    ASSERT_TRUE(ks_premaster(&ks, Span(premaster), false));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_EQ(log[0], std::string("CLIENT_RANDOM ") + kClientRandom + " " + kOlder[0].master);
}

TEST_F(Schedule, KeyLogOfTls13NamesEverySecretInOrder)
{
    Start(TLS13, kTls13Gcm256);
    ASSERT_TRUE(ks_early(&ks, nullptr) && ks_handshake(&ks, Span(premaster)) && ks_master(&ks));
    const struct {
        const char *label;
        enum secret_id id;
    } expected[] = {
        { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", SECRET_CLIENT_HANDSHAKE },
        { "SERVER_HANDSHAKE_TRAFFIC_SECRET", SECRET_SERVER_HANDSHAKE },
        { "CLIENT_TRAFFIC_SECRET_0", SECRET_CLIENT_APP },
        { "SERVER_TRAFFIC_SECRET_0", SECRET_SERVER_APP },
        { "EXPORTER_SECRET", SECRET_EXPORTER },
    };
    ASSERT_EQ(log.size(), 5u);
    for (size_t i = 0; i < 5; i++) {
        EXPECT_EQ(log[i], std::string(expected[i].label) + " " + kClientRandom + " " +
                              Hex(secret_span(&ks.named[expected[i].id])));
    }
    ASSERT_TRUE(ks_resumption(&ks));
    EXPECT_EQ(log.size(), 5u); /* the resumption secret is nobody's business */
}

TEST_F(Schedule, WithoutCallbackNothingIsLogged)
{
    ks.keylog = { nullptr, nullptr };
    Start(TLS13, kTls13Gcm128);
    ASSERT_TRUE(ks_early(&ks, nullptr) && ks_handshake(&ks, Span(premaster)));
    EXPECT_TRUE(log.empty());
}

} // namespace
