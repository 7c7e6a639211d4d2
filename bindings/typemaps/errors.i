/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures become exceptions. S2N_RAISE, from the language's typemaps.i, takes the error with script_take_error(), makes
 * the language's exception of it and leaves the wrapper. Destructors cannot fail, and may run while an exception is
 * being made.
 */
%exception {
    script_clear();
    $action
    if (script_failed()) {
        S2N_RAISE;
    }
}
%noexception ~script_connection;
%noexception ~script_config;
%noexception ~script_cert;
%noexception ~script_psk;
