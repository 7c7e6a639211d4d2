/* SPDX-License-Identifier: Apache-2.0 */
/* What one idle server connection weighs at each stage of its life. Single-threaded processes only. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <string>
#include <utility>
#include <vector>

#include "work.h"

namespace bench
{

using IdleMaker = std::unique_ptr<Idle> (*)(const HandshakeCase &);
using Weights = std::vector<std::pair<std::string, double>>; /* stage, heap bytes */

/* Weighs n connections at a time. */
Weights Weigh(IdleMaker make, const HandshakeCase &c, size_t n);

} // namespace bench

#endif
