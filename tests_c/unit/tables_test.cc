/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables against the interface contract: tests_c/policy/{policies,algorithms,errors}.txt were written from the
 * contract, not from our rows, and the tables printed in the same form must give the same text. A wanted change of a
 * table is therefore a change of two files in one commit, which is what a reviewer should see.
 */
#include <gtest/gtest.h>

#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "base/err.h"
#include "tables/tables.h"
}

namespace
{

using Lines = std::vector<std::string>;

Lines Read(const std::string &name)
{
    std::string here = __FILE__;
    std::ifstream in(here.substr(0, here.rfind('/')) + "/../policy/" + name);
    EXPECT_TRUE(in.is_open()) << name;
    Lines lines;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] != '#') {
            lines.push_back(line);
        }
    }
    return lines;
}

std::string Format(const char *format, ...) __attribute__((format(printf, 1, 2)));
std::string Format(const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    EXPECT_LT(n, (int) sizeof text);
    return text;
}

/* Line by line, so that a failure names the line and not two texts of 170 kB. */
void ExpectSame(const Lines &want, const Lines &have)
{
    for (size_t i = 0; i < want.size() && i < have.size(); i++) {
        EXPECT_EQ(want[i], have[i]) << "line " << i + 1;
    }
    EXPECT_EQ(want.size(), have.size());
}

const char *VersionName(unsigned version)
{
    switch (version) {
    case SSL3:
        return "SSL3";
    case TLS10:
        return "TLS10";
    case TLS11:
        return "TLS11";
    case TLS12:
        return "TLS12";
    case TLS13:
        return "TLS13";
    default:
        return "-";
    }
}

const char *const kHashNames[] = {
    "none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "md5_sha1"
};
const char *const kKexNames[] = { "NONE", "RSA", "DHE", "ECDHE", "TLS13" };
const char *const kAuthNames[] = { "NONE", "RSA", "ECDSA", "ANY" };
const char *const kSigNames[] = { "NONE", "RSA", "ECDSA", "RSA_PSS_RSAE", "RSA_PSS_PSS", "MLDSA" };

std::string SuiteLine(const struct suite &s)
{
    if (s.id == 0) {
        return Format("suite 0000 %s %s - - - - - - -", s.iana, s.name);
    }
    return Format("suite %04X %s %s kex=%s auth=%s key=%u block=%u mac=%s prf=%s min=%s max=%s", s.id, s.iana,
                  s.name, kKexNames[s.kex], kAuthNames[s.auth], s.cipher->key, s.cipher->block,
                  kHashNames[s.mac], kHashNames[s.prf], VersionName(s.min), VersionName(s.max));
}

std::string SchemeLine(const struct sigscheme &s)
{
    const struct group *curve = group_by_id(s.curve);
    return Format("sigscheme %04X %s %s %s %s %s curve=%s min=%s max=%s", s.id, s.policy_name, s.name12,
                  s.name13, kSigNames[s.sig], kHashNames[s.hash], curve ? curve->name : "-",
                  VersionName(s.min), s.max == TLS13 ? "-" : VersionName(s.max));
}

std::string GroupLine(const struct group &g)
{
    if (g.kind == GROUP_EC || g.kind == GROUP_X) {
        EXPECT_EQ(g.client_share, g.server_share) << g.name;
        return Format("group %04X %s share=%u", g.id, g.name, g.client_share);
    }
    std::string parts = "-";
    if (g.kind == GROUP_HYBRID) {
        parts = std::string(group_by_id(g.part[0])->name) + "+" + group_by_id(g.part[1])->name;
    }
    return Format("group %04X %s client=%u server=%u parts=%s", g.id, g.name, g.client_share, g.server_share,
                  parts.c_str());
}

