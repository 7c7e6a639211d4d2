/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers that do wrong while a session is resumed or tickets are handed out: rows of (scene, change on the way, who must
 * notice, error, alert). The tickets themselves are in resumption_wire_test.cc.
 */
#include "wire/session.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;

PairOptions Resuming13()
{
    return Starting(Tickets13(), Session13());
}
PairOptions Resuming12()
{
    return Starting(Tickets12(), Session12());
}
/* A session without the extended master secret, under a ticket that says so too. */
PairOptions ResumingUnbound12()
{
    Blob b = Blob::Parse(Session12());
    Bytes state = Sealed::Open(kKey, b.handle);
    state.back() = b.state.back() = 0;
    b.handle = Sealed::Seal(kKey, state);
    return Starting(Tickets12(), b.Build());
}

/* The client would like a ticket, and the server has no key for one. */
PairOptions Unissued12()
{
    PairOptions o = Tickets12();
    o.server.config_hook = nullptr;
    return Timed(o);
}

/* A message in front of the change_cipher_spec of one side. */
std::function<Rewrite()> BeforeCcs(bool from_client, const Bytes &message)
{
    return [=]() -> Rewrite {
        return [=](const Message &m) -> Pieces {
            bool here = m.content == CCS && m.from_client == from_client;
            return here ? Pieces{ { HANDSHAKE, message }, { CCS, { 1 } } } : Same(m);
        };
    };
}

struct Table {
    std::vector<Row> rows;
    std::string prefix;
    std::function<PairOptions()> scene;
    bool victim;
    void Add(const std::string &name, std::function<Rewrite()> rewrite, const char *error, int alert)
    {
        rows.push_back({ prefix + name, scene, victim, rewrite, std::string("S2N_ERR_") + error, alert });
    }
    void Hello(const std::string &name, std::function<void(ServerHello &)> f, const char *error, int alert)
    {
        Add(name, OnServerHello(f), error, alert);
    }
};

Bytes EmptyCertificate13()
{
    return Handshake(CERTIFICATE, Bytes{ 0 } + Num(3, 0));
}

