/* SPDX-License-Identifier: Apache-2.0 */
/* Connections before and after a handshake: defaults, settings, what wipe keeps, and what the getters tell. */
#include "api_test.h"

using namespace s2n_test;

namespace
{

class ConnectionTest : public ApiTest
{
  protected:
    /* What every getter says of a connection without a handshake. */
    static void ExpectNothingNegotiated(s2n_connection *conn)
    {
        uint8_t first, second;
        const char *name = nullptr;
        s2n_tls_signature_algorithm sig = S2N_TLS_SIGNATURE_RSA;
        s2n_tls_hash_algorithm hash = S2N_TLS_HASH_SHA1;
        EXPECT_STREQ(s2n_connection_get_cipher(conn), "TLS_NULL_WITH_NULL_NULL");
        EXPECT_ERROR("INVALID_STATE", s2n_connection_get_cipher_iana_value(conn, &first, &second));
        EXPECT_STREQ(s2n_connection_get_curve(conn), "NONE");
        EXPECT_STREQ(s2n_connection_get_kem_name(conn), "NONE");
        EXPECT_STREQ(s2n_connection_get_kem_group_name(conn), "NONE");
        EXPECT_ERROR("INVALID_STATE", s2n_connection_get_key_exchange_group(conn, &name));
        EXPECT_STREQ(name, "NONE");
        EXPECT_ERROR("INVALID_STATE", s2n_connection_get_signature_scheme(conn, &name));
        EXPECT_OK(s2n_connection_get_selected_signature_algorithm(conn, &sig));
        EXPECT_OK(s2n_connection_get_selected_digest_algorithm(conn, &hash));
        EXPECT_EQ(sig, S2N_TLS_SIGNATURE_ANONYMOUS);
        EXPECT_EQ(hash, S2N_TLS_HASH_NONE);
        EXPECT_OK(s2n_connection_get_selected_client_cert_signature_algorithm(conn, &sig));
        EXPECT_OK(s2n_connection_get_selected_client_cert_digest_algorithm(conn, &hash));
        EXPECT_EQ(sig, S2N_TLS_SIGNATURE_ANONYMOUS);
        EXPECT_EQ(hash, S2N_TLS_HASH_NONE);
        EXPECT_STREQ(s2n_connection_get_handshake_type_name(conn), "INITIAL");
        EXPECT_STREQ(s2n_connection_get_last_message_name(conn), "CLIENT_HELLO");
        EXPECT_EQ(s2n_connection_get_client_hello_version(conn), 0);
        EXPECT_EQ(s2n_connection_get_session_id_length(conn), 0);
        EXPECT_EQ(s2n_connection_get_selected_cert(conn), nullptr);
        EXPECT_EQ(s2n_connection_client_cert_used(conn), 0);
        EXPECT_EQ(s2n_get_application_protocol(conn), nullptr);
        EXPECT_EQ(s2n_get_server_name(conn), nullptr);
        EXPECT_ERROR("NO_ALERT", s2n_connection_get_alert(conn));
        EXPECT_EQ(s2n_connection_get_delay(conn), 0u);
    }

    static void ExpectFresh(s2n_connection *client, s2n_connection *server)
    {
        ExpectNothingNegotiated(client);
        ExpectNothingNegotiated(server);
        EXPECT_EQ(s2n_connection_get_actual_protocol_version(client), S2N_TLS13);
        EXPECT_EQ(s2n_connection_get_actual_protocol_version(server), S2N_UNKNOWN_PROTOCOL_VERSION);
        EXPECT_EQ(s2n_connection_get_client_protocol_version(client), S2N_TLS13);
        EXPECT_EQ(s2n_connection_get_client_protocol_version(server), S2N_UNKNOWN_PROTOCOL_VERSION);
        EXPECT_EQ(s2n_connection_get_server_protocol_version(client), S2N_UNKNOWN_PROTOCOL_VERSION);
        EXPECT_EQ(s2n_connection_get_server_protocol_version(server), S2N_TLS13);
    }