const char *SuiteName(uint16_t id)
{
    return suite_by_id(id)->iana;
}
const char *GroupName(uint16_t id)
{
    return group_by_id(id)->name;
}
const char *SchemeName(uint16_t id)
{
    return sigscheme_by_id(id)->policy_name;
}
const char *KeyName(uint16_t id)
{
    return cert_key_name((enum cert_key) id);
}

void ListLine(Lines *out, const char *title, const struct id_list &list, bool present,
              const char *(*name)(uint16_t))
{
    std::string line = std::string("  ") + title + ":";
    for (uint16_t i = 0; i < list.n; i++) {
        line += std::string(" ") + name(list.ids[i]);
    }
    if (list.n == 0) {
        line += present ? " empty" : " none";
    }
    out->push_back(line);
}

void PolicyLines(Lines *out, const std::string &name)
{
    const struct policy *p = policy_by_name(name.c_str());
    ASSERT_NE(p, nullptr) << name;
    std::string rules = std::string(p->flags & POLICY_PFS ? " forward_secrecy" : "") +
                        (p->flags & POLICY_FIPS ? " fips_140_3" : "");
    out->push_back("policy " + name);
    out->push_back(std::string("  first name: ") + p->name);
    out->push_back(std::string("  min version: ") + VersionName(p->min));
    out->push_back("  rules:" + (rules.empty() ? " -" : rules));
    out->push_back(std::string("  chacha20 boosting: ") + (p->flags & POLICY_CHACHA_BOOST ? "yes" : "no"));
    out->push_back(std::string("  certificate rules for own certificates: ") +
                   (p->flags & POLICY_CERTS_LOCAL ? "yes" : "no"));
    ListLine(out, "suites", p->suites, true, SuiteName);
    ListLine(out, "groups", p->groups, true, GroupName);
    ListLine(out, "kem groups", p->kems, p->has_kems, GroupName);
    ListLine(out, "signature schemes", p->sigs, true, SchemeName);
    ListLine(out, "certificate signature schemes", p->certsigs, p->has_certsigs, SchemeName);
    ListLine(out, "certificate keys", p->keys, p->has_keys, KeyName);
    ListLine(out, "strongly preferred groups", p->strong, false, GroupName);
    out->push_back("");
}

/* The names in row order, as gen.py and the documentation see them. */
#define SUITE_LIST(list, ...)
#define GROUP_LIST(list, ...)
#define KEM_LIST(list, ...)
#define SIG_LIST(list, ...)
#define CERTSIG_LIST(list, ...)
#define KEY_LIST(list, ...)
#define STRONG_LIST(list, ...)
const char *const kPolicyNames[] = {
#define POLICY(name, ...) name,
#define POLICY_ALIAS(name, target) name,
#define DEPRECATED_POLICY(name)
#include "tables/policies.def"
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY
};
const char *const kDeprecatedNames[] = {
#define POLICY(name, ...)
#define POLICY_ALIAS(name, target)
#define DEPRECATED_POLICY(name) name,
#include "tables/policies.def"
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY
};

TEST(Tables_Policies, MatchTheContract)
{
    Lines have;
    for (const char *name : kPolicyNames) {
        PolicyLines(&have, name);
    }
    for (const char *name : kDeprecatedNames) {
        have.push_back(std::string("deprecated ") + name);
    }
    ExpectSame(Read("policies.txt"), have);
}

TEST(Tables_Policies, AreFoundInAnyCase)
{
    EXPECT_EQ(policy_by_name("DEFAULT"), policy_by_name("default"));
    EXPECT_EQ(policy_by_name("cloudfront-upstream"), policy_by_name("CloudFront-Upstream"));
    EXPECT_EQ(policy_by_name("Rfc9151"), policy_by_name("20251013"));
    EXPECT_STREQ(policy_by_name("20251014")->name, "default");
}

TEST(Tables_Policies, AreNotFoundByOtherNames)
{
    for (const char *name : { "", " default", "defaul", "defaultt", "default_", "20260219x" }) {
        EXPECT_EQ(policy_by_name(name), nullptr) << name;
        EXPECT_FALSE(policy_is_deprecated(name)) << name;
    }
}

