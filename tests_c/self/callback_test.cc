/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls on a connection from within its own callbacks. Those that would take the ground from under the call that is
 * running - wipe, free, release buffers, serialize, deserialize, the same call again - fail with REENTRANCY and change
 * nothing: the connection goes on as if nobody had tried. Our client against our server, public API only.
 */
#include "self/early.h"

using namespace s2n_test;

namespace
{

int Serialize(s2n_connection *conn)
{
    uint8_t blob[512];
    return s2n_connection_serialize(conn, blob, sizeof(blob));
}
int Deserialize(s2n_connection *conn)
{
    uint8_t blob[126] = { 0 };
    return s2n_connection_deserialize(conn, blob, sizeof(blob));
}

const struct {
    const char *name;
    int (*call)(s2n_connection *);
} kCalls[] = {
    { "wipe", s2n_connection_wipe },
    { "free", s2n_connection_free },
    { "release_buffers", s2n_connection_release_buffers },
    { "serialize", Serialize },
    { "deserialize", Deserialize },
};

int tries; /* how often a callback tried them all */

void TryAll(s2n_connection *conn)
{
    tries++;
    for (const auto &row : kCalls) {
        EXPECT_EQ(-1, row.call(conn)) << row.name;
        EXPECT_EQ("S2N_ERR_REENTRANCY", ErrName(s2n_errno)) << row.name;
        EXPECT_EQ(S2N_ERR_T_USAGE, s2n_error_get_type(s2n_errno)) << row.name;
    }
    s2n_errno = 0;
}
void TryNegotiate(s2n_connection *conn)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    EXPECT_EQ(-1, s2n_negotiate(conn, &blocked));
    EXPECT_EQ("S2N_ERR_REENTRANCY", ErrName(s2n_errno));
    TryAll(conn);
}
void TryRecv(s2n_connection *conn)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    char byte;
    EXPECT_EQ(-1, s2n_recv(conn, &byte, 1, &blocked));
    EXPECT_EQ("S2N_ERR_REENTRANCY", ErrName(s2n_errno));
    TryAll(conn);
}

void Savable(s2n_config *c)
{
    Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "serialization_version");
}

class FromACallback : public testing::Test
{
  protected:
    FromACallback() { tries = 0; }
};

int OnTicket12(s2n_connection *conn, void *, s2n_session_ticket *)
{
    TryNegotiate(conn);
    return 0;
}
int OnTicket13(s2n_connection *conn, void *, s2n_session_ticket *)
{
    TryRecv(conn);
    return 0;
}

TEST_F(FromACallback, OfTicketsBelowTls13)
{
    Scene scene(kTls12);
    scene.client_more = [](s2n_config *c) {
        Savable(c);
        Must(s2n_config_set_session_ticket_cb(c, OnTicket12, nullptr), "ticket_cb");
    };
    auto pair = scene.Connect();
    EXPECT_EQ(1, tries);
    ExpectTalk(*pair);
    EXPECT_TRUE(Resumed(*scene.Connect(SessionOf(pair->client().conn))));
}

/* The rest of what was read is still to be looked at when the first callback is called. */
TEST_F(FromACallback, OfTicketsAtTls13)
{
    for (bool buffering : { false, true }) {
        tries = 0;
        Scene scene(kTls13);
        scene.client_more = [](s2n_config *c) {
            Savable(c);
            Must(s2n_config_set_session_ticket_cb(c, OnTicket13, nullptr), "ticket_cb");
        };
        scene.server_more = [](s2n_config *c) { Must(s2n_config_set_initial_ticket_count(c, 3), "count"); };
        auto pair = scene.Make();
        Must(s2n_connection_set_recv_buffering(pair->client().conn, buffering), "recv_buffering");
        ASSERT_TRUE(pair->Negotiate().ok());
        EXPECT_EQ("data", pair->Carry(pair->server(), pair->client(), "data"));
        EXPECT_EQ(3, tries);
        ExpectTalk(*pair);
        EXPECT_TRUE(Resumed(*scene.Connect(SessionOf(pair->client().conn))));
    }
}

int OnPsks(s2n_connection *conn, void *, s2n_offered_psk_list *list)
{
    TryNegotiate(conn);
    std::unique_ptr<s2n_offered_psk, void (*)(s2n_offered_psk *)> psk(
        s2n_offered_psk_new(), [](s2n_offered_psk *p) { s2n_offered_psk_free(&p); });
    EXPECT_EQ(0, s2n_offered_psk_list_next(list, psk.get()));
    return s2n_offered_psk_list_choose_psk(list, psk.get());
}

TEST_F(FromACallback, OfPskSelection)
{
    PskScene scene;
    scene.server_more = [](s2n_config *c) {
        Savable(c);
        Must(s2n_config_set_psk_selection_callback(c, OnPsks, nullptr), "psk_selection_callback");
    };
    auto pair = scene.ConnectWith({ kAlpha }, { kAlpha });
    EXPECT_EQ(1, tries);
    EXPECT_EQ("alpha", IdentityOf(pair->server().conn));
    ExpectTalk(*pair);
}

