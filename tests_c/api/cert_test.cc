/* SPDX-License-Identifier: Apache-2.0 */
/* Chain objects: loading, ownership, what certificates say, and the chains of peers. */
#include "api_test.h"

using namespace s2n_test;

namespace
{

class CertTest : public ApiTest
{
  protected:
    static int LoadInto(s2n_cert_chain_and_key *chain, const std::string &chain_pem,
                        const std::string &key_pem)
    {
        return s2n_cert_chain_and_key_load_pem(chain, chain_pem.c_str(), key_pem.c_str());
    }

    s2n_cert *Leaf(s2n_cert_chain_and_key *chain)
    {
        s2n_cert *cert = nullptr;
        EXPECT_OK(s2n_cert_chain_get_cert(chain, &cert, 0));
        return cert;
    }

    static std::vector<uint8_t> Der(s2n_cert_chain_and_key *chain, uint32_t i)
    {
        s2n_cert *cert = nullptr;
        const uint8_t *der = nullptr;
        uint32_t n = 0;
        EXPECT_OK(s2n_cert_chain_get_cert(chain, &cert, i));
        EXPECT_OK(s2n_cert_get_der(cert, &der, &n));
        return std::vector<uint8_t>(der, der + n);
    }

    static uint32_t Length(s2n_cert_chain_and_key *chain)
    {
        uint32_t n = 0;
        EXPECT_OK(s2n_cert_chain_get_length(chain, &n));
        return n;
    }

    const Pki &pki = PkiFor(KeyKind::P256);
};

const uint8_t *Oid(const char *text)
{
    return reinterpret_cast<const uint8_t *>(text);
}

const char kOwnOid[] = "1.3.6.1.4.1.55555.1";

} // namespace

/* ---- loading ---- */

TEST_F(CertTest, LoadsEveryKindOfKey)
{
    for (KeyKind kind :
         { KeyKind::Rsa2048, KeyKind::RsaPss2048, KeyKind::P256, KeyKind::P384, KeyKind::P521 }) {
        const Pki &p = PkiFor(kind);
        EXPECT_OK(LoadInto(NewChain(), p.chain_pem, p.leaf.key_pem));
    }
    EXPECT_OK(LoadInto(NewChain(), pki.chain_pem, KeyPemTraditional(pki.leaf.key)));
}

TEST_F(CertTest, RefusesOtherKinds)
{
    Issued odd = Issue(CertSpec().Leaf("odd").Key(KeyKind::Ed25519));
    EXPECT_ERROR("DECODE_CERTIFICATE", LoadInto(NewChain(), odd.pem, odd.key_pem));
}

TEST_F(CertTest, NeedsACertificate)
{
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM", LoadInto(NewChain(), "", pki.leaf.key_pem));
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM", LoadInto(NewChain(), "just text", pki.leaf.key_pem));
    EXPECT_ERROR("INVALID_PEM", LoadInto(NewChain(), pki.leaf.key_pem, pki.leaf.key_pem));
    std::string broken = pki.chain_pem.substr(0, pki.chain_pem.size() / 2);
    EXPECT_ERROR("INVALID_PEM", LoadInto(NewChain(), broken.substr(0, 200), pki.leaf.key_pem));
    EXPECT_ERROR("DECODE_CERTIFICATE",
                 LoadInto(NewChain(), PemBlock("CERTIFICATE", { 0x30, 1, 0 }), pki.leaf.key_pem));
}

TEST_F(CertTest, NeedsTheKeyOfTheLeaf)
{
    EXPECT_ERROR("INVALID_PEM", LoadInto(NewChain(), pki.chain_pem, ""));
    EXPECT_ERROR("INVALID_PEM", LoadInto(NewChain(), pki.chain_pem, "just text"));
    EXPECT_ERROR("INVALID_PEM", LoadInto(NewChain(), pki.chain_pem, pki.chain_pem));
    EXPECT_ERROR("DECODE_PRIVATE_KEY",
                 LoadInto(NewChain(), pki.chain_pem, PemBlock("PRIVATE KEY", { 0x30, 1, 0 })));
    EXPECT_ERROR("KEY_MISMATCH", LoadInto(NewChain(), pki.chain_pem, pki.root.key_pem));
    EXPECT_ERROR("KEY_MISMATCH", LoadInto(NewChain(), pki.chain_pem, PkiFor(KeyKind::Rsa2048).leaf.key_pem));
}