TEST(Tables_Policies, DeprecatedNamesAreOnlyDeprecated)
{
    for (const char *name : kDeprecatedNames) {
        EXPECT_TRUE(policy_is_deprecated(name)) << name;
        EXPECT_EQ(policy_by_name(name), nullptr) << name;
    }
    EXPECT_TRUE(policy_is_deprecated("pq-tls-1-0-2020-12"));
    EXPECT_FALSE(policy_is_deprecated("default"));
}

TEST(Tables_Policies, NamesAreUniqueInAnyCase)
{
    std::set<std::string> seen;
    auto add = [&seen](const char *name) {
        std::string folded;
        for (; *name; name++) {
            folded += (char) tolower((unsigned char) *name);
        }
        EXPECT_TRUE(seen.insert(folded).second) << folded;
    };
    for (const char *name : kPolicyNames) {
        add(name);
    }
    for (const char *name : kDeprecatedNames) {
        add(name);
    }
    EXPECT_EQ(seen.size(), 169u + 30u);
}

/* A policy that claims forward secrecy and yet lists a static RSA suite would be a lie in the table. */
TEST(Tables_Policies, KeepTheirRules)
{
    for (size_t i = 0; i < policies_count; i++) {
        const struct policy &p = policies[i];
        for (uint16_t k = 0; k < p.suites.n && (p.flags & POLICY_PFS); k++) {
            EXPECT_NE(suite_by_id(p.suites.ids[k])->kex, KEX_RSA) << p.name;
        }
        if (p.flags & POLICY_FIPS) {
            EXPECT_GE(p.min, TLS12) << p.name;
        }
        if (p.groups.n == 0 && std::string(p.name) != "null") {
            EXPECT_GT(p.kems.n, 0) << p.name;
            EXPECT_EQ(p.min, TLS13) << p.name;
        }
    }
}

TEST(Tables_Policies, CertificateListsHoldAllRsaPssSchemesOrNone)
{
    for (size_t i = 0; i < policies_count; i++) {
        int pss = 0;
        for (uint16_t k = 0; k < policies[i].certsigs.n; k++) {
            enum sig_alg sig = sigscheme_by_id(policies[i].certsigs.ids[k])->sig;
            pss += sig == SIG_RSA_PSS_RSAE || sig == SIG_RSA_PSS_PSS;
        }
        EXPECT_TRUE(pss == 0 || pss == 6) << policies[i].name;
    }
}

TEST(Tables_Algorithms, MatchTheContract)
{
    Lines have;
    for (const struct suite &s : suites) {
        have.push_back(SuiteLine(s));
    }
    for (const struct sigscheme &s : sigschemes) {
        have.push_back(SchemeLine(s));
    }
    for (const struct group &g : groups) {
        if (std::string(g.name) !=
            "MLKEM768") { /* only a part of hybrids: the contract lists no such group */
            have.push_back(GroupLine(g));
        }
    }
    Lines want = Read("algorithms.txt");
    EXPECT_EQ(std::multiset<std::string>(want.begin(), want.end()),
              std::multiset<std::string>(have.begin(), have.end()));
}

TEST(Tables_Suites, AreSortedAndFoundById)
{
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        EXPECT_EQ(suite_by_id(suites[i].id), &suites[i]);
        EXPECT_EQ(suites[i].index, i);
        EXPECT_TRUE(i == 0 || suites[i - 1].id < suites[i].id) << suites[i].iana;
    }
    EXPECT_EQ(SUITE_NULL->id, 0);
    for (unsigned id : { 0x0001u, 0x00FFu, 0x1304u, 0x5600u, 0xCCABu, 0xFFFFu }) {
        EXPECT_EQ(suite_by_id((uint16_t) id), nullptr) << id;
    }
}

