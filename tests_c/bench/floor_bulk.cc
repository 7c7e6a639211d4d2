/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of bulk data: one record's libcrypto calls, and for receiving the one copy into the library's buffer.
 * Where there are two ways in (text and type apart or joined; generic calls or, for TLS 1.2, record mode), the faster
 * one counts, each time.
 */
#include <openssl/core_names.h>

#include <algorithm>
#include <vector>

#include "floor.h"

namespace bench
{
namespace
{

class FloorAead : public Bulk
{
  public:
    FloorAead(const CipherCase &c, const SizeCase &s)
        : v13_(c.version == Version::tls13), aad_len_(v13_ ? 5 : 13), size_(s), generic_(c.cipher),
          record_(c.cipher), in_(s.size, 0x5a), wire_(s.size + 64), own_(s.size + 64), out_(s.size + 64)
    {
        if (!v13_) {
            record_.FixIv();
        }
    }

    double Send() override { return std::min(SendGeneric(), v13_ ? SendJoined() : SendRecords()); }
    double Receive() override
    {
        return v13_ ? ReceiveGeneric() : std::min(ReceiveGeneric(), ReceiveRecords());
    }

  private:
    double SendGeneric()
    {
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            generic_.Seal(aad_, aad_len_, in_.data(), size_.size, wire_.data(), aad_, v13_ ? 1 : 0);
        }
        return watch.Lap();
    }

    /* TLS 1.3: the content type behind the text. For small records a copy is cheaper than one more call. */
    double SendJoined()
    {
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            std::memcpy(wire_.data(), in_.data(), size_.size);
            wire_[size_.size] = 23;
            generic_.Seal(aad_, aad_len_, wire_.data(), size_.size + 1, wire_.data(), nullptr, 0);
        }
        return watch.Lap();
    }

    /* All records are alike, so the same one is opened again and again. */
    double ReceiveGeneric()
    {
        size_t n = size_.size + (v13_ ? 1 : 0);
        generic_.Seal(aad_, aad_len_, in_.data(), size_.size, wire_.data(), aad_, v13_ ? 1 : 0);
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            std::memcpy(own_.data(), wire_.data(), n + 16);
            generic_.Open(aad_, aad_len_, own_.data(), n, out_.data());
        }
        return watch.Lap();
    }

    double SendRecords()
    {
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            aad_[7]++;
            record_.SealRecord(aad_, size_.size, own_.data());
        }
        return watch.Lap();
    }

    double ReceiveRecords()
    {
        size_t whole = record_.explicit_iv() + size_.size + 16;
        record_.SealRecord(aad_, size_.size, wire_.data());
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            std::memcpy(own_.data(), wire_.data(), whole);
            record_.OpenRecord(aad_, size_.size, own_.data());
        }
        return watch.Lap();
    }

    bool v13_;
    int aad_len_;
    SizeCase size_;
    Aead generic_, record_;
    std::vector<uint8_t> in_, wire_, own_, out_;
    uint8_t aad_[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3 };
};

/* AES-128-CBC with HMAC-SHA1: libcrypto's TLS mode, which pads and unpads in constant time, and its HMAC that hides
 * the length. A context that has hidden one length is spent, so receiving has to copy it each time. */
