/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport misbehaves at the n-th call, for every n: a call that would block or is short changes nothing about
 * the outcome; one that fails or ends ends the connection with the right error.
 */
#include "support/c_headers.h"

#include "support/flaky_io.h"
#include "support/identities.h"
#include "support/pair.h"

#include "wire/session.h"

using namespace s2n_test;

namespace
{

PairOptions Plain(const char *policy, bool mutual)
{
    PairOptions o = ServedBy(KeyKind::P256, policy);
    if (mutual) {
        Mutual(&o, KeyKind::P256);
    }
    return o;
}
/* Ours is the entry of a cache that all runs share. */
wire::Cache cache;
PairOptions CacheHit()
{
    static const Bytes session = wire::SessionFrom(wire::Cached12(&cache));
    return wire::Starting(wire::Cached12(&cache), session);
}
PairOptions WithKeys(uint32_t client_early, uint32_t server_early)
{
    return wire::Keyed(wire::Tls13P256(), { wire::WithEarly(wire::kAlpha, client_early) },
                       { wire::WithEarly(wire::kAlpha, server_early) });
}

struct Scene {
    const char *name;
    PairOptions (*make)();
    bool resumes = false;
    size_t early = 0, taken = 0; /* bytes of early data sent and got */
};
const Scene kScenes[] = {
    { "Tls13", [] { return Plain("default_tls13", false); } },
    { "Tls13Mutual", [] { return Plain("default_tls13", true); } },
    { "Tls12", [] { return Plain("20240501", false); } },
    { "Tls12Mutual", [] { return Plain("20240501", true); } },
    { "Ticket13", wire::Tickets13 },
    { "Ticket12", wire::Tickets12 },
    { "Resume13", [] { return wire::Starting(wire::Tickets13(), wire::Session13()); }, true },
    { "Resume12", [] { return wire::Starting(wire::Tickets12(), wire::Session12()); }, true },
    { "CacheHit12", CacheHit, true },
    { "ExternalPsk", [] { return WithKeys(0, 0); } },
    { "EarlyData", [] { return WithKeys(5000, 5000); }, false, 3000, 3000 },
    { "EarlyDataOfManyRecords", [] { return WithKeys(50000, 50000); }, false, 20000, 20000 },
    { "EarlyDataRejected", [] { return WithKeys(5000, 0); }, false, 3000, 0 },
};

struct Row {
    Scene scene;
    bool at_client;
    Trouble trouble;
};

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    for (bool at_client : { true, false }) {
        for (Trouble t : { Trouble::BLOCK, Trouble::SHORT, Trouble::ERROR, Trouble::END }) {
            for (const Scene &scene : kScenes) {
                rows.push_back({ scene, at_client, t });
            }
        }
    }
    return rows;
}

const char *TroubleName(Trouble t)
{
    return t == Trouble::BLOCK   ? "Blocks"
           : t == Trouble::SHORT ? "IsShort"
           : t == Trouble::ERROR ? "Fails"
                                 : "Ends";
}
std::string RowName(const testing::TestParamInfo<Row> &info)
{
    return std::string(info.param.scene.name) + (info.param.at_client ? "_Client_" : "_Server_") +
           TroubleName(info.param.trouble);
}
void PrintTo(const Row &row, std::ostream *os)
{
    *os << row.scene.name;
}

class NthCall : public testing::TestWithParam<Row>
{
  protected:
    /* Handshake, data both ways, shutdown; the first error's name at the troubled end, or "". */
    std::string Run(unsigned n, bool *met)
    {
        const Scene &scene = GetParam().scene;
        FlakyIo io;
        io.trouble_at = n;
        io.trouble = GetParam().trouble;
        Pair pair(scene.make());
        End &troubled = GetParam().at_client ? pair.client() : pair.server();
        io.Plug(troubled.conn, troubled.pipe);
        wire::EarlyTalk talk;
        talk.send = Bytes(scene.early, 'e');
        Outcome out = scene.early > 0 ? Early(pair, &talk) : pair.Negotiate();
        std::string error = ErrName(troubled.error);
        if (error.empty() && out.ok()) {
            EXPECT_EQ(scene.resumes, wire::IsResumed(pair.client()) && wire::IsResumed(pair.server()));
            EXPECT_EQ(scene.taken, talk.got.size());
            error = Talk(pair);
        }
        *met = io.met;
        return error.empty() && !out.ok() ? "stuck" : error;
    }
    static Outcome Early(Pair &pair, wire::EarlyTalk *talk)
    {
        End &client = pair.client(), &server = pair.server();
        for (int idle = 0; idle < 2 && client.error == 0 && server.error == 0;) {
            if (!client.done) {
                talk->Client(client);
            }
            if (!server.done) {
                talk->Server(server);
            }
            idle = pair.Move() == 0 ? idle + 1 : 0;
        }
        Outcome out;
        out.client_done = client.done;
        out.server_done = server.done;
        return out;
    }
    static std::string Talk(Pair &pair)
    {
        std::string text(20000, 'x');
        for (int i = 0; i < 2; i++) {
            int error = 0;
            End &from = i == 0 ? pair.client() : pair.server(), &to = i == 0 ? pair.server() : pair.client();
            std::string got = pair.Carry(from, to, text, &error);
            if (error != 0) {
                return ErrName(error);
            }
            if (got != text) {
                return "data lost";
            }
        }
        Outcome out = pair.Shutdown();
        return out.client != 0   ? out.client_name()
               : out.server != 0 ? out.server_name()
               : out.ok()        ? ""
                                 : "not closed";
    }
    static bool IsHarmless()
    {
        return GetParam().trouble == Trouble::BLOCK || GetParam().trouble == Trouble::SHORT;
    }
};

TEST_P(NthCall, GoesWrong)
{
    bool met = true;
    unsigned n = 1;
    for (; met; n++) {
        std::string error = Run(n, &met);
        if (!met || IsHarmless()) {
            ASSERT_EQ("", error) << "call " << n;
            continue;
        }
        ASSERT_TRUE(error == "S2N_ERR_IO" || error == "S2N_ERR_CLOSED") << "call " << n << ": " << error;
        if (GetParam().trouble == Trouble::END) {
            continue; /* EPIPE and an end of the stream: both closed, or I/O where it was our write */
        }
        ASSERT_EQ("S2N_ERR_IO", error) << "call " << n;
    }
    EXPECT_GT(n, 10u);
}

INSTANTIATE_TEST_SUITE_P(All, NthCall, testing::ValuesIn(Rows()), RowName);

} // namespace
