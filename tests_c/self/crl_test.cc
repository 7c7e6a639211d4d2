/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation lists and the application's own verdict on a chain: asked at once or later, on either side, and what becomes
 * of the handshake. contract/functions-2.md section 19.1, RFC 5280 5 and 6.3.
 */
#include "support/c_headers.h"

#include <s2n/unstable/crl.h>

#include "support/identities.h"
#include "support/pair.h"
#include "support/status.h"

using namespace s2n_test;

namespace
{

const KeyKind kKind = KeyKind::P256;

const Pki &Us()
{
    return PkiFor(kKind);
}

struct CrlDelete {
    void operator()(s2n_crl *p) const { s2n_crl_free(&p); }
};
using Crl = std::unique_ptr<s2n_crl, CrlDelete>;

Crl Load(const std::string &pem)
{
    EnsureInit();
    Crl crl(s2n_crl_new());
    std::string text = pem;
    Must(s2n_crl_load_pem(crl.get(), reinterpret_cast<uint8_t *>(&text[0]), text.size()), "crl_load_pem");
    return crl;
}

uint64_t HashOf(const Crl &crl)
{
    uint64_t hash = 0;
    Must(s2n_crl_get_issuer_hash(crl.get(), &hash), "issuer_hash");
    return hash;
}

/* An application with some lists, which finds them by the issuer's hash. */
struct Lists {
    enum When {
        AT_ONCE,
        LATER
    };
    std::vector<Crl> lists;
    When when = AT_ONCE;
    int result = 0;
    std::vector<s2n_crl_lookup *> asked;

