/* SPDX-License-Identifier: Apache-2.0 */
/* EndOfEarlyData (RFC 8446 4.5): empty; the last message under the early keys. */
#include "handshake/hs.h"

bool msg_end_of_early_data_write(struct handshake *hs, struct wr *w)
{
    (void) w;
    return early_set(hs->session, EARLY_END);
}

bool msg_end_of_early_data_read(struct handshake *hs, struct rd *r)
{
    (void) r; /* the engine checks that it is empty */
    return early_set(hs->session, EARLY_END);
}
