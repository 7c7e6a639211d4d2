/* SPDX-License-Identifier: Apache-2.0 */
/*
 * max_fragment_length (RFC 6066 4): a client asks for smaller records by a code, a server that accepts repeats it.
 * Only what we send is bound by it here.
 */
#include "handshake/hs.h"

static bool known(uint8_t code)
{
    return code >= 1 && code <= 4;
}

bool ext_max_fragment_length_wants(const struct handshake *hs, enum ext_where where)
{
    return where == CH ? hs->set->config->max_fragment_code != 0 : hs->session->max_fragment_code != 0;
}

void ext_max_fragment_length_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    wr_u8(w, where == CH ? hs->set->config->max_fragment_code : hs->session->max_fragment_code);
}

bool ext_max_fragment_length_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    uint8_t code;
    if (!rd_u8(r, &code)) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (where == CH) {
        bool accept = hs->set->config->accept_max_fragment && known(code);
        hs->session->max_fragment_code = accept ? code : 0;
        return true;
    }
    if (code != hs->set->config->max_fragment_code) {
        return fail(ERR_MAX_FRAG_LEN_MISMATCH);
    }
    hs->session->max_fragment_code = code;
    return true;
}
