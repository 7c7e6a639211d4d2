/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points around the ClientHello callback of servers: to set it, to answer it later, and to say that the server
 * name was used. The callback itself runs in core/handshake/hello_ask.c. functions-1.md section 10.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

int s2n_config_set_client_hello_cb(struct s2n_config *config, s2n_client_hello_fn *client_hello_callback,
                                   void *ctx)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->hello_cb = client_hello_callback;
    config->hello_cb_ctx = ctx;
    return S2N_SUCCESS;
}

int s2n_config_set_client_hello_cb_mode(struct s2n_config *config, s2n_client_hello_cb_mode cb_mode)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    if (cb_mode != S2N_CLIENT_HELLO_CB_BLOCKING && cb_mode != S2N_CLIENT_HELLO_CB_NONBLOCKING) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    config->hello_cb_mode = (uint8_t) cb_mode;
    return S2N_SUCCESS;
}

static bool may_answer(const struct s2n_connection *conn)
{
    const struct s2n_client_hello *ch = conn->session.client_hello;
    if (conn->set.config->hello_cb_mode != S2N_CLIENT_HELLO_CB_NONBLOCKING) {
        return fail(ERR_INVALID_STATE);
    }
    return (ch != NULL && ch->callback != HELLO_CB_DUE) || fail(ERR_ASYNC_NOT_PERFORMED);
}

int s2n_client_hello_cb_done(struct s2n_connection *conn)
{
    if (!GIVEN(conn) || !may_answer(conn)) {
        return S2N_FAILURE;
    }
    conn->session.client_hello->callback = HELLO_CB_DONE;
    return S2N_SUCCESS;
}

/* Until the hello has been answered for good. */
int s2n_connection_server_name_extension_used(struct s2n_connection *conn)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    struct session *s = &conn->session;
    if (!conn->set.server || s->complete || s->message != MSG_CLIENT_HELLO) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    s->server_name_used = true;
    return S2N_SUCCESS;
}
