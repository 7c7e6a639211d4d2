/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions below TLS 1.3 on a server: taken from the ticket that the client shows (RFC 5077) or from the application's
 * cache by session id (RFC 5246 7.3), put into that cache, and forgotten there. contract/tickets.md sections 6 and 7,
 * RFC 7627 5.3. Called by the messages and by conn/.
 */
#include <string.h>

#include "handshake/hs.h"

#define CACHE_TTL 21600 /* seconds */

/* Client certificates are not part of a saved session, so who wants one cannot resume. */
static bool without_client_auth(const struct settings *set)
{
    return hs_client_auth(set) == S2N_CERT_AUTH_NONE;
}

static bool tickets_allowed(const struct settings *set)
{
    const struct s2n_config *c = set->config;
    return c->tickets_on && !c->ticket_forward_secrecy && without_client_auth(set);
}

bool resume12_cacheable(const struct settings *set, const struct session *s)
{
    return set->server && set->config->cache_on && s->version != VER_NONE && s->version < TLS13 &&
           s->session_id_len > 0 && without_client_auth(set);
}

bool resume12_may_issue(const struct handshake *hs)
{
    const struct s2n_config *c = hs->set->config;
    uint64_t now;
    return hs->peer.ticket.p != NULL && tickets_allowed(hs->set) && clock_read(c->wall, &now) &&
           ticketkeys_any(c->ticket_keys, c->key_lives, now);
}

/* Of age to the very second is not older. */
static bool older(uint64_t age, uint64_t seconds)
{
    return age / CLOCK_SECOND > seconds || (age / CLOCK_SECOND == seconds && age % CLOCK_SECOND != 0);
}

/* Does a saved session fit this handshake? Not fitting is no error, but for a client that had bound its session to the
 * transcript and would have it resumed unbound: that is an attack (RFC 7627 5.3). */
static bool fits(struct handshake *hs, const struct session_state *state, bool *resumed)
{
    const struct session *s = hs->session;
    bool alike = state->version == s->version && state->suite == s->suite && state->issued <= hs->now &&
                 !older(hs->now - state->issued, hs->set->config->session_lifetime);
    if (alike && state->ems && !s->ems) {
        return fail(ERR_MISSING_EXTENSION);
    }
    *resumed = alike && state->ems == s->ems;
    return true;
}

/* A sealed state, from the client or from the cache; one that cannot be opened leads to a full handshake. */
static bool open_state(struct handshake *hs, struct span sealed, bool *resumed)
{
    AUTO_BUF plain = { .p = NULL };
    AUTO_STATE state = { .version = VER_NONE };
    *resumed = false;
    if (!clock_read(hs->set->config->wall, &hs->now) ||
        !ticket_open(hs->set->config, hs->now, sealed, &plain, &state)) {
        return true;
    }
    TRY(fits(hs, &state, resumed));
    if (*resumed) {
        hs->session->master = state.secret;
    }
    return true;
}

/* The application's cache; it may need time, and is asked again then. */
static bool from_cache(struct handshake *hs, bool *resumed)
{
    const struct s2n_config *c = hs->set->config;
    struct span id = hs->peer.session_id;
    uint8_t value[TICKET12_LEN] = { 0 };
    uint64_t size = sizeof(value);
    int answer = c->cache_retrieve(hs->set->owner, c->cache_retrieve_ctx, id.p, id.n, value, &size);
    hs->waiting = answer == S2N_CALLBACK_BLOCKED;
    if (hs->waiting) {
        return fail(ERR_ASYNC_BLOCKED);
    }
    return answer < 0 || size != sizeof(value) || open_state(hs, SPAN_OF(value), resumed);
}

bool resume12_server(struct handshake *hs, bool *resumed)
{
    bool may_look = hs->set->config->cache_on && without_client_auth(hs->set) && hs->peer.session_id.n > 0;
    *resumed = false;
    if (tickets_allowed(hs->set) && hs->peer.ticket.n == TICKET12_LEN) {
        TRY(open_state(hs, hs->peer.ticket, resumed));
        hs->session->by_ticket = *resumed;
        return true;
    }
    return !may_look || from_cache(hs, resumed);
}

void resume12_state(const struct session *s, uint64_t now, struct session_state *out)
{
    out->version = s->version;
    out->suite = s->suite;
    out->issued = now;
    out->secret = s->master;
    out->ems = s->ems;
}

/* What the application answers counts for nothing: the handshake is over. */
void resume12_store(const struct settings *set, struct session *s)
{
    struct s2n_config *c = set->config;
    uint8_t value[TICKET12_LEN];
    struct buf into = BUF_FIXED(value, sizeof(value));
    struct wr w = wr_to(&into);
    uint64_t now;
    uint32_t lifetime;
    if (!resume12_cacheable(set, s) || (s->type & FULL_HANDSHAKE) == 0 || !clock_read(c->wall, &now)) {
        return;
    }
    AUTO_STATE state = { .version = VER_NONE };
    resume12_state(s, now, &state);
    if (ticket_seal(c, now, &state, &w, &lifetime) && wr_ok(&w) && into.len == sizeof(value)) {
        (void) c->cache_store(set->owner, c->cache_store_ctx, CACHE_TTL, s->session_id, s->session_id_len,
                              value, sizeof(value));
    }
}

void resume12_forget(const struct settings *set, struct session *s)
{
    const struct s2n_config *c = set->config;
    if (resume12_cacheable(set, s) && !s->by_ticket) { /* else it may be the id of somebody else's session */
        (void) c->cache_delete(set->owner, c->cache_delete_ctx, s->session_id, s->session_id_len);
    }
}
