/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's buffer: s2n_recv writes what it says it wrote, and leaves the rest as it was, whatever the record
 * protection puts behind the data. Around the sizes at which records are opened in different places. Public API only.
 */
#include "self/early.h"

using namespace s2n_test;

namespace
{

constexpr char kMark = '\xA5';

struct Way {
    const char *name, *policy;
    bool buffering, multi;
};
void PrintTo(const Way &way, std::ostream *os)
{
    *os << way.name;
}

const Way kWays[] = {
    { "Tls13", kTls13, false, false },          { "Tls13Buffered", kTls13, true, false },
    { "Tls13ManyRecords", kTls13, true, true }, { "Tls12", kTls12, false, false },
    { "Tls12ManyRecords", kTls12, true, true }, { "Tls12Cbc", "20160411", false, false },
};

class Receive : public testing::TestWithParam<Way>
{
  protected:
    /* One call with a buffer of this size; everything behind what was read is untouched. */
    static std::string Read(End &end, size_t size)
    {
        std::string buffer(size + 32, kMark);
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        ssize_t n = s2n_recv(end.conn, &buffer[0], static_cast<ssize_t>(size), &blocked);
        size_t got = n < 0 ? 0 : static_cast<size_t>(n);
        EXPECT_LE(got, size);
        EXPECT_EQ(std::string::npos, buffer.find_first_not_of(kMark, got))
            << got << " bytes into " << size << ", changed at " << buffer.find_first_not_of(kMark, got);
        return buffer.substr(0, got);
    }
};

TEST_P(Receive, LeavesTheRestOfTheBufferAlone)
{
    const Way &way = GetParam();
    Scene scene(way.policy);
    scene.client_tickets = scene.server_tickets = false;
    scene.server_more = [&way](s2n_config *c) {
        Must(s2n_config_set_recv_multi_record(c, way.multi), "recv_multi_record");
    };
    auto pair = scene.Connect();
    Must(s2n_connection_set_recv_buffering(pair->server().conn, way.buffering), "recv_buffering");
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    for (size_t n : { 1, 5, 100, 4095, 4096, 4097, 8000 }) {
        std::string text(n, 't');
        for (size_t more : { 0, 1, 2, 15, 16, 17, 64, 300, 20000 }) {
            ASSERT_EQ(static_cast<ssize_t>(n),
                      s2n_send(pair->client().conn, text.data(), static_cast<ssize_t>(n), &blocked));
            pair->Move();
            ASSERT_EQ(text, Read(pair->server(), n + more)) << n << " + " << more;
        }
        EXPECT_EQ("", Read(pair->server(), n)) << "nothing there";
    }
    EXPECT_EQ("", ErrName(pair->client().error));
}

INSTANTIATE_TEST_SUITE_P(Ways, Receive, testing::ValuesIn(kWays),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
