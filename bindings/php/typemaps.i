/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PHP 8: how the types of support/script.h look there. Bytes and text are strings and nothing else, numbers are int and
 * nothing else: PHP's own guesses would turn mistakes into keys. nil is null. Where a descriptor is needed, a stream will
 * do. Errors are S2N\TLS\Exception and its children. Classes and functions are in the namespace S2N\TLS.
 */
%rename("%(lowercamelcase)s", %$isfunction, %$ismember) "";
%pragma(php) version="0.9.0"

#define S2N_CALLBACKS S2N_CALLBACKS

%{
#include <ext/spl/spl_exceptions.h>
#include <php_network.h>

/* ---- names: SWIG has a prefix for classes, S2N_TLS_, and no namespaces ---- */

static void s2n_class_name(char *to, size_t room, const char *name)
{
    if (strcmp(name, "S2N_TLS_") == 0) { /* SWIG's class for what is no method */
        name = "S2N_TLS_Library";
    }
    (void) snprintf(to, room, "S2N\\TLS\\%s", strncmp(name, "S2N_TLS_", 8) == 0 ? name + 8 : name);
}

#ifndef ZEND_ACC_NOT_SERIALIZABLE
#define ZEND_ACC_NOT_SERIALIZABLE 0
#endif
/* SWIG also makes a class for each type of pointer that the headers mention; nobody can have an object of those. */
#define S2N_CLASS_FLAGS(name)                                                                       \
    (ZEND_ACC_NOT_SERIALIZABLE | (strncmp(name, "SWIG", 4) == 0 ? ZEND_ACC_EXPLICIT_ABSTRACT_CLASS | ZEND_ACC_FINAL : 0))

/* SWIG's __get, __set and __isset believe that every name is a string, and let scripts change who owns a pointer. Without
 * them properties work as they always do. The copies live as long as the classes. */
static const zend_function_entry *s2n_methods(const zend_function_entry *all)
{
    size_t count = 0, kept = 0;
    zend_function_entry *copy = NULL;

    while (all != NULL && all[count].fname != NULL) {
        count++;
    }
    copy = all != NULL ? (zend_function_entry *) calloc(count + 1, sizeof(*copy)) : NULL;
    for (size_t i = 0; copy != NULL && i < count; i++) {
        if (strncmp(all[i].fname, "__", 2) != 0 || strcmp(all[i].fname, "__construct") == 0) {
            copy[kept++] = all[i];
        }
    }
    return copy;
}

#undef INIT_CLASS_ENTRY
#define INIT_CLASS_ENTRY(container, class_name, functions)                      \
    do {                                                                        \
        char s2n_name[160];                                                     \
        s2n_class_name(s2n_name, sizeof(s2n_name), class_name);                 \
        const zend_function_entry *s2n_all = functions;                         \
        s2n_all = s2n_methods(s2n_all);                                         \
        INIT_CLASS_ENTRY_EX(container, s2n_name, strlen(s2n_name), s2n_all);    \
        (container).ce_flags |= S2N_CLASS_FLAGS(class_name);                    \
    } while (0)
#undef PHP_FE
#define PHP_FE(name, arg_info) ZEND_NS_FE("S2N\\TLS", name, arg_info)

/* ---- values ---- */

static bool s2n_from_bytes(zval *value, struct script_in *in)
{
    in->data = NULL;
    in->len = 0;
    if (Z_TYPE_P(value) == IS_NULL) {
        return true;
    }
    if (Z_TYPE_P(value) != IS_STRING) {
        return false;
    }
    in->data = (const uint8_t *) Z_STRVAL_P(value);
    in->len = Z_STRLEN_P(value);
    return true;
}

static bool s2n_from_text(zval *value, struct script_chars *in)
{
    struct script_in bytes;
    bool ok = s2n_from_bytes(value, &bytes);

    in->data = (const char *) bytes.data;
    in->len = bytes.len;
    return ok;
}

static bool s2n_from_int(zval *value, script_int *out)
{
    *out = Z_TYPE_P(value) == IS_LONG ? (script_int) Z_LVAL_P(value) : 0;
    return Z_TYPE_P(value) == IS_LONG;
}

/* A number, or a stream that has a descriptor; the script keeps the stream. */
static bool s2n_from_fd(zval *value, script_int *out)
{
    php_stream *stream = NULL;
    php_socket_t fd = -1;

    if (Z_TYPE_P(value) != IS_RESOURCE) {
        return s2n_from_int(value, out);
    }
    stream = (php_stream *) zend_fetch_resource2(Z_RES_P(value), NULL, php_file_le_stream(), php_file_le_pstream());
    if (stream == NULL ||
        php_stream_cast(stream, PHP_STREAM_AS_FD | PHP_STREAM_CAST_INTERNAL, (void **) &fd, 0) != SUCCESS) {
        return false;
    }
    *out = fd;
    return true;
}

static bool s2n_from_bool(zval *value, bool *out)
{
    *out = zend_is_true(value) != 0;
    return EG(exception) == NULL;
}

/* ---- errors ---- */

static zend_class_entry *s2n_exception_ce;
ZEND_TLS bool s2n_bailed;

static void s2n_raise(void)
{
    struct script_error error;
    char class_name[64];
    zend_string *key = NULL;
    zend_class_entry *ce = NULL;
    zval object;

    script_take_error(&error);
    if (s2n_bailed) { /* a fatal error in a callback goes on from here, where no C code waits any more */
        s2n_bailed = false;
        zend_bailout();
    }
    if (EG(exception) != NULL) { /* exit() in a callback */
        return;
    }
    (void) snprintf(class_name, sizeof(class_name), "s2n\\tls\\%sexception", error.type);
    for (char *c = class_name; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char) (*c + 32) : *c;
    }
    key = zend_string_init(class_name, strlen(class_name), 0);
    ce = (zend_class_entry *) zend_hash_find_ptr(EG(class_table), key);
    zend_string_release(key);
    object_init_ex(&object, ce != NULL ? ce : s2n_exception_ce);
    zend_update_property_string(zend_ce_exception, Z_OBJ(object), "message", 7, error.message);
    zend_update_property_long(zend_ce_exception, Z_OBJ(object), "code", 4, error.code);
    zend_update_property_string(s2n_exception_ce, Z_OBJ(object), "name", 4, error.name);
    zend_update_property_string(s2n_exception_ce, Z_OBJ(object), "type", 4, error.type);
    zend_update_property_string(s2n_exception_ce, Z_OBJ(object), "source", 6, error.source);
    zend_update_property_long(s2n_exception_ce, Z_OBJ(object), "errno", 5, error.system);
    if (error.alert >= 0) {
        zend_update_property_long(s2n_exception_ce, Z_OBJ(object), "alert", 5, error.alert);
    }
    zend_throw_exception_object(&object);
}

