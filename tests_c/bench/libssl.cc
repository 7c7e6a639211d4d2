/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same work done by OpenSSL's libssl, set up to do no more than ours: fixed version, suite and group, no session
 * cache, no tickets, no rebuilding of its own chain at every handshake; certificate and host name are verified.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <map>
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
};

struct CtxFree {
    void operator()(SSL_CTX *p) const { SSL_CTX_free(p); }
};
using Ctx = std::unique_ptr<SSL_CTX, CtxFree>;

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
    SSL_CTX_set_options(p, SSL_OP_NO_TICKET | SSL_OP_NO_ENCRYPT_THEN_MAC);
    SSL_CTX_set_num_tickets(p, 0);
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

    Ctx server_ctx, client_ctx;
    Queue to_server, to_client;
    Wire server_wire{ &to_client, &to_server }, client_wire{ &to_server, &to_client };

  private:
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
    return { c.version, c.key, c.suite, group, c.mutual };
}

/* ---- the four kinds of work ---- */

class LibsslShaker : public Handshaker
{
  public:
    explicit LibsslShaker(const HandshakeCase &c) : case_(c), world_(SettingsOf(c)) { Once(true); }
    Sides Once() override { return Once(false); }

  private:
    Sides Once(bool check)
    {
        Stopwatch watch;
        SSL *server = world_.NewServer();
        double server_ns = watch.Lap();
        SSL *client = world_.NewClient();
        double client_ns = watch.Lap();
        Sides t = world_.Shake(client, server, &watch);
        if (check) {
            Must(std::string(SSL_get_cipher(server)) == case_.suite, "another suite");
            Must(SSL_get_verify_result(client) == X509_V_OK, "not verified");
            Must(!case_.mutual || SSL_get0_peer_certificate(server) != nullptr, "no client certificate");
        }
        watch.Lap();
        Drop(server);
        t.server += server_ns + watch.Lap();
        Drop(client);
        t.client += client_ns + watch.Lap();
        return t;
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
