/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that are not what they seem: tickets, session blobs and cache entries that were cut, changed, made with other
 * keys or at another time, or belong to another version or suite. Each ends in a full handshake or in the error of its
 * row, and never resumes. What peers do wrong while they resume is in resumption_peer_test.cc.
 */
#include "wire/session.h"

namespace wire
{
namespace
{

/* Where things are in the states of contract/tickets.md section 3. */
enum {
    FORM = 0,
    VERSION = 1,
    SUITE = 2,
    ISSUED = 4,
    MASTER12 = 12,
    EMS12 = 60,
    SECRET_LEN13 = 16,
    SECRET13 = 17,
    EXPIRY13 = 49,
    EARLY13 = 57
};

Bytes With(Bytes b, size_t at, const Bytes &bytes)
{
    std::copy(bytes.begin(), bytes.end(), b.begin() + static_cast<long>(at));
    return b;
}

struct Version {
    const char *name;
    PairOptions (*scene)();
    const Bytes &(*session)();
};
const Version kVersions[] = { { "Tls13", Tickets13, Session13 }, { "Tls12", Tickets12, Session12 } };
void PrintTo(const Version &v, std::ostream *os)
{
    *os << v.name;
}

class EachVersion : public testing::TestWithParam<Version>
{
  protected:
    AtStart at_start;
    Blob good = Blob::Parse(GetParam().session());
    std::string With(const Bytes &ticket)
    {
        Blob b = good;
        b.handle = ticket;
        return Reconnect(GetParam().scene(), b.Build());
    }
};
INSTANTIATE_TEST_SUITE_P(Tickets, EachVersion, testing::ValuesIn(kVersions),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(EachVersion, Unchanged_Resumes)
{
    EXPECT_EQ("resumed", With(good.handle));
    EXPECT_EQ("resumed", With(Sealed::Seal(kKey, Sealed::Open(kKey, good.handle)))); /* as we seal it */
}

TEST_P(EachVersion, EveryTruncation_IsAFullHandshake)
{
    EXPECT_EQ("set:S2N_ERR_INVALID_SERIALIZED_SESSION_STATE", With({}));
    for (size_t n = 1; n < good.handle.size(); n++) {
        ASSERT_EQ("full", With(Sub(good.handle, 0, n))) << n;
    }
}

TEST_P(EachVersion, EveryByteFlipped_IsAFullHandshake)
{
    for (size_t at = 0; at < good.handle.size(); at++) {
        for (uint8_t bit : { 0x01, 0x80 }) {
            Bytes t = good.handle;
            t[at] ^= bit;
            ASSERT_EQ("full", With(t)) << at;
        }
    }
}

TEST_P(EachVersion, TooLong_IsAFullHandshake)
{
    for (size_t more : { 1, 16, 1000, 20000 }) {
        EXPECT_EQ("full", With(good.handle + Fill(more))) << more;
        EXPECT_EQ("full", With(Sealed::Seal(kKey, Sealed::Open(kKey, good.handle) + Fill(more)))) << more;
    }
}

/* What could not be shown in a hello is not taken to begin with. */
TEST_P(EachVersion, TicketThatFitsNoHello_IsNotTaken)
{
    EXPECT_EQ("full", With(Fill(TICKET_MAX, 1)));
    for (size_t n : { TICKET_MAX + 1, 65535 }) {
        EXPECT_EQ("set:S2N_ERR_INVALID_SERIALIZED_SESSION_STATE", With(Fill(n, 1))) << n;
    }
}

/* A state in a ticket of the right key, cut anywhere. */
TEST_P(EachVersion, EveryTruncationOfTheState_IsAFullHandshake)
{
    Bytes state = Sealed::Open(kKey, good.handle);
    for (size_t n = 0; n < state.size(); n++) {
        ASSERT_EQ("full", With(Sealed::Seal(kKey, Sub(state, 0, n)))) << n;
    }
}

TEST_P(EachVersion, OfAnotherKey_IsAFullHandshake)
{
    Bytes state = Sealed::Open(kKey, good.handle);
    EXPECT_EQ("full", With(Sealed::Seal({ Text("unknown"), kKey.material }, state)));
    EXPECT_EQ("full", With(Sealed::Seal({ kKey.name, Text("other material") }, state)));
    EXPECT_EQ("full", With(Sealed::Seal({ {}, kKey.material }, state)));
    EXPECT_EQ("full", Reconnect(Ticketed(GetParam().session == Session13 ? Tls13P256() : Tls12(),
                                         { kKey.name, Text("rotated away") }),
                                good.Build()));
}

/* Keys live 2 hours, and 13 more for what they sealed. */
TEST_P(EachVersion, OfAnExpiredKey_IsAFullHandshake)
{
    Later(53999);
    EXPECT_EQ("resumed", With(good.handle));
    Later(1);
    EXPECT_EQ("full", With(good.handle));
    Later(10 * 54000);
    EXPECT_EQ("full", With(good.handle));
}

TEST_P(EachVersion, OfAKeyThatIsNotYetValid_IsAFullHandshake)
{
    PairOptions o = GetParam().scene();
    o.server.config_hook = nullptr;
    o = Timed(o);
    Also(&o.server.config_hook, [](s2n_config *c) {
        Must(s2n_config_set_session_tickets_onoff(c, 1), "on");
        AddKey(c, kKey, kStart / kSecond + 1);
    });
    EXPECT_EQ("full", Reconnect(o, good.Build()));
    server_clock.now += kSecond - 1;
    EXPECT_EQ("full", Reconnect(o, good.Build()));
    server_clock.now += 1;
    EXPECT_EQ("resumed", Reconnect(o, good.Build()));
}

TEST_P(EachVersion, WithoutKeys_IsAFullHandshake)
{
    PairOptions o = GetParam().scene();
    o.server.config_hook = nullptr;
    EXPECT_EQ("full", Reconnect(Timed(o), good.Build()));
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_session_tickets_onoff(c, 1), "on"); });
    EXPECT_EQ("full", Reconnect(Timed(o), good.Build()));
}

