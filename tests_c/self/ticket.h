/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets opened and sealed by code of its own, over plain libcrypto, so that a test may look into one or forge what
 * only the holder of the key could make. The layout is contract/tickets.md sections 1 to 3.
 */
#ifndef SELF_TICKET_H
#define SELF_TICKET_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace s2n_test
{

inline void MustBe(bool ok, const char *what)
{
    if (!ok) {
        throw std::runtime_error(what);
    }
}
inline uint8_t *Bytes(std::string &s)
{
    return reinterpret_cast<uint8_t *>(&s[0]);
}

/* HKDF with SHA-256 and no salt. */
inline std::string Hkdf(const std::string &secret, const std::string &info, size_t len)
{
    std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                          EVP_KDF_free);
    std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> ctx(EVP_KDF_CTX_new(kdf.get()),
                                                                  EVP_KDF_CTX_free);
    std::string key = secret, text = info, out(len, '\0');
    char digest[] = "SHA256";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, &key[0], key.size()),
                            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, &text[0], text.size()),
                            OSSL_PARAM_construct_end() };
    MustBe(EVP_KDF_derive(ctx.get(), Bytes(out), len, params) == 1, "HKDF");
    return out;
}

/* AES-256-GCM both ways; opening gives "" when the tag is wrong. The tag stands behind the ciphertext. */
class Gcm
{
  public:
    Gcm(const std::string &key, const std::string &iv, const std::string &aad, bool seal)
        : ctx_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free)
    {
        int n = 0;
        std::string k = key, i = iv, a = aad;
        MustBe(EVP_CipherInit_ex2(ctx_.get(), EVP_aes_256_gcm(), Bytes(k), Bytes(i), seal, nullptr) == 1,
               "init");
        MustBe(EVP_CipherUpdate(ctx_.get(), nullptr, &n, Bytes(a), static_cast<int>(a.size())) == 1, "aad");
    }
    std::string Seal(std::string plain)
    {
        std::string out(plain.size(), '\0'), tag(16, '\0');
        int n = 0;
        MustBe(EVP_CipherUpdate(ctx_.get(), Bytes(out), &n, Bytes(plain), static_cast<int>(plain.size())) ==
                       1 &&
                   EVP_CipherFinal_ex(ctx_.get(), Bytes(out) + n, &n) == 1 &&
                   EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, 16, Bytes(tag)) == 1,
               "seal");
        return out + tag;
    }
    std::string Open(const std::string &sealed)
    {
        std::string cipher = sealed.substr(0, sealed.size() - 16), tag = sealed.substr(sealed.size() - 16);
        std::string out(cipher.size(), '\0');
        int n = 0;
        MustBe(EVP_CipherUpdate(ctx_.get(), Bytes(out), &n, Bytes(cipher), static_cast<int>(cipher.size())) ==
                       1 &&
                   EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_SET_TAG, 16, Bytes(tag)) == 1,
               "open");
        return EVP_CipherFinal_ex(ctx_.get(), Bytes(out) + n, &n) == 1 ? out : "";
    }

  private:
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx_;
};

/* The cipher of one ticket: of this key, name and random info. */
inline Gcm TicketCipher(const std::string &material, const std::string &padded_name, const std::string &info,
                        const std::string &iv, bool seal)
{
    std::string derived = Hkdf(material, "", 44);
    std::string key = Hkdf(derived.substr(0, 32), info, 32);
    return Gcm(key, iv, derived.substr(32) + padded_name, seal);
}

/* The state in a ticket of this key; "" if it does not open. */
inline std::string OpenTicket(const std::string &ticket, const std::string &material)
{
    MustBe(ticket.size() > 77 && ticket[0] == 1, "no ticket");
    return TicketCipher(material, ticket.substr(1, 16), ticket.substr(17, 32), ticket.substr(49, 12), false)
        .Open(ticket.substr(61));
}
inline std::string SealTicket(const std::string &state, const std::string &name, const std::string &material)
{
    std::string padded = name + std::string(16 - name.size(), '\0'), random(44, '\0');
    MustBe(RAND_bytes(Bytes(random), 44) == 1, "RAND_bytes");
    return std::string(1, '\x01') + padded + random +
           TicketCipher(material, padded, random.substr(0, 32), random.substr(32), true).Seal(state);
}

/* Big-endian numbers in a state. */
inline uint64_t NumberAt(const std::string &bytes, size_t at, size_t len)
{
    uint64_t v = 0;
    for (size_t i = 0; i < len; i++) {
        v = v << 8 | static_cast<uint8_t>(bytes.at(at + i));
    }
    return v;
}
inline std::string WithNumber(std::string bytes, size_t at, size_t len, uint64_t v)
{
    for (size_t i = len; i-- > 0; v >>= 8) {
        bytes.at(at + i) = static_cast<char>(v);
    }
    return bytes;
}

} // namespace s2n_test

#endif
