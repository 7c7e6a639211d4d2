/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection can tell in more than one call of the library: a size and a copy become one string, certificates
 * become handles. Declared in custom.h.
 */
#include "custom.h"
#include "handle.h"

static bool enter(struct script_call *call, struct script_connection *self)
{
    return script_enter(call, self, SCRIPT_CONNECTION, SCRIPT_BOTH);
}

static struct s2n_connection *conn_of(const struct script_call *call)
{
    return (struct s2n_connection *) call->raw;
}

/* Leaves, and gives up a result that is not whole. */
static struct script_out give(struct script_call *call, struct script_out out, script_int result)
{
    (void) script_leave(call, result);
    if (script_failed()) {
        script_out_free(&out);
        return script_no_bytes();
    }
    return out;
}

/* ---- sizes and copies ---- */

struct script_out script_connection_get_session(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    int len = 0;

    if (!enter(&call, self)) {
        return out;
    }
    len = s2n_connection_get_session_length(conn_of(&call));
    if (len > 0 && script_room(&out, (size_t) len)) {
        len = s2n_connection_get_session(conn_of(&call), out.data, (size_t) len);
        out.len = len > 0 ? (size_t) len : 0;
    }
    return give(&call, out, len);
}

struct script_out script_connection_get_session_id(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    int len = 0;

    if (!enter(&call, self)) {
        return out;
    }
    len = s2n_connection_get_session_id_length(conn_of(&call));
    if (len >= 0 && script_room(&out, (size_t) len) && len > 0) {
        len = s2n_connection_get_session_id(conn_of(&call), out.data, (size_t) len);
    }
    return give(&call, out, len);
}

struct script_out script_connection_get_master_secret(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    int result = 0;

    if (!enter(&call, self)) {
        return out;
    }
    if (script_room(&out, 48)) {
        result = s2n_connection_get_master_secret(conn_of(&call), out.data, out.len);
    }
    return give(&call, out, result);
}

struct script_out script_connection_get_negotiated_psk_identity(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    uint16_t len = 0;
    int result = 0;

    if (!enter(&call, self)) {
        return out;
    }
    result = s2n_connection_get_negotiated_psk_identity_length(conn_of(&call), &len);
    if (result == 0 && script_room(&out, len) && len > 0) {
        result = s2n_connection_get_negotiated_psk_identity(conn_of(&call), out.data, len);
    }
    return give(&call, out, result);
}

script_int script_connection_get_cipher_iana_value(struct script_connection *self)
{
    struct script_call call;
    uint8_t first = 0, second = 0;

    if (!enter(&call, self)) {
        return 0;
    }
    (void) script_leave(&call, s2n_connection_get_cipher_iana_value(conn_of(&call), &first, &second));
    return script_failed() ? 0 : first << 8 | second;
}

script_int script_connection_get_read_fd(struct script_connection *self)
{
    struct script_call call;
    int fd = -1;

    if (!enter(&call, self)) {
        return -1;
    }
    (void) script_leave(&call, s2n_connection_get_read_fd(conn_of(&call), &fd));
    return fd;
}

/* ---- ClientHello ---- */

struct script_out script_connection_get_client_hello(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    ssize_t len = 0;

    if (!enter(&call, self)) {
        return out;
    }
    struct s2n_client_hello *hello = s2n_connection_get_client_hello(conn_of(&call));
    if (hello != NULL) {
        len = s2n_client_hello_get_raw_message_length(hello);
        if (len > 0 && len <= UINT32_MAX && script_room(&out, (size_t) len)) {
            len = s2n_client_hello_get_raw_message(hello, out.data, (uint32_t) len);
        }
    }
    return give(&call, out, len);
}

struct script_out script_connection_get_client_random(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    int result = 0;

    if (!enter(&call, self)) {
        return out;
    }
    struct s2n_client_hello *hello = s2n_connection_get_client_hello(conn_of(&call));
    if (hello != NULL && script_room(&out, 32)) {
        result = s2n_client_hello_get_random(hello, out.data, 32);
    }
    return give(&call, out, result);
}

struct script_out script_connection_get_client_session_id(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    uint32_t len = 0;
    int result = 0;

    if (!enter(&call, self)) {
        return out;
    }
    struct s2n_client_hello *hello = s2n_connection_get_client_hello(conn_of(&call));
    if (hello != NULL && script_room(&out, 32)) {
        result = s2n_client_hello_get_session_id(hello, out.data, &len, 32);
        out.len = result == 0 && len <= 32 ? len : 0;
    }
    return give(&call, out, result);
}

/* ---- certificates ---- */

struct script_out script_connection_get_client_cert_chain(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    uint8_t *der = NULL;
    uint32_t len = 0;
    int result = 0;

    if (!enter(&call, self)) {
        return out;
    }
    result = s2n_connection_get_client_cert_chain(conn_of(&call), &der, &len);
    if (result == 0) {
        out = script_bytes(der, len);
    }
    return give(&call, out, result);
}

struct script_cert *script_connection_get_peer_cert_chain(struct script_connection *self)
{
    struct script_call call;
    struct s2n_cert_chain_and_key *chain = NULL;
    void *ticket = NULL;
    int result = 0;

    if (!enter(&call, self)) {
        return NULL;
    }
    chain = s2n_cert_chain_and_key_new();
    result = chain == NULL ? S2N_FAILURE : s2n_connection_get_peer_cert_chain(conn_of(&call), chain);
    (void) script_leave(&call, result);
    if (result == 0) {
        ticket = script_adopt(SCRIPT_CERT, chain);
    } else if (chain != NULL) {
        (void) s2n_cert_chain_and_key_free(chain);
    }
    return (struct script_cert *) ticket;
}

/* The chain belongs to the script, by way of the config: it gets another reference to its own object. */
struct script_cert *script_connection_get_selected_cert(struct script_connection *self)
{
    struct script_call call;
    struct script_handle *owner = NULL;
    void *ticket = NULL;

    if (!enter(&call, self)) {
        return NULL;
    }
    owner = script_needed(&call, s2n_connection_get_selected_cert(conn_of(&call)));
    if (owner != NULL) {
        ticket = script_share(owner);
    }
    (void) script_leave(&call, 0);
    return (struct script_cert *) ticket;
}
