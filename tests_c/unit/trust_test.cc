/* SPDX-License-Identifier: Apache-2.0 */
/* Filling and emptying trust stores (contract functions-1.md section 6), and the bounds of their memory. */
#include "support/core_fixture.h"
#include "support/pki.h"

#include <openssl/x509_vfy.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>

extern "C" {
#include "x509/peer.h"
#include "x509/trust.h"
#include "x509/verify.h"
}

using namespace s2n_test;

namespace
{

struct TrustFree {
    void operator()(struct trust *t) const { trust_free(t); }
};

class Trust : public CoreTest
{
  protected:
    std::unique_ptr<struct trust, TrustFree> trust_;
    void SetUp() override
    {
        struct trust *t = nullptr;
        ASSERT_TRUE(trust_new(&t));
        trust_.reset(t);
    }
    bool AddPem(const std::string &pem)
    {
        return trust_add_pem(trust_.get(), SPAN(reinterpret_cast<const uint8_t *>(pem.data()), pem.size()));
    }
    void ExpectPemRefused(int error, const std::string &pem)
    {
        EXPECT_FALSE(AddPem(pem)) << pem;
        EXPECT_STREQ(err_name(err_last()), err_name(error)) << pem;
    }
    /* Whether the usual chain of this kind is trusted now. */
    bool Trusts(KeyKind kind)
    {
        const Pki &pki = PkiFor(kind);
        struct span ders[] = { Span(pki.leaf.der), Span(pki.intermediate.der) };
        struct verify_rules rules = {};
        rules.trust = trust_.get();
        rules.peer_is_server = rules.check_time = rules.check_intent = true;
        rules.max_depth = 7;
        rules.now = static_cast<uint64_t>(time(nullptr)) * 1000000000;
        struct peer_chain *p = nullptr;
        bool ok = verify_peer(&rules, ders, 2, &p);
        peer_free(p);
        return ok;
    }
};

class TempDir
{
  public:
    TempDir() { ok_ = mkdtemp(&path_[0]) != nullptr; }
    ~TempDir()
    {
        for (const std::string &f : files_) {
            unlink(f.c_str());
        }
        rmdir(path_.c_str());
    }
    const std::string &path() const { return path_; }
    std::string Write(const std::string &name, const std::string &text)
    {
        std::string file = path_ + "/" + name;
        std::ofstream(file) << text;
        files_.push_back(file);
        return file;
    }

