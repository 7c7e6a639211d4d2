/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong requests for what goes along with a certificate, and wrong answers: nobody asked, or not in this form. */
#include "support/status.h"
#include "wire/row.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;
enum {
    CERT_STATUS = 22,
    EXT_STATUS = 5,
    EXT_SCT = 18,
    EXT_AUTHORITIES = 47
};

const Bytes &Good()
{
    static const Bytes der =
        OcspResponse(OcspSpec(), PkiFor(KeyKind::P256).leaf, PkiFor(KeyKind::P256).intermediate);
    return der;
}

void Staple(s2n_config *config)
{
    static s2n_cert_chain_and_key *chain = [] {
        const Pki &pki = PkiFor(KeyKind::P256);
        s2n_cert_chain_and_key *c = s2n_cert_chain_and_key_new();
        Must(s2n_cert_chain_and_key_load_pem(c, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()), "load");
        Must(s2n_cert_chain_and_key_set_ocsp_data(c, Good().data(), static_cast<uint32_t>(Good().size())),
             "ocsp");
        return c;
    }();
    Must(s2n_config_add_cert_chain_and_key_to_store(config, chain), "add_to_store");
}

void Ask(s2n_config *config)
{
    Must(s2n_config_set_status_request_type(config, S2N_STATUS_REQUEST_OCSP), "status_request");
}

/* A client that asks and a server that has something to send. */
PairOptions Stapled(PairOptions o)
{
    o.client.config_hook = Ask;
    o.server.config_hook = Staple;
    o.server.chain_pem.clear();
    return o;
}
PairOptions Stapled13()
{
    return Stapled(Tls13());
}
PairOptions Stapled12()
{
    return Stapled(Tls12());
}
PairOptions Unasked12()
{
    PairOptions o = Stapled(Tls12());
    o.client.config_hook = nullptr;
    return o;
}
/* A client that asks and a server that has nothing. */
PairOptions Bare12()
{
    PairOptions o = Tls12();
    o.client.config_hook = Ask;
    return o;
}
PairOptions Mutual13Asked()
{
    PairOptions o = Mutual13();
    o.server.config_hook = Ask;
    return o;
}

Bytes Status(const Bytes &response, uint8_t type = 1)
{
    return Bytes{ type } + Vec(3, response);
}

/* The extensions of the leaf's entry are others. */
std::function<Rewrite()> OnLeaf(bool from_client, std::function<void(Exts &)> f)
{
    return OnBody(from_client, CERTIFICATE, [f](Bytes body) {
        Reader r(body);
        Bytes context = r.Vec(1);
        Reader list(r.Vec(3));
        Bytes der = list.Vec(3);
        Exts e = Exts::Parse(list.Vec(2));
        f(e);
        Bytes rest = list.Take(list.Left());
        return Vec(1, context) + Vec(3, Vec(3, der) + Vec(2, e.Build()) + rest);
    });
}