    static s2n_cert_auth_type ClientAuth(s2n_connection *conn)
    {
        s2n_cert_auth_type type = S2N_CERT_AUTH_REQUIRED;
        EXPECT_OK(s2n_connection_get_client_auth_type(conn, &type));
        return type;
    }
};

PairOptions Tls12(KeyKind kind = KeyKind::P256)
{
    return Served("20190214", kind);
}
PairOptions Tls13(KeyKind kind = KeyKind::P256)
{
    return Served("default_tls13", kind);
}

} // namespace

/* ---- life ---- */

TEST_F(ConnectionTest, FreshOneHasNegotiatedNothing)
{
    ExpectFresh(client, server);
}

TEST_F(ConnectionTest, WipedOneIsFreshAgain)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_connection_wipe(pair.client().conn));
    EXPECT_OK(s2n_connection_wipe(pair.server().conn));
    ExpectFresh(pair.client().conn, pair.server().conn);
    EXPECT_EQ(s2n_connection_get_wire_bytes_in(pair.client().conn), 0u);
    EXPECT_EQ(s2n_connection_get_wire_bytes_out(pair.client().conn), 0u);
    EXPECT_EQ(s2n_connection_get_mode(pair.client().conn), S2N_CLIENT);
    EXPECT_EQ(s2n_connection_get_mode(pair.server().conn), S2N_SERVER);
}

TEST_F(ConnectionTest, WipedOneCanBeUsedAgain)
{
    Pair pair(Tls13());
    for (int round = 0; round < 3; round++) {
        ASSERT_TRUE(pair.Negotiate().ok()) << round;
        EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "ping"), "ping");
        for (End *end : { &pair.client(), &pair.server() }) {
            EXPECT_OK(s2n_connection_wipe(end->conn));
            mempipe_reset(end->pipe);
            Plug(end->conn, end->pipe);
            end->done = false;
        }
        EXPECT_OK(s2n_set_server_name(pair.client().conn, "localhost"));
    }
}

TEST_F(ConnectionTest, ContextGoesWithWipe)
{
    EXPECT_EQ(s2n_connection_get_ctx(client), nullptr);
    EXPECT_OK(s2n_connection_set_ctx(client, this));
    EXPECT_EQ(s2n_connection_get_ctx(client), this);
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_EQ(s2n_connection_get_ctx(client), nullptr);
}

TEST_F(ConnectionTest, CanBeFreedInAnyState)
{
    Pair pair(Tls13());
    pair.client().Step();
    pair.Move();
    pair.server().Step();
    EXPECT_STRNE(s2n_connection_get_last_message_name(pair.server().conn), "APPLICATION_DATA");
    EXPECT_OK(s2n_connection_free_handshake(client));
    EXPECT_OK(s2n_connection_release_buffers(client));
}

/* ---- config and policy ---- */

TEST_F(ConnectionTest, ConfigCanBeReplaced)
{
    s2n_config *other = s2n_config_new_minimal();
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_set_config(client, other));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_config_free(other));
}

TEST_F(ConnectionTest, ClientHasOneIdentity)
{
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(PkiFor(KeyKind::P256))));
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(PkiFor(KeyKind::Rsa2048))));
    s2n_connection *another = s2n_connection_new(S2N_CLIENT);
    EXPECT_ERROR("TOO_MANY_CERTIFICATES", s2n_connection_set_config(another, config));
    EXPECT_OK(s2n_connection_free(another));
    EXPECT_OK(s2n_connection_set_config(server, config));
}

TEST_F(ConnectionTest, PolicyOverridesTheConfigs)
{
    PairOptions options = Tls13();
    options.client.conn_hook = [](s2n_connection *c) {
        EXPECT_OK(s2n_connection_set_cipher_preferences(c, "20190214"));
    };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_connection_get_actual_protocol_version(pair.server().conn), S2N_TLS12);
}

TEST_F(ConnectionTest, PolicyNamesAreChecked)
{
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_connection_set_cipher_preferences(client, "nonsense"));
    EXPECT_ERROR("DEPRECATED_SECURITY_POLICY",
                 s2n_connection_set_cipher_preferences(client, "PQ-TLS-1-0-2020-12"));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(PkiFor(KeyKind::Rsa2048))));
    EXPECT_OK(s2n_connection_set_config(server, config));
    EXPECT_ERROR("SECURITY_POLICY_INCOMPATIBLE_CERT",
                 s2n_connection_set_cipher_preferences(server, "rfc9151"));
}

