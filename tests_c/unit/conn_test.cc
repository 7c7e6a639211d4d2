/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An established connection: sending and receiving over transports of every kind, key updates, alerts, closing, the
 * delay after errors, memory. Handshakes are tested in tests_c/self.
 */
#include "support/c_headers.h"

#include "support/conn_pair.h"

#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <set>

namespace
{

constexpr uint64_t kKeyLimit = 23726565; /* records per AES-GCM key at TLS 1.3 */
constexpr uint8_t kKeyUpdate[] = { 24, 0, 0, 1, 0 };

Bytes B(const uint8_t *p, size_t n)
{
    return Bytes(p, p + n);
}
Bytes Join(Bytes a, const Bytes &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/* Content lengths of the records in some wire bytes. */
std::vector<size_t> Records(const Bytes &wire)
{
    std::vector<size_t> out;
    for (size_t at = 0; at + 5 <= wire.size();) {
        size_t n = static_cast<size_t>(wire[at + 3] << 8 | wire[at + 4]);
        out.push_back(n);
        at += 5 + n;
    }
    return out;
}

class ConnKinds : public ConnTest, public testing::WithParamInterface<Kind>
{
  protected:
    void SetUp() override
    {
        ConnTest::SetUp();
        Connect({ GetParam() });
    }
};
INSTANTIATE_TEST_SUITE_P(All, ConnKinds, testing::ValuesIn(kKinds),
                         [](const auto &info) { return std::string(info.param.name); });

/* ---- plain sailing ---- */

TEST_P(ConnKinds, CarriesEverySize)
{
    const size_t sizes[] = { 1, 2, 15, 16, 17, 255, 1000, 8086, 8087, 8088, 16384, 20000, 70000 };
    for (size_t n : sizes) {
        Bytes up = Pattern(n), down = Pattern(n, 77);
        ASSERT_EQ(Send(client, up), static_cast<ssize_t>(n));
        EXPECT_EQ(RecvAll(server), up);
        ASSERT_EQ(Send(server, down), static_cast<ssize_t>(n));
        EXPECT_EQ(RecvAll(client, 4096), down);
        EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    }
}

TEST_P(ConnKinds, ReceivesIntoBuffersOfAnySize)
{
    Bytes data = Pattern(300);
    for (size_t size = 1; size < 340; size += size < 20 ? 1 : 7) {
        ASSERT_EQ(Send(client, data), 300);
        EXPECT_EQ(RecvAll(server, size), data) << size;
    }
}

TEST_P(ConnKinds, OneByteAtATimeInBothDirections)
{
    to_server.chunk = to_client.chunk = 1;
    Bytes data = Pattern(700);
    ASSERT_EQ(Send(client, data), 700);
    EXPECT_EQ(RecvAll(server), data);
    ASSERT_EQ(Send(server, data), 700);
    EXPECT_EQ(RecvAll(client, 11), data);
    conn_set_recv_buffering(server.get(), true);
    ASSERT_EQ(Send(client, data), 700);
    EXPECT_EQ(RecvAll(server), data);
}

/* The reader stands still after each byte and takes up where it was. */
TEST_P(ConnKinds, ReadingResumesAfterAnyByte)
{
    Bytes first = Pattern(90), second = Pattern(33, 5);
    ASSERT_EQ(Send(client, first), 90);
    ASSERT_EQ(Send(client, second), 33);
    Bytes wire = to_server.data;
    for (bool buffering : { false, true }) {
        for (size_t size : { size_t{ 10 }, size_t{ 4096 } }) {
            Connect({ GetParam() });
            conn_set_recv_buffering(server.get(), buffering);
            Bytes got;
            for (uint8_t b : wire) {
                to_server.data.push_back(b);
                Bytes some = RecvAll(server, size);
                got = Join(got, some);
                ASSERT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
                ASSERT_EQ(blocked, S2N_BLOCKED_ON_READ);
            }
            EXPECT_EQ(got, Join(first, second));
        }
    }
}

/* The transport takes `step` bytes between two calls: the same call is repeated until all is accepted. */
TEST_P(ConnKinds, WritingResumesAfterAnyByte)
{
    Bytes data = Pattern(9000);
    for (size_t step : { size_t{ 1 }, size_t{ 100 }, size_t{ 8192 } }) {
        Connect({ GetParam() });
        to_server.allowance = 0;
        size_t from = 0;
        while (from < data.size()) {
            ssize_t n = Send(client, data, from);
            if (n < 0) {
                ASSERT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
                ASSERT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
                to_server.allowance = step;
                continue;
            }
            from += static_cast<size_t>(n);
        }
        to_server.allowance = SIZE_MAX;
        EXPECT_EQ(RecvAll(server), data);
    }
}

TEST_P(ConnKinds, TheStatusAfterRecvTellsWhetherTheRecordIsUsedUp)
{
    ASSERT_EQ(Send(server, Pattern(50)), 50);
    Bytes buf(20);
    EXPECT_EQ(Recv(client, &buf), 20);
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_EQ(conn_peek(client.get()), 30U);
    Bytes none;
    EXPECT_EQ(Recv(client, &none), 0);
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_EQ(Recv(client, &buf), 20);
    EXPECT_EQ(Recv(client, &buf), 10);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    EXPECT_EQ(conn_peek(client.get()), 0U);
}

TEST_P(ConnKinds, WireBytesAreCounted)
{
    ASSERT_EQ(Send(client, Pattern(500)), 500);
    size_t wire = to_server.data.size();
    RecvAll(server);
    EXPECT_EQ(client->stats.bytes_out, wire);
    EXPECT_EQ(server->stats.bytes_in, wire);
}

TEST_P(ConnKinds, AnyChangedByteIsFatalAndClosesBothWays)
{
    ASSERT_EQ(Send(server, Pattern(20)), 20);
    Bytes wire = to_client.data;
    for (size_t i = 5; i < wire.size(); i += 3) {
        Connect({ GetParam() });
        to_client.data = wire;
        to_client.data[i] ^= 0x10;
        EXPECT_EQ(RecvAll(client), Bytes()) << i;
        EXPECT_EQ(Err(), "S2N_ERR_DECRYPT") << i;
        EXPECT_TRUE(client->blind.triggered);
        EXPECT_EQ(Send(client, Pattern(1)), -1);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        RecvAll(client);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    }
}

/* ---- sending: contract entry 140 ---- */

class ConnSend : public ConnTest
{
};

TEST_F(ConnSend, GathersManyBuffersFromAnOffset)
{
    Connect();
    Bytes data = Pattern(5000);
    std::vector<struct iovec> v;
    for (size_t at = 0; at < data.size();) {
        size_t n = std::min<size_t>(at % 23, data.size() - at);
        v.push_back({ data.data() + at, n });
        at += n == 0 ? 1 : n;
        if (n == 0) { /* an empty buffer, then one byte */
            v.push_back({ data.data() + at - 1, 1 });
        }
    }
    for (size_t offs : { size_t{ 0 }, size_t{ 1 }, size_t{ 1234 }, size_t{ 4999 }, size_t{ 5000 } }) {
        size_t sent = 0;
        ASSERT_TRUE(conn_sendv(client.get(), v.data(), v.size(), offs, &blocked, &sent));
        EXPECT_EQ(sent, 5000 - offs);
        EXPECT_EQ(RecvAll(server), Bytes(data.begin() + static_cast<std::ptrdiff_t>(offs), data.end()));
    }
    size_t sent = 0;
    EXPECT_FALSE(conn_sendv(client.get(), v.data(), v.size(), 5001, &blocked, &sent));
    EXPECT_EQ(Err(), "S2N_ERR_INVALID_ARGUMENT");
    struct iovec huge[2] = { { data.data(), SIZE_MAX / 2 }, { data.data(), 2 } };
    EXPECT_FALSE(conn_sendv(client.get(), huge, 2, 0, &blocked, &sent));
    EXPECT_EQ(Err(), "S2N_ERR_INVALID_ARGUMENT");
}

TEST_F(ConnSend, ABlockedRecordIsNeitherLostNorSealedAgain)
{
    Connect();
    to_server.capacity = 10;
    EXPECT_EQ(Send(client, Pattern(100)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(client->out.seq, 1U);
    EXPECT_EQ(Send(client, Pattern(99)), -1); /* what is blocked is told first */
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(Send(client, Pattern(100)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    to_server.capacity = SIZE_MAX;
    EXPECT_EQ(Send(client, Pattern(99)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_SEND_SIZE");
    EXPECT_EQ(Send(client, Bytes()), -1);
    EXPECT_EQ(Err(), "S2N_ERR_SEND_SIZE");
    EXPECT_EQ(Send(client, Pattern(120)), 120); /* more than before is fine */
    EXPECT_EQ(client->out.seq, 2U);
    EXPECT_EQ(RecvAll(server), Pattern(120));
}

TEST_F(ConnSend, ReportsTheRecordsThatWentOutWhole)
{
    Connect();
    to_server.capacity = 8087 + 22 + 100; /* one record and a bit */
    EXPECT_EQ(Send(client, Pattern(30000)), 8087);
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    EXPECT_EQ(Send(client, Pattern(30000), 8087), -1);
    to_server.capacity = SIZE_MAX;
    EXPECT_EQ(Send(client, Pattern(30000), 8087), 30000 - 8087);
    EXPECT_EQ(RecvAll(server), Pattern(30000));
}

TEST_F(ConnSend, ZeroBytesFlushAndSendNothing)
{
    Connect();
    EXPECT_EQ(Send(client, Bytes()), 0);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    EXPECT_EQ(to_server.writes, 0U);
    conn_request_key_update(client.get());
    EXPECT_EQ(Send(client, Bytes()), 0); /* no reason for a key update either */
    EXPECT_EQ(to_server.writes, 0U);
}

TEST_F(ConnSend, ErrorsOfTheTransportAndOfState)
{
    Connect();
    to_server.error = ECONNRESET;
    EXPECT_EQ(Send(client, Pattern(1)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    Conn fresh = Fresh(false);
    EXPECT_EQ(Send(fresh, Pattern(1)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_ENCRYPT");
    Bytes buf(1);
    EXPECT_EQ(Recv(fresh, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
}

TEST_F(ConnSend, OneWritePerRecordUnlessABufferIsSet)
{
    Connect();
    ASSERT_EQ(Send(client, Pattern(30000)), 30000);
    EXPECT_EQ(to_server.writes, 4U);
    config->send_buffer_size = 65536;
    Connect();
    ASSERT_EQ(Send(client, Pattern(30000)), 30000);
    EXPECT_EQ(to_server.writes, 1U);
    EXPECT_EQ(RecvAll(server), Pattern(30000));
    config->send_buffer_size = 1034; /* smaller than a record: smaller records */
    Connect();
    ASSERT_EQ(Send(client, Pattern(2000)), 2000);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 773 + 17, 773 + 17, 454 + 17 }));
}

TEST_F(ConnSend, ManyRecordsInOneBufferSurviveBlocking)
{
    config->send_buffer_size = 40000;
    Connect();
    Bytes data = Pattern(100000);
    size_t from = 0;
    to_server.allowance = 0;
    while (from < data.size()) {
        ssize_t n = Send(client, data, from);
        if (n < 0) {
            ASSERT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
            to_server.allowance = 7001;
        } else {
            from += static_cast<size_t>(n);
        }
    }
    to_server.allowance = SIZE_MAX;
    EXPECT_EQ(RecvAll(server), data);
}

TEST_F(ConnSend, RecordSizesFollowThePreference)
{
    Connect();
    ASSERT_EQ(Send(client, Pattern(9000)), 9000);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 8087 + 17, 913 + 17 }));
    Connect();
    conn_prefer_low_latency(client.get());
    ASSERT_EQ(Send(client, Pattern(2000)), 2000);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 1435 + 17, 565 + 17 }));
    Connect();
    conn_prefer_throughput(client.get());
    client->session.max_fragment_code = 2;
    conn_apply_fragment(client.get()); /* a negotiated limit wins */
    ASSERT_EQ(Send(client, Pattern(1500)), 1500);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 1024 + 17, 476 + 17 }));
}

TEST_F(ConnSend, DynamicRecordsStartSmallAndAreSmallAgainAfterAPause)
{
    static uint64_t now, asked;
    now = 1000000000;
    asked = 0;
    config->mono = { [](void *, uint64_t *ns) { return *ns = now, asked++, 0; }, nullptr };
    Connect();
    ASSERT_EQ(Send(client, Pattern(100)), 100);
    EXPECT_EQ(asked, 0U); /* the clock is only asked when it matters */
    EXPECT_FALSE(conn_set_dynamic_threshold(client.get(), 8388609, 1));
    EXPECT_EQ(Err(), "S2N_ERR_INVALID_DYNAMIC_THRESHOLD");
    ASSERT_TRUE(conn_set_dynamic_threshold(client.get(), 2000, 5));
    to_server.data.clear();
    ASSERT_EQ(Send(client, Pattern(12000)), 12000);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 1395, 1395, 8087 + 17, 1157 + 17 }));
    to_server.data.clear();
    now += 6000000000;
    ASSERT_EQ(Send(client, Pattern(2000)), 2000);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 1395, 622 + 17 }));
}

