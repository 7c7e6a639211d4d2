/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client is given a session of any content: refused, or taken, and then a handshake follows with a server that knows
 * the ticket key. Whatever comes of it, both ends see the same.
 */
#include "wire/mitm.cc"

#include "fuzz/fuzz.h"
#include "wire/session.h"

using namespace fuzz;

namespace
{

std::unique_ptr<Pair> pairs[2];
Cache cache;

std::vector<Bytes> Seeds()
{
    PairOptions early = Tickets13();
    Also(&early.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_server_max_early_data_size(c, 1000), "max early"); });
    return { Session12(), Session13(), SessionFrom(early), SessionFrom(Cached12(&cache)) };
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    PairOptions older = Cached12(&cache);
    Also(&older.client.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_session_tickets_onoff(c, 1), "on"); });
    Also(&older.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_session_tickets_onoff(c, 1), "on"); });
    WriteSeeds(*argc, *argv, Seeds());
    pairs[0].reset(new Pair(older));
    pairs[1].reset(new Pair(Tickets13()));
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    for (std::unique_ptr<Pair> &pair : pairs) {
        End &client = pair->client(), &server = pair->server();
        Renew(client);
        Renew(server);
        Must(s2n_set_server_name(client.conn, "localhost"), "server name");
        Bytes blob(data, data + n);
        blob.push_back(0); /* so that there is an address */
        if (s2n_connection_set_session(client.conn, blob.data(), n) != 0) {
            continue;
        }
        Outcome out = pair->Negotiate();
        if (out.ok() && IsResumed(client) != IsResumed(server)) {
            abort();
        }
        if (!out.ok() && out.client == 0 && out.server == 0) {
            abort(); /* stuck */
        }
        std::string got;
        (void) (out.ok() ? Pair::ReadAll(client, &got) : 0);
        Bytes again(static_cast<size_t>(s2n_connection_get_session_length(client.conn)) + 1);
        (void) s2n_connection_get_session(client.conn, again.data(), again.size());
        Close(client);
        Close(server);
    }
    return 0;
}
