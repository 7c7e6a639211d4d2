/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client reads a server's flight, in the clear and, sealed again with the right keys, the encrypted part; a server
 * reads a client's second flight. The first byte chooses version and side; each piece replaces the body of the
 * handshake message of its type.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"

using namespace fuzz;

namespace
{

std::unique_ptr<Mitm> scenes[2];

PairOptions Options(int is13)
{
    PairOptions o = ServedBy(KeyKind::P256, is13 == 1 ? "default_tls13" : "20240501");
    Mutual(&o, KeyKind::P256);
    o.client.alpn = o.server.alpn = { "h2" };
    return o;
}

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (int is13 = 0; is13 < 2; is13++) {
        std::vector<Part> parts[2];
        scenes[is13]->Restart([&](const Message &m) {
            if (m.type > 0 && m.type != CLIENT_HELLO) {
                parts[m.from_client].push_back({ static_cast<uint8_t>(m.type), Body(m.bytes) });
            }
            return Same(m);
        });
        scenes[is13]->Run();
        for (int from_client = 0; from_client < 2; from_client++) {
            for (const Part &p : parts[from_client]) { /* one message each: the others pass as they are */
                seeds.push_back(Bytes{ static_cast<uint8_t>(is13 | from_client << 1) } + Joined({ p }));
            }
        }
    }
    return seeds;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int is13 = 0; is13 < 2; is13++) {
        scenes[is13].reset(new Mitm(Options(is13), Same));
    }
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    bool from_client = (data[0] & 2) != 0;
    std::vector<Part> parts = Parts(data + 1, n - 1);
    Mitm &mitm = *scenes[data[0] & 1];
    mitm.Restart([&](const Message &m) -> Pieces {
        for (const Part &p : parts) {
            if (m.from_client == from_client && m.type == p.what) {
                return { { HANDSHAKE, Handshake(p.what, p.bytes) } };
            }
        }
        return Same(m);
    });
    (void) mitm.Run();
    Close(mitm.end(true));
    Close(mitm.end(false));
    return 0;
}