  private:
    std::string path_ = "/tmp/trust_test.XXXXXX";
    bool ok_ = false;
    std::vector<std::string> files_;
};

TEST_F(Trust, NothingIsTrustedAtFirst)
{
    EXPECT_TRUE(trust_empty(trust_.get()));
    EXPECT_FALSE(Trusts(KeyKind::P256));
    EXPECT_EQ(err_last(), ERR_CERT_UNTRUSTED);
    EXPECT_TRUE(trust_wipe(trust_.get()));
}

TEST_F(Trust, PemAddsAndWipeForgets)
{
    ASSERT_TRUE(AddPem(PkiFor(KeyKind::P256).root.pem));
    EXPECT_FALSE(trust_empty(trust_.get()));
    EXPECT_TRUE(Trusts(KeyKind::P256));
    EXPECT_FALSE(Trusts(KeyKind::P384));
    ASSERT_TRUE(AddPem("comment\n" + PkiFor(KeyKind::P384).root.pem + "\n \r\n"));
    EXPECT_TRUE(Trusts(KeyKind::P256));
    EXPECT_TRUE(Trusts(KeyKind::P384));
    ASSERT_TRUE(trust_wipe(trust_.get()));
    EXPECT_TRUE(trust_empty(trust_.get()));
    EXPECT_FALSE(Trusts(KeyKind::P256));
    ASSERT_TRUE(AddPem(PkiFor(KeyKind::P384).root.pem + PkiFor(KeyKind::P256).root.pem));
    EXPECT_TRUE(Trusts(KeyKind::P256));
}

TEST_F(Trust, SameCertificateTwiceIsFine)
{
    const std::string &pem = PkiFor(KeyKind::P256).root.pem;
    EXPECT_TRUE(AddPem(pem) && AddPem(pem) && AddPem(pem + pem));
    EXPECT_TRUE(Trusts(KeyKind::P256));
}

TEST_F(Trust, PemIsStrictHere)
{
    const std::string &pem = PkiFor(KeyKind::P256).root.pem;
    ExpectPemRefused(ERR_INVALID_PEM, "");
    ExpectPemRefused(ERR_INVALID_PEM, "text");
    ExpectPemRefused(ERR_INVALID_PEM, PkiFor(KeyKind::P256).root.key_pem);
    ExpectPemRefused(ERR_DECODE_CERTIFICATE, PemBlock("CERTIFICATE", { 0x30, 0 }));
    Bytes der = PkiFor(KeyKind::P256).root.der;
    der.insert(der.end(), 4, 0);
    ExpectPemRefused(ERR_DECODE_CERTIFICATE, PemBlock("CERTIFICATE", der));
    EXPECT_TRUE(trust_empty(trust_.get()));
    ExpectPemRefused(ERR_STUFFER_OUT_OF_DATA, pem + "trailing text");
    ExpectPemRefused(ERR_INVALID_PEM, pem + "-----BEGIN");
    EXPECT_TRUE(Trusts(KeyKind::P256)) << "what came before the fault stays";
}

TEST_F(Trust, FilesAndDirectories)
{
    TempDir dir;
    std::string file = dir.Write("root.pem", PkiFor(KeyKind::P256).root.pem);
    char hash[32];
    std::snprintf(hash, sizeof(hash), "%08lx.0",
                  X509_NAME_hash_ex(X509_get_subject_name(PkiFor(KeyKind::P384).root.x509.get()), nullptr,
                                    nullptr, nullptr));
    dir.Write(hash, PkiFor(KeyKind::P384).root.pem);
    ASSERT_TRUE(trust_add_location(trust_.get(), file.c_str(), nullptr));
    EXPECT_TRUE(Trusts(KeyKind::P256));
    EXPECT_FALSE(Trusts(KeyKind::P384));
    ASSERT_TRUE(trust_add_location(trust_.get(), nullptr, dir.path().c_str()));
    EXPECT_TRUE(Trusts(KeyKind::P256));
    EXPECT_TRUE(Trusts(KeyKind::P384)) << "looked up by the hash of its name";
    ASSERT_TRUE(trust_add_location(trust_.get(), file.c_str(), "/nonexistent/directory"));
    EXPECT_TRUE(Trusts(KeyKind::P256));
}

TEST_F(Trust, FailedLocationEmptiesTheStore)
{
    for (const char *file : { static_cast<const char *>(nullptr), "/nonexistent/file", "/dev/null" }) {
        ASSERT_TRUE(AddPem(PkiFor(KeyKind::P256).root.pem));
        ASSERT_TRUE(Trusts(KeyKind::P256));
        EXPECT_FALSE(trust_add_location(trust_.get(), file, nullptr));
        EXPECT_EQ(err_last(), ERR_X509_TRUST_STORE);
        EXPECT_TRUE(trust_empty(trust_.get()));
        EXPECT_FALSE(Trusts(KeyKind::P256));
    }
}

TEST_F(Trust, SystemStoreLoadsOnceUntilWiped)
{
    TempDir dir;
    setenv("SSL_CERT_FILE", dir.Write("root.pem", PkiFor(KeyKind::P256).root.pem).c_str(), 1);
    setenv("SSL_CERT_DIR", dir.path().c_str(), 1);
    ASSERT_TRUE(trust_add_system(trust_.get()));
    EXPECT_FALSE(trust_empty(trust_.get()));
    EXPECT_TRUE(Trusts(KeyKind::P256)) << "the environment's overrides are honoured";
    EXPECT_FALSE(trust_add_system(trust_.get()));
    EXPECT_EQ(err_last(), ERR_X509_TRUST_STORE);
    EXPECT_TRUE(Trusts(KeyKind::P256));
    ASSERT_TRUE(trust_wipe(trust_.get()));
    EXPECT_TRUE(trust_add_system(trust_.get()));
    ASSERT_TRUE(trust_wipe(trust_.get()));
    setenv("SSL_CERT_FILE", "/nonexistent/file", 1);
    EXPECT_TRUE(trust_add_system(trust_.get())) << "missing files are no error";
    EXPECT_FALSE(Trusts(KeyKind::P256));
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
}

/* ---- the memory ---- */

class TrustMemory : public Trust
{
  protected:
    struct peer_chain *chain_ = nullptr;
    uint64_t state_ = 0;
    void SetUp() override
    {
        Trust::SetUp();
        ASSERT_TRUE(AddPem(PkiFor(KeyKind::P256).root.pem));
        struct span der = Span(PkiFor(KeyKind::P256).leaf.der);
        ASSERT_TRUE(peer_new(&der, 1, &chain_));
        X509_STORE_free(trust_store(trust_.get(), &state_));
    }
    void TearDown() override { peer_free(chain_); }
    static std::vector<uint8_t> Key(uint32_t n)
    {
        std::vector<uint8_t> key(TRUST_KEY_SIZE, 7);
        memcpy(key.data(), &n, sizeof(n));
        return key;
    }
    void Remember(uint32_t n) { trust_remember(trust_.get(), Key(n).data(), state_, chain_); }
    bool Recalls(uint32_t n)
    {
        struct peer_chain *found = trust_recall(trust_.get(), Key(n).data());
        EXPECT_TRUE(found == nullptr || found == chain_);
        peer_free(found);
        return found != nullptr;
    }
};

TEST_F(TrustMemory, KeepsTheMostRecentlyUsed)
{
    for (uint32_t n = 0; n < TRUST_MEMORY_SIZE; n++) {
        Remember(n);
    }
    EXPECT_TRUE(Recalls(0)); /* now 1 is the one unused longest */
    EXPECT_EQ(chain_->refs, 1u + TRUST_MEMORY_SIZE);
    Remember(1000);
    EXPECT_EQ(chain_->refs, 1u + TRUST_MEMORY_SIZE) << "bounded";
    EXPECT_FALSE(Recalls(1));
    for (uint32_t n : { 0u, 2u, TRUST_MEMORY_SIZE - 1u, 1000u }) {
        EXPECT_TRUE(Recalls(n)) << n;
    }
    Remember(1000);
    EXPECT_EQ(chain_->refs, 1u + TRUST_MEMORY_SIZE);
}

TEST_F(TrustMemory, EveryChangeEmptiesIt)
{
    const std::string more = PkiFor(KeyKind::P384).root.pem;
    const std::function<bool()> changes[] = {
        [&] { return AddPem(more); },
        [&] { return !AddPem("junk"); },
        [&] { return trust_add_system(trust_.get()); },
        [&] { return trust_add_location(trust_.get(), nullptr, "/nonexistent"); },
        [&] { return !trust_add_location(trust_.get(), "/nonexistent", nullptr); },
        [&] { return trust_wipe(trust_.get()); },
    };
    for (size_t i = 0; i < 6; i++) {
        X509_STORE_free(trust_store(trust_.get(), &state_));
        Remember(1);
        ASSERT_TRUE(Recalls(1)) << i;
        EXPECT_TRUE(changes[i]()) << i;
        EXPECT_EQ(Recalls(1), i == 1) << i; /* a text without a certificate changes nothing */
        EXPECT_EQ(chain_->refs, i == 1 ? 2u : 1u) << i;
    }
}

TEST_F(TrustMemory, VerdictOfAnOlderStoreIsNotKept)
{
    ASSERT_TRUE(AddPem(PkiFor(KeyKind::P384).root.pem)); /* while a verification was under way */
    Remember(1);
    EXPECT_FALSE(Recalls(1));
    EXPECT_EQ(chain_->refs, 1u);
}

} // namespace
