/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport's callbacks: what their answers mean, what they are asked for, descriptors instead of callbacks.
 */
#include "support/c_headers.h"

#include "support/conn_pair.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>

namespace
{

/* Callbacks that give a list of answers: a count, or minus an errno. */
struct Script {
    std::deque<int> answers;
    unsigned calls = 0;
    int errno_seen = 0;

    int Next(uint32_t)
    {
        calls++;
        errno_seen = errno;
        if (answers.empty()) {
            return 0;
        }
        int a = answers.front();
        answers.pop_front();
        return a >= 0 ? a : Queue::Fail(-a);
    }
    static int Recv(void *ctx, uint8_t *, uint32_t len) { return static_cast<Script *>(ctx)->Next(len); }
    static int Send(void *ctx, const uint8_t *, uint32_t len)
    {
        return static_cast<Script *>(ctx)->Next(len);
    }
};

class Io : public ConnTest
{
  protected:
    enum step Recv()
    {
        io_init(&io);
        io.recv = Script::Recv;
        io.recv_ctx = &script;
        return io_recv(&io, bytes, sizeof(bytes), &n);
    }
    enum step SendAgain() { return io_send(&io, bytes, sizeof(bytes), &n); }
    enum step Send()
    {
        io_init(&io);
        io.send = Script::Send;
        io.send_ctx = &script;
        return SendAgain();
    }

