/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on an established connection: what a peer with the right keys must not do, and what a stranger does to the
 * records. Rows of (version, who is attacked, pieces, error, alert).
 */
#include "wire/row.h"

namespace wire
{
namespace
{

const bool kServer = false, kClient = true;

struct Late {
    std::string name;
    std::function<PairOptions()> scene;
    bool victim_is_client;
    Pieces pieces;
    std::string error; /* "" none: it is harmless */
    int alert;
};

std::string LateName(const testing::TestParamInfo<Late> &info)
{
    return info.param.name;
}
void PrintTo(const Late &row, std::ostream *os)
{
    *os << row.name;
}

Piece Update(uint8_t request)
{
    return { HANDSHAKE, Handshake(KEY_UPDATE, { request }) };
}
Piece Plain(uint8_t content, const Bytes &body)
{
    return Wire(content, body);
}
Bytes Ticket(uint32_t lifetime = 7200)
{
    return Handshake(NEW_TICKET, Num(4, lifetime) + Num(4, 1) + Vec(1, { 1 }) + Vec(2, Fill(50, 8)) + U16(0));
}
PairOptions IgnoringWarnings(PairOptions o)
{
    for (EndOptions *end : { &o.client, &o.server }) {
        end->config_hook = [](s2n_config *c) {
            Must(s2n_config_set_alert_behavior(c, S2N_ALERT_IGNORE_WARNINGS), "alerts");
        };
    }
    return o;
}
PairOptions Tolerant13()
{
    return IgnoringWarnings(Tls13());
}
PairOptions Tolerant12()
{
    return IgnoringWarnings(Tls12());
}

std::vector<Late> Rows()
{
    std::vector<Late> rows;
    auto add = [&](const char *name, std::function<PairOptions()> scene, bool victim, Pieces p,
                   const char *error, int alert) {
        rows.push_back(
            { name, scene, victim, p, *error != '\0' ? std::string("S2N_ERR_") + error : "", alert });
    };
    auto both = [&](const std::string &name, std::function<PairOptions()> scene, Pieces p, const char *error,
                    int alert) {
        add((name + "_Server").c_str(), scene, kServer, p, error, alert);
        add((name + "_Client").c_str(), scene, kClient, p, error, alert);
    };
    /* Runs without end. */
    both("EmptyRecords13", Tls13, Pieces(33, Piece{ APPDATA, {} }), "BAD_MESSAGE", 10);
    both("EmptyRecords12", Tls12, Pieces(33, Piece{ APPDATA, {} }), "BAD_MESSAGE", 10);
    both("SomeEmptyRecords13", Tls13, Pieces(32, Piece{ APPDATA, {} }), "", 0);
    both("KeyUpdates", Tls13, Pieces(33, Update(0)), "BAD_MESSAGE", 10);
    both("KeyUpdatesAsking", Tls13, Pieces(33, Update(1)), "BAD_MESSAGE", 10);
    both("SomeKeyUpdates", Tls13, Pieces(20, Update(1)), "", 0);
    both("Warnings12", Tolerant12, Pieces(33, Piece{ ALERT, { 1, 90 } }), "BAD_MESSAGE", 10);
    both("Warnings13", Tolerant13, Pieces(33, Piece{ ALERT, { 1, 90 } }), "BAD_MESSAGE", 10);
    both("SomeWarnings12", Tolerant12, Pieces(32, Piece{ ALERT, { 1, 90 } }), "", 0);
    both("WarningsInOneRecord12", Tolerant12,
         { { ALERT,
             [] {
                 Bytes b;
                 for (int i = 0; i < 33; i++) {
                     b = b + Bytes{ 1, 90 };
                 }
                 return b;
             }() } },
         "BAD_MESSAGE", 10);
    add("HelloRequests12_Client", Tls12, kClient, Pieces(33, Piece{ HANDSHAKE, Handshake(0, {}) }),
        "BAD_MESSAGE", 10);
    add("SomeHelloRequests12_Client", Tls12, kClient, Pieces(3, Piece{ HANDSHAKE, Handshake(0, {}) }), "", 0);
    both("HalfAlertsMixed12", Tolerant12, { { ALERT, { 1 } }, { APPDATA, {} }, { ALERT, { 90 } } }, "", 0);
    /* Alerts. */
    both("EmptyAlert13", Tls13, { { ALERT, {} } }, "BAD_MESSAGE", 10);
    both("EmptyAlert12", Tls12, { { ALERT, {} } }, "BAD_MESSAGE", 10);
    both("FatalAlert13", Tls13, { { ALERT, { 2, 40 } } }, "ALERT", -1);
    both("FatalAlert12", Tls12, { { ALERT, { 2, 40 } } }, "ALERT", -1);
    both("WarningAlertStrict", Tls12, { { ALERT, { 1, 90 } } }, "ALERT", -1);
    both("WarningAlert13", Tolerant13, { { ALERT, { 1, 40 } } }, "ALERT", -1);
    both("PlainAlert13", Tls13, { Plain(ALERT, { 2, 40 }) }, "BAD_MESSAGE", 10);
    /* Change of cipher specs after the fact. */
    both("PlainCcs13", Tls13, { Plain(CCS, { 1 }) }, "BAD_MESSAGE", 10);
    both("SealedCcs13", Tls13, { { CCS, { 1 } } }, "BAD_MESSAGE", 10);
    both("SealedCcs12", Tls12, { { CCS, { 1 } } }, "BAD_MESSAGE", 10);
    both("PlainHandshake13", Tls13, { Plain(HANDSHAKE, Handshake(24, { 0 })) }, "BAD_MESSAGE", 10);
    both("UnknownType13", Tls13, { { 99, { 1 } } }, "BAD_MESSAGE", 10);
    both("UnknownType12", Tls12, { { 99, { 1 } } }, "BAD_MESSAGE", 10);
    /* Post-handshake messages. */
    both("EmptyHandshake13", Tls13, { { HANDSHAKE, {} } }, "BAD_MESSAGE", 10);
    both("KeyUpdateOfUnknownWish", Tls13, { Update(2) }, "BAD_MESSAGE", 10);
    both("KeyUpdateTooLong", Tls13, { { HANDSHAKE, Handshake(KEY_UPDATE, { 0, 0 }) } }, "BAD_MESSAGE", 10);
    both("KeyUpdateEmpty", Tls13, { { HANDSHAKE, Handshake(KEY_UPDATE, {}) } }, "BAD_MESSAGE", 10);
    both("KeyUpdateSpansKeyChange", Tls13, { { HANDSHAKE, Handshake(KEY_UPDATE, { 0 }) + Bytes{ 24 } } },
         "BAD_MESSAGE", 10);
    both("KeyUpdateInHalves", Tls13, { { HANDSHAKE, { 24, 0, 0 } }, { APPDATA, { 1 } } }, "BAD_MESSAGE", 10);
    both("KeyUpdate12", Tls12, { Update(0) }, "BAD_MESSAGE", 10);
    both("FinishedAgain13", Tls13, { { HANDSHAKE, Handshake(FINISHED, Fill(32)) } }, "BAD_MESSAGE", 10);
    both("CertificateRequestLate13", Tls13, { { HANDSHAKE, Handshake(CERT_REQUEST, Fill(10)) } },
         "BAD_MESSAGE", 10);
    both("ClientHelloAgain13", Tls13, { { HANDSHAKE, Handshake(CLIENT_HELLO, Fill(100)) } }, "BAD_MESSAGE",
         10);
    add("ClientHelloAgain12_Client", Tls12, kClient, { { HANDSHAKE, Handshake(CLIENT_HELLO, Fill(100)) } },
        "BAD_MESSAGE", 10);
    add("HelloRequest12_Server", Tls12, kServer, { { HANDSHAKE, Handshake(0, {}) } }, "BAD_MESSAGE", 10);
    add("HelloRequestWithBody12_Client", Tls12, kClient, { { HANDSHAKE, Handshake(0, { 1 }) } },
        "BAD_MESSAGE", 10);
    add("Ticket_Client", Tls13, kClient, { { HANDSHAKE, Ticket() } }, "", 0);
    add("TicketInPieces_Client", Tls13, kClient,
        { { HANDSHAKE, Bytes{ 4, 0 } },
          { HANDSHAKE,
            [] {
                Bytes t = Ticket();
                return Bytes(t.begin() + 2, t.end());
            }() } },
        "", 0);
    add("TicketOfTooLongLife_Client", Tls13, kClient, { { HANDSHAKE, Ticket(604801) } }, "BAD_MESSAGE", 10);
    add("TicketWithBytesBehind_Client", Tls13, kClient,
        { { HANDSHAKE, Handshake(NEW_TICKET, Body(Ticket()) + Bytes{ 0 }) } }, "BAD_MESSAGE", 10);
    add("TicketEmpty_Client", Tls13, kClient, { { HANDSHAKE, Handshake(NEW_TICKET, {}) } }, "BAD_MESSAGE",
        10);
    add("Ticket_Server", Tls13, kServer, { { HANDSHAKE, Ticket() } }, "BAD_MESSAGE", 10);
    add("TicketTooLong_Client", Tls13, kClient, { { HANDSHAKE, { 4, 1, 0, 1 } } }, "BAD_MESSAGE", 10);
    /* Records. */
    for (int is13 = 0; is13 < 2; is13++) {
        auto scene = is13 == 1 ? Tls13 : Tls12;
        std::string v = is13 == 1 ? "13" : "12";
        both("ForgedRecord" + v, scene, { Wire(APPDATA, Fill(100, 6)) }, "DECRYPT", 20);
        both("ReplayedNothing" + v, scene, { Wire(APPDATA, Fill(24)) }, "DECRYPT", 20);
        both("RecordTooLong" + v, scene, { Wire(APPDATA, Fill(16384 + (is13 == 1 ? 257 : 1025), 6)) },
             "RECORD_LIMIT", 22);
        both("RecordOfLongestLength" + v, scene, { Wire(APPDATA, Fill(65535, 6)) }, "RECORD_LIMIT", 22);
        both("RecordTooShort" + v, scene, { Wire(APPDATA, Fill(7, 6)) }, "SAFETY", 80);
    }
    both("RecordOfUnknownMajor13", Tls13, { Wire(APPDATA, Fill(100, 6), 0x0403) }, "BAD_MESSAGE", 10);
    return rows;
}

class Established : public testing::TestWithParam<Late>
{
};

TEST_P(Established, NoticesOrBears)
{
    const Late &row = GetParam();
    Mitm mitm(row.scene(), Same);
    Outcome out = mitm.Run();
    ASSERT_TRUE(out.ok()) << out.client_name() << out.server_name();
    mitm.Inject(row.victim_is_client, row.pieces);
    std::string got;
    End &victim = mitm.end(row.victim_is_client);
    int error = Pair::ReadAll(victim, &got);
    ASSERT_EQ(row.error, ErrName(error)) << s2n_strerror_debug(error, nullptr);
    EXPECT_EQ("", got);
    int level = 0;
    if (!row.error.empty()) {
        EXPECT_EQ(row.alert, mitm.AlertOf(row.victim_is_client, &level));
        EXPECT_TRUE(row.alert <= 0 || (row.alert == err_wire_alert(error) && level == 2));
        return;
    }
    s2n_blocked_status blocked; /* it still talks, both ways */
    ASSERT_EQ(5, s2n_send(victim.conn, "hello", 5, &blocked)) << ErrName(s2n_errno);
    mitm.Pump(row.victim_is_client);
    EXPECT_EQ("", ErrName(Pair::ReadAll(mitm.end(!row.victim_is_client), &got)));
    EXPECT_EQ("hello", got);
    mitm.Inject(row.victim_is_client, { { APPDATA, { 'o', 'k' } } });
    got.clear();
    EXPECT_EQ("", ErrName(Pair::ReadAll(victim, &got)));
    EXPECT_EQ("ok", got);
}

INSTANTIATE_TEST_SUITE_P(Attacks, Established, testing::ValuesIn(Rows()), LateName);

/* A KeyUpdate that asks for ours is answered by one with the next data, under keys that the asker can follow. */
TEST(KeyUpdate, IsAnswered_WhenAskedFor)
{
    Mitm mitm(Tls13(), Same);
    ASSERT_TRUE(mitm.Run().ok());
    struct secret before = mitm.end(false).conn->session.server_app;
    mitm.Inject(false, { Update(1) });
    std::string got;
    EXPECT_EQ("", ErrName(Pair::ReadAll(mitm.end(false), &got)));
    s2n_blocked_status blocked;
    ASSERT_EQ(1, s2n_send(mitm.end(false).conn, "x", 1, &blocked));
    EXPECT_FALSE(span_eq(secret_span(&before), secret_span(&mitm.end(false).conn->session.server_app)));
    mitm.Pump(false);
    EXPECT_EQ("", ErrName(Pair::ReadAll(mitm.end(true), &got)));
    EXPECT_EQ("x", got);
}

/* A record in the middle of the stream that was cut, repeated or swapped is found at once. */
TEST(Stream, NoticesLossRepetitionAndReordering)
{
    for (auto scene : { Tls13, Tls12 }) {
        for (int how = 0; how < 3; how++) {
            Pair pair(scene());
            ASSERT_TRUE(pair.Negotiate().ok());
            s2n_blocked_status blocked;
            std::vector<Bytes> records;
            for (int i = 0; i < 3; i++) {
                ASSERT_EQ(4, s2n_send(pair.client().conn, "data", 4, &blocked));
                Bytes r(mempipe_out_len(pair.client().pipe));
                mempipe_out_read(pair.client().pipe, r.data(), r.size());
                records.push_back(r);
            }
            std::vector<int> order = how == 0   ? std::vector<int>{ 0, 2 }
                                     : how == 1 ? std::vector<int>{ 0, 0 }
                                                : std::vector<int>{ 1, 0 };
            for (int i : order) {
                mempipe_in_write(pair.server().pipe, records[static_cast<size_t>(i)].data(),
                                 records[static_cast<size_t>(i)].size());
            }
            std::string got;
            EXPECT_EQ("S2N_ERR_DECRYPT", ErrName(Pair::ReadAll(pair.server(), &got)));
            EXPECT_EQ(how == 2 ? "" : "data", got);
        }
    }
}

/* Without close_notify an end of the transport is an error, not the end of the data. */
TEST(Stream, TruncationIsNoEnd)
{
    for (auto scene : { Tls13, Tls12 }) {
        Pair pair(scene());
        ASSERT_TRUE(pair.Negotiate().ok());
        mempipe_in_eof(pair.server().pipe);
        std::string got;
        bool ended = false;
        EXPECT_EQ("S2N_ERR_CLOSED", ErrName(Pair::ReadAll(pair.server(), &got, &ended)));
        EXPECT_FALSE(ended);
    }
}

} // namespace
} // namespace wire
