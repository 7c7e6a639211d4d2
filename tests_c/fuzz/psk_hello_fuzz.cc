/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server with external keys reads a hello that offers some. Pieces of the input stand for parts of the hello: the
 * whole pre_shared_key body, its two lists, the other PSK extensions, the suites; the head says whether the first
 * binder is then made right, whether early data is read, whether a callback chooses, and what follows the hello.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"
#include "wire/session.h"

using namespace fuzz;

namespace
{

enum {
    REBIND_BIT = 1,
    EARLY_BIT = 2,
    SELECT_BIT = 4
};
enum {
    BODY,
    IDENTITIES,
    BINDERS,
    MODES,
    EARLY,
    SUITES,
    BEHIND, /* records */
    KINDS
};

std::unique_ptr<Pair> pairs[2]; /* the second has a callback that chooses */
Bytes hello;

/* Takes the last one it knows. */
int Select(s2n_connection *, void *, s2n_offered_psk_list *list)
{
    s2n_offered_psk *psk = s2n_offered_psk_new();
    for (int round = 0; round < 2; round++) {
        while (s2n_offered_psk_list_has_next(list)) {
            uint8_t *name = nullptr;
            uint16_t n = 0;
            if (s2n_offered_psk_list_next(list, psk) != 0 ||
                s2n_offered_psk_get_identity(psk, &name, &n) != 0) {
                abort(); /* the form was checked */
            }
            (void) s2n_offered_psk_list_choose_psk(list, psk);
        }
        (void) s2n_offered_psk_list_reread(list);
    }
    (void) s2n_offered_psk_free(&psk);
    return 0;
}

PairOptions Options()
{
    std::vector<Key> keys = { WithEarly(kAlpha, 1000), kBeta, kGamma };
    return Keyed(Tls13P256(), keys, keys);
}

void MakeAll()
{
    PairOptions o = Options();
    pairs[0].reset(new Pair(o));
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_psk_selection_callback(c, Select, nullptr), "selection"); });
    pairs[1].reset(new Pair(o));
    EarlyTalk talk;
    talk.Client(pairs[0]->client());
    Bytes stream(mempipe_out_len(pairs[0]->client().pipe));
    mempipe_out_read(pairs[0]->client().pipe, stream.data(), stream.size());
    hello = Sub(stream, 5, 4 + static_cast<size_t>(stream[7] << 8 | stream[8]));
}

std::vector<Bytes> Seeds()
{
    ClientHello h = ClientHello::Parse(hello);
    Reader r(h.exts.At(41));
    Bytes identities = r.Vec(2), binders = r.Vec(2);
    std::vector<Bytes> seeds;
    for (uint8_t head = 0; head < 8; head++) {
        seeds.push_back(Bytes{ head } + Joined({ { BODY, h.exts.At(41) } }));
        seeds.push_back(Bytes{ head } + Joined({ { IDENTITIES, identities }, { BINDERS, binders } }));
        seeds.push_back(Bytes{ head } + Joined({ { MODES, h.exts.At(45) }, { EARLY, {} } }));
        seeds.push_back(Bytes{ head } + Joined({ { SUITES, { 0x13, 2 } } }));
        seeds.push_back(Bytes{ head } + Joined({ { BEHIND, Bytes{ CCS, 3, 3, 0, 1, 1 } },
                                                 { BEHIND, Bytes{ APPDATA, 3, 3, 0, 30 } + Bytes(30, 7) } }));
    }
    return seeds;
}

/* An extension in its place, or in front of the others. */
void Put(ClientHello *h, uint16_t id, const Bytes &body)
{
    if (h->exts.Has(id)) {
        h->exts.At(id) = body;
    } else {
        h->exts.list.insert(h->exts.list.begin(), { id, body });
    }
}

void Apply(ClientHello *h, const Part &p)
{
    Reader r(h->exts.At(41));
    switch (p.what % KINDS) {
    case BODY:
        h->exts.At(41) = p.bytes;
        break;
    case IDENTITIES:
        r.Vec(2);
        h->exts.At(41) = Vec(2, p.bytes) + r.Take(r.Left());
        break;
    case BINDERS:
        h->exts.At(41) = Vec(2, r.Vec(2)) + Vec(2, p.bytes);
        break;
    case MODES:
        Put(h, 45, p.bytes);
        break;
    case EARLY:
        Put(h, 42, p.bytes);
        break;
    case SUITES:
        h->suites.clear();
        for (size_t i = 0; i + 1 < p.bytes.size(); i += 2) {
            h->suites.push_back(static_cast<uint16_t>(p.bytes[i] << 8 | p.bytes[i + 1]));
        }
        break;
    default:
        break;
    }
}

Bytes Stream(uint8_t head, const std::vector<Part> &parts)
{
    ClientHello h = ClientHello::Parse(hello);
    Bytes behind;
    try { /* lists that do not parse stay as they are */
        for (const Part &p : parts) {
            behind = p.what % KINDS == BEHIND ? behind + p.bytes : behind;
            Apply(&h, p);
        }
        if ((head & REBIND_BIT) != 0) {
            Rebind(&h, 0, Hash::Sha256(), kAlpha.secret, true);
        }
    } catch (const std::exception &) {
    }
    return InRecords(h.Build()) + behind;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    MakeAll();
    WriteSeeds(*argc, *argv, Seeds());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 30000) {
        return 0;
    }
    static const std::function<void(s2n_connection *)> give = Options().server.conn_hook;
    End &server = pairs[(data[0] & SELECT_BIT) != 0]->server();
    Renew(server);
    give(server.conn);
    Bytes stream = Stream(data[0], Parts(data + 1, n - 1));
    mempipe_in_write(server.pipe, stream.data(), stream.size());
    EarlyTalk talk;
    talk.server_reads = (data[0] & EARLY_BIT) != 0;
    talk.Server(server);
    if (!talk.got.empty() || server.done) {
        abort(); /* nothing was sealed with the right keys */
    }
    Close(server);
    return 0;
}
