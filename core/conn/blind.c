/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The delay after an error in what was received: an attacker who times our answers must not learn from them at
 * which check a forged record failed, so everybody waits a random time first. Called by read.c, drive.c, shutdown.c
 * when a step was fatal; shutdown.c and the application ask how long is left.
 */
#include "conn/inner.h"

#include "crypto/rand.h"

#define DELAY_MAX_DEFAULT 30ULL /* seconds; the least is a third of it */

/* Errors that follow from the peer's or our own plain choices tell nothing. */
static bool tells_nothing(int code)
{
    return code == ERR_CLOSED || code == ERR_CANCELLED || code == ERR_CIPHER_NOT_SUPPORTED ||
           code == ERR_PROTOCOL_VERSION_UNSUPPORTED || code == ERR_CONFIG_NULL_BEFORE_CH_CALLBACK;
}

/* Without randomness the longest delay is the safe one. */
static uint64_t choose_delay(const struct s2n_config *config)
{
    uint64_t max = (config->max_blinding_set ? config->max_blinding : DELAY_MAX_DEFAULT) * CLOCK_SECOND;
    uint64_t min = max / 3;
    uint64_t extra;
    if (max == 0) {
        return 0;
    }
    return rand_below(max - min, &extra) ? min + extra : max;
}

static void start(struct s2n_connection *c)
{
    struct clock_hook mono = c->set.config->mono;
    uint64_t now = 0;
    if (mono.fn(mono.ctx, &now) < 0) {
        now = 0;
    }
    uint64_t delay = choose_delay(c->set.config);
    atomic_store(&c->blind.since, now);
    atomic_store(&c->blind.delay, delay);
    atomic_store(&c->blind.triggered, 1);
    if (c->blind.mode == S2N_BUILT_IN_BLINDING) {
        clock_sleep(delay);
    }
}

void conn_blame(struct s2n_connection *c)
{
    int code = err_last();
    conn_kill(c, &c->shared.reader_alert, code);
    resume12_forget(&c->set, &c->session);
    if (!tells_nothing(code) && !atomic_load(&c->blind.triggered)) {
        start(c);
        if (err_last() != code) { /* the random source had its own complaint */
            (void) fail(code);
        }
    }
}

bool conn_delay(const struct s2n_connection *c, uint64_t *out)
{
    uint64_t now;
    uint64_t delay = atomic_load(&c->blind.triggered) ? atomic_load(&c->blind.delay) : 0;
    if (delay == 0) {
        *out = 0;
        return true;
    }
    TRY(clock_read(c->set.config->mono, &now));
    uint64_t since = atomic_load(&c->blind.since);
    uint64_t gone = now > since ? now - since : 0;
    *out = gone < delay ? delay - gone : 0;
    return true;
}
