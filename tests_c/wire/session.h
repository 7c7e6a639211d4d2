/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes without certificates: ends with ticket keys, a cache, external keys and clocks of their own; sessions to
 * start from; and how a second handshake came out, in one word. For the tables of resumption, PSKs and early data.
 */
#ifndef WIRE_SESSION_H
#define WIRE_SESSION_H

#include "wire/row.h"
#include "wire/ticket.h"

namespace wire
{

/* ---- time ---- */

const uint64_t kSecond = 1000000000, kStart = 1800000000 * kSecond;

struct Clock {
    uint64_t now = kStart;
    static int Read(void *ctx, uint64_t *out)
    {
        *out = static_cast<Clock *>(ctx)->now;
        return 0;
    }
};
inline Clock server_clock, client_clock;

/* Every test starts at the same moment, and leaves it so. */
class AtStart
{
  public:
    AtStart() { Reset(); }
    ~AtStart() { Reset(); }
    static void Reset() { server_clock.now = client_clock.now = kStart; }
};
inline void Later(int64_t seconds)
{
    server_clock.now += static_cast<uint64_t>(seconds) * kSecond;
    client_clock.now += static_cast<uint64_t>(seconds) * kSecond;
}

/* ---- hooks ---- */

using ConfigHook = std::function<void(s2n_config *)>;
using ConnHook = std::function<void(s2n_connection *)>;

inline void Also(ConfigHook *hook, ConfigHook more)
{
    ConfigHook first = *hook;
    *hook = [first, more](s2n_config *c) {
        if (first) {
            first(c);
        }
        more(c);
    };
}
inline void Also(ConnHook *hook, ConnHook more)
{
    ConnHook first = *hook;
    *hook = [first, more](s2n_connection *c) {
        if (first) {
            first(c);
        }
        more(c);
    };
}

/* ---- tickets ---- */

inline const TicketKey kKey = { Text("a ticket key"), Text("its key material") };

inline void AddKey(s2n_config *c, const TicketKey &key, uint64_t intro = 0)
{
    Bytes name = key.name, material = key.material;
    Must(s2n_config_add_ticket_crypto_key(c, name.data(), static_cast<uint32_t>(name.size()), material.data(),
                                          static_cast<uint32_t>(material.size()), intro),
         "add_ticket_crypto_key");
}
/* Both ends keep time by our clocks. */
inline PairOptions Timed(PairOptions o)
{
    Also(&o.client.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_wall_clock(c, Clock::Read, &client_clock), "clock"); });
    Also(&o.server.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_wall_clock(c, Clock::Read, &server_clock), "clock"); });
    return o;
}
/* Both ends have tickets on; the server has this key from the start on. */
inline PairOptions Ticketed(PairOptions o, const TicketKey &key = kKey)
{
    o = Timed(o);
    Also(&o.client.config_hook,
         [](s2n_config *c) { Must(s2n_config_set_session_tickets_onoff(c, 1), "on"); });
    Also(&o.server.config_hook, [key](s2n_config *c) {
        Must(s2n_config_set_session_tickets_onoff(c, 1), "on");
        AddKey(c, key, kStart / kSecond);
    });
    return o;
}
inline PairOptions Tickets13()
{
    return Ticketed(Tls13P256());
}
inline PairOptions Tickets12()
{
    return Ticketed(Tls12());
}

/* ---- the cache of the server's side ---- */

struct Cache {
    std::map<Bytes, Bytes> values;
    std::function<Bytes(Bytes)> spoil; /* what retrieve gives */
    int retrieved = 0, deleted = 0;

    void Plug(s2n_config *c)
    {
        Must(s2n_config_set_cache_store_callback(c, Store, this), "store");
        Must(s2n_config_set_cache_retrieve_callback(c, Retrieve, this), "retrieve");
        Must(s2n_config_set_cache_delete_callback(c, Delete, this), "delete");
        Must(s2n_config_set_session_cache_onoff(c, 1), "cache");
    }

