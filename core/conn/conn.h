/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection: the sub-objects of a TLS endpoint, and the calls that move bytes through them. abi/src checks
 * arguments and translates results; everything else that a call does is here. One thread may read (conn_recv) while
 * another writes (conn_sendv, conn_flush, conn_shutdown_send): the reader owns in, reading, post and stats.bytes_in,
 * the writer owns out, writing, sizes and stats.bytes_out; what they tell each other is in struct shared.
 */
#ifndef CONN_CONN_H
#define CONN_CONN_H

#include <sys/uio.h>

#include "base/atomic.h"
#include "handshake/hs.h"

/* How bytes reach the peer. */
struct io {
    s2n_recv_fn *recv;
    s2n_send_fn *send;
    void *recv_ctx, *send_ctx;
    int read_fd, write_fd;           /* meaningful while managed */
    int lowat, cork;                 /* socket options as found, -1 unknown: restored by wipe */
    bool recv_managed, send_managed; /* built-in read()/write() on a descriptor */
    bool want_cork, corked;
    bool broken; /* EPIPE seen: writing is over until a new descriptor comes */
};

/* Where the reader stands: a record is assembled from head (its five bytes) and the body at rx[at]. */
struct reading {
    struct buf rx;
    uint32_t at;           /* rx[at, len) is ciphertext not looked at yet */
    struct rec_header hdr; /* valid once head_n == RECORD_HEADER */
    uint8_t head[RECORD_HEADER], head_n;
    uint32_t app_at, app_n;    /* rx[app_at, + app_n): decrypted bytes not yet returned */
    uint16_t idle;             /* records in a row that brought the application nothing */
    uint16_t tickets;          /* client: received since the last application data */
    bool early;                /* server: the application is reading early data */
    uint8_t alert[2], alert_n; /* alerts may come in pieces */
    uint8_t key_updates;       /* received, at most 255 */
    bool buffering;            /* read ahead */
    bool dynamic;              /* rx goes when it is empty */
};

/* Where the writer stands: sealed bytes tx[at, len) are still to be sent. */
struct writing {
    struct buf tx;
    uint32_t at;
    size_t consumed;     /* the application's bytes in tx that no call has reported yet */
    uint8_t key_updates; /* sent, at most 255 */
    bool alert_sealed;   /* our one alert is in tx, or was sent */
    bool dynamic;        /* tx goes when it is empty */
};

/* Post-handshake messages that are not whole yet. */
struct post {
    struct buf rx;
};

/* The only fields that the reading and the writing thread both touch. */
struct shared {
    ATOMIC(uint8_t) read_closed, write_closed;
    ATOMIC(uint8_t) close_notify_received;
    ATOMIC(uint8_t) reader_alert, writer_alert; /* to be sent by shutdown; 0: none, so a close_notify */
    ATOMIC(uint8_t) key_update_pending;
    ATOMIC(uint8_t) recv_busy, send_busy, negotiate_busy; /* S2N_ERR_REENTRANCY */
    ATOMIC(uint16_t) peer_alert;                          /* PEER_ALERT | code of the last one received */
};
#define PEER_ALERT 0x100

/* The delay after an error that could tell an attacker something. */
struct blind {
    s2n_blinding mode;
    ATOMIC(uint8_t) triggered;     /* published last */
    ATOMIC(uint64_t) delay, since; /* ns; since on the config's monotonic clock */
};

struct stats {
    uint64_t bytes_in, bytes_out; /* on the wire */
};

/* For the handshake event; ns of the library's own monotonic clock. */
struct metrics {
    uint64_t start, spent; /* the first call that drove the handshake; inside of all such calls */
    bool begun, told;
};

struct s2n_connection {
    struct settings set;
    struct session session;
    struct handshake *hs; /* while it runs */
    struct half in, out;
    struct io io;
    struct reading reading;
    struct writing writing;
    struct size_rules sizes;
    uint16_t preferred_fragment; /* before a negotiated limit caps it */
    struct shared shared;
    struct post post;
    struct blind blind;
    struct stats stats;
    struct s2n_offered_early_data offered;
    struct vouch *retired; /* of handshakes that were wiped with a question open */
    struct metrics metrics;
    void *ctx;       /* the application's */
    bool serialized; /* it lives on elsewhere: closed, and never to be written to */
};

