/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and a server in memory, over two mempipes, made with the public API only. Set up a PairOptions, build a
 * Pair, call Negotiate(); both connections, configs and transports go with the Pair. Certificates are PEM texts, so
 * that any source of them will do (support/pki.h makes them). Nothing here asserts: tests look at the errors.
 */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include <s2n.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "mempipe.h"

namespace s2n_test
{

/* Makes the library ready once per process. Tests of the time before do not call it. */
inline void EnsureInit()
{
    static const int once = [] {
        if (s2n_init() != S2N_SUCCESS && std::string(s2n_strerror_name(s2n_errno)) != "S2N_ERR_INITIALIZED") {
            throw std::runtime_error(std::string("s2n_init: ") + s2n_strerror_name(s2n_errno));
        }
        return 0;
    }();
    (void) once;
}

/* The name of an error number, "" for success: what tests compare. */
inline std::string ErrName(int error)
{
    return error == 0 ? "" : s2n_strerror_name(error);
}

/* One end's setting. An empty policy means "as the config has it"; an empty chain means none. */
struct EndOptions {
    std::string policy;
    std::string chain_pem, key_pem;
    std::string trust_pem; /* who is trusted; empty: nobody */
    bool verify = true;    /* false: s2n_config_disable_x509_verification */
    bool client_auth_set = false;
    s2n_cert_auth_type client_auth = S2N_CERT_AUTH_NONE;
    std::vector<std::string> alpn;
    std::function<void(s2n_config *)> config_hook;   /* runs before the config is attached */
    std::function<void(s2n_connection *)> conn_hook; /* runs on the ready connection */
};

struct PairOptions {
    EndOptions client, server;
    std::string server_name = "localhost"; /* empty: none set */

    /* The usual case: a server with a certificate that the client trusts, both on one policy. */
    static PairOptions Simple(const std::string &policy, const std::string &chain_pem,
                              const std::string &key_pem, const std::string &trust_pem)
    {
        PairOptions o;
        o.client.policy = o.server.policy = policy;
        o.server.chain_pem = chain_pem;
        o.server.key_pem = key_pem;
        o.client.trust_pem = trust_pem;
        return o;
    }
};

/* How a handshake ended: error numbers, 0 for success, and neither error nor done when an end still waits. */
struct Outcome {
    int client = 0, server = 0;
    bool client_done = false, server_done = false;
    bool ok() const { return client_done && server_done; }
    std::string client_name() const { return ErrName(client); }
    std::string server_name() const { return ErrName(server); }
};

/* One end: config, connection, transport. */
struct End {
    s2n_config *config = nullptr;
    s2n_cert_chain_and_key *chain = nullptr;
    s2n_connection *conn = nullptr;
    mempipe *pipe = nullptr;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    bool done = false;
    int error = 0;

    End() = default;
    End(const End &) = delete;
    End &operator=(const End &) = delete;
    ~End()
    {
        if (conn != nullptr) {
            s2n_connection_free(conn);
        }
        s2n_config_free(config);
        s2n_cert_chain_and_key_free(chain);
        mempipe_free(pipe);
    }

    /* One call of s2n_negotiate, unless this end is finished, either way. */
    void Step()
    {
        if (done || error != 0) {
            return;
        }
        if (s2n_negotiate(conn, &blocked) == S2N_SUCCESS) {
            done = true;
        } else if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED) {
            error = s2n_errno;
        }
    }
};

inline void Must(int result, const char *what)
{
    if (result != S2N_SUCCESS) {
        throw std::runtime_error(std::string(what) + ": " + s2n_strerror_name(s2n_errno) + " " +
                                 s2n_strerror_debug(s2n_errno, nullptr));
    }
}

/* Gives a connection a mempipe as its transport. */
inline void Plug(s2n_connection *conn, mempipe *pipe)
{
    Must(s2n_connection_set_recv_cb(conn, mempipe_recv), "set_recv_cb");
    Must(s2n_connection_set_recv_ctx(conn, pipe), "set_recv_ctx");
    Must(s2n_connection_set_send_cb(conn, mempipe_send), "set_send_cb");
    Must(s2n_connection_set_send_ctx(conn, pipe), "set_send_ctx");
}

class Pair
{
  public:
    explicit Pair(const PairOptions &options)
    {
        EnsureInit();
        Build(client_, S2N_CLIENT, options.client);
        Build(server_, S2N_SERVER, options.server);
        if (!options.server_name.empty()) {
            Must(s2n_set_server_name(client_.conn, options.server_name.c_str()), "set_server_name");
        }
        if (options.client.conn_hook) {
            options.client.conn_hook(client_.conn);
        }
        if (options.server.conn_hook) {
            options.server.conn_hook(server_.conn);
        }
    }

    End &client() { return client_; }
    End &server() { return server_; }

    /* Carries what waits in both directions; the number of bytes moved. */
    size_t Move()
    {
        return mempipe_move(client_.pipe, server_.pipe, SIZE_MAX) +
               mempipe_move(server_.pipe, client_.pipe, SIZE_MAX);
    }

    /* Drives both ends until both are done, one failed, or nothing moves any more. A failed end is shut down, so that
     * its alert reaches the other. */
    Outcome Negotiate()
    {
        /* A full transport moves nothing in the round that empties it, hence two idle rounds. */
        for (int idle = 0; idle < 2;) {
            client_.Step();
            server_.Step();
            Farewell(client_);
            Farewell(server_);
            idle = Move() == 0 ? idle + 1 : 0;
        }
        Outcome out;
        out.client = client_.error;
        out.server = server_.error;
        out.client_done = client_.done;
        out.server_done = server_.done;
        return out;
    }

