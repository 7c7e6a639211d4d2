/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External PSKs between our client and our server: order of preference, both hashes, the suite that goes with them,
 * retries, modes, and every way not to agree. psk_select_test.cc has the selection callback. Public API only.
 */
#include "self/psk.h"

using namespace s2n_test;

namespace
{

TEST_F(ExternalPsk, ReplacesTheCertificate)
{
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    ExpectPsk(*pair, kAlpha);
    EXPECT_EQ("TLS_AES_128_GCM_SHA256", CipherOf(*pair)) << "the first suite of the list with the PSK's hash";
    const char *group = nullptr;
    EXPECT_EQ(0, s2n_connection_get_key_exchange_group(pair->client().conn, &group));
    EXPECT_STREQ("x25519", group) << "with a fresh key exchange";
    EXPECT_TRUE(pair->Shutdown().ok());
}

TEST_F(ExternalPsk, IsPreferredToACertificate)
{
    scene.Certificate(true);
    ExpectPsk(*scene.ConnectWith({ kAlpha }, { kAlpha }), kAlpha);
}

TEST_F(ExternalPsk, BringsItsHashToTheSuite)
{
    scene.options.client.policy = scene.options.server.policy = "default_tls13"; /* prefers SHA-256 */
    auto sha384 = scene.ConnectWith({ kGamma384 }, { kGamma384 });
    ExpectPsk(*sha384, kGamma384);
    EXPECT_EQ("TLS_AES_256_GCM_SHA384", CipherOf(*sha384));
    auto sha256 = scene.ConnectWith({ kAlpha }, { kAlpha });
    ExpectPsk(*sha256, kAlpha);
    EXPECT_EQ("TLS_AES_128_GCM_SHA256", CipherOf(*sha256));
}

TEST_F(ExternalPsk, FollowsTheServersOrder)
{
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta }, { kBeta }), kBeta);
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta }, { kBeta, kAlpha }), kBeta);
    ExpectPsk(*scene.ConnectWith({ kAlpha, kGamma384, kBeta }, { kBeta, kAlpha }), kBeta);
    ExpectPsk(*scene.ConnectWith({ kBeta, kAlpha, kGamma384 }, { kGamma384, kAlpha }), kGamma384);
}

TEST_F(ExternalPsk, IsFoundAmongManyAndInLongIdentities)
{
    std::vector<Psk> many;
    for (int i = 0; i < 40; i++) {
        many.push_back({ std::to_string(i) + std::string(1500, 'i'), std::string(32, 's') });
    }
    ExpectPsk(*scene.ConnectWith(many, { many[39] }), many[39]);
    Psk longer{ std::string(64000, 'L'), std::string(65535, 's') };
    ExpectPsk(*scene.ConnectWith({ longer }, { longer }), longer);
    Psk shortest{ "x", "y" };
    ExpectPsk(*scene.ConnectWith({ shortest }, { shortest }), shortest);
}

TEST_F(ExternalPsk, OnlyFitsIntoTheHelloUpToItsLimit)
{
    auto pair = scene.Make();
    int fit = 0;
    while (fit < 60 && Append(pair->client().conn, { std::to_string(fit + 100) + std::string(1497, 'i'),
                                                     std::string(32, 's') }) == "") {
        fit++;
    }
    EXPECT_EQ("S2N_ERR_OFFERED_PSKS_TOO_LONG", ErrName(s2n_errno));
    EXPECT_EQ(42, fit); /* 4 + 42 * (6 + 1500 + 33) = 64642 */
    AppendAll(pair->server().conn, { { "141" + std::string(1497, 'i'), std::string(32, 's') } });
    Scene::Finish(*pair);
    EXPECT_EQ(kShort13, TypeOf(*pair));
    /* Alone it would fit, but not with all the other extensions. */
    auto full = scene.MakeWith({ { std::string(65480, 'L'), "s" } }, {});
    EXPECT_NE("", full->Negotiate().client_name());
    EXPECT_EQ(0u, full->Move());
}

