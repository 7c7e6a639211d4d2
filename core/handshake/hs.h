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
#include "handshake/hello.h"
#include "handshake/resume.h"
#include "handshake/state.h"
#include "handshake/vouch.h"
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
    OCSP_STATUS = 32,
    MIDDLEBOX = 32,
    WITH_SESSION_TICKET = 64,
    WITH_EARLY_DATA = 64,
    EARLY_CLIENT_CCS = 128,
};

/* The two lists of flights.def. */
enum hs_generation {
    GEN_TLS12,
    GEN_TLS13
};

enum hs_message {
#define MSG(name, type, writer, module) MSG_##name,
#define CCS(name, writer) MSG_##name,
#include "handshake/messages.def"
#undef MSG
#undef CCS
    MSG_APPLICATION_DATA
};

enum hs_type { /* on the wire */
#define MSG(name, type, writer, module) HS_TYPE_##name = (type),
#define CCS(name, writer)
#include "handshake/messages.def"
#undef MSG
#undef CCS
    HS_TYPE_HELLO_REQUEST = 0,
    HS_TYPE_KEY_UPDATE = 24
};

enum ext_number {
#define EXT(name, number, messages, lowest) EXT_NUMBER_##name = (number),
#include "handshake/extensions.def"
#undef EXT
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

/* A ticket as the application's callback sees it: the session in the form of get_session, and seconds. */
struct s2n_session_ticket {
    struct span data;
    uint32_t lifetime;
};

/* The issuers that a CertificateRequest names, and that request as the application's callback sees it. */
struct s2n_certificate_authority_list {
    uint8_t *message; /* what the names are part of */
    struct span names;
    struct rd rest;
};
struct s2n_certificate_request {
    struct s2n_certificate_authority_list authorities;
    struct s2n_cert_chain_and_key *chosen;
};

/* Which kind of PSK, if any, stands for the certificates. */
enum psk_use {
    PSK_USE_NONE,
    PSK_USE_RESUMPTION,
    PSK_USE_EXTERNAL
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
    bool by_ticket; /* server below TLS 1.3: resumed so, and the session id is only the client's word */
    bool ems, secure_renegotiation, client_cert_used;
    bool server_name_used; /* server: the application chose by it */
    bool stapled; /* an OCSP response went with the certificate: client: the server's, server: its own */
    char server_name[256];   /* NUL-terminated; "" none */
    struct buf alpn;         /* with its NUL; no bytes: none. See session_alpn */
    struct peer_chain *peer; /* judged chain of the peer */
    struct buf client_chain; /* server: the client's chain as sent, TLS 1.2 certificate_list form */
    struct s2n_cert_chain_and_key *local_cert; /* ours in this handshake, borrowed */
    struct s2n_client_hello *client_hello;     /* server: what it answers or answered; NULL before one came */
    struct resume *resume;                     /* NULL until needed */
    struct vouch *vouch;                       /* NULL until needed */
    uint16_t tickets_due, tickets_sent;        /* server; at TLS 1.3 due is the target that sent runs up to */
    uint8_t early;                             /* enum early_state */
    uint8_t psk;                               /* enum psk_use */

    /* What keys can be made of again: traffic and resumption secrets at TLS 1.3, else the master secret. At TLS 1.3
     * `master` is the one that exporters start from. */
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
    bool skip_verification, ask_ocsp, check_ocsp;
    uint16_t max_chain_depth;
    /* the application's connection, for its callbacks; key_log formats for them and takes owner as its context;
     * checkpoint hears of each message that has been dealt with */
    void *owner;
    void (*key_log)(void *owner, const uint8_t *line, size_t len);
    void (*checkpoint)(void *owner, const char *name);
};

/* What the peer's hello (or CertificateRequest) offers: spans into hs->hello, hs->request. */
struct offer {
    uint16_t legacy_version;
    uint16_t version; /* highest the peer can do that we understand */
    uint8_t random[32];
    struct span session_id, suites, compression;
    struct span extensions; /* the whole block */
    struct span versions, groups, shares, schemes, cert_schemes, alpn;
    bool scsv_renegotiation, ems, server_name;
    uint8_t max_fragment_code;
    struct span ticket;                      /* session_ticket; p is NULL without the extension */
    struct span psk_identities, psk_binders; /* the lists' content; n == 0 without pre_shared_key */
    size_t psk_truncated;                    /* body bytes of the hello before the binders list */
    bool psk_dhe, early_data;
    struct span authorities;  /* of a CertificateRequest: entries of a u16 length and a name */
    bool status_request, sct; /* what to send along with the certificate */
};

struct handshake {
    const struct settings *set;
    const struct policy_view *policy;
    struct session *session;
    struct s2n_offered_early_data *offered; /* the connection's, as all that follows */
    struct half *in, *out;
    struct buf *tx;    /* sealed records to be sent */
    uint16_t fragment; /* most plaintext bytes per outgoing handshake record */