    void Add(const CrlSpec &spec, const Issued &issuer) { lists.push_back(Load(CrlPem(spec, issuer))); }
    void Answer(s2n_crl_lookup *lookup)
    {
        uint64_t hash = 0;
        Must(s2n_crl_lookup_get_cert_issuer_hash(lookup, &hash), "lookup hash");
        for (Crl &crl : lists) {
            if (HashOf(crl) == hash) {
                Must(s2n_crl_lookup_set(lookup, crl.get()), "lookup_set");
                return;
            }
        }
        Must(s2n_crl_lookup_ignore(lookup), "lookup_ignore");
    }
    static int Ask(s2n_crl_lookup *lookup, void *ctx)
    {
        Lists *self = static_cast<Lists *>(ctx);
        self->asked.push_back(lookup);
        if (self->when == AT_ONCE) {
            self->Answer(lookup);
        }
        return self->result;
    }
    std::function<void(s2n_config *)> Hook()
    {
        return [this](s2n_config *c) { Must(s2n_config_set_crl_lookup_cb(c, Ask, this), "crl_lookup_cb"); };
    }
};

const char *const kPolicies[] = { "default_tls13", "20240501" };

class Revocation : public testing::TestWithParam<const char *>
{
  protected:
    PairOptions Scene() { return ServedBy(kKind, GetParam()); }
    /* How a client with these lists fares. */
    std::string Run(Lists *lists, PairOptions o)
    {
        o.client.config_hook = lists->Hook();
        Pair pair(o);
        Outcome out = pair.Negotiate();
        EXPECT_EQ(out.client == 0, out.client_done);
        return out.client_name();
    }
    std::string Run(Lists *lists) { return Run(lists, Scene()); }
};
INSTANTIATE_TEST_SUITE_P(Versions, Revocation, testing::ValuesIn(kPolicies),
                         [](const auto &info) { return std::string(info.index == 0 ? "Tls13" : "Tls12"); });

TEST_P(Revocation, AcceptsWhatIsOnNoList)
{
    Lists lists;
    lists.Add(CrlSpec(), Us().root);
    lists.Add(CrlSpec(), Us().intermediate);
    EXPECT_EQ("", Run(&lists));
    EXPECT_EQ(2u, lists.asked.size()) << "leaf and intermediate; the root is not sent";
}

TEST_P(Revocation, RefusesARevokedLeaf)
{
    Lists lists;
    lists.Add(CrlSpec(), Us().root);
    lists.Add(CrlSpec().Revoke(Us().leaf), Us().intermediate);
    EXPECT_EQ("S2N_ERR_CERT_REVOKED", Run(&lists));
}

TEST_P(Revocation, RefusesARevokedIntermediate)
{
    Lists lists;
    lists.Add(CrlSpec().Revoke(Us().intermediate), Us().root);
    lists.Add(CrlSpec(), Us().intermediate);
    EXPECT_EQ("S2N_ERR_CERT_REVOKED", Run(&lists));
}

/* A chain that was accepted once is not taken for good. */
TEST_P(Revocation, IsLookedAtEachTime)
{
    Lists before, after;
    for (Lists *lists : { &before, &after }) {
        lists->Add(CrlSpec(), Us().root);
    }
    before.Add(CrlSpec(), Us().intermediate);
    after.Add(CrlSpec().Revoke(Us().leaf), Us().intermediate);
    Lists *now = nullptr;
    PairOptions o = Scene();
    o.client.config_hook = [&](s2n_config *c) {
        auto ask = [](s2n_crl_lookup *l, void *ctx) { return Lists::Ask(l, *static_cast<Lists **>(ctx)); };
        Must(s2n_config_set_crl_lookup_cb(c, ask, &now), "crl_lookup_cb");
    };
    Pair pair(o);
    now = &before;
    EXPECT_TRUE(pair.Negotiate().ok());
    Pair other(Scene());
    Must(s2n_connection_wipe(other.client().conn), "wipe");
    Must(s2n_connection_set_config(other.client().conn, pair.client().config), "set_config");
    Must(s2n_set_server_name(other.client().conn, "localhost"), "set_server_name");
    Must(s2n_connection_set_blinding(other.client().conn, S2N_SELF_SERVICE_BLINDING), "blinding");
    Plug(other.client().conn, other.client().pipe);
    now = &after;
    EXPECT_EQ("S2N_ERR_CERT_REVOKED", other.Negotiate().client_name());
}

TEST_P(Revocation, NeedsAListForEachCertificate)
{
    Lists none, some;
    EXPECT_EQ("S2N_ERR_CRL_LOOKUP_FAILED", Run(&none));
    some.Add(CrlSpec(), Us().intermediate);
    EXPECT_EQ("S2N_ERR_CRL_LOOKUP_FAILED", Run(&some));
}

TEST_P(Revocation, RefusesAForgedList)
{
    Lists lists;
    CrlSpec forged;
    forged.key = TestKey(kKind, 11);
    lists.Add(CrlSpec(), Us().root);
    lists.Add(forged, Us().intermediate);
    EXPECT_EQ("S2N_ERR_CRL_SIGNATURE", Run(&lists));
}

TEST_P(Revocation, RefusesAListItDoesNotUnderstand)
{
    Lists lists;
    CrlSpec odd;
    odd.critical_extension = true;
    lists.Add(CrlSpec(), Us().root);
    lists.Add(odd, Us().intermediate);
    EXPECT_EQ("S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION", Run(&lists));
}

TEST_P(Revocation, LeavesTheListsDatesAlone)
{
    CrlSpec old, early;
    old.this_update = -7200;
    old.next_update = -3600;
    early.this_update = 3600;
    early.next_update = 7200;
    for (CrlSpec *spec : { &old, &early }) {
        Lists lists;
        lists.Add(*spec, Us().root);
        lists.Add(*spec, Us().intermediate);
        EXPECT_EQ("", Run(&lists));
        spec->Revoke(Us().leaf);
        lists.lists.pop_back();
        lists.Add(*spec, Us().intermediate);
        EXPECT_EQ("S2N_ERR_CERT_REVOKED", Run(&lists));
    }
}

TEST_P(Revocation, StopsWhenTheCallbackRefuses)
{
    Lists lists;
    lists.result = 1;
    EXPECT_EQ("S2N_ERR_CANCELLED", Run(&lists));
}

TEST_P(Revocation, IsNotAskedAboutWithoutVerification)
{
    Lists lists;
    PairOptions o = Scene();
    o.client.verify = false;
    EXPECT_EQ("", Run(&lists, o));
    EXPECT_TRUE(lists.asked.empty());
}

TEST_P(Revocation, MayBeAnsweredLater)
{
    for (bool revoked : { false, true }) {
        Lists lists;
        lists.when = Lists::LATER;
        lists.Add(CrlSpec(), Us().root);
        lists.Add(revoked ? CrlSpec().Revoke(Us().leaf) : CrlSpec(), Us().intermediate);
        PairOptions o = Scene();
        o.client.config_hook = lists.Hook();
        Pair pair(o);
        Outcome waiting = pair.Negotiate();
        EXPECT_FALSE(waiting.client_done);
        ASSERT_EQ(0, waiting.client);
        EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, pair.client().blocked);
        ASSERT_EQ(2u, lists.asked.size());
        lists.Answer(lists.asked[0]);
        EXPECT_EQ(S2N_FAILURE, s2n_negotiate(pair.client().conn, &pair.client().blocked));
        EXPECT_STREQ("S2N_ERR_ASYNC_BLOCKED", s2n_strerror_name(s2n_errno)) << "one answer is missing";
        lists.Answer(lists.asked[1]);
        Outcome out = pair.Negotiate();
        EXPECT_EQ(revoked ? "S2N_ERR_CERT_REVOKED" : "", out.client_name());
        EXPECT_EQ(!revoked, out.ok());
        EXPECT_EQ(2u, lists.asked.size()) << "asked once";
    }
}

