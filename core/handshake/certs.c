/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging the peer's certificates: the rules come from the settings, the verdict from x509/, and then policy and use
 * have their say: what the policy allows a certificate to be, and whether this key may do what the handshake needs of
 * it (RFC 5280 4.2.1.3, RFC 5246 7.4.2, RFC 8446 4.4.2.2). The application is asked around it: vouch.c.
 */
#include "handshake/hs.h"

static bool default_rules(struct handshake *hs, struct verify_rules *rules)
{
    const struct settings *set = hs->set;
    struct s2n_config *c = set->config;
    *rules = (struct verify_rules){
        .trust = c->trust,
        .skip = set->skip_verification,
        .peer_is_server = !set->server,
        .check_time = !c->skip_time,
        .check_intent = !c->skip_intent,
        .allow_ip_in_cn = c->allow_ip_in_cn,
        .max_depth = set->max_chain_depth,
        .check_host = true,
        .host = set->verify_host,
        .host_data = set->verify_host_data,
    };
    if (hs->session->vouch != NULL) {
        rules->lookups = hs->session->vouch->lookups;
        rules->lookups_n = hs->session->vouch->lookups_n;
    }
    if (set->verify_host_set &&
        set->verify_host == NULL) { /* the connection's own word: check no name at all */
        rules->check_host = false;
    } else if (rules->host == NULL) {
        rules->host = verify_host_default;
        rules->host_data = set->server ? NULL : hs->session->server_name;
    }
    return rules->skip || clock_read(c->wall, &rules->now);
}

/* Every certificate of the judged chain against the policy's certificate rules. */
static bool check_policy(const struct handshake *hs)
{
    const struct peer_chain *peer = hs->session->peer;
    for (uint32_t i = 0; i < peer_count(peer); i++) {
        if (!policy_allows_cert(hs->policy->policy, peer_cert_facts(peer, i), i + 1 == peer_count(peer))) {
            return fail(ERR_SECURITY_POLICY_INCOMPATIBLE_CERT);
        }
    }
    return true;
}

static bool check_use(const struct handshake *hs)
{
    const struct cert_facts *leaf = peer_facts(hs->session->peer);
    const struct suite *suite = hs->session->suite;
    bool rsa_kex = suite->kex == KEX_RSA && !hs->set->server;
    uint8_t needed = rsa_kex ? USE_ENCRYPT : USE_SIGN;
    if ((leaf->uses & needed) == 0) {
        return fail(ERR_CERT_INTENT_INVALID);
    }
    if (hs->set->server || suite->auth == AUTH_ANY) {
        return true;
    }
    bool ecdsa = leaf->key.sig == SIG_ECDSA;
    if (ecdsa != (suite->auth == AUTH_ECDSA) || (rsa_kex && leaf->key.sig != SIG_RSA)) {
        return fail(ERR_CERT_TYPE_UNSUPPORTED);
    }
    return true;
}

static bool judge(struct handshake *hs, const struct span *ders, uint32_t n)
{
    struct verify_rules rules;
    TRY(default_rules(hs, &rules));
    peer_free(hs->session->peer);
    hs->session->peer = NULL;
    TRY(verify_peer(&rules, ders, n, &hs->session->peer));
    return check_policy(hs) && check_use(hs) && vouch_check_ocsp(hs);
}

/* Below TLS 1.3 the OCSP response comes later, in a message of its own. */
bool hs_judge_chain(struct handshake *hs, const struct span *ders, uint32_t n)
{
    hs->waiting = false;
    if (!hs->judged) {
        TRY(vouch_gather_crls(hs, ders, n) && judge(hs, ders, n));
        hs->judged = true;
    }
    return vouch_ask(hs);
}