/* The session's own life, whatever the key's. */
TEST_P(EachVersion, OlderThanTheSessionMayBe_IsAFullHandshake)
{
    PairOptions o = GetParam().scene();
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_session_state_lifetime(c, 100), "session lifetime"); });
    Later(99);
    EXPECT_EQ("resumed", Reconnect(o, good.Build()));
    Later(2);
    EXPECT_EQ("full", Reconnect(o, good.Build()));
}

/* ---- clocks ---- */

TEST_P(EachVersion, ServerClockSetBack_TicketFromTheFuture)
{
    bool is13 = GetParam().session == Session13;
    PairOptions o = GetParam().scene();
    o.server.config_hook = nullptr;
    o = Timed(o);
    Also(&o.server.config_hook, [](s2n_config *c) {
        Must(s2n_config_set_session_tickets_onoff(c, 1), "on");
        AddKey(c, kKey, kStart / kSecond - 7000);
    });
    for (uint64_t back : { 1, 10, 3600 }) {
        server_clock.now = kStart - back * kSecond;
        EXPECT_EQ(is13 ? "resumed" : "full", Reconnect(o, good.Build())) << back;
    }
    server_clock.now = kStart - 1;
    EXPECT_EQ(is13 ? "resumed" : "full", Reconnect(o, good.Build()));
    for (uint64_t back : { 3601, 6999, 7001 }) {
        server_clock.now = kStart - back * kSecond;
        EXPECT_EQ("full", Reconnect(o, good.Build())) << back;
    }
    server_clock.now = 0;
    EXPECT_EQ("full", Reconnect(o, good.Build()));
}

TEST_P(EachVersion, ClientClockSetBack)
{
    bool is13 = GetParam().session == Session13;
    for (uint64_t back : { 1, 3600 }) {
        client_clock.now = kStart - back * kSecond;
        EXPECT_EQ(is13 ? "client:S2N_ERR_SAFETY/80" : "resumed", With(good.handle)) << back;
    }
    for (uint64_t now : { kStart - 3601 * kSecond, uint64_t{ 0 } }) {
        client_clock.now = now;
        EXPECT_EQ(is13 ? "set:S2N_ERR_INVALID_SESSION_TICKET" : "resumed", With(good.handle)) << now;
    }
    client_clock.now = kStart + 604801 * kSecond;
    EXPECT_EQ(is13 ? "set:S2N_ERR_INVALID_SESSION_TICKET" : "resumed", With(good.handle));
}

