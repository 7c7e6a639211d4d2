/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every room of conn/ needs and none owns: the name of a step's end, the guard against calls inside of calls and
 * the count of records that bring nothing. Nothing here reads, writes or decides.
 */
#include "conn/inner.h"

/* ---- small things that all files of conn/ need ---- */

bool conn_step_ok(enum step s)
{
    switch (s) {
    case STEP_OK:
        return true;
    case STEP_BLOCKED:
        return fail(ERR_IO_BLOCKED);
    case STEP_EOF:
    case STEP_CLOSE:
        return fail(ERR_CLOSED);
    case STEP_BROKEN:
        return fail(ERR_IO);
    case STEP_ALERT:
        return fail(ERR_ALERT);
    case STEP_WAIT:
        return fail(ERR_ASYNC_BLOCKED);
    default:
        return false;
    }
}

bool conn_enter(ATOMIC(uint8_t) * busy)
{
    return atomic_exchange(busy, 1) == 0 || fail(ERR_REENTRANCY);
}

void conn_leave(ATOMIC(uint8_t) * busy)
{
    atomic_store(busy, 0);
}

bool conn_idle(struct s2n_connection *c)
{
    return ++c->reading.idle <= IDLE_RECORDS_MAX || fail(ERR_BAD_MESSAGE);
}
