/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running out of memory at every single allocation, one after the other, until a scenario gets through: each failure
 * must come back as an error, leave nothing behind and nothing broken. Once per failing allocation, and once with all
 * allocations after it failing too.
 */
#include "support/c_headers.h"

#include <openssl/err.h>
#include <s2n/unstable/crl.h>

#include "support/identities.h"
#include "support/pair.h"
#include "support/status.h"
#include "support/test_policy.h"

#include <s2n/unstable/fingerprint.h>

#include "fault/memory.h"
#include "wire/session.h"

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

/* ---- without certificates: what goes wrong with a ticket may also end in a full handshake, or without one ---- */

std::string Came(Pair &pair, bool resumed)
{
    Outcome out = pair.Negotiate();
    bool both = wire::IsResumed(pair.client()) && wire::IsResumed(pair.server());
    return !out.ok() ? Result(out) : both == resumed ? "" : "full handshake";
}

std::string Issuing(const PairOptions &o, const Armed &a)
{
    Pair pair(wire::Ticketed(o));
    fault::Arm(a.heap, a.n, a.stays);
    std::string got, problem = Came(pair, false);
    int error = problem.empty() ? Pair::ReadAll(pair.client(), &got) : 0;
    bool ticket = s2n_connection_get_session_length(pair.client().conn) > 100;
    return !problem.empty() ? problem : error != 0 ? ErrName(error) : ticket ? "" : "no ticket";
}

std::string Resuming(const PairOptions &o, const Armed &a)
{
    static std::map<std::string, Bytes> sessions;
    Bytes &session = sessions[o.server.policy];
    if (session.empty()) {
        session = wire::SessionFrom(wire::Ticketed(o));
    }
    Pair pair(wire::Starting(wire::Ticketed(o), session));
    fault::Arm(a.heap, a.n, a.stays);
    return Came(pair, true);
}

/* A ticket longer than a record: it is sent whole or not at all, whatever fails in the middle of it. */
std::string LongTicket(const PairOptions &o, const Armed &a)
{
    static const std::string context(40000, 'c');
    Pair pair(wire::Ticketed(o));
    s2n_connection *server = pair.server().conn;
    s2n_blocked_status blocked;
    std::string got;
    if (!pair.Negotiate().ok() || Pair::ReadAll(pair.client(), &got) != 0) {
        return "no handshake";
    }
    Must(s2n_connection_set_server_max_early_data_size(server, 10), "max early");
    Must(s2n_connection_set_server_early_data_context(
             server, reinterpret_cast<const uint8_t *>(context.data()), 40000),
         "context");
    Must(s2n_connection_add_new_tickets_to_send(server, 2), "add");
    fault::Arm(a.heap, a.n, a.stays);
    bool sent = s2n_send(server, "data", 4, &blocked) == 4;
    std::string first = sent ? "" : Named(s2n_errno);
    sent = sent || s2n_send(server, "data", 4, &blocked) == 4;
    pair.Move();
    int error = Pair::ReadAll(pair.client(), &got);
    if (ErrName(error) == "S2N_ERR_BAD_MESSAGE" || (sent && error == 0 && got != "data")) {
        return "data lost";
    }
    return !first.empty() ? first : ErrName(error);
}

/* Setting the session is part of it. */
std::string Starting(const PairOptions &o, const Armed &a)
{
    static const Bytes tls12 = wire::SessionFrom(wire::Ticketed(Versioned(false, false)));
    static const Bytes tls13 = wire::SessionFrom(wire::Ticketed(Versioned(true, false)));
    PairOptions all = wire::Ticketed(o);
    all.client.policy = "20240503"; /* both versions */
    Pair pair(all);
    fault::Arm(a.heap, a.n, a.stays);
    for (const Bytes *session : { &tls12, &tls13 }) {
        if (s2n_connection_set_session(pair.client().conn, session->data(), session->size()) != 0) {
            return Named(s2n_errno);
        }
    }
    return "";
}

std::string Caching(const PairOptions &o, const Armed &a)
{
    wire::Cache cache;
    Pair pair(wire::Cached12(&cache));
    (void) o;
    fault::Arm(a.heap, a.n, a.stays);
    std::string problem = Came(pair, false);
    return problem.empty() && cache.values.empty() ? "not stored" : problem;
}

std::string CacheHit(const PairOptions &o, const Armed &a)
{
    static wire::Cache filled;
    static const Bytes session = wire::SessionFrom(wire::Cached12(&filled));
    wire::Cache cache = filled;
    Pair pair(wire::Starting(wire::Cached12(&cache), session));
    (void) o;
    fault::Arm(a.heap, a.n, a.stays);
    return Came(pair, true);
}

