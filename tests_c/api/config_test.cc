/* SPDX-License-Identifier: Apache-2.0 */
/* Configs: defaults, limits, and what each setter refuses. */
#include "api_test.h"

#include <cstdio>

using namespace s2n_test;

namespace
{

class ConfigTest : public ApiTest
{
  protected:
    std::vector<uint16_t> Groups(s2n_config *of)
    {
        std::vector<uint16_t> groups(64);
        uint16_t n = 0;
        EXPECT_EQ(s2n_config_get_supported_groups(of, groups.data(), 64, &n), S2N_SUCCESS);
        groups.resize(n);
        return groups;
    }
};

int NoTime(void *, uint64_t *)
{
    return -1;
}

} // namespace

/* ---- objects ---- */

TEST_F(ConfigTest, ContextIsKept)
{
    void *ctx = this;
    EXPECT_OK(s2n_config_get_ctx(config, &ctx));
    EXPECT_EQ(ctx, nullptr);
    EXPECT_OK(s2n_config_set_ctx(config, this));
    EXPECT_OK(s2n_config_get_ctx(config, &ctx));
    EXPECT_EQ(ctx, this);
    EXPECT_OK(s2n_config_set_ctx(config, nullptr));
    EXPECT_OK(s2n_config_get_ctx(config, &ctx));
    EXPECT_EQ(ctx, nullptr);
}

TEST_F(ConfigTest, FullOneTrustsTheSystemAlready)
{
    s2n_config *full = s2n_config_new();
    ASSERT_NE(full, nullptr);
    EXPECT_ERROR("X509_TRUST_STORE", s2n_config_load_system_certs(full));
    EXPECT_OK(s2n_config_free(full));
}

TEST_F(ConfigTest, MinimalOneDoesNot)
{
    EXPECT_OK(s2n_config_load_system_certs(config));
}

/* ---- numbers ---- */

TEST_F(ConfigTest, SendBufferHoldsARecord)
{
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_set_send_buffer_size(config, 0));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_set_send_buffer_size(config, 1033));
    EXPECT_OK(s2n_config_set_send_buffer_size(config, 1034));
    EXPECT_OK(s2n_config_set_send_buffer_size(config, 1 << 20));
}

TEST_F(ConfigTest, TwoValuedEnumsAreChecked)
{
    for (int bad : { 2, 3, 255, 256, -1 }) {
        EXPECT_ERROR("INVALID_ARGUMENT",
                     s2n_config_set_verify_after_sign(config, (s2n_verify_after_sign) bad));
        EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_set_alert_behavior(config, (s2n_alert_behavior) bad));
    }
    for (int good : { 1, 0, 1 }) {
        EXPECT_OK(s2n_config_set_verify_after_sign(config, (s2n_verify_after_sign) good));
        EXPECT_OK(s2n_config_set_alert_behavior(config, (s2n_alert_behavior) good));
    }
}

TEST_F(ConfigTest, FragmentCodesGoToFour)
{
    for (int code = 0; code <= 4; code++) {
        EXPECT_OK(s2n_config_send_max_fragment_length(config, (s2n_max_frag_len) code));
    }
    for (int code : { 5, 255, 256, -1 }) {
        EXPECT_ERROR("INVALID_MAX_FRAG_LEN",
                     s2n_config_send_max_fragment_length(config, (s2n_max_frag_len) code));
    }
    EXPECT_OK(s2n_config_accept_max_fragment_length(config));
}

TEST_F(ConfigTest, BlindingDelayTakesAnySeconds)
{
    for (uint32_t seconds : { 0u, 1u, 30u, UINT32_MAX }) {
        EXPECT_OK(s2n_config_set_max_blinding_delay(config, seconds));
    }
}

TEST_F(ConfigTest, ChainDepthIsNotZero)
{
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_set_max_cert_chain_depth(config, 0));
    EXPECT_OK(s2n_config_set_max_cert_chain_depth(config, 1));
    EXPECT_OK(s2n_config_set_max_cert_chain_depth(config, UINT16_MAX));
}

TEST_F(ConfigTest, SerializationIsSwitchedOnOnly)
{
    EXPECT_ERROR("SAFETY", s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_NONE));
    EXPECT_ERROR("SAFETY", s2n_config_set_serialization_version(config, (s2n_serialization_version) 2));
    EXPECT_OK(s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1));
    EXPECT_ERROR("SAFETY", s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_NONE));
}

