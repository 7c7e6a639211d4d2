/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for the life of a connection and what is chosen before its handshake: config, policy, names, client
 * authentication, blinding. Transport and data are in io.c; what came out of the handshake is in info.c.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

struct s2n_connection *s2n_connection_new(s2n_mode mode)
{
    return conn_new(mode == S2N_SERVER);
}

int s2n_connection_set_config(struct s2n_connection *conn, struct s2n_config *config)
{
    return result(GIVEN(conn) && GIVEN(config) && conn_set_config(conn, config));
}

s2n_mode s2n_connection_get_mode(struct s2n_connection *conn)
{
    return conn == NULL || conn->set.server ? S2N_SERVER : S2N_CLIENT;
}

int s2n_connection_set_ctx(struct s2n_connection *conn, void *ctx)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn->ctx = ctx;
    return S2N_SUCCESS;
}

void *s2n_connection_get_ctx(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->ctx : NULL;
}

int s2n_connection_free_handshake(struct s2n_connection *conn)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn_free_handshake(conn);
    return S2N_SUCCESS;
}

int s2n_connection_release_buffers(struct s2n_connection *conn)
{
    return result(GIVEN(conn) && conn_release_buffers(conn));
}

int s2n_connection_wipe(struct s2n_connection *conn)
{
    return result(GIVEN(conn) && conn_wipe(conn));
}

int s2n_connection_free(struct s2n_connection *conn)
{
    return result(GIVEN(conn) && conn_free(conn));
}

/* ---- choices ---- */

/* The name is looked at first: a bad one is named whatever the other argument is. */
int s2n_connection_set_cipher_preferences(struct s2n_connection *conn, const char *version)
{
    const struct policy_view *view;
    return result(policy_find(version, &view) && GIVEN(conn) && conn_set_policy(conn, version));
}

int s2n_connection_set_verify_host_callback(struct s2n_connection *conn, s2n_verify_host_fn judge, void *data)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn->set.verify_host = judge;
    conn->set.verify_host_data = data;
    conn->set.verify_host_set = true;
    return S2N_SUCCESS;
}

int s2n_connection_append_protocol_preference(struct s2n_connection *conn, const uint8_t *protocol,
                                              uint8_t protocol_len)
{
    return result(GIVEN(conn) && GIVEN(protocol) &&
                  alpn_append(&conn->set.alpn, SPAN(protocol, protocol_len)));
}

int s2n_connection_set_protocol_preferences(struct s2n_connection *conn, const char *const *protocols,
                                            int protocol_count)
{
    return result(GIVEN(conn) && alpn_set(&conn->set.alpn, protocols, protocol_count));
}

int s2n_set_server_name(struct s2n_connection *conn, const char *server_name)
{
    return result(GIVEN(conn) && GIVEN(server_name) && conn_set_server_name(conn, server_name));
}

const char *s2n_get_server_name(struct s2n_connection *conn)
{
    return GIVEN(conn) && conn->session.server_name[0] != '\0' ? conn->session.server_name : NULL;
}

const char *s2n_get_application_protocol(struct s2n_connection *conn)
{
    return GIVEN(conn) && conn->session.alpn.len > 0 ? (const char *) conn->session.alpn.p : NULL;
}

int s2n_connection_set_client_auth_type(struct s2n_connection *conn, s2n_cert_auth_type client_auth_type)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn->set.client_auth = (uint8_t) client_auth_type;
    conn->set.client_auth_set = true;
    return S2N_SUCCESS;
}

int s2n_connection_get_client_auth_type(struct s2n_connection *conn, s2n_cert_auth_type *client_auth_type)
{
    if (!GIVEN(conn) || !GIVEN(client_auth_type)) {
        return S2N_FAILURE;
    }
    *client_auth_type = (s2n_cert_auth_type) hs_client_auth(&conn->set);
    return S2N_SUCCESS;
}

/* ---- delays and keys ---- */

int s2n_connection_set_blinding(struct s2n_connection *conn, s2n_blinding blinding)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    conn->blind.mode = blinding;
    return S2N_SUCCESS;
}

uint64_t s2n_connection_get_delay(struct s2n_connection *conn)
{
    uint64_t left;
    return GIVEN(conn) && conn_delay(conn, &left) ? left : UINT64_MAX;
}

int s2n_connection_request_key_update(struct s2n_connection *conn, s2n_peer_key_update peer_request)
{
    if (!GIVEN(conn)) {
        return S2N_FAILURE;
    }
    if (peer_request != S2N_KEY_UPDATE_NOT_REQUESTED) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    conn_request_key_update(conn);
    return S2N_SUCCESS;
}

int s2n_connection_get_alert(struct s2n_connection *conn)
{
    uint8_t code;
    return GIVEN(conn) && conn_get_alert(conn, &code) ? code : S2N_FAILURE;
}
