/* SPDX-License-Identifier: Apache-2.0 */
/* ClientKeyExchange (RFC 5246 7.4.7): the client's half of the key exchange; both sides now have the premaster. */
#include "handshake/hs.h"

bool msg_client_key_exchange_write(struct handshake *hs, struct wr *w)
{
    return kex12_client_write(hs, w);
}

bool msg_client_key_exchange_read(struct handshake *hs, struct rd *r)
{
    return kex12_client_read(hs, r);
}
