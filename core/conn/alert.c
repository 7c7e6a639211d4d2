/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts both ways: the peer's, which may come in pieces or several to a record, and our one, chosen when an error
 * closes the connection and sent by shutdown. Called by dispatch.c, shutdown.c, blind.c. RFC 8446 6, RFC 5246 7.2.
 */
#include "conn/inner.h"

enum alert_level {
    LEVEL_WARNING = 1,
    LEVEL_FATAL = 2
};

/* Which alerts an application may choose to ignore: at TLS 1.3 only user_canceled, where the level means nothing. */
static bool is_warning(const struct s2n_connection *c, uint8_t level, uint8_t code)
{
    return conn_is13(c) ? code == ALERT_USER_CANCELED : level == LEVEL_WARNING;
}

static enum step judge(struct s2n_connection *c, uint8_t level, uint8_t code)
{
    struct shared *s = &c->shared;
    if (code != ALERT_CLOSE_NOTIFY && is_warning(c, level, code) &&
        c->set.config->alert_behavior == S2N_ALERT_IGNORE_WARNINGS) {
        return conn_idle(c) ? STEP_OK : STEP_FATAL;
    }
    atomic_store(&s->peer_alert, (uint16_t) (PEER_ALERT | code));
    atomic_store(&s->read_closed, 1);
    if (code == ALERT_CLOSE_NOTIFY) {
        atomic_store(&s->close_notify_received, 1);
        return STEP_CLOSE;
    }
    atomic_store(&s->write_closed, 1);
    resume12_forget(&c->set, &c->session); /* RFC 5246 7.2.2 */
    return STEP_ALERT;
}

enum step alert_feed(struct s2n_connection *c, struct span bytes)
{
    struct reading *r = &c->reading;
    if (bytes.n == 0) {
        (void) fail(ERR_BAD_MESSAGE);
        return STEP_FATAL;
    }
    for (size_t i = 0; i < bytes.n; i++) {
        r->alert[r->alert_n++] = bytes.p[i];
        if (r->alert_n == sizeof(r->alert)) {
            r->alert_n = 0;
            enum step s = judge(c, r->alert[0], r->alert[1]);
            if (s != STEP_OK) {
                return s;
            }
        }
    }
    return r->alert_n == 0 || conn_idle(c) ? STEP_OK : STEP_FATAL;
}

bool conn_get_alert(const struct s2n_connection *c, uint8_t *out)
{
    uint16_t got = atomic_load(&c->shared.peer_alert);
    if (got == 0) {
        return fail(ERR_NO_ALERT);
    }
    *out = (uint8_t) got;
    return true;
}

void conn_kill(struct s2n_connection *c, ATOMIC(uint8_t) * alert, int code)
{
    int number = err_wire_alert(code);
    if (number > 0) {
        atomic_store(alert, (uint8_t) number);
    }
    atomic_store(&c->shared.read_closed, 1);
    atomic_store(&c->shared.write_closed, 1);
    resume_drop_secrets(c->session.resume);
}

/* The writer knows best why writing ended; without a reason it is a close_notify. */
bool alert_seal(struct s2n_connection *c)
{
    uint8_t code = atomic_load(&c->shared.writer_alert);
    if (code == 0) {
        code = atomic_load(&c->shared.reader_alert);
    }
    uint8_t alert[2] = { code == ALERT_CLOSE_NOTIFY ? LEVEL_WARNING : LEVEL_FATAL, code };
    struct span body = SPAN_OF(alert);
    c->writing.alert_sealed = true; /* tried once: a key that is used up will not be better next time */
    return record_seal(&c->out, CT_ALERT, session_wire_version(&c->session), &body, 1, &c->writing.tx);
}
