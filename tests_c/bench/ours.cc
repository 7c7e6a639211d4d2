/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work done by this library, through its public API and nothing else: any library that exports s2n.h can be put
 * in its place. Certificate and host name are verified. Bulk connections come from hand-made serialized
 * connections, so every suite is reachable whatever the policies prefer.
 */
#include <errno.h>
#include <s2n.h>

#include <array>
#include <deque>
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
    throw std::runtime_error(std::string("ours: ") + what + ": " + s2n_strerror_name(s2n_errno) + " " +
                             s2n_strerror_debug(s2n_errno, nullptr));
}
void Must(bool ok, const char *what)
{
    if (!ok) {
        Fail(what);
    }
}
#define OK(call) Must((call) == S2N_SUCCESS, #call)

void Init()
{
    static const int once = s2n_init();
    Must(once == S2N_SUCCESS, "s2n_init");
}

int QueueSend(void *ctx, const uint8_t *p, uint32_t n)
{
    return static_cast<Queue *>(ctx)->Put(p, n);
}
int QueueRecv(void *ctx, uint8_t *p, uint32_t n)
{
    int got = static_cast<Queue *>(ctx)->Get(p, n);
    if (got == 0) {
        errno = EAGAIN;
        return -1;
    }
    return got;
}
uint8_t AnyHost(const char *, size_t, void *)
{
    return 1;
}

struct Destroy {
    void operator()(s2n_config *p) const { s2n_config_free(p); }
    void operator()(s2n_cert_chain_and_key *p) const { s2n_cert_chain_and_key_free(p); }
};

void Plug(s2n_connection *conn, Queue *out, Queue *in)
{
    OK(s2n_connection_set_send_cb(conn, QueueSend));
    OK(s2n_connection_set_send_ctx(conn, out));
    OK(s2n_connection_set_recv_cb(conn, QueueRecv));
    OK(s2n_connection_set_recv_ctx(conn, in));
    OK(s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING));
}

/* A config with the chain it owns; the chain goes last. */
class Config
{
  public:
    Config()
    {
        Init();
        config_.reset(s2n_config_new_minimal());
        Must(config_ != nullptr, "s2n_config_new_minimal");
    }
    s2n_config *get() const { return config_.get(); }
    void Own(const std::string &cert, const std::string &key)
    {
        chain_.reset(s2n_cert_chain_and_key_new());
        OK(s2n_cert_chain_and_key_load_pem(chain_.get(), cert.c_str(), key.c_str()));
        OK(s2n_config_add_cert_chain_and_key_to_store(get(), chain_.get()));
    }

  private:
    std::unique_ptr<s2n_cert_chain_and_key, Destroy> chain_;
    std::unique_ptr<s2n_config, Destroy> config_;
};

/* Two configs, two queues, and the making and running of a pair of connections on them. */
class World
{
  public:
    explicit World(const HandshakeCase &c) : to_server(1 << 21), to_client(1 << 21)
    {
        const Pki &pki = PkiOf(c.key);
        OK(s2n_config_add_pem_to_trust_store(client_config.get(), pki.ca.c_str()));
        OK(s2n_config_set_cipher_preferences(client_config.get(), c.client_policy));
        if (c.mutual) {
            client_config.Own(pki.client, pki.client_key);
            OK(s2n_config_set_client_auth_type(client_config.get(), S2N_CERT_AUTH_REQUIRED));
        }
        AddServer(c, pki, pki.server);
        while (c.strangers && server_configs.size() < more_than_remembered) {
            AddServer(c, pki, AnotherServer(c.key));
        }
    }

    void AddServer(const HandshakeCase &c, const Pki &pki, const std::string &cert)
    {
        s2n_config *config = server_configs.emplace_back().get();
        server_configs.back().Own(cert, pki.server_key);
        OK(s2n_config_set_cipher_preferences(config, c.server_policy));
        if (c.mutual) {
            OK(s2n_config_add_pem_to_trust_store(config, pki.ca.c_str()));
            OK(s2n_config_set_verify_host_callback(config, AnyHost, nullptr));
            OK(s2n_config_set_client_auth_type(config, S2N_CERT_AUTH_REQUIRED));
        }
    }

