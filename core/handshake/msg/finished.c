/* SPDX-License-Identifier: Apache-2.0 */
/* Finished (RFC 8446 4.4.4, RFC 5246 7.4.9): each side proves that it saw the same handshake under the same keys. */
#include "base/ct.h"
#include "handshake/hs.h"

#define VERIFY_DATA_MAX 64

bool msg_finished_write(struct handshake *hs, struct wr *w)
{
    uint8_t verify[VERIFY_DATA_MAX];
    size_t n;
    TRY(ks_finished(&hs->ks, !hs->set->server, verify, &n));
    wr_bytes(w, SPAN(verify, n));
    return true;
}

bool msg_finished_read(struct handshake *hs, struct rd *r)
{
    uint8_t verify[VERIFY_DATA_MAX];
    size_t n;
    TRY(ks_finished(&hs->ks, hs->set->server, verify, &n));
    struct span theirs = rd_take(r);
    if (theirs.n != n || !ct_eq(theirs.p, verify, n)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return true;
}
