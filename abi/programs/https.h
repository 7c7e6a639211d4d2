/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simple https mode of s2nd: one answer per connection. Used by s2nd.c only.
 */
#ifndef PROGRAMS_HTTPS_H
#define PROGRAMS_HTTPS_H

#include "common.h"

/* https_answer waits a moment for the request, then sends a page about the connection, or bench_bytes zero
 * bytes if that is not 0. False after a message. */
bool https_answer(struct s2n_connection *conn, int fd, uint32_t bench_bytes);

#endif