    s2n_connection *NewServer()
    {
        s2n_connection *conn = s2n_connection_new(S2N_SERVER);
        Must(conn != nullptr, "s2n_connection_new");
        OK(s2n_connection_set_config(conn, server_configs[next_++ % server_configs.size()].get()));
        Plug(conn, &to_client, &to_server);
        return conn;
    }
    s2n_connection *NewClient()
    {
        s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
        Must(conn != nullptr, "s2n_connection_new");
        OK(s2n_connection_set_config(conn, client_config.get()));
        Plug(conn, &to_server, &to_client);
        OK(s2n_set_server_name(conn, "localhost"));
        return conn;
    }

    Sides Shake(s2n_connection *client, s2n_connection *server, Stopwatch *watch)
    {
        Sides t = { 0, 0 };
        bool client_done = false, server_done = false;
        for (int i = 0; i < 20 && !(client_done && server_done); i++) {
            client_done = client_done || StepClient(client);
            t.client += watch->Lap();
            server_done = server_done || StepServer(server);
            t.server += watch->Lap();
        }
        Must(client_done && server_done, "the handshake is stuck");
        return t;
    }

    Config client_config;
    std::deque<Config> server_configs; /* more than one only for strangers */
    Queue to_server, to_client;

  private:
    static constexpr size_t more_than_remembered = 100;
    size_t next_ = 0;

    /* Two functions, never inlined or merged, so that a profiler tells the sides apart. */
    static __attribute__((noinline, noclone)) bool StepClient(s2n_connection *conn)
    {
        bool done = Step(conn);
        __asm__ volatile("# client" ::: "memory");
        return done;
    }
    static __attribute__((noinline, noclone)) bool StepServer(s2n_connection *conn)
    {
        bool done = Step(conn);
        __asm__ volatile("# server" ::: "memory");
        return done;
    }
    static inline bool Step(s2n_connection *conn)
    {
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        int r = s2n_negotiate(conn, &blocked);
        Must(r == S2N_SUCCESS || s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED, "s2n_negotiate");
        return r == S2N_SUCCESS;
    }
};

class OursShaker : public Handshaker
{
  public:
    explicit OursShaker(const HandshakeCase &c) : case_(c), world_(c) { Once(true); }
    Sides Once() override { return Once(false); }

  private:
    Sides Once(bool check)
    {
        Stopwatch watch;
        s2n_connection *server = world_.NewServer();
        double server_ns = watch.Lap();
        s2n_connection *client = world_.NewClient();
        double client_ns = watch.Lap();
        Sides t = world_.Shake(client, server, &watch);
        if (check) {
            Check(server);
        }
        watch.Lap();
        OK(s2n_connection_free(server));
        t.server += server_ns + watch.Lap();
        OK(s2n_connection_free(client));
        t.client += client_ns + watch.Lap();
        return t;
    }
    /* What came out is what the row says, so that the comparison is honest. */
    void Check(s2n_connection *server)
    {
        const char *group = nullptr;
        int version = case_.version == Version::tls13 ? S2N_TLS13 : S2N_TLS12;
        Must(std::string(s2n_connection_get_cipher(server)) == case_.suite, "another suite");
        Must(s2n_connection_get_actual_protocol_version(server) == version, "another version");
        OK(s2n_connection_get_key_exchange_group(server, &group));
        Must(std::string(group) == case_.group, "another group");
        Must(!case_.mutual || s2n_connection_client_cert_used(server) == 1, "no client certificate");
    }

    HandshakeCase case_;
    World world_;
};

/* ---- serialized connections ---- */

