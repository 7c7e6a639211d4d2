// SPDX-License-Identifier: Apache-2.0
// A TLS server on NSS, driven as ../PROTOCOL.md says (../openssl/job.c). The CA, and the certificate with its key, are
// in the database that is named on the command line (__init__.py makes it): NSS has one for each process.

#include "../openssl/job.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cert.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <prerror.h>
#include <private/pprio.h>
#include <ssl.h>
#include <sslexp.h>
#include <sslproto.h>

#define NICKNAME "own"

enum {
    PSK_MAX = 64,
    GROUPS = 4,
    FIRST_TRAFFIC_EPOCH = 3, // of a TLS 1.3 connection; each KeyUpdate begins the next one
};

// The connection that is open.
struct server {
    const struct job *job;
    PRFileDesc *fd;
    size_t early; // bytes of the client's stream that have come as early data
    int updates;  // KeyUpdate messages received
    bool retried; // there was a HelloRetryRequest
    bool clean;   // a close_notify came
};

static const struct {
    const char *name;
    SSLNamedGroup group;
} groups[GROUPS] = {
    { "x25519", ssl_grp_ec_curve25519 },
    { "secp256r1", ssl_grp_ec_secp256r1 },
    { "secp384r1", ssl_grp_ec_secp384r1 },
    { "secp521r1", ssl_grp_ec_secp521r1 },
};

static const SSLSignatureScheme schemes[] = {
    ssl_sig_ecdsa_secp256r1_sha256, ssl_sig_ecdsa_secp384r1_sha384, ssl_sig_ecdsa_secp521r1_sha512,
    ssl_sig_rsa_pss_rsae_sha256,    ssl_sig_rsa_pss_rsae_sha384,    ssl_sig_rsa_pss_rsae_sha512,
    ssl_sig_rsa_pss_pss_sha256,     ssl_sig_rsa_pss_pss_sha384,     ssl_sig_rsa_pss_pss_sha512,
    ssl_sig_rsa_pkcs1_sha256,       ssl_sig_rsa_pkcs1_sha384,       ssl_sig_rsa_pkcs1_sha512,
};

static SSLAntiReplayContext *replays;

static bool fail_nss(const char *what)
{
    const PRErrorCode code = PR_GetError();
    const char *name = PR_ErrorToName(code);
    return fail("%s: %s: %s", what, name != NULL ? name : "unknown error",
                PR_ErrorToString(code, PR_LANGUAGE_I_DEFAULT));
}

static bool done(SECStatus status, const char *what)
{
    return status == SECSuccess || fail_nss(what);
}

// ---- settings ------------------------------------------------------------------------------------------------------

static bool set_version(struct server *server)
{
    const PRUint16 version =
        equals(server->job, VERSION, "1.3") ? SSL_LIBRARY_VERSION_TLS_1_3 : SSL_LIBRARY_VERSION_TLS_1_2;
    const SSLVersionRange range = { version, version };
    return done(SSL_VersionRangeSet(server->fd, &range), "version");
}

static bool set_suite(struct server *server)
{
    const char *wanted = text(server->job, SUITE);
    bool found = false;
    for (PRUint16 i = 0; i < SSL_NumImplementedCiphers; i++) {
        const PRUint16 suite = SSL_ImplementedCiphers[i];
        SSLCipherSuiteInfo info;
        if (!done(SSL_GetCipherSuiteInfo(suite, &info, sizeof(info)), "suite")) {
            return false;
        }
        const bool on = strcmp(info.cipherSuiteName, wanted) == 0;
        if (!done(SSL_CipherPrefSet(server->fd, suite, on), info.cipherSuiteName)) {
            return false;
        }
        found = found || on;
    }
    return found || fail("NSS has no %s", wanted);
}

// In TLS 1.2 the groups are also the curves a certificate may be on, so all of them stand behind the chosen one, which
// NSS takes if the client offers it: the order is its own.
static bool set_groups(struct server *server)
{
    SSLNamedGroup list[GROUPS] = { ssl_grp_none };
    unsigned int size = 1;
    for (size_t i = 0; i < GROUPS; i++) {
        if (equals(server->job, GROUP, groups[i].name)) {
            list[0] = groups[i].group;
        } else if (equals(server->job, VERSION, "1.2") && size < GROUPS) {
            list[size++] = groups[i].group;
        }
    }
    return !given(server->job, GROUP) || done(SSL_NamedGroupConfig(server->fd, list, size), "group");
}