    /* engine */
    uint8_t generation;  /* enum hs_generation; TLS 1.3 while it is open */
    uint8_t rule;        /* index into that list */
    bool out_of_order;   /* why hs_run failed: a message came that is not due */
    bool waiting;        /* the message's handler waits for the application, and goes on when called again */
    bool hold_early;     /* client: stand still before EndOfEarlyData */
    uint8_t ccs_ignored; /* TLS 1.3 compatibility CCS received; capped */
    uint8_t requests_ignored; /* client: HelloRequests received; capped */
    struct buf rx;            /* handshake bytes not yet a whole message */
    struct buf msg;           /* the message being written */
    struct schedule ks;

    /* hellos */
    uint16_t record_version; /* of the peer's first handshake record */
    struct buf hello; /* client: the ServerHello being read; a server keeps the ClientHello in its session */
    struct offer peer;
    uint8_t random[32];              /* ours */
    struct buf first_hello;          /* server after a retry: what the second ClientHello must repeat */
    struct buf cookie;               /* client: to echo */
    uint32_t ext_sent;               /* bit per ext_id: ours in the last hello / request */
    uint32_t ext_seen;               /* bit per ext_id: the peer's in the message being handled */
    const struct group *retry_group; /* asked for by HelloRetryRequest */

    /* PSKs */
    uint64_t now;               /* wall clock, ns, where PSKs or tickets are looked at */
    uint32_t psk_binders_at;    /* client: where the binders list starts in the ClientHello being written */
    struct s2n_psk *psk_chosen; /* the list's entry that both sides use */
    uint32_t psk_hashes;        /* server: bit per hash_alg that a common suite has */
    uint16_t psk_index;         /* its place in the client's list */
    uint64_t skipped;           /* server: bytes of rejected early data that were dropped */

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
    struct staple *ocsp, *sct;            /* to be sent with the chain; NULL: none, or not wanted */
    bool beyond_leaf;                     /* the Certificate entry being read is not the first */
    bool judged;        /* the peer's chain is, and only the application has not spoken yet */
    struct buf request; /* client: the CertificateRequest, which peer.schemes points into */
};

enum hs_result {
    HS_FAIL,
    HS_READ,
    HS_APP,   /* the application has to answer first; the error says what */
    HS_EARLY, /* client: EndOfEarlyData is next, and held back */
    HS_DONE
};

/* run.c: hs_new starts a handshake; hs_free drops it (wiping). hs_run goes on as far as it can: HS_READ asks for more
 * records, HS_DONE is the end, HS_FAIL has set the error. What it wrote is in tx in either case. */
struct handshake *hs_new(const struct settings *set, struct session *session, struct half *in,
                         struct half *out, struct buf *tx);
void hs_free(struct handshake *hs);
enum hs_result hs_run(struct handshake *hs);
/* With HS_APP the handler has set the error that says what it waits for. */
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
static inline struct span session_alpn(const struct session *s)
{
    return SPAN(s->alpn.p, s->alpn.len > 0 ? s->alpn.len - 1 : 0);
}
void session_wipe(struct session *s);
void session_drop_hello(struct session *s); /* the ClientHello's bytes, which nobody needs any more */
/* session_set_name: what the client asked for; a name that no getter could return counts as none. */
void session_set_name(struct session *s, struct span name);
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

/* hello_ask.c: the application's callback about the first hello of a client, if there is one; it may wait:
 * ASYNC_BLOCKED, and is called again then. CANCELLED when the callback refuses. */
MUST_USE bool hello_ask(struct handshake *hs);

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
bool alpn_lists(const struct handshake *hs, struct span name); /* ours, to be offered or chosen from */
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
                          const struct suite *s); /* server: a chain and scheme for suite s */
/* neg_curve_wished_for: is the chain that neg_can_authenticate just found for s on a curve of the client's? */
bool neg_curve_wished_for(const struct handshake *hs, const struct suite *s);
MUST_USE bool neg_certificate(struct handshake *hs); /* server: chain and scheme for the session's suite */
MUST_USE bool neg_client_certificate(
    struct handshake *hs); /* client: answer a CertificateRequest; chain NULL: none */
/* neg_peer_scheme: may the peer sign with this scheme id here? */
MUST_USE bool neg_peer_scheme(struct handshake *hs, uint16_t id, const struct sigscheme **out);
uint8_t hs_client_auth(const struct settings *set); /* effective s2n_cert_auth_type */

