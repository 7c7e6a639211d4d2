/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong ClientHellos and what comes around them: the server must refuse each with the error and alert of its row. */
#include "wire/row.h"

namespace wire
{
namespace
{

const bool kServer = false;

struct Change {
    const char *name;
    std::function<void(ClientHello &)> f;
    const char *error;
    int alert;
};

Bytes Share(unsigned group, const Bytes &key)
{
    return U16(group) + Vec(2, key);
}
Bytes OwnShare(ClientHello &h)
{ /* the first share's key */
    Reader list(Reader(h.exts.At(51)).Vec(2));
    list.Int(2);
    return list.Vec(2);
}
void SetShares(ClientHello &h, const Bytes &entries)
{
    h.exts.Set(51, Vec(2, entries));
}
Bytes Binder(size_t n = 32)
{
    return Vec(1, Fill(n, 7));
}
Bytes Identity()
{
    return Vec(2, Fill(10, 1)) + Num(4, 0);
}
void AddPsk(ClientHello &h, const Bytes &identities, const Bytes &binders)
{
    h.exts.Set(45, Vec(1, Bytes{ 1 }));
    h.exts.Add(41, Vec(2, identities) + Vec(2, binders));
}

/* Key shares on secp256r1. */
const Change kPoints[] = {
    { "PointOffTheCurve", [](ClientHello &h) { SetShares(h, Share(23, Flipped(OwnShare(h)))); },
      "BAD_KEY_SHARE", 47 },
    { "CompressedPoint",
      [](ClientHello &h) {
          Bytes p = OwnShare(h);
          p.resize(33);
          p[0] = 2;
          SetShares(h, Share(23, p));
      },
      "BAD_KEY_SHARE", 47 },
    { "HybridPointForm",
      [](ClientHello &h) {
          Bytes p = OwnShare(h);
          p[0] = static_cast<uint8_t>(6 | (p[64] & 1));
          SetShares(h, Share(23, p));
      },
      "BAD_KEY_SHARE", 47 },
    { "PointAtInfinity", [](ClientHello &h) { SetShares(h, Share(23, { 0 })); }, "BAD_KEY_SHARE", 47 },
    { "PointOfZeros", [](ClientHello &h) { SetShares(h, Share(23, Bytes{ 4 } + Fill(64))); }, "BAD_KEY_SHARE",
      47 },
    { "PointCoordinateAboveThePrime",
      [](ClientHello &h) { SetShares(h, Share(23, Bytes{ 4 } + Fill(64, 255))); }, "BAD_KEY_SHARE", 47 },
    { "PointTooShort",
      [](ClientHello &h) {
          Bytes p = OwnShare(h);
          p.pop_back();
          SetShares(h, Share(23, p));
      },
      "BAD_KEY_SHARE", 47 },
    { "PointTooLong", [](ClientHello &h) { SetShares(h, Share(23, OwnShare(h) + Bytes{ 0 })); },
      "BAD_KEY_SHARE", 47 },
    { "ShareForAnotherCurve", [](ClientHello &h) { SetShares(h, Share(24, OwnShare(h))); }, "BAD_KEY_SHARE",
      47 },
};

/* The rest at TLS 1.3, from a client that starts with x25519. */
const Change kHellos[] = {
    { "X25519OfZeros", [](ClientHello &h) { SetShares(h, Share(29, Fill(32))); }, "BAD_KEY_SHARE", 47 },
    { "X25519OfSmallOrder", [](ClientHello &h) { SetShares(h, Share(29, Bytes{ 1 } + Fill(31))); },
      "BAD_KEY_SHARE", 47 },
    { "X25519TooShort", [](ClientHello &h) { SetShares(h, Share(29, Fill(31, 9))); }, "BAD_KEY_SHARE", 47 },
    { "X25519TooLong", [](ClientHello &h) { SetShares(h, Share(29, Fill(33, 9))); }, "BAD_KEY_SHARE", 47 },
    { "EmptyShare", [](ClientHello &h) { SetShares(h, Share(29, {})); }, "BAD_MESSAGE", 10 },
    { "TwoSharesOfAGroup",
      [](ClientHello &h) { SetShares(h, Share(29, OwnShare(h)) + Share(29, OwnShare(h))); }, "BAD_KEY_SHARE",
      47 },
    { "ShareOutsideSupportedGroups", [](ClientHello &h) { h.exts.At(10) = Vec(2, U16(23)); }, "BAD_KEY_SHARE",
      47 },
    { "ShareListCutShort",
      [](ClientHello &h) {
          SetShares(h, { 0, 29, 0 });
      },
      "BAD_MESSAGE", 10 },
    { "NoSupportedGroups", [](ClientHello &h) { h.exts.Drop(10); }, "MISSING_EXTENSION", 109 },
    { "NoKeyShare", [](ClientHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109 },
    { "NoSignatureAlgorithms", [](ClientHello &h) { h.exts.Drop(13); }, "MISSING_EXTENSION", 109 },
    { "NoCommonGroup",
      [](ClientHello &h) {
          h.exts.At(10) = Vec(2, U16(0x0100));
          SetShares(h, {});
      },
      "INVALID_SUPPORTED_GROUP_STATE", 80 },
    { "UnknownExtensionTwice",
      [](ClientHello &h) {
          h.exts.Add(0x1234, {});
          h.exts.Add(0x1234, {});
      },
      "DUPLICATE_EXTENSION", 47 },
    { "GreaseExtensionTwice",
      [](ClientHello &h) {
          h.exts.Add(0x2a2a, { 1 });
          h.exts.Add(0x2a2a, {});
      },
      "DUPLICATE_EXTENSION", 47 },
    { "CookieNobodyGave",
      [](ClientHello &h) {
          h.exts.Add(44, Vec(2, { 1, 2 }));
      },
      "UNSUPPORTED_EXTENSION", 110 },
    { "PskWithoutModes", [](ClientHello &h) { h.exts.Add(41, Vec(2, Identity()) + Vec(2, Binder())); },
      "MISSING_EXTENSION", 109 },
    { "PskNotLast",
      [](ClientHello &h) {
          AddPsk(h, Identity(), Binder());
          h.exts.Add(0x1234, {});
      },
      "UNSUPPORTED_EXTENSION", 110 },
    { "PskWithoutBinder", [](ClientHello &h) { AddPsk(h, Identity(), {}); }, "BAD_MESSAGE", 10 },
    { "PskWithoutIdentity", [](ClientHello &h) { AddPsk(h, {}, Binder()); }, "BAD_MESSAGE", 10 },
    { "PskEmpty", [](ClientHello &h) { AddPsk(h, {}, {}); }, "BAD_MESSAGE", 10 },
    { "PskMoreIdentities", [](ClientHello &h) { AddPsk(h, Identity() + Identity(), Binder()); },
      "BAD_MESSAGE", 10 },
    { "PskMoreBinders", [](ClientHello &h) { AddPsk(h, Identity(), Binder() + Binder()); }, "BAD_MESSAGE",
      10 },
    { "PskBinderTooShort", [](ClientHello &h) { AddPsk(h, Identity(), Binder(31)); }, "BAD_MESSAGE", 10 },
    { "PskEmptyIdentity", [](ClientHello &h) { AddPsk(h, Vec(2, {}) + Num(4, 0), Binder()); }, "BAD_MESSAGE",
      10 },
    { "PskIdentityCutShort",
      [](ClientHello &h) {
          AddPsk(h, { 0, 10, 1 }, Binder());
      },
      "BAD_MESSAGE", 10 },
    { "PskModesEmpty", [](ClientHello &h) { h.exts.Add(45, Vec(1, {})); }, "BAD_MESSAGE", 10 },
    { "SessionIdTooLong", [](ClientHello &h) { h.session_id = Fill(33, 5); }, "BAD_MESSAGE", 10 },
    { "NoNullCompression", [](ClientHello &h) { h.compression = { 1 }; }, "BAD_MESSAGE", 10 },
    { "NoCompressionAtAll", [](ClientHello &h) { h.compression = {}; }, "BAD_MESSAGE", 10 },
    { "CompressionOffered",
      [](ClientHello &h) {
          h.compression = { 0, 1 };
      },
      "BAD_MESSAGE", 10 },
    { "NoSuites", [](ClientHello &h) { h.suites = {}; }, "BAD_MESSAGE", 10 },
    { "NoCommonSuite",
      [](ClientHello &h) {
          h.suites = { 0x1304, 0x00FF };
      },
      "CIPHER_NOT_SUPPORTED", 40 },
    { "BytesBehindTheExtensions", [](ClientHello &h) { h.tail = { 0 }; }, "BAD_MESSAGE", 10 },
    { "LegacyVersionOfSslv2", [](ClientHello &h) { h.version = 0x0200; }, "PROTOCOL_VERSION_UNSUPPORTED",
      70 },
    { "OnlyOldVersions", [](ClientHello &h) { h.exts.At(43) = Vec(1, U16(0x0302) + U16(0x0301)); },
      "PROTOCOL_VERSION_UNSUPPORTED", 70 },
    { "OnlyUnknownVersions", [](ClientHello &h) { h.exts.At(43) = Vec(1, U16(0x7f1c)); },
      "PROTOCOL_VERSION_UNSUPPORTED", 70 },
    { "EmptyVersions", [](ClientHello &h) { h.exts.At(43) = Vec(1, {}); }, "BAD_MESSAGE", 10 },
    { "OddVersions",
      [](ClientHello &h) {
          h.exts.At(43) = Vec(1, { 3, 4, 3 });
      },
      "BAD_MESSAGE", 10 },
    { "EmptyGroups", [](ClientHello &h) { h.exts.At(10) = Vec(2, {}); }, "BAD_MESSAGE", 10 },
    { "OddGroups",
      [](ClientHello &h) {
          h.exts.At(10) = Vec(2, { 0, 29, 0 });
      },
      "BAD_MESSAGE", 10 },
    { "EmptySchemes", [](ClientHello &h) { h.exts.At(13) = Vec(2, {}); }, "BAD_MESSAGE", 10 },
    { "RenegotiationInfoNotEmpty", [](ClientHello &h) { h.exts.Add(65281, Vec(1, Fill(12))); },
      "NON_EMPTY_RENEGOTIATION_INFO", 40 },
    { "EmptyProtocolList", [](ClientHello &h) { h.exts.Add(16, Vec(2, {})); }, "BAD_MESSAGE", 10 },
    { "EmptyProtocolName", [](ClientHello &h) { h.exts.Add(16, Vec(2, Vec(1, { 'h' }) + Vec(1, {}))); },
      "BAD_MESSAGE", 10 },
    { "ProtocolNameCutShort",
      [](ClientHello &h) {
          h.exts.Add(16, Vec(2, { 9, 'h' }));
      },
      "BAD_MESSAGE", 10 },
    { "EmptyServerName", [](ClientHello &h) { h.exts.At(0) = Vec(2, Bytes{ 0 } + Vec(2, {})); },
      "BAD_MESSAGE", 10 },
    { "TwoServerNames",
      [](ClientHello &h) {
          Bytes one = Bytes{ 0 } + Vec(2, { 'a' });
          h.exts.At(0) = Vec(2, one + one);
      },
      "BAD_MESSAGE", 10 },
    { "ServerNameOfUnknownType", [](ClientHello &h) { h.exts.At(0) = Vec(2, Bytes{ 1 } + Vec(2, { 'a' })); },
      "BAD_MESSAGE", 10 },
    { "PointFormatsEmpty", [](ClientHello &h) { h.exts.Set(11, Vec(1, {})); }, "BAD_MESSAGE", 10 },
    { "PointFormatsWithoutUncompressed",
      [](ClientHello &h) {
          h.exts.Set(11, Vec(1, { 1, 2 }));
      },
      "BAD_MESSAGE", 10 },
    { "FragmentLengthMissing", [](ClientHello &h) { h.exts.Add(1, {}); }, "BAD_MESSAGE", 10 },
};

/* A client that is made to look like a TLS 1.2 one, at a server that can do TLS 1.3. */
const Change kDowngrades[] = {
    { "FallbackSignal",
      [](ClientHello &h) {
          h.exts.Drop(43);
          h.suites.push_back(0x5600);
      },
      "FALLBACK_DETECTED", 86 },
    { "FallbackSignalInFront",
      [](ClientHello &h) {
          h.exts.At(43) = Vec(1, U16(0x0303));
          h.suites.insert(h.suites.begin(), 0x5600);
      },
      "FALLBACK_DETECTED", 86 },
    { "Tls12WithoutSuites",
      [](ClientHello &h) {
          h.exts.Drop(43);
          h.suites = { 0x1301 };
      },
      "CIPHER_NOT_SUPPORTED", 40 },
    { "Tls11Only",
      [](ClientHello &h) {
          h.exts.Drop(43);
          h.version = 0x0302;
      },
      "PROTOCOL_VERSION_UNSUPPORTED", 70 },
    { "Tls12CompressionOnly",
      [](ClientHello &h) {
          h.exts.Drop(43);
          h.compression = { 64 };
      },
      "BAD_MESSAGE", 10 },
    { "Tls12RenegotiationInfo",
      [](ClientHello &h) {
          h.exts.Drop(43);
          h.exts.Add(65281, Vec(1, { 1 }));
      },
      "NON_EMPTY_RENEGOTIATION_INFO", 40 },
};

/* Second hellos, after a retry for secp384r1. */
const Change kSeconds[] = {
    { "RandomChanged", [](ClientHello &h) { h.random[0] ^= 1; }, "BAD_MESSAGE", 10 },
    { "SessionIdChanged", [](ClientHello &h) { h.session_id[3] ^= 1; }, "BAD_MESSAGE", 10 },
    { "SessionIdDropped", [](ClientHello &h) { h.session_id = {}; }, "BAD_MESSAGE", 10 },
    { "SuiteAdded", [](ClientHello &h) { h.suites.push_back(0xC02F); }, "BAD_MESSAGE", 10 },
    { "SuitesReversed", [](ClientHello &h) { std::reverse(h.suites.begin(), h.suites.end()); }, "BAD_MESSAGE",
      10 },
    { "VersionChanged", [](ClientHello &h) { h.version = 0x0302; }, "BAD_MESSAGE", 10 },
    { "CompressionAdded",
      [](ClientHello &h) {
          h.compression = { 0, 1 };
      },
      "BAD_MESSAGE", 10 },
    { "EmsDropped", [](ClientHello &h) { h.exts.Drop(23); }, "BAD_MESSAGE", 10 },
    { "AlpnDropped", [](ClientHello &h) { h.exts.Drop(16); }, "BAD_MESSAGE", 10 },
    { "AlpnChanged",
      [](ClientHello &h) {
          h.exts.At(16) = Vec(2, Vec(1, { 'h', '3' }));
      },
      "BAD_MESSAGE", 10 },
    { "NameChanged", [](ClientHello &h) { h.exts.At(0) = Vec(2, Bytes{ 0 } + Vec(2, { 'a' })); },
      "BAD_MESSAGE", 10 },
    { "GroupsChanged", [](ClientHello &h) { h.exts.At(10) = Vec(2, U16(24)); }, "BAD_MESSAGE", 10 },
    { "VersionsChanged", [](ClientHello &h) { h.exts.At(43) = Vec(1, U16(0x0304)); }, "BAD_MESSAGE", 10 },
    { "ExtensionAdded", [](ClientHello &h) { h.exts.Add(0x1234, {}); }, "BAD_MESSAGE", 10 },
    { "OrderChanged", [](ClientHello &h) { std::reverse(h.exts.list.begin(), h.exts.list.end()); },
      "BAD_MESSAGE", 10 },
    { "NoShare", [](ClientHello &h) { SetShares(h, {}); }, "BAD_KEY_SHARE", 47 },
    { "ShareExtensionDropped", [](ClientHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109 },
    { "ShareOfTheFirstHello", [](ClientHello &h) { SetShares(h, Share(29, Fill(32, 9))); }, "BAD_KEY_SHARE",
      47 },
    { "TwoShares", [](ClientHello &h) { SetShares(h, Share(24, OwnShare(h)) + Share(29, Fill(32, 9))); },
      "BAD_KEY_SHARE", 47 },
    { "CookieInvented", [](ClientHello &h) { h.exts.Add(44, Vec(2, { 1 })); }, "UNSUPPORTED_EXTENSION", 110 },
};

template <size_t N>
void AddAll(std::vector<Row> *rows, const std::string &prefix, const Change (&changes)[N],
            std::function<PairOptions()> scene, int index = 0)
{
    for (const Change &c : changes) {
        rows->push_back({ prefix + c.name, scene, kServer, OnClientHello(c.f, index),
                          std::string("S2N_ERR_") + c.error, c.alert });
    }
}

/* Each extension that a client sends, with a byte too many inside and twice. */
void AddPerExtension(std::vector<Row> *rows)
{
    for (uint16_t id : { 43, 10, 51, 13, 0, 16, 11, 23 }) {
        std::string n = std::to_string(id);
        auto scene = [] { return WithAlpn(Tls13P256()); };
        rows->push_back({ "TrailingByteInExtension" + n, scene, kServer,
                          OnClientHello([id](ClientHello &h) { h.exts.At(id).push_back(0); }),
                          "S2N_ERR_BAD_MESSAGE", 10 });
        rows->push_back({ "Twice_Extension" + n, scene, kServer,
                          OnClientHello([id](ClientHello &h) { h.exts.Add(id, h.exts.At(id)); }),
                          "S2N_ERR_DUPLICATE_EXTENSION", 47 });
        rows->push_back({ "CutShort_Extension" + n, scene, kServer, OnClientHello([id](ClientHello &h) {
                              if (!h.exts.At(id).empty()) {
                                  h.exts.At(id).pop_back();
                              } else {
                                  h.exts.At(id) = { 1 };
                              }
                          }),
                          "S2N_ERR_BAD_MESSAGE", 10 });
    }
    auto modes = OnClientHello([](ClientHello &h) { h.exts.Add(45, Vec(1, { 1 }) + Bytes{ 0 }); });
    rows->push_back({ "TrailingByteInExtension45", Tls13, kServer, modes, "S2N_ERR_BAD_MESSAGE", 10 });
    auto psk = OnClientHello([](ClientHello &h) {
        AddPsk(h, Identity(), Binder());
        h.exts.At(41).push_back(0);
    });
    rows->push_back({ "TrailingByteInExtension41", Tls13, kServer, psk, "S2N_ERR_BAD_MESSAGE", 10 });
    auto certs = OnClientHello([](ClientHello &h) { h.exts.Add(50, Vec(2, { 4, 3 }) + Bytes{ 0 }); });
    rows->push_back({ "TrailingByteInExtension50", Tls13, kServer, certs, "S2N_ERR_BAD_MESSAGE", 10 });
}

void AddFraming(std::vector<Row> *rows)
{
    auto add = [rows](const char *name, std::function<Rewrite()> rewrite, const char *error, int alert) {
        rows->push_back({ name, Tls13, kServer, rewrite, std::string("S2N_ERR_") + error, alert });
    };
    auto join = [](const Bytes &behind) {
        return On(true, CLIENT_HELLO, [=](const Message &m) -> Pieces {
            return { { HANDSHAKE, m.bytes + behind } };
        });
    };
    auto split = [](const Piece &between) {
        return On(true, CLIENT_HELLO, [=](const Message &m) -> Pieces {
            Bytes a(m.bytes.begin(), m.bytes.begin() + 20), b(m.bytes.begin() + 20, m.bytes.end());
            return { { HANDSHAKE, a }, between, { HANDSHAKE, b } };
        });
    };
    add("HelloSpansKeyChange", join({ 20 }), "BAD_MESSAGE", 10);
    add("MessageBehindTheHello", join(Handshake(20, Fill(32))), "BAD_MESSAGE", 10);
    add("CcsInsideTheHello", split({ CCS, { 1 } }), "BAD_MESSAGE", 10);
    add("EmptyFragment", split({ HANDSHAKE, {} }), "BAD_MESSAGE", 10);
    add("AppDataInsideTheHello", split({ APPDATA, { 1 } }), "DECRYPT", 20);
    add("CcsFirst", Before(true, CLIENT_HELLO, { { CCS, { 1 } } }), "BAD_MESSAGE", 10);
    add("AppDataFirst", Before(true, CLIENT_HELLO, { { APPDATA, { 1, 2, 3 } } }), "DECRYPT", 20);
    add("EmptyAppDataFirst", Before(true, CLIENT_HELLO, { { APPDATA, {} } }), "DECRYPT", 20);
    add("EmptyAlert", Before(true, CLIENT_HELLO, { { ALERT, {} } }), "BAD_MESSAGE", 10);
    add("FinishedFirst", Before(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(20, Fill(32)) } }),
        "BAD_MESSAGE", 10);
    add("ServerHelloFirst", Before(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(2, Fill(80)) } }),
        "BAD_MESSAGE", 10);
    add("KeyUpdateFirst", Before(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(24, { 0 }) } }), "BAD_MESSAGE",
        10);
    add("HelloRequestFirst", Before(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(0, {}) } }), "BAD_MESSAGE",
        10);
    add("MessageTooLong", Instead(true, CLIENT_HELLO, { { HANDSHAKE, { 1, 1, 0, 1, 3, 3 } } }), "BAD_MESSAGE",
        10);
    add("LongestLength", Instead(true, CLIENT_HELLO, { { HANDSHAKE, { 1, 255, 255, 255 } } }), "BAD_MESSAGE",
        10);
    add("RecordTooLong", Instead(true, CLIENT_HELLO, { Wire(HANDSHAKE, Fill(16385, 1)) }), "RECORD_LIMIT",
        22);
    add("RecordOfLongestLength", Instead(true, CLIENT_HELLO, { Wire(HANDSHAKE, Fill(65535, 1)) }),
        "RECORD_LIMIT", 22);
    add("RecordOfUnknownMajor", Instead(true, CLIENT_HELLO, { Wire(HANDSHAKE, Fill(100, 1), 0x0503) }),
        "BAD_MESSAGE", 10);
    add("UnknownTypesWithoutEnd", Before(true, CLIENT_HELLO, Pieces(33, Piece{ 99, { 1 } })), "BAD_MESSAGE",
        10);
    add("HelloDroppedForDone", Instead(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(14, {}) } }),
        "BAD_MESSAGE", 10);
    /* Finished is the next message of a client; anything else, or the hello again, is out of turn. */
    add("HelloTwice", After(true, CLIENT_HELLO, { { HANDSHAKE, Handshake(1, Fill(60)), Piece::PLAIN } }),
        "BAD_MESSAGE", 10);
    add("PlainAppDataAfterHello", After(true, CLIENT_HELLO, { Wire(APPDATA, Fill(40)) }), "DECRYPT", 20);
    add("TooManyCcs", After(true, CLIENT_HELLO, Pieces(33, Piece{ CCS, { 1 }, Piece::PLAIN })), "BAD_MESSAGE",
        10);
    add("CcsWithWrongContent", After(true, CLIENT_HELLO, { { CCS, { 2 }, Piece::PLAIN } }), "BAD_MESSAGE",
        10);
    add("CcsTooLong", After(true, CLIENT_HELLO, { { CCS, { 1, 1 }, Piece::PLAIN } }), "BAD_MESSAGE", 10);
    add("CcsEmpty", After(true, CLIENT_HELLO, { { CCS, {}, Piece::PLAIN } }), "BAD_MESSAGE", 10);
}

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    AddAll(&rows, "", kPoints, Tls13P256);
    AddAll(&rows, "", kHellos, Tls13);
    AddAll(&rows, "Down_", kDowngrades, Tls13P256);
    AddAll(
        &rows, "Second_", kSeconds, [] { return WithAlpn(Retry13()); }, 1);
    AddPerExtension(&rows);
    AddFraming(&rows);
    return rows;
}

