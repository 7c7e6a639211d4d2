/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way out: one record appended to the send buffer (RFC 8446 5.1-5.2, RFC 5246 6.2). Called by the
 * handshake and by conn. How much goes into a record, and when a key update is due, the caller has decided
 * already.
 */
#include "record/protect.h"

bool record_seal(struct half *out, uint8_t type, uint16_t wire_version, const struct span *in, size_t n,
                 struct buf *tx)
{
    size_t total = span_total(in, n);
    if (total > RECORD_MAX_PLAIN) {
        return fail(ERR_FRAGMENT_LENGTH_TOO_LARGE);
    }
    bool keyed = half_keyed(out);
    if (keyed && out->seq == UINT64_MAX) {
        return fail(ERR_RECORD_LIMIT);
    }
    size_t size = protect_size(out, total);
    TRY(buf_reserve(tx, RECORD_HEADER + size));
    uint8_t *rec = tx->p + tx->len;
    rec[0] = keyed && out->version == TLS13 ? CT_APPDATA : type;
    put_u16(rec + 1, wire_version);
    put_u16(rec + 3, size);
    if (keyed) {
        TRY(protect_seal(out, type, rec, in, n, size));
        out->seq++;
    } else {
        (void) span_join(in, n, rec + RECORD_HEADER);
    }
    tx->len += (uint32_t) (RECORD_HEADER + size);
    return true;
}
