/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport misbehaves at the n-th call, for every n: a call that would block or is short changes nothing about
 * the outcome; one that fails or ends ends the connection with the right error.
 */
#include "support/c_headers.h"

#include "support/flaky_io.h"
#include "support/identities.h"
#include "support/pair.h"

using namespace s2n_test;

namespace
{

struct Row {
    const char *name;
    const char *policy;
    bool mutual;
    bool at_client;
    Trouble trouble;
};

std::vector<Row> Rows()
{
    std::vector<Row> rows;
    for (bool at_client : { true, false }) {
        for (Trouble t : { Trouble::BLOCK, Trouble::SHORT, Trouble::ERROR, Trouble::END }) {
            rows.push_back({ "Tls13", "default_tls13", false, at_client, t });
            rows.push_back({ "Tls13Mutual", "default_tls13", true, at_client, t });
            rows.push_back({ "Tls12", "20240501", false, at_client, t });
            rows.push_back({ "Tls12Mutual", "20240501", true, at_client, t });
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
    return std::string(info.param.name) + (info.param.at_client ? "_Client_" : "_Server_") +
           TroubleName(info.param.trouble);
}
void PrintTo(const Row &row, std::ostream *os)
{
    *os << row.name;
}

class NthCall : public testing::TestWithParam<Row>
{
  protected:
    /* Handshake, data both ways, shutdown; the first error's name at the troubled end, or "". */
    std::string Run(unsigned n, bool *met)
    {
        PairOptions o = ServedBy(KeyKind::P256, GetParam().policy);
        if (GetParam().mutual) {
            Mutual(&o, KeyKind::P256);
        }
        FlakyIo io;
        io.trouble_at = n;
        io.trouble = GetParam().trouble;
        Pair pair(o);
        End &troubled = GetParam().at_client ? pair.client() : pair.server();
        io.Plug(troubled.conn, troubled.pipe);
        Outcome out = pair.Negotiate();
        std::string error = ErrName(troubled.error);
        if (error.empty() && out.ok()) {
            error = Talk(pair);
        }
        *met = io.met;
        return error.empty() && !out.ok() ? "stuck" : error;
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
