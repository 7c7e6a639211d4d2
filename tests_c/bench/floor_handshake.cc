/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of a handshake: what each side cannot avoid, one call after the other in protocol order. Randomness, key
 * exchange, signing, checking certificate and signature, importing the peer's key from its raw bytes, key schedule,
 * transcript with snapshots, key set-ups, sealing and opening the flights, opening and issuing tickets. No parsing, no
 * records, no X.509 objects.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "floor.h"
#include "pki.h"

namespace bench
{
namespace
{

EVP_PKEY *PrivateKey(const std::string &pem)
{
    BIO *bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    Must(key != nullptr, "private key");
    return key;
}

/* ---- key exchange ---- */

class Exchange
{
  public:
    virtual ~Exchange() = default;
    virtual void Generate() = 0;
    virtual void Derive() = 0;
};

class X25519 : public Exchange
{
  public:
    X25519() : gen_(EVP_PKEY_CTX_new_from_name(nullptr, "X25519", nullptr))
    {
        Must(EVP_PKEY_keygen_init(gen_) == 1, "X25519");
        Generate();
        std::memcpy(peer_, public_, sizeof(peer_));
    }
    ~X25519() override
    {
        EVP_PKEY_free(mine_);
        EVP_PKEY_CTX_free(gen_);
    }
    void Generate() override
    {
        size_t n = sizeof(public_);
        EVP_PKEY_free(mine_);
        mine_ = nullptr;
        Must(EVP_PKEY_keygen(gen_, &mine_) == 1 && EVP_PKEY_get_raw_public_key(mine_, public_, &n) == 1,
             "X25519 key");
    }
    void Derive() override
    {
        uint8_t out[32];
        size_t n = sizeof(out);
        EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer_, sizeof(peer_));
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine_, nullptr);
        Must(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                 EVP_PKEY_derive(ctx, out, &n) == 1,
             "X25519 derive");
        EVP_PKEY_CTX_free(ctx);
        EVP_PKEY_free(peer);
    }

  private:
    EVP_PKEY_CTX *gen_;
    EVP_PKEY *mine_ = nullptr;
    uint8_t public_[32], peer_[32];
};

class P256 : public Exchange
{
  public:
    P256()
        : mine_(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)), peer_(EC_POINT_new(EC_KEY_get0_group(mine_)))
    {
        Generate();
        std::memcpy(peer_bytes_, public_, sizeof(peer_bytes_));
    }
    ~P256() override
    {
        EC_POINT_free(peer_);
        EC_KEY_free(mine_);
    }
    void Generate() override
    {
        Must(EC_KEY_generate_key(mine_) == 1 &&
                 EC_POINT_point2oct(EC_KEY_get0_group(mine_), EC_KEY_get0_public_key(mine_),
                                    POINT_CONVERSION_UNCOMPRESSED, public_, sizeof(public_),
                                    nullptr) == sizeof(public_),
             "P-256 key");
    }
    /* Reading the point includes the test that it is on the curve; with cofactor 1 no more is needed. */
    void Derive() override
    {
        uint8_t out[32];
        Must(EC_POINT_oct2point(EC_KEY_get0_group(mine_), peer_, peer_bytes_, sizeof(peer_bytes_), nullptr) ==
                     1 &&
                 ECDH_compute_key(out, sizeof(out), peer_, mine_, nullptr) == sizeof(out),
             "P-256 derive");
    }

  private:
    EC_KEY *mine_;
    EC_POINT *peer_;
    uint8_t public_[65], peer_bytes_[65];
};

/* ---- certificates and signatures ---- */

class Auth
{
  public:
    virtual ~Auth() = default;
    virtual void Sign() = 0;
    virtual void CheckPeer() = 0; /* the certificate's signature, its key, the signature in the handshake */
};

void HashCertificate()
{
    static const uint8_t tbs[1024] = {};
    uint8_t out[32];
    SHA256_CTX c;
    SHA256_Init(&c);
    SHA256_Update(&c, tbs, sizeof(tbs));
    SHA256_Final(out, &c);
}

