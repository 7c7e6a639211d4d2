/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging peers' chains: what is accepted, which error each fault gives, the order of names, and that the
 * memory of verified chains never accepts what a new verification would not (RFC 5280 6, RFC 9525, contract
 * functions-1.md 6).
 */
#include "support/core_fixture.h"
#include "support/pki.h"

#include <atomic>

extern "C" {
#include "x509/verify.h"
}

using namespace s2n_test;

namespace
{

struct PeerFree {
    void operator()(struct peer_chain *p) const { peer_free(p); }
};
using Peer = std::unique_ptr<struct peer_chain, PeerFree>;

const uint64_t kNs = 1000000000;
const time_t kDay = 86400;

class Verify : public CoreTest
{
  protected:
    struct trust *trust_ = nullptr;
    struct verify_rules rules_ = {};
    time_t now_ = time(nullptr);
    const Pki &pki_ = PkiFor(KeyKind::P256);
    Peer peer_;

    void SetUp() override
    {
        ASSERT_TRUE(trust_new(&trust_));
        rules_.trust = trust_;
        rules_.peer_is_server = rules_.check_time = rules_.check_intent = true;
        rules_.max_depth = 7;
        At(now_);
    }
    void TearDown() override
    {
        peer_.reset();
        trust_free(trust_);
    }
    void At(time_t t) { rules_.now = static_cast<uint64_t>(t) * kNs; }
    void TrustIn(const Issued &anchor)
    {
        struct span pem = Text(anchor.pem.c_str());
        ASSERT_TRUE(trust_add_pem(trust_, pem));
    }
    /* The error's name without its prefix, "" when accepted; the result is in peer_. */
    std::string Judge(const std::vector<Bytes> &ders)
    {
        std::vector<struct span> spans;
        for (const Bytes &d : ders) {
            spans.push_back(Span(d));
        }
        struct peer_chain *p = nullptr;
        bool ok = verify_peer(&rules_, spans.data(), static_cast<uint32_t>(spans.size()), &p);
        peer_.reset(p);
        EXPECT_EQ(ok, p != nullptr);
        return ok ? "" : err_name(err_last()) + 8;
    }
    std::string JudgeUsual() { return Judge({ pki_.leaf.der, pki_.intermediate.der }); }
    std::string JudgeLeaf(const CertSpec &spec) { return Judge({ Issue(spec, &pki_.root).der }); }
    std::string JudgeVia(const CertSpec &intermediate, const CertSpec &leaf)
    {
        Issued ca = Issue(intermediate, &pki_.root);
        return Judge({ Issue(leaf, &ca).der, ca.der });
    }
    static CertSpec Leaf() { return CertSpec().Leaf("leaf.test").San("DNS:leaf.test"); }
    static CertSpec Ca() { return CertSpec().Ca("Some CA").Key(KeyKind::P256, 50); }
};

/* ---- accepted ---- */

TEST_F(Verify, GoodChainOfEveryKind)
{
    for (KeyKind kind : { KeyKind::Rsa2048, KeyKind::RsaPss2048, KeyKind::RsaPssSha256, KeyKind::P256,
                          KeyKind::P384, KeyKind::P521 }) {
        const Pki &pki = PkiFor(kind);
        TrustIn(pki.root);
        for (bool server : { true, false }) {
            rules_.peer_is_server = server;
            EXPECT_EQ(Judge({ pki.leaf.der, pki.intermediate.der }), "");
        }
    }
}

TEST_F(Verify, ResultIsTheBuiltChainWithItsAnchor)
{
    TrustIn(pki_.root);
    ASSERT_EQ(JudgeUsual(), "");
    EXPECT_TRUE(peer_verified(peer_.get()));
    ASSERT_EQ(peer_count(peer_.get()), 3u);
    EXPECT_EQ(Hex(peer_der(peer_.get(), 0)), ToHex(pki_.leaf.der));
    EXPECT_EQ(Hex(peer_der(peer_.get(), 1)), ToHex(pki_.intermediate.der));
    EXPECT_EQ(Hex(peer_der(peer_.get(), 2)), ToHex(pki_.root.der));
    EXPECT_EQ(peer_der(peer_.get(), 3).p, nullptr);
    EXPECT_EQ(peer_cert_facts(peer_.get(), 3), nullptr);
    EXPECT_TRUE(peer_cert_facts(peer_.get(), 2)->self_issued);
    EXPECT_EQ(peer_facts(peer_.get())->key.curve, 0x0017);
    EXPECT_EQ(peer_facts(peer_.get())->uses, USE_SIGN);
    struct pkey *priv = nullptr;
    Bytes der = KeyDer(pki_.leaf.key);
    ASSERT_TRUE(pkey_from_private_der(Span(der), &priv));
    EXPECT_TRUE(pkey_matches(priv, peer_key(peer_.get())));
    pkey_drop(priv);
}

TEST_F(Verify, SentOrderAndExtrasDoNotMatterBehindTheLeaf)
{
    TrustIn(pki_.root);
    Issued other = Issue(Ca());
    EXPECT_EQ(Judge({ pki_.leaf.der, other.der, pki_.root.der, pki_.intermediate.der }), "");
    EXPECT_EQ(peer_count(peer_.get()), 3u);
    rules_.check_intent = false; /* an issuer's key is not for handshakes */
    ASSERT_EQ(Judge({ pki_.intermediate.der, pki_.leaf.der }), "")
        << "the first one is the leaf, whatever it is";
    EXPECT_EQ(Hex(peer_der(peer_.get(), 0)), ToHex(pki_.intermediate.der));
}

TEST_F(Verify, AnyTrustedCertificateEndsTheChain)
{
    TrustIn(pki_.intermediate);
    EXPECT_EQ(JudgeUsual(), "");
    EXPECT_EQ(peer_count(peer_.get()), 2u);
    EXPECT_EQ(Judge({ pki_.leaf.der }), "") << "the intermediate need not be sent";
    ASSERT_TRUE(trust_wipe(trust_));
    TrustIn(pki_.leaf);
    EXPECT_EQ(Judge({ pki_.leaf.der }), "");
    EXPECT_EQ(peer_count(peer_.get()), 1u);
}

/* ---- not trusted ---- */

TEST_F(Verify, NoStoreOrAnotherRootIsUntrusted)
{
    EXPECT_EQ(JudgeUsual(), "CERT_UNTRUSTED");
    rules_.trust = nullptr;
    EXPECT_EQ(JudgeUsual(), "CERT_UNTRUSTED");
    rules_.trust = trust_;
    TrustIn(PkiFor(KeyKind::P384).root);
    std::string same_name = "Test Root " + std::to_string(static_cast<int>(KeyKind::P256));
    TrustIn(Issue(CertSpec().Ca(same_name).Key(KeyKind::P256, 40)));
    EXPECT_EQ(JudgeUsual(), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ pki_.leaf.der, pki_.intermediate.der, pki_.root.der }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ Issue(Leaf()).der }), "CERT_UNTRUSTED") << "self-signed";
}

