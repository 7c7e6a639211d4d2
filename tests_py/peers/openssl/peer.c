// SPDX-License-Identifier: Apache-2.0
// A TLS peer on OpenSSL's libssl, driven as ../PROTOCOL.md says: one line is one job, both roles.
//
// One job at a time, blocking sockets. A job ends in twenty seconds because SIGALRM shuts its sockets down, so that every
// blocking call returns. The first thing that goes wrong is the reason that is told; what follows from it is not.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECONDS = 20, FIRST_BYTES = 16, RECORD_MAX = 16384, PSK_MAX = 64, PROTOCOLS_MAX = 512 };

// ---- what went wrong -----------------------------------------------------------------------------------------------

static char reason[1024];
static volatile sig_atomic_t timed_out;

__attribute__((format(printf, 1, 2))) static bool fail(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (reason[0] == '\0') {
        (void) vsnprintf(reason, sizeof(reason), format, values);
    }
    va_end(values);
    return false;
}

// The errors OpenSSL has queued, and errno where it has none, as the reason why `what` failed.
static bool fail_ssl(const char *what)
{
    char text[600] = "";
    const int os_error = errno;
    const char *data = NULL;
    int flags = 0;
    for (unsigned long code; (code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0;) {
        const char *told = ERR_reason_error_string(code);
        const size_t used = strlen(text);
        (void) snprintf(text + used, sizeof(text) - used, "%s%s%s%s", used > 0 ? "; " : "",
                        told != NULL ? told : "unknown error", (flags & ERR_TXT_STRING) != 0 ? " " : "",
                        (flags & ERR_TXT_STRING) != 0 ? data : "");
    }
    if (text[0] != '\0') {
        return fail("%s: %s", what, text);
    }
    return fail("%s: %s", what, os_error != 0 ? strerror(os_error) : "the connection has ended");
}

// ---- a job ---------------------------------------------------------------------------------------------------------

enum key {
    ROLE,
    VERSION,
    SUITE,
    GROUP,
    BAIT,
    PORT,
    CERT,
    KEY,
    CA,
    NAME,
    AUTH,
    ALPN,
    RESUME,
    EARLY,
    PSK,
    IDENTITY,
    PSK_HASH,
    KEY_UPDATE,
    CHUNK,
    CLOSE,
    SEND,
    EXPECT,
    KEYS
};

static const char *const key_names[KEYS] = {
    "role", "version", "suite", "group", "bait",     "port",     "cert",       "key",   "ca",    "name", "auth",
    "alpn", "resume",  "early", "psk",   "identity", "psk_hash", "key_update", "chunk", "close", "send", "expect",
};

struct stream {
    unsigned char *bytes;
    size_t size;
};

struct job {
    const char *values[KEYS]; // "" if not given; they point into the line
    bool server;
    struct stream send, expect;
    unsigned char protocols[PROTOCOLS_MAX]; // ALPN, as on the wire
    size_t protocols_size;
    SSL_SESSION *external; // the external PSK
    SSL_SESSION *ticket;   // client: what the first connection's server gave last
};

// What is known of a connection.
struct facts {
    int hellos; // ClientHello messages sent or received: two if there was a HelloRetryRequest
    bool clean;
    bool early_accepted;
};

static const char *text(const struct job *job, enum key key)
{
    return job->values[key];
}

static bool given(const struct job *job, enum key key)
{
    return text(job, key)[0] != '\0';
}

static size_t number(const struct job *job, enum key key)
{
    return strtoul(text(job, key), NULL, 10);
}

static bool equals(const struct job *job, enum key key, const char *value)
{
    return strcmp(text(job, key), value) == 0;
}

// %XX back into bytes, in place.
static void unquote(char *word)
{
    char *out = word;
    for (const char *in = word; *in != '\0'; in++) {
        if (in[0] == '%' && in[1] != '\0' && in[2] != '\0') {
            const char digits[3] = { in[1], in[2], '\0' };
            *out++ = (char) strtoul(digits, NULL, 16);
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
}

static void parse(char *line, struct job *job)
{
    for (int key = 0; key < KEYS; key++) {
        job->values[key] = "";
    }
    char *rest = NULL;
    for (char *word = strtok_r(line, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest)) {
        char *value = strchr(word, '=');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        unquote(value);
        for (int key = 0; key < KEYS; key++) {
            if (strcmp(word, key_names[key]) == 0) {
                job->values[key] = value;
            }
        }
    }
    job->server = equals(job, ROLE, "server");
}

static bool load(const char *path, struct stream *stream)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fail("%s: %s", path, strerror(errno));
    }
    bool ok = fseek(file, 0, SEEK_END) == 0;
    const long size = ftell(file);
    ok = ok && size > 0 && fseek(file, 0, SEEK_SET) == 0;
    if (ok) {
        stream->size = (size_t) size;
        stream->bytes = malloc(stream->size);
        ok = stream->bytes != NULL && fread(stream->bytes, 1, stream->size, file) == stream->size;
    }
    (void) fclose(file);
    return ok || fail("%s cannot be read", path);
}

// "h2,http/1.1" as ALPN has it: each name after its length.
static bool list_protocols(struct job *job)
{
    char names[PROTOCOLS_MAX];
    (void) snprintf(names, sizeof(names), "%s", text(job, ALPN));
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        const size_t size = strlen(name);
        if (size > UINT8_MAX || job->protocols_size + 1 + size > sizeof(job->protocols)) {
            return fail("alpn is too long");
        }
        job->protocols[job->protocols_size++] = (unsigned char) size;
        memcpy(job->protocols + job->protocols_size, name, size);
        job->protocols_size += size;
    }
    return true;
}

