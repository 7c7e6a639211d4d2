/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a message once it is in the transcript: the key schedule moves and a direction changes its keys. Two
 * small tables say when: RFC 8446 7.1 and 4.4.4, RFC 5246 7.1 and 8.1. Called by the engine only.
 */
#include <string.h>

#include "handshake/hs.h"

/* A direction gets new keys: the client's writing one or the server's. What was received under the old keys must be
 * used up (RFC 8446 5.1). */
static bool key_half(struct handshake *hs, bool client, const struct traffic_keys *keys)
{
    bool mine = client != hs->set->server;
    if (!mine && hs->rx.len != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    struct traffic_keys_view view = {
        .key = SPAN(keys->key, keys->key_len),
        .iv = SPAN(keys->iv, keys->iv_len),
        .mac = SPAN(keys->mac, keys->mac_len),
    };
    return half_key(mine ? hs->out : hs->in, hs->session->version, hs->session->suite, mine, view, 0);
}

static bool key_half13(struct handshake *hs, bool client, enum secret_id id)
{
    AUTO_KEYS keys = { .key_len = 0 };
    TRY(ks_traffic_keys(hs->session->suite, &hs->ks.named[id], &keys));
    return key_half(hs, client, &keys);
}

static bool after_hello13(struct handshake *hs)
{
    TRY(ks_early(&hs->ks, SPAN_NONE));
    TRY(ks_handshake(&hs->ks, secret_span(&hs->premaster)));
    secret_wipe(&hs->premaster);
    TRY(key_half13(hs, false, SECRET_SERVER_HANDSHAKE));
    return key_half13(hs, true, SECRET_CLIENT_HANDSHAKE);
}

static bool after_client_finished13(struct handshake *hs)
{
    struct session *s = hs->session;
    TRY(ks_resumption(&hs->ks));
    s->client_app = hs->ks.named[SECRET_CLIENT_APP];
    s->server_app = hs->ks.named[SECRET_SERVER_APP];
    s->resumption = hs->ks.named[SECRET_RESUMPTION];
    return key_half13(hs, true, SECRET_CLIENT_APP);
}

static bool after13(struct handshake *hs, enum hs_message m)
{
    switch (m) {
    case MSG_SERVER_HELLO:
        return after_hello13(hs);
    case MSG_SERVER_FINISHED:
        TRY(ks_master(&hs->ks));
        return key_half13(hs, false, SECRET_SERVER_APP);
    case MSG_CLIENT_FINISHED:
        return after_client_finished13(hs);
    default:
        return true;
    }
}

/* The master secret is due once the ClientKeyExchange is in the transcript (RFC 7627 4). */
static bool after_client_key(struct handshake *hs)
{
    struct session *s = hs->session;
    memcpy(s->randoms, hs->ks.randoms, sizeof(s->randoms));
    TRY(ks_premaster(&hs->ks, secret_span(&hs->premaster), s->ems));
    secret_wipe(&hs->premaster);
    s->master = hs->ks.current;
    return ks_key_block(s->version, s->suite, secret_span(&s->master), s->randoms, &hs->client_keys,
                        &hs->server_keys);
}

static bool after12(struct handshake *hs, enum hs_message m)
{
    switch (m) {
    case MSG_CLIENT_KEY:
        return after_client_key(hs);
    case MSG_CLIENT_CHANGE_CIPHER_SPEC:
        return key_half(hs, true, &hs->client_keys);
    case MSG_SERVER_CHANGE_CIPHER_SPEC:
        return key_half(hs, false, &hs->server_keys);
    default:
        return true;
    }
}

bool hs_after(struct handshake *hs, enum hs_message m)
{
    return hs_is13(hs) ? after13(hs, m) : after12(hs, m);
}