TEST_F(ConnSend, OldCbcClientsSplitOffTheFirstByteOfACall)
{
    for (const Kind &kind : kKinds) {
        Connect({ kind });
        ASSERT_EQ(Send(client, Pattern(100)), 100);
        ASSERT_EQ(Send(client, Pattern(1)), 1);
        bool splits =
            kind.version == SSL3 || (kind.version == TLS10 && kind.suite == 0x000A); /* vectors/README.md */
        EXPECT_EQ(Records(to_server.data).size(), splits ? 3U : 2U) << kind.name;
        ASSERT_EQ(Send(server, Pattern(100)), 100);
        EXPECT_EQ(Records(to_client.data).size(), 1U);
    }
}

TEST_F(ConnSend, TheLastSequenceNumberIsNotUsed)
{
    for (const Kind &kind : { kKinds[2], kKinds[3] }) {
        Connect({ kind, UINT64_MAX - 1, 0 });
        EXPECT_EQ(Send(client, Pattern(5)), 5);
        for (int i = 0; i < 2; i++) {
            EXPECT_EQ(Send(client, Pattern(5)), -1);
            EXPECT_EQ(Err(), "S2N_ERR_RECORD_LIMIT");
            EXPECT_EQ(client->out.seq, UINT64_MAX);
        }
        ASSERT_EQ(Send(server, Pattern(5)), 5);
        EXPECT_EQ(RecvAll(client), Pattern(5)); /* reading goes on */
        EXPECT_FALSE(conn_shutdown(client.get(), &blocked));
        EXPECT_EQ(Err(), "S2N_ERR_RECORD_LIMIT"); /* no record is left for a close_notify */
    }
}

