/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of an attack table: from which start, what is changed on the way, who must notice, with which error and which
 * alert on the wire. Adding an attack is adding a row. The alert stands in the row as a number and must also be what
 * the error's row of errors.def says.
 */
#ifndef WIRE_ROW_H
#define WIRE_ROW_H

#include "wire/mitm.h"

namespace wire
{

struct Row {
    std::string name;
    std::function<PairOptions()> scene;
    bool victim_is_client;
    std::function<Rewrite()> rewrite; /* made afresh for each run, so that it may keep state */
    std::string error;
    int alert; /* 0: a plain close_notify, -1: nothing at all */
};

inline void PrintTo(const Row &row, std::ostream *os)
{
    *os << row.name;
}
inline std::string NameOf(const testing::TestParamInfo<Row> &info)
{
    return info.param.name;
}

class Attack : public testing::TestWithParam<Row>
{
  protected:
    void Expect()
    {
        const Row &row = GetParam();
        Mitm mitm(row.scene(), row.rewrite());
        mitm.Run();
        int error = mitm.end(row.victim_is_client).error;
        ASSERT_EQ(row.error, ErrName(error))
            << s2n_strerror_debug(error, nullptr)
            << ", the other end: " << ErrName(mitm.end(!row.victim_is_client).error);
        int level = 0;
        EXPECT_EQ(row.alert, mitm.AlertOf(row.victim_is_client, &level));
        if (row.alert > 0) {
            EXPECT_EQ(row.alert, err_wire_alert(error));
            EXPECT_EQ(2, level);
        }
        s2n_blocked_status blocked;
        EXPECT_EQ(-1, s2n_negotiate(mitm.end(row.victim_is_client).conn, &blocked)) << "it went on";
    }
};

/* ---- scenes ---- */

inline PairOptions Tls13()
{
    return ServedBy(KeyKind::P256, "CloudFront-TLS-1-3-2025-no-pq");
} /* x25519 first */
inline PairOptions Tls13P256()
{
    return ServedBy(KeyKind::P256, "default_tls13");
} /* secp256r1 first */
inline PairOptions Tls12()
{
    return ServedBy(KeyKind::P256, "20240501");
}
inline PairOptions Tls12Rsa()
{
    return ServedBy(KeyKind::Rsa2048, "20240501");
}
inline PairOptions Tls12Kex()
{
    return ServedBy(KeyKind::Rsa2048, "test_all_rsa_kex");
}
inline PairOptions Mutual13()
{
    PairOptions o = Tls13();
    Mutual(&o, KeyKind::P256);
    return o;
}
inline PairOptions Mutual12()
{
    PairOptions o = Tls12();
    Mutual(&o, KeyKind::P256);
    return o;
}
/* The client's first share is for a group that the server does not have. */
inline PairOptions Retry13()
{
    PairOptions o = ServedBy(KeyKind::P384, "20250414"); /* secp384r1 only */
    o.client.policy = "20240603";                        /* x25519 first */
    return o;
}
inline PairOptions WithAlpn(PairOptions o)
{
    o.client.alpn = o.server.alpn = { "h2", "http/1.1" };
    return o;
}

/* ---- rewrites ---- */

/* The index-th message of a type is replaced, all else passes. */
inline std::function<Rewrite()> On(bool from_client, int type, std::function<Pieces(const Message &)> f,
                                   int index = 0)
{
    return [=]() -> Rewrite {
        return [=](const Message &m) {
            return m.from_client == from_client && m.type == type && m.index == index ? f(m) : Same(m);
        };
    };
}
inline std::function<Rewrite()> OnBody(bool from_client, int type, std::function<Bytes(Bytes)> f,
                                       int index = 0)
{
    return On(
        from_client, type,
        [=](const Message &m) -> Pieces {
            return { { HANDSHAKE, Handshake(m.bytes[0], f(Body(m.bytes))) } };
        },
        index);
}
inline std::function<Rewrite()> OnClientHello(std::function<void(ClientHello &)> f, int index = 0)
{
    return On(
        true, CLIENT_HELLO,
        [=](const Message &m) -> Pieces {
            ClientHello h = ClientHello::Parse(m.bytes);
            f(h);
            return { { HANDSHAKE, h.Build() } };
        },
        index);
}
inline std::function<Rewrite()> OnServerHello(std::function<void(ServerHello &)> f, int index = 0)
{
    return On(
        false, SERVER_HELLO,
        [=](const Message &m) -> Pieces {
            ServerHello h = ServerHello::Parse(m.bytes);
            f(h);
            return { { HANDSHAKE, h.Build() } };
        },
        index);
}
inline std::function<Rewrite()> OnEncrypted(std::function<void(Exts &)> f)
{
    return OnBody(false, ENCRYPTED_EXTENSIONS, [=](Bytes body) {
        Exts e = Exts::Parse(Reader(body).Vec(2));
        f(e);
        return Vec(2, e.Build());
    });
}
/* Something in front of, or behind, or instead of a message. */
inline std::function<Rewrite()> Before(bool from_client, int type, Pieces extra, int index = 0)
{
    return On(
        from_client, type,
        [=](const Message &m) {
            Pieces p = extra;
            p.push_back({ m.content, m.bytes });
            return p;
        },
        index);
}
inline std::function<Rewrite()> After(bool from_client, int type, Pieces extra, int index = 0)
{
    return On(
        from_client, type,
        [=](const Message &m) {
            Pieces p = Same(m);
            p.insert(p.end(), extra.begin(), extra.end());
            return p;
        },
        index);
}
inline std::function<Rewrite()> Instead(bool from_client, int type, Pieces other, int index = 0)
{
    return On(
        from_client, type, [=](const Message &) { return other; }, index);
}
inline Bytes Flipped(Bytes b, size_t from_end = 0)
{
    b[b.size() - 1 - from_end] ^= 1;
    return b;
}
inline Bytes Fill(size_t n, uint8_t v = 0)
{
    return Bytes(n, v);
}
/* A whole record as it stands on the wire. */
inline Piece Wire(uint8_t content, const Bytes &body, unsigned version = 0x0303)
{
    return { content, Bytes{ content } + U16(version) + Vec(2, body), Piece::WIRE };
}

} // namespace wire

#endif