class EcAuth : public Auth
{
  public:
    explicit EcAuth(const std::string &key_pem)
    {
        EVP_PKEY *key = PrivateKey(key_pem);
        key_ = EVP_PKEY_get1_EC_KEY(key);
        EVP_PKEY_free(key);
        imported_ = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
        unsigned char *p = point_;
        Must(i2o_ECPublicKey(key_, &p) == sizeof(point_), "point");
        Must(ECDSA_sign(0, digest_, sizeof(digest_), signature_, &len_, key_) == 1, "sign");
    }
    ~EcAuth() override
    {
        EC_KEY_free(key_);
        EC_KEY_free(imported_);
    }
    void Sign() override
    {
        uint8_t out[80];
        unsigned n = sizeof(out);
        Must(ECDSA_sign(0, digest_, sizeof(digest_), out, &n, key_) == 1, "ECDSA sign");
    }
    void CheckPeer() override
    {
        HashCertificate();
        Verify(key_);
        Must(EC_KEY_oct2key(imported_, point_, sizeof(point_), nullptr) == 1, "import");
        Verify(imported_);
    }

  private:
    void Verify(EC_KEY *key)
    {
        Must(ECDSA_verify(0, digest_, sizeof(digest_), signature_, static_cast<int>(len_), key) == 1,
             "ECDSA verify");
    }
    EC_KEY *key_, *imported_;
    uint8_t point_[65], signature_[80], digest_[32] = { 3 };
    unsigned len_ = sizeof(signature_);
};

class RsaAuth : public Auth
{
  public:
    RsaAuth(const std::string &key_pem, bool pss_in_handshake) : key_(PrivateKey(key_pem))
    {
        int padding = pss_in_handshake ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
        sign_ = Context(padding, EVP_PKEY_sign_init);
        verify_ = Context(padding, EVP_PKEY_verify_init);
        verify_certificate_ = Context(RSA_PKCS1_PADDING, EVP_PKEY_verify_init);
        EVP_PKEY_CTX *certificate_sign = Context(RSA_PKCS1_PADDING, EVP_PKEY_sign_init);
        SignTo(certificate_sign, certificate_signature_);
        SignTo(sign_, signature_);
        EVP_PKEY_CTX_free(certificate_sign);
        Must(EVP_PKEY_get_bn_param(key_, OSSL_PKEY_PARAM_RSA_N, &n_) == 1 &&
                 EVP_PKEY_get_bn_param(key_, OSSL_PKEY_PARAM_RSA_E, &e_) == 1,
             "RSA numbers");
    }
    ~RsaAuth() override
    {
        for (EVP_PKEY_CTX *ctx : { sign_, verify_, verify_certificate_ }) {
            EVP_PKEY_CTX_free(ctx);
        }
        EVP_PKEY_free(key_);
        BN_free(n_);
        BN_free(e_);
    }
    void Sign() override
    {
        uint8_t out[256];
        SignTo(sign_, out);
    }
    void CheckPeer() override
    {
        HashCertificate();
        Verify(verify_certificate_, certificate_signature_);
        RSA *import = RSA_new();
        Must(RSA_set0_key(import, BN_dup(n_), BN_dup(e_), nullptr) == 1, "import");
        RSA_free(import);
        Verify(verify_, signature_);
    }

  private:
    EVP_PKEY_CTX *Context(int padding, int (*init)(EVP_PKEY_CTX *))
    {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key_, nullptr);
        Must(init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
                 EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
                 (padding != RSA_PKCS1_PSS_PADDING || EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1),
             "RSA context");
        return ctx;
    }
    void SignTo(EVP_PKEY_CTX *ctx, uint8_t *out)
    {
        size_t n = 256;
        Must(EVP_PKEY_sign(ctx, out, &n, digest_, sizeof(digest_)) == 1, "RSA sign");
    }
    void Verify(EVP_PKEY_CTX *ctx, const uint8_t *signature)
    {
        Must(EVP_PKEY_verify(ctx, signature, 256, digest_, sizeof(digest_)) == 1, "RSA verify");
    }

    EVP_PKEY *key_;
    EVP_PKEY_CTX *sign_, *verify_, *verify_certificate_;
    BIGNUM *n_ = nullptr, *e_ = nullptr;
    uint8_t signature_[256], certificate_signature_[256], digest_[32] = { 3 };
};

