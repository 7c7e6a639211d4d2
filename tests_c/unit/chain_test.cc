/* SPDX-License-Identifier: Apache-2.0 */
/* Loading our own chains, their names and facts, and extension access (contract functions-1.md 4,
 * functions-2.md 12). */
#include "support/core_fixture.h"
#include "support/pki.h"

#include <openssl/asn1.h>
#include <openssl/x509.h>

extern "C" {
#include "x509/cert.h"
#include "x509/chain.h"
}

using namespace s2n_test;

namespace
{

struct ChainFree {
    void operator()(struct s2n_cert_chain_and_key *c) const { chain_free(c); }
};

class Chain : public CoreTest
{
  protected:
    std::unique_ptr<struct s2n_cert_chain_and_key, ChainFree> chain_{ chain_new() };

    static struct span Of(const std::string &s)
    {
        return SPAN(reinterpret_cast<const uint8_t *>(s.data()), s.size());
    }
    bool Load(const std::string &chain, const std::string &key)
    {
        return chain_load(chain_.get(), Of(chain), Of(key));
    }
    bool LoadPublic(const std::string &chain) { return chain_load(chain_.get(), Of(chain), SPAN_NONE); }
    void ExpectNotLoaded(int error, const std::string &chain, const std::string &key)
    {
        EXPECT_FALSE(Load(chain, key));
        EXPECT_STREQ(err_name(err_last()), err_name(error));
        EXPECT_EQ(chain_->n, 0u);
        EXPECT_EQ(chain_->key, nullptr);
    }
    std::vector<std::string> Names() const
    {
        std::vector<std::string> out;
        for (uint32_t i = 0; i < chain_->names_n; i++) {
            const struct buf &b = chain_->names[i].text;
            out.emplace_back(reinterpret_cast<const char *>(b.p), b.len);
        }
        return out;
    }
    using Strings = std::vector<std::string>;
};

TEST_F(Chain, LoadsEveryKindOfKey)
{
    for (KeyKind kind : { KeyKind::Rsa2048, KeyKind::RsaPss2048, KeyKind::RsaPssSha384, KeyKind::P256,
                          KeyKind::P384, KeyKind::P521 }) {
        const Pki &pki = PkiFor(kind);
        ASSERT_TRUE(Load(pki.chain_pem, pki.leaf.key_pem));
        ASSERT_EQ(chain_->n, 2u);
        EXPECT_EQ(Hex(buf_span(&chain_->certs[0].der)), ToHex(pki.leaf.der));
        EXPECT_EQ(Hex(buf_span(&chain_->certs[1].der)), ToHex(pki.intermediate.der));
        EXPECT_TRUE(pkey_matches(chain_->key, chain_->leaf));
        EXPECT_EQ(Names(), (Strings{ "localhost", "www.example.test" }));
    }
}

TEST_F(Chain, WireListIsThreeByteLengthsAndCertificates)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    ASSERT_TRUE(Load(pki.chain_pem, pki.leaf.key_pem));
    Bytes expected;
    for (const Bytes *der : { &pki.leaf.der, &pki.intermediate.der }) {
        expected.push_back(0);
        expected.push_back(static_cast<uint8_t>(der->size() >> 8));
        expected.push_back(static_cast<uint8_t>(der->size()));
        expected.insert(expected.end(), der->begin(), der->end());
    }
    EXPECT_EQ(Hex(buf_span(&chain_->wire12)), ToHex(expected));
}

TEST_F(Chain, KeyMayBeLeftOutOrComeInOlderForms)
{
    const Pki &ec = PkiFor(KeyKind::P256), &rsa = PkiFor(KeyKind::Rsa2048);
    ASSERT_TRUE(LoadPublic(ec.chain_pem));
    EXPECT_EQ(chain_->key, nullptr);
    EXPECT_NE(chain_->leaf, nullptr);
    ASSERT_TRUE(Load(ec.chain_pem, KeyPemTraditional(ec.leaf.key)));
    ASSERT_TRUE(Load(rsa.chain_pem, KeyPemTraditional(rsa.leaf.key)));
    std::string parameters = PemBlock("EC PARAMETERS", FromHex("06082a8648ce3d030107"));
    ASSERT_TRUE(Load(ec.chain_pem, parameters + KeyPemTraditional(ec.leaf.key)));
    ASSERT_TRUE(
        Load(ec.chain_pem, ec.leaf.key_pem + rsa.leaf.key_pem + "-- nothing behind the first key is read"));
}

