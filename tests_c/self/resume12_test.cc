/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless resumption as only TLS 1.2 and below have it: tied to the suite, the extended master secret and what the
 * client remembers. Our client against our server, public API only.
 */
#include "self/resume.h"

using namespace s2n_test;

namespace
{

TEST(Resume12, IsNotForClientsThatMustShowACertificate)
{
    Scene scene(kTls12);
    std::string session = scene.FirstSession();
    scene.options.server.client_auth_set = true;
    scene.options.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    auto pair = scene.Connect(session);
    EXPECT_EQ("NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|TLS12_PERFECT_FORWARD_SECRECY",
              TypeOf(*pair));
    EXPECT_EQ(0, TicketsSent(pair->server().conn));
}

TEST(Resume12, NeedsTheSuiteThatWouldBeChosen)
{
    Scene scene(kTls12);
    std::string session = scene.FirstSession(); /* ECDHE-RSA-AES128-GCM-SHA256 */
    scene.options.server.policy = "CloudFront-Upstream";
    auto other = scene.Connect(session);
    EXPECT_EQ(kFull12Ticket, TypeOf(*other));
    EXPECT_EQ("ECDHE-RSA-AES256-GCM-SHA384", CipherOf(*other));
    scene.options.server.policy = "20240501";
    EXPECT_TRUE(Resumed(*scene.Connect(session)));
}

/* What the client remembers of the session must agree with what the server resumes. */
TEST(Resume12, FailsWhenTheClientRemembersSomethingElse)
{
    Scene scene(kTls12);
    const std::string session = scene.FirstSession();
    const size_t state = 3 + 138;
    struct {
        std::string session;
        const char *client, *server;
    } rows[] = {
        { Changed(session, state + 1, 32), "S2N_ERR_BAD_MESSAGE", "" },
        { Changed(session, state + 1, 34), "S2N_ERR_BAD_MESSAGE", "" },
        { Changed(session, state + 1, 99), "S2N_ERR_BAD_MESSAGE", "" },
        { Changed(session, state + 1, 0), "S2N_ERR_BAD_MESSAGE", "" },
        { Changed(session, state + 3, 0x30), "S2N_ERR_BAD_MESSAGE", "" },
        { Flipped(session, state + 12), "S2N_ERR_DECRYPT", "" },
        { Changed(session, state + 60, 0), "", "S2N_ERR_MISSING_EXTENSION" },
        { session.substr(0, session.size() - 1), "", "S2N_ERR_MISSING_EXTENSION" },
    };
    for (const auto &row : rows) {
        auto pair = scene.Make(row.session);
        Outcome out = pair->Negotiate();
        if (*row.client != '\0') {
            EXPECT_EQ(row.client, out.client_name());
        } else {
            EXPECT_EQ(row.server, out.server_name());
            EXPECT_EQ("S2N_ERR_ALERT", out.client_name());
            EXPECT_EQ(109, s2n_connection_get_alert(pair->client().conn)) << "missing_extension";
        }
        EXPECT_FALSE(out.ok());
    }
}

} // namespace