/* ---- receiving: contract entry 141 ---- */

class ConnRecv : public ConnTest
{
};

TEST_F(ConnRecv, ReturnsAfterOneRecordUnlessToldToFillTheBuffer)
{
    Connect();
    for (bool multi : { false, true }) {
        config->recv_multi_record = multi;
        for (int i = 0; i < 3; i++) {
            ASSERT_EQ(Send(client, Pattern(10)), 10);
        }
        Bytes buf(25);
        EXPECT_EQ(Recv(server, &buf), multi ? 25 : 10);
        RecvAll(server);
    }
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    Bytes buf(100);
    EXPECT_EQ(Recv(server, &buf), 10); /* would block: that is for the next call */
    EXPECT_EQ(Recv(server, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    ASSERT_TRUE(conn_shutdown_send(client.get(), &blocked));
    EXPECT_EQ(Recv(server, &buf), 10); /* as is the end */
    EXPECT_EQ(Recv(server, &buf), 0);
}

TEST_F(ConnRecv, EndOfStreamWithoutCloseNotifyIsNoCleanEnd)
{
    Connect();
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    to_server.eof = true;
    EXPECT_EQ(RecvAll(server), Pattern(10));
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    EXPECT_EQ(Send(server, Pattern(3)), 3); /* TLS 1.3: our direction is its own */
}

TEST_F(ConnRecv, AReadErrorIsReportedAndMayPass)
{
    Connect();
    to_server.error = ETIMEDOUT;
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    to_server.error = 0;
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    EXPECT_EQ(RecvAll(server), Pattern(10));
}

TEST_F(ConnRecv, TheCallersMemoryHoldsNothingThatIsNotForIt)
{
    Connect();
    Inject(client, CT_HANDSHAKE, B(kKeyUpdate, 5));
    Bytes buf(4096, 0xAA);
    EXPECT_EQ(Recv(server, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    for (uint8_t b : buf) {
        ASSERT_TRUE(b == 0xAA || b == 0);
    }
    EXPECT_EQ(server->in.seq, 0U); /* it was followed */
}

TEST_F(ConnRecv, EmptyRecordsAreSkippedButNotForEver)
{
    Connect();
    for (int i = 0; i < 32; i++) {
        Inject(client, CT_APPDATA, {});
    }
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    EXPECT_EQ(RecvAll(server), Pattern(10));
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    for (int i = 0; i < 33; i++) { /* the count started again */
        Inject(client, CT_APPDATA, {});
    }
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
    EXPECT_TRUE(server->blind.triggered);
    EXPECT_EQ(server->shared.reader_alert, ALERT_UNEXPECTED_MESSAGE);
}

TEST_F(ConnRecv, KeyUpdatesAndWarningsWithoutEndAreFatal)
{
    Connect();
    for (int i = 0; i < 33; i++) {
        conn_request_key_update(client.get());
        ASSERT_TRUE(conn_negotiate(client.get(), &blocked));
    }
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");

    config->alert_behavior = S2N_ALERT_IGNORE_WARNINGS;
    Connect({ kKinds[3] });
    for (int i = 0; i < 32; i++) {
        Inject(client, CT_ALERT, { 1, ALERT_USER_CANCELED });
    }
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    Inject(client, CT_ALERT, { 1, ALERT_USER_CANCELED });
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
}

TEST_F(ConnRecv, ContentTypesThatHaveNoPlaceAreFatal)
{
    for (const Kind &kind : { kKinds[0], kKinds[3] }) {
        for (uint8_t type : { uint8_t{ CT_CCS }, uint8_t{ 24 }, uint8_t{ 0x66 } }) {
            Connect({ kind });
            Inject(client, type, { 1 });
            RecvAll(server);
            EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE") << int{ type };
        }
    }
    Connect();
    to_server.data = { CT_CCS, 3, 3, 0, 1, 1 }; /* and at TLS 1.3 an unprotected one */
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
}

TEST_F(ConnRecv, Sslv2HeadersAreDroppedUnopenedButNotForEver)
{
    const Bytes junk = { 0x99, 3, 3, 0, 2, 7, 7 };
    for (const Kind &kind : { kKinds[0], kKinds[3] }) {
        Connect({ kind });
        for (int i = 0; i < 32; i++) {
            to_server.data = Join(to_server.data, junk);
        }
        ASSERT_EQ(Send(client, Pattern(10)), 10);
        EXPECT_EQ(RecvAll(server), Pattern(10));
        EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
        for (int i = 0; i < 33; i++) {
            to_server.data = Join(to_server.data, junk);
        }
        RecvAll(server);
        EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
    }
}

/* ---- messages after the handshake ---- */

class ConnPost : public ConnTest
{
  protected:
    std::string Answer(const Conn &to, const std::vector<Bytes> &records)
    {
        const Conn &from = to == server ? client : server;
        for (const Bytes &r : records) {
            Inject(from, CT_HANDSHAKE, r);
        }
        RecvAll(to);
        return Err();
    }
    static Bytes Ticket(uint32_t lifetime = 7200, const Bytes &ticket = { 1, 2, 3 },
                        const Bytes &extensions = { 0, 0 })
    {
        Bytes body;
        Put(&body, lifetime, 4);
        Put(&body, 1234, 4);
        body = Join(body, { 1, 9 });
        Put(&body, ticket.size(), 2);
        body = Join(Join(body, ticket), extensions);
        Bytes whole = { 4, 0 };
        Put(&whole, body.size(), 2);
        return Join(whole, body);
    }
    static constexpr char kOk[] = "S2N_ERR_IO_BLOCKED", kBad[] = "S2N_ERR_BAD_MESSAGE";
};

TEST_F(ConnPost, KeyUpdateBothWays)
{
    Connect();
    Bytes old_client = B(client->session.client_app.b, 32);
    conn_request_key_update(client.get());
    ASSERT_EQ(Send(client, Pattern(40)), 40);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 22, 57 }));
    EXPECT_EQ(client->out.seq, 1U);
    EXPECT_EQ(RecvAll(server), Pattern(40));
    EXPECT_NE(B(client->session.client_app.b, 32), old_client);
    EXPECT_EQ(B(server->session.client_app.b, 32), B(client->session.client_app.b, 32));
    conn_request_key_update(server.get());
    ASSERT_EQ(Send(server, Pattern(40)), 40);
    EXPECT_EQ(RecvAll(client), Pattern(40));
    ASSERT_EQ(Send(client, Pattern(4)), 4); /* one request, one message */
    EXPECT_EQ(Records(to_server.data).size(), 1U);
}

TEST_F(ConnPost, APeersRequestIsAnsweredAtTheNextSend)
{
    Connect();
    Inject(client, CT_HANDSHAKE, { 24, 0, 0, 1, 1 });
    RecvAll(server);
    EXPECT_EQ(Err(), kOk);
    EXPECT_EQ(server->in.seq, 0U);
    ASSERT_EQ(Send(server, Pattern(6)), 6);
    EXPECT_EQ(Records(to_client.data), (std::vector<size_t>{ 22, 23 }));
    EXPECT_EQ(RecvAll(client), Pattern(6));
}

TEST_F(ConnPost, AUsedUpKeyIsUpdatedBeforeTheNextRecord)
{
    Connect({ kKinds[0], kKeyLimit - 1, 0 });
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    EXPECT_EQ(client->out.seq, kKeyLimit);
    ASSERT_EQ(Send(client, Pattern(20)), 20);
    EXPECT_EQ(client->out.seq, 1U);
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 27, 22, 37 }));
    EXPECT_EQ(RecvAll(server), Join(Pattern(10), Pattern(20)));

    Connect({ kKinds[2], kKeyLimit, 0 }); /* ChaCha20 has no limit */
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    EXPECT_EQ(client->out.seq, kKeyLimit + 1);
    Connect({ kKinds[3], kKeyLimit, 0 }); /* nor have keys below TLS 1.3 */
    conn_request_key_update(client.get());
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    EXPECT_EQ(client->out.seq, kKeyLimit + 1);
}