TEST_F(ConfigTest, ClientAuthIsNoneUntilSet)
{
    s2n_cert_auth_type type = S2N_CERT_AUTH_REQUIRED;
    EXPECT_OK(s2n_config_get_client_auth_type(config, &type));
    EXPECT_EQ(type, S2N_CERT_AUTH_NONE);
    for (s2n_cert_auth_type set : { S2N_CERT_AUTH_OPTIONAL, S2N_CERT_AUTH_REQUIRED, S2N_CERT_AUTH_NONE }) {
        EXPECT_OK(s2n_config_set_client_auth_type(config, set));
        EXPECT_OK(s2n_config_get_client_auth_type(config, &type));
        EXPECT_EQ(type, set);
    }
}

TEST_F(ConfigTest, CallbacksCanBeTakenBack)
{
    EXPECT_OK(s2n_config_set_key_log_cb(config, nullptr, nullptr));
    EXPECT_OK(s2n_config_set_verify_host_callback(config, nullptr, nullptr));
    EXPECT_OK(s2n_config_set_recv_multi_record(config, true));
    EXPECT_OK(s2n_config_set_recv_multi_record(config, false));
    EXPECT_OK(s2n_config_set_wall_clock(config, NoTime, nullptr));
    EXPECT_OK(s2n_config_set_monotonic_clock(config, NoTime, nullptr));
}

/* ---- policies ---- */

TEST_F(ConfigTest, PoliciesAreFoundInAnyCase)
{
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "default"));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "DEFAULT_tls13"));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "20240503"));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "null"));
}

TEST_F(ConfigTest, UnknownAndRetiredPoliciesDiffer)
{
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_config_set_cipher_preferences(config, "no_such_policy"));
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_config_set_cipher_preferences(config, ""));
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_config_set_cipher_preferences(config, "default "));
    EXPECT_ERROR("DEPRECATED_SECURITY_POLICY",
                 s2n_config_set_cipher_preferences(config, "PQ-TLS-1-0-2020-12"));
    EXPECT_ERROR("DEPRECATED_SECURITY_POLICY",
                 s2n_config_set_cipher_preferences(config, "kms-pq-tls-1-0-2019-06"));
}

TEST_F(ConfigTest, PolicyNameIsJudgedBeforeTheObject)
{
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_config_set_cipher_preferences(nullptr, "no_such_policy"));
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_connection_set_cipher_preferences(nullptr, "no_such_policy"));
}

TEST_F(ConfigTest, PolicyStays_WhenTheNewOneIsRefused)
{
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "20170210"));
    std::vector<uint16_t> before = Groups(config);
    EXPECT_ERROR("INVALID_SECURITY_POLICY", s2n_config_set_cipher_preferences(config, "no_such_policy"));
    EXPECT_EQ(Groups(config), before);
}

TEST_F(ConfigTest, GroupsAreThePolicysInItsOrder)
{
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "20190801"));
    EXPECT_EQ(Groups(config), (std::vector<uint16_t>{ 29, 23, 24 }));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "20170210"));
    EXPECT_EQ(Groups(config), (std::vector<uint16_t>{ 23, 24 }));
}

TEST_F(ConfigTest, GroupsNeedRoom)
{
    uint16_t groups[64], n = 99;
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE", s2n_config_get_supported_groups(config, groups, 0, &n));
    EXPECT_EQ(n, 0);
    size_t all = Groups(config).size();
    EXPECT_OK(s2n_config_get_supported_groups(config, groups, static_cast<uint16_t>(all), &n));
    EXPECT_EQ(n, all);
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE",
                 s2n_config_get_supported_groups(config, groups, static_cast<uint16_t>(all - 1), &n));
    EXPECT_EQ(n, 0);
}

/* ---- ALPN ---- */

TEST_F(ConfigTest, ProtocolNamesHaveOneTo255Bytes)
{
    std::string name(255, 'x');
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL",
                 s2n_config_append_protocol_preference(config, Octets(name), 0));
    EXPECT_OK(s2n_config_append_protocol_preference(config, Octets(name), 1));
    EXPECT_OK(s2n_config_append_protocol_preference(config, Octets(name), 255));
    std::string longer = name + "x";
    const char *too_long[] = { "h2", longer.c_str() };
    const char *empty[] = { "h2", "" };
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL", s2n_config_set_protocol_preferences(config, too_long, 2));
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL", s2n_config_set_protocol_preferences(config, empty, 2));
}

TEST_F(ConfigTest, ProtocolListHas65535Bytes)
{
    std::string name(255, 'x');
    for (int i = 0; i < 255; i++) {
        EXPECT_OK(s2n_config_append_protocol_preference(config, Octets(name), 255));
    }
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL",
                 s2n_config_append_protocol_preference(config, Octets(name), 255));
    EXPECT_OK(s2n_config_append_protocol_preference(config, Octets(name), 254));
    EXPECT_ERROR("INVALID_APPLICATION_PROTOCOL",
                 s2n_config_append_protocol_preference(config, Octets(name), 1));
}

