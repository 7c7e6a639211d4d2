/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets, session blobs and PSK binders taken apart, changed and made, right or wrong, by code of its own on plain
 * HMAC and AES-GCM: nothing here uses the library under test. contract/tickets.md sections 2 to 4, RFC 8446 4.2.11.2
 * and 7.1.
 */
#ifndef WIRE_TICKET_H
#define WIRE_TICKET_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "wire/hello.h"

namespace wire
{

inline Bytes Text(const std::string &s)
{
    return Bytes(s.begin(), s.end());
}
inline Bytes Sub(const Bytes &b, size_t from, size_t n = SIZE_MAX)
{
    from = std::min(from, b.size());
    return Bytes(b.begin() + static_cast<long>(from),
                 b.begin() + static_cast<long>(from + std::min(n, b.size() - from)));
}

/* ---- key derivation, RFC 5869 and RFC 8446 7.1 ---- */

struct Hash {
    const EVP_MD *md;
    size_t size() const { return static_cast<size_t>(EVP_MD_get_size(md)); }
    static Hash Sha256() { return { EVP_sha256() }; }
    static Hash Sha384() { return { EVP_sha384() }; }

    Bytes Digest(const Bytes &data) const
    {
        Bytes out(size());
        EVP_Digest(data.data(), data.size(), out.data(), nullptr, md, nullptr);
        return out;
    }
    Bytes Hmac(const Bytes &key, const Bytes &data) const
    {
        static const uint8_t none = 0;
        Bytes out(size());
        HMAC(md, key.empty() ? &none : key.data(), static_cast<int>(key.size()), data.data(), data.size(),
             out.data(), nullptr);
        return out;
    }
    Bytes Expand(const Bytes &prk, const Bytes &info, size_t n) const
    {
        Bytes out, block;
        for (uint8_t i = 1; out.size() < n; i++) {
            block = Hmac(prk, block + info + Bytes{ i });
            out = out + block;
        }
        out.resize(n);
        return out;
    }
    Bytes Label(const Bytes &secret, const std::string &label, const Bytes &context) const
    {
        return Expand(secret,
                      U16(static_cast<unsigned>(size())) + Vec(1, Text("tls13 " + label)) + Vec(1, context),
                      size());
    }
};

/* The binder of a key over what comes before the binders list of a ClientHello (and what came before that hello). */
inline Bytes BinderOf(Hash hash, const Bytes &psk, bool external, const Bytes &truncated)
{
    Bytes early = hash.Hmac(Bytes(hash.size(), 0), psk);
    Bytes key = hash.Label(early, external ? "ext binder" : "res binder", hash.Digest({}));
    return hash.Hmac(hash.Label(key, "finished", {}), hash.Digest(truncated));
}

/* ---- tickets ---- */

struct TicketKey {
    Bytes name, material;
};

struct Sealed {
    static constexpr size_t kInfo = 17, kIv = 49, kText = 61, kTag = 16;

    static Bytes Padded(Bytes name)
    {
        name.resize(16);
        return name;
    }
    /* Any plaintext as a ticket of this key. */
    static Bytes Seal(const TicketKey &key, const Bytes &state)
    {
        Bytes fresh(kText - kInfo);
        RAND_bytes(fresh.data(), static_cast<int>(fresh.size()));
        Bytes out = Bytes{ 1 } + Padded(key.name) + fresh + Bytes(state.size() + kTag, 0);
        Crypt(key, &out, state, true);
        return out;
    }
    /* The plaintext of a ticket; throws when it is none of this key. */
    static Bytes Open(const TicketKey &key, Bytes ticket)
    {
        size_t n = ticket.size() < kText + kTag ? 0 : ticket.size() - kText - kTag;
        Bytes state(n);
        if (ticket.size() != kText + n + kTag || ticket[0] != 1 || !Crypt(key, &ticket, state, false)) {
            throw std::runtime_error("wire: not a ticket of this key");
        }
        return Sub(ticket, kText, state.size());
    }

  private:
    static bool Crypt(const TicketKey &key, Bytes *ticket, const Bytes &state, bool seal)
    {
        Hash hash = Hash::Sha256();
        Bytes base = hash.Expand(hash.Hmac({}, key.material), {}, 44);
        Bytes one = hash.Expand(hash.Hmac({}, Sub(base, 0, 32)), Sub(*ticket, kInfo, 32), 32);
        Bytes aad = Sub(base, 32) + Padded(key.name);
        uint8_t *text = ticket->data() + kText, *tag = text + state.size();
        int n = 0, size = static_cast<int>(state.size());
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), nullptr, one.data(), ticket->data() + kIv, seal);
        EVP_CipherUpdate(ctx, nullptr, &n, aad.data(), static_cast<int>(aad.size()));
        EVP_CipherUpdate(ctx, text, &n, seal ? state.data() : text, size);
        if (!seal) {
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTag), tag);
        }
        bool ok = EVP_CipherFinal_ex(ctx, text + size, &n) == 1;
        if (seal) {
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTag), tag);
        }
        EVP_CIPHER_CTX_free(ctx);
        return ok;
    }
};

/* What s2n_connection_get_session gives: a ticket or session id, and the client's state. */
struct Blob {
    uint8_t tag = 1;
    Bytes handle, state;

    static Blob Parse(const Bytes &bytes)
    {
        Reader r(bytes);
        Blob b;
        b.tag = static_cast<uint8_t>(r.Int(1));
        b.handle = r.Vec(b.tag == 1 ? 2 : 1);
        b.state = r.Take(r.Left());
        return b;
    }
    Bytes Build() const { return Bytes{ tag } + Vec(tag == 1 ? 2 : 1, handle) + state; }
};

/* ---- the pre_shared_key extension ---- */

struct Offer {
    struct Identity {
        Bytes name;
        uint32_t age = 0;
    };
    std::vector<Identity> identities;
    std::vector<Bytes> binders;

    static Offer Parse(const Bytes &body)
    {
        Reader r(body);
        Offer o;
        for (Reader list(r.Vec(2)); list.Left() > 0;) {
            Bytes name = list.Vec(2);
            o.identities.push_back({ name, static_cast<uint32_t>(list.Int(4)) });
        }
        for (Reader list(r.Vec(2)); list.Left() > 0;) {
            o.binders.push_back(list.Vec(1));
        }
        return o;
    }
    Bytes BinderList() const
    {
        Bytes list;
        for (const Bytes &b : binders) {
            list = list + Vec(1, b);
        }
        return Vec(2, list);
    }
    Bytes Build() const
    {
        Bytes list;
        for (const Identity &i : identities) {
            list = list + Vec(2, i.name) + Num(4, i.age);
        }
        return Vec(2, list) + BinderList();
    }
};

/* Makes a binder right again after the hello was changed. `before`: the transcript up to this hello. */
inline void Rebind(ClientHello *h, size_t which, Hash hash, const Bytes &psk, bool external,
                   const Bytes &before = {})
{
    Offer o = Offer::Parse(h->exts.At(41));
    o.binders.at(which).resize(hash.size());
    h->exts.At(41) = o.Build();
    Bytes whole = h->Build();
    o.binders[which] = BinderOf(
        hash, psk, external, before + Sub(whole, 0, whole.size() - o.BinderList().size() - h->tail.size()));
    h->exts.At(41) = o.Build();
}

} // namespace wire

#endif
