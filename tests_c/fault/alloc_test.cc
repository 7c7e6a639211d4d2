/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running out of memory at every single allocation, one after the other, until a scenario gets through: each failure
 * must come back as an error, leave nothing behind and nothing broken. Once per failing allocation, and once with all
 * allocations after it failing too.
 */
#include "support/c_headers.h"

#include <openssl/err.h>

#include "support/identities.h"
#include "support/pair.h"
#include "support/test_policy.h"

#include "fault/memory.h"

using namespace s2n_test;
using fault::Heap;

namespace
{

std::string Named(int error)
{
    return error == 0 ? "failed without an error" : ErrName(error);
}

PairOptions Versioned(bool is13, bool mutual)
{
    PairOptions o = ServedBy(KeyKind::P256, is13 ? "default_tls13" : "20240501");
    o.client.alpn = o.server.alpn = { "h2", "http/1.1" };
    if (mutual) {
        Mutual(&o, KeyKind::P256);
    }
    for (EndOptions *end : { &o.client, &o.server }) {
        end->config_hook = [](s2n_config *c) {
            Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "version");
        };
    }
    return o;
}

/* What went wrong first, "" when a handshake was completed. */
std::string Result(const Outcome &out)
{
    if (out.ok()) {
        return "";
    }
    bool alert = out.client_name() == "S2N_ERR_ALERT" || out.client == 0;
    return Named(alert ? out.server : out.client);
}

/* Which allocation fails. The scenarios below arm it where their own part begins. */
struct Armed {
    Heap heap;
    size_t n;
    bool stays;
};

/* Each gives "" for success, else the name of the error that ended it. */
std::string Negotiating(const PairOptions &o, const Armed &a)
{
    Pair pair(o);
    fault::Arm(a.heap, a.n, a.stays);
    Outcome out = pair.Negotiate();
    return Result(out);
}

std::string Talking(const PairOptions &o, const Armed &a)
{
    Pair pair(o);
    for (End *end : { &pair.client(), &pair.server() }) {
        Must(s2n_connection_set_dynamic_buffers(end->conn, true), "dynamic buffers");
        Must(s2n_connection_set_recv_buffering(end->conn, true), "recv buffering");
    }
    if (!pair.Negotiate().ok()) {
        return "no handshake";
    }
    fault::Arm(a.heap, a.n, a.stays);
    int error = 0;
    std::string text(40000, 't');
    for (int i = 0; i < 2; i++) {
        (void) s2n_connection_request_key_update(i == 0 ? pair.client().conn : pair.server().conn,
                                                 S2N_KEY_UPDATE_NOT_REQUESTED);
        std::string got = i == 0 ? pair.Carry(pair.client(), pair.server(), text, &error)
                                 : pair.Carry(pair.server(), pair.client(), text, &error);
        if (error != 0) {
            return ErrName(error);
        }
        if (got != text) {
            return "data lost";
        }
    }
    Outcome out = pair.Shutdown();
    return Result(out);
}

std::string Moving(const PairOptions &o, const Armed &a)
{
    Pair pair(o);
    if (!pair.Negotiate().ok()) {
        return "no handshake";
    }
    fault::Arm(a.heap, a.n, a.stays);
    std::string error;
    for (End *end : { &pair.client(), &pair.server() }) {
        uint32_t n = 0;
        uint8_t blob[512];
        s2n_connection *next = nullptr;
        if (s2n_connection_serialization_length(end->conn, &n) != 0 || n > sizeof(blob) ||
            s2n_connection_serialize(end->conn, blob, n) != 0 ||
            (next = s2n_connection_new(end == &pair.client() ? S2N_CLIENT : S2N_SERVER)) == nullptr ||
            s2n_connection_set_config(next, end->config) != 0 ||
            s2n_connection_deserialize(next, blob, n) != 0) {
            error = Named(s2n_errno);
            s2n_connection_free(next);
            return error;
        }
        s2n_connection_free(end->conn);
        end->conn = next;
        Must(s2n_connection_set_blinding(next, S2N_SELF_SERVICE_BLINDING), "blinding");
        Plug(next, end->pipe);
    }
    int problem = 0;
    std::string got = pair.Carry(pair.client(), pair.server(), "moved", &problem);
    return problem != 0 ? ErrName(problem) : got == "moved" ? "" : "data lost";
}

