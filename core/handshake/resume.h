/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connection has to do without certificates: its PSKs, the session it wants to resume or could resume later,
 * its early data. One object a connection, made when something of it is first needed, as most connections never do;
 * struct session owns it. Resumption and early data settings survive the handshake, secrets of PSKs do not.
 */
#ifndef HANDSHAKE_RESUME_H
#define HANDSHAKE_RESUME_H

#include "base/atomic.h"
#include "base/map.h"
#include "handshake/psk.h"

enum early_state { /* unknown -> requested or not; requested -> accepted or rejected; accepted -> end */
    EARLY_UNKNOWN,
    EARLY_NOT_REQUESTED,
    EARLY_REQUESTED,
    EARLY_REJECTED,
    EARLY_ACCEPTED,
    EARLY_END
};

/* What the early data callback decides about; another thread may answer, even one that has not heard that the handshake
 * is over, so it is part of the connection itself. */
struct s2n_offered_early_data {
    ATOMIC(uint8_t) decision; /* enum early_state: UNKNOWN, ACCEPTED, REJECTED */
    const struct s2n_psk *psk;
};
MUST_USE bool early_decide(struct s2n_offered_early_data *offered, enum early_state verdict);

struct resume {
    struct s2n_psk *psks, *last; /* most preferred first */
    struct map by_identity;      /* of external ones */
    uint32_t psks_n;
    size_t offered_size;          /* what the lists of a client's hello hold of them */
    const struct s2n_psk *chosen; /* by this handshake, one of them */
    uint8_t psk_mode;             /* enum psk_type */
    bool psk_mode_set;            /* by the connection: wins over the config */

    struct buf ticket;      /* client: the TLS 1.2 ticket to offer, or received */
    uint32_t lifetime_hint; /* client: of the last ticket received */
    bool hint_known;
    bool session_set, session_ems; /* client: a session was set; it had the extended master secret */
    uint16_t session_version;      /* client: of the TLS 1.2-form session that was set, else VER_NONE */
    const struct suite *session_suite;
    struct secret master; /* client and server: of the TLS 1.2 session to resume */
    struct buf blob;      /* client: the last TLS 1.3 ticket as get_session gives it */

    bool keying_lifetime_set;
    uint32_t keying_lifetime; /* server, seconds */
    uint64_t keying_expiry;   /* server: of the resumed session, ns; 0: this one is the first */

    bool early_io; /* the application called s2n_send_early_data or s2n_recv_early_data */
    bool early_max_set;
    uint32_t early_max;       /* server: the connection's own limit */
    uint64_t early_bytes;     /* sent or received so far */
    struct buf early_context; /* server: into its tickets */
};

MUST_USE bool resume_need(struct resume **slot); /* *slot exists afterwards */
void resume_free(struct resume *r);
void resume_drop_secrets(struct resume *r); /* at the end of the handshake */
/* resume_append takes psk over on success. DUPLICATE_PSK_IDENTITIES, PSK_MODE; on a client OFFERED_PSKS_TOO_LONG. */
MUST_USE bool resume_append(struct resume *r, struct s2n_psk *psk, bool client);
struct s2n_psk *resume_find(const struct resume *r, struct span identity); /* NULL: none has it */
void resume_drop_psks(struct resume *r);
void resume_forget(struct resume *r); /* another session begins: the application's settings stay */

#endif
