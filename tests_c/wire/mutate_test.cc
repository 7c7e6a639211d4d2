/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blind attacks: every truncation of every handshake message, and thousands of random changes, with everything that is
 * encrypted sealed again. Whatever comes, an end fails with an error, or waits for more; a handshake of which one
 * message was changed is never completed by both ends. Serialized connections get the same treatment.
 *
 * S2N_TEST_MUTATIONS is the number of random changes per flight (10000 in a full run, 500 by default), S2N_TEST_SEED
 * the seed; both are printed.
 */
#include <random>

#include "wire/session.h"

namespace wire
{
namespace
{

size_t Env(const char *name, size_t otherwise)
{
    const char *text = getenv(name);
    return text != nullptr && *text != '\0' ? strtoul(text, nullptr, 0) : otherwise;
}
size_t Mutations()
{
    return Env("S2N_TEST_MUTATIONS", 500);
}
unsigned Seed()
{
    return static_cast<unsigned>(Env("S2N_TEST_SEED", 0x5257));
}

class Mutator
{
  public:
    explicit Mutator(unsigned salt) : random_(Seed() + salt) {}

    size_t Below(size_t n) { return n == 0 ? 0 : random_() % n; }
    /* One to four changes. */
    Bytes operator()(Bytes b)
    {
        for (size_t n = 1 + Below(4) * Below(2); n > 0; n--) {
            One(&b);
        }
        return b;
    }