TEST_F(ConnectionTest, PolicyIsHeldAgainstTheNextConfig)
{
    EXPECT_OK(s2n_connection_set_cipher_preferences(server, "rfc9151"));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(PkiFor(KeyKind::Rsa2048))));
    EXPECT_ERROR("SECURITY_POLICY_INCOMPATIBLE_CERT", s2n_connection_set_config(server, config));
    EXPECT_OK(s2n_connection_wipe(server));
    EXPECT_OK(s2n_connection_set_config(server, config));
}

TEST_F(ConnectionTest, ResultIsComparedWithOtherPolicies)
{
    Pair pair(Tls12());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.client().conn;
    EXPECT_EQ(s2n_connection_is_valid_for_cipher_preferences(conn, "20190214"), 1);
    EXPECT_EQ(s2n_connection_is_valid_for_cipher_preferences(conn, "20190214_GCM"), 1);
    EXPECT_EQ(s2n_connection_is_valid_for_cipher_preferences(conn, "rfc9151"), 0);
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_connection_is_valid_for_cipher_preferences(conn, "nonsense"));
    EXPECT_ERROR("DEPRECATED_SECURITY_POLICY",
                 s2n_connection_is_valid_for_cipher_preferences(conn, "PQ-TLS-1-0-2020-12"));
}

/* ---- names ---- */

TEST_F(ConnectionTest, ServerNameIsCopied)
{
    char name[] = "example.test";
    EXPECT_OK(s2n_set_server_name(client, name));
    name[0] = 'X';
    EXPECT_STREQ(s2n_get_server_name(client), "example.test");
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_EQ(s2n_get_server_name(client), nullptr);
}

TEST_F(ConnectionTest, ServerNameIsReplacedWhole)
{
    EXPECT_OK(s2n_set_server_name(client, "example.com"));
    EXPECT_OK(s2n_set_server_name(client, "a.b"));
    EXPECT_STREQ(s2n_get_server_name(client), "a.b");
    EXPECT_OK(s2n_set_server_name(client, ""));
    EXPECT_EQ(s2n_get_server_name(client), nullptr);
}

TEST_F(ConnectionTest, ServerNameHas255BytesAndAClient)
{
    EXPECT_OK(s2n_set_server_name(client, std::string(255, 'a').c_str()));
    EXPECT_ERROR("SERVER_NAME_TOO_LONG", s2n_set_server_name(client, std::string(256, 'a').c_str()));
    EXPECT_STREQ(s2n_get_server_name(client), std::string(255, 'a').c_str());
    EXPECT_ERROR("CLIENT_MODE", s2n_set_server_name(server, "example.test"));
}

TEST_F(ConnectionTest, ServerHearsTheNameAndSaysHowItFits)
{
    const struct {
        const char *name;
        s2n_cert_sni_match match;
    } rows[] = { { "localhost", S2N_SNI_EXACT_MATCH },
                 { "LocalHost", S2N_SNI_EXACT_MATCH },
                 { "other.test", S2N_SNI_NO_MATCH },
                 { "", S2N_SNI_NONE } };
    for (const auto &row : rows) {
        PairOptions options = Tls13();
        options.server_name = row.name;
        options.client.verify = false;
        Pair pair(options);
        s2n_cert_sni_match match;
        EXPECT_ERROR("NO_CERT_FOUND", s2n_connection_get_certificate_match(pair.server().conn, &match));
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_OK(s2n_connection_get_certificate_match(pair.server().conn, &match));
        EXPECT_EQ(match, row.match) << row.name;
        EXPECT_ERROR("CLIENT_MODE", s2n_connection_get_certificate_match(pair.client().conn, &match));
        if (row.name[0] == '\0') {
            EXPECT_EQ(s2n_get_server_name(pair.server().conn), nullptr);
        } else {
            EXPECT_STREQ(s2n_get_server_name(pair.server().conn), row.name);
        }
    }
}

TEST_F(ConnectionTest, ServersAlpnOrderDecides)
{
    PairOptions options = Tls13();
    options.client.alpn = { "a", "h2", "http/1.1" };
    options.server.alpn = { "http/1.1", "h2" };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_STREQ(s2n_get_application_protocol(pair.client().conn), "http/1.1");
    EXPECT_STREQ(s2n_get_application_protocol(pair.server().conn), "http/1.1");
    EXPECT_OK(s2n_connection_free_handshake(pair.client().conn));
    EXPECT_STREQ(s2n_get_application_protocol(pair.client().conn), "http/1.1");
}