/* A blob of format version 1 for any suite; the secrets do not matter. */
std::vector<uint8_t> MakeBlob(const CipherCase &c)
{
    std::vector<uint8_t> b = { 0, 0, 0, 0, 0, 0, 0, 1 };
    b.insert(b.end(), { 3, static_cast<uint8_t>(c.version == Version::tls13 ? 4 : 3) });
    b.insert(b.end(), { static_cast<uint8_t>(c.suite >> 8), static_cast<uint8_t>(c.suite & 255) });
    for (int direction = 0; direction < 2; direction++) {
        b.insert(b.end(), { 0, 0, 0, 0, 0, 0, 0, 1 });
    }
    b.insert(b.end(), { 0x40, 0x00 }); /* records of up to 16384 bytes */
    size_t secrets = c.version == Version::tls12 ? 112 : 3 * (c.sha384 ? 48 : 32);
    for (size_t i = 0; i < secrets; i++) {
        b.push_back(static_cast<uint8_t>(i * 37 + 11));
    }
    return b;
}

s2n_connection *Fresh(s2n_mode mode, s2n_config *config, Queue *queue)
{
    s2n_connection *conn = s2n_connection_new(mode);
    Must(conn != nullptr, "s2n_connection_new");
    OK(s2n_connection_set_config(conn, config));
    Plug(conn, queue, queue);
    return conn;
}

void Deserialize(s2n_connection *conn, std::vector<uint8_t> &blob)
{
    OK(s2n_connection_deserialize(conn, blob.data(), static_cast<uint32_t>(blob.size())));
}

void SendOne(s2n_connection *conn, const uint8_t *p, size_t n)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    Must(s2n_send(conn, p, static_cast<ssize_t>(n), &blocked) == static_cast<ssize_t>(n), "s2n_send");
}

void ReceiveOne(s2n_connection *conn, uint8_t *p, size_t n)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    Must(s2n_recv(conn, p, static_cast<ssize_t>(n), &blocked) == static_cast<ssize_t>(n), "s2n_recv");
}

class OursBulkWork : public Bulk
{
  public:
    OursBulkWork(const CipherCase &c, const SizeCase &s)
        : size_(s), sink_(0), wire_(1 << 20), in_(s.size, 0x5a), out_(s.size)
    {
        std::vector<uint8_t> blob = MakeBlob(c);
        sink_.discard = true;
        sender_ = Fresh(S2N_SERVER, config_.get(), &sink_);
        feeder_ = Fresh(S2N_SERVER, config_.get(), &wire_);
        receiver_ = Fresh(S2N_CLIENT, config_.get(), &wire_);
        for (s2n_connection *conn : { sender_, feeder_, receiver_ }) {
            Deserialize(conn, blob);
        }
    }
    ~OursBulkWork() override
    {
        for (s2n_connection *conn : { sender_, feeder_, receiver_ }) {
            s2n_connection_free(conn);
        }
    }

    double Send() override
    {
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            SendOne(sender_, in_.data(), size_.size);
        }
        return watch.Lap();
    }
    double Receive() override
    {
        for (size_t i = 0; i < size_.count; i++) {
            SendOne(feeder_, in_.data(), size_.size);
        }
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            ReceiveOne(receiver_, out_.data(), size_.size);
        }
        return watch.Lap();
    }

  private:
    SizeCase size_;
    Config config_;
    Queue sink_, wire_;
    s2n_connection *sender_ = nullptr, *feeder_ = nullptr, *receiver_ = nullptr;
    std::vector<uint8_t> in_, out_;
};

/* A handful of connections at a time: enough to time, few enough to stay in the cache. */
class OursMoverWork : public Mover
{
  public:
    explicit OursMoverWork(const CipherCase &c) : blob_(MakeBlob(c)), out_(blob_.size()), sink_(0)
    {
        sink_.discard = true;
        OK(s2n_config_set_serialization_version(config_.get(), S2N_SERIALIZED_CONN_V1));
        s2n_connection *conn = Fresh(S2N_SERVER, config_.get(), &sink_);
        uint32_t n = 0;
        Deserialize(conn, blob_);
        OK(s2n_connection_serialization_length(conn, &n));
        Must(n == blob_.size(), "another length");
        OK(s2n_connection_serialize(conn, out_.data(), n));
        Must(out_ == blob_, "the round trip changed the blob");
        OK(s2n_connection_free(conn));
    }

