/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and end of the library. Each case needs a process in which nothing was started yet, so each runs in a process
 * of its own (the threadsafe style of death tests starts the program anew), which ends with the number of checks that
 * did not hold.
 */
#include "api_test.h"
#include "private.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

using namespace s2n_test;

namespace
{

int wrong; /* checks that did not hold, in the process of a case */

void Check(bool ok, const char *text, int line)
{
    if (!ok) {
        std::fprintf(stderr, "%d: %s [%s]\n", line, text, LastError().c_str());
        wrong++;
    }
}
#define CHECK(cond) Check((cond), #cond, __LINE__)
#define CHECK_ERROR(name, call)                                                                            \
    do {                                                                                                   \
        s2n_errno = 0;                                                                                     \
        Check(Failed(call) && LastError() == "S2N_ERR_" name, #call " should be S2N_ERR_" name, __LINE__); \
    } while (0)

class InitTest : public testing::Test
{
  protected:
    void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

/* A case: its own process, judged by the number of checks that did not hold. */
#define ALONE(body)           \
    EXPECT_EXIT(              \
        {                     \
            body();           \
            _exit(wrong > 0); \
        },                    \
        testing::ExitedWithCode(0), "")

void BeforeInit()
{
    CHECK_ERROR("NOT_INITIALIZED", s2n_config_new_minimal());
    CHECK_ERROR("NULL", s2n_config_new());
    CHECK_ERROR("NOT_INITIALIZED", s2n_connection_new(S2N_CLIENT));
    CHECK_ERROR("NOT_INITIALIZED", s2n_cert_chain_and_key_new());
    CHECK_ERROR("NOT_INITIALIZED", s2n_cleanup_final());
    CHECK(s2n_errno_location() == &s2n_errno);
    CHECK(s2n_get_openssl_version() >= 0x30000000ul);
    CHECK(s2n_cleanup() == S2N_SUCCESS);
    CHECK(s2n_cleanup_thread() == S2N_SUCCESS);
    CHECK(s2n_rand_set_callbacks(nullptr, nullptr, nullptr, nullptr) == S2N_SUCCESS);
    CHECK(s2n_config_free(nullptr) == S2N_SUCCESS);
    CHECK(s2n_cert_chain_and_key_free(nullptr) == S2N_SUCCESS);
}

void FipsModeBeforeInit()
{
    s2n_fips_mode mode = S2N_FIPS_MODE_ENABLED;
    CHECK_ERROR("NOT_INITIALIZED", s2n_get_fips_mode(&mode));
    CHECK(mode == S2N_FIPS_MODE_DISABLED);
    CHECK_ERROR("NULL", s2n_get_fips_mode(nullptr));
}

void FipsModeAfterInit()
{
    s2n_fips_mode mode = S2N_FIPS_MODE_ENABLED;
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(s2n_get_fips_mode(&mode) == S2N_SUCCESS);
    CHECK(mode == S2N_FIPS_MODE_DISABLED); /* of the libcrypto that tests run with */
}

void Twice()
{
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK_ERROR("INITIALIZED", s2n_init());
    std::thread([] { CHECK_ERROR("INITIALIZED", s2n_init()); }).join();
    pid_t child = fork();
    if (child == 0) {
        _exit(s2n_init() != S2N_SUCCESS && LastError() == "S2N_ERR_INITIALIZED" ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void Again()
{
    for (int round = 0; round < 3; round++) {
        CHECK(s2n_init() == S2N_SUCCESS);
        s2n_connection *conn = s2n_connection_new(S2N_SERVER);
        CHECK(conn != nullptr && s2n_connection_free(conn) == S2N_SUCCESS);
        CHECK(s2n_cleanup_final() == S2N_SUCCESS);
        CHECK_ERROR("NOT_INITIALIZED", s2n_cleanup_final());
        CHECK_ERROR("NOT_INITIALIZED", s2n_connection_new(S2N_SERVER));
    }
}

void OldCleanups()
{
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(s2n_cleanup() == S2N_SUCCESS);
    CHECK(s2n_cleanup_thread() == S2N_SUCCESS);
    s2n_config *config = s2n_config_new();
    CHECK(config != nullptr && s2n_config_free(config) == S2N_SUCCESS);
}

void ChoicesOfTheTimeBefore()
{
    CHECK(s2n_crypto_disable_init() == S2N_SUCCESS);
    CHECK(s2n_disable_atexit() == S2N_SUCCESS);
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK_ERROR("INITIALIZED", s2n_crypto_disable_init());
    CHECK_ERROR("INITIALIZED", s2n_disable_atexit());
    CHECK(s2n_cleanup_final() == S2N_SUCCESS);
    CHECK_ERROR("INITIALIZED", s2n_crypto_disable_init()); /* for good */
    CHECK(s2n_disable_atexit() == S2N_SUCCESS);
}

/* ---- backtraces by environment ---- */

void TracesByEnvironment()
{
    setenv("S2N_PRINT_STACKTRACE", "", 1);
    CHECK(!s2n_stack_traces_enabled());
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(s2n_stack_traces_enabled());
}

void NoTracesByDefault()
{
    unsetenv("S2N_PRINT_STACKTRACE");
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(!s2n_stack_traces_enabled());
}

/* ---- the application's allocator ---- */

struct Counts {
    int init, cleanup, malloc, free;
    long live;
    bool dirty;
} counts;
int malloc_answer, init_answer, cleanup_answer;
uint32_t short_by;

int CountInit()
{
    counts.init++;
    return init_answer;
}
int CountCleanup()
{
    counts.cleanup++;
    return cleanup_answer;
}
int CountMalloc(void **ptr, uint32_t requested, uint32_t *allocated)
{
    counts.malloc++;
    CHECK(requested > 0);
    if (malloc_answer != 0) {
        return malloc_answer;
    }
    *ptr = std::malloc(requested);
    *allocated = requested - short_by;
    counts.live++;
    return 0;
}
int CountFree(void *ptr, uint32_t size)
{
    counts.free++;
    CHECK(ptr != nullptr);
    for (uint32_t i = 0; i < size; i++) {
        counts.dirty |= static_cast<uint8_t *>(ptr)[i] != 0;
    }
    std::free(ptr);
    counts.live--;
    return 0;
}

bool TakeOver()
{
    return s2n_mem_set_callbacks(CountInit, CountCleanup, CountMalloc, CountFree) == S2N_SUCCESS;
}

void AllocatorIsUsed()
{
    CHECK(TakeOver());
    CHECK(counts.init == 0);
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(counts.init == 1);
    int before = counts.malloc;
    s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    CHECK(conn != nullptr && counts.malloc > before);
    CHECK(s2n_set_server_name(conn, "example.test") == S2N_SUCCESS);
    CHECK(s2n_connection_free(conn) == S2N_SUCCESS);
    CHECK(s2n_cleanup() == S2N_SUCCESS && counts.cleanup == 0);
    CHECK(s2n_cleanup_final() == S2N_SUCCESS);
    CHECK(counts.cleanup == 1 && counts.live == 0 && !counts.dirty);
}

void AllocatorArguments()
{
    CHECK_ERROR("NULL", s2n_mem_set_callbacks(nullptr, CountCleanup, CountMalloc, CountFree));
    CHECK_ERROR("NULL", s2n_mem_set_callbacks(CountInit, nullptr, CountMalloc, CountFree));
    CHECK_ERROR("NULL", s2n_mem_set_callbacks(CountInit, CountCleanup, nullptr, CountFree));
    CHECK_ERROR("NULL", s2n_mem_set_callbacks(CountInit, CountCleanup, CountMalloc, nullptr));
    CHECK(s2n_init() == S2N_SUCCESS);
    CHECK(counts.init == 0);
    CHECK_ERROR("INITIALIZED", s2n_mem_set_callbacks(CountInit, CountCleanup, CountMalloc, CountFree));
}

void AllocatorRefusesToStart()
{
    init_answer = -1;
    CHECK(TakeOver());
    CHECK_ERROR("CANCELLED", s2n_init());
    CHECK_ERROR("NOT_INITIALIZED", s2n_connection_new(S2N_CLIENT));
    init_answer = 0;
    CHECK(s2n_init() == S2N_SUCCESS);
}

void AllocatorRefusesToEnd()
{
    cleanup_answer = -1;
    CHECK(TakeOver() && s2n_init() == S2N_SUCCESS);
    CHECK_ERROR("ATEXIT", s2n_cleanup_final());
    CHECK_ERROR("INITIALIZED", s2n_init());
    s2n_connection *conn = s2n_connection_new(S2N_CLIENT); /* still in use, so still usable */
    CHECK(conn != nullptr && s2n_connection_free(conn) == S2N_SUCCESS);
    cleanup_answer = 0;
    CHECK(s2n_cleanup_final() == S2N_SUCCESS);
    CHECK(counts.live == 0);
}

void AllocatorFails()
{
    CHECK(TakeOver() && s2n_init() == S2N_SUCCESS);
    malloc_answer = -1;
    s2n_errno = 0;
    CHECK(s2n_connection_new(S2N_CLIENT) == nullptr);
    CHECK(s2n_errno == 0); /* the allocator has told its own reason, or none */
    malloc_answer = 0;
    short_by = 1;
    CHECK_ERROR("ALLOC", s2n_connection_new(S2N_CLIENT));
}

void AllocatorFailsInInit()
{
    CHECK(TakeOver());
    malloc_answer = -1;
    CHECK(s2n_init() == S2N_FAILURE);
    malloc_answer = 0;
    CHECK(s2n_init() == S2N_SUCCESS);
    int before = counts.malloc;
    s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    CHECK(conn != nullptr && counts.malloc > before); /* still the application's */
    CHECK(s2n_connection_free(conn) == S2N_SUCCESS && s2n_cleanup_final() == S2N_SUCCESS);
    CHECK(counts.live == 0);
}

void DefaultConfigPolicyOfOldPrograms()
{
    CHECK(s2n_enable_tls13() == S2N_SUCCESS);
    CHECK(s2n_init() == S2N_SUCCESS);
    s2n_config *config = s2n_config_new_minimal();
    uint16_t now[64], named[64], now_n = 0, named_n = 0;
    CHECK(s2n_config_get_supported_groups(config, now, 64, &now_n) == S2N_SUCCESS);
    CHECK(s2n_config_set_cipher_preferences(config, "default_tls13") == S2N_SUCCESS);
    CHECK(s2n_config_get_supported_groups(config, named, 64, &named_n) == S2N_SUCCESS);
    CHECK(now_n > 0 && now_n == named_n && std::memcmp(now, named, now_n * sizeof(now[0])) == 0);
    s2n_config_free(config);
}

} // namespace

TEST_F(InitTest, MostCallsFail_WhenNothingWasStarted)
{
    ALONE(BeforeInit);
}
TEST_F(InitTest, FipsModeIsUnknown_WhenNothingWasStarted)
{
    ALONE(FipsModeBeforeInit);
}
TEST_F(InitTest, FipsModeIsThatOfLibcrypto)
{
    ALONE(FipsModeAfterInit);
}
TEST_F(InitTest, StartsOnce)
{
    ALONE(Twice);
}
TEST_F(InitTest, StartsAgainAfterItsEnd)
{
    ALONE(Again);
}
TEST_F(InitTest, OldCleanupsDoNothing)
{
    ALONE(OldCleanups);
}
TEST_F(InitTest, SomeChoicesAreForTheTimeBefore)
{
    ALONE(ChoicesOfTheTimeBefore);
}
TEST_F(InitTest, BacktracesGoOn_WhenTheEnvironmentSaysSo)
{
    ALONE(TracesByEnvironment);
}
TEST_F(InitTest, BacktracesStayOffByDefault)
{
    ALONE(NoTracesByDefault);
}
TEST_F(InitTest, AllocatorIsUsedForEverythingAndGetsCleanMemoryBack)
{
    ALONE(AllocatorIsUsed);
}
TEST_F(InitTest, AllocatorNeedsAllCallbacksBeforeInit)
{
    ALONE(AllocatorArguments);
}
TEST_F(InitTest, InitIsCancelled_WhenTheAllocatorDoesNotStart)
{
    ALONE(AllocatorRefusesToStart);
}
TEST_F(InitTest, CleanupFailsAndChangesNothing_WhenTheAllocatorDoesNotEnd)
{
    ALONE(AllocatorRefusesToEnd);
}
TEST_F(InitTest, CallsFail_WhenTheAllocatorDoes)
{
    ALONE(AllocatorFails);
}
TEST_F(InitTest, InitCanBeRepeated_WhenMemoryWasMissing)
{
    ALONE(AllocatorFailsInInit);
}
TEST_F(InitTest, OldProgramsStartWithTls13Policy)
{
    ALONE(DefaultConfigPolicyOfOldPrograms);
}
