/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tcl: how the types of support/script.h look there. Bytes are byte arrays; a string with characters above 255 is a
 * wrong type. Values are copied, because two arguments may be one object that changes its representation between them.
 * Tcl has no nil: the empty string is given for it, and `blocked` tells "blocked" from "end of stream". Errors have
 * the errorCode {S2N TYPE NAME CODE ALERT ERRNO SOURCE}.
 */
/* SWIG's object command reads its instance after the method, which may be gone by then: a callback can delete the
 * command. So objects get a command of ours instead, see s2n_method_command. */
%begin %{
#include <tcl.h>
static Tcl_Command s2n_create_command(Tcl_Interp *interp, const char *name, Tcl_ObjCmdProc *proc, ClientData data,
                                      Tcl_CmdDeleteProc *gone);
#define Tcl_CreateObjCommand(interp, name, proc, data, gone) \
    s2n_create_command(interp, name, (Tcl_ObjCmdProc *) (proc), data, (Tcl_CmdDeleteProc *) (gone))
%}

%{
#include <limits.h>

#undef Tcl_CreateObjCommand

/* Methods work on a copy of the instance; options such as -delete on the instance itself, after which nobody looks. */
static int s2n_method_command(ClientData data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    swig_instance copy = *(swig_instance *) data;
    int code = 0;

    if (objc > 1 && Tcl_GetString(objv[1])[0] == '-') {
        return SWIG_Tcl_MethodCommand(data, interp, objc, (Tcl_Obj **) objv);
    }
    Tcl_IncrRefCount(copy.thisptr);
    code = SWIG_Tcl_MethodCommand((ClientData) &copy, interp, objc, (Tcl_Obj **) objv);
    Tcl_DecrRefCount(copy.thisptr);
    return code;
}

static Tcl_Command s2n_create_command(Tcl_Interp *interp, const char *name, Tcl_ObjCmdProc *proc, ClientData data,
                                      Tcl_CmdDeleteProc *gone)
{
    bool object = proc == (Tcl_ObjCmdProc *) SWIG_Tcl_MethodCommand;
    return Tcl_CreateObjCommand(interp, name, object ? s2n_method_command : proc, data, gone);
}

/* Tcl_GetByteArrayFromObj cuts characters off above 255; those must be refused. A value that is a pure byte array has no
 * string representation and needs no look. */
static bool s2n_has_wide(Tcl_Obj *value)
{
    int len = 0;
    const char *text = NULL;

    if (value->bytes == NULL && value->typePtr != NULL && strcmp(value->typePtr->name, "bytearray") == 0) {
        return false;
    }
    text = Tcl_GetStringFromObj(value, &len);
    for (int i = 0; i < len; i++) {
        if ((unsigned char) text[i] > 0xC3) { /* U+0100 and up */
            return true;
        }
    }
    return false;
}

static bool s2n_from_bytes(Tcl_Obj *value, struct script_in *in)
{
    int len = 0;
    if (s2n_has_wide(value)) {
        return false;
    }
    unsigned char *data = Tcl_GetByteArrayFromObj(value, &len);
    return script_in_copy(in, data, (size_t) len);
}

/* Inside Tcl a NUL is written C0 80. It is put back, for the method to refuse it. */
static bool s2n_from_text(Tcl_Obj *value, struct script_chars *in)
{
    int len = 0;
    const char *text = Tcl_GetStringFromObj(value, &len);
    if (!script_chars_copy(in, text, (size_t) len)) {
        return false;
    }
    for (int i = 0; i + 1 < len; i++) {
        if ((unsigned char) text[i] == 0xC0 && (unsigned char) text[i + 1] == 0x80) {
            ((char *) in->copy)[i] = '\0';
        }
    }
    return true;
}

static bool s2n_from_int(Tcl_Obj *value, script_int *out)
{
    Tcl_WideInt wide = 0;
    double number = 0;
    if (Tcl_GetWideIntFromObj(NULL, value, &wide) != TCL_OK) {
        return false;
    }
    /* 2^63 and more wrap around silently. */
    if (Tcl_GetDoubleFromObj(NULL, value, &number) == TCL_OK && (number >= 0) != (wide >= 0)) {
        return false;
    }
    *out = (script_int) wide;
    return true;
}

static bool s2n_from_bool(Tcl_Obj *value, bool *out)
{
    int truth = 0;
    if (Tcl_GetBooleanFromObj(NULL, value, &truth) != TCL_OK) {
        return false;
    }
    *out = truth != 0;
    return true;
}

static void s2n_raise(Tcl_Interp *interp)
{
    struct script_error error;
    Tcl_Obj *code = Tcl_NewListObj(0, NULL);

    script_take_error(&error);
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewStringObj("S2N", -1));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewStringObj(error.type, -1));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewStringObj(error.name, -1));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewIntObj(error.code));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewIntObj(error.alert));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewIntObj(error.system));
    (void) Tcl_ListObjAppendElement(NULL, code, Tcl_NewStringObj(error.source, -1));
    Tcl_ResetResult(interp);
    Tcl_SetObjErrorCode(interp, code);
    Tcl_SetObjResult(interp, Tcl_ObjPrintf("%s: %s", error.name, error.message));
}

/* A callback is a command prefix: a list to which the name is appended. */
struct s2n_prefix {
    Tcl_Interp *interp;
    Tcl_Obj *words;
};

