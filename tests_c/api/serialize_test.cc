/* SPDX-License-Identifier: Apache-2.0 */
/* Moving an established connection: which calls are refused when, and what the moved connection can and knows. */
#include "api_test.h"

using namespace s2n_test;

namespace
{

using Blob = std::vector<uint8_t>;

void AllowSaving(s2n_config *config)
{
    Must(s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1), "set_serialization_version");
}

PairOptions Movable(const char *policy)
{
    PairOptions options = Served(policy);
    options.client.config_hook = options.server.config_hook = AllowSaving;
    return options;
}

class SerializeTest : public ApiTest
{
  protected:
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    char buf[64] = { 0 };

    static uint32_t Length(s2n_connection *conn)
    {
        uint32_t n = 0;
        EXPECT_OK(s2n_connection_serialization_length(conn, &n));
        return n;
    }

    static Blob Save(s2n_connection *conn)
    {
        Blob blob(Length(conn));
        EXPECT_OK(s2n_connection_serialize(conn, blob.data(), static_cast<uint32_t>(blob.size())));
        return blob;
    }

    static int Restore(s2n_connection *conn, Blob blob)
    {
        return s2n_connection_deserialize(conn, blob.data(), static_cast<uint32_t>(blob.size()));
    }

    /* Puts what an end was into a new connection, which takes its place. */
    static void Move(End *end, s2n_mode mode)
    {
        Blob blob = Save(end->conn);
        EXPECT_OK(s2n_connection_free(end->conn));
        end->conn = s2n_connection_new(mode);
        EXPECT_OK(Restore(end->conn, blob));
        EXPECT_OK(s2n_connection_set_config(end->conn, end->config));
        Plug(end->conn, end->pipe);
    }
};

const char *const kPolicies[] = { "default_tls13", "20190214" };

} // namespace

TEST_F(SerializeTest, NeedsAConfigThatAllowsIt)
{
    uint32_t n = 7;
    uint8_t room[200];
    EXPECT_ERROR("INVALID_STATE", s2n_connection_serialization_length(client, &n));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_serialize(client, room, sizeof(room)));
    EXPECT_EQ(n, 7u);
    AllowSaving(config);
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_EQ(Length(client), 30u);
    EXPECT_ERROR("HANDSHAKE_NOT_COMPLETE", s2n_connection_serialize(client, room, sizeof(room)));
}

TEST_F(SerializeTest, LengthDependsOnTheVersion)
{
    const uint32_t lengths[] = { 126, 142 };
    for (int i = 0; i < 2; i++) {
        Pair pair(Movable(kPolicies[i]));
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(Length(pair.client().conn), lengths[i]);
        EXPECT_EQ(Length(pair.server().conn), lengths[i]);
    }
}

TEST_F(SerializeTest, ShortBufferChangesNothing)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    uint8_t room[126];
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_connection_serialize(pair.client().conn, room, 125));
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "alive"), "alive");
    EXPECT_OK(s2n_connection_serialize(pair.client().conn, room, 126));
}

TEST_F(SerializeTest, LargerBufferIsFilledOnlyAsNeeded)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    uint8_t room[200];
    std::memset(room, 0xEE, sizeof(room));
    EXPECT_OK(s2n_connection_serialize(pair.client().conn, room, sizeof(room)));
    for (size_t i = 126; i < sizeof(room); i++) {
        EXPECT_EQ(room[i], 0xEE) << i;
    }
}

TEST_F(SerializeTest, DataInFlightIsInTheWay)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    uint8_t room[200];
    EXPECT_EQ(s2n_send(pair.client().conn, "abc", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 1, &blocked), 1);
    EXPECT_ERROR("INVALID_STATE", s2n_connection_serialize(pair.server().conn, room, sizeof(room)));
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 2, &blocked), 2);
    EXPECT_OK(s2n_connection_serialize(pair.server().conn, room, sizeof(room)));
    mempipe_out_set_limit(pair.client().pipe, 1);
    EXPECT_ERROR("IO_BLOCKED", s2n_send(pair.client().conn, "abc", 3, &blocked));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_serialize(pair.client().conn, room, sizeof(room)));
}