TEST_F(Verify, MissingIntermediateIsUntrusted)
{
    TrustIn(pki_.root);
    EXPECT_EQ(Judge({ pki_.leaf.der }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ pki_.leaf.der, pki_.root.der }), "CERT_UNTRUSTED");
}

TEST_F(Verify, DamagedSignatureIsUntrusted)
{
    TrustIn(pki_.root);
    for (size_t which : { 0u, 1u }) {
        std::vector<Bytes> ders = { pki_.leaf.der, pki_.intermediate.der };
        ders[which].back() ^= 1;
        EXPECT_EQ(Judge(ders), "CERT_UNTRUSTED");
    }
}

TEST_F(Verify, IssuerMustBeACertificateAuthority)
{
    TrustIn(pki_.root);
    EXPECT_EQ(JudgeVia(CertSpec().Leaf("not a CA").Key(KeyKind::P256, 51), Leaf()), "CERT_UNTRUSTED");
    EXPECT_EQ(JudgeVia(Ca().Usage("digitalSignature"), Leaf()), "CERT_UNTRUSTED");
    EXPECT_EQ(JudgeVia(Ca(), Leaf()), "");
}

TEST_F(Verify, PathLengthIsKept)
{
    TrustIn(pki_.root);
    CertSpec upper = Ca(), lower = CertSpec().Ca("Lower CA").Key(KeyKind::P256, 52);
    for (int length : { 0, 1 }) {
        upper.path_length = length;
        Issued a = Issue(upper, &pki_.root), b = Issue(lower, &a);
        EXPECT_EQ(Judge({ Issue(Leaf(), &b).der, b.der, a.der }), length == 0 ? "CERT_UNTRUSTED" : "");
    }
}

