/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of a connection that are more than one call of the library: its life, sending and receiving, saving, and
 * the memory transport. Declared in custom.h. "Blocked" is an answer here, not an error.
 */
#include "custom.h"
#include "handle.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

int s2n_flush(struct s2n_connection *conn, s2n_blocked_status *blocked);

#define RECV_MAX ((size_t) 1 << 20)

struct script_connection *script_connection_new(script_int mode)
{
    struct s2n_connection *conn = NULL;

    if (!script_start() || !script_fits("mode", mode, S2N_SERVER, S2N_CLIENT)) {
        return NULL;
    }
    conn = s2n_connection_new((s2n_mode) mode);
    return (struct script_connection *) script_adopt(SCRIPT_CONNECTION, conn);
}

void script_connection_close(struct script_connection *self)
{
    script_close(self, SCRIPT_CONNECTION);
}

bool script_connection_is_closed(struct script_connection *self)
{
    return script_is_closed(self);
}

static bool enter(struct script_call *call, struct script_connection *self, unsigned sides)
{
    return script_enter(call, self, SCRIPT_CONNECTION, sides);
}

static struct s2n_connection *conn_of(const struct script_call *call)
{
    return (struct s2n_connection *) call->raw;
}

void script_connection_set_config(struct script_connection *self, struct script_config *config)
{
    struct script_call call, other;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return;
    }
    if (script_enter(&other, config, SCRIPT_CONFIG, SCRIPT_BOTH)) {
        int result = 0;
        if (script_keep(&call, &other)) {
            result = s2n_connection_set_config(conn_of(&call), (struct s2n_config *) other.raw);
        }
        if (result < 0) {
            script_note(conn_of(&call));
        } else if (!script_failed()) {
            script_freeze(&other);
            /* For the early data callback, which has no context of its own. */
            (void) s2n_connection_set_ctx(conn_of(&call), call.handle);
        }
        (void) script_leave(&other, 0);
    }
    (void) script_leave(&call, 0);
}

/* ---- the calls that do I/O ---- */

/* Writing to a descriptor whose peer is gone raises SIGPIPE, which would end the script. It is held back here, and
 * taken away if it came; unless the script itself holds it back, because then it is the script's. */
struct quiet {
    sigset_t before;
    bool on;
};

static void only_sigpipe(sigset_t *set)
{
    (void) sigemptyset(set);
    (void) sigaddset(set, SIGPIPE);
}

static void quiet_begin(struct quiet *q)
{
    sigset_t pipe_only;

    only_sigpipe(&pipe_only);
    q->on = pthread_sigmask(SIG_BLOCK, &pipe_only, &q->before) == 0 && sigismember(&q->before, SIGPIPE) == 0;
}

static void quiet_end(const struct quiet *q, bool failed)
{
    int before = errno;
    struct timespec now = { 0, 0 };
    sigset_t pipe_only;

    if (!q->on) {
        return;
    }
    only_sigpipe(&pipe_only);
    if (failed) {
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR) {
        }
    }
    (void) pthread_sigmask(SIG_SETMASK, &q->before, NULL);
    errno = before;
}

static bool is_blocked(void)
{
    return s2n_error_get_type(*s2n_errno_location()) == S2N_ERR_T_BLOCKED;
}

/* Ends a call that may have blocked: a result of 0 then, and no error. */
static script_int done(struct script_call *call, script_int result, s2n_blocked_status blocked)
{
    bool waits = result < 0 && is_blocked();

    atomic_store(&call->handle->wire.blocked, (int) (result < 0 ? blocked : S2N_NOT_BLOCKED));
    return script_leave(call, waits ? 0 : result);
}

typedef int (*stepper)(struct s2n_connection *conn, s2n_blocked_status *blocked);

static script_int step(struct script_connection *self, stepper function, unsigned sides)
{
    struct script_call call;
    struct quiet quiet;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    int result = 0;

    if (!enter(&call, self, sides)) {
        return 0;
    }
    quiet_begin(&quiet);
    result = function(conn_of(&call), &blocked);
    quiet_end(&quiet, result < 0);
    (void) done(&call, result, blocked);
    return result < 0 ? (script_int) blocked : S2N_NOT_BLOCKED;
}

script_int script_connection_negotiate(struct script_connection *self)
{
    return step(self, s2n_negotiate, SCRIPT_BOTH);
}

script_int script_connection_shutdown(struct script_connection *self)
{
    return step(self, s2n_shutdown, SCRIPT_BOTH);
}

script_int script_connection_shutdown_send(struct script_connection *self)
{
    return step(self, s2n_shutdown_send, SCRIPT_WRITING);
}

script_int script_connection_flush(struct script_connection *self)
{
    return step(self, s2n_flush, SCRIPT_WRITING);
}