TEST_P(EachVersion, IssueTimesAtTheEdgesOfTime)
{
    bool is13 = GetParam().session == Session13;
    Bytes state = Sealed::Open(kKey, good.handle);
    for (uint64_t issued :
         { uint64_t{ 0 }, uint64_t{ 1 }, kStart + 3601 * kSecond, UINT64_MAX - 1, UINT64_MAX }) {
        EXPECT_EQ("full", With(Sealed::Seal(kKey, wire::With(state, ISSUED, Num(8, issued))))) << issued;
    }
    if (is13) {
        for (uint64_t expiry : { uint64_t{ 0 }, kStart - 1, kStart }) {
            EXPECT_EQ("full", With(Sealed::Seal(kKey, wire::With(state, EXPIRY13, Num(8, expiry)))))
                << expiry;
        }
        EXPECT_EQ("resumed", With(Sealed::Seal(kKey, wire::With(state, EXPIRY13, Num(8, kStart + 1)))));
        EXPECT_EQ("resumed", With(Sealed::Seal(kKey, wire::With(state, EXPIRY13, Num(8, UINT64_MAX)))));
    }
}

/* ---- states of another kind, properly sealed ---- */

struct State {
    const char *name;
    bool is13;
    std::function<Bytes(Bytes)> change;
    const char *outcome;
};
Bytes Twelve()
{
    return Sealed::Open(kKey, Blob::Parse(Session12()).handle);
}
Bytes Thirteen()
{
    return Sealed::Open(kKey, Blob::Parse(Session13()).handle);
}

/* The suites that these scenes settle on are c02b and 1301. */
const State kStates[] = {
    { "Unchanged", true, [](Bytes s) { return s; }, "resumed" },
    { "StateOfTls12", true, [](Bytes) { return Twelve(); }, "full" },
    { "OnlyTheFormOfTls12", true, [](Bytes s) { return With(s, FORM, { 4 }); }, "full" },
    { "UnknownForm", true, [](Bytes s) { return With(s, FORM, { 5 }); }, "full" },
    { "VersionOfTls12", true, [](Bytes s) { return With(s, VERSION, { 33 }); }, "full" },
    { "VersionOfTheFuture", true, [](Bytes s) { return With(s, VERSION, { 35 }); }, "full" },
    { "SuiteOfTls12", true, [](Bytes s) { return With(s, SUITE, U16(0xC02B)); }, "full" },
    { "SuiteOfAnotherHash", true, [](Bytes s) { return With(s, SUITE, U16(0x1302)); }, "full" },
    { "SuiteOfTheSameHash", true, [](Bytes s) { return With(s, SUITE, U16(0x1303)); }, "resumed" },
    { "SuiteUnknown", true, [](Bytes s) { return With(s, SUITE, U16(0x1399)); }, "full" },
    { "SuiteNull", true, [](Bytes s) { return With(s, SUITE, U16(0)); }, "full" },
    { "SecretEmpty", true,
      [](Bytes s) { return Sub(s, 0, SECRET_LEN13) + Bytes{ 0 } + Sub(s, SECRET13 + 32); }, "full" },
    { "SecretTooShort", true,
      [](Bytes s) { return Sub(s, 0, SECRET_LEN13) + Bytes{ 31 } + Sub(s, SECRET13 + 1); }, "full" },
    { "SecretTooLong", true,
      [](Bytes s) { return Sub(s, 0, SECRET_LEN13) + Vec(1, Fill(48, 1)) + Sub(s, SECRET13 + 32); }, "full" },
    { "SecretLengthBeyondTheEnd", true, [](Bytes s) { return With(s, SECRET_LEN13, { 255 }); }, "full" },
    { "SecretOfZeros", true, [](Bytes s) { return With(s, SECRET13, Fill(32)); }, "full" },
    { "SecretOfSomebodyElse", true, [](Bytes s) { return With(s, SECRET13, Fill(32, 9)); },
      "server:S2N_ERR_BAD_MESSAGE/10" },
    { "TrailingByte", true, [](Bytes s) { return s + Bytes{ 0 }; }, "full" },
    { "EarlyDataWithoutItsFields", true, [](Bytes s) { return With(s, EARLY13, Num(4, 1)); }, "full" },
    { "EarlyDataFields", true,
      [](Bytes s) {
          return With(s, EARLY13, Num(4, 1)) + Vec(1, { 'h', '2' }) + Vec(2, Fill(9));
      },
      "resumed" },
    { "EarlyDataProtocolBeyondTheEnd", true,
      [](Bytes s) {
          return With(s, EARLY13, Num(4, 1)) + Bytes{ 255, 'h' };
      },
      "full" },
    { "EarlyDataContextBeyondTheEnd", true,
      [](Bytes s) {
          return With(s, EARLY13, Num(4, 1)) + Bytes{ 0, 255, 255, 1 };
      },
      "full" },
    { "EarlyDataThenTrailingByte", true,
      [](Bytes s) {
          return With(s, EARLY13, Num(4, 1)) + Bytes{ 0, 0, 0, 7 };
      },
      "full" },
    { "EarlyDataFieldsWithoutEarlyData", true,
      [](Bytes s) {
          return s + Bytes{ 0, 0, 0 };
      },
      "full" },
    { "Empty", true, [](Bytes) { return Bytes{}; }, "full" },

    { "Unchanged", false, [](Bytes s) { return s; }, "resumed" },
    { "StateOfTls13", false, [](Bytes) { return Thirteen(); }, "full" },
    { "OnlyTheFormOfTls13", false, [](Bytes s) { return With(s, FORM, { 2 }); }, "full" },
    { "OldForm1", false, [](Bytes s) { return With(s, FORM, { 1 }); }, "full" },
    { "OldForm3", false, [](Bytes s) { return With(s, FORM, { 3 }); }, "full" },
    { "VersionOfTls11", false, [](Bytes s) { return With(s, VERSION, { 32 }); }, "full" },
    { "VersionOfTls13", false, [](Bytes s) { return With(s, VERSION, { 34 }); }, "full" },
    { "VersionZero", false, [](Bytes s) { return With(s, VERSION, { 0 }); }, "full" },
    { "VersionStrange", false, [](Bytes s) { return With(s, VERSION, { 255 }); }, "full" },
    { "SuiteNotSelected", false, [](Bytes s) { return With(s, SUITE, U16(0xC02C)); }, "full" },
    { "SuiteOfAnotherKey", false, [](Bytes s) { return With(s, SUITE, U16(0xC02F)); }, "full" },
    { "SuiteOfTls13", false, [](Bytes s) { return With(s, SUITE, U16(0x1301)); }, "full" },
    { "SuiteUnknown", false, [](Bytes s) { return With(s, SUITE, U16(0xFFFF)); }, "full" },
    { "SuiteNull", false, [](Bytes s) { return With(s, SUITE, U16(0)); }, "full" },
    { "MasterOfSomebodyElse", false, [](Bytes s) { return With(s, MASTER12, Fill(48, 9)); },
      "client:S2N_ERR_DECRYPT/20" },
    { "SessionWithoutEms", false, [](Bytes s) { return With(s, EMS12, { 0 }); }, "full" },
    { "EmsNeitherYesNorNo", false, [](Bytes s) { return With(s, EMS12, { 2 }); }, "resumed" },
    { "EmsFieldMissing", false, [](Bytes s) { return Sub(s, 0, EMS12); }, "full" },
    { "TrailingByte", false, [](Bytes s) { return s + Bytes{ 1 }; }, "full" },
    { "Empty", false, [](Bytes) { return Bytes{}; }, "full" },
};
void PrintTo(const State &s, std::ostream *os)
{
    *os << s.name;
}

