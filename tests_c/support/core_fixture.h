/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixture of tests that link core objects: memory and libcrypto are ready, and what stays allocated
 * counts as a leak for the sanitizer. Include support/c_headers.h first.
 */
#ifndef SUPPORT_CORE_FIXTURE_H
#define SUPPORT_CORE_FIXTURE_H

#include "support/c_headers.h"
#include "support/hex.h"

extern "C" {
#include "base/mem.h"
#include "base/span.h"
#include "crypto/init.h"
}

class CoreTest : public testing::Test
{
  protected:
    static void SetUpTestSuite()
    {
        static bool crypto_ready = false;
        if (!mem_ready()) {
            ASSERT_TRUE(mem_init());
        }
        if (!crypto_ready) {
            ASSERT_TRUE(crypto_init());
            crypto_ready = true;
        }
    }

    /* The span borrows: the bytes must live in a variable, not in a temporary. */
    static struct span Span(const Bytes &bytes) { return SPAN(bytes.data(), bytes.size()); }
    static struct span Text(const char *text)
    {
        return SPAN(reinterpret_cast<const uint8_t *>(text), std::strlen(text));
    }
    static std::string Hex(struct span s) { return ToHex(s.p, s.n); }
};

#endif
