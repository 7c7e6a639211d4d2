/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies between a scripting language and libs2n: handles that cannot dangle, errors that have names, and a small
 * vocabulary of types that is all a language has to translate. Used by the generated methods (methods.c), by the
 * hand-written ones (connection.c, config.c, cert.c) and by the C code that SWIG writes. Never calls a language.
 *
 * A method takes and gives only these types: script_int, bool, struct script_in (bytes), struct script_chars (text),
 * struct script_out and struct script_text (bytes and text to the language, malloc'ed), and handles. Whether a method
 * failed is asked with script_failed() after it; its result is then empty.
 */
#ifndef S2N_SCRIPT_H
#define S2N_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <s2n.h>

/* A number. Every method checks by itself that it fits, so languages hand over the widest integer that they have. */
typedef long long script_int;

/* Bytes from the language, borrowed for one call. `copy`, if any, is wiped and freed by script_in_free(). Data is
 * NULL for nil. */
struct script_in {
    const uint8_t *data;
    size_t len;
    void *copy;
};

/* Text from the language: as script_in, but terminated. A NUL inside makes the method fail. */
struct script_chars {
    const char *data;
    size_t len;
    void *copy;
};

/* Bytes for the language; `none` is nil. Freed, wiped, by script_out_free(). */
struct script_out {
    uint8_t *data;
    size_t len;
    bool none;
};

/* Text for the language, UTF-8, terminated. */
struct script_text {
    char *data;
    size_t len;
    bool none;
};

/* A function of the language. `ask` calls it with a text and gives its yes or no; false, with S2N_SCRIPT_CALLBACK noted,
 * if it threw. `forget` gives the reference back. The method that takes one owns it, also when it fails. `function` is
 * NULL for nil. */
struct script_callback {
    void *function;
    bool (*ask)(void *function, const char *text, size_t len, bool *answer);
    void (*forget)(void *function);
};

void script_in_free(struct script_in *in);
void script_chars_free(struct script_chars *in);
void script_out_free(struct script_out *out);
void script_text_free(struct script_text *out);

/* Fills in a copy of its own, for languages whose bytes do not stay put during a call. False without memory. */
bool script_in_copy(struct script_in *in, const void *data, size_t len);
bool script_chars_copy(struct script_chars *in, const char *data, size_t len);

/* ---- errors: one per thread ---- */

/* Names of errors that the bindings raise themselves. */
#define SCRIPT_CLOSED "S2N_SCRIPT_CLOSED" /* the object was closed, or freed, or never was one */
#define SCRIPT_NULL "S2N_SCRIPT_NULL"     /* nil where an object is needed */
#define SCRIPT_WRONG_TYPE \
    "S2N_SCRIPT_WRONG_TYPE"                   /* an argument of another type, or too many or few of them */
#define SCRIPT_RANGE "S2N_SCRIPT_RANGE"       /* a number that does not fit, or data too long */
#define SCRIPT_NUL "S2N_SCRIPT_NUL"           /* text with a NUL in it */
#define SCRIPT_BUSY "S2N_SCRIPT_BUSY"         /* used from within a call on the same object */
#define SCRIPT_IN_USE "S2N_SCRIPT_IN_USE"     /* a config that connections use already */
#define SCRIPT_FORKED "S2N_SCRIPT_FORKED"     /* a connection of the parent process */
#define SCRIPT_STATE "S2N_SCRIPT_STATE"       /* called in the wrong order */
#define SCRIPT_CALLBACK "S2N_SCRIPT_CALLBACK" /* a callback of the script failed */
#define SCRIPT_MEMORY "S2N_SCRIPT_MEMORY"     /* no memory */

/* The error of this thread's last method. `type` is one of IO CLOSED BLOCKED ALERT PROTO INTERNAL USAGE; `code` is 0 for
 * errors of the bindings, `system` the errno for IO, `alert` a TLS alert number or -1. */
struct script_error {
    bool set;
    int code;
    int system;
    int alert;
    const char *type;
    char name[80];
    char message[320];
    char source[160];
};

/* Where the library keeps it; all of it is good until the next script_clear() on this thread. */
const struct script_error *script_error(void);
void script_clear(void);
bool script_failed(void);
/* Copies the error and clears it, for languages to make their exception from. Making that may run other methods. */
void script_take_error(struct script_error *out);

/* Notes an error of type USAGE; the first one counts. Always false. */
bool script_misuse(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for an argument that is not what `wanted` says. */
bool script_wrong_type(const char *wanted, int argument);
/* The same, type INTERNAL, for an allocation that failed. */
bool script_no_memory(void);

/* ---- handles ---- */

/* Never defined: a pointer to one of these is not an address but a ticket, looked up at every use. So a forged one, or
 * one that a language kept too long, is an error and nothing worse. */
struct script_connection;
struct script_config;
struct script_cert;
struct script_psk;

enum script_kind {
    SCRIPT_CONNECTION = 1,
    SCRIPT_CONFIG,
    SCRIPT_CERT,
    SCRIPT_PSK
};

/* Which part of an object a call uses. One thread may receive while another one sends. */
enum script_side {
    SCRIPT_READING = 1,
    SCRIPT_WRITING = 2,
    SCRIPT_BOTH = 3,
    SCRIPT_CHANGING = 4 | 3 /* refused for a config that is in use */
};

/* Starts the library, once per process; every language module calls it when it is loaded. */
bool script_start(void);

/* ---- what the language modules call besides the methods of methods.i ---- */

/* Frees what is left of a handle when the language's own object dies. Safe with any value, at any time, twice. */
void script_drop(const void *ticket);
/* How many objects of the library are alive, for tests. */
script_int script_live(void);

#endif
