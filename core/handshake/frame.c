/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshake message framing: whole messages out of a stream of record contents, records out of a whole message. Used
 * by the engine and for post-handshake messages. RFC 8446 4 and 5.1: messages may be split over records and share
 * them; we give each of ours records of its own.
 */
#include "handshake/hs.h"

#define MESSAGE_MAX 65536

bool hs_next_frame(const struct buf *rx, struct hs_frame *out, bool *got)
{
    struct rd r = rd_of(buf_span(rx));
    uint32_t len;
    *got = false;
    if (!rd_u8(&r, &out->type) || !rd_u24(&r, &len)) {
        return true;
    }
    if (len > MESSAGE_MAX) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (rd_bytes(&r, len, &out->body)) {
        out->whole = SPAN(rx->p, len + 4);
        *got = true;
    }
    return true;
}

bool hs_write_records(struct half *out, uint8_t type, uint16_t wire_version, struct span message,
                      size_t fragment, struct buf *tx)
{
    size_t records = message.n / fragment + 1;
    /* Room first: a message of which half is sealed could not be taken back. */
    TRY(records == 1 || buf_reserve(tx, message.n + records * record_overhead(out, fragment)));
    while (message.n > 0) {
        struct span piece = SPAN(message.p, message.n < fragment ? message.n : fragment);
        TRY(record_seal(out, type, wire_version, &piece, 1, tx));
        message.p += piece.n;
        message.n -= piece.n;
    }
    return true;
}
