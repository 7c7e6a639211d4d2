/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of ticket keys of a config (contract/tickets.md section 1): keys are added with an introduction time,
 * encrypt for a while, decrypt for longer, and go. It has its own lock, as it is the one part of a config that changes
 * while connections use it. Keys leave it as copies, which the caller wipes. RFC 5077 5.5.
 */
#ifndef CONFIG_TICKETKEYS_H
#define CONFIG_TICKETKEYS_H

#include "base/err.h"
#include "base/span.h"

#define TICKET_NAME_LEN 16
#define TICKET_KEYS_MAX 48

struct ticketkey {
    uint8_t name[TICKET_NAME_LEN]; /* zero padded */
    uint8_t key[32], aad[12];      /* AES-256 base key, implicit part of the AAD */
    struct secret prk; /* extracted from the base key: what every ticket's own key is expanded from */
    uint64_t intro;    /* ns since the epoch */
};

void ticketkey_wipe(struct ticketkey *k);
#define AUTO_TICKETKEY __attribute__((cleanup(ticketkey_wipe))) struct ticketkey

/* How long keys live, in ns: [intro, intro + encrypt) encrypts and decrypts, then decrypts for `decrypt` more. They
 * belong to the config and count for keys already added too. Sums saturate. */
struct key_lives {
    uint64_t encrypt, decrypt;
};

struct ticketkeys;
MUST_USE bool ticketkeys_new(struct ticketkeys **out);
void ticketkeys_free(struct ticketkeys *ring); /* wiped; NULL is fine */

/* ticketkeys_add: derives the key from the material. Expired keys are dropped first; then, in this order,
 * INVALID_TICKET_KEY_LENGTH (no material), TICKET_KEY_LIMIT, INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH (1..16 bytes, and
 * new), TICKET_KEY_NOT_UNIQUE. A key may be introduced in the future, and may be over already. */
MUST_USE bool ticketkeys_add(struct ticketkeys *ring, struct key_lives lives, uint64_t now, struct span name,
                             struct span material, uint64_t intro);
/* ticketkeys_pick: a key that encrypts now, drawn with a weight that rises linearly to the middle of its encrypting
 * time and falls after it; *left is how long it decrypts yet. NO_TICKET_ENCRYPT_DECRYPT_KEY when there is none. */
MUST_USE bool ticketkeys_pick(struct ticketkeys *ring, struct key_lives lives, uint64_t now,
                              struct ticketkey *out, uint64_t *left);
/* ticketkeys_any: is there one that ticketkeys_pick could draw? */
bool ticketkeys_any(struct ticketkeys *ring, struct key_lives lives, uint64_t now);
/* ticketkeys_find: the key of this padded name if it decrypts now, else KEY_USED_IN_SESSION_TICKET_NOT_FOUND. */
MUST_USE bool ticketkeys_find(struct ticketkeys *ring, struct key_lives lives, uint64_t now,
                              const uint8_t *name, struct ticketkey *out);

#endif
