/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshakes done by this library, and connections kept alive after one. Configs are made once, connections anew each
 * time. Certificate and host name are verified; where there is no certificate, one saved session or one key serves
 * all handshakes of a row, and each is asked whether it did.
 */
#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "ours.h"
#include "pki.h"

namespace bench
{
namespace ours
{
namespace
{

uint8_t AnyHost(const char *, size_t, void *)
{
    return 1;
}

constexpr std::string_view psk_identity = "bench-identity";

/* The key that both ends hold of an external PSK; appending it to a connection copies it. */
std::unique_ptr<s2n_psk, Destroy> NewPsk()
{
    const std::vector<uint8_t> secret(32, 7);
    std::unique_ptr<s2n_psk, Destroy> psk(s2n_external_psk_new());
    Must(psk != nullptr, "s2n_external_psk_new");
    OK(s2n_psk_set_identity(psk.get(), reinterpret_cast<const uint8_t *>(psk_identity.data()),
                            static_cast<uint16_t>(psk_identity.size())));
    OK(s2n_psk_set_secret(psk.get(), secret.data(), static_cast<uint16_t>(secret.size())));
    OK(s2n_psk_set_hmac(psk.get(), S2N_PSK_HMAC_SHA256));
    return psk;
}

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
        if (c.proof == Proof::ticket) {
            UseTickets();
        } else if (c.proof == Proof::external_psk) {
            UsePsk();
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
        s2n_config *config = server_configs[next_++ % server_configs.size()].get();
        s2n_connection *conn = NewConnection(S2N_SERVER, config, &to_client, &to_server);
        AppendPsk(conn);
        return conn;
    }
    s2n_connection *NewClient()
    {
        s2n_connection *conn = NewConnection(S2N_CLIENT, client_config.get(), &to_server, &to_client);
        OK(s2n_set_server_name(conn, "localhost"));
        AppendPsk(conn);
        if (!session_.empty()) {
            OK(s2n_connection_set_session(conn, session_.data(), session_.size()));
        }
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

    /* Every later client resumes this session, which the server's first data has completed in TLS 1.3. */
    void SaveSession(s2n_connection *client, s2n_connection *server)
    {
        uint8_t byte = 'x';
        SendOne(server, &byte, 1);
        ReceiveOne(client, &byte, 1);
        int n = s2n_connection_get_session_length(client);
        Must(n > 0, "no session");
        session_.resize(static_cast<size_t>(n));
        Must(s2n_connection_get_session(client, session_.data(), session_.size()) == n, "get_session");
    }

    Config client_config;
    std::deque<Config> server_configs; /* more than one only for strangers */
    Queue to_server, to_client;

  private:
    static constexpr size_t more_than_remembered = 100;
    size_t next_ = 0;
    std::vector<uint8_t> session_;
    std::unique_ptr<s2n_psk, Destroy> psk_;

    void UseTickets()
    {
        const std::string name = "bench-ticket-key";
        std::vector<uint8_t> key(32, 9);
        for (s2n_config *config : { client_config.get(), server_configs[0].get() }) {
            OK(s2n_config_set_session_tickets_onoff(config, 1));
        }
        OK(s2n_config_add_ticket_crypto_key(
            server_configs[0].get(), reinterpret_cast<const uint8_t *>(name.data()),
            static_cast<uint32_t>(name.size()), key.data(), static_cast<uint32_t>(key.size()), 0));
    }
    void UsePsk()
    {
        psk_ = NewPsk();
        for (s2n_config *config : { client_config.get(), server_configs[0].get() }) {
            OK(s2n_config_set_psk_mode(config, S2N_PSK_MODE_EXTERNAL));
        }
    }
    void AppendPsk(s2n_connection *conn)
    {
        if (psk_ != nullptr) {
            OK(s2n_connection_append_psk(conn, psk_.get()));
        }
    }

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

class Shaker : public Handshaker
{
  public:
    explicit Shaker(const HandshakeCase &c) : case_(c), world_(c)
    {
        if (case_.proof == Proof::ticket) {
            Once(&Shaker::Save);
        }
        Once(&Shaker::Check);
    }
    Sides Once() override { return Once(&Shaker::CheckProof); }

  private:
    /* `then` sees the two connections after the handshake; nobody's time. */
    Sides Once(void (Shaker::*then)(s2n_connection *client, s2n_connection *server))
    {
        Stopwatch watch;
        s2n_connection *server = world_.NewServer();
        double server_ns = watch.Lap();
        s2n_connection *client = world_.NewClient();
        double client_ns = watch.Lap();
        Sides t = world_.Shake(client, server, &watch);
        (this->*then)(client, server);
        watch.Lap();
        OK(s2n_connection_free(server));
        t.server += server_ns + watch.Lap();
        OK(s2n_connection_free(client));
        t.client += client_ns + watch.Lap();
        world_.to_client.Clear(); /* of tickets that nobody has read */
        return t;
    }

    void Save(s2n_connection *client, s2n_connection *server) { world_.SaveSession(client, server); }

    /* What came out is what the row says, so that the comparison is honest. */
    void Check(s2n_connection *client, s2n_connection *server)
    {
        CheckProof(client, server);
        int version = case_.version == Version::tls13 ? S2N_TLS13 : S2N_TLS12;
        Must(std::string(s2n_connection_get_cipher(server)) == case_.suite, "another suite");
        Must(s2n_connection_get_actual_protocol_version(server) == version, "another version");
        if (HasExchange(case_)) {
            const char *group = nullptr;
            OK(s2n_connection_get_key_exchange_group(server, &group));
            Must(std::string(group) == case_.group, "another group");
        }
        Must(world_.to_client.empty() != HasNewTicket(case_), "a new ticket or none");
        Must(!case_.mutual || s2n_connection_client_cert_used(server) == 1, "no client certificate");
    }
    void CheckProof(s2n_connection *client, s2n_connection *server)
    {
        const int resumed = case_.proof == Proof::ticket ? 1 : 0;
        const size_t identity = case_.proof == Proof::external_psk ? psk_identity.size() : 0;
        for (s2n_connection *conn : { client, server }) {
            Must(s2n_connection_is_session_resumed(conn) == resumed, "resumed or not");
            Must(resumed != 0 || IdentityLength(conn) == identity, "the PSK");
        }
    }
    static size_t IdentityLength(s2n_connection *conn)
    {
        uint16_t n = 0;
        OK(s2n_connection_get_negotiated_psk_identity_length(conn, &n));
        return n;
    }

    HandshakeCase case_;
    World world_;
};

class IdleServer : public Idle
{
  public:
    IdleServer(std::shared_ptr<World> world) : world_(std::move(world)) {}
    ~IdleServer() override { s2n_connection_free(server_); }

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
} // namespace ours

std::unique_ptr<Handshaker> OursHandshaker(const HandshakeCase &c)
{
    return std::make_unique<ours::Shaker>(c);
}

std::unique_ptr<Idle> OursIdle(const HandshakeCase &c)
{
    static std::map<std::string, std::shared_ptr<ours::World>> worlds;
    std::shared_ptr<ours::World> &world = worlds[c.name];
    world = world != nullptr ? world : std::make_shared<ours::World>(c);
    return std::make_unique<ours::IdleServer>(world);
}

} // namespace bench
