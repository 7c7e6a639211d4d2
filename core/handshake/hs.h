/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake, for both roles and all versions: what a connection keeps of it (struct session), what it needs only
 * while it runs (struct handshake), and the interfaces between its rooms: the engine (run.c), message handlers
 * (msg/NAME.c), extensions (ext.c, ext/NAME.c) and decisions (negotiate.c). It is sans-I/O: complete records come in
 * through hs_feed, sealed records go out into hs->tx; the connection moves the bytes.
 */
#ifndef HANDSHAKE_HS_H
#define HANDSHAKE_HS_H

#include "base/rd.h"
#include "base/wr.h"
#include "config/config.h"
#include "crypto/kx.h"
#include "record/record.h"
#include "schedule/schedule.h"
#include "x509/verify.h"

/* The handshake type: flags in the bit order of the public type name. The upper half means different things below
 * TLS 1.3 and at it (contract/handshake.md section 2). */
enum hs_flags {
    NEGOTIATED = 1,
    FULL_HANDSHAKE = 2,
    CLIENT_AUTH = 4,
    NO_CLIENT_CERT = 8,
    PFS12 = 16,
    HELLO_RETRY_REQUEST = 16,
    MIDDLEBOX = 32,
};

enum hs_message {
#define MSG(name, type, writer, module) MSG_##name,
#define CCS(name, writer) MSG_##name,
#include "handshake/messages.def"
#undef MSG
#undef CCS
    MSG_APPLICATION_DATA
};

enum ext_id {
#define EXT(name, number, messages, lowest) EXT_##name,
#include "handshake/extensions.def"
#undef EXT
    EXT_COUNT
};
enum ext_where {
    CH = 1,
    SH12 = 2,
    SH13 = 4,
    HRR = 8,
    EE = 16,
    CR13 = 32,
    CT13 = 64
};

/* Kept for the life of the connection: what was negotiated. */
struct session {
    uint16_t version;                        /* VER_NONE until settled */
    uint16_t client_version, server_version; /* highest each side supports, as the API reports them */
    uint16_t client_hello_version;
    const struct suite *suite; /* SUITE_NULL until settled */
    const struct group *group; /* NULL: none */
    const struct sigscheme *server_sig, *client_sig;
    uint8_t type;    /* hs_flags */
    uint8_t message; /* enum hs_message: where the handshake stands */
    uint8_t session_id[32], session_id_len;
    uint8_t max_fragment_code; /* negotiated, 0 none */
    uint8_t sni_match;         /* enum sni_match */
    bool complete;             /* the handshake is over (or was, before serialization) */
    bool restored;             /* deserialized: there was no handshake here */
    bool ems, secure_renegotiation, client_cert_used;
    char server_name[256], alpn[256]; /* NUL-terminated; "" none */
    struct peer_chain *peer;          /* judged chain of the peer */
    struct buf client_chain;          /* server: the client's chain as sent, TLS 1.2 certificate_list form */
    struct s2n_cert_chain_and_key *local_cert; /* ours in this handshake, borrowed */

    /* What keys can be made of again: traffic and resumption secrets at TLS 1.3, else the master secret. */
    struct secret client_app, server_app, resumption, master;
    uint8_t randoms[64];
};

/* Choices made before the handshake; the connection owns them. */
struct settings {
    bool server;
    struct s2n_config *config;
    const struct policy_view *policy; /* override, or NULL: the config's */
    struct buf alpn;                  /* override of the config's list when not empty */
    s2n_verify_host_fn verify_host;
    void *verify_host_data;
    bool verify_host_set; /* by the connection: wins over the config */
    bool client_auth_set;
    uint8_t client_auth;
    /* snapshot taken when the config was attached */
    bool skip_verification;
    uint16_t max_chain_depth;
    /* the application's connection, for its callbacks; key_log formats for them and takes owner as its context */
    void *owner;
    void (*key_log)(void *owner, const uint8_t *line, size_t len);
};

/* What the peer's hello (or CertificateRequest) offers: spans into hs->hello, hs->request. */
struct offer {
    uint16_t legacy_version;
    uint16_t version; /* highest the peer can do that we understand */
    uint8_t random[32];
    struct span session_id, suites, compression;
    struct span versions, groups, shares, schemes, cert_schemes, alpn;
    bool scsv_renegotiation, ems, server_name;
    uint8_t max_fragment_code;
};