  private:
    static Bytes Copy(const void *p, uint64_t n)
    {
        const uint8_t *b = static_cast<const uint8_t *>(p);
        return Bytes(b, b + n);
    }
    static int Store(s2n_connection *, void *ctx, uint64_t, const void *key, uint64_t key_n,
                     const void *value, uint64_t n)
    {
        static_cast<Cache *>(ctx)->values[Copy(key, key_n)] = Copy(value, n);
        return 0;
    }
    static int Retrieve(s2n_connection *, void *ctx, const void *key, uint64_t key_n, void *out, uint64_t *n)
    {
        Cache *c = static_cast<Cache *>(ctx);
        auto found = c->values.find(Copy(key, key_n));
        c->retrieved++;
        if (found == c->values.end()) {
            return -1;
        }
        Bytes value = c->spoil ? c->spoil(found->second) : found->second;
        uint64_t room = *n;
        std::copy_n(value.begin(), std::min<size_t>(room, value.size()), static_cast<uint8_t *>(out));
        *n = value.size();
        return 0;
    }
    static int Delete(s2n_connection *, void *ctx, const void *key, uint64_t key_n)
    {
        Cache *c = static_cast<Cache *>(ctx);
        c->deleted++;
        c->values.erase(Copy(key, key_n));
        return 0;
    }
};
/* A server that seals its cache entries, and a client without tickets. */
inline PairOptions Cached12(Cache *cache)
{
    PairOptions o = Timed(Tls12());
    Also(&o.server.config_hook, [cache](s2n_config *c) {
        cache->Plug(c);
        AddKey(c, kKey, kStart / kSecond);
    });
    return o;
}

/* ---- sessions ---- */

struct SetFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/* The session of a client after a handshake, with whatever tickets came. */
inline Bytes SessionOf(Pair &pair)
{
    std::string got;
    if (!pair.Negotiate().ok() || Pair::ReadAll(pair.client(), &got) != 0) {
        throw std::runtime_error("no session: " + ErrName(pair.client().error) +
                                 ErrName(pair.server().error));
    }
    Bytes out(static_cast<size_t>(s2n_connection_get_session_length(pair.client().conn)));
    int n = s2n_connection_get_session(pair.client().conn, out.data(), out.size());
    out.resize(n < 0 ? 0 : static_cast<size_t>(n));
    return out;
}
inline Bytes SessionFrom(const PairOptions &o)
{
    Pair pair(o);
    return SessionOf(pair);
}
/* A client that starts from a session. */
inline PairOptions Starting(PairOptions o, const Bytes &session)
{
    Also(&o.client.conn_hook, [session](s2n_connection *c) {
        if (s2n_connection_set_session(c, session.data(), session.size()) != 0) {
            throw SetFailed(ErrName(s2n_errno));
        }
    });
    return o;
}
/* Sessions of the two scenes, made once, at the start. */
inline const Bytes &Session13()
{
    static const Bytes session = SessionFrom(Tickets13());
    return session;
}
inline const Bytes &Session12()
{
    static const Bytes session = SessionFrom(Tickets12());
    return session;
}

inline std::string Failure(const char *who, End &end, End &other)
{
    int alert = s2n_connection_get_alert(other.conn);
    return std::string(who) + ":" + ErrName(end.error) + "/" + (alert >= 0 ? std::to_string(alert) : "-");
}
inline bool IsResumed(End &end)
{
    return s2n_connection_is_session_resumed(end.conn) == 1;
}
/* How a pair comes out: "resumed", "full", or who failed with which error and which alert the other end got. Whoever
 * came through must be able to talk. */
inline std::string Outcome2(Pair &pair)
{
    Outcome out = pair.Negotiate();
    bool client_first = out.client != 0 && out.client_name() != "S2N_ERR_ALERT";
    if (client_first) {
        return Failure("client", pair.client(), pair.server());
    }
    if (out.server != 0) {
        return Failure("server", pair.server(), pair.client());
    }
    if (!out.ok()) {
        return "stuck";
    }
    if (IsResumed(pair.client()) != IsResumed(pair.server())) {
        return "two minds";
    }
    if (pair.Carry(pair.client(), pair.server(), "ping") != "ping" ||
        pair.Carry(pair.server(), pair.client(), "pong") != "pong") {
        return "speechless";
    }
    return IsResumed(pair.client()) ? "resumed" : "full";
}
inline std::string Reconnect(const PairOptions &o, const Bytes &session)
{
    try {
        Pair pair(Starting(o, session));
        return Outcome2(pair);
    } catch (const SetFailed &e) {
        return std::string("set:") + e.what();
    }
}