static void s2n_register_exceptions(void)
{
    static const char *const CHILDREN[] = {"Io", "Closed", "Blocked", "Alert", "Proto", "Internal", "Usage"};
    zend_class_entry ce;

    INIT_CLASS_ENTRY_EX(ce, "S2N\\TLS\\Exception", strlen("S2N\\TLS\\Exception"), NULL);
    s2n_exception_ce = zend_register_internal_class_ex(&ce, spl_ce_RuntimeException);
    zend_declare_property_string(s2n_exception_ce, "name", 4, "", ZEND_ACC_PUBLIC);
    zend_declare_property_string(s2n_exception_ce, "type", 4, "", ZEND_ACC_PUBLIC);
    zend_declare_property_string(s2n_exception_ce, "source", 6, "", ZEND_ACC_PUBLIC);
    zend_declare_property_long(s2n_exception_ce, "errno", 5, 0, ZEND_ACC_PUBLIC);
    zend_declare_property_null(s2n_exception_ce, "alert", 5, ZEND_ACC_PUBLIC);
    for (size_t i = 0; i < sizeof(CHILDREN) / sizeof(CHILDREN[0]); i++) {
        char name[64];
        (void) snprintf(name, sizeof(name), "S2N\\TLS\\%sException", CHILDREN[i]);
        INIT_CLASS_ENTRY_EX(ce, name, strlen(name), NULL);
        (void) zend_register_internal_class_ex(&ce, s2n_exception_ce);
    }
}

/* ---- callables ---- */