TEST_F(ConnectionTest, OwnAlpnListHidesTheConfigs)
{
    PairOptions options = Tls13();
    options.client.alpn = { "h2" };
    options.server.alpn = { "h2", "own" };
    options.client.conn_hook = [](s2n_connection *c) {
        EXPECT_OK(s2n_connection_append_protocol_preference(c, reinterpret_cast<const uint8_t *>("own"), 3));
    };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_STREQ(s2n_get_application_protocol(pair.client().conn), "own");
    EXPECT_STREQ(s2n_get_application_protocol(pair.server().conn), "own");
}

TEST_F(ConnectionTest, NoCommonProtocolIsNoError)
{
    PairOptions options = Tls13();
    options.client.alpn = { "h2" };
    options.server.alpn = { "h3" };
    options.client.conn_hook = [](s2n_connection *c) {
        const char *names[] = { "x" };
        EXPECT_OK(s2n_connection_set_protocol_preferences(c, names, 1));
        EXPECT_OK(s2n_connection_set_protocol_preferences(c, nullptr, 0)); /* the config's again */
    };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_get_application_protocol(pair.client().conn), nullptr);
    EXPECT_EQ(s2n_get_application_protocol(pair.server().conn), nullptr);
}

TEST_F(ConnectionTest, OwnAlpnListIsChecked)
{
    std::string name(256, 'x');
    const char *bad[] = { "h2", "" }, *long_one[] = { name.c_str() }, *hole[] = { nullptr };
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL",
                 s2n_connection_append_protocol_preference(client, Octets(name), 0));
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL", s2n_connection_set_protocol_preferences(client, bad, 2));
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL",
                 s2n_connection_set_protocol_preferences(client, long_one, 1));
    EXPECT_ERROR("INTEGER_OVERFLOW", s2n_connection_set_protocol_preferences(client, bad, -1));
    EXPECT_ERROR("NULL", s2n_connection_set_protocol_preferences(client, hole, 1));
}

/* ---- client authentication ---- */

TEST_F(ConnectionTest, ClientAuthDependsOnTheMode)
{
    EXPECT_EQ(ClientAuth(client), S2N_CERT_AUTH_OPTIONAL);
    EXPECT_EQ(ClientAuth(server), S2N_CERT_AUTH_NONE);
}

TEST_F(ConnectionTest, ClientAuthIsTheConfigsUntilItIsItsOwn)
{
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_EQ(ClientAuth(client), S2N_CERT_AUTH_OPTIONAL);
    EXPECT_OK(s2n_config_set_client_auth_type(config, S2N_CERT_AUTH_NONE));
    EXPECT_EQ(ClientAuth(client), S2N_CERT_AUTH_NONE);
    EXPECT_OK(s2n_connection_set_client_auth_type(client, S2N_CERT_AUTH_REQUIRED));
    EXPECT_EQ(ClientAuth(client), S2N_CERT_AUTH_REQUIRED);
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_EQ(ClientAuth(client), S2N_CERT_AUTH_NONE);
}

TEST_F(ConnectionTest, ClientAuthFailuresHaveNames)
{
    const struct {
        s2n_cert_auth_type client, server;
        const char *client_error, *server_error;
    } rows[] = {
        { S2N_CERT_AUTH_NONE, S2N_CERT_AUTH_OPTIONAL, "S2N_ERR_UNEXPECTED_CERT_REQUEST", "S2N_ERR_ALERT" },
        { S2N_CERT_AUTH_REQUIRED, S2N_CERT_AUTH_NONE, "S2N_ERR_MISSING_CERT_REQUEST", "S2N_ERR_ALERT" },
        { S2N_CERT_AUTH_REQUIRED, S2N_CERT_AUTH_REQUIRED, "S2N_ERR_MISSING_CLIENT_CERT", "S2N_ERR_ALERT" },
    };
    for (const auto &row : rows) {
        PairOptions options = Tls12();
        options.client.client_auth_set = options.server.client_auth_set = true;
        options.client.client_auth = row.client;
        options.server.client_auth = row.server;
        Outcome outcome = Pair(options).Negotiate();
        EXPECT_EQ(outcome.client_name(), row.client_error);
        EXPECT_EQ(outcome.server_name(), row.server_error);
    }
}

