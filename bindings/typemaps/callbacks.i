/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callbacks. One question is put to a function of the script, where the language's typemaps.i can do it safely: whether a
 * name in a certificate is trusted (Config.set_verify_host). Such a language defines S2N_CALLBACKS and
 *
 *     s2n_from_function(S2N_VALUE($input), struct script_callback *)      false for what cannot be called
 *
 * whose `ask` lets no exception, jump or thread switch get past: what the function throws becomes S2N_SCRIPT_CALLBACK.
 * Meanwhile the connection is busy: the function may drop it, but every call on it is S2N_SCRIPT_BUSY.
 *
 * What else the library asks by callback is answered between calls, in every language:
 *
 *     host names          Config.accept_host() makes a list that C compares with
 *     session tickets     Connection.get_session() after recv()
 *     early data          Config.hold_early_data(); negotiate() and recv_early_data() then return
 *                         S2N_BLOCKED_ON_APPLICATION_INPUT until accept_early_data() or reject_early_data()
 *     transport           descriptors, or use_memory() with feed() and take()
 *
 * Functions that take any other callback are left out, see ignore.i.
 */
#ifdef S2N_CALLBACKS
%typemap(in) struct script_callback {
    memset(&$1, 0, sizeof($1));
    if (!s2n_from_function(S2N_VALUE($input), &$1)) {
        script_wrong_type("a function", $argnum);
        S2N_RAISE;
    }
}
#endif

%ignore s2n_client_hello_fn;
%ignore s2n_event_handshake;
%ignore s2n_timing_checkpoint;
%ignore HANDSHAKE_EVENT_SENT;
%ignore s2n_recv_fn;
%ignore s2n_send_fn;