/* ---- external keys ---- */

struct Key {
    Bytes identity, secret;
    bool sha384 = false;
    uint32_t early = 0;
    Bytes alpn;
    Hash hash() const { return sha384 ? Hash::Sha384() : Hash::Sha256(); }

    void Append(s2n_connection *c) const
    {
        struct Free {
            void operator()(s2n_psk *psk) const { (void) s2n_psk_free(&psk); }
        };
        std::unique_ptr<s2n_psk, Free> psk(s2n_external_psk_new());
        Must(s2n_psk_set_identity(psk.get(), identity.data(), static_cast<uint16_t>(identity.size())),
             "identity");
        Must(s2n_psk_set_secret(psk.get(), secret.data(), static_cast<uint16_t>(secret.size())), "secret");
        Must(s2n_psk_set_hmac(psk.get(), sha384 ? S2N_PSK_HMAC_SHA384 : S2N_PSK_HMAC_SHA256), "hmac");
        if (early > 0) {
            Must(s2n_psk_configure_early_data(psk.get(), early, 0x13, sha384 ? 2 : 1), "early");
            Must(s2n_psk_set_application_protocol(psk.get(), alpn.data(), static_cast<uint8_t>(alpn.size())),
                 "alpn");
        }
        Must(s2n_connection_append_psk(c, psk.get()), "append_psk");
    }
};
inline const Key kAlpha = { Text("alpha"), Bytes(32, 0xA1) }, kBeta = { Text("beta"), Bytes(32, 0xB2) },
                 kGamma = { Text("gamma"), Bytes(48, 0xC3), true };

/* The certificate stays, for when no key fits. */
inline PairOptions Keyed(PairOptions o, const std::vector<Key> &client, const std::vector<Key> &server)
{
    auto give = [](const std::vector<Key> &keys) {
        return [keys](s2n_connection *c) {
            for (const Key &k : keys) {
                k.Append(c);
            }
        };
    };
    Also(&o.client.conn_hook, give(client));
    Also(&o.server.conn_hook, give(server));
    return o;
}
inline Key WithEarly(Key k, uint32_t limit)
{
    k.early = limit;
    return k;
}

/* ---- early data ---- */

/* A client that sends all its early data and goes on, and a server that takes what comes before it does. */
struct EarlyTalk {
    Bytes send;
    size_t sent = 0;
    std::string got;
    bool client_over = false, server_over = false;
    bool server_reads = true;

    static bool Blocked() { return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED; }
    void Client(End &end)
    {
        if (!client_over) {
            ssize_t n = 0;
            int rc = s2n_send_early_data(end.conn, send.data() + sent,
                                         static_cast<ssize_t>(send.size() - sent), &n, &end.blocked);
            sent += static_cast<size_t>(n);
            if (rc != 0 && !Blocked()) {
                end.error = s2n_errno;
                return;
            }
            client_over = rc == 0 || sent == send.size();
        }
        if (client_over) {
            end.Step();
        }
    }
    void Server(End &end)
    {
        while (server_reads && !server_over) {
            ssize_t n = 0;
            uint8_t buf[700];
            int rc = s2n_recv_early_data(end.conn, buf, sizeof(buf), &n, &end.blocked);
            got.append(reinterpret_cast<char *>(buf), static_cast<size_t>(n));
            server_over = rc == 0;
            if (rc != 0 && !Blocked()) {
                end.error = s2n_errno;
                return;
            }
            if (rc != 0 && end.blocked != S2N_BLOCKED_ON_EARLY_DATA) {
                return;
            }
        }
        end.Step();
    }
    void Plug(Mitm *mitm)
    {
        mitm->OnStep(true, [this](End &e) { Client(e); });
        mitm->OnStep(false, [this](End &e) { Server(e); });
    }
};
inline s2n_early_data_status_t EarlyStatus(End &end)
{
    s2n_early_data_status_t status = S2N_EARLY_DATA_STATUS_OK;
    Must(s2n_connection_get_early_data_status(end.conn, &status), "early status");
    return status;
}

} // namespace wire

#endif
