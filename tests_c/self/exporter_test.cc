/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exported keying material (RFC 8446 7.5): both ends make the same, another implementation too; what tells one use from
 * another; when there is none.
 */
#include <gtest/gtest.h>

#include "openssl_peer.h"
#include "support/identities.h"

using namespace s2n_test;

namespace
{

using Octets = std::vector<uint8_t>;

struct Exported {
    std::string error;
    Octets bytes;
};

Exported Export(s2n_connection *conn, const std::string &label, const std::string &context, size_t n)
{
    Octets out(n + 1, 0xEE);
    s2n_errno = 0;
    int r = s2n_connection_tls_exporter(
        conn, reinterpret_cast<const uint8_t *>(label.data()), static_cast<uint32_t>(label.size()),
        reinterpret_cast<const uint8_t *>(context.data()), static_cast<uint32_t>(context.size()), out.data(),
        static_cast<uint32_t>(n));
    EXPECT_EQ(0xEE, out[n]);
    out.resize(n);
    return { r == 0 ? "" : s2n_strerror_name(s2n_errno), out };
}

std::string Refusal(s2n_connection *conn, size_t label = 5, size_t n = 32)
{
    return Export(conn, std::string(label, 'l'), "", n).error;
}

class Exporter : public testing::Test
{
  protected:
    static PairOptions Scene(const std::string &policy = "default_tls13")
    {
        PairOptions o = ServedBy(policy == "20240501" ? KeyKind::Rsa2048 : KeyKind::P256, policy);
        o.server.config_hook = o.client.config_hook = [](s2n_config *config) {
            Must(s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1), "serialization");
        };
        return o;
    }
};

TEST_F(Exporter, IsTheSameAtBothEnds)
{
    for (const char *policy : { "default_tls13", "20190801" }) { /* SHA-256, SHA-384 */
        Pair pair(Scene(policy));
        ASSERT_TRUE(pair.Negotiate().ok());
        for (size_t n : { 1, 31, 32, 33, 64, 1000, 255 * 32 }) {
            Exported ours = Export(pair.client().conn, "label", "context", n);
            Exported theirs = Export(pair.server().conn, "label", "context", n);
            EXPECT_EQ("", ours.error);
            EXPECT_EQ(ours.bytes, theirs.bytes);
            EXPECT_NE(Octets(n, 0xEE), ours.bytes);
        }
    }
}

TEST_F(Exporter, TellsUsesApart)
{
    Pair pair(Scene()), other(Scene());
    ASSERT_TRUE(pair.Negotiate().ok());
    ASSERT_TRUE(other.Negotiate().ok());
    s2n_connection *conn = pair.client().conn;
    const Octets base = Export(conn, "label", "context", 32).bytes;
    EXPECT_EQ(base, Export(conn, "label", "context", 32).bytes);
    EXPECT_NE(base, Export(conn, "labem", "context", 32).bytes);
    EXPECT_NE(base, Export(conn, std::string("lab\0l", 5), "context", 32).bytes);
    EXPECT_NE(base, Export(conn, "label", "contexu", 32).bytes);
    EXPECT_NE(base, Export(conn, "label", "", 32).bytes);
    EXPECT_NE(base, Export(other.client().conn, "label", "context", 32).bytes);
    EXPECT_NE(Export(conn, std::string("a\0b", 3), "", 32).bytes,
              Export(conn, std::string("a\0c", 3), "", 32).bytes);
    EXPECT_EQ("", Export(conn, "", "", 32).error);
}

TEST_F(Exporter, AgreesWithOpenSsl)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    for (bool server : { false, true }) {
        OpenSslEnd theirs(!server);
        if (server) {
            theirs.Trust(pki, SSL_VERIFY_PEER);
        } else {
            theirs.Show(pki);
        }
        theirs.Start();
        PairOptions o = ServedBy(KeyKind::P256, "default_tls13");
        OurEnd ours(server, server ? o.server : o.client);
        ASSERT_TRUE(Shake(*ours, theirs)) << theirs.error;
        const std::string label("EXPORTER\0test", 13);
        for (const std::string &context : { std::string(), std::string(3000, 'c') }) {
            Octets out(77);
            ASSERT_EQ(1, SSL_export_keying_material(
                             theirs.ssl(), out.data(), out.size(), label.data(), label.size(),
                             reinterpret_cast<const uint8_t *>(context.data()), context.size(), 1));
            EXPECT_EQ(out, Export(ours->conn, label, context, out.size()).bytes);
        }
    }
}

TEST_F(Exporter, StaysWhileTheConnectionDoes)
{
    Pair pair(Scene());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.server().conn;
    const Octets before = Export(conn, "label", "", 32).bytes;
    ASSERT_EQ(0, s2n_connection_request_key_update(conn, S2N_KEY_UPDATE_NOT_REQUESTED));
    EXPECT_EQ("data", pair.Carry(pair.server(), pair.client(), "data"));
    ASSERT_EQ(0, s2n_connection_free_handshake(conn));
    EXPECT_EQ(before, Export(conn, "label", "", 32).bytes);
    EXPECT_TRUE(pair.Shutdown().ok());
    EXPECT_EQ(before, Export(conn, "label", "", 32).bytes);
    ASSERT_EQ(0, s2n_connection_wipe(conn));
    EXPECT_EQ("S2N_ERR_INVALID_STATE", Refusal(conn));
}

TEST_F(Exporter, HasItsLimits)
{
    Pair pair(Scene());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.client().conn;
    EXPECT_EQ("", Refusal(conn, 249));
    EXPECT_EQ("S2N_ERR_SAFETY", Refusal(conn, 250));
    EXPECT_EQ("S2N_ERR_HKDF_OUTPUT_SIZE", Refusal(conn, 5, 0));
    EXPECT_EQ("", Refusal(conn, 5, 8160));
    EXPECT_EQ("S2N_ERR_HKDF_OUTPUT_SIZE", Refusal(conn, 5, 8161));
}

TEST_F(Exporter, NeedsAHandshakeOfItsOwn)
{
    Pair pair(Scene());
    EXPECT_EQ("S2N_ERR_HANDSHAKE_NOT_COMPLETE", Refusal(pair.client().conn));
    EXPECT_EQ("S2N_ERR_INVALID_STATE", Refusal(pair.server().conn)); /* no version yet */
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.server().conn;
    uint32_t n = 0;
    ASSERT_EQ(0, s2n_connection_serialization_length(conn, &n));
    Octets blob(n);
    ASSERT_EQ(0, s2n_connection_serialize(conn, blob.data(), n));
    EXPECT_EQ("S2N_ERR_HANDSHAKE_NOT_COMPLETE", Refusal(conn));
    s2n_connection *second = s2n_connection_new(S2N_SERVER);
    ASSERT_EQ(0, s2n_connection_set_config(second, pair.server().config));
    ASSERT_EQ(0, s2n_connection_deserialize(second, blob.data(), n));
    EXPECT_EQ("S2N_ERR_HANDSHAKE_NOT_COMPLETE", Refusal(second));
    s2n_connection_free(second);
}

TEST_F(Exporter, IsOfTls13)
{
    Pair pair(Scene("20240501"));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ("S2N_ERR_INVALID_STATE", Refusal(pair.client().conn));
    EXPECT_EQ("S2N_ERR_INVALID_STATE", Refusal(pair.server().conn));
}

} // namespace