TEST_F(ConfigTest, ProtocolListIsClearedByNothing)
{
    const char *names[] = { "h2", "http/1.1" };
    EXPECT_OK(s2n_config_set_protocol_preferences(config, names, 2));
    EXPECT_OK(s2n_config_set_protocol_preferences(config, names, 0));
    EXPECT_OK(s2n_config_set_protocol_preferences(config, nullptr, 0));
    EXPECT_OK(s2n_config_set_protocol_preferences(config, nullptr, 2));
    EXPECT_OK(s2n_config_set_protocol_preferences(config, nullptr, -1));
}

TEST_F(ConfigTest, ProtocolListArgumentsAreChecked)
{
    const char *hole[] = { "h2", nullptr };
    EXPECT_ERROR("INTEGER_OVERFLOW", s2n_config_set_protocol_preferences(config, hole, -1));
    EXPECT_ERROR("NULL", s2n_config_set_protocol_preferences(config, hole, 2));
}

/* ---- own certificates ---- */

TEST_F(ConfigTest, TakesLoadedChainsRepeatedly)
{
    s2n_cert_chain_and_key *ec = Load(PkiFor(KeyKind::P256)), *rsa = Load(PkiFor(KeyKind::Rsa2048));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, ec));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, rsa));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, ec));
    EXPECT_ERROR("CERT_TYPE_UNSUPPORTED", s2n_config_add_cert_chain_and_key_to_store(config, NewChain()));
}

TEST_F(ConfigTest, OwnershipIsOneOfTwo)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    s2n_cert_chain_and_key *mine = Load(pki);
    EXPECT_OK(s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_ERROR("CERT_OWNERSHIP",
                 s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_ERROR("CERT_OWNERSHIP", s2n_config_add_cert_chain_and_key_to_store(config, mine));
    EXPECT_ERROR("CERT_OWNERSHIP", s2n_config_set_cert_chain_and_key_defaults(config, &mine, 1));
}

TEST_F(ConfigTest, LibraryOwnsNothingOfTheApplications)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(pki)));
    EXPECT_ERROR("CERT_OWNERSHIP",
                 s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_OK(s2n_config_free_cert_chain_and_key(config)); /* not its own: nothing happens */
    EXPECT_ERROR("CERT_OWNERSHIP",
                 s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
}

TEST_F(ConfigTest, OwnedChainCanBeGivenUp)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    EXPECT_OK(s2n_config_free_cert_chain_and_key(config));
    EXPECT_OK(s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_OK(s2n_config_free_cert_chain_and_key(config));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, Load(pki)));
}

TEST_F(ConfigTest, OwnedChainHasTheErrorsOfLoading)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM", s2n_config_add_cert_chain_and_key(config, "", ""));
    EXPECT_ERROR("INVALID_PEM", s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), ""));
    EXPECT_ERROR("KEY_MISMATCH",
                 s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.root.key_pem.c_str()));
    EXPECT_OK(s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
}

TEST_F(ConfigTest, DefaultsAreOnePerKeyType)
{
    s2n_cert_chain_and_key *ec = Load(PkiFor(KeyKind::P256)), *ec2 = Load(PkiFor(KeyKind::P384));
    s2n_cert_chain_and_key *rsa = Load(PkiFor(KeyKind::Rsa2048)), *pss = Load(PkiFor(KeyKind::RsaPss2048));
    s2n_cert_chain_and_key *good[] = { ec, rsa, pss }, *twice[] = { ec, ec2 }, *hole[] = { ec, nullptr };
    s2n_cert_chain_and_key *five[] = { ec, rsa, pss, ec, rsa };
    EXPECT_ERROR("NUM_DEFAULT_CERTIFICATES", s2n_config_set_cert_chain_and_key_defaults(config, good, 0));
    EXPECT_ERROR("NUM_DEFAULT_CERTIFICATES", s2n_config_set_cert_chain_and_key_defaults(config, five, 5));
    EXPECT_ERROR("MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE",
                 s2n_config_set_cert_chain_and_key_defaults(config, twice, 2));
    EXPECT_ERROR("NULL", s2n_config_set_cert_chain_and_key_defaults(config, hole, 2));
    EXPECT_OK(s2n_config_set_cert_chain_and_key_defaults(config, good, 3));
    EXPECT_OK(s2n_config_set_cert_chain_and_key_defaults(config, good, 1));
}

