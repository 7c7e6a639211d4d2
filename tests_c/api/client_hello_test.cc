/* SPDX-License-Identifier: Apache-2.0 */
/* What a server shows of the ClientHello it received: copies, their bounds, and how long it lasts. */
#include "api_test.h"

using namespace s2n_test;

namespace
{

using Bytes = std::vector<uint8_t>;

class ClientHelloTest : public ApiTest
{
};

} // namespace

TEST_F(ClientHelloTest, ServerShowsTheClientHello)
{
    EXPECT_EQ(s2n_connection_get_client_hello(server), nullptr);
    Pair pair(Served("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_connection_get_client_hello(pair.client().conn), nullptr);
    s2n_client_hello *hello = s2n_connection_get_client_hello(pair.server().conn);
    ASSERT_NE(hello, nullptr);
    ssize_t n = s2n_client_hello_get_raw_message_length(hello);
    ASSERT_GT(n, 70);
    Bytes raw(static_cast<size_t>(n) + 1, 0xEE), random(33, 0xEE), id(33, 0xEE);
    EXPECT_EQ(s2n_client_hello_get_raw_message(hello, raw.data(), UINT32_MAX), n);
    EXPECT_EQ(raw[0], 3);
    EXPECT_EQ(raw[1], 3);
    EXPECT_EQ(Bytes(raw.begin() + 2, raw.begin() + 34), Bytes(32, 0));
    EXPECT_EQ(raw[34], 32); /* a session id for middleboxes */
    EXPECT_EQ(raw.back(), 0xEE);

    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_client_hello_get_random(hello, random.data(), 31));
    EXPECT_EQ(random[0], 0xEE);
    EXPECT_OK(s2n_client_hello_get_random(hello, random.data(), 33));
    EXPECT_NE(Bytes(random.begin(), random.begin() + 32), Bytes(32, 0));
    EXPECT_EQ(random[32], 0xEE);

    uint32_t length = 0;
    EXPECT_OK(s2n_client_hello_get_session_id_length(hello, &length));
    EXPECT_EQ(length, 32u);
    EXPECT_OK(s2n_client_hello_get_session_id(hello, id.data(), &length, 33));
    EXPECT_EQ(length, 32u);
    EXPECT_EQ(Bytes(id.begin(), id.begin() + 32), Bytes(raw.begin() + 35, raw.begin() + 67));
    EXPECT_OK(s2n_client_hello_get_session_id(hello, id.data(), &length, 5));
    EXPECT_EQ(length, 5u);
}

TEST_F(ClientHelloTest, ClientHelloIsCopiedAsFarAsItFits)
{
    Pair pair(Served("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_client_hello *hello = s2n_connection_get_client_hello(pair.server().conn);
    ASSERT_NE(hello, nullptr);
    for (uint32_t cap : { 0u, 1u, 2u, 3u, 33u, 34u, 35u }) {
        Bytes raw(36, 0xEE);
        EXPECT_EQ(s2n_client_hello_get_raw_message(hello, raw.data(), cap), cap);
        for (size_t i = 2; i < 34 && i < cap; i++) {
            EXPECT_EQ(raw[i], 0) << cap;
        }
        EXPECT_EQ(Bytes(raw.begin() + cap, raw.end()), Bytes(36 - cap, 0xEE)) << cap;
    }
}

TEST_F(ClientHelloTest, OnlyTheRandomOutlivesTheHandshakesMemory)
{
    Pair pair(Served("default_tls13"));
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_client_hello *hello = s2n_connection_get_client_hello(pair.server().conn);
    ASSERT_NE(hello, nullptr);
    Bytes before(32), after(32);
    uint32_t length = 7;
    EXPECT_OK(s2n_client_hello_get_random(hello, before.data(), 32));
    EXPECT_OK(s2n_connection_free_handshake(pair.server().conn));
    EXPECT_EQ(s2n_connection_get_client_hello(pair.server().conn), hello);
    EXPECT_EQ(s2n_client_hello_get_raw_message_length(hello), 0);
    EXPECT_EQ(s2n_client_hello_get_raw_message(hello, after.data(), 32), 0);
    EXPECT_OK(s2n_client_hello_get_session_id_length(hello, &length));
    EXPECT_EQ(length, 0u);
    EXPECT_OK(s2n_client_hello_get_random(hello, after.data(), 32));
    EXPECT_EQ(before, after);
    EXPECT_OK(s2n_connection_wipe(pair.server().conn));
    EXPECT_EQ(s2n_connection_get_client_hello(pair.server().conn), nullptr);
}
