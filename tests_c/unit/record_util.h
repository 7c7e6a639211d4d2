/* SPDX-License-Identifier: Apache-2.0 */
/* Halves with fixed keys, and records through them, for the tests of the ciphers and of the record layer. */
#ifndef UNIT_RECORD_UTIL_H
#define UNIT_RECORD_UTIL_H

#include "support/core_fixture.h"

extern "C" {
#include "base/err.h"
#include "record/record.h"
}

struct RecordKind {
    const char *name;
    uint16_t version, suite;
};

/* Every cipher with every version that has it, and every MAC. */
inline const std::vector<RecordKind> &AllKinds()
{
    static const std::vector<RecordKind> kinds = {
        { "Tls13Aes128Gcm", TLS13, 0x1301 },    { "Tls13Aes256Gcm", TLS13, 0x1302 },
        { "Tls13ChaCha20", TLS13, 0x1303 },     { "Tls12Aes128Gcm", TLS12, 0xC02F },
        { "Tls12Aes256Gcm", TLS12, 0xC030 },    { "Tls12ChaCha20", TLS12, 0xCCA8 },
        { "Tls12Aes128Sha1", TLS12, 0xC013 },   { "Tls12Aes128Sha256", TLS12, 0xC027 },
        { "Tls12Aes256Sha384", TLS12, 0xC028 }, { "Tls12TripleDes", TLS12, 0x000A },
        { "Tls11Aes256", TLS11, 0x0035 },       { "Tls11TripleDes", TLS11, 0x000A },
        { "Tls10Aes128", TLS10, 0x002F },       { "Tls10TripleDes", TLS10, 0x000A },
        { "Ssl3Aes128", SSL3, 0x002F },         { "Ssl3Aes256", SSL3, 0x0035 },
        { "Ssl3TripleDes", SSL3, 0x000A },
    };
    return kinds;
}

inline std::string KindName(const testing::TestParamInfo<RecordKind> &info)
{
    return info.param.name;
}

inline Bytes Pattern(size_t n, uint8_t start = 1)
{
    Bytes bytes(n);
    for (size_t i = 0; i < n; i++) {
        bytes[i] = static_cast<uint8_t>(start + i * 7 + (i >> 8));
    }
    return bytes;
}

class HalfPtr
{
  public:
    HalfPtr() { half_init(&half_); }
    ~HalfPtr() { half_wipe(&half_); }
    HalfPtr(const HalfPtr &) = delete;
    HalfPtr &operator=(const HalfPtr &) = delete;
    bool Key(const RecordKind &kind, bool sealing, uint64_t seq = 0, uint8_t key = 1)
    {
        const struct suite *suite = suite_by_id(kind.suite);
        Bytes keys = Pattern(suite->cipher->key, key), iv = Pattern(16, 99),
              mac = Pattern(hash_size(suite->mac), 50);
        struct traffic_keys_view view = { SPAN(keys.data(), keys.size()), SPAN(iv.data(), iv.size()),
                                          SPAN(mac.data(), mac.size()) };
        if (suite->cipher->kind == KIND_CBC && kind.version <= TLS10) {
            view.iv.n = suite->cipher->block;
        }
        return half_key(&half_, kind.version, suite, sealing, view, seq);
    }
    struct half *operator->() { return &half_; }
    operator struct half *() { return &half_; }

  private:
    struct half half_;
};

inline uint16_t WireVersion(const RecordKind &kind)
{
    return kind.version == TLS13 ? static_cast<uint16_t>(TLS12) : kind.version;
}

/* One record of one piece, header included; empty when sealing failed. */
inline Bytes Seal(struct half *out, uint8_t type, uint16_t version, const Bytes &plain)
{
    struct buf tx = {};
    struct span piece = SPAN(plain.data(), plain.size());
    Bytes wire;
    if (record_seal(out, type, version, &piece, 1, &tx)) {
        wire.assign(tx.p, tx.p + tx.len);
    }
    buf_free(&tx);
    return wire;
}

struct Opened {
    bool ok = false;
    int error = 0;
    uint8_t type = 0;
    bool plain = false;
    Bytes body;
};

/* In place, or with a destination of `room` bytes. */
inline Opened Open(struct half *in, const Bytes &wire, size_t room = 0)
{
    Opened result;
    struct rec_header hdr;
    struct rec rec;
    Bytes body(wire.begin() + RECORD_HEADER, wire.end()), dst(room);
    result.ok = record_header(in, wire.data(), &hdr) && hdr.len == body.size() &&
                record_open(in, &hdr, body.data(), room > 0 ? dst.data() : nullptr, room, &rec);
    if (!result.ok) {
        result.error = err_last();
        return result;
    }
    result.type = rec.type;
    result.plain = rec.plain;
    result.body.assign(rec.body.p, rec.body.p + rec.body.n);
    return result;
}

/* With the length field as the fragment now has it. */
inline Bytes Relength(Bytes wire)
{
    size_t n = wire.size() - RECORD_HEADER;
    wire[3] = static_cast<uint8_t>(n >> 8);
    wire[4] = static_cast<uint8_t>(n);
    return wire;
}

#endif
