/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the api tests share: how a failure is recognised, the certificates they use, and the fixture. Public headers
 * only: these programs link the shared library and see nothing else of it.
 */
#ifndef API_API_TEST_H
#define API_API_TEST_H

#include <gtest/gtest.h>

#define S2N_DEPRECATED(text) /* old calls are tested like the others */
#include <s2n.h>
#include <s2n/unstable/allow_ip_in_cn.h>
#include <s2n/unstable/cleanup.h>

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "support/pair.h"
#include "support/pki.h"

namespace s2n_test
{

/* The failure value of a call: NULL of a pointer, -1 of an int, UINT64_MAX of s2n_connection_get_delay. */
template <typename T> bool Failed(T result)
{
    if constexpr (std::is_pointer_v<T>) {
        return result == nullptr;
    } else {
        return result == static_cast<T>(-1);
    }
}

/* The error that a call left, "" where it left none. */
inline std::string LastError()
{
    return s2n_errno == 0 ? "" : s2n_strerror_name(s2n_errno);
}

/* A call that must fail with S2N_ERR_<name>. */
#define EXPECT_ERROR(name, call)                                      \
    do {                                                              \
        s2n_errno = 0;                                                \
        EXPECT_TRUE(::s2n_test::Failed(call)) << #call;               \
        EXPECT_EQ(::s2n_test::LastError(), "S2N_ERR_" name) << #call; \
    } while (0)

/* A call that must succeed, and so must leave the error number alone. */
#define EXPECT_OK(call)                                                           \
    do {                                                                          \
        s2n_errno = 0;                                                            \
        EXPECT_EQ(call, S2N_SUCCESS) << #call << ": " << ::s2n_test::LastError(); \
    } while (0)

inline uint8_t *Octets(std::string &text)
{
    return reinterpret_cast<uint8_t *>(text.data());
}

/* Fresh objects for each test; all go with it. */
class ApiTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        EnsureInit();
        config = s2n_config_new_minimal();
        client = s2n_connection_new(S2N_CLIENT);
        server = s2n_connection_new(S2N_SERVER);
        ASSERT_NE(config, nullptr);
        ASSERT_NE(client, nullptr);
        ASSERT_NE(server, nullptr);
    }

    void TearDown() override
    {
        EXPECT_EQ(s2n_connection_free(client), S2N_SUCCESS);
        EXPECT_EQ(s2n_connection_free(server), S2N_SUCCESS);
        EXPECT_EQ(s2n_config_free(config), S2N_SUCCESS);
        for (s2n_cert_chain_and_key *chain : chains) {
            EXPECT_EQ(s2n_cert_chain_and_key_free(chain), S2N_SUCCESS);
        }
    }

    /* An empty chain object that lives as long as the test. */
    s2n_cert_chain_and_key *NewChain()
    {
        chains.push_back(s2n_cert_chain_and_key_new());
        return chains.back();
    }

    s2n_cert_chain_and_key *Load(const std::string &chain_pem, const std::string &key_pem)
    {
        s2n_cert_chain_and_key *chain = NewChain();
        EXPECT_EQ(s2n_cert_chain_and_key_load_pem(chain, chain_pem.c_str(), key_pem.c_str()), S2N_SUCCESS)
            << LastError();
        return chain;
    }

    s2n_cert_chain_and_key *Load(const Pki &pki) { return Load(pki.chain_pem, pki.leaf.key_pem); }

    s2n_config *config = nullptr;
    s2n_connection *client = nullptr, *server = nullptr;
    std::vector<s2n_cert_chain_and_key *> chains;
};

/* A server with a certificate of this kind and a client that trusts it. */
inline PairOptions Served(const std::string &policy = "default", KeyKind kind = KeyKind::P256)
{
    const Pki &pki = PkiFor(kind);
    return PairOptions::Simple(policy, pki.chain_pem, pki.leaf.key_pem, pki.root.pem);
}

} // namespace s2n_test

#endif