TEST_F(ConnectionTest, ServerMissesTheClientsCertificate)
{
    PairOptions options = Tls12();
    options.server.client_auth_set = true;
    options.server.client_auth = S2N_CERT_AUTH_REQUIRED;
    Outcome outcome = Pair(options).Negotiate();
    EXPECT_EQ(outcome.server_name(), "S2N_ERR_MISSING_CLIENT_CERT");
    options.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_connection_client_cert_used(pair.server().conn), 0);
    EXPECT_STREQ(s2n_connection_get_handshake_type_name(pair.server().conn),
                 "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|TLS12_PERFECT_FORWARD_SECRECY");
}

/* ---- delays, alerts, keys ---- */

TEST_F(ConnectionTest, KeyUpdateAsksNobody)
{
    EXPECT_OK(s2n_connection_request_key_update(client, S2N_KEY_UPDATE_NOT_REQUESTED));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_request_key_update(client, S2N_KEY_UPDATE_REQUESTED));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_request_key_update(client, (s2n_peer_key_update) 2));
}

TEST_F(ConnectionTest, SelfServiceDelayCountsAndHoldsTheShutdown)
{
    static uint64_t now;
    now = 5;
    PairOptions options = Tls13();
    options.server.config_hook = [](s2n_config *c) {
        EXPECT_OK(s2n_config_set_max_blinding_delay(c, 9));
        EXPECT_OK(s2n_config_set_monotonic_clock(
            c,
            [](void *, uint64_t *out) {
                *out = now;
                return 0;
            },
            nullptr));
    };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    const uint8_t forged[] = { 23, 3, 3, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
    mempipe_in_write(pair.server().pipe, forged, sizeof(forged));
    char buf[8];
    s2n_blocked_status blocked;
    s2n_connection *conn = pair.server().conn;
    EXPECT_ERROR("DECRYPT", s2n_recv(conn, buf, sizeof(buf), &blocked));
    uint64_t delay = s2n_connection_get_delay(conn);
    EXPECT_GE(delay, 3000000000u);
    EXPECT_LT(delay, 9000000000u);
    EXPECT_ERROR("SHUTDOWN_PAUSED", s2n_shutdown(conn, &blocked));
    EXPECT_ERROR("SHUTDOWN_PAUSED", s2n_shutdown_send(conn, &blocked));
    now += 1000000000;
    EXPECT_EQ(s2n_connection_get_delay(conn), delay - 1000000000);
    now += 9000000000;
    EXPECT_EQ(s2n_connection_get_delay(conn), 0u);
    EXPECT_ERROR("CLOSED", s2n_recv(conn, buf, sizeof(buf), &blocked));
    EXPECT_OK(s2n_shutdown(conn, &blocked));
}

TEST_F(ConnectionTest, ReceivedAlertIsKept)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_blocked_status blocked;
    EXPECT_OK(s2n_shutdown_send(pair.client().conn, &blocked));
    pair.Move();
    char buf[8];
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 0);
    EXPECT_EQ(s2n_connection_get_alert(pair.server().conn), 0);
    EXPECT_EQ(s2n_connection_get_alert(pair.server().conn), 0);
    EXPECT_ERROR("NO_ALERT", s2n_connection_get_alert(pair.client().conn));
}

/* ---- what was negotiated ---- */

