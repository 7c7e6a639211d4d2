/* SPDX-License-Identifier: Apache-2.0 */
/* Transport, data and closing: what is asked of the callbacks, what blocked says, and how each end ends. */
#include "api_test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

using namespace s2n_test;

namespace
{

class IoTest : public ApiTest
{
  protected:
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    char buf[64] = { 0 };
};

/* Two connected sockets that do not block. */
struct Sockets {
    int fd[2] = { -1, -1 };
    explicit Sockets(bool nonblocking = true)
    {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0) {
            throw std::runtime_error("socketpair");
        }
        for (int one : fd) {
            fcntl(one, F_SETFL, nonblocking ? O_NONBLOCK : 0);
        }
    }
    ~Sockets()
    {
        Close(0);
        Close(1);
    }
    void Close(int i)
    {
        if (fd[i] >= 0) {
            close(fd[i]);
        }
        fd[i] = -1;
    }
};

PairOptions Tls13()
{
    return Served("default_tls13");
}
PairOptions Tls12()
{
    return Served("20190214");
}

/* The lengths of the records that wait in a transport. */
std::vector<size_t> Records(const mempipe *pipe)
{
    std::vector<size_t> lengths;
    size_t n = 0;
    const uint8_t *p = mempipe_out_data(pipe, &n);
    while (n >= 5) {
        size_t len = static_cast<size_t>(p[3] << 8 | p[4]);
        lengths.push_back(len);
        p += 5 + len;
        n -= 5 + len;
    }
    return lengths;
}

int Fails(void *error, const uint8_t *, uint32_t)
{
    errno = *static_cast<int *>(error);
    return -1;
}
int FailsReading(void *error, uint8_t *, uint32_t)
{
    errno = *static_cast<int *>(error);
    return -1;
}

} // namespace

/* ---- set-up ---- */

TEST_F(IoTest, DescriptorsAreKeptAsGiven)
{
    int fd = 7;
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_read_fd(client, &fd));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_write_fd(client, &fd));
    EXPECT_EQ(fd, 7);
    EXPECT_OK(s2n_connection_set_fd(client, -1));
    EXPECT_OK(s2n_connection_get_read_fd(client, &fd));
    EXPECT_EQ(fd, -1);
    EXPECT_OK(s2n_connection_set_write_fd(client, 12345));
    EXPECT_OK(s2n_connection_get_write_fd(client, &fd));
    EXPECT_EQ(fd, 12345);
    EXPECT_OK(s2n_connection_get_read_fd(client, &fd));
    EXPECT_EQ(fd, -1);
}

TEST_F(IoTest, CallbacksReplaceDescriptorsOneDirectionAtATime)
{
    int fd;
    EXPECT_OK(s2n_connection_set_fd(client, 3));
    EXPECT_OK(s2n_connection_set_recv_cb(client, mempipe_recv));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_read_fd(client, &fd));
    EXPECT_OK(s2n_connection_get_write_fd(client, &fd));
    EXPECT_OK(s2n_connection_set_send_ctx(client, nullptr));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_write_fd(client, &fd));
    EXPECT_OK(s2n_connection_set_recv_cb(client, nullptr));
    EXPECT_OK(s2n_connection_set_send_cb(client, nullptr));
    EXPECT_OK(s2n_connection_set_recv_ctx(client, nullptr));
}

TEST_F(IoTest, CorkNeedsADescriptor)
{
    EXPECT_ERROR("CORK_SET_ON_UNMANAGED", s2n_connection_use_corked_io(client));
    EXPECT_OK(s2n_connection_set_send_cb(client, mempipe_send));
    EXPECT_ERROR("CORK_SET_ON_UNMANAGED", s2n_connection_use_corked_io(client));
    EXPECT_OK(s2n_connection_set_write_fd(client, 0));
    EXPECT_OK(s2n_connection_use_corked_io(client));
}

TEST_F(IoTest, WipeForgetsTheTransport)
{
    int fd;
    EXPECT_OK(s2n_connection_set_fd(client, 3));
    EXPECT_OK(s2n_connection_wipe(client));
    EXPECT_ERROR("INVALID_STATE", s2n_connection_get_read_fd(client, &fd));
}