class OnServer : public Attack
{
};
TEST_P(OnServer, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(ClientHello, OnServer, testing::ValuesIn(Rows()), NameOf);

/* What must not be refused: the server answers with its flight. */
const Change kHarmless[] = {
    { "UnknownExtension",
      [](ClientHello &h) {
          h.exts.Add(0x1234, { 1, 2, 3 });
      },
      "", 0 },
    { "GreaseEverywhere",
      [](ClientHello &h) {
          h.suites.insert(h.suites.begin(), 0x1a1a);
          h.exts.At(10) = Vec(2, U16(0x3a3a) + U16(29));
          h.exts.At(43) = Vec(1, U16(0x4a4a) + U16(0x0304));
          SetShares(h, Share(0x3a3a, { 0 }) + Share(29, OwnShare(h)));
          h.exts.Add(0x5a5a, {});
      },
      "", 0 },
    { "PskOffered", [](ClientHello &h) { AddPsk(h, Identity(), Binder()); }, "", 0 },
    { "Padding", [](ClientHello &h) { h.exts.Add(21, Fill(300)); }, "", 0 },
    { "UnknownFragmentLength", [](ClientHello &h) { h.exts.Add(1, { 9 }); }, "", 0 },
    { "OverlongServerName",
      [](ClientHello &h) { h.exts.At(0) = Vec(2, Bytes{ 0 } + Vec(2, Fill(300, 'a'))); }, "", 0 },
    { "LegacyVersionOfTls10", [](ClientHello &h) { h.version = 0x0301; }, "", 0 },
    { "LegacyVersionOfTheFuture", [](ClientHello &h) { h.version = 0x0399; }, "", 0 },
    { "NoSessionId", [](ClientHello &h) { h.session_id = {}; }, "", 0 },
    { "FallbackSignalAtTheTop", [](ClientHello &h) { h.suites.push_back(0x5600); }, "", 0 },
    { "EmptyRenegotiationInfo", [](ClientHello &h) { h.exts.Add(65281, { 0 }); }, "", 0 },
};

class Harmless : public testing::TestWithParam<Change>
{
};
TEST_P(Harmless, IsAnswered)
{
    bool answered = false;
    auto rewrite = OnClientHello(GetParam().f)();
    Mitm mitm(Tls13(), [&](const Message &m) {
        answered |= m.type == SERVER_HELLO;
        return rewrite(m);
    });
    mitm.Run();
    EXPECT_TRUE(answered) << ErrName(mitm.end(false).error);
}
INSTANTIATE_TEST_SUITE_P(ClientHello, Harmless, testing::ValuesIn(kHarmless),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace wire
