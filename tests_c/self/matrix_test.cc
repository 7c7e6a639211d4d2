/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake matrix in memory, our client against our server: suite × group × certificate, each with every way of
 * running it. The rows come from the tables, so a new suite, group or certificate kind is tested the day it lands.
 */
#include "support/c_headers.h"

#include "support/flaky_io.h"
#include "support/pair.h"
#include "support/test_policy.h"

#include "support/identities.h"

using namespace s2n_test;

namespace
{

struct Row {
    const struct suite *suite;
    const struct group *group; /* NULL: the suite needs none */
    KeyKind cert;
};

bool Fits(const struct suite *s, KeyKind cert)
{
    if (s->kex == KEX_RSA) {
        return cert == KeyKind::Rsa2048;
    }
    return s->auth == AUTH_ANY || IsEc(cert) == (s->auth == AUTH_ECDSA);
}

/* All rows, or those of one key exchange. */
std::vector<Row> Rows(enum kex_alg only = KEX_NONE)
{
    std::vector<Row> rows;
    for (const struct suite *s : NegotiableSuites()) {
        if (only != KEX_NONE && s->kex != only) {
            continue;
        }
        for (KeyKind cert : AllCertKinds()) {
            if (!Fits(s, cert)) {
                continue;
            }
            if (s->kex == KEX_RSA) {
                rows.push_back({ s, nullptr, cert });
                continue;
            }
            for (const struct group *g : NegotiableGroups()) {
                bool kem = g->kind == GROUP_KEM || g->kind == GROUP_HYBRID;
                if (!kem || s->kex == KEX_TLS13) {
                    rows.push_back({ s, g, cert });
                }
            }
        }
    }
    return rows;
}

void PrintTo(const Row &r, std::ostream *os)
{
    *os << r.suite->iana;
}
std::string RowName(const testing::TestParamInfo<Row> &info)
{
    const Row &r = info.param;
    return std::string(r.suite->iana) + "_" + (r.group == nullptr ? "none" : r.group->name) + "_" +
           CertKindName(r.cert);
}

std::string Pattern(size_t n)
{
    std::string text(n, '\0');
    for (size_t i = 0; i < n; i++) {
        text[i] = static_cast<char>(i * 7 + (i >> 8));
    }
    return text;
}

class Matrix : public testing::TestWithParam<Row>
{
  protected:
    Matrix()
        : policy_({ GetParam().suite }, Groups(), NegotiableSchemes()), options_(ServedBy(GetParam().cert))
    {
        options_.client.config_hook = options_.server.config_hook = [this](s2n_config *c) { Configure(c); };
    }

    static std::vector<const struct group *> Groups()
    {
        return GetParam().group == nullptr ? std::vector<const struct group *>{}
                                           : std::vector<const struct group *>{ GetParam().group };
    }
    static bool Is13() { return GetParam().suite->kex == KEX_TLS13; }

    void Configure(s2n_config *c)
    {
        policy_.Hook()(c);
        Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "serialization version");
    }

    void ExpectRow(End &end, const std::string &type)
    {
        const Row &r = GetParam();
        uint8_t first = 0, second = 0;
        EXPECT_EQ(Is13() ? S2N_TLS13 : S2N_TLS12, s2n_connection_get_actual_protocol_version(end.conn));
        EXPECT_STREQ(r.suite->name, s2n_connection_get_cipher(end.conn));
        EXPECT_EQ(0, s2n_connection_get_cipher_iana_value(end.conn, &first, &second));
        EXPECT_EQ(r.suite->id, first << 8 | second);
        EXPECT_EQ(type, s2n_connection_get_handshake_type_name(end.conn));
        EXPECT_STREQ("APPLICATION_DATA", s2n_connection_get_last_message_name(end.conn));
        const char *group = nullptr;
        EXPECT_EQ(r.group == nullptr ? -1 : 0, s2n_connection_get_key_exchange_group(end.conn, &group));
        if (r.group != nullptr) {
            EXPECT_STREQ(r.group->name, group);
        }
    }
    void ExpectRows(Pair &pair, const std::string &extra13, const std::string &extra12)
    {
        std::string type = Is13() ? "NEGOTIATED|FULL_HANDSHAKE" + extra13 + "|MIDDLEBOX_COMPAT"
                                  : "NEGOTIATED|FULL_HANDSHAKE" + extra12 +
                                        (GetParam().group != nullptr ? "|TLS12_PERFECT_FORWARD_SECRECY" : "");
        ExpectRow(pair.client(), type);
        ExpectRow(pair.server(), type);
    }

