/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pre-shared keys as objects and as a connection's list, and the list that the selection callback sees: what the calls
 * accept and refuse. Handshakes with keys are tested in self/.
 */
#include "api_test.h"

using namespace s2n_test;

namespace
{

using Bytes = std::vector<uint8_t>;

Bytes Of(const std::string &text)
{
    return Bytes(text.begin(), text.end());
}

/* A key of the test's own. */
struct Key {
    s2n_psk *psk = s2n_external_psk_new();
    Key() = default;
    Key(const Bytes &identity, const Bytes &secret)
    {
        EXPECT_OK(s2n_psk_set_identity(psk, identity.data(), static_cast<uint16_t>(identity.size())));
        EXPECT_OK(s2n_psk_set_secret(psk, secret.data(), static_cast<uint16_t>(secret.size())));
    }
    explicit Key(const std::string &identity) : Key(Of(identity), Of("a secret of 32 bytes, or about so")) {}
    ~Key() { EXPECT_OK(s2n_psk_free(&psk)); }
    Key(const Key &) = delete;
    Key &operator=(const Key &) = delete;
};

class PskTest : public ApiTest
{
  protected:
    static std::string Negotiated(s2n_connection *conn)
    {
        uint16_t n = 7;
        EXPECT_OK(s2n_connection_get_negotiated_psk_identity_length(conn, &n));
        std::string out(n + 1u, '!');
        EXPECT_OK(
            s2n_connection_get_negotiated_psk_identity(conn, Octets(out), static_cast<uint16_t>(n + 1)));
        EXPECT_EQ(out.back(), '!');
        out.pop_back();
        return out;
    }
};

} // namespace

/* ---- keys ---- */

TEST_F(PskTest, FreeIsForAnyState)
{
    s2n_psk *none = nullptr;
    s2n_offered_psk *no_holder = nullptr;
    EXPECT_OK(s2n_psk_free(nullptr));
    EXPECT_OK(s2n_psk_free(&none));
    EXPECT_OK(s2n_offered_psk_free(nullptr));
    EXPECT_OK(s2n_offered_psk_free(&no_holder));
    s2n_psk *psk = s2n_external_psk_new();
    s2n_offered_psk *holder = s2n_offered_psk_new();
    ASSERT_NE(psk, nullptr);
    ASSERT_NE(holder, nullptr);
    EXPECT_OK(s2n_psk_free(&psk));
    EXPECT_OK(s2n_offered_psk_free(&holder));
    EXPECT_EQ(psk, nullptr);
    EXPECT_EQ(holder, nullptr);
}

TEST_F(PskTest, IdentityAndSecretHaveBytes)
{
    Key key;
    Bytes zeros(32), longest(65535, 'x');
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_set_identity(key.psk, zeros.data(), 0));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_set_secret(key.psk, longest.data(), 0));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_set_secret(key.psk, zeros.data(), 32));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_psk_set_secret(key.psk, zeros.data(), 1));
    zeros[31] = 1;
    EXPECT_OK(s2n_psk_set_secret(key.psk, zeros.data(), 32));
    EXPECT_OK(s2n_psk_set_secret(key.psk, longest.data(), 65535));
    EXPECT_OK(s2n_psk_set_identity(key.psk, longest.data(), 65535));
    EXPECT_OK(s2n_psk_set_identity(key.psk, longest.data(), 1));
}

TEST_F(PskTest, HashIsOneOfTwo)
{
    Key key;
    EXPECT_OK(s2n_psk_set_hmac(key.psk, S2N_PSK_HMAC_SHA384));
    EXPECT_OK(s2n_psk_set_hmac(key.psk, S2N_PSK_HMAC_SHA256));
    EXPECT_ERROR("HMAC_INVALID_ALGORITHM", s2n_psk_set_hmac(key.psk, static_cast<s2n_psk_hmac>(2)));
}

/* ---- a connection's list ---- */