TEST_F(ConnPost, KeyUpdateInTheMiddleOfALongSend)
{
    config->send_buffer_size = 100000;
    Connect({ kKinds[1], kKeyLimit - 2, 0 });
    Bytes data = Pattern(60000);
    ASSERT_EQ(Send(client, data), 60000);
    EXPECT_EQ(RecvAll(server), data);
    EXPECT_EQ(to_server.writes, 1U);
}

TEST_F(ConnPost, KeyUpdateIsReadStrictly)
{
    const std::vector<std::vector<Bytes>> bad = {
        { { 24, 0, 0, 1, 2 } },     /* no such request */
        { { 24, 0, 0, 0 } },        /* too short */
        { { 24, 0, 0, 2, 0, 0 } },  /* too long */
        { { 24, 0, 0, 1, 0, 24 } }, /* bytes after it under the old key */
        { {} },                     /* an empty handshake record */
    };
    for (const auto &records : bad) {
        Connect();
        EXPECT_EQ(Answer(server, records), kBad);
    }
    Connect();
    EXPECT_EQ(Answer(server, { { 24 }, { 0, 0 }, { 1, 0 } }), kOk); /* split over records */
    EXPECT_EQ(server->in.seq, 0U);
}

TEST_F(ConnPost, NothingComesBetweenThePartsOfAMessage)
{
    Connect();
    Inject(client, CT_HANDSHAKE, { 24, 0 });
    Inject(client, CT_APPDATA, { 1 });
    RecvAll(server);
    EXPECT_EQ(Err(), kBad);
}

