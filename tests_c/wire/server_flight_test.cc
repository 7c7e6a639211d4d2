/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS 1.3 server's wrong answers, in the clear and encrypted: the client must refuse each. Then the client's flight. */
#include "wire/row.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;
using Scene = std::function<PairOptions()>;

struct Table {
    std::vector<Row> rows;
    Scene scene;
    bool victim;
    void Add(const std::string &name, std::function<Rewrite()> rewrite, const char *error, int alert)
    {
        rows.push_back({ name, scene, victim, rewrite, std::string("S2N_ERR_") + error, alert });
    }
};

Bytes Share(unsigned group, const Bytes &key)
{
    return U16(group) + Vec(2, key);
}
Bytes KeyOf(ServerHello &h)
{
    return Bytes(h.exts.At(51).begin() + 4, h.exts.At(51).end());
}

void AddServerHello(Table *t)
{
    auto sh = [t](const char *name, std::function<void(ServerHello &)> f, const char *error, int alert) {
        t->Add(std::string("Hello_") + name, OnServerHello(f), error, alert);
    };
    sh(
        "WrongSessionId", [](ServerHello &h) { h.session_id[0] ^= 1; }, "BAD_MESSAGE", 10);
    sh(
        "NoSessionId", [](ServerHello &h) { h.session_id = {}; }, "BAD_MESSAGE", 10);
    sh(
        "SessionIdTooLong", [](ServerHello &h) { h.session_id.push_back(0); }, "BAD_MESSAGE", 10);
    sh(
        "LegacyVersionOfTls11", [](ServerHello &h) { h.version = 0x0302; }, "BAD_MESSAGE", 10);
    sh(
        "LegacyVersionOfTls13", [](ServerHello &h) { h.version = 0x0304; }, "BAD_MESSAGE", 10);
    sh(
        "Tls13WithoutTheExtension",
        [](ServerHello &h) {
            h.version = 0x0304;
            h.exts.Drop(43);
        },
        "PROTOCOL_VERSION_UNSUPPORTED", 70);
    sh(
        "VersionsExtensionDropped", [](ServerHello &h) { h.exts.Drop(43); }, "PROTOCOL_VERSION_UNSUPPORTED",
        70);
    sh(
        "VersionsExtensionOfTls12", [](ServerHello &h) { h.exts.At(43) = U16(0x0303); },
        "PROTOCOL_VERSION_UNSUPPORTED", 70);
    sh(
        "SuiteNotOffered", [](ServerHello &h) { h.suite = 0x1304; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SuiteOfTls12", [](ServerHello &h) { h.suite = 0xC02F; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SuiteNull", [](ServerHello &h) { h.suite = 0; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SignallingSuite", [](ServerHello &h) { h.suite = 0x00FF; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "Compression", [](ServerHello &h) { h.compression = 1; }, "BAD_MESSAGE", 10);
    sh(
        "NoKeyShare", [](ServerHello &h) { h.exts.Drop(51); }, "MISSING_EXTENSION", 109);
    sh(
        "ShareOfAGroupNotSent", [](ServerHello &h) { h.exts.At(51) = Share(24, KeyOf(h)); }, "BAD_KEY_SHARE",
        47);
    sh(
        "ShareOfZeros", [](ServerHello &h) { h.exts.At(51) = Share(29, Fill(32)); }, "BAD_KEY_SHARE", 47);
    sh(
        "ShareTooShort", [](ServerHello &h) { h.exts.At(51) = Share(29, Fill(31, 9)); }, "BAD_KEY_SHARE", 47);
    sh(
        "ShareEmpty", [](ServerHello &h) { h.exts.At(51) = Share(29, {}); }, "BAD_MESSAGE", 10);
    sh(
        "ShareTrailingByte", [](ServerHello &h) { h.exts.At(51).push_back(0); }, "BAD_MESSAGE", 10);
    sh(
        "VersionTrailingByte", [](ServerHello &h) { h.exts.At(43).push_back(0); }, "BAD_MESSAGE", 10);
    sh(
        "UnknownExtension", [](ServerHello &h) { h.exts.Add(0x1234, {}); }, "UNSUPPORTED_EXTENSION", 110);
    sh(
        "AlpnInTheHello",
        [](ServerHello &h) {
            h.exts.Add(16, Vec(2, Vec(1, { 'h', '2' })));
        },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "SchemesInTheHello", [](ServerHello &h) { h.exts.Add(13, Vec(2, U16(0x0403))); },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "EmsInTheHello", [](ServerHello &h) { h.exts.Add(23, {}); }, "UNSUPPORTED_EXTENSION", 110);
    sh(
        "RenegotiationInfoInTheHello", [](ServerHello &h) { h.exts.Add(65281, { 0 }); },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "PskNobodyOffered", [](ServerHello &h) { h.exts.Add(41, U16(0)); }, "UNSUPPORTED_EXTENSION", 110);
    sh(
        "CookieInTheHello", [](ServerHello &h) { h.exts.Add(44, Vec(2, { 1 })); }, "UNSUPPORTED_EXTENSION",
        110);
    sh(
        "KeyShareTwice", [](ServerHello &h) { h.exts.Add(51, h.exts.At(51)); }, "DUPLICATE_EXTENSION", 47);
    sh(
        "BytesBehind", [](ServerHello &h) { h.tail = { 0 }; }, "BAD_MESSAGE", 10);
    t->Add("Hello_SpansKeyChange",
           On(false, SERVER_HELLO,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, m.bytes + Bytes{ 8 } } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Hello_Twice",
           On(false, SERVER_HELLO,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, m.bytes }, { HANDSHAKE, m.bytes, Piece::PLAIN } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Hello_CertificateInstead",
           Instead(false, SERVER_HELLO, { { HANDSHAKE, Handshake(11, Fill(8)) } }), "BAD_MESSAGE", 10);
    t->Add("Hello_ClientHelloInstead",
           Instead(false, SERVER_HELLO, { { HANDSHAKE, Handshake(1, Fill(80)) } }), "BAD_MESSAGE", 10);
    t->Add("Hello_AppDataFirst", Before(false, SERVER_HELLO, { { APPDATA, { 1 } } }), "DECRYPT", 20);
    t->Add("Hello_CcsOfWrongContent", Before(false, SERVER_HELLO, { { CCS, { 0 } } }), "BAD_MESSAGE", 10);
    t->Add("Hello_TooManyCcs", Before(false, SERVER_HELLO, Pieces(33, Piece{ CCS, { 1 } })), "BAD_MESSAGE",
           10);
    t->Add("Hello_TooManyHelloRequests",
           Before(false, SERVER_HELLO, Pieces(33, Piece{ HANDSHAKE, Handshake(0, {}) })), "BAD_MESSAGE", 10);
    t->Add("Hello_HelloRequestWithBody", Before(false, SERVER_HELLO, { { HANDSHAKE, Handshake(0, { 1 }) } }),
           "BAD_MESSAGE", 10);
}

void AddRetry(Table *t)
{
    auto hrr = [](std::function<void(ServerHello &)> f) { return OnServerHello(f, 0); };
    /* In front of a real ServerHello of a handshake without retry. */
    auto forged = [](std::function<void(ServerHello &)> f) {
        return On(false, SERVER_HELLO, [=](const Message &m) -> Pieces {
            ServerHello h = ServerHello::Retry(ServerHello::Parse(m.bytes), 23);
            f(h);
            return { { HANDSHAKE, h.Build() } };
        });
    };
    t->Add("Retry_GroupAlreadySent", forged([](ServerHello &h) { h.exts.At(51) = U16(29); }),
           "INVALID_HELLO_RETRY", 47);
    t->Add("Retry_UnknownGroup", forged([](ServerHello &h) { h.exts.At(51) = U16(0x0100); }),
           "INVALID_HELLO_RETRY", 47);
    t->Add("Retry_GroupNotOffered", forged([](ServerHello &h) { h.exts.At(51) = U16(25); }),
           "INVALID_HELLO_RETRY", 47);
    t->Add("Retry_ForNothing", forged([](ServerHello &h) { h.exts.Drop(51); }), "INVALID_HELLO_RETRY", 47);
    t->Add("Retry_WholeShare", forged([](ServerHello &h) { h.exts.At(51) = Share(23, Fill(65)); }),
           "BAD_MESSAGE", 10);
    t->Add("Retry_UnknownExtension", forged([](ServerHello &h) { h.exts.Add(0x1234, {}); }),
           "UNSUPPORTED_EXTENSION", 110);
    t->Add("Retry_AlpnInside", forged([](ServerHello &h) { h.exts.Add(16, {}); }), "UNSUPPORTED_EXTENSION",
           110);
    t->Add("Retry_WrongSessionId", forged([](ServerHello &h) { h.session_id[9] ^= 1; }), "BAD_MESSAGE", 10);
    t->Add("Retry_SuiteNotOffered", forged([](ServerHello &h) { h.suite = 0x1305; }), "CIPHER_NOT_SUPPORTED",
           40);
    t->Add("Retry_EmptyCookie", forged([](ServerHello &h) { h.exts.Add(44, Vec(2, {})); }), "BAD_MESSAGE",
           10);
    t->Add("Retry_TrailingByte", forged([](ServerHello &h) { h.exts.At(51).push_back(0); }), "BAD_MESSAGE",
           10);
    t->Add("Retry_Compression", forged([](ServerHello &h) { h.compression = 1; }), "BAD_MESSAGE", 10);
    Scene plain = t->scene;
    t->scene = Retry13;
    t->Add("Retry_Twice", OnServerHello([](ServerHello &h) { h = ServerHello::Retry(h, 23); }, 1),
           "BAD_MESSAGE", 10);
    t->Add("Retry_SuiteChangedAfterwards", OnServerHello([](ServerHello &h) { h.suite = 0x1301; }, 1),
           "BAD_MESSAGE", 10);
    t->Add("Retry_OtherGroupAfterwards",
           OnServerHello([](ServerHello &h) { h.exts.At(51) = Share(29, Fill(32, 9)); }, 1), "BAD_KEY_SHARE",
           47);
    t->Add("Retry_Tls12Afterwards",
           OnServerHello(
               [](ServerHello &h) {
                   h.exts.Drop(43);
                   h.exts.Drop(51);
               },
               1),
           "BAD_MESSAGE", 10);
    t->Add("Retry_ThenEncrypted", After(false, SERVER_HELLO, { { APPDATA, Fill(40), Piece::PLAIN } }, 0),
           "DECRYPT", 20);
    (void) hrr;
    t->scene = plain;
}

void AddEncryptedExtensions(Table *t)
{
    auto ee = [t](const char *name, std::function<void(Exts &)> f, const char *error, int alert) {
        t->Add(std::string("Ee_") + name, OnEncrypted(f), error, alert);
    };
    ee(
        "UnknownExtension", [](Exts &e) { e.Add(0x1234, {}); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "UnknownTwice",
        [](Exts &e) {
            e.Add(10, Vec(2, U16(29)));
            e.Add(10, Vec(2, U16(29)));
        },
        "DUPLICATE_EXTENSION", 47);
    ee(
        "KeyShare", [](Exts &e) { e.Add(51, Share(29, Fill(32))); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "SupportedVersions", [](Exts &e) { e.Add(43, U16(0x0304)); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "SignatureAlgorithms", [](Exts &e) { e.Add(13, Vec(2, U16(0x0403))); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "PointFormats", [](Exts &e) { e.Add(11, Vec(1, { 0 })); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "Ems", [](Exts &e) { e.Add(23, {}); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "PskModes", [](Exts &e) { e.Add(45, Vec(1, { 1 })); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "FragmentLengthNotAsked", [](Exts &e) { e.Set(1, { 1 }); }, "UNSUPPORTED_EXTENSION", 110);
    ee(
        "ServerNameWithContent", [](Exts &e) { e.Set(0, { 0 }); }, "BAD_MESSAGE", 10);
    ee(
        "GroupsEmpty", [](Exts &e) { e.Add(10, Vec(2, {})); }, "BAD_MESSAGE", 10);
    ee(
        "GroupsTrailingByte", [](Exts &e) { e.Add(10, Vec(2, U16(29)) + Bytes{ 0 }); }, "BAD_MESSAGE", 10);
    ee(
        "AlpnTwoNames",
        [](Exts &e) {
            e.Set(16, Vec(2, Vec(1, { 'h', '2' }) + Vec(1, { 'h', '2' })));
        },
        "BAD_MESSAGE", 10);
    ee(
        "AlpnNotOffered",
        [](Exts &e) {
            e.Set(16, Vec(2, Vec(1, { 'h', '3' })));
        },
        "BAD_MESSAGE", 10);
    ee(
        "AlpnEmpty", [](Exts &e) { e.Set(16, Vec(2, {})); }, "BAD_MESSAGE", 10);
    ee(
        "AlpnEmptyName", [](Exts &e) { e.Set(16, Vec(2, { 0 })); }, "BAD_MESSAGE", 10);
    ee(
        "AlpnTrailingByte", [](Exts &e) { e.At(16).push_back(0); }, "BAD_MESSAGE", 10);
    t->Add("Ee_BytesBehind", OnBody(false, ENCRYPTED_EXTENSIONS, [](Bytes b) { return b + Bytes{ 0 }; }),
           "BAD_MESSAGE", 10);
    t->Add("Ee_NoList", OnBody(false, ENCRYPTED_EXTENSIONS, [](Bytes) { return Bytes{}; }), "BAD_MESSAGE",
           10);
    t->Add("Ee_Dropped", Instead(false, ENCRYPTED_EXTENSIONS, {}), "BAD_MESSAGE", 10);
    t->Add("Ee_Twice", After(false, ENCRYPTED_EXTENSIONS, { { HANDSHAKE, Handshake(8, { 0, 0 }) } }),
           "BAD_MESSAGE", 10);
    t->Add("Ee_InTheClear",
           On(false, ENCRYPTED_EXTENSIONS,
              [](const Message &m) -> Pieces {
                  return { { HANDSHAKE, m.bytes, Piece::PLAIN } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Ee_CcsInsideIt",
           On(false, ENCRYPTED_EXTENSIONS,
              [](const Message &m) -> Pieces {
                  Bytes a(m.bytes.begin(), m.bytes.begin() + 3), b(m.bytes.begin() + 3, m.bytes.end());
                  return { { HANDSHAKE, a }, { CCS, { 1 }, Piece::PLAIN }, { HANDSHAKE, b } };
              }),
           "BAD_MESSAGE", 10);
}

Bytes Entry(const Bytes &der, const Bytes &exts = {})
{
    return Vec(3, der) + Vec(2, exts);
}

void AddCertificates(Table *t)
{
    auto cert = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Cert_") + name, OnBody(false, CERTIFICATE, f), error, alert);
    };
    Bytes der = PkiFor(KeyKind::P256).leaf.der;
    cert(
        "ContextNotEmpty", [](Bytes b) { return Vec(1, { 1 }) + Bytes(b.begin() + 1, b.end()); },
        "BAD_MESSAGE", 10);
    cert(
        "EmptyList",
        [](Bytes) {
            return Bytes{ 0, 0, 0, 0 };
        },
        "BAD_MESSAGE", 10);
    cert(
        "EmptyCertificate", [](Bytes) { return Bytes{ 0 } + Vec(3, Entry({})); }, "BAD_MESSAGE", 10);
    cert(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    cert(
        "WithoutExtensions", [=](Bytes) { return Bytes{ 0 } + Vec(3, Vec(3, der)); }, "BAD_MESSAGE", 10);
    cert(
        "UnknownExtension", [=](Bytes) { return Bytes{ 0 } + Vec(3, Entry(der, U16(0x1234) + U16(0))); },
        "UNSUPPORTED_EXTENSION", 110);
    cert(
        "StatusNotAsked", [=](Bytes) { return Bytes{ 0 } + Vec(3, Entry(der, U16(5) + U16(0))); },
        "UNSUPPORTED_EXTENSION", 110);
    cert(
        "AlpnInside", [=](Bytes) { return Bytes{ 0 } + Vec(3, Entry(der, U16(16) + U16(0))); },
        "UNSUPPORTED_EXTENSION", 110);
    cert(
        "Garbage", [](Bytes) { return Bytes{ 0 } + Vec(3, Entry(Fill(64, 0x30))); }, "DECODE_CERTIFICATE",
        42);
    cert(
        "TrailingByteInDer", [=](Bytes) { return Bytes{ 0 } + Vec(3, Entry(der + Bytes{ 0 })); },
        "DECODE_CERTIFICATE", 42);
    cert(
        "ChainWithoutIntermediate", [=](Bytes) { return Bytes{ 0 } + Vec(3, Entry(der)); }, "CERT_UNTRUSTED",
        46);
    cert(
        "ChainTooLong",
        [=](Bytes) {
            Bytes list;
            for (int i = 0; i < 40; i++) {
                list = list + Entry(der);
            }
            return Bytes{ 0 } + Vec(3, list);
        },
        "CERT_MAX_CHAIN_DEPTH_EXCEEDED", 42);
    t->Add("Cert_Dropped", Instead(false, CERTIFICATE, {}), "BAD_MESSAGE", 10);
    t->Add("Cert_Twice",
           On(false, CERTIFICATE,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes }, { 22, m.bytes } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Cert_LengthTooLong", Instead(false, CERTIFICATE, { { HANDSHAKE, { 11, 1, 0, 1, 0 } } }),
           "BAD_MESSAGE", 10);

    auto verify = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Verify_") + name, OnBody(false, CERT_VERIFY, f), error, alert);
    };
    auto scheme = [](unsigned id) {
        return [id](Bytes b) { return U16(id) + Bytes(b.begin() + 2, b.end()); };
    };
    verify(
        "SignatureFlipped", [](Bytes b) { return Flipped(b); }, "VERIFY_SIGNATURE", 51);
    verify(
        "SignatureEmpty", [](Bytes b) { return Bytes(b.begin(), b.begin() + 2) + U16(0); },
        "VERIFY_SIGNATURE", 51);
    verify(
        "SignatureCutShort",
        [](Bytes b) {
            b.pop_back();
            return b;
        },
        "BAD_MESSAGE", 10);
    verify(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    verify("SchemeUnknown", scheme(0x0A0A), "INVALID_SIGNATURE_SCHEME", 47);
    verify("SchemeOfOtherCurve", scheme(0x0503), "INVALID_SIGNATURE_SCHEME", 47);
    verify("SchemeOfOtherKey", scheme(0x0804), "INVALID_SIGNATURE_SCHEME", 47);
    verify("SchemePkcs1", scheme(0x0401), "INVALID_SIGNATURE_SCHEME", 47);
    verify("SchemeSha1", scheme(0x0203), "INVALID_SIGNATURE_SCHEME", 47);
    verify("SchemeLegacyPseudo", scheme(0xFFFF), "INVALID_SIGNATURE_SCHEME", 47);
    t->Add("Verify_Dropped", Instead(false, CERT_VERIFY, {}), "BAD_MESSAGE", 10);
    t->Add("Verify_Twice",
           On(false, CERT_VERIFY,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes }, { 22, m.bytes } };
              }),
           "BAD_MESSAGE", 10);
}

void AddFinished(Table *t, bool by_client)
{
    t->Add("Fin_Flipped", OnBody(by_client, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("Fin_FirstByteFlipped",
           OnBody(by_client, FINISHED, [](Bytes b) { return Flipped(b, b.size() - 1); }), "BAD_MESSAGE", 10);
    t->Add("Fin_TooShort",
           OnBody(by_client, FINISHED,
                  [](Bytes b) {
                      b.pop_back();
                      return b;
                  }),
           "BAD_MESSAGE", 10);
    t->Add("Fin_TooLong", OnBody(by_client, FINISHED, [](Bytes b) { return b + Bytes{ 0 }; }), "BAD_MESSAGE",
           10);
    t->Add("Fin_Empty", OnBody(by_client, FINISHED, [](Bytes) { return Bytes{}; }), "BAD_MESSAGE", 10);
    t->Add("Fin_SpansKeyChange",
           On(by_client, FINISHED,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes + Bytes{ 4 } } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Fin_InTheClear",
           On(by_client, FINISHED,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes, Piece::PLAIN } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Fin_AppDataInstead", Instead(by_client, FINISHED, { { APPDATA, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("Fin_EmptyFragment", Before(by_client, FINISHED, { { HANDSHAKE, {} } }), "BAD_MESSAGE", 10);
    t->Add("Fin_InnerCcs", Before(by_client, FINISHED, { { CCS, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("Fin_InnerUnknownType", Before(by_client, FINISHED, Pieces(33, Piece{ 99, { 1 } })), "BAD_MESSAGE",
           10);
    t->Add("Fin_PlainHandshakeBefore",
           Before(by_client, FINISHED, { { HANDSHAKE, Handshake(20, Fill(32)), Piece::PLAIN } }),
           "BAD_MESSAGE", 10);
    t->Add("Fin_ForgedRecord", Before(by_client, FINISHED, { Wire(APPDATA, Fill(60, 3)) }), "DECRYPT", 20);
    t->Add("Fin_RecordTooLong", Before(by_client, FINISHED, { Wire(APPDATA, Fill(16384 + 257, 3)) }),
           "RECORD_LIMIT", 22);
    t->Add("Fin_RecordTooShort", Before(by_client, FINISHED, { Wire(APPDATA, Fill(15, 3)) }), "SAFETY", 80);
    t->Add("Fin_RecordEmpty", Before(by_client, FINISHED, { Wire(APPDATA, {}) }), "SAFETY", 80);
}

void AddRequests(Table *t)
{
    auto request = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Request_") + name, OnBody(false, CERT_REQUEST, f), error, alert);
    };
    request(
        "ContextNotEmpty", [](Bytes b) { return Vec(1, { 7 }) + Bytes(b.begin() + 1, b.end()); },
        "BAD_MESSAGE", 10);
    request(
        "WithoutSchemes",
        [](Bytes) {
            return Bytes{ 0, 0, 0 };
        },
        "MISSING_EXTENSION", 109);
    request(
        "SchemesTwice",
        [](Bytes) {
            Bytes one = U16(13) + Vec(2, Vec(2, U16(0x0403)));
            return Bytes{ 0 } + Vec(2, one + one);
        },
        "DUPLICATE_EXTENSION", 47);
    request(
        "AlpnInside",
        [](Bytes) { return Bytes{ 0 } + Vec(2, U16(13) + Vec(2, Vec(2, U16(0x0403))) + U16(16) + U16(0)); },
        "UNSUPPORTED_EXTENSION", 110);
    request(
        "OddSchemes", [](Bytes) { return Bytes{ 0 } + Vec(2, U16(13) + Vec(2, Vec(2, { 4 }))); },
        "BAD_MESSAGE", 10);
    request(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    t->Add("Request_Dropped", Instead(false, CERT_REQUEST, {}), "MISSING_CERT_REQUEST", 10);
    t->Add("Request_Twice",
           On(false, CERT_REQUEST,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes }, { 22, m.bytes } };
              }),
           "BAD_MESSAGE", 10);
}

Bytes NoList13()
{
    return Bytes{ 0, 0, 0, 0 };
}

void AddClientFlight(Table *t)
{
    t->Add("Cert_EmptyList", OnBody(true, CERTIFICATE, [](Bytes) { return NoList13(); }),
           "MISSING_CLIENT_CERT", 116);
    t->Add("Cert_ContextNotEmpty",
           OnBody(true, CERTIFICATE, [](Bytes b) { return Vec(1, { 1 }) + Bytes(b.begin() + 1, b.end()); }),
           "BAD_MESSAGE", 10);
    t->Add("Cert_BytesBehind", OnBody(true, CERTIFICATE, [](Bytes b) { return b + Bytes{ 0 }; }),
           "BAD_MESSAGE", 10);
    t->Add("Cert_Garbage",
           OnBody(true, CERTIFICATE, [](Bytes) { return Bytes{ 0 } + Vec(3, Entry(Fill(99, 1))); }),
           "DECODE_CERTIFICATE", 42);
    t->Add("Cert_Extension",
           OnBody(true, CERTIFICATE,
                  [](Bytes) {
                      return Bytes{ 0 } + Vec(3, Entry(PkiFor(KeyKind::P256).leaf.der, U16(5) + U16(0)));
                  }),
           "UNSUPPORTED_EXTENSION", 110);
    t->Add("Cert_Dropped", Instead(true, CERTIFICATE, {}), "BAD_MESSAGE", 10);
    t->Add("Verify_Dropped", Instead(true, CERT_VERIFY, {}), "BAD_MESSAGE", 10);
    t->Add("Verify_Flipped", OnBody(true, CERT_VERIFY, [](Bytes b) { return Flipped(b); }),
           "VERIFY_SIGNATURE", 51);
    t->Add("Verify_OtherScheme",
           OnBody(true, CERT_VERIFY, [](Bytes b) { return U16(0x0804) + Bytes(b.begin() + 2, b.end()); }),
           "INVALID_SIGNATURE_SCHEME", 47);
    t->Add("KeyUpdateTooEarly", Before(true, CERTIFICATE, { { HANDSHAKE, Handshake(24, { 0 }) } }),
           "BAD_MESSAGE", 10);
}

std::vector<Row> ClientRows()
{
    Table t{ {}, Tls13, kClient };
    AddServerHello(&t);
    AddRetry(&t);
    t.scene = [] { return WithAlpn(Tls13()); };
    AddEncryptedExtensions(&t);
    AddCertificates(&t);
    AddFinished(&t, false);
    t.scene = Mutual13;
    AddRequests(&t);
    t.scene = [] {
        PairOptions o = Mutual13();
        o.client.client_auth = S2N_CERT_AUTH_NONE;
        return o;
    };
    t.Add(
        "Request_Unexpected", [] { return Rewrite(Same); }, "UNEXPECTED_CERT_REQUEST", 10);
    t.scene = [] {
        PairOptions o = Tls13();
        o.client.config_hook = [](s2n_config *c) {
            Must(s2n_config_send_max_fragment_length(c, S2N_TLS_MAX_FRAG_LEN_512), "mfl");
        };
        return o;
    };
    t.Add("Ee_FragmentLengthOther", OnEncrypted([](Exts &e) { e.Set(1, { 2 }); }), "MAX_FRAG_LEN_MISMATCH",
          47);
    return t.rows;
}

std::vector<Row> ServerRows()
{
    Table t{ {}, Mutual13, kServer };
    AddClientFlight(&t);
    AddFinished(&t, true);
    return t.rows;
}

class OnClient13 : public Attack
{
};
TEST_P(OnClient13, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(ServerFlight, OnClient13, testing::ValuesIn(ClientRows()), NameOf);

class OnServer13 : public Attack
{
};
TEST_P(OnServer13, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(ClientFlight, OnServer13, testing::ValuesIn(ServerRows()), NameOf);

TEST(Retry, CookieIsRepeated)
{
    Bytes cookie;
    Mitm mitm(Retry13(), [&](const Message &m) -> Pieces {
        if (m.type == SERVER_HELLO && m.index == 0) {
            ServerHello h = ServerHello::Parse(m.bytes);
            h.exts.Add(44, Vec(2, { 5, 6, 7 }));
            return { { HANDSHAKE, h.Build() } };
        }
        if (m.type == CLIENT_HELLO && m.index == 1) {
            cookie = ClientHello::Parse(m.bytes).exts.At(44);
        }
        return Same(m);
    });
    mitm.Run();
    EXPECT_EQ(Vec(2, { 5, 6, 7 }), cookie);
    EXPECT_EQ("S2N_ERR_UNSUPPORTED_EXTENSION", ErrName(mitm.end(false).error)) << "our server gave none";
}

} // namespace
} // namespace wire