class FloorCbc : public Bulk
{
  public:
    explicit FloorCbc(const SizeCase &s)
        : size_(s), in_(s.size, 0x5a), wire_(s.size + 128), own_(s.size + 128)
    {
        const uint8_t key[20] = { 7 };
        char sha1[] = "SHA1";
        OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1, 0),
                                OSSL_PARAM_END };
        EVP_MAC *hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        mac_ = EVP_MAC_CTX_new(hmac);
        EVP_MAC_free(hmac);
        EVP_CIPHER *aes = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
        Must(EVP_MAC_init(mac_, key, sizeof(key), params) == 1, "HMAC");
        Must(EVP_EncryptInit_ex(seal_, aes, nullptr, key, key) == 1 &&
                 EVP_DecryptInit_ex(open_, aes, nullptr, key, key) == 1,
             "AES-CBC");
        EVP_CIPHER_free(aes);
        SetTls(seal_, 0);
        SetTls(open_, tag);
    }
    ~FloorCbc() override
    {
        EVP_MAC_CTX_free(mac_);
        EVP_CIPHER_CTX_free(seal_);
        EVP_CIPHER_CTX_free(open_);
    }

    double Send() override
    {
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            Seal();
        }
        return watch.Lap();
    }

    double Receive() override
    {
        int len;
        size_t got, whole = Seal();
        Stopwatch watch;
        for (size_t i = 0; i < size_.count; i++) {
            void *received = nullptr;
            uint8_t expected[tag];
            size_t text = whole - block;
            std::memcpy(own_.data(), wire_.data(), whole);
            OSSL_PARAM tls_mac[] = {
                OSSL_PARAM_construct_octet_ptr(OSSL_CIPHER_PARAM_TLS_MAC, &received, tag), OSSL_PARAM_END
            };
            OSSL_PARAM hidden[] = { OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &text),
                                    OSSL_PARAM_END };
            Must(EVP_CipherUpdate(open_, own_.data(), &len, own_.data(), static_cast<int>(whole)) == 1 &&
                     EVP_CIPHER_CTX_get_params(open_, tls_mac) == 1,
                 "open");
            EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(mac_);
            Must(EVP_MAC_CTX_set_params(mac, hidden) == 1 && EVP_MAC_update(mac, aad_, sizeof(aad_)) == 1 &&
                     EVP_MAC_update(mac, own_.data() + block, static_cast<size_t>(len)) == 1 &&
                     EVP_MAC_final(mac, expected, &got, tag) == 1 &&
                     std::memcmp(expected, received, tag) == 0,
                 "MAC");
            EVP_MAC_CTX_free(mac);
        }
        return watch.Lap();
    }

  private:
    static constexpr size_t tag = 20, block = 16;

    static void SetTls(EVP_CIPHER_CTX *ctx, size_t mac_size)
    {
        unsigned version = 0x0303;
        OSSL_PARAM params[] = { OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_TLS_VERSION, &version),
                                OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_TLS_MAC_SIZE, &mac_size),
                                OSSL_PARAM_END };
        Must(EVP_CIPHER_CTX_set_params(ctx, params) == 1, "TLS mode");
    }

    size_t Seal()
    {
        int len;
        size_t got, n = size_.size;
        aad_[11] = static_cast<uint8_t>(n >> 8);
        aad_[12] = static_cast<uint8_t>(n);
        Must(RAND_bytes(wire_.data(), block) == 1, "IV");
        std::memcpy(wire_.data() + block, in_.data(), n);
        Must(EVP_MAC_init(mac_, nullptr, 0, nullptr) == 1 && EVP_MAC_update(mac_, aad_, sizeof(aad_)) == 1 &&
                 EVP_MAC_update(mac_, in_.data(), n) == 1 &&
                 EVP_MAC_final(mac_, wire_.data() + block + n, &got, tag) == 1 &&
                 EVP_CipherUpdate(seal_, wire_.data(), &len, wire_.data(),
                                  static_cast<int>(block + n + tag)) == 1,
             "seal");
        return static_cast<size_t>(len);
    }

    SizeCase size_;
    EVP_MAC_CTX *mac_ = nullptr;
    EVP_CIPHER_CTX *seal_ = EVP_CIPHER_CTX_new(), *open_ = EVP_CIPHER_CTX_new();
    std::vector<uint8_t> in_, wire_, own_;
    uint8_t aad_[13] = { 0, 0, 0, 0, 0, 0, 0, 1, 23, 3, 3 };
};

} // namespace

std::unique_ptr<Bulk> FloorBulk(const CipherCase &c, const SizeCase &s)
{
    if (c.cipher == Cipher::aes128cbc) {
        return std::make_unique<FloorCbc>(s);
    }
    return std::make_unique<FloorAead>(c, s);
}

} // namespace bench
