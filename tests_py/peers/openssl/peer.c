// SPDX-License-Identifier: Apache-2.0
// A TLS peer on OpenSSL's libssl, driven as ../PROTOCOL.md says (job.c): both roles, and all that the protocol has.

#include "job.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    PSK_MAX = 64,
    PROTOCOLS_MAX = 512,
    GROUPS = 4
};

// A job at work: what its one or two connections share, and below that the connection that is open.
struct peer {
    const struct job *job;
    SSL_CTX *ctx;
    unsigned char protocols[PROTOCOLS_MAX]; // ALPN, as on the wire
    size_t protocols_size;
    SSL_SESSION *external; // the external PSK
    SSL_SESSION *ticket;   // client: what the first connection's server gave last

    SSL *ssl;
    int hellos;   // ClientHello messages sent or received: two if there was a HelloRetryRequest
    int updates;  // KeyUpdate messages received
    size_t early; // bytes of the client's stream that have gone as early data
    bool early_accepted;
    bool clean; // a close_notify came
};

static const struct {
    const char *name;
    const char *openssl;
    int nid;
} groups[GROUPS] = {
    { "x25519", "X25519", NID_X25519 },
    { "secp256r1", "P-256", NID_X9_62_prime256v1 },
    { "secp384r1", "P-384", NID_secp384r1 },
    { "secp521r1", "P-521", NID_secp521r1 },
};

// The errors OpenSSL has queued, and errno where it has none, as the reason why `what` failed.
static bool fail_ssl(const char *what)
{
    const int os_error = errno;
    char all[600] = "";
    const char *data = NULL;
    int flags = 0;
    for (unsigned long code; (code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0;) {
        const char *known = ERR_reason_error_string(code);
        const bool more = (flags & ERR_TXT_STRING) != 0 && data[0] != '\0';
        const size_t used = strlen(all);
        (void) snprintf(all + used, sizeof(all) - used, "%s%s%s%s", used > 0 ? "; " : "",
                        known != NULL ? known : "unknown error", more ? ", " : "", more ? data : "");
    }
    if (all[0] != '\0') {
        return fail("%s: %s", what, all);
    }
    return fail("%s: %s", what, os_error != 0 ? strerror(os_error) : "the connection has ended");
}

static bool fail_handshake(const SSL *ssl)
{
    const long verdict = SSL_get_verify_result(ssl);
    return verdict == X509_V_OK ? fail_ssl("handshake")
                                : fail("handshake: certificate: %s", X509_verify_cert_error_string(verdict));
}

// ---- settings ------------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    int number;
} versions[] = {
    { "1.3", TLS1_3_VERSION }, { "1.2", TLS1_2_VERSION }, { "1.1", TLS1_1_VERSION }, { "1.0", TLS1_VERSION }
};

static bool set_version(struct peer *peer)
{
    int version = 0;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (equals(peer->job, VERSION, versions[i].name)) {
            version = versions[i].number;
        }
    }
    return (SSL_CTX_set_min_proto_version(peer->ctx, version) == 1 &&
            SSL_CTX_set_max_proto_version(peer->ctx, version) == 1) ||
           fail_ssl("version");
}

// Security level 0 is for suites and signatures with SHA-1.
static bool set_suite(struct peer *peer)
{
    const char *suite = text(peer->job, SUITE);
    SSL_CTX_set_security_level(peer->ctx, 0);
    if (suite[0] == '\0') {
        return true;
    }
    const int ok = equals(peer->job, VERSION, "1.3")
                       ? SSL_CTX_set_ciphersuites(peer->ctx, suite)
                       : SSL_CTX_set_cipher_list(peer->ctx, OPENSSL_cipher_name(suite));
    return ok == 1 || fail_ssl(suite);
}

// Puts the group named so behind those of the list, unless it is there.
static void add_group(char *list, size_t size, const char *name)
{
    for (size_t i = 0; i < GROUPS; i++) {
        if (strcmp(groups[i].name, name) == 0 && strstr(list, groups[i].openssl) == NULL) {
            const size_t used = strlen(list);
            (void) snprintf(list + used, size - used, "%s%s", used > 0 ? ":" : "", groups[i].openssl);
        }
    }
}

