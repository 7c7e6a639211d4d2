/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles. The pointer inside a proxy is a ticket that the support code looks up at each use, so a proxy that outlives
 * its object, or is freed twice, is an error and nothing worse. nil passes as NULL; the method says what it thinks of
 * it. Methods that give a handle give a new proxy, which the script owns (%newobject in methods.i).
 */
typedef long long script_int;

%define S2N_HANDLE(KIND, WHAT)
#ifndef S2N_OWN_TYPEMAPS
%typemap(in) struct KIND * (void *ticket = NULL) {
    if (!SWIG_IsOK(S2N_CONVERT_HANDLE($input, &ticket, $1_descriptor, 0))) {
        script_wrong_type(WHAT, $argnum);
        S2N_RAISE;
    }
    $1 = ($1_ltype) ticket;
}
/* A destructor's argument: the proxy gives up what it owns. */
%typemap(in) struct KIND *DISOWN (void *ticket = NULL) {
    if (!SWIG_IsOK(S2N_CONVERT_HANDLE($input, &ticket, $1_descriptor, SWIG_POINTER_DISOWN))) {
        ticket = NULL;
    }
    $1 = ($1_ltype) ticket;
}
#endif
%nodefaultctor KIND;
%enddef

S2N_HANDLE(script_connection, "a Connection")
S2N_HANDLE(script_config, "a Config")
S2N_HANDLE(script_cert, "a CertChain")
S2N_HANDLE(script_psk, "a Psk")
