/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of ticket keys and the switches of a config that make and drop it: order of the checks, every boundary of
 * a key's life, the weights of rotation, two threads on one ring. contract/tickets.md section 1, functions-1.md
 * section 8. Derived keys were computed with an independent program (Python's hmac).
 */
#include "support/core_fixture.h"

#include <atomic>
#include <set>

extern "C" {
#include "config/config.h"
}

namespace
{

constexpr uint64_t kSecond = UINT64_C(1000000000);
constexpr uint64_t kStart = 1800000000 * kSecond;
constexpr struct key_lives kLives = { 7200 * kSecond, 46800 * kSecond };

void ExpectError(bool answer, int code)
{
    EXPECT_FALSE(answer);
    EXPECT_EQ(err_last(), code) << err_name(err_last());
}

class TicketKeys : public CoreTest
{
  protected:
    void SetUp() override { ASSERT_TRUE(ticketkeys_new(&ring)); }
    void TearDown() override { ticketkeys_free(ring); }

    bool Add(const std::string &name, const std::string &material, uint64_t intro, uint64_t now,
             struct key_lives lives = kLives)
    {
        return ticketkeys_add(ring, lives, now, Text(name.c_str()), Text(material.c_str()), intro);
    }
    /* As in the ring: zero padded. */
    static Bytes Padded(const std::string &name)
    {
        Bytes bytes(name.begin(), name.end());
        bytes.resize(TICKET_NAME_LEN);
        return bytes;
    }
    bool Find(const std::string &name, uint64_t now, struct ticketkey *out, struct key_lives lives = kLives)
    {
        return ticketkeys_find(ring, lives, now, Padded(name).data(), out);
    }
    bool Found(const std::string &name, uint64_t now, struct key_lives lives = kLives)
    {
        struct ticketkey k;
        return Find(name, now, &k, lives);
    }
    bool Picked(uint64_t now, struct key_lives lives = kLives)
    {
        struct ticketkey k;
        uint64_t left;
        bool picked = ticketkeys_pick(ring, lives, now, &k, &left);
        EXPECT_EQ(picked, ticketkeys_any(ring, lives, now));
        return picked;
    }
    static std::string NameOf(const struct ticketkey &k)
    {
        return std::string(reinterpret_cast<const char *>(k.name),
                           strnlen(reinterpret_cast<const char *>(k.name), 16));
    }
    void Fill(uint64_t intro, int n = TICKET_KEYS_MAX)
    {
        for (int i = 0; i < n; i++) {
            std::string number = std::to_string(i);
            ASSERT_TRUE(Add("key" + number, "material" + number, intro, intro)) << i;
        }
    }

    struct ticketkeys *ring = nullptr;
};

/* ---- adding ---- */

TEST_F(TicketKeys, KeyAndImplicitPartAreDerivedFromTheMaterial)
{
    struct ticketkey k;
    ASSERT_TRUE(Add("name7", "hello", kStart, kStart));
    ASSERT_TRUE(Find("name7", kStart, &k));
    EXPECT_EQ(ToHex(k.key, 32), "297454b8c821126057b845b43bb7992d0c72808ea60fdd10801711c223b2e88d");
    EXPECT_EQ(ToHex(k.aad, 12), "28b0cefd3df05e43aa716f53");
    EXPECT_EQ(ToHex(k.name, 16), "6e616d65370000000000000000000000");
    EXPECT_EQ(k.intro, kStart);
    ticketkey_wipe(&k);
    EXPECT_EQ(ToHex(k.key, 32), std::string(64, '0'));
}

TEST_F(TicketKeys, MaterialMayHaveAnyLengthButNone)
{
    ASSERT_TRUE(Add("one", "x", kStart, kStart));
    ASSERT_TRUE(Add("long", std::string(100000, 'y'), kStart, kStart));
    ExpectError(Add("none", "", kStart, kStart), ERR_INVALID_TICKET_KEY_LENGTH);
}

TEST_F(TicketKeys, NameIsOneToSixteenBytesAndNew)
{
    ExpectError(Add("", "a", kStart, kStart), ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    ExpectError(Add("12345678901234567", "a", kStart, kStart), ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    ASSERT_TRUE(Add("1234567890123456", "a", kStart, kStart));
    ASSERT_TRUE(Add("1", "b", kStart, kStart));
    ExpectError(Add("1", "c", kStart, kStart), ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    const uint8_t padded[] = { '1', 0, 0 };
    ExpectError(ticketkeys_add(ring, kLives, kStart, SPAN_OF(padded), Text("c"), kStart),
                ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    ExpectError(Add("2", "b", kStart, kStart), ERR_TICKET_KEY_NOT_UNIQUE);
    ASSERT_TRUE(Add("2", "c", kStart, kStart)); /* a refused key left nothing behind */
}

TEST_F(TicketKeys, ChecksComeInTheOrderOfTheContract)
{
    Fill(kStart);
    ExpectError(Add("", "", kStart, kStart), ERR_INVALID_TICKET_KEY_LENGTH);
    ExpectError(Add("", "material0", kStart, kStart), ERR_TICKET_KEY_LIMIT);
    ExpectError(Add("key0", "material0", kStart, kStart), ERR_TICKET_KEY_LIMIT);
    TearDown();
    SetUp();
    Fill(kStart, TICKET_KEYS_MAX - 1);
    ExpectError(Add("", "material0", kStart, kStart), ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    ExpectError(Add("key0", "material0", kStart, kStart), ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH);
    ExpectError(Add("last", "material0", kStart, kStart), ERR_TICKET_KEY_NOT_UNIQUE);
    ASSERT_TRUE(Add("last", "last", kStart, kStart));
}

TEST_F(TicketKeys, FortyEightKeysFitAndExpiredOnesMakeRoom)
{
    uint64_t over = kStart + 54000 * kSecond;
    Fill(kStart);
    for (int i = 0; i < TICKET_KEYS_MAX; i++) {
        EXPECT_TRUE(Found("key" + std::to_string(i), kStart)) << i;
    }
    ExpectError(Add("more", "more", kStart, over - 1), ERR_TICKET_KEY_LIMIT);
    ASSERT_TRUE(Add("more", "more", over, over));
    EXPECT_FALSE(Found("key0", over - 1)); /* dropped, whatever the clock says later */
    EXPECT_TRUE(Found("more", over));
    ASSERT_TRUE(Add("key0", "material0", over, over));
}

TEST_F(TicketKeys, ExpiredKeysGoEvenIfTheNewOneIsRefused)
{
    uint64_t over = kStart + 54000 * kSecond;
    ASSERT_TRUE(Add("a", "a", kStart, kStart));
    ASSERT_TRUE(Add("b", "b", kStart + kSecond, kStart));
    ExpectError(Add("c", "", over, over), ERR_INVALID_TICKET_KEY_LENGTH);
    EXPECT_FALSE(Found("a", kStart));
    EXPECT_TRUE(Found("b", over));
}

TEST_F(TicketKeys, KeyThatIsOverIsAcceptedAndDroppedLater)
{
    uint64_t now = kStart + 60000 * kSecond;
    ASSERT_TRUE(Add("old", "old", kStart, now));
    EXPECT_FALSE(Found("old", now));
    EXPECT_FALSE(Picked(now));
    EXPECT_TRUE(Found("old", kStart)); /* it is still there */
    ASSERT_TRUE(Add("old", "old", now, now));
    EXPECT_FALSE(Found("old", kStart));
    EXPECT_TRUE(Found("old", now));
}

/* ---- a key's life ---- */

TEST_F(TicketKeys, LifeHasExclusiveUpperBounds)
{
    const struct {
        uint64_t at;
        bool encrypts, decrypts;
    } rows[] = {
        { kStart - 1, false, false },
        { kStart, true, true },
        { kStart + 7199 * kSecond, true, true },
        { kStart + 7200 * kSecond - 1, true, true },
        { kStart + 7200 * kSecond, false, true },
        { kStart + 53999 * kSecond, false, true },
        { kStart + 54000 * kSecond - 1, false, true },
        { kStart + 54000 * kSecond, false, false },
        { UINT64_MAX, false, false },
    };
    ASSERT_TRUE(Add("key", "key", kStart, kStart - 100 * kSecond)); /* in the future: accepted */
    for (const auto &row : rows) {
        EXPECT_EQ(Picked(row.at), row.encrypts) << row.at - kStart;
        EXPECT_EQ(Found("key", row.at), row.decrypts) << row.at - kStart;
    }
    ExpectError(Found("key", kStart - 1), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND);
    ExpectError(Found("other", kStart), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND);
    ExpectError(Picked(kStart - 1), ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
}

TEST_F(TicketKeys, EmptyRingHasNoKeys)
{
    ExpectError(Picked(kStart), ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY);
    ExpectError(Found("key", kStart), ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND);
    ticketkeys_free(nullptr);
}

TEST_F(TicketKeys, LivesCountForKeysAlreadyAdded)
{
    ASSERT_TRUE(Add("key", "key", kStart, kStart));
    const struct key_lives brief = { 10 * kSecond, 20 * kSecond };
    EXPECT_TRUE(Picked(kStart + 10 * kSecond - 1, brief));
    EXPECT_FALSE(Picked(kStart + 10 * kSecond, brief));
    EXPECT_TRUE(Found("key", kStart + 30 * kSecond - 1, brief));
    EXPECT_FALSE(Found("key", kStart + 30 * kSecond, brief));
    EXPECT_TRUE(Picked(kStart + 10 * kSecond));
    const struct key_lives none = { 0, 0 };
    EXPECT_FALSE(Picked(kStart, none));
    EXPECT_FALSE(Found("key", kStart, none));
}

TEST_F(TicketKeys, PickTellsHowLongTheKeyDecryptsYet)
{
    struct ticketkey k;
    uint64_t left;
    ASSERT_TRUE(Add("key", "key", kStart, kStart));
    for (uint64_t gone : { UINT64_C(0), 3600 * kSecond, 7199 * kSecond }) {
        ASSERT_TRUE(ticketkeys_pick(ring, kLives, kStart + gone, &k, &left));
        EXPECT_EQ(left, 54000 * kSecond - gone);
        EXPECT_EQ(NameOf(k), "key");
    }
}

TEST_F(TicketKeys, TimesSaturateInsteadOfWrappingRound)
{
    struct ticketkey k;
    uint64_t left;
    const struct key_lives forever = { UINT64_MAX, UINT64_MAX };
    Fill(kStart);
    ASSERT_TRUE(ticketkeys_pick(ring, forever, UINT64_MAX - 1, &k, &left));
    EXPECT_EQ(left, 1u);
    for (uint64_t now : { kStart, kStart + (UINT64_MAX - kStart) / 2, UINT64_MAX - 1 }) {
        EXPECT_TRUE(Picked(now, forever));
        EXPECT_TRUE(Found("key47", now, forever));
    }
    TearDown();
    SetUp();
    ASSERT_TRUE(Add("never", "never", UINT64_MAX, kStart));
    EXPECT_FALSE(Found("never", kStart));
    EXPECT_FALSE(Picked(UINT64_MAX));
    ASSERT_TRUE(Add("late", "late", UINT64_MAX - 5, kStart));
    EXPECT_TRUE(Picked(UINT64_MAX - 1));
}

/* ---- rotation ---- */

TEST_F(TicketKeys, WeightRisesToTheMiddleAndFallsAfterIt)
{
    const struct key_lives lives = { 1000 * kSecond, 1000 * kSecond };
    const struct {
        uint64_t age;
        double share;
    } rows[] = { { 100, 1 }, { 250, 2.5 }, { 500, 5 }, { 750, 2.5 }, { 900, 1 } };
    const uint64_t now = kStart + 2000 * kSecond;
    std::map<std::string, int> drawn;
    for (const auto &row : rows) {
        std::string age = std::to_string(row.age);
        ASSERT_TRUE(Add(age, age, now - row.age * kSecond, now, lives));
    }
    ASSERT_TRUE(Add("old", "old", now - 1001 * kSecond, now, lives)); /* decrypts only */
    ASSERT_TRUE(Add("new", "new", now + 1, now, lives));              /* not yet */
    const int draws = 24000;
    for (int i = 0; i < draws; i++) {
        struct ticketkey k;
        uint64_t left;
        ASSERT_TRUE(ticketkeys_pick(ring, lives, now, &k, &left));
        drawn[NameOf(k)]++;
    }
    EXPECT_EQ(drawn.size(), 5u);
    for (const auto &row : rows) { /* six standard deviations of the widest share are 6 * sqrt(24000 / 4) */
        EXPECT_NEAR(drawn[std::to_string(row.age)], draws * row.share / 12, 465) << row.age;
    }
}

TEST_F(TicketKeys, KeyOfThisInstantIsDrawnWhenItIsAlone)
{
    ASSERT_TRUE(Add("a", "a", kStart, kStart));
    EXPECT_TRUE(Picked(kStart));
    const struct key_lives instant = { 1, 1 };
    EXPECT_TRUE(Picked(kStart, instant));
    ASSERT_TRUE(Add("b", "b", kStart, kStart));
    std::set<std::string> drawn;
    for (int i = 0; i < 200; i++) { /* two of no age at all: both come */
        struct ticketkey k;
        uint64_t left;
        ASSERT_TRUE(ticketkeys_pick(ring, kLives, kStart, &k, &left));
        drawn.insert(NameOf(k));
    }
    EXPECT_EQ(drawn.size(), 2u);
}

/* ---- threads ---- */

TEST_F(TicketKeys, OneThreadRotatesWhileAnotherUsesTheKeys)
{
    const struct key_lives lives = { 10 * kSecond, 10 * kSecond };
    const int rounds = 3000;
    std::atomic<uint64_t> now{ kStart };
    std::atomic<bool> done{ false };
    bool added = true;
    ASSERT_TRUE(Add("round0", "round0", kStart, kStart, lives));
    std::thread rotating([&] {
        for (int i = 1; i <= rounds; i++) {
            std::string name = "round" + std::to_string(i);
            now += kSecond;
            added = Add(name, name, now, now, lives) && added;
        }
        done = true;
    });
    while (!done) {
        struct ticketkey k, again;
        uint64_t left, at = now;
        if (ticketkeys_pick(ring, lives, at, &k, &left) && Find(NameOf(k), at, &again, lives)) {
            EXPECT_EQ(std::memcmp(&k, &again, sizeof(k)), 0); /* whole, and the same both times */
            EXPECT_EQ(left, k.intro + 20 * kSecond - at);
        }
    }
    rotating.join();
    EXPECT_TRUE(added);
    EXPECT_TRUE(Found("round" + std::to_string(rounds), now, lives));
    EXPECT_FALSE(Found("round" + std::to_string(rounds - 20), now - kSecond, lives));
}

/* ---- the config's switches ---- */

int FixedClock(void *ctx, uint64_t *out)
{
    *out = *static_cast<uint64_t *>(ctx);
    return 0;
}
int BrokenClock(void *, uint64_t *)
{
    return -1;
}
int Store(struct s2n_connection *, void *, uint64_t, const void *, uint64_t, const void *, uint64_t)
{
    return 0;
}
int Retrieve(struct s2n_connection *, void *, const void *, uint64_t, void *, uint64_t *)
{
    return -1;
}
int Delete(struct s2n_connection *, void *, const void *, uint64_t)
{
    return 0;
}

class TicketConfig : public CoreTest
{
  protected:
    void SetUp() override
    {
        config = config_new();
        ASSERT_NE(config, nullptr);
        config->wall = { FixedClock, &now };
    }
    void TearDown() override { config_free(config); }

    void SetCallbacks()
    {
        config->cache_store = Store;
        config->cache_retrieve = Retrieve;
        config->cache_delete = Delete;
    }
    bool Add(const char *name, const char *material, uint64_t intro = 0)
    {
        return config_add_ticket_key(config, Text(name), Text(material), intro);
    }
    bool Find(const char *name, struct ticketkey *out)
    {
        uint8_t padded[TICKET_NAME_LEN] = { 0 };
        std::memcpy(padded, name, std::strlen(name));
        return ticketkeys_find(config->ticket_keys, config->key_lives, now, padded, out);
    }
    bool Has(const char *name)
    {
        struct ticketkey k;
        return config->ticket_keys != nullptr && Find(name, &k);
    }

    struct s2n_config *config = nullptr;
    uint64_t now = kStart;
};

TEST_F(TicketConfig, DefaultsAreOff)
{
    EXPECT_EQ(config->key_lives.encrypt, 7200 * kSecond);
    EXPECT_EQ(config->key_lives.decrypt, 46800 * kSecond);
    EXPECT_EQ(config->session_lifetime, 54000u);
    EXPECT_EQ(config->ticket_keys, nullptr);
    EXPECT_FALSE(config->tickets_on || config->cache_on || config->ticket_forward_secrecy);
    EXPECT_EQ(config->initial_tickets, 0);
    EXPECT_EQ(config->psk_mode, S2N_PSK_MODE_RESUMPTION);
}

TEST_F(TicketConfig, KeysAreIgnoredWhileNothingUsesThem)
{
    config->wall.fn = BrokenClock; /* not even the time is asked for */
    EXPECT_TRUE(Add("", ""));
    EXPECT_TRUE(Add("key", "key"));
    config->wall.fn = FixedClock;
    ASSERT_TRUE(config_set_tickets(config, true));
    EXPECT_FALSE(Has("key"));
}

TEST_F(TicketConfig, TicketsOnBringOneInitialTicket)
{
    ASSERT_TRUE(config_set_tickets(config, true));
    EXPECT_TRUE(config->tickets_on);
    EXPECT_EQ(config->initial_tickets, 1);
    config->initial_tickets = 0;
    ASSERT_TRUE(config_set_tickets(config, true)); /* nothing changes, so nothing is done */
    EXPECT_EQ(config->initial_tickets, 0);
    ASSERT_TRUE(config_set_tickets(config, false));
    config->initial_tickets = 5;
    ASSERT_TRUE(config_set_tickets(config, true));
    EXPECT_EQ(config->initial_tickets, 5);
}

TEST_F(TicketConfig, CacheNeedsAllThreeCallbacks)
{
    for (int missing = 0; missing < 3; missing++) {
        SetCallbacks();
        config->cache_store = missing == 0 ? nullptr : Store;
        config->cache_retrieve = missing == 1 ? nullptr : Retrieve;
        config->cache_delete = missing == 2 ? nullptr : Delete;
        ASSERT_TRUE(config_set_cache(config, true));
        EXPECT_FALSE(config->cache_on);
        EXPECT_EQ(config->ticket_keys, nullptr);
    }
    SetCallbacks();
    ASSERT_TRUE(config_set_cache(config, true));
    EXPECT_TRUE(config->cache_on);
    EXPECT_EQ(config->initial_tickets, 0);
    config->cache_delete = nullptr;
    ASSERT_TRUE(config_set_cache(config, true)); /* now it cannot be */
    EXPECT_FALSE(config->cache_on);
    EXPECT_EQ(config->ticket_keys, nullptr);
}

TEST_F(TicketConfig, KeysStayWhileTicketsOrCacheAreOn)
{
    SetCallbacks();
    ASSERT_TRUE(config_set_tickets(config, true) && Add("key", "key") && config_set_cache(config, true));
    EXPECT_TRUE(Has("key"));
    ASSERT_TRUE(config_set_tickets(config, false));
    EXPECT_TRUE(Has("key"));
    ASSERT_TRUE(config_set_tickets(config, true));
    ASSERT_TRUE(config_set_cache(config, false));
    EXPECT_TRUE(Has("key"));
    ASSERT_TRUE(config_set_tickets(config, false));
    EXPECT_EQ(config->ticket_keys, nullptr);
    ASSERT_TRUE(config_set_cache(config, true));
    EXPECT_FALSE(Has("key")); /* the ring is a new one */
}

TEST_F(TicketConfig, IntroductionIsInSecondsAndZeroIsNow)
{
    struct ticketkey k;
    ASSERT_TRUE(config_set_tickets(config, true));
    now = kStart + 123;
    ASSERT_TRUE(Add("now", "now"));
    ASSERT_TRUE(Find("now", &k));
    EXPECT_EQ(k.intro, now);
    ASSERT_TRUE(Add("given", "given", 1799999999));
    ASSERT_TRUE(Find("given", &k));
    EXPECT_EQ(k.intro, 1799999999 * kSecond);
    ASSERT_TRUE(Add("future", "future", 1800000001));
    EXPECT_FALSE(Has("future"));
    now = kStart + kSecond;
    EXPECT_TRUE(Has("future"));
    ASSERT_TRUE(Add("never", "never", UINT64_MAX / kSecond + 1)); /* no wrapping round into the past */
    EXPECT_FALSE(Has("never"));
    now = UINT64_MAX;
    EXPECT_FALSE(Has("never"));
}

TEST_F(TicketConfig, BrokenClockCancels)
{
    ASSERT_TRUE(config_set_tickets(config, true));
    config->wall.fn = BrokenClock;
    ExpectError(Add("key", "key", 1800000000), ERR_CANCELLED);
}

} // namespace
