/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External PSKs between our client and our server: order of preference, both hashes, the suite that goes with them,
 * retries, the selection callback, modes, and every way not to agree. Public API only.
 */
#include "self/psk.h"

using namespace s2n_test;

namespace
{

const Psk kAlpha{ "alpha", std::string(32, 'a') };
const Psk kBeta{ "beta", std::string(32, 'b') };
const Psk kGamma384{ "gamma", std::string(48, 'c'), S2N_PSK_HMAC_SHA384 };

class ExternalPsk : public testing::Test
{
  protected:
    /* Both ends agreed on this PSK and used no certificate. */
    static void ExpectPsk(Pair &pair, const Psk &psk, const std::string &type = kShort13)
    {
        EXPECT_EQ(type, TypeOf(pair));
        EXPECT_TRUE(psk.identity == IdentityOf(pair.client().conn)) << psk.identity.substr(0, 9);
        EXPECT_TRUE(psk.identity == IdentityOf(pair.server().conn)) << psk.identity.substr(0, 9);
        EXPECT_FALSE(Resumed(pair)) << "an external PSK is no resumption";
        EXPECT_EQ(nullptr, s2n_connection_get_selected_cert(pair.server().conn));
        for (End *end : { &pair.client(), &pair.server() }) {
            const char *scheme = nullptr;
            EXPECT_EQ(0, s2n_connection_get_signature_scheme(end->conn, &scheme));
            EXPECT_STREQ("none", scheme);
        }
        ExpectTalk(pair);
    }
    /* Both ends went on without a PSK. */
    static void ExpectNone(Pair &pair, const std::string &type = kFull13)
    {
        EXPECT_EQ(type, TypeOf(pair));
        EXPECT_EQ("", IdentityOf(pair.client().conn));
        EXPECT_EQ("", IdentityOf(pair.server().conn));
        ExpectTalk(pair);
    }
    /* The handshake ends with this error of the server. */
    void ExpectServerFails(const std::vector<Psk> &client, const std::vector<Psk> &server,
                           const std::string &error)
    {
        auto pair = scene.MakeWith(client, server);
        Outcome out = pair->Negotiate();
        EXPECT_EQ(error, out.server_name());
        EXPECT_FALSE(out.client_done);
    }
    PskScene scene;
};

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

TEST_F(ExternalPsk, WorksByteByByteAndOverATransportThatBlocks)
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

/* ---- the selection callback ---- */

struct Selection {
    std::function<int(s2n_connection *, s2n_offered_psk_list *)> body;
    int calls = 0;
    std::vector<std::string> seen;

    void Plug(s2n_config *config)
    {
        Must(s2n_config_set_psk_selection_callback(config, Run, this), "set_psk_selection_callback");
        Must(s2n_config_set_psk_mode(config, S2N_PSK_MODE_EXTERNAL), "set_psk_mode");
    }
    static int Run(s2n_connection *conn, void *ctx, s2n_offered_psk_list *list)
    {
        Selection *self = static_cast<Selection *>(ctx);
        self->calls++;
        return self->body(conn, list);
    }
};

struct OfferedFree {
    void operator()(s2n_offered_psk *p) const { s2n_offered_psk_free(&p); }
};
using Offered = std::unique_ptr<s2n_offered_psk, OfferedFree>;

std::string Identity(s2n_offered_psk *psk)
{
    uint8_t *data = nullptr;
    uint16_t size = 0;
    EXPECT_EQ(0, s2n_offered_psk_get_identity(psk, &data, &size));
    return std::string(reinterpret_cast<char *>(data), size);
}

class PskSelection : public ExternalPsk
{
  protected:
    PskSelection()
    {
        scene.server_more = [this](s2n_config *c) { selection.Plug(c); };
        scene.Certificate(true);
    }
    /* Goes through the list and chooses the one with this identity; the result of the choice. */
    int Choose(s2n_offered_psk_list *list, const std::string &identity)
    {
        Offered offered(s2n_offered_psk_new());
        while (s2n_offered_psk_list_has_next(list)) {
            EXPECT_EQ(0, s2n_offered_psk_list_next(list, offered.get()));
            selection.seen.push_back(Identity(offered.get()));
            if (selection.seen.back() == identity) {
                return s2n_offered_psk_list_choose_psk(list, offered.get());
            }
        }
        return -2;
    }
    Selection selection;
};

TEST_F(PskSelection, ChoosesAgainstTheServersOrder)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) { return Choose(list, "beta"); };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta, kGamma384 }, { kAlpha, kBeta }), kBeta);
    EXPECT_EQ((std::vector<std::string>{ "alpha", "beta" }), selection.seen);
    EXPECT_EQ(1, selection.calls);
}