    static void ExpectDone(Outcome out)
    {
        ASSERT_EQ("", out.client_name()) << s2n_strerror_debug(out.client, nullptr);
        ASSERT_EQ("", out.server_name()) << s2n_strerror_debug(out.server, nullptr);
        ASSERT_TRUE(out.ok());
    }
    static void ExpectCarry(Pair &pair, End &from, End &to, size_t n)
    {
        int error = 0;
        std::string text = Pattern(n);
        bool same = text == pair.Carry(from, to, text, &error); /* not EXPECT_EQ: nobody reads 300 KiB */
        EXPECT_TRUE(same) << n << " bytes, " << ErrName(error);
    }
    static void ExpectTalk(Pair &pair, size_t n = 1000)
    {
        ExpectCarry(pair, pair.client(), pair.server(), n);
        ExpectCarry(pair, pair.server(), pair.client(), n);
    }
    static void ExpectClose(Pair &pair)
    {
        Outcome out = pair.Shutdown();
        EXPECT_EQ("", out.client_name());
        EXPECT_EQ("", out.server_name());
        EXPECT_TRUE(out.ok());
    }

    TestPolicy policy_;
    PairOptions options_;
};

/* What only TLS 1.3 has. */
class Matrix13 : public Matrix
{
};

TEST_P(Matrix, ConnectsAndTalks)
{
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "", "");
    ExpectTalk(pair);
    ExpectClose(pair);
}

TEST_P(Matrix, AuthenticatesBothSides)
{
    Mutual(&options_, GetParam().cert);
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "|CLIENT_AUTH", "|CLIENT_AUTH");
    EXPECT_EQ(1, s2n_connection_client_cert_used(pair.server().conn));
    ExpectTalk(pair);
    ExpectClose(pair);
}

TEST_P(Matrix, GoesOnWithoutClientCertificate_WhenOptional)
{
    options_.server.client_auth_set = true;
    options_.server.client_auth = S2N_CERT_AUTH_OPTIONAL;
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "|CLIENT_AUTH|NO_CLIENT_CERT", "|CLIENT_AUTH|NO_CLIENT_CERT");
    ExpectTalk(pair);
}

TEST_P(Matrix13, RetriesForAnotherGroup)
{
    const struct group *other = group_by_id(GetParam().group->id == 0x0017 ? 0x0018 : 0x0017);
    TestPolicy client({ GetParam().suite }, { other, GetParam().group }, NegotiableSchemes());
    options_.client.config_hook = client.Hook();
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "|HELLO_RETRY_REQUEST", "");
    ExpectTalk(pair);
    ExpectClose(pair);
}

TEST_P(Matrix, WorksInTinyFragments)
{
    options_.client.config_hook = [this](s2n_config *c) {
        Configure(c);
        Must(s2n_config_send_max_fragment_length(c, S2N_TLS_MAX_FRAG_LEN_512), "send_max_fragment_length");
    };
    options_.server.config_hook = [this](s2n_config *c) {
        Configure(c);
        Must(s2n_config_accept_max_fragment_length(c), "accept_max_fragment_length");
    };
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "", "");
    uint64_t before = s2n_connection_get_wire_bytes_out(pair.client().conn);
    ExpectTalk(pair, 5000);
    /* Ten records of at most 512 bytes, each with at least a header of its own. */
    EXPECT_GE(s2n_connection_get_wire_bytes_out(pair.client().conn) - before, 5000u + 10 * 5);
    ExpectClose(pair);
}

