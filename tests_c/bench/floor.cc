/* SPDX-License-Identifier: Apache-2.0 */
/* The building blocks of floor.h, and the floor of moving a connection: key derivation and two key set-ups. */
#include "floor.h"

namespace bench
{

void Prf(const Hmac &key, size_t seed_len, size_t out_len)
{
    uint8_t a[32 + 128] = {};
    Digest d = key.Of(a, seed_len);
    for (size_t n = 0; n < out_len; n += sizeof(d.b)) {
        std::memcpy(a, d.b, sizeof(d.b));
        key.Of(a, sizeof(d.b) + seed_len);
        if (n + sizeof(d.b) < out_len) {
            d = key.Of(a, sizeof(d.b));
        }
    }
}

void EarlySchedule13()
{
    const Digest zero = {};
    Hmac early(Hmac(zero).Of(zero.b, sizeof(zero.b)));
    Hmac binder_key(early.Expand(info_secret));
    Hmac(binder_key.Expand(info_key)).Of(zero.b, sizeof(zero.b));
    early.Expand(info_derived);
}

void Schedule13()
{
    const Digest zero = {}, secret = Hmac(zero).Of(zero.b, sizeof(zero.b));
    Hmac handshake(secret);
    Hmac client(handshake.Expand(info_secret)), server(handshake.Expand(info_secret));
    Hmac main(Hmac(handshake.Expand(info_derived)).Of(zero.b, sizeof(zero.b)));
    for (int i = 0; i < 3; i++) { /* key, IV, Finished */
        client.Expand(info_key);
        server.Expand(info_key);
    }
    for (int i = 0; i < 2; i++) {
        Hmac(secret).Of(zero.b, sizeof(zero.b));
    }
    Hmac client_app(main.Expand(info_secret)), server_app(main.Expand(info_secret));
    main.Expand(info_secret);
    for (int i = 0; i < 2; i++) {
        client_app.Expand(info_key);
        server_app.Expand(info_key);
    }
}

void Schedule12(bool resumed)
{
    static const uint8_t secret[48] = { 1 };
    if (!resumed) {
        Prf(Hmac(secret, 32), 54, 48);
    }
    Hmac master(secret, 48);
    Prf(master, 77, 40);
    Prf(master, 47, 12);
    Prf(master, 47, 12);
}

void Transcript(size_t total, size_t parts)
{
    static const uint8_t bytes[4096] = {};
    SHA256_CTX running, snapshot;
    uint8_t out[32];
    SHA256_Init(&running);
    for (size_t i = 0; i < parts; i++) {
        SHA256_Update(&running, bytes, total / parts);
        snapshot = running;
        SHA256_Final(out, &snapshot);
    }
}

Aead::Aead(Cipher cipher)
    : cipher_(EVP_CIPHER_fetch(nullptr,
                               cipher == Cipher::aes128gcm   ? "AES-128-GCM"
                               : cipher == Cipher::aes256gcm ? "AES-256-GCM"
                                                             : "ChaCha20-Poly1305",
                               nullptr)),
      seal_(EVP_CIPHER_CTX_new()), open_(EVP_CIPHER_CTX_new()), explicit_iv_(cipher == Cipher::chacha ? 0 : 8)
{
    std::memset(key_, 9, sizeof(key_));
    Must(EVP_EncryptInit_ex(seal_, cipher_, nullptr, key_, iv_) == 1 &&
             EVP_DecryptInit_ex(open_, cipher_, nullptr, key_, iv_) == 1,
         "AEAD");
}

Aead::~Aead()
{
    EVP_CIPHER_CTX_free(seal_);
    EVP_CIPHER_CTX_free(open_);
    EVP_CIPHER_free(cipher_);
}

void Aead::SetKeys()
{
    Must(EVP_EncryptInit_ex(seal_, nullptr, nullptr, key_, nullptr) == 1 &&
             EVP_DecryptInit_ex(open_, nullptr, nullptr, key_, nullptr) == 1,
         "AEAD key");
}

void Aead::SetOpenKey()
{
    Must(EVP_DecryptInit_ex(open_, nullptr, nullptr, key_, nullptr) == 1, "AEAD key");
}

void Aead::Seal(const uint8_t *aad, int aad_len, const uint8_t *in, size_t n, uint8_t *out,
                const uint8_t *tail, int tail_len)
{
    int l;
    Must(EVP_EncryptInit_ex(seal_, nullptr, nullptr, nullptr, iv_) == 1 &&
             EVP_EncryptUpdate(seal_, nullptr, &l, aad, aad_len) == 1 &&
             EVP_EncryptUpdate(seal_, out, &l, in, static_cast<int>(n)) == 1 &&
             (tail_len == 0 || EVP_EncryptUpdate(seal_, out + n, &l, tail, tail_len) == 1) &&
             EVP_EncryptFinal_ex(seal_, out + n + tail_len, &l) == 1 &&
             EVP_CIPHER_CTX_ctrl(seal_, EVP_CTRL_AEAD_GET_TAG, 16, out + n + tail_len) == 1,
         "seal");
}

void Aead::Open(const uint8_t *aad, int aad_len, const uint8_t *in, size_t n, uint8_t *out)
{
    int l;
    Must(EVP_DecryptInit_ex(open_, nullptr, nullptr, nullptr, iv_) == 1 &&
             EVP_CIPHER_CTX_ctrl(open_, EVP_CTRL_AEAD_SET_TAG, 16, const_cast<uint8_t *>(in + n)) == 1 &&
             EVP_DecryptUpdate(open_, nullptr, &l, aad, aad_len) == 1 &&
             EVP_DecryptUpdate(open_, out, &l, in, static_cast<int>(n)) == 1 &&
             EVP_DecryptFinal_ex(open_, out + n, &l) == 1,
         "open");
}

void Aead::FixIv()
{
    int len = explicit_iv_ > 0 ? 4 : 12;
    Must(EVP_CIPHER_CTX_ctrl(seal_, EVP_CTRL_AEAD_SET_IV_FIXED, len, iv_) == 1 &&
             EVP_CIPHER_CTX_ctrl(open_, EVP_CTRL_AEAD_SET_IV_FIXED, len, iv_) == 1,
         "fixed IV");
}

void Aead::SealRecord(uint8_t *aad, size_t n, uint8_t *buf)
{
    aad[11] = static_cast<uint8_t>((n + explicit_iv_) >> 8);
    aad[12] = static_cast<uint8_t>(n + explicit_iv_);
    Must(EVP_CIPHER_CTX_ctrl(seal_, EVP_CTRL_AEAD_TLS1_AAD, 13, aad) > 0, "record AAD");
    Must(EVP_Cipher(seal_, buf, buf, static_cast<unsigned>(explicit_iv_ + n + 16)) > 0, "seal record");
}

void Aead::OpenRecord(uint8_t *aad, size_t n, uint8_t *buf)
{
    aad[11] = static_cast<uint8_t>((n + explicit_iv_ + 16) >> 8);
    aad[12] = static_cast<uint8_t>(n + explicit_iv_ + 16);
    Must(EVP_CIPHER_CTX_ctrl(open_, EVP_CTRL_AEAD_TLS1_AAD, 13, aad) > 0, "record AAD");
    Must(EVP_Cipher(open_, buf, buf, static_cast<unsigned>(explicit_iv_ + n + 16)) >= 0, "open record");
}

namespace
{

class FloorMoverWork : public Mover
{
  public:
    explicit FloorMoverWork(const CipherCase &c) : v13_(c.version == Version::tls13), aead_(c.cipher) {}

    Times Once() override
    {
        Times t = { 0, 0, 0 };
        uint8_t out[64], aad[13] = { 23, 3, 3 };
        Stopwatch watch;
        for (int i = 0; i < batch; i++) {
            Derive();
        }
        t.deserialize = watch.Lap() / batch;
        for (int i = 0; i < batch; i++) {
            Derive();
            aead_.Seal(aad, v13_ ? 5 : 13, out, 1, out, aad, v13_ ? 1 : 0);
        }
        t.first_byte = watch.Lap() / batch;
        return t;
    }

  private:
    static constexpr int batch = 16;

    void Derive()
    {
        static const uint8_t secret[48] = { 1 };
        if (v13_) {
            for (int direction = 0; direction < 2; direction++) {
                Hmac key(secret, 32);
                key.Expand(info_key);
                key.Expand(info_key - 1);
            }
        } else {
            Prf(Hmac(secret, 48), 77, 40);
        }
        aead_.SetKeys();
    }

    bool v13_;
    Aead aead_;
};

} // namespace

std::unique_ptr<Mover> FloorMover(const CipherCase &c)
{
    return std::make_unique<FloorMoverWork>(c);
}

} // namespace bench
