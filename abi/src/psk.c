/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for pre-shared keys: making them, giving them to a connection, choosing among those a client offers.
 * Rules are in core/handshake/psk.c and offer.c, and core/conn/session.c.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

/* ---- keys ---- */

struct s2n_psk *s2n_external_psk_new(void)
{
    return psk_new(PSK_EXTERNAL);
}

int s2n_psk_free(struct s2n_psk **psk)
{
    if (psk != NULL && *psk != NULL) {
        psk_free(*psk);
        *psk = NULL;
    }
    return S2N_SUCCESS;
}

int s2n_psk_set_identity(struct s2n_psk *psk, const uint8_t *identity, uint16_t identity_size)
{
    return result(GIVEN(psk) && GIVEN(identity) && psk_set_identity(psk, SPAN(identity, identity_size)));
}

int s2n_psk_set_secret(struct s2n_psk *psk, const uint8_t *secret, uint16_t secret_size)
{
    return result(GIVEN(psk) && GIVEN(secret) && psk_set_secret(psk, SPAN(secret, secret_size)));
}

int s2n_psk_set_hmac(struct s2n_psk *psk, s2n_psk_hmac hmac)
{
    if (!GIVEN(psk)) {
        return S2N_FAILURE;
    }
    switch (hmac) {
    case S2N_PSK_HMAC_SHA256:
        psk->alg = HASH_SHA256;
        return S2N_SUCCESS;
    case S2N_PSK_HMAC_SHA384:
        psk->alg = HASH_SHA384;
        return S2N_SUCCESS;
    default:
        (void) fail(ERR_HMAC_INVALID_ALGORITHM);
        return S2N_FAILURE;
    }
}

/* ---- a connection's keys ---- */

int s2n_connection_append_psk(struct s2n_connection *conn, struct s2n_psk *psk)
{
    return result(GIVEN(conn) && GIVEN(psk) && conn_append_psk(conn, psk));
}

int s2n_connection_set_psk_mode(struct s2n_connection *conn, s2n_psk_mode mode)
{
    return result(GIVEN(conn) && conn_set_psk_mode(conn, (int) mode));
}

/* The identity of the key that was chosen; none is 0 bytes. */
static struct span negotiated(const struct s2n_connection *conn)
{
    const struct resume *r = conn->session.resume;
    return r != NULL && r->chosen != NULL ? buf_span(&r->chosen->identity) : SPAN_NONE;
}

int s2n_connection_get_negotiated_psk_identity_length(struct s2n_connection *conn, uint16_t *identity_length)
{
    if (!GIVEN(conn) || !GIVEN(identity_length)) {
        return S2N_FAILURE;
    }
    *identity_length = (uint16_t) negotiated(conn).n;
    return S2N_SUCCESS;
}

int s2n_connection_get_negotiated_psk_identity(struct s2n_connection *conn, uint8_t *identity,
                                               uint16_t max_identity_length)
{
    if (!GIVEN(conn) || !GIVEN(identity)) {
        return S2N_FAILURE;
    }
    return result(copy_out(negotiated(conn), identity, max_identity_length));
}

/* ---- what a client offers ---- */

struct s2n_offered_psk *s2n_offered_psk_new(void)
{
    struct s2n_offered_psk *psk;
    return mem_new(&psk) ? psk : NULL;
}

int s2n_offered_psk_free(struct s2n_offered_psk **psk)
{
    if (psk != NULL && *psk != NULL) {
        mem_del(*psk);
        *psk = NULL;
    }
    return S2N_SUCCESS;
}

/* The signature gives out writable bytes, hence the detour of the pointer. */
int s2n_offered_psk_get_identity(struct s2n_offered_psk *psk, uint8_t **identity, uint16_t *size)
{
    if (!GIVEN(psk) || !GIVEN(identity) || !GIVEN(size)) {
        return S2N_FAILURE;
    }
    if (psk->identity.n == 0) { /* not filled */
        (void) fail(ERR_NULL);
        return S2N_FAILURE;
    }
    memcpy(identity, &psk->identity.p, sizeof(*identity));
    *size = (uint16_t) psk->identity.n;
    return S2N_SUCCESS;
}

bool s2n_offered_psk_list_has_next(struct s2n_offered_psk_list *psk_list)
{
    return psk_list != NULL && offered_has_next(psk_list);
}

int s2n_offered_psk_list_next(struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)
{
    return result(GIVEN(psk_list) && GIVEN(psk) && offered_next(psk_list, psk));
}

int s2n_offered_psk_list_reread(struct s2n_offered_psk_list *psk_list)
{
    if (!GIVEN(psk_list)) {
        return S2N_FAILURE;
    }
    offered_reread(psk_list);
    return S2N_SUCCESS;
}

int s2n_offered_psk_list_choose_psk(struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)
{
    return result(GIVEN(psk_list) && offered_choose(psk_list, psk));
}