TEST(Tables_Suites, HaveAMacExactlyWhenTheCipherNeedsOne)
{
    for (const struct suite &s : suites) {
        bool needs = s.cipher->kind == KIND_CBC || s.cipher->kind == KIND_STREAM;
        EXPECT_EQ(needs, s.mac != HASH_NONE) << s.iana;
        EXPECT_EQ(s.cipher->tag == 16, s.cipher->kind == KIND_AEAD) << s.iana;
    }
}

TEST(Tables_Ciphers, SitAtTheirId)
{
    for (size_t i = 0; i < CIPHER_COUNT; i++) {
        EXPECT_EQ((size_t) ciphers[i].id, i);
        EXPECT_EQ(ciphers[i].evp == nullptr, i == CIPHER_NULL);
    }
}

TEST(Tables_Ciphers, HaveTheNonceSizesOfTheirRfc)
{
    const struct cipher &gcm = ciphers[CIPHER_AES128_GCM], &chacha = ciphers[CIPHER_CHACHA20_POLY1305];
    EXPECT_EQ(gcm.fixed_iv + gcm.explicit_iv, 12);
    EXPECT_EQ(gcm.nonce, NONCE_EXPLICIT);
    EXPECT_EQ(gcm.limit, 23726565u);
    EXPECT_EQ(chacha.fixed_iv, 12);
    EXPECT_EQ(chacha.nonce, NONCE_XOR);
    EXPECT_EQ(chacha.limit, UINT64_MAX);
}

TEST(Tables_Groups, AreFoundById)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        EXPECT_EQ(group_by_id(groups[i].id), &groups[i]);
        EXPECT_EQ(groups[i].index, i);
    }
    EXPECT_EQ(group_by_id(0), nullptr);
    EXPECT_EQ(group_by_id(0x0100), nullptr);
}

TEST(Tables_Groups, HybridsAreTheSumOfTheirParts)
{
    for (const struct group &g : groups) {
        if (g.kind != GROUP_HYBRID) {
            continue;
        }
        const struct group *a = group_by_id(g.part[0]), *b = group_by_id(g.part[1]);
        ASSERT_TRUE(a && b) << g.name;
        EXPECT_EQ(g.client_share, a->client_share + b->client_share) << g.name;
        EXPECT_EQ(g.server_share, a->server_share + b->server_share) << g.name;
        EXPECT_EQ(g.secret, a->secret + b->secret) << g.name;
        EXPECT_LE(g.secret, sizeof(((struct secret *) nullptr)->b)) << g.name;
        EXPECT_NE(a->kind == GROUP_KEM, b->kind == GROUP_KEM) << g.name;
    }
}

TEST(Tables_Schemes, AreFoundById)
{
    for (size_t i = 0; i < SIGSCHEME_COUNT; i++) {
        EXPECT_EQ(sigscheme_by_id(sigschemes[i].id), &sigschemes[i]);
        EXPECT_EQ(sigschemes[i].index, i);
    }
    EXPECT_EQ(sigscheme_by_id(0), nullptr);
}

TEST(Tables_Hashes, HaveTheirSize)
{
    EXPECT_EQ(hash_size(HASH_NONE), 0u);
    EXPECT_EQ(hash_size(HASH_MD5), 16u);
    EXPECT_EQ(hash_size(HASH_SHA1), 20u);
    EXPECT_EQ(hash_size(HASH_SHA224), 28u);
    EXPECT_EQ(hash_size(HASH_SHA256), 32u);
    EXPECT_EQ(hash_size(HASH_SHA384), 48u);
    EXPECT_EQ(hash_size(HASH_SHA512), 64u);
    EXPECT_EQ(hash_size(HASH_MD5_SHA1), 36u);
}