TEST_P(Revocation, TakesTheLastAnswer)
{
    Lists lists;
    lists.when = Lists::LATER;
    lists.Add(CrlSpec(), Us().root);
    lists.Add(CrlSpec(), Us().intermediate);
    PairOptions o = Scene();
    o.client.config_hook = lists.Hook();
    Pair pair(o);
    pair.Negotiate();
    for (s2n_crl_lookup *lookup : lists.asked) {
        Must(s2n_crl_lookup_ignore(lookup), "ignore");
        lists.Answer(lookup);
    }
    EXPECT_TRUE(pair.Negotiate().ok());
}

TEST_P(Revocation, IsCheckedByServersToo)
{
    for (bool revoked : { false, true }) {
        Lists lists;
        lists.Add(CrlSpec(), Us().root);
        lists.Add(revoked ? CrlSpec().Revoke(Us().leaf) : CrlSpec(), Us().intermediate);
        PairOptions o = Scene();
        Mutual(&o, kKind);
        o.server.config_hook = lists.Hook();
        Pair pair(o);
        EXPECT_EQ(revoked ? "S2N_ERR_CERT_REVOKED" : "", pair.Negotiate().server_name());
        EXPECT_EQ(2u, lists.asked.size());
    }
}

/* ---- the application's verdict ---- */

struct Judge {
    enum Verdict {
        ACCEPT,
        REJECT,
        SILENCE
    };
    Verdict verdict = ACCEPT;
    int result = 0, calls = 0;
    s2n_cert_validation_info *info = nullptr;
    s2n_connection *conn = nullptr;
    std::function<void(s2n_connection *)> look;

    static int Ask(s2n_connection *conn, s2n_cert_validation_info *info, void *ctx)
    {
        Judge *self = static_cast<Judge *>(ctx);
        self->calls++;
        self->info = info;
        self->conn = conn;
        if (self->look) {
            self->look(conn);
        }
        if (self->verdict != SILENCE) {
            Must(self->verdict == ACCEPT ? s2n_cert_validation_accept(info)
                                         : s2n_cert_validation_reject(info),
                 "verdict");
        }
        return self->result;
    }
    std::function<void(s2n_config *)> Hook()
    {
        return [this](s2n_config *c) {
            Must(s2n_config_set_cert_validation_cb(c, Ask, this), "cert_validation_cb");
        };
    }
};