TEST_F(Verify, NameConstraintsAreKept)
{
    TrustIn(pki_.root);
    CertSpec ca = Ca();
    ca.name_constraints = "permitted;DNS:inside.test";
    EXPECT_EQ(JudgeVia(ca, CertSpec().Leaf("x").San("DNS:a.inside.test")), "");
    EXPECT_EQ(JudgeVia(ca, CertSpec().Leaf("x").San("DNS:a.outside.test")), "CERT_UNTRUSTED");
    ca.name_constraints = "excluded;DNS:inside.test";
    EXPECT_EQ(JudgeVia(ca, CertSpec().Leaf("x").San("DNS:a.inside.test")), "CERT_UNTRUSTED");
}

TEST_F(Verify, WeakKeysAndHashesAreUntrusted)
{
    const Pki &rsa = PkiFor(KeyKind::Rsa2048);
    TrustIn(rsa.root);
    EXPECT_EQ(Judge({ Issue(Leaf(), &rsa.root).der }), "");
    EXPECT_EQ(Judge({ Issue(Leaf().Digest("SHA1"), &rsa.root).der }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ Issue(Leaf().Digest("MD5"), &rsa.root).der }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ Issue(Leaf().Key(KeyKind::Rsa1024), &rsa.root).der }), "CERT_UNTRUSTED");
    Issued weak = Issue(Ca().Key(KeyKind::Rsa1024, 1), &rsa.root);
    EXPECT_EQ(Judge({ Issue(Leaf(), &weak).der, weak.der }), "CERT_UNTRUSTED");
    Issued old_root = Issue(CertSpec().Ca("Old Root").Key(KeyKind::Rsa2048, 3).Digest("SHA1"));
    TrustIn(old_root); /* an anchor's own signature says nothing */
    EXPECT_EQ(Judge({ Issue(Leaf(), &old_root).der }), "");
}

/* ---- time ---- */

TEST_F(Verify, ValidityOfEveryCertificateCounts)
{
    TrustIn(pki_.root);
    EXPECT_EQ(JudgeLeaf(Leaf().From(now_ - 2 * kDay).Until(now_ - kDay)), "CERT_EXPIRED");
    EXPECT_EQ(JudgeLeaf(Leaf().From(now_ + kDay)), "CERT_NOT_YET_VALID");
    EXPECT_EQ(JudgeVia(Ca().From(now_ - 2 * kDay).Until(now_ - kDay), Leaf()), "CERT_EXPIRED");
    EXPECT_EQ(JudgeVia(Ca().From(now_ + kDay), Leaf()), "CERT_NOT_YET_VALID");
    Issued old_root =
        Issue(CertSpec().Ca("Old Root").Key(KeyKind::P256, 60).From(now_ - 2 * kDay).Until(now_ - kDay));
    TrustIn(old_root);
    EXPECT_EQ(Judge({ Issue(Leaf(), &old_root).der }), "CERT_EXPIRED");
    rules_.check_time = false;
    EXPECT_EQ(Judge({ Issue(Leaf(), &old_root).der }), "");
    EXPECT_EQ(JudgeLeaf(Leaf().From(now_ - 2 * kDay).Until(now_ - kDay)), "");
    EXPECT_EQ(JudgeLeaf(Leaf().From(now_ + kDay)), "");
}

TEST_F(Verify, ClockIsTheCallersNotTheSystems)
{
    TrustIn(pki_.root);
    At(now_ + 100L * 365 * kDay);
    EXPECT_EQ(JudgeUsual(), "CERT_EXPIRED");
    At(now_ - 10L * 365 * kDay);
    EXPECT_EQ(JudgeUsual(), "CERT_NOT_YET_VALID");
}

/* ---- purpose ---- */

TEST_F(Verify, ExtendedKeyUsageMustAllowTheRole)
{
    TrustIn(pki_.root);
    const struct {
        const char *usage, *as_server, *as_client;
    } rows[] = {
        { "serverAuth", "", "CERT_INTENT_INVALID" },
        { "clientAuth", "CERT_INTENT_INVALID", "" },
        { "serverAuth,clientAuth", "", "" },
        { "codeSigning", "CERT_INTENT_INVALID", "CERT_INTENT_INVALID" },
        { "", "", "" },
    };
    for (const auto &row : rows) {
        for (bool server : { true, false }) {
            rules_.peer_is_server = server;
            const char *expected = server ? row.as_server : row.as_client;
            EXPECT_EQ(JudgeLeaf(Leaf().ExtUsage(row.usage)), expected) << row.usage << server;
            EXPECT_EQ(JudgeVia(Ca().ExtUsage(row.usage), Leaf()), expected) << row.usage << server;
        }
    }
    rules_.check_intent = false;
    EXPECT_EQ(JudgeLeaf(Leaf().ExtUsage("codeSigning")), "");
    EXPECT_EQ(JudgeVia(Ca().ExtUsage("codeSigning"), Leaf()), "");
    EXPECT_EQ(JudgeVia(CertSpec().Leaf("not a CA").Key(KeyKind::P256, 51), Leaf()), "CERT_UNTRUSTED")
        << "still";
}