static void s2n_thrown(void)
{
    zval message;

    if (zend_is_unwind_exit(EG(exception))) { /* exit() ends the script behind the method that called */
        (void) script_misuse(SCRIPT_CALLBACK, "the callback ended the script");
        return;
    }
    ZVAL_COPY(&message, zend_read_property(zend_ce_exception, EG(exception), "message", 7, 1, NULL));
    zend_clear_exception();
    (void) script_misuse(SCRIPT_CALLBACK, "the callback failed: %.200s",
        Z_TYPE(message) == IS_STRING ? Z_STRVAL(message) : "");
    zval_ptr_dtor(&message);
}

static bool s2n_ask(void *function, const char *text, size_t len, bool *answer)
{
    zval name, said;
    volatile bool ok = false;

    *answer = false;
    ZVAL_STRINGL(&name, text, len);
    ZVAL_UNDEF(&said);
    zend_try {
        ok = call_user_function(NULL, NULL, (zval *) function, &said, 1, &name) == SUCCESS;
    } zend_catch {
        s2n_bailed = true;
    } zend_end_try();
    script_clear(); /* what the function did with other objects */
    if (s2n_bailed) {
        return script_misuse(SCRIPT_CALLBACK, "the callback ended the script");
    }
    if (EG(exception) != NULL) {
        s2n_thrown();
        ok = false;
    } else if (!ok || (Z_TYPE(said) != IS_TRUE && Z_TYPE(said) != IS_FALSE)) {
        ok = script_misuse(SCRIPT_CALLBACK, "the callback gave neither true nor false");
    }
    *answer = ok && Z_TYPE(said) == IS_TRUE;
    zval_ptr_dtor(&name);
    zval_ptr_dtor(&said);
    return ok;
}

static void s2n_forget(void *function)
{
    zval_ptr_dtor((zval *) function);
    efree(function);
}

static bool s2n_from_function(zval *value, struct script_callback *out)
{
    zval *kept = NULL;

    if (Z_TYPE_P(value) == IS_NULL) {
        return true;
    }
    if (!zend_is_callable(value, 0, NULL)) {
        return false;
    }
    kept = (zval *) emalloc(sizeof(*kept));
    ZVAL_COPY(kept, value);
    *out = (struct script_callback){kept, s2n_ask, s2n_forget};
    return true;
}

/* ---- handles ---- */

/* Only objects of the class or its children have a ticket in front. One whose constructor never ran has none: NULL. */
static int s2n_convert(zval *value, void **ticket, swig_type_info *type)
{
    zend_class_entry *ce = (zend_class_entry *) type->clientdata;

    *ticket = NULL;
    if (Z_TYPE_P(value) == IS_NULL) {
        return SWIG_OK;
    }
    if (Z_TYPE_P(value) != IS_OBJECT || ce == NULL || !instanceof_function(Z_OBJCE_P(value), ce)) {
        return SWIG_TypeError;
    }
    *ticket = SWIG_Z_FETCH_OBJ_P(value)->ptr;
    return SWIG_OK;
}

/* A constructor that is called by hand a second time replaces what the object had. */
static void s2n_set_pointer(zval *value, void *ticket, swig_type_info *type, int own)
{
    if (Z_TYPE_P(value) == IS_OBJECT) {
        script_drop(SWIG_Z_FETCH_OBJ_P(value)->ptr);
    }
    SWIG_SetPointerZval(value, ticket, type, own);
}
#define SWIG_SetPointerZval s2n_set_pointer

#define S2N_VALUE(input) &input
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) s2n_convert(&input, ticket, type)
#define S2N_RAISE    \
    do {             \
        s2n_raise(); \
        SWIG_fail;   \
    } while (0)
%}

%minit %{
    s2n_register_exceptions();
%}

%define S2N_RETURN_BYTES(out)
    if (out.none) {
        RETVAL_NULL();
    } else {
        RETVAL_STRINGL((const char *) out.data, out.len);
    }
%enddef
%define S2N_RETURN_TEXT(out)
    if (out.none) {
        RETVAL_NULL();
    } else {
        RETVAL_STRINGL(out.data, out.len);
    }
%enddef
%define S2N_RETURN_INT(n) RETVAL_LONG((zend_long) n) %enddef
%define S2N_RETURN_BOOL(b) RETVAL_BOOL(b) %enddef

%typemap(in) script_int fd, script_int readfd, script_int writefd {
    if (!s2n_from_fd(&$input, &$1)) {
        script_wrong_type("a descriptor or a stream", $argnum);
        S2N_RAISE;
    }
}
