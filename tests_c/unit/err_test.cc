/* SPDX-License-Identifier: Apache-2.0 */
/* The thread's error slot, the rows behind codes, and stack traces. */
#include "support/c_headers.h"

#include <cerrno>

extern "C" {
#include "base/err.h"
extern __thread int s2n_errno;
}

namespace
{

class Err : public testing::Test
{
  protected:
    void TearDown() override
    {
        err_traces_set(false);
        err_trace_free();
        s2n_errno = 0;
    }
};

bool Inner()
{
    return fail(ERR_SAFETY);
}

bool Outer()
{
    TRY(Inner());
    return true;
}

TEST_F(Err, CodeIsTypeAndIndex)
{
    EXPECT_EQ(ERR_OK, 0);
    EXPECT_EQ(ERR_IO, 1 << 26);
    EXPECT_EQ(ERR_IO_BLOCKED, 3 << 26);
    EXPECT_EQ(ERR_BAD_MESSAGE, (5 << 26) + 2);
    EXPECT_EQ(err_type(ERR_NULL), ERR_T_INTERNAL);
    EXPECT_EQ(err_type(-1), -1);
}

TEST_F(Err, FailReachesTheCallerThroughTry)
{
    EXPECT_FALSE(Outer());
    EXPECT_EQ(err_last(), ERR_SAFETY);
    EXPECT_EQ(s2n_errno, ERR_SAFETY);
}

TEST_F(Err, NamesAndTextsBelongToTheCode)
{
    EXPECT_STREQ(err_name(ERR_OK), "S2N_ERR_OK");
    EXPECT_STREQ(err_name(ERR_NULL), "S2N_ERR_NULL");
    EXPECT_STREQ(err_name(ERR_FIPS_MODE_UNSUPPORTED), "S2N_ERR_FIPS_MODE_UNSUPPORTED");
    EXPECT_STRNE(err_text(ERR_NULL), err_text(ERR_SAFETY));
}

TEST_F(Err, UnknownCodesShareOneText)
{
    const char *unknown = err_text(-1);
    for (int code : { 1, -5, (1 << 26) + 1, 8 << 26, INT32_MAX, INT32_MIN }) {
        EXPECT_STREQ(err_text(code), unknown) << code;
        EXPECT_STREQ(err_name(code), unknown) << code;
        EXPECT_EQ(err_alert(code), -1) << code;
    }
}

TEST_F(Err, LastRowOfATypeIsKnownAndTheNextIsNot)
{
    int last = ERR_EARLY_DATA_BLOCKED;
    while (std::strcmp(err_name(last + 1), err_text(-1)) != 0) {
        last++;
    }
    EXPECT_EQ(last, ERR_APP_DATA_BLOCKED);
    EXPECT_STREQ(err_name(last), "S2N_ERR_APP_DATA_BLOCKED");
}

TEST_F(Err, AlertIsTheRowsOrNone)
{
    EXPECT_EQ(err_alert(ERR_BAD_MESSAGE), 10);
    EXPECT_EQ(err_alert(ERR_MISSING_EXTENSION), 109);
    EXPECT_EQ(err_alert(ERR_IO), 80);
    EXPECT_EQ(err_alert(ERR_DECRYPT), -1);
}

TEST_F(Err, PeerIsToldMoreThanTheApi)
{
    EXPECT_EQ(err_wire_alert(ERR_DECRYPT), 20);
    EXPECT_EQ(err_wire_alert(ERR_BAD_MESSAGE), err_alert(ERR_BAD_MESSAGE));
    EXPECT_EQ(err_wire_alert(ERR_OK), -1);
    EXPECT_EQ(err_wire_alert(-1), -1);
}

TEST_F(Err, PlaceNamesFileAndLine)
{
    EXPECT_FALSE(err_set(ERR_NULL, "core/base/some.c", 42));
    EXPECT_STREQ(err_place_debug(), "Error encountered in core/base/some.c:42");
    EXPECT_STREQ(err_place_short(), "some.c:42");
    EXPECT_FALSE(err_set(ERR_NULL, "plain.c", 7));
    EXPECT_STREQ(err_place_short(), "plain.c:7");
}

TEST_F(Err, LongPlaceIsCutNotOverrun)
{
    std::string path(300, 'x');
    EXPECT_FALSE(err_set(ERR_NULL, path.c_str(), 1));
    EXPECT_EQ(std::strlen(err_place_debug()), 127u);
    EXPECT_EQ(std::strlen(err_place_short()), 127u);
    EXPECT_FALSE(fail(ERR_NULL)); /* the slot must not point at `path` any longer */
}

TEST_F(Err, ThreadsHaveTheirOwnSlots)
{
    EXPECT_FALSE(fail(ERR_ALLOC));
    std::thread([] {
        EXPECT_EQ(err_last(), 0);
        EXPECT_STREQ(err_place_debug(), "");
        EXPECT_STREQ(err_place_short(), "");
        EXPECT_FALSE(fail(ERR_NULL));
    }).join();
    EXPECT_EQ(err_last(), ERR_ALLOC);
}

TEST_F(Err, TracesAreOffAtFirst)
{
    EXPECT_FALSE(err_traces_on());
    EXPECT_FALSE(fail(ERR_NULL));
    EXPECT_TRUE(err_trace_capture());
    EXPECT_EQ(err_trace_get()->count, 0);
}

TEST_F(Err, ErrorsCaptureATraceWhileOn)
{
    err_traces_set(true);
    errno = ENOTTY;
    EXPECT_FALSE(fail(ERR_NULL));
    EXPECT_EQ(errno, ENOTTY);
    const struct err_trace *trace = err_trace_get();
    ASSERT_GT(trace->count, 0);
    EXPECT_LE(trace->count, 20);
    EXPECT_NE(trace->frames[0], nullptr);
    EXPECT_TRUE(err_trace_capture());
    EXPECT_GT(err_trace_get()->count, 0);
    err_trace_free();
    EXPECT_EQ(err_trace_get()->count, 0);
    err_trace_free();
}

} // namespace
