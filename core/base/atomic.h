/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that two threads touch, in C and in the C++ of the unit tests. */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#ifdef __cplusplus
#include <atomic>
#define ATOMIC(type) std::atomic<type>
#else
#include <stdatomic.h>
#define ATOMIC(type) _Atomic(type)
#endif

#endif
