/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a message once it is in the transcript: the key schedule moves and a direction changes its keys. Two
 * small tables say when: RFC 8446 7.1 and 4.4.4, RFC 5246 7.1 and 8.1. Called by the engine only.
 */
#include <string.h>

#include "handshake/hs.h"

/* A direction gets new keys: the client's writing one or the server's. What was received under the old keys must be
 * used up (RFC 8446 5.1). */
static bool key_half(struct handshake *hs, const struct suite *suite, bool client,
                     const struct traffic_keys *keys)
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
    uint16_t version = hs->generation == GEN_TLS13 ? TLS13 : hs->session->version; /* early keys come first */
    return half_key(mine ? hs->out : hs->in, version, suite, mine, view, 0);
}

static bool key_half13(struct handshake *hs, bool client, enum secret_id id)
{
    AUTO_KEYS keys = { .key_len = 0 };
    TRY(ks_traffic_keys(hs->session->suite, &hs->ks.named[id], &keys));
    return key_half(hs, hs->session->suite, client, &keys);
}

/* The client's direction goes on under the early keys while early data may come. */
static bool early_goes_on(const struct handshake *hs)
{
    uint8_t early = hs->session->early;
    return early == EARLY_ACCEPTED || (early == EARLY_REQUESTED && !hs->set->server);
}

static bool after_hello13(struct handshake *hs)
{
    struct s2n_psk *psk = hs->psk_chosen;
    TRY(psk == NULL || psk_early_secret(psk));
    TRY(ks_early(&hs->ks, psk == NULL ? NULL : &psk->early));
    TRY(ks_handshake(&hs->ks, secret_span(&hs->premaster)));
    secret_wipe(&hs->premaster);
    TRY(key_half13(hs, false, SECRET_SERVER_HANDSHAKE));
    return early_goes_on(hs) || key_half13(hs, true, SECRET_CLIENT_HANDSHAKE);
}

/* A client whose early data was not taken learns it here at the latest. */
static bool after_encrypted_extensions(struct handshake *hs)
{
    if (hs->set->server || hs->session->early != EARLY_REQUESTED) {
        return true;
    }
    TRY(early_set(hs->session, EARLY_REJECTED));
    return key_half13(hs, true, SECRET_CLIENT_HANDSHAKE);
}

/* The second hello goes out in the clear again. */
static bool after_retry(struct handshake *hs)
{
    if (!hs->set->server && hs->session->early == EARLY_REJECTED) {
        half_wipe(hs->out);
        hs->out->version = TLS13;
    }
    return true;
}

/* With the first hello in the transcript a client that asked for early data sends it, and a server that takes it
 * reads it, under keys of the PSK alone (RFC 8446 7.1). */
static bool after_client_hello(struct handshake *hs)
{
    struct session *s = hs->session;
    bool server = hs->set->server;
    if (s->early != (server ? EARLY_ACCEPTED : EARLY_REQUESTED)) {
        return true;
    }
    struct s2n_psk *psk = server ? hs->psk_chosen : s->resume->psks;
    uint8_t digest[HASH_MAX];
    AUTO_KEYS keys = { .key_len = 0 };
    TRY(psk_early_secret(psk));
    TRY(transcript_peek_with(&hs->ks.transcript, psk->alg, NULL, 0, digest));
    TRY(ks_psk_early_traffic(&hs->ks, psk->alg, &psk->early, digest));
    TRY(ks_traffic_keys(psk->early_suite, &hs->ks.named[SECRET_CLIENT_EARLY], &keys));
    return key_half(hs, psk->early_suite, true, &keys);
}

static bool after_client_finished13(struct handshake *hs)
{
    struct session *s = hs->session;
    TRY(ks_resumption(&hs->ks));
    s->client_app = hs->ks.named[SECRET_CLIENT_APP];
    s->server_app = hs->ks.named[SECRET_SERVER_APP];
    s->resumption = hs->ks.named[SECRET_RESUMPTION];
    s->master = hs->ks.named[SECRET_EXPORTER];
    return key_half13(hs, true, SECRET_CLIENT_APP);
}

static bool after13(struct handshake *hs, enum hs_message m)
{
    switch (m) {
    case MSG_HELLO_RETRY_MSG:
        return after_retry(hs);
    case MSG_SERVER_HELLO:
        return after_hello13(hs);
    case MSG_ENCRYPTED_EXTENSIONS:
        return after_encrypted_extensions(hs);
    case MSG_END_OF_EARLY_DATA:
        return key_half13(hs, true, SECRET_CLIENT_HANDSHAKE);
    case MSG_SERVER_FINISHED:
        TRY(ks_master(&hs->ks));
        return key_half13(hs, false, SECRET_SERVER_APP);
    case MSG_CLIENT_FINISHED:
        return after_client_finished13(hs);
    default:
        return true;
    }
}

static bool make_key_block(struct handshake *hs)
{
    struct session *s = hs->session;
    memcpy(s->randoms, hs->ks.randoms, sizeof(s->randoms));
    return ks_key_block(s->version, s->suite, secret_span(&s->master), s->randoms, &hs->client_keys,
                        &hs->server_keys);
}

/* The master secret is due once the ClientKeyExchange is in the transcript (RFC 7627 4). */
static bool after_client_key(struct handshake *hs)
{
    TRY(ks_premaster(&hs->ks, secret_span(&hs->premaster), hs->session->ems));
    secret_wipe(&hs->premaster);
    hs->session->master = hs->ks.current;
    return make_key_block(hs);
}

/* A resumed session brings its master secret; new randoms make new keys of it (RFC 5246 8.1, 6.3). */
static bool after_hello12(struct handshake *hs)
{
    bool resumed = (hs->session->type & FULL_HANDSHAKE) == 0;
    return !resumed || (ks_resume(&hs->ks, &hs->session->master) && make_key_block(hs));
}

static bool after12(struct handshake *hs, enum hs_message m)
{
    switch (m) {
    case MSG_SERVER_HELLO:
        return after_hello12(hs);
    case MSG_CLIENT_KEY:
        return after_client_key(hs);
    case MSG_CLIENT_CHANGE_CIPHER_SPEC:
        return key_half(hs, hs->session->suite, true, &hs->client_keys);
    case MSG_SERVER_CHANGE_CIPHER_SPEC:
        return key_half(hs, hs->session->suite, false, &hs->server_keys);
    default:
        return true;
    }
}

bool hs_after(struct handshake *hs, enum hs_message m)
{
    if (m == MSG_CLIENT_HELLO) { /* before a client knows the version */
        return after_client_hello(hs);
    }
    return hs->generation == GEN_TLS13 ? after13(hs, m) : after12(hs, m);
}