TEST_P(Revocation, IsFollowedByTheApplicationsVerdict)
{
    const struct {
        Judge::Verdict verdict;
        int result;
        const char *error;
    } rows[] = {
        { Judge::ACCEPT, 0, "" },
        { Judge::REJECT, 0, "S2N_ERR_CERT_REJECTED" },
        { Judge::SILENCE, -1, "S2N_ERR_CANCELLED" },
        { Judge::ACCEPT, 1, "S2N_ERR_CANCELLED" },
    };
    for (const auto &row : rows) {
        for (bool server : { false, true }) {
            Judge judge;
            judge.verdict = row.verdict;
            judge.result = row.result;
            PairOptions o = Scene();
            Mutual(&o, kKind);
            (server ? o.server : o.client).config_hook = judge.Hook();
            Pair pair(o);
            Outcome out = pair.Negotiate();
            EXPECT_EQ(row.error, server ? out.server_name() : out.client_name());
            EXPECT_EQ(1, judge.calls);
            EXPECT_EQ((server ? pair.server() : pair.client()).conn, judge.conn);
        }
    }
}

TEST_P(Revocation, LetsTheVerdictWait)
{
    for (bool accept : { true, false }) {
        Judge judge;
        judge.verdict = Judge::SILENCE;
        PairOptions o = Scene();
        o.client.config_hook = judge.Hook();
        Pair pair(o);
        EXPECT_FALSE(pair.Negotiate().client_done);
        for (int i = 0; i < 3; i++) {
            EXPECT_EQ(S2N_FAILURE, s2n_negotiate(pair.client().conn, &pair.client().blocked));
            EXPECT_STREQ("S2N_ERR_ASYNC_BLOCKED", s2n_strerror_name(s2n_errno));
            EXPECT_EQ(S2N_BLOCKED_ON_APPLICATION_INPUT, pair.client().blocked);
        }
        ASSERT_EQ(1, judge.calls);
        Must(accept ? s2n_cert_validation_accept(judge.info) : s2n_cert_validation_reject(judge.info),
             "verdict");
        EXPECT_EQ(S2N_FAILURE, s2n_cert_validation_accept(judge.info)) << "once";
        EXPECT_STREQ("S2N_ERR_INVALID_STATE", s2n_strerror_name(s2n_errno));
        EXPECT_EQ(S2N_FAILURE, s2n_cert_validation_reject(judge.info));
        Outcome out = pair.Negotiate();
        EXPECT_EQ(accept ? "" : "S2N_ERR_CERT_REJECTED", out.client_name());
        EXPECT_EQ(accept, out.ok());
        EXPECT_EQ(1, judge.calls);
    }
}

// What is asked about a handshake that the application gave up; sanitizers would see an answer go astray.
TEST_P(Revocation, TakesAnswersAfterAWipe)
{
    Judge judge;
    Lists lists;
    judge.verdict = Judge::SILENCE;
    lists.when = Lists::LATER;
    for (bool about_lists : { true, false, true }) {
        PairOptions o = Scene();
        o.client.config_hook = about_lists ? lists.Hook() : judge.Hook();
        Pair pair(o);
        EXPECT_FALSE(pair.Negotiate().client_done);
        Must(s2n_connection_wipe(pair.client().conn), "wipe");
        if (about_lists) {
            ASSERT_EQ(2u, lists.asked.size());
            for (s2n_crl_lookup *lookup : lists.asked) {
                EXPECT_EQ(S2N_SUCCESS, s2n_crl_lookup_ignore(lookup));
            }
            lists.asked.clear();
        } else {
            EXPECT_EQ(S2N_SUCCESS, s2n_cert_validation_accept(judge.info));
        }
    }
}

