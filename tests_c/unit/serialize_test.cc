/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved connections: the same bytes back, what is refused and that a refusal changes nothing, and what becomes of the
 * connection that was saved. The golden blobs of the reference are replayed through the public API elsewhere.
 */
#include "support/c_headers.h"

#include "support/conn_pair.h"

namespace
{

class Serialize : public ConnTest
{
  protected:
    Bytes Save(const Conn &c)
    {
        uint32_t n = 0;
        EXPECT_TRUE(conn_serialization_length(c.get(), &n));
        Bytes b(n);
        EXPECT_TRUE(conn_serialize(c.get(), b.data(), b.size())) << Err();
        return b;
    }
    std::string SaveError(const Conn &c, size_t cap = 300)
    {
        Bytes b(cap);
        return conn_serialize(c.get(), b.data(), cap) ? "" : Err();
    }
    /* The refusal's name, after checking that the connection is as fresh as before. */
    std::string Refusal(const Conn &c, const Bytes &blob)
    {
        if (conn_deserialize(c.get(), Span(blob))) {
            return "";
        }
        EXPECT_EQ(c->session.version, VER_NONE);
        EXPECT_EQ(c->session.suite, SUITE_NULL);
        EXPECT_FALSE(c->session.complete);
        EXPECT_FALSE(half_keyed(&c->in));
        EXPECT_FALSE(half_keyed(&c->out));
        EXPECT_EQ(c->sizes.max_fragment, 8087);
        return Err();
    }
};

constexpr char kInvalid[] = "S2N_ERR_INVALID_SERIALIZED_CONNECTION";

class SerializeKinds : public Serialize, public testing::WithParamInterface<Kind>
{
};
INSTANTIATE_TEST_SUITE_P(All, SerializeKinds, testing::ValuesIn(kKinds),
                         [](const auto &info) { return std::string(info.param.name); });

TEST_P(SerializeKinds, GivesTheSameBytesBack)
{
    BlobSpec spec = { GetParam(), 0x0102030405060708, 77, 1435 };
    Bytes blob = MakeBlob(spec);
    for (bool is_server : { false, true }) {
        Conn c = Restore(is_server, blob);
        uint32_t n = 0;
        ASSERT_TRUE(conn_serialization_length(c.get(), &n));
        EXPECT_EQ(n, blob.size());
        EXPECT_EQ(ToHex(Save(c)), ToHex(blob));
    }
}

TEST_P(SerializeKinds, ARestoredConnectionGoesOnWithItsPeer)
{
    Connect({ GetParam() });
    for (int round = 0; round < 3; round++) {
        Bytes up = Pattern(200, 1), down = Pattern(333, 9);
        ASSERT_EQ(Send(client, up), 200);
        EXPECT_EQ(RecvAll(server), up);
        ASSERT_EQ(Send(server, down), 333);
        EXPECT_EQ(RecvAll(client), down);
        Bytes saved = Save(round % 2 == 0 ? server : client);
        (round % 2 == 0 ? server : client) = Restore(round % 2 == 0, saved);
    }
}

TEST_P(SerializeKinds, EveryTruncationAndEveryTailIsRefused)
{
    Bytes blob = MakeBlob({ GetParam() });
    Conn c = Fresh(true);
    for (size_t n = 0; n < blob.size(); n++) {
        ASSERT_EQ(Refusal(c, Bytes(blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(n))), kInvalid)
            << n;
    }
    Bytes longer = blob;
    longer.push_back(0);
    EXPECT_EQ(Refusal(c, longer), kInvalid);
    EXPECT_EQ(Refusal(c, blob), "");
}

/* Every flipped bit of format, version, suite and fragment is refused, or leaves a blob that is written back as it
 * was read: nothing is silently turned into something else. */
TEST_P(SerializeKinds, EveryFlippedBitOfTheHeaderIsRefusedOrKept)
{
    Bytes blob = MakeBlob({ GetParam() });
    for (size_t bit = 0; bit < 30 * 8; bit++) {
        Bytes bad = blob;
        bad[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
        Conn c = Fresh(bit % 2 == 0);
        std::string refusal = Refusal(c, bad);
        if (bit / 8 < 8) {
            EXPECT_EQ(refusal, kInvalid) << bit;
        }
        if (refusal.empty()) {
            EXPECT_EQ(ToHex(Save(c)), ToHex(bad)) << bit;
        } else {
            EXPECT_EQ(refusal, kInvalid) << bit;
            EXPECT_TRUE(conn_deserialize(c.get(), Span(blob)));
        }
    }
}

TEST_F(Serialize, LengthsAreThoseOfTheFormat)
{
    const std::pair<Kind, uint32_t> rows[] = { { kKinds[0], 126 }, { kKinds[1], 174 }, { kKinds[3], 142 },
                                               { kKinds[8], 142 }, { kKinds[9], 174 }, { kKinds[11], 174 } };
    for (const auto &[kind, want] : rows) {
        EXPECT_EQ(MakeBlob({ kind }).size(), want) << kind.name;
    }
    uint32_t n = 0;
    Conn fresh_client = Fresh(false), fresh_server = Fresh(true);
    EXPECT_TRUE(conn_serialization_length(fresh_client.get(), &n));
    EXPECT_EQ(n, 30U);
    EXPECT_TRUE(conn_serialization_length(fresh_server.get(), &n));
    EXPECT_EQ(n, 142U);
}

TEST_F(Serialize, RefusesFragmentsAndSuitesThatCannotBe)
{
    Conn c = Fresh(true);
    for (unsigned fragment : { 0U, 16385U, 65535U }) {
        BlobSpec spec;
        spec.fragment = static_cast<uint16_t>(fragment);
        EXPECT_EQ(Refusal(c, MakeBlob(spec)), kInvalid) << fragment;
    }
    /* No such suite, the null suite, signalling values, and suites of another generation. */
    const std::pair<uint16_t, std::vector<unsigned>> rows[] = {
        { TLS13, { 0x0000, 0x00FF, 0x5600, 0xC02F, 0x002F, 0x1399 } },
        { TLS12, { 0x0000, 0x1301, 0x1303 } },
        { TLS11, { 0xC02F, 0x1301, 0x003D } },
        { SSL3, { 0xC02F } },
    };
    for (const auto &[version, suites] : rows) {
        for (unsigned suite : suites) {
            Bytes blob = MakeBlob({ version == TLS13   ? kKinds[0]
                                    : version == TLS12 ? kKinds[3]
                                                       : kKinds[9] });
            blob[8] = static_cast<uint8_t>(version >> 8);
            blob[9] = static_cast<uint8_t>(version);
            blob[10] = static_cast<uint8_t>(suite >> 8);
            blob[11] = static_cast<uint8_t>(suite);
            EXPECT_EQ(Refusal(c, blob), kInvalid) << version << ' ' << suite;
        }
    }
}

TEST_F(Serialize, TheSavedConnectionIsClosedAndSilent)
{
    for (const Kind &kind : { kKinds[0], kKinds[3], kKinds[9] }) {
        Connect({ kind });
        Save(client);
        Bytes buf(10);
        EXPECT_EQ(Send(client, Pattern(1)), -1);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        EXPECT_EQ(Recv(client, &buf), -1);
        EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
        EXPECT_EQ(SaveError(client), "S2N_ERR_CLOSED");
        EXPECT_TRUE(conn_shutdown_send(client.get(), &blocked));
        EXPECT_TRUE(conn_shutdown(client.get(), &blocked));
        EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
        EXPECT_EQ(to_server.writes, 0U);
        EXPECT_EQ(to_client.reads, 0U);
        EXPECT_FALSE(half_keyed(&client->out));
        EXPECT_EQ(client->session.client_app.n, 0);
        EXPECT_EQ(client->session.master.n, 0);
        uint32_t n = 0;
        EXPECT_TRUE(conn_serialization_length(client.get(), &n)); /* still answers */
    }
}

TEST_F(Serialize, RefusesInTheOrderOfTheContract)
{
    Conn fresh = Fresh(false);
    EXPECT_EQ(SaveError(fresh), "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
    config->serialization_version = 0;
    uint32_t n = 99;
    EXPECT_EQ(SaveError(fresh), "S2N_ERR_INVALID_STATE");
    EXPECT_FALSE(conn_serialization_length(fresh.get(), &n));
    EXPECT_EQ(Err(), "S2N_ERR_INVALID_STATE");
    EXPECT_EQ(n, 99U);
    config->serialization_version = S2N_SERIALIZED_CONN_V1;

    Connect();
    EXPECT_EQ(SaveError(client, 125), "S2N_ERR_INSUFFICIENT_MEM_SIZE");
    EXPECT_EQ(Send(client, Pattern(5)), 5); /* and it goes on */
    EXPECT_EQ(RecvAll(server), Pattern(5));
}

TEST_F(Serialize, RefusesWhileAnythingIsInFlight)
{
    Connect();
    ASSERT_EQ(Send(client, Pattern(50)), 50);
    Bytes wire = to_server.data, buf(10);
    size_t header = 3, body = 20;
    for (size_t part : { header, body }) { /* a partial header, a partial body */
        Connect();
        to_server.data.assign(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(part));
        EXPECT_EQ(Recv(server, &buf), -1);
        EXPECT_EQ(SaveError(server), "S2N_ERR_INVALID_STATE");
    }
    Connect();
    to_server.data = wire;
    EXPECT_EQ(Recv(server, &buf), 10);
    EXPECT_EQ(conn_peek(server.get()), 40U);
    EXPECT_EQ(SaveError(server), "S2N_ERR_INVALID_STATE"); /* unread plaintext */
    EXPECT_EQ(RecvAll(server).size(), 40U);
    EXPECT_EQ(SaveError(server), "");

    Connect();
    to_server.capacity = 10;
    EXPECT_EQ(Send(client, Pattern(50)), -1);
    EXPECT_EQ(SaveError(client), "S2N_ERR_INVALID_STATE"); /* unsent output */
}

TEST_F(Serialize, NeverLosesBytesThatWereReadAhead)
{
    Connect();
    conn_set_recv_buffering(server.get(), true);
    ASSERT_EQ(Send(client, Pattern(5)), 5);
    ASSERT_EQ(Send(client, Pattern(6)), 6);
    Bytes buf(100);
    EXPECT_EQ(Recv(server, &buf), 5);
    EXPECT_GT(conn_peek_buffered(server.get()), 0U);
    EXPECT_EQ(SaveError(server), "S2N_ERR_INVALID_STATE");
    EXPECT_EQ(Recv(server, &buf), 6);
    EXPECT_EQ(SaveError(server), "");
}

TEST_F(Serialize, RefusesHalfAPostHandshakeMessage)
{
    Connect();
    Inject(server, CT_HANDSHAKE, { 4, 0, 0, 40, 0 });
    RecvAll(client);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(SaveError(client), "S2N_ERR_INVALID_STATE");
}

TEST_F(Serialize, RefusesOnceEitherSideIsClosed)
{
    Connect();
    ASSERT_TRUE(conn_shutdown_send(client.get(), &blocked));
    EXPECT_EQ(SaveError(client), "S2N_ERR_CLOSED");
    EXPECT_EQ(RecvAll(server).size(), 0U);
    EXPECT_EQ(ended, 0);
    EXPECT_EQ(SaveError(server), "S2N_ERR_CLOSED");
}

TEST_F(Serialize, RestoredStateIsWhatTheContractLists)
{
    Conn c = Restore(false, MakeBlob({ kKinds[0], 5, 9 }));
    EXPECT_TRUE(c->session.complete);
    EXPECT_TRUE(c->session.restored);
    EXPECT_EQ(c->session.version, TLS13);
    EXPECT_EQ(c->session.suite->id, 0x1301);
    EXPECT_EQ(c->session.group, nullptr);
    EXPECT_EQ(c->session.type, 0);
    EXPECT_EQ(c->session.message, MSG_CLIENT_HELLO);
    EXPECT_EQ(c->session.resumption.n, 32);
    EXPECT_EQ(c->out.seq, 5U);
    EXPECT_EQ(c->in.seq, 9U);
    EXPECT_TRUE(conn_negotiate(c.get(), &blocked));
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    EXPECT_EQ(to_server.writes + to_client.reads, 0U);
}

TEST_F(Serialize, DeserializingTwiceTakesTheSecond)
{
    Connect();
    ASSERT_EQ(Send(server, Pattern(100)), 100);
    Bytes buf(10);
    EXPECT_EQ(Recv(client, &buf), 10);
    Bytes blob = MakeBlob({ kKinds[4], 1, 2 });
    ASSERT_TRUE(conn_deserialize(client.get(), Span(blob)));
    EXPECT_EQ(conn_peek(client.get()), 0U);
    EXPECT_EQ(client->session.version, TLS12);
    EXPECT_EQ(ToHex(Save(client)), ToHex(blob));
}

} // namespace