TEST_F(ConnectionTest, Tls13FactsAreTheSameOnBothEnds)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    for (s2n_connection *conn : { pair.client().conn, pair.server().conn }) {
        uint8_t first = 0, second = 0, secret[48];
        const char *name = nullptr;
        EXPECT_EQ(s2n_connection_get_actual_protocol_version(conn), S2N_TLS13);
        EXPECT_EQ(s2n_connection_get_client_protocol_version(conn), S2N_TLS13);
        EXPECT_EQ(s2n_connection_get_server_protocol_version(conn), S2N_TLS13);
        EXPECT_EQ(s2n_connection_get_client_hello_version(conn), S2N_TLS12);
        EXPECT_STREQ(s2n_connection_get_cipher(conn), "TLS_AES_128_GCM_SHA256");
        EXPECT_OK(s2n_connection_get_cipher_iana_value(conn, &first, &second));
        EXPECT_EQ(first << 8 | second, 0x1301);
        EXPECT_OK(s2n_connection_get_key_exchange_group(conn, &name));
        EXPECT_STREQ(name, s2n_connection_get_curve(conn));
        EXPECT_STREQ(s2n_connection_get_kem_group_name(conn), "NONE");
        EXPECT_STREQ(s2n_connection_get_handshake_type_name(conn),
                     "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT");
        EXPECT_STREQ(s2n_connection_get_last_message_name(conn), "APPLICATION_DATA");
        EXPECT_EQ(s2n_connection_get_session_id_length(conn), 0);
        EXPECT_ERROR("INVALID_STATE", s2n_connection_get_master_secret(conn, secret, sizeof(secret)));
        EXPECT_EQ(s2n_connection_client_cert_used(conn), 0);
    }
}

TEST_F(ConnectionTest, SignatureNamesDependOnTheVersion)
{
    const struct {
        const char *policy;
        KeyKind kind;
        const char *name;
        s2n_tls_signature_algorithm sig;
        s2n_tls_hash_algorithm hash;
    } rows[] = {
        { "default_tls13", KeyKind::P256, "ecdsa_secp256r1_sha256", S2N_TLS_SIGNATURE_ECDSA,
          S2N_TLS_HASH_SHA256 },
        { "default_tls13", KeyKind::P384, "ecdsa_secp384r1_sha384", S2N_TLS_SIGNATURE_ECDSA,
          S2N_TLS_HASH_SHA384 },
        { "default_tls13", KeyKind::Rsa2048, "rsa_pss_rsae_sha256", S2N_TLS_SIGNATURE_RSA_PSS_RSAE,
          S2N_TLS_HASH_SHA256 },
        { "20190214", KeyKind::P256, "legacy_ecdsa_sha256", S2N_TLS_SIGNATURE_ECDSA, S2N_TLS_HASH_SHA256 },
        { "20190214", KeyKind::Rsa2048, "rsa_pkcs1_sha256", S2N_TLS_SIGNATURE_RSA, S2N_TLS_HASH_SHA256 },
    };
    for (const auto &row : rows) {
        Pair pair(Served(row.policy, row.kind));
        ASSERT_TRUE(pair.Negotiate().ok()) << row.name;
        for (s2n_connection *conn : { pair.client().conn, pair.server().conn }) {
            const char *name = nullptr;
            s2n_tls_signature_algorithm sig;
            s2n_tls_hash_algorithm hash;
            EXPECT_OK(s2n_connection_get_signature_scheme(conn, &name));
            EXPECT_OK(s2n_connection_get_selected_signature_algorithm(conn, &sig));
            EXPECT_OK(s2n_connection_get_selected_digest_algorithm(conn, &hash));
            EXPECT_STREQ(name, row.name);
            EXPECT_EQ(sig, row.sig) << row.name;
            EXPECT_EQ(hash, row.hash) << row.name;
        }
    }
}

TEST_F(ConnectionTest, Tls12FactsAndMasterSecret)
{
    Pair pair(Tls12());
    uint8_t secrets[2][48] = { { 0 } };
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE",
                 s2n_connection_get_master_secret(pair.server().conn, secrets[0], 47));
    EXPECT_ERROR("HANDSHAKE_NOT_COMPLETE",
                 s2n_connection_get_master_secret(pair.server().conn, secrets[0], 48));
    ASSERT_TRUE(pair.Negotiate().ok());
    int i = 0;
    for (s2n_connection *conn : { pair.client().conn, pair.server().conn }) {
        EXPECT_EQ(s2n_connection_get_actual_protocol_version(conn), S2N_TLS12);
        EXPECT_EQ(s2n_connection_get_client_hello_version(conn), S2N_TLS12);
        EXPECT_STREQ(s2n_connection_get_handshake_type_name(conn),
                     "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY");
        EXPECT_OK(s2n_connection_get_master_secret(conn, secrets[i++], 48));
    }
    EXPECT_EQ(std::memcmp(secrets[0], secrets[1], 48), 0);
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE",
                 s2n_connection_get_master_secret(pair.client().conn, secrets[0], 0));
}

