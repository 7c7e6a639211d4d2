/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the support code: what a handle is, and entering and leaving an object around each call into the library.
 * Included by the C files of this folder only.
 */
#ifndef S2N_SCRIPT_HANDLE_H
#define S2N_SCRIPT_HANDLE_H

#include "script.h"

#include <pthread.h>
#include <stdatomic.h>

#include "mempipe.h"

/* What a connection has besides the library's object. */
struct script_wire {
    struct mempipe *pipe;                 /* NULL while it uses descriptors */
    atomic_int blocked;                   /* what the last call waited for */
    struct s2n_offered_early_data *offer; /* waits for an answer */
};

/* What a config has besides: the names that it accepts from peers, or a function that
 * decides, and whether early data waits for an answer. */
struct script_rules {
    char **hosts;
    size_t host_count;
    struct script_callback verify_host;
    bool hold_early_data;
};

/* `proxies` counts the language's objects, `users` calls under way and other handles that need this one. The library's
 * object is freed once it is closed or has no proxy, and has no users. All under the lock of handle.c, except that raw,
 * wire and rules belong to whoever has entered. */
struct script_handle {
    enum script_kind kind;
    unsigned proxies;
    unsigned users;
    bool closed;
    bool frozen;
    unsigned born; /* how many forks ago the process began */
    unsigned busy; /* sides taken */
    pthread_t reader, writer;
    void *raw;
    struct script_handle **needs;
    size_t need_count, need_room;
    struct script_wire wire;
    struct script_rules rules;
};

/* One call: between script_enter and script_leave the object cannot go away. */
struct script_call {
    struct script_handle *handle;
    void *raw;
    unsigned sides;
};

/* Makes a handle with one proxy out of a new object of the library, which it owns from here on, also when it fails.
 * NULL, with an error noted, if raw is NULL (the library's error) or memory is short. */
void *script_adopt(enum script_kind kind, void *raw);

/* The ticket for one more proxy of a handle that exists. NULL without memory. */
void *script_share(struct script_handle *handle);

/* Takes the sides of the object behind a ticket. False, with an error noted, if there is none of this kind or it cannot
 * be used now; then nothing needs to be left. */
bool script_enter(struct script_call *call, const void *ticket, enum script_kind kind, unsigned sides);

/* Ends the call; a negative result is a failure of the library, which is noted. Returns the result. */
script_int script_leave(struct script_call *call, script_int result);

/* Marks an object as closed; it is freed when the last user is gone. Closing twice is allowed. */
void script_close(const void *ticket, enum script_kind kind);
bool script_is_closed(const void *ticket);

/* Keeps `other` alive as long as the object of the call lives. Fails without memory, before anything has changed. */
bool script_keep(struct script_call *call, struct script_call *other);

/* The config or certificate among the needed handles that has this object, or NULL. */
struct script_handle *script_needed(struct script_call *call, const void *raw);

/* A config that is attached cannot be changed any more. */
void script_freeze(struct script_call *call);

/* Notes the library's error: of this connection, or NULL. Call it right after the failure. */
void script_note(struct s2n_connection *conn);
void script_forget_errno(void);

/* Checks of arguments; false with an error noted. */
bool script_fits(const char *what, script_int value, script_int least, script_int most);
bool script_short_enough(const char *what, size_t len, uint64_t most);
bool script_plain(const char *what, const struct script_chars *text);

/* Makes results. Without memory an error is noted and the result is nil. */
struct script_out script_bytes(const void *data, size_t len);
struct script_text script_string(const char *text);
struct script_out script_no_bytes(void);
struct script_text script_no_text(void);
bool script_room(struct script_out *out, size_t len);

/* For interfaces that take a pointer to bytes they do not change without saying const. */
static inline uint8_t *script_mutable(const uint8_t *p)
{
    return (uint8_t *) (uintptr_t) p;
}

/* Callbacks of config.c that connections use. */
int script_early_data(struct s2n_connection *conn, struct s2n_offered_early_data *offer);
void script_rules_free(struct script_rules *rules);

#endif
