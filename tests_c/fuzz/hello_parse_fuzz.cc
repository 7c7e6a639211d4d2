/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ClientHello that an application hands in: whatever is parsed must be readable by every getter and have (or refuse
 * to have) fingerprints, whose hash and text forms agree about the length.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"

#include <s2n/unstable/fingerprint.h>

using namespace fuzz;

namespace
{

void Check(bool ok)
{
    if (!ok) {
        abort();
    }
}

void Read(s2n_client_hello *hello)
{
    static uint8_t out[70000];
    static uint16_t ids[40000];
    uint32_t n = 0;
    uint16_t short_n = 0;
    bool there = false;
    uint8_t version;
    Check(s2n_client_hello_get_raw_message(hello, out, sizeof(out)) ==
          s2n_client_hello_get_raw_message_length(hello));
    Check(s2n_client_hello_get_cipher_suites(hello, out, sizeof(out)) ==
          s2n_client_hello_get_cipher_suites_length(hello));
    Check(s2n_client_hello_get_extensions(hello, out, sizeof(out)) ==
          s2n_client_hello_get_extensions_length(hello));
    Check(s2n_client_hello_get_session_id(hello, out, &n, 32) == 0 && n <= 32);
    Check(s2n_client_hello_get_compression_methods(hello, out, 255, &n) == 0);
    Check(s2n_client_hello_get_legacy_protocol_version(hello, &version) == 0);
    for (int id : { 0, 10, 13, 16, 43, 51, 65281 }) {
        auto type = static_cast<s2n_tls_extension_type>(id);
        Check(s2n_client_hello_has_extension(hello, static_cast<uint16_t>(id), &there) == 0);
        ssize_t length = s2n_client_hello_get_extension_length(hello, type);
        Check(there || length == 0);
        Check(s2n_client_hello_get_extension_by_id(hello, type, out, sizeof(out)) == length);
    }
    (void) s2n_client_hello_get_supported_groups(hello, ids, 40000, &short_n);
    (void) s2n_client_hello_get_server_name(hello, out, UINT16_MAX, &short_n);
}

void Print(s2n_client_hello *hello, s2n_fingerprint_type type)
{
    static uint8_t text[400000];
    uint8_t hash[36];
    uint32_t n = 0, text_n = 0, size = 0;
    s2n_fingerprint *print = s2n_fingerprint_new(type);
    Check(s2n_fingerprint_set_client_hello(print, hello) == 0);
    bool hashed = s2n_fingerprint_get_hash(print, sizeof(hash), hash, &n) == 0;
    if (hashed) {
        Check(s2n_fingerprint_get_raw_size(print, &size) == 0);
    }
    Check((s2n_fingerprint_get_raw(print, sizeof(text), text, &text_n) == 0) == hashed);
    Check(!hashed || size == text_n);
    Check(s2n_fingerprint_free(&print) == 0);
}

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (const char *policy : { "default_tls13", "20240501" }) {
        PairOptions o = ServedBy(KeyKind::Rsa2048, policy);
        o.client.alpn = { "h2", "http/1.1" };
        Pair pair(o);
        pair.client().Step();
        Bytes stream(mempipe_out_len(pair.client().pipe));
        mempipe_out_read(pair.client().pipe, stream.data(), stream.size());
        seeds.push_back(Bytes(stream.begin() + 9, stream.end()));
    }
    return seeds;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    EnsureInit();
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

/* The input is a body: a header that fits is put in front, as without it nothing would get past the length. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 60000) {
        return 0;
    }
    Bytes message = Handshake(CLIENT_HELLO, Bytes(data, data + n));
    s2n_client_hello *hello =
        s2n_client_hello_parse_message(message.data(), static_cast<uint32_t>(message.size()));
    if (hello == nullptr) {
        return 0;
    }
    Read(hello);
    Print(hello, S2N_FINGERPRINT_JA3);
    Print(hello, S2N_FINGERPRINT_JA4);
    Check(s2n_client_hello_free(&hello) == 0);
    return 0;
}