/* conn.c. conn_new: a fresh connection on the default config, NULL with the error set. conn_wipe: fresh again, with
 * the same role and config. conn_free: everything wiped and given back. From within a call on the connection, as in a
 * callback of its, they fail with REENTRANCY, as do the others that would take the ground from under it. */
struct s2n_connection *conn_new(bool server);
MUST_USE bool conn_wipe(struct s2n_connection *c);
MUST_USE bool conn_free(struct s2n_connection *c);
/* conn_set_config: borrow a config and take the snapshot of functions-1.md section 9. Errors:
 * SECURITY_POLICY_INCOMPATIBLE_CERT, TOO_MANY_CERTIFICATES, NO_PRIVATE_KEY; on failure nothing changes. */
MUST_USE bool conn_set_config(struct s2n_connection *c, struct s2n_config *config);
MUST_USE bool conn_set_policy(struct s2n_connection *c,
                              const char *name); /* override; checked against the certs */
/* conn_set_server_name: client only. CLIENT_MODE, SERVER_NAME_TOO_LONG. */
MUST_USE bool conn_set_server_name(struct s2n_connection *c, const char *name);
void conn_prefer_throughput(struct s2n_connection *c);
void conn_prefer_low_latency(struct s2n_connection *c);
MUST_USE bool conn_set_dynamic_threshold(struct s2n_connection *c, uint32_t bytes, uint16_t seconds);
void conn_set_dynamic_buffers(struct s2n_connection *c, bool on);
void conn_set_recv_buffering(struct s2n_connection *c, bool on);
void conn_free_handshake(struct s2n_connection *c);
MUST_USE bool conn_release_buffers(struct s2n_connection *c); /* STUFFER_HAS_UNPROCESSED_DATA */
/* Until it is settled, a client counts on its best. */
static inline uint16_t conn_version(const struct s2n_connection *c)
{
    const struct session *s = &c->session;
    return s->version == VER_NONE && !c->set.server ? s->client_version : s->version;
}
static inline bool conn_is13(const struct s2n_connection *c)
{
    return c->session.version == TLS13;
}

/* io.c: set-up of the transport. */
void conn_set_read_fd(struct s2n_connection *c, int fd);
void conn_set_write_fd(struct s2n_connection *c, int fd);
MUST_USE bool conn_get_read_fd(const struct s2n_connection *c, int *out);  /* INVALID_STATE */
MUST_USE bool conn_get_write_fd(const struct s2n_connection *c, int *out); /* INVALID_STATE */
MUST_USE bool conn_use_corked_io(struct s2n_connection *c);                /* CORK_SET_ON_UNMANAGED */
void conn_set_recv_cb(struct s2n_connection *c, s2n_recv_fn *fn);
void conn_set_send_cb(struct s2n_connection *c, s2n_send_fn *fn);
void conn_set_recv_ctx(struct s2n_connection *c, void *ctx);
void conn_set_send_ctx(struct s2n_connection *c, void *ctx);

/* drive.c: conn_negotiate goes on with the handshake until it is done (true) or waits or fails. Afterwards it only
 * sends a key update that is due. */
MUST_USE bool conn_negotiate(struct s2n_connection *c, s2n_blocked_status *blocked);

/* early.c: conn_send_early starts or goes on with the handshake and sends early data, at most what is allowed; true means
 * that no more can be sent, or that the server has taken it. conn_recv_early gives what comes; true: all has come.
 * EARLY_DATA_BLOCKED: out is full and more may come. *sent and *got count on failure too. */
MUST_USE bool conn_send_early(struct s2n_connection *c, struct span data, size_t *sent,
                              s2n_blocked_status *blocked);
MUST_USE bool conn_recv_early(struct s2n_connection *c, uint8_t *out, size_t cap, size_t *got,
                              s2n_blocked_status *blocked);

/* write.c: conn_sendv seals and sends bufs[0..count) from byte offs on; *out bytes were accepted, maybe not all. With
 * nothing accepted it fails with IO_BLOCKED, and the next call must offer at least the same bytes (SEND_SIZE).
 * INVALID_ARGUMENT: offs past the end. conn_flush sends what is sealed. */