TEST_F(Verify, KeyUsageMustAllowTheRole)
{
    TrustIn(pki_.root);
    EXPECT_EQ(JudgeLeaf(Leaf().Usage("keyCertSign")), "CERT_INTENT_INVALID");
    EXPECT_EQ(JudgeLeaf(Leaf().Usage("keyAgreement")), "");
    rules_.peer_is_server = false;
    EXPECT_EQ(JudgeLeaf(Leaf().Usage("keyEncipherment")), "CERT_INTENT_INVALID");
    EXPECT_EQ(JudgeLeaf(Leaf().Usage("digitalSignature")), "");
}

TEST_F(Verify, AnchorMayBeForAnything)
{
    Issued root = Issue(CertSpec().Ca("Code Root").Key(KeyKind::P256, 61).ExtUsage("codeSigning"));
    TrustIn(root);
    EXPECT_EQ(Judge({ Issue(Leaf(), &root).der }), "");
}

/* ---- extensions, depth, encoding ---- */

TEST_F(Verify, UnknownCriticalExtensionIsRefused)
{
    TrustIn(pki_.root);
    EXPECT_EQ(JudgeLeaf(Leaf().With("1.2.3.4", "DER:0500")), "");
    EXPECT_EQ(JudgeLeaf(Leaf().With("1.2.3.4", "critical,DER:0500")), "CERT_UNHANDLED_CRITICAL_EXTENSION");
    EXPECT_EQ(JudgeVia(Ca().With("1.2.3.4", "critical,DER:0500"), Leaf()),
              "CERT_UNHANDLED_CRITICAL_EXTENSION");
}

TEST_F(Verify, DepthCountsWhatWasSent)
{
    TrustIn(pki_.root);
    std::vector<Bytes> sent = { pki_.leaf.der, pki_.intermediate.der, pki_.root.der };
    rules_.max_depth = 2;
    EXPECT_EQ(Judge(sent), "CERT_MAX_CHAIN_DEPTH_EXCEEDED");
    rules_.max_depth = 3;
    EXPECT_EQ(Judge(sent), "");
    rules_.max_depth = 2; /* although it is remembered now */
    EXPECT_EQ(Judge(sent), "CERT_MAX_CHAIN_DEPTH_EXCEEDED");
    EXPECT_EQ(JudgeUsual(), "") << "the anchor that was not sent does not count";
    rules_.max_depth = 65535;
    sent.resize(PEER_CHAIN_MAX, pki_.root.der);
    EXPECT_EQ(Judge(sent), "");
    sent.push_back(pki_.root.der);
    EXPECT_EQ(Judge(sent), "CERT_MAX_CHAIN_DEPTH_EXCEEDED");
}

TEST_F(Verify, WhatIsNoCertificateIsRefused)
{
    TrustIn(pki_.root);
    EXPECT_EQ(Judge({}), "DECODE_CERTIFICATE");
    EXPECT_EQ(Judge({ {} }), "DECODE_CERTIFICATE");
    EXPECT_EQ(Judge({ { 1, 2, 3 } }), "DECODE_CERTIFICATE");
    EXPECT_EQ(Judge({ pki_.leaf.der, { 0x30, 0 } }), "DECODE_CERTIFICATE");
    for (size_t which : { 0u, 1u }) {
        std::vector<Bytes> ders = { pki_.leaf.der, pki_.intermediate.der };
        ders[which].push_back(0);
        EXPECT_EQ(Judge(ders), "DECODE_CERTIFICATE");
        ders[which].pop_back();
        while (!ders[which].empty()) {
            ders[which].pop_back();
            EXPECT_EQ(Judge(ders), "DECODE_CERTIFICATE") << ders[which].size();
        }
    }
    EXPECT_EQ(JudgeLeaf(Leaf().Key(KeyKind::Ed25519)), "DECODE_CERTIFICATE")
        << "a leaf key no TLS scheme here uses";
    EXPECT_EQ(JudgeLeaf(Leaf().Key(KeyKind::P224)), "DECODE_CERTIFICATE");
    EXPECT_EQ(JudgeVia(Ca().Key(KeyKind::Ed25519), Leaf()), "") << "but an issuer may have any";
}