TEST_F(CertTest, LoadsBytesWithoutATerminator)
{
    std::string chain = pki.chain_pem, key = pki.leaf.key_pem;
    auto chain_len = static_cast<uint32_t>(chain.size()), key_len = static_cast<uint32_t>(key.size());
    EXPECT_OK(
        s2n_cert_chain_and_key_load_pem_bytes(NewChain(), Octets(chain), chain_len, Octets(key), key_len));
    EXPECT_OK(s2n_cert_chain_and_key_load_pem_bytes(NewChain(), Octets(chain), chain_len + 1, Octets(key),
                                                    key_len + 1));
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM",
                 s2n_cert_chain_and_key_load_pem_bytes(NewChain(), Octets(chain), 0, Octets(key), key_len));
    EXPECT_ERROR("INVALID_PEM",
                 s2n_cert_chain_and_key_load_pem_bytes(NewChain(), Octets(chain), chain_len, Octets(key), 0));
}

TEST_F(CertTest, CopiesWhatItLoads)
{
    std::string chain = pki.chain_pem, key = pki.leaf.key_pem;
    s2n_cert_chain_and_key *loaded = NewChain();
    EXPECT_OK(s2n_cert_chain_and_key_load_pem_bytes(loaded, Octets(chain),
                                                    static_cast<uint32_t>(chain.size()), Octets(key),
                                                    static_cast<uint32_t>(key.size())));
    std::fill(chain.begin(), chain.end(), 'x');
    std::fill(key.begin(), key.end(), 'x');
    EXPECT_EQ(Der(loaded, 0), pki.leaf.der);
}

TEST_F(CertTest, KeylessChainNeedsACallbackToServe)
{
    std::string chain = pki.chain_pem;
    s2n_cert_chain_and_key *loaded = NewChain();
    EXPECT_OK(s2n_cert_chain_and_key_load_public_pem_bytes(loaded, Octets(chain),
                                                           static_cast<uint32_t>(chain.size())));
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM",
                 s2n_cert_chain_and_key_load_public_pem_bytes(NewChain(), Octets(chain), 0));
    EXPECT_NE(s2n_cert_chain_and_key_get_private_key(loaded), nullptr);
    EXPECT_OK(s2n_config_add_cert_chain_and_key_to_store(config, loaded));
    EXPECT_ERROR("NO_PRIVATE_KEY", s2n_connection_set_config(server, config));
}

TEST_F(CertTest, ContextAndKeyBelongToTheObject)
{
    s2n_cert_chain_and_key *chain = NewChain();
    EXPECT_EQ(s2n_cert_chain_and_key_get_ctx(chain), nullptr);
    EXPECT_OK(s2n_cert_chain_and_key_set_ctx(chain, this));
    EXPECT_EQ(s2n_cert_chain_and_key_get_ctx(chain), this);
    EXPECT_OK(s2n_cert_chain_and_key_set_ctx(chain, nullptr));
    EXPECT_EQ(s2n_cert_chain_and_key_get_ctx(chain), nullptr);
    s2n_cert_private_key *key = s2n_cert_chain_and_key_get_private_key(chain);
    EXPECT_NE(key, nullptr);
    EXPECT_EQ(s2n_cert_chain_and_key_get_private_key(chain), key);
}

/* ---- what is in a chain ---- */

TEST_F(CertTest, ChainIsInTheOrderOfTheText)
{
    s2n_cert_chain_and_key *chain = Load(pki);
    ASSERT_EQ(Length(chain), 2u);
    EXPECT_EQ(Der(chain, 0), pki.leaf.der);
    EXPECT_EQ(Der(chain, 1), pki.intermediate.der);
    s2n_cert *cert = nullptr;
    EXPECT_ERROR("NO_CERT_FOUND", s2n_cert_chain_get_cert(chain, &cert, 2));
    EXPECT_ERROR("NO_CERT_FOUND", s2n_cert_chain_get_cert(chain, &cert, UINT32_MAX));
}

TEST_F(CertTest, EmptyChainHasNothing)
{
    uint32_t n = 7;
    s2n_cert *cert = nullptr;
    EXPECT_ERROR("NULL", s2n_cert_chain_get_length(NewChain(), &n));
    EXPECT_ERROR("NULL", s2n_cert_chain_get_cert(NewChain(), &cert, 0));
    EXPECT_EQ(n, 7u);
}

