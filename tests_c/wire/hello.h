/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshake messages taken apart and put together again, right or wrong, by code of its own: nothing here uses the
 * library under test. A message is its four-byte header and body. Parsing throws when the library sent nonsense.
 */
#ifndef WIRE_HELLO_H
#define WIRE_HELLO_H

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/hex.h"

namespace wire
{

inline Bytes Num(size_t bytes, size_t v)
{
    Bytes out;
    for (size_t i = bytes; i-- > 0;) {
        out.push_back(static_cast<uint8_t>(v >> (8 * i)));
    }
    return out;
}
inline Bytes operator+(Bytes a, const Bytes &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
/* A vector with a length field of `size` bytes in front. */
inline Bytes Vec(size_t size, const Bytes &content)
{
    return Num(size, content.size()) + content;
}
inline Bytes U16(unsigned v)
{
    return Num(2, v);
}
inline Bytes Handshake(uint8_t type, const Bytes &body)
{
    return Bytes{ type } + Vec(3, body);
}
inline Bytes Body(const Bytes &message)
{
    return Bytes(message.begin() + 4, message.end());
}

class Reader
{
  public:
    explicit Reader(const Bytes &b) : b_(b) {}
    size_t Left() const { return b_.size() - at_; }
    size_t Int(size_t bytes)
    {
        size_t v = 0;
        for (uint8_t x : Take(bytes)) {
            v = v << 8 | x;
        }
        return v;
    }
    Bytes Take(size_t n)
    {
        if (n > Left()) {
            throw std::runtime_error("wire: a message is shorter than it says");
        }
        Bytes out(b_.begin() + static_cast<long>(at_), b_.begin() + static_cast<long>(at_ + n));
        at_ += n;
        return out;
    }
    Bytes Vec(size_t size) { return Take(Int(size)); }

  private:
    Bytes b_;
    size_t at_ = 0;
};

struct Ext {
    uint16_t id;
    Bytes body;
};

/* An extension block without its own length. */
class Exts
{
  public:
    std::vector<Ext> list;

    static Exts Parse(const Bytes &block)
    {
        Exts e;
        for (Reader r(block); r.Left() > 0;) {
            uint16_t id = static_cast<uint16_t>(r.Int(2));
            e.list.push_back({ id, r.Vec(2) });
        }
        return e;
    }
    Bytes Build() const
    {
        Bytes out;
        for (const Ext &e : list) {
            out = out + U16(e.id) + Vec(2, e.body);
        }
        return out;
    }
    bool Has(uint16_t id) const
    {
        return std::any_of(list.begin(), list.end(), [id](const Ext &e) { return e.id == id; });
    }
    Bytes &At(uint16_t id)
    {
        for (Ext &e : list) {
            if (e.id == id) {
                return e.body;
            }
        }
        throw std::runtime_error("wire: no such extension");
    }
    void Set(uint16_t id, const Bytes &body)
    {
        if (Has(id)) {
            At(id) = body;
        } else {
            list.push_back({ id, body });
        }
    }
    void Drop(uint16_t id)
    {
        list.erase(std::remove_if(list.begin(), list.end(), [id](const Ext &e) { return e.id == id; }),
                   list.end());
    }
    void Add(uint16_t id, const Bytes &body) { list.push_back({ id, body }); }
};

struct ClientHello {
    uint16_t version = 0;
    Bytes random, session_id, compression;
    std::vector<uint16_t> suites;
    Exts exts;
    Bytes tail; /* behind the extensions */

    static ClientHello Parse(const Bytes &message)
    {
        Reader r(Body(message));
        ClientHello h;
        h.version = static_cast<uint16_t>(r.Int(2));
        h.random = r.Take(32);
        h.session_id = r.Vec(1);
        for (Reader list(r.Vec(2)); list.Left() > 0;) {
            h.suites.push_back(static_cast<uint16_t>(list.Int(2)));
        }
        h.compression = r.Vec(1);
        if (r.Left() > 0) {
            h.exts = Exts::Parse(r.Vec(2));
        }
        return h;
    }
    Bytes Build() const
    {
        Bytes list;
        for (uint16_t s : suites) {
            list = list + U16(s);
        }
        return Handshake(1, U16(version) + random + Vec(1, session_id) + Vec(2, list) + Vec(1, compression) +
                                Vec(2, exts.Build()) + tail);
    }
};

struct ServerHello {
    uint16_t version = 0, suite = 0;
    uint8_t compression = 0;
    Bytes random, session_id;
    bool has_exts = false;
    Exts exts;
    Bytes tail;

    static ServerHello Parse(const Bytes &message)
    {
        Reader r(Body(message));
        ServerHello h;
        h.version = static_cast<uint16_t>(r.Int(2));
        h.random = r.Take(32);
        h.session_id = r.Vec(1);
        h.suite = static_cast<uint16_t>(r.Int(2));
        h.compression = static_cast<uint8_t>(r.Int(1));
        h.has_exts = r.Left() > 0;
        if (h.has_exts) {
            h.exts = Exts::Parse(r.Vec(2));
        }
        return h;
    }
    Bytes Build() const
    {
        Bytes block = has_exts || !exts.list.empty() ? Vec(2, exts.Build()) : Bytes{};
        return Handshake(2, U16(version) + random + Vec(1, session_id) + U16(suite) + Bytes{ compression } +
                                block + tail);
    }
    bool IsRetry() const { return random == RetryRandom(); }
    static Bytes RetryRandom()
    {
        return FromHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    }
    static ServerHello Retry(const ServerHello &like, uint16_t group)
    {
        ServerHello h = like;
        h.random = RetryRandom();
        h.exts.list = { { 43, U16(0x0304) }, { 51, U16(group) } };
        return h;
    }
};

} // namespace wire

#endif