TEST_P(Matrix, WorksByteByByte)
{
    Pair pair(options_);
    mempipe_set_chunk(pair.client().pipe, 1, 1);
    mempipe_set_chunk(pair.server().pipe, 1, 1);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectRows(pair, "", "");
    ExpectTalk(pair, 100);
    ExpectClose(pair);
}

TEST_P(Matrix, WorksWhenEverySecondCallBlocks)
{
    FlakyIo io[2];
    Pair pair(options_);
    End *ends[2] = { &pair.client(), &pair.server() };
    for (int i = 0; i < 2; i++) {
        io[i].every_second_blocks = true;
        io[i].chunk = 13;
        io[i].Plug(ends[i]->conn, ends[i]->pipe);
    }
    ASSERT_TRUE(Drive(pair)) << ErrName(pair.client().error) << " " << ErrName(pair.server().error);
    ExpectRows(pair, "", "");
    ExpectTalk(pair, 3000);
}

TEST_P(Matrix13, UpdatesKeysBothWays)
{
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    End *ends[2] = { &pair.client(), &pair.server() };
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++) {
            struct session &ours = ends[i]->conn->session, &theirs = ends[1 - i]->conn->session;
            struct secret &mine = i == 0 ? ours.client_app : ours.server_app;
            struct secret &seen = i == 0 ? theirs.client_app : theirs.server_app;
            struct secret before = mine;
            Must(s2n_connection_request_key_update(ends[i]->conn, S2N_KEY_UPDATE_NOT_REQUESTED),
                 "request_key_update");
            ExpectTalk(pair, 500);
            EXPECT_FALSE(span_eq(secret_span(&before), secret_span(&mine))) << "no update was sent";
            EXPECT_TRUE(span_eq(secret_span(&seen), secret_span(&mine)));
        }
    }
    ExpectClose(pair);
}

/* Moves one end's connection into a new object by its saved form. */
void Hop(End &end, s2n_mode mode)
{
    uint32_t n = 0;
    Must(s2n_connection_serialization_length(end.conn, &n), "serialization_length");
    std::vector<uint8_t> blob(n);
    Must(s2n_connection_serialize(end.conn, blob.data(), n), "serialize");
    s2n_connection *next = s2n_connection_new(mode);
    Must(s2n_connection_set_config(next, end.config), "set_config");
    Must(s2n_connection_set_blinding(next, S2N_SELF_SERVICE_BLINDING), "set_blinding");
    Plug(next, end.pipe);
    Must(s2n_connection_deserialize(next, blob.data(), n), "deserialize");
    Must(s2n_connection_free(end.conn), "free");
    end.conn = next;
}

TEST_P(Matrix, SurvivesBeingSavedAndRestored)
{
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectTalk(pair);
    for (int round = 0; round < 2; round++) {
        ASSERT_NO_THROW(Hop(pair.client(), S2N_CLIENT));
        ExpectTalk(pair);
        ASSERT_NO_THROW(Hop(pair.server(), S2N_SERVER));
        ExpectTalk(pair);
        if (Is13()) {
            Must(s2n_connection_request_key_update(pair.client().conn, S2N_KEY_UPDATE_NOT_REQUESTED),
                 "key update");
            Must(s2n_connection_request_key_update(pair.server().conn, S2N_KEY_UPDATE_NOT_REQUESTED),
                 "key update");
            ExpectTalk(pair);
        }
    }
    EXPECT_STREQ(GetParam().suite->name, s2n_connection_get_cipher(pair.client().conn));
    ExpectClose(pair);
}

TEST_P(Matrix, CarriesEverySize)
{
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    for (size_t n : { 1, 2, 15, 16, 17, 255, 1024, 8086, 8087, 8088, 16383, 16384, 16385, 65536, 307200 }) {
        ExpectTalk(pair, n);
    }
    Must(s2n_connection_prefer_throughput(pair.client().conn), "prefer_throughput");
    Must(s2n_connection_prefer_low_latency(pair.server().conn), "prefer_low_latency");
    ExpectTalk(pair, 100000);
    ExpectClose(pair);
}

