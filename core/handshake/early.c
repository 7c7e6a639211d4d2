/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Early data as the handshake sees it (RFC 8446 4.2.10): whether a client asks for it, whether a server takes it, and
 * the one way its state moves. The data itself is conn/early.c. functions-2.md section 16.
 */
#include "handshake/hs.h"

#define AGE_SLACK \
    10000 /* ms by which the client's count of a ticket's age may differ from ours (RFC 8446 8.3) */

bool early_set(struct session *s, enum early_state to)
{
    static const uint8_t from[] = {
        [EARLY_UNKNOWN] = 1 << EARLY_UNKNOWN,    [EARLY_NOT_REQUESTED] = 1 << EARLY_UNKNOWN,
        [EARLY_REQUESTED] = 1 << EARLY_UNKNOWN,  [EARLY_REJECTED] = 1 << EARLY_REQUESTED,
        [EARLY_ACCEPTED] = 1 << EARLY_REQUESTED, [EARLY_END] = 1 << EARLY_ACCEPTED,
    };
    if (s->early != to && (from[to] >> s->early & 1) == 0) {
        return fail(ERR_INVALID_EARLY_DATA_STATE);
    }
    s->early = (uint8_t) to;
    return true;
}

bool early_decide(struct s2n_offered_early_data *offered, enum early_state verdict)
{
    uint8_t expected = EARLY_UNKNOWN;
    return atomic_compare_exchange_strong(&offered->decision, &expected, (uint8_t) verdict) ||
           expected == verdict || fail(ERR_INVALID_EARLY_DATA_STATE);
}

uint32_t early_own_limit(const struct settings *set, const struct session *s)
{
    const struct resume *r = s->resume;
    return r != NULL && r->early_max_set ? r->early_max : set->config->max_early;
}

uint32_t early_limit(const struct settings *set, const struct session *s)
{
    const struct resume *r = s->resume;
    const struct s2n_psk *psk =
        r == NULL ? NULL : r->psks; /* early data is the first one's (RFC 8446 4.2.10) */
    psk = set->server && r != NULL && r->chosen != NULL ? r->chosen : psk;
    if (psk != NULL) {
        return psk->max_early;
    }
    return set->server && !s->complete ? early_own_limit(set, s) : 0;
}

/* ---- client ---- */

/* The application sends some, and the first key that we offer allows it with what we can negotiate. */
bool early_wanted(const struct handshake *hs)
{
    const struct resume *r = hs->session->resume;
    bool retried = (hs->session->type & HELLO_RETRY_REQUEST) != 0;
    if (r == NULL || !r->early_io || r->psks == NULL || retried) {
        return false;
    }
    const struct s2n_psk *psk = r->psks;
    return hs->policy->max >= TLS13 && psk->max_early > 0 && psk->early_suite->min == TLS13 &&
           policy_has_suite(hs->policy, psk->early_suite) &&
           (psk->alpn.len == 0 || alpn_lists(hs, buf_span(&psk->alpn)));
}

/* ---- server ---- */

/* The client's count of the ticket's age since it came, against ours: one that is far off is old, or a replay. */
static bool fresh(const struct handshake *hs, const struct s2n_psk *psk)
{
    struct rd list = rd_of(hs->peer.psk_identities), identity;
    uint32_t obfuscated;
    if (psk->type == PSK_EXTERNAL) {
        return true;
    }
    if (!rd_vec16(&list, &identity) || !rd_u32(&list, &obfuscated)) {
        return false;
    }
    int64_t theirs = (int64_t) (obfuscated - psk->age_add);
    int64_t ours = (int64_t) (hs->now / CLOCK_MS) - (int64_t) (psk->issued / CLOCK_MS);
    return theirs - ours <= AGE_SLACK && ours - theirs <= AGE_SLACK;
}

static bool acceptable(const struct handshake *hs)
{
    const struct session *s = hs->session;
    const struct s2n_psk *psk = hs->psk_chosen;
    return psk != NULL && hs->psk_index == 0 && (s->type & HELLO_RETRY_REQUEST) == 0 && psk->max_early > 0 &&
           s->suite == psk->early_suite && span_eq(buf_span(&psk->alpn), session_alpn(s)) &&
           s->resume->early_io && fresh(hs, psk);
}

/* Ask the application, once; without a callback early data that may be taken is. */
static bool ask(struct handshake *hs)
{
    s2n_early_data_cb callback = hs->set->config->early_cb;
    struct s2n_offered_early_data *offered = hs->offered;
    atomic_store(&offered->decision, EARLY_UNKNOWN);
    offered->psk = hs->psk_chosen;
    if (callback == NULL) {
        return early_decide(offered, EARLY_ACCEPTED);
    }
    return callback(hs->set->owner, offered) >= 0 || fail(ERR_CANCELLED);
}

static bool request(struct handshake *hs)
{
    struct session *s = hs->session;
    TRY(early_set(s, EARLY_REQUESTED));
    s->type |= EARLY_CLIENT_CCS; /* which such a client sends at once (RFC 8446 D.4) */
    return acceptable(hs) ? ask(hs) : early_set(s, EARLY_REJECTED);
}

bool early_judge(struct handshake *hs)
{
    struct session *s = hs->session;
    if (s->early == EARLY_UNKNOWN) {
        TRY(hs->peer.early_data ? request(hs) : early_set(s, EARLY_NOT_REQUESTED));
    }
    if (s->early != EARLY_REQUESTED) {
        return true;
    }
    uint8_t decision = atomic_load(&hs->offered->decision);
    hs->waiting = decision == EARLY_UNKNOWN;
    if (hs->waiting) {
        return fail(ERR_ASYNC_BLOCKED);
    }
    s->type |= decision == EARLY_ACCEPTED ? WITH_EARLY_DATA : 0;
    return early_set(s, (enum early_state) decision);
}
