/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Include this first in a C++ test that looks into core/. The core's headers are C11; g++ reads them when a
 * few C words are spelled the C++ way and when standard headers come before them (`fail` of base/err.h is a
 * macro). Then include the core headers inside extern "C".
 */
#ifndef SUPPORT_C_HEADERS_H
#define SUPPORT_C_HEADERS_H

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#define _Alignas alignas
#define _Static_assert static_assert

/* The inline functions and macros of core use designated initialisers, which leave members out on purpose. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#endif