static bool set_schemes(struct server *server)
{
    const unsigned int count = sizeof(schemes) / sizeof(schemes[0]);
    return done(SSL_SignatureSchemePrefSet(server->fd, schemes, count), "schemes");
}

// Also with a PSK, where it is any certificate: NSS does not begin a handshake without one.
static bool set_certificate(struct server *server)
{
    CERTCertificate *cert = PK11_FindCertFromNickname(NICKNAME, NULL);
    SECKEYPrivateKey *key = cert != NULL ? PK11_FindKeyByAnyCert(cert, NULL) : NULL;
    const bool ok = (key != NULL && SSL_ConfigServerCert(server->fd, cert, key, NULL, 0) == SECSuccess) ||
                    fail_nss("certificate");
    SECKEY_DestroyPrivateKey(key);
    CERT_DestroyCertificate(cert);
    return ok;
}

// NSS verifies the client's certificate against the database by itself (SSL_AuthCertificate).
static bool set_client_auth(struct server *server)
{
    return !given(server->job, AUTH) ||
           (done(SSL_OptionSet(server->fd, SSL_REQUEST_CERTIFICATE, PR_TRUE), "auth") &&
            done(SSL_OptionSet(server->fd, SSL_REQUIRE_CERTIFICATE, SSL_REQUIRE_ALWAYS), "auth"));
}

// Whether the client's list, in which each name stands after its length, has this name.
static bool offers(const unsigned char *list, unsigned int list_size, const char *name, size_t size)
{
    for (unsigned int i = 0; i < list_size; i += 1U + list[i]) {
        if (list[i] == size && size < list_size - i && memcmp(list + i + 1, name, size) == 0) {
            return true;
        }
    }
    return false;
}

// Of its own accord (SSL_SetNextProtoNego) NSS would go by the client's order. Nothing chosen is its alert.
static SECStatus select_protocol(void *arg, PRFileDesc *fd, const unsigned char *list, unsigned int list_size,
                                 unsigned char *out, unsigned int *out_size, unsigned int room)
{
    (void) fd;
    const struct server *server = arg;
    *out_size = 0;
    for (const char *name = text(server->job, ALPN); *name != '\0' && *out_size == 0;) {
        const size_t size = strcspn(name, ",");
        if (size <= room && offers(list, list_size, name, size)) {
            memcpy(out, name, size);
            *out_size = (unsigned int) size;
        }
        name += size + (name[size] == ',');
    }
    return SECSuccess;
}

static bool set_alpn(struct server *server)
{
    return !given(server->job, ALPN) ||
           done(SSL_SetNextProtoCallback(server->fd, select_protocol, server), "alpn");
}

// In TLS 1.3 the ticket follows the handshake by itself.
static bool set_resumption(struct server *server)
{
    if (given(server->job, RESUME) &&
        !done(SSL_OptionSet(server->fd, SSL_ENABLE_SESSION_TICKETS, PR_TRUE), "tickets")) {
        return false;
    }
    if (!given(server->job, EARLY)) {
        return true;
    }
    const PRUint32 early = (PRUint32) number(server->job, EARLY);
    return done(SSL_OptionSet(server->fd, SSL_ENABLE_0RTT_DATA, PR_TRUE), "early data") &&
           done(SSL_SetMaxEarlyDataSize(server->fd, early), "early data") &&
           done(SSL_SetAntiReplayContext(server->fd, replays), "anti-replay");
}

static bool set_psk(struct server *server)
{
    const struct job *job = server->job;
    const char *hex = text(job, PSK);
    unsigned char secret[PSK_MAX];
    unsigned int size = 0;
    for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        if (size == sizeof(secret) || sscanf(hex, "%2hhx", &secret[size++]) != 1) {
            return fail("psk: not hex, or too long");
        }
    }
    if (size == 0) {
        return true;
    }
    SECItem item = { siBuffer, secret, size };
    PK11SlotInfo *slot = PK11_GetInternalSlot();
    PK11SymKey *key = PK11_ImportSymKey(slot, CKM_HKDF_KEY_GEN, PK11_OriginUnwrap, CKA_DERIVE, &item, NULL);
    const SSLHashType hash = equals(job, PSK_HASH, "sha384") ? ssl_hash_sha384 : ssl_hash_sha256;
    const unsigned char *identity = (const unsigned char *) text(job, IDENTITY);
    const unsigned int identity_size = (unsigned int) strlen(text(job, IDENTITY));
    const bool ok = (key != NULL || fail_nss("psk")) &&
                    done(SSL_AddExternalPsk(server->fd, key, identity, identity_size, hash), "psk");
    if (key != NULL) {
        PK11_FreeSymKey(key);
    }
    PK11_FreeSlot(slot);
    return ok;
}

