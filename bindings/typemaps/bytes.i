/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain types of script.h: bytes and text in and out, numbers, truth. A language's typemaps.i has defined, in C,
 *
 *     s2n_from_bytes(S2N_VALUE($input), struct script_in *)        true, or false for a wrong type
 *     s2n_from_text(S2N_VALUE($input), struct script_chars *)      nil gives data == NULL in both
 *     s2n_from_int(S2N_VALUE($input), script_int *)
 *     s2n_from_bool(S2N_VALUE($input), bool *)
 *
 * and as SWIG macros S2N_RETURN_BYTES(out), S2N_RETURN_TEXT(out), S2N_RETURN_INT(n), S2N_RETURN_BOOL(b), which give the
 * wrapper's result. A language where values work otherwise (Java) defines S2N_OWN_TYPEMAPS and all typemaps itself.
 */
#ifndef S2N_OWN_TYPEMAPS

%typemap(in) struct script_in {
    if (!s2n_from_bytes(S2N_VALUE($input), &$1)) {
        script_wrong_type("bytes", $argnum);
        S2N_RAISE;
    }
}
%typemap(arginit) struct script_in {
    memset(&$1, 0, sizeof($1));
}
%typemap(freearg) struct script_in {
    script_in_free(&$1);
}

%typemap(in) struct script_chars {
    if (!s2n_from_text(S2N_VALUE($input), &$1)) {
        script_wrong_type("text", $argnum);
        S2N_RAISE;
    }
}
%typemap(arginit) struct script_chars {
    memset(&$1, 0, sizeof($1));
}
%typemap(freearg) struct script_chars {
    script_chars_free(&$1);
}

%typemap(in) script_int {
    if (!s2n_from_int(S2N_VALUE($input), &$1)) {
        script_wrong_type("a whole number", $argnum);
        S2N_RAISE;
    }
}
%typemap(in) bool {
    if (!s2n_from_bool(S2N_VALUE($input), &$1)) {
        script_wrong_type("true or false", $argnum);
        S2N_RAISE;
    }
}

%typemap(out) struct script_out {
    S2N_RETURN_BYTES($1);
    script_out_free(&$1);
}
%typemap(out) struct script_text {
    S2N_RETURN_TEXT($1);
    script_text_free(&$1);
}
%typemap(out) script_int {
    S2N_RETURN_INT($1);
}
%typemap(out) bool {
    S2N_RETURN_BOOL($1);
}

#endif