TEST_F(IoTest, NoTransportIsAnIoError)
{
    EXPECT_ERROR("IO", s2n_negotiate(client, &blocked));
    EXPECT_OK(s2n_shutdown(client, &blocked));
    EXPECT_OK(s2n_shutdown_send(server, &blocked));
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(IoTest, BadDescriptorIsAnIoError)
{
    EXPECT_OK(s2n_connection_set_fd(client, -1));
    EXPECT_ERROR("IO", s2n_negotiate(client, &blocked));
    EXPECT_EQ(errno, EBADF);
}

TEST_F(IoTest, CallbackErrnoDecides)
{
    const struct {
        int number;
        const char *name;
    } rows[] = { { EAGAIN, "S2N_ERR_IO_BLOCKED" }, { ECONNRESET, "S2N_ERR_IO" }, { EPIPE, "S2N_ERR_IO" } };
    for (const auto &row : rows) {
        int number = row.number;
        EXPECT_OK(s2n_connection_wipe(client));
        EXPECT_OK(s2n_connection_set_send_cb(client, Fails));
        EXPECT_OK(s2n_connection_set_send_ctx(client, &number));
        EXPECT_OK(s2n_connection_set_recv_cb(client, FailsReading));
        EXPECT_OK(s2n_connection_set_recv_ctx(client, &number));
        EXPECT_EQ(s2n_negotiate(client, &blocked), S2N_FAILURE);
        EXPECT_EQ(LastError(), row.name);
        EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE) << row.name;
    }
}

/* ---- sizes ---- */

TEST_F(IoTest, SettingsHaveLimits)
{
    EXPECT_OK(s2n_connection_set_dynamic_record_threshold(client, 0, 0));
    EXPECT_OK(s2n_connection_set_dynamic_record_threshold(client, 8388608, 65535));
    EXPECT_ERROR("INVALID_DYNAMIC_THRESHOLD",
                 s2n_connection_set_dynamic_record_threshold(client, 8388609, 0));
    for (bool on : { true, false }) {
        EXPECT_OK(s2n_connection_set_dynamic_buffers(client, on));
        EXPECT_OK(s2n_connection_set_recv_buffering(client, on));
    }
}

TEST_F(IoTest, RecordSizeFollowsThePreference)
{
    const std::string data(40000, 'd');
    const struct {
        int (*prefer)(s2n_connection *);
        size_t plain;
    } rows[] = { { nullptr, 8087 },
                 { s2n_connection_prefer_throughput, 16384 },
                 { s2n_connection_prefer_low_latency, 1435 } };
    for (const auto &row : rows) {
        Pair pair(Tls13());
        ASSERT_TRUE(pair.Negotiate().ok());
        if (row.prefer != nullptr) {
            EXPECT_OK(row.prefer(pair.client().conn));
        }
        EXPECT_EQ(s2n_send(pair.client().conn, data.data(), 40000, &blocked), 40000);
        EXPECT_EQ(Records(pair.client().pipe).at(0), row.plain + 17);
    }
}

TEST_F(IoTest, FirstRecordsAreSmall_WhenThatIsWished)
{
    const std::string data(10000, 'd');
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_connection_set_dynamic_record_threshold(pair.client().conn, 2000, 0));
    EXPECT_EQ(s2n_send(pair.client().conn, data.data(), 10000, &blocked), 10000);
    EXPECT_EQ(Records(pair.client().pipe), (std::vector<size_t>{ 1395, 1395, 10000 - 2 * 1378 + 17 }));
}

TEST_F(IoTest, FragmentLengthIsAgreedOn)
{
    const std::string data(3000, 'd');
    PairOptions options = Tls13();
    options.client.config_hook = [](s2n_config *c) {
        EXPECT_OK(s2n_config_send_max_fragment_length(c, S2N_TLS_MAX_FRAG_LEN_1024));
    };
    options.server.config_hook = [](s2n_config *c) { EXPECT_OK(s2n_config_accept_max_fragment_length(c)); };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    for (End *end : { &pair.client(), &pair.server() }) {
        EXPECT_OK(s2n_connection_prefer_throughput(end->conn));
        EXPECT_EQ(s2n_send(end->conn, data.data(), 3000, &blocked), 3000);
        EXPECT_EQ(Records(end->pipe).at(0), 1024u + 17);
    }
}

