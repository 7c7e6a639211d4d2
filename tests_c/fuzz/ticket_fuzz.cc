/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server meets a ticket. The first byte of the input chooses the version, whether the rest is the ticket as it stands
 * or a state that is sealed with the server's own key first, and below TLS 1.3 whether it comes with the hello or from
 * the cache. The hello is a real one with the ticket put in, and a binder that fits the state. Nothing but a state
 * that was sealed may be resumed.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"
#include "wire/session.h"

using namespace fuzz;

namespace
{

enum {
    TLS13_BIT = 1,
    SEALED_BIT = 2,
    CACHE_BIT = 4
};

struct Scene {
    Cache cache;
    std::unique_ptr<Pair> pair;
    Bytes hello, ticket;
};
Scene scenes[3]; /* TLS 1.2, TLS 1.3, TLS 1.2 with the cache */

Scene &Of(uint8_t head)
{
    return scenes[(head & TLS13_BIT) != 0 ? 1 : (head & CACHE_BIT) != 0 ? 2 : 0];
}

void Make(Scene *s, const PairOptions &o)
{
    Bytes session = SessionFrom(o);
    s->pair.reset(new Pair(Starting(o, session)));
    s->pair->client().Step();
    Bytes stream(mempipe_out_len(s->pair->client().pipe));
    mempipe_out_read(s->pair->client().pipe, stream.data(), stream.size());
    s->hello = Sub(stream, 5, 4 + static_cast<size_t>(stream[7] << 8 | stream[8]));
    s->ticket = s->cache.values.empty() ? Blob::Parse(session).handle : s->cache.values.begin()->second;
}

void MakeAll()
{
    PairOptions early = Tickets13();
    Also(&early.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_server_max_early_data_size(c, 1000), "max early"); });
    Make(&scenes[0], Tickets12());
    Make(&scenes[1], early);
    Make(&scenes[2], Cached12(&scenes[2].cache));
}

/* The hello with another ticket; at TLS 1.3 with the binder that the state's secret gives. */
Bytes HelloWith(const Scene &s, const Bytes &ticket, const Bytes &state)
{
    ClientHello h = ClientHello::Parse(s.hello);
    if (!h.exts.Has(41)) {
        h.exts.Set(35, ticket);
        return h.Build();
    }
    Offer o = Offer::Parse(h.exts.At(41));
    o.identities[0].name = ticket;
    h.exts.At(41) = o.Build();
    size_t n = state.size() > 17 ? state[16] : 0;
    Rebind(&h, 0, n == 48 ? Hash::Sha384() : Hash::Sha256(), Sub(state, 17, n), false);
    return h.Build();
}

/* Made with the key: by this process, or by one that left it in the corpus. */
bool IsGenuine(const Bytes &ticket)
{
    try {
        (void) Sealed::Open(kKey, ticket);
        return true;
    } catch (const std::exception &) {
        return false;
    }
}

std::vector<Bytes> Seeds()
{
    std::vector<Bytes> seeds;
    for (int kind : { 0, int{ TLS13_BIT }, int{ CACHE_BIT } }) {
        uint8_t head = static_cast<uint8_t>(kind);
        const Bytes &ticket = Of(head).ticket;
        seeds.push_back(Bytes{ head } + ticket);
        seeds.push_back(Bytes{ static_cast<uint8_t>(head | SEALED_BIT) } + Sealed::Open(kKey, ticket));
    }
    return seeds;
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
    if (n == 0 || n > 60000) {
        return 0;
    }
    Scene &s = Of(data[0]);
    bool sealed = (data[0] & SEALED_BIT) != 0, cached = &s == &scenes[2];
    Bytes input(data + 1, data + n);
    Bytes ticket = sealed ? Sealed::Seal(kKey, input) : input;
    End &server = s.pair->server();
    Renew(server);
    s.cache.spoil = [&](Bytes) { return ticket; };
    Bytes stream = InRecords(cached ? s.hello : HelloWith(s, ticket, input));
    mempipe_in_write(server.pipe, stream.data(), stream.size());
    s2n_blocked_status blocked;
    (void) s2n_negotiate(server.conn, &blocked);
    if (IsResumed(server) && !IsGenuine(ticket)) {
        abort(); /* nobody can make a ticket without the key */
    }
    Close(server);
    return 0;
}
