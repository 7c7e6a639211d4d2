/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data before there is any: limits, what a key may say about it, and the arguments of the calls that send,
 * receive and decide. Its way through handshakes is tested in self/.
 */
#include "api_test.h"

using namespace s2n_test;

namespace
{

class EarlyDataTest : public ApiTest
{
  protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        psk = s2n_external_psk_new();
        ASSERT_NE(psk, nullptr);
        const uint8_t bytes[] = "identity, secret";
        EXPECT_OK(s2n_psk_set_identity(psk, bytes, sizeof(bytes)));
        EXPECT_OK(s2n_psk_set_secret(psk, bytes, sizeof(bytes)));
    }

    void TearDown() override
    {
        EXPECT_OK(s2n_psk_free(&psk));
        ApiTest::TearDown();
    }

    static uint32_t Max(s2n_connection *conn)
    {
        uint32_t out = 12345;
        EXPECT_OK(s2n_connection_get_max_early_data_size(conn, &out));
        return out;
    }

    static uint32_t Remaining(s2n_connection *conn)
    {
        uint32_t out = 12345;
        EXPECT_OK(s2n_connection_get_remaining_early_data_size(conn, &out));
        return out;
    }

    static s2n_early_data_status_t Status(s2n_connection *conn)
    {
        s2n_early_data_status_t out = S2N_EARLY_DATA_STATUS_END;
        EXPECT_OK(s2n_connection_get_early_data_status(conn, &out));
        return out;
    }

    s2n_psk *psk = nullptr;
    uint8_t data[4] = { 1, 2, 3, 4 };
    ssize_t count = 77;
    s2n_blocked_status blocked = S2N_BLOCKED_ON_WRITE;
};

} // namespace

/* ---- keys ---- */

TEST_F(EarlyDataTest, SuiteFitsTheKey)
{
    EXPECT_ERROR("CIPHER_NOT_SUPPORTED", s2n_psk_configure_early_data(psk, 5, 0x55, 0x55));
    EXPECT_ERROR("CIPHER_NOT_SUPPORTED", s2n_psk_configure_early_data(psk, 0, 0x55, 0x55));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_configure_early_data(psk, 5, 0x13, 0x02));
    EXPECT_OK(s2n_psk_configure_early_data(psk, 5, 0x13, 0x01));
    EXPECT_OK(
        s2n_psk_configure_early_data(psk, 5, 0xC0, 0x2F)); /* never usable, as it is older than TLS 1.3 */
    EXPECT_OK(s2n_psk_configure_early_data(psk, UINT32_MAX, 0x13, 0x03));
    EXPECT_OK(s2n_psk_set_hmac(psk, S2N_PSK_HMAC_SHA384));
    EXPECT_OK(s2n_psk_configure_early_data(psk, 5, 0x13, 0x02));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_configure_early_data(psk, 5, 0x13, 0x01));
}

TEST_F(EarlyDataTest, ProtocolAndContextMayBeEmpty)
{
    std::vector<uint8_t> longest(65535, 'c');
    EXPECT_OK(s2n_psk_set_application_protocol(psk, longest.data(), 255));
    EXPECT_OK(s2n_psk_set_application_protocol(psk, longest.data(), 0));
    EXPECT_OK(s2n_psk_set_application_protocol(psk, nullptr, 0));
    EXPECT_OK(s2n_psk_set_early_data_context(psk, longest.data(), 65535));
    EXPECT_OK(s2n_psk_set_early_data_context(psk, longest.data(), 0));
    EXPECT_OK(s2n_psk_set_early_data_context(psk, nullptr, 0));
    for (s2n_connection *conn : { client, server }) {
        EXPECT_OK(s2n_connection_set_server_early_data_context(conn, longest.data(), 65535));
        EXPECT_OK(s2n_connection_set_server_early_data_context(conn, nullptr, 0));
    }
}

/* ---- limits ---- */

TEST_F(EarlyDataTest, NoneByDefault)
{
    for (s2n_connection *conn : { client, server }) {
        EXPECT_EQ(Max(conn), 0u);
        EXPECT_EQ(Remaining(conn), 0u);
        EXPECT_EQ(Status(conn), S2N_EARLY_DATA_STATUS_OK);
    }
}

TEST_F(EarlyDataTest, ServerHasItsOwnLimit)
{
    EXPECT_OK(s2n_config_set_server_max_early_data_size(config, 100));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_set_config(server, config));
    EXPECT_EQ(Max(client), 0u);
    EXPECT_EQ(Max(server), 100u);
    EXPECT_EQ(Remaining(server), 100u);
    EXPECT_OK(s2n_connection_set_server_max_early_data_size(server, 7));
    EXPECT_EQ(Max(server), 7u);
    EXPECT_OK(s2n_connection_set_server_max_early_data_size(server, 0));
    EXPECT_EQ(Max(server), 0u);
    EXPECT_OK(s2n_connection_wipe(server));
    EXPECT_EQ(Max(server), 100u);
    EXPECT_OK(s2n_config_set_server_max_early_data_size(config, UINT32_MAX));
    EXPECT_EQ(Remaining(server), UINT32_MAX);
}