TEST_F(IoTest, SmallSendBufferMakesSmallRecords)
{
    PairOptions options = Tls13();
    options.client.config_hook = [](s2n_config *c) { EXPECT_OK(s2n_config_set_send_buffer_size(c, 1034)); };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    const std::string data(2000, 'd');
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), data), data);
}

TEST_F(IoTest, WireBytesAreCountedOnBothEnds)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "x"), "x");
    EXPECT_EQ(s2n_connection_get_wire_bytes_out(pair.client().conn), mempipe_out_total(pair.client().pipe));
    EXPECT_EQ(s2n_connection_get_wire_bytes_in(pair.server().conn), mempipe_in_total(pair.server().pipe));
    EXPECT_EQ(s2n_connection_get_wire_bytes_in(pair.client().conn),
              s2n_connection_get_wire_bytes_out(pair.server().conn));
}

/* ---- handshake ---- */

TEST_F(IoTest, BlockedNamesTheDirection)
{
    Pair pair(Tls13());
    mempipe_out_set_limit(pair.client().pipe, 10);
    EXPECT_ERROR("IO_BLOCKED", s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    mempipe_out_set_limit(pair.client().pipe, SIZE_MAX);
    EXPECT_ERROR("IO_BLOCKED", s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_ERROR("IO_BLOCKED", s2n_negotiate(pair.server().conn, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(IoTest, HandshakeNeedsNoWholeMessages)
{
    for (const PairOptions &options : { Tls13(), Tls12() }) {
        Pair pair(options);
        mempipe_set_chunk(pair.client().pipe, 3, 7);
        mempipe_set_chunk(pair.server().pipe, 1, 5);
        ASSERT_TRUE(pair.Negotiate().ok());
        EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "in pieces"), "in pieces");
    }
}

TEST_F(IoTest, EndOfStreamInTheHandshakeIsClosed)
{
    Pair pair(Tls13());
    mempipe_in_eof(pair.server().pipe);
    EXPECT_ERROR("CLOSED", s2n_negotiate(pair.server().conn, &blocked));
    EXPECT_ERROR("CLOSED", s2n_negotiate(pair.server().conn, &blocked));
}

TEST_F(IoTest, DescriptorsCarryAHandshakeAndData)
{
    Sockets sockets;
    Pair pair(Tls13());
    EXPECT_OK(s2n_connection_set_fd(pair.client().conn, sockets.fd[0]));
    EXPECT_OK(s2n_connection_set_fd(pair.server().conn, sockets.fd[1]));
    EXPECT_OK(s2n_connection_use_corked_io(pair.server().conn));
    for (int i = 0; i < 10 && !(pair.client().done && pair.server().done); i++) {
        pair.client().Step();
        pair.server().Step();
    }
    ASSERT_TRUE(pair.client().done && pair.server().done);
    EXPECT_EQ(s2n_send(pair.client().conn, "by descriptor", 13, &blocked), 13);
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 13);
    EXPECT_EQ(std::string(buf, 13), "by descriptor");
    sockets.Close(0);
    EXPECT_ERROR("CLOSED", s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked));
}

TEST_F(IoTest, BrokenPipeIsRemembered)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    mempipe_out_close(pair.client().pipe);
    EXPECT_ERROR("IO", s2n_send(pair.client().conn, "x", 1, &blocked));
    pair.client().pipe->out.closed = false;
    EXPECT_ERROR("IO", s2n_send(pair.client().conn, "x", 1, &blocked)); /* nobody asks the callback again */
    EXPECT_EQ(mempipe_out_len(pair.client().pipe), 0u);
}

/* ---- sending ---- */

TEST_F(IoTest, SendingBeforeTheHandshakeIsRefused)
{
    EXPECT_ERROR("ENCRYPT", s2n_send(client, buf, 1, &blocked));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_send(client, buf, -1, &blocked));
    EXPECT_EQ(s2n_send(client, buf, 0, &blocked), 0);
    EXPECT_EQ(s2n_send(client, nullptr, 0, &blocked), 0);
    EXPECT_EQ(s2n_sendv(client, nullptr, 0, &blocked), 0);
    EXPECT_EQ(s2n_sendv(client, nullptr, -1, &blocked), 0);
}

