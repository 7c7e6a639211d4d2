/* SPDX-License-Identifier: Apache-2.0 */
/* Early data for tests: single calls with all that they give, and an exchange driven to its end. Public API only. */
#ifndef SELF_EARLY_H
#define SELF_EARLY_H

#include "self/psk.h"
#include "support/flaky_io.h"

namespace s2n_test
{

constexpr const char *kEarly13 = "NEGOTIATED|MIDDLEBOX_COMPAT|WITH_EARLY_DATA|EARLY_CLIENT_CCS";
constexpr const char *kEarlyRefused13 = "NEGOTIATED|MIDDLEBOX_COMPAT|EARLY_CLIENT_CCS";

/* What one call gave. */
struct EarlyCall {
    std::string error; /* "" for success */
    ssize_t n = -7;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    std::string data;
};

inline EarlyCall SendEarly(End &end, const std::string &text)
{
    EarlyCall out;
    int result =
        s2n_send_early_data(end.conn, Data(text), static_cast<ssize_t>(text.size()), &out.n, &out.blocked);
    out.error = result == 0 ? "" : ErrName(s2n_errno);
    return out;
}
inline EarlyCall RecvEarly(End &end, size_t max = 100000)
{
    EarlyCall out;
    std::string buffer(max + 1, '\0');
    int result = s2n_recv_early_data(end.conn, reinterpret_cast<uint8_t *>(&buffer[0]),
                                     static_cast<ssize_t>(max), &out.n, &out.blocked);
    out.error = result == 0 ? "" : ErrName(s2n_errno);
    out.data = buffer.substr(0, out.n > 0 ? static_cast<size_t>(out.n) : 0);
    return out;
}
/* "status remaining/maximum" */
inline std::string EarlyOf(s2n_connection *conn)
{
    static const char *const names[] = { "OK", "NOT_REQUESTED", "REJECTED", "END" };
    s2n_early_data_status_t status = S2N_EARLY_DATA_STATUS_OK;
    uint32_t remaining = 0, max = 0;
    Must(s2n_connection_get_early_data_status(conn, &status), "early_data_status");
    Must(s2n_connection_get_remaining_early_data_size(conn, &remaining), "remaining_early_data_size");
    Must(s2n_connection_get_max_early_data_size(conn, &max), "max_early_data_size");
    return std::string(names[status]) + " " + std::to_string(remaining) + "/" + std::to_string(max);
}
inline bool IsBlocked(const std::string &error)
{
    return error == "S2N_ERR_IO_BLOCKED" || error == "S2N_ERR_EARLY_DATA_BLOCKED" ||
           error == "S2N_ERR_ASYNC_BLOCKED";
}

/* An exchange driven to its end: the client sends as early data what goes, then both finish. */
struct EarlyExchange {
    std::string received; /* by the server, as early data */
    size_t sent = 0;
    std::string client_error, server_error;
    bool done = false;
    size_t piece = SIZE_MAX, buffer = 100000;

    void Run(Pair &pair, const std::string &text)
    {
        bool sending = true, receiving = true;
        for (int round = 0; round < 300000 && !done && client_error.empty() && server_error.empty();
             round++) {
            Client(pair.client(), text, &sending);
            pair.Move();
            Server(pair.server(), &receiving);
            pair.Move();
            done = pair.client().done && pair.server().done;
        }
    }

  private:
    void Client(End &end, const std::string &text, bool *sending)
    {
        if (!*sending) {
            end.Step();
            client_error = ErrName(end.error);
            return;
        }
        EarlyCall call = SendEarly(end, text.substr(sent, piece));
        sent += static_cast<size_t>(call.n);
        client_error = IsBlocked(call.error) ? "" : call.error;
        /* Nothing taken by a call that could: no more goes. */
        *sending = sent < text.size() && !(call.error.empty() && call.n == 0);
    }
    void Server(End &end, bool *receiving)
    {
        if (!*receiving) {
            end.Step();
            server_error = ErrName(end.error);
            return;
        }
        EarlyCall call = RecvEarly(end, buffer);
        received += call.data;
        server_error = IsBlocked(call.error) ? "" : call.error;
        *receiving = !call.error.empty();
    }
};

/* The early data callback: what it saw, and what it answers. */
struct EarlyGuard {
    enum Answer {
        ACCEPT,
        REJECT,
        LATER,
        FAIL
    } answer = ACCEPT;
    int calls = 0;
    std::string context, identity;
    s2n_offered_early_data *offered = nullptr;

