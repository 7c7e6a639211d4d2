/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the application's metrics hear of a handshake (unstable/events.h): a checkpoint for each step, one event at the
 * end. Called by drive.c and early.c around everything that drives a handshake, and by the engine for each message.
 * It reads the connection and changes nothing of it but its own counters.
 */
#include "conn/inner.h"

/* Not the config's: tests and simulations set that one as they like. */
static uint64_t now(void)
{
    uint64_t ns;
    return clock_mono(NULL, &ns) < 0 ? 0 : ns;
}

void events_checkpoint(void *owner, const char *name)
{
    struct s2n_connection *c = owner;
    const struct s2n_config *config = c->set.config;
    if (config->timing_cb != NULL) {
        struct s2n_timing_checkpoint checkpoint = { .name = name,
                                                    .role = c->set.server ? S2N_SERVER : S2N_CLIENT,
                                                    .timestamp_ns = now() };
        config->timing_cb(c, config->subscriber, &checkpoint);
    }
}

uint64_t events_begin(struct s2n_connection *c)
{
    struct metrics *m = &c->metrics;
    uint64_t since = now();
    if (!m->begun) {
        m->begun = true;
        m->start = since;
        events_checkpoint(c, "NEGOTIATE_START");
    }
    return since;
}

static void tell(struct s2n_connection *c, uint64_t end, int code)
{
    const struct s2n_config *config = c->set.config;
    const struct session *s = &c->session;
    const struct policy_view *policy = c->set.policy != NULL ? c->set.policy : config->policy;
    uint16_t version = conn_version(c);
    struct s2n_event_handshake event = {
        .protocol_version = (version >> 8) * 10 + (version & 0xFF), /* as the API counts */
        .cipher = s->suite->name,
        .group = s->group != NULL ? s->group->name : "NONE",
        .security_policy_label = policy->policy->name,
        .handshake_time_ns = c->metrics.spent,
        .handshake_start_ns = c->metrics.start,
        .handshake_end_ns = end,
        .error_code = code,
    };
    config->handshake_event(c, config->subscriber, &event);
}

/* Over is a handshake that is complete, or that failed with more than a wait. A restored connection had none here. */
void events_end(struct s2n_connection *c, uint64_t since, bool ok)
{
    struct metrics *m = &c->metrics;
    const struct s2n_config *config = c->set.config;
    int code = ok ? ERR_OK : err_last();
    uint64_t end = now();
    bool over = ok ? c->session.complete : err_type(code) != ERR_T_BLOCKED;
    if (ok && over) {
        events_checkpoint(c, "NEGOTIATE_END");
    }
    if (!m->told) {
        m->spent += end - since;
    }
    if (over && !m->told && !c->session.restored) {
        m->told = true;
        if (config->handshake_event != NULL && config->subscriber != NULL) {
            tell(c, end, code);
        }
    }
    if (!ok && err_last() != code) { /* what the callbacks did is their affair */
        (void) fail(code);
    }
}
