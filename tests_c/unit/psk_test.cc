/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pre-shared keys as objects, the list of a connection with its rules, and what a connection keeps when its handshake
 * is over. contract/functions-2.md entries 184 to 191 and 237 to 239, RFC 8446 4.2.11. Early Secrets were computed
 * with an independent program (Python's hmac).
 */
#include "support/core_fixture.h"

#include <atomic>
#include <numeric>

extern "C" {
#include "handshake/resume.h"
}

namespace
{

void ExpectError(bool answer, int code)
{
    EXPECT_FALSE(answer);
    EXPECT_EQ(err_last(), code) << err_name(err_last());
}

class Psk : public CoreTest
{
  protected:
    static struct s2n_psk *New(const Bytes &identity, enum psk_type type = PSK_EXTERNAL)
    {
        struct s2n_psk *psk = psk_new(type);
        const uint8_t secret[] = { 1, 2, 3 };
        EXPECT_NE(psk, nullptr);
        EXPECT_TRUE(psk_set_identity(psk, Span(identity)) && psk_set_secret(psk, SPAN_OF(secret)));
        return psk;
    }
    static struct s2n_psk *New(const char *identity, enum psk_type type = PSK_EXTERNAL)
    {
        return New(Bytes(identity, identity + std::strlen(identity)), type);
    }
    static std::string String(const struct buf &b)
    {
        return std::string(reinterpret_cast<char *>(b.p), b.len);
    }
};

/* ---- one key ---- */

TEST_F(Psk, NewKeyIsEmptyAndUsesSha256)
{
    struct s2n_psk *psk = psk_new(PSK_EXTERNAL);
    ASSERT_NE(psk, nullptr);
    EXPECT_EQ(psk->type, PSK_EXTERNAL);
    EXPECT_EQ(psk->alg, HASH_SHA256);
    EXPECT_EQ(psk->early_suite, SUITE_NULL);
    EXPECT_EQ(psk->max_early, 0u);
    EXPECT_EQ(psk->identity.len + psk->secret.len + psk->alpn.len + psk->context.len, 0u);
    psk_free(psk);
    psk_free(nullptr);
}

TEST_F(Psk, IdentityIsCopiedAndReplaced)
{
    struct s2n_psk *psk = psk_new(PSK_EXTERNAL);
    Bytes identity(65535, 'i');
    ExpectError(psk_set_identity(psk, SPAN_NONE), ERR_INVALID_ARGUMENT);
    ASSERT_TRUE(psk_set_identity(psk, Span(identity)));
    identity[0] = 'x';
    EXPECT_EQ(psk->identity.len, 65535u);
    EXPECT_EQ(psk->identity.p[0], 'i');
    ASSERT_TRUE(psk_set_identity(psk, Text("short")));
    EXPECT_EQ(String(psk->identity), "short");
    ExpectError(psk_set_identity(psk, SPAN(identity.data(), 0)), ERR_INVALID_ARGUMENT);
    EXPECT_EQ(String(psk->identity), "short");
    psk_free(psk);
}

TEST_F(Psk, SecretMustNotBeEmptyOrAllZero)
{
    struct s2n_psk *psk = psk_new(PSK_EXTERNAL);
    Bytes secret(65535, 0);
    ExpectError(psk_set_secret(psk, SPAN_NONE), ERR_INVALID_ARGUMENT);
    for (size_t n : { 1, 32, 65535 }) {
        ExpectError(psk_set_secret(psk, SPAN(secret.data(), n)), ERR_INVALID_ARGUMENT);
        EXPECT_EQ(psk->secret.len, 0u);
        secret[n - 1] = 0x80;
        EXPECT_TRUE(psk_set_secret(psk, SPAN(secret.data(), n)));
        EXPECT_EQ(psk->secret.len, n);
        secret[n - 1] = 0;
        ASSERT_TRUE(buf_set(&psk->secret, SPAN_NONE));
    }
    psk_free(psk);
}

TEST_F(Psk, EarlyDataNeedsASuiteOfTheKeysHash)
{
    struct s2n_psk *psk = psk_new(PSK_EXTERNAL);
    ASSERT_TRUE(psk_configure_early(psk, 100, 0x1301));
    EXPECT_EQ(psk->max_early, 100u);
    EXPECT_EQ(psk->early_suite, suite_by_id(0x1301));
    for (uint16_t unknown : { 0x0000, 0x00ff, 0x5600, 0x5555, 0x1304 }) {
        ExpectError(psk_configure_early(psk, 1, unknown), ERR_CIPHER_NOT_SUPPORTED);
    }
    ExpectError(psk_configure_early(psk, 1, 0x1302), ERR_INVALID_ARGUMENT);
    ExpectError(psk_configure_early(psk, 0, 0x1302), ERR_INVALID_ARGUMENT);
    EXPECT_EQ(psk->max_early, 100u); /* as it was */
    EXPECT_EQ(psk->early_suite, suite_by_id(0x1301));
    EXPECT_TRUE(psk_configure_early(psk, 5, 0xC02F)); /* of TLS 1.2: accepted, of no use */
    EXPECT_TRUE(psk_configure_early(psk, 0, 0x1303));
    EXPECT_EQ(psk->max_early, 0u);
    psk->alg = HASH_SHA384;
    EXPECT_TRUE(psk_configure_early(psk, UINT32_MAX, 0x1302));
    ExpectError(psk_configure_early(psk, 1, 0x1301), ERR_INVALID_ARGUMENT);
    psk_free(psk);
}

TEST_F(Psk, CopyIsDeepAndNeedsIdentityAndSecret)
{
    struct s2n_psk *psk = psk_new(PSK_EXTERNAL), *copy = nullptr;
    ExpectError(psk_copy(psk, &copy), ERR_INVALID_ARGUMENT);
    ASSERT_TRUE(psk_set_identity(psk, Text("identity")));
    ExpectError(psk_copy(psk, &copy), ERR_INVALID_ARGUMENT);
    ASSERT_TRUE(psk_set_secret(psk, Text("secret")));
    ASSERT_TRUE(buf_set(&psk->identity, SPAN_NONE));
    ExpectError(psk_copy(psk, &copy), ERR_INVALID_ARGUMENT);
    EXPECT_EQ(copy, nullptr);
    ASSERT_TRUE(psk_set_identity(psk, Text("identity")) && psk_configure_early(psk, 7, 0x1301));
    ASSERT_TRUE(buf_set(&psk->alpn, Text("h2")) && buf_set(&psk->context, Text("context")));
    struct s2n_psk *other = New("other");
    psk->next = other;
    ASSERT_TRUE(psk_copy(psk, &copy));
    psk->next = nullptr;
    psk_free(other);
    psk_free(psk);
    EXPECT_EQ(copy->next, nullptr);
    EXPECT_EQ(copy->type, PSK_EXTERNAL);
    EXPECT_EQ(String(copy->identity) + String(copy->secret), "identitysecret");
    EXPECT_EQ(String(copy->alpn) + String(copy->context), "h2context");
    EXPECT_EQ(copy->max_early, 7u);
    EXPECT_EQ(copy->early_suite, suite_by_id(0x1301));
    psk_free(copy);
}

TEST_F(Psk, EarlySecretIsMadeOnceAndAgainForAnotherSecretOrHash)
{
    Bytes secret(48), other(1, 1);
    std::iota(secret.begin(), secret.end(), static_cast<uint8_t>(0));
    struct s2n_psk *psk = New("a");
    ASSERT_TRUE(psk_set_secret(psk, Span(secret)) && psk_early_secret(psk));
    EXPECT_EQ(Hex(secret_span(&psk->early)),
              "7a4abfd27a7724a2c9d2f899481a1f98a552862f3fbfdce1a39f1a838dbd55d6");
    psk->early.b[0] ^= 1; /* what is there is used */
    ASSERT_TRUE(psk_early_secret(psk));
    EXPECT_EQ(psk->early.b[0], 0x7b);
    ASSERT_TRUE(psk_set_secret(psk, Span(other)));
    EXPECT_EQ(psk->early.n, 0);
    ASSERT_TRUE(psk_early_secret(psk) && psk_set_secret(psk, Span(secret)) && psk_early_secret(psk));
    psk->alg = HASH_SHA384;
    ASSERT_TRUE(psk_early_secret(psk));
    EXPECT_EQ(
        Hex(secret_span(&psk->early)),
        "360732e7447a7e51164ebc696c02061ead7f37c94691c4c830c8bb5ccc75ad69aa72ba3bc5d8112486c6d0c5c6b9e0be");
    psk_free(psk);
}

/* ---- the list of a connection ---- */

class Resume : public Psk
{
  protected:
    void SetUp() override { ASSERT_TRUE(resume_need(&r)); }
    void TearDown() override { resume_free(r); }

    /* The key is the list's on success and freed here otherwise. */
    bool Append(struct s2n_psk *psk, bool client = true)
    {
        bool done = resume_append(r, psk, client);
        if (!done) {
            psk_free(psk);
        }
        return done;
    }
    std::string Identities() const
    {
        std::string all;
        for (const struct s2n_psk *psk = r->psks; psk != nullptr; psk = psk->next) {
            all += String(psk->identity) + " ";
        }
        return all;
    }

    struct resume *r = nullptr;
};

TEST_F(Resume, IsMadeOnceAndEmpty)
{
    struct resume *before = r;
    r->lifetime_hint = 5;
    ASSERT_TRUE(resume_need(&r));
    EXPECT_EQ(r, before);
    EXPECT_EQ(r->lifetime_hint, 5u);
    EXPECT_EQ(r->psks, nullptr);
    EXPECT_EQ(r->session_suite, SUITE_NULL);
    EXPECT_EQ(r->session_version, VER_NONE);
    EXPECT_EQ(r->psk_mode, PSK_RESUMPTION);
    EXPECT_FALSE(r->psk_mode_set || r->session_set || r->hint_known);
    resume_free(nullptr);
    resume_drop_secrets(nullptr);
}

TEST_F(Resume, OrderIsPreference)
{
    for (const char *identity : { "b", "a", "c" }) {
        ASSERT_TRUE(Append(New(identity)));
    }
    EXPECT_EQ(Identities(), "b a c ");
    ExpectError(Append(New("a")), ERR_DUPLICATE_PSK_IDENTITIES);
    ExpectError(Append(New("c"), false), ERR_DUPLICATE_PSK_IDENTITIES);
    ASSERT_TRUE(Append(New("aa")));
    EXPECT_EQ(Identities(), "b a c aa ");
}

TEST_F(Resume, EmptyListTakesTheTypeOfTheKey)
{
    ASSERT_TRUE(Append(New("a", PSK_EXTERNAL)));
    EXPECT_EQ(r->psk_mode, PSK_EXTERNAL);
    ExpectError(Append(New("b", PSK_RESUMPTION)), ERR_PSK_MODE);
    ExpectError(Append(New("a", PSK_RESUMPTION)), ERR_PSK_MODE); /* before its identity is looked at */
    resume_drop_psks(r);
    EXPECT_EQ(r->psks, nullptr);
    ASSERT_TRUE(Append(New("b", PSK_RESUMPTION)));
    EXPECT_EQ(r->psk_mode, PSK_RESUMPTION);
    ExpectError(Append(New("a", PSK_EXTERNAL)), ERR_PSK_MODE);
    EXPECT_EQ(Identities(), "b ");
    EXPECT_FALSE(r->psk_mode_set);
}

TEST_F(Resume, ModeSetOnAnEmptyConnectionYieldsToTheFirstKey)
{
    for (enum psk_type type : { PSK_EXTERNAL, PSK_RESUMPTION }) {
        r->psk_mode = type == PSK_EXTERNAL ? PSK_RESUMPTION : PSK_EXTERNAL;
        r->psk_mode_set = true;
        ASSERT_TRUE(Append(New("a", type)));
        EXPECT_EQ(r->psk_mode, type);
        EXPECT_TRUE(r->psk_mode_set); /* against the config's */
        resume_drop_psks(r);
    }
}

/* type, length, list lengths, and per key: identity with length and age, binder with length */
constexpr size_t kFixed = 4 + 2 + 2, kPerKey = 2 + 4 + 1;

TEST_F(Resume, ClientListMustFitIntoTheExtension)
{
    size_t fits = 65535 - kFixed - kPerKey - 32;
    ExpectError(Append(New(Bytes(fits + 1, 'x'))), ERR_OFFERED_PSKS_TOO_LONG);
    EXPECT_EQ(r->psks, nullptr);
    ASSERT_TRUE(Append(New(Bytes(fits, 'x'))));
    ExpectError(Append(New("y")), ERR_OFFERED_PSKS_TOO_LONG);
    resume_drop_psks(r);
    fits = 65535 - kFixed - 2 * kPerKey - 32 - 48 - 1000;
    for (size_t n : { fits + 1, fits }) {
        struct s2n_psk *psk = New(Bytes(n, 'y'));
        psk->alg = HASH_SHA384; /* its binder is longer */
        ASSERT_TRUE(r->psks != nullptr || Append(New(Bytes(1000, 'x'))));
        EXPECT_EQ(Append(psk), n == fits) << n;
    }
}

TEST_F(Resume, ServerListHasNoLimit)
{
    ASSERT_TRUE(Append(New(Bytes(65535, 'x')), false));
    ASSERT_TRUE(Append(New(Bytes(65535, 'y')), false));
    ASSERT_TRUE(Append(New("z"), false));
}

/* ---- the end of the handshake ---- */

TEST_F(Resume, SecretsGoAndWhatMayBeAskedForStays)
{
    struct s2n_psk *psk = New("identity");
    ASSERT_TRUE(psk_configure_early(psk, 9, 0x1301) && buf_set(&psk->context, Text("context")));
    ASSERT_TRUE(psk_early_secret(psk) && Append(psk) && Append(New("second")));
    ASSERT_TRUE(buf_set(&r->ticket, Text("ticket")) && buf_set(&r->blob, Text("blob")));
    ASSERT_TRUE(buf_set(&r->early_context, Text("early")));
    r->chosen = psk;
    r->master.n = 48;
    r->early_max = 3;
    resume_drop_secrets(r);
    for (const struct s2n_psk *each = r->psks; each != nullptr; each = each->next) {
        EXPECT_EQ(each->secret.p, nullptr);
        EXPECT_EQ(each->early.n, 0);
    }
    EXPECT_EQ(r->master.n, 0);
    EXPECT_EQ(Identities(), "identity second ");
    EXPECT_EQ(r->chosen, psk);
    EXPECT_EQ(psk->max_early, 9u);
    EXPECT_EQ(String(psk->context), "context");
    EXPECT_EQ(String(r->ticket) + String(r->blob) + String(r->early_context), "ticketblobearly");
    EXPECT_EQ(r->early_max, 3u);
    resume_drop_psks(r); /* nothing points to them afterwards */
    EXPECT_EQ(r->psks, nullptr);
    EXPECT_EQ(r->chosen, nullptr);
}

} // namespace
