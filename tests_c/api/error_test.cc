/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers, their names, classes and texts, the thread's slot, and backtraces. */
#include "api_test.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

using namespace s2n_test;

namespace
{

struct Row {
    std::string name;
    int value;
};

std::vector<Row> ContractErrors()
{
    std::vector<Row> rows;
    std::ifstream file(S2N_TEST_DATA "/policy/errors.txt");
    for (std::string line; std::getline(file, line);) {
        Row row;
        if (line.rfind("S2N_ERR", 0) == 0 && std::istringstream(line) >> row.name >> row.value) {
            rows.push_back(row);
        }
    }
    return rows;
}

/* Any failing call will do. */
void Fail()
{
    (void) s2n_connection_free(nullptr);
}

/* "<something>.c:<line>" or "<something>.h:<line>". */
bool NamesALine(const std::string &place)
{
    size_t colon = place.rfind(':');
    if (colon == std::string::npos || colon < 3 || colon + 1 == place.size()) {
        return false;
    }
    std::string end = place.substr(colon - 2, 2), line = place.substr(colon + 1);
    return (end == ".c" || end == ".h") && line.find_first_not_of("0123456789") == std::string::npos;
}

std::string Printed()
{
    FILE *file = std::tmpfile();
    EXPECT_EQ(s2n_print_stacktrace(file), S2N_SUCCESS);
    std::rewind(file);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) {
        text += static_cast<char>(c);
    }
    std::fclose(file);
    return text;
}

class Traces
{
  public:
    Traces() { s2n_stack_traces_enabled_set(true); }
    ~Traces()
    {
        s2n_stack_traces_enabled_set(false);
        s2n_free_stacktrace();
    }
};

} // namespace

TEST(Error, NumbersAndNamesAreTheContracts)
{
    std::vector<Row> rows = ContractErrors();
    ASSERT_EQ(rows.size(), 270u);
    for (const Row &row : rows) {
        EXPECT_EQ(s2n_strerror_name(row.value), row.name);
        EXPECT_EQ(s2n_error_get_type(row.value), row.value >> 26);
    }
}

TEST(Error, EveryNumberHasItsOwnText)
{
    std::set<std::string> texts;
    const std::string unknown = s2n_strerror(12345, "EN");
    std::vector<Row> rows = ContractErrors();
    for (const Row &row : rows) {
        std::string text = s2n_strerror(row.value, "EN");
        EXPECT_FALSE(text.empty()) << row.name;
        EXPECT_NE(text, unknown) << row.name;
        texts.insert(text);
    }
    EXPECT_GE(texts.size(), rows.size() * 9 / 10);
}

TEST(Error, TypeIsTheHighBits_WhenTheNumberIsNone)
{
    EXPECT_EQ(s2n_error_get_type(0), S2N_ERR_T_OK);
    EXPECT_EQ(s2n_error_get_type(12345), S2N_ERR_T_OK);
    EXPECT_EQ(s2n_error_get_type(-1), -1);
    EXPECT_EQ(s2n_error_get_type((7 << 26) + 1), S2N_ERR_T_USAGE);
}

TEST(Error, UnknownNumbersGiveOneText)
{
    const std::string unknown = s2n_strerror(12345, nullptr);
    for (int number : { -1, 12345, 7 << 26 | 5000, 8 << 26, INT32_MAX, INT32_MIN }) {
        EXPECT_EQ(s2n_strerror(number, "EN"), unknown) << number;
        EXPECT_EQ(s2n_strerror_name(number), unknown) << number;
    }
}

TEST(Error, LanguageIsEnglishInAnyCase)
{
    const std::string text = s2n_strerror(6 << 26, nullptr);
    EXPECT_EQ(s2n_strerror(6 << 26, "EN"), text);
    EXPECT_EQ(s2n_strerror(6 << 26, "en"), text);
    EXPECT_EQ(s2n_strerror(6 << 26, "eN"), text);
}

TEST(Error, OtherLanguagesAreRefusedInOneText)
{
    const std::string refusal = s2n_strerror(6 << 26, "DE");
    EXPECT_NE(refusal, s2n_strerror(6 << 26, "EN"));
    EXPECT_EQ(s2n_strerror(0, ""), refusal);
    EXPECT_EQ(s2n_strerror(0, "ENGLISH"), refusal);
    EXPECT_EQ(s2n_strerror_debug(6 << 26, "FR"), refusal);
}

TEST(Error, TextsKeepTheNumber)
{
    s2n_errno = 42;
    (void) s2n_strerror(1, "XX");
    (void) s2n_strerror_name(-1);
    (void) s2n_strerror_debug(1, nullptr);
    (void) s2n_strerror_source(1);
    EXPECT_EQ(s2n_errno, 42);
}