  private:
    void One(Bytes *b)
    {
        static const uint8_t telling[] = { 0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, 3 };
        size_t at = Below(b->size());
        auto here = b->begin() + static_cast<long>(at);
        switch (b->empty() ? 3 : Below(8)) {
        case 0:
            *here = static_cast<uint8_t>(*here ^ 1u << Below(8));
            break;
        case 1:
            *here = static_cast<uint8_t>(random_());
            break;
        case 2:
            *here = telling[Below(sizeof(telling))];
            break;
        case 3: { /* something more */
            Bytes more(1 + Below(16), static_cast<uint8_t>(random_()));
            b->insert(b->begin() + static_cast<long>(at), more.begin(), more.end());
            break;
        }
        case 4:
            b->erase(here, here + static_cast<long>(1 + Below(std::min<size_t>(16, b->size() - at))));
            break;
        case 5: { /* a part again */
            Bytes part(here, here + static_cast<long>(1 + Below(std::min<size_t>(64, b->size() - at))));
            b->insert(b->begin() + static_cast<long>(Below(b->size())), part.begin(), part.end());
            break;
        }
        case 6:
            *here = static_cast<uint8_t>(*here + (Below(2) == 0 ? 1 : 255));
            break; /* a length off by one */
        default:
            b->resize(at);
            break;
        }
    }
    std::mt19937 random_;
};

struct Flight {
    const char *name;
    std::function<PairOptions()> scene;
    bool by_client;
    std::vector<int> types;
    size_t early = 0; /* bytes of early data that the client sends */
};

PairOptions WithKeys(uint32_t early)
{
    return Keyed(WithAlpn(Tls13P256()), { WithEarly(kAlpha, early), kBeta },
                 { WithEarly(kAlpha, early), kBeta });
}
PairOptions Resuming13()
{
    return Starting(Tickets13(), Session13());
}
PairOptions Resuming12()
{
    return Starting(Tickets12(), Session12());
}

const Flight kFlights[] = {
    { "ClientHello13", [] { return WithAlpn(Tls13()); }, true, { CLIENT_HELLO } },
    { "ClientHello12", [] { return WithAlpn(Tls12()); }, true, { CLIENT_HELLO } },
    { "ServerFlight13",
      [] { return WithAlpn(Mutual13()); },
      false,
      { SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERT_REQUEST, CERTIFICATE, CERT_VERIFY, FINISHED } },
    { "ServerFlight12",
      [] { return WithAlpn(Mutual12()); },
      false,
      { SERVER_HELLO, CERTIFICATE, SERVER_KEY, CERT_REQUEST, HELLO_DONE, FINISHED } },
    { "ClientFlight13", Mutual13, true, { CERTIFICATE, CERT_VERIFY, FINISHED } },
    { "ClientFlight12", Mutual12, true, { CERTIFICATE, CLIENT_KEY, CERT_VERIFY, FINISHED } },
    { "ClientHelloPsk13", [] { return WithKeys(0); }, true, { CLIENT_HELLO } },
    { "ClientHelloTicket13", Resuming13, true, { CLIENT_HELLO } },
    { "ClientHelloTicket12", Resuming12, true, { CLIENT_HELLO } },
    { "ClientHelloEarly13", [] { return WithKeys(1000); }, true, { CLIENT_HELLO }, 100 },
    { "ClientFlightEarly13", [] { return WithKeys(1000); }, true, { END_OF_EARLY, FINISHED }, 100 },
    { "ServerFlightPsk13",
      [] { return WithKeys(1000); },
      false,
      { SERVER_HELLO, ENCRYPTED_EXTENSIONS, FINISHED },
      100 },
    { "ServerFlightResumed12", Resuming12, false, { SERVER_HELLO, FINISHED } },
    { "ServerFlightTicket12", Tickets12, false, { SERVER_HELLO, NEW_TICKET } },
};

void PrintTo(const Flight &f, std::ostream *os)
{
    *os << f.name;
}

class EachFlight : public testing::TestWithParam<Flight>
{
  protected:
    /* Runs a handshake in which this message is what `change` makes of it; false when nothing was changed. */
    bool Run(int type, const std::function<Bytes(const Bytes &)> &change, size_t *size = nullptr)
    {
        bool other = false, changed = false;
        const Flight &f = GetParam();
        Bytes sent;
        auto rewrite = On(f.by_client, type, [&](const Message &m) -> Pieces {
            if (size != nullptr) {
                *size = m.bytes.size();
            }
            sent = change(m.bytes);
            other = sent != m.bytes;
            changed = other && !SameToAHandshake(m.bytes, sent);
            return { { HANDSHAKE, sent } };
        })();
        if (mitm_ == nullptr) {
            mitm_.reset(new Mitm(f.scene(), rewrite));
        } else {
            mitm_->Restart(rewrite);
        }
        Mitm &mitm = *mitm_;
        talk_ = EarlyTalk();
        talk_.send = Fill(f.early, 'e');
        if (f.early > 0) {
            talk_.Plug(&mitm);
        }
        Outcome out = mitm.Run();
        EXPECT_FALSE(changed && out.ok()) << "accepted: " << ToHex(sent);
        EXPECT_TRUE(other || out.ok()) << out.client_name() << " " << out.server_name();
        for (bool client : { true, false }) {
            Clean(mitm.end(client));
        }
        return changed;
    }
    /* Bytes behind a message may do no harm: a HelloRequest, which is not hashed, or behind a last Finished the first
     * bytes of a message that nobody has refused yet. */
    static bool SameToAHandshake(const Bytes &m, const Bytes &sent)
    {
        if (sent.size() < m.size() || !std::equal(m.begin(), m.end(), sent.begin())) {
            return false;
        }
        Bytes more(sent.begin() + static_cast<long>(m.size()), sent.end());
        bool requests =
            more.size() % 4 == 0 && std::all_of(more.begin(), more.end(), [](uint8_t b) { return b == 0; });
        return requests || (m[0] == FINISHED && more.size() < 4);
    }
    /* A failed end stays failed, and closing it works. */
    static void Clean(End &end)
    {
        s2n_blocked_status blocked;
        if (end.error != 0) {
            EXPECT_EQ(-1, s2n_negotiate(end.conn, &blocked));
            EXPECT_EQ(0, s2n_shutdown_send(end.conn, &blocked)) << ErrName(s2n_errno);
        }
        EXPECT_NE(S2N_ERR_T_OK, end.done || end.error == 0 ? 1 : s2n_error_get_type(end.error));
    }
    std::unique_ptr<Mitm> mitm_;
    EarlyTalk talk_;