// ---- settings ------------------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    const char *openssl;
    int nid;
} groups[] = {
    { "x25519", "X25519", NID_X25519 },
    { "secp256r1", "P-256", NID_X9_62_prime256v1 },
    { "secp384r1", "P-384", NID_secp384r1 },
    { "secp521r1", "P-521", NID_secp521r1 },
};

static const char *group_for_openssl(const char *name)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return groups[i].openssl;
        }
    }
    return name;
}

static bool set_version(const struct job *job, SSL_CTX *ctx)
{
    const int version = equals(job, VERSION, "1.2") ? TLS1_2_VERSION : TLS1_3_VERSION;
    return (SSL_CTX_set_min_proto_version(ctx, version) == 1 && SSL_CTX_set_max_proto_version(ctx, version) == 1)
           || fail_ssl("version");
}

static bool set_suite(const struct job *job, SSL_CTX *ctx)
{
    SSL_CTX_set_security_level(ctx, 0); // for CBC with SHA-1, and signatures with SHA-1
    if (!given(job, SUITE)) {
        return true;
    }
    const int ok = equals(job, VERSION, "1.2") ? SSL_CTX_set_cipher_list(ctx, OPENSSL_cipher_name(text(job, SUITE)))
                                               : SSL_CTX_set_ciphersuites(ctx, text(job, SUITE));
    return ok == 1 || fail_ssl(text(job, SUITE));
}

// A client sends a key share for the first group of its list only.
static bool set_groups(const struct job *job, SSL_CTX *ctx)
{
    char list[64];
    const bool bait = given(job, BAIT);
    (void) snprintf(list, sizeof(list), "%s%s%s", bait ? group_for_openssl(text(job, BAIT)) : "", bait ? ":" : "",
                    group_for_openssl(text(job, GROUP)));
    return !given(job, GROUP) || SSL_CTX_set1_groups_list(ctx, list) == 1 || fail_ssl("group");
}