TEST_F(ConnectionTest, SessionIdNeedsRoom)
{
    Pair pair(Tls12());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.server().conn;
    uint8_t id[32];
    int n = s2n_connection_get_session_id_length(conn);
    ASSERT_GE(n, 0);
    ASSERT_LE(n, 32);
    EXPECT_EQ(s2n_connection_get_session_id(conn, id, sizeof(id)), n);
    if (n > 0) {
        EXPECT_ERROR("SESSION_ID_TOO_LONG",
                     s2n_connection_get_session_id(conn, id, static_cast<size_t>(n) - 1));
    }
}

TEST_F(ConnectionTest, RsaKeyExchangeHasNeitherGroupNorSignature)
{
    Pair pair(Served("test_all_rsa_kex", KeyKind::Rsa2048));
    ASSERT_TRUE(pair.Negotiate().ok());
    for (s2n_connection *conn : { pair.client().conn, pair.server().conn }) {
        const char *name = nullptr;
        EXPECT_ERROR("INVALID_STATE", s2n_connection_get_key_exchange_group(conn, &name));
        EXPECT_STREQ(name, "NONE");
        EXPECT_STREQ(s2n_connection_get_curve(conn), "NONE");
        EXPECT_OK(s2n_connection_get_signature_scheme(conn, &name));
        EXPECT_STREQ(name, "none");
        EXPECT_STREQ(s2n_connection_get_handshake_type_name(conn), "NEGOTIATED|FULL_HANDSHAKE");
    }
}

TEST_F(ConnectionTest, HostCallbackJudgesTheNames)
{
    static std::vector<std::string> asked;
    for (int verdict : { 0, 1 }) {
        asked.clear();
        PairOptions options = Tls13();
        options.client.conn_hook = [verdict](s2n_connection *c) {
            s2n_verify_host_fn no = [](const char *name, size_t n, void *) -> uint8_t {
                asked.emplace_back(name, n);
                return 0;
            };
            s2n_verify_host_fn yes = [](const char *name, size_t n, void *) -> uint8_t {
                asked.emplace_back(name, n);
                return 2;
            };
            EXPECT_OK(s2n_connection_set_verify_host_callback(c, verdict ? yes : no, nullptr));
        };
        Outcome outcome = Pair(options).Negotiate();
        EXPECT_EQ(outcome.client_name(), verdict ? "" : "S2N_ERR_CERT_INVALID_HOSTNAME");
        ASSERT_FALSE(asked.empty());
        EXPECT_EQ(asked[0], "localhost");
    }
}

TEST_F(ConnectionTest, NoHostCallbackMeansNoCheckOfNames)
{
    PairOptions options = Tls13();
    options.server_name = "not.the.name";
    EXPECT_EQ(Pair(options).Negotiate().client_name(), "S2N_ERR_CERT_INVALID_HOSTNAME");
    options.client.conn_hook = [](s2n_connection *c) {
        EXPECT_OK(s2n_connection_set_verify_host_callback(c, nullptr, nullptr));
    };
    EXPECT_TRUE(Pair(options).Negotiate().ok());
}

TEST_F(ConnectionTest, KeyLogHasALinePerSecret)
{
    static std::vector<std::string> lines;
    lines.clear();
    PairOptions options = Tls13();
    options.client.config_hook = [](s2n_config *c) {
        EXPECT_OK(s2n_config_set_key_log_cb(
            c,
            [](void *, s2n_connection *, uint8_t *line, size_t n) {
                lines.emplace_back(reinterpret_cast<char *>(line), n);
                return -1; /* ignored */
            },
            nullptr));
    };
    ASSERT_TRUE(Pair(options).Negotiate().ok());
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_EQ(lines[0].rfind("CLIENT_HANDSHAKE_TRAFFIC_SECRET ", 0), 0u);
    EXPECT_EQ(lines[0].size(), std::strlen("CLIENT_HANDSHAKE_TRAFFIC_SECRET ") + 64 + 1 + 64);
    EXPECT_EQ(lines[4].rfind("EXPORTER_SECRET ", 0), 0u);
}
