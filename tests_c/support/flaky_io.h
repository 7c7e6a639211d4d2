/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transports that are hard to live with, over a mempipe: every second call blocks, calls carry few bytes, or the n-th
 * call goes wrong in a chosen way.
 */
#ifndef SUPPORT_FLAKY_IO_H
#define SUPPORT_FLAKY_IO_H

#include "support/pair.h"

#include <algorithm>
#include <cerrno>
#include <climits>

namespace s2n_test
{

enum class Trouble {
    NONE,
    BLOCK,
    SHORT,
    ERROR,
    END
};

/* One end's callbacks: install with Plug. */
struct FlakyIo {
    mempipe *pipe = nullptr;
    uint32_t chunk = UINT32_MAX; /* most bytes per call */
    bool every_second_blocks = false;
    unsigned calls = 0;      /* of both callbacks together */
    unsigned trouble_at = 0; /* the call, from 1, that meets `trouble`, or the first that does; 0 none */
    Trouble trouble = Trouble::NONE;
    bool met = false; /* trouble_at was reached */

    void Plug(s2n_connection *conn, mempipe *p)
    {
        pipe = p;
        Must(s2n_connection_set_recv_cb(conn, Recv), "set_recv_cb");
        Must(s2n_connection_set_recv_ctx(conn, this), "set_recv_ctx");
        Must(s2n_connection_set_send_cb(conn, Send), "set_send_cb");
        Must(s2n_connection_set_send_ctx(conn, this), "set_send_ctx");
    }

  private:
    /* What stops the next call: its result, or 1 for nothing; *len is cut where calls are short. */
    int Next(uint32_t *len)
    {
        *len = std::min(*len, chunk);
        calls++;
        if (every_second_blocks && calls % 2 == 1) {
            return Fail(EAGAIN);
        }
        bool lasting =
            trouble == Trouble::ERROR || trouble == Trouble::END; /* a broken transport stays broken */
        if (trouble_at == 0 || calls < trouble_at || (calls > trouble_at && !lasting)) {
            return 1;
        }
        met = true;
        if (trouble == Trouble::SHORT) {
            *len = 1;
        }
        return trouble == Trouble::BLOCK   ? Fail(EAGAIN)
               : trouble == Trouble::ERROR ? Fail(EIO)
               : trouble == Trouble::END   ? 0
                                           : 1;
    }
    static int Fail(int error)
    {
        errno = error;
        return -1;
    }
    static int Recv(void *ctx, uint8_t *buf, uint32_t len)
    {
        FlakyIo *io = static_cast<FlakyIo *>(ctx);
        int stop = io->Next(&len);
        return stop == 1 ? mempipe_recv(io->pipe, buf, len) : stop;
    }
    static int Send(void *ctx, const uint8_t *buf, uint32_t len)
    {
        FlakyIo *io = static_cast<FlakyIo *>(ctx);
        int stop = io->Next(&len);
        if (stop == 0) { /* the end of a stream is an error to a writer */
            return Fail(EPIPE);
        }
        return stop == 1 ? mempipe_send(io->pipe, buf, len) : stop;
    }
};

/* Drives a handshake over a transport that often stands still: until both ends are done, one fails, or `rounds`. */
inline bool Drive(Pair &pair, int rounds = 300000)
{
    for (int i = 0; i < rounds && !(pair.client().done && pair.server().done); i++) {
        pair.client().Step();
        pair.server().Step();
        pair.Move();
        if (pair.client().error != 0 || pair.server().error != 0) {
            return false;
        }
    }
    return pair.client().done && pair.server().done;
}

} // namespace s2n_test

#endif