class SealedState : public testing::TestWithParam<State>
{
};
TEST_P(SealedState, ComesOutAs)
{
    AtStart at_start;
    const State &row = GetParam();
    Blob b = Blob::Parse(row.is13 ? Session13() : Session12());
    b.handle = Sealed::Seal(kKey, row.change(Sealed::Open(kKey, b.handle)));
    EXPECT_EQ(row.outcome, Reconnect(row.is13 ? Tickets13() : Tickets12(), b.Build()));
}
INSTANTIATE_TEST_SUITE_P(Each, SealedState, testing::ValuesIn(kStates), [](const auto &info) {
    return std::string(info.param.is13 ? "Tls13_" : "Tls12_") + info.param.name;
});

/* ---- the ticket of one version shown to the other ---- */

TEST(OtherVersion, TicketOfTls12_AsAnIdentityOfTls13)
{
    AtStart at_start;
    Blob b = Blob::Parse(Session13());
    b.handle = Blob::Parse(Session12()).handle;
    EXPECT_EQ("full", Reconnect(Tickets13(), b.Build()));
}

TEST(OtherVersion, TicketOfTls13_InATls12Hello)
{
    AtStart at_start;
    Blob b = Blob::Parse(Session12()), other = Blob::Parse(Session13());
    ASSERT_EQ(b.handle.size(), other.handle.size()) << "then its length gives it away";
    b.handle = other.handle;
    EXPECT_EQ("full", Reconnect(Tickets12(), b.Build()));
}

