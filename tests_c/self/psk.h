/* SPDX-License-Identifier: Apache-2.0 */
/* External PSKs for tests: described by value, appended to either end, chosen by a callback. Public API only. */
#ifndef SELF_PSK_H
#define SELF_PSK_H

#include "self/resume.h"

namespace s2n_test
{

struct Psk {
    std::string identity, secret;
    s2n_psk_hmac hmac = S2N_PSK_HMAC_SHA256;
    uint32_t early = 0;      /* most bytes of early data; 0: none configured */
    uint16_t suite = 0x1301; /* of the early data */
    std::string alpn{}, context{};

    Psk With(uint32_t limit, const std::string &protocol = "", uint16_t id = 0x1301) const
    {
        Psk p = *this;
        p.early = limit;
        p.alpn = protocol;
        p.suite = id;
        return p;
    }
};

inline const uint8_t *Data(const std::string &s)
{
    return reinterpret_cast<const uint8_t *>(s.data());
}

struct PskFree {
    void operator()(s2n_psk *p) const { s2n_psk_free(&p); }
};

inline std::unique_ptr<s2n_psk, PskFree> MakePsk(const Psk &from)
{
    std::unique_ptr<s2n_psk, PskFree> psk(s2n_external_psk_new());
    Must(psk == nullptr ? -1 : 0, "external_psk_new");
    Must(s2n_psk_set_identity(psk.get(), Data(from.identity), static_cast<uint16_t>(from.identity.size())),
         "set_identity");
    Must(s2n_psk_set_secret(psk.get(), Data(from.secret), static_cast<uint16_t>(from.secret.size())),
         "set_secret");
    Must(s2n_psk_set_hmac(psk.get(), from.hmac), "set_hmac");
    if (from.early != 0) {
        Must(s2n_psk_configure_early_data(psk.get(), from.early, static_cast<uint8_t>(from.suite >> 8),
                                          static_cast<uint8_t>(from.suite)),
             "configure_early_data");
    }
    Must(s2n_psk_set_application_protocol(psk.get(), Data(from.alpn), static_cast<uint8_t>(from.alpn.size())),
         "set_application_protocol");
    Must(s2n_psk_set_early_data_context(psk.get(), Data(from.context),
                                        static_cast<uint16_t>(from.context.size())),
         "set_early_data_context");
    return psk;
}

/* "" or the error. */
inline std::string Append(s2n_connection *conn, const Psk &from)
{
    return s2n_connection_append_psk(conn, MakePsk(from).get()) == 0 ? "" : ErrName(s2n_errno);
}
inline void AppendAll(s2n_connection *conn, const std::vector<Psk> &psks)
{
    for (const Psk &p : psks) {
        EXPECT_EQ("", Append(conn, p)) << p.identity;
    }
}

/* The identity that this end says was negotiated; "" for none. */
inline std::string IdentityOf(s2n_connection *conn)
{
    uint16_t len = 9999;
    Must(s2n_connection_get_negotiated_psk_identity_length(conn, &len), "identity_length");
    std::string identity(len, '\0');
    Must(s2n_connection_get_negotiated_psk_identity(conn, reinterpret_cast<uint8_t *>(&identity[0]), len),
         "identity");
    return identity;
}

/* Two ends that share nothing but PSKs, unless a certificate is asked for. */
struct PskScene : Scene {
    explicit PskScene(const std::string &policy = kTls13) : Scene(policy)
    {
        server_tickets = client_tickets = false;
        keys.clear();
        Certificate(false);
    }
    void Certificate(bool on)
    {
        const Pki &pki = PkiFor(KeyKind::Rsa2048);
        options.server.chain_pem = on ? pki.chain_pem : "";
        options.server.key_pem = on ? pki.leaf.key_pem : "";
    }
    std::unique_ptr<Pair> MakeWith(const std::vector<Psk> &client, const std::vector<Psk> &server)
    {
        auto pair = Make();
        AppendAll(pair->client().conn, client);
        AppendAll(pair->server().conn, server);
        return pair;
    }
    std::unique_ptr<Pair> ConnectWith(const std::vector<Psk> &client, const std::vector<Psk> &server)
    {
        auto pair = MakeWith(client, server);
        Finish(*pair);
        return pair;
    }
};

inline const Psk kAlpha{ "alpha", std::string(32, 'a') };
inline const Psk kBeta{ "beta", std::string(32, 'b') };
inline const Psk kGamma384{ "gamma", std::string(48, 'c'), S2N_PSK_HMAC_SHA384 };

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
    /* The handshake ends with this error of the server, and the client is told with its alert. */
    void ExpectServerFails(const std::vector<Psk> &client, const std::vector<Psk> &server,
                           const std::string &error)
    {
        auto pair = scene.MakeWith(client, server);
        Outcome out = pair->Negotiate();
        EXPECT_EQ(error, out.server_name());
        EXPECT_EQ("S2N_ERR_ALERT", out.client_name());
        EXPECT_EQ(error == "S2N_ERR_BAD_MESSAGE" ? 10 : 40, s2n_connection_get_alert(pair->client().conn));
    }
    PskScene scene;
};

} // namespace s2n_test

#endif