std::function<Rewrite()> OnStatus(Bytes body)
{
    return OnBody(false, CERT_STATUS, [body](Bytes) { return body; });
}

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    auto add = [&](const char *name, std::function<PairOptions()> scene, bool victim,
                   std::function<Rewrite()> rewrite, const char *error, int alert) {
        rows.push_back({ name, scene, victim, rewrite, std::string("S2N_ERR_") + error, alert });
    };
    auto hello = [&](const char *name, uint16_t id, Bytes body) {
        for (bool is13 : { true, false }) {
            rows.push_back({ std::string("Asks_") + name + (is13 ? "13" : "12"), is13 ? Stapled13 : Stapled12,
                             kServer, OnClientHello([=](ClientHello &h) { h.exts.Set(id, body); }),
                             "S2N_ERR_BAD_MESSAGE", 10 });
        }
    };
    hello("WithNothing", EXT_STATUS, {});
    hello("WithTheTypeOnly", EXT_STATUS, { 1 });
    hello("WithoutExtensions", EXT_STATUS, { 1, 0, 0 });
    hello("ForMoreThanThereIs", EXT_STATUS, { 1, 0, 9, 0, 0 });
    hello("WithMoreBehind", EXT_STATUS, { 1, 0, 0, 0, 0, 0 });
    hello("ForTimestampsWithContent", EXT_SCT, { 0 });

    auto leaf = [&](const char *name, Bytes body) {
        add(name, Stapled13, kClient, OnLeaf(false, [=](Exts &e) { e.At(EXT_STATUS) = body; }), "BAD_MESSAGE",
            10);
    };
    leaf("Leaf_StatusEmpty", {});
    leaf("Leaf_StatusOfUnknownType", Status(Good(), 2));
    leaf("Leaf_StatusWithoutResponse", Status({}));
    leaf("Leaf_StatusBytesBehind", Status(Good()) + Bytes{ 0 });
    leaf("Leaf_StatusLengthTooLong", { 1, 0, 0, 9, 1 });
    add("Leaf_StatusTwice", Stapled13, kClient,
        OnLeaf(false, [](Exts &e) { e.Add(EXT_STATUS, e.At(EXT_STATUS)); }), "DUPLICATE_EXTENSION", 47);
    add("Leaf_TimestampsNotAsked", Stapled13, kClient, OnLeaf(false, [](Exts &e) { e.Add(EXT_SCT, { 0 }); }),
        "UNSUPPORTED_EXTENSION", 110);
    add("Leaf_ResponseReplaced", Stapled13, kClient,
        OnLeaf(false, [](Exts &e) { e.At(EXT_STATUS) = Status(Fill(20, 7)); }), "INVALID_OCSP_RESPONSE", 113);
    add("Ee_Status", Stapled13, kClient, OnEncrypted([](Exts &e) { e.Add(EXT_STATUS, {}); }),
        "UNSUPPORTED_EXTENSION", 110);
    add("ClientLeaf_StatusNotAsked", Mutual13, kServer,
        OnLeaf(true, [](Exts &e) { e.Add(EXT_STATUS, Status(Good())); }), "UNSUPPORTED_EXTENSION", 110);
    add("ClientLeaf_StatusEmpty", Mutual13Asked, kServer,
        OnLeaf(true, [](Exts &e) { e.Add(EXT_STATUS, {}); }), "BAD_MESSAGE", 10);
    add("ClientLeaf_TimestampsNotAsked", Mutual13Asked, kServer,
        OnLeaf(true, [](Exts &e) { e.Add(EXT_SCT, {}); }), "UNSUPPORTED_EXTENSION", 110);
    add("Request_StatusWithContent", Mutual13Asked, kClient,
        OnBody(false, CERT_REQUEST,
               [](Bytes body) {
                   Reader r(body);
                   Bytes context = r.Vec(1);
                   Exts e = Exts::Parse(r.Vec(2));
                   e.At(EXT_STATUS) = { 1, 0, 0, 0, 0 };
                   return Vec(1, context) + Vec(2, e.Build());
               }),
        "BAD_MESSAGE", 10);

    add("Hello12_StatusNotAsked", Unasked12, kClient,
        OnServerHello([](ServerHello &h) { h.exts.Add(EXT_STATUS, {}); }), "UNSUPPORTED_EXTENSION", 110);
    add("Hello12_StatusWithContent", Stapled12, kClient,
        OnServerHello([](ServerHello &h) { h.exts.At(EXT_STATUS) = Status(Good()); }), "BAD_MESSAGE", 10);
    add("Hello12_TimestampsNotAsked", Stapled12, kClient,
        OnServerHello([](ServerHello &h) { h.exts.Add(EXT_SCT, { 1 }); }), "UNSUPPORTED_EXTENSION", 110);
    add("Status12_NotAnnounced", Bare12, kClient,
        After(false, CERTIFICATE, { { HANDSHAKE, Handshake(CERT_STATUS, Status(Good())) } }), "BAD_MESSAGE",
        10);
    add("Status12_BeforeTheCertificate", Stapled12, kClient,
        Before(false, CERTIFICATE, { { HANDSHAKE, Handshake(CERT_STATUS, Status(Good())) } }), "BAD_MESSAGE",
        10);
    add("Status12_Twice", Stapled12, kClient,
        After(false, CERT_STATUS, { { HANDSHAKE, Handshake(CERT_STATUS, Status(Good())) } }), "BAD_MESSAGE",
        10);
    add("Status12_AfterTheKey", Stapled12, kClient,
        After(false, SERVER_KEY, { { HANDSHAKE, Handshake(CERT_STATUS, Status(Good())) } }), "BAD_MESSAGE",
        10);
    add("Status12_Empty", Stapled12, kClient, OnStatus({}), "BAD_MESSAGE", 10);
    add("Status12_OfUnknownType", Stapled12, kClient, OnStatus(Status(Good(), 0)), "BAD_MESSAGE", 10);
    add("Status12_WithoutResponse", Stapled12, kClient, OnStatus(Status({})), "BAD_MESSAGE", 10);
    add("Status12_BytesBehind", Stapled12, kClient, OnStatus(Status(Good()) + Bytes{ 0 }), "BAD_MESSAGE", 10);
    add("Status12_LengthTooLong", Stapled12, kClient, OnStatus({ 1, 0, 9, 9, 1 }), "BAD_MESSAGE", 10);
    add("Status12_Garbage", Stapled12, kClient, OnStatus(Status(Fill(9, 3))), "INVALID_OCSP_RESPONSE", 113);
    add("Status12_OtherTypeInstead", Stapled12, kClient,
        Instead(false, CERT_STATUS, { { HANDSHAKE, Handshake(CERTIFICATE, Fill(8)) } }), "BAD_MESSAGE", 10);
    add("Status12_FromTheClient", Stapled12, kServer,
        Before(true, CLIENT_KEY, { { HANDSHAKE, Handshake(CERT_STATUS, Status(Good())) } }), "BAD_MESSAGE",
        10);
    auto names13 = [&](const char *name, Bytes list) {
        add(name, Mutual13, kClient,
            OnBody(false, CERT_REQUEST,
                   [=](Bytes body) {
                       Reader r(body);
                       Bytes context = r.Vec(1);
                       Exts e = Exts::Parse(r.Vec(2));
                       e.Add(EXT_AUTHORITIES, list);
                       return Vec(1, context) + Vec(2, e.Build());
                   }),
            "BAD_MESSAGE", 10);
    };
    names13("Authorities13_Nothing", {});
    names13("Authorities13_EmptyName", Vec(2, U16(0)));
    names13("Authorities13_NameTooLong", Vec(2, { 0, 9, 1 }));
    names13("Authorities13_BytesBehind", Vec(2, Vec(2, { 1 })) + Bytes{ 0 });
    auto names12 = [&](const char *name, Bytes list) {
        add(name, Mutual12, kClient,
            OnBody(false, CERT_REQUEST,
                   [=](Bytes body) { return Bytes(body.begin(), body.end() - 2) + list; }),
            "BAD_MESSAGE", 10);
    };
    names12("Authorities12_Nothing", {});
    names12("Authorities12_EmptyName", Vec(2, U16(0)));
    names12("Authorities12_NameTooLong", Vec(2, { 0, 9, 1 }));
    names12("Authorities12_BytesBehind", Vec(2, Vec(2, { 1 })) + Bytes{ 0 });
    return rows;
}

