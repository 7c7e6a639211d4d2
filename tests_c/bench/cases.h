/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the benchmark. A new row here is a new row in every table. */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "work.h"

namespace bench
{

/* Transcript sizes are what these certificates and extensions come to, rounded. */
inline constexpr HandshakeCase handshake_cases[] = {
    { "tls13 ecdsa x25519", Version::tls13, "ec", "x25519", "TLS_AES_128_GCM_SHA256", false, false,
      "20190801", "20200207", 1100, 780 },
    { "tls13 ecdsa p256", Version::tls13, "ec", "secp256r1", "TLS_AES_128_GCM_SHA256", false, false,
      "20190802", "20200207", 1160, 780 },
    { "tls13 rsa x25519", Version::tls13, "rsa", "x25519", "TLS_AES_128_GCM_SHA256", false, false, "20190801",
      "20200207", 1700, 1150 },
    { "tls13 mutual ecdsa x25519", Version::tls13, "ec", "x25519", "TLS_AES_128_GCM_SHA256", true, false,
      "20190801", "20200207", 1750, 780 },
    { "tls12 ecdsa p256", Version::tls12, "ec", "secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256", false, false,
      "20190214_gcm", "20190214_gcm", 1000, 0 },
    { "tls12 rsa p256", Version::tls12, "rsa", "secp256r1", "ECDHE-RSA-AES128-GCM-SHA256", false, false,
      "20150306", "20150306", 1600, 0 },
    { "tls12 mutual ecdsa p256", Version::tls12, "ec", "secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256", true,
      false, "20190214_gcm", "20190214_gcm", 1700, 0 },
};

/* Our library remembers chains it has verified; here that never helps. */
inline constexpr HandshakeCase stranger_cases[] = {
    { "tls13 ecdsa x25519", Version::tls13, "ec", "x25519", "TLS_AES_128_GCM_SHA256", false, true, "20190801",
      "20200207", 1100, 780 },
    { "tls13 ecdsa p256", Version::tls13, "ec", "secp256r1", "TLS_AES_128_GCM_SHA256", false, true,
      "20190802", "20200207", 1160, 780 },
    { "tls13 rsa x25519", Version::tls13, "rsa", "x25519", "TLS_AES_128_GCM_SHA256", false, true, "20190801",
      "20200207", 1700, 1150 },
    { "tls12 ecdsa p256", Version::tls12, "ec", "secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256", false, true,
      "20190214_gcm", "20190214_gcm", 1000, 0 },
    { "tls12 rsa p256", Version::tls12, "rsa", "secp256r1", "ECDHE-RSA-AES128-GCM-SHA256", false, true,
      "20150306", "20150306", 1600, 0 },
};

/* The group of TLS 1.2 is that of the handshake which made the session. */
inline constexpr HandshakeCase abbreviated_cases[] = {
    { "tls13 resumed x25519", Version::tls13, "ec", "x25519", "TLS_AES_128_GCM_SHA256", false, false,
      "20190801", "20200207", 600, 90, Proof::ticket },
    { "tls12 resumed (ticket)", Version::tls12, "ec", "secp256r1", "ECDHE-ECDSA-AES128-GCM-SHA256", false,
      false, "20190214_gcm", "20190214_gcm", 450, 0, Proof::ticket },
    { "tls13 external psk x25519", Version::tls13, "ec", "x25519", "TLS_AES_128_GCM_SHA256", false, false,
      "20190801", "20200207", 450, 90, Proof::external_psk },
};

inline constexpr CipherCase cipher_cases[] = {
    { "tls13 aes128-gcm", Version::tls13, Cipher::aes128gcm, 0x1301, "TLS_AES_128_GCM_SHA256", "ec", false },
    { "tls13 aes256-gcm", Version::tls13, Cipher::aes256gcm, 0x1302, "TLS_AES_256_GCM_SHA384", "ec", true },
    { "tls13 chacha20", Version::tls13, Cipher::chacha, 0x1303, "TLS_CHACHA20_POLY1305_SHA256", "ec", false },
    { "tls12 aes128-gcm", Version::tls12, Cipher::aes128gcm, 0xC02F, "ECDHE-RSA-AES128-GCM-SHA256", "rsa",
      false },
    { "tls12 chacha20", Version::tls12, Cipher::chacha, 0xCCA8, "ECDHE-RSA-CHACHA20-POLY1305", "rsa", false },
    { "tls12 aes128-cbc-sha1", Version::tls12, Cipher::aes128cbc, 0xC013, "ECDHE-RSA-AES128-SHA", "rsa",
      false },
};

inline constexpr SizeCase size_cases[] = { { "16K", 16384, 16 }, { "1K", 1024, 128 }, { "64", 64, 512 } };

} // namespace bench

#endif
