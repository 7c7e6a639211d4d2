/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session state as bytes (contract/tickets.md): the plaintext of a ticket, the client's copy of it, the ticket that
 * seals it, and the blob that applications keep. One field list per version serves both directions of travel.
 */
#ifndef HANDSHAKE_STATE_H
#define HANDSHAKE_STATE_H

#include "base/rd.h"
#include "base/wr.h"
#include "config/config.h"
#include "tables/tables.h"

#define TICKET_LIFETIME_MAX 604800 /* seconds: RFC 8446 4.6.1 */
#define CLOCK_SKEW_MAX 3600        /* seconds that a session's issue may lie ahead of our clock */
#define TICKET_MAX \
    60000 /* longer ones leave a ClientHello no room for the rest: none is issued, kept or taken */
#define TICKET12_LEN 138 /* a sealed TLS 1.2 state: the only length of such a ticket, and of a cache entry */

struct session_state {
    uint16_t version; /* wire; a TLS 1.2-form state may claim any but TLS13, read as no real one */
    const struct suite *suite;
    uint64_t issued;      /* ns since the epoch */
    struct secret secret; /* below TLS 1.3 the master secret, else the PSK of the ticket */
    bool ems;             /* below TLS 1.3 */
    uint32_t age_add;
    uint64_t keying_expiry; /* server's copy only, ns */
    uint32_t max_early;
    struct span alpn, context; /* borrowed; only with max_early > 0 */
};
void state_wipe(struct session_state *s);
#define AUTO_STATE __attribute__((cleanup(state_wipe))) struct session_state

enum state_copy {
    STATE_CLIENT,
    STATE_SERVER
};
void state_write(const struct session_state *s, enum state_copy copy, struct wr *w);
/* state_read: what is left over is left to the caller. INVALID_SERIALIZED_SESSION_STATE for an unknown format byte,
 * STUFFER_OUT_OF_DATA for a short one, CIPHER_NOT_SUPPORTED for a suite that no table row or not this version has.
 * Spans point into r. */
MUST_USE bool state_read(struct rd *r, enum state_copy copy, struct session_state *out);

/* ticket_seal appends a ticket over the state and tells the lifetime to announce for it, seconds: the least of key life
 * left, config's session lifetime, keying material left (TLS 1.3), a week. Nothing is written when that is 0.
 * NO_TICKET_ENCRYPT_DECRYPT_KEY without a key. */
MUST_USE bool ticket_seal(struct s2n_config *config, uint64_t now, const struct session_state *s,
                          struct wr *w, uint32_t *lifetime);
/* ticket_open: decrypts into *plain, which the state's spans point into (and which is wiped by its owner).
 * KEY_USED_IN_SESSION_TICKET_NOT_FOUND for an unknown key or format; DECRYPT; errors of state_read; trailing bytes are
 * INVALID_SERIALIZED_SESSION_STATE. Says nothing about ages. */
MUST_USE bool ticket_open(struct s2n_config *config, uint64_t now, struct span ticket, struct buf *plain,
                          struct session_state *out);

/* The blob of section 4: with a ticket (tag 1) or with a session id (tag 0) in front of the client's state. */
struct session_blob {
    struct span ticket, id; /* one of them is empty */
    struct session_state state;
};
void blob_write(const struct session_blob *b, struct wr *w);
/* blob_read: tickets.md section 4, "set_session outcomes", as far as no clock and no policy is needed. The caller wipes
 * out->state. Trailing bytes are accepted. */
MUST_USE bool blob_read(struct span bytes, struct session_blob *out);

#endif