TEST_F(ExternalPsk, GivesWayToACertificateWithoutAMatch)
{
    scene.Certificate(true);
    ExpectNone(*scene.ConnectWith({ kAlpha }, { kBeta }));
    ExpectNone(*scene.ConnectWith({ kAlpha }, {}));
    ExpectNone(*scene.ConnectWith({}, { kBeta }));
    Psk prefix{ "alph", kAlpha.secret }, longer{ "alphabet", kAlpha.secret };
    ExpectNone(*scene.ConnectWith({ kAlpha }, { prefix, longer }));
}

TEST_F(ExternalPsk, FailsWithoutAMatchOrACertificate)
{
    ExpectServerFails({ kAlpha }, { kBeta }, "S2N_ERR_NO_VALID_SIGNATURE_SCHEME");
    ExpectServerFails({}, { kBeta }, "S2N_ERR_NO_VALID_SIGNATURE_SCHEME");
}

TEST_F(ExternalPsk, FailsForAnotherSecret)
{
    for (bool certificate : { false, true }) {
        scene.Certificate(certificate);
        ExpectServerFails({ { "alpha", std::string(32, 'x') } }, { kAlpha }, "S2N_ERR_BAD_MESSAGE");
        ExpectServerFails({ { "alpha", std::string(31, 'a') } }, { kAlpha }, "S2N_ERR_BAD_MESSAGE");
    }
}

TEST_F(ExternalPsk, FailsForAnotherHash)
{
    Psk other = kAlpha;
    other.hmac = S2N_PSK_HMAC_SHA384;
    for (bool swap : { false, true }) {
        auto pair = swap ? scene.MakeWith({ other }, { kAlpha }) : scene.MakeWith({ kAlpha }, { other });
        Outcome out = pair->Negotiate();
        EXPECT_NE("", out.server_name());
        EXPECT_FALSE(out.client_done || out.server_done);
    }
}

TEST_F(ExternalPsk, SurvivesARetry)
{
    scene.options.server.policy = "20190802"; /* without the group that the client guesses */
    const std::string retried = "NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT";
    ExpectPsk(*scene.ConnectWith({ kAlpha }, { kAlpha }), kAlpha, retried);
    ExpectPsk(*scene.ConnectWith({ kGamma384 }, { kGamma384 }), kGamma384, retried);
    ExpectPsk(*scene.ConnectWith({ kAlpha, kGamma384 }, { kAlpha }), kAlpha, retried);
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta }, { kBeta }), kBeta, retried);
}

/* After a retry only those with the right hash are offered again, and the server's index counts these. */
TEST_F(ExternalPsk, IsCountedAnewAfterARetry)
{
    scene.options.server.policy = "20190802";
    const std::string retried = "NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT";
    ExpectPsk(*scene.ConnectWith({ kAlpha, kGamma384 }, { kGamma384, kAlpha }), kGamma384, retried);
    ExpectPsk(*scene.ConnectWith({ kGamma384, kAlpha, kBeta }, { kBeta }), kBeta, retried);
}

TEST_F(ExternalPsk, IsOnlyForTls13)
{
    scene.Certificate(true);
    scene.options.server.policy = kTls12;
    ExpectNone(*scene.ConnectWith({ kAlpha }, { kAlpha }), kFull12);
    scene.options.server.policy = kTls13;
    scene.options.client.policy = kTls12;
    ExpectNone(*scene.ConnectWith({ kAlpha }, { kAlpha }), kFull12);
}

TEST_F(ExternalPsk, AsksNobodyForACertificate)
{
    scene.Certificate(true);
    for (s2n_cert_auth_type type : { S2N_CERT_AUTH_OPTIONAL, S2N_CERT_AUTH_REQUIRED }) {
        scene.options.server.client_auth_set = scene.options.client.client_auth_set = true;
        scene.options.server.client_auth = scene.options.client.client_auth = type;
        ExpectPsk(*scene.ConnectWith({ kAlpha }, { kAlpha }), kAlpha);
    }
}

TEST_F(ExternalPsk, AgreesOnAProtocolAsUsual)
{
    scene.options.client.alpn = { "h2", "http/1.1" };
    scene.options.server.alpn = { "http/1.1" };
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    ExpectPsk(*pair, kAlpha);
    ASSERT_NE(nullptr, s2n_get_application_protocol(pair->server().conn));
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(pair->client().conn));
    EXPECT_STREQ("http/1.1", s2n_get_application_protocol(pair->server().conn));
    EXPECT_STREQ("localhost", s2n_get_server_name(pair->server().conn));
}

