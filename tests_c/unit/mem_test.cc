/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation, the application's callbacks, locked pages, and the growable buffer. Tests of the allocator
 * before its first init and of page locking run in a fresh process each, because both happen once in a
 * process.
 */
#include "support/core_fixture.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace
{

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMlockIntercepted = true; /* the sanitizers turn mlock into a call that does nothing */
#else
constexpr bool kMlockIntercepted = false;
#endif

/* Ends a fresh process with 0, or with the line of the first expectation that fails. */
#define CHILD_EXPECT(condition)                                          \
    do {                                                                 \
        if (!(condition)) {                                              \
            std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            std::_Exit(1);                                               \
        }                                                                \
    } while (0)

class MemProcess : public testing::Test
{
  protected:
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};
using MemDeathTest = MemProcess;

/* The VmFlags line of the mapping that holds p. */
std::string FlagsOf(const void *p)
{
    std::ifstream maps("/proc/self/smaps");
    uintptr_t at = reinterpret_cast<uintptr_t>(p), from = 0, to = 0;
    for (std::string line; std::getline(maps, line);) {
        unsigned long a, b;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &a, &b) == 2) {
            from = a;
            to = b;
        } else if (line.rfind("VmFlags:", 0) == 0 && at >= from && at < to) {
            return line + " ";
        }
    }
    return "";
}

[[noreturn]] void UseBeforeInit()
{
    void *p = nullptr;
    CHILD_EXPECT(!mem_ready());
    CHILD_EXPECT(!mem_alloc(1, &p) && err_last() == ERR_NOT_INITIALIZED);
    CHILD_EXPECT(!mem_cleanup() && err_last() == ERR_NOT_INITIALIZED);
    std::_Exit(0);
}

[[noreturn]] void UseLockedPages()
{
    unsetenv("S2N_DONT_MLOCK");
    CHILD_EXPECT(mem_init() && mem_ready());
    void *p = nullptr;
    CHILD_EXPECT(mem_alloc(5000, &p));
    CHILD_EXPECT(reinterpret_cast<uintptr_t>(p) % static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)) == 0);
    CHILD_EXPECT(FlagsOf(p).find(" dd ") != std::string::npos);
    CHILD_EXPECT(kMlockIntercepted || FlagsOf(p).find(" lo ") != std::string::npos);
    mem_free(p, 5000);
    struct buf b = {};
    CHILD_EXPECT(buf_reserve(&b, 1) && b.cap == static_cast<uint32_t>(sysconf(_SC_PAGESIZE)));
    buf_free(&b);
    CHILD_EXPECT(mem_cleanup() && !mem_ready());
    CHILD_EXPECT(mem_init() && mem_alloc(10, &p));
    CHILD_EXPECT(FlagsOf(p).find(" dd ") == std::string::npos); /* plain from now on */
    mem_free(p, 10);
    std::_Exit(0);
}

[[noreturn]] void ReachTheLockLimit()
{
    unsetenv("S2N_DONT_MLOCK");
    struct rlimit none = { 0, 0 };
    CHILD_EXPECT(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
    CHILD_EXPECT(geteuid() != 0 || setuid(65534) == 0); /* limits do not bind root */
    void *p = nullptr;
    CHILD_EXPECT(mem_init());
    CHILD_EXPECT(kMlockIntercepted || (!mem_alloc(1, &p) && err_last() == ERR_MLOCK));
    std::_Exit(0);
}

[[noreturn]] void SwitchLockingOff()
{
    setenv("S2N_DONT_MLOCK", "", 1);
    void *p = nullptr;
    CHILD_EXPECT(mem_init() && mem_alloc(100000, &p));
    CHILD_EXPECT(FlagsOf(p).find(" lo ") == std::string::npos &&
                 FlagsOf(p).find(" dd ") == std::string::npos);
    mem_free(p, 100000);
    std::_Exit(0);
}

TEST_F(MemDeathTest, NothingWorksBeforeInit)
{
    EXPECT_EXIT(UseBeforeInit(), testing::ExitedWithCode(0), "");
}
TEST_F(MemDeathTest, DefaultPagesAreLockedAndNotDumped)
{
    EXPECT_EXIT(UseLockedPages(), testing::ExitedWithCode(0), "");
}
TEST_F(MemDeathTest, LockLimitIsAnErrorOfItsOwn)
{
    EXPECT_EXIT(ReachTheLockLimit(), testing::ExitedWithCode(0), "");
}
TEST_F(MemDeathTest, EnvironmentSwitchesLockingOff)
{
    EXPECT_EXIT(SwitchLockingOff(), testing::ExitedWithCode(0), "");
}

/* ---- the application's callbacks ---- */

struct Hooks {
    int malloc_result = 0, init_result = 0, cleanup_result = 0, free_result = 0;
    uint32_t extra = 0;
    bool give_nothing = false, give_little = false;
    std::map<void *, uint32_t> live;
    bool wiped = true;
};
Hooks *hooks;

int HookInit()
{
    return hooks->init_result;
}
int HookCleanup()
{
    return hooks->cleanup_result;
}
int HookMalloc(void **ptr, uint32_t requested, uint32_t *allocated)
{
    if (hooks->malloc_result != 0) {
        return hooks->malloc_result;
    }
    uint32_t n = hooks->give_little ? requested - 1 : requested + hooks->extra;
    void *p = hooks->give_nothing ? nullptr : std::malloc(requested + hooks->extra);
    if (p != nullptr) {
        std::memset(p, 0xa5, requested + hooks->extra);
        hooks->live[p] = n;
    }
    *ptr = p;
    *allocated = n;
    return 0;
}
int HookFree(void *p, uint32_t n)
{
    EXPECT_EQ(hooks->live.at(p), n);
    for (uint32_t i = 0; i < n; i++) {
        hooks->wiped = hooks->wiped && static_cast<uint8_t *>(p)[i] == 0;
    }
    hooks->live.erase(p);
    std::free(p);
    return hooks->free_result;
}

class MemHooks : public CoreTest
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(mem_cleanup());
        hooks = &state;
        mem_hooks_set(HookInit, HookCleanup, HookMalloc, HookFree);
        ASSERT_TRUE(mem_init());
    }
    void TearDown() override
    {
        for (const auto &block : state.live) {
            std::free(block.first); /* what a test leaves behind on purpose */
        }
        state.cleanup_result = 0;
        ASSERT_TRUE(mem_cleanup());
        ASSERT_TRUE(mem_init());
    }
    Hooks state;
};