TEST_F(Verify, DamagedBitIsNeverAccepted)
{
    TrustIn(pki_.root);
    Issued leaf = Issue(Leaf(), &pki_.root);
    for (size_t bit = 0; bit < 8 * leaf.der.size(); bit += 3) {
        Bytes bad = leaf.der;
        bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        EXPECT_NE(Judge({ bad }), "") << bit;
    }
}

/* ---- verification off ---- */

TEST_F(Verify, SkippingStillParses)
{
    rules_.skip = true;
    rules_.check_host = true;
    rules_.host = [](const char *, size_t, void *) -> uint8_t {
        ADD_FAILURE() << "not asked";
        return 0;
    };
    EXPECT_EQ(JudgeUsual(), "");
    EXPECT_FALSE(peer_verified(peer_.get()));
    EXPECT_EQ(peer_count(peer_.get()), 2u);
    EXPECT_EQ(peer_facts(peer_.get())->key.curve, 0x0017);
    EXPECT_NE(peer_key(peer_.get()), nullptr);
    EXPECT_EQ(JudgeLeaf(Leaf().From(now_ - 2 * kDay).Until(now_ - kDay)), "");
    EXPECT_EQ(Judge({ { 0x30, 0 } }), "DECODE_CERTIFICATE");
    EXPECT_EQ(Judge({ pki_.leaf.der, { 1 } }), "DECODE_CERTIFICATE");
    EXPECT_EQ(Judge({}), "DECODE_CERTIFICATE");
    EXPECT_EQ(JudgeLeaf(Leaf().Key(KeyKind::Ed25519)), "DECODE_CERTIFICATE");
    rules_.max_depth = 1; /* those past the limit are ignored */
    EXPECT_EQ(Judge({ pki_.leaf.der, { 1 } }), "");
    EXPECT_EQ(peer_count(peer_.get()), 1u);
}

/* ---- names ---- */

class Names : public Verify
{
  protected:
    std::vector<std::string> asked_;
    std::string wanted_ = "nobody";

    static uint8_t Host(const char *name, size_t n, void *data)
    {
        auto *self = static_cast<Names *>(data);
        EXPECT_EQ(name[n], '\0');
        self->asked_.emplace_back(name, n);
        return self->asked_.back() == self->wanted_;
    }
    void SetUp() override
    {
        Verify::SetUp();
        TrustIn(pki_.root);
        rules_.check_host = true;
        rules_.host = Host;
        rules_.host_data = this;
    }
    std::string Ask(const CertSpec &spec, const std::string &wanted = "nobody")
    {
        asked_.clear();
        wanted_ = wanted;
        return JudgeLeaf(spec);
    }
    using Strings = std::vector<std::string>;
};

TEST_F(Names, SansInOrderUntilOneIsAccepted)
{
    CertSpec spec = CertSpec()
                        .Leaf("cn.test")
                        .San("URI:https://U.test/")
                        .San("DNS:A.test")
                        .San("IP:192.0.2.1")
                        .San("IP:2001:db8::1")
                        .San("DNS:*.b.test");
    EXPECT_EQ(Ask(spec), "CERT_INVALID_HOSTNAME");
    EXPECT_EQ(asked_, (Strings{ "https://U.test/", "A.test", "192.0.2.1", "2001:db8::1", "*.b.test" }));
    EXPECT_EQ(Ask(spec, "192.0.2.1"), "");
    EXPECT_EQ(asked_.size(), 3u);
    EXPECT_EQ(Ask(spec, "cn.test"), "CERT_INVALID_HOSTNAME") << "the common name does not count beside them";
}

TEST_F(Names, LastCommonNameIfThereIsNoSanOfUse)
{
    CertSpec spec = CertSpec().Leaf("one.test").San("email:a@b.test");
    spec.cns.push_back("two.test");
    EXPECT_EQ(Ask(spec, "two.test"), "");
    EXPECT_EQ(asked_, Strings{ "two.test" });
    EXPECT_EQ(Ask(spec, "one.test"), "CERT_INVALID_HOSTNAME");
    EXPECT_EQ(asked_, Strings{ "two.test" });
}

TEST_F(Names, EmptyNameIfThereIsNone)
{
    CertSpec spec = CertSpec().Leaf("x");
    spec.cns.clear();
    EXPECT_EQ(Ask(spec, ""), "");
    EXPECT_EQ(asked_, Strings{ "" });
    EXPECT_EQ(Ask(spec), "CERT_INVALID_HOSTNAME");
}

