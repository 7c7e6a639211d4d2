/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends of one established connection without a handshake: both are restored from a blob made up here, and talk
 * over queues in memory whose every habit a test can choose. For tests of core/conn. <atomic> has to come before
 * conn.h, which is read inside extern "C".
 */
#ifndef SUPPORT_CONN_PAIR_H
#define SUPPORT_CONN_PAIR_H

#include <atomic>

#include "support/core_fixture.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ostream>

extern "C" {
#include "conn/inner.h"
}

/* One direction of a transport. */
struct Queue {
    Bytes data;
    size_t capacity = SIZE_MAX;  /* a writer is blocked once this much waits */
    size_t chunk = SIZE_MAX;     /* most bytes per call */
    size_t allowance = SIZE_MAX; /* bytes that may still pass before calls block */
    bool eof = false;
    int error = 0; /* errno of the next calls */
    unsigned reads = 0, writes = 0;
    std::vector<uint32_t> asked; /* what each read asked for */

    static int Fail(int e)
    {
        errno = e;
        return -1;
    }
    static int Recv(void *ctx, uint8_t *buf, uint32_t len)
    {
        Queue *q = static_cast<Queue *>(ctx);
        q->reads++;
        q->asked.push_back(len);
        if (q->error != 0) {
            return Fail(q->error);
        }
        size_t n = std::min({ static_cast<size_t>(len), q->chunk, q->data.size(), q->allowance });
        if (n == 0) {
            return q->eof && q->data.empty() ? 0 : Fail(EAGAIN);
        }
        std::memcpy(buf, q->data.data(), n);
        q->data.erase(q->data.begin(), q->data.begin() + static_cast<std::ptrdiff_t>(n));
        q->allowance -= q->allowance == SIZE_MAX ? 0 : n;
        return static_cast<int>(n);
    }
    static int Send(void *ctx, const uint8_t *buf, uint32_t len)
    {
        Queue *q = static_cast<Queue *>(ctx);
        q->writes++;
        if (q->error != 0) {
            return Fail(q->error);
        }
        size_t room = q->capacity > q->data.size() ? q->capacity - q->data.size() : 0;
        size_t n = std::min({ static_cast<size_t>(len), q->chunk, room, q->allowance });
        if (n == 0) {
            return Fail(EAGAIN);
        }
        q->data.insert(q->data.end(), buf, buf + n);
        q->allowance -= q->allowance == SIZE_MAX ? 0 : n;
        return static_cast<int>(n);
    }
};

struct Kind {
    uint16_t version, suite;
    const char *name;
};
inline void PrintTo(const Kind &k, std::ostream *os)
{
    *os << k.name;
}

constexpr Kind kKinds[] = {
    { TLS13, 0x1301, "Tls13Aes128" }, { TLS13, 0x1302, "Tls13Aes256" },    { TLS13, 0x1303, "Tls13ChaCha" },
    { TLS12, 0xC02F, "Tls12Gcm128" }, { TLS12, 0xC030, "Tls12Gcm256" },    { TLS12, 0xCCA8, "Tls12ChaCha" },
    { TLS12, 0xC013, "Tls12Cbc" },    { TLS12, 0x003D, "Tls12CbcSha256" }, { TLS11, 0xC013, "Tls11Cbc" },
    { TLS10, 0x002F, "Tls10Cbc" },    { TLS10, 0x000A, "Tls10TripleDes" }, { SSL3, 0x002F, "Ssl3Cbc" },
};

struct BlobSpec {
    Kind kind = kKinds[0];
    uint64_t client_seq = 0, server_seq = 0;
    uint16_t fragment = 8087;
};

inline void Put(Bytes *to, uint64_t v, int n)
{
    while (n-- > 0) {
        to->push_back(static_cast<uint8_t>(v >> (8 * n)));
    }
}

inline Bytes MakeBlob(const BlobSpec &spec)
{
    const struct suite *suite = suite_by_id(spec.kind.suite);
    Bytes b;
    Put(&b, 1, 8);
    Put(&b, spec.kind.version, 2);
    Put(&b, spec.kind.suite, 2);
    Put(&b, spec.client_seq, 8);
    Put(&b, spec.server_seq, 8);
    Put(&b, spec.fragment, 2);
    bool chained = spec.kind.version <= TLS10;
    size_t secrets = spec.kind.version == TLS13 ? 3 * hash_size(suite->prf) : 112;
    for (size_t i = 0; i < secrets; i++) {
        b.push_back(static_cast<uint8_t>(i * 7 + 3));
    }
    for (size_t i = 0; chained && i < 32; i++) { /* zeros after the block, as the format wants */
        b.push_back(i % 16 < suite->cipher->block ? static_cast<uint8_t>(i + 1) : 0);
    }
    return b;
}