    Times Once() override
    {
        Times t = {};
        Renew();
        Stopwatch watch;
        for (s2n_connection *conn : conns_) {
            Deserialize(conn, blob_);
        }
        t.deserialize = watch.Lap() / batch;
        for (s2n_connection *conn : conns_) {
            OK(s2n_connection_serialize(conn, out_.data(), static_cast<uint32_t>(out_.size())));
        }
        t.serialize = watch.Lap() / batch;
        Renew();
        watch.Lap();
        for (s2n_connection *conn : conns_) {
            Deserialize(conn, blob_);
            SendOne(conn, &byte_, 1);
        }
        t.first_byte = watch.Lap() / batch;
        return t;
    }

    ~OursMoverWork() override { Release(); }

  private:
    static constexpr size_t batch = 16;

    void Renew()
    {
        Release();
        for (s2n_connection *&conn : conns_) {
            conn = Fresh(S2N_SERVER, config_.get(), &sink_);
        }
    }
    void Release()
    {
        for (s2n_connection *&conn : conns_) {
            if (conn != nullptr) {
                s2n_connection_free(conn);
                conn = nullptr;
            }
        }
    }

    Config config_;
    std::vector<uint8_t> blob_, out_;
    Queue sink_;
    std::array<s2n_connection *, batch> conns_{};
    const uint8_t byte_ = 'x';
};

class OursIdleServer : public Idle
{
  public:
    OursIdleServer(std::shared_ptr<World> world) : world_(std::move(world)) {}
    ~OursIdleServer() override { s2n_connection_free(server_); }

    void Create() override { server_ = world_->NewServer(); }
    void Handshake(bool with_data) override
    {
        s2n_connection *client = world_->NewClient();
        Stopwatch watch;
        world_->Shake(client, server_, &watch);
        if (with_data) {
            Exchange(server_, client);
            Exchange(client, server_);
        }
        OK(s2n_connection_free(client));
        world_->to_client.Clear();
        world_->to_server.Clear();
    }
    void FreeHandshake() override { OK(s2n_connection_free_handshake(server_)); }
    void ReleaseBuffers() override { OK(s2n_connection_release_buffers(server_)); }

  private:
    static void Exchange(s2n_connection *from, s2n_connection *to)
    {
        static uint8_t buf[16384];
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        SendOne(from, buf, sizeof(buf));
        for (size_t got = 0; got < sizeof(buf);) {
            ssize_t n = s2n_recv(to, buf, sizeof(buf), &blocked);
            Must(n > 0, "s2n_recv");
            got += static_cast<size_t>(n);
        }
    }

    std::shared_ptr<World> world_;
    s2n_connection *server_ = nullptr;
};

} // namespace

std::unique_ptr<Handshaker> OursHandshaker(const HandshakeCase &c)
{
    return std::make_unique<OursShaker>(c);
}

std::unique_ptr<Bulk> OursBulk(const CipherCase &c, const SizeCase &s)
{
    return std::make_unique<OursBulkWork>(c, s);
}

std::unique_ptr<Mover> OursMover(const CipherCase &c)
{
    return std::make_unique<OursMoverWork>(c);
}

std::unique_ptr<Idle> OursIdle(const HandshakeCase &c)
{
    static std::map<std::string, std::shared_ptr<World>> worlds;
    std::shared_ptr<World> &world = worlds[c.name];
    world = world != nullptr ? world : std::make_shared<World>(c);
    return std::make_unique<OursIdleServer>(world);
}

} // namespace bench
