/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data under attack: more than the limit, the end of it missing, doubled, forged or in the wrong place, records
 * under the wrong keys, more rejected data than a server skips; and servers that take what was not offered so.
 */
#include "wire/session.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;

/* Each end has its own idea of how much early data the key is good for; 0: none. */
PairOptions Limits(uint32_t client, uint32_t server)
{
    return Keyed(Tls13P256(), { WithEarly(kAlpha, client) }, { WithEarly(kAlpha, server) });
}
PairOptions Accepted()
{
    return Limits(1000, 1000);
}
PairOptions Rejected()
{
    return Limits(100000, 0);
}
/* TLS_AES_256_GCM_SHA384 and another share. */
PairOptions RejectedByARetry()
{
    return Keyed(Retry13(), { WithEarly(kGamma, 100000) }, { WithEarly(kGamma, 100000) });
}
/* The server takes the second key, and early data belongs to the first. */
PairOptions SecondKey()
{
    return Keyed(Tls13P256(), { WithEarly(kAlpha, 1000), kBeta }, { kBeta });
}
PairOptions NotAskedFor()
{
    return Keyed(Tls13P256(), { kAlpha }, { kAlpha });
}

struct EarlyRow {
    std::string name;
    std::function<PairOptions()> scene;
    size_t send;
    bool victim_is_client;
    std::function<Rewrite()> rewrite;
    std::string error;
    int alert;
};
void PrintTo(const EarlyRow &row, std::ostream *os)
{
    *os << row.name;
}

std::function<Rewrite()> Unchanged()
{
    return []() -> Rewrite { return Same; };
}
/* The first early record of application data. */
std::function<Rewrite()> OnData(std::function<Pieces(const Message &)> f)
{
    return [f]() -> Rewrite {
        return [f](const Message &m) {
            return m.early && m.content == APPDATA && m.index == 0 ? f(m) : Same(m);
        };
    };
}
std::function<Rewrite()> InsteadOfData(const Piece &piece)
{
    return OnData([piece](const Message &) -> Pieces { return { piece }; });
}
std::function<Rewrite()> BeforeData(const Pieces &pieces)
{
    return OnData([pieces](const Message &m) {
        Pieces p = pieces;
        p.push_back({ m.content, m.bytes });
        return p;
    });
}
std::function<Rewrite()> BehindData(const Pieces &pieces)
{
    return OnData([pieces](const Message &m) {
        Pieces p = Same(m);
        p.insert(p.end(), pieces.begin(), pieces.end());
        return p;
    });
}
std::function<Rewrite()> OnEnd(std::function<Pieces(const Message &)> f)
{
    return On(true, END_OF_EARLY, f);
}
Piece Early(uint8_t content, const Bytes &bytes)
{
    return { content, bytes, Piece::EARLY };
}
const Bytes kEnd = Handshake(END_OF_EARLY, {});

struct Table {
    std::vector<EarlyRow> rows;
    std::string prefix;
    std::function<PairOptions()> scene;
    bool victim;
    size_t send = 100;
    void Add(const std::string &name, std::function<Rewrite()> rewrite, const char *error, int alert)
    {
        rows.push_back(
            { prefix + name, scene, send, victim, rewrite, std::string("S2N_ERR_") + error, alert });
    }
};

