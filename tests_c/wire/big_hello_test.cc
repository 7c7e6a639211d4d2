/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The longest hellos there can be, from somebody who knows no key: each list of theirs is as long as its length field
 * allows, and a server with many keys of its own must not multiply them. What is bounded is CPU time, generously: a
 * server that does it wrong takes ten times as long.
 */
#include "wire/session.h"

#include <ctime>

namespace wire
{
namespace
{

double CpuSeconds()
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/* A hello of TLS 1.3 with so many suites, the last of which is of use, and so many identities that nobody has. */
Bytes Hello(size_t suites, size_t identities)
{
    ClientHello h;
    h.version = 0x0303;
    h.random = Fill(32, 7);
    h.compression = { 0 };
    h.suites = std::vector<uint16_t>(suites, 0xC02F);
    h.suites.back() = 0x1301;
    h.exts.Add(43, Vec(1, U16(0x0304)));
    h.exts.Add(10, Vec(2, U16(29)));
    h.exts.Add(51, Vec(2, U16(29) + Vec(2, Fill(32, 9))));
    h.exts.Add(13, Vec(2, U16(0x0804) + U16(0x0403)));
    h.exts.Add(45, Vec(1, { 1 }));
    Offer offer;
    offer.identities = std::vector<Offer::Identity>(identities, { Text("x"), 0 });
    offer.binders = std::vector<Bytes>(identities, Fill(32, 1));
    h.exts.Add(41, offer.Build());
    return h.Build();
}

Bytes Records(const Bytes &message)
{
    Bytes out;
    for (size_t at = 0; at < message.size(); at += 16384) {
        out = out + Bytes{ HANDSHAKE } + U16(0x0301) + Vec(2, Sub(message, at, 16384));
    }
    return out;
}

struct Big {
    const char *name;
    size_t suites, identities, keys;
};
void PrintTo(const Big &row, std::ostream *os)
{
    *os << row.name;
}
const Big kRows[] = {
    { "ManySuitesAndIdentities", 16000, 820, 100 },
    { "ManySuites", 31000, 1, 100 },
    { "ManyIdentities", 1, 1600, 50000 },
    { "NoKeys", 16000, 820, 0 },
};

class BigHello : public testing::TestWithParam<Big>
{
};
TEST_P(BigHello, CostsLittle)
{
    const Big &row = GetParam();
    std::vector<Key> keys;
    for (size_t i = 0; i < row.keys; i++) {
        keys.push_back({ Text("identity" + std::to_string(i)), Fill(32, 0xA1), i % 2 == 1 });
    }
    Pair pair(Keyed(Tls13(), {}, keys));
    Bytes hello = Records(Hello(row.suites, row.identities));
    ASSERT_EQ(0, mempipe_in_write(pair.server().pipe, hello.data(), hello.size()));
    double before = CpuSeconds();
    pair.server().Step();
    EXPECT_LT(CpuSeconds() - before, 2);
    EXPECT_EQ("", ErrName(pair.server().error)) << "without a key there is the certificate";
    EXPECT_EQ(S2N_BLOCKED_ON_READ, pair.server().blocked);
    EXPECT_STREQ("TLS_AES_128_GCM_SHA256", s2n_connection_get_cipher(pair.server().conn));
}
INSTANTIATE_TEST_SUITE_P(Rows, BigHello, testing::ValuesIn(kRows),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace wire
