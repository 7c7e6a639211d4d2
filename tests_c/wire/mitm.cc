/* SPDX-License-Identifier: Apache-2.0 */
/* The one in the middle, on the library's own record layer and key schedule. See mitm.h. */
#include "wire/mitm.h"

namespace wire
{

namespace
{

const size_t kHeader = 5;

struct span Borrow(const Bytes &b)
{
    return SPAN(b.data(), b.size());
}

bool IsRealServerHello(const Bytes &m)
{
    return m.size() > 38 && m[0] == SERVER_HELLO &&
           Bytes(m.begin() + 6, m.begin() + 38) != ServerHello::RetryRandom();
}

} // namespace

Mitm::Mitm(PairOptions options, Rewrite rewrite) : options_(std::move(options)), rewrite_(std::move(rewrite))
{
    options_.server.config_hook = Hooked(options_.server.config_hook, &logs_[0]);
    options_.client.config_hook = Hooked(options_.client.config_hook, &logs_[1]);
    for (Leg &leg : legs_) {
        for (Side *side : { &leg.open, &leg.seal, &leg.early_open, &leg.early_seal }) {
            half_init(&side->half);
        }
    }
    ResetLegs();
    pair_.reset(new Pair(options_));
}

Mitm::~Mitm()
{
    ResetLegs();
}

void Mitm::ResetLegs()
{
    for (int i = 0; i < 2; i++) {
        Leg &leg = legs_[i];
        for (Side *side : { &leg.open, &leg.seal, &leg.early_open, &leg.early_seal }) {
            half_wipe(&side->half);
        }
        leg = Leg();
        leg.from_client = i == 1;
        for (Side *side : { &leg.open, &leg.seal, &leg.early_open, &leg.early_seal }) {
            half_init(&side->half);
        }
        views_[i] = View();
        logs_[i].secrets.clear();
    }
}

void Mitm::Restart(Rewrite rewrite)
{
    rewrite_ = std::move(rewrite);
    ResetLegs();
    for (bool client : { true, false }) {
        End &e = end(client);
        const EndOptions &o = client ? options_.client : options_.server;
        Must(s2n_connection_wipe(e.conn), "wipe");
        Must(s2n_connection_set_blinding(e.conn, S2N_SELF_SERVICE_BLINDING), "set_blinding");
        mempipe_reset(e.pipe);
        Plug(e.conn, e.pipe);
        e.done = false;
        e.error = 0;
        e.blocked = S2N_NOT_BLOCKED;
        if (client && !options_.server_name.empty()) {
            Must(s2n_set_server_name(e.conn, options_.server_name.c_str()), "set_server_name");
        }
        if (o.conn_hook) {
            o.conn_hook(e.conn);
        }
    }
}

std::function<void(s2n_config *)> Mitm::Hooked(std::function<void(s2n_config *)> first, Log *log)
{
    return [first, log](s2n_config *config) {
        if (first) {
            first(config);
        }
        Must(s2n_config_set_key_log_cb(config, OnKeyLog, log), "set_key_log_cb");
    };
}

int Mitm::OnKeyLog(void *ctx, s2n_connection *, uint8_t *line, size_t len)
{
    std::istringstream in(std::string(reinterpret_cast<char *>(line), len));
    std::string label, random, secret;
    in >> label >> random >> secret;
    static_cast<Log *>(ctx)->secrets[label] = FromHex(secret);
    return 0;
}

Bytes Mitm::Secret(bool client, const std::string &label)
{
    return logs_[client].secrets[label];
}

/* ---- keys ---- */

bool Mitm::NextSecret(Side *side, bool end_is_client, bool sealing)
{
    const View &view = views_[end_is_client];
    struct traffic_keys keys;
    if (view.suite == nullptr || !ks_traffic_keys(view.suite, &side->secret, &keys)) {
        return false;
    }
    struct traffic_keys_view v = { SPAN(keys.key, keys.key_len), SPAN(keys.iv, keys.iv_len), SPAN_NONE };
    half_wipe(&side->half);
    return half_key(&side->half, TLS13, view.suite, sealing, v, 0);
}

/* Gives a side the keys of its epoch, as the end `end_is_client` has them; false while that end does not know them. */
bool Mitm::Key(Side *side, bool end_is_client, bool client_writes, bool sealing)
{
    const View &view = views_[end_is_client];
    if (side->keyed == side->epoch) {
        return true;
    }
    if (view.suite == nullptr) {
        return false;
    }
    if (view.version != TLS13) {
        Bytes master = Secret(end_is_client, "CLIENT_RANDOM");
        struct traffic_keys client, server;
        if (master.empty() ||
            !ks_key_block(view.version, view.suite, Borrow(master), view.randoms, &client, &server)) {
            return false;
        }
        const struct traffic_keys &k = client_writes ? client : server;
        struct traffic_keys_view v = { SPAN(k.key, k.key_len), SPAN(k.iv, k.iv_len), SPAN(k.mac, k.mac_len) };
        side->keyed = side->epoch;
        return half_key(&side->half, view.version, view.suite, sealing, v, 0);
    }
    std::string who = client_writes ? "CLIENT_" : "SERVER_";
    Bytes secret = Secret(end_is_client,
                          who + (side->epoch == APP_KEYS ? "TRAFFIC_SECRET_0" : "HANDSHAKE_TRAFFIC_SECRET"));
    if (secret.empty()) {
        return false;
    }
    side->secret.n = static_cast<uint8_t>(secret.size());
    memcpy(side->secret.b, secret.data(), secret.size());
    side->keyed = side->epoch;
    return NextSecret(side, end_is_client, sealing);
}

/* The keys of early data, by the secret that one end has logged. */
bool Mitm::KeyEarly(Side *side, const Bytes &secret, bool sealing)
{
    struct traffic_keys keys;
    if (side->keyed != PLAIN) {
        return true;
    }
    if (secret.empty() || early_suite_ == nullptr) {
        return false;
    }
    side->secret.n = static_cast<uint8_t>(secret.size());
    memcpy(side->secret.b, secret.data(), secret.size());
    if (!ks_traffic_keys(early_suite_, &side->secret, &keys)) {
        return false;
    }
    struct traffic_keys_view v = { SPAN(keys.key, keys.key_len), SPAN(keys.iv, keys.iv_len), SPAN_NONE };
    side->keyed = HANDSHAKE_KEYS;
    return half_key(&side->half, TLS13, early_suite_, sealing, v, 0);
}

/* A hello as one end sees it. */
void Mitm::Learn(const Message &m, bool by_client)
{
    View &view = views_[by_client];
    if (m.type == CLIENT_HELLO && m.bytes.size() >= 38) {
        memcpy(view.randoms, m.bytes.data() + 6, 32);
    }
    if (m.type == CLIENT_HELLO && m.from_client && by_client && m.index == 0) { /* as the client wrote it */
        legs_[1].early = ClientHello::Parse(m.bytes).exts.Has(42);
        early_suite_ = legs_[1].early ? end(true).conn->session.resume->psks->early_suite : nullptr;
    }
    if (m.type != SERVER_HELLO || !IsRealServerHello(m.bytes)) {
        return;
    }
    memcpy(view.randoms + 32, m.bytes.data() + 6, 32);
    try {
        ServerHello h = ServerHello::Parse(m.bytes);
        view.version = h.exts.Has(43) ? static_cast<uint16_t>(TLS13) : h.version;
        view.suite = suite_by_id(h.suite);
    } catch (const std::exception &) {
        view.suite = nullptr; /* broken on purpose: no keys will come of it */
    }
}

/* What passed may be the last under its keys. */
void Mitm::Advance(Leg *leg, Side *side, const View &view, uint8_t content, const Bytes &bytes)
{
    bool sealing = side == &leg->seal;
    if (content == CCS && view.suite != nullptr && view.version != TLS13) {
        side->epoch = APP_KEYS;
    }
    if (content != HANDSHAKE || bytes.empty()) {
        return;
    }
    if (view.version == TLS13 && !leg->from_client && IsRealServerHello(bytes)) {
        side->epoch = HANDSHAKE_KEYS;
        Leg &back = legs_[1];
        (sealing ? back.open : back.seal).epoch = HANDSHAKE_KEYS; /* the same end's other direction */
    }
    if (view.version == TLS13 && bytes[0] == FINISHED) {
        side->epoch = APP_KEYS;
    }
    if (view.version == TLS13 && bytes[0] == KEY_UPDATE && bytes.size() >= 5 && side->keyed == APP_KEYS) {
        bool end_is_client = sealing ? !leg->from_client : leg->from_client;
        if (ks_next_traffic(view.suite->prf, &side->secret)) {
            (void) NextSecret(side, end_is_client, sealing);
        }
    }
}

/* ---- in ---- */

/* A record of the client while its early data may come: it is, or was sealed with later keys. */
bool Mitm::OpenEarly(Leg *leg, const Bytes &record, uint8_t *content, Bytes *body)
{
    struct rec_header hdr;
    struct rec rec = {};
    Bytes copy(record.begin() + kHeader, record.end());
    if (!KeyEarly(&leg->early_open, Secret(true, "CLIENT_EARLY_TRAFFIC_SECRET"), false) ||
        !record_header(&leg->early_open.half, record.data(), &hdr) ||
        !record_open(&leg->early_open.half, &hdr, copy.data(), nullptr, 0, &rec)) {
        return false;
    }
    *content = rec.type;
    *body = Bytes(rec.body.p, rec.body.p + rec.body.n);
    return true;
}

bool Mitm::NextRecord(Leg *leg, uint8_t *content, Bytes *body, Piece::How *how)
{
    mempipe *pipe = end(leg->from_client).pipe;
    Bytes more(mempipe_out_len(pipe));
    more.resize(mempipe_out_read(pipe, more.data(), more.size()));
    leg->raw = leg->raw + more;
    if (leg->raw.size() < kHeader) {
        return false;
    }
    size_t n = kHeader + static_cast<size_t>(leg->raw[3] << 8 | leg->raw[4]);
    if (leg->raw.size() < n) {
        return false;
    }
    struct rec_header hdr;
    struct rec rec = {};
    Bytes record(leg->raw.begin(), leg->raw.begin() + static_cast<long>(n));
    leg->raw.erase(leg->raw.begin(), leg->raw.begin() + static_cast<long>(n));
    *content = record[0];
    leg->early = leg->early && (*content != APPDATA || OpenEarly(leg, record, content, body));
    if (leg->early && record[0] == APPDATA) {
        *how = Piece::EARLY;
        return true;
    }
    *body = Bytes(record.begin() + kHeader, record.end());
    bool is13 = views_[leg->from_client].version == TLS13;
    *how = leg->open.epoch == PLAIN || (is13 && *content != APPDATA) ? Piece::PLAIN : Piece::SEALED;
    if (*how == Piece::SEALED) {
        if (!Key(&leg->open, leg->from_client, leg->from_client, false) ||
            !record_header(&leg->open.half, record.data(), &hdr) ||
            !record_open(&leg->open.half, &hdr, body->data(), nullptr, 0, &rec)) {
            throw std::runtime_error("mitm: cannot open a record");
        }
        *content = rec.type;
        *body = Bytes(rec.body.p, rec.body.p + rec.body.n);
    }
    return true;
}

std::vector<Message> Mitm::Split(Leg *leg, uint8_t content, const Bytes &body)
{
    if (content != HANDSHAKE) {
        return { { leg->from_client, content, -1, leg->seen[{ content, -1 }]++, body } };
    }
    std::vector<Message> out;
    leg->stream = leg->stream + body;
    while (leg->stream.size() >= 4) {
        size_t n = 4 + (static_cast<size_t>(leg->stream[1]) << 16 | static_cast<size_t>(leg->stream[2]) << 8 |
                        leg->stream[3]);
        if (leg->stream.size() < n) {
            break;
        }
        int type = leg->stream[0];
        Bytes whole(leg->stream.begin(), leg->stream.begin() + static_cast<long>(n));
        out.push_back({ leg->from_client, content, type, leg->seen[{ content, type }]++, whole });
        leg->stream.erase(leg->stream.begin(), leg->stream.begin() + static_cast<long>(n));
    }
    return out;
}

size_t Mitm::Pump(bool from_client)
{
    Leg &leg = legs_[from_client];
    uint8_t content;
    Bytes body;
    Piece::How how;
    size_t records = 0;
    for (; NextRecord(&leg, &content, &body, &how); records++) {
        for (Message &m : Split(&leg, content, body)) {
            m.early = how == Piece::EARLY;
            Learn(m, from_client);
            Advance(&leg, &leg.open, views_[from_client], m.content, m.bytes);
            for (Piece piece : rewrite_(m)) {
                if (piece.how == Piece::SEALED && m.early) {
                    piece.how = Piece::EARLY;
                } else if (piece.how == Piece::SEALED && how == Piece::PLAIN && leg.open.epoch != PLAIN &&
                           m.content != HANDSHAKE && views_[from_client].version == TLS13) {
                    piece.how = Piece::PLAIN; /* compatibility CCS, early alerts */
                }
                leg.waiting.push_back(piece);
            }
        }
    }
    Flush(&leg);
    return records;
}

/* ---- out ---- */

void Mitm::Write(const Leg &leg, const Bytes &bytes)
{
    if (mempipe_in_write(end(!leg.from_client).pipe, bytes.data(), bytes.size()) != 0) {
        throw std::runtime_error("mitm: the pipe is full");
    }
}

void Mitm::Seal(const Leg &leg, Side *side, const Piece &piece)
{
    struct buf tx = {};
    for (size_t at = 0; at == 0 || at < piece.bytes.size(); at += 16384) {
        struct span part = SPAN(piece.bytes.data() + at, std::min<size_t>(16384, piece.bytes.size() - at));
        if (!record_seal(&side->half, piece.content, TLS12, &part, 1, &tx)) {
            throw std::runtime_error("mitm: cannot seal a record");
        }
    }
    Write(leg, Bytes(tx.p, tx.p + tx.len));
    buf_free(&tx);
}

/* A server that does not take early data has no such keys: then it gets what the client wrote. */
bool Mitm::SendEarly(Leg *leg, const Piece &piece)
{
    const char *label = "CLIENT_EARLY_TRAFFIC_SECRET";
    if (leg->early_seal.keyed == PLAIN && Secret(false, label).empty()) {
        Step(false);
    }
    if (!KeyEarly(&leg->early_seal, Secret(Secret(false, label).empty(), label), true)) {
        return false;
    }
    Seal(*leg, &leg->early_seal, piece);
    return true;
}

bool Mitm::SendPiece(Leg *leg, const Piece &piece)
{
    bool to_client = !leg->from_client;
    if (piece.how == Piece::WIRE) {
        Write(*leg, piece.bytes);
        return true;
    }
    if (piece.how == Piece::EARLY) {
        return SendEarly(leg, piece);
    }
    if (piece.how == Piece::PLAIN || leg->seal.epoch == PLAIN) {
        for (size_t at = 0; at == 0 || at < piece.bytes.size(); at += 16384) {
            size_t n = std::min<size_t>(16384, piece.bytes.size() - at);
            Bytes part(piece.bytes.begin() + static_cast<long>(at),
                       piece.bytes.begin() + static_cast<long>(at + n));
            Write(*leg, Bytes{ piece.content, 3, 3 } + Vec(2, part));
        }
        return true;
    }
    if (!Key(&leg->seal, to_client, leg->from_client, true)) {
        Step(to_client); /* it has not looked at the hello yet */
        if (!Key(&leg->seal, to_client, leg->from_client, true)) {
            return false;
        }
    }
    Seal(*leg, &leg->seal, piece);
    return true;
}

void Mitm::Flush(Leg *leg)
{
    bool to_client = !leg->from_client;
    while (!leg->waiting.empty()) {
        Piece piece = leg->waiting.front();
        if (!SendPiece(leg, piece)) {
            return;
        }
        leg->waiting.erase(leg->waiting.begin());
        if (piece.how != Piece::WIRE) {
            int type = piece.content == HANDSHAKE && !piece.bytes.empty() ? piece.bytes[0] : -1;
            Learn({ leg->from_client, piece.content, type, 0, piece.bytes }, to_client);
            if (piece.how != Piece::EARLY) {
                Advance(leg, &leg->seal, views_[to_client], piece.content, piece.bytes);
            }
        }
    }
}

void Mitm::Inject(bool to_client, const Pieces &pieces)
{
    Leg &leg = legs_[!to_client];
    leg.waiting.insert(leg.waiting.end(), pieces.begin(), pieces.end());
    Flush(&leg);
}

/* ---- driving ---- */

void Mitm::Step(bool client)
{
    End &e = end(client);
    if (steps_[client] && !e.done && e.error == 0) {
        steps_[client](e);
    } else {
        e.Step();
    }
}

Outcome Mitm::Run()
{
    for (int idle = 0; idle < 3;) {
        size_t moved = 0;
        for (bool client : { true, false }) {
            Step(client);
            moved += end(client).error == 0 ? Pump(client) : 0;
        }
        if (pair_->client().error != 0 || pair_->server().error != 0) {
            break;
        }
        idle = moved == 0 ? idle + 1 : 0;
    }
    Outcome out;
    out.client = pair_->client().error;
    out.server = pair_->server().error;
    out.client_done = pair_->client().done;
    out.server_done = pair_->server().done;
    return out;
}

int Mitm::AlertOf(bool client, int *level)
{
    s2n_blocked_status blocked;
    (void) s2n_shutdown_send(end(client).conn, &blocked);
    Leg &leg = legs_[client];
    uint8_t content;
    Bytes body;
    Piece::How how;
    try {
        while (NextRecord(&leg, &content, &body, &how)) {
            for (const Message &m : Split(&leg, content, body)) {
                Learn(m, client);
                Advance(&leg, &leg.open, views_[client], m.content, m.bytes);
                if (m.content == ALERT && m.bytes.size() == 2) {
                    if (level != nullptr) {
                        *level = m.bytes[0];
                    }
                    return m.bytes[1];
                }
            }
        }
    } catch (const std::exception &) {
        return -2;
    }
    return -1;
}

} // namespace wire
