/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ruby: how the types of support/script.h look there. Bytes are strings of any encoding, and binary ones come
 * back; text is UTF-8; nil is NULL. Nothing is converted by calling methods (to_str, to_int), which could change
 * another argument meanwhile. Errors are S2N::TLS::IOError, ClosedError, ..., all of them S2N::TLS::Error. An
 * object is a TypedData, so that no other extension's object is taken for one; SWIG's own would believe an
 * instance variable.
 */
%{
#include <ruby/encoding.h>

/* rb_raise() leaves without coming back here, so nothing that an argument holds may need to be freed: bytes are
 * borrowed, and a copy of text is a string that takes the argument's place on Ruby's stack. */
static bool s2n_from_bytes(VALUE *value, struct script_in *in)
{
    if (NIL_P(*value)) {
        return true;
    }
    if (!RB_TYPE_P(*value, T_STRING)) {
        return false;
    }
    in->data = (const uint8_t *) RSTRING_PTR(*value);
    in->len = (size_t) RSTRING_LEN(*value);
    return true;
}

static bool s2n_from_text(VALUE *value, struct script_chars *in)
{
    if (NIL_P(*value)) {
        return true;
    }
    if (!RB_TYPE_P(*value, T_STRING)) {
        return false;
    }
    *value = rb_str_new(RSTRING_PTR(*value), RSTRING_LEN(*value)); /* terminated, which a part of a string is not */
    in->data = RSTRING_PTR(*value);
    in->len = (size_t) RSTRING_LEN(*value);
    return true;
}

static bool s2n_from_int(const VALUE *value, script_int *out)
{
    int sign = 0;

    if (RB_FIXNUM_P(*value)) {
        *out = (script_int) FIX2LONG(*value);
        return true;
    }
    if (!RB_TYPE_P(*value, T_BIGNUM)) {
        return false;
    }
    sign = rb_integer_pack(*value, out, 1, sizeof(*out), 0, INTEGER_PACK_NATIVE_BYTE_ORDER | INTEGER_PACK_2COMP);
    return (sign == 1 && *out > 0) || (sign == -1 && *out < 0);
}

static bool s2n_from_bool(const VALUE *value, bool *out)
{
    *out = RTEST(*value);
    return true;
}

/* ---- errors ---- */

static VALUE s2n_error_class; /* S2N::TLS::Error */
static struct {
    const char *type, *name;
    VALUE class;
} s2n_error_classes[] = {
    {"IO", "IOError", 0},
    {"CLOSED", "ClosedError", 0},
    {"BLOCKED", "BlockedError", 0},
    {"ALERT", "AlertError", 0},
    {"PROTO", "ProtocolError", 0},
    {"INTERNAL", "InternalError", 0},
    {"USAGE", "UsageError", 0},
};
enum { S2N_ERROR_CLASSES = sizeof(s2n_error_classes) / sizeof(s2n_error_classes[0]) };

static void s2n_define_errors(VALUE module)
{
    static const char *const READERS[] = {"name", "type", "code", "alert", "errno", "source"};

    s2n_error_class = rb_define_class_under(module, "Error", rb_eStandardError);
    rb_gc_register_mark_object(s2n_error_class);
    for (size_t i = 0; i < sizeof(READERS) / sizeof(READERS[0]); i++) {
        rb_define_attr(s2n_error_class, READERS[i], 1, 0);
    }
    for (size_t i = 0; i < S2N_ERROR_CLASSES; i++) {
        s2n_error_classes[i].class = rb_define_class_under(module, s2n_error_classes[i].name, s2n_error_class);
        rb_gc_register_mark_object(s2n_error_classes[i].class);
    }
}

NORETURN(static void s2n_raise(void));
static void s2n_raise(void)
{
    struct script_error error;
    VALUE class = s2n_error_class, object = Qnil;

    script_take_error(&error);
    for (size_t i = 0; i < S2N_ERROR_CLASSES; i++) {
        if (strcmp(s2n_error_classes[i].type, error.type) == 0) {
            class = s2n_error_classes[i].class;
        }
    }
    object = rb_exc_new_str(class, rb_utf8_str_new_cstr(error.message));
    rb_iv_set(object, "@name", rb_utf8_str_new_cstr(error.name));
    rb_iv_set(object, "@type", rb_utf8_str_new_cstr(error.type));
    rb_iv_set(object, "@source", rb_utf8_str_new_cstr(error.source));
    rb_iv_set(object, "@code", INT2NUM(error.code));
    rb_iv_set(object, "@errno", INT2NUM(error.system));
    rb_iv_set(object, "@alert", error.alert >= 0 ? INT2NUM(error.alert) : Qnil);
    rb_exc_raise(object);
}

/* SWIG's own complaint, about the number of arguments, gets a name too. */
NORETURN(static void s2n_complain(const char *format, int count));
static void s2n_complain(const char *format, int count)
{
    char text[80];

    (void) snprintf(text, sizeof(text), format, count);
    script_clear();
    (void) script_misuse(SCRIPT_WRONG_TYPE, "%s", text);
    s2n_raise();
}
#define rb_raise(class, format, count) s2n_complain(format, count)

/* ---- values for Ruby: making one can fail for want of memory, and then the C side must still be freed ---- */

static VALUE s2n_make_bytes(VALUE from)
{
    const struct script_out *out = (const struct script_out *) from;
    return rb_str_new((const char *) out->data, (long) out->len);
}

static VALUE s2n_bytes(struct script_out *out)
{
    int state = 0;
    VALUE value = out->none ? Qnil : rb_protect(s2n_make_bytes, (VALUE) out, &state);
    if (state != 0) {
        script_out_free(out);
        rb_jump_tag(state);
    }
    return value;
}

static VALUE s2n_text(struct script_text *text)
{
    struct script_out out = {.data = (uint8_t *) text->data, .len = text->len, .none = text->none};
    VALUE value = s2n_bytes(&out);
    return NIL_P(value) ? value : rb_enc_associate(value, rb_utf8_encoding());
}

/* ---- objects ---- */

/* What one is outside of Ruby. Told to the collector, which would see a small object only. */
#define S2N_OBJECT_SIZE 2048

static void s2n_free(void *ticket)
{
    script_drop(ticket);
    rb_gc_adjust_memory_usage(-S2N_OBJECT_SIZE);
}

static size_t s2n_size(const void *ticket)
{
    return ticket != NULL ? S2N_OBJECT_SIZE : 0;
}

static const rb_data_type_t s2n_data_type = {
    .wrap_struct_name = "S2N::TLS",
    .function = {.dfree = s2n_free, .dsize = s2n_size},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY | RUBY_TYPED_WB_PROTECTED,
};

/* Without a ticket: initialize() gets one. An object that was only allocated counts as closed. */
static VALUE s2n_allocate(VALUE class)
{
    return rb_data_typed_object_wrap(class, NULL, &s2n_data_type);
}

static void s2n_set_ticket(VALUE object, void *ticket)
{
    DATA_PTR(object) = ticket;
    if (ticket != NULL) {
        rb_gc_adjust_memory_usage(S2N_OBJECT_SIZE);
    }
}

static VALUE s2n_object(void *ticket, swig_type_info *type)
{
    int state = 0;
    VALUE object = Qnil;

    if (ticket == NULL) {
        return Qnil;
    }
    object = rb_protect(s2n_allocate, ((swig_class *) type->clientdata)->klass, &state);
    if (state != 0) {
        script_drop(ticket);
        rb_jump_tag(state);
    }
    s2n_set_ticket(object, ticket);
    return object;
}
#undef SWIG_NewPointerObj
#define SWIG_NewPointerObj(ticket, type, flags) s2n_object(ticket, type)
#undef SWIG_NewClassInstance
#define SWIG_NewClassInstance(class, type) s2n_allocate(class)

static int s2n_handle(VALUE value, void **ticket, swig_type_info *type)
{
    *ticket = NULL;
    if (NIL_P(value)) {
        return SWIG_OK;
    }
    if (!rb_typeddata_is_kind_of(value, &s2n_data_type) ||
        !RTEST(rb_obj_is_kind_of(value, ((swig_class *) type->clientdata)->klass))) {
        return SWIG_TypeError;
    }
    *ticket = DATA_PTR(value) != NULL ? DATA_PTR(value) : (void *) (uintptr_t) 1; /* never a ticket */
    return SWIG_OK;
}

#define S2N_VALUE(input) &(input)
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) s2n_handle(input, ticket, type)
#define S2N_RAISE s2n_raise()
%}

%define S2N_RETURN_BYTES(out) $result = s2n_bytes(&out) %enddef
%define S2N_RETURN_TEXT(out) $result = s2n_text(&out) %enddef
%define S2N_RETURN_INT(n) $result = LL2NUM(n) %enddef
%define S2N_RETURN_BOOL(b) $result = b ? Qtrue : Qfalse %enddef

/* initialize() can be called again in Ruby; the object that is there must not be lost. */
%define S2N_CONSTRUCTOR(KIND)
%exception KIND::KIND {
    script_clear();
    if (DATA_PTR(self) != NULL) {
        (void) script_misuse(SCRIPT_STATE, "the object is initialized already");
        s2n_raise();
    }
    $action
    if (script_failed()) {
        s2n_raise();
    }
    s2n_set_ticket(self, result);
}
%enddef
S2N_CONSTRUCTOR(script_connection)
S2N_CONSTRUCTOR(script_config)
S2N_CONSTRUCTOR(script_cert)
S2N_CONSTRUCTOR(script_psk)

%init %{
    s2n_define_errors(mTLS);
%}