struct ConnFree {
    void operator()(s2n_connection *c) const { EXPECT_TRUE(conn_free(c)); }
};
using Conn = std::unique_ptr<s2n_connection, ConnFree>;

class ConnTest : public CoreTest
{
  protected:
    static void SetUpTestSuite()
    {
        CoreTest::SetUpTestSuite();
        if (config_default() == nullptr) {
            ASSERT_TRUE(config_init());
        }
    }
    void SetUp() override
    {
        config = config_new();
        ASSERT_NE(config, nullptr);
        config->serialization_version = S2N_SERIALIZED_CONN_V1;
        config->max_blinding_set = true; /* no test waits for real; those of the delay set their own clock */
        config->max_blinding = 0;
    }
    void TearDown() override
    {
        client.reset();
        server.reset();
        config_free(config);
    }

    Conn Fresh(bool is_server)
    {
        Conn c(conn_new(is_server));
        EXPECT_NE(c, nullptr);
        EXPECT_TRUE(conn_set_config(c.get(), config));
        c->blind.mode = S2N_SELF_SERVICE_BLINDING;
        conn_set_recv_cb(c.get(), Queue::Recv);
        conn_set_send_cb(c.get(), Queue::Send);
        conn_set_recv_ctx(c.get(), is_server ? &to_server : &to_client);
        conn_set_send_ctx(c.get(), is_server ? &to_client : &to_server);
        return c;
    }
    Conn Restore(bool is_server, const Bytes &blob)
    {
        Conn c = Fresh(is_server);
        EXPECT_TRUE(conn_deserialize(c.get(), Span(blob))) << err_name(err_last());
        return c;
    }
    void Connect(const BlobSpec &spec = BlobSpec())
    {
        Bytes blob = MakeBlob(spec);
        to_client = Queue();
        to_server = Queue();
        client = Restore(false, blob);
        server = Restore(true, blob);
    }

    static Bytes Pattern(size_t n, uint8_t seed = 1)
    {
        Bytes b(n);
        for (size_t i = 0; i < n; i++) {
            b[i] = static_cast<uint8_t>(seed + i * 31 + (i >> 8));
        }
        return b;
    }

    /* One call each: the count, or -1 with the error in the slot. */
    ssize_t Send(const Conn &c, const Bytes &data, size_t from = 0)
    {
        struct iovec v = { const_cast<uint8_t *>(data.data()), data.size() };
        size_t sent = 0;
        return conn_sendv(c.get(), &v, 1, from, &blocked, &sent) ? static_cast<ssize_t>(sent) : -1;
    }
    ssize_t Recv(const Conn &c, Bytes *buf)
    {
        size_t got = 0;
        return conn_recv(c.get(), buf->data(), buf->size(), &blocked, &got) ? static_cast<ssize_t>(got) : -1;
    }
    /* Everything that can be had now, with buffers of `size`; the error that ended it is in the slot. */
    Bytes RecvAll(const Conn &c, size_t size = 32768)
    {
        Bytes all, buf(size);
        ssize_t n;
        while ((n = Recv(c, &buf)) > 0) {
            all.insert(all.end(), buf.begin(), buf.begin() + n);
        }
        ended = n;
        return all;
    }
    static std::string Err() { return err_name(err_last()); }

    /* A record that `c` would send, of any type, straight into its transport. */
    void Inject(const Conn &c, uint8_t type, const Bytes &content)
    {
        struct buf tx = {};
        struct span piece = Span(content);
        ASSERT_TRUE(record_seal(&c->out, type, session_wire_version(&c->session), &piece, 1, &tx));
        Queue &q = c->set.server ? to_client : to_server;
        q.data.insert(q.data.end(), tx.p, tx.p + tx.len);
        buf_free(&tx);
    }

    struct s2n_config *config = nullptr;
    Queue to_client, to_server;
    Conn client, server;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t ended = 0;
};

#endif