struct handshake {
    const struct settings *set;
    const struct policy_view *policy;
    struct session *session;
    struct half *in, *out; /* the connection's */
    struct buf *tx;        /* sealed records to be sent */
    uint16_t fragment;     /* most plaintext bytes per outgoing handshake record */

    /* engine */
    uint8_t generation;       /* 0: TLS <= 1.2 list, 1: TLS 1.3 list of flights.def */
    uint8_t rule;             /* index into that list */
    bool out_of_order;        /* why hs_run failed: a message came that is not due */
    uint8_t ccs_ignored;      /* TLS 1.3 compatibility CCS received; capped */
    uint8_t requests_ignored; /* client: HelloRequests received; capped */
    struct buf rx;            /* handshake bytes not yet a whole message */
    struct buf msg;           /* the message being written */
    struct schedule ks;

    /* hellos */
    struct buf hello; /* server: the ClientHello being answered. Client: the ServerHello being read */
    struct offer peer;
    uint8_t random[32];              /* ours */
    struct buf first_hello;          /* server after a retry: what the second ClientHello must repeat */
    struct buf cookie;               /* client: to echo */
    uint32_t ext_sent;               /* bit per ext_id: ours in the last hello / request */
    uint32_t ext_seen;               /* bit per ext_id: the peer's in the message being handled */
    const struct group *retry_group; /* asked for by HelloRetryRequest */

    /* keys */
    struct kx_key share[2]; /* client: offered shares; server [0]: its own */
    struct span peer_share; /* TLS 1.3: the peer's chosen share, into hello */
    struct buf peer_point;  /* client below TLS 1.3: the server's ephemeral share */
    struct secret premaster;
    struct traffic_keys client_keys, server_keys; /* TLS <= 1.2 key block, between CLIENT_KEY and the CCS */

    /* authentication */
    const struct cert_set *certs;         /* server: by server name */
    struct s2n_cert_chain_and_key *chain; /* ours */
    const struct sigscheme *scheme;       /* ours to sign with */
    struct buf request;                   /* client: the CertificateRequest, which peer.schemes points into */
};

enum hs_result {
    HS_FAIL,
    HS_READ,
    HS_DONE
};

/* run.c: hs_new starts a handshake; hs_free drops it (wiping). hs_run goes on as far as it can: HS_READ asks for more
 * records, HS_DONE is the end, HS_FAIL has set the error. What it wrote is in tx in either case. */
struct handshake *hs_new(const struct settings *set, struct session *session, struct half *in,
                         struct half *out, struct buf *tx);
void hs_free(struct handshake *hs);
enum hs_result hs_run(struct handshake *hs);
/* hs_feed: the content of a handshake record; hs_ccs: of a change_cipher_spec record. */
MUST_USE bool hs_feed(struct handshake *hs, struct span bytes);
MUST_USE bool hs_ccs(struct handshake *hs, struct span body);
/* hs_take_policy: the settings' policy is the one to negotiate with; again when a server meets its first hello. */
void hs_take_policy(struct handshake *hs);
/* hs_version: version and generation are settled; the flight list goes on at `at`. */
MUST_USE bool hs_version(struct handshake *hs, uint16_t version, enum hs_message at);
/* hs_settle: version and suite are known: the key schedule starts, and what only the other generation needs goes. */
MUST_USE bool hs_settle(struct handshake *hs, const struct suite *suite);
bool hs_mine(const struct handshake *hs, enum hs_message m); /* we write it */
const char *hs_message_name(enum hs_message m);
const char *hs_type_name(uint16_t version, uint8_t type);
static inline bool hs_is13(const struct handshake *hs)
{
    return hs->session->version == TLS13;
}

void session_init(struct session *s, bool server);
void session_wipe(struct session *s);
/* session_wire_version: what our records say. A first ClientHello goes out as TLS 1.0 for old middleboxes, everything
 * later as the negotiated version, at most TLS 1.2 (RFC 8446 5.1). */
uint16_t session_wire_version(const struct session *s);

/* Message framing, shared with post-handshake messages: next whole message in `rx` (type, body), or *got false.
 * Lengths above 65536 fail with ERR_BAD_MESSAGE. */
struct hs_frame {
    uint8_t type;
    struct span whole, body;
};
MUST_USE bool hs_next_frame(const struct buf *rx, struct hs_frame *out, bool *got);
/* hs_write_records: seal a whole message into records of at most `fragment` bytes. */
MUST_USE bool hs_write_records(struct half *out, uint8_t type, uint16_t wire_version, struct span message,
                               size_t fragment, struct buf *tx);