static bool set_certificates(const struct job *job, SSL_CTX *ctx)
{
    if (given(job, CERT)
        && (SSL_CTX_use_certificate_chain_file(ctx, text(job, CERT)) != 1
            || SSL_CTX_use_PrivateKey_file(ctx, text(job, KEY), SSL_FILETYPE_PEM) != 1)) {
        return fail_ssl("certificate");
    }
    if (given(job, CA) && SSL_CTX_load_verify_file(ctx, text(job, CA)) != 1) {
        return fail_ssl("ca");
    }
    if (!job->server) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    } else if (given(job, AUTH)) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(text(job, CA)));
    }
    return true;
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size, const unsigned char *in,
                           unsigned int in_size, void *arg)
{
    (void) ssl;
    const struct job *job = arg;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_size, job->protocols, (unsigned int) job->protocols_size, in, in_size)
        != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool set_alpn(struct job *job, SSL_CTX *ctx)
{
    if (!given(job, ALPN)) {
        return true;
    }
    if (!list_protocols(job)) {
        return false;
    }
    if (job->server) {
        SSL_CTX_set_alpn_select_cb(ctx, select_protocol, job);
        return true;
    }
    return SSL_CTX_set_alpn_protos(ctx, job->protocols, (unsigned int) job->protocols_size) == 0 || fail_ssl("alpn");
}

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
    struct job *job = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(job->ticket);
    job->ticket = session;
    return 1;
}

// Tickets, never a cache. OpenSSL's protection against replays would make early data depend on its cache, so it is off.
static bool set_resumption(const struct job *job, SSL_CTX *ctx)
{
    static const unsigned char context[] = "peer";
    const uint32_t early = (uint32_t) number(job, EARLY);
    SSL_CTX_set_session_cache_mode(ctx, job->server ? SSL_SESS_CACHE_OFF
                                                    : SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, job->server ? NULL : keep_ticket);
    SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY);
    // Without a context of its own a server resumes no session of a verified client; a client's would bind the PSK's.
    return ((!job->server || SSL_CTX_set_session_id_context(ctx, context, sizeof(context)) == 1)
            && SSL_CTX_set_max_early_data(ctx, early) == 1 && SSL_CTX_set_recv_max_early_data(ctx, early) == 1)
           || fail_ssl("resumption");
}

static int offer_psk(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *id_size, SSL_SESSION **session)
{
    const struct job *job = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const SSL_CIPHER *cipher = SSL_SESSION_get0_cipher(job->external);
    if (md != NULL && SSL_CIPHER_get_handshake_digest(cipher) != md) {
        *session = NULL; // after a HelloRetryRequest that chose a suite with the other hash
        return 1;
    }
    *id = (const unsigned char *) text(job, IDENTITY);
    *id_size = strlen(text(job, IDENTITY));
    *session = job->external;
    return SSL_SESSION_up_ref(job->external);
}

static int find_psk(SSL *ssl, const unsigned char *identity, size_t identity_size, SSL_SESSION **session)
{
    const struct job *job = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    *session = NULL;
    if (identity_size != strlen(text(job, IDENTITY)) || memcmp(identity, text(job, IDENTITY), identity_size) != 0) {
        return 1; // somebody else's: a ticket of this server comes through here too
    }
    *session = job->external;
    return SSL_SESSION_up_ref(job->external);
}

// OpenSSL takes an external PSK as a session of a suite; only the suite's hash matters.
static bool set_psk(struct job *job, SSL_CTX *ctx)
{
    if (!given(job, PSK)) {
        return true;
    }
    static const unsigned char with_sha256[2] = { 0x13, 0x01 };
    static const unsigned char with_sha384[2] = { 0x13, 0x02 };
    unsigned char secret[PSK_MAX];
    size_t size = 0;
    if (OPENSSL_hexstr2buf_ex(secret, sizeof(secret), &size, text(job, PSK), '\0') != 1) {
        return fail_ssl("psk");
    }
    SSL *ssl = SSL_new(ctx);
    job->external = SSL_SESSION_new();
    const SSL_CIPHER *cipher =
            ssl == NULL ? NULL : SSL_CIPHER_find(ssl, equals(job, PSK_HASH, "sha384") ? with_sha384 : with_sha256);
    SSL_free(ssl);
    if (job->external == NULL || cipher == NULL || SSL_SESSION_set1_master_key(job->external, secret, size) != 1
        || SSL_SESSION_set_cipher(job->external, cipher) != 1
        || SSL_SESSION_set_protocol_version(job->external, TLS1_3_VERSION) != 1) {
        return fail_ssl("psk");
    }
    SSL_CTX_set_psk_use_session_callback(ctx, offer_psk);
    SSL_CTX_set_psk_find_session_callback(ctx, find_psk);
    return true;
}