std::string Psks(const PairOptions &o, const Armed &a)
{
    Pair pair(o);
    fault::Arm(a.heap, a.n, a.stays);
    try {
        for (End *end : { &pair.client(), &pair.server() }) {
            wire::kAlpha.Append(end->conn);
            wire::kGamma.Append(end->conn);
        }
    } catch (const std::exception &e) {
        return e.what();
    }
    Outcome out = pair.Negotiate();
    uint16_t n = 0;
    Must(s2n_connection_get_negotiated_psk_identity_length(pair.client().conn, &n), "identity length");
    return !out.ok() ? Result(out) : n > 0 ? "" : "full handshake";
}

std::string Early(Pair &pair, const Armed &a, size_t wanted)
{
    wire::EarlyTalk talk;
    talk.send = Bytes(3000, 'e');
    fault::Arm(a.heap, a.n, a.stays);
    for (int idle = 0; idle < 2;) {
        for (End *end : { &pair.client(), &pair.server() }) {
            if (!end->done && end->error == 0) {
                end == &pair.client() ? talk.Client(*end) : talk.Server(*end);
            }
        }
        if (pair.client().error != 0 || pair.server().error != 0) {
            return Named(pair.client().error != 0 ? pair.client().error : pair.server().error);
        }
        idle = pair.Move() == 0 ? idle + 1 : 0;
    }
    return !(pair.client().done && pair.server().done) ? "stuck"
           : talk.got == std::string(wanted, 'e')      ? ""
                                                       : "data lost";
}

std::string EarlyTaken(const PairOptions &o, const Armed &a)
{
    wire::Key key = wire::WithEarly(wire::kAlpha, 10000);
    key.alpn = wire::Text("h2");
    Pair pair(wire::Keyed(o, { key }, { key }));
    return Early(pair, a, 3000);
}

std::string EarlyRefused(const PairOptions &o, const Armed &a)
{
    wire::Key key = wire::WithEarly(wire::kAlpha, 10000);
    key.alpn = wire::Text("h2");
    Pair pair(wire::Keyed(o, { key }, { wire::kAlpha }));
    return Early(pair, a, 0);
}

/* A server that is asked about the hello, and answers when the handshake stands still. */
std::string Asked(const PairOptions &o, const Armed &a)
{
    PairOptions asked = o;
    asked.server.config_hook = [](s2n_config *c) {
        Must(s2n_config_set_client_hello_cb(
                 c, [](s2n_connection *, void *) { return 0; }, nullptr),
             "callback");
        Must(s2n_config_set_client_hello_cb_mode(c, S2N_CLIENT_HELLO_CB_NONBLOCKING), "mode");
    };
    Pair pair(asked);
    fault::Arm(a.heap, a.n, a.stays);
    Outcome out = pair.Negotiate();
    if (out.client != 0 || out.server != 0) {
        return Result(out);
    }
    return s2n_client_hello_cb_done(pair.server().conn) == 0 ? Result(pair.Negotiate()) : Named(s2n_errno);
}

/* Everything that can be made of a hello. */
std::string LookedAt(s2n_connection *conn, const Bytes &message)
{
    uint8_t hash[36];
    uint32_t n = 0;
    s2n_client_hello *hello =
        s2n_client_hello_parse_message(message.data(), static_cast<uint32_t>(message.size()));
    s2n_fingerprint *print = hello == nullptr ? nullptr : s2n_fingerprint_new(S2N_FINGERPRINT_JA4);
    bool done = print != nullptr && s2n_fingerprint_set_client_hello(print, hello) == 0 &&
                s2n_fingerprint_get_hash(print, sizeof(hash), hash, &n) == 0 &&
                s2n_connection_tls_exporter(conn, hash, n, hash, n, hash, n) == 0;
    std::string result = done ? "" : Named(s2n_errno);
    Must(s2n_fingerprint_free(&print), "free");
    Must(s2n_client_hello_free(&hello), "free");
    return result;
}

std::string Looking(const PairOptions &o, const Armed &a)
{
    Pair pair(o);
    Outcome out = pair.Negotiate();
    s2n_client_hello *hello = s2n_connection_get_client_hello(pair.server().conn);
    if (!out.ok() || hello == nullptr) {
        return Result(out);
    }
    Bytes body(static_cast<size_t>(s2n_client_hello_get_raw_message_length(hello)));
    (void) s2n_client_hello_get_raw_message(hello, body.data(), static_cast<uint32_t>(body.size()));
    Bytes message = wire::Handshake(1, body);
    fault::Arm(a.heap, a.n, a.stays);
    return LookedAt(pair.server().conn, message);
}

