/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error of this thread's last method, and the checks of arguments that need one. Also the values that methods give
 * to the language. Everything here is per thread or belongs to the caller.
 */
#include "handle.h"

#include <errno.h>
#include <stdarg.h>

/* Exported by the library for bindings; no installed header declares it. */
int s2n_error_get_alert(int error, uint8_t *alert);

static _Thread_local struct script_error last;

const struct script_error *script_error(void)
{
    return &last;
}

void script_clear(void)
{
    last.set = false;
}

bool script_failed(void)
{
    return last.set;
}

void script_take_error(struct script_error *out)
{
    *out = last;
    last.set = false;
}

static void put(char *to, size_t room, const char *from)
{
    size_t len = from != NULL ? strlen(from) : 0;
    size_t n = len < room ? len : room - 1;

    if (n > 0) {
        memcpy(to, from, n);
    }
    to[n] = '\0';
}

static void begin(const char *type, const char *name)
{
    last.set = true;
    last.code = 0;
    last.system = 0;
    last.alert = -1;
    last.type = type;
    last.source[0] = '\0';
    last.message[0] = '\0';
    put(last.name, sizeof(last.name), name);
}

bool script_misuse(const char *name, const char *format, ...)
{
    va_list args;

    if (last.set) {
        return false;
    }
    begin("USAGE", name);
    va_start(args, format);
    (void) vsnprintf(last.message, sizeof(last.message), format, args);
    va_end(args);
    return false;
}

bool script_wrong_type(const char *wanted, int argument)
{
    return script_misuse(SCRIPT_WRONG_TYPE, "argument %d is not %s", argument, wanted);
}

bool script_no_memory(void)
{
    if (!last.set) {
        begin("INTERNAL", SCRIPT_MEMORY);
        put(last.message, sizeof(last.message), "out of memory");
    }
    return false;
}

static const char *type_name(int type)
{
    static const char *const NAMES[] = { "INTERNAL", "IO",    "CLOSED",   "BLOCKED",
                                         "ALERT",    "PROTO", "INTERNAL", "USAGE" };
    return type >= 0 && type < (int) (sizeof(NAMES) / sizeof(NAMES[0])) ? NAMES[type] : "INTERNAL";
}

void script_note(struct s2n_connection *conn)
{
    int system = errno;
    int code = *s2n_errno_location();
    int type = s2n_error_get_type(code);
    uint8_t alert = 0;

    if (last.set) {
        return;
    }
    begin(type_name(type), s2n_strerror_name(code));
    last.code = code;
    last.system = type == S2N_ERR_T_IO ? system : 0;
    put(last.message, sizeof(last.message), s2n_strerror(code, NULL));
    put(last.source, sizeof(last.source), s2n_strerror_source(code));
    if (type == S2N_ERR_T_ALERT) {
        last.alert = conn != NULL ? s2n_connection_get_alert(conn) : -1;
    } else if (s2n_error_get_alert(code, &alert) == S2N_SUCCESS) {
        last.alert = alert;
    }
}

/* For functions whose NULL can be an answer as well as a failure. */
void script_forget_errno(void)
{
    *s2n_errno_location() = 0;
}

/* ---- arguments ---- */

bool script_fits(const char *what, script_int value, script_int least, script_int most)
{
    if (value >= least && value <= most) {
        return true;
    }
    return script_misuse(SCRIPT_RANGE, "%s is %lld to %lld, not %lld", what, least, most, value);
}

bool script_short_enough(const char *what, size_t len, uint64_t most)
{
    if (len <= most) {
        return true;
    }
    return script_misuse(SCRIPT_RANGE, "%s has at most %llu bytes, not %llu", what, (unsigned long long) most,
                         (unsigned long long) len);
}

bool script_plain(const char *what, const struct script_chars *text)
{
    if (text->data == NULL || memchr(text->data, 0, text->len) == NULL) {
        return true;
    }
    return script_misuse(SCRIPT_NUL, "%s is text and cannot have a NUL in it", what);
}

static void *copied(const void *data, size_t len)
{
    char *copy = len < SIZE_MAX ? (char *) malloc(len + 1) : NULL;

    if (copy == NULL) {
        (void) script_no_memory();
        return NULL;
    }
    if (len > 0) {
        memcpy(copy, data, len);
    }
    copy[len] = '\0';
    return copy;
}

bool script_in_copy(struct script_in *in, const void *data, size_t len)
{
    in->copy = copied(data, len);
    in->data = (const uint8_t *) in->copy;
    in->len = len;
    return in->copy != NULL;
}

bool script_chars_copy(struct script_chars *in, const char *data, size_t len)
{
    in->copy = copied(data, len);
    in->data = (const char *) in->copy;
    in->len = len;
    return in->copy != NULL;
}

static void wipe_free(void *data, size_t len)
{
    if (data != NULL) {
        explicit_bzero(data, len);
        free(data);
    }
}

void script_in_free(struct script_in *in)
{
    wipe_free(in->copy, in->len);
    in->copy = NULL;
}

void script_chars_free(struct script_chars *in)
{
    wipe_free(in->copy, in->len);
    in->copy = NULL;
}

/* ---- results ---- */

void script_out_free(struct script_out *out)
{
    wipe_free(out->data, out->len);
    out->data = NULL;
}

void script_text_free(struct script_text *out)
{
    wipe_free(out->data, out->len);
    out->data = NULL;
}

struct script_out script_no_bytes(void)
{
    return (struct script_out){ .none = true };
}

struct script_text script_no_text(void)
{
    return (struct script_text){ .none = true };
}

/* Makes room for len bytes, all zero; one more is there, so that it is never NULL. */
bool script_room(struct script_out *out, size_t len)
{
    *out = script_no_bytes();
    out->data = len < SIZE_MAX ? (uint8_t *) calloc(1, len + 1) : NULL;
    if (out->data == NULL) {
        return script_no_memory();
    }
    out->len = len;
    out->none = false;
    return true;
}

struct script_out script_bytes(const void *data, size_t len)
{
    struct script_out out;

    if (script_room(&out, len) && len > 0) {
        memcpy(out.data, data, len);
    }
    return out;
}

struct script_text script_string(const char *text)
{
    struct script_text out = script_no_text();

    if (text != NULL) {
        size_t len = strlen(text);
        out.data = (char *) copied(text, len);
        out.len = len;
        out.none = out.data == NULL;
    }
    return out;
}
