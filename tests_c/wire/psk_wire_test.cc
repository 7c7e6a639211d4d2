/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External keys under attack: lists with wrong lengths, counts and binders at a server, wrong choices at a client, and
 * both after a retry. A changed hello never leads to a PSK handshake unless its binder was made right again.
 */
#include "wire/session.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;

const Key kDelta = { Text("delta"), Bytes(48, 0xD4), true };

PairOptions External()
{
    return Keyed(Tls13P256(), { kAlpha, kBeta }, { kAlpha, kBeta });
}
/* The server has no certificate: without a key that fits there is nothing. */
PairOptions ExternalOnly()
{
    PairOptions o = External();
    o.server.chain_pem.clear();
    return o;
}
PairOptions TwoHashes()
{
    return Keyed(Tls13P256(), { kAlpha, kGamma }, { kAlpha, kGamma });
}
/* The server has TLS_AES_256_GCM_SHA384 only, and wants another share. */
PairOptions Retried()
{
    return Keyed(Retry13(), { kGamma, kDelta }, { kGamma, kDelta });
}

/* ---- what a server is offered ---- */

using Change = std::function<void(ClientHello &)>;

void OnOffer(ClientHello &h, const std::function<void(Offer &)> &f)
{
    Offer o = Offer::Parse(h.exts.At(41));
    f(o);
    h.exts.At(41) = o.Build();
}
Change Offered(std::function<void(Offer &)> f)
{
    return [f](ClientHello &h) { OnOffer(h, f); };
}
/* The lists as they stand on the wire. */
Change Raw(std::function<Bytes(Bytes identities, Bytes binders)> f)
{
    return [f](ClientHello &h) {
        Reader r(h.exts.At(41));
        Bytes identities = r.Vec(2);
        h.exts.At(41) = f(identities, r.Vec(2));
    };
}
Bytes Id(const Bytes &name)
{
    return Vec(2, name) + Num(4, 0);
}

struct Refused {
    std::string name;
    Change change;
    const char *error;
    int alert;
};

void AddBinders(std::vector<Refused> *rows)
{
    for (size_t at = 0; at < 32; at++) {
        rows->push_back({ "BinderFlipped" + std::to_string(at),
                          Offered([at](Offer &o) { o.binders[0][at] ^= 1; }), "BAD_MESSAGE", 10 });
    }
    for (size_t n : { 0, 1, 31, 33, 48, 64, 255 }) {
        rows->push_back({ "BinderOfLength" + std::to_string(n),
                          Offered([n](Offer &o) { o.binders[0].resize(n, 7); }), "BAD_MESSAGE", 10 });
    }
    rows->push_back({ "BinderMissing", Offered([](Offer &o) { o.binders.pop_back(); }), "BAD_MESSAGE", 10 });
    rows->push_back({ "AllBindersMissing", Offered([](Offer &o) { o.binders.clear(); }), "BAD_MESSAGE", 10 });
    rows->push_back(
        { "BinderTooMany", Offered([](Offer &o) { o.binders.push_back(o.binders[0]); }), "BAD_MESSAGE", 10 });
    rows->push_back({ "IdentityTooMany", Offered([](Offer &o) {
                          o.identities.push_back({ Text("epsilon"), 0 });
                      }),
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "BindersSwapped", Offered([](Offer &o) { std::swap(o.binders[0], o.binders[1]); }),
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "IdentitiesSwapped",
                      Offered([](Offer &o) { std::swap(o.identities[0], o.identities[1]); }), "BAD_MESSAGE",
                      10 });
    rows->push_back({ "BinderOfAResumptionKey",
                      [](ClientHello &h) { Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, false); },
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "BinderOfAnotherSecret",
                      [](ClientHello &h) { Rebind(&h, 0, Hash::Sha256(), kBeta.secret, true); },
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "BinderOfAnotherHash",
                      [](ClientHello &h) { Rebind(&h, 0, Hash::Sha384(), kAlpha.secret, true); },
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "AgeChanged", Offered([](Offer &o) { o.identities[0].age = 5; }), "BAD_MESSAGE", 10 });
    rows->push_back({ "SecondIdentityChanged", Offered([](Offer &o) { o.identities[1].name[0] ^= 1; }),
                      "BAD_MESSAGE", 10 });
}