TEST_F(PskSelection, WalksTheListAsOftenAsItLikes)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) {
        Offered offered(s2n_offered_psk_new());
        uint8_t *data = nullptr;
        uint16_t size = 0;
        EXPECT_EQ(-1, s2n_offered_psk_get_identity(offered.get(), &data, &size));
        EXPECT_EQ("S2N_ERR_NULL", ErrName(s2n_errno));
        EXPECT_EQ(-1, s2n_offered_psk_list_choose_psk(list, offered.get()));
        EXPECT_EQ("S2N_ERR_INVALID_ARGUMENT", ErrName(s2n_errno));
        EXPECT_EQ(-2, Choose(list, "nobody"));
        EXPECT_FALSE(s2n_offered_psk_list_has_next(list));
        EXPECT_EQ(-1, s2n_offered_psk_list_next(list, offered.get()));
        EXPECT_EQ("S2N_ERR_STUFFER_OUT_OF_DATA", ErrName(s2n_errno));
        EXPECT_EQ(0, s2n_offered_psk_list_reread(list));
        EXPECT_TRUE(s2n_offered_psk_list_has_next(list));
        return Choose(list, "alpha");
    };
    ExpectPsk(*scene.ConnectWith({ kBeta, kAlpha }, { kBeta, kAlpha }), kAlpha);
}

TEST_F(PskSelection, KeepsTheLastChoiceThatSucceeded)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) {
        EXPECT_EQ(0, Choose(list, "alpha"));
        EXPECT_EQ(0, Choose(list, "beta"));
        EXPECT_EQ(-1, Choose(list, "unknown"));
        EXPECT_EQ("S2N_ERR_NULL", ErrName(s2n_errno));
        return 0;
    };
    Psk unknown{ "unknown", "u" };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta, unknown }, { kAlpha, kBeta }), kBeta);
}

TEST_F(PskSelection, MayAppendThePskThatItChooses)
{
    selection.body = [this](s2n_connection *conn, s2n_offered_psk_list *list) {
        EXPECT_EQ("", Append(conn, kBeta));
        return Choose(list, "beta");
    };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta }, {}), kBeta);
}

TEST_F(PskSelection, MayChooseNone)
{
    for (int way = 0; way < 3; way++) {
        selection.body = [this, way](s2n_connection *, s2n_offered_psk_list *list) {
            if (way > 0) {
                EXPECT_EQ(0, Choose(list, "alpha"));
            }
            if (way == 1) {
                EXPECT_EQ(0, s2n_offered_psk_list_choose_psk(list, nullptr));
            }
            return way == 2 ? -1 : 0;
        };
        scene.Certificate(true);
        ExpectNone(*scene.ConnectWith({ kAlpha }, { kAlpha }));
        scene.Certificate(false);
        ExpectServerFails({ kAlpha }, { kAlpha }, "S2N_ERR_NO_VALID_SIGNATURE_SCHEME");
    }
}

TEST_F(PskSelection, IsNotAskedAboutNothing)
{
    selection.body = [](s2n_connection *, s2n_offered_psk_list *) { return 0; };
    ExpectNone(*scene.ConnectWith({}, { kAlpha }));
    EXPECT_EQ(0, selection.calls);
}

TEST_F(PskSelection, DoesNotExcuseABadBinder)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) { return Choose(list, "alpha"); };
    ExpectServerFails({ { "alpha", "another" } }, { kAlpha }, "S2N_ERR_BAD_MESSAGE");
}

/* With tickets the list holds these, and choosing one opens it. */
TEST_F(PskSelection, ChoosesATicket)
{
    Scene tickets(kTls13);
    std::string session = tickets.FirstSession(), problem;
    tickets.server_more = [this](s2n_config *c) {
        selection.Plug(c);
        Must(s2n_config_set_psk_mode(c, S2N_PSK_MODE_RESUMPTION), "set_psk_mode");
    };
    selection.body = [&](s2n_connection *, s2n_offered_psk_list *list) {
        Offered offered(s2n_offered_psk_new());
        EXPECT_EQ(0, s2n_offered_psk_list_next(list, offered.get()));
        EXPECT_EQ(TicketOf(session), Identity(offered.get()));
        int result = s2n_offered_psk_list_choose_psk(list, offered.get());
        problem = result == 0 ? "" : ErrName(s2n_errno);
        return result;
    };
    auto pair = tickets.Connect(session);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(TicketOf(session), IdentityOf(pair->server().conn));
    tickets.session_life = 10;
    tickets.After(20);
    EXPECT_FALSE(Resumed(*tickets.Connect(session)));
    EXPECT_EQ("S2N_ERR_INVALID_SESSION_TICKET", problem);
    tickets.keys[0].name = "key2";
    EXPECT_FALSE(Resumed(*tickets.Connect(session)));
    EXPECT_EQ("S2N_ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND", problem);
}

} // namespace
