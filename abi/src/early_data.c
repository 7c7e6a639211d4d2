/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for early data (RFC 8446 2.3): how much may be sent, with which key, sending and receiving it, and the
 * answer of the application that is asked. The data goes through core/conn/early.c, the decisions are in
 * core/handshake/early.c.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

/* ---- limits and contexts ---- */

int s2n_connection_set_server_max_early_data_size(struct s2n_connection *conn, uint32_t max_early_data_size)
{
    if (!GIVEN(conn) || !resume_need(&conn->session.resume)) {
        return S2N_FAILURE;
    }
    conn->session.resume->early_max = max_early_data_size;
    conn->session.resume->early_max_set = true;
    return S2N_SUCCESS;
}

int s2n_connection_set_server_early_data_context(struct s2n_connection *conn, const uint8_t *context,
                                                 uint16_t context_size)
{
    return result(GIVEN(conn) && given_bytes(context, context_size) && resume_need(&conn->session.resume) &&
                  buf_set(&conn->session.resume->early_context, SPAN(context, context_size)));
}

int s2n_psk_configure_early_data(struct s2n_psk *psk, uint32_t max_early_data_size,
                                 uint8_t cipher_suite_first_byte, uint8_t cipher_suite_second_byte)
{
    uint16_t suite = (uint16_t) (cipher_suite_first_byte << 8 | cipher_suite_second_byte);
    return result(GIVEN(psk) && psk_configure_early(psk, max_early_data_size, suite));
}

int s2n_psk_set_application_protocol(struct s2n_psk *psk, const uint8_t *application_protocol, uint8_t size)
{
    return result(GIVEN(psk) && given_bytes(application_protocol, size) &&
                  buf_set(&psk->alpn, SPAN(application_protocol, size)));
}

int s2n_psk_set_early_data_context(struct s2n_psk *psk, const uint8_t *context, uint16_t size)
{
    return result(GIVEN(psk) && given_bytes(context, size) && buf_set(&psk->context, SPAN(context, size)));
}

/* ---- where it stands ---- */

/* An answer of the application counts at once, though the handshake learns of it later. */
static bool refused(const struct s2n_connection *conn)
{
    return atomic_load(&conn->offered.decision) == EARLY_REJECTED;
}

static bool status_of(const struct s2n_connection *conn, s2n_early_data_status_t *out)
{
    switch ((enum early_state) conn->session.early) {
    case EARLY_UNKNOWN:
    case EARLY_ACCEPTED:
        *out = S2N_EARLY_DATA_STATUS_OK;
        return true;
    case EARLY_REQUESTED:
        *out = refused(conn) ? S2N_EARLY_DATA_STATUS_REJECTED : S2N_EARLY_DATA_STATUS_OK;
        return true;
    case EARLY_NOT_REQUESTED:
        *out = S2N_EARLY_DATA_STATUS_NOT_REQUESTED;
        return true;
    case EARLY_REJECTED:
        *out = S2N_EARLY_DATA_STATUS_REJECTED;
        return true;
    case EARLY_END:
        *out = S2N_EARLY_DATA_STATUS_END;
        return true;
    }
    return fail(ERR_INVALID_EARLY_DATA_STATE);
}

static bool remaining(const struct s2n_connection *conn, uint32_t *out)
{
    const struct session *s = &conn->session;
    s2n_early_data_status_t status;
    TRY(status_of(conn, &status));
    if (status != S2N_EARLY_DATA_STATUS_OK) {
        *out = 0;
        return true;
    }
    uint32_t limit = early_limit(&conn->set, s);
    uint64_t used = s->resume == NULL ? 0 : s->resume->early_bytes;
    if (used > limit) {
        return fail(ERR_MAX_EARLY_DATA_SIZE);
    }
    *out = limit - (uint32_t) used;
    return true;
}

