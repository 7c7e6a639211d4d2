/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work done by this library on open connections, and the plumbing of ours.h. The connections come from hand-made
 * serialized ones, so every suite is reachable whatever the policies prefer.
 */
#include "ours.h"

#include <errno.h>

#include <array>
#include <vector>

namespace bench
{
namespace ours
{
namespace
{

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

} // namespace

void Must(bool ok, const char *what)
{
    if (!ok) {
        throw std::runtime_error(std::string("ours: ") + what + ": " + s2n_strerror_name(s2n_errno) + " " +
                                 s2n_strerror_debug(s2n_errno, nullptr));
    }
}

Config::Config()
{
    Init();
    config_.reset(s2n_config_new_minimal());
    Must(config_ != nullptr, "s2n_config_new_minimal");
}

void Config::Own(const std::string &cert, const std::string &key)
{
    chain_.reset(s2n_cert_chain_and_key_new());
    OK(s2n_cert_chain_and_key_load_pem(chain_.get(), cert.c_str(), key.c_str()));
    OK(s2n_config_add_cert_chain_and_key_to_store(get(), chain_.get()));
}

s2n_connection *NewConnection(s2n_mode mode, s2n_config *config, Queue *out, Queue *in)
{
    s2n_connection *conn = s2n_connection_new(mode);
    Must(conn != nullptr, "s2n_connection_new");
    OK(s2n_connection_set_config(conn, config));
    OK(s2n_connection_set_send_cb(conn, QueueSend));
    OK(s2n_connection_set_send_ctx(conn, out));
    OK(s2n_connection_set_recv_cb(conn, QueueRecv));
    OK(s2n_connection_set_recv_ctx(conn, in));
    OK(s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING));
    return conn;
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

namespace
{

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

void Deserialize(s2n_connection *conn, std::vector<uint8_t> &blob)
{
    OK(s2n_connection_deserialize(conn, blob.data(), static_cast<uint32_t>(blob.size())));
}

class BulkWork : public Bulk
{
  public:
    BulkWork(const CipherCase &c, const SizeCase &s)
        : size_(s), sink_(0), wire_(1 << 20), in_(s.size, 0x5a), out_(s.size)
    {
        std::vector<uint8_t> blob = MakeBlob(c);
        sink_.discard = true;
        sender_ = NewConnection(S2N_SERVER, config_.get(), &sink_, &sink_);
        feeder_ = NewConnection(S2N_SERVER, config_.get(), &wire_, &wire_);
        receiver_ = NewConnection(S2N_CLIENT, config_.get(), &wire_, &wire_);
        for (s2n_connection *conn : { sender_, feeder_, receiver_ }) {
            Deserialize(conn, blob);
        }
    }
    ~BulkWork() override
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
class MoverWork : public Mover
{
  public:
    explicit MoverWork(const CipherCase &c) : blob_(MakeBlob(c)), out_(blob_.size()), sink_(0)
    {
        sink_.discard = true;
        OK(s2n_config_set_serialization_version(config_.get(), S2N_SERIALIZED_CONN_V1));
        s2n_connection *conn = NewConnection(S2N_SERVER, config_.get(), &sink_, &sink_);
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

    ~MoverWork() override { Release(); }

  private:
    static constexpr size_t batch = 16;

    void Renew()
    {
        Release();
        for (s2n_connection *&conn : conns_) {
            conn = NewConnection(S2N_SERVER, config_.get(), &sink_, &sink_);
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

} // namespace
} // namespace ours

std::unique_ptr<Bulk> OursBulk(const CipherCase &c, const SizeCase &s)
{
    return std::make_unique<ours::BulkWork>(c, s);
}

std::unique_ptr<Mover> OursMover(const CipherCase &c)
{
    return std::make_unique<ours::MoverWork>(c);
}

} // namespace bench