TEST_F(IoTest, OffsetsAreInsideTheData)
{
    struct iovec one = { buf, 5 };
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_sendv_with_offset(client, &one, 1, 6, &blocked));
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_sendv_with_offset(client, &one, 1, -1, &blocked));
    EXPECT_EQ(s2n_sendv_with_offset(client, &one, 1, 5, &blocked), 0);
    struct iovec huge[2] = { { buf, SSIZE_MAX }, { buf, 1 } };
    EXPECT_ERROR("INVALID_ARGUMENT", s2n_sendv(client, huge, 2, &blocked));
}

TEST_F(IoTest, VectorsAreOneStream)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    char a[] = "first ", b[] = "", c[] = "second";
    struct iovec v[] = { { a, 6 }, { b, 0 }, { c, 6 } };
    std::string got;
    EXPECT_EQ(s2n_sendv(pair.client().conn, v, 3, &blocked), 12);
    EXPECT_EQ(s2n_sendv_with_offset(pair.client().conn, v, 3, 8, &blocked), 4);
    EXPECT_EQ(v[0].iov_len, 6u);
    pair.Move();
    EXPECT_EQ(Pair::ReadAll(pair.server(), &got), 0);
    EXPECT_EQ(got, "first secondcond");
}

TEST_F(IoTest, BlockedSendIsRepeatedWithTheSameBytes)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.client().conn;
    mempipe_out_set_limit(pair.client().pipe, 8);
    EXPECT_ERROR("IO_BLOCKED", s2n_send(conn, "0123456789", 10, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    EXPECT_ERROR("IO_BLOCKED", s2n_send(conn, nullptr, 0, &blocked));
    mempipe_out_set_limit(pair.client().pipe, SIZE_MAX);
    EXPECT_ERROR("SEND_SIZE", s2n_send(conn, "0123456789", 9, &blocked));
    EXPECT_ERROR("SEND_SIZE", s2n_send(conn, nullptr, 0, &blocked));
    EXPECT_EQ(s2n_send(conn, "0123456789", 10, &blocked), 10);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    std::string got;
    pair.Move();
    EXPECT_EQ(Pair::ReadAll(pair.server(), &got), 0);
    EXPECT_EQ(got, "0123456789");
}

/* ---- receiving ---- */

TEST_F(IoTest, ReceivingNothingIsAlwaysPossible)
{
    blocked = S2N_BLOCKED_ON_WRITE;
    EXPECT_EQ(s2n_recv(client, buf, 0, &blocked), 0);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    EXPECT_EQ(s2n_recv(client, nullptr, 0, &blocked), 0);
    EXPECT_ERROR("SAFETY", s2n_recv(client, buf, -1, &blocked));
}

TEST_F(IoTest, BlockedSaysWhetherTheRecordHasMore)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.server().conn;
    EXPECT_ERROR("IO_BLOCKED", s2n_recv(conn, buf, sizeof(buf), &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_EQ(s2n_send(pair.client().conn, "abcdef", 6, &blocked), 6);
    EXPECT_EQ(s2n_send(pair.client().conn, "ghi", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_peek(conn), 0u);
    EXPECT_EQ(s2n_recv(conn, buf, 4, &blocked), 4);
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_EQ(s2n_peek(conn), 2u);
    EXPECT_EQ(s2n_recv(conn, buf, sizeof(buf), &blocked), 2); /* the rest of that record only */
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    EXPECT_EQ(s2n_recv(conn, buf, sizeof(buf), &blocked), 3);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(IoTest, OneCallTakesManyRecords_WhenThatIsWished)
{
    PairOptions options = Tls13();
    options.server.config_hook = [](s2n_config *c) { EXPECT_OK(s2n_config_set_recv_multi_record(c, true)); };
    Pair pair(options);
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_send(pair.client().conn, "abcdef", 6, &blocked), 6);
    EXPECT_EQ(s2n_send(pair.client().conn, "ghi", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 9);
    EXPECT_EQ(std::string(buf, 9), "abcdefghi");
}

TEST_F(IoTest, ReadingAheadIsSeen)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_connection *conn = pair.server().conn;
    EXPECT_OK(s2n_connection_set_recv_buffering(conn, true));
    EXPECT_EQ(s2n_send(pair.client().conn, "abc", 3, &blocked), 3);
    EXPECT_EQ(s2n_send(pair.client().conn, "def", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_recv(conn, buf, 3, &blocked), 3);
    EXPECT_EQ(s2n_peek_buffered(conn), 5u + 3 + 17);
    EXPECT_EQ(mempipe_in_len(pair.server().pipe), 0u);
    EXPECT_OK(s2n_connection_release_buffers(conn));
    EXPECT_EQ(s2n_recv(conn, buf, 3, &blocked), 3);
    EXPECT_EQ(s2n_peek_buffered(conn), 0u);
}

TEST_F(IoTest, BuffersAreNotReleasedWithDataInThem)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_send(pair.client().conn, "abc", 3, &blocked), 3);
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 1, &blocked), 1);
    EXPECT_ERROR("STUFFER_HAS_UNPROCESSED_DATA", s2n_connection_release_buffers(pair.server().conn));
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, 2, &blocked), 2);
    EXPECT_OK(s2n_connection_release_buffers(pair.server().conn));
    EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "again"), "again");
    EXPECT_EQ(pair.Carry(pair.server(), pair.client(), "and back"), "and back");
}