TEST_F(Chain, TextThatIsNoChain)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    const std::string &key = pki.leaf.key_pem;
    ExpectNotLoaded(ERR_NO_CERTIFICATE_IN_PEM, "", key);
    ExpectNotLoaded(ERR_NO_CERTIFICATE_IN_PEM, "hello", key);
    ExpectNotLoaded(ERR_INVALID_PEM, key, key);
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem + key, key);
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem + pki.root.pem.substr(0, 100), key);
    ExpectNotLoaded(ERR_DECODE_CERTIFICATE, PemBlock("CERTIFICATE", { 1, 2, 3 }), key);
    ExpectNotLoaded(ERR_DECODE_CERTIFICATE, pki.leaf.pem + PemBlock("CERTIFICATE", SpkiDer(pki.leaf.key)),
                    key);
    EXPECT_TRUE(Load("comment\n" + pki.leaf.pem + std::string(1, '\0'), key));
}

TEST_F(Chain, TextThatIsNoKey)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem, "hello");
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem, "");
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem, pki.leaf.pem);
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem, PemBlock("ENCRYPTED PRIVATE KEY", KeyDer(pki.leaf.key)));
    ExpectNotLoaded(ERR_INVALID_PEM, pki.leaf.pem,
                    PemBlock("EC PARAMETERS", FromHex("06082a8648ce3d030107")));
    ExpectNotLoaded(ERR_DECODE_PRIVATE_KEY, pki.leaf.pem, PemBlock("PRIVATE KEY", { 1, 2, 3 }));
    ExpectNotLoaded(ERR_DECODE_PRIVATE_KEY, pki.leaf.pem, KeyPem(TestKey(KeyKind::Ed25519)));
}

TEST_F(Chain, KeyOfAnotherCertificate)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    ExpectNotLoaded(ERR_KEY_MISMATCH, pki.leaf.pem, KeyPem(TestKey(KeyKind::P256, 7)));
    ExpectNotLoaded(ERR_KEY_MISMATCH, pki.leaf.pem, KeyPem(TestKey(KeyKind::P384)));
    ExpectNotLoaded(ERR_KEY_MISMATCH, pki.leaf.pem, KeyPem(TestKey(KeyKind::Rsa2048)));
    ExpectNotLoaded(ERR_KEY_MISMATCH, pki.intermediate.pem + pki.leaf.pem,
                    pki.leaf.key_pem); /* not leaf first */
    const Pki &pss = PkiFor(KeyKind::RsaPss2048);
    ExpectNotLoaded(ERR_KEY_MISMATCH, pss.leaf.pem, KeyPem(TestKey(KeyKind::Rsa2048)));
}

/* The public half in the file fits, the private half is another one's: only a signature shows it. */
TEST_F(Chain, KeyWithForeignPrivateHalf)
{
    Issued leaf = Issue(CertSpec().Leaf("a.test").Key(KeyKind::P256));
    Bytes mine = KeyDer(leaf.key), other = KeyDer(TestKey(KeyKind::P256, 9));
    size_t scalar = 36; /* PKCS #8 of P-256: the 32 scalar bytes stand here */
    std::copy(other.begin() + 36, other.begin() + 68, mine.begin() + static_cast<std::ptrdiff_t>(scalar));
    EXPECT_FALSE(Load(leaf.pem, PemBlock("PRIVATE KEY", mine)));
    EXPECT_TRUE(err_last() == ERR_KEY_MISMATCH || err_last() == ERR_DECODE_PRIVATE_KEY)
        << err_name(err_last());
}

TEST_F(Chain, UnsupportedLeafKeyIsNoCertificate)
{
    for (KeyKind kind : { KeyKind::Ed25519, KeyKind::P224 }) {
        Issued leaf = Issue(CertSpec().Leaf("a.test").Key(kind));
        ExpectNotLoaded(ERR_DECODE_CERTIFICATE, leaf.pem, leaf.key_pem);
    }
}

TEST_F(Chain, FewTrailingBytesAreToleratedAndDropped)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    for (size_t n = 0; n <= 4; n++) {
        Bytes der = pki.leaf.der;
        der.insert(der.end(), n, 0);
        EXPECT_EQ(Load(PemBlock("CERTIFICATE", der), pki.leaf.key_pem), n <= 3) << n;
        EXPECT_EQ(Hex(buf_span(&chain_->certs[0].der)), ToHex(pki.leaf.der));
    }
    EXPECT_EQ(err_last(), ERR_DECODE_CERTIFICATE);
}

TEST_F(Chain, FailedLoadLeavesWhatWasThere)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    ASSERT_TRUE(Load(pki.chain_pem, pki.leaf.key_pem));
    struct pkey *before = chain_->key;
    EXPECT_FALSE(Load(pki.chain_pem, KeyPem(TestKey(KeyKind::P256, 7))));
    EXPECT_EQ(chain_->key, before);
    EXPECT_EQ(chain_->n, 2u);
    EXPECT_EQ(Names(), (Strings{ "localhost", "www.example.test" }));
    ASSERT_TRUE(Load(pki.leaf.pem, pki.leaf.key_pem)); /* and a second load replaces */
    EXPECT_EQ(chain_->n, 1u);
    EXPECT_EQ(Names().size(), 2u);
}

