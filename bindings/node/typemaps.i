/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Node.js: how the types of support/script.h look there. Bytes come as Buffer, any other view of memory or ArrayBuffer,
 * and go out as Buffer; nil is null (undefined is taken too). Numbers may be BigInt. Errors are instances of S2NError
 * and the class of their type, see index.js, with name, type, message, code, alert, errno and source.
 */
%begin %{
/* The support code is C, and says nothing about C++. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <memory>
extern "C" {
#include "custom.h"
#include "methods.h"
}
%}

%{
#include "runtime.hh"

#define S2N_VALUE(input) input
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) s2n_handle(input, ticket, type)
#define S2N_RAISE    \
    do {             \
        s2n_raise(); \
        goto fail;   \
    } while (0)

#undef SWIG_NewPointerObj
#define SWIG_NewPointerObj(ptr, type, flags) s2n_wrap((void *) (ptr), type)
%}

#define S2N_CALLBACKS
/* What the library keeps, JavaScript's objects keep too: see runtime.hh. */
%typemap(argout) struct script_config *config {
    s2n_keep(args.This(), args[0]);
}
%typemap(argout) struct script_callback function {
    s2n_keep(args.This(), args[0]);
}

%define S2N_RETURN_BYTES(out) $result = s2n_bytes(&out) %enddef
%define S2N_RETURN_TEXT(out) $result = s2n_text(&out) %enddef
%define S2N_RETURN_INT(n) $result = s2n_int(n) %enddef
%define S2N_RETURN_BOOL(b) $result = v8::Boolean::New(v8::Isolate::GetCurrent(), b) %enddef

%include "templates.i"