TEST_F(Names, UnhandledSanAtTheEndIsUntrusted)
{
    EXPECT_EQ(Ask(CertSpec().Leaf("x").San("DNS:a.test").San("email:a@b.test")), "CERT_UNTRUSTED");
    EXPECT_EQ(Ask(CertSpec().Leaf("x").San("email:a@b.test").San("DNS:a.test")), "CERT_INVALID_HOSTNAME");
    EXPECT_EQ(Ask(CertSpec().Leaf("x").San("email:a@b.test").San("DNS:a.test"), "a.test"), "");
}

TEST_F(Names, IpLiteralInCommonNameNeedsLeave)
{
    for (const char *ip : { "192.0.2.1", "2001:db8::1" }) {
        EXPECT_EQ(Ask(CertSpec().Leaf(ip), ip), "CERT_UNTRUSTED");
        EXPECT_TRUE(asked_.empty());
    }
    rules_.allow_ip_in_cn = true;
    EXPECT_EQ(Ask(CertSpec().Leaf("192.0.2.1"), "192.0.2.1"), "");
    EXPECT_EQ(Ask(CertSpec().Leaf("192.0.2.1"), "192.0.2.2"), "CERT_INVALID_HOSTNAME");
}

TEST_F(Names, CommonNameHasALimit)
{
    EXPECT_EQ(Ask(CertSpec().Leaf(std::string(254, 'a')), std::string(254, 'a')), "");
    EXPECT_EQ(Ask(CertSpec().Leaf(std::string(255, 'a'))), "SAFETY");
    std::string uri = "https://" + std::string(1000, 'u');
    EXPECT_EQ(Ask(CertSpec().Leaf("x").San("URI:" + uri), uri), "") << "a SAN has none";
}

TEST_F(Names, NulInsideANameIsNeverAsked)
{
    /* DNS name "a.test\0.b" */
    EXPECT_EQ(Ask(CertSpec().Leaf("x").With("2.5.29.17", "DER:300b8209612e74657374002e62"), "a.test"),
              "CERT_INVALID_HOSTNAME");
    EXPECT_TRUE(asked_.empty());
}

TEST_F(Names, BrokenSanIsNoCertificate)
{
    EXPECT_EQ(Ask(CertSpec().Leaf("x").With("2.5.29.17", "DER:300b8209612e7465")), "DECODE_CERTIFICATE");
    EXPECT_EQ(Ask(CertSpec().Leaf("x").With("2.5.29.17", "DER:8209")), "DECODE_CERTIFICATE");
    EXPECT_EQ(Ask(CertSpec().Leaf("x").With("2.5.29.17", "DER:3003870101")), "CERT_INVALID_HOSTNAME")
        << "one-byte IP: no name";
}

TEST_F(Names, AreJudgedBeforeTrust)
{
    EXPECT_EQ(Judge({ Issue(Leaf()).der }), "CERT_INVALID_HOSTNAME");
    wanted_ = "leaf.test";
    EXPECT_EQ(Judge({ Issue(Leaf()).der }), "CERT_UNTRUSTED");
}

TEST_F(Names, AreNotJudgedWhenNotAskedFor)
{
    rules_.check_host = false;
    EXPECT_EQ(JudgeUsual(), "");
    EXPECT_TRUE(asked_.empty());
}

TEST(HostMatcher, FoldsCaseAndKnowsOneKindOfWildcard)
{
    const struct {
        const char *name, *expected;
        bool match;
    } rows[] = {
        { "a.test", "a.test", true },
        { "A.TEST", "a.test", true },
        { "a.test", "A.tEst", true },
        { "a.test", "b.test", false },
        { "a.test", "a.test.", false },
        { "a.tes", "a.test", false },
        { "*.test", "a.test", true },
        { "*.a.test", "b.A.TEST", true },
        { "*.a.test", "a.test", false },
        { "*.a.test", "c.b.a.test", false },
        { "*.test", "test", false },
        { "*.test", ".test", false },
        { "*", "test", false },
        { "*.", "test.", false },
        { "**.test", "a.test", false },
        { "a*.test", "ab.test", false },
        { "*a.test", "ba.test", false },
        { "b.*.test", "b.a.test", false },
        { "192.0.2.1", "192.0.2.1", true },
        { "::1", "::1", true },
        { "*.0.2.1", "192.0.2.1", false },
        { "", "", false },
        { "", "a.test", false },
        { "a.test", "", false },
    };
    for (const auto &row : rows) {
        std::string expected = row.expected;
        EXPECT_EQ(verify_host_default(row.name, std::strlen(row.name), &expected[0]) != 0, row.match)
            << row.name << " for " << row.expected;
    }
    EXPECT_EQ(verify_host_default("a.test", 6, nullptr), 0);
    std::string expected = "a.test";
    EXPECT_EQ(verify_host_default("a.test\0b", 8, &expected[0]), 0);
}