void AddLists(std::vector<Refused> *rows)
{
    auto raw = [rows](const char *name, std::function<Bytes(Bytes, Bytes)> f) {
        rows->push_back({ name, Raw(f), "BAD_MESSAGE", 10 });
    };
    Bytes id = Id(Text("alpha")), binder = Vec(1, Fill(32, 7));
    raw("ExtensionEmpty", [](Bytes, Bytes) { return Bytes{}; });
    raw("ListsEmpty", [](Bytes, Bytes) { return Vec(2, {}) + Vec(2, {}); });
    raw("IdentitiesEmpty", [](Bytes, Bytes b) { return Vec(2, {}) + Vec(2, b); });
    raw("BinderListMissing", [](Bytes i, Bytes) { return Vec(2, i); });
    raw("BinderListLengthCut", [](Bytes i, Bytes) { return Vec(2, i) + Bytes{ 0 }; });
    raw("BytesBehind", [](Bytes i, Bytes b) { return Vec(2, i) + Vec(2, b) + Bytes{ 0 }; });
    raw("IdentityListLonger",
        [](Bytes i, Bytes b) { return U16(static_cast<unsigned>(i.size() + 1)) + i + Vec(2, b); });
    raw("IdentityListShorter",
        [](Bytes i, Bytes b) { return U16(static_cast<unsigned>(i.size() - 1)) + i + Vec(2, b); });
    raw("IdentityListLongest", [](Bytes i, Bytes b) { return U16(65535) + i + Vec(2, b); });
    raw("BinderListLonger",
        [](Bytes i, Bytes b) { return Vec(2, i) + U16(static_cast<unsigned>(b.size() + 1)) + b; });
    raw("BinderListShorter",
        [](Bytes i, Bytes b) { return Vec(2, i) + U16(static_cast<unsigned>(b.size() - 1)) + b; });
    raw("BinderListLongest", [](Bytes i, Bytes b) { return Vec(2, i) + U16(65535) + b; });
    raw("IdentityOfNoBytes", [=](Bytes i, Bytes b) { return Vec(2, Id({}) + i) + Vec(2, binder + b); });
    raw("IdentityWithoutAge", [=](Bytes, Bytes) { return Vec(2, Vec(2, Text("alpha"))) + Vec(2, binder); });
    raw("IdentityAgeCut", [=](Bytes, Bytes) { return Vec(2, Sub(id, 0, id.size() - 1)) + Vec(2, binder); });
    raw("IdentityLengthBeyond",
        [=](Bytes, Bytes) { return Vec(2, U16(99) + Text("alpha") + Num(4, 0)) + Vec(2, binder); });
    raw("IdentityLengthCut", [=](Bytes i, Bytes b) { return Vec(2, i + Bytes{ 0 }) + Vec(2, b + binder); });
    raw("BinderLengthBeyond", [=](Bytes, Bytes) { return Vec(2, id) + Vec(2, Bytes{ 200 } + Fill(32)); });
    raw("BinderListAllZeros", [=](Bytes, Bytes) { return Vec(2, id) + Vec(2, Fill(33)); });
}