/* ---- the whole ---- */

class FloorShaker : public Handshaker
{
  public:
    explicit FloorShaker(const HandshakeCase &c)
        : case_(c), v13_(c.version == Version::tls13), aead_(Cipher::aes128gcm),
          ticket_aead_(Cipher::aes256gcm)
    {
        const Pki &pki = PkiOf(c.key);
        if (std::string(c.group) == "x25519") {
            exchange_ = std::make_unique<X25519>();
        } else {
            exchange_ = std::make_unique<P256>();
        }
        if (std::string(c.key) == "ec") {
            auth_ = std::make_unique<EcAuth>(pki.server_key);
        } else {
            auth_ = std::make_unique<RsaAuth>(pki.server_key, v13_);
        }
    }

    Sides Once() override
    {
        Sides t;
        Stopwatch watch;
        Side(true);
        t.server = watch.Lap();
        Side(false);
        t.client = watch.Lap();
        return t;
    }

  private:
    void Side(bool server)
    {
        uint8_t random[32];
        Must(RAND_bytes(random, sizeof(random)) == 1, "random");
        Must(server || RAND_bytes(random, sizeof(random)) == 1, "session id");
        if (HasExchange(case_)) {
            exchange_->Generate();
            exchange_->Derive();
        }
        Transcript(case_.transcript, v13_ ? 5 : 2);
        if (v13_) {
            if (case_.proof != Proof::certificate) {
                EarlySchedule13();
            }
            Schedule13();
            aead_.SetKeys(); /* handshake keys */
            aead_.SetKeys(); /* application keys */
            Flight(server ? case_.flight : case_.mutual ? case_.flight : 37);
        } else {
            Schedule12(case_.proof == Proof::ticket);
            aead_.SetKeys();
            Flight(16);
        }
        if (case_.proof == Proof::certificate) {
            Authenticate(server);
        } else if (case_.proof == Proof::ticket && server) {
            Ticket();
        }
    }

    void Authenticate(bool server)
    {
        if (server || case_.mutual) {
            auth_->Sign();
        }
        if (!server || case_.mutual) {
            auth_->CheckPeer();
        }
    }

    /* The client's ticket: its key is derived and set, the state opened; that it was sealed once counts as well.
     * In TLS 1.3 the server also makes the next one and sends it. */
    void Ticket()
    {
        static const uint8_t state[tls13_ticket_size] = {}, header[5] = { 23, 3, 3 };
        uint8_t sealed[sizeof(state) + 16], opened[sizeof(state)], random[32];
        const Digest base = {};
        Hmac(base).Expand(info_derived);
        Hmac(base).Expand(info_derived);
        ticket_aead_.SetOpenKey();
        ticket_aead_.Seal(header, sizeof(header), state, state_size, sealed, nullptr, 0);
        ticket_aead_.Open(header, sizeof(header), sealed, state_size, opened);
        if (v13_) {
            Hmac(base).Expand(info_derived); /* the PSK of the next ticket */
            Must(RAND_bytes(random, sizeof(random)) == 1, "random");
            ticket_aead_.Seal(header, sizeof(header), state, state_size, sealed, nullptr, 0);
            aead_.Seal(header, sizeof(header), state, tls13_ticket_size, sealed, nullptr, 0);
        }
    }

    /* One flight sealed and one opened; the one opened stands for the peer's. */
    void Flight(size_t n)
    {
        static const uint8_t plain[2048] = {}, header[5] = { 23, 3, 3 };
        static uint8_t sealed[2048], opened[2048];
        aead_.Seal(header, sizeof(header), plain, n, sealed, nullptr, 0);
        aead_.Open(header, sizeof(header), sealed, n, opened);
    }

    static constexpr size_t state_size = 90, tls13_ticket_size = 180;

    HandshakeCase case_;
    bool v13_;
    Aead aead_, ticket_aead_;
    std::unique_ptr<Exchange> exchange_;
    std::unique_ptr<Auth> auth_;
};

} // namespace

std::unique_ptr<Handshaker> FloorHandshaker(const HandshakeCase &c)
{
    return std::make_unique<FloorShaker>(c);
}

} // namespace bench