/* Both ends can do both, and one of them changes its mind. */
TEST(OtherVersion, SessionOfTheOtherVersion)
{
    AtStart at_start;
    PairOptions o = Tickets13();
    o.server.policy = "20240501";
    EXPECT_EQ("full", Reconnect(o, Session13()));
    EXPECT_EQ("full", Reconnect(Tickets12(), Session13())); /* nor does a client show it that cannot */
    o = Tickets13();
    o.client.policy = "20240503"; /* both versions */
    EXPECT_EQ("full", Reconnect(o, Session12()));
}

TEST(OtherSuite, ServerWithoutTheSuite)
{
    AtStart at_start;
    EXPECT_EQ("full", Reconnect(Ticketed(ServedBy(KeyKind::Rsa2048, "20240501")), Session12()));
    Blob b = Blob::Parse(Session12());
    b.state = With(b.state, SUITE, U16(0xC02C)); /* the client alone believes in it */
    EXPECT_EQ("client:S2N_ERR_BAD_MESSAGE/10", Reconnect(Tickets12(), b.Build()));
    b.state = With(b.state, SUITE, U16(0x0035));
    EXPECT_EQ("set:S2N_ERR_CIPHER_NOT_SUPPORTED", Reconnect(Tickets12(), b.Build()));
}

/* ---- RFC 7627 5.3 ---- */

TEST(ExtendedMasterSecret, BoundSession_UnboundHello)
{
    AtStart at_start;
    Blob b = Blob::Parse(Session12());
    b.state = With(b.state, EMS12, { 0 });
    EXPECT_EQ("server:S2N_ERR_MISSING_EXTENSION/109", Reconnect(Tickets12(), b.Build()));
    b.state = Sub(b.state, 0, EMS12);
    EXPECT_EQ("server:S2N_ERR_MISSING_EXTENSION/109", Reconnect(Tickets12(), b.Build()));
}

TEST(ExtendedMasterSecret, UnboundSession)
{
    AtStart at_start;
    Blob b = Blob::Parse(Session12());
    Bytes unbound = With(Sealed::Open(kKey, b.handle), EMS12, { 0 });
    b.handle = Sealed::Seal(kKey, unbound);
    EXPECT_EQ("full", Reconnect(Tickets12(), b.Build())) << "a hello with the extension";
    b.state = With(b.state, EMS12, { 0 });
    EXPECT_EQ("resumed", Reconnect(Tickets12(), b.Build())) << "a hello without";
}

/* ---- blobs ---- */

TEST_P(EachVersion, EveryTruncationOfTheBlob_IsRefused)
{
    Bytes whole = good.Build();
    bool is13 = GetParam().session == Session13;
    for (size_t n = 0; n < whole.size(); n++) {
        std::string outcome = Reconnect(GetParam().scene(), Sub(whole, 0, n));
        bool no_ems = !is13 && n == whole.size() - 1; /* that field may be absent */
        ASSERT_EQ(no_ems ? "server:" : "set:", outcome.substr(0, no_ems ? 7 : 4)) << n << ": " << outcome;
    }
}

TEST_P(EachVersion, EveryByteOfTheBlobFlipped_NeverMakesTwoMinds)
{
    Bytes whole = good.Build();
    size_t state = whole.size() - good.state.size();
    for (size_t at = 0; at < whole.size(); at++) {
        Bytes b = whole;
        b[at] ^= 0x10;
        std::string outcome = Reconnect(GetParam().scene(), b);
        ASSERT_TRUE(outcome == "full" || outcome == "resumed" || outcome.substr(0, 4) == "set:" ||
                    outcome.substr(0, 7) == "client:" || outcome.substr(0, 7) == "server:")
            << at << ": " << outcome;
        ASSERT_FALSE(outcome == "resumed" && at < state) << at;
    }
}

/* ---- the cache ---- */

class CacheEntry : public testing::Test
{
  protected:
    AtStart at_start;
    Cache cache;
    Bytes session = SessionFrom(Cached12(&cache));
    std::string Spoilt(std::function<Bytes(Bytes)> f)
    {
        Cache copy = cache;
        copy.spoil = f;
        std::string outcome = Reconnect(Cached12(&copy), session);
        EXPECT_EQ(1, copy.retrieved);
        return outcome;
    }
    std::string Resealed(std::function<Bytes(Bytes)> f)
    {
        return Spoilt([f](Bytes v) { return Sealed::Seal(kKey, f(Sealed::Open(kKey, v))); });
    }
};

