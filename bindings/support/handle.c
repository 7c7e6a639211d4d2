/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles: the table of all objects that scripts own, who still needs each, and who is inside. The library counts no
 * references, and garbage collectors free in any order; so objects are freed here, by the last one who needs them.
 * One lock guards all counts and is never held during a call into the library. A child of fork() keeps its copies for
 * freeing only, because two processes that use one connection would use its nonces twice.
 */
#include "handle.h"

#include <errno.h>

/* Each proxy has a ticket of its own: the number of its slot, shifted as if it were an aligned address, and above it a
 * stamp that changes each time the slot is used again. */
#define SLOT_BITS (sizeof(uintptr_t) >= 8 ? 32U : 20U)
#define SLOT_SHIFT 3U
#define SLOT_MAX (((uintptr_t) 1 << (SLOT_BITS - SLOT_SHIFT)) - 1)

struct slot {
    struct script_handle *handle; /* NULL: free */
    uintptr_t stamp;
    size_t next_free;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static pthread_once_t started = PTHREAD_ONCE_INIT;
static bool start_worked;
static unsigned forks;
static struct slot *slots;
static size_t slot_count, slot_room, first_free, live;

static void lock(void)
{
    (void) pthread_mutex_lock(&gate);
}

static void unlock(void)
{
    (void) pthread_mutex_unlock(&gate);
}

/* ---- starting, and forking ---- */

static void in_child(void)
{
    static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;

    forks++;
    left = fresh; /* those who waited do not exist here */
    for (size_t i = 0; i < slot_count; i++) {
        if (slots[i].handle != NULL) {
            slots[i].handle->busy = 0;
        }
    }
    unlock();
}

/* Memory locking is left off unless S2N_TLS_MLOCK=1: the limit on locked memory is small on most systems, and running
 * into it would make any later call fail. */
static void start(void)
{
    const char *wish = getenv("S2N_TLS_MLOCK");
    bool ours = (wish == NULL || strcmp(wish, "1") != 0) && getenv("S2N_DONT_MLOCK") == NULL;

    if (ours) {
        (void) setenv("S2N_DONT_MLOCK", "1", 1);
    }
    start_worked = s2n_init() == S2N_SUCCESS;
    if (!start_worked && strcmp(s2n_strerror_name(*s2n_errno_location()), "S2N_ERR_INITIALIZED") == 0) {
        start_worked = true; /* another part of this process was first */
    }
    if (ours) {
        (void) unsetenv("S2N_DONT_MLOCK");
    }
    (void) pthread_atfork(lock, unlock, in_child);
}

bool script_start(void)
{
    (void) pthread_once(&started, start);
    if (!start_worked) {
        return script_misuse(SCRIPT_STATE, "libs2n cannot be started: %s",
                             s2n_strerror(*s2n_errno_location(), NULL));
    }
    return true;
}

/* ---- the table; the lock is held ---- */

static void *ticket_of(size_t at)
{
    uintptr_t low = (uintptr_t) (at + 1) << SLOT_SHIFT;
    return (void *) (slots[at].stamp << SLOT_BITS | low);
}

static struct script_handle *find(const void *ticket)
{
    uintptr_t value = (uintptr_t) ticket;
    uintptr_t low = value & (((uintptr_t) 1 << SLOT_BITS) - 1);
    size_t at = (size_t) (low >> SLOT_SHIFT);