static bool s2n_ask(void *function, const char *text, size_t len, bool *answer)
{
    struct s2n_prefix *prefix = (struct s2n_prefix *) function;
    Tcl_Interp *interp = prefix->interp;
    Tcl_Obj *command = Tcl_DuplicateObj(prefix->words);
    int truth = 0;
    bool ok = true;

    Tcl_IncrRefCount(command);
    (void) Tcl_Preserve(interp);
    (void) Tcl_ListObjAppendElement(NULL, command, Tcl_NewStringObj(text, len < INT_MAX ? (int) len : INT_MAX));
    int code = Tcl_EvalObjEx(interp, command, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT);
    script_clear();
    if (code != TCL_OK) {
        ok = script_misuse(SCRIPT_CALLBACK, "the callback failed: %s", Tcl_GetStringResult(interp));
    } else if (Tcl_GetBooleanFromObj(NULL, Tcl_GetObjResult(interp), &truth) != TCL_OK) {
        ok = script_misuse(SCRIPT_CALLBACK, "the callback gave neither true nor false");
    }
    *answer = truth != 0;
    Tcl_ResetResult(interp);
    Tcl_Release(interp);
    Tcl_DecrRefCount(command);
    return ok;
}

static void s2n_forget(void *function)
{
    struct s2n_prefix *prefix = (struct s2n_prefix *) function;
    Tcl_DecrRefCount(prefix->words);
    ckfree((char *) prefix);
}

static bool s2n_prefix_of(Tcl_Interp *interp, Tcl_Obj *value, struct script_callback *out)
{
    int count = 0;
    if (Tcl_ListObjLength(NULL, value, &count) != TCL_OK) {
        return false;
    }
    if (count > 0) {
        struct s2n_prefix *prefix = (struct s2n_prefix *) ckalloc(sizeof(*prefix));
        prefix->interp = interp;
        prefix->words = Tcl_DuplicateObj(value); /* nobody else's, so that it stays a list */
        Tcl_IncrRefCount(prefix->words);
        *out = (struct script_callback){prefix, s2n_ask, s2n_forget};
    }
    return true;
}

#define s2n_from_function(value, out) s2n_prefix_of(interp, value, out)

/* Longer than a Tcl object can be never happens: recv gives at most 1 MiB, and take is fed by it. */
static void s2n_set_bytes(Tcl_Interp *interp, const struct script_out *out)
{
    size_t len = out->none ? 0 : out->len;
    if (len > INT_MAX) {
        len = INT_MAX;
    }
    Tcl_SetObjResult(interp, Tcl_NewByteArrayObj(out->data, (int) len));
}

static void s2n_set_text(Tcl_Interp *interp, const struct script_text *out)
{
    Tcl_SetObjResult(interp, Tcl_NewStringObj(out->none ? "" : out->data, -1));
}

/* SWIG's own complaint, about the number of arguments, gets a name too. */
static int s2n_complaint(Tcl_Interp *interp)
{
    char text[256];

    (void) snprintf(text, sizeof(text), "%s", Tcl_GetStringResult(interp));
    script_clear();
    (void) script_misuse(SCRIPT_WRONG_TYPE, "%s", text);
    s2n_raise(interp);
    return TCL_ERROR;
}
#undef SWIG_GetArgs
#define SWIG_GetArgs(interp, ...) \
    (SWIG_Tcl_GetArgs(interp, __VA_ARGS__) == TCL_OK ? TCL_OK : s2n_complaint(interp))

/* A handle is the name of an object command, or the text that SWIG makes of a pointer; "NULL" and "" are nil. SWIG's own
 * conversion evaluates unknown text as a script and trusts any command of the right name; this one does neither. */
static int s2n_handle(Tcl_Interp *interp, Tcl_Obj *value, void **ticket, swig_type_info *type)
{
    const char *text = Tcl_GetString(value);
    Tcl_CmdInfo info;

    *ticket = NULL;
    if (*text == '\0' || strcmp(text, "NULL") == 0) {
        return SWIG_OK;
    }
    if (*text != '_') {
        if (!Tcl_GetCommandInfo(interp, text, &info) || info.objProc != s2n_method_command) {
            return SWIG_ERROR;
        }
        text = Tcl_GetString(((swig_instance *) info.objClientData)->thisptr);
    }
    text = SWIG_UnpackData(text + 1, ticket, sizeof(void *));
    return text != NULL && SWIG_TypeCheck(text, type) != NULL ? SWIG_OK : SWIG_ERROR;
}

#define S2N_VALUE(input) input
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) s2n_handle(interp, input, ticket, type)
#define S2N_RAISE           \
    do {                    \
        s2n_raise(interp);  \
        SWIG_fail;          \
    } while (0)
%}

#define S2N_CALLBACKS
%define S2N_RETURN_BYTES(out) s2n_set_bytes(interp, &out) %enddef
%define S2N_RETURN_TEXT(out) s2n_set_text(interp, &out) %enddef
%define S2N_RETURN_INT(n) Tcl_SetObjResult(interp, Tcl_NewWideIntObj((Tcl_WideInt) n)) %enddef
%define S2N_RETURN_BOOL(b) Tcl_SetObjResult(interp, Tcl_NewBooleanObj(b ? 1 : 0)) %enddef

/* A handle that a method gives becomes a command that owns it, like a constructor's; SWIG would leave it without an
 * owner. nil is the word NULL. */
%typemap(out) struct script_cert *get_peer_cert_chain, struct script_cert *get_selected_cert {
    if ($1 == NULL) {
        Tcl_SetObjResult(interp, Tcl_NewStringObj("NULL", -1));
    } else {
        Tcl_SetObjResult(interp, SWIG_NewInstanceObj((void *) $1, $1_descriptor, 1));
    }
}

/* A constructor gives the bare handle; SWIG makes the command of it. */
%typemap(out) struct script_connection *, struct script_config *, struct script_cert *, struct script_psk * {
    Tcl_SetObjResult(interp, SWIG_NewPointerObj((void *) $1, $1_descriptor, 0));
}