TEST_F(CacheEntry, Unchanged_Resumes)
{
    EXPECT_EQ(1u, cache.values.size());
    EXPECT_EQ("resumed", Spoilt([](Bytes v) { return v; }));
    EXPECT_EQ("resumed", Resealed([](Bytes s) { return s; }));
}

TEST_F(CacheEntry, OfAnyOtherLength_IsAFullHandshake)
{
    for (size_t n = 0; n < 138; n++) {
        ASSERT_EQ("full", Spoilt([n](Bytes v) { return Sub(v, 0, n); })) << n;
    }
    EXPECT_EQ("full", Spoilt([](Bytes v) { return v + Bytes{ 0 }; }));
    EXPECT_EQ("full", Spoilt([](Bytes v) { return v + v; }));
}

TEST_F(CacheEntry, EveryByteFlipped_IsAFullHandshake)
{
    for (size_t at = 0; at < 138; at++) {
        ASSERT_EQ("full", Spoilt([at](Bytes v) {
                      v[at] ^= 1;
                      return v;
                  }))
            << at;
    }
}

TEST_F(CacheEntry, OfAnotherKind_IsAFullHandshake)
{
    EXPECT_EQ("full", Spoilt([](Bytes) { return Blob::Parse(Session13()).handle; }));
    EXPECT_EQ("full", Resealed([](Bytes s) { return With(s, VERSION, { 32 }); }));
    EXPECT_EQ("full", Resealed([](Bytes s) { return With(s, VERSION, { 34 }); }));
    EXPECT_EQ("full", Resealed([](Bytes s) { return With(s, SUITE, U16(0xC02C)); }));
    EXPECT_EQ("full", Resealed([](Bytes s) { return With(s, EMS12, { 0 }); }));
    EXPECT_EQ("full", Resealed([](Bytes s) { return With(s, ISSUED, Num(8, kStart + 1)); }));
    EXPECT_EQ("full", Spoilt([](Bytes v) {
                  return Sealed::Seal({ kKey.name, Text("x") }, Sealed::Open(kKey, v));
              }));
    EXPECT_EQ("client:S2N_ERR_DECRYPT/20", Resealed([](Bytes s) { return With(s, MASTER12, Fill(48, 7)); }));
}

TEST_F(CacheEntry, TooOldOrOfAnExpiredKey_IsAFullHandshake)
{
    Later(15 * 3600 - 1);
    EXPECT_EQ("resumed", Spoilt([](Bytes v) { return v; }));
    Later(1);
    EXPECT_EQ("full", Spoilt([](Bytes v) { return v; }));
}

TEST_F(CacheEntry, ServerClockSetBack_IsAFullHandshake)
{
    PairOptions o = Timed(Tls12());
    Also(&o.server.config_hook, [this](s2n_config *c) {
        cache.Plug(c);
        AddKey(c, kKey, kStart / kSecond - 1000);
    });
    server_clock.now -= kSecond;
    EXPECT_EQ("full", Reconnect(o, session));
    server_clock.now = kStart;
    EXPECT_EQ("resumed", Reconnect(o, session));
}

TEST_F(CacheEntry, BoundSession_UnboundHello_IsRefused)
{
    Blob b = Blob::Parse(session);
    b.state = With(b.state, EMS12, { 0 });
    EXPECT_EQ("server:S2N_ERR_MISSING_EXTENSION/109", Reconnect(Cached12(&cache), b.Build()));
    EXPECT_EQ(1, cache.retrieved);
    EXPECT_EQ("resumed", Reconnect(Cached12(&cache), session)) << "whoever it belongs to is not harmed";
}

TEST_F(CacheEntry, OfSomebodyElse_IsNotFound)
{
    Blob b = Blob::Parse(session);
    for (size_t at = 0; at < b.handle.size(); at++) {
        Blob other = b;
        other.handle[at] ^= 1;
        ASSERT_EQ("full", Reconnect(Cached12(&cache), other.Build())) << at;
    }
    for (size_t n = 1; n < b.handle.size(); n++) {
        Blob other = b;
        other.handle = Sub(b.handle, 0, n);
        ASSERT_EQ("full", Reconnect(Cached12(&cache), other.Build())) << n;
    }
}

} // namespace
} // namespace wire
