/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of another implementation (vectors/records.txt), one row per cipher and version: keys are derived
 * from the serialized connection in front of them (contract: connection serialization V1), what the peer sent
 * must open, and what the connection sent must open with the same keys and come out again byte for byte when
 * it is sealed anew.
 */
#include "unit/record_util.h"

extern "C" {
#include "schedule/schedule.h"
}

namespace
{

struct Message {
    Bytes wire, plain;
};

struct Row {
    std::string name;
    bool client, draws = false;
    Bytes blob;
    std::vector<Message> sent, received;
};

std::vector<Row> ReadRows()
{
    std::ifstream in(S2N_TEST_DATA "/vectors/records.txt");
    std::vector<Row> rows;
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string what, a, b, c;
        words >> what >> a >> b >> c;
        if (what == "row") {
            Row row = {};
            row.name = a;
            row.client = b == "client";
            row.blob = FromHex(c);
            rows.push_back(row);
        } else if (what == "draws") {
            rows.back().draws = true;
        } else if (what == "send") {
            rows.back().sent.push_back({ FromHex(a), FromHex(b) });
        } else if (what == "recv") {
            rows.back().received.push_back({ FromHex(a), FromHex(b) });
        }
    }
    return rows;
}

uint64_t Number(const Bytes &bytes, size_t at, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v << 8 | bytes[at + i];
    }
    return v;
}

/* The keys and counters of a serialized connection. */
class Saved
{
  public:
    explicit Saved(const Bytes &blob) : blob_(blob)
    {
        version_ = static_cast<uint16_t>(Number(blob, 8, 2));
        suite_ = suite_by_id(static_cast<uint16_t>(Number(blob, 10, 2)));
        if (version_ == TLS13) {
            Derive13(true, &client_);
            Derive13(false, &server_);
            return;
        }
        EXPECT_TRUE(ks_key_block(version_, suite_, SPAN(&blob_[30], 48), &blob_[78], &client_, &server_));
        if (version_ <= TLS10) {
            TakeIv(142, &client_);
            TakeIv(158, &server_);
        }
    }
    ~Saved()
    {
        traffic_keys_wipe(&client_);
        traffic_keys_wipe(&server_);
    }
    bool Key(struct half *h, bool of_client, bool sealing) const
    {
        const struct traffic_keys &keys = of_client ? client_ : server_;
        struct traffic_keys_view view = { SPAN(keys.key, keys.key_len), SPAN(keys.iv, keys.iv_len),
                                          SPAN(keys.mac, keys.mac_len) };
        return half_key(h, version_, suite_, sealing, view, Number(blob_, of_client ? 12 : 20, 8));
    }
    uint16_t version() const { return version_; }

  private:
    void Derive13(bool client, struct traffic_keys *keys)
    {
        struct secret secret = {};
        secret.n = static_cast<uint8_t>(hash_size(suite_->prf));
        std::memcpy(secret.b, &blob_[client ? 30 : 30 + secret.n], secret.n);
        EXPECT_TRUE(ks_traffic_keys(suite_, &secret, keys));
    }
    void TakeIv(size_t at, struct traffic_keys *keys)
    {
        keys->iv_len = suite_->cipher->block;
        std::memcpy(keys->iv, &blob_[at], keys->iv_len);
    }

    Bytes blob_;
    uint16_t version_;
    const struct suite *suite_;
    struct traffic_keys client_ = {}, server_ = {};
};

std::vector<Bytes> Records(const Bytes &wire)
{
    std::vector<Bytes> records;
    for (size_t at = 0; at < wire.size();) {
        size_t n = RECORD_HEADER + Number(wire, at + 3, 2);
        records.emplace_back(wire.begin() + static_cast<long>(at), wire.begin() + static_cast<long>(at + n));
        at += n;
    }
    return records;
}

/* The fragments in the records, which together must be `plain`. */
std::vector<Bytes> OpenAll(struct half *in, const Message &message)
{
    std::vector<Bytes> fragments;
    Bytes all;
    for (const Bytes &record : Records(message.wire)) {
        Opened got = Open(in, record, fragments.size() % 2 ? 20000 : 0);
        EXPECT_TRUE(got.ok) << err_name(got.error);
        EXPECT_EQ(got.type, CT_APPDATA);
        fragments.push_back(got.body);
        all.insert(all.end(), got.body.begin(), got.body.end());
    }
    EXPECT_EQ(all, message.plain);
    return fragments;
}

using RecordVectors = CoreTest;

TEST_F(RecordVectors, CoverEveryVersion)
{
    std::map<uint16_t, int> versions;
    for (const Row &row : ReadRows()) {
        versions[Saved(row.blob).version()]++;
        EXPECT_FALSE(row.received.empty()) << row.name;
        EXPECT_NE(row.draws, !row.sent.empty()) << row.name;
    }
    EXPECT_EQ(versions.size(), 5U);
}

TEST_F(RecordVectors, OpenWhatThePeerSent)
{
    for (const Row &row : ReadRows()) {
        SCOPED_TRACE(row.name);
        Saved saved(row.blob);
        HalfPtr in;
        ASSERT_TRUE(saved.Key(in, !row.client, false));
        for (const Message &message : row.received) {
            OpenAll(in, message);
        }
    }
}

TEST_F(RecordVectors, SealTheSameBytesAgain)
{
    for (const Row &row : ReadRows()) {
        SCOPED_TRACE(row.name);
        Saved saved(row.blob);
        HalfPtr check, out;
        ASSERT_TRUE(saved.Key(check, row.client, false) && saved.Key(out, row.client, true));
        for (const Message &message : row.sent) {
            Bytes wire;
            for (const Bytes &fragment : OpenAll(check, message)) {
                Bytes record =
                    Seal(out, CT_APPDATA, static_cast<uint16_t>(Number(message.wire, 1, 2)), fragment);
                wire.insert(wire.end(), record.begin(), record.end());
            }
            EXPECT_EQ(ToHex(wire), ToHex(message.wire));
        }
    }
}

} // namespace