// A client sends a key share for the first group of its list only. In TLS 1.2 the list is also that of the curves a
// certificate may be on, so a server that wants a client's has them all, and chooses by its own order.
static bool set_groups(struct peer *peer)
{
    char list[64] = "";
    add_group(list, sizeof(list), text(peer->job, BAIT));
    add_group(list, sizeof(list), text(peer->job, GROUP));
    add_group(list, sizeof(list), text(peer->job, ALSO));
    if (peer->job->server && given(peer->job, AUTH) && equals(peer->job, VERSION, "1.2")) {
        SSL_CTX_set_options(peer->ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
        for (size_t i = 0; i < GROUPS; i++) {
            add_group(list, sizeof(list), groups[i].name);
        }
    }
    return list[0] == '\0' || SSL_CTX_set1_groups_list(peer->ctx, list) == 1 || fail_ssl("group");
}

static bool set_certificates(struct peer *peer)
{
    const struct job *job = peer->job;
    if (given(job, CERT) && (SSL_CTX_use_certificate_chain_file(peer->ctx, text(job, CERT)) != 1 ||
                             SSL_CTX_use_PrivateKey_file(peer->ctx, text(job, KEY), SSL_FILETYPE_PEM) != 1)) {
        return fail_ssl("certificate");
    }
    if (given(job, CA) && SSL_CTX_load_verify_file(peer->ctx, text(job, CA)) != 1) {
        return fail_ssl("ca");
    }
    if (!job->server) {
        SSL_CTX_set_verify(peer->ctx, SSL_VERIFY_PEER, NULL);
    } else if (given(job, AUTH)) {
        SSL_CTX_set_verify(peer->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        SSL_CTX_set_client_CA_list(peer->ctx, SSL_load_client_CA_file(text(job, CA)));
    }
    return true;
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *in, unsigned int in_size, void *arg)
{
    (void) ssl;
    const struct peer *peer = arg;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_size, peer->protocols, (unsigned int) peer->protocols_size, in,
                              in_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

// On the wire each name stands after its length, where the job has a comma.
static bool set_alpn(struct peer *peer)
{
    const char *names = text(peer->job, ALPN);
    for (const char *name = names; given(peer->job, ALPN); name += strcspn(name, ",") + 1) {
        const size_t size = strcspn(name, ",");
        if (size > UINT8_MAX || peer->protocols_size + 1 + size > sizeof(peer->protocols)) {
            return fail("alpn is too long");
        }
        peer->protocols[peer->protocols_size++] = (unsigned char) size;
        memcpy(peer->protocols + peer->protocols_size, name, size);
        peer->protocols_size += size;
        if (name[size] == '\0') {
            break;
        }
    }
    if (peer->protocols_size == 0) {
        return true;
    }
    SSL_CTX_set_alpn_select_cb(peer->ctx, select_protocol, peer);
    return SSL_CTX_set_alpn_protos(peer->ctx, peer->protocols, (unsigned int) peer->protocols_size) == 0 ||
           fail_ssl("alpn");
}

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
    struct peer *peer = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(peer->ticket);
    peer->ticket = session;
    return 1;
}

// Tickets, never a cache. OpenSSL's protection against replays would make early data depend on its cache, so it is off.
// A server needs a context to resume the sessions of verified clients; a client's would not fit the external PSK.
static bool set_resumption(struct peer *peer)
{
    static const unsigned char context[] = "peer";
    const uint32_t early = (uint32_t) number(peer->job, EARLY);
    SSL_CTX_set_options(peer->ctx, SSL_OP_NO_ANTI_REPLAY);
    if (!peer->job->server) {
        SSL_CTX_set_session_cache_mode(peer->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(peer->ctx, keep_ticket);
        return true;
    }
    SSL_CTX_set_session_cache_mode(peer->ctx, SSL_SESS_CACHE_OFF);
    return (SSL_CTX_set_session_id_context(peer->ctx, context, sizeof(context)) == 1 &&
            SSL_CTX_set_max_early_data(peer->ctx, early) == 1 &&
            SSL_CTX_set_recv_max_early_data(peer->ctx, early) == 1) ||
           fail_ssl("resumption");
}

static int offer_psk(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *id_size,
                     SSL_SESSION **session)
{
    const struct peer *peer = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    *session = NULL;
    if (md != NULL && SSL_CIPHER_get_handshake_digest(SSL_SESSION_get0_cipher(peer->external)) != md) {
        return 1; // the HelloRetryRequest has chosen a suite with the other hash
    }
    *id = (const unsigned char *) text(peer->job, IDENTITY);
    *id_size = strlen(text(peer->job, IDENTITY));
    *session = peer->external;
    return SSL_SESSION_up_ref(peer->external);
}

static int find_psk(SSL *ssl, const unsigned char *identity, size_t identity_size, SSL_SESSION **session)
{
    const struct peer *peer = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const char *own = text(peer->job, IDENTITY);
    *session = NULL;
    if (identity_size != strlen(own) || memcmp(identity, own, identity_size) != 0) {
        return 1; // somebody else's, or a ticket
    }
    *session = peer->external;
    return SSL_SESSION_up_ref(peer->external);
}

// OpenSSL takes an external PSK as a session with a suite, of which only the hash matters.
static bool set_psk(struct peer *peer)
{
    static const unsigned char with_sha256[2] = { 0x13, 0x01 };
    static const unsigned char with_sha384[2] = { 0x13, 0x02 };
    unsigned char secret[PSK_MAX];
    size_t size = 0;
    if (!given(peer->job, PSK)) {
        return true;
    }
    if (OPENSSL_hexstr2buf_ex(secret, sizeof(secret), &size, text(peer->job, PSK), '\0') != 1) {
        return fail_ssl("psk");
    }
    SSL *finder = SSL_new(peer->ctx);
    const SSL_CIPHER *cipher =
        finder == NULL
            ? NULL
            : SSL_CIPHER_find(finder, equals(peer->job, PSK_HASH, "sha384") ? with_sha384 : with_sha256);
    SSL_free(finder);
    peer->external = SSL_SESSION_new();
    if (peer->external == NULL || cipher == NULL ||
        SSL_SESSION_set1_master_key(peer->external, secret, size) != 1 ||
        SSL_SESSION_set_cipher(peer->external, cipher) != 1 ||
        SSL_SESSION_set_protocol_version(peer->external, TLS1_3_VERSION) != 1) {
        return fail_ssl("psk");
    }
    SSL_CTX_set_psk_use_session_callback(peer->ctx, offer_psk);
    SSL_CTX_set_psk_find_session_callback(peer->ctx, find_psk);
    return true;
}

static void count(int sent, int version, int type, const void *bytes, size_t size, SSL *ssl, void *arg)
{
    (void) version;
    (void) ssl;
    struct peer *peer = arg;
    if (type == SSL3_RT_HANDSHAKE && size > 0) {
        const unsigned char message = *(const unsigned char *) bytes;
        peer->hellos += message == SSL3_MT_CLIENT_HELLO;
        peer->updates += !sent && message == SSL3_MT_KEY_UPDATE;
    }
}

static bool set_all(struct peer *peer)
{
    SSL_CTX_set_app_data(peer->ctx, peer);
    SSL_CTX_set_msg_callback(peer->ctx, count);
    SSL_CTX_set_msg_callback_arg(peer->ctx, peer);
    return set_version(peer) && set_suite(peer) && set_groups(peer) && set_certificates(peer) &&
           set_alpn(peer) && set_resumption(peer) && set_psk(peer);
}

// ---- a conversation ------------------------------------------------------------------------------------------------

static bool write_stream(struct peer *peer, size_t from, size_t to)
{
    while (from < to) {
        size_t written = 0;
        errno = 0;
        if (SSL_write_ex(peer->ssl, peer->job->send.bytes + from, chunk_of(peer->job, to - from), &written) !=
            1) {
            return fail_ssl("write");
        }
        from += written;
    }
    return true;
}

static bool read_stream(struct peer *peer, size_t from, size_t to)
{
    unsigned char buffer[RECORD_MAX];
    while (from < to) {
        const size_t room = to - from < sizeof(buffer) ? to - from : sizeof(buffer);
        size_t size = 0;
        errno = 0;
        if (SSL_read_ex(peer->ssl, buffer, room, &size) != 1) {
            return SSL_get_error(peer->ssl, 0) == SSL_ERROR_ZERO_RETURN
                       ? fail("close_notify at offset %zu", from)
                       : fail_ssl("read");
        }
        if (!compare(peer->job, buffer, from, size)) {
            return false;
        }
        from += size;
    }
    return true;
}

static bool write_half(struct peer *peer, size_t from, size_t to)
{
    if (given(peer->job, KEY_UPDATE) && SSL_key_update(peer->ssl, SSL_KEY_UPDATE_REQUESTED) != 1) {
        return fail_ssl("key update");
    }
    return write_stream(peer, from, to);
}

static bool client_handshake(struct peer *peer, bool resume)
{
    const struct job *job = peer->job;
    if (SSL_set_tlsext_host_name(peer->ssl, text(job, NAME)) != 1 ||
        SSL_set1_host(peer->ssl, text(job, NAME)) != 1) {
        return fail_ssl("name");
    }
    if (resume && (peer->ticket == NULL || SSL_set_session(peer->ssl, peer->ticket) != 1)) {
        return fail("the first connection gave no ticket");
    }
    while (resume && peer->early < number(job, EARLY)) {
        const size_t size = chunk_of(job, number(job, EARLY) - peer->early);
        size_t written = 0;
        if (SSL_write_early_data(peer->ssl, job->send.bytes + peer->early, size, &written) != 1) {
            return fail_ssl("early data");
        }
        peer->early += written;
    }
    if (SSL_connect(peer->ssl) != 1) {
        return fail_handshake(peer->ssl);
    }
    peer->early_accepted = SSL_get_early_data_status(peer->ssl) == SSL_EARLY_DATA_ACCEPTED;
    if (!peer->early_accepted) {
        peer->early = 0; // what was sent is lost
    }
    return true;
}

static bool server_handshake(struct peer *peer, bool resume)
{
    unsigned char buffer[RECORD_MAX];
    int state = resume && given(peer->job, EARLY) ? SSL_READ_EARLY_DATA_SUCCESS : SSL_READ_EARLY_DATA_FINISH;
    while (state != SSL_READ_EARLY_DATA_FINISH) {
        size_t size = 0;
        state = SSL_read_early_data(peer->ssl, buffer, sizeof(buffer), &size);
        if (state == SSL_READ_EARLY_DATA_ERROR) {
            return fail_ssl("early data");
        }
        if (!compare(peer->job, buffer, peer->early, size)) {
            return false;
        }
        peer->early += size;
    }
    peer->early_accepted = SSL_get_early_data_status(peer->ssl) == SSL_EARLY_DATA_ACCEPTED;
    return SSL_accept(peer->ssl) == 1 || fail_handshake(peer->ssl);
}

// The few bytes of a connection that is there to be resumed.
static bool greet(struct peer *peer)
{
    return peer->job->server ? read_stream(peer, 0, FIRST_BYTES) && write_stream(peer, 0, FIRST_BYTES)
                             : write_stream(peer, 0, FIRST_BYTES) && read_stream(peer, 0, FIRST_BYTES);
}

static bool talk(struct peer *peer)
{
    const size_t theirs = peer->job->expect.size, ours = peer->job->send.size;
    if (peer->job->server) {
        return read_stream(peer, peer->early, theirs / 2) && write_half(peer, 0, ours / 2) &&
               read_stream(peer, theirs / 2, theirs) && write_half(peer, ours / 2, ours);
    }
    return write_half(peer, peer->early, ours / 2) && read_stream(peer, 0, theirs / 2) &&
           write_half(peer, ours / 2, ours) && read_stream(peer, theirs / 2, theirs);
}

// Until the other side's close_notify, or the end of its TCP connection, which OpenSSL reports in two ways.
static bool read_end(struct peer *peer)
{
    unsigned char byte;
    size_t size = 0;
    errno = 0;
    if (SSL_read_ex(peer->ssl, &byte, 1, &size) == 1) {
        return fail("data after the end");
    }
    const int error = SSL_get_error(peer->ssl, 0);
    peer->clean = error == SSL_ERROR_ZERO_RETURN;
    if (peer->clean || (error == SSL_ERROR_SYSCALL && errno == 0) ||
        ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return !out_of_time();
    }
    return fail_ssl("end");
}

static bool say_goodbye(struct peer *peer)
{
    if (equals(peer->job, CLOSE, "peer")) {
        return (SSL_shutdown(peer->ssl) >= 0 || fail_ssl("close_notify")) && read_end(peer);
    }
    return read_end(peer) && (!peer->clean || SSL_shutdown(peer->ssl) >= 0 || fail_ssl("close_notify"));
}

// ---- a job ---------------------------------------------------------------------------------------------------------

static void say_facts(const struct peer *peer)
{
    const SSL *ssl = peer->ssl;
    const bool verified = SSL_get0_peer_certificate(ssl) != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
    const unsigned char *alpn = NULL;
    unsigned int alpn_size = 0;
    char protocol[UINT8_MAX + 1] = "";
    SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
    if (alpn_size > 0) {
        memcpy(protocol, alpn, alpn_size);
    }
    printf("done ok=1");
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (versions[i].number == SSL_version(ssl)) {
            say("version", versions[i].name);
        }
    }
    say("suite", SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl)));
    for (size_t i = 0; i < GROUPS; i++) {
        if (groups[i].nid == SSL_get_negotiated_group(peer->ssl)) {
            say("group", groups[i].name);
        }
    }
    say("resumed", SSL_session_reused(ssl) == 1 && !given(peer->job, PSK) ? "1" : "0");
    say("alpn", protocol);
    say("hrr", peer->hellos > 1 ? "1" : "0");
    if (peer->job->server) {
        say("client_cert", verified ? "1" : "0");
    }
    if (given(peer->job, EARLY)) {
        say("early", peer->early_accepted ? "accepted" : "rejected");
    }
    printf(" updates=%d", peer->updates);
    say("closed", peer->clean ? "clean" : "eof");
}

