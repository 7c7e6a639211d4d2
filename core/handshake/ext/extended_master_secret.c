/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extended_master_secret (RFC 7627): empty in both hellos; when both have it, the master secret is bound to the
 * transcript. A session that has none must not be resumed as one that has (5.3), so the client then leaves it out.
 */
#include "handshake/hs.h"

bool ext_extended_master_secret_wants(const struct handshake *hs, enum ext_where where)
{
    const struct resume *r = hs->session->resume;
    return where == CH ? r == NULL || !r->session_set || r->session_ems : hs->session->ems;
}

void ext_extended_master_secret_write(struct handshake *hs, enum ext_where where, struct wr *w)
{
    (void) hs;
    (void) where;
    (void) w; /* empty */
}

bool ext_extended_master_secret_read(struct handshake *hs, enum ext_where where, struct rd *r)
{
    (void) where;
    (void) r; /* the caller checks that it is empty */
    hs->session->ems = true;
    return true;
}