TEST_F(SerializeTest, BytesReadAheadAreInTheWay)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    uint8_t room[200];
    EXPECT_OK(s2n_connection_set_recv_buffering(pair.server().conn, true));
    EXPECT_EQ(s2n_send(pair.client().conn, "abc", 3, &blocked), 3);
    EXPECT_EQ(s2n_send(pair.client().conn, "def", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 3, &blocked), 3);
    EXPECT_ERROR("INVALID_STATE", s2n_connection_serialize(pair.server().conn, room, sizeof(room)));
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 3, &blocked), 3);
    EXPECT_OK(s2n_connection_serialize(pair.server().conn, room, sizeof(room)));
}

TEST_F(SerializeTest, ClosedConnectionStaysWhereItIs)
{
    uint8_t room[200];
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_shutdown_send(pair.client().conn, &blocked));
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 0);
    EXPECT_ERROR("CLOSED", s2n_connection_serialize(pair.client().conn, room, sizeof(room)));
    EXPECT_ERROR("CLOSED", s2n_connection_serialize(pair.server().conn, room, sizeof(room)));
}

TEST_F(SerializeTest, SourceIsClosedAndSilent)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.client().conn;
    Blob blob = Save(conn);
    EXPECT_EQ(Length(conn), blob.size());
    EXPECT_ERROR("CLOSED", s2n_connection_serialize(conn, blob.data(), static_cast<uint32_t>(blob.size())));
    EXPECT_ERROR("CLOSED", s2n_send(conn, "x", 1, &blocked));
    EXPECT_ERROR("CLOSED", s2n_recv(conn, buf, sizeof(buf), &blocked));
    (void) s2n_shutdown_send(conn, &blocked);
    EXPECT_EQ(mempipe_out_len(pair.client().pipe), 0u);
}

TEST_F(SerializeTest, BlobStartsWithFormatVersionAndSuite)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "x"), "x");
    Blob blob = Save(pair.client().conn);
    const uint8_t head[] = { 0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 0x13, 0x01, 0, 0,    0,
                             0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,    0,    0, 0x1F, 0x97 };
    ASSERT_GE(blob.size(), sizeof(head));
    EXPECT_EQ(Blob(blob.begin(), blob.begin() + sizeof(head)), Blob(head, head + sizeof(head)));
}

TEST_F(SerializeTest, MovedConnectionGoesOn)
{
    for (const char *policy : kPolicies) {
        Pair pair(Movable(policy));
        ASSERT_TRUE(pair.Negotiate().ok());
        for (int round = 0; round < 3; round++) {
            EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "ping"), "ping");
            Move(&pair.client(), S2N_CLIENT);
            EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "ping"), "ping");
            Move(&pair.server(), S2N_SERVER);
            EXPECT_OK(s2n_negotiate(pair.server().conn, &blocked));
            EXPECT_EQ(pair.Carry(pair.server(), pair.client(), "pong"), "pong");
        }
        EXPECT_TRUE(pair.Shutdown().ok()) << policy;
    }
}

TEST_F(SerializeTest, MovedConnectionUpdatesItsKeys)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    Move(&pair.client(), S2N_CLIENT);
    EXPECT_OK(s2n_connection_request_key_update(pair.client().conn, S2N_KEY_UPDATE_NOT_REQUESTED));
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "new key"), "new key");
    Move(&pair.server(), S2N_SERVER);
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "same key"), "same key");
}