script_int script_connection_send(struct script_connection *self, struct script_in data)
{
    struct script_call call;
    struct quiet quiet;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t sent = 0;

    if (!script_short_enough("data", data.len, INT32_MAX) || !enter(&call, self, SCRIPT_WRITING)) {
        return 0;
    }
    quiet_begin(&quiet);
    sent = s2n_send(conn_of(&call), data.data, (ssize_t) data.len, &blocked);
    quiet_end(&quiet, sent < 0);
    return done(&call, sent, blocked);
}

/* Shortens a result to what arrived. */
static struct script_out filled(struct script_out out, script_int got, bool waits)
{
    if (script_failed() || (waits && got == 0)) {
        script_out_free(&out);
        return script_no_bytes();
    }
    out.len = (size_t) got;
    return out;
}

struct script_out script_connection_recv(struct script_connection *self, script_int max)
{
    struct script_call call;
    struct quiet quiet;
    struct script_out out;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t got = 0;
    bool waits = false;

    if (!script_fits("max", max, 1, INT64_MAX) ||
        !script_room(&out, (size_t) max < RECV_MAX ? (size_t) max : RECV_MAX)) {
        return script_no_bytes();
    }
    if (!enter(&call, self, SCRIPT_READING)) {
        return filled(out, 0, true);
    }
    quiet_begin(&quiet);
    got = s2n_recv(conn_of(&call), out.data, (ssize_t) out.len, &blocked);
    quiet_end(&quiet, got < 0);
    waits = got < 0 && is_blocked();
    return filled(out, done(&call, got, blocked), waits);
}

script_int script_connection_blocked(struct script_connection *self)
{
    struct script_call call;

    if (!enter(&call, self, 0)) {
        return 0;
    }
    return script_leave(&call, atomic_load(&call.handle->wire.blocked));
}

/* ---- early data ---- */

script_int script_connection_send_early_data(struct script_connection *self, struct script_in data)
{
    struct script_call call;
    struct quiet quiet;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t sent = 0;
    int result = 0;

    if (!script_short_enough("data", data.len, INT32_MAX) || !enter(&call, self, SCRIPT_BOTH)) {
        return 0;
    }
    quiet_begin(&quiet);
    result = s2n_send_early_data(conn_of(&call), data.data, (ssize_t) data.len, &sent, &blocked);
    quiet_end(&quiet, result < 0);
    (void) done(&call, result, blocked);
    return script_failed() ? 0 : (script_int) sent;
}

struct script_out script_connection_recv_early_data(struct script_connection *self, script_int max)
{
    struct script_call call;
    struct quiet quiet;
    struct script_out out;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    ssize_t got = 0;
    int result = 0;

    if (!script_fits("max", max, 1, INT64_MAX) ||
        !script_room(&out, (size_t) max < RECV_MAX ? (size_t) max : RECV_MAX)) {
        return script_no_bytes();
    }
    if (!enter(&call, self, SCRIPT_BOTH)) {
        return filled(out, 0, true);
    }
    quiet_begin(&quiet);
    result = s2n_recv_early_data(conn_of(&call), out.data, (ssize_t) out.len, &got, &blocked);
    quiet_end(&quiet, result < 0);
    (void) done(&call, result, blocked);
    return filled(out, got, false);
}

/* The library's callback: puts the question down for the script, which answers between two calls. */
int script_early_data(struct s2n_connection *conn, struct s2n_offered_early_data *offer)
{
    struct script_handle *handle = (struct script_handle *) s2n_connection_get_ctx(conn);

    if (handle == NULL) {
        return s2n_offered_early_data_reject(offer);
    }
    handle->wire.offer = offer;
    return S2N_SUCCESS;
}

struct script_out script_connection_get_early_data_context(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    uint16_t len = 0;
    int result = 0;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return out;
    }
    if (call.handle->wire.offer != NULL) {
        result = s2n_offered_early_data_get_context_length(call.handle->wire.offer, &len);
        if (result == 0 && script_room(&out, len) && len > 0) {
            result = s2n_offered_early_data_get_context(call.handle->wire.offer, out.data, len);
        }
    }
    (void) script_leave(&call, result);
    if (script_failed()) {
        script_out_free(&out);
    }
    return out;
}

static void answer(struct script_connection *self, int (*function)(struct s2n_offered_early_data *))
{
    struct script_call call;
    int result = 0;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return;
    }
    if (call.handle->wire.offer == NULL) {
        (void) script_misuse(SCRIPT_STATE, "no early data waits for an answer");
    } else {
        result = function(call.handle->wire.offer);
        call.handle->wire.offer = result == 0 ? NULL : call.handle->wire.offer;
    }
    (void) script_leave(&call, result);
}

void script_connection_accept_early_data(struct script_connection *self)
{
    answer(self, s2n_offered_early_data_accept);
}

void script_connection_reject_early_data(struct script_connection *self)
{
    answer(self, s2n_offered_early_data_reject);
}

/* ---- starting over, leaving and coming back ---- */