// ---- what NSS tells on the way --------------------------------------------------------------------------------------

static void on_alert(const PRFileDesc *fd, void *arg, const SSLAlert *alert)
{
    (void) fd;
    struct server *server = arg;
    server->clean = server->clean || alert->description == 0; // close_notify
}

static void on_secret(PRFileDesc *fd, PRUint16 epoch, SSLSecretDirection direction, PK11SymKey *secret,
                      void *arg)
{
    (void) fd;
    (void) secret;
    struct server *server = arg;
    server->updates += direction == ssl_secret_read && epoch > FIRST_TRAFFIC_EPOCH;
}

// Called for each ClientHello; whether another is needed for the group's sake is NSS's business.
static SSLHelloRetryRequestAction on_hello(PRBool first, const PRUint8 *token, unsigned int token_size,
                                           PRUint8 *retry, unsigned int *retry_size, unsigned int room,
                                           void *arg)
{
    (void) token, (void) token_size, (void) retry, (void) retry_size, (void) room;
    struct server *server = arg;
    server->retried = server->retried || !first;
    return ssl_hello_retry_accept;
}

static bool set_callbacks(struct server *server)
{
    return done(SSL_AlertReceivedCallback(server->fd, on_alert, server), "alerts") &&
           done(SSL_SecretCallback(server->fd, on_secret, server), "secrets") &&
           done(SSL_HelloRetryRequestCallback(server->fd, on_hello, server), "hellos");
}

static bool set_all(struct server *server)
{
    return set_version(server) && set_suite(server) && set_groups(server) && set_schemes(server) &&
           set_certificate(server) && set_client_auth(server) && set_alpn(server) && set_resumption(server) &&
           set_psk(server) && set_callbacks(server);
}

// ---- a conversation ------------------------------------------------------------------------------------------------

static bool write_stream(struct server *server, size_t from, size_t to)
{
    while (from < to) {
        const size_t size = chunk_of(server->job, to - from);
        const PRInt32 written = PR_Write(server->fd, server->job->send.bytes + from, (PRInt32) size);
        if (written <= 0) {
            return fail_nss("write");
        }
        from += (size_t) written;
    }
    return true;
}

// The end of the TCP connection and a close_notify look the same here; on_alert knows.
static bool read_stream(struct server *server, size_t from, size_t to)
{
    unsigned char buffer[RECORD_MAX];
    while (from < to) {
        const size_t room = to - from < sizeof(buffer) ? to - from : sizeof(buffer);
        const PRInt32 size = PR_Read(server->fd, buffer, (PRInt32) room);
        if (size < 0) {
            return fail_nss("read");
        }
        if (size == 0) {
            return fail("%s at offset %zu", server->clean ? "close_notify" : "the connection ends", from);
        }
        if (!compare(server->job, buffer, from, (size_t) size)) {
            return false;
        }
        from += (size_t) size;
    }
    return true;
}

static bool write_half(struct server *server, size_t from, size_t to)
{
    return (!given(server->job, KEY_UPDATE) || done(SSL_KeyUpdate(server->fd, PR_TRUE), "key update")) &&
           write_stream(server, from, to);
}

// The handshake stops wherever there is early data to be read, although the socket blocks.
static bool handshake(struct server *server)
{
    unsigned char buffer[RECORD_MAX];
    while (SSL_ForceHandshake(server->fd) != SECSuccess) {
        if (PR_GetError() != PR_WOULD_BLOCK_ERROR) {
            return fail_nss("handshake");
        }
        const PRInt32 size = PR_Read(server->fd, buffer, sizeof(buffer));
        if (size == 0) {
            return fail("the connection ends in the handshake");
        }
        if (size < 0 && PR_GetError() != PR_WOULD_BLOCK_ERROR) {
            return fail_nss("early data");
        }
        if (size > 0 && !compare(server->job, buffer, server->early, (size_t) size)) {
            return false;
        }
        server->early += size > 0 ? (size_t) size : 0;
    }
    return true;
}

static bool talk(struct server *server)
{
    const size_t theirs = server->job->expect.size, ours = server->job->send.size;
    return read_stream(server, server->early, theirs / 2) && write_half(server, 0, ours / 2) &&
           read_stream(server, theirs / 2, theirs) && write_half(server, ours / 2, ours);
}