static void count_hellos(int sent, int version, int type, const void *bytes, size_t size, SSL *ssl, void *arg)
{
    (void) sent;
    (void) version;
    (void) ssl;
    struct facts *facts = arg;
    if (type == SSL3_RT_HANDSHAKE && size > 0 && *(const unsigned char *) bytes == SSL3_MT_CLIENT_HELLO) {
        facts->hellos++;
    }
}

static SSL_CTX *make_context(struct job *job)
{
    SSL_CTX *ctx = SSL_CTX_new(job->server ? TLS_server_method() : TLS_client_method());
    if (ctx == NULL) {
        (void) fail_ssl("SSL_CTX_new");
        return NULL;
    }
    SSL_CTX_set_app_data(ctx, job);
    SSL_CTX_set_msg_callback(ctx, count_hellos);
    if (!set_version(job, ctx) || !set_suite(job, ctx) || !set_groups(job, ctx) || !set_certificates(job, ctx)
        || !set_alpn(job, ctx) || !set_resumption(job, ctx) || !set_psk(job, ctx)) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

// ---- sockets -------------------------------------------------------------------------------------------------------

static volatile sig_atomic_t listener = -1;
static volatile sig_atomic_t connection = -1;

static void on_alarm(int signal)
{
    (void) signal;
    timed_out = 1;
    (void) shutdown(connection, SHUT_RDWR);
    (void) shutdown(listener, SHUT_RDWR);
}

static void drop(volatile sig_atomic_t *fd)
{
    const int old = *fd;
    *fd = -1;
    if (old >= 0) {
        (void) close(old);
    }
}

static bool open_listener(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) &address, size) != 0 || listen(listener, 4) != 0
        || getsockname(listener, (struct sockaddr *) &address, &size) != 0) {
        return fail("listen: %s", strerror(errno));
    }
    printf("listening port=%d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
}

static bool open_connection(const struct job *job)
{
    const int on = 1;
    if (job->server) {
        connection = accept(listener, NULL, NULL);
    } else {
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) number(job, PORT)) };
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection >= 0 && connect(connection, (struct sockaddr *) &address, sizeof(address)) != 0) {
            return fail("connect: %s", strerror(errno));
        }
    }
    return (connection >= 0 && setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0)
           || fail("%s: %s", job->server ? "accept" : "socket", strerror(errno));
}

// ---- a conversation ------------------------------------------------------------------------------------------------

static bool write_stream(const struct job *job, SSL *ssl, size_t from, size_t to)
{
    const size_t chunk = given(job, CHUNK) ? number(job, CHUNK) : RECORD_MAX;
    while (from < to) {
        size_t written = 0;
        errno = 0;
        if (SSL_write_ex(ssl, job->send.bytes + from, to - from < chunk ? to - from : chunk, &written) != 1) {
            return fail_ssl("write");
        }
        from += written;
    }
    return true;
}

static bool compare(const struct job *job, const unsigned char *bytes, size_t from, size_t size)
{
    if (size > job->expect.size - from) {
        return fail("more than %zu bytes came", job->expect.size);
    }
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != job->expect.bytes[from + i]) {
            return fail("wrong byte at offset %zu", from + i);
        }
    }
    return true;
}

static bool read_stream(const struct job *job, SSL *ssl, size_t from, size_t to)
{
    unsigned char buffer[RECORD_MAX];
    while (from < to) {
        size_t size = 0;
        errno = 0;
        if (SSL_read_ex(ssl, buffer, to - from < sizeof(buffer) ? to - from : sizeof(buffer), &size) != 1) {
            return SSL_get_error(ssl, 0) == SSL_ERROR_ZERO_RETURN ? fail("close_notify at offset %zu", from)
                                                                  : fail_ssl("read");
        }
        if (!compare(job, buffer, from, size)) {
            return false;
        }
        from += size;
    }
    return true;
}