TEST_F(Chain, NamesAreDnsSansOrElseCommonNames)
{
    auto names = [&](const CertSpec &spec) {
        Issued leaf = Issue(spec);
        EXPECT_TRUE(Load(leaf.pem, leaf.key_pem));
        return Names();
    };
    EXPECT_EQ(names(CertSpec().Leaf("CN.test").San("DNS:A.Test").San("IP:1.2.3.4").San("DNS:*.B.test")),
              (Strings{ "a.test", "*.b.test" }));
    EXPECT_EQ(names(CertSpec().Leaf("CN.test").San("IP:1.2.3.4").San("URI:https://x.test")),
              (Strings{ "cn.test" }));
    CertSpec two = CertSpec().Leaf("One.test");
    two.cns.push_back("Two.Test");
    EXPECT_EQ(names(two), (Strings{ "one.test", "two.test" }));
    CertSpec none = CertSpec().Leaf("x");
    none.cns.clear();
    EXPECT_EQ(names(none), Strings{});
}

TEST_F(Chain, FactsSayHowACertificateIsSignedAndWhatItIsFor)
{
    const Pki &rsa = PkiFor(KeyKind::Rsa2048);
    CertSpec spec = CertSpec().Leaf("a.test").Key(KeyKind::P384).Usage("digitalSignature").Digest("SHA384");
    Issued a = Issue(spec, &rsa.root);
    spec.pss_signature = true;
    Issued b = Issue(spec.Digest("SHA512").Usage("keyEncipherment,keyAgreement"), &rsa.root);
    Issued c = Issue(CertSpec().Leaf("c").Usage(""), &PkiFor(KeyKind::P256).root);
    Issued d = Issue(CertSpec().Leaf("d").Usage("keyCertSign"));
    ASSERT_TRUE(LoadPublic(a.pem + b.pem + c.pem + d.pem));
    const struct cert_facts *f[4];
    for (int i = 0; i < 4; i++) {
        f[i] = &chain_->certs[i].facts;
    }
    EXPECT_EQ(f[0]->key.sig, SIG_ECDSA);
    EXPECT_EQ(f[0]->key.curve, 0x0018);
    EXPECT_EQ(f[0]->sig, SIG_RSA);
    EXPECT_EQ(f[0]->sig_hash, HASH_SHA384);
    EXPECT_EQ(f[0]->uses, USE_SIGN);
    EXPECT_FALSE(f[0]->self_issued);
    EXPECT_EQ(f[1]->sig, SIG_RSA_PSS_PSS);
    EXPECT_EQ(f[1]->sig_hash, HASH_SHA512);
    EXPECT_EQ(f[1]->uses, USE_ENCRYPT | USE_AGREE);
    EXPECT_EQ(f[2]->sig, SIG_ECDSA);
    EXPECT_EQ(f[2]->sig_hash, HASH_SHA256);
    EXPECT_EQ(f[2]->uses, USE_SIGN | USE_ENCRYPT | USE_AGREE);
    EXPECT_EQ(f[3]->uses, 0);
    EXPECT_TRUE(f[3]->self_issued);
    EXPECT_EQ(Issue(CertSpec().Leaf("e").Key(KeyKind::Ed25519)).der.empty(), false);
}

TEST_F(Chain, CopiesOfAPeersChain)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    struct span ders[] = { Span(pki.leaf.der), Span(pki.intermediate.der) };
    ASSERT_TRUE(chain_from_ders(chain_.get(), ders, 2));
    EXPECT_EQ(chain_->n, 2u);
    EXPECT_EQ(chain_->key, nullptr);
    EXPECT_FALSE(chain_from_ders(chain_.get(), ders, 0));
    EXPECT_EQ(err_last(), ERR_NO_CERT_FOUND);
    EXPECT_EQ(chain_->n, 2u);
}

/* ---- the walker ---- */

TEST_F(Chain, CertificateCutOrProlongedAnywhereIsNone)
{
    for (KeyKind kind : { KeyKind::P256, KeyKind::RsaPssSha256 }) {
        const Bytes &good = PkiFor(kind).leaf.der;
        struct cert_view view;
        ASSERT_TRUE(cert_read(Span(good), &view));
        for (size_t n = 0; n < good.size(); n++) {
            Bytes cut(good.begin(),
                      good.begin() + static_cast<std::ptrdiff_t>(n)); /* its own memory: ASan watches */
            EXPECT_FALSE(cert_read(Span(cut), &view)) << n;
            EXPECT_EQ(err_last(), ERR_DECODE_CERTIFICATE);
        }
        Bytes longer = good;
        longer.push_back(0);
        EXPECT_FALSE(cert_read(Span(longer), &view));
    }
}