    static Bytes Relength(Bytes m)
    {
        if (m.size() >= 4) {
            Bytes n = Num(3, m.size() - 4);
            std::copy(n.begin(), n.end(), m.begin() + 1);
        }
        return m;
    }
};

/* The message says its true, shorter length: parsers see the end early. Each length once; long messages in steps
 * outside a full run. */
TEST_P(EachFlight, SurvivesEveryTruncation)
{
    for (int type : GetParam().types) {
        size_t size = 0;
        EXPECT_FALSE(Run(
            type, [](const Bytes &b) { return b; }, &size));
        size_t step = Mutations() >= 10000 ? 1 : 1 + size / 200;
        for (size_t n = 4; n < size; n += step) {
            EXPECT_TRUE(Run(type, [n](const Bytes &b) {
                return Relength(Bytes(b.begin(), b.begin() + static_cast<long>(std::min(n, b.size() - 1))));
            }));
        }
    }
}

TEST_P(EachFlight, SurvivesRandomChanges)
{
    printf("%s: seed %u, %zu mutations\n", GetParam().name, Seed(), Mutations());
    size_t per_type = Mutations() / GetParam().types.size() + 1;
    for (int type : GetParam().types) {
        Mutator mutate(static_cast<unsigned>(type) + (GetParam().by_client ? 100 : 0));
        for (size_t i = 0; i < per_type; i++) {
            (void) Run(type, [&](const Bytes &b) {
                Bytes head(b.begin(), b.begin() + 4), body(b.begin() + 4, b.end());
                bool whole = mutate.Below(10) == 0;
                return whole ? mutate(b) : Relength(head + mutate(body));
            });
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, EachFlight, testing::ValuesIn(kFlights),
                         [](const auto &info) { return std::string(info.param.name); });

/* Records instead of messages: the bytes of a whole flight as they stand on the wire. */
TEST(Records, SurviveRandomChanges)
{
    Mutator mutate(7);
    for (size_t i = 0; i < Mutations(); i++) {
        Pair pair(i % 2 == 0 ? Tls13() : Tls12());
        for (int idle = 0; idle < 2;) {
            size_t moved = 0;
            for (bool client : { true, false }) {
                End &from = client ? pair.client() : pair.server(),
                    &to = client ? pair.server() : pair.client();
                from.Step();
                Bytes b(mempipe_out_len(from.pipe));
                mempipe_out_read(from.pipe, b.data(), b.size());
                moved += b.size();
                if (!b.empty() && mutate.Below(2) == 0) {
                    b = mutate(b);
                }
                mempipe_in_write(to.pipe, b.data(), b.size());
            }
            idle = moved == 0 ? idle + 1 : 0;
        }
        s2n_blocked_status blocked;
        (void) s2n_shutdown_send(pair.client().conn, &blocked);
        (void) s2n_shutdown_send(pair.server().conn, &blocked);
    }
}

/* What a saved connection is made of: a blob is taken or refused, and one that was taken does not crash. */
void TryBlob(s2n_config *config, s2n_mode mode, Bytes blob, bool must_fail)
{
    s2n_connection *conn = s2n_connection_new(mode);
    mempipe *pipe = mempipe_new();
    Must(s2n_connection_set_config(conn, config), "set_config");
    Must(s2n_connection_set_blinding(conn, S2N_SELF_SERVICE_BLINDING), "blinding");
    Plug(conn, pipe);
    Bytes none(1);
    uint8_t *data = blob.empty() ? none.data() : blob.data();
    if (s2n_connection_deserialize(conn, data, static_cast<uint32_t>(blob.size())) != 0) {
        EXPECT_EQ("S2N_ERR_INVALID_SERIALIZED_CONNECTION", ErrName(s2n_errno));
        EXPECT_STREQ("TLS_NULL_WITH_NULL_NULL", s2n_connection_get_cipher(conn));
    } else {
        EXPECT_FALSE(must_fail) << ToHex(blob);
        s2n_blocked_status blocked;
        char byte;
        (void) s2n_send(conn, "x", 1, &blocked);
        Bytes noise(60, 23);
        mempipe_in_write(pipe, noise.data(), noise.size());
        EXPECT_LT(s2n_recv(conn, &byte, 1, &blocked), 0);
        uint32_t n = 0;
        EXPECT_EQ(0, s2n_connection_serialization_length(conn, &n));
    }
    s2n_connection_free(conn);
    mempipe_free(pipe);
}

TEST(Blobs, SurviveTruncationAndRandomChanges)
{
    for (auto scene : { Tls13, Tls12, Tls12Kex }) {
        PairOptions o = scene();
        auto hook = [](s2n_config *c) {
            Must(s2n_config_set_serialization_version(c, S2N_SERIALIZED_CONN_V1), "version");
        };
        o.client.config_hook = o.server.config_hook = hook;
        Pair pair(o);
        ASSERT_TRUE(pair.Negotiate().ok());
        uint32_t n = 0;
        Must(s2n_connection_serialization_length(pair.client().conn, &n), "length");
        Bytes blob(n);
        Must(s2n_connection_serialize(pair.client().conn, blob.data(), n), "serialize");
        for (size_t cut = 0; cut < n; cut++) {
            TryBlob(pair.client().config, S2N_CLIENT,
                    Bytes(blob.begin(), blob.begin() + static_cast<long>(cut)), true);
        }
        Mutator mutate(n);
        for (size_t i = 0; i < Mutations(); i++) {
            TryBlob(pair.client().config, i % 2 == 0 ? S2N_CLIENT : S2N_SERVER, mutate(blob), false);
        }
        TryBlob(pair.client().config, S2N_CLIENT, blob, false);
    }
}

} // namespace
} // namespace wire
