/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same work done by OpenSSL's libssl, set up to do no more than ours: fixed version, suite and group, no session
 * cache, no tickets but in the rows about them, no rebuilding of its own chain at every handshake; certificate and host
 * name are verified.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <map>
#include <string_view>
#include <vector>

#include "pki.h"
#include "queue.h"
#include "work.h"

namespace bench
{
namespace
{

[[noreturn]] void Fail(const char *what)
{
    ERR_print_errors_fp(stderr);
    throw std::runtime_error(std::string("libssl: ") + what);
}
void Must(bool ok, const char *what)
{
    if (!ok) {
        Fail(what);
    }
}

/* ---- transport ---- */

struct Wire {
    Queue *out, *in;
};

int WireWrite(BIO *bio, const char *p, int n)
{
    BIO_clear_retry_flags(bio);
    return static_cast<Wire *>(BIO_get_data(bio))->out->Put(p, static_cast<size_t>(n));
}
int WireRead(BIO *bio, char *p, int n)
{
    BIO_clear_retry_flags(bio);
    int got = static_cast<Wire *>(BIO_get_data(bio))->in->Get(p, static_cast<size_t>(n));
    if (got == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    return got;
}
long WireCtrl(BIO *, int cmd, long, void *)
{
    return cmd == BIO_CTRL_FLUSH;
}
int WireCreate(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD *Method()
{
    static BIO_METHOD *const method = [] {
        BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "queue");
        BIO_meth_set_write(m, WireWrite);
        BIO_meth_set_read(m, WireRead);
        BIO_meth_set_ctrl(m, WireCtrl);
        BIO_meth_set_create(m, WireCreate);
        return m;
    }();
    return method;
}

/* ---- contexts ---- */

struct Settings {
    Version version;
    const char *key, *suite, *group;
    bool mutual;
    Proof proof = Proof::certificate;
};

struct CtxFree {
    void operator()(SSL_CTX *p) const { SSL_CTX_free(p); }
};
using Ctx = std::unique_ptr<SSL_CTX, CtxFree>;

struct SessionFree {
    void operator()(SSL_SESSION *p) const { SSL_SESSION_free(p); }
};
using Session = std::unique_ptr<SSL_SESSION, SessionFree>;

/* ---- an external PSK: a session of the application's own making, kept with the context ---- */

constexpr std::string_view psk_identity = "bench-identity";

SSL_SESSION *PskOf(SSL *ssl)
{
    SSL_SESSION *psk = static_cast<SSL_SESSION *>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    SSL_SESSION_up_ref(psk);
    return psk;
}
int FindPsk(SSL *ssl, const unsigned char *identity, size_t n, SSL_SESSION **out)
{
    bool known = psk_identity == std::string_view(reinterpret_cast<const char *>(identity), n);
    *out = known ? PskOf(ssl) : nullptr;
    return 1;
}
int UsePsk(SSL *ssl, const EVP_MD *, const unsigned char **identity, size_t *n, SSL_SESSION **out)
{
    *out = PskOf(ssl);
    *identity = reinterpret_cast<const unsigned char *>(psk_identity.data());
    *n = psk_identity.size();
    return 1;
}

Session NewPsk(SSL *ssl)
{
    const std::vector<uint8_t> secret(32, 7);
    const unsigned char aes128_gcm_sha256[2] = { 0x13, 0x01 };
    Session psk(SSL_SESSION_new());
    Must(SSL_SESSION_set1_master_key(psk.get(), secret.data(), secret.size()) == 1 &&
             SSL_SESSION_set_cipher(psk.get(), SSL_CIPHER_find(ssl, aes128_gcm_sha256)) == 1 &&
             SSL_SESSION_set_protocol_version(psk.get(), TLS1_3_VERSION) == 1,
         "PSK");
    return psk;
}

void Load(SSL_CTX *ctx, const std::string &cert_pem, const std::string &key_pem)
{
    BIO *cert_bio = BIO_new_mem_buf(cert_pem.data(), static_cast<int>(cert_pem.size()));
    BIO *key_bio = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
    X509 *cert = PEM_read_bio_X509(cert_bio, nullptr, nullptr, nullptr);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, nullptr, nullptr, nullptr);
    Must(SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1, "own certificate");
    X509_free(cert);
    EVP_PKEY_free(key);
    BIO_free(cert_bio);
    BIO_free(key_bio);
}

void Trust(SSL_CTX *ctx, const std::string &ca_pem, int mode)
{
    BIO *bio = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
    X509 *ca = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    Must(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca) == 1, "trust store");
    X509_free(ca);
    BIO_free(bio);
    SSL_CTX_set_verify(ctx, mode, nullptr);
}

Ctx NewCtx(const Settings &s, bool server)
{
    Ctx ctx(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
    SSL_CTX *p = ctx.get();
    int version = s.version == Version::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    Must(SSL_CTX_set_min_proto_version(p, version) == 1 && SSL_CTX_set_max_proto_version(p, version) == 1,
         "version");
    Must((s.version == Version::tls13 ? SSL_CTX_set_ciphersuites(p, s.suite)
                                      : SSL_CTX_set_cipher_list(p, s.suite)) == 1,
         "suite");
    Must(SSL_CTX_set1_groups_list(p, s.group) == 1, "group");
    SSL_CTX_set_session_cache_mode(p, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(p, SSL_OP_NO_ENCRYPT_THEN_MAC | (s.proof == Proof::ticket ? 0 : SSL_OP_NO_TICKET));
    SSL_CTX_set_num_tickets(p, s.proof == Proof::ticket ? 1 : 0);
    SSL_CTX_set_mode(p, SSL_MODE_NO_AUTO_CHAIN);
    const Pki &pki = PkiOf(s.key);
    if (server) {
        Load(p, pki.server, pki.server_key);
    } else {
        Trust(p, pki.ca, SSL_VERIFY_PEER);
    }
    if (s.mutual && server) {
        Trust(p, pki.ca, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    } else if (s.mutual) {
        Load(p, pki.client, pki.client_key);
    }
    return ctx;
}

/* Two contexts, two queues, and the making and running of a pair of connections on them. */
class World
{
  public:
    explicit World(const Settings &s)
        : server_ctx(NewCtx(s, true)), client_ctx(NewCtx(s, false)), to_server(1 << 21), to_client(1 << 21)
    {
        if (s.proof == Proof::external_psk) {
            SSL *any = NewClient();
            psk_ = NewPsk(any);
            SSL_free(any);
            SSL_CTX_set_app_data(server_ctx.get(), psk_.get());
            SSL_CTX_set_app_data(client_ctx.get(), psk_.get());
            SSL_CTX_set_psk_find_session_callback(server_ctx.get(), FindPsk);
            SSL_CTX_set_psk_use_session_callback(client_ctx.get(), UsePsk);
        }
    }

    SSL *NewServer()
    {
        SSL *ssl = SSL_new(server_ctx.get());
        Attach(ssl, &server_wire);
        SSL_set_accept_state(ssl);
        return ssl;
    }
    SSL *NewClient()
    {
        SSL *ssl = SSL_new(client_ctx.get());
        Attach(ssl, &client_wire);
        SSL_set_connect_state(ssl);
        Must(SSL_set_tlsext_host_name(ssl, "localhost") == 1 && SSL_set1_host(ssl, "localhost") == 1,
             "host name");
        Must(session_ == nullptr || SSL_set_session(ssl, session_.get()) == 1, "session");
        return ssl;
    }

    Sides Shake(SSL *client, SSL *server, Stopwatch *watch)
    {
        Sides t = { 0, 0 };
        bool client_done = false, server_done = false;
        for (int i = 0; i < 20 && !(client_done && server_done); i++) {
            client_done = client_done || Step(client);
            t.client += watch->Lap();
            server_done = server_done || Step(server);
            t.server += watch->Lap();
        }
        Must(client_done && server_done, "the handshake is stuck");
        return t;
    }

    /* Every later client resumes this session, which the server's first data has completed in TLS 1.3. */
    void SaveSession(SSL *client, SSL *server)
    {
        uint8_t byte = 'x';
        Must(SSL_write(server, &byte, 1) == 1 && SSL_read(client, &byte, 1) == 1, "first byte");
        session_.reset(SSL_get1_session(client));
        Must(SSL_SESSION_is_resumable(session_.get()) == 1, "the session cannot be resumed");
    }

    Ctx server_ctx, client_ctx;
    Queue to_server, to_client;
    Wire server_wire{ &to_client, &to_server }, client_wire{ &to_server, &to_client };

  private:
    Session session_, psk_;

    static bool Step(SSL *ssl)
    {
        int r = SSL_do_handshake(ssl);
        Must(r == 1 || SSL_get_error(ssl, r) == SSL_ERROR_WANT_READ, "handshake");
        return r == 1;
    }
    static void Attach(SSL *ssl, Wire *wire)
    {
        BIO *bio = BIO_new(Method());
        BIO_set_data(bio, wire);
        SSL_set_bio(ssl, bio, bio);
    }
};

void Drop(SSL *ssl)
{
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
}

Settings SettingsOf(const HandshakeCase &c)
{
    /* libssl calls the group by its other name. */
    const char *group = std::string(c.group) == "secp256r1" ? "P-256" : "X25519";
    return { c.version, c.key, c.suite, group, c.mutual, c.proof };
}

/* ---- the four kinds of work ---- */

class LibsslShaker : public Handshaker
{
  public:
    explicit LibsslShaker(const HandshakeCase &c) : case_(c), world_(SettingsOf(c))
    {
        if (case_.proof == Proof::ticket) {
            Once(&LibsslShaker::Save);
        }
        Once(&LibsslShaker::Check);
    }
    Sides Once() override { return Once(&LibsslShaker::CheckProof); }

  private:
    /* `then` sees the two connections after the handshake; nobody's time. */
    Sides Once(void (LibsslShaker::*then)(SSL *client, SSL *server))
    {
        Stopwatch watch;
        SSL *server = world_.NewServer();
        double server_ns = watch.Lap();
        SSL *client = world_.NewClient();
        double client_ns = watch.Lap();
        Sides t = world_.Shake(client, server, &watch);
        (this->*then)(client, server);
        watch.Lap();
        Drop(server);
        t.server += server_ns + watch.Lap();
        Drop(client);
        t.client += client_ns + watch.Lap();
        world_.to_client.Clear(); /* of tickets that nobody has read */
        return t;
    }

    void Save(SSL *client, SSL *server) { world_.SaveSession(client, server); }
    void Check(SSL *client, SSL *server)
    {
        CheckProof(client, server);
        Must(std::string(SSL_get_cipher(server)) == case_.suite, "another suite");
        Must(SSL_get_verify_result(client) == X509_V_OK, "not verified");
        Must(world_.to_client.empty() != HasNewTicket(case_), "a new ticket or none");
        Must(!case_.mutual || SSL_get0_peer_certificate(server) != nullptr, "no client certificate");
    }
    void CheckProof(SSL *client, SSL *server)
    {
        const int reused = case_.proof == Proof::certificate ? 0 : 1;
        Must(SSL_session_reused(client) == reused && SSL_session_reused(server) == reused, "resumed or not");
    }

    HandshakeCase case_;
    World world_;
};

/* One pair whose sender's output is discarded, and one whose receiver is measured. */
class LibsslBulkWork : public Bulk
{
  public:
    LibsslBulkWork(const CipherCase &c, const SizeCase &s)
        : size_(s), send_world_({ c.version, c.key, c.suite_name, "X25519", false }),
          recv_world_({ c.version, c.key, c.suite_name, "X25519", false }), in_(s.size, 0x5a), out_(s.size)
    {
        Connect(send_world_, &sender_, &unused_);
        Connect(recv_world_, &feeder_, &receiver_);
        send_world_.to_client.discard = true;
    }
    ~LibsslBulkWork() override
    {
        for (SSL *ssl : { sender_, unused_, feeder_, receiver_ }) {
            Drop(ssl);
        }
    }

    double Send() override
    {
        Stopwatch watch;
        Write(sender_);
        return watch.Lap();
    }
    double Receive() override
    {
        Write(feeder_);
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            Must(SSL_read(receiver_, out_.data(), static_cast<int>(size_.size)) ==
                     static_cast<int>(size_.size),
                 "read");
        }
        return watch.Lap();
    }

  private:
    static void Connect(World &world, SSL **server, SSL **client)
    {
        Stopwatch watch;
        *server = world.NewServer();
        *client = world.NewClient();
        world.Shake(*client, *server, &watch);
    }
    void Write(SSL *ssl)
    {
        for (size_t i = 0; i < size_.count; i++) {
            Must(SSL_write(ssl, in_.data(), static_cast<int>(size_.size)) == static_cast<int>(size_.size),
                 "write");
        }
    }

    SizeCase size_;
    World send_world_, recv_world_;
    SSL *sender_ = nullptr, *unused_ = nullptr, *feeder_ = nullptr, *receiver_ = nullptr;
    std::vector<uint8_t> in_, out_;
};

class LibsslIdleServer : public Idle
{
  public:
    LibsslIdleServer(std::shared_ptr<World> world) : world_(std::move(world)) {}
    ~LibsslIdleServer() override { Drop(server_); }

    void Create() override { server_ = world_->NewServer(); }
    void Handshake(bool with_data) override
    {
        SSL *client = world_->NewClient();
        Stopwatch watch;
        world_->Shake(client, server_, &watch);
        if (with_data) {
            static uint8_t buf[16384];
            const int n = sizeof(buf);
            Must(SSL_write(server_, buf, n) == n && SSL_read(client, buf, n) == n, "data to the client");
            Must(SSL_write(client, buf, n) == n && SSL_read(server_, buf, n) == n, "data to the server");
        }
        Drop(client);
        world_->to_client.Clear();
        world_->to_server.Clear();
    }
    void FreeHandshake() override {}
    void ReleaseBuffers() override { Must(SSL_free_buffers(server_) == 1, "SSL_free_buffers"); }

  private:
    std::shared_ptr<World> world_;
    SSL *server_ = nullptr;
};

} // namespace

std::unique_ptr<Handshaker> LibsslHandshaker(const HandshakeCase &c)
{
    return std::make_unique<LibsslShaker>(c);
}

std::unique_ptr<Bulk> LibsslBulk(const CipherCase &c, const SizeCase &s)
{
    return std::make_unique<LibsslBulkWork>(c, s);
}

std::unique_ptr<Idle> LibsslIdle(const HandshakeCase &c)
{
    static std::map<std::string, std::shared_ptr<World>> worlds;
    std::shared_ptr<World> &world = worlds[c.name];
    world = world != nullptr ? world : std::make_shared<World>(SettingsOf(c));
    return std::make_unique<LibsslIdleServer>(world);
}

} // namespace bench