TEST(Tables_CertKeys, MatchKindAndExactSize)
{
    EXPECT_TRUE(cert_key_matches(CERT_KEY_rsa_3072, SIG_RSA, 3072, 0));
    EXPECT_FALSE(cert_key_matches(CERT_KEY_rsa_3072, SIG_RSA, 4096, 0));
    EXPECT_FALSE(cert_key_matches(CERT_KEY_rsa_3072, SIG_RSA_PSS_PSS, 3072, 0));
    EXPECT_TRUE(cert_key_matches(CERT_KEY_rsa_pss_4096, SIG_RSA_PSS_PSS, 4096, 0));
    EXPECT_TRUE(cert_key_matches(CERT_KEY_ecdsa_p384, SIG_ECDSA, 384, 0x0018));
    EXPECT_FALSE(cert_key_matches(CERT_KEY_ecdsa_p384, SIG_ECDSA, 256, 0x0017));
    EXPECT_TRUE(cert_key_matches(CERT_KEY_mldsa_87, SIG_MLDSA, 20736, 0));
    EXPECT_FALSE(cert_key_matches(CERT_KEY_mldsa_87, SIG_MLDSA, 15616, 0));
}

TEST(Tables_Alerts, HaveNames)
{
    EXPECT_STREQ(alert_name(0), "CLOSE_NOTIFY");
    EXPECT_STREQ(alert_name(40), "HANDSHAKE_FAILURE");
    EXPECT_STREQ(alert_name(ALERT_CERTIFICATE_REQUIRED), "CERTIFICATE_REQUIRED");
    EXPECT_EQ(alert_name(1), nullptr);
    EXPECT_EQ(alert_name(255), nullptr);
}

struct ErrorRow {
    const char *name;
    long value;
    int alert;
    const char *text;
};
/* What callers are told: the alerts of WIRE_ rows are for peers only. */
enum {
    ALERT_NONE = -1,
#define ALERT(name, number) ALERT_WIRE_##name = -1,
#include "base/alerts.def"
#undef ALERT
};
const ErrorRow kErrors[] = {
#define ERR_TYPE(type, number)
#define ERR(type, name, alert, text) { "S2N_ERR_" #name, ERR_##name, static_cast<int>(ALERT_##alert), text },
#include "base/errors.def"
#undef ERR_TYPE
#undef ERR
};

TEST(Tables_Errors, HaveTheNumbersAndAlertsOfTheContract)
{
    Lines have;
    for (const ErrorRow &e : kErrors) {
        have.push_back(
            Format("%s %ld %s", e.name, e.value, e.alert < 0 ? "-" : std::to_string(e.alert).c_str()));
    }
    ExpectSame(Read("errors.txt"), have);
}

TEST(Tables_Errors, StandInTheSectionOfTheirType)
{
#define ERR_TYPE(type, number) EXPECT_EQ(ERR_T_##type, number);
#define ERR(type, name, alert, text) EXPECT_EQ(err_type(ERR_##name), ERR_T_##type) << #name;
#include "base/errors.def"
#undef ERR_TYPE
#undef ERR
}

TEST(Tables_Errors, TextsAreShortAndTellErrorsApart)
{
    std::set<std::string> texts;
    for (const ErrorRow &e : kErrors) {
        std::string text = e.text;
        EXPECT_FALSE(text.empty()) << e.name;
        EXPECT_LE(text.size(), 160u) << e.name;
        EXPECT_TRUE(texts.insert(text).second) << e.name;
    }
}

/* Programs look for these three pieces in what the command-line tools print. */
TEST(Tables_Errors, TextsHoldThePiecesThatProgramsLookFor)
{
    auto text = [](long code) -> std::string {
        for (const ErrorRow &e : kErrors) {
            if (e.value == code) {
                return e.text;
            }
        }
        return "";
    };
    EXPECT_NE(text(ERR_ALERT).find("TLS alert received"), std::string::npos);
    EXPECT_NE(text(ERR_CERT_UNTRUSTED).find("Certificate is untrusted"), std::string::npos);
    EXPECT_NE(text(ERR_BAD_MESSAGE).find("Bad message encountered"), std::string::npos);
}

} // namespace