TEST_F(ConfigTest, PolicyWithCertificateRulesIsHeldAgainstTheChain)
{
    s2n_cert_chain_and_key *weak = Load(PkiFor(KeyKind::Rsa2048));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "rfc9151"));
    EXPECT_ERROR("SECURITY_POLICY_INCOMPATIBLE_CERT",
                 s2n_config_add_cert_chain_and_key_to_store(config, weak));
    EXPECT_OK(s2n_config_set_cipher_preferences(config, "default"));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, weak));
    EXPECT_ERROR("SECURITY_POLICY_INCOMPATIBLE_CERT", s2n_config_set_cipher_preferences(config, "rfc9151"));
}

TEST_F(ConfigTest, ChainMayBeFreedBeforeTheConfig)
{
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    const Pki &pki = PkiFor(KeyKind::P256);
    ASSERT_EQ(s2n_cert_chain_and_key_load_pem(chain, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()),
              S2N_SUCCESS);
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, chain));
    EXPECT_OK(s2n_cert_chain_and_key_free(chain));
}

/* ---- trust ---- */

TEST_F(ConfigTest, SystemTrustIsLoadedOnce)
{
    EXPECT_OK(s2n_config_load_system_certs(config));
    EXPECT_ERROR("X509_TRUST_STORE", s2n_config_load_system_certs(config));
    EXPECT_OK(s2n_config_wipe_trust_store(config));
    EXPECT_OK(s2n_config_wipe_trust_store(config));
    EXPECT_OK(s2n_config_load_system_certs(config));
}

TEST_F(ConfigTest, TrustComesFromText)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    std::string two = "a comment\n" + pki.root.pem + pki.intermediate.pem;
    EXPECT_OK(s2n_config_add_pem_to_trust_store(config, pki.root.pem.c_str()));
    EXPECT_OK(s2n_config_add_pem_to_trust_store(config, pki.root.pem.c_str()));
    EXPECT_OK(s2n_config_add_pem_to_trust_store(config, two.c_str()));
}

TEST_F(ConfigTest, TrustTextIsChecked)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    EXPECT_ERROR("INVALID_PEM", s2n_config_add_pem_to_trust_store(config, ""));
    std::string junk = PemBlock("CERTIFICATE", { 1, 2, 3, 4 });
    EXPECT_ERROR("DECODE_CERTIFICATE", s2n_config_add_pem_to_trust_store(config, junk.c_str()));
    std::string trailing = pki.root.pem + "words";
    s2n_errno = 0;
    EXPECT_EQ(s2n_config_add_pem_to_trust_store(config, trailing.c_str()), S2N_FAILURE);
    EXPECT_EQ(s2n_error_get_type(s2n_errno), S2N_ERR_T_INTERNAL) << LastError();
}

TEST_F(ConfigTest, TrustComesFromAFile)
{
    char path[] = "/tmp/s2n_trust_XXXXXX";
    int fd = mkstemp(path);
    ASSERT_GE(fd, 0);
    const std::string &pem = PkiFor(KeyKind::P256).root.pem;
    ASSERT_EQ(write(fd, pem.data(), pem.size()), static_cast<ssize_t>(pem.size()));
    close(fd);
    EXPECT_OK(s2n_config_set_verification_ca_location(config, path, nullptr));
    EXPECT_OK(s2n_config_set_verification_ca_location(config, path, "/tmp"));
    EXPECT_OK(s2n_config_set_verification_ca_location(config, nullptr, "/no/such/directory"));
    std::remove(path);
    EXPECT_ERROR("X509_TRUST_STORE", s2n_config_set_verification_ca_location(config, path, nullptr));
    EXPECT_ERROR("X509_TRUST_STORE", s2n_config_set_verification_ca_location(config, nullptr, nullptr));
}

TEST_F(ConfigTest, FailedLocationDropsTheWholeStore)
{
    PairOptions options = Served();
    options.client.config_hook = [](s2n_config *c) {
        EXPECT_ERROR("X509_TRUST_STORE",
                     s2n_config_set_verification_ca_location(c, "/no/such/file", nullptr));
    };
    EXPECT_EQ(Pair(options).Negotiate().client_name(), "S2N_ERR_CERT_UNTRUSTED");
}

TEST_F(ConfigTest, VerificationIsSwitchedOffForGood)
{
    EXPECT_OK(s2n_config_disable_x509_time_verification(config));
    EXPECT_OK(s2n_config_disable_x509_intent_verification(config));
    EXPECT_OK(s2n_config_allow_ip_in_cn(config));
    EXPECT_OK(s2n_config_disable_x509_verification(config));
    EXPECT_OK(s2n_config_load_system_certs(config));
    PairOptions options = Served();
    options.client.trust_pem.clear();
    options.client.verify = false;
    options.client.config_hook = [](s2n_config *c) { EXPECT_OK(s2n_config_load_system_certs(c)); };
    EXPECT_TRUE(Pair(options).Negotiate().ok());
}