int OnEarlyData(s2n_connection *conn, s2n_offered_early_data *offered)
{
    ssize_t n = 0;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    uint8_t byte;
    EXPECT_EQ(-1, s2n_recv_early_data(conn, &byte, 1, &n, &blocked));
    EXPECT_EQ("S2N_ERR_REENTRANCY", ErrName(s2n_errno));
    TryNegotiate(conn);
    return s2n_offered_early_data_accept(offered);
}

TEST_F(FromACallback, OfEarlyData)
{
    PskScene scene;
    scene.server_more = [](s2n_config *c) {
        Savable(c);
        Must(s2n_config_set_early_data_cb(c, OnEarlyData), "early_data_cb");
    };
    auto pair = scene.MakeWith({ kEarlyPsk.With(1000) }, { kEarlyPsk.With(1000) });
    ExpectAccepted(*pair);
    EXPECT_EQ(1, tries);
}

/* A cache of one, which tries it all each time. */
struct OneEntry {
    std::string key, value;
    int stores = 0, retrieves = 0, deletes = 0;

    void Plug(s2n_config *c)
    {
        Savable(c);
        Must(s2n_config_set_cache_store_callback(c, Store, this), "store_callback");
        Must(s2n_config_set_cache_retrieve_callback(c, Retrieve, this), "retrieve_callback");
        Must(s2n_config_set_cache_delete_callback(c, Delete, this), "delete_callback");
        Must(s2n_config_set_session_cache_onoff(c, 1), "session_cache_onoff");
    }
    static std::string Text(const void *data, uint64_t n)
    {
        return std::string(static_cast<const char *>(data), static_cast<size_t>(n));
    }
    static int Store(s2n_connection *conn, void *ctx, uint64_t, const void *key, uint64_t key_n,
                     const void *value, uint64_t n)
    {
        OneEntry *self = static_cast<OneEntry *>(ctx);
        TryNegotiate(conn);
        self->stores++;
        self->key = Text(key, key_n);
        self->value = Text(value, n);
        return 0;
    }
    static int Retrieve(s2n_connection *conn, void *ctx, const void *key, uint64_t key_n, void *value,
                        uint64_t *n)
    {
        OneEntry *self = static_cast<OneEntry *>(ctx);
        TryNegotiate(conn);
        self->retrieves++;
        if (self->key != Text(key, key_n) || self->value.size() > *n) {
            return -1;
        }
        memcpy(value, self->value.data(), self->value.size());
        *n = self->value.size();
        return 0;
    }
    static int Delete(s2n_connection *conn, void *ctx, const void *, uint64_t)
    {
        TryAll(conn);
        static_cast<OneEntry *>(ctx)->deletes++;
        return 0;
    }
};

TEST_F(FromACallback, OfTheCache)
{
    OneEntry cache;
    Scene scene(kTls12);
    scene.client_tickets = scene.server_tickets = false;
    scene.server_more = [&cache](s2n_config *c) { cache.Plug(c); };
    std::string session = scene.FirstSession();
    EXPECT_EQ(1, cache.stores);
    auto pair = scene.Connect(session);
    EXPECT_EQ(1, cache.retrieves);
    EXPECT_TRUE(Resumed(*pair));
    ExpectTalk(*pair);

    const uint8_t forged[37] = { 23, 3, 3, 0, 32 };
    ASSERT_EQ(0, mempipe_in_write(pair->server().pipe, forged, sizeof(forged)));
    std::string none;
    EXPECT_EQ("S2N_ERR_DECRYPT", ErrName(Pair::ReadAll(pair->server(), &none)));
    EXPECT_EQ(1, cache.deletes);
    EXPECT_EQ(3, tries);
}

/* The transport's own callbacks, of both directions and in every phase. */
struct Meddler {
    s2n_connection *conn = nullptr;
    mempipe *pipe = nullptr;

    static int Recv(void *ctx, uint8_t *buf, uint32_t len)
    {
        Meddler *self = static_cast<Meddler *>(ctx);
        TryAll(self->conn);
        return mempipe_recv(self->pipe, buf, len);
    }
    static int Send(void *ctx, const uint8_t *buf, uint32_t len)
    {
        Meddler *self = static_cast<Meddler *>(ctx);
        TryAll(self->conn);
        return mempipe_send(self->pipe, buf, len);
    }
};

TEST_F(FromACallback, OfTheTransport)
{
    for (const char *policy : { kTls12, kTls13 }) {
        Scene scene(policy);
        scene.client_more = scene.server_more = Savable;
        auto pair = scene.Make();
        Meddler meddlers[2] = { { pair->client().conn, pair->client().pipe },
                                { pair->server().conn, pair->server().pipe } };
        for (Meddler &m : meddlers) {
            Must(s2n_connection_set_recv_cb(m.conn, Meddler::Recv), "set_recv_cb");
            Must(s2n_connection_set_recv_ctx(m.conn, &m), "set_recv_ctx");
            Must(s2n_connection_set_send_cb(m.conn, Meddler::Send), "set_send_cb");
            Must(s2n_connection_set_send_ctx(m.conn, &m), "set_send_ctx");
        }
        Scene::Finish(*pair);
        ExpectTalk(*pair);
        EXPECT_TRUE(pair->Shutdown().ok());
    }
    EXPECT_GT(tries, 20);
}

} // namespace