static bool write_half(const struct job *job, SSL *ssl, size_t from, size_t to)
{
    if (given(job, KEY_UPDATE) && SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) != 1) {
        return fail_ssl("key update");
    }
    return write_stream(job, ssl, from, to);
}

// Until the other side's close_notify, or the end of its TCP connection, which OpenSSL reports in two ways.
static bool read_end(SSL *ssl, struct facts *facts)
{
    unsigned char byte;
    size_t size = 0;
    errno = 0;
    if (SSL_read_ex(ssl, &byte, 1, &size) == 1) {
        return fail("data after the end");
    }
    const int error = SSL_get_error(ssl, 0);
    facts->clean = error == SSL_ERROR_ZERO_RETURN;
    if (facts->clean || (error == SSL_ERROR_SYSCALL && errno == 0)
        || ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return timed_out == 0;
    }
    return fail_ssl("end");
}

static bool close_both(const struct job *job, SSL *ssl, struct facts *facts)
{
    if (equals(job, CLOSE, "peer")) {
        return (SSL_shutdown(ssl) >= 0 || fail_ssl("close_notify")) && read_end(ssl, facts);
    }
    return read_end(ssl, facts) && (SSL_shutdown(ssl) >= 0 || !facts->clean || fail_ssl("close_notify"));
}

static bool client_handshake(const struct job *job, SSL *ssl, bool resume, struct facts *facts, size_t *early)
{
    if (SSL_set_tlsext_host_name(ssl, text(job, NAME)) != 1 || SSL_set1_host(ssl, text(job, NAME)) != 1) {
        return fail_ssl("name");
    }
    if (resume && (job->ticket == NULL || SSL_set_session(ssl, job->ticket) != 1)) {
        return fail("the first connection gave no ticket");
    }
    const size_t chunk = given(job, CHUNK) ? number(job, CHUNK) : RECORD_MAX;
    while (resume && *early < number(job, EARLY)) {
        const size_t left = number(job, EARLY) - *early;
        size_t written = 0;
        if (SSL_write_early_data(ssl, job->send.bytes + *early, left < chunk ? left : chunk, &written) != 1) {
            return fail_ssl("early data");
        }
        *early += written;
    }
    if (SSL_connect(ssl) != 1) {
        return fail_ssl("handshake");
    }
    facts->early_accepted = SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED;
    if (!facts->early_accepted) {
        *early = 0; // what was sent is lost
    }
    return true;
}

static bool server_handshake(const struct job *job, SSL *ssl, bool resume, struct facts *facts, size_t *early)
{
    unsigned char buffer[RECORD_MAX];
    for (int state = SSL_READ_EARLY_DATA_SUCCESS; resume && given(job, EARLY) && state != SSL_READ_EARLY_DATA_FINISH;) {
        size_t size = 0;
        state = SSL_read_early_data(ssl, buffer, sizeof(buffer), &size);
        if (state == SSL_READ_EARLY_DATA_ERROR) {
            return fail_ssl("early data");
        }
        if (!compare(job, buffer, *early, size)) {
            return false;
        }
        *early += size;
    }
    facts->early_accepted = SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED;
    return SSL_accept(ssl) == 1 || fail_ssl("handshake");
}

// The two halves, or the few bytes of a connection that is there to be resumed; `early` bytes have gone ahead.
static bool talk(const struct job *job, SSL *ssl, bool preparing, size_t early)
{
    if (preparing) {
        return job->server ? read_stream(job, ssl, 0, FIRST_BYTES) && write_stream(job, ssl, 0, FIRST_BYTES)
                           : write_stream(job, ssl, 0, FIRST_BYTES) && read_stream(job, ssl, 0, FIRST_BYTES);
    }
    const size_t theirs = job->expect.size, ours = job->send.size;
    if (job->server) {
        return read_stream(job, ssl, early, theirs / 2) && write_half(job, ssl, 0, ours / 2)
               && read_stream(job, ssl, theirs / 2, theirs) && write_half(job, ssl, ours / 2, ours);
    }
    return write_half(job, ssl, early, ours / 2) && read_stream(job, ssl, 0, theirs / 2)
           && write_half(job, ssl, ours / 2, ours) && read_stream(job, ssl, theirs / 2, theirs);
}

