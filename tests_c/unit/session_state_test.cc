/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions as bytes: states field by field, tickets of another implementation and our own, lifetimes, blobs, and what
 * is refused with which error. contract/tickets.md sections 2 to 5. The vectors come from the project's ticket
 * vectors; what their tickets hold was found with an independent program (Python's hmac and cryptography).
 */
#include "support/core_fixture.h"

#include <pthread.h>

#include <algorithm>
#include <set>

extern "C" {
#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "handshake/state.h"
}

namespace
{

constexpr uint64_t kSecond = UINT64_C(1000000000);
constexpr uint64_t kIssued = 1800000000 * kSecond;
constexpr uint64_t kIntro = 1799998800; /* seconds */
constexpr uint64_t kWeek = 604800 * kSecond;

struct Vector {
    uint16_t version, suite;
    uint32_t age_add;
    uint64_t keying_expiry;
    const char *name, *key, *ticket, *blob, *secret;
};
const Vector kVectors[] = {
    { TLS13, 0x1302, 0x5797bbb4, kIssued + kWeek, "7469636b65742d6b65792d30412e3320",
      "070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9e0e7eef5fc030a11181f262d343b42"
      "4950",
      "017469636b65742d6b65792d30412e33209481065fb21927a597460eaf81aea6879eec2dca83032e0801e67964a3"
      "ca92602906a28d51471b75fa64938787bb469b0797f6ffb806e4be3e717779cff30e782ad143206bd9fb0cdce899"
      "cab2d993595c7c29274cf59dd75b71bf9c4d39e36ebd601069d2a3529b09f74329b267bc4a6baf7e8066e507899a"
      "babe66c19535c21f6c95102adea7ae91",
      "01009a017469636b65742d6b65792d30412e33209481065fb21927a597460eaf81aea6879eec2dca83032e0801e6"
      "7964a3ca92602906a28d51471b75fa64938787bb469b0797f6ffb806e4be3e717779cff30e782ad143206bd9fb0c"
      "dce899cab2d993595c7c29274cf59dd75b71bf9c4d39e36ebd601069d2a3529b09f74329b267bc4a6baf7e8066e5"
      "07899ababe66c19535c21f6c95102adea7ae910222130218fae27693b400005797bbb43031efe92d2b89adaf5865"
      "88d9e48c441ab4b5d2cb6a2a0213c7336dfde39c59506bb2dd5e607384a6978a03829b0014be00000000",
      "31efe92d2b89adaf586588d9e48c441ab4b5d2cb6a2a0213c7336dfde39c59506bb2dd5e607384a6978a03829b00"
      "14be" },
    { TLS13, 0x1301, 0x86dc35f9, kIssued + kWeek, "7469636b65742d6b65792d30412e3620",
      "10171e252c333a41484f565d646b727980878e959ca3aab1b8bfc6cdd4dbe2e9f0f7fe050c131a21282f363d444b"
      "525960676e757c838a91989fa6adb4bbc2c9",
      "017469636b65742d6b65792d30412e3620ceecff10283f8b66f78cbe4962ca7235abdf841aeb602b14794e490e32"
      "333ae929dc7e3a1c2898aa905978da433275b00aade31fdcd8824beb19954b77892bee38057287806c5ad04a60eb"
      "e4d350b159f3a0b8a319d6935c0532cd4ddfb34384255f20bb27b9957fea4f5f7e9abb4ad413c22c7e54846a0fc0",
      "", "9a4859824e63cc149fed875f2c17eb10bff7c1202e6608c667ecf31de04404db" },
    { TLS12, 0xC02B, 0x00000000, 0, "7469636b65742d6b65792d30412e3720",
      "131a21282f363d444b525960676e757c838a91989fa6adb4bbc2c9d0d7dee5ec",
      "017469636b65742d6b65792d30412e3720f09a4fd2e20e6c3bbb8a40f63e02b358ac8ee72c74d5819f105b0201f7"
      "9da4ce7258bc2b07f4dafa8ea9a592a984956274451260e68f8cbf881d6a861c2174ee5303bb886d384e5f69bc65"
      "798d46636036a77bd7e3e77e15751f03d75d81b49db3f4816e15d35c63adc1899db08285f3e016bd53c6cddf5518",
      "01008a017469636b65742d6b65792d30412e3720f09a4fd2e20e6c3bbb8a40f63e02b358ac8ee72c74d5819f105b"
      "0201f79da4ce7258bc2b07f4dafa8ea9a592a984956274451260e68f8cbf881d6a861c2174ee5303bb886d384e5f"
      "69bc65798d46636036a77bd7e3e77e15751f03d75d81b49db3f4816e15d35c63adc1899db08285f3e016bd53c6cd"
      "df55180421c02b18fae27693b400004fa15a851824ff7b8f862d6ee51907806b9e1fb43fc0bd0cfbb7c2bcf33eec"
      "b59c4b24768265361048fca258705f73d901",
      "4fa15a851824ff7b8f862d6ee51907806b9e1fb43fc0bd0cfbb7c2bcf33eecb59c4b24768265361048fca258705f"
      "73d9" },
};

void ExpectError(bool answer, int code)
{
    EXPECT_FALSE(answer);
    EXPECT_EQ(err_last(), code) << err_name(err_last());
}

int FixedClock(void *ctx, uint64_t *out)
{
    *out = *static_cast<uint64_t *>(ctx);
    return 0;
}

class SessionState : public CoreTest
{
  protected:
    void SetUp() override
    {
        config = config_new();
        ASSERT_NE(config, nullptr);
        config->wall = { FixedClock, &now };
        ASSERT_TRUE(config_set_tickets(config, true));
    }
    void TearDown() override
    {
        state_wipe(&state);
        buf_free(&plain);
        config_free(config);
    }

    void AddKey(const Bytes &name, const Bytes &key, uint64_t intro = kIntro)
    {
        ASSERT_TRUE(config_add_ticket_key(config, Span(name), Span(key), intro));
    }
    void AddKey(const char *name = "name", uint64_t intro = 1800000000)
    {
        ASSERT_TRUE(config_add_ticket_key(config, Text(name), Text(name), intro));
    }
    bool Open(const Bytes &ticket) { return ticket_open(config, now, Span(ticket), &plain, &state); }
    Bytes Seal(const struct session_state &s, uint32_t *lifetime)
    {
        AUTO_BUF out = { nullptr, 0, 0, false };
        struct wr w = wr_to(&out);
        EXPECT_TRUE(ticket_seal(config, now, &s, &w, lifetime));
        EXPECT_TRUE(wr_ok(&w));
        return Bytes(out.p, out.p + out.len);
    }
    Bytes Seal(const struct session_state &s)
    {
        uint32_t lifetime = 0;
        return Seal(s, &lifetime);
    }

    static struct session_state State12(uint16_t suite = 0xC02F)
    {
        struct session_state s = { TLS12, suite_by_id(suite), kIssued, { 48, {} }, true };
        std::fill(s.secret.b, s.secret.b + 48, 0xab);
        return s;
    }
    static struct session_state State13(uint16_t suite = 0x1301)
    {
        const struct suite *row = suite_by_id(suite);
        struct session_state s = { TLS13, row, kIssued, { static_cast<uint8_t>(hash_size(row->prf)), {} } };
        std::fill(s.secret.b, s.secret.b + s.secret.n, 0xcd);
        s.age_add = 0x01020304;
        s.keying_expiry = kIssued + kWeek;
        return s;
    }
    static struct session_state StateEarly()
    {
        struct session_state s = State13();
        s.max_early = 0x11223344;
        s.alpn = Text("h2");
        s.context = Text("ctx");
        return s;
    }
    static Bytes Written(const struct session_state &s, enum state_copy copy)
    {
        AUTO_BUF out = { nullptr, 0, 0, false };
        struct wr w = wr_to(&out);
        state_write(&s, copy, &w);
        EXPECT_TRUE(wr_ok(&w));
        return Bytes(out.p, out.p + out.len);
    }
    static Bytes Blob(const struct session_blob &b)
    {
        AUTO_BUF out = { nullptr, 0, 0, false };
        struct wr w = wr_to(&out);
        blob_write(&b, &w);
        EXPECT_TRUE(wr_ok(&w));
        return Bytes(out.p, out.p + out.len);
    }
    bool Read(const Bytes &bytes, enum state_copy copy, size_t *left = nullptr)
    {
        struct rd r = rd_of(Span(bytes));
        bool done = state_read(&r, copy, &state);
        if (left != nullptr) {
            *left = rd_left(&r);
        }
        return done;
    }
    static void ExpectSame(const struct session_state &a, const struct session_state &b)
    {
        EXPECT_EQ(a.version, b.version);
        EXPECT_EQ(a.suite, b.suite);
        EXPECT_EQ(a.issued, b.issued);
        EXPECT_EQ(Hex(secret_span(&a.secret)), Hex(secret_span(&b.secret)));
        EXPECT_EQ(a.ems, b.ems);
        EXPECT_EQ(a.age_add, b.age_add);
        EXPECT_EQ(a.keying_expiry, b.keying_expiry);
        EXPECT_EQ(a.max_early, b.max_early);
        EXPECT_TRUE(span_eq(a.alpn, b.alpn) && span_eq(a.context, b.context));
    }

    struct s2n_config *config = nullptr;
    uint64_t now = kIssued;
    struct buf plain = { nullptr, 0, 0, false };
    struct session_state state = {};
};

const char kState12[] =
    "0421c02f18fae27693b40000"
    "abababababababababababababababababababababababababababababababababababababababababababababababab"
    "01";
const char kSecret13[] = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
const std::string kState13 = std::string("0222130118fae27693b400000102030420") + kSecret13;
const char kExpiry[] = "18fd08868cdd0000";

/* ---- states ---- */

TEST_F(SessionState, LayoutIsTheContracts)
{
    EXPECT_EQ(ToHex(Written(State12(), STATE_SERVER)), kState12);
    EXPECT_EQ(ToHex(Written(State12(), STATE_CLIENT)), kState12);
    EXPECT_EQ(ToHex(Written(State13(), STATE_SERVER)), kState13 + kExpiry + "00000000");
    EXPECT_EQ(ToHex(Written(State13(), STATE_CLIENT)), kState13 + "00000000");
    EXPECT_EQ(ToHex(Written(StateEarly(), STATE_SERVER)), kState13 + kExpiry +
                                                              "11223344"
                                                              "026832"
                                                              "0003637478");
    EXPECT_EQ(ToHex(Written(StateEarly(), STATE_CLIENT)), kState13 + "11223344"
                                                                     "026832"
                                                                     "0003637478");
    EXPECT_EQ(Written(State13(0x1302), STATE_SERVER).size(), 77u);
}

TEST_F(SessionState, StatesComeBackAsTheyWere)
{
    struct session_state without_ems = State12(0xC030), empty_early = State13(0x1303);
    without_ems.version = TLS10;
    without_ems.suite = suite_by_id(0x002F);
    without_ems.ems = false;
    empty_early.max_early = 1; /* with neither protocol nor context */
    for (const struct session_state &s :
         { State12(), without_ems, State13(), State13(0x1302), StateEarly(), empty_early }) {
        for (enum state_copy copy : { STATE_SERVER, STATE_CLIENT }) {
            size_t left = 99;
            Bytes bytes = Written(s, copy);
            ASSERT_TRUE(Read(bytes, copy, &left));
            EXPECT_EQ(left, 0u);
            struct session_state expected = s;
            expected.keying_expiry = copy == STATE_SERVER ? s.keying_expiry : 0;
            ExpectSame(state, expected);
            EXPECT_EQ(Written(state, copy), bytes);
            state_wipe(&state);
        }
    }
}

TEST_F(SessionState, EveryTruncationIsOutOfData)
{
    for (const struct session_state &s : { State12(), State13(), State13(0x1302), StateEarly() }) {
        for (enum state_copy copy : { STATE_SERVER, STATE_CLIENT }) {
            Bytes bytes = Written(s, copy);
            for (size_t n = 0; n < bytes.size(); n++) {
                if (s.version == TLS12 && n == 60) { /* the last field of this form is optional */
                    continue;
                }
                ExpectError(Read(Bytes(bytes.begin(), bytes.begin() + static_cast<long>(n)), copy),
                            ERR_STUFFER_OUT_OF_DATA);
                EXPECT_EQ(state.secret.n, 0) << n; /* a failure gives nothing away */
            }
        }
    }
}

TEST_F(SessionState, ExtendedMasterSecretIsOptionalAndAnyNumberIsTrue)
{
    Bytes bytes = FromHex(kState12);
    for (uint8_t value : { 1, 2, 255 }) {
        bytes[60] = value;
        ASSERT_TRUE(Read(bytes, STATE_CLIENT));
        EXPECT_TRUE(state.ems);
    }
    bytes[60] = 0;
    ASSERT_TRUE(Read(bytes, STATE_CLIENT));
    EXPECT_FALSE(state.ems);
    bytes.pop_back();
    ASSERT_TRUE(Read(bytes, STATE_SERVER));
    EXPECT_FALSE(state.ems);
    EXPECT_EQ(state.secret.n, 48);
}

TEST_F(SessionState, OnlyTwoFormatsAreKnown)
{
    for (int format = 0; format < 256; format++) {
        for (const std::string &text : { std::string(kState12), kState13 + kExpiry + "00000000" }) {
            Bytes bytes = FromHex(text);
            if (format == bytes[0]) {
                continue;
            }
            bytes[0] = static_cast<uint8_t>(format);
            if (format != 2 && format != 4) {
                ExpectError(Read(bytes, STATE_SERVER), ERR_INVALID_SERIALIZED_SESSION_STATE);
            } else { /* the other form, with a suite that it does not have */
                ExpectError(Read(bytes, STATE_SERVER), ERR_CIPHER_NOT_SUPPORTED);
            }
        }
    }
}

TEST_F(SessionState, VersionsAreDecimalAndStrangeOnesResumeNothing)
{
    Bytes bytes = FromHex(kState12);
    for (int v = 0; v < 256; v++) {
        bytes[1] = static_cast<uint8_t>(v);
        ASSERT_TRUE(Read(bytes, STATE_CLIENT)) << v;
        if (v >= 30 && v <= 33) {
            EXPECT_EQ(state.version, 0x0300 + v - 30);
        } else { /* never a version that could be negotiated, and never mistaken for a TLS 1.3 session */
            EXPECT_TRUE(state.version != VER_NONE && (state.version < SSL3 || state.version > TLS13)) << v;
        }
        EXPECT_EQ(Written(state, STATE_CLIENT), bytes) << v;
    }
    bytes = FromHex(kState13 + "00000000");
    for (int v : { 0, 31, 33, 35, 99, 255 }) {
        bytes[1] = static_cast<uint8_t>(v);
        ExpectError(Read(bytes, STATE_CLIENT), ERR_INVALID_SERIALIZED_SESSION_STATE);
    }
}

TEST_F(SessionState, SuiteIsOneOfTheForms)
{
    const std::string tail12(kState12 + 8), tail13 = kState13.substr(8) + "00000000";
    for (const char *suite : { "0000", "00ff", "5600", "5555", "1301", "1302" }) {
        ExpectError(Read(FromHex(std::string("0421") + suite + tail12), STATE_CLIENT),
                    ERR_CIPHER_NOT_SUPPORTED);
    }
    for (const char *suite : { "0000", "00ff", "5555", "1304", "c02f", "002f" }) {
        ExpectError(Read(FromHex(std::string("0222") + suite + tail13), STATE_CLIENT),
                    ERR_CIPHER_NOT_SUPPORTED);
    }
    EXPECT_TRUE(Read(FromHex("0222"
                             "1303" +
                             tail13),
                     STATE_CLIENT));
    EXPECT_TRUE(Read(FromHex("0421"
                             "002f" +
                             tail12),
                     STATE_CLIENT));
}

TEST_F(SessionState, SecretIsAsLongAsTheHash)
{
    Bytes bytes = FromHex(kState13 + "00000000");
    bytes.resize(300);
    for (int n = 0; n < 256; n++) {
        bytes[16] = static_cast<uint8_t>(n);
        if (n == 32) {
            EXPECT_TRUE(Read(bytes, STATE_CLIENT));
        } else {
            ExpectError(Read(bytes, STATE_CLIENT), ERR_INVALID_SERIALIZED_SESSION_STATE);
        }
    }
    struct session_state wrong = State13();
    wrong.secret.n = 48;
    AUTO_BUF out = { nullptr, 0, 0, false };
    struct wr w = wr_to(&out);
    state_write(&wrong, STATE_CLIENT, &w);
    ExpectError(wr_ok(&w), ERR_SAFETY);
}

TEST_F(SessionState, WipingLeavesNothing)
{
    ASSERT_TRUE(Read(FromHex(kState12), STATE_CLIENT));
    state_wipe(&state);
    const struct session_state zero = {};
    EXPECT_EQ(std::memcmp(&state, &zero, sizeof(zero)), 0);
}

/* ---- tickets made elsewhere ---- */

TEST_F(SessionState, TicketsOfTheVectorsOpen)
{
    for (const Vector &v : kVectors) {
        AddKey(FromHex(v.name), FromHex(v.key));
        ASSERT_TRUE(Open(FromHex(v.ticket))) << v.name;
        EXPECT_EQ(state.version, v.version);
        EXPECT_EQ(state.suite, suite_by_id(v.suite));
        EXPECT_EQ(state.issued, kIssued);
        EXPECT_EQ(Hex(secret_span(&state.secret)), v.secret);
        EXPECT_EQ(state.ems, v.version == TLS12);
        EXPECT_EQ(state.age_add, v.age_add);
        EXPECT_EQ(state.keying_expiry, v.keying_expiry);
        EXPECT_EQ(state.max_early, 0u);
        state_wipe(&state);
    }
}

TEST_F(SessionState, BlobsOfTheVectorsAreReadAndWrittenAgain)
{
    for (const Vector &v : kVectors) {
        Bytes bytes = FromHex(v.blob);
        struct session_blob b;
        if (bytes.empty()) { /* its client was another implementation */
            continue;
        }
        ASSERT_TRUE(blob_read(Span(bytes), &b)) << v.name;
        EXPECT_EQ(Hex(b.ticket), v.ticket);
        EXPECT_EQ(b.id.n, 0u);
        EXPECT_EQ(b.state.version, v.version);
        EXPECT_EQ(b.state.suite, suite_by_id(v.suite));
        EXPECT_EQ(b.state.issued, kIssued);
        EXPECT_EQ(Hex(secret_span(&b.state.secret)), v.secret);
        EXPECT_EQ(b.state.ems, v.version == TLS12);
        EXPECT_EQ(b.state.age_add, v.age_add);
        EXPECT_EQ(b.state.keying_expiry, 0u);
        EXPECT_EQ(ToHex(Blob(b)), v.blob);
        state_wipe(&b.state);
    }
}

TEST_F(SessionState, EveryFlippedBitOfATicketIsRefused)
{
    const Vector &v = kVectors[0];
    AddKey(FromHex(v.name), FromHex(v.key));
    const Bytes good = FromHex(v.ticket);
    for (size_t i = 0; i < good.size(); i++) {
        for (int bit = 0; bit < 8; bit++) {
            Bytes bad = good;
            bad[i] ^= static_cast<uint8_t>(1 << bit);
            ExpectError(Open(bad), i < 17 ? ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND : ERR_DECRYPT);
            EXPECT_EQ(plain.len, 0u);
            EXPECT_EQ(state.secret.n, 0);
        }
    }
    EXPECT_TRUE(Open(good));
}

TEST_F(SessionState, EveryTruncatedOrLongerTicketIsRefused)
{
    const Vector &v = kVectors[0];
    AddKey(FromHex(v.name), FromHex(v.key));
    const Bytes good = FromHex(v.ticket);
    for (size_t n = 0; n < good.size(); n++) {
        int expected = n < 61 + 16 ? ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND : ERR_DECRYPT;
        ExpectError(Open(Bytes(good.begin(), good.begin() + static_cast<long>(n))), expected);
    }
    Bytes longer = good;
    longer.push_back(0);
    ExpectError(Open(longer), ERR_DECRYPT);
    longer.resize(65535);
    ExpectError(Open(longer), ERR_DECRYPT);
}

TEST_F(SessionState, TicketNeedsItsKeyInItsTime)
{
    const Vector &v = kVectors[0];
    Bytes ticket = FromHex(v.ticket);
    ExpectError(Open(ticket), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND); /* no key at all */
    AddKey(FromHex(v.name), FromHex("00"));
    ExpectError(Open(ticket), ERR_DECRYPT); /* another key of this name */
    ASSERT_TRUE(config_set_tickets(config, false));
    ExpectError(Open(ticket), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND); /* no ring */
    ASSERT_TRUE(config_set_tickets(config, true));
    AddKey(FromHex(v.name), FromHex(v.key));
    now = kIntro * kSecond - 1;
    ExpectError(Open(ticket), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND); /* not yet */
    now = (kIntro + 54000) * kSecond;
    ExpectError(Open(ticket), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND); /* no longer */
    now--;
    EXPECT_TRUE(Open(ticket)); /* of the ticket's own age nothing is said here */
}

/* ---- our tickets ---- */

TEST_F(SessionState, SealedTicketsOpenAgain)
{
    const struct {
        struct session_state state;
        size_t length;
    } rows[] = {
        { State12(), TICKET12_LEN }, { State13(), 138 }, { State13(0x1302), 154 }, { StateEarly(), 146 }
    };
    AddKey();
    for (const auto &row : rows) {
        Bytes ticket = Seal(row.state);
        EXPECT_EQ(ticket.size(), row.length);
        EXPECT_EQ(ToHex(ticket).substr(0, 34), "016e616d65000000000000000000000000");
        ASSERT_TRUE(Open(ticket));
        ExpectSame(state, row.state);
        state_wipe(&state);
    }
}

TEST_F(SessionState, SealAppendsToWhatIsThere)
{
    AddKey();
    AUTO_BUF out = { nullptr, 0, 0, false };
    struct wr w = wr_to(&out);
    struct session_state s = State12();
    uint32_t lifetime;
    wr_bytes(&w, Text("before"));
    ASSERT_TRUE(ticket_seal(config, now, &s, &w, &lifetime) && wr_ok(&w));
    EXPECT_EQ(out.len, 6u + TICKET12_LEN);
    EXPECT_EQ(std::memcmp(out.p, "before", 6), 0);
    EXPECT_TRUE(Open(Bytes(out.p + 6, out.p + out.len)));
}

TEST_F(SessionState, LargestContextFits)
{
    AddKey();
    Bytes context(65535, 'c'), alpn(255, 'a');
    struct session_state s = StateEarly();
    s.context = Span(context);
    s.alpn = Span(alpn);
    Bytes ticket = Seal(s);
    EXPECT_EQ(ticket.size(), 138u + 3 + 65535 + 255);
    ASSERT_TRUE(Open(ticket));
    ExpectSame(state, s);
}

TEST_F(SessionState, NoTwoTicketsAreSealedAlike)
{
    AddKey();
    std::set<Bytes> infos, ivs, texts;
    for (int i = 0; i < 50; i++) {
        Bytes ticket = Seal(State12());
        infos.insert(Bytes(ticket.begin() + 17, ticket.begin() + 49));
        ivs.insert(Bytes(ticket.begin() + 49, ticket.begin() + 61));
        texts.insert(Bytes(ticket.begin() + 61, ticket.end()));
    }
    EXPECT_EQ(infos.size(), 50u);
    EXPECT_EQ(ivs.size(), 50u);
    EXPECT_EQ(texts.size(), 50u);
}

TEST_F(SessionState, NoKeyNoTicket)
{
    AUTO_BUF out = { nullptr, 0, 0, false };
    struct wr w = wr_to(&out);
    struct session_state s = State12();
    uint32_t lifetime = 7;
    ExpectError(ticket_seal(config, now, &s, &w, &lifetime), ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    AddKey("old", 1800000000 - 7200);
    ExpectError(ticket_seal(config, now, &s, &w, &lifetime), ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    ASSERT_TRUE(config_set_tickets(config, false));
    ExpectError(ticket_seal(config, now, &s, &w, &lifetime), ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    EXPECT_EQ(out.len, 0u);
    EXPECT_EQ(lifetime, 7u);
}

TEST_F(SessionState, AllZeroKeyIsRefused)
{
    struct ticketkey k;
    uint64_t left;
    AddKey();
    struct session_state s = State12();
    Bytes ticket = Seal(s);
    ASSERT_TRUE(ticketkeys_pick(config->ticket_keys, config->key_lives, now, &k, &left));
    /* No material derives to zeros, so the ring is changed behind its back; its first key is within this range. */
    uint8_t *ring = reinterpret_cast<uint8_t *>(config->ticket_keys);
    uint8_t *end = ring + sizeof(pthread_mutex_t) + 16 + sizeof(k);
    uint8_t *key = std::search(ring, end, k.key, k.key + sizeof(k.key));
    ASSERT_NE(key, end);
    std::memset(key, 0, sizeof(k.key));
    AUTO_BUF out = { nullptr, 0, 0, false };
    struct wr w = wr_to(&out);
    uint32_t lifetime = 7;
    ExpectError(ticket_seal(config, now, &s, &w, &lifetime), ERR_KEY_CHECK);
    EXPECT_EQ(out.len, 0u);
    ExpectError(Open(ticket), ERR_KEY_CHECK);
}

TEST_F(SessionState, FailureToWriteLeavesNoPlaintext)
{
    AddKey();
    uint8_t room[100];
    std::memset(room, 0x77, sizeof(room));
    struct buf fixed = BUF_FIXED(room, sizeof(room));
    fixed.len = 3;
    struct wr w = wr_to(&fixed);
    struct session_state s = State12();
    uint32_t lifetime;
    ExpectError(ticket_seal(config, now, &s, &w, &lifetime), ERR_SIZE_MISMATCH);
    EXPECT_EQ(fixed.len, 3u);
    EXPECT_EQ(ToHex(room, 4), "77777700");
    const Bytes master(8, 0xab);
    EXPECT_EQ(std::search(room, room + 100, master.begin(), master.end()), room + 100);
}

/* ---- lifetimes ---- */

TEST_F(SessionState, LifetimeIsTheLeastOfItsLimits)
{
    const struct {
        uint64_t key_age, encrypt, decrypt, session, keying;
        uint32_t lifetime12, lifetime13;
    } rows[] = {
        { 0, 7200, 46800, 54000, 604800, 54000, 54000 },
        { 3600, 7200, 46800, 54000, 604800, 50400, 50400 },
        { 7199, 7200, 46800, 54000, 604800, 46801, 46801 },
        { 0, 7200, 46800, 100, 604800, 100, 100 },
        { 0, 10, 20, 54000, 604800, 30, 30 },
        { 0, 2000000, 9000000, 9000000, 9000000, 604800, 604800 },
        { 0, 7200, 46800, 54000, 50, 54000, 50 },
        { 0, 7200, 46800, 54000, 0, 54000, 0 },
        { 0, 7200, 46800, 0, 604800, 0, 0 },
    };
    for (const auto &row : rows) {
        TearDown();
        SetUp();
        AddKey("name", 1800000000 - row.key_age);
        config->key_lives = { row.encrypt * kSecond, row.decrypt * kSecond };
        config->session_lifetime = row.session;
        struct session_state s = State13();
        s.keying_expiry = now + row.keying * kSecond;
        uint32_t lifetime12 = 1, lifetime13 = 1;
        EXPECT_EQ(Seal(State12(), &lifetime12).empty(), row.lifetime12 == 0);
        EXPECT_EQ(Seal(s, &lifetime13).empty(), row.lifetime13 == 0);
        EXPECT_EQ(lifetime12, row.lifetime12);
        EXPECT_EQ(lifetime13, row.lifetime13);
    }
}

TEST_F(SessionState, LifetimeIsRoundedDownAndNeverNegative)
{
    AddKey();
    struct session_state s = State13();
    uint32_t lifetime = 0;
    now += 1; /* as real clocks show it */
    (void) Seal(State12(), &lifetime);
    EXPECT_EQ(lifetime, 53999u);
    s.keying_expiry = now + kSecond - 1;
    EXPECT_TRUE(Seal(s, &lifetime).empty());
    EXPECT_EQ(lifetime, 0u);
    s.keying_expiry = now - 1; /* over */
    EXPECT_TRUE(Seal(s, &lifetime).empty());
    EXPECT_EQ(lifetime, 0u);
}

/* ---- authentic tickets with odd contents: the key holder may be another version of the library ---- */

class OddTicket : public SessionState
{
  protected:
    void SetUp() override
    {
        SessionState::SetUp();
        AddKey();
    }
    /* Seals as section 2 says, independently of ticket_seal. */
    Bytes SealPlain(const Bytes &text)
    {
        struct ticketkey k;
        struct secret prk;
        uint64_t left;
        uint8_t key[32];
        EXPECT_TRUE(ticketkeys_pick(config->ticket_keys, config->key_lives, now, &k, &left));
        Bytes info(32, 0x21), iv(12, 0x43), aad(k.aad, k.aad + 12), sealed(text.size() + 16);
        aad.insert(aad.end(), k.name, k.name + 16);
        EXPECT_TRUE(kdf_extract(HASH_SHA256, SPAN_NONE, SPAN(k.key, 32), &prk));
        EXPECT_TRUE(kdf_expand(HASH_SHA256, secret_span(&prk), Span(info), key, 32));
        EXPECT_TRUE(aead_seal(key, iv.data(), Span(aad), Span(text), sealed.data()));
        Bytes ticket(1, 1);
        ticket.insert(ticket.end(), k.name, k.name + 16);
        for (const Bytes &part : { info, iv, sealed }) {
            ticket.insert(ticket.end(), part.begin(), part.end());
        }
        return ticket;
    }
};

TEST_F(OddTicket, StateAloneIsAccepted)
{
    ASSERT_TRUE(Open(SealPlain(FromHex(kState12))));
    ExpectSame(state, State12());
}

TEST_F(OddTicket, TrailingBytesAreNoState)
{
    for (const std::string &text : { std::string(kState12), kState13 + kExpiry + "00000000" }) {
        ExpectError(Open(SealPlain(FromHex(text + "00"))), ERR_INVALID_SERIALIZED_SESSION_STATE);
        EXPECT_EQ(plain.len, 0u);
        EXPECT_EQ(state.secret.n, 0);
    }
}

TEST_F(OddTicket, ErrorsOfTheStateComeThrough)
{
    ExpectError(Open(SealPlain({})), ERR_STUFFER_OUT_OF_DATA);
    ExpectError(Open(SealPlain(FromHex("04"))), ERR_STUFFER_OUT_OF_DATA);
    ExpectError(Open(SealPlain(FromHex("03"))), ERR_INVALID_SERIALIZED_SESSION_STATE);
    ExpectError(Open(SealPlain(FromHex(kState13 + "00000000"))),
                ERR_STUFFER_OUT_OF_DATA); /* a client's copy */
    std::string no_suite(kState12);
    no_suite.replace(4, 4, "5555");
    ExpectError(Open(SealPlain(FromHex(no_suite))), ERR_CIPHER_NOT_SUPPORTED);
    EXPECT_EQ(plain.len, 0u);
}

/* ---- blobs ---- */

struct session_blob TicketBlob(const struct session_state &s, const Bytes &ticket)
{
    return { SPAN(ticket.data(), ticket.size()), SPAN_NONE, s };
}

TEST_F(SessionState, BlobsHaveTheLengthsOfTheContract)
{
    Bytes ticket138(138, 1), ticket154(154, 1), id(32, 2);
    struct session_blob by_id = { SPAN_NONE, Span(id), State12() };
    EXPECT_EQ(Blob(by_id).size(), 95u);
    EXPECT_EQ(Blob(TicketBlob(State12(), ticket138)).size(), 202u);
    EXPECT_EQ(Blob(TicketBlob(State13(), ticket138)).size(), 194u);
    EXPECT_EQ(Blob(TicketBlob(State13(0x1302), ticket154)).size(), 226u);
    struct session_state early = StateEarly();
    early.context = SPAN_NONE; /* a client never learns it */
    Bytes ticket146(146, 1);
    EXPECT_EQ(Blob(TicketBlob(early, ticket146)).size(), 207u);
}

TEST_F(SessionState, BlobsComeBackAsTheyWere)
{
    Bytes ticket(138, 1), id(32, 2), short_id(1, 3);
    const struct session_blob rows[] = {
        TicketBlob(State12(), ticket),
        TicketBlob(State13(), ticket),
        TicketBlob(StateEarly(), ticket),
        { SPAN_NONE, Span(id), State12() },
        { SPAN_NONE, Span(short_id), State12() },
    };
    for (const struct session_blob &row : rows) {
        Bytes bytes = Blob(row);
        struct session_blob b;
        ASSERT_TRUE(blob_read(Span(bytes), &b));
        EXPECT_TRUE(span_eq(b.ticket, row.ticket) && span_eq(b.id, row.id));
        struct session_state expected = row.state;
        expected.keying_expiry = 0;
        ExpectSame(b.state, expected);
        bytes.push_back(0); /* trailing bytes are accepted */
        EXPECT_TRUE(blob_read(Span(bytes), &b));
    }
}

TEST_F(SessionState, EveryTruncatedBlobIsRefused)
{
    Bytes ticket(138, 1), id(32, 2);
    const struct {
        struct session_blob blob;
        size_t length, handle; /* bytes of the length field; where the state begins */
    } rows[] = {
        { TicketBlob(State12(), ticket), 2, 141 },
        { TicketBlob(State13(), ticket), 2, 141 },
        { { SPAN_NONE, Span(id), State12() }, 1, 34 },
    };
    for (const auto &row : rows) {
        Bytes bytes = Blob(row.blob);
        for (size_t n = 0; n < bytes.size(); n++) {
            struct session_blob b = { SPAN_NONE, SPAN_NONE, {} };
            if (row.blob.state.version == TLS12 && n + 1 == bytes.size()) {
                EXPECT_TRUE(blob_read(SPAN(bytes.data(), n), &b)); /* without the optional byte */
                continue;
            }
            bool in_handle = n > row.length && n < row.handle;
            ExpectError(blob_read(SPAN(bytes.data(), n), &b),
                        in_handle ? ERR_INVALID_SERIALIZED_SESSION_STATE : ERR_STUFFER_OUT_OF_DATA);
            EXPECT_TRUE(b.ticket.p == nullptr && b.id.p == nullptr && b.state.secret.n == 0);
        }
    }
}

TEST_F(SessionState, BlobTableOfTheContract)
{
    Bytes ticket(138, 1), id(32, 2), empty;
    const Bytes by_ticket = Blob(TicketBlob(State12(), ticket)),
                by_id = Blob({ SPAN_NONE, Span(id), State12() });
    const struct {
        const char *name;
        Bytes bytes;
        size_t at;
        Bytes put;
        int error;
    } rows[] = {
        { "tag 2", by_ticket, 0, { 2 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "tag 255", by_ticket, 0, { 255 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "ticket as an id", by_ticket, 0, { 0 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "no ticket", by_ticket, 1, { 0, 0 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "ticket beyond the end", by_ticket, 1, { 0, 200 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "longest ticket", by_ticket, 1, { 255, 255 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "no id", by_id, 1, { 0 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "id of 33 bytes", by_id, 1, { 33 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "id of 255 bytes", by_id, 1, { 255 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "unknown format", by_ticket, 141, { 3 }, ERR_INVALID_SERIALIZED_SESSION_STATE },
        { "unknown suite", by_ticket, 143, { 0x55, 0x55 }, ERR_CIPHER_NOT_SUPPORTED },
        { "any version", by_ticket, 142, { 99 }, 0 },
        { "any time", by_ticket, 145, { 255, 255, 255, 255 }, 0 },
    };
    for (const auto &row : rows) {
        Bytes bytes = row.bytes;
        struct session_blob b;
        std::copy(row.put.begin(), row.put.end(), bytes.begin() + static_cast<long>(row.at));
        bool done = blob_read(Span(bytes), &b);
        EXPECT_EQ(done, row.error == 0) << row.name;
        EXPECT_TRUE(done || err_last() == row.error) << row.name << " " << err_name(err_last());
    }
    struct session_blob b;
    ExpectError(blob_read(SPAN_NONE, &b), ERR_STUFFER_OUT_OF_DATA);
    ExpectError(blob_read(SPAN(by_id.data(), 0), &b), ERR_STUFFER_OUT_OF_DATA);
}

TEST_F(SessionState, SessionIdsDoNotGoWithTls13)
{
    Bytes id(32, 2);
    struct session_blob b;
    Bytes bytes = Blob({ SPAN_NONE, Span(id), State13() });
    ExpectError(blob_read(Span(bytes), &b), ERR_INVALID_SERIALIZED_SESSION_STATE);
}

/* ---- the cipher ---- */

/* Test case 16 of the GCM specification. */
const char kGcmKey[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const char kGcmText[] =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
    "b16aedf5aa0de657ba637b39";
const char kGcmSealed[] =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
    "c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b";

class Aead : public CoreTest
{
  protected:
    const Bytes key = FromHex(kGcmKey), iv = FromHex("cafebabefacedbaddecaf888");
    const Bytes aad = FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
};

TEST_F(Aead, KnownAnswerAlsoInPlace)
{
    const Bytes text = FromHex(kGcmText);
    Bytes sealed(text.size() + AEAD_TAG), opened(text.size()), place = text;
    ASSERT_TRUE(aead_seal(key.data(), iv.data(), Span(aad), Span(text), sealed.data()));
    EXPECT_EQ(ToHex(sealed), kGcmSealed);
    ASSERT_TRUE(aead_open(key.data(), iv.data(), Span(aad), Span(sealed), opened.data()));
    EXPECT_EQ(opened, text);
    place.resize(sealed.size());
    ASSERT_TRUE(aead_seal(key.data(), iv.data(), Span(aad), SPAN(place.data(), text.size()), place.data()));
    EXPECT_EQ(place, sealed);
    ASSERT_TRUE(aead_open(key.data(), iv.data(), Span(aad), Span(place), place.data()));
    EXPECT_EQ(Bytes(place.begin(), place.begin() + static_cast<long>(text.size())), text);
}

TEST_F(Aead, EmptyMessageIsItsTag)
{
    Bytes tag(AEAD_TAG), none(1);
    ASSERT_TRUE(aead_seal(key.data(), iv.data(), SPAN_NONE, SPAN_NONE, tag.data()));
    EXPECT_TRUE(aead_open(key.data(), iv.data(), SPAN_NONE, Span(tag), none.data()));
    ExpectError(aead_open(key.data(), iv.data(), Span(aad), Span(tag), none.data()), ERR_DECRYPT);
}

TEST_F(Aead, WhatIsNotAuthenticIsWiped)
{
    const Bytes good = FromHex(kGcmSealed);
    for (size_t i = 0; i < good.size(); i++) {
        Bytes bad = good, out(good.size() - AEAD_TAG, 0x77);
        bad[i] ^= 1;
        ExpectError(aead_open(key.data(), iv.data(), Span(aad), Span(bad), out.data()), ERR_DECRYPT);
        EXPECT_EQ(out, Bytes(out.size(), 0));
    }
    for (size_t n = 0; n < AEAD_TAG; n++) {
        uint8_t out = 0x77;
        ExpectError(aead_open(key.data(), iv.data(), Span(aad), SPAN(good.data(), n), &out), ERR_DECRYPT);
        EXPECT_EQ(out, 0x77);
    }
}

} // namespace