TEST_F(SerializeTest, MovedConnectionSavesToTheSameBytes)
{
    for (const char *policy : kPolicies) {
        Pair pair(Movable(policy));
        ASSERT_TRUE(pair.Negotiate().ok());
        Blob blob = Save(pair.client().conn);
        AllowSaving(config);
        s2n_connection *moved = s2n_connection_new(S2N_CLIENT);
        EXPECT_OK(Restore(moved, blob));
        EXPECT_OK(s2n_connection_set_config(moved, config));
        EXPECT_EQ(Save(moved), blob);
        EXPECT_OK(s2n_connection_free(moved));
    }
}

TEST_F(SerializeTest, MovedConnectionKnowsLittleOfItsPast)
{
    PairOptions options = Movable("20190214");
    options.client.alpn = options.server.alpn = { "h2" };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(Restore(client, Save(pair.client().conn)));
    const char *name = nullptr;
    uint8_t secret[48];
    EXPECT_EQ(s2n_connection_get_actual_protocol_version(client), S2N_TLS12);
    EXPECT_STREQ(s2n_connection_get_cipher(client), s2n_connection_get_cipher(pair.server().conn));
    EXPECT_EQ(s2n_connection_get_client_protocol_version(client), S2N_TLS13);
    EXPECT_EQ(s2n_connection_get_server_protocol_version(client), S2N_UNKNOWN_PROTOCOL_VERSION);
    EXPECT_EQ(s2n_connection_get_client_hello_version(client), 0);
    EXPECT_STREQ(s2n_connection_get_handshake_type_name(client), "INITIAL");
    EXPECT_STREQ(s2n_connection_get_last_message_name(client), "CLIENT_HELLO");
    EXPECT_EQ(s2n_get_application_protocol(client), nullptr);
    EXPECT_EQ(s2n_get_server_name(client), nullptr);
    EXPECT_STREQ(s2n_connection_get_curve(client), "NONE");
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_key_exchange_group(client, &name));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_signature_scheme(client, &name));
    EXPECT_ERROR("CERT_NOT_VALIDATED", s2n_connection_get_peer_cert_chain(client, NewChain()));
    EXPECT_ERROR("HANDSHAKE_NOT_COMPLETE", s2n_connection_get_master_secret(client, secret, sizeof(secret)));
    EXPECT_EQ(s2n_connection_get_session_id_length(client), 0);
    EXPECT_EQ(s2n_connection_get_wire_bytes_in(client), 0u);
}

TEST_F(SerializeTest, Tls13SecretGetterNamesTheVersion)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(Restore(client, Save(pair.client().conn)));
    uint8_t secret[48];
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_master_secret(client, secret, sizeof(secret)));
}

/* ---- blobs that are none ---- */

TEST_F(SerializeTest, EveryTruncationIsRefused)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    Blob blob = Save(pair.client().conn);
    for (uint32_t n = 0; n < blob.size(); n++) {
        EXPECT_ERROR("INVALID_SERIALIZED_CONNECTION", s2n_connection_deserialize(client, blob.data(), n));
    }
    EXPECT_STREQ(s2n_connection_get_cipher(client), "TLS_NULL_WITH_NULL_NULL");
    EXPECT_EQ(s2n_connection_get_actual_protocol_version(client), S2N_TLS13);
    EXPECT_OK(Restore(client, blob));
}

TEST_F(SerializeTest, WrongHeadersAreRefused)
{
    Pair pair(Movable("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    const Blob good = Save(pair.client().conn);
    const struct {
        size_t at;
        uint8_t value;
    } rows[] = { { 0, 1 }, { 7, 0 },     { 7, 2 },  { 8, 2 }, { 9, 5 },
                 { 9, 3 }, { 10, 0xFF }, { 11, 0 }, { 11, 2 } };
    for (const auto &row : rows) {
        Blob bad = good;
        bad[row.at] = row.value;
        EXPECT_ERROR("INVALID_SERIALIZED_CONNECTION", Restore(client, bad));
    }
    Blob longer = good;
    longer.push_back(0);
    EXPECT_ERROR("INVALID_SERIALIZED_CONNECTION", Restore(client, longer));
    EXPECT_OK(Restore(client, good));
}
