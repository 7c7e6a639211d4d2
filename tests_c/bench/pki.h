/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of the benchmarks, made when first asked for: a CA and, below it, a server and a client leaf. */
#ifndef BENCH_PKI_H
#define BENCH_PKI_H

#include <string>

namespace bench
{

struct Pki {
    std::string ca, server, server_key, client, client_key; /* PEM */
};

/* "ec" (P-256) or "rsa" (2048 bits). The server is localhost. */
const Pki &PkiOf(const std::string &key);

/* One more certificate for the server's key and name, PEM. */
std::string AnotherServer(const std::string &key);

} // namespace bench

#endif
