/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building blocks of the floor: key derivation on the raw SHA-256 entry points and record protection on prepared
 * contexts, the cheapest public ways into libcrypto, deprecated or not. Objects are made once and used again.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstring>

#include "work.h"

namespace bench
{

inline void Must(bool ok, const char *what)
{
    if (!ok) {
        throw std::runtime_error(std::string("floor: ") + what);
    }
}

/* ---- HMAC-SHA256 and what is made of it ---- */

struct Digest {
    uint8_t b[32];
};

class Hmac
{
  public:
    Hmac(const void *key, size_t n)
    {
        uint8_t block[64];
        std::memset(block, 0x36, sizeof(block));
        for (size_t i = 0; i < n; i++) {
            block[i] ^= static_cast<const uint8_t *>(key)[i];
        }
        SHA256_Init(&inner_);
        SHA256_Update(&inner_, block, sizeof(block));
        for (uint8_t &b : block) {
            b ^= 0x36 ^ 0x5c;
        }
        SHA256_Init(&outer_);
        SHA256_Update(&outer_, block, sizeof(block));
    }
    explicit Hmac(const Digest &key) : Hmac(key.b, sizeof(key.b)) {}

    Digest Of(const void *data, size_t n) const
    {
        Digest out;
        SHA256_CTX c = inner_;
        SHA256_Update(&c, data, n);
        SHA256_Final(out.b, &c);
        c = outer_;
        SHA256_Update(&c, out.b, sizeof(out.b));
        SHA256_Final(out.b, &c);
        return out;
    }
    /* HKDF-Expand to one block; the length of the label is all that matters here. */
    Digest Expand(size_t info_len) const
    {
        static const uint8_t info[80] = {};
        return Of(info, info_len);
    }

  private:
    SHA256_CTX inner_, outer_;
};

inline constexpr size_t info_secret = 54, info_derived = 50, info_key = 19;

/* TLS 1.2 P_SHA256. */
void Prf(const Hmac &key, size_t seed_len, size_t out_len);

/* TLS 1.3, one side: handshake and main secret, four traffic secrets and the resumption secret with key and IV each,
 * two Finished. Without a PSK the early secret and what comes of it are constants; EarlySchedule13 is what a PSK
 * adds: the early secret, its binder, and the salt of the handshake secret. */
void EarlySchedule13();
void Schedule13();

/* TLS 1.2: master secret, which a resumed session has already, key block, two Finished. */
void Schedule12(bool resumed);

/* `total` bytes hashed, with a look at the hash after each of the parts. */
void Transcript(size_t total, size_t parts);

/* ---- AEAD on one context per direction ---- */

class Aead
{
  public:
    explicit Aead(Cipher cipher);
    ~Aead();
    Aead(const Aead &) = delete;
    Aead &operator=(const Aead &) = delete;

    void SetKeys(); /* the key set-up of both directions */
    void SetOpenKey();
    void Seal(const uint8_t *aad, int aad_len, const uint8_t *in, size_t n, uint8_t *out, const uint8_t *tail,
              int tail_len);
    void Open(const uint8_t *aad, int aad_len, const uint8_t *in, size_t n, uint8_t *out);

    /* libcrypto's record mode for TLS 1.2: associated data by control call, then one call in place. */
    void FixIv();
    void SealRecord(uint8_t *aad, size_t n, uint8_t *buf);
    void OpenRecord(uint8_t *aad, size_t n, uint8_t *buf);
    size_t explicit_iv() const { return explicit_iv_; }

  private:
    EVP_CIPHER *cipher_;
    EVP_CIPHER_CTX *seal_, *open_;
    size_t explicit_iv_;
    uint8_t key_[32], iv_[12] = {};
};

} // namespace bench

#endif