/* msg/NAME.c: both sides and all versions of a message. The reader consumes the body; the engine checks that nothing
 * is left. Neither touches transcript, records or keys: after.c does. */
typedef bool msg_write_fn(struct handshake *hs, struct wr *w);
typedef bool msg_read_fn(struct handshake *hs, struct rd *r);
#define MSG(name, type, writer, module) \
    msg_write_fn msg_##module##_write;  \
    msg_read_fn msg_##module##_read;
#define CCS(name, writer)
#include "handshake/messages.def"
#undef MSG
#undef CCS

/* certificate_verify.c: the scheme and signature that end a signed message, with our key and with the peer's. */
MUST_USE bool hs_sign(struct handshake *hs, const struct span *parts, size_t n, struct wr *w);
MUST_USE bool hs_verify(struct handshake *hs, const struct span *parts, size_t n, struct rd *r,
                        const struct sigscheme **scheme);

/* after.c: what follows a message once it is in the transcript: key schedule and key changes. */
MUST_USE bool hs_after(struct handshake *hs, enum hs_message m);

/* ext.c. ext_write appends the extension block (its 16-bit length included; omitted when empty below TLS 1.3 hellos);
 * ext_read handles a whole block: duplicates of any type, misplaced, unsolicited, trailing bytes. */
MUST_USE bool ext_write(struct handshake *hs, enum ext_where where, struct wr *w);
MUST_USE bool ext_read(struct handshake *hs, enum ext_where where, struct rd *block);
/* ext/NAME.c: wants: whether to send in this message; write: the body; read: the body, which ext.c checks to be used
 * up; absent: the peer left it out (may be NULL in the row table). */
struct ext_row {
    const char *name;
    uint16_t number, lowest;
    uint8_t messages;
    bool (*wants)(const struct handshake *hs, enum ext_where where);
    void (*write)(struct handshake *hs, enum ext_where where, struct wr *w);
    bool (*read)(struct handshake *hs, enum ext_where where, struct rd *r);
};
#define EXT(name, number, messages, lowest)                                            \
    bool ext_##name##_wants(const struct handshake *hs, enum ext_where where);         \
    void ext_##name##_write(struct handshake *hs, enum ext_where where, struct wr *w); \
    MUST_USE bool ext_##name##_read(struct handshake *hs, enum ext_where where, struct rd *r);
#include "handshake/extensions.def"
#undef EXT
static inline bool ext_seen(const struct handshake *hs, enum ext_id id)
{
    return (hs->ext_seen >> id) & 1;
}
static inline bool ext_was_sent(const struct handshake *hs, enum ext_id id)
{
    return (hs->ext_sent >> id) & 1;
}

/* negotiate.c: the decisions, one style: read hs->peer and the policy, write hs and hs->session, or fail. */
MUST_USE bool neg_version(struct handshake *hs); /* server */
MUST_USE bool neg_suite(struct handshake *hs);   /* server */
MUST_USE bool neg_group13(struct handshake *hs,
                          bool *retry); /* server, TLS 1.3: group and share, or a retry */
const struct group *neg_group12(const struct handshake *hs); /* server, ECDHE below 1.3; NULL none */
bool neg_can_authenticate(struct handshake *hs,
                          const struct suite *s);    /* server: a chain and scheme for suite s */
MUST_USE bool neg_certificate(struct handshake *hs); /* server: chain and scheme for the session's suite */
MUST_USE bool neg_client_certificate(
    struct handshake *hs); /* client: answer a CertificateRequest; chain NULL: none */
/* neg_peer_scheme: may the peer sign with this scheme id here? */
MUST_USE bool neg_peer_scheme(struct handshake *hs, uint16_t id, const struct sigscheme **out);
uint8_t hs_client_auth(const struct settings *set); /* effective s2n_cert_auth_type */

/* certs.c: judge the peer's certificate list under settings, policy and key usage; fills session->peer. */
MUST_USE bool hs_judge_chain(struct handshake *hs, const struct span *ders, uint32_t n);

/* kex12.c: RSA and ECDHE below TLS 1.3; DHE joins as a row. */
MUST_USE bool kex12_server_params(struct handshake *hs, struct wr *w); /* ServerKeyExchange params */
MUST_USE bool kex12_read_params(struct handshake *hs, struct rd *r, struct span *signed_part);
MUST_USE bool kex12_client_write(struct handshake *hs, struct wr *w); /* ClientKeyExchange; premaster set */
MUST_USE bool kex12_client_read(struct handshake *hs, struct rd *r);

#endif
