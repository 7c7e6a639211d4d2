/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An established connection reads records: pieces are sealed with the right keys under any content type, put on the
 * wire in the clear, or written as raw bytes. The first byte chooses version and victim.
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
    o.client.config_hook = o.server.config_hook = [](s2n_config *c) {
        Must(s2n_config_set_alert_behavior(c, S2N_ALERT_IGNORE_WARNINGS), "alerts");
        Must(s2n_config_set_session_tickets_onoff(c, 1), "tickets"); /* a client keeps those that come */
    };
    return o;
}

std::vector<Bytes> Seeds()
{
    const std::vector<Part> rows[] = {
        { { APPDATA, { 'h', 'i' } } },
        { { HANDSHAKE, wire::Handshake(KEY_UPDATE, { 1 }) }, { APPDATA, { 1 } } },
        { { HANDSHAKE, wire::Handshake(NEW_TICKET, Num(4, 7200) + Num(4, 1) + Vec(1, { 1 }) +
                                                       Vec(2, Bytes(50, 8)) + U16(0)) } },
        { { HANDSHAKE, { 24, 0 } }, { HANDSHAKE, { 0, 1, 0 } } },
        { { HANDSHAKE, wire::Handshake(0, {}) } },
        { { ALERT, { 1, 90 } }, { ALERT, { 1, 0 } } },
        { { 64 | ALERT, { 2, 40 } } },
        { { 64 | CCS, { 1 } } },
        { { 128, Bytes{ APPDATA, 3, 3, 0, 30 } + Bytes(30, 7) } },
    };
    std::vector<Bytes> seeds;
    for (const std::vector<Part> &parts : rows) {
        for (uint8_t head = 0; head < 4; head++) {
            seeds.push_back(Bytes{ head } + Joined(parts));
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
    bool client = (data[0] & 2) != 0;
    Mitm &mitm = *scenes[data[0] & 1];
    mitm.Restart(Same);
    if (!mitm.Run().ok()) {
        abort();
    }
    std::string got;
    for (const Part &p : Parts(data + 1, n - 1)) {
        Piece::How how = p.what >= 128 ? Piece::WIRE : p.what >= 64 ? Piece::PLAIN : Piece::SEALED;
        mitm.Inject(client, { { static_cast<uint8_t>(p.what & 63), p.bytes, how } });
        (void) Pair::ReadAll(mitm.end(client), &got);
    }
    s2n_blocked_status blocked;
    (void) s2n_send(mitm.end(client).conn, "x", 1, &blocked);
    Close(mitm.end(client));
    return 0;
}