TEST_F(MemHooks, ServeAllocationAndGetItBackWiped)
{
    uint8_t *p = nullptr;
    ASSERT_TRUE(mem_alloc(40, reinterpret_cast<void **>(&p)));
    EXPECT_EQ(state.live.size(), 1u);
    EXPECT_EQ(Bytes(p, p + 40), Bytes(40, 0));
    std::memset(p, 0x11, 40);
    mem_free(p, 40);
    EXPECT_TRUE(state.live.empty());
    EXPECT_TRUE(state.wiped);
}

TEST_F(MemHooks, RefusalKeepsTheErrorSlot)
{
    void *p = nullptr;
    EXPECT_FALSE(fail(ERR_SAFETY));
    state.malloc_result = -1;
    EXPECT_FALSE(mem_alloc(1, &p));
    state.malloc_result = 1;
    EXPECT_FALSE(mem_alloc(1, &p));
    EXPECT_EQ(err_last(), ERR_SAFETY);
    EXPECT_EQ(p, nullptr);
}

TEST_F(MemHooks, TooLittleMemoryIsAnError)
{
    void *p = nullptr;
    state.give_little = true;
    EXPECT_FALSE(mem_alloc(10, &p));
    EXPECT_EQ(err_last(), ERR_ALLOC);
    state.give_little = false;
    state.give_nothing = true;
    EXPECT_FALSE(fail(ERR_SAFETY));
    EXPECT_FALSE(mem_alloc(10, &p));
    EXPECT_EQ(err_last(), ERR_ALLOC);
}

TEST_F(MemHooks, ExtraMemoryIsUsedByBuffers)
{
    state.extra = 1000;
    struct buf b = {};
    ASSERT_TRUE(buf_reserve(&b, 10));
    EXPECT_EQ(b.cap, 1010u);
    buf_free(&b);
    EXPECT_TRUE(state.wiped && state.live.empty());
}

TEST_F(MemHooks, FailingInitAndCleanupAreCancelled)
{
    state.cleanup_result = -1;
    EXPECT_FALSE(mem_cleanup());
    EXPECT_EQ(err_last(), ERR_CANCELLED);
    EXPECT_TRUE(mem_ready());
    state.cleanup_result = 0;
    ASSERT_TRUE(mem_cleanup());
    mem_hooks_set(HookInit, HookCleanup, HookMalloc, HookFree);
    state.init_result = -1;
    EXPECT_FALSE(mem_init());
    EXPECT_EQ(err_last(), ERR_CANCELLED);
    EXPECT_FALSE(mem_ready());
    state.init_result = 0;
    ASSERT_TRUE(mem_init());
}

TEST_F(MemHooks, AreDroppedByCleanup)
{
    ASSERT_TRUE(mem_cleanup());
    ASSERT_TRUE(mem_init());
    void *p = nullptr;
    ASSERT_TRUE(mem_alloc(8, &p));
    EXPECT_TRUE(state.live.empty());
    mem_free(p, 8);
}

TEST_F(MemHooks, ARefusedFreeIsNobodysFailure)
{
    state.free_result = -1;
    void *p = nullptr;
    ASSERT_TRUE(mem_alloc(8, &p));
    EXPECT_FALSE(fail(ERR_SAFETY));
    mem_free(p, 8);
    EXPECT_EQ(err_last(), ERR_SAFETY);
}

TEST_F(MemHooks, BufferWipesThePlaceItLeaves)
{
    struct buf b = {};
    Bytes secret(100, 0x77);
    ASSERT_TRUE(buf_append(&b, Span(secret)));
    ASSERT_TRUE(buf_append(&b, Span(secret))); /* moves */
    buf_free(&b);
    EXPECT_TRUE(state.wiped);
    EXPECT_TRUE(state.live.empty());
}

