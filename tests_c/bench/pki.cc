/* SPDX-License-Identifier: Apache-2.0 */
/* One-certificate chains below a test CA, from the tests' own certificate maker; all stacks see the same bytes. */
#include "pki.h"

#include <map>

#include "support/pki.h"

namespace bench
{
namespace
{

s2n_test::Issued Leaf(s2n_test::KeyKind kind, int number, const std::string &name, const s2n_test::Issued &ca)
{
    return Issue(s2n_test::CertSpec()
                     .Key(kind, number)
                     .Leaf(name)
                     .San("DNS:" + name)
                     .ExtUsage("serverAuth,clientAuth"),
                 &ca);
}

s2n_test::KeyKind KindOf(const std::string &key)
{
    return key == "ec" ? s2n_test::KeyKind::P256 : s2n_test::KeyKind::Rsa2048;
}

const s2n_test::Issued &Ca(s2n_test::KeyKind kind)
{
    static std::map<s2n_test::KeyKind, s2n_test::Issued> made;
    auto found = made.find(kind);
    return found != made.end()
               ? found->second
               : made.emplace(kind, Issue(s2n_test::CertSpec().Key(kind, 0).Ca("Benchmark CA")))
                     .first->second;
}

Pki Make(const std::string &key)
{
    s2n_test::KeyKind kind = KindOf(key);
    const s2n_test::Issued &ca = Ca(kind);
    s2n_test::Issued server = Leaf(kind, 1, "localhost", ca), client = Leaf(kind, 2, "client.example", ca);
    return { ca.pem, server.pem, server.key_pem, client.pem, client.key_pem };
}

} // namespace

std::string AnotherServer(const std::string &key)
{
    return Leaf(KindOf(key), 1, "localhost", Ca(KindOf(key))).pem;
}

const Pki &PkiOf(const std::string &key)
{
    static std::map<std::string, Pki> made;
    auto found = made.find(key);
    return found != made.end() ? found->second : made.emplace(key, Make(key)).first->second;
}

} // namespace bench
