/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's first bytes. The first byte of the input chooses a policy and the framing: the rest is either one
 * ClientHello body in well-formed records, or the stream as it stands.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"

using namespace fuzz;

namespace
{

const char *const kPolicies[] = { "default_tls13", "20240501", "20250414", "test_all_rsa_kex" };
std::unique_ptr<Pair> pairs[4];

PairOptions Options(int i)
{
    return ServedBy(i == 3 ? KeyKind::Rsa2048 : i == 2 ? KeyKind::P384 : KeyKind::P256, kPolicies[i]);
}

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (uint8_t i = 0; i < 4; i++) {
        PairOptions o = Options(i);
        o.client.alpn = { "h2", "http/1.1" };
        Pair pair(o);
        pair.client().Step();
        Bytes stream(mempipe_out_len(pair.client().pipe));
        mempipe_out_read(pair.client().pipe, stream.data(), stream.size());
        seeds.push_back(Bytes{ static_cast<uint8_t>(4 | i) } + stream);
        seeds.push_back(Bytes{ i } + Bytes(stream.begin() + 9, stream.end()));
    }
    return seeds;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int i = 0; i < 4; i++) {
        pairs[i].reset(new Pair(Options(i)));
    }
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 60000) {
        return 0;
    }
    End &server = pairs[data[0] & 3]->server();
    Bytes input(data + 1, data + n);
    Renew(server);
    if ((data[0] & 4) == 0) {
        input = InRecords(Handshake(CLIENT_HELLO, input));
    }
    mempipe_in_write(server.pipe, input.data(), input.size());
    s2n_blocked_status blocked;
    (void) s2n_negotiate(server.conn, &blocked);
    Close(server);
    return 0;
}