std::string Making(const PairOptions &o, const Armed &a)
{
    fault::Arm(a.heap, a.n, a.stays);
    try {
        Pair pair(o);
        return "";
    } catch (const std::exception &e) {
        return e.what();
    }
}

struct Row {
    const char *name;
    std::string (*run)(const PairOptions &, const Armed &);
    bool is13, mutual;
};

const Row kRows[] = {
    { "Building", Making, true, true },           { "Handshake13", Negotiating, true, false },
    { "Handshake12", Negotiating, false, false }, { "Mutual13", Negotiating, true, true },
    { "Mutual12", Negotiating, false, true },     { "Moving13", Moving, true, false },
    { "Moving12", Moving, false, false },         { "Talking13", Talking, true, false },
    { "Talking12", Talking, false, false },
};

void PrintTo(const Row &row, std::ostream *os)
{
    *os << row.name;
}

class OutOfMemory : public testing::TestWithParam<Row>
{
  protected:
    static const size_t kNever = SIZE_MAX;

    std::string Run(const Armed &a, bool *hit)
    {
        s2n_errno = 0;
        std::string result = GetParam().run(options_, a);
        *hit = fault::Disarm();
        ERR_clear_error();
        return result;
    }
    /* libcrypto allocates thousands of times: all are tried in a full run only (S2N_TEST_MUTATIONS from 10000). */
    static size_t Step()
    {
        const char *text = getenv("S2N_TEST_MUTATIONS");
        bool full = text != nullptr && strtoul(text, nullptr, 0) >= 10000;
        return full ? 1 : GetParam().run == Making ? 97 : GetParam().run == Negotiating ? 23 : 1;
    }
    /* Every n until nothing fails any more. */
    void Expect(Heap heap, bool stays)
    {
        bool hit = false;
        for (int warm = 0; warm < 2; warm++) {
            ASSERT_EQ("", Run({ heap, kNever, false }, &hit));
        }
        size_t before = fault::Live(heap), n = 1;
        size_t step = heap == Heap::OURS ? 1 : Step();
        for (hit = true; hit; n += step) {
            std::string result = Run({ heap, n, stays }, &hit);
            ASSERT_TRUE(hit || result.empty()) << "n " << n << ": " << result;
            ASSERT_NE("data lost", result) << "n " << n;
            ASSERT_NE("failed without an error", result) << "n " << n;
            if (heap == Heap::OURS) {
                ASSERT_TRUE(!hit || !result.empty() || GetParam().run == Talking)
                    << "allocation " << n << " failed and nobody noticed";
                ASSERT_EQ(before, fault::Live(heap)) << "n " << n << ", " << result;
            }
        }
        printf("%s: about %zu allocations, every %zu. failed\n", GetParam().name, n - step, step);
        ASSERT_EQ("", Run({ heap, kNever, false }, &hit));
        EXPECT_LE(fault::Live(heap), before + 8) << "blocks that nobody frees";
    }

    PairOptions options_ = Versioned(GetParam().is13, GetParam().mutual);
};

TEST_P(OutOfMemory, OneOfOurs)
{
    Expect(Heap::OURS, false);
}
TEST_P(OutOfMemory, AllOfOursFromThenOn)
{
    Expect(Heap::OURS, true);
}
TEST_P(OutOfMemory, OneOfLibcryptos)
{
    Expect(Heap::LIBCRYPTO, false);
}
TEST_P(OutOfMemory, AllOfLibcryptosFromThenOn)
{
    Expect(Heap::LIBCRYPTO, true);
}

INSTANTIATE_TEST_SUITE_P(Each, OutOfMemory, testing::ValuesIn(kRows),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
