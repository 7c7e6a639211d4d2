/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record means for early data: is it some, may it come now, how much more may, and does one that cannot be
 * opened belong to early data that the server did not take. Asked by the files that read and drive; it moves nothing.
 * RFC 8446 4.2.10. The calls of the application are early.c.
 */
#include "conn/inner.h"

#define SKIP_DEFAULT \
    16384 /* rejected early data that is dropped when our own limit is less: it may be another server's */
#define SEAL_OVERHEAD 17 /* inner type and tag */

uint32_t early_remaining(const struct s2n_connection *c)
{
    uint32_t limit = early_limit(&c->set, &c->session);
    uint64_t used = c->session.resume->early_bytes;
    return used < limit ? limit - (uint32_t) used : 0;
}

bool early_expected(const struct s2n_connection *c)
{
    return c->hs != NULL && c->session.early == EARLY_ACCEPTED && c->session.message == MSG_END_OF_EARLY_DATA;
}

bool early_open(const struct s2n_connection *c)
{
    return c->reading.early && early_expected(c) &&
           c->hs->rx.len == 0; /* not inside of a message (RFC 8446 5.1) */
}

/* The handshake cannot go on over early data that was taken: there is more to be read, or more than was allowed. */
enum step early_in_the_way(struct s2n_connection *c, s2n_blocked_status *blocked)
{
    if (early_remaining(c) == 0) {
        (void) fail(ERR_BAD_MESSAGE);
        return STEP_FATAL;
    }
    *blocked = S2N_BLOCKED_ON_EARLY_DATA;
    (void) fail(ERR_EARLY_DATA_BLOCKED);
    return STEP_RETRY;
}

/* Early data that was rejected cannot be opened: there are no keys for it, or others. It ends where something can:
 * the second hello after a retry, else the first record under the handshake keys (RFC 8446 4.2.10). */
bool early_skip(struct s2n_connection *c, const struct rec_header *hdr)
{
    const struct session *s = &c->session;
    bool retried = (s->type & HELLO_RETRY_REQUEST) != 0;
    bool awaited =
        half_keyed(&c->in) ? !retried && c->in.seq == 0 : retried && s->message == MSG_CLIENT_HELLO;
    if (c->hs == NULL || !c->set.server || s->early != EARLY_REJECTED || hdr->type != CT_APPDATA ||
        !awaited) {
        return false;
    }
    if (hdr->len > RECORD_MAX_CIPHER13) { /* which no record may be (RFC 8446 5.2) */
        (void) fail(ERR_RECORD_LIMIT);
        return false;
    }
    if (err_last() != ERR_DECRYPT &&
        err_last() != ERR_SAFETY) { /* it could be opened, and is wrong in itself */
        return false;
    }
    uint32_t own = early_own_limit(&c->set, s);
    uint32_t cost = hdr->len > SEAL_OVERHEAD ? (uint32_t) hdr->len - SEAL_OVERHEAD : 1;
    c->hs->skipped += cost;
    if (c->hs->skipped > (own > SKIP_DEFAULT ? own : SKIP_DEFAULT)) {
        (void) fail(ERR_MAX_EARLY_DATA_SIZE);
        return false;
    }
    return true;
}