TEST_P(Revocation, ShowsTheVerdictTheChain)
{
    for (bool server : { false, true }) {
        Judge judge;
        uint32_t seen = 0, sent = 0;
        judge.look = [&](s2n_connection *conn) {
            s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
            uint8_t *der = nullptr;
            Must(s2n_connection_get_peer_cert_chain(conn, chain), "peer chain");
            Must(s2n_cert_chain_get_length(chain, &seen), "length");
            Must(server ? s2n_connection_get_client_cert_chain(conn, &der, &sent) : 0, "client chain");
            s2n_cert_chain_and_key_free(chain);
        };
        PairOptions o = Scene();
        Mutual(&o, kKind);
        (server ? o.server : o.client).config_hook = judge.Hook();
        Pair pair(o);
        EXPECT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(3u, seen);
        EXPECT_EQ(server, sent > 0);
    }
}

TEST_P(Revocation, AsksForAVerdictOnWhatPassedOnly)
{
    Judge judge;
    PairOptions o = Scene();
    o.client.config_hook = judge.Hook();
    o.client.trust_pem = PkiFor(KeyKind::P384).root.pem;
    Pair pair(o);
    EXPECT_EQ("S2N_ERR_CERT_UNTRUSTED", pair.Negotiate().client_name());
    EXPECT_EQ(0, judge.calls);
    o.client.verify = false;
    Pair unverified(o);
    EXPECT_TRUE(unverified.Negotiate().ok());
    EXPECT_EQ(1, judge.calls);
}

/* The verdict comes before a stapled response is judged below TLS 1.3, and after it at TLS 1.3. */
TEST_P(Revocation, PutsTheVerdictInItsPlace)
{
    Judge judge;
    PairOptions o = Scene();
    o.client.config_hook = [&](s2n_config *c) {
        Must(s2n_config_set_status_request_type(c, S2N_STATUS_REQUEST_OCSP), "status_request");
        judge.Hook()(c);
    };
    Pair pair(o);
    OcspSpec spec;
    spec.status = CertStatus::Revoked;
    std::vector<uint8_t> der = OcspResponse(spec, Us().leaf, Us().intermediate);
    Must(s2n_cert_chain_and_key_set_ocsp_data(pair.server().chain, der.data(),
                                              static_cast<uint32_t>(der.size())),
         "ocsp");
    EXPECT_EQ("S2N_ERR_CERT_REVOKED", pair.Negotiate().client_name());
    EXPECT_EQ(std::string(GetParam()) == "default_tls13" ? 0 : 1, judge.calls);
}

/* Both at once, both later, with a response that came with the certificate. */
TEST_P(Revocation, WaitsForListsAndThenForTheVerdict)
{
    Lists lists;
    Judge judge;
    lists.when = Lists::LATER;
    judge.verdict = Judge::SILENCE;
    lists.Add(CrlSpec(), Us().root);
    lists.Add(CrlSpec(), Us().intermediate);
    PairOptions o = Scene();
    o.client.config_hook = [&](s2n_config *c) {
        Must(s2n_config_set_status_request_type(c, S2N_STATUS_REQUEST_OCSP), "status_request");
        lists.Hook()(c);
        judge.Hook()(c);
    };
    Pair pair(o);
    std::vector<uint8_t> der = OcspResponse(OcspSpec(), Us().leaf, Us().intermediate);
    Must(s2n_cert_chain_and_key_set_ocsp_data(pair.server().chain, der.data(),
                                              static_cast<uint32_t>(der.size())),
         "ocsp");
    pair.Negotiate();
    EXPECT_EQ(0, judge.calls);
    for (s2n_crl_lookup *lookup : lists.asked) {
        lists.Answer(lookup);
    }
    pair.Negotiate();
    EXPECT_EQ(1, judge.calls);
    Must(s2n_cert_validation_accept(judge.info), "accept");
    EXPECT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(1, judge.calls);
    EXPECT_EQ(2u, lists.asked.size());
    EXPECT_EQ(1, s2n_connection_is_ocsp_stapled(pair.client().conn));
}

} // namespace
