/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection keeps of its handshake: its first state and its end. Called by conn/. */
#include "handshake/hs.h"

#include <string.h>

void session_init(struct session *s, bool server)
{
    *s = (struct session){ .suite = SUITE_NULL, .message = MSG_CLIENT_HELLO };
    if (server) {
        s->server_version = TLS13;
    } else {
        s->client_version = TLS13;
    }
}

void session_drop_hello(struct session *s)
{
    if (s->client_hello != NULL) {
        buf_free(&s->client_hello->message);
    }
}

void session_wipe(struct session *s)
{
    hello_free(s->client_hello);
    resume_free(s->resume);
    vouch_free(s->vouch);
    peer_free(s->peer);
    buf_free(&s->client_chain);
    buf_free(&s->alpn);
    wipe(s, sizeof(*s));
}

void session_set_name(struct session *s, struct span name)
{
    if (name.n < sizeof(s->server_name) && (name.n == 0 || memchr(name.p, 0, name.n) == NULL)) {
        if (name.n > 0) {
            memcpy(s->server_name, name.p, name.n);
        }
        s->server_name[name.n] = '\0';
    }
}

uint16_t session_wire_version(const struct session *s)
{
    if (s->version == VER_NONE) {
        return TLS10;
    }
    return s->version == TLS13 ? TLS12 : s->version;
}