TEST_F(ExternalPsk, WorksByteByByte)
{
    auto slow = scene.MakeWith({ kAlpha, kBeta }, { kBeta });
    mempipe_set_chunk(slow->client().pipe, 1, 1);
    mempipe_set_chunk(slow->server().pipe, 1, 1);
    Scene::Finish(*slow);
    ExpectPsk(*slow, kBeta);
}

TEST_F(ExternalPsk, IsGoneAfterWipe)
{
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    s2n_connection *c = pair->client().conn;
    Must(s2n_connection_wipe(c), "wipe");
    EXPECT_EQ("", IdentityOf(c));
    EXPECT_EQ("", Append(c, kAlpha)) << "no duplicate any more";
}

TEST_F(ExternalPsk, KeepsItsIdentityForTheApplication)
{
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    uint8_t small[4], exact[5];
    EXPECT_EQ(-1, s2n_connection_get_negotiated_psk_identity(pair->server().conn, small, sizeof(small)));
    EXPECT_EQ("S2N_ERR_INSUFFICIENT_MEM_SIZE", ErrName(s2n_errno));
    EXPECT_EQ(0, s2n_connection_get_negotiated_psk_identity(pair->server().conn, exact, sizeof(exact)));
    Must(s2n_connection_free_handshake(pair->server().conn), "free_handshake");
    EXPECT_NO_THROW((void) IdentityOf(pair->server().conn));
}

TEST_F(ExternalPsk, IsNotMixedWithResumption)
{
    Scene tickets(kTls13);
    std::string session = tickets.FirstSession();
    auto with_psk = scene.MakeWith({ kAlpha }, {});
    EXPECT_EQ("S2N_ERR_PSK_MODE", SetSession(with_psk->client().conn, session));
    auto with_session = scene.Make(session);
    EXPECT_EQ("S2N_ERR_PSK_MODE", Append(with_session->client().conn, kAlpha));
    auto server = scene.MakeWith({}, { kAlpha });
    EXPECT_EQ("S2N_ERR_DUPLICATE_PSK_IDENTITIES", Append(server->server().conn, kAlpha));
    EXPECT_EQ(-1, s2n_connection_set_psk_mode(server->server().conn, S2N_PSK_MODE_RESUMPTION));
    EXPECT_EQ("S2N_ERR_PSK_MODE", ErrName(s2n_errno));
    EXPECT_EQ(0, s2n_connection_set_psk_mode(server->server().conn, S2N_PSK_MODE_EXTERNAL));
}

/* ---- modes ---- */

TEST_F(ExternalPsk, ServerInTheOtherModeDoesNotLook)
{
    Scene tickets(kTls13);
    std::string session = tickets.FirstSession();
    auto external = tickets.Make(session);
    Must(s2n_connection_set_psk_mode(external->server().conn, S2N_PSK_MODE_EXTERNAL), "set_psk_mode");
    Scene::Finish(*external);
    EXPECT_EQ(kFull13, TypeOf(*external)) << "a ticket is no external PSK";
    tickets.server_more = [](s2n_config *c) {
        Must(s2n_config_set_psk_mode(c, S2N_PSK_MODE_EXTERNAL), "config_set_psk_mode");
    };
    EXPECT_EQ(kFull13, TypeOf(*tickets.Connect(session)));
    auto back = tickets.Make(session);
    Must(s2n_connection_set_psk_mode(back->server().conn, S2N_PSK_MODE_RESUMPTION), "set_psk_mode");
    Must(s2n_connection_set_config(back->server().conn, back->server().config), "set_config again");
    Scene::Finish(*back);
    EXPECT_EQ(kShort13, TypeOf(*back)) << "the connection's mode wins and stays";
}

/* ---- tickets ---- */

TEST_F(ExternalPsk, BringsNoTicket)
{
    scene.client_tickets = scene.server_tickets = true;
    scene.keys = { TicketKey() };
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    ExpectPsk(*pair, kAlpha);
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
    EXPECT_EQ("", SessionOf(pair->client().conn));
}

} // namespace