/* Whatever single bits do to the encoding: libcrypto accepts all that the walker accepts (but not the
 * other way round). */
TEST_F(Chain, WalkerAcceptsNoMoreThanLibcrypto)
{
    const Bytes &good = PkiFor(KeyKind::P256).leaf.der;
    int accepted = 0;
    for (size_t bit = 0; bit < 8 * good.size(); bit++) {
        Bytes bad = good;
        bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        struct cert_view view;
        struct cert_facts facts;
        if (cert_read(Span(bad), &view)) {
            cert_get_facts(&view, &facts);
            std::string pem = PemBlock("CERTIFICATE", bad);
            accepted += LoadPublic(pem);
        } else {
            EXPECT_FALSE(LoadPublic(PemBlock("CERTIFICATE", bad)));
        }
    }
    EXPECT_GT(accepted, 100); /* most bits are key, name and signature */
}

TEST_F(Chain, DoubledExtensionIsRefused)
{
    Issued twice = Issue(CertSpec().Leaf("a").San("DNS:a.test").With("2.5.29.17", "DER:3003820178"));
    EXPECT_FALSE(LoadPublic(twice.pem));
    EXPECT_EQ(err_last(), ERR_DECODE_CERTIFICATE);
}

/* ---- extensions ---- */

class Extension : public Chain
{
  protected:
    void SetUp() override
    {
        Issued leaf = Issue(CertSpec()
                                .Leaf("a.test")
                                .San("DNS:a.test")
                                .With("1.2.3.4.5", "ASN1:FORMAT:UTF8,UTF8:hällo")
                                .With("1.2.3.4.6", "critical,DER:0500"));
        ASSERT_TRUE(Load(leaf.pem, leaf.key_pem));
    }
    bool Get(const char *oid) { return cert_extension(&chain_->certs[0], oid, &value_, &critical_); }
    void TearDown() override { buf_free(&value_); }
    struct buf value_ = {};
    bool critical_ = false;
};

TEST_F(Extension, ComesWithItsValueAndWeight)
{
    ASSERT_TRUE(Get("1.2.3.4.6"));
    EXPECT_TRUE(critical_);
    EXPECT_EQ(Hex(buf_span(&value_)), "0500");
    ASSERT_TRUE(Get("1.2.3.4.5"));
    EXPECT_FALSE(critical_);
    struct span text;
    ASSERT_TRUE(cert_utf8_from_extension(buf_span(&value_), &text));
    EXPECT_EQ(std::string(reinterpret_cast<const char *>(text.p), text.n), "hällo");
    ASSERT_TRUE(Get("2.5.29.17"));
    EXPECT_EQ(Hex(buf_span(&value_)), "30088206612e74657374");
    ASSERT_TRUE(Get("subjectAltName")) << "registered names work too";
}

TEST_F(Extension, MissingOrMisnamed)
{
    EXPECT_FALSE(Get("1.2.3.4.7"));
    EXPECT_EQ(err_last(), ERR_X509_EXTENSION_VALUE_NOT_FOUND);
    EXPECT_FALSE(Get("no such thing"));
    EXPECT_EQ(err_last(), ERR_NULL);
    CertSpec bare;
    bare.cns = { "bare" };
    bare.key_ids = false;
    ASSERT_TRUE(LoadPublic(Issue(bare).pem));
    EXPECT_FALSE(Get("2.5.29.17"));
    EXPECT_EQ(err_last(), ERR_SAFETY);
}

TEST_F(Extension, OnlyUtf8StringsAreText)
{
    struct span text = SPAN_NONE;
    for (const char *bad : { "0500", "13026162", "0c03616263ff", "0c0361", "0c", "2c0361 6263" }) {
        Bytes b = FromHex(bad);
        EXPECT_FALSE(cert_utf8_from_extension(Span(b), &text)) << bad;
        EXPECT_EQ(err_last(), ERR_INVALID_X509_EXTENSION_TYPE) << bad;
    }
    Bytes empty = FromHex("0c00");
    EXPECT_FALSE(cert_utf8_from_extension(Span(empty), &text));
    EXPECT_EQ(err_last(), ERR_SAFETY);
    EXPECT_FALSE(cert_utf8_from_extension(SPAN_NONE, &text));
    EXPECT_EQ(err_last(), ERR_SAFETY);
}

} // namespace
