/* SPDX-License-Identifier: Apache-2.0 */
/* ServerHelloDone (RFC 5246 7.4.5): empty; the server's turn is over. */
#include "handshake/hs.h"

bool msg_server_hello_done_write(struct handshake *hs, struct wr *w)
{
    (void) hs;
    (void) w;
    return true;
}

bool msg_server_hello_done_read(struct handshake *hs, struct rd *r)
{
    (void) hs;
    (void) r; /* the engine checks that it is empty */
    return true;
}
