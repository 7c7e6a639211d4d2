/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one measured stack can do, whoever does it: our library through its public API, OpenSSL's libssl, or bare
 * libcrypto calls, the floor that no stack on this libcrypto can go below. bench_main.cc makes one of each and
 * lets them take turns, so that a busy machine is busy for all three. All times are CPU nanoseconds of this thread.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace bench
{

enum class Version {
    tls12,
    tls13
};

/* What the server is known by: in a full handshake a certificate. */
enum class Proof {
    certificate,
    ticket,
    external_psk
};

/* A handshake: policies are ours, suite and group are what they must lead to and what libssl is told. */
struct HandshakeCase {
    const char *name;
    Version version;
    const char *key; /* of the certificates: "ec" (P-256) or "rsa" (2048) */
    const char *group;
    const char *suite;
    bool mutual, strangers; /* strangers: the server's certificate is always one not met lately */
    const char *client_policy, *server_policy;
    size_t transcript, flight; /* bytes hashed by each side; bytes of the server's encrypted flight */
    Proof proof = Proof::certificate;
};

/* Whoever resumes with TLS 1.3 is sent a ticket for the next time. */
inline bool HasNewTicket(const HandshakeCase &c)
{
    return c.version == Version::tls13 && c.proof == Proof::ticket;
}

/* Only a TLS 1.2 session is resumed without a key exchange. */
inline bool HasExchange(const HandshakeCase &c)
{
    return c.version == Version::tls13 || c.proof == Proof::certificate;
}

enum class Cipher {
    aes128gcm,
    aes256gcm,
    chacha,
    aes128cbc
};

struct CipherCase {
    const char *name;
    Version version;
    Cipher cipher;
    uint16_t suite;
    const char *suite_name, *key;
    bool sha384;
};

/* `count` messages of `size` bytes make one timed batch; each message is one record. */
struct SizeCase {
    const char *name;
    size_t size, count;
};

struct Sides {
    double client, server;
};

class Handshaker
{
  public:
    virtual ~Handshaker() = default;
    /* One handshake on new objects, which are freed inside. */
    virtual Sides Once() = 0;
};

class Bulk
{
  public:
    virtual ~Bulk() = default;
    /* Time of one batch; making the input of Receive is not part of it. */
    virtual double Send() = 0;
    virtual double Receive() = 0;
};

/* Moving connections: time of one operation, averaged over a small batch. */
class Mover
{
  public:
    virtual ~Mover() = default;
    struct Times {
        double deserialize, serialize, first_byte;
    };
    virtual Times Once() = 0;
};

/* One server connection kept alive to see what it weighs: none before Create. The peer is gone after Handshake. */
class Idle
{
  public:
    virtual ~Idle() = default;
    virtual void Create() = 0;
    virtual void Handshake(bool with_data) = 0;
    virtual void FreeHandshake() = 0; /* libssl has no such thing: does nothing */
    virtual void ReleaseBuffers() = 0;
};

std::unique_ptr<Handshaker> OursHandshaker(const HandshakeCase &c);
std::unique_ptr<Handshaker> LibsslHandshaker(const HandshakeCase &c);
std::unique_ptr<Handshaker> FloorHandshaker(const HandshakeCase &c);
std::unique_ptr<Bulk> OursBulk(const CipherCase &c, const SizeCase &s);
std::unique_ptr<Bulk> LibsslBulk(const CipherCase &c, const SizeCase &s);
std::unique_ptr<Bulk> FloorBulk(const CipherCase &c, const SizeCase &s);
std::unique_ptr<Mover> OursMover(const CipherCase &c);
std::unique_ptr<Mover> FloorMover(const CipherCase &c);
std::unique_ptr<Idle> OursIdle(const HandshakeCase &c);
std::unique_ptr<Idle> LibsslIdle(const HandshakeCase &c);

/* ---- shared plumbing ---- */

inline void Require(bool ok, const std::string &what)
{
    if (!ok) {
        throw std::runtime_error(what);
    }
}

inline uint64_t CpuNow()
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<uint64_t>(t.tv_sec) * 1000000000u + static_cast<uint64_t>(t.tv_nsec);
}

/* What reading the clock itself costs (it is a system call); every lap is shortened by it. */
double ClockCost();

class Stopwatch
{
  public:
    Stopwatch() : last_(CpuNow()) {}
    double Lap()
    {
        uint64_t now = CpuNow();
        double ns = static_cast<double>(now - last_) - ClockCost();
        last_ = CpuNow();
        return ns > 0 ? ns : 0;
    }

  private:
    uint64_t last_;
};

} // namespace bench

#endif