    /* Sends a text from one end and reads it at the other; what arrived, and the error (0) in *error. */
    std::string Carry(End &from, End &to, const std::string &text, int *error = nullptr)
    {
        std::string got;
        size_t sent = 0;
        s2n_blocked_status status = S2N_NOT_BLOCKED;
        int problem = 0;
        while (problem == 0 && (sent < text.size() || got.size() < sent)) {
            problem = SendSome(from, text, &sent, &status);
            Move();
            if (problem == 0) {
                problem = ReadAll(to, &got);
            }
        }
        if (error != nullptr) {
            *error = problem;
        }
        return got;
    }

    /* Reads until blocked, ended (0) or failed; the error number, 0 when merely blocked or ended. */
    static int ReadAll(End &to, std::string *got, bool *ended = nullptr)
    {
        s2n_blocked_status status = S2N_NOT_BLOCKED;
        char buf[4096];
        for (;;) {
            ssize_t n = s2n_recv(to.conn, buf, sizeof(buf), &status);
            if (n > 0) {
                got->append(buf, static_cast<size_t>(n));
                continue;
            }
            if (ended != nullptr) {
                *ended = n == 0;
            }
            if (n == 0) {
                return 0;
            }
            return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED ? 0 : s2n_errno;
        }
    }

    /* s2n_shutdown on both ends until both succeed or fail; what each gave (0 or an error number). */
    Outcome Shutdown()
    {
        Outcome out;
        for (int rounds = 0;
             rounds < 8 && !(Over(out.client, out.client_done) && Over(out.server, out.server_done));
             rounds++) {
            CloseStep(client_, &out.client, &out.client_done);
            CloseStep(server_, &out.server, &out.server_done);
            Move();
        }
        return out;
    }

  private:
    static bool Over(int error, bool done) { return done || error != 0; }

    static void CloseStep(End &end, int *error, bool *done)
    {
        s2n_blocked_status status = S2N_NOT_BLOCKED;
        if (Over(*error, *done)) {
            return;
        }
        if (s2n_shutdown(end.conn, &status) == S2N_SUCCESS) {
            *done = true;
        } else if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED) {
            *error = s2n_errno;
        }
    }

    static int SendSome(End &from, const std::string &text, size_t *sent, s2n_blocked_status *status)
    {
        if (*sent == text.size()) {
            return 0;
        }
        ssize_t n =
            s2n_send(from.conn, text.data() + *sent, static_cast<ssize_t>(text.size() - *sent), status);
        if (n >= 0) {
            *sent += static_cast<size_t>(n);
            return 0;
        }
        return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED ? 0 : s2n_errno;
    }

    /* After a failure the alert goes out; its own result is not what the test is about, so the error is kept. */
    static void Farewell(End &end)
    {
        s2n_blocked_status status = S2N_NOT_BLOCKED;
        if (end.error != 0) {
            int kept = s2n_errno;
            (void) s2n_shutdown_send(end.conn, &status);
            s2n_errno = kept;
        }
    }

    static void Build(End &end, s2n_mode mode, const EndOptions &o)
    {
        end.config = s2n_config_new_minimal();
        end.conn = s2n_connection_new(mode);
        end.pipe = mempipe_new();
        if (end.config == nullptr || end.conn == nullptr || end.pipe == nullptr) {
            throw std::runtime_error(std::string("new: ") + s2n_strerror_name(s2n_errno));
        }
        Configure(end, o);
        Must(s2n_connection_set_config(end.conn, end.config), "set_config");
        /* A test must not sleep for what a peer did wrong. */
        Must(s2n_connection_set_blinding(end.conn, S2N_SELF_SERVICE_BLINDING), "set_blinding");
        Plug(end.conn, end.pipe);
    }

    static void Configure(End &end, const EndOptions &o)
    {
        Must(s2n_config_set_max_blinding_delay(end.config, 0), "set_max_blinding_delay");
        if (!o.policy.empty()) {
            Must(s2n_config_set_cipher_preferences(end.config, o.policy.c_str()), "set_cipher_preferences");
        }
        if (!o.chain_pem.empty()) {
            end.chain = s2n_cert_chain_and_key_new();
            Must(s2n_cert_chain_and_key_load_pem(end.chain, o.chain_pem.c_str(), o.key_pem.c_str()),
                 "load_pem");
            Must(s2n_config_add_cert_chain_and_key_to_store(end.config, end.chain), "add_to_store");
        }
        if (!o.trust_pem.empty()) {
            Must(s2n_config_add_pem_to_trust_store(end.config, o.trust_pem.c_str()),
                 "add_pem_to_trust_store");
        }
        if (!o.verify) {
            Must(s2n_config_disable_x509_verification(end.config), "disable_x509_verification");
        }
        if (o.client_auth_set) {
            Must(s2n_config_set_client_auth_type(end.config, o.client_auth), "set_client_auth_type");
        }
        for (const std::string &name : o.alpn) {
            Must(s2n_config_append_protocol_preference(end.config,
                                                       reinterpret_cast<const uint8_t *>(name.data()),
                                                       static_cast<uint8_t>(name.size())),
                 "append_protocol_preference");
        }
        if (o.config_hook) {
            o.config_hook(end.config);
        }
    }

    End client_, server_;
};

} // namespace s2n_test

#endif