static bool send_end(struct server *server)
{
    return PR_Shutdown(server->fd, PR_SHUTDOWN_SEND) == PR_SUCCESS || fail_nss("close_notify");
}

static bool read_end(struct server *server)
{
    unsigned char byte;
    const PRInt32 size = PR_Read(server->fd, &byte, 1);
    if (size > 0) {
        return fail("data after the end");
    }
    return size == 0 ? !out_of_time() : fail_nss("end");
}

static bool say_goodbye(struct server *server)
{
    return equals(server->job, CLOSE, "peer") ? send_end(server) && read_end(server)
                                              : read_end(server) && (!server->clean || send_end(server));
}

static bool say_facts(const struct server *server)
{
    SSLChannelInfo info;
    SSLCipherSuiteInfo suite;
    SSLNextProtoState state;
    unsigned char alpn[UINT8_MAX + 1] = "";
    unsigned int alpn_size = 0;
    if (SSL_GetChannelInfo(server->fd, &info, sizeof(info)) != SECSuccess ||
        SSL_GetCipherSuiteInfo(info.cipherSuite, &suite, sizeof(suite)) != SECSuccess ||
        SSL_GetNextProto(server->fd, &state, alpn, &alpn_size, UINT8_MAX) != SECSuccess) {
        return fail_nss("facts");
    }
    printf("done ok=1");
    say("version", info.protocolVersion == SSL_LIBRARY_VERSION_TLS_1_3 ? "1.3" : "1.2");
    say("suite", suite.cipherSuiteName);
    for (size_t i = 0; i < GROUPS; i++) {
        if (groups[i].group == info.keaGroup) {
            say("group", groups[i].name);
        }
    }
    say("resumed", info.resumed && info.pskType != ssl_psk_external ? "1" : "0");
    say("alpn", (const char *) alpn);
    say("hrr", server->retried ? "1" : "0");
    CERTCertificate *client = SSL_PeerCertificate(server->fd);
    say("client_cert", client != NULL ? "1" : "0");
    CERT_DestroyCertificate(client);
    if (given(server->job, EARLY)) {
        say("early", info.earlyDataAccepted ? "accepted" : "rejected");
    }
    printf(" updates=%d", server->updates);
    say("closed", server->clean ? "clean" : "eof");
    return true;
}

// NSPR closes what it is given, and job.c what it has opened: each has a descriptor of its own for the same socket.
static bool import(struct server *server)
{
    PRFileDesc *tcp = PR_ImportTCPSocket(dup(connection_fd()));
    server->fd = tcp != NULL ? SSL_ImportFD(NULL, tcp) : NULL;
    if (server->fd == NULL && tcp != NULL) {
        (void) PR_Close(tcp);
    }
    return server->fd != NULL || fail_nss("socket");
}

// `first`: the first of two connections, of which only the ticket matters.
static bool run_connection(const struct job *job, bool first)
{
    struct server server = { .job = job };
    const bool ok = open_connection(job) && import(&server) && set_all(&server) &&
                    done(SSL_ResetHandshake(server.fd, PR_TRUE), "start") && handshake(&server) &&
                    (first ? read_stream(&server, 0, FIRST_BYTES) && write_stream(&server, 0, FIRST_BYTES)
                           : talk(&server)) &&
                    say_goodbye(&server) && (first || say_facts(&server));
    if (server.fd != NULL) {
        (void) PR_Close(server.fd);
    }
    close_connection();
    return ok;
}

static bool run_job(const struct job *job)
{
    return (job->server || fail("the client is tstclnt")) && open_listener() &&
           (!given(job, RESUME) || run_connection(job, true)) && run_connection(job, false);
}

// The filters against replays refuse all early data during their first window, so they are born old.
static bool set_up(const char *database)
{
    const PRTime window = 10 * PR_USEC_PER_SEC;
    return done(NSS_Init(database), database) && done(NSS_SetDomesticPolicy(), "policy") &&
           done(SSL_ConfigServerSessionIDCache(0, 0, 0, NULL), "session cache") &&
           done(SSL_CreateAntiReplayContext(PR_Now() - 2 * window, window, 7, 14, &replays), "anti-replay");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: server sql:DATABASE | --version\n");
        return 2;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("%s\n", NSS_GetVersion());
        return 0;
    }
    if (!set_up(argv[1])) {
        fprintf(stderr, "%s\n", PR_ErrorToString(PR_GetError(), PR_LANGUAGE_I_DEFAULT));
        return 1;
    }
    return serve_jobs(run_job);
}