void AddEnd(Table *t)
{
    t->Add("Missing", OnEnd([](const Message &) { return Pieces{}; }), "DECRYPT", 20);
    t->Add("Twice", OnEnd([](const Message &m) -> Pieces {
               return { { 22, m.bytes }, { 22, m.bytes } };
           }),
           "DECRYPT", 20);
    t->Add("TwiceUnderBothKeys", Before(true, FINISHED, { { HANDSHAKE, kEnd } }), "BAD_MESSAGE", 10);
    t->Add(
        "UnderTheLaterKeys",
        []() -> Rewrite {
            return [](const Message &m) -> Pieces {
                return m.type == END_OF_EARLY ? Pieces{ { HANDSHAKE, kEnd, Piece::PLAIN } } : Same(m);
            };
        },
        "BAD_MESSAGE", 10);
    t->Add(
        "MovedBehindTheKeyChange",
        []() -> Rewrite {
            return [](const Message &m) -> Pieces {
                return m.type == END_OF_EARLY ? Pieces{}
                       : m.type == FINISHED && m.from_client
                           ? Pieces{ { HANDSHAKE, kEnd }, { HANDSHAKE, m.bytes } }
                           : Same(m);
            };
        },
        "DECRYPT", 20);
    t->Add("NotEmpty", OnEnd([](const Message &) -> Pieces {
               return { { 22, Handshake(END_OF_EARLY, { 0 }) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("WithMoreInTheRecord", OnEnd([](const Message &) -> Pieces {
               return { { 22, kEnd + Bytes{ 20 } } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("TwiceInARecord", OnEnd([](const Message &) -> Pieces {
               return { { 22, kEnd + kEnd } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("DataInsideIt", OnEnd([](const Message &) -> Pieces {
               return { { 22, Sub(kEnd, 0, 2) }, { APPDATA, { 1 } }, { 22, Sub(kEnd, 2) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("CcsInsideIt", OnEnd([](const Message &) -> Pieces {
               return { { 22, Sub(kEnd, 0, 2) }, { CCS, { 1 }, Piece::PLAIN }, { 22, Sub(kEnd, 2) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("ThenDataUnderTheEarlyKeys", OnEnd([](const Message &m) -> Pieces {
               return { { 22, m.bytes }, { APPDATA, { 1, 2 } } };
           }),
           "DECRYPT", 20);
    t->Add("ThenDataUnderTheLaterKeys", Before(true, FINISHED, { { APPDATA, { 1, 2 } } }), "BAD_MESSAGE", 10);
    t->Add("FinishedInItsPlace", OnEnd([](const Message &) -> Pieces {
               return { { 22, Handshake(20, Fill(32)) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("KeyUpdateInItsPlace", OnEnd([](const Message &) -> Pieces {
               return { { 22, Handshake(24, { 0 }) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("HelloInItsPlace", OnEnd([](const Message &) -> Pieces {
               return { { 22, Handshake(1, Fill(80)) } };
           }),
           "BAD_MESSAGE", 10);
    t->Add("CertificateInItsPlace", OnEnd([](const Message &) -> Pieces {
               return { { 22, Handshake(11, Num(4, 0)) } };
           }),
           "BAD_MESSAGE", 10);
}

void AddData(Table *t)
{
    t->Add("OneByteTooMany", BehindData({ Early(APPDATA, Fill(901)) }), "MAX_EARLY_DATA_SIZE", 10);
    t->Add("TooManyInOneRecord", InsteadOfData(Early(APPDATA, Fill(1001))), "MAX_EARLY_DATA_SIZE", 10);
    t->Add("TooManyInTheThirdRecord", BehindData(Pieces(2, Early(APPDATA, Fill(600)))), "MAX_EARLY_DATA_SIZE",
           10);
    /* With the allowance used up to the last byte the server goes on with the handshake. */
    t->Add("OneByteBehindTheLimit", BehindData({ Early(APPDATA, Fill(900)), Early(APPDATA, { 1 }) }),
           "BAD_MESSAGE", 10);
    t->Add("TooManyTinyRecords", BehindData(Pieces(901, Early(APPDATA, { 1 }))), "BAD_MESSAGE", 10);
    t->Add("LongestRecord", InsteadOfData(Early(APPDATA, Fill(16384))), "MAX_EARLY_DATA_SIZE", 10);
    t->Add("Forged", InsteadOfData(Wire(APPDATA, Fill(100, 9))), "DECRYPT", 20);
    t->Add("ForgedShort", InsteadOfData(Wire(APPDATA, Fill(16, 9))), "DECRYPT", 20);
    t->Add("ForgedEmpty", InsteadOfData(Wire(APPDATA, {})), "SAFETY", 80);
    t->Add("ForgedTooLong", InsteadOfData(Wire(APPDATA, Fill(16641, 9))), "RECORD_LIMIT", 22);
    t->Add("ForgedBehind", BehindData({ Wire(APPDATA, Fill(100, 9)) }), "DECRYPT", 20);
    t->Add("InTheClear", InsteadOfData({ HANDSHAKE, kEnd, Piece::PLAIN }), "BAD_MESSAGE", 10);
    t->Add("SealedCcs", BeforeData({ Early(CCS, { 1 }) }), "BAD_MESSAGE", 10);
    t->Add("CcsWithWrongContent", BeforeData({ { CCS, { 2 }, Piece::PLAIN } }), "BAD_MESSAGE", 10);
    t->Add("CcsWithoutEnd", BeforeData(Pieces(33, Piece{ CCS, { 1 }, Piece::PLAIN })), "BAD_MESSAGE", 10);
    t->Add("EmptyRecordsWithoutEnd", BeforeData(Pieces(40, Early(APPDATA, {}))), "BAD_MESSAGE", 10);
    t->Add("UnknownTypesWithoutEnd", BeforeData(Pieces(40, Early(99, { 1 }))), "BAD_MESSAGE", 10);
    t->Add("EmptyHandshakeRecord", BeforeData({ Early(HANDSHAKE, {}) }), "BAD_MESSAGE", 10);
    t->Add("HelloAgain", BeforeData({ Early(HANDSHAKE, Handshake(CLIENT_HELLO, Fill(80))) }), "BAD_MESSAGE",
           10);
    t->Add("Alert", BeforeData({ Early(ALERT, { 2, 80 }) }), "ALERT", -1);
    t->Add("EmptyAlert", BeforeData({ Early(ALERT, {}) }), "BAD_MESSAGE", 10);
    t->Add("HalfAnAlert", BeforeData({ Early(ALERT, { 2 }) }), "BAD_MESSAGE", 10);
    t->Add("UnknownMajor", InsteadOfData(Wire(APPDATA, Fill(100, 9), 0x0503)), "BAD_MESSAGE", 10);
}

/* Rejected early data is skipped up to 16384 bytes, and only until something can be read. */
void AddSkipped(Table *t)
{
    t->send = 16384;
    t->Add("AByteMore", BehindData({ Early(APPDATA, { 1 }) }), "MAX_EARLY_DATA_SIZE", 10);
    t->Add("GarbageToo", BehindData({ Wire(APPDATA, Fill(100, 1)) }), "MAX_EARLY_DATA_SIZE", 10);
    t->send = 17000;
    t->Add("MoreThanIsSkipped", Unchanged(), "MAX_EARLY_DATA_SIZE", 10);
    t->send = 100;
    /* Longer than any record may be, so it is not early data (RFC 8446 5.2). */
    t->Add("LongerThanARecord", BehindData({ Wire(APPDATA, Fill(16641, 1)) }), "RECORD_LIMIT", 22);
    t->Add("TinyRecordsWithoutEnd", BehindData(Pieces(16300, Wire(APPDATA, {}))), "MAX_EARLY_DATA_SIZE", 10);
    t->Add("InTheClear", InsteadOfData({ HANDSHAKE, kEnd, Piece::PLAIN }), "BAD_MESSAGE", 10);
    t->Add("CcsWithoutEnd", BeforeData(Pieces(33, Piece{ CCS, { 1 }, Piece::PLAIN })), "BAD_MESSAGE", 10);
}
void AddSkippedByKeys(Table *t)
{
    t->Add("EndUnderTheLaterKeys", Before(true, FINISHED, { { HANDSHAKE, kEnd } }), "BAD_MESSAGE", 10);
    t->Add("DataUnderTheLaterKeys", Before(true, FINISHED, { { APPDATA, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("NothingButPaddingUnderTheLaterKeys", Before(true, FINISHED, { { 0, Fill(5) } }), "BAD_MESSAGE",
           10);
    t->Add("GarbageBehindWhatCouldBeRead",
           On(true, FINISHED,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, Sub(m.bytes, 0, 10) },
                           Wire(APPDATA, Fill(100, 1)),
                           { HANDSHAKE, Sub(m.bytes, 10) } };
              }),
           "DECRYPT", 20);
}

void AddHellos(Table *t)
{
    auto second = [t](const char *name, std::function<void(ClientHello &)> f, const char *error, int alert) {
        t->Add(name, OnClientHello(f, 1), error, alert);
    };
    auto early = [](ClientHello &h) { h.exts.list.insert(h.exts.list.begin(), Ext{ 42, {} }); };
    second("AskedForAgain", early, "BAD_MESSAGE", 10);
    second(
        "AskedForAgainWithoutPsk",
        [=](ClientHello &h) {
            early(h);
            h.exts.Drop(41);
        },
        "BAD_MESSAGE", 10);
    t->Add("DataBehindTheSecondHello", After(true, CLIENT_HELLO, { Wire(APPDATA, Fill(100, 1)) }, 1),
           "DECRYPT", 20);
    t->Add("EndBehindTheSecondHello", Before(true, FINISHED, { { HANDSHAKE, kEnd } }), "BAD_MESSAGE", 10);
}

void AddFirstHello(Table *t)
{
    auto first = [t](const char *name, std::function<void(ClientHello &)> f, const char *error, int alert) {
        t->Add(name, OnClientHello(f), error, alert);
    };
    first(
        "ExtensionDropped", [](ClientHello &h) { h.exts.Drop(42); }, "BAD_MESSAGE", 10);
    first(
        "ExtensionTwice",
        [](ClientHello &h) {
            h.exts.list.insert(h.exts.list.begin(), Ext{ 42, {} });
        },
        "DUPLICATE_EXTENSION", 47);
    first(
        "ExtensionWithContent", [](ClientHello &h) { h.exts.At(42) = Num(4, 9); }, "BAD_MESSAGE", 10);
    /* Below TLS 1.3 the client's early change_cipher_spec has no place. */
    first(
        "OfTls12",
        [](ClientHello &h) {
            h.exts.At(43) = Vec(1, U16(0x0303));
            h.suites = { 0xC02B };
        },
        "BAD_MESSAGE", 10);
    /* Without the extension nobody waits for early data, and its records cannot be opened. */
    first(
        "ExtensionDroppedUnderARightBinder",
        [](ClientHello &h) {
            h.exts.Drop(42);
            Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
        },
        "DECRYPT", 20);
}

void AddServers(std::vector<EarlyRow> *rows)
{
    auto add = [rows](const char *name, std::function<PairOptions()> scene, std::function<Rewrite()> rewrite,
                      const char *error, int alert) {
        rows->push_back({ std::string("Client_") + name, scene, 100, kClient, rewrite,
                          std::string("S2N_ERR_") + error, alert });
    };
    auto take = OnEncrypted([](Exts &e) { e.Add(42, {}); });
    auto full = [] { return Keyed(Tls13P256(), { WithEarly(kAlpha, 1000) }, {}); };
    auto alpn = [] {
        Key k = WithEarly(kAlpha, 1000);
        k.alpn = Text("h2");
        return Keyed(WithAlpn(Tls13P256()), { k }, { k });
    };
    auto moved = [](unsigned index, std::function<void(ServerHello &)> f) -> std::function<Rewrite()> {
        return [=]() -> Rewrite {
            return [=](const Message &m) -> Pieces {
                if (m.type == SERVER_HELLO) {
                    ServerHello h = ServerHello::Parse(m.bytes);
                    h.exts.Set(41, U16(index));
                    f(h);
                    return { { HANDSHAKE, h.Build() } };
                }
                return Same(m);
            };
        };
    };
    add("TakenWithTheSecondKey", SecondKey, take, "BAD_MESSAGE", 10);
    add("TakenWithoutAKey", full, take, "BAD_MESSAGE", 10);
    add("TakenUnasked", NotAskedFor, take, "UNSUPPORTED_EXTENSION", 110);
    add("TakenAfterARetry", RejectedByARetry, take, "UNSUPPORTED_EXTENSION", 110);
    add("TakenWithContent", Accepted, OnEncrypted([](Exts &e) { e.At(42) = Num(4, 100); }), "BAD_MESSAGE",
        10);
    add("TakenTwice", Accepted, take, "DUPLICATE_EXTENSION", 47);
    add("TakenForAnotherProtocol", alpn,
        OnEncrypted([](Exts &e) { e.At(16) = Vec(2, Vec(1, Text("http/1.1"))); }), "BAD_MESSAGE", 10);
    add("TakenForNoProtocol", alpn, OnEncrypted([](Exts &e) { e.Drop(16); }), "BAD_MESSAGE", 10);
    add("TakenInTheHello", Accepted, OnServerHello([](ServerHello &h) { h.exts.Add(42, {}); }),
        "UNSUPPORTED_EXTENSION", 110);
    add("AnotherSuiteOfTheHash", Accepted, OnServerHello([](ServerHello &h) { h.suite = 0x1303; }),
        "BAD_MESSAGE", 10);
    add("NoSuchKey", Accepted, moved(1, [](ServerHello &) {}), "BAD_MESSAGE", 10);
    /* RFC 8446 D.3: an older server can make nothing of what was sent. */
    add("OlderServer", Accepted, OnServerHello([](ServerHello &h) {
            h.exts.list = { { 65281, { 0 } } };
            h.suite = 0xC02B;
        }),
        "PROTOCOL_VERSION_UNSUPPORTED", 70);
    add("FinishedFlipped", Accepted, OnBody(false, FINISHED, [](Bytes b) { return Flipped(b); }),
        "BAD_MESSAGE", 10);
}

std::vector<EarlyRow> Rows()
{
    std::vector<EarlyRow> rows;
    struct {
        Table table;
        void (*fill)(Table *);
    } tables[] = {
        { { {}, "End_", Accepted, kServer }, AddEnd },
        { { {}, "Data_", Accepted, kServer }, AddData },
        { { {}, "Hello_", Accepted, kServer }, AddFirstHello },
        { { {}, "Rejected_", Rejected, kServer }, AddSkipped },
        { { {}, "Rejected_", Rejected, kServer }, AddSkippedByKeys },
        { { {}, "Retry_", RejectedByARetry, kServer }, AddSkipped },
        { { {}, "Retry_", RejectedByARetry, kServer }, AddHellos },
        { { {}, "NotAsked_", NotAskedFor, kServer },
          [](Table *t) {
              t->Add("EndOfEarlyData", Before(true, FINISHED, { { HANDSHAKE, kEnd } }), "BAD_MESSAGE", 10);
              t->Add("Data", After(true, CLIENT_HELLO, { Wire(APPDATA, Fill(100, 1)) }), "DECRYPT", 20);
          } },
    };
    for (auto &t : tables) {
        t.fill(&t.table);
        rows.insert(rows.end(), t.table.rows.begin(), t.table.rows.end());
    }
    AddServers(&rows);
    return rows;
}

class EarlyData : public testing::TestWithParam<EarlyRow>
{
};
TEST_P(EarlyData, IsRefused)
{
    const EarlyRow &row = GetParam();
    Mitm mitm(row.scene(), row.rewrite());
    EarlyTalk talk;
    talk.send = Fill(row.send, 'e');
    talk.Plug(&mitm);
    mitm.Run();
    End &victim = mitm.end(row.victim_is_client), &other = mitm.end(!row.victim_is_client);
    ASSERT_EQ(row.error, ErrName(victim.error))
        << s2n_strerror_debug(victim.error, nullptr) << ", the other end: " << ErrName(other.error);
    int level = 0;
    EXPECT_EQ(row.alert, mitm.AlertOf(row.victim_is_client, &level));
    EXPECT_TRUE(row.alert <= 0 || (row.alert == err_wire_alert(victim.error) && level == 2));
    EXPECT_LE(talk.got.size(), 1000u) << "more than the limit was given out";
    s2n_blocked_status blocked;
    EXPECT_EQ(-1, s2n_negotiate(victim.conn, &blocked)) << "it went on";
    EXPECT_FALSE(victim.done);
}
INSTANTIATE_TEST_SUITE_P(Peers, EarlyData, testing::ValuesIn(Rows()),
                         [](const auto &info) { return info.param.name; });

/* ---- what is in order ---- */

struct Fine {
    const char *name;
    std::function<PairOptions()> scene;
    size_t send;
    std::function<Rewrite()> rewrite;
    bool accepted;
    size_t got;
};
void PrintTo(const Fine &f, std::ostream *os)
{
    *os << f.name;
}
const Fine kFine[] = {
    { "Accepted", Accepted, 1000, Unchanged(), true, 1000 },
    { "MoreThanTheClientMaySend", Accepted, 3000, Unchanged(), true, 1000 },
    { "Empty", Accepted, 0, Unchanged(), true, 0 },
    { "CcsInBetween", Accepted, 100, BeforeData(Pieces(10, Piece{ CCS, { 1 }, Piece::PLAIN })), true, 100 },
    { "CcsBehind", Accepted, 100, BehindData(Pieces(10, Piece{ CCS, { 1 }, Piece::PLAIN })), true, 100 },
    { "EmptyRecords", Accepted, 100, BehindData(Pieces(10, Early(APPDATA, {}))), true, 100 },
    { "InPieces", Accepted, 100, OnData([](const Message &m) {
          Pieces p;
          for (uint8_t b : m.bytes) {
              p.push_back(Early(APPDATA, { b }));
          }
          return p;
      }),
      true, 100 },
    { "EndInPieces", Accepted, 100, OnEnd([](const Message &) -> Pieces {
          return { { 22, { 5 } }, { 22, { 0, 0 } }, { 22, { 0 } } };
      }),
      true, 100 },
    { "Rejected", Rejected, 16384, Unchanged(), false, 0 },
    { "RejectedByARetry", RejectedByARetry, 16384, Unchanged(), false, 0 },
    { "RejectedWithCcs", Rejected, 100, BehindData(Pieces(10, Piece{ CCS, { 1 }, Piece::PLAIN })), false, 0 },
    { "RejectedGarbage", Rejected, 100,
      OnData([](const Message &) { return Pieces(20, Wire(APPDATA, Fill(500, 3))); }), false, 0 },
    { "RejectedByARetryGarbage", RejectedByARetry, 100,
      OnData([](const Message &) { return Pieces(20, Wire(APPDATA, Fill(500, 3))); }), false, 0 },
    { "RejectedLost", Rejected, 100, OnData([](const Message &) { return Pieces{}; }), false, 0 },
    { "SecondKey", SecondKey, 500, Unchanged(), false, 0 },
};

class EarlyDataInOrder : public testing::TestWithParam<Fine>
{
};
TEST_P(EarlyDataInOrder, GoesThrough)
{
    const Fine &row = GetParam();
    Mitm mitm(row.scene(), row.rewrite());
    EarlyTalk talk;
    talk.send = Fill(row.send, 'e');
    talk.Plug(&mitm);
    Outcome out = mitm.Run();
    ASSERT_TRUE(out.ok()) << out.client_name() << " " << out.server_name() << " "
                          << s2n_strerror_debug(out.server != 0 ? out.server : out.client, nullptr);
    EXPECT_EQ(std::string(row.got, 'e'), talk.got);
    for (bool client : { true, false }) {
        EXPECT_EQ(row.accepted ? S2N_EARLY_DATA_STATUS_END : S2N_EARLY_DATA_STATUS_REJECTED,
                  EarlyStatus(mitm.end(client)));
    }
    mitm.Inject(false, { { APPDATA, { 'o', 'k' } } });
    std::string got;
    EXPECT_EQ("", ErrName(Pair::ReadAll(mitm.end(false), &got)));
    EXPECT_EQ("ok", got);
}
INSTANTIATE_TEST_SUITE_P(Peers, EarlyDataInOrder, testing::ValuesIn(kFine),
                         [](const auto &info) { return std::string(info.param.name); });

/* A record of early data that comes a second time. */
TEST(EarlyDataReplay, OfARecord_IsRefused)
{
    Pair pair(Accepted());
    EarlyTalk talk;
    talk.send = Fill(100, 'e');
    talk.Client(pair.client());
    Bytes stream(mempipe_out_len(pair.client().pipe));
    mempipe_out_read(pair.client().pipe, stream.data(), stream.size());
    Bytes last = Sub(stream, stream.size() - (5 + 100 + 17));
    ASSERT_EQ(APPDATA, last[0]);
    Bytes both = stream + last;
    mempipe_in_write(pair.server().pipe, both.data(), both.size());
    talk.Server(pair.server());
    EXPECT_EQ("S2N_ERR_DECRYPT", ErrName(pair.server().error));
    EXPECT_EQ(std::string(100, 'e'), talk.got);
}

/* A server that turns to the handshake while early data is still coming. */
TEST(EarlyDataAbandoned, NegotiateMeetsData_IsRefused)
{
    for (size_t first : { 0, 50 }) {
        Pair pair(Accepted());
        EarlyTalk talk;
        talk.send = Fill(first, 'e');
        talk.Client(pair.client());
        pair.Move();
        ssize_t n = 0;
        uint8_t buf[100];
        s2n_blocked_status blocked;
        EXPECT_EQ(-1, s2n_recv_early_data(pair.server().conn, buf, sizeof(buf), &n, &blocked));
        EXPECT_EQ("S2N_ERR_IO_BLOCKED", ErrName(s2n_errno));
        EXPECT_EQ(static_cast<ssize_t>(first), n);
        EXPECT_EQ(-1, s2n_negotiate(pair.server().conn, &blocked));
        EXPECT_EQ("S2N_ERR_IO_BLOCKED", ErrName(s2n_errno)) << "nothing has come yet";
        EXPECT_EQ(-1, s2n_send_early_data(pair.client().conn, buf, 10, &n, &blocked));
        EXPECT_EQ(10, n);
        pair.Move();
        pair.server().Step();
        EXPECT_EQ("S2N_ERR_BAD_MESSAGE", ErrName(pair.server().error));
        EXPECT_EQ(0, s2n_shutdown_send(pair.server().conn, &blocked));
        pair.Move();
        pair.client().Step();
        std::string got;
        EXPECT_EQ("S2N_ERR_ALERT", ErrName(Pair::ReadAll(pair.client(), &got)));
        EXPECT_EQ(10, s2n_connection_get_alert(pair.client().conn));
    }
}

/* ---- what is no early data to a server: only its answer is looked at, as the client's transcript is another ---- */

struct Ignored {
    const char *name;
    std::function<PairOptions()> scene;
    std::function<void(ClientHello &)> change;
    bool psk;
};
const Ignored kIgnored[] = {
    { "WithoutPsk", Accepted, [](ClientHello &h) { h.exts.Drop(41); }, false },
    { "WithAnUnknownPsk", Accepted,
      [](ClientHello &h) {
          Offer o = Offer::Parse(h.exts.At(41));
          o.identities[0].name.push_back('?');
          h.exts.At(41) = o.Build();
      },
      false },
    { "BehindAnUnknownPsk", Accepted,
      [](ClientHello &h) {
          Offer o = Offer::Parse(h.exts.At(41));
          o.identities.insert(o.identities.begin(), { Text("nobody"), 0 });
          o.binders.insert(o.binders.begin(), Fill(32));
          h.exts.At(41) = o.Build();
          Rebind(&h, 1, Hash::Sha256(), kAlpha.secret, true);
      },
      true },
    { "WithoutTheSuite", Accepted,
      [](ClientHello &h) {
          h.suites = { 0x1303 };
          Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
      },
      true },
    { "OnlyPskKe", Accepted, [](ClientHello &h) { h.exts.At(45) = Vec(1, { 0 }); }, false },
};
void PrintTo(const Ignored &i, std::ostream *os)
{
    *os << i.name;
}

class EarlyDataUnfit : public testing::TestWithParam<Ignored>
{
};
TEST_P(EarlyDataUnfit, IsNotTaken)
{
    bool answered = false, psk = false, taken = false;
    auto rewrite = OnClientHello(GetParam().change)();
    Mitm mitm(GetParam().scene(), [&](const Message &m) {
        if (m.type == SERVER_HELLO) {
            answered = true;
            psk = ServerHello::Parse(m.bytes).exts.Has(41);
        }
        taken |= m.type == ENCRYPTED_EXTENSIONS && Exts::Parse(Reader(Body(m.bytes)).Vec(2)).Has(42);
        return rewrite(m);
    });
    EarlyTalk talk;
    talk.send = Fill(100, 'e');
    talk.Plug(&mitm);
    Outcome out = mitm.Run();
    EXPECT_FALSE(out.ok());
    EXPECT_TRUE(answered) << out.server_name();
    EXPECT_EQ(GetParam().psk, psk);
    EXPECT_FALSE(taken);
    EXPECT_EQ("", talk.got);
    EXPECT_NE(S2N_EARLY_DATA_STATUS_END, EarlyStatus(mitm.end(false)));
}
INSTANTIATE_TEST_SUITE_P(Server, EarlyDataUnfit, testing::ValuesIn(kIgnored),
                         [](const auto &info) { return std::string(info.param.name); });

/* ---- tickets: ages and clocks ---- */

PairOptions EarlyTickets()
{
    PairOptions o = Tickets13();
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_server_max_early_data_size(c, 1000), "max early"); });
    return o;
}

class EarlyTicket : public testing::Test
{
  protected:
    AtStart at_start;
    Bytes session = SessionFrom(EarlyTickets());

    /* "taken", "refused" (and resumed all the same), or what else happened. */
    std::string Send(std::function<Rewrite()> rewrite = Unchanged(), PairOptions o = EarlyTickets())
    {
        Mitm mitm(Starting(o, session), rewrite());
        EarlyTalk talk;
        talk.send = Fill(100, 'e');
        talk.Plug(&mitm);
        Outcome out = mitm.Run();
        if (!out.ok()) {
            return out.client_name() + "," + out.server_name();
        }
        std::string resumed = IsResumed(mitm.end(false)) ? "" : ", full";
        bool taken = EarlyStatus(mitm.end(false)) == S2N_EARLY_DATA_STATUS_END;
        EXPECT_EQ(taken ? 100u : 0u, talk.got.size());
        EXPECT_EQ(EarlyStatus(mitm.end(false)), EarlyStatus(mitm.end(true)));
        return (taken ? "taken" : "refused") + resumed;
    }
};

TEST_F(EarlyTicket, AtOnceAndLater)
{
    EXPECT_EQ("taken", Send());
    Later(3600);
    EXPECT_EQ("taken", Send());
    Later(54000);
    EXPECT_EQ("refused, full", Send());
}

/* The client's count of the ticket's age against ours (RFC 8446 8.3). */
TEST_F(EarlyTicket, OfAnotherAge_IsNotTaken)
{
    for (int64_t apart : { 9, -9, 11, -11, 3000 }) {
        server_clock.now = kStart + 7000 * kSecond;
        client_clock.now = server_clock.now + static_cast<uint64_t>(apart) * kSecond;
        EXPECT_EQ(apart == 9 || apart == -9 ? "taken" : "refused", Send()) << apart;
    }
}

TEST_F(EarlyTicket, ServerClockSetBack)
{
    PairOptions o = EarlyTickets();
    o.server.config_hook = nullptr;
    o = Timed(o);
    Also(&o.server.config_hook, [](s2n_config *c) {
        Must(s2n_config_set_session_tickets_onoff(c, 1), "on");
        Must(s2n_config_set_server_max_early_data_size(c, 1000), "max early");
        AddKey(c, kKey, kStart / kSecond - 7000);
    });
    server_clock.now = kStart - 5 * kSecond;
    EXPECT_EQ("taken", Send(Unchanged(), o));
    server_clock.now = kStart - 20 * kSecond;
    EXPECT_EQ("refused", Send(Unchanged(), o));
    server_clock.now = kStart - 3601 * kSecond;
    EXPECT_EQ("refused, full", Send(Unchanged(), o));
}

TEST_F(EarlyTicket, ClientClockSetBack)
{
    client_clock.now = kStart - 1;
    EXPECT_EQ("S2N_ERR_SAFETY,", Send());
}

TEST_F(EarlyTicket, LimitOfTheTicketAndOfToday)
{
    for (uint32_t today : { 0u, 99u, 100u, 5000u }) {
        PairOptions o = EarlyTickets();
        Also(&o.server.config_hook, [today](s2n_config *c) {
            Must(s2n_config_set_server_max_early_data_size(c, today), "max early");
        });
        EXPECT_EQ(today == 0    ? "refused"
                  : today == 99 ? ",S2N_ERR_MAX_EARLY_DATA_SIZE"
                                : "taken",
                  Send(Unchanged(), o))
            << today;
    }
}

/* A ticket in which somebody who has the key wrote another limit, protocol or suite. */
TEST_F(EarlyTicket, StateThatDiffersFromTheClients)
{
    Blob b = Blob::Parse(session);
    Bytes state = Sealed::Open(kKey, b.handle); /* ..., 57: limit 4, protocol 1+0, context 2+0 */
    auto with = [&](const Bytes &tail) {
        Blob other = b;
        other.handle = Sealed::Seal(kKey, Sub(state, 0, 57) + tail);
        session = other.Build();
        return Send();
    };
    EXPECT_EQ("taken", with(Num(4, 1000) + Bytes{ 0, 0, 0 }));
    EXPECT_EQ("taken", with(Num(4, 1000) + Bytes{ 0 } + Vec(2, Fill(3000))));
    EXPECT_EQ("refused", with(Num(4, 0)));
    EXPECT_EQ("refused", with(Num(4, 1000) + Vec(1, Text("h2")) + U16(0)));
    EXPECT_EQ(",S2N_ERR_MAX_EARLY_DATA_SIZE", with(Num(4, 99) + Bytes{ 0, 0, 0 }));
    state[3] = 3; /* the suite: TLS_CHACHA20_POLY1305_SHA256 */
    EXPECT_EQ("refused", with(Num(4, 1000) + Bytes{ 0, 0, 0 }));
}

} // namespace
} // namespace wire