/* ---- what goes along with certificates, and what is asked about them ---- */

struct List {
    s2n_crl *crl;
    uint64_t issuer = 0;
    explicit List(const Issued &from)
    {
        std::string pem = CrlPem(CrlSpec(), from);
        EnsureInit();
        crl = s2n_crl_new();
        Must(s2n_crl_load_pem(crl, reinterpret_cast<uint8_t *>(&pem[0]), pem.size()), "crl_load_pem");
        Must(s2n_crl_get_issuer_hash(crl, &issuer), "issuer_hash");
    }
};

int FindList(s2n_crl_lookup *lookup, void *ctx)
{
    uint64_t wanted = 0;
    if (s2n_crl_lookup_get_cert_issuer_hash(lookup, &wanted) != S2N_SUCCESS) {
        return -1;
    }
    for (const List &list : *static_cast<const std::vector<List> *>(ctx)) {
        if (list.issuer == wanted) {
            return s2n_crl_lookup_set(lookup, list.crl);
        }
    }
    return s2n_crl_lookup_ignore(lookup);
}

int Accept(s2n_connection *, s2n_cert_validation_info *info, void *)
{
    return s2n_cert_validation_accept(info);
}

std::string Vouching(const PairOptions &o, const Armed &a)
{
    static const Bytes response =
        OcspResponse(OcspSpec(), PkiFor(KeyKind::P256).leaf, PkiFor(KeyKind::P256).intermediate);
    static auto &lists = *new std::vector<List>{ List(PkiFor(KeyKind::P256).root),
                                                 List(PkiFor(KeyKind::P256).intermediate) }; /* for good */
    PairOptions p = o;
    for (EndOptions *end : { &p.client, &p.server }) {
        end->config_hook = [](s2n_config *c) {
            Must(s2n_config_set_status_request_type(c, S2N_STATUS_REQUEST_OCSP), "status_request");
            Must(s2n_config_set_ct_support_level(c, S2N_CT_SUPPORT_REQUEST), "ct");
            Must(s2n_config_set_crl_lookup_cb(c, FindList, &lists), "crl");
            Must(s2n_config_set_cert_validation_cb(c, Accept, nullptr), "validation");
            Must(s2n_config_set_cert_authorities_from_trust_store(c), "authorities");
        };
    }
    Pair pair(p);
    uint32_t n = static_cast<uint32_t>(response.size());
    fault::Arm(a.heap, a.n, a.stays);
    if (s2n_cert_chain_and_key_set_ocsp_data(pair.server().chain, response.data(), n) != S2N_SUCCESS ||
        s2n_cert_chain_and_key_set_sct_list(pair.server().chain, response.data(), n) != S2N_SUCCESS ||
        s2n_cert_chain_and_key_set_ocsp_data(pair.client().chain, response.data(), n) != S2N_SUCCESS) {
        return Named(s2n_errno);
    }
    std::string result = Result(pair.Negotiate());
    bool came = s2n_connection_get_ocsp_response(pair.client().conn, &n) != nullptr &&
                s2n_connection_get_sct_list(pair.client().conn, &n) != nullptr;
    return !result.empty() || came ? result : "data lost";
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
    { "Talking12", Talking, false, false },       { "Issue13", Issuing, true, false },
    { "Issue12", Issuing, false, false },         { "LongTicket13", LongTicket, true, false },
    { "Resume13", Resuming, true, false },        { "Resume12", Resuming, false, false },
    { "SetSession", Starting, true, false },      { "CacheStore12", Caching, false, false },
    { "CacheHit12", CacheHit, false, false },     { "ExternalPsk", Psks, true, false },
    { "EarlyData", EarlyTaken, true, false },     { "EarlyDataRejected", EarlyRefused, true, false },
    { "HelloCallback13", Asked, true, false },    { "HelloCallback12", Asked, false, false },
    { "HelloLookedAt", Looking, true, false },    { "Vouched13", Vouching, true, true },
    { "Vouched12", Vouching, false, true },
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
        bool big = GetParam().run == Negotiating || GetParam().run == Issuing || GetParam().run == Caching ||
                   GetParam().run == Asked;
        bool huge = GetParam().run == Making || GetParam().run == Vouching;
        return full ? 1 : huge ? 97 : big ? 23 : 1;
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
            ASSERT_NE("stuck", result) << "n " << n;
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