TEST_F(MemHooks, FailedGrowthLeavesTheBufferAsItWas)
{
    struct buf b = {};
    ASSERT_TRUE(buf_append(&b, Text("abc")));
    state.malloc_result = -1;
    Bytes more(5000, 1);
    EXPECT_FALSE(buf_append(&b, Span(more)));
    EXPECT_FALSE(buf_set(&b, Span(more)));
    EXPECT_EQ(Hex(buf_span(&b)), "616263");
    buf_free(&b);
}

/* ---- buffers ---- */

class Buf : public CoreTest
{
  protected:
    void TearDown() override { buf_free(&b); }
    struct buf b = {};
};

TEST_F(Buf, AllocationRefusesNothingAndTooMuch)
{
    void *p = nullptr;
    EXPECT_FALSE(mem_alloc(0, &p));
    EXPECT_FALSE(mem_alloc(size_t{ UINT32_MAX } + 1, &p));
    EXPECT_EQ(err_last(), ERR_ALLOC);
    mem_free(nullptr, 0);
}

TEST_F(Buf, FirstRoomIsExactThenGrowthIsGenerous)
{
    ASSERT_TRUE(buf_append(&b, Text("0123456789")));
    EXPECT_EQ(b.cap, 10u);
    ASSERT_TRUE(buf_append(&b, Text("x")));
    EXPECT_GE(b.cap, 1034u);
    Bytes big(2000, 1);
    ASSERT_TRUE(buf_append(&b, Span(big)));
    EXPECT_GE(b.cap, 2068u);
    EXPECT_EQ(Hex(SPAN(b.p, 12)), "303132333435363738397801");
}

TEST_F(Buf, ConsumeDropsTheFrontAndWipesTheBack)
{
    ASSERT_TRUE(buf_append(&b, Text("abcdef")));
    buf_consume(&b, 2);
    EXPECT_EQ(Hex(buf_span(&b)), "63646566");
    EXPECT_EQ(Hex(SPAN(b.p + 4, 2)), "0000");
    buf_consume(&b, 0);
    buf_consume(&b, 100);
    EXPECT_EQ(b.len, 0u);
    EXPECT_EQ(Hex(SPAN(b.p, 6)), "000000000000");
}

TEST_F(Buf, ClearWipesAndKeepsTheMemory)
{
    ASSERT_TRUE(buf_append(&b, Text("abc")));
    buf_clear(&b);
    EXPECT_EQ(b.len, 0u);
    EXPECT_EQ(b.cap, 3u);
    EXPECT_EQ(Hex(SPAN(b.p, 3)), "000000");
}

TEST_F(Buf, SetReplacesShrinksAndGrows)
{
    ASSERT_TRUE(buf_set(&b, Text("abcdef")));
    ASSERT_TRUE(buf_set(&b, Text("xy")));
    EXPECT_EQ(Hex(buf_span(&b)), "7879");
    EXPECT_EQ(Hex(SPAN(b.p, 6)), "787900000000");
    ASSERT_TRUE(buf_set(&b, Text("0123456789")));
    EXPECT_EQ(b.len, 10u);
    ASSERT_TRUE(buf_set(&b, SPAN_NONE));
    EXPECT_EQ(b.len, 0u);
}

TEST_F(Buf, FixedNeverGrowsAndIsNotFreed)
{
    uint8_t room[4] = {};
    struct buf fixed = BUF_FIXED(room, sizeof(room));
    ASSERT_TRUE(buf_append(&fixed, Text("abc")));
    EXPECT_FALSE(buf_append(&fixed, Text("de")));
    EXPECT_EQ(err_last(), ERR_SIZE_MISMATCH);
    EXPECT_FALSE(buf_set(&fixed, Text("abcde")));
    EXPECT_EQ(Hex(buf_span(&fixed)), "616263");
    buf_free(&fixed);
    EXPECT_EQ(ToHex(room, 4), "61626300");
    EXPECT_EQ(fixed.p, nullptr);
}

TEST_F(Buf, SizesThatDoNotFitAreRefused)
{
    ASSERT_TRUE(buf_append(&b, Text("abc")));
    EXPECT_FALSE(buf_reserve(&b, UINT32_MAX));
    EXPECT_EQ(err_last(), ERR_INTEGER_OVERFLOW);
    EXPECT_FALSE(buf_reserve(&b, SIZE_MAX));
    EXPECT_EQ(b.len, 3u);
}

TEST_F(Buf, ScopeFreesAndSecretsAreWiped)
{
    struct secret s = { 3, { 1, 2, 3 } };
    EXPECT_EQ(Hex(secret_span(&s)), "010203");
    secret_wipe(&s);
    EXPECT_EQ(s.n, 0);
    EXPECT_EQ(s.b[1], 0);
    EXPECT_TRUE(span_eq(Text("ab"), Text("ab")));
    EXPECT_FALSE(span_eq(Text("ab"), Text("ac")));
    EXPECT_FALSE(span_eq(Text("ab"), Text("abc")));
    EXPECT_TRUE(span_eq(SPAN_NONE, Text("")));
}

} // namespace
