/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No language function is ever called from inside the library: an interpreter may throw, switch threads or free the
 * very connection that waits for the answer. What the library asks by callback is answered between calls instead:
 *
 *     host names          Config.accept_host() makes a list that C compares with
 *     session tickets     Connection.get_session() after recv()
 *     early data          Config.hold_early_data(); negotiate() and recv_early_data() then return
 *                         S2N_BLOCKED_ON_APPLICATION_INPUT until accept_early_data() or reject_early_data()
 *     transport           descriptors, or use_memory() with feed() and take()
 *
 * Functions that take any other callback are left out, see ignore.i.
 */
%ignore s2n_client_hello_fn;
%ignore s2n_recv_fn;
%ignore s2n_send_fn;
