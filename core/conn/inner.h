/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of conn/ share with each other and with nobody else: how a step of input or output ended, the
 * limits, and the calls between the rooms. A step that only waits leaves the error slot alone, so that a caller who
 * already has something to return can return it; conn_step_ok puts a name to it when it has to be told.
 */
#ifndef CONN_INNER_H
#define CONN_INNER_H

#include "conn/conn.h"

enum step {
    STEP_OK,
    STEP_BLOCKED, /* the transport is not ready; nothing changed */
    STEP_EOF,     /* the transport ended */
    STEP_BROKEN,  /* the transport failed */
    STEP_CLOSE,   /* the peer's close_notify */
    STEP_ALERT,   /* an error alert of the peer */
    STEP_WAIT,    /* the application has to answer something first */
    STEP_RETRY,   /* failed before anything changed (memory): the error is set, the call may be repeated */
    STEP_FATAL,   /* what was received is unacceptable: the error is set, the connection has to go */
};

/* What a peer may do to us before we stop listening, and how often we try. */
enum conn_limits {
    IDLE_RECORDS_MAX = 32, /* empty records, ignored alerts, key updates, in a row */
    ZERO_WRITES_MAX = 16,  /* a send callback that takes nothing counts as blocked then */
    LAST_RECORDS_MAX = 8,  /* records looked through for the alert that explains a failed write */
    PIECES_MAX = 64,       /* buffers of the application gathered into one record */
    TICKETS_MAX = 1024,    /* of a server between two pieces of application data */
};

/* Buffer sizes: a whole record in the one, the contract's formula in the other. */
#define RX_BUFFERED (RECORD_HEADER + RECORD_MAX_CIPHER12)
#define TX_OVERHEAD 1029
#define TX_MAX 17413

/* step.c. conn_idle counts a record that brings the application nothing; too many in a row fail with BAD_MESSAGE. */
MUST_USE bool conn_step_ok(enum step s);
bool conn_enter(ATOMIC(uint8_t) * busy); /* REENTRANCY when someone is in there */
void conn_leave(ATOMIC(uint8_t) * busy);
bool conn_idle_now(const struct s2n_connection *c); /* conn.c: no call is in progress; REENTRANCY */
MUST_USE bool conn_idle(struct s2n_connection *c);

/* conn.c */
void conn_apply_fragment(struct s2n_connection *c); /* the preferred limit under the negotiated one */
void conn_shrink_rx(struct s2n_connection *c);      /* dynamic buffers: give rx back when it is empty */
void conn_shrink_tx(struct s2n_connection *c);

/* io.c: one successful call of a callback, or the reason why there was none; n > 0. */
enum step io_recv(struct io *io, uint8_t *p, size_t n, size_t *out);
enum step io_send(struct io *io, const uint8_t *p, size_t n, size_t *out);
void io_init(struct io *io);
void io_restore(struct io *io); /* socket options as they were found */
void io_cork(struct io *io, bool on);

/* read.c: the next record, opened; straight into dst where the record layer can. A wait keeps what has come. */
enum step conn_next_record(struct s2n_connection *c, uint8_t *dst, size_t cap, struct rec *out);

/* dispatch.c: what a record means. Afterwards exactly one holds: it is application data for the caller to take
 * (type CT_APPDATA, not empty), handshake bytes grew or were used up, it was ignored and counted, or the step is not
 * STEP_OK. */
enum step conn_dispatch(struct s2n_connection *c, const struct rec *rec);

/* events.c: around each call that drives the handshake; events_end may run the application's callbacks and leaves the
 * error of a failed call in its slot. events_checkpoint: a step has ended; owner is the connection. */
uint64_t events_begin(struct s2n_connection *c);
void events_end(struct s2n_connection *c, uint64_t since, bool ok);
void events_checkpoint(void *owner, const char *name);

/* drive.c, for early.c too. conn_start: the handshake exists, or is over; CLOSED. conn_turn: the engine goes on as far as
 * it can and what it wrote goes out. conn_read_one: the peer's next record, dispatched. conn_handshake_step_ok: the
 * end of a call that drove the handshake. */
MUST_USE bool conn_start(struct s2n_connection *c);
void conn_attach_log(struct s2n_connection *c); /* the config's key log, also for a handshake that runs */
enum step conn_turn(struct s2n_connection *c, s2n_blocked_status *blocked, enum hs_result *out);
enum step conn_read_one(struct s2n_connection *c);
MUST_USE bool conn_handshake_step_ok(struct s2n_connection *c, enum step s);

/* Data has its own calls while it is early data. */
static inline bool conn_early_goes_on(const struct s2n_connection *c)
{
    return c->hs != NULL && (c->session.early == EARLY_REQUESTED || c->session.early == EARLY_ACCEPTED);
}

/* early_rules.c. early_remaining: bytes that may still be sent or received. early_expected: a server waits for early data or
 * its end. early_open: application data that comes now is early data, and wanted. early_in_the_way: why the handshake
 * stops at some. early_skip: is this record, which could not be opened, early data that was rejected? */
uint32_t early_remaining(const struct s2n_connection *c);
bool early_expected(const struct s2n_connection *c);
bool early_open(const struct s2n_connection *c);
enum step early_in_the_way(struct s2n_connection *c, s2n_blocked_status *blocked);
bool early_skip(struct s2n_connection *c, const struct rec_header *hdr);

/* read.c: records until one brings application data: into dst (*direct bytes), or to wait in rx; conn_take fetches it
 * from there. With `once` it comes back after any record. */
enum step conn_next_app(struct s2n_connection *c, uint8_t *dst, size_t cap, bool once, size_t *direct);
size_t conn_take(struct reading *r, uint8_t *to, size_t n);

/* post.c */
MUST_USE bool post_feed(struct s2n_connection *c, struct span bytes);
bool post_key_update_due(struct s2n_connection *c);
static inline bool post_tickets_due(const struct s2n_connection *c)
{
    const struct session *s = &c->session;
    return s->tickets_due > s->tickets_sent && c->set.server && conn_is13(c) && c->set.config->tickets_on &&
           s->psk != PSK_USE_EXTERNAL && hs_client_auth(&c->set) != S2N_CERT_AUTH_REQUIRED;
}
MUST_USE bool post_send_tickets(struct s2n_connection *c);    /* as many as are due, sealed into tx */
MUST_USE bool post_send_key_update(struct s2n_connection *c); /* sealed into tx; ours is the next key */

/* write.c */
enum step conn_flush_tx(struct s2n_connection *c);
MUST_USE bool conn_tx_ready(struct s2n_connection *c); /* tx has its full size before it is filled */

/* alert.c */
enum step alert_feed(struct s2n_connection *c, struct span bytes);
MUST_USE bool alert_seal(struct s2n_connection *c); /* our one alert into tx */
void conn_kill(struct s2n_connection *c, ATOMIC(uint8_t) * alert,
               int code); /* both directions, and queue the alert */

/* blind.c: a step of receiving failed for good: close, queue the alert, delay if the error could tell something. */
void conn_blame(struct s2n_connection *c);

#endif