using BadStaple = Attack;
TEST_P(BadStaple, IsRefused)
{
    Expect();
}
INSTANTIATE_TEST_SUITE_P(Certificates, BadStaple, testing::ValuesIn(Rows()), NameOf);

/* ---- what is in order ---- */

/* A server that announced a status and sends none: the client goes on, up to the Finished that cannot be right here. */
TEST(StatusLeftOut, DoesNotStopTheClient)
{
    struct {
        PairOptions options;
        const char *type;
    } rows[] = {
        { Stapled12(), "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY" },
        { Stapled(Mutual12()), "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|TLS12_PERFECT_FORWARD_SECRECY" },
    };
    for (auto &row : rows) {
        Mitm mitm(row.options, Instead(false, CERT_STATUS, {})());
        mitm.Run();
        EXPECT_EQ("", ErrName(mitm.end(kClient).error));
        EXPECT_STREQ(row.type, s2n_connection_get_handshake_type_name(mitm.end(kClient).conn));
        EXPECT_STREQ("SERVER_CHANGE_CIPHER_SPEC",
                     s2n_connection_get_last_message_name(mitm.end(kClient).conn));
        EXPECT_EQ(0, s2n_connection_is_ocsp_stapled(mitm.end(kClient).conn));
    }
}

/* With RSA key exchange a certificate request may be what comes instead. */
TEST(StatusLeftOut, MakesRoomForACertificateRequest)
{
    PairOptions o = Tls12Kex();
    Mutual(&o, KeyKind::Rsa2048);
    o.client.client_auth = S2N_CERT_AUTH_OPTIONAL;
    o.client.config_hook = Ask;
    Rewrite announce = OnServerHello([](ServerHello &h) { h.exts.Add(EXT_STATUS, {}); })();
    Mitm mitm(o, announce);
    mitm.Run();
    EXPECT_EQ("", ErrName(mitm.end(kClient).error));
    EXPECT_STREQ("NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH",
                 s2n_connection_get_handshake_type_name(mitm.end(kClient).conn));
}

/* Kinds of status that nobody knows are not answered, and what other entries bring is not the leaf's. */
TEST(StatusOfOtherKinds, IsNotAnswered)
{
    for (const PairOptions &o : { Stapled13(), Stapled12() }) {
        Rewrite ask = OnClientHello([](ClientHello &h) { h.exts.At(EXT_STATUS) = { 9, 1, 2, 3 }; })();
        bool stapled = false;
        Mitm mitm(o, [&](const Message &m) {
            stapled |= !m.from_client && m.type == CERT_STATUS;
            return ask(m);
        });
        mitm.Run();
        EXPECT_FALSE(stapled);
        EXPECT_EQ(0, s2n_connection_is_ocsp_stapled(mitm.end(kServer).conn));
    }
}

TEST(StatusOfOtherEntries, IsNotTheLeafs)
{
    Rewrite rewrite = OnBody(false, CERTIFICATE, [](Bytes body) {
        Reader r(body);
        Bytes context = r.Vec(1);
        Reader list(r.Vec(3));
        Bytes leaf = list.Vec(3);
        (void) list.Vec(2);
        Bytes issuer = list.Vec(3);
        Exts e;
        e.Add(EXT_STATUS, Status(Fill(12, 9)));
        return Vec(1, context) + Vec(3, Vec(3, leaf) + U16(0) + Vec(3, issuer) + Vec(2, e.Build()));
    })();
    Mitm mitm(Stapled13(), rewrite);
    mitm.Run();
    uint32_t n = 1;
    EXPECT_EQ(nullptr, s2n_connection_get_ocsp_response(mitm.end(kClient).conn, &n));
    EXPECT_EQ("S2N_ERR_VERIFY_SIGNATURE", ErrName(mitm.end(kClient).error)) << "as the transcripts differ";
}

} // namespace
} // namespace wire
