/* SPDX-License-Identifier: Apache-2.0 */
/* A saved connection of any content: refused, or taken and then able to send, to refuse noise, and to be saved again. */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"

using namespace fuzz;

namespace
{

std::unique_ptr<Pair> keeper; /* of the config */

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (const char *policy : { "default_tls13", "20240501", "20250414", "test_all_rsa_kex" }) {
        KeyKind kind = strcmp(policy, "test_all_rsa_kex") == 0 ? KeyKind::Rsa2048
                       : strcmp(policy, "20250414") == 0       ? KeyKind::P384
                                                               : KeyKind::P256;
        PairOptions o = ServedBy(kind, policy);
        o.client.config_hook = [](s2n_config *c) {
            Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "version");
        };
        Pair pair(o);
        uint32_t n = 0;
        if (!pair.Negotiate().ok() || s2n_connection_serialization_length(pair.client().conn, &n) != 0) {
            abort();
        }
        Bytes blob(n);
        Must(s2n_connection_serialize(pair.client().conn, blob.data(), n), "serialize");
        seeds.push_back(blob);
    }
    return seeds;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    PairOptions o = ServedBy(KeyKind::P256);
    o.client.config_hook = [](s2n_config *c) {
        Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "version");
    };
    keeper.reset(new Pair(o));
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes blob(data, data + n);
    blob.push_back(0); /* so that there is an address */
    s2n_connection *conn = s2n_connection_new(n % 2 == 0 ? S2N_CLIENT : S2N_SERVER);
    mempipe *pipe = mempipe_new();
    Must(s2n_connection_set_config(conn, keeper->client().config), "config");
    Must(s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING), "blinding");
    Plug(conn, pipe);
    if (s2n_connection_deserialize(conn, blob.data(), static_cast<uint32_t>(n)) == 0) {
        s2n_blocked_status blocked;
        uint32_t len = 0;
        uint8_t again[512];
        char byte;
        (void) s2n_send(conn, "x", 1, &blocked);
        mempipe_in_write(pipe, again, 0);
        (void) s2n_recv(conn, &byte, 1, &blocked);
        if (s2n_connection_serialization_length(conn, &len) == 0 && len <= sizeof(again)) {
            (void) s2n_connection_serialize(conn, again, len);
        }
    }
    s2n_connection_free(conn);
    mempipe_free(pipe);
    return 0;
}
