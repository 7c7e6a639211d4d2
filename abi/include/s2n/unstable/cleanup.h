/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: tear-down calls of older releases. Functions here may change or go away in any release;
 * include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_CLEANUP_H
#define S2N_UNSTABLE_CLEANUP_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Does nothing and succeeds, at any time and on any thread: no state of a thread needs cleaning.
 *
 * @deprecated Just remove the call; s2n_cleanup_final() ends the use of the library in a process.
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("not needed any more") int s2n_cleanup_thread(void);

#ifdef __cplusplus
}
#endif

#endif