TEST_F(IoTest, DynamicBuffersChangeNothingForCallers)
{
    Pair pair(Tls13());
    for (End *end : { &pair.client(), &pair.server() }) {
        EXPECT_OK(s2n_connection_set_dynamic_buffers(end->conn, true));
    }
    ASSERT_TRUE(pair.Negotiate().ok());
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(pair.Carry(pair.client(), pair.server(), "there"), "there");
        EXPECT_EQ(pair.Carry(pair.server(), pair.client(), "and back"), "and back");
    }
}

TEST_F(IoTest, KeysChangeBeforeTheNextBytes)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    for (int i = 0; i < 3; i++) {
        EXPECT_OK(s2n_connection_request_key_update(pair.client().conn, S2N_KEY_UPDATE_NOT_REQUESTED));
        EXPECT_EQ(s2n_send(pair.client().conn, "", 0, &blocked), 0);
        EXPECT_TRUE(Records(pair.client().pipe).empty());
        EXPECT_EQ(s2n_send(pair.client().conn, "x", 1, &blocked), 1);
        EXPECT_EQ(Records(pair.client().pipe), (std::vector<size_t>{ 22, 18 }));
        pair.Move();
        EXPECT_EQ(s2n_recv(pair.server().conn, buf, 1, &blocked), 1);
    }
}

/* ---- from two threads, and from inside ---- */

TEST_F(IoTest, OneThreadSendsWhileAnotherReceives)
{
    Sockets sockets(false);
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_OK(s2n_connection_set_fd(pair.client().conn, sockets.fd[0]));
    EXPECT_OK(s2n_connection_set_fd(pair.server().conn, sockets.fd[1]));
    const std::string data(300000, 'd');
    auto send = [&data](s2n_connection *conn) {
        s2n_blocked_status status;
        for (size_t sent = 0; sent < data.size();) {
            ssize_t n = s2n_send(conn, data.data() + sent, static_cast<ssize_t>(data.size() - sent), &status);
            ASSERT_GT(n, 0);
            sent += static_cast<size_t>(n);
        }
    };
    auto receive = [&data](s2n_connection *conn) {
        s2n_blocked_status status;
        std::string part(4096, ' ');
        for (size_t got = 0; got < data.size();) {
            ssize_t n = s2n_recv(conn, part.data(), static_cast<ssize_t>(part.size()), &status);
            ASSERT_GT(n, 0);
            got += static_cast<size_t>(n);
        }
    };
    std::thread threads[] = { std::thread(send, pair.client().conn), std::thread(receive, pair.client().conn),
                              std::thread(send, pair.server().conn),
                              std::thread(receive, pair.server().conn) };
    for (std::thread &t : threads) {
        t.join();
    }
}

namespace
{

struct Inside {
    s2n_connection *conn;
    std::string error;
    int calls;
};

int NegotiatesAgain(void *ctx, const uint8_t *, uint32_t len)
{
    auto *inside = static_cast<Inside *>(ctx);
    s2n_blocked_status status;
    inside->calls++;
    if (s2n_negotiate(inside->conn, &status) != S2N_SUCCESS) {
        inside->error = LastError();
    }
    return static_cast<int>(len);
}

} // namespace