    if (at == 0 || at > slot_count || low != (uintptr_t) at << SLOT_SHIFT) {
        return NULL;
    }
    return ticket_of(at - 1) == ticket ? slots[at - 1].handle : NULL;
}

static bool grow_table(void)
{
    size_t room = slot_room > 0 ? slot_room * 2 : 64;
    struct slot *bigger = NULL;

    if (slot_count < slot_room) {
        return true;
    }
    if (slot_room >= SLOT_MAX / 2 ||
        (bigger = (struct slot *) realloc(slots, room * sizeof(*slots))) == NULL) {
        return false;
    }
    slots = bigger;
    slot_room = room;
    return true;
}

/* first_free is one more than the index, so that 0 is none. */
static void *take_slot(struct script_handle *handle)
{
    size_t at = first_free;

    if (at > 0) {
        at--;
        first_free = slots[at].next_free;
    } else {
        if (!grow_table()) {
            return NULL;
        }
        at = slot_count++;
        slots[at].stamp = 1;
    }
    slots[at].handle = handle;
    return ticket_of(at);
}

/* Of a ticket that find() knows. */
static void give_slot(const void *ticket)
{
    size_t at = (size_t) (((uintptr_t) ticket & (((uintptr_t) 1 << SLOT_BITS) - 1)) >> SLOT_SHIFT) - 1;

    slots[at].handle = NULL;
    slots[at].stamp++;
    slots[at].next_free = first_free;
    first_free = at + 1;
}

/* ---- the end of an object ---- */

static void free_raw(struct script_handle *handle, void *raw)
{
    int before = errno;
    int error = *s2n_errno_location();
    struct s2n_psk *psk = (struct s2n_psk *) raw;

    switch (handle->kind) {
    case SCRIPT_CONNECTION:
        (void) s2n_connection_free((struct s2n_connection *) raw);
        mempipe_free(handle->wire.pipe);
        handle->wire.pipe = NULL;
        break;
    case SCRIPT_CONFIG:
        (void) s2n_config_free((struct s2n_config *) raw);
        script_rules_free(&handle->rules);
        break;
    case SCRIPT_CERT:
        (void) s2n_cert_chain_and_key_free((struct s2n_cert_chain_and_key *) raw);
        break;
    case SCRIPT_PSK:
        (void) s2n_psk_free(&psk);
        break;
    }
    *s2n_errno_location() = error;
    errno = before;
}

/* Frees what nobody needs any more: the object, then what it needed, then the handle. Takes the lock held and leaves
 * it held; it is open while the library works. */
static void settle(struct script_handle *handle)
{
    if (handle->users > 0 || (handle->proxies > 0 && !handle->closed)) {
        return;
    }
    if (handle->raw != NULL) {
        void *raw = handle->raw;
        handle->raw = NULL;
        handle->closed = true;
        handle->users++; /* so that nobody else settles it meanwhile */
        unlock();
        free_raw(handle, raw);
        lock();
        while (handle->need_count > 0) {
            struct script_handle *need = handle->needs[--handle->need_count];
            need->users--;
            settle(need); /* needs form no circle, and at most config and certificate below a connection */
        }
        handle->users--;
    }
    if (handle->proxies == 0 && handle->users == 0) {
        live--;
        free(handle->needs);
        free(handle);
    }
}

/* ---- making and dropping ---- */

static const char *const KIND[] = { "", "connection", "config", "certificate chain", "pre-shared key" };

void *script_adopt(enum script_kind kind, void *raw)
{
    struct script_handle *handle = NULL;
    void *ticket = NULL;

    if (raw == NULL) {
        script_note(NULL);
        return NULL;
    }
    handle = (struct script_handle *) calloc(1, sizeof(*handle));
    if (handle == NULL) {
        struct script_handle gone = { .kind = kind };
        free_raw(&gone, raw);
        (void) script_no_memory();
        return NULL;
    }
    handle->kind = kind;
    handle->raw = raw;
    handle->proxies = 1;
    lock();
    handle->born = forks;
    ticket = take_slot(handle);
    live += ticket != NULL ? 1 : 0;
    unlock();
    if (ticket == NULL) {
        free_raw(handle, raw);
        free(handle);
        (void) script_no_memory();
    }
    return ticket;
}

void *script_share(struct script_handle *handle)
{
    void *ticket = NULL;

    lock();
    ticket = take_slot(handle);
    handle->proxies += ticket != NULL ? 1 : 0;
    unlock();
    if (ticket == NULL) {
        (void) script_no_memory();
    }
    return ticket;
}

void script_drop(const void *ticket)
{
    struct script_handle *handle = NULL;

    lock();
    handle = find(ticket);
    if (handle != NULL) {
        give_slot(ticket);
        handle->proxies--;
        settle(handle);
    }
    unlock();
}

void script_close(const void *ticket, enum script_kind kind)
{
    struct script_handle *handle = NULL;

    lock();
    handle = find(ticket);
    if (handle != NULL && handle->kind == kind && !handle->closed) {
        handle->closed = true;
        settle(handle);
    }
    unlock();
}

bool script_is_closed(const void *ticket)
{
    struct script_handle *handle = NULL;
    bool closed = false;

    lock();
    handle = find(ticket);
    closed = handle == NULL || handle->closed;
    unlock();
    return closed;
}

script_int script_live(void)
{
    size_t n = 0;

    lock();
    n = live;
    unlock();
    return (script_int) n;
}

/* ---- entering and leaving; the lock is held in the helpers ---- */

static bool usable(const struct script_handle *handle, const void *ticket, enum script_kind kind,
                   unsigned sides)
{
    if (ticket == NULL) {
        return script_misuse(SCRIPT_NULL, "nil where a %s is needed", KIND[kind]);
    }
    if (handle == NULL || handle->closed) {
        return script_misuse(SCRIPT_CLOSED, "the %s has been closed", KIND[kind]);
    }
    if (handle->kind != kind) {
        return script_misuse(SCRIPT_WRONG_TYPE, "a %s where a %s is needed", KIND[handle->kind], KIND[kind]);
    }
    if (handle->born != forks && kind == SCRIPT_CONNECTION) {
        return script_misuse(SCRIPT_FORKED,
                             "the connection belongs to the parent process, which may be using it");
    }
    if (sides == SCRIPT_CHANGING && handle->frozen) {
        return script_misuse(SCRIPT_IN_USE, "the %s is in use and cannot be changed any more", KIND[kind]);
    }
    return true;
}

static bool inside_already(const struct script_handle *handle)
{
    pthread_t self = pthread_self();
    return ((handle->busy & SCRIPT_READING) != 0 && pthread_equal(handle->reader, self) != 0) ||
           ((handle->busy & SCRIPT_WRITING) != 0 && pthread_equal(handle->writer, self) != 0);
}

static bool take_sides(struct script_handle *handle, unsigned sides)
{
    if (inside_already(handle)) {
        return script_misuse(SCRIPT_BUSY, "this thread is inside a call on the same %s", KIND[handle->kind]);
    }
    handle->users++;
    while ((handle->busy & sides) != 0) {
        (void) pthread_cond_wait(&left, &gate);
    }
    handle->busy |= sides & SCRIPT_BOTH;
    if ((sides & SCRIPT_READING) != 0) {
        handle->reader = pthread_self();
    }
    if ((sides & SCRIPT_WRITING) != 0) {
        handle->writer = pthread_self();
    }
    return true;
}

bool script_enter(struct script_call *call, const void *ticket, enum script_kind kind, unsigned sides)
{
    struct script_handle *handle = NULL;
    bool ok = false;

    if (script_failed()) {
        return false;
    }
    lock();
    handle = find(ticket);
    ok = usable(handle, ticket, kind, sides) && take_sides(handle, sides);
    if (ok) {
        call->handle = handle;
        call->raw = handle->raw;
        call->sides = sides & SCRIPT_BOTH;
        if (handle->closed) { /* while this thread waited for its turn */
            (void) script_misuse(SCRIPT_CLOSED, "the %s has been closed", KIND[kind]);
        }
    }
    unlock();
    if (ok && script_failed()) {
        (void) script_leave(call, 0);
        return false;
    }
    return ok;
}

script_int script_leave(struct script_call *call, script_int result)
{
    struct script_handle *handle = call->handle;

    if (result < 0 && !script_failed()) {
        script_note(handle->kind == SCRIPT_CONNECTION ? (struct s2n_connection *) call->raw : NULL);
    }
    lock();
    handle->busy &= ~call->sides;
    handle->users--;
    (void) pthread_cond_broadcast(&left);
    settle(handle);
    unlock();
    return result;
}

/* ---- who needs whom ---- */

bool script_keep(struct script_call *call, struct script_call *other)
{
    struct script_handle *handle = call->handle;
    bool ok = true;

    lock();
    for (size_t i = 0; i < handle->need_count; i++) {
        if (handle->needs[i] == other->handle) {
            unlock();
            return true;
        }
    }
    if (handle->need_count == handle->need_room) {
        size_t room = handle->need_room > 0 ? handle->need_room * 2 : 2;
        struct script_handle **bigger =
            (struct script_handle **) realloc(handle->needs, room * sizeof(*handle->needs));
        ok = bigger != NULL;
        if (ok) {
            handle->needs = bigger;
            handle->need_room = room;
        }
    }
    if (ok) {
        handle->needs[handle->need_count++] = other->handle;
        other->handle->users++;
    }
    unlock();
    return ok || script_no_memory();
}

struct script_handle *script_needed(struct script_call *call, const void *raw)
{
    struct script_handle *found = NULL;
    struct script_handle *handle = call->handle;

    lock();
    for (size_t i = 0; found == NULL && raw != NULL && i < handle->need_count; i++) {
        struct script_handle *need = handle->needs[i];
        found = need->raw == raw ? need : NULL;
        for (size_t j = 0; found == NULL && j < need->need_count; j++) {
            found = need->needs[j]->raw == raw ? need->needs[j] : NULL;
        }
    }
    unlock();
    return found;
}

void script_freeze(struct script_call *call)
{
    lock();
    call->handle->frozen = true;
    unlock();
}
