/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The application's say about a ClientHello, on a server, before anything is decided: its callback reads the hello and
 * may give the connection another config, policy or ALPN list. It runs once for a connection and may answer later.
 * functions-1.md section 10. Called by msg/client_hello.c.
 */
#include "handshake/hs.h"

/* What the application asks for first, although extensions are read only when the policy is known for good. */
static void show_server_name(struct handshake *hs)
{
    struct hello_fields f = { .extensions = hs->peer.extensions };
    struct span name;
    if (hello_server_name(&f, &name) == ERR_OK) {
        session_set_name(hs->session, name);
    }
}

/* The callback may change the config, so what comes after it goes by the one that is then attached. */
static bool run(struct handshake *hs)
{
    struct s2n_client_hello *ch = hs->session->client_hello;
    const struct s2n_config *before = hs->set->config;
    ch->callback = HELLO_CB_RUN;
    int answer = before->hello_cb(hs->set->owner, before->hello_cb_ctx);
    if (answer < 0) {
        return fail(ERR_CANCELLED);
    }
    if (hs->set->config->hello_cb_mode == S2N_CLIENT_HELLO_CB_BLOCKING) {
        hs->session->server_name_used |= answer > 0;
        ch->callback = HELLO_CB_DONE;
    }
    return true;
}

bool hello_ask(struct handshake *hs)
{
    const struct s2n_client_hello *ch = hs->session->client_hello;
    if (ch->callback == HELLO_CB_DUE) {
        if (hs->set->config->hello_cb == NULL) {
            return true;
        }
        TRY(hello_check_extensions(hs->peer.extensions));
        show_server_name(hs);
        TRY(run(hs));
    }
    hs->waiting = ch->callback != HELLO_CB_DONE;
    return !hs->waiting || fail(ERR_ASYNC_BLOCKED);
}