TEST_F(EarlyDataTest, LimitComesWithTheFirstKey)
{
    EXPECT_OK(s2n_psk_configure_early_data(psk, 50, 0x13, 0x01));
    EXPECT_OK(s2n_connection_append_psk(client, psk));
    EXPECT_EQ(Max(client), 50u);
    EXPECT_EQ(Remaining(client), 50u);
    EXPECT_OK(s2n_psk_set_identity(psk, data, sizeof(data)));
    EXPECT_OK(s2n_psk_configure_early_data(psk, 70, 0x13, 0x01));
    EXPECT_OK(s2n_connection_append_psk(client, psk));
    EXPECT_EQ(Max(client), 50u);
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_EQ(Max(client), 0u);
}

/* ---- sending and receiving ---- */

TEST_F(EarlyDataTest, SendingIsForClients)
{
    EXPECT_ERROR("SERVER_MODE", s2n_send_early_data(server, data, sizeof(data), &count, &blocked));
    EXPECT_EQ(count, 0);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(EarlyDataTest, ReceivingIsForServers)
{
    EXPECT_ERROR("CLIENT_MODE", s2n_recv_early_data(client, data, sizeof(data), &count, &blocked));
    EXPECT_EQ(count, 0);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(EarlyDataTest, LengthsAreNotNegative)
{
    EXPECT_ERROR("SAFETY", s2n_send_early_data(client, data, -1, &count, &blocked));
    EXPECT_EQ(count, 77);
    EXPECT_ERROR("SAFETY", s2n_recv_early_data(server, data, -1, &count, &blocked));
    EXPECT_EQ(count, 0);
}

/* ---- the callback ---- */

namespace
{

struct Judge {
    int calls = 0;
    bool accept = true;

    static int Decide(s2n_connection *conn, s2n_offered_early_data *offered)
    {
        Judge *judge = static_cast<Judge *>(s2n_connection_get_ctx(conn));
        uint8_t context[8] = { 0 };
        uint16_t n = 0, identity = 0;
        EXPECT_ERROR("NULL", s2n_offered_early_data_get_context_length(offered, nullptr));
        EXPECT_OK(s2n_offered_early_data_get_context_length(offered, &n));
        EXPECT_EQ(n, 3);
        EXPECT_ERROR("NULL", s2n_offered_early_data_get_context(offered, nullptr, 3));
        EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_offered_early_data_get_context(offered, context, 2));
        EXPECT_EQ(context[0], 0);
        EXPECT_OK(s2n_offered_early_data_get_context(offered, context, sizeof(context)));
        EXPECT_STREQ(reinterpret_cast<char *>(context), "ctx");
        EXPECT_OK(s2n_connection_get_negotiated_psk_identity_length(conn, &identity));
        EXPECT_EQ(identity, 17);
        judge->calls++;
        for (int repeated = 0; repeated < 2; repeated++) {
            EXPECT_OK(judge->accept ? s2n_offered_early_data_accept(offered)
                                    : s2n_offered_early_data_reject(offered));
        }
        EXPECT_ERROR("INVALID_EARLY_DATA_STATE", judge->accept ? s2n_offered_early_data_reject(offered)
                                                               : s2n_offered_early_data_accept(offered));
        return 0;
    }
};

} // namespace

TEST_F(EarlyDataTest, DecisionIsFinalAndCountsAtOnce)
{
    EXPECT_OK(s2n_psk_configure_early_data(psk, 50, 0x13, 0x01));
    EXPECT_OK(s2n_psk_set_early_data_context(psk, reinterpret_cast<const uint8_t *>("ctx"), 3));
    for (bool accept : { true, false }) {
        Judge judge;
        judge.accept = accept;
        PairOptions options;
        options.client.policy = options.server.policy = "default_tls13";
        options.client.conn_hook = [this](s2n_connection *c) {
            EXPECT_OK(s2n_connection_append_psk(c, psk));
        };
        options.server.conn_hook = [this, &judge](s2n_connection *c) {
            EXPECT_OK(s2n_connection_append_psk(c, psk));
            EXPECT_OK(s2n_connection_set_ctx(c, &judge));
        };
        options.server.config_hook = [](s2n_config *c) {
            EXPECT_OK(s2n_config_set_early_data_cb(c, nullptr));
            EXPECT_OK(s2n_config_set_early_data_cb(c, Judge::Decide));
        };
        Pair pair(options);
        s2n_connection *from = pair.client().conn, *to = pair.server().conn;
        uint8_t got[4] = { 0 };
        EXPECT_ERROR("IO_BLOCKED", s2n_send_early_data(from, data, sizeof(data), &count, &blocked));
        EXPECT_EQ(count, 4);
        EXPECT_EQ(Remaining(from), 46u);
        pair.Move();
        int result = s2n_recv_early_data(to, got, sizeof(got), &count, &blocked);
        EXPECT_EQ(result, accept ? S2N_FAILURE : S2N_SUCCESS);
        EXPECT_EQ(count, accept ? 4 : 0);
        EXPECT_EQ(judge.calls, 1);
        EXPECT_EQ(Status(to), accept ? S2N_EARLY_DATA_STATUS_OK : S2N_EARLY_DATA_STATUS_REJECTED);
        EXPECT_EQ(Remaining(to), accept ? 46u : 0u);
        EXPECT_EQ(std::memcmp(got, data, 4) == 0, accept);
    }
}
