/* SPDX-License-Identifier: Apache-2.0 */
/* EncryptedExtensions (RFC 8446 4.3.1): the server's answers that need no key exchange to be read. */
#include "handshake/hs.h"

bool msg_encrypted_extensions_write(struct handshake *hs, struct wr *w)
{
    return ext_write(hs, EE, w);
}

bool msg_encrypted_extensions_read(struct handshake *hs, struct rd *r)
{
    struct rd extensions;
    if (!rd_vec16(r, &extensions)) {
        return fail(ERR_BAD_MESSAGE);
    }
    return ext_read(hs, EE, &extensions);
}
