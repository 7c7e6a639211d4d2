/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates from strangers and from files. Pieces are DER certificates, judged as a peer's chain with and without
 * verification; the input as a whole is also read as PEM, for our own chain and for the trust store.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"

using namespace fuzz;

namespace
{

std::unique_ptr<Pair> keeper;

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (KeyKind kind : { KeyKind::Rsa2048, KeyKind::RsaPss2048, KeyKind::RsaPssSha256, KeyKind::P256,
                          KeyKind::P384, KeyKind::P521 }) {
        const Pki &pki = PkiFor(kind);
        seeds.push_back(Joined({ { 0, pki.leaf.der }, { 0, pki.intermediate.der } }));
        seeds.push_back(Bytes(pki.chain_pem.begin(), pki.chain_pem.end()));
    }
    return seeds;
}

void Judge(const std::vector<struct span> &ders, bool skip)
{
    struct verify_rules rules = {};
    rules.trust = keeper->client().config->trust;
    rules.skip = skip;
    rules.peer_is_server = true;
    rules.check_time = rules.check_intent = rules.check_host = true;
    rules.max_depth = 7;
    rules.now = 1790000000ull * 1000000000ull;
    rules.host = verify_host_default;
    rules.host_data = const_cast<char *>("localhost");
    struct peer_chain *peer = nullptr;
    if (verify_peer(&rules, ders.data(), static_cast<uint32_t>(ders.size()), &peer)) {
        peer_free(peer);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    keeper.reset(new Pair(ServedBy(KeyKind::P256)));
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    std::vector<Part> parts = Parts(data, n);
    std::vector<struct span> ders;
    for (const Part &p : parts) {
        if (ders.size() < 16 && !p.bytes.empty()) { /* an empty one is refused with the message */
            ders.push_back(SPAN(p.bytes.data(), p.bytes.size()));
        }
    }
    if (!ders.empty()) {
        Judge(ders, false);
        Judge(ders, true);
    }
    Bytes pem(data, data + n);
    pem.push_back(0);
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    (void) s2n_cert_chain_and_key_load_public_pem_bytes(chain, pem.data(), static_cast<uint32_t>(n));
    s2n_cert_chain_and_key_free(chain);
    s2n_config *config = s2n_config_new_minimal();
    (void) s2n_config_add_pem_to_trust_store(config, reinterpret_cast<const char *>(pem.data()));
    s2n_config_free(config);
    return 0;
}