TEST_F(PskTest, OnlyWholeKeysAreAppended)
{
    for (s2n_connection *conn : { client, server }) {
        Key empty, no_secret, no_identity;
        Bytes bytes = Of("bytes");
        EXPECT_OK(s2n_psk_set_identity(no_secret.psk, bytes.data(), 5));
        EXPECT_OK(s2n_psk_set_secret(no_identity.psk, bytes.data(), 5));
        EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_append_psk(conn, empty.psk));
        EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_append_psk(conn, no_secret.psk));
        EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_append_psk(conn, no_identity.psk));
    }
}

TEST_F(PskTest, IdentitiesAreUnique)
{
    for (s2n_connection *conn : { client, server }) {
        Key a("a"), b("b"), same(Of("a"), Of("another secret"));
        EXPECT_OK(s2n_connection_append_psk(conn, a.psk));
        EXPECT_OK(s2n_connection_append_psk(conn, b.psk));
        EXPECT_ERROR("DUPLICATE_PSK_IDENTITIES", s2n_connection_append_psk(conn, a.psk));
        EXPECT_ERROR("DUPLICATE_PSK_IDENTITIES", s2n_connection_append_psk(conn, same.psk));
        EXPECT_OK(s2n_connection_wipe(conn));
        EXPECT_OK(s2n_connection_append_psk(conn, same.psk));
    }
}

TEST_F(PskTest, KeysOfAClientFitOneHello)
{
    Key first(Bytes(60000, 'a'), Of("secret")), second(Bytes(6000, 'b'), Of("secret"));
    Key alone(Bytes(65535, 'c'), Of("secret")), small("d");
    EXPECT_ERROR("OFFERED_PSKS_TOO_LONG", s2n_connection_append_psk(client, alone.psk));
    EXPECT_OK(s2n_connection_append_psk(client, first.psk));
    EXPECT_ERROR("OFFERED_PSKS_TOO_LONG", s2n_connection_append_psk(client, second.psk));
    EXPECT_OK(s2n_connection_append_psk(client, small.psk));
    for (const Key *key : { &first, &second, &alone, &small }) {
        EXPECT_OK(s2n_connection_append_psk(server, key->psk));
    }
}

TEST_F(PskTest, ModeFitsTheKeys)
{
    Key key("a");
    for (s2n_connection *conn : { client, server }) {
        EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_set_psk_mode(conn, static_cast<s2n_psk_mode>(2)));
        EXPECT_OK(s2n_connection_set_psk_mode(conn, S2N_PSK_MODE_RESUMPTION));
        EXPECT_OK(s2n_connection_set_psk_mode(conn, S2N_PSK_MODE_EXTERNAL));
        EXPECT_OK(s2n_connection_append_psk(conn, key.psk));
        EXPECT_ERROR("PSK_MODE", s2n_connection_set_psk_mode(conn, S2N_PSK_MODE_RESUMPTION));
        EXPECT_OK(s2n_connection_set_psk_mode(conn, S2N_PSK_MODE_EXTERNAL));
    }
}

TEST_F(PskTest, ModeOfAConfigIsLookedAtWhenItIsAttached)
{
    EXPECT_OK(s2n_config_set_psk_mode(config, static_cast<s2n_psk_mode>(7)));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_set_config(client, config));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_set_config(server, config));
    EXPECT_OK(s2n_config_set_psk_mode(config, S2N_PSK_MODE_EXTERNAL));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_set_config(server, config));
}

TEST_F(PskTest, NothingIsNegotiatedBefore)
{
    for (s2n_connection *conn : { client, server }) {
        uint16_t n = 7;
        uint8_t out = 9;
        EXPECT_OK(s2n_connection_get_negotiated_psk_identity_length(conn, &n));
        EXPECT_EQ(n, 0);
        EXPECT_OK(s2n_connection_get_negotiated_psk_identity(conn, &out, 0));
        EXPECT_OK(s2n_connection_get_negotiated_psk_identity(conn, &out, 1));
        EXPECT_EQ(out, 9);
    }
}

/* ---- the selection callback ---- */