TEST_F(IoTest, CallsFromInsideThemselvesAreRefused)
{
    Pair pair(Tls13());
    Inside inside = { pair.client().conn, "", 0 };
    EXPECT_OK(s2n_connection_set_send_cb(pair.client().conn, NegotiatesAgain));
    EXPECT_OK(s2n_connection_set_send_ctx(pair.client().conn, &inside));
    EXPECT_ERROR("IO_BLOCKED", s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_GE(inside.calls, 1);
    EXPECT_EQ(inside.error, "S2N_ERR_REENTRANCY");
}

/* ---- the end ---- */

TEST_F(IoTest, BothEndsCloseCleanly)
{
    for (const PairOptions &options : { Tls13(), Tls12() }) {
        Pair pair(options);
        ASSERT_TRUE(pair.Negotiate().ok());
        Outcome outcome = pair.Shutdown();
        EXPECT_TRUE(outcome.ok()) << outcome.client_name() << outcome.server_name();
        EXPECT_OK(s2n_shutdown(pair.client().conn, &blocked));
        EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
        EXPECT_ERROR("CLOSED", s2n_send(pair.client().conn, "x", 1, &blocked));
    }
}

TEST_F(IoTest, ShutdownWaitsForThePeer)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_ERROR("IO_BLOCKED", s2n_shutdown(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_EQ(Records(pair.client().pipe).size(), 1u);
    EXPECT_ERROR("IO_BLOCKED", s2n_shutdown(pair.client().conn, &blocked));
    EXPECT_EQ(Records(pair.client().pipe).size(), 1u); /* one alert is enough */
    EXPECT_EQ(s2n_send(pair.server().conn, "late", 4, &blocked), 4);
    EXPECT_OK(s2n_shutdown_send(pair.server().conn, &blocked));
    pair.Move();
    EXPECT_OK(s2n_shutdown(pair.client().conn, &blocked));
}

TEST_F(IoTest, EndIsSeenEveryTime)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    EXPECT_EQ(s2n_send(pair.client().conn, "last", 4, &blocked), 4);
    EXPECT_OK(s2n_shutdown_send(pair.client().conn, &blocked));
    pair.Move();
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 4);
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 0);
    EXPECT_EQ(s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked), 0);
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
}

TEST_F(IoTest, HalfCloseDependsOnTheVersion)
{
    Pair newer(Tls13()), older(Tls12());
    ASSERT_TRUE(newer.Negotiate().ok() && older.Negotiate().ok());
    EXPECT_OK(s2n_shutdown_send(newer.client().conn, &blocked));
    EXPECT_OK(s2n_shutdown_send(older.client().conn, &blocked));
    EXPECT_EQ(newer.Carry(newer.server(), newer.client(), "still"), "still");
    EXPECT_ERROR("CLOSED", s2n_recv(older.client().conn, buf, sizeof(buf), &blocked));
    older.Move();
    EXPECT_EQ(s2n_recv(older.server().conn, buf, sizeof(buf), &blocked), 0);
    EXPECT_ERROR("CLOSED", s2n_send(older.server().conn, "x", 1, &blocked));
}

TEST_F(IoTest, EndWithoutCloseNotifyIsAnError)
{
    Pair pair(Tls13());
    ASSERT_TRUE(pair.Negotiate().ok());
    mempipe_in_eof(pair.server().pipe);
    EXPECT_ERROR("CLOSED", s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_READ);
    EXPECT_ERROR("CLOSED", s2n_recv(pair.server().conn, buf, sizeof(buf), &blocked));
}

TEST_F(IoTest, FailedHandshakeTellsThePeer)
{
    PairOptions options = Tls13();
    options.client.trust_pem.clear();
    Pair pair(options);
    Outcome outcome = pair.Negotiate();
    EXPECT_EQ(outcome.client_name(), "S2N_ERR_CERT_UNTRUSTED");
    EXPECT_EQ(outcome.server_name(), "S2N_ERR_ALERT");
    EXPECT_GT(s2n_connection_get_alert(pair.server().conn), 0);
    EXPECT_ERROR("CLOSED", s2n_negotiate(pair.client().conn, &blocked));
    EXPECT_ERROR("CLOSED", s2n_negotiate(pair.server().conn, &blocked));
}
