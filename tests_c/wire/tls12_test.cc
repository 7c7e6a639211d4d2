/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2: wrong flights of either side, plain and under the keys of the change_cipher_spec. */
#include <openssl/evp.h>

#include "wire/row.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;

struct Table {
    std::vector<Row> rows;
    std::function<PairOptions()> scene;
    bool victim;
    void Add(const std::string &name, std::function<Rewrite()> rewrite, const char *error, int alert)
    {
        rows.push_back({ name, scene, victim, rewrite, std::string("S2N_ERR_") + error, alert });
    }
};

/* ServerKeyExchange with other parameters, signed again with the server's own key over the true randoms. */
std::function<Rewrite()> Resigned(std::function<Bytes(Bytes)> change)
{
    return [change]() -> Rewrite {
        auto randoms = std::make_shared<Bytes>();
        return [change, randoms](const Message &m) -> Pieces {
            if (m.type == CLIENT_HELLO || m.type == SERVER_HELLO) {
                *randoms = *randoms + Bytes(m.bytes.begin() + 6, m.bytes.begin() + 38);
            }
            if (m.type != SERVER_KEY) {
                return Same(m);
            }
            Bytes body = Body(m.bytes);
            Bytes params = change(Bytes(body.begin(), body.begin() + 4 + body[3]));
            Bytes signed_part = *randoms + params;
            EVP_MD_CTX *ctx = EVP_MD_CTX_new();
            size_t n = 512;
            Bytes signature(n);
            EXPECT_EQ(
                1, EVP_DigestSignInit(ctx, nullptr, EVP_sha256(), nullptr, PkiFor(KeyKind::P256).leaf.key));
            EXPECT_EQ(1, EVP_DigestSign(ctx, signature.data(), &n, signed_part.data(), signed_part.size()));
            EVP_MD_CTX_free(ctx);
            signature.resize(n);
            return { { HANDSHAKE, Handshake(SERVER_KEY, params + U16(0x0403) + Vec(2, signature)) } };
        };
    };
}