int s2n_connection_get_early_data_status(struct s2n_connection *conn, s2n_early_data_status_t *status)
{
    return result(GIVEN(conn) && GIVEN(status) && status_of(conn, status));
}

int s2n_connection_get_remaining_early_data_size(struct s2n_connection *conn,
                                                 uint32_t *allowed_early_data_size)
{
    return result(GIVEN(conn) && GIVEN(allowed_early_data_size) && remaining(conn, allowed_early_data_size));
}

int s2n_connection_get_max_early_data_size(struct s2n_connection *conn, uint32_t *max_early_data_size)
{
    if (!GIVEN(conn) || !GIVEN(max_early_data_size)) {
        return S2N_FAILURE;
    }
    *max_early_data_size = early_limit(&conn->set, &conn->session);
    return S2N_SUCCESS;
}

/* ---- the data ---- */

static bool not_negative(ssize_t length)
{
    return length >= 0 || fail(ERR_SAFETY);
}

int s2n_send_early_data(struct s2n_connection *conn, const uint8_t *data, ssize_t data_len,
                        ssize_t *data_sent, s2n_blocked_status *blocked)
{
    size_t sent = 0;
    if (!GIVEN(conn) || !GIVEN(data_sent) || !GIVEN(blocked) || !not_negative(data_len)) {
        return S2N_FAILURE;
    }
    *data_sent = 0;
    *blocked = S2N_NOT_BLOCKED;
    if (conn->set.server) {
        (void) fail(ERR_SERVER_MODE);
        return S2N_FAILURE;
    }
    if (!given_bytes(data, (size_t) data_len)) {
        return S2N_FAILURE;
    }
    bool ok = conn_send_early(conn, SPAN(data, (size_t) data_len), &sent, blocked);
    *data_sent = (ssize_t) sent; /* a call that waits or fails may have sent some */
    return result(ok);
}

int s2n_recv_early_data(struct s2n_connection *conn, uint8_t *data, ssize_t max_data_len,
                        ssize_t *data_received, s2n_blocked_status *blocked)
{
    size_t got = 0;
    if (!GIVEN(conn) || !GIVEN(data_received) || !GIVEN(blocked)) {
        return S2N_FAILURE;
    }
    *data_received = 0;
    *blocked = S2N_NOT_BLOCKED;
    if (!conn->set.server) {
        (void) fail(ERR_CLIENT_MODE);
        return S2N_FAILURE;
    }
    if (!not_negative(max_data_len) || !given_bytes(data, (size_t) max_data_len)) {
        return S2N_FAILURE;
    }
    bool ok = conn_recv_early(conn, data, (size_t) max_data_len, &got, blocked);
    *data_received = (ssize_t) got;
    return result(ok);
}

/* ---- the application's answer ---- */

static struct span context_of(const struct s2n_offered_early_data *early_data)
{
    return early_data->psk == NULL ? SPAN_NONE : buf_span(&early_data->psk->context);
}

int s2n_offered_early_data_get_context_length(struct s2n_offered_early_data *early_data,
                                              uint16_t *context_len)
{
    if (!GIVEN(early_data) || !GIVEN(context_len)) {
        return S2N_FAILURE;
    }
    *context_len = (uint16_t) context_of(early_data).n;
    return S2N_SUCCESS;
}

int s2n_offered_early_data_get_context(struct s2n_offered_early_data *early_data, uint8_t *context,
                                       uint16_t max_len)
{
    if (!GIVEN(early_data) || !GIVEN(context)) {
        return S2N_FAILURE;
    }
    return result(copy_out(context_of(early_data), context, max_len));
}

int s2n_offered_early_data_reject(struct s2n_offered_early_data *early_data)
{
    return result(GIVEN(early_data) && early_decide(early_data, EARLY_REJECTED));
}

int s2n_offered_early_data_accept(struct s2n_offered_early_data *early_data)
{
    return result(GIVEN(early_data) && early_decide(early_data, EARLY_ACCEPTED));
}