/* ---- extensions ---- */

TEST_F(CertTest, ExtensionIsFoundByItsOid)
{
    Issued own = Issue(CertSpec().Leaf("own").With(kOwnOid, "critical,DER:0C:02:68:69"));
    s2n_cert *leaf = Leaf(Load(own.pem, own.key_pem));
    uint32_t n = 0;
    EXPECT_OK(s2n_cert_get_x509_extension_value_length(leaf, Oid(kOwnOid), &n));
    ASSERT_EQ(n, 4u);
    uint8_t value[8] = { 0 };
    bool critical = false;
    n = sizeof(value);
    EXPECT_OK(s2n_cert_get_x509_extension_value(leaf, Oid(kOwnOid), value, &n, &critical));
    EXPECT_EQ(n, 4u);
    EXPECT_TRUE(critical);
    EXPECT_EQ(std::memcmp(value, "\x0C\x02hi", 4), 0);
}

TEST_F(CertTest, ExtensionNeedsRoom)
{
    s2n_cert *leaf = Leaf(Load(pki));
    uint32_t n = 0, less;
    uint8_t value[512];
    bool critical = true;
    EXPECT_OK(s2n_cert_get_x509_extension_value_length(leaf, Oid("2.5.29.17"), &n));
    less = n - 1;
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE",
                 s2n_cert_get_x509_extension_value(leaf, Oid("2.5.29.17"), value, &less, &critical));
    EXPECT_OK(s2n_cert_get_x509_extension_value(leaf, Oid("2.5.29.17"), value, &n, &critical));
    EXPECT_FALSE(critical);
}

TEST_F(CertTest, MissingExtensionsAndBadOidsDiffer)
{
    s2n_cert *leaf = Leaf(Load(pki));
    uint32_t n = 0;
    EXPECT_ERROR("X509_EXTENSION_VALUE_NOT_FOUND",
                 s2n_cert_get_x509_extension_value_length(leaf, Oid("1.2.3.4"), &n));
    EXPECT_ERROR("NULL", s2n_cert_get_x509_extension_value_length(leaf, Oid("no oid"), &n));
    CertSpec bare;
    bare.cns = { "bare" };
    Issued plain = Issue(bare);
    uint8_t value[16];
    bool critical;
    s2n_cert *cert = Leaf(Load(plain.pem, plain.key_pem));
    s2n_errno = 0;
    n = sizeof(value);
    EXPECT_EQ(s2n_cert_get_x509_extension_value(cert, Oid("2.5.29.17"), value, &n, &critical), S2N_FAILURE);
}

TEST_F(CertTest, Utf8TextIsTakenOutOfAnExtension)
{
    const uint8_t text[] = { 0x0C, 0x02, 'h', 'i' };
    uint32_t n = 0;
    EXPECT_OK(s2n_cert_get_utf8_string_from_extension_data_length(text, sizeof(text), &n));
    EXPECT_EQ(n, 2u);
    uint8_t out[2];
    EXPECT_OK(s2n_cert_get_utf8_string_from_extension_data(text, sizeof(text), out, &n));
    EXPECT_EQ(n, 2u);
    EXPECT_EQ(std::memcmp(out, "hi", 2), 0);
    n = 1;
    EXPECT_ERROR("INSUFFICIENT_MEM_SIZE",
                 s2n_cert_get_utf8_string_from_extension_data(text, sizeof(text), out, &n));
}

TEST_F(CertTest, Utf8TextIsExactlyThat)
{
    const std::vector<std::vector<uint8_t>> bad = {
        { 0x13, 0x02, 'h', 'i' }, { 0x0C, 0x03, 'h', 'i' }, { 0x0C }, { 0x0C, 0x80 }
    };
    uint32_t n = 0;
    uint8_t out[8];
    for (const auto &data : bad) {
        auto len = static_cast<uint32_t>(data.size());
        EXPECT_ERROR("INVALID_X509_EXTENSION_TYPE",
                     s2n_cert_get_utf8_string_from_extension_data_length(data.data(), len, &n));
        n = sizeof(out);
        EXPECT_ERROR("INVALID_X509_EXTENSION_TYPE",
                     s2n_cert_get_utf8_string_from_extension_data(data.data(), len, out, &n));
    }
    EXPECT_ERROR("SAFETY", s2n_cert_get_utf8_string_from_extension_data_length(out, 0, &n));
    EXPECT_ERROR("SAFETY", s2n_cert_get_utf8_string_from_extension_data(out, 0, out, &n));
}