void AddServerHello(Table *t)
{
    auto sh = [t](const char *name, std::function<void(ServerHello &)> f, const char *error, int alert) {
        t->Add(std::string("Hello_") + name, OnServerHello(f), error, alert);
    };
    sh(
        "OlderVersion", [](ServerHello &h) { h.version = 0x0302; }, "PROTOCOL_VERSION_UNSUPPORTED", 70);
    sh(
        "NewerVersion", [](ServerHello &h) { h.version = 0x0304; }, "PROTOCOL_VERSION_UNSUPPORTED", 70);
    sh(
        "SuiteNotOffered", [](ServerHello &h) { h.suite = 0x009C; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SuiteOfTls13", [](ServerHello &h) { h.suite = 0x1301; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SuiteNull", [](ServerHello &h) { h.suite = 0; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "SignallingSuite", [](ServerHello &h) { h.suite = 0x5600; }, "CIPHER_NOT_SUPPORTED", 40);
    sh(
        "Compression", [](ServerHello &h) { h.compression = 1; }, "BAD_MESSAGE", 10);
    sh(
        "SessionIdTooLong", [](ServerHello &h) { h.session_id.resize(33); }, "BAD_MESSAGE", 10);
    sh(
        "UnknownExtension", [](ServerHello &h) { h.exts.Add(0x1234, {}); }, "UNSUPPORTED_EXTENSION", 110);
    sh(
        "TicketNotAsked", [](ServerHello &h) { h.exts.Add(35, {}); }, "UNSUPPORTED_EXTENSION", 110);
    sh(
        "AlpnNotAsked",
        [](ServerHello &h) {
            h.exts.Add(16, Vec(2, Vec(1, { 'h', '2' })));
        },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "KeyShare", [](ServerHello &h) { h.exts.Add(51, U16(29) + Vec(2, Fill(32, 9))); },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "SignatureAlgorithms", [](ServerHello &h) { h.exts.Add(13, Vec(2, U16(0x0403))); },
        "UNSUPPORTED_EXTENSION", 110);
    sh(
        "RenegotiationInfoNotEmpty", [](ServerHello &h) { h.exts.At(65281) = Vec(1, Fill(24)); },
        "NON_EMPTY_RENEGOTIATION_INFO", 40);
    sh(
        "RenegotiationInfoTrailing", [](ServerHello &h) { h.exts.At(65281).push_back(0); }, "BAD_MESSAGE",
        10);
    sh(
        "EmsWithContent", [](ServerHello &h) { h.exts.At(23) = { 1 }; }, "BAD_MESSAGE", 10);
    sh(
        "PointFormatsTrailing", [](ServerHello &h) { h.exts.At(11).push_back(0); }, "BAD_MESSAGE", 10);
    sh(
        "EmsTwice", [](ServerHello &h) { h.exts.Add(23, {}); }, "DUPLICATE_EXTENSION", 47);
    sh(
        "BytesBehind", [](ServerHello &h) { h.tail = { 0 }; }, "BAD_MESSAGE", 10);
    t->Add("Hello_CcsBefore", Before(false, SERVER_HELLO, { { CCS, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("Hello_CcsBehind", After(false, SERVER_HELLO, { { CCS, { 1 }, Piece::PLAIN } }), "BAD_MESSAGE",
           10);
}

void AddServerFlight(Table *t)
{
    t->Add("Cert_Dropped", Instead(false, CERTIFICATE, {}), "BAD_MESSAGE", 10);
    t->Add("Cert_EmptyList", OnBody(false, CERTIFICATE, [](Bytes) { return Num(3, 0); }), "BAD_MESSAGE", 10);
    t->Add("Cert_BytesBehind", OnBody(false, CERTIFICATE, [](Bytes b) { return b + Bytes{ 0 }; }),
           "BAD_MESSAGE", 10);
    t->Add("Cert_Garbage", OnBody(false, CERTIFICATE, [](Bytes) { return Vec(3, Vec(3, Fill(50, 2))); }),
           "DECODE_CERTIFICATE", 42);
    t->Add("Cert_EmptyCertificate", OnBody(false, CERTIFICATE, [](Bytes) { return Vec(3, Num(3, 0)); }),
           "BAD_MESSAGE", 10);
    t->Add("Cert_OfOtherKeyType",
           OnBody(false, CERTIFICATE,
                  [](Bytes) {
                      const Pki &pki = PkiFor(KeyKind::Rsa2048);
                      return Vec(3, Vec(3, pki.leaf.der) + Vec(3, pki.intermediate.der));
                  }),
           "CERT_UNTRUSTED", 46);
    auto ske = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Key_") + name, OnBody(false, SERVER_KEY, f), error, alert);
    };
    ske(
        "ExplicitCurve",
        [](Bytes b) {
            b[0] = 1;
            return b;
        },
        "ECDHE_UNSUPPORTED_CURVE", 47);
    ske(
        "UnknownCurve",
        [](Bytes b) {
            b[1] = 0x55;
            return b;
        },
        "ECDHE_UNSUPPORTED_CURVE", 47);
    ske(
        "EmptyPoint",
        [](Bytes b) {
            b[3] = 0;
            return b;
        },
        "BAD_MESSAGE", 10);
    ske(
        "SignatureFlipped", [](Bytes b) { return Flipped(b); }, "VERIFY_SIGNATURE", 51);
    ske(
        "PointFlipped",
        [](Bytes b) {
            b[20] ^= 1;
            return b;
        },
        "VERIFY_SIGNATURE", 51);
    ske(
        "CurveSwapped",
        [](Bytes b) {
            b[2] = b[2] == 23 ? 24 : 23;
            return b;
        },
        "VERIFY_SIGNATURE", 51);
    ske(
        "SignatureCutShort",
        [](Bytes b) {
            b.pop_back();
            return b;
        },
        "BAD_MESSAGE", 10);
    ske(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    ske(
        "Empty", [](Bytes) { return Bytes{}; }, "BAD_MESSAGE", 10);
    ske(
        "SchemeOfOtherKey",
        [](Bytes b) {
            size_t at = 4u + b[3];
            b[at] = 4;
            b[at + 1] = 1;
            return b;
        },
        "INVALID_SIGNATURE_SCHEME", 47);
    ske(
        "SchemeUnknown",
        [](Bytes b) {
            size_t at = 4u + b[3];
            b[at] = 9;
            b[at + 1] = 9;
            return b;
        },
        "INVALID_SIGNATURE_SCHEME", 47);
    t->Add("Key_SignedPointOffTheCurve", Resigned([](Bytes p) { return Flipped(p); }), "ECDHE_SHARED_SECRET",
           47);
    t->Add("Key_SignedCompressedPoint", Resigned([](Bytes p) {
               p.resize(4 + 33);
               p[3] = 33;
               p[4] = 2;
               return p;
           }),
           "ECDHE_SHARED_SECRET", 47);
    t->Add("Key_SignedPointAtInfinity",
           Resigned([](Bytes p) { return Bytes(p.begin(), p.begin() + 3) + Vec(1, { 0 }); }),
           "ECDHE_SHARED_SECRET", 47);
    t->Add("Key_SignedPointTooLong", Resigned([](Bytes p) {
               p[3]++;
               return p + Bytes{ 0 };
           }),
           "ECDHE_SHARED_SECRET", 47);
    t->Add("Key_Dropped", Instead(false, SERVER_KEY, {}), "BAD_MESSAGE", 10);
    t->Add("Key_Twice",
           On(false, SERVER_KEY,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes }, { 22, m.bytes } };
              }),
           "BAD_MESSAGE", 10);
    t->Add("Done_WithBody", OnBody(false, HELLO_DONE, [](Bytes) { return Bytes{ 0 }; }), "BAD_MESSAGE", 10);
    t->Add("Done_CcsInstead", Instead(false, HELLO_DONE, { { CCS, { 1 }, Piece::PLAIN } }), "BAD_MESSAGE",
           10);
    t->Add("Done_FinishedInstead", Instead(false, HELLO_DONE, { { HANDSHAKE, Handshake(20, Fill(12)) } }),
           "BAD_MESSAGE", 10);
    t->Add("Request_Empty", Before(false, HELLO_DONE, { { HANDSHAKE, Handshake(13, {}) } }), "BAD_MESSAGE",
           10);
    t->Add("Request_NoTypes",
           Before(false, HELLO_DONE,
                  { { HANDSHAKE, Handshake(13, Bytes{ 0 } + Vec(2, U16(0x0403)) + U16(0)) } }),
           "BAD_MESSAGE", 10);
    t->Add("Request_EmptyName",
           Before(false, HELLO_DONE,
                  { { HANDSHAKE, Handshake(13, Bytes{ 1, 64 } + Vec(2, U16(0x0403)) + Vec(2, U16(0))) } }),
           "BAD_MESSAGE", 10);
    t->Add(
        "Request_Twice",
        Before(false, HELLO_DONE,
               Pieces(2, Piece{ HANDSHAKE, Handshake(13, Bytes{ 1, 64 } + Vec(2, U16(0x0403)) + U16(0)) })),
        "BAD_MESSAGE", 10);
    t->Add("Fin_AppDataBefore", Before(false, FINISHED, { { APPDATA, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("Fin_AlertInTheClear", Before(false, FINISHED, { Wire(ALERT, { 1, 0 }) }), "SAFETY", 80);
}

/* Both directions end the same way. */
void AddEnd(Table *t, bool by_client)
{
    auto is_ccs = [by_client](const Message &m) { return m.content == CCS && m.from_client == by_client; };
    t->Add("Fin_Flipped", OnBody(by_client, FINISHED, [](Bytes b) { return Flipped(b); }), "BAD_MESSAGE", 10);
    t->Add("Fin_TooShort",
           OnBody(by_client, FINISHED,
                  [](Bytes b) {
                      b.pop_back();
                      return b;
                  }),
           "BAD_MESSAGE", 10);
    t->Add("Fin_TooLong", OnBody(by_client, FINISHED, [](Bytes b) { return b + Bytes{ 0 }; }), "BAD_MESSAGE",
           10);
    t->Add("Fin_Forged", Instead(by_client, FINISHED, { Wire(HANDSHAKE, Fill(40, 4)) }), "DECRYPT", 20);
    t->Add("Fin_InTheClear",
           On(by_client, FINISHED,
              [](const Message &m) -> Pieces {
                  return { { 22, m.bytes, Piece::PLAIN } };
              }),
           "SAFETY", 80);
    t->Add(
        "Ccs_Dropped",
        [=]() -> Rewrite { return [=](const Message &m) { return is_ccs(m) ? Pieces{} : Same(m); }; },
        "BAD_MESSAGE", 10);
    t->Add(
        "Ccs_Twice",
        [=]() -> Rewrite {
            return [=](const Message &m) {
                return is_ccs(m) ? Pieces{ { CCS, { 1 } }, { CCS, { 1 } } } : Same(m);
            };
        },
        "BAD_MESSAGE", 10);
    t->Add(
        "Ccs_WrongContent",
        [=]() -> Rewrite {
            return [=](const Message &m) { return is_ccs(m) ? Pieces{ { CCS, { 2 } } } : Same(m); };
        },
        "BAD_MESSAGE", 10);
    t->Add(
        "Ccs_TooLong",
        [=]() -> Rewrite {
            return [=](const Message &m) { return is_ccs(m) ? Pieces{ { CCS, { 1, 1 } } } : Same(m); };
        },
        "BAD_MESSAGE", 10);
    for (int type : { 0xCC, 0xFF, 0x01, +FINISHED }) { /* also types that no message has */
        t->Add(
            "Ccs_MessageInstead" + std::to_string(type),
            [=]() -> Rewrite {
                return [=](const Message &m) {
                    return is_ccs(m) ? Pieces{ { HANDSHAKE, Handshake(static_cast<uint8_t>(type), {}) } }
                                     : Same(m);
                };
            },
            "BAD_MESSAGE", 10);
    }
    t->Add(
        "Ccs_InsideAMessage",
        [=]() -> Rewrite {
            return [=](const Message &m) {
                return is_ccs(m) ? Pieces{ { HANDSHAKE, { 20, 0 } }, { CCS, { 1 } } } : Same(m);
            };
        },
        "BAD_MESSAGE", 10);
}

void AddClientFlight(Table *t)
{
    auto cke = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Key_") + name, OnBody(true, CLIENT_KEY, f), error, alert);
    };
    cke(
        "PointOffTheCurve", [](Bytes b) { return Flipped(b); }, "ECDHE_SHARED_SECRET", 47);
    cke(
        "CompressedPoint",
        [](Bytes b) {
            b.resize(34);
            b[0] = 33;
            b[1] = 2;
            return b;
        },
        "ECDHE_SHARED_SECRET", 47);
    cke(
        "PointAtInfinity", [](Bytes) { return Vec(1, { 0 }); }, "ECDHE_SHARED_SECRET", 47);
    cke(
        "PointEmpty", [](Bytes) { return Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    cke(
        "Empty", [](Bytes) { return Bytes{}; }, "BAD_MESSAGE", 10);
    cke(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    t->Add("Key_Dropped", Instead(true, CLIENT_KEY, {}), "BAD_MESSAGE", 10);
    t->Add("Key_CcsInstead", Instead(true, CLIENT_KEY, { { CCS, { 1 }, Piece::PLAIN } }), "BAD_MESSAGE", 10);
    t->Add("Key_AppDataBefore", Before(true, CLIENT_KEY, { { APPDATA, { 1 } } }), "DECRYPT", 20);
    t->Add("Fin_AppDataBefore", Before(true, FINISHED, { { APPDATA, { 1 } } }), "BAD_MESSAGE", 10);
    t->Add("HelloAgain", Before(true, CLIENT_KEY, { { HANDSHAKE, Handshake(1, Fill(50)) } }), "BAD_MESSAGE",
           10);
}

void AddMutual(Table *t)
{
    t->Add("Cert_EmptyList", OnBody(true, CERTIFICATE, [](Bytes) { return Num(3, 0); }),
           "MISSING_CLIENT_CERT", 116);
    t->Add("Cert_Dropped", Instead(true, CERTIFICATE, {}), "BAD_MESSAGE", 10);
    t->Add("Cert_Tls13Form", OnBody(true, CERTIFICATE, [](Bytes b) { return Bytes{ 0 } + b; }), "BAD_MESSAGE",
           10);
    t->Add("Verify_Dropped", Instead(true, CERT_VERIFY, {}), "BAD_MESSAGE", 10);
    t->Add("Verify_Flipped", OnBody(true, CERT_VERIFY, [](Bytes b) { return Flipped(b); }),
           "VERIFY_SIGNATURE", 51);
    t->Add("Verify_OtherKey",
           OnBody(true, CERT_VERIFY, [](Bytes b) { return U16(0x0401) + Bytes(b.begin() + 2, b.end()); }),
           "INVALID_SIGNATURE_SCHEME", 47);
    t->Add("Verify_OtherHash",
           OnBody(true, CERT_VERIFY, [](Bytes b) { return U16(0x0503) + Bytes(b.begin() + 2, b.end()); }),
           "VERIFY_SIGNATURE", 51);
    t->Add("Verify_BytesBehind", OnBody(true, CERT_VERIFY, [](Bytes b) { return b + Bytes{ 0 }; }),
           "BAD_MESSAGE", 10);
}

/* Whatever stands in the encrypted premaster secret: the server goes on, and Finished tells (RFC 5246 7.4.7.1). The one
 * in the middle seals with the server's keys, so that Finished can be opened at all. */
void AddRsa(Table *t)
{
    auto cke = [t](const char *name, std::function<Bytes(Bytes)> f, const char *error, int alert) {
        t->Add(std::string("Rsa_") + name, OnBody(true, CLIENT_KEY, f), error, alert);
    };
    cke(
        "Garbage", [](Bytes) { return Vec(2, Fill(256, 0x55)); }, "BAD_MESSAGE", 10);
    cke(
        "Flipped", [](Bytes b) { return Flipped(b, 100); }, "BAD_MESSAGE", 10);
    cke(
        "Zeros", [](Bytes) { return Vec(2, Fill(256)); }, "BAD_MESSAGE", 10);
    cke(
        "AboveTheModulus", [](Bytes) { return Vec(2, Fill(256, 0xFF)); }, "BAD_MESSAGE", 10);
    cke(
        "Empty", [](Bytes) { return U16(0); }, "BAD_MESSAGE", 10);
    cke(
        "BytesBehind", [](Bytes b) { return b + Bytes{ 0 }; }, "BAD_MESSAGE", 10);
    cke(
        "WithoutLength", [](Bytes b) { return Bytes(b.begin() + 2, b.end()); }, "BAD_MESSAGE", 10);
}

std::vector<Row> ClientRows()
{
    Table t{ {}, Tls12, kClient };
    AddServerHello(&t);
    AddServerFlight(&t);
    AddEnd(&t, false);
    t.scene = [] { return WithAlpn(Tls12()); };
    t.Add("Alpn_TwoNames", OnServerHello([](ServerHello &h) {
              h.exts.At(16) = Vec(2, Vec(1, { 'h', '2' }) + Vec(1, { 'h', '2' }));
          }),
          "BAD_MESSAGE", 10);
    t.Add("Alpn_NotOffered", OnServerHello([](ServerHello &h) {
              h.exts.At(16) = Vec(2, Vec(1, { 'h', '3' }));
          }),
          "BAD_MESSAGE", 10);
    t.scene = [] {
        PairOptions o = Mutual12();
        o.client.client_auth = S2N_CERT_AUTH_NONE;
        return o;
    };
    t.Add(
        "Request_Unexpected", [] { return Rewrite(Same); }, "UNEXPECTED_CERT_REQUEST", 10);
    t.scene = Mutual12;
    t.Add("Request_Missing", Instead(false, CERT_REQUEST, {}), "MISSING_CERT_REQUEST", 10);
    /* The server could do no better, or someone made it believe that the client could not. */
    t.scene = [] {
        PairOptions o = Tls13P256();
        o.server.policy = "20240501";
        return o;
    };
    for (uint8_t last : { 0, 1 }) {
        t.Add("Downgrade_Marker" + std::to_string(last), OnServerHello([last](ServerHello &h) {
                  Bytes tail = Bytes{ 'D', 'O', 'W', 'N', 'G', 'R', 'D', last };
                  std::copy(tail.begin(), tail.end(), h.random.end() - 8);
              }),
              "PROTOCOL_DOWNGRADE_DETECTED", 47);
    }
    t.Add("Downgrade_CcsBeforeTheHello", Before(false, SERVER_HELLO, { { CCS, { 1 } } }), "BAD_MESSAGE", 10);
    t.scene = Tls13P256;
    t.Add("Downgrade_VersionsStripped", OnClientHello([](ClientHello &h) { h.exts.Drop(43); }),
          "PROTOCOL_DOWNGRADE_DETECTED", 47);
    return t.rows;
}

std::vector<Row> ServerRows()
{
    Table t{ {}, Tls12, kServer };
    AddClientFlight(&t);
    AddEnd(&t, true);
    t.scene = Mutual12;
    AddMutual(&t);
    t.scene = Tls12Kex;
    AddRsa(&t);
    return t.rows;
}

class OnClient12 : public Attack
{
};
TEST_P(OnClient12, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(ServerFlight, OnClient12, testing::ValuesIn(ClientRows()), NameOf);

class OnServer12 : public Attack
{
};
TEST_P(OnServer12, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(ClientFlight, OnServer12, testing::ValuesIn(ServerRows()), NameOf);

} // namespace
} // namespace wire