TEST_P(Matrix, ClosesByHalves)
{
    Pair pair(options_);
    ASSERT_NO_FATAL_FAILURE(ExpectDone(pair.Negotiate()));
    ExpectCarry(pair, pair.client(), pair.server(), 100);
    s2n_blocked_status blocked;
    ASSERT_EQ(0, s2n_shutdown_send(pair.client().conn, &blocked));
    pair.Move();
    std::string got;
    bool ended = false;
    EXPECT_EQ("", ErrName(Pair::ReadAll(pair.server(), &got, &ended)));
    EXPECT_TRUE(ended);
    EXPECT_EQ(-1, s2n_send(pair.client().conn, "x", 1, &blocked));
    EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno));
    if (Is13()) { /* the other half is still open */
        ExpectCarry(pair, pair.server(), pair.client(), 5000);
    } else {
        char byte;
        EXPECT_EQ(-1, s2n_recv(pair.client().conn, &byte, 1, &blocked));
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno));
        EXPECT_EQ(-1, s2n_send(pair.server().conn, "x", 1, &blocked));
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(s2n_errno));
    }
}

INSTANTIATE_TEST_SUITE_P(All, Matrix, testing::ValuesIn(Rows()), RowName);
INSTANTIATE_TEST_SUITE_P(All, Matrix13, testing::ValuesIn(Rows(KEX_TLS13)), RowName);

/* Every scheme of the table signs and is accepted, at each version that it exists in. */
struct SchemeRow {
    const struct sigscheme *scheme;
    uint16_t version;
    KeyKind cert;
};

bool Signs(const struct sigscheme *s, uint16_t version, KeyKind cert)
{
    switch (s->sig) {
    case SIG_RSA:
    case SIG_RSA_PSS_RSAE:
        return cert == KeyKind::Rsa2048;
    case SIG_RSA_PSS_PSS:
        return cert == KeyKind::RsaPss2048;
    case SIG_ECDSA:
        if (version == TLS13) {
            return cert == (s->curve == 0x0017   ? KeyKind::P256
                            : s->curve == 0x0018 ? KeyKind::P384
                                                 : KeyKind::P521);
        }
        return IsEc(cert);
    default:
        return false;
    }
}

std::vector<SchemeRow> SchemeRows()
{
    std::vector<SchemeRow> rows;
    for (const struct sigscheme *s : NegotiableSchemes()) {
        for (uint16_t version : { TLS12, TLS13 }) {
            for (KeyKind cert : AllCertKinds()) {
                if (s->id != 0xFFFF && version >= s->min && version <= s->max && Signs(s, version, cert)) {
                    rows.push_back({ s, version, cert });
                }
            }
        }
    }
    return rows;
}

std::string SchemeName(const testing::TestParamInfo<SchemeRow> &info)
{
    return std::string(info.param.scheme->policy_name) +
           (info.param.version == TLS13 ? "_TLS13_" : "_TLS12_") + CertKindName(info.param.cert);
}

class Schemes : public testing::TestWithParam<SchemeRow>
{
};

TEST_P(Schemes, SignAndVerifyInTheHandshake)
{
    const SchemeRow &row = GetParam();
    bool ecdsa = row.scheme->sig == SIG_ECDSA;
    uint16_t suite = row.version == TLS13 ? 0x1301 : ecdsa ? 0xC02B : 0xC02F;
    TestPolicy policy({ suite_by_id(suite) }, { group_by_id(0x0017) }, { row.scheme });
    PairOptions options = ServedBy(row.cert);
    options.client.config_hook = options.server.config_hook = policy.Hook();
    Pair pair(options);
    Outcome out = pair.Negotiate();
    EXPECT_EQ("", out.client_name());
    EXPECT_EQ("", out.server_name());
    ASSERT_TRUE(out.ok());
    const char *name = nullptr;
    ASSERT_EQ(0, s2n_connection_get_signature_scheme(pair.client().conn, &name));
    EXPECT_STREQ(row.version == TLS13 ? row.scheme->name13 : row.scheme->name12, name);
}

INSTANTIATE_TEST_SUITE_P(All, Schemes, testing::ValuesIn(SchemeRows()), SchemeName);

} // namespace