void AddHellos(std::vector<Refused> *rows)
{
    rows->push_back(
        { "NotLast", [](ClientHello &h) { h.exts.Add(0x1234, {}); }, "UNSUPPORTED_EXTENSION", 110 });
    rows->push_back(
        { "First",
          [](ClientHello &h) { std::rotate(h.exts.list.begin(), h.exts.list.end() - 1, h.exts.list.end()); },
          "UNSUPPORTED_EXTENSION", 110 });
    rows->push_back(
        { "PaddingBehind", [](ClientHello &h) { h.exts.Add(21, Fill(10)); }, "UNSUPPORTED_EXTENSION", 110 });
    rows->push_back(
        { "Twice", [](ClientHello &h) { h.exts.Add(41, h.exts.At(41)); }, "UNSUPPORTED_EXTENSION", 110 });
    rows->push_back({ "WithoutModes", [](ClientHello &h) { h.exts.Drop(45); }, "MISSING_EXTENSION", 109 });
    rows->push_back({ "WithoutShares", [](ClientHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109 });
    rows->push_back({ "WithoutGroups", [](ClientHello &h) { h.exts.Drop(10); }, "MISSING_EXTENSION", 109 });
    rows->push_back({ "ModesEmpty", [](ClientHello &h) { h.exts.At(45) = Vec(1, {}); }, "BAD_MESSAGE", 10 });
    rows->push_back(
        { "ModesTrailing", [](ClientHello &h) { h.exts.At(45).push_back(1); }, "BAD_MESSAGE", 10 });
    rows->push_back({ "ModesTwice",
                      [](ClientHello &h) {
                          h.exts.list.insert(h.exts.list.begin(), Ext{ 45, Vec(1, { 1 }) });
                      },
                      "DUPLICATE_EXTENSION", 47 });
    rows->push_back({ "EarlyDataWithContent",
                      [](ClientHello &h) {
                          h.exts.list.insert(h.exts.list.begin(), Ext{ 42, { 0 } });
                      },
                      "BAD_MESSAGE", 10 });
    /* Anything else in the hello is covered by the binders. */
    rows->push_back({ "RandomChanged", [](ClientHello &h) { h.random[31] ^= 1; }, "BAD_MESSAGE", 10 });
    rows->push_back({ "SessionIdChanged", [](ClientHello &h) { h.session_id[0] ^= 1; }, "BAD_MESSAGE", 10 });
    rows->push_back({ "SuiteAdded", [](ClientHello &h) { h.suites.push_back(0x1399); }, "BAD_MESSAGE", 10 });
    rows->push_back({ "ExtensionAdded",
                      [](ClientHello &h) {
                          h.exts.list.insert(h.exts.list.begin(), Ext{ 0x1234, {} });
                      },
                      "BAD_MESSAGE", 10 });
    rows->push_back({ "ServerNameDropped", [](ClientHello &h) { h.exts.Drop(0); }, "BAD_MESSAGE", 10 });
    rows->push_back({ "VersionsChanged", [](ClientHello &h) { h.exts.At(43) = Vec(1, U16(0x0304)); },
                      "BAD_MESSAGE", 10 });
}

/* Second hellos, after a retry for secp384r1. */
void AddSeconds(std::vector<Row> *rows)
{
    struct {
        const char *name;
        Change change;
        const char *error;
        int alert;
    } const seconds[] = {
        { "BinderFlipped", Offered([](Offer &o) { o.binders[0][5] ^= 1; }), "BAD_MESSAGE", 10 },
        { "BinderWithoutTheFirstHello",
          [](ClientHello &h) { Rebind(&h, 0, Hash::Sha384(), kGamma.secret, true); }, "BAD_MESSAGE", 10 },
        { "IdentityAdded", Offered([](Offer &o) {
              o.identities.push_back({ Text("epsilon"), 0 });
          }),
          "BAD_MESSAGE", 10 },
        { "FirstIdentityDropped", Offered([](Offer &o) {
              o.identities.erase(o.identities.begin());
              o.binders.erase(o.binders.begin());
          }),
          "BAD_MESSAGE", 10 },
        { "EarlyDataAsked",
          [](ClientHello &h) {
              h.exts.list.insert(h.exts.list.begin(), Ext{ 42, {} });
          },
          "BAD_MESSAGE", 10 },
        { "ModesDropped", [](ClientHello &h) { h.exts.Drop(45); }, "BAD_MESSAGE", 10 },
        { "ModesChanged", [](ClientHello &h) { h.exts.At(45) = Vec(1, { 0 }); }, "BAD_MESSAGE", 10 },
        { "NotLast", [](ClientHello &h) { h.exts.Add(21, {}); }, "UNSUPPORTED_EXTENSION", 110 },
    };
    for (auto &s : seconds) {
        rows->push_back({ std::string("Second_") + s.name, Retried, kServer, OnClientHello(s.change, 1),
                          std::string("S2N_ERR_") + s.error, s.alert });
    }
    auto keyless = [] {
        PairOptions o = Retried();
        o.server.chain_pem.clear();
        return o;
    };
    rows->push_back({ "Second_PskMissing", keyless, kServer,
                      OnClientHello([](ClientHello &h) { h.exts.Drop(41); }, 1),
                      "S2N_ERR_NO_VALID_SIGNATURE_SCHEME", 40 });
    /* The binder of the first hello again. */
    rows->push_back({ "Second_BinderOfTheFirst", Retried, kServer,
                      []() -> Rewrite {
                          auto first = std::make_shared<Bytes>();
                          return [first](const Message &m) -> Pieces {
                              if (m.type != CLIENT_HELLO) {
                                  return Same(m);
                              }
                              ClientHello h = ClientHello::Parse(m.bytes);
                              if (m.index == 0) {
                                  *first = h.exts.At(41);
                                  return Same(m);
                              }
                              h.exts.At(41) = *first;
                              return { { HANDSHAKE, h.Build() } };
                          };
                      },
                      "S2N_ERR_BAD_MESSAGE", 10 });
}

/* ---- what a client is answered ---- */

void AddAnswers(std::vector<Row> *rows)
{
    auto add = [rows](const char *name, std::function<PairOptions()> scene, std::function<Rewrite()> rewrite,
                      const char *error, int alert) {
        rows->push_back({ std::string("Client_") + name, scene, kClient, rewrite,
                          std::string("S2N_ERR_") + error, alert });
    };
    auto index = [](unsigned i) { return OnServerHello([i](ServerHello &h) { h.exts.Set(41, U16(i)); }); };
    add("IndexOutOfRange", External, index(2), "BAD_MESSAGE", 10);
    add("IndexFarOut", External, index(0x8000), "BAD_MESSAGE", 10);
    add("IndexOfTheOther", External, index(1), "BAD_MESSAGE", 10);
    rows->back().error = "S2N_ERR_BAD_MESSAGE"; /* Finished proves another key */
    add("KeyOfAnotherHash", TwoHashes, index(1), "BAD_MESSAGE", 10);
    add("SuiteOfAnotherHash", TwoHashes, OnServerHello([](ServerHello &h) { h.suite = 0x1302; }),
        "BAD_MESSAGE", 10);
    add("NotOffered", Tls13P256, index(0), "UNSUPPORTED_EXTENSION", 110);
    add("WithoutKeyShare", External, OnServerHello([](ServerHello &h) { h.exts.Drop(51); }),
        "MISSING_EXTENSION", 109);
    add("Trailing", External, OnServerHello([](ServerHello &h) { h.exts.At(41).push_back(0); }),
        "BAD_MESSAGE", 10);
    add("InARetry", External, OnServerHello([](ServerHello &h) {
            h = ServerHello::Retry(h, 29);
            h.exts.Add(41, U16(0));
        }),
        "UNSUPPORTED_EXTENSION", 110);
    add("SecondIndexOutOfRange", Retried, OnServerHello([](ServerHello &h) { h.exts.At(41) = U16(2); }, 1),
        "BAD_MESSAGE", 10);
    add("EarlyDataNotAskedFor", External, OnEncrypted([](Exts &e) { e.Add(42, {}); }),
        "UNSUPPORTED_EXTENSION", 110);
    add("CertificateToo", External,
        After(false, ENCRYPTED_EXTENSIONS, { { HANDSHAKE, Handshake(CERTIFICATE, Bytes{ 0 } + Num(3, 0)) } }),
        "BAD_MESSAGE", 10);
    add("DowngradedWithoutAMark", External, OnServerHello([](ServerHello &h) {
            h.exts.list = { { 65281, { 0 } } };
            h.suite = 0xC02B;
        }),
        "BAD_MESSAGE", 10);
}

std::vector<Row> Rows()
{
    std::vector<Refused> refused;
    AddBinders(&refused);
    AddLists(&refused);
    AddHellos(&refused);
    std::vector<Row> rows;
    for (const Refused &r : refused) {
        rows.push_back({ r.name, External, kServer, OnClientHello(r.change),
                         std::string("S2N_ERR_") + r.error, r.alert });
    }
    auto modes = OnClientHello([](ClientHello &h) { h.exts.At(45) = Vec(1, { 0 }); });
    rows.push_back(
        { "NoCertificate_OnlyPskKe", ExternalOnly, kServer, modes, "S2N_ERR_NO_VALID_SIGNATURE_SCHEME", 40 });
    auto dropped = OnClientHello([](ClientHello &h) { h.exts.Drop(41); });
    rows.push_back({ "NoCertificate_PskDropped", ExternalOnly, kServer, dropped,
                     "S2N_ERR_NO_VALID_SIGNATURE_SCHEME", 40 });
    auto unknown = OnClientHello(Offered([](Offer &o) {
        for (Offer::Identity &i : o.identities) {
            i.name[0] ^= 1;
        }
    }));
    rows.push_back({ "NoCertificate_UnknownIdentities", ExternalOnly, kServer, unknown,
                     "S2N_ERR_NO_VALID_SIGNATURE_SCHEME", 40 });
    AddSeconds(&rows);
    AddAnswers(&rows);
    return rows;
}

class Psk : public Attack
{
};
TEST_P(Psk, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(Peers, Psk, testing::ValuesIn(Rows()), NameOf);

TEST(Psk, ScenesWorkUndisturbed)
{
    for (auto scene : { External, ExternalOnly, TwoHashes, Retried }) {
        Mitm mitm(scene(), Same);
        Outcome out = mitm.Run();
        ASSERT_TRUE(out.ok()) << s2n_strerror_debug(out.client + out.server, nullptr);
        for (bool client : { true, false }) {
            uint16_t n = 0;
            ASSERT_EQ(0, s2n_connection_get_negotiated_psk_identity_length(mitm.end(client).conn, &n));
            EXPECT_EQ(5u, n); /* "alpha" or "gamma" */
        }
    }
}

/* ---- what is no attack: taken, or passed over, by the server alone (the client's transcript is another) ---- */

struct Answered {
    const char *name;
    Change change;
    int index; /* of the answer; -1: a full handshake */
};
const Answered kAnswered[] = {
    { "MadeRightAgain",
      [](ClientHello &h) {
          h.exts.list.insert(h.exts.list.begin(), Ext{ 0x1234, {} });
          Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
      },
      0 },
    { "OnlyTheChosenBinderCounts", Offered([](Offer &o) { o.binders[1][0] ^= 1; }), 0 },
    { "SecondOfTwo",
      [](ClientHello &h) {
          OnOffer(h, [](Offer &o) { o.identities[0].name = Text("nobody"); });
          Rebind(&h, 1, Hash::Sha256(), kBeta.secret, true);
      },
      1 },
    { "TheSameIdentityTwice",
      [](ClientHello &h) {
          OnOffer(h, [](Offer &o) { o.identities[1] = o.identities[0]; });
          Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
      },
      0 },
    { "LongBinderOfAnUnknownKey",
      [](ClientHello &h) {
          OnOffer(h, [](Offer &o) {
              o.identities.insert(o.identities.begin(), { Text("nobody"), 1 });
              o.binders.insert(o.binders.begin(), Fill(255));
          });
          Rebind(&h, 1, Hash::Sha256(), kAlpha.secret, true);
      },
      1 },
    { "ServersOrder",
      [](ClientHello &h) {
          OnOffer(h, [](Offer &o) { std::swap(o.identities[0], o.identities[1]); });
          Rebind(&h, 1, Hash::Sha256(), kAlpha.secret, true);
      },
      1 },
    { "OldAge",
      [](ClientHello &h) {
          OnOffer(h, [](Offer &o) { o.identities[0].age = UINT32_MAX; });
          Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
      },
      0 },
    { "ModesWithGrease",
      [](ClientHello &h) {
          h.exts.At(45) = Vec(1, { 0x0B, 0, 1 });
          Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
      },
      0 },
    { "OnlyPskKe", [](ClientHello &h) { h.exts.At(45) = Vec(1, { 0 }); }, -1 },
    { "UnknownMode", [](ClientHello &h) { h.exts.At(45) = Vec(1, { 9 }); }, -1 },
    { "UnknownIdentities", Offered([](Offer &o) {
          for (Offer::Identity &i : o.identities) {
              i.name.push_back(0);
          }
      }),
      -1 },
    { "PrefixesOfIdentities", Offered([](Offer &o) {
          for (Offer::Identity &i : o.identities) {
              i.name.pop_back();
          }
      }),
      -1 },
    { "ThousandsOfUnknownIdentities", Offered([](Offer &o) {
          o.identities.assign(1000, { Text("x"), 0 });
          o.binders.assign(1000, Fill(32));
      }),
      -1 },
    { "OnlySuitesOfAnotherHash", [](ClientHello &h) { h.suites = { 0x1302 }; }, -1 },
    { "ExtensionDropped", [](ClientHello &h) { h.exts.Drop(41); }, -1 },
};
void PrintTo(const Answered &a, std::ostream *os)
{
    *os << a.name;
}

class PskOffer : public testing::TestWithParam<Answered>
{
};
TEST_P(PskOffer, IsAnswered)
{
    int index = -2;
    bool certificate = false;
    auto rewrite = OnClientHello(GetParam().change)();
    Mitm mitm(External(), [&](const Message &m) {
        if (m.type == SERVER_HELLO) {
            Exts exts = ServerHello::Parse(m.bytes).exts;
            index = exts.Has(41) ? static_cast<int>(Reader(exts.At(41)).Int(2)) : -1;
        }
        certificate |= m.type == CERTIFICATE && !m.from_client;
        return rewrite(m);
    });
    Outcome out = mitm.Run();
    EXPECT_EQ(GetParam().index, index) << out.server_name();
    EXPECT_EQ(GetParam().index < 0, certificate);
    EXPECT_FALSE(out.ok());
}
INSTANTIATE_TEST_SUITE_P(Server, PskOffer, testing::ValuesIn(kAnswered),
                         [](const auto &info) { return std::string(info.param.name); });

/* A PSK that a client withdraws after a retry, as it may: the server's certificate instead. */
TEST(PskOffer, WithdrawnAfterARetry)
{
    bool certificate = false, answered = false;
    auto rewrite = OnClientHello([](ClientHello &h) { h.exts.Drop(41); }, 1)();
    Mitm mitm(Retried(), [&](const Message &m) {
        certificate |= m.type == CERTIFICATE;
        answered |= m.type == SERVER_HELLO && m.index == 1 && ServerHello::Parse(m.bytes).exts.Has(41);
        return rewrite(m);
    });
    EXPECT_FALSE(mitm.Run().ok());
    EXPECT_TRUE(certificate);
    EXPECT_FALSE(answered);
}

/* After a retry that settles on another hash a client has nothing to offer, and does not let that show elsewhere: all
 * but what RFC 8446 4.1.2 names is repeated. */
TEST(PskRetry, KeysOfAnotherHashAreLeftOut)
{
    for (bool tickets : { false, true }) {
        std::vector<ClientHello> hellos;
        PairOptions o = tickets ? Ticketed(Retry13()) : Retry13();
        Mitm mitm(Keyed(o, { kAlpha }, { kAlpha }), [&](const Message &m) {
            if (m.type == CLIENT_HELLO) {
                hellos.push_back(ClientHello::Parse(m.bytes));
            }
            return Same(m);
        });
        Outcome out = mitm.Run();
        EXPECT_TRUE(out.ok()) << out.client_name() << " " << out.server_name();
        ASSERT_EQ(2u, hellos.size());
        EXPECT_TRUE(hellos[0].exts.Has(41));
        EXPECT_FALSE(hellos[1].exts.Has(41));
        for (uint16_t id : { 35, 45 }) {
            EXPECT_EQ(hellos[0].exts.Has(id), hellos[1].exts.Has(id)) << id;
        }
    }
}

/* What a key is asked to prove by its owner who has another secret, or another hash. */
TEST(PskOffer, KeysThatDiffer)
{
    AtStart at_start;
    Key other = kAlpha, hash = kAlpha;
    other.secret[31] ^= 1;
    hash.sha384 = true;
    for (bool certificate : { true, false }) {
        PairOptions o = Keyed(Tls13P256(), { kAlpha }, { other });
        PairOptions p = Keyed(Tls13P256(), { kAlpha }, { hash });
        if (!certificate) {
            o.server.chain_pem.clear();
            p.server.chain_pem.clear();
        }
        Pair secrets(o), hashes(p);
        EXPECT_EQ("server:S2N_ERR_BAD_MESSAGE/10", Outcome2(secrets));
        EXPECT_EQ("server:S2N_ERR_BAD_MESSAGE/10", Outcome2(hashes));
    }
}

} // namespace
} // namespace wire