/* ---- the memory ---- */

class Remembered : public Verify
{
  protected:
    Issued root_ = Issue(
        CertSpec().Ca("Memory Root").Key(KeyKind::P256, 70).From(now_ - 30 * kDay).Until(now_ + 30 * kDay));
    Issued ca_ = Issue(
        CertSpec().Ca("Memory CA").Key(KeyKind::P256, 71).From(now_ - 20 * kDay).Until(now_ + 10 * kDay),
        &root_);
    Issued leaf_ = Issue(Leaf().ExtUsage("serverAuth").From(now_ - 10 * kDay).Until(now_ + 20 * kDay), &ca_);
    const struct peer_chain *first_ = nullptr;

    void SetUp() override
    {
        Verify::SetUp();
        TrustIn(root_);
        ASSERT_EQ(Again(), "");
        first_ = peer_.get();
        keep_ = std::move(peer_); /* so that its address is not given to another chain */
    }
    std::string Again() { return Judge({ leaf_.der, ca_.der }); }
    bool Recalled() const { return peer_.get() == first_; }
    Peer keep_;
};

TEST_F(Remembered, SameChainSameRulesIsRecalled)
{
    EXPECT_EQ(Again(), "");
    EXPECT_TRUE(Recalled());
    EXPECT_EQ(peer_count(peer_.get()), 3u);
    EXPECT_TRUE(peer_verified(peer_.get()));
}

TEST_F(Remembered, ExpiryIsStillSeen)
{
    At(now_ + 10 * kDay - 1); /* the intermediate goes first */
    EXPECT_EQ(Again(), "");
    EXPECT_TRUE(Recalled());
    At(now_ + 10 * kDay);
    EXPECT_EQ(Again(), "CERT_EXPIRED");
    At(now_ + 40 * kDay);
    EXPECT_EQ(Again(), "CERT_EXPIRED");
    At(now_);
    EXPECT_EQ(Again(), "");
    EXPECT_TRUE(Recalled());
}

TEST_F(Remembered, ClockGoingBackIsStillSeen)
{
    At(now_ - 10 * kDay); /* the leaf came last */
    EXPECT_EQ(Again(), "");
    EXPECT_TRUE(Recalled());
    At(now_ - 10 * kDay - 1);
    EXPECT_EQ(Again(), "CERT_NOT_YET_VALID");
    At(0);
    EXPECT_EQ(Again(), "CERT_NOT_YET_VALID");
    rules_.now = UINT64_MAX;
    EXPECT_EQ(Again(), "CERT_EXPIRED");
}

/* At every instant the answer is that of a store without memory. */
TEST_F(Remembered, AnswersAtAllTimesAreThoseOfAFreshStore)
{
    for (int days = -35; days <= 35; days++) {
        for (int offset : { -1, 0, 1 }) {
            At(now_ + days * kDay + offset);
            std::string remembered = Again();
            struct trust *fresh = nullptr;
            ASSERT_TRUE(trust_new(&fresh));
            ASSERT_TRUE(trust_add_pem(fresh, Text(root_.pem.c_str())));
            rules_.trust = fresh;
            EXPECT_EQ(Again(), remembered) << days << ' ' << offset;
            rules_.trust = trust_;
            peer_.reset();
            trust_free(fresh);
        }
    }
}

TEST_F(Remembered, RemovedAnchorIsStillSeen)
{
    ASSERT_TRUE(trust_wipe(trust_));
    EXPECT_EQ(Again(), "CERT_UNTRUSTED");
    TrustIn(pki_.root);
    EXPECT_EQ(Again(), "CERT_UNTRUSTED");
    TrustIn(root_);
    EXPECT_EQ(Again(), "");
    EXPECT_FALSE(Recalled());
}

TEST_F(Remembered, AddedTrustMeansVerifyingAgain)
{
    TrustIn(ca_);
    EXPECT_EQ(Again(), "");
    EXPECT_FALSE(Recalled());
    EXPECT_EQ(peer_count(peer_.get()), 2u) << "the new anchor is the nearer one";
}

