/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one interface of all scripting languages, for SWIG 4.1 and later. It includes the public header itself, for its
 * constants; what scripts call is in methods.i, which gen.py makes from the same header. LANG/typemaps.i, found through
 * the include path, says how the few types of support/script.h look in a language: see README.md.
 */
%module s2n_tls

%{
#include <s2n.h>
#include "script.h"
#include "custom.h"
#include "methods.h"
%}

/* The header's own macros, for a tool that only reads declarations. */
#define S2N_API
#define S2N_DEPRECATED(text)
#define _Thread_local

%include <stdint.i>

/* The language's helpers and macros. */
%include "typemaps.i"

%include "typemaps/errors.i"
%include "typemaps/bytes.i"
%include "typemaps/handles.i"
%include "typemaps/callbacks.i"

%include "ignore.i"
%include <s2n.h>
%include "methods.i"

/* For tests: how many objects of the library are alive. */
%rename(live_objects) script_live;
script_int script_live(void);

#ifndef S2N_NO_INIT
%init %{
    if (!script_start()) {
        script_clear(); /* every constructor says so again */
    }
%}
#endif
