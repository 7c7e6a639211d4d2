/* SPDX-License-Identifier: Apache-2.0 */
/* The setters and getters of OCSP responses, timestamps, revocation lists and verdicts, as far as they need no handshake. */
#include "api_test.h"

#include <openssl/x509.h>
#include <s2n/unstable/crl.h>
#include <s2n/unstable/custom_x509_extensions.h>

#include "support/status.h"

using namespace s2n_test;

namespace
{

const uint8_t kData[] = { 1, 2, 3 };

class StapleApi : public ApiTest
{
};

TEST_F(StapleApi, TakesAnyBytesAndNone)
{
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    EXPECT_OK(s2n_cert_chain_and_key_set_ocsp_data(chain, kData, sizeof(kData)));
    EXPECT_OK(s2n_cert_chain_and_key_set_ocsp_data(chain, kData, 0));
    EXPECT_OK(s2n_cert_chain_and_key_set_ocsp_data(chain, nullptr, 3));
    EXPECT_OK(s2n_cert_chain_and_key_set_sct_list(chain, kData, sizeof(kData)));
    EXPECT_OK(s2n_cert_chain_and_key_set_sct_list(chain, nullptr, 0));
    EXPECT_OK(s2n_cert_chain_and_key_set_sct_list(chain, kData, sizeof(kData)));
    EXPECT_OK(s2n_cert_chain_and_key_free(chain));
}

TEST_F(StapleApi, SetsExtensionDataOfTheConfigsOwnChainOnly)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    EXPECT_ERROR("UPDATING_EXTENSION",
                 s2n_config_set_extension_data(config, S2N_EXTENSION_OCSP_STAPLING, kData, sizeof(kData)));
    EXPECT_OK(s2n_config_add_cert_chain_and_key(config, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_OK(s2n_config_set_extension_data(config, S2N_EXTENSION_OCSP_STAPLING, kData, sizeof(kData)));
    EXPECT_OK(
        s2n_config_set_extension_data(config, S2N_EXTENSION_CERTIFICATE_TRANSPARENCY, kData, sizeof(kData)));
    EXPECT_OK(s2n_config_set_extension_data(config, S2N_EXTENSION_OCSP_STAPLING, nullptr, 0));
    EXPECT_ERROR("UNRECOGNIZED_EXTENSION",
                 s2n_config_set_extension_data(config, S2N_EXTENSION_ALPN, kData, sizeof(kData)));

    s2n_config *other = s2n_config_new_minimal();
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    EXPECT_OK(s2n_cert_chain_and_key_load_pem(chain, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(other, chain));
    EXPECT_ERROR("CERT_OWNERSHIP",
                 s2n_config_set_extension_data(other, S2N_EXTENSION_OCSP_STAPLING, kData, sizeof(kData)));
    EXPECT_OK(s2n_config_free(other));
    EXPECT_OK(s2n_cert_chain_and_key_free(chain));
}

TEST_F(StapleApi, TakesEveryValueOfItsSwitches)
{
    for (int value : { 0, 1, 2, 77 }) {
        EXPECT_OK(s2n_config_set_status_request_type(config, static_cast<s2n_status_request_type>(value)));
        EXPECT_OK(s2n_config_set_ct_support_level(config, static_cast<s2n_ct_support_level>(value)));
        EXPECT_OK(s2n_config_set_check_stapled_ocsp_response(config, static_cast<uint8_t>(value)));
    }
}

TEST_F(StapleApi, HasNothingBeforeAHandshake)
{
    uint32_t n = 7;
    s2n_errno = 0;
    EXPECT_EQ(nullptr, s2n_connection_get_ocsp_response(client, &n));
    EXPECT_EQ(0u, n);
    n = 7;
    EXPECT_EQ(nullptr, s2n_connection_get_sct_list(client, &n));
    EXPECT_EQ(0u, n);
    EXPECT_EQ(nullptr, s2n_connection_get_sct_list(client, nullptr));
    EXPECT_EQ(0, s2n_connection_is_ocsp_stapled(client));
    EXPECT_EQ("", LastError()) << "none of this is an error";
}

/* ---- revocation lists ---- */

class CrlApi : public ApiTest
{
  protected:
    void SetUp() override
    {
        ApiTest::SetUp();
        crl = s2n_crl_new();
        ASSERT_NE(crl, nullptr);
    }
    void TearDown() override
    {
        EXPECT_OK(s2n_crl_free(&crl));
        EXPECT_EQ(crl, nullptr);
        EXPECT_OK(s2n_crl_free(&crl));
        EXPECT_OK(s2n_crl_free(nullptr));
        ApiTest::TearDown();
    }
    int Load(const std::string &text)
    {
        std::string copy = text;
        return s2n_crl_load_pem(crl, Octets(copy), copy.size());
    }
    static std::string Pem(const CrlSpec &spec = CrlSpec())
    {
        return CrlPem(spec, PkiFor(KeyKind::P256).intermediate);
    }
    s2n_crl *crl = nullptr;
};

TEST_F(CrlApi, LoadsOneList)
{
    uint64_t hash = 0;
    EXPECT_ERROR("NULL", s2n_crl_get_issuer_hash(crl, &hash));
    EXPECT_ERROR("NULL", s2n_crl_validate_active(crl));
    EXPECT_ERROR("NULL", s2n_crl_validate_not_expired(crl));
    EXPECT_OK(Load(Pem()));
    EXPECT_OK(s2n_crl_get_issuer_hash(crl, &hash));
    EXPECT_EQ(X509_subject_name_hash(PkiFor(KeyKind::P256).intermediate.x509.get()), hash);
    EXPECT_ERROR("INVALID_ARGUMENT", Load(Pem()));
}

TEST_F(CrlApi, RefusesOtherText)
{
    EXPECT_ERROR("STUFFER_OUT_OF_DATA", Load("not a list"));
    EXPECT_ERROR("STUFFER_OUT_OF_DATA", Load(""));
    EXPECT_ERROR("INVALID_PEM", Load(PkiFor(KeyKind::P256).leaf.pem));
    EXPECT_ERROR("INVALID_PEM", Load(PemBlock("X509 CRL", { 0x30, 0x03, 1, 2, 3 })));
    std::string cut = Pem();
    EXPECT_ERROR("INVALID_PEM", Load(cut.substr(0, cut.size() / 2)));
    EXPECT_OK(Load(Pem()));
}

TEST_F(CrlApi, LooksAtItsDates)
{
    EXPECT_OK(Load(Pem()));
    EXPECT_OK(s2n_crl_validate_active(crl));
    EXPECT_OK(s2n_crl_validate_not_expired(crl));

    EXPECT_OK(s2n_crl_free(&crl));
    crl = s2n_crl_new();
    CrlSpec odd;
    odd.this_update = 3600;
    odd.next_update = -3600;
    EXPECT_OK(Load(Pem(odd)));
    EXPECT_ERROR("CRL_NOT_YET_VALID", s2n_crl_validate_active(crl));
    EXPECT_ERROR("CRL_EXPIRED", s2n_crl_validate_not_expired(crl));

    EXPECT_OK(s2n_crl_free(&crl));
    crl = s2n_crl_new();
    CrlSpec endless;
    endless.has_next = false;
    EXPECT_OK(Load(Pem(endless)));
    EXPECT_OK(s2n_crl_validate_not_expired(crl));
}

TEST_F(CrlApi, TakesCallbacksAndNone)
{
    auto lookup = [](s2n_crl_lookup *, void *) { return 0; };
    auto verdict = [](s2n_connection *, s2n_cert_validation_info *, void *) { return 0; };
    EXPECT_OK(s2n_config_set_crl_lookup_cb(config, lookup, nullptr));
    EXPECT_OK(s2n_config_set_crl_lookup_cb(config, nullptr, nullptr));
    EXPECT_OK(s2n_config_set_cert_validation_cb(config, verdict, nullptr));
    EXPECT_OK(s2n_config_set_cert_validation_cb(config, nullptr, nullptr));
}

TEST_F(CrlApi, HasNoExtensionsOfTheApplicationsOwn)
{
    uint8_t oid[] = "1.3.6.1.4.1.99999.1";
    EXPECT_ERROR("API_UNSUPPORTED_BY_LIBCRYPTO",
                 s2n_config_add_custom_x509_extension(config, oid, sizeof(oid) - 1));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_add_custom_x509_extension(nullptr, oid, sizeof(oid) - 1));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_config_add_custom_x509_extension(config, nullptr, 3));
}

} // namespace