TEST_F(Remembered, OtherPurposeIsJudgedOnItsOwn)
{
    rules_.peer_is_server = false;
    EXPECT_EQ(Again(), "CERT_INTENT_INVALID");
    rules_.check_intent = false;
    EXPECT_EQ(Again(), "");
    EXPECT_FALSE(Recalled());
    rules_.check_intent = true;
    EXPECT_EQ(Again(), "CERT_INTENT_INVALID")
        << "what was remembered without the check does not count with it";
}

TEST_F(Remembered, WithoutTimeCheckIsJudgedOnItsOwn)
{
    rules_.check_time = false;
    At(now_ + 40 * kDay);
    EXPECT_EQ(Again(), "");
    EXPECT_FALSE(Recalled());
    rules_.check_time = true;
    EXPECT_EQ(Again(), "CERT_EXPIRED");
}

TEST_F(Remembered, HostNameIsJudgedEachTime)
{
    std::string name = "leaf.test";
    rules_.check_host = true;
    rules_.host = verify_host_default;
    rules_.host_data = &name[0];
    EXPECT_EQ(Again(), "");
    EXPECT_TRUE(Recalled());
    name = "other.test";
    rules_.host_data = &name[0];
    EXPECT_EQ(Again(), "CERT_INVALID_HOSTNAME");
    rules_.host_data = nullptr;
    EXPECT_EQ(Again(), "CERT_INVALID_HOSTNAME");
}

TEST_F(Remembered, AnyOtherBytesAreAnotherChain)
{
    for (size_t byte = 0; byte < leaf_.der.size(); byte += 7) {
        Bytes bad = leaf_.der;
        bad[byte] ^= 1;
        EXPECT_NE(Judge({ bad, ca_.der }), "") << byte;
    }
    Bytes bad = ca_.der;
    bad.back() ^= 1;
    EXPECT_EQ(Judge({ leaf_.der, bad }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ leaf_.der }), "CERT_UNTRUSTED");
    EXPECT_EQ(Judge({ ca_.der, leaf_.der }), "CERT_INTENT_INVALID") << "another leaf, judged on its own";
}

TEST_F(Remembered, RefusalsAreNotRemembered)
{
    Issued other = Issue(CertSpec().Ca("Late Root").Key(KeyKind::P256, 72));
    Issued leaf = Issue(Leaf(), &other);
    EXPECT_EQ(Judge({ leaf.der }), "CERT_UNTRUSTED");
    TrustIn(other);
    EXPECT_EQ(Judge({ leaf.der }), "");
}

TEST_F(Remembered, ChainOutlivesTheStore)
{
    ASSERT_EQ(Again(), "");
    ASSERT_TRUE(trust_wipe(trust_));
    EXPECT_EQ(Hex(peer_der(peer_.get(), 0)), ToHex(leaf_.der));
    EXPECT_NE(peer_key(peer_.get()), nullptr);
}

TEST_F(Remembered, ManyChainsDoNotPileUp)
{
    std::vector<Bytes> leaves;
    for (int i = 0; i < TRUST_MEMORY_SIZE + 5; i++) {
        leaves.push_back(Issue(Leaf(), &ca_).der);
        EXPECT_EQ(Judge({ leaves.back(), ca_.der }), "");
    }
    EXPECT_EQ(Again(), "");
    EXPECT_FALSE(Recalled()) << "the one unused longest was given up";
    for (const Bytes &leaf : leaves) {
        EXPECT_EQ(Judge({ leaf, ca_.der }), "");
    }
}

TEST_F(Remembered, ThreadsShareTheStoreWhileItChanges)
{
    std::atomic<int> accepted{ 0 }, refused{ 0 };
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++) {
        threads.emplace_back([&] {
            struct span ders[] = { Span(leaf_.der), Span(ca_.der) };
            for (int i = 0; i < 50; i++) {
                struct peer_chain *p = nullptr;
                if (verify_peer(&rules_, ders, 2, &p)) {
                    accepted += peer_count(p) == 3 && peer_key(p) != nullptr;
                } else {
                    refused++;
                }
                peer_free(p);
            }
        });
    }
    for (int i = 0; i < 20; i++) {
        TrustIn(i % 2 == 0 ? pki_.root : PkiFor(KeyKind::P384).root);
    }
    for (auto &t : threads) {
        t.join();
    }
    EXPECT_EQ(accepted, 200);
    EXPECT_EQ(refused, 0);
}

} // namespace