/* A server that resumes at TLS 1.3, and says it wrongly. */
void AddServer13(Table *t)
{
    t->Hello(
        "IndexOutOfRange", [](ServerHello &h) { h.exts.At(41) = U16(1); }, "BAD_MESSAGE", 10);
    t->Hello(
        "IndexOfTheEnd", [](ServerHello &h) { h.exts.At(41) = U16(0xFFFF); }, "BAD_MESSAGE", 10);
    t->Hello(
        "IndexCutShort", [](ServerHello &h) { h.exts.At(41) = { 0 }; }, "BAD_MESSAGE", 10);
    t->Hello(
        "IndexMissing", [](ServerHello &h) { h.exts.At(41) = {}; }, "BAD_MESSAGE", 10);
    t->Hello(
        "IndexTrailing", [](ServerHello &h) { h.exts.At(41).push_back(0); }, "BAD_MESSAGE", 10);
    t->Hello(
        "AnswerTwice", [](ServerHello &h) { h.exts.Add(41, U16(0)); }, "DUPLICATE_EXTENSION", 47);
    t->Hello(
        "SuiteOfAnotherHash", [](ServerHello &h) { h.suite = 0x1302; }, "BAD_MESSAGE", 10);
    t->Hello(
        "WithoutKeyShare", [](ServerHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109);
    t->Hello(
        "AnswerDropped", [](ServerHello &h) { h.exts.Drop(41); }, "BAD_MESSAGE", 10);
    t->Hello(
        "ModesAnswered", [](ServerHello &h) { h.exts.Add(45, Vec(1, { 1 })); }, "UNSUPPORTED_EXTENSION", 110);
    t->Hello(
        "EarlyDataInTheHello", [](ServerHello &h) { h.exts.Add(42, {}); }, "UNSUPPORTED_EXTENSION", 110);
    t->Hello(
        "TicketInTheHello", [](ServerHello &h) { h.exts.Add(35, {}); }, "UNSUPPORTED_EXTENSION", 110);
    t->Hello(
        "SessionIdOfAnother", [](ServerHello &h) { h.session_id[0] ^= 1; }, "BAD_MESSAGE", 10);
    t->Add("EarlyDataNotAskedFor", OnEncrypted([](Exts &e) { e.Add(42, {}); }), "UNSUPPORTED_EXTENSION", 110);
    t->Add("AnswerInEncryptedExtensions", OnEncrypted([](Exts &e) { e.Add(41, U16(0)); }),
           "UNSUPPORTED_EXTENSION", 110);
    t->Add("CertificateToo", After(false, ENCRYPTED_EXTENSIONS, { { HANDSHAKE, EmptyCertificate13() } }),
           "BAD_MESSAGE", 10);
    t->Add("CertificateRequestToo",
           After(false, ENCRYPTED_EXTENSIONS,
                 { { HANDSHAKE,
                     Handshake(CERT_REQUEST,
                               Bytes{ 0 } + Vec(2, Bytes{ 0, 13 } + Vec(2, Vec(2, U16(0x0403))))) } }),
           "BAD_MESSAGE", 10);
    t->Add("FinishedFlipped", OnBody(false, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("TicketBeforeFinished",
           Before(false, FINISHED,
                  { { HANDSHAKE, Handshake(NEW_TICKET, Num(4, 7200) + Num(4, 1) + Vec(1, { 1 }) +
                                                           Vec(2, Fill(50, 8)) + U16(0)) } }),
           "BAD_MESSAGE", 10);
}

/* A client that resumes at TLS 1.3. */
void AddClient13(Table *t)
{
    auto hello = [t](const char *name, std::function<void(ClientHello &)> f, const char *error, int alert) {
        t->Add(name, OnClientHello(f), error, alert);
    };
    auto binder = [](ClientHello &h, std::function<void(Offer &)> f) {
        Offer o = Offer::Parse(h.exts.At(41));
        f(o);
        h.exts.At(41) = o.Build();
    };
    for (size_t at : { 0, 15, 31 }) {
        hello(("BinderFlipped" + std::to_string(at)).c_str(),
              [=](ClientHello &h) { binder(h, [=](Offer &o) { o.binders[0][at] ^= 1; }); }, "BAD_MESSAGE",
              10);
    }
    hello(
        "BinderTooLong", [=](ClientHello &h) { binder(h, [](Offer &o) { o.binders[0].resize(48); }); },
        "BAD_MESSAGE", 10);
    hello(
        "BinderOfAnExternalKey",
        [](ClientHello &h) {
            Bytes state = Blob::Parse(Session13()).state;
            Rebind(&h, 0, Hash::Sha256(), Sub(state, 17, 32), true);
        },
        "BAD_MESSAGE", 10);
    hello(
        "AgeChanged", [=](ClientHello &h) { binder(h, [](Offer &o) { o.identities[0].age ^= 1; }); },
        "BAD_MESSAGE", 10);
    hello(
        "RandomChanged", [](ClientHello &h) { h.random[0] ^= 1; }, "BAD_MESSAGE", 10);
    hello(
        "SuiteAdded", [](ClientHello &h) { h.suites.push_back(0x1399); }, "BAD_MESSAGE", 10);
    hello(
        "ExtensionAddedBehind", [](ClientHello &h) { h.exts.Add(0x1234, {}); }, "UNSUPPORTED_EXTENSION", 110);
    hello(
        "ModesDropped", [](ClientHello &h) { h.exts.Drop(45); }, "MISSING_EXTENSION", 109);
    hello(
        "SharesDropped", [](ClientHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109);
    t->Add("CertificateBeforeFinished", Before(true, FINISHED, { { HANDSHAKE, EmptyCertificate13() } }),
           "BAD_MESSAGE", 10);
    t->Add("EndOfEarlyDataUnasked", Before(true, FINISHED, { { HANDSHAKE, Handshake(END_OF_EARLY, {}) } }),
           "BAD_MESSAGE", 10);
    t->Add("FinishedFlipped", OnBody(true, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("TicketOfTheClient",
           Before(true, FINISHED,
                  { { HANDSHAKE, Handshake(NEW_TICKET, Num(4, 7200) + Num(4, 1) + Vec(1, { 1 }) +
                                                           Vec(2, Fill(50, 8)) + U16(0)) } }),
           "BAD_MESSAGE", 10);
}

/* A server that resumes below TLS 1.3. */
void AddServer12(Table *t)
{
    t->Hello(
        "AnotherSuite", [](ServerHello &h) { h.suite = 0xC02C; }, "BAD_MESSAGE", 10);
    t->Hello(
        "AnotherVersion", [](ServerHello &h) { h.version = 0x0302; }, "PROTOCOL_VERSION_UNSUPPORTED", 70);
    t->Hello(
        "EmsStripped", [](ServerHello &h) { h.exts.Drop(23); }, "MISSING_EXTENSION", 109);
    t->Hello(
        "IdChanged", [](ServerHello &h) { h.session_id[9] ^= 1; }, "BAD_MESSAGE", 10);
    t->Hello(
        "IdCutShort", [](ServerHello &h) { h.session_id.pop_back(); }, "BAD_MESSAGE", 10);
    t->Hello(
        "IdDropped", [](ServerHello &h) { h.session_id = {}; }, "BAD_MESSAGE", 10);
    t->Hello(
        "TicketPromisedAndNotSent", [](ServerHello &h) { h.exts.Add(35, {}); }, "BAD_MESSAGE", 10);
    t->Hello(
        "TicketExtensionWithContent", [](ServerHello &h) { h.exts.Add(35, { 1 }); }, "BAD_MESSAGE", 10);
    t->Add("CertificateToo", After(false, SERVER_HELLO, { { HANDSHAKE, Handshake(CERTIFICATE, Num(3, 0)) } }),
           "BAD_MESSAGE", 10);
    t->Add(
        "TicketNotPromised",
        After(false, SERVER_HELLO, { { HANDSHAKE, Handshake(NEW_TICKET, Num(4, 100) + Vec(2, Fill(138))) } }),
        "BAD_MESSAGE", 10);
    t->Add("HelloDoneToo", After(false, SERVER_HELLO, { { HANDSHAKE, Handshake(HELLO_DONE, {}) } }),
           "BAD_MESSAGE", 10);
    t->Add("FinishedFlipped", OnBody(false, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("FinishedInTheClear",
           On(false, FINISHED,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, m.bytes, Piece::PLAIN } };
              }),
           "SAFETY", 80);
    t->Add("FinishedDropped",
           On(false, FINISHED,
              [](const Message &) -> Pieces {
                  return { { APPDATA, { 1 } } };
              }),
           "BAD_MESSAGE", 10);
}

/* A server that hands out a ticket below TLS 1.3. */
void AddTicket12(Table *t)
{
    auto body = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(name, OnBody(false, NEW_TICKET, f), error, alert);
    };
    t->Add("MessageDropped", Instead(false, NEW_TICKET, {}), "BAD_MESSAGE", 10);
    t->Add("MessageTwice",
           On(false, NEW_TICKET,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, m.bytes }, { HANDSHAKE, m.bytes } };
              }),
           "BAD_MESSAGE", 10);
    t->Add(
        "MessageBehindTheCcs",
        []() -> Rewrite {
            auto held = std::make_shared<Bytes>();
            return [held](const Message &m) -> Pieces {
                if (m.type == NEW_TICKET) {
                    *held = m.bytes;
                    return {};
                }
                bool ccs = m.content == CCS && !m.from_client;
                return ccs ? Pieces{ { CCS, { 1 } }, { HANDSHAKE, *held } } : Same(m);
            };
        },
        "BAD_MESSAGE", 10);
    for (size_t n : { 0, 3, 4, 5, 6, 100, 143 }) {
        body(("CutTo" + std::to_string(n)).c_str(), [n](Bytes b) { return Sub(b, 0, n); }, "BAD_MESSAGE", 10);
    }
    body(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    body(
        "TicketLongerThanTheMessage", [](Bytes b) { return Sub(b, 0, 4) + U16(139) + Sub(b, 6); },
        "BAD_MESSAGE", 10);
    /* Not refused at once, since a ticket means nothing to a client; but Finished covers it. */
    body(
        "TicketFlipped", [](Bytes b) { return Flipped(b); }, "BAD_MESSAGE", 10);
    body(
        "TicketEmptied", [](Bytes b) { return Sub(b, 0, 4) + U16(0); }, "BAD_MESSAGE", 10);
    body(
        "LifetimeChanged", [](Bytes b) { return Flipped(b, b.size() - 4); }, "BAD_MESSAGE", 10);
}

/* Clients below TLS 1.3; what they are refused the server's cache forgets. */
void AddClient12(Table *t)
{
    auto hello = [t](const char *name, std::function<void(ClientHello &)> f, const char *error, int alert) {
        t->Add(name, OnClientHello(f), error, alert);
    };
    hello(
        "EmsStripped", [](ClientHello &h) { h.exts.Drop(23); }, "MISSING_EXTENSION", 109);
    hello(
        "TicketTwice", [](ClientHello &h) { h.exts.Add(35, h.exts.At(35)); }, "DUPLICATE_EXTENSION", 47);
    hello(
        "SuiteWithdrawn", [](ClientHello &h) { h.suites = { 0xC0FF }; }, "CIPHER_NOT_SUPPORTED", 40);
    t->Add("FinishedFlipped", OnBody(true, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("KeyExchangeToo", BeforeCcs(true, Handshake(CLIENT_KEY, Vec(1, Fill(65, 4)))), "BAD_MESSAGE", 10);
    t->Add("CertificateToo", BeforeCcs(true, Handshake(CERTIFICATE, Num(3, 0))), "BAD_MESSAGE", 10);
}

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    Table tables[] = {
        { {}, "Server13_", Resuming13, kClient },
        { {}, "Client13_", Resuming13, kServer },
        { {}, "Server12_", Resuming12, kClient },
        { {}, "Ticket12_", Tickets12, kClient },
        { {}, "Client12_", Resuming12, kServer },
        { {}, "Unbound12_", ResumingUnbound12, kClient },
        { {}, "UnboundHello12_", ResumingUnbound12, kClient },
        { {}, "NoTicket12_", Unissued12, kClient },
    };
    void (*const fill[])(Table *) = {
        AddServer13,
        AddClient13,
        AddServer12,
        AddTicket12,
        AddClient12,
        [](Table *t) {
            t->Hello(
                "EmsInvented", [](ServerHello &h) { h.exts.Add(23, {}); }, "UNSUPPORTED_EXTENSION", 110);
        },
        [](Table *
               t) { /* then the server's session is another one: a full handshake, which it never asked for */
                    t->Add("EmsOfferedToo", OnClientHello([](ClientHello &h) { h.exts.Add(23, {}); }),
                           "UNSUPPORTED_EXTENSION", 110);
        },
        [](Table *t) {
            Bytes ticket = Handshake(NEW_TICKET, Num(4, 100) + Vec(2, Fill(138)));
            t->Add("TicketNotPromised", BeforeCcs(false, ticket), "BAD_MESSAGE", 10);
        },
    };
    for (size_t i = 0; i < 8; i++) {
        fill[i](&tables[i]);
        rows.insert(rows.end(), tables[i].rows.begin(), tables[i].rows.end());
    }
    return rows;
}

class Resumption : public Attack
{
    AtStart at_start_;
};
TEST_P(Resumption, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(Peers, Resumption, testing::ValuesIn(Rows()), NameOf);

/* The scenes resume when nobody interferes: else the rows would prove nothing. */
TEST(Resumption, ScenesResume)
{
    AtStart at_start;
    for (auto scene : { Resuming13, Resuming12, ResumingUnbound12 }) {
        Mitm mitm(scene(), Same);
        ASSERT_TRUE(mitm.Run().ok());
        EXPECT_TRUE(IsResumed(mitm.end(true)) && IsResumed(mitm.end(false)));
    }
    Mitm mitm(Tickets12(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    EXPECT_EQ(54000, s2n_connection_get_session_ticket_lifetime_hint(mitm.end(true).conn));
}

/* ---- hellos that the server answers with a full handshake, without a word ---- */

/* The server's answer to a changed hello; nothing when it refused. */
ServerHello Answer(const PairOptions &o, std::function<void(ClientHello &)> change, std::string *error)
{
    ServerHello answer;
    auto rewrite = OnClientHello(change)();
    Mitm mitm(o, [&](const Message &m) {
        if (m.type == SERVER_HELLO) {
            answer = ServerHello::Parse(m.bytes);
        }
        return rewrite(m);
    });
    mitm.Run();
    *error = ErrName(mitm.end(false).error);
    return answer;
}

/* Tickets that cannot be opened, in front of one that can: three are looked at, then none. */
TEST(Identities, AreTriedUpToTheThird)
{
    AtStart at_start;
    Bytes psk = Sub(Blob::Parse(Session13()).state, 17, 32);
    for (size_t bad = 0; bad < 5; bad++) {
        std::string error;
        ServerHello answer = Answer(
            Resuming13(),
            [&](ClientHello &h) {
                Offer o = Offer::Parse(h.exts.At(41));
                for (size_t i = 0; i < bad; i++) {
                    o.identities.insert(o.identities.begin(), { Fill(138, static_cast<uint8_t>(i)), 7 });
                    o.binders.insert(o.binders.begin(), Fill(32));
                }
                h.exts.At(41) = o.Build();
                Rebind(&h, bad, Hash::Sha256(), psk, false);
            },
            &error);
        EXPECT_EQ(bad < 3, answer.exts.Has(41)) << bad << error;
        EXPECT_TRUE(bad >= 3 || answer.exts.At(41) == U16(static_cast<unsigned>(bad))) << bad;
    }
}

/* The same ticket twice: the first is taken, and its binder counts. */
TEST(Identities, TheSameTicketTwice)
{
    AtStart at_start;
    Bytes psk = Sub(Blob::Parse(Session13()).state, 17, 32);
    for (size_t right : { 0, 1 }) {
        std::string error;
        ServerHello answer = Answer(
            Resuming13(),
            [&](ClientHello &h) {
                Offer o = Offer::Parse(h.exts.At(41));
                o.identities.push_back(o.identities[0]);
                o.binders = { Fill(32), Fill(32) };
                h.exts.At(41) = o.Build();
                Rebind(&h, right, Hash::Sha256(), psk, false);
            },
            &error);
        EXPECT_EQ(right == 0 ? "" : "S2N_ERR_BAD_MESSAGE", error);
        EXPECT_EQ(right == 0, answer.exts.Has(41) && answer.exts.At(41) == U16(0));
    }
}

/* A ticket shown to the wrong place of the other version, on the wire. */
TEST(Identities, TicketExtensionOfTls12_MeansNothingAtTls13)
{
    AtStart at_start;
    std::string error;
    Bytes ticket = Blob::Parse(Session12()).handle;
    ServerHello answer = Answer(
        Tickets13(), [&](ClientHello &h) { h.exts.Set(35, ticket); }, &error);
    EXPECT_FALSE(answer.exts.Has(41) || answer.exts.Has(35));
    answer = Answer(
        Tickets13(), [&](ClientHello &h) { h.exts.Set(35, Blob::Parse(Session13()).handle); }, &error);
    EXPECT_FALSE(answer.exts.Has(41) || answer.exts.Has(35));
    EXPECT_EQ(32u, answer.random.size()) << error;
}

TEST(Identities, PskExtensionOfTls13_MeansNothingAtTls12)
{
    AtStart at_start;
    std::string error;
    PairOptions o = Resuming13();
    o.server.policy = "20240501";
    ServerHello answer = Answer(
        o, [](ClientHello &) {}, &error);
    EXPECT_EQ(0x0303, answer.version);
    EXPECT_FALSE(answer.exts.Has(41) || answer.exts.Has(35) || answer.exts.Has(43));
}

/* ---- the cache ---- */

/* A session of which a resumption failed is forgotten (RFC 5246 7.2.2). */
TEST(CacheUnderAttack, ForgetsWhatFailed)
{
    AtStart at_start;
    struct {
        const char *name;
        std::function<Rewrite()> rewrite;
        int deleted;
    } rows[] = {
        { "nothing", []() -> Rewrite { return Same; }, 0 },
        { "client's Finished", OnBody(true, FINISHED, [](Bytes b) { return Flipped(b); }), 1 },
        { "server's Finished", OnBody(false, FINISHED, [](Bytes b) { return Flipped(b); }), 1 },
        { "forged record", Instead(true, FINISHED, { Wire(HANDSHAKE, Fill(60, 3)) }), 1 },
    };
    for (auto &row : rows) {
        Cache cache;
        Bytes session = SessionFrom(Cached12(&cache));
        Mitm mitm(Starting(Cached12(&cache), session), row.rewrite());
        Outcome out = mitm.Run();
        for (bool client : { true, false }) {
            if (mitm.end(client).error != 0) { /* its alert reaches the other end */
                s2n_blocked_status blocked;
                (void) s2n_shutdown_send(mitm.end(client).conn, &blocked);
                mitm.Pump(client);
                mitm.end(!client).Step();
            }
        }
        EXPECT_EQ(row.deleted == 0, out.ok()) << row.name;
        EXPECT_EQ(row.deleted, std::min(cache.deleted, 1)) << row.name;
        EXPECT_EQ(row.deleted == 0 ? 1u : 0u, cache.values.size()) << row.name;
        EXPECT_EQ(1, cache.retrieved) << row.name;
    }
}

/* ---- NewSessionTicket at TLS 1.3 ---- */

Bytes TicketBody(uint32_t lifetime = 7200, const Bytes &ticket = Fill(50, 8), const Bytes &exts = {})
{
    return Num(4, lifetime) + Num(4, 0x01020304) + Vec(1, { 0, 1 }) + Vec(2, ticket) + Vec(2, exts);
}
Bytes EarlyExt(const Bytes &body)
{
    return U16(42) + Vec(2, body);
}

struct NewTicket {
    const char *name;
    Bytes body;
    const char *error; /* "": taken */
    int alert;
    bool kept;
};

std::vector<NewTicket> NewTickets()
{
    return {
        { "Plain", TicketBody(), "", 0, true },
        { "LongestLife", TicketBody(604800), "", 0, true },
        { "TooLongLife", TicketBody(604801), "BAD_MESSAGE", 10, false },
        { "EndlessLife", TicketBody(UINT32_MAX), "BAD_MESSAGE", 10, false },
        { "NoLife", TicketBody(0), "", 0, false },
        { "EmptyTicket", TicketBody(7200, {}), "BAD_MESSAGE", 10, false },
        { "LongTicket", TicketBody(7200, Fill(60000, 3)), "", 0, true },
        { "TicketThatFitsNoHello", TicketBody(7200, Fill(60001, 3)), "", 0, false },
        { "LongestTicket", TicketBody(7200, Fill(65450, 3)), "", 0, false },
        { "EmptyNonce", Num(4, 7200) + Num(4, 1) + Vec(1, {}) + Vec(2, Fill(50)) + U16(0), "", 0, true },
        { "LongestNonce", Num(4, 7200) + Num(4, 1) + Vec(1, Fill(255)) + Vec(2, Fill(50)) + U16(0), "", 0,
          true },
        { "NonceBeyondTheEnd", Num(4, 7200) + Num(4, 1) + Bytes{ 255, 0 }, "BAD_MESSAGE", 10, false },
        { "TicketBeyondTheEnd", Num(4, 7200) + Num(4, 1) + Vec(1, { 1 }) + Bytes{ 255, 255, 1 },
          "BAD_MESSAGE", 10, false },
        { "NoExtensionBlock", Num(4, 7200) + Num(4, 1) + Vec(1, { 1 }) + Vec(2, Fill(50)), "BAD_MESSAGE", 10,
          false },
        { "EarlyData", TicketBody(7200, Fill(50), EarlyExt(Num(4, 100))), "", 0, true },
        { "EarlyDataTwice", TicketBody(7200, Fill(50), EarlyExt(Num(4, 1)) + EarlyExt(Num(4, 1))),
          "DUPLICATE_EXTENSION", 47, false },
        { "EarlyDataEmpty", TicketBody(7200, Fill(50), EarlyExt({})), "BAD_MESSAGE", 10, false },
        { "EarlyDataShort", TicketBody(7200, Fill(50), EarlyExt(Num(3, 1))), "BAD_MESSAGE", 10, false },
        { "EarlyDataLong", TicketBody(7200, Fill(50), EarlyExt(Num(5, 1))), "BAD_MESSAGE", 10, false },
        { "UnknownExtension", TicketBody(7200, Fill(50), U16(0x1234) + Vec(2, Fill(9))), "", 0, true },
        { "ExtensionHeaderCut", TicketBody(7200, Fill(50), { 0, 42, 0 }), "BAD_MESSAGE", 10, false },
        { "ExtensionBeyondTheEnd", TicketBody(7200, Fill(50), { 0, 42, 0, 5, 1 }), "BAD_MESSAGE", 10, false },
        { "BytesBehind", TicketBody() + Bytes{ 0 }, "BAD_MESSAGE", 10, false },
        { "Empty", {}, "BAD_MESSAGE", 10, false },
    };
}
void PrintTo(const NewTicket &t, std::ostream *os)
{
    *os << t.name;
}

/* A client after its handshake, before any ticket of the server. */
PairOptions Awaiting()
{
    PairOptions o = Tickets13();
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_initial_ticket_count(c, 0), "count"); });
    return o;
}

class AtClient : public testing::TestWithParam<NewTicket>
{
    AtStart at_start_;
};
TEST_P(AtClient, IsKeptOrRefused)
{
    const NewTicket &row = GetParam();
    Mitm mitm(Awaiting(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    End &client = mitm.end(true);
    mitm.Inject(true, { { HANDSHAKE, Handshake(NEW_TICKET, row.body) } });
    std::string got;
    int error = Pair::ReadAll(client, &got);
    ASSERT_EQ(row.error[0] == '\0' ? "" : std::string("S2N_ERR_") + row.error, ErrName(error));
    EXPECT_EQ(row.kept, s2n_connection_get_session_length(client.conn) > 0);
    if (error != 0) {
        EXPECT_EQ(row.alert, mitm.AlertOf(true));
        return;
    }
    mitm.Inject(true, { { APPDATA, { 'x' } } });
    EXPECT_EQ(0, Pair::ReadAll(client, &got));
    EXPECT_EQ("x", got);
}
INSTANTIATE_TEST_SUITE_P(NewSessionTicket, AtClient, testing::ValuesIn(NewTickets()),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(NewSessionTicket, EveryTruncation_IsRefused)
{
    AtStart at_start;
    Bytes whole = TicketBody(7200, Fill(20, 8), EarlyExt(Num(4, 100)));
    Mitm mitm(Awaiting(), Same);
    for (size_t n = 0; n < whole.size(); n++) {
        mitm.Restart(Same);
        ASSERT_TRUE(mitm.Run().ok());
        mitm.Inject(true, { { HANDSHAKE, Handshake(NEW_TICKET, Sub(whole, 0, n)) } });
        std::string got;
        ASSERT_EQ("S2N_ERR_BAD_MESSAGE", ErrName(Pair::ReadAll(mitm.end(true), &got))) << n;
        EXPECT_EQ(0, s2n_connection_get_session_length(mitm.end(true).conn)) << n;
        EXPECT_EQ(10, mitm.AlertOf(true));
    }
}

/* Tickets without end, and nothing else, are refused; between data they may come for ever. */
TEST(NewSessionTicket, Thousands)
{
    AtStart at_start;
    Mitm mitm(Awaiting(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    End &client = mitm.end(true);
    Piece one = { HANDSHAKE, Handshake(NEW_TICKET, TicketBody()) };
    std::string got;
    for (int i = 0; i < 3000; i++) {
        Pieces p(1, one);
        if (i % 10 == 0) {
            p.push_back({ APPDATA, { 'd' } });
        }
        mitm.Inject(true, p);
        ASSERT_EQ("", ErrName(Pair::ReadAll(client, &got))) << i;
    }
    EXPECT_EQ(300u, got.size());
    int error = 0, tickets = 0;
    for (; error == 0 && tickets < 100000; tickets++) {
        mitm.Inject(true, { one });
        error = Pair::ReadAll(client, &got);
    }
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", ErrName(error)) << tickets;
    EXPECT_GT(tickets, 200);
    EXPECT_EQ(10, mitm.AlertOf(true));
}

TEST(NewSessionTicket, OneMessageInManyRecords)
{
    AtStart at_start;
    Mitm mitm(Awaiting(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    Bytes whole = Handshake(NEW_TICKET, TicketBody());
    std::string got;
    for (uint8_t b : whole) {
        mitm.Inject(true, { { HANDSHAKE, { b } } });
        ASSERT_EQ("", ErrName(Pair::ReadAll(mitm.end(true), &got)));
    }
    EXPECT_GT(s2n_connection_get_session_length(mitm.end(true).conn), 0);
}

/* Half a ticket, then data: nothing may come in between (RFC 8446 5.1). */
TEST(NewSessionTicket, DataInsideTheMessage_IsRefused)
{
    AtStart at_start;
    Mitm mitm(Awaiting(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    Bytes whole = Handshake(NEW_TICKET, TicketBody());
    std::string got;
    mitm.Inject(true, { { HANDSHAKE, Sub(whole, 0, 20) }, { APPDATA, { 1 } } });
    EXPECT_EQ("S2N_ERR_BAD_MESSAGE", ErrName(Pair::ReadAll(mitm.end(true), &got)));
    EXPECT_EQ("", got);
    EXPECT_EQ(0, s2n_connection_get_session_length(mitm.end(true).conn));
}

} // namespace
} // namespace wire
