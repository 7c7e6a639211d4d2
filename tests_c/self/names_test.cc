/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a handshake says it stands: the names of its messages, seen between calls while the transport gives a few
 * bytes at a time, and of its type, as contract/handshake.md sections 2 to 4 and 12 list them.
 */
#include "support/c_headers.h"

#include "support/flaky_io.h"
#include "support/identities.h"
#include "support/pair.h"
#include "support/test_policy.h"

using namespace s2n_test;

namespace
{

using Names = std::vector<std::string>;

struct Row {
    const char *name;
    std::function<PairOptions()> scene;
    const char *type;
    Names messages; /* with the writer in front */
};

PairOptions Scene13()
{
    return ServedBy(KeyKind::P256, "default_tls13");
}
PairOptions Scene12()
{
    return ServedBy(KeyKind::Rsa2048, "20240501");
}
PairOptions WithMutual(PairOptions o, KeyKind kind)
{
    Mutual(&o, kind);
    return o;
}
PairOptions Optional(PairOptions o)
{
    o.server.client_auth_set = true;
    o.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    return o;
}
PairOptions Retry()
{
    PairOptions o = ServedBy(KeyKind::P384, "20250414");
    o.client.policy = "default_tls13";
    return o;
}

const Row kRows[] = {
    { "Tls13",
      Scene13,
      "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CHANGE_CIPHER_SPEC", "S:ENCRYPTED_EXTENSIONS",
        "S:SERVER_CERT", "S:SERVER_CERT_VERIFY", "S:SERVER_FINISHED", "C:CLIENT_CHANGE_CIPHER_SPEC",
        "C:CLIENT_FINISHED", "B:APPLICATION_DATA" } },
    { "Tls13ClientAuth",
      [] { return WithMutual(Scene13(), KeyKind::P256); },
      "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|MIDDLEBOX_COMPAT",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CHANGE_CIPHER_SPEC", "S:ENCRYPTED_EXTENSIONS",
        "S:SERVER_CERT_REQ", "S:SERVER_CERT", "S:SERVER_CERT_VERIFY", "S:SERVER_FINISHED",
        "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_CERT", "C:CLIENT_CERT_VERIFY", "C:CLIENT_FINISHED",
        "B:APPLICATION_DATA" } },
    { "Tls13NoClientCert",
      [] { return Optional(Scene13()); },
      "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|MIDDLEBOX_COMPAT",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CHANGE_CIPHER_SPEC", "S:ENCRYPTED_EXTENSIONS",
        "S:SERVER_CERT_REQ", "S:SERVER_CERT", "S:SERVER_CERT_VERIFY", "S:SERVER_FINISHED",
        "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_CERT", "C:CLIENT_FINISHED", "B:APPLICATION_DATA" } },
    { "Tls13Retry",
      Retry,
      "NEGOTIATED|FULL_HANDSHAKE|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:HELLO_RETRY_MSG", "S:SERVER_CHANGE_CIPHER_SPEC",
        "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:ENCRYPTED_EXTENSIONS",
        "S:SERVER_CERT", "S:SERVER_CERT_VERIFY", "S:SERVER_FINISHED", "C:CLIENT_FINISHED",
        "B:APPLICATION_DATA" } },
    { "Tls12Rsa",
      [] { return ServedBy(KeyKind::Rsa2048, "test_all_rsa_kex"); },
      "NEGOTIATED|FULL_HANDSHAKE",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CERT", "S:SERVER_HELLO_DONE", "C:CLIENT_KEY",
        "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_FINISHED", "S:SERVER_CHANGE_CIPHER_SPEC",
        "S:SERVER_FINISHED", "B:APPLICATION_DATA" } },
    { "Tls12Ecdhe",
      Scene12,
      "NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CERT", "S:SERVER_KEY", "S:SERVER_HELLO_DONE",
        "C:CLIENT_KEY", "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_FINISHED", "S:SERVER_CHANGE_CIPHER_SPEC",
        "S:SERVER_FINISHED", "B:APPLICATION_DATA" } },
    { "Tls12ClientAuth",
      [] { return WithMutual(Scene12(), KeyKind::Rsa2048); },
      "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|TLS12_PERFECT_FORWARD_SECRECY",
      { "C:CLIENT_HELLO", "S:SERVER_HELLO", "S:SERVER_CERT", "S:SERVER_KEY", "S:SERVER_CERT_REQ",
        "S:SERVER_HELLO_DONE", "C:CLIENT_CERT", "C:CLIENT_KEY", "C:CLIENT_CERT_VERIFY",
        "C:CLIENT_CHANGE_CIPHER_SPEC", "C:CLIENT_FINISHED", "S:SERVER_CHANGE_CIPHER_SPEC",
        "S:SERVER_FINISHED", "B:APPLICATION_DATA" } },
};