void script_connection_wipe(struct script_connection *self)
{
    struct script_call call;
    int result = 0;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return;
    }
    result = s2n_connection_wipe(conn_of(&call));
    if (result == 0) {
        call.handle->wire.offer = NULL;
        mempipe_free(call.handle->wire.pipe);
        call.handle->wire.pipe = NULL;
    }
    (void) script_leave(&call, result);
}

void script_connection_free_handshake(struct script_connection *self)
{
    struct script_call call;

    if (enter(&call, self, SCRIPT_BOTH)) {
        call.handle->wire.offer = NULL;
        (void) script_leave(&call, s2n_connection_free_handshake(conn_of(&call)));
    }
}

struct script_out script_connection_serialize(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    uint32_t len = 0;
    int result = 0;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return out;
    }
    if (call.handle->wire.pipe != NULL && mempipe_in_len(call.handle->wire.pipe) > 0) {
        (void) script_misuse(SCRIPT_STATE, "bytes were fed that have not been received");
    } else {
        result = s2n_connection_serialization_length(conn_of(&call), &len);
        if (result == 0 && script_room(&out, len)) {
            result = s2n_connection_serialize(conn_of(&call), out.data, len);
        }
    }
    (void) script_leave(&call, result);
    if (script_failed()) {
        script_out_free(&out);
    }
    return out;
}

void script_connection_deserialize(struct script_connection *self, struct script_in blob)
{
    struct script_call call;

    if (script_short_enough("blob", blob.len, UINT32_MAX) && enter(&call, self, SCRIPT_BOTH)) {
        (void) script_leave(&call, s2n_connection_deserialize(conn_of(&call), script_mutable(blob.data),
                                                              (uint32_t) blob.len));
    }
}

/* ---- the memory transport ---- */

static int attach(struct s2n_connection *conn, struct mempipe *pipe)
{
    if (s2n_connection_set_recv_cb(conn, mempipe_recv) != S2N_SUCCESS ||
        s2n_connection_set_send_cb(conn, mempipe_send) != S2N_SUCCESS ||
        s2n_connection_set_recv_ctx(conn, pipe) != S2N_SUCCESS) {
        return S2N_FAILURE;
    }
    return s2n_connection_set_send_ctx(conn, pipe);
}

void script_connection_use_memory(struct script_connection *self)
{
    struct script_call call;
    int result = 0;

    if (!enter(&call, self, SCRIPT_BOTH)) {
        return;
    }
    if (call.handle->wire.pipe != NULL) {
        (void) script_misuse(SCRIPT_STATE, "the connection uses memory already");
    } else if ((call.handle->wire.pipe = mempipe_new()) == NULL) {
        (void) script_no_memory();
    } else {
        result = attach(conn_of(&call), call.handle->wire.pipe);
    }
    (void) script_leave(&call, result);
}

/* Enters a connection that uses memory. */
static bool enter_pipe(struct script_call *call, struct script_connection *self, unsigned sides)
{
    if (!enter(call, self, sides)) {
        return false;
    }
    if (call->handle->wire.pipe == NULL) {
        (void) script_misuse(SCRIPT_STATE, "the connection does not use memory: call use_memory first");
        (void) script_leave(call, 0);
        return false;
    }
    return true;
}

void script_connection_feed(struct script_connection *self, struct script_in data)
{
    struct script_call call;

    if (!enter_pipe(&call, self, SCRIPT_READING)) {
        return;
    }
    if (mempipe_in_write(call.handle->wire.pipe, data.data, data.len) != 0) {
        if (errno == EPIPE) {
            (void) script_misuse(SCRIPT_STATE, "no bytes can follow the end of the stream");
        } else {
            (void) script_no_memory();
        }
    }
    (void) script_leave(&call, 0);
}

void script_connection_feed_eof(struct script_connection *self)
{
    struct script_call call;

    if (enter_pipe(&call, self, SCRIPT_READING)) {
        mempipe_in_eof(call.handle->wire.pipe);
        (void) script_leave(&call, 0);
    }
}

struct script_out script_connection_take(struct script_connection *self)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    size_t len = 0;

    if (enter_pipe(&call, self, SCRIPT_WRITING)) {
        const uint8_t *data = mempipe_out_data(call.handle->wire.pipe, &len);
        out = script_bytes(data, len);
        if (!out.none) {
            (void) mempipe_out_consume(call.handle->wire.pipe, len);
        }
        (void) script_leave(&call, 0);
    }
    return out;
}

script_int script_connection_incoming(struct script_connection *self)
{
    struct script_call call;

    if (!enter_pipe(&call, self, SCRIPT_READING)) {
        return 0;
    }
    return script_leave(&call, (script_int) mempipe_in_len(call.handle->wire.pipe));
}

script_int script_connection_outgoing(struct script_connection *self)
{
    struct script_call call;

    if (!enter_pipe(&call, self, SCRIPT_WRITING)) {
        return 0;
    }
    return script_leave(&call, (script_int) mempipe_out_len(call.handle->wire.pipe));
}