    /* The callback has no context of its own, so the connection's is used. */
    void Plug(End &end)
    {
        Must(s2n_connection_set_ctx(end.conn, this), "set_ctx");
        Must(s2n_config_set_early_data_cb(end.config, Run), "set_early_data_cb");
    }
    static int Run(s2n_connection *conn, s2n_offered_early_data *offered)
    {
        EarlyGuard *self = static_cast<EarlyGuard *>(s2n_connection_get_ctx(conn));
        uint16_t len = 9999;
        EXPECT_EQ(0, s2n_offered_early_data_get_context_length(offered, &len));
        std::string context(len + size_t{ 1 }, '\0');
        uint8_t *out = reinterpret_cast<uint8_t *>(&context[0]);
        EXPECT_EQ(0, s2n_offered_early_data_get_context(offered, out, len));
        if (len > 0) {
            EXPECT_EQ(-1, s2n_offered_early_data_get_context(offered, out, static_cast<uint16_t>(len - 1)));
            EXPECT_EQ("S2N_ERR_INSUFFICIENT_MEM_SIZE", ErrName(s2n_errno));
        }
        self->calls++;
        self->context = context.substr(0, len);
        self->identity = IdentityOf(conn);
        self->offered = offered;
        return self->Decide();
    }

  private:
    int Decide()
    {
        if (answer == ACCEPT) {
            return s2n_offered_early_data_accept(offered);
        }
        if (answer == REJECT) {
            return s2n_offered_early_data_reject(offered);
        }
        return answer == FAIL ? -1 : 0;
    }
};

inline const Psk kEarlyPsk{ "early", std::string(32, 'e') };
inline const std::string kText = "text that came too early";

/* The server refuses, both say so, and the same text goes through after the handshake. */
inline void ExpectRefused(Pair &pair, const std::string &type = kEarlyRefused13,
                          const std::string &text = kText)
{
    EarlyExchange run;
    run.Run(pair, text);
    EXPECT_EQ("", run.client_error);
    EXPECT_EQ("", run.server_error);
    ASSERT_TRUE(run.done);
    EXPECT_EQ("", run.received);
    EXPECT_EQ(type, TypeOf(pair));
    EXPECT_EQ("REJECTED 0", EarlyOf(pair.client().conn).substr(0, 10));
    EXPECT_EQ("REJECTED 0", EarlyOf(pair.server().conn).substr(0, 10));
    int error = 0;
    EXPECT_EQ(text, pair.Carry(pair.client(), pair.server(), text, &error)) << "the retry";
    ExpectTalk(pair);
    EXPECT_EQ(0, SendEarly(pair.client(), "late").n);
    EXPECT_EQ(0, RecvEarly(pair.server()).n);
}
inline void ExpectNotRequested(Pair &pair)
{
    EarlyExchange run;
    run.Run(pair, kText);
    ASSERT_TRUE(run.done) << run.client_error << run.server_error;
    EXPECT_EQ("", run.received);
    EXPECT_EQ(0u, run.sent);
    EXPECT_EQ(kShort13, TypeOf(pair));
    EXPECT_EQ("NOT_REQUESTED 0", EarlyOf(pair.client().conn).substr(0, 15));
    EXPECT_EQ("NOT_REQUESTED 0", EarlyOf(pair.server().conn).substr(0, 15));
    ExpectTalk(pair);
}
inline void ExpectAccepted(Pair &pair)
{
    EarlyExchange run;
    run.Run(pair, kText);
    ASSERT_TRUE(run.done) << run.client_error << run.server_error;
    EXPECT_EQ(kText, run.received);
    EXPECT_EQ(kEarly13, TypeOf(pair));
    ExpectTalk(pair);
}

} // namespace s2n_test

#endif