TEST_F(ConnPost, TicketsAreCheckedAndDropped)
{
    Connect();
    EXPECT_EQ(Answer(client, { Ticket() }), kOk);
    EXPECT_EQ(Answer(client, { Join(Ticket(), Ticket(604800)) }), kOk);
    Bytes one = Ticket(5, Bytes(3000, 7), { 0, 8, 0, 42, 0, 4, 0, 0, 0, 9 });
    EXPECT_EQ(Answer(client,
                     { B(one.data(), 2), B(one.data() + 2, 1000), B(one.data() + 1002, one.size() - 1002) }),
              kOk);
    EXPECT_EQ(client->post.rx.cap, 0U);
    for (const Bytes &bad :
         { Ticket(604801), Ticket(1, {}), Ticket(1, { 1 }, {}), Ticket(1, { 1 }, { 0, 1, 0 }),
           Ticket(1, { 1 }, { 0, 0, 0 }), Ticket(1, { 1 }, { 0, 5, 0, 42, 0, 4, 0 }) }) {
        Connect();
        EXPECT_EQ(Answer(client, { bad }), kBad) << ToHex(bad);
    }
}

TEST_F(ConnPost, OnlyWhatTheRoleAndVersionAllowIsReadAtAll)
{
    for (uint8_t type = 0; type < 30; type++) {
        for (bool to_the_server : { false, true }) {
            for (const Kind &kind : { kKinds[0], kKinds[3] }) {
                bool ok13 = type == 24 || (type == 4 && !to_the_server);
                bool ok12 = type == 0 && !to_the_server;
                if (kind.version == TLS13 ? ok13 : ok12) {
                    continue;
                }
                Connect({ kind }); /* the header is enough to refuse it */
                EXPECT_EQ(Answer(to_the_server ? server : client, { { type, 0, 0, 0 } }), kBad)
                    << int{ type };
            }
        }
    }
    Connect({ kKinds[3] });
    EXPECT_EQ(Answer(client, { { 0, 0, 0, 0 } }), kOk); /* HelloRequest */
    EXPECT_EQ(Answer(client, { { 0, 0, 0, 1, 0 } }), kBad);
    Connect();
    EXPECT_EQ(Answer(client, { { 4, 1, 0, 1 } }), kBad); /* 65537 bytes */
}

TEST_F(ConnPost, NegotiateSendsAPendingKeyUpdate)
{
    Connect();
    conn_request_key_update(client.get());
    EXPECT_TRUE(conn_negotiate(client.get(), &blocked));
    EXPECT_EQ(Records(to_server.data), (std::vector<size_t>{ 22 }));
    EXPECT_TRUE(conn_negotiate(client.get(), &blocked));
    EXPECT_EQ(Records(to_server.data).size(), 1U);
}

/* ---- alerts ---- */

class ConnAlert : public ConnTest
{
};

TEST_F(ConnAlert, AnErrorAlertIsToldOnceAndClosesBothWays)
{
    for (uint8_t level : { 1, 2, 77 }) {
        Connect();
        uint8_t code = 0;
        EXPECT_FALSE(conn_get_alert(server.get(), &code));
        EXPECT_EQ(Err(), "S2N_ERR_NO_ALERT");
        Inject(client, CT_ALERT, { level, ALERT_BAD_CERTIFICATE });
        RecvAll(server);
        EXPECT_EQ(Err(), "S2N_ERR_ALERT");
        EXPECT_TRUE(conn_get_alert(server.get(), &code));
        EXPECT_EQ(code, ALERT_BAD_CERTIFICATE);
        RecvAll(server);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        EXPECT_EQ(Send(server, Pattern(1)), -1);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        EXPECT_FALSE(server->blind.triggered);
        EXPECT_TRUE(conn_shutdown(server.get(), &blocked)); /* and nothing is sent */
        EXPECT_EQ(to_client.writes, 0U);
    }
}

TEST_F(ConnAlert, MayComeInPiecesOrPacked)
{
    Connect();
    Inject(client, CT_ALERT, { 2 });
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    Inject(client, CT_ALERT, { ALERT_DECODE_ERROR });
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_ALERT");
    config->alert_behavior = S2N_ALERT_IGNORE_WARNINGS;
    Connect({ kKinds[3] });
    Inject(client, CT_ALERT, { 1, 112, 1, ALERT_USER_CANCELED, 2, ALERT_DECODE_ERROR });
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_ALERT");
    uint8_t code = 0;
    EXPECT_TRUE(conn_get_alert(server.get(), &code));
    EXPECT_EQ(code, ALERT_DECODE_ERROR);
    Connect();
    Inject(client, CT_ALERT, {});
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
}

TEST_F(ConnAlert, WarningsMayBeIgnoredByTheRulesOfTheVersion)
{
    config->alert_behavior = S2N_ALERT_IGNORE_WARNINGS;
    struct Row {
        Kind kind;
        uint8_t level, code;
        const char *want;
    };
    const Row rows[] = {
        { kKinds[3], 1, 112, "S2N_ERR_IO_BLOCKED" }, { kKinds[3], 2, 112, "S2N_ERR_ALERT" },
        { kKinds[3], 9, 90, "S2N_ERR_ALERT" },       { kKinds[0], 1, 112, "S2N_ERR_ALERT" },
        { kKinds[0], 1, 90, "S2N_ERR_IO_BLOCKED" },  { kKinds[0], 2, 90, "S2N_ERR_IO_BLOCKED" },
    };
    for (const Row &row : rows) {
        Connect({ row.kind });
        Inject(client, CT_ALERT, { row.level, row.code });
        RecvAll(server);
        EXPECT_EQ(Err(), row.want) << row.kind.name << int{ row.level } << ' ' << int{ row.code };
        uint8_t code;
        EXPECT_EQ(conn_get_alert(server.get(), &code), Err() == "S2N_ERR_ALERT");
    }
}

TEST_F(ConnAlert, TheAlertOfAnErrorIsSentByShutdownOnly)
{
    Connect();
    Inject(client, CT_CCS, { 1 });
    RecvAll(server);
    ASSERT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
    EXPECT_EQ(to_client.writes, 0U);
    EXPECT_TRUE(conn_shutdown(server.get(), &blocked)); /* which does not wait then */
    EXPECT_EQ(to_client.writes, 1U);
    EXPECT_TRUE(conn_shutdown(server.get(), &blocked));
    EXPECT_EQ(to_client.writes, 1U);
    RecvAll(client);
    EXPECT_EQ(Err(), "S2N_ERR_ALERT");
    uint8_t code = 0;
    EXPECT_TRUE(conn_get_alert(client.get(), &code));
    EXPECT_EQ(code, ALERT_UNEXPECTED_MESSAGE);
}