// `first`: the first of two connections. `resume`: the second.
static bool run_connection(struct peer *peer, bool first, bool resume)
{
    peer->hellos = peer->updates = 0;
    peer->early = 0;
    peer->ssl = SSL_new(peer->ctx);
    const bool ok = (peer->ssl != NULL || fail_ssl("SSL_new")) && open_connection(peer->job) &&
                    (SSL_set_fd(peer->ssl, connection_fd()) == 1 || fail_ssl("SSL_set_fd")) &&
                    (peer->job->server ? server_handshake(peer, resume) : client_handshake(peer, resume)) &&
                    (first ? greet(peer) : talk(peer)) && say_goodbye(peer);
    if (ok && !first) {
        say_facts(peer);
    }
    SSL_free(peer->ssl);
    close_connection();
    return ok;
}

static bool run_job(const struct job *job)
{
    struct peer peer = { .job = job,
                         .ctx = SSL_CTX_new(job->server ? TLS_server_method() : TLS_client_method()) };
    const bool twice = given(job, RESUME);
    ERR_clear_error();
    const bool ok = (peer.ctx != NULL || fail_ssl("SSL_CTX_new")) && set_all(&peer) &&
                    (!job->server || open_listener()) && (!twice || run_connection(&peer, true, false)) &&
                    run_connection(&peer, false, twice);
    SSL_CTX_free(peer.ctx);
    SSL_SESSION_free(peer.external);
    SSL_SESSION_free(peer.ticket);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
        return 0;
    }
    return serve_jobs(run_job);
}