TEST(Error, LocationIsTheVariable)
{
    ASSERT_NE(s2n_errno_location(), nullptr);
    EXPECT_EQ(s2n_errno_location(), &s2n_errno);
    *s2n_errno_location() = 7;
    EXPECT_EQ(s2n_errno, 7);
    s2n_errno = 0;
}

TEST(Error, ThreadsHaveTheirOwnSlot)
{
    Fail();
    const int mine = s2n_errno;
    std::string other_debug, other_source, own;
    int *other_location = nullptr, other_number = -1;
    std::thread([&] {
        other_location = s2n_errno_location();
        other_number = s2n_errno;
        other_debug = s2n_strerror_debug(1, nullptr);
        other_source = s2n_strerror_source(1);
        s2n_errno = 99;
    }).join();
    EXPECT_NE(other_location, s2n_errno_location());
    EXPECT_EQ(other_number, 0);
    EXPECT_EQ(other_debug, "");
    EXPECT_EQ(other_source, "");
    EXPECT_EQ(s2n_errno, mine);
}

TEST(Error, SuccessKeepsTheNumber)
{
    Fail();
    const int number = s2n_errno;
    EXPECT_EQ(s2n_cleanup(), S2N_SUCCESS);
    EXPECT_EQ(s2n_stack_traces_enabled_set(false), S2N_SUCCESS);
    EXPECT_EQ(s2n_errno, number);
}

TEST(Error, DebugNamesFileAndLine)
{
    Fail();
    const std::string debug = s2n_strerror_debug(s2n_errno, "EN");
    EXPECT_EQ(debug.rfind("Error encountered in ", 0), 0u) << debug;
    EXPECT_TRUE(NamesALine(debug)) << debug;
    EXPECT_STREQ(s2n_strerror_debug(0, "EN"), s2n_strerror(0, "EN"));
}

TEST(Error, SourceIsTheEndOfDebug)
{
    Fail();
    const std::string debug = s2n_strerror_debug(s2n_errno, nullptr);
    const std::string source = s2n_strerror_source(s2n_errno);
    EXPECT_TRUE(NamesALine(source)) << source;
    EXPECT_EQ(source.find('/'), std::string::npos) << source;
    ASSERT_GT(debug.size(), source.size());
    EXPECT_EQ(debug.substr(debug.size() - source.size()), source);
    EXPECT_STREQ(s2n_strerror_source(0), s2n_strerror(0, "EN"));
}

TEST(Error, PlaceIsThatOfTheLastError_WhateverNumberIsPassed)
{
    Fail();
    const std::string first = s2n_strerror_source(1);
    EXPECT_EQ(s2n_strerror_source(5 << 26), first);
    (void) s2n_config_set_ctx(nullptr, nullptr);
    EXPECT_NE(s2n_strerror_source(1), first);
}

TEST(Backtrace, IsOffAndSaysHowToSwitchItOn)
{
    EXPECT_FALSE(s2n_stack_traces_enabled());
    const std::string text = Printed();
    EXPECT_NE(text.find("S2N_PRINT_STACKTRACE"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_EQ(s2n_calculate_stacktrace(), S2N_SUCCESS);
}

TEST(Backtrace, IsTakenByErrors_WhenSwitchedOn)
{
    Traces on;
    EXPECT_TRUE(s2n_stack_traces_enabled());
    errno = EPIPE;
    Fail();
    EXPECT_EQ(errno, EPIPE);
    const std::string text = Printed();
    EXPECT_GE(std::count(text.begin(), text.end(), '\n'), 3) << text;
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 21) << text;
}

TEST(Backtrace, IsGivenOutAndReleased)
{
    struct {
        char **frames;
        int count;
    } trace = { nullptr, -1 };
    auto *opaque = reinterpret_cast<struct s2n_stacktrace *>(&trace);
    Traces on;
    EXPECT_EQ(s2n_calculate_stacktrace(), S2N_SUCCESS);
    ASSERT_EQ(s2n_get_stacktrace(opaque), S2N_SUCCESS);
    ASSERT_GT(trace.count, 0);
    EXPECT_GT(std::strlen(trace.frames[0]), 0u);
    EXPECT_EQ(s2n_free_stacktrace(), S2N_SUCCESS);
    EXPECT_EQ(s2n_free_stacktrace(), S2N_SUCCESS);
    ASSERT_EQ(s2n_get_stacktrace(opaque), S2N_SUCCESS);
    EXPECT_EQ(trace.count, 0);
}

TEST(Backtrace, NeedsSomewhereToGo)
{
    EXPECT_ERROR("NULL", s2n_print_stacktrace(nullptr));
    EXPECT_ERROR("NULL", s2n_get_stacktrace(nullptr));
}
