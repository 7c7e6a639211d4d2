/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one in the middle: sits between our client and our server, sees every message in the clear (the key log tells
 * it the secrets of each end) and may change, drop, repeat, split, join or invent any before it is sealed again for
 * the receiver. So a test can put exactly one wrong thing into an otherwise perfect handshake, encrypted or not.
 */
#ifndef WIRE_MITM_H
#define WIRE_MITM_H

#include "support/c_headers.h"

#include "support/identities.h"
#include "support/pair.h"
#include "support/test_policy.h"

#include "wire/hello.h"

namespace wire
{

using namespace s2n_test;

enum {
    CCS = 20,
    ALERT = 21,
    HANDSHAKE = 22,
    APPDATA = 23
};
enum {
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    NEW_TICKET = 4,
    END_OF_EARLY = 5,
    ENCRYPTED_EXTENSIONS = 8,
    CERTIFICATE = 11,
    SERVER_KEY = 12,
    CERT_REQUEST = 13,
    HELLO_DONE = 14,
    CERT_VERIFY = 15,
    CLIENT_KEY = 16,
    FINISHED = 20,
    KEY_UPDATE = 24
};

struct Message {
    bool from_client;
    uint8_t content;
    int type;           /* of a handshake message, else -1 */
    int index;          /* how many of this content and type this side sent before */
    Bytes bytes;        /* the whole handshake message, or the record's content */
    bool early = false; /* it was sealed with the keys of early data, and is again unless changed */
};

struct Piece {
    enum How {
        SEALED, /* a record of this content, under whatever keys the receiver expects */
        PLAIN,  /* a record in the clear, whatever keys there are */
        WIRE,   /* these very bytes */
        EARLY   /* a record under the keys of early data, to a server */
    };
    uint8_t content;
    Bytes bytes;
    How how = SEALED;
};
using Pieces = std::vector<Piece>;
using Rewrite = std::function<Pieces(const Message &)>;

/* The message as it was. */
inline Pieces Same(const Message &m)
{
    return { { m.content, m.bytes } };
}

class Mitm
{
  public:
    Mitm(PairOptions options, Rewrite rewrite);
    ~Mitm();
    Mitm(const Mitm &) = delete;
    Mitm &operator=(const Mitm &) = delete;

    /* Everything from the start again, with the same configs and wiped connections. */
    void Restart(Rewrite rewrite);
    Pair &pair() { return *pair_; }
    End &end(bool client) { return client ? pair_->client() : pair_->server(); }
    /* How an end goes on, if not by s2n_negotiate alone; it keeps to End::done and End::error. */
    void OnStep(bool client, std::function<void(End &)> step) { steps_[client] = std::move(step); }
    /* Drives both ends until done, one failed, or nothing moves. */
    Outcome Run();
    /* Carries and rewrites what waits in one direction; the number of records. */
    size_t Pump(bool from_client);
    /* Seals pieces for an end as if its peer had sent them. */
    void Inject(bool to_client, const Pieces &pieces);
    /* What an end says when it is shut down after a failure: its alert's code, -1 none, -2 not readable. *level too. */
    int AlertOf(bool client, int *level = nullptr);
    /* A secret from the key log of one end; empty when it has not come that far. */
    Bytes Secret(bool client, const std::string &label);

  private:
    struct Log {
        std::map<std::string, Bytes> secrets;
    };
    /* How one end sees the connection. */
    struct View {
        uint16_t version = 0;
        const struct suite *suite = nullptr;
        uint8_t randoms[64] = {};
    };
    enum Epoch {
        PLAIN,
        HANDSHAKE_KEYS,
        APP_KEYS
    };
    struct Side {
        struct half half;
        Epoch epoch = PLAIN, keyed = PLAIN;
        struct secret secret = {};
    };
    /* One direction: open what its sender wrote, seal what its receiver reads. */
    struct Leg {
        bool from_client = false;
        Side open, seal;
        Side early_open, early_seal; /* from the client only */
        bool early = false;          /* what is protected may be early data */
        Bytes raw, stream;
        std::vector<Piece> waiting;
        std::map<std::pair<int, int>, int> seen;
    };

    void ResetLegs();
    static int OnKeyLog(void *ctx, s2n_connection *, uint8_t *line, size_t len);
    std::function<void(s2n_config *)> Hooked(std::function<void(s2n_config *)> first, Log *log);
    bool Key(Side *side, bool end_is_client, bool client_writes, bool sealing);
    bool NextSecret(Side *side, bool end_is_client, bool sealing);
    bool KeyEarly(Side *side, const Bytes &secret, bool sealing);
    bool OpenEarly(Leg *leg, const Bytes &record, uint8_t *content, Bytes *body);
    bool NextRecord(Leg *leg, uint8_t *content, Bytes *body, Piece::How *how);
    void Step(bool client);
    void Learn(const Message &m, bool by_client);
    void Advance(Leg *leg, Side *side, const View &view, uint8_t content, const Bytes &bytes);
    std::vector<Message> Split(Leg *leg, uint8_t content, const Bytes &body);
    void Flush(Leg *leg);
    bool SendPiece(Leg *leg, const Piece &piece);
    bool SendEarly(Leg *leg, const Piece &piece);
    void Seal(const Leg &leg, Side *side, const Piece &piece);
    void Write(const Leg &leg, const Bytes &bytes);

    PairOptions options_;
    Log logs_[2]; /* server's, client's */
    View views_[2];
    Leg legs_[2]; /* from server, from client */
    Rewrite rewrite_;
    std::function<void(End &)> steps_[2];
    const struct suite *early_suite_ = nullptr; /* of the client's first PSK */
    std::unique_ptr<Pair> pair_;
};

} // namespace wire

#endif