/* ---- chains of peers ---- */

TEST_F(CertTest, PeerChainIsTheVerifiedOneWithItsAnchor)
{
    Pair pair(Served());
    s2n_cert_chain_and_key *peer = NewChain();
    EXPECT_ERROR("CERT_NOT_VALIDATED", s2n_connection_get_peer_cert_chain(pair.client().conn, peer));
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_connection_free_handshake(pair.client().conn));
    EXPECT_OK(s2n_connection_get_peer_cert_chain(pair.client().conn, peer));
    ASSERT_EQ(Length(peer), 3u);
    EXPECT_EQ(Der(peer, 0), pki.leaf.der);
    EXPECT_EQ(Der(peer, 2), pki.root.der);
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_connection_get_peer_cert_chain(pair.client().conn, peer));
    EXPECT_ERROR("CERT_NOT_VALIDATED", s2n_connection_get_peer_cert_chain(pair.server().conn, NewChain()));
    EXPECT_OK(s2n_connection_wipe(pair.client().conn));
    EXPECT_ERROR("CERT_NOT_VALIDATED", s2n_connection_get_peer_cert_chain(pair.client().conn, NewChain()));
    EXPECT_EQ(Der(peer, 1), pki.intermediate.der); /* a copy of its own */
}

TEST_F(CertTest, PeerChainIsNotGiven_WhenNobodyVerifiedIt)
{
    PairOptions options = Served();
    options.client.verify = false;
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_ERROR("CERT_NOT_VALIDATED", s2n_connection_get_peer_cert_chain(pair.client().conn, NewChain()));
}

TEST_F(CertTest, SelectedCertIsTheApplicationsObject)
{
    Pair pair(Served());
    EXPECT_EQ(s2n_connection_get_selected_cert(pair.server().conn), nullptr);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_connection_get_selected_cert(pair.server().conn), pair.server().chain);
    EXPECT_EQ(s2n_connection_get_selected_cert(pair.client().conn), nullptr);
}

TEST_F(CertTest, ClientChainIsGivenAsItWasSent)
{
    PairOptions options = Served();
    options.client.chain_pem = pki.chain_pem;
    options.client.key_pem = pki.leaf.key_pem;
    options.server.trust_pem = pki.root.pem;
    options.server.client_auth_set = true;
    options.server.client_auth = S2N_CERT_AUTH_REQUIRED;
    options.server.config_hook = [](s2n_config *c) {
        EXPECT_OK(s2n_config_set_verify_host_callback(
            c, [](const char *, size_t, void *) -> uint8_t { return 1; }, nullptr));
    };
    for (const char *policy : { "default_tls13", "20190214" }) {
        options.client.policy = options.server.policy = policy;
        Pair pair(options);
        uint8_t *chain = nullptr;
        uint32_t n = 0;
        EXPECT_ERROR("NULL", s2n_connection_get_client_cert_chain(pair.server().conn, &chain, &n));
        Outcome outcome = pair.Negotiate();
        ASSERT_TRUE(outcome.ok()) << policy << outcome.client_name() << outcome.server_name();
        EXPECT_OK(s2n_connection_free_handshake(pair.server().conn));
        EXPECT_OK(s2n_connection_get_client_cert_chain(pair.server().conn, &chain, &n));
        ASSERT_EQ(n, 6 + pki.leaf.der.size() + pki.intermediate.der.size());
        EXPECT_EQ(static_cast<size_t>(chain[0] << 16 | chain[1] << 8 | chain[2]), pki.leaf.der.size());
        EXPECT_EQ(std::memcmp(chain + 3, pki.leaf.der.data(), pki.leaf.der.size()), 0);
        EXPECT_ERROR("NULL", s2n_connection_get_client_cert_chain(pair.client().conn, &chain, &n));
        EXPECT_EQ(s2n_connection_client_cert_used(pair.server().conn), 1);
        EXPECT_EQ(s2n_connection_client_cert_used(pair.client().conn), 1);
        EXPECT_EQ(s2n_connection_get_selected_cert(pair.client().conn), pair.client().chain);
    }
}