void PrintTo(const Row &row, std::ostream *os)
{
    *os << row.name;
}

class MessageNames : public testing::TestWithParam<Row>
{
  protected:
    static void Note(s2n_connection *conn, Names *names)
    {
        std::string now = s2n_connection_get_last_message_name(conn);
        if (names->empty() || names->back() != now) {
            names->push_back(now);
        }
    }
    /* What was seen stands in the list in this order, and everything that this side waits for was seen. */
    static void ExpectSeen(const Names &seen, char other, bool is13)
    {
        size_t at = 0;
        for (const std::string &m : GetParam().messages) {
            bool awaited = m[0] == other && !(is13 && m.find("CHANGE_CIPHER_SPEC") != std::string::npos);
            awaited &= m != "S:HELLO_RETRY_MSG" &&
                       m != "S:SERVER_CERT_REQ"; /* known for what they are when they are there */
            bool here = at < seen.size() && seen[at] == m.substr(2);
            bool still = at > 0 && seen[at - 1] == m.substr(2); /* a retry went by within one call */
            EXPECT_TRUE(here || still || !awaited)
                << other << " " << m << ", seen " << testing::PrintToString(seen);
            at += here;
        }
        EXPECT_EQ(seen.size(), at) << testing::PrintToString(seen);
    }
};

TEST_P(MessageNames, FollowTheContract)
{
    Pair pair(GetParam().scene());
    FlakyIo io[2];
    End *ends[2] = { &pair.client(), &pair.server() };
    Names seen[2];
    for (int i = 0; i < 2; i++) {
        io[i].every_second_blocks = true;
        io[i].chunk = 3;
        io[i].Plug(ends[i]->conn, ends[i]->pipe);
        EXPECT_STREQ("CLIENT_HELLO", s2n_connection_get_last_message_name(ends[i]->conn));
        EXPECT_STREQ("INITIAL", s2n_connection_get_handshake_type_name(ends[i]->conn));
    }
    for (int round = 0; round < 100000 && !(ends[0]->done && ends[1]->done); round++) {
        for (int i = 0; i < 2; i++) {
            ends[i]->Step();
            Note(ends[i]->conn, &seen[i]);
        }
        pair.Move();
    }
    ASSERT_TRUE(ends[0]->done && ends[1]->done) << ErrName(ends[0]->error) << ErrName(ends[1]->error);
    bool is13 = s2n_connection_get_actual_protocol_version(ends[0]->conn) == S2N_TLS13;
    ExpectSeen(seen[0], 'S', is13);
    ExpectSeen(seen[1], 'C', is13);
    for (End *end : ends) {
        EXPECT_STREQ(GetParam().type, s2n_connection_get_handshake_type_name(end->conn));
        EXPECT_STREQ("APPLICATION_DATA", s2n_connection_get_last_message_name(end->conn));
    }
}

INSTANTIATE_TEST_SUITE_P(Each, MessageNames, testing::ValuesIn(kRows),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(TypeNames, AreFlagsInOrder)
{
    EXPECT_STREQ("INITIAL", hs_type_name(TLS12, 0));
    EXPECT_STREQ(
        "NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|TLS12_PERFECT_FORWARD_SECRECY|OCSP_STATUS|"
        "WITH_SESSION_TICKET|WITH_NPN",
        hs_type_name(TLS12, 255));
    EXPECT_STREQ("NEGOTIATED|HELLO_RETRY_REQUEST|MIDDLEBOX_COMPAT|EARLY_CLIENT_CCS",
                 hs_type_name(TLS13, 177));
    EXPECT_STREQ("NEGOTIATED|MIDDLEBOX_COMPAT|WITH_EARLY_DATA", hs_type_name(TLS13, 97));
    EXPECT_EQ(hs_type_name(TLS13, 35), hs_type_name(TLS13, 35)) << "a static string";
}

} // namespace