/* offer.c: which PSK, on a server. psk_choose: among those the hello offers, by the selection callback or by the
 * default rule; none is no error. psk_check_binder: BAD_MESSAGE when the chosen one's does not verify. */
MUST_USE bool psk_choose(struct handshake *hs);
MUST_USE bool psk_check_binder(struct handshake *hs);
void psk_take(struct handshake *hs, struct s2n_psk *psk); /* this one; NULL: none */
/* psk_offered: is this client key offered now? psk_write_binders fills in what the extension left blank. */
bool psk_offered(const struct handshake *hs, const struct s2n_psk *psk);
bool psk_any_offered(const struct handshake *hs);
bool psk_any(
    const struct handshake *hs); /* one of this hello or of the first: a retry must not change the rest */
MUST_USE bool psk_write_binders(struct handshake *hs, struct wr *w);
uint8_t psk_mode(const struct handshake *hs); /* effective enum psk_type */

/* resume12.c: sessions below TLS 1.3. The server takes one from the ticket or the cache (the latter may wait:
 * ASYNC_BLOCKED) or leaves hs for a full handshake; *resumed tells. */
MUST_USE bool resume12_server(struct handshake *hs, bool *resumed);
bool resume12_may_issue(const struct handshake *hs); /* server: a ticket can be made for this handshake */
bool resume12_cacheable(const struct settings *set, const struct session *s);
void resume12_store(const struct settings *set,
                    struct session *s); /* into the cache, after a full handshake */
void resume12_forget(const struct settings *set, struct session *s); /* out of the cache, after an error */
void resume12_state(const struct session *s, uint64_t now, struct session_state *out); /* to be saved */

/* early.c: whether early data is asked for, and whether it is taken. */
bool early_wanted(const struct handshake *hs);                   /* client */
MUST_USE bool early_judge(struct handshake *hs);                 /* server; may wait: ASYNC_BLOCKED */
MUST_USE bool early_set(struct session *s, enum early_state to); /* INVALID_EARLY_DATA_STATE */
uint32_t early_own_limit(const struct settings *set, const struct session *s); /* server: by its settings */
uint32_t early_limit(const struct settings *set, const struct session *s);

/* msg/new_session_ticket.c at TLS 1.3, where the message is no part of the handshake. The writer appends a whole
 * message, to be counted when it is sealed, or nothing when no ticket can be issued now; the reader keeps the ticket in the session for get_session. */
bool keying_lasts(const struct session *s, uint64_t now); /* server: long enough for another ticket */
MUST_USE bool ticket13_write(const struct settings *set, struct session *s, struct wr *w);
MUST_USE bool ticket13_read(const struct settings *set, struct session *s, struct rd *r, uint32_t *lifetime);

/* certs.c: judge the peer's certificate list under settings, policy and key usage; fills session->peer. */
MUST_USE bool hs_judge_chain(struct handshake *hs, const struct span *ders, uint32_t n);

/* vouch.c: what is asked and said about certificates. vouch_gather_crls before the peer's chain is judged, vouch_ask
 * after it; both may wait: ASYNC_BLOCKED. vouch_check_ocsp: the kept response, if it is to be checked. */
#define STATUS_OCSP 1 /* RFC 6066 8: CertificateStatusType */
MUST_USE bool vouch_gather_crls(struct handshake *hs, const struct span *ders, uint32_t n);
MUST_USE bool vouch_ask(struct handshake *hs);
MUST_USE bool vouch_check_ocsp(struct handshake *hs);
struct buf *vouch_ocsp(struct vouch *v);
struct buf *vouch_sct(struct vouch *v);
MUST_USE bool vouch_keep(struct handshake *hs, struct buf *(*place)(struct vouch *v), struct span bytes);
/* CertificateStatus, the struct, which both generations send. */
void vouch_write_status(const struct handshake *hs, struct wr *w);
MUST_USE bool vouch_read_status(struct rd *r, struct span *response);
void vouch_take_staples(struct handshake *hs); /* of hs->chain, as far as the peer asked */
void vouch_drop_staples(struct handshake *hs);

/* kex12.c: RSA and ECDHE below TLS 1.3; DHE joins as a row. */
MUST_USE bool kex12_server_params(struct handshake *hs, struct wr *w); /* ServerKeyExchange params */
MUST_USE bool kex12_read_params(struct handshake *hs, struct rd *r, struct span *signed_part);
MUST_USE bool kex12_client_write(struct handshake *hs, struct wr *w); /* ClientKeyExchange; premaster set */
MUST_USE bool kex12_client_read(struct handshake *hs, struct rd *r);

#endif