MUST_USE bool conn_sendv(struct s2n_connection *c, const struct iovec *bufs, size_t count, size_t offs,
                         s2n_blocked_status *blocked, size_t *out);
MUST_USE bool conn_flush(struct s2n_connection *c, s2n_blocked_status *blocked);
/* conn_request_key_update: from any thread; a note for the next send. */
void conn_request_key_update(struct s2n_connection *c);

/* read.c: conn_recv gives up to n bytes of application data; *out == 0 with true is the peer's clean end.
 * conn_peek: decrypted bytes waiting. conn_peek_buffered: ciphertext beyond the current record. */
MUST_USE bool conn_recv(struct s2n_connection *c, void *buf, size_t n, s2n_blocked_status *blocked,
                        size_t *out);
uint32_t conn_peek(const struct s2n_connection *c);
uint32_t conn_peek_buffered(const struct s2n_connection *c);

/* shutdown.c: conn_shutdown_send closes our direction with one alert; conn_shutdown then waits for the peer's. */
MUST_USE bool conn_shutdown(struct s2n_connection *c, s2n_blocked_status *blocked);
MUST_USE bool conn_shutdown_send(struct s2n_connection *c, s2n_blocked_status *blocked);

/* alert.c: the alert the peer sent (NO_ALERT when none came). */
MUST_USE bool conn_get_alert(const struct s2n_connection *c, uint8_t *out);

/* exporter.c: keying material of this connection's own (RFC 8446 7.5). INVALID_STATE below TLS 1.3,
 * HANDSHAKE_NOT_COMPLETE also where the secret has not come along, SAFETY for a label above 249 bytes,
 * HKDF_OUTPUT_SIZE for n of 0 or above 255 hashes. */
MUST_USE bool conn_export(const struct s2n_connection *c, struct span label, struct span context,
                          uint8_t *out, size_t n);

/* blind.c: nanoseconds that are still to be waited; fails when the clock does. */
MUST_USE bool conn_delay(const struct s2n_connection *c, uint64_t *out);

/* session.c: sessions, tickets and pre-shared keys. conn_set_session: client, before its handshake; errors as
 * s2n_connection_set_session, and the connection is then unchanged. conn_get_session gives 0 bytes when there is no
 * session, SERIALIZED_SESSION_STATE_TOO_LONG when it does not fit; conn_session_length: how many it would be. */
MUST_USE bool conn_set_session(struct s2n_connection *c, struct span bytes);
MUST_USE bool conn_get_session(const struct s2n_connection *c, uint8_t *buf, size_t cap, size_t *out);
MUST_USE bool conn_session_length(const struct s2n_connection *c, size_t *out);
bool conn_resumed(const struct s2n_connection *c); /* by a session, so not by an external key */
/* conn_get_hint: seconds of the last ticket. SESSION_TICKET_NOT_SUPPORTED when there is none, or tickets are off. */
MUST_USE bool conn_get_hint(const struct s2n_connection *c, uint32_t *out);
/* conn_add_tickets: n more are due. INTEGER_OVERFLOW, KEYING_MATERIAL_EXPIRED. */
MUST_USE bool conn_add_tickets(struct s2n_connection *c, uint8_t n);
/* conn_append_psk: a copy, least preferred; errors of psk_copy and resume_append. conn_set_psk_mode: instead of the
 * config's; INVALID_ARGUMENT, PSK_MODE when there are keys of the other type. */
MUST_USE bool conn_append_psk(struct s2n_connection *c, const struct s2n_psk *psk);
MUST_USE bool conn_set_psk_mode(struct s2n_connection *c, int mode);

/* serialize.c: format V1. conn_serialize closes this side for good; conn_deserialize makes a fresh connection an
 * established one, or leaves it as it was with INVALID_SERIALIZED_CONNECTION. */
MUST_USE bool conn_serialization_length(const struct s2n_connection *c, uint32_t *out);
MUST_USE bool conn_serialize(struct s2n_connection *c, uint8_t *out, size_t cap);
MUST_USE bool conn_deserialize(struct s2n_connection *c, struct span blob);

#endif
