/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decisions of a server about version, suite and group, in one style: read the peer's offer and the policy,
 * write hs and the session, or fail. Certificates and signature schemes are choose.c. Called by message handlers.
 * contract/handshake.md section 8, RFC 8446 4.1.1 and 4.2.7, RFC 5246 7.4.1.3, RFC 7507.
 */
#include "crypto/init.h"
#include "handshake/hs.h"

_Static_assert(SUITE_COUNT <= 64 && GROUP_COUNT <= 32, "masks below hold one bit a row");

static uint16_t version_min(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

bool neg_version(struct handshake *hs)
{
    const struct policy_view *p = hs->policy;
    uint16_t best = VER_NONE, highest = VER_NONE, v;
    for (struct rd r = rd_of(hs->peer.versions); rd_u16(&r, &v);) {
        if (v < SSL3 || v > TLS13) {
            continue;
        }
        highest = v > highest ? v : highest;
        best = v >= p->min && v <= p->max && v > best ? v : best;
    }
    hs->peer.version = highest != VER_NONE ? highest : version_min(hs->peer.legacy_version, TLS12);
    hs->session->client_version = hs->peer.version;
    if (p->max < TLS13 || hs->peer.versions.n == 0) { /* below TLS 1.3 the legacy field decides */
        best = version_min(version_min(p->max, TLS12), hs->peer.legacy_version);
    }
    if (best < p->min) {
        return fail(ERR_PROTOCOL_VERSION_UNSUPPORTED);
    }
    return hs_version(hs, best, MSG_CLIENT_HELLO);
}

/* The client's suites as a mask over table rows, its first one, and the fallback signal. */
struct suites_offered {
    uint64_t mask;
    const struct suite *first;
    bool fallback;
};

static struct suites_offered suites_offered(struct span list)
{
    struct suites_offered o = { 0, NULL, false };
    uint16_t id;
    for (struct rd r = rd_of(list); rd_u16(&r, &id);) {
        const struct suite *s = suite_by_id(id);
        o.fallback |= id == SCSV_FALLBACK;
        if (s != NULL && s != SUITE_NULL) {
            o.mask |= (uint64_t) 1 << s->index;
            o.first = o.first != NULL ? o.first : s;
        }
    }
    return o;
}

/* Can the key exchange and the authentication of this suite be done here? At TLS 1.3 a suite says nothing of them. */
static bool suite_usable(struct handshake *hs, const struct suite *s)
{
    uint16_t version = hs->session->version;
    if (version < s->min || version > s->max) {
        return false;
    }
    if (s->kex == KEX_TLS13) { /* a PSK belongs to a hash */
        return hs->psk_chosen == NULL || hs->psk_chosen->alg == s->prf;
    }
    if (s->kex == KEX_ECDHE && neg_group12(hs) == NULL) {
        return false;
    }
    return (s->kex == KEX_ECDHE || s->kex == KEX_RSA) && neg_can_authenticate(hs, s);
}

bool neg_suite(struct handshake *hs)
{
    const struct policy_view *p = hs->policy;
    struct suites_offered offered = suites_offered(hs->peer.suites);
    if (offered.fallback && hs->peer.version < p->max) {
        return fail(ERR_FALLBACK_DETECTED);
    }
    bool boost = (p->policy->flags & POLICY_CHACHA_BOOST) != 0 && offered.first != NULL &&
                 offered.first->cipher->id == CIPHER_CHACHA20_POLY1305;
    const struct suite *chosen = NULL, *second_best = NULL;
    for (uint16_t i = 0; i < p->suites_n; i++) {
        const struct suite *s = p->suites[i];
        if (!(offered.mask >> s->index & 1) || !suite_usable(hs, s)) {
            continue;
        }
        if (!neg_curve_wished_for(hs, s)) {
            second_best = second_best != NULL ? second_best : s;
            continue;
        }
        if (boost && s->cipher->id == CIPHER_CHACHA20_POLY1305) {
            chosen = s;
            break;
        }
        chosen = chosen != NULL ? chosen : s;
        if (!boost) {
            break;
        }
    }
    chosen = chosen != NULL ? chosen : second_best;
    if (chosen == NULL) {
        return fail(ERR_CIPHER_NOT_SUPPORTED);
    }
    hs->session->suite = chosen;
    return true;
}

static uint32_t groups_offered(struct span list)
{
    uint32_t mask = 0;
    uint16_t id;
    for (struct rd r = rd_of(list); rd_u16(&r, &id);) {
        const struct group *g = group_by_id(id);
        if (g != NULL) {
            mask |= (uint32_t) 1 << g->index;
        }
    }
    return mask;
}

/* The share for group g, or no bytes. The list's form was checked when the extension was read. */
static struct span share_for(struct span shares, const struct group *g)
{
    uint16_t id;
    struct rd share;
    for (struct rd r = rd_of(shares); rd_u16(&r, &id) && rd_vec16(&r, &share);) {
        if (id == g->id) {
            return rd_rest(&share);
        }
    }
    return SPAN_NONE;
}

static bool strongly_preferred(const struct policy_view *p, const struct group *g)
{
    for (uint16_t i = 0; i < p->policy->strong.n; i++) {
        if (p->policy->strong.ids[i] == g->id) {
            return true;
        }
    }
    return false;
}

/* In the order of the contract: a KEM group with a share; a common KEM group by retry; a strongly preferred curve by
 * retry; a curve with a share; a common curve by retry. The view lists KEM groups first, so one walk collects the
 * first of each kind. */
struct group_choice {
    const struct group *kem_shared, *kem, *strong, *curve_shared, *curve;
};

static struct group_choice group_choices(const struct handshake *hs)
{
    const struct policy_view *p = hs->policy;
    struct group_choice c = { NULL, NULL, NULL, NULL, NULL };
    uint32_t offered = groups_offered(hs->peer.groups);
    for (uint16_t i = 0; i < p->groups_n; i++) {
        const struct group *g = p->groups[i];
        if (!(offered >> g->index & 1)) {
            continue;
        }
        bool shared = share_for(hs->peer.shares, g).n > 0;
        const struct group **common = i < p->kems_n ? &c.kem : &c.curve;
        const struct group **with_share = i < p->kems_n ? &c.kem_shared : &c.curve_shared;
        *common = *common != NULL ? *common : g;
        *with_share = *with_share != NULL || !shared ? *with_share : g;
        c.strong = c.strong == NULL && !shared && strongly_preferred(p, g) ? g : c.strong;
    }
    return c;
}

/* The second ClientHello holds one share, for the group we asked for (RFC 8446 4.1.2). */
static bool take_retried(struct handshake *hs)
{
    struct span share = share_for(hs->peer.shares, hs->retry_group);
    if (share.n == 0 || hs->peer.shares.n != share.n + 4) {
        return fail(ERR_BAD_KEY_SHARE);
    }
    hs->peer_share = share;
    return true;
}

bool neg_group13(struct handshake *hs, bool *retry)
{
    *retry = false;
    if (hs->retry_group != NULL) {
        return take_retried(hs);
    }
    struct group_choice c = group_choices(hs);
    const struct group *retry_for = c.kem_shared != NULL ? NULL : c.kem != NULL ? c.kem : c.strong;
    const struct group *g = c.kem_shared != NULL ? c.kem_shared : c.curve_shared;
    if (retry_for == NULL && g == NULL) {
        retry_for = c.curve;
    }
    if (retry_for == NULL && g == NULL) {
        return fail(ERR_INVALID_SUPPORTED_GROUP_STATE);
    }
    *retry = retry_for != NULL;
    hs->retry_group = retry_for;
    hs->session->group = *retry ? retry_for : g;
    hs->peer_share = *retry ? SPAN_NONE : share_for(hs->peer.shares, g);
    return true;
}

const struct group *neg_group12(const struct handshake *hs)
{
    const struct policy_view *p = hs->policy;
    bool silent = hs->peer.groups.p == NULL; /* RFC 8422 4: no extension, any group will do */
    uint32_t offered = groups_offered(hs->peer.groups);
    const struct group *first = NULL;
    for (uint16_t i = p->kems_n; i < p->groups_n; i++) {
        const struct group *g = p->groups[i];
        if (silent ? g->id == 0x0017 : (offered >> g->index & 1)) {
            return g;
        }
        first = first != NULL ? first : g;
    }
    return silent ? first : NULL;
}
