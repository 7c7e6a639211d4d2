/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client reads a server's flight, in the clear and, sealed again with the right keys, the encrypted part; a server
 * reads a client's second flight. The first byte chooses version and side; each piece replaces the body of the
 * handshake message of its type.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"
#include "support/status.h"

using namespace fuzz;

namespace
{

std::unique_ptr<Mitm> scenes[2];

PairOptions Options(int is13)
{
    PairOptions o = ServedBy(KeyKind::P256, is13 == 1 ? "default_tls13" : "20240501");
    Mutual(&o, KeyKind::P256);
    o.client.alpn = o.server.alpn = { "h2" };
    for (EndOptions *end : { &o.client, &o.server }) {
        end->config_hook = [](s2n_config *c) {
            Must(s2n_config_set_status_request_type(c, S2N_STATUS_REQUEST_OCSP), "status_request");
            Must(s2n_config_set_ct_support_level(c, S2N_CT_SUPPORT_REQUEST), "ct");
            Must(s2n_config_set_cert_authorities_from_trust_store(c), "authorities");
        };
    }
    return o;
}

/* Both sides have something to send along with their certificates. */
void Staple(Pair &pair)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    Bytes response = OcspResponse(OcspSpec(), pki.leaf, pki.intermediate);
    uint32_t n = static_cast<uint32_t>(response.size());
    for (End *end : { &pair.client(), &pair.server() }) {
        Must(s2n_cert_chain_and_key_set_ocsp_data(end->chain, response.data(), n), "ocsp");
        Must(s2n_cert_chain_and_key_set_sct_list(end->chain, response.data(), 9), "sct");
    }
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
        Staple(scenes[is13]->pair());
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