// ---- the answer ----------------------------------------------------------------------------------------------------

static void say(const char *key, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/,+";
    printf(" %s=", key);
    for (; *value != '\0'; value++) {
        printf(strchr(plain, *value) != NULL ? "%c" : "%%%02X", (unsigned char) *value);
    }
}

static void say_group(SSL *ssl)
{
    const int nid = (int) SSL_get_negotiated_group(ssl);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (groups[i].nid == nid) {
            say("group", groups[i].name);
        }
    }
}

static void say_facts(const struct job *job, SSL *ssl, const struct facts *facts)
{
    const unsigned char *alpn = NULL;
    unsigned int alpn_size = 0;
    char protocol[UINT8_MAX + 1];
    SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
    (void) snprintf(protocol, sizeof(protocol), "%.*s", (int) alpn_size, (const char *) alpn);
    printf("done ok=1");
    say("version", SSL_version(ssl) == TLS1_3_VERSION ? "1.3" : "1.2");
    say("suite", SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl)));
    say_group(ssl);
    say("resumed", SSL_session_reused(ssl) == 1 && !given(job, PSK) ? "1" : "0");
    say("alpn", protocol);
    say("hrr", facts->hellos > 1 ? "1" : "0");
    if (job->server) {
        const bool verified = SSL_get0_peer_certificate(ssl) != NULL && SSL_get_verify_result(ssl) == X509_V_OK;
        say("client_cert", verified ? "1" : "0");
    }
    if (given(job, EARLY)) {
        say("early", facts->early_accepted ? "accepted" : "rejected");
    }
    say("closed", facts->clean ? "clean" : "eof");
    printf("\n");
}

// ---- from the first line to the last -------------------------------------------------------------------------------

static bool run_connection(const struct job *job, SSL_CTX *ctx, bool preparing, bool resume)
{
    struct facts facts = { 0 };
    size_t early = 0;
    SSL *ssl = SSL_new(ctx);
    bool ok = (ssl != NULL || fail_ssl("SSL_new")) && open_connection(job);
    if (ok) {
        SSL_set_msg_callback_arg(ssl, &facts);
        ok = (SSL_set_fd(ssl, connection) == 1 || fail_ssl("SSL_set_fd"))
             && (job->server ? server_handshake(job, ssl, resume, &facts, &early)
                             : client_handshake(job, ssl, resume, &facts, &early))
             && talk(job, ssl, preparing, early) && close_both(job, ssl, &facts);
    }
    if (ok && !preparing) {
        say_facts(job, ssl, &facts);
    }
    SSL_free(ssl);
    drop(&connection);
    return ok;
}

static bool run_job(struct job *job)
{
    if (!load(text(job, SEND), &job->send) || !load(text(job, EXPECT), &job->expect)) {
        return false;
    }
    SSL_CTX *ctx = make_context(job);
    const bool twice = given(job, RESUME);
    const bool ok = ctx != NULL && (!job->server || open_listener()) && (!twice || run_connection(job, ctx, true, false))
                    && run_connection(job, ctx, false, twice);
    SSL_CTX_free(ctx);
    drop(&listener);
    return ok;
}

static void answer(char *line)
{
    struct job job = { 0 };
    parse(line, &job);
    reason[0] = '\0';
    timed_out = 0;
    ERR_clear_error();
    (void) alarm(SECONDS);
    if (!run_job(&job)) {
        printf("done ok=0");
        say("error", timed_out != 0 ? "20 seconds are over" : reason);
        printf("\n");
    }
    (void) alarm(0);
    (void) fflush(stdout);
    SSL_SESSION_free(job.external);
    SSL_SESSION_free(job.ticket);
    free(job.send.bytes);
    free(job.expect.bytes);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
        return 0;
    }
    const struct sigaction on_time = { .sa_handler = on_alarm };
    (void) sigaction(SIGALRM, &on_time, NULL);
    (void) signal(SIGPIPE, SIG_IGN);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        answer(line);
    }
    free(line);
    return 0;
}
