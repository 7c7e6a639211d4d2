/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an opened record means, during and after the handshake, at every version. Called for each record by read.c,
 * drive.c and shutdown.c; it does no I/O and copies nothing but handshake bytes. RFC 8446 5.1, 5.4, RFC 5246 6.2.1.
 */
#include "conn/inner.h"

static bool appdata(struct s2n_connection *c, const struct rec *rec)
{
    if (!half_keyed(&c->in)) {
        return fail(ERR_DECRYPT);
    }
    if (rec->plain || !(c->session.complete || early_open(c))) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (rec->body.n == 0) {
        return conn_idle(c);
    }
    c->reading.idle = 0;
    c->reading.tickets = 0;
    return true;
}

static bool handshake(struct s2n_connection *c, const struct rec *rec)
{
    if (rec->plain) { /* only compatibility CCS and alerts may be unprotected once there are keys */
        return fail(ERR_BAD_MESSAGE);
    }
    if (c->hs == NULL) {
        return post_feed(c, rec->body);
    }
    if (c->hs->record_version == VER_NONE) {
        c->hs->record_version = c->reading.hdr.version;
    }
    return hs_feed(c->hs, rec->body);
}

/* After the handshake there is no change_cipher_spec any more, and at TLS 1.3 never a protected one (RFC 8446 5,
 * RFC 5246 7.1). */
static bool ccs(struct s2n_connection *c, const struct rec *rec)
{
    if (conn_is13(c) && half_keyed(&c->in) && !rec->plain) {
        return fail(ERR_BAD_MESSAGE);
    }
    return c->hs != NULL ? hs_ccs(c->hs, rec->body) : fail(ERR_BAD_MESSAGE);
}

/* An unknown type is dropped while shaking hands, as long as that does not become a habit (RFC 8446 5). */
static bool unknown(struct s2n_connection *c)
{
    return c->hs != NULL ? conn_idle(c) : fail(ERR_BAD_MESSAGE);
}

enum step conn_dispatch(struct s2n_connection *c, const struct rec *rec)
{
    bool ok;
    /* Nothing comes between the parts of a message; nor of an alert while keys may change: a byte that someone put in
     * front in the clear would shift the authentic ones. */
    if ((rec->type != CT_HANDSHAKE && c->post.rx.len != 0) ||
        (rec->type != CT_ALERT && c->reading.alert_n != 0 && c->hs != NULL)) {
        (void) fail(ERR_BAD_MESSAGE);
        return STEP_FATAL;
    }
    switch (rec->type) {
    case CT_APPDATA:
        ok = appdata(c, rec);
        break;
    case CT_HANDSHAKE:
        ok = handshake(c, rec);
        break;
    case CT_ALERT:
        if (rec->plain && c->hs == NULL) {
            ok = fail(ERR_BAD_MESSAGE);
            break;
        }
        return alert_feed(c, rec->body);
    case CT_CCS:
        ok = ccs(c, rec);
        break;
    default:
        ok = unknown(c);
        break;
    }
    return ok ? STEP_OK : STEP_FATAL;
}