/* ---- closing: contract entries 147, 148 ---- */

class ConnShutdown : public ConnTest
{
};

TEST_F(ConnShutdown, WaitsForThePeerAndMayBeRepeated)
{
    for (const Kind &kind : kKinds) {
        Connect({ kind });
        EXPECT_FALSE(conn_shutdown(client.get(), &blocked));
        EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
        EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
        EXPECT_EQ(Send(client, Pattern(1)), -1);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        EXPECT_EQ(RecvAll(server).size(), 0U);
        EXPECT_EQ(ended, 0);
        EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
        RecvAll(server);
        EXPECT_EQ(ended, 0); /* now and later */
        uint8_t code = 99;
        EXPECT_TRUE(conn_get_alert(server.get(), &code));
        EXPECT_EQ(code, ALERT_CLOSE_NOTIFY);
        EXPECT_TRUE(conn_shutdown(server.get(), &blocked));
        EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
        for (int i = 0; i < 2; i++) {
            EXPECT_TRUE(conn_shutdown(client.get(), &blocked));
            EXPECT_TRUE(conn_shutdown(server.get(), &blocked));
        }
        EXPECT_EQ(to_server.writes + to_client.writes, 2U) << kind.name;
    }
}

TEST_F(ConnShutdown, HalfCloseIsForTls13Only)
{
    for (const Kind &kind : kKinds) {
        bool half = kind.version == TLS13;
        Connect({ kind });
        ASSERT_TRUE(conn_shutdown_send(client.get(), &blocked));
        RecvAll(server);
        EXPECT_EQ(Send(server, Pattern(30)), half ? 30 : -1);
        EXPECT_EQ(RecvAll(client), half ? Pattern(30) : Bytes());
        EXPECT_EQ(Err(), half ? "S2N_ERR_IO_BLOCKED" : "S2N_ERR_CLOSED");
        EXPECT_TRUE(conn_shutdown(server.get(), &blocked));
        EXPECT_TRUE(conn_shutdown(client.get(), &blocked)); /* which still waits for the peer's */
    }
}

TEST_F(ConnShutdown, DiscardsWhatIsInTheWayAndFollowsKeyUpdates)
{
    Connect();
    ASSERT_EQ(Send(server, Pattern(20000)), 20000);
    conn_request_key_update(server.get());
    ASSERT_EQ(Send(server, Pattern(500)), 500);
    ASSERT_TRUE(conn_shutdown_send(server.get(), &blocked));
    Bytes buf(100);
    EXPECT_EQ(Recv(client, &buf), 100);
    EXPECT_TRUE(conn_shutdown(client.get(), &blocked));
    EXPECT_EQ(conn_peek(client.get()), 0U);
}