TEST_F(PskTest, HolderMustBeFilled)
{
    s2n_offered_psk *holder = s2n_offered_psk_new();
    uint8_t *identity = nullptr;
    uint16_t size = 9;
    EXPECT_ERROR("NULL", s2n_offered_psk_get_identity(holder, &identity, &size));
    EXPECT_EQ(identity, nullptr);
    EXPECT_EQ(size, 9);
    EXPECT_FALSE(s2n_offered_psk_list_has_next(nullptr));
    EXPECT_OK(s2n_offered_psk_free(&holder));
    EXPECT_OK(s2n_config_set_psk_selection_callback(config, nullptr, nullptr));
}

namespace
{

std::string Identity(s2n_offered_psk *holder)
{
    uint8_t *identity = nullptr;
    uint16_t size = 0;
    EXPECT_OK(s2n_offered_psk_get_identity(holder, &identity, &size));
    return std::string(reinterpret_cast<char *>(identity), size);
}

/* Reads the list "a", "b", "c" of a client to its end and again, then chooses "b", which the server has. */
int WalkAndChoose(s2n_connection *, void *ctx, s2n_offered_psk_list *list)
{
    s2n_offered_psk *holder = s2n_offered_psk_new();
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_offered_psk_list_choose_psk(list, holder));
    EXPECT_ERROR("NULL", s2n_offered_psk_list_next(list, nullptr));
    EXPECT_ERROR("NULL", s2n_offered_psk_list_next(nullptr, holder));
    for (int round = 0; round < 2; round++) {
        std::string seen;
        while (s2n_offered_psk_list_has_next(list)) {
            EXPECT_OK(s2n_offered_psk_list_next(list, holder));
            seen += Identity(holder);
        }
        EXPECT_EQ(seen, "abc");
        EXPECT_ERROR("STUFFER_OUT_OF_DATA", s2n_offered_psk_list_next(list, holder));
        EXPECT_OK(s2n_offered_psk_list_reread(list));
    }
    EXPECT_OK(s2n_offered_psk_list_next(list, holder));
    EXPECT_ERROR("NULL", s2n_offered_psk_list_choose_psk(list, holder));
    EXPECT_OK(s2n_offered_psk_list_choose_psk(list, nullptr));
    EXPECT_OK(s2n_offered_psk_list_next(list, holder));
    EXPECT_OK(s2n_offered_psk_list_choose_psk(list, holder));
    EXPECT_OK(s2n_offered_psk_free(&holder));
    ++*static_cast<int *>(ctx);
    return 0;
}

} // namespace

TEST_F(PskTest, OfferedListIsReadAgainAndAgain)
{
    int calls = 0;
    PairOptions options;
    options.client.policy = options.server.policy = "default_tls13";
    options.client.conn_hook = [](s2n_connection *conn) {
        Key a("a"), b("b"), c("c");
        for (const Key *key : { &a, &b, &c }) {
            EXPECT_OK(s2n_connection_append_psk(conn, key->psk));
        }
    };
    options.server.conn_hook = [](s2n_connection *conn) {
        Key b("b");
        EXPECT_OK(s2n_connection_append_psk(conn, b.psk));
    };
    options.server.config_hook = [&calls](s2n_config *c) {
        EXPECT_OK(s2n_config_set_psk_selection_callback(c, WalkAndChoose, &calls));
    };
    Pair pair(options);
    Outcome outcome = pair.Negotiate();
    ASSERT_TRUE(outcome.ok()) << outcome.client_name() << outcome.server_name();
    EXPECT_EQ(calls, 1);
    for (s2n_connection *conn : { pair.client().conn, pair.server().conn }) {
        uint8_t none;
        EXPECT_EQ(Negotiated(conn), "b");
        EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_connection_get_negotiated_psk_identity(conn, &none, 0));
        EXPECT_EQ(s2n_connection_is_session_resumed(conn), 0);
        EXPECT_EQ(s2n_connection_get_selected_cert(conn), nullptr);
    }
}