    struct io io;
    Script script;
    uint8_t bytes[8] = {};
    size_t n = 0;
};

TEST_F(Io, RecvMapsEveryAnswer)
{
    script.answers = { 5, -EAGAIN, -EWOULDBLOCK, -ECONNRESET, 0, 9 };
    EXPECT_EQ(Recv(), STEP_OK);
    EXPECT_EQ(n, 5U);
    EXPECT_EQ(Recv(), STEP_BLOCKED);
    EXPECT_EQ(Recv(), STEP_BLOCKED);
    EXPECT_EQ(Recv(), STEP_BROKEN);
    EXPECT_EQ(Recv(), STEP_EOF);
    EXPECT_EQ(Recv(), STEP_BROKEN); /* more than was asked for */
}

TEST_F(Io, SignalsAreRetriedWithErrnoZero)
{
    script.answers = { -EINTR, -EINTR, 3 };
    errno = ENOENT;
    EXPECT_EQ(Recv(), STEP_OK);
    EXPECT_EQ(script.calls, 3U);
    EXPECT_EQ(script.errno_seen, 0);
    script.answers = { -EINTR, 3 };
    EXPECT_EQ(Send(), STEP_OK);
    EXPECT_EQ(script.errno_seen, 0);
}

TEST_F(Io, AStaleErrnoDoesNotLookLikeBlocked)
{
    struct Silent {
        static int Recv(void *, uint8_t *, uint32_t) { return -1; }
    };
    io_init(&io);
    io.recv = Silent::Recv;
    errno = EAGAIN;
    EXPECT_EQ(io_recv(&io, bytes, sizeof(bytes), &n), STEP_BROKEN);
}

TEST_F(Io, SendMapsEveryAnswer)
{
    script.answers = { 5, -EAGAIN, -EWOULDBLOCK, -ECONNRESET, 9 };
    EXPECT_EQ(Send(), STEP_OK);
    EXPECT_EQ(n, 5U);
    EXPECT_EQ(Send(), STEP_BLOCKED);
    EXPECT_EQ(Send(), STEP_BLOCKED);
    EXPECT_EQ(Send(), STEP_BROKEN);
    EXPECT_EQ(Send(), STEP_BROKEN);
}

TEST_F(Io, ABrokenPipeIsRememberedUntilANewDescriptor)
{
    script.answers = { -EPIPE };
    EXPECT_EQ(Send(), STEP_BROKEN);
    EXPECT_EQ(SendAgain(), STEP_BROKEN);
    EXPECT_EQ(script.calls, 1U); /* not asked again */

    Connect();
    to_server.error = EPIPE;
    EXPECT_EQ(ConnTest::Send(client, Pattern(3)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    conn_set_write_fd(client.get(), -1);
    EXPECT_FALSE(client->io.broken);
}

TEST_F(Io, ASendCallbackThatTakesNothingDoesNotSpin)
{
    EXPECT_EQ(Send(), STEP_BLOCKED);
    EXPECT_EQ(script.calls, unsigned{ ZERO_WRITES_MAX });
    script.answers = { 0, 0, 4 };
    EXPECT_EQ(Send(), STEP_OK);
    EXPECT_EQ(n, 4U);
}

TEST_F(Io, AMissingCallbackIsAnIoError)
{
    Connect();
    conn_set_recv_cb(client.get(), nullptr);
    conn_set_send_cb(client.get(), nullptr);
    Bytes buf(10);
    EXPECT_EQ(ConnTest::Recv(client, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    EXPECT_EQ(ConnTest::Send(client, Pattern(3)), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
}

TEST_F(Io, ReadsAskForExactlyAHeaderAndABody)
{
    Connect();
    ASSERT_EQ(ConnTest::Send(client, Pattern(100)), 100);
    Bytes buf(1000);
    EXPECT_EQ(ConnTest::Recv(server, &buf), 100);
    EXPECT_EQ(to_server.asked, (std::vector<uint32_t>{ 5, 117 }));
}

TEST_F(Io, BufferedReadsTakeAllThatFits)
{
    Connect();
    conn_set_recv_buffering(server.get(), true);
    for (int i = 0; i < 20; i++) {
        ASSERT_EQ(ConnTest::Send(client, Pattern(100)), 100);
    }
    Bytes buf(1000);
    EXPECT_EQ(ConnTest::Recv(server, &buf), 100);
    EXPECT_EQ(to_server.reads, 1U);
    EXPECT_EQ(conn_peek_buffered(server.get()), 19U * 122);
    for (int i = 0; i < 19; i++) {
        EXPECT_EQ(ConnTest::Recv(server, &buf), 100);
    }
    EXPECT_EQ(to_server.reads, 1U);
    EXPECT_EQ(conn_peek_buffered(server.get()), 0U);
}

TEST_F(Io, DescriptorsCarryDataAndAreReportedBack)
{
    int fds[2], fd = -1;
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    Connect();
    EXPECT_FALSE(conn_get_read_fd(client.get(), &fd));
    EXPECT_FALSE(conn_get_write_fd(client.get(), &fd));
    EXPECT_FALSE(conn_use_corked_io(client.get()));
    EXPECT_EQ(Err(), "S2N_ERR_CORK_SET_ON_UNMANAGED");
    conn_set_read_fd(server.get(), fds[1]);
    conn_set_write_fd(client.get(), fds[0]);
    EXPECT_TRUE(conn_use_corked_io(client.get()));
    EXPECT_TRUE(conn_get_read_fd(server.get(), &fd));
    EXPECT_EQ(fd, fds[1]);
    EXPECT_TRUE(conn_get_write_fd(client.get(), &fd));
    EXPECT_EQ(fd, fds[0]);

    Bytes buf(10);
    EXPECT_EQ(ConnTest::Recv(server, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO_BLOCKED");
    EXPECT_EQ(ConnTest::Send(client, Pattern(7)), 7);
    EXPECT_EQ(ConnTest::Recv(server, &buf), 7);
    close(fds[0]);
    EXPECT_EQ(ConnTest::Recv(server, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_CLOSED");
    close(fds[1]);
}

TEST_F(Io, ACallbackReplacesADescriptorOfItsDirectionOnly)
{
    Connect();
    conn_set_read_fd(client.get(), 100);
    conn_set_write_fd(client.get(), 101);
    conn_set_recv_ctx(client.get(), &to_client);
    int fd = 0;
    EXPECT_FALSE(conn_get_read_fd(client.get(), &fd));
    EXPECT_EQ(Err(), "S2N_ERR_INVALID_STATE");
    EXPECT_EQ(client->io.recv, nullptr); /* to be set again */
    EXPECT_TRUE(conn_get_write_fd(client.get(), &fd));
    conn_set_send_cb(client.get(), Queue::Send);
    EXPECT_FALSE(conn_get_write_fd(client.get(), &fd));
    EXPECT_EQ(client->io.send_ctx, nullptr);
}

TEST_F(Io, ABadDescriptorFailsAtFirstUse)
{
    Connect();
    conn_set_read_fd(client.get(), -1);
    Bytes buf(10);
    EXPECT_EQ(ConnTest::Recv(client, &buf), -1);
    EXPECT_EQ(Err(), "S2N_ERR_IO");
    EXPECT_EQ(errno, EBADF);
}

class SocketOptions : public Io
{
  protected:
    void SetUp() override
    {
        Io::SetUp();
        fd = socket(AF_INET, SOCK_STREAM, 0);
        ASSERT_GE(fd, 0);
    }
    void TearDown() override
    {
        close(fd);
        Io::TearDown();
    }
    int Get(int level, int name)
    {
        int v = -1;
        socklen_t len = sizeof(v);
        EXPECT_EQ(getsockopt(fd, level, name, &v, &len), 0);
        return v;
    }
    void Set(int level, int name, int v) { ASSERT_EQ(setsockopt(fd, level, name, &v, sizeof(v)), 0); }
    int fd = -1;
};

TEST_F(SocketOptions, CorkFollowsTheFlightAndWipeRestores)
{
    Conn c = Fresh(false);
    conn_set_write_fd(c.get(), fd);
    conn_set_read_fd(c.get(), fd);
    ASSERT_TRUE(conn_use_corked_io(c.get()));
    io_cork(&c->io, true);
    EXPECT_EQ(Get(IPPROTO_TCP, TCP_CORK), 1);
    io_cork(&c->io, false);
    EXPECT_EQ(Get(IPPROTO_TCP, TCP_CORK), 0);
    io_cork(&c->io, true);
    Set(SOL_SOCKET, SO_RCVLOWAT, 7);
    ASSERT_TRUE(conn_wipe(c.get()));
    EXPECT_EQ(Get(IPPROTO_TCP, TCP_CORK), 0);
    EXPECT_EQ(Get(SOL_SOCKET, SO_RCVLOWAT), 1);
    EXPECT_EQ(c->io.send, nullptr);
}

TEST_F(SocketOptions, ACorkOfTheCallerIsLeftAlone)
{
    Conn c = Fresh(false);
    Set(IPPROTO_TCP, TCP_CORK, 1);
    conn_set_write_fd(c.get(), fd);
    ASSERT_TRUE(conn_use_corked_io(c.get()));
    io_cork(&c->io, true);
    io_cork(&c->io, false);
    EXPECT_EQ(Get(IPPROTO_TCP, TCP_CORK), 1);
}

} // namespace