TEST_F(ConnShutdown, FlushesWhatIsQueuedFirst)
{
    Connect();
    to_server.capacity = 10;
    EXPECT_EQ(Send(client, Pattern(50)), -1);
    EXPECT_FALSE(conn_shutdown_send(client.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    to_server.capacity = SIZE_MAX;
    EXPECT_TRUE(conn_shutdown_send(client.get(), &blocked));
    EXPECT_EQ(RecvAll(server), Pattern(50));
    EXPECT_EQ(ended, 0);
}

TEST_F(ConnShutdown, WhenTheTransportIsGone)
{
    Connect();
    to_client.eof = true;
    EXPECT_FALSE(conn_shutdown(client.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    Connect();
    to_server.error = EPIPE;
    EXPECT_FALSE(conn_shutdown(client.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    Connect();
    Inject(server, CT_ALERT, { 2, ALERT_INTERNAL_ERROR });
    EXPECT_FALSE(conn_shutdown(client.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_ALERT");
}

TEST_F(ConnShutdown, WithoutTransportOrHandshakeThereIsNobodyToWaitFor)
{
    Conn bare(conn_new(true));
    EXPECT_TRUE(conn_shutdown(bare.get(), &blocked));
    EXPECT_TRUE(conn_shutdown_send(bare.get(), &blocked));
    Conn fresh = Fresh(false);
    EXPECT_TRUE(conn_shutdown(fresh.get(), &blocked));
    EXPECT_EQ(to_server.data, (Bytes{ CT_ALERT, 3, 1, 0, 2, 1, 0 }));
    EXPECT_FALSE(conn_negotiate(fresh.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
}

/* ---- blinding ---- */

class ConnBlind : public ConnTest
{
  protected:
    void Break()
    {
        Connect();
        Inject(client, CT_CCS, { 1 });
        RecvAll(server);
        ASSERT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
    }
    static uint64_t now;
    static int Clock(void *, uint64_t *ns) { return *ns = now, 0; }
};
uint64_t ConnBlind::now = 5000;

TEST_F(ConnBlind, TheDelayIsUniformAndCountsDown)
{
    constexpr uint64_t s = 1000000000;
    config->mono = { Clock, nullptr };
    uint64_t left = 1;
    Connect();
    EXPECT_TRUE(conn_delay(server.get(), &left));
    EXPECT_EQ(left, 0U);
    for (uint32_t max : { 0U, 30U, 3U, 60U }) {
        config->max_blinding_set = max != 0;
        config->max_blinding = max;
        uint64_t top = (max == 0 ? 30 : max) * s, low = top, high = 0;
        for (int i = 0; i < 60; i++) {
            Break();
            ASSERT_TRUE(conn_delay(server.get(), &left));
            low = std::min(low, left);
            high = std::max(high, left);
        }
        EXPECT_GE(low, top / 3);
        EXPECT_LT(high, top);
        EXPECT_GT(high - low, top / 3);
    }
    uint64_t all = left;
    now += 7;
    EXPECT_TRUE(conn_delay(server.get(), &left));
    EXPECT_EQ(left, all - 7);
    EXPECT_FALSE(conn_shutdown(server.get(), &blocked));
    EXPECT_EQ(Err(), "S2N_ERR_SHUTDOWN_PAUSED");
    EXPECT_FALSE(conn_shutdown_send(server.get(), &blocked));
    EXPECT_EQ(to_client.writes, 0U);
    now += all;
    EXPECT_TRUE(conn_delay(server.get(), &left));
    EXPECT_EQ(left, 0U);
    EXPECT_TRUE(conn_shutdown(server.get(), &blocked));
    EXPECT_EQ(to_client.writes, 1U);
}

TEST_F(ConnBlind, ZeroTurnsTheDelayOffButNotTheClosing)
{
    Break();
    uint64_t left = 1;
    EXPECT_TRUE(conn_delay(server.get(), &left));
    EXPECT_EQ(left, 0U);
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    EXPECT_TRUE(conn_shutdown(server.get(), &blocked)); /* does not wait for a peer it does not believe */
}

TEST_F(ConnBlind, BuiltInBlindingSleepsInTheFailingCall)
{
    Connect();
    server->blind.mode = S2N_BUILT_IN_BLINDING;
    config->max_blinding = 1;
    Inject(client, CT_CCS, { 1 });
    uint64_t from, to;
    ASSERT_EQ(clock_mono(nullptr, &from), 0);
    RecvAll(server);
    EXPECT_EQ(Err(), "S2N_ERR_BAD_MESSAGE");
    ASSERT_EQ(clock_mono(nullptr, &to), 0);
    EXPECT_GE(to - from, 333000000U);
    EXPECT_LT(to - from, 1500000000U);
}

TEST_F(ConnBlind, AFailingClockDoesNotHideTheError)
{
    config->max_blinding = 30;
    config->mono = { [](void *, uint64_t *) { return -1; }, nullptr };
    Break();
    uint64_t left;
    EXPECT_FALSE(conn_delay(server.get(), &left));
}

/* ---- life and memory ---- */

class ConnLife : public ConnTest
{
};

TEST_F(ConnLife, WipeKeepsRoleAndConfigOnly)
{
    Connect();
    conn_prefer_throughput(client.get());
    conn_set_recv_buffering(client.get(), true);
    client->ctx = this;
    ASSERT_TRUE(conn_set_policy(client.get(), "20190214"));
    ASSERT_TRUE(conn_set_server_name(client.get(), "example.com"));
    ASSERT_EQ(Send(server, Pattern(100)), 100);
    Bytes buf(10);
    EXPECT_EQ(Recv(client, &buf), 10);
    ASSERT_TRUE(conn_wipe(client.get()));
    EXPECT_FALSE(client->set.server);
    EXPECT_EQ(client->set.config, config);
    EXPECT_EQ(client->set.policy, nullptr);
    EXPECT_EQ(client->set.owner, client.get());
    EXPECT_EQ(client->sizes.max_fragment, 8087);
    EXPECT_EQ(client->ctx, nullptr);
    EXPECT_EQ(client->io.recv, nullptr);
    EXPECT_EQ(client->blind.mode, S2N_BUILT_IN_BLINDING);
    EXPECT_EQ(conn_peek(client.get()), 0U);
    EXPECT_STREQ(client->session.server_name, "");
    EXPECT_FALSE(client->session.complete);
    EXPECT_EQ(client->stats.bytes_in, 0U);
    EXPECT_TRUE(conn_deserialize(client.get(), Span(MakeBlob({})))); /* and it can be used again */
}

TEST_F(ConnLife, ServerNamesAreReplacedWhole)
{
    Conn c = Fresh(false);
    ASSERT_TRUE(conn_set_server_name(c.get(), "example.com"));
    ASSERT_TRUE(conn_set_server_name(c.get(), "a.b"));
    EXPECT_STREQ(c->session.server_name, "a.b");
    EXPECT_TRUE(conn_set_server_name(c.get(), std::string(255, 'x').c_str()));
    EXPECT_FALSE(conn_set_server_name(c.get(), std::string(256, 'x').c_str()));
    EXPECT_EQ(Err(), "S2N_ERR_SERVER_NAME_TOO_LONG");
    EXPECT_FALSE(conn_set_server_name(Fresh(true).get(), "a"));
    EXPECT_EQ(Err(), "S2N_ERR_CLIENT_MODE");
}

TEST_F(ConnLife, ReleaseBuffersOnlyWhenNothingIsInThem)
{
    Connect();
    EXPECT_TRUE(conn_release_buffers(server.get()));
    ASSERT_EQ(Send(client, Pattern(100)), 100);
    EXPECT_GT(client->writing.tx.cap, 0U);
    EXPECT_TRUE(conn_release_buffers(client.get()));
    EXPECT_EQ(client->writing.tx.cap, 0U);
    Bytes buf(10);
    EXPECT_EQ(Recv(server, &buf), 10);
    EXPECT_FALSE(conn_release_buffers(server.get())); /* unread plaintext */
    EXPECT_EQ(Err(), "S2N_ERR_STUFFER_HAS_UNPROCESSED_DATA");
    EXPECT_EQ(RecvAll(server).size(), 90U);
    EXPECT_TRUE(conn_release_buffers(server.get()));
    EXPECT_EQ(server->reading.rx.cap, 0U);
    to_server.capacity = 1;
    EXPECT_EQ(Send(client, Pattern(100)), -1);
    EXPECT_FALSE(conn_release_buffers(client.get())); /* pending output */
    Inject(client, CT_HANDSHAKE, { 24, 0 });
}

TEST_F(ConnLife, ReleaseBuffersKeepsCiphertextThatCameEarly)
{
    Connect();
    conn_set_recv_buffering(server.get(), true);
    ASSERT_EQ(Send(client, Pattern(10)), 10);
    ASSERT_EQ(Send(client, Pattern(20)), 20);
    Bytes buf(100);
    EXPECT_EQ(Recv(server, &buf), 10);
    EXPECT_TRUE(conn_release_buffers(server.get()));
    EXPECT_EQ(Recv(server, &buf), 20);
}

TEST_F(ConnLife, DynamicBuffersAreGoneWhenEmpty)
{
    Connect();
    conn_set_dynamic_buffers(client.get(), true);
    conn_set_dynamic_buffers(server.get(), true);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(Send(client, Pattern(10000)), 10000);
        EXPECT_EQ(client->writing.tx.cap, 0U);
        EXPECT_EQ(RecvAll(server, 500), Pattern(10000));
        EXPECT_EQ(server->reading.rx.cap, 0U);
    }
}

TEST_F(ConnLife, BuffersHaveTheSizesOfTheContract)
{
    EXPECT_LE(sizeof(s2n_connection), 2560U);
    Connect();
    EXPECT_EQ(client->writing.tx.cap + client->reading.rx.cap, 0U); /* nothing before it is needed */
    ASSERT_EQ(Send(client, Pattern(1)), 1);
    EXPECT_EQ(client->writing.tx.cap, 9116U);
    conn_prefer_throughput(client.get());
    ASSERT_EQ(Send(client, Pattern(1)), 1);
    EXPECT_EQ(client->writing.tx.cap, 17413U);
    conn_prefer_low_latency(server.get());
    ASSERT_EQ(Send(server, Pattern(1)), 1);
    EXPECT_EQ(server->writing.tx.cap, 2464U);
}

TEST_F(ConnLife, CallsWithinThemselvesAreRefused)
{
    struct Inner {
        s2n_connection *c;
        std::string recv, send, again;
        static int Recv(void *ctx, uint8_t *, uint32_t)
        {
            Inner *in = static_cast<Inner *>(ctx);
            s2n_blocked_status b;
            size_t n;
            uint8_t byte;
            in->recv = conn_recv(in->c, &byte, 1, &b, &n) ? "" : Err();
            in->send =
                conn_sendv(in->c, nullptr, 0, 0, &b, &n) ? "" : Err(); /* the other direction is free */
            return Queue::Fail(EAGAIN);
        }
    };
    Connect();
    Inner inner = { client.get(), "", "", "" };
    conn_set_recv_cb(client.get(), Inner::Recv);
    conn_set_recv_ctx(client.get(), &inner);
    RecvAll(client);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(inner.recv, "S2N_ERR_REENTRANCY");
    EXPECT_EQ(inner.send, "");
    RecvAll(client);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED"); /* the flag was given back */
}

/* Every allocation fails once; the call after it goes on as if nothing had been. The callbacks stay in place for the
 * rest of the process, so they meet blocks of the allocator before them as well. */
class ConnMemory : public ConnTest
{
  protected:
    static int fail_at, count;
    static std::mutex lock;
    static std::set<void *> ours;

    static int Alloc(void **p, uint32_t n, uint32_t *got)
    {
        std::lock_guard<std::mutex> guard(lock);
        *p = ++count == fail_at ? nullptr : std::malloc(n);
        *got = n;
        ours.insert(*p);
        return 0;
    }
    static int Free(void *p, uint32_t)
    {
        std::lock_guard<std::mutex> guard(lock);
        if (ours.erase(p) != 0 || std::getenv("S2N_DONT_MLOCK") != nullptr) {
            std::free(p); /* else a page of the allocator before us, which stays mapped */
        }
        return 0;
    }
    static int Nothing() { return 0; }
};
int ConnMemory::fail_at = 0;
int ConnMemory::count = 0;
std::mutex ConnMemory::lock;
std::set<void *> ConnMemory::ours;

TEST_F(ConnMemory, AFailedAllocationIsACleanError)
{
    mem_hooks_set(Nothing, Nothing, Alloc, Free);
    for (fail_at = 1; fail_at < 12; fail_at++) {
        count = 1000;
        Connect();
        count = 0;
        conn_set_recv_buffering(server.get(), fail_at % 2 == 0);
        Bytes data = Pattern(20000), got;
        size_t from = 0;
        while (from < data.size()) {
            ssize_t n = Send(client, data, from);
            if (n < 0) {
                ASSERT_EQ(Err(), "S2N_ERR_ALLOC");
                continue;
            }
            from += static_cast<size_t>(n);
        }
        while (got.size() < data.size()) {
            Bytes some = RecvAll(server, 3000);
            got = Join(got, some);
            ASSERT_TRUE(Err() == "S2N_ERR_ALLOC" || Err() == "S2N_ERR_IO_BLOCKED");
        }
        EXPECT_EQ(got, data);
    }
    fail_at = 0;
}

/* ---- both directions at once ---- */

TEST_F(ConnLife, OneThreadReadsWhileAnotherWrites)
{
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    Connect();
    Conn *ends[2] = { &client, &server };
    for (int i = 0; i < 2; i++) {
        conn_set_read_fd(ends[i]->get(), fds[i]);
        conn_set_write_fd(ends[i]->get(), fds[i]);
    }
    constexpr size_t kTotal = 400000;
    auto writer = [](s2n_connection *c) {
        Bytes data = Pattern(kTotal);
        for (size_t at = 0; at < kTotal;) {
            struct iovec v = { data.data() + at, std::min<size_t>(5000, kTotal - at) };
            size_t n = 0;
            s2n_blocked_status b;
            ASSERT_TRUE(conn_sendv(c, &v, 1, 0, &b, &n));
            at += n;
            if (at % 50000 == 0) {
                conn_request_key_update(c);
            }
        }
        s2n_blocked_status b;
        ASSERT_TRUE(conn_shutdown_send(c, &b));
    };
    auto reader = [](s2n_connection *c) {
        Bytes got, buf(7000);
        size_t n = 1;
        while (n != 0) {
            s2n_blocked_status b;
            ASSERT_TRUE(conn_recv(c, buf.data(), buf.size(), &b, &n));
            got.insert(got.end(), buf.begin(), buf.begin() + static_cast<std::ptrdiff_t>(n));
            if (got.size() % 70000 == 0) {
                conn_request_key_update(c);
            }
        }
        EXPECT_TRUE(got == Pattern(kTotal));
    };
    std::vector<std::thread> threads;
    for (Conn *end : ends) {
        threads.emplace_back(writer, end->get());
        threads.emplace_back(reader, end->get());
    }
    for (std::thread &t : threads) {
        t.join();
    }
    close(fds[0]);
    close(fds[1]);
}

} // namespace
