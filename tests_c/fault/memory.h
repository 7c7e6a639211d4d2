/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out on command: every allocation of the library (its own hooks) and of libcrypto (CRYPTO_set_mem_
 * functions) is counted, and the n-th of one kind fails once or for good. Installed before main, as both want it.
 */
#ifndef FAULT_MEMORY_H
#define FAULT_MEMORY_H

#include <cstddef>

namespace fault
{

enum class Heap {
    OURS,
    LIBCRYPTO
};

/* From now on the n-th allocation (from 1) of this heap fails; with `stays`, all later ones too. */
void Arm(Heap heap, size_t n, bool stays);
/* Nothing fails any more; whether anything did. */
bool Disarm();
/* Blocks that are allocated now. */
size_t Live(Heap heap);

} // namespace fault

#endif
