/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods that are written by hand, because one is more than one call of the library: what a script wants in one
 * step, or what must be safe. gen.py reads this header and declares each for SWIG (methods.i), with the comment above
 * it; names are script_CLASS_method. Included by custom C files, methods.c and the wrappers.
 */
#ifndef S2N_SCRIPT_CUSTOM_H
#define S2N_SCRIPT_CUSTOM_H

#include "script.h"

/* ---- connection ---- */

/** A new connection; mode is S2N_CLIENT or S2N_SERVER. */
struct script_connection *script_connection_new(script_int mode);
/** Frees the library's object now; every later use is an error. It never closes a descriptor. May be repeated. */
void script_connection_close(struct script_connection *self);
/** Whether close() was called. */
bool script_connection_is_closed(struct script_connection *self);
/** Uses these settings, and keeps the config alive. The config cannot be changed any more. */
void script_connection_set_config(struct script_connection *self, struct script_config *config);
/** Does the handshake. Returns S2N_NOT_BLOCKED when it is complete, else what it waits for: call again. */
script_int script_connection_negotiate(struct script_connection *self);
/** Encrypts and sends. Returns how many bytes were taken, 0 when blocked. After less than all send the rest. */
script_int script_connection_send(struct script_connection *self, struct script_in data);
/** Up to max decrypted bytes (never more than 1 MiB); none at the end of the stream; nil when blocked. */
struct script_out script_connection_recv(struct script_connection *self, script_int max);
/** Says goodbye and waits for the peer's; data that still arrives is lost. Returns as negotiate(). */
script_int script_connection_shutdown(struct script_connection *self);
/** Says goodbye; receiving goes on. Returns as negotiate(). */
script_int script_connection_shutdown_send(struct script_connection *self);
/** Writes out what is encrypted already. Returns as negotiate(). */
script_int script_connection_flush(struct script_connection *self);
/** What the last call waited for: S2N_NOT_BLOCKED, S2N_BLOCKED_ON_READ, ... */
script_int script_connection_blocked(struct script_connection *self);
/** Sends early data before negotiate(); it may be replayed. Returns how many bytes went out, and sets blocked(). */
script_int script_connection_send_early_data(struct script_connection *self, struct script_in data);
/** Up to max bytes of early data, before negotiate(). There may be more unless blocked() is S2N_NOT_BLOCKED. */
struct script_out script_connection_recv_early_data(struct script_connection *self, script_int max);
/** The context of early data that waits for an answer (see hold_early_data); nil if none waits. */
struct script_out script_connection_get_early_data_context(struct script_connection *self);
/** Accepts the early data that waits; then call again what was blocked. */
void script_connection_accept_early_data(struct script_connection *self);
/** Rejects the early data that waits; the handshake goes on without it. */
void script_connection_reject_early_data(struct script_connection *self);
/** As if it were new, except for its mode. Set config and transport again. */
void script_connection_wipe(struct script_connection *self);
/** Gives back what only the handshake needed. */
void script_connection_free_handshake(struct script_connection *self);
/** The connection as bytes, which hold its keys. It cannot be used here any more: close it, without shutdown. */
struct script_out script_connection_serialize(struct script_connection *self);
/** Continues a serialized connection. Then set transport and config. A blob must be used once. */
void script_connection_deserialize(struct script_connection *self, struct script_in blob);
/** A session to resume later with set_session(); nil if there is none (yet). Keep it secret. */
struct script_out script_connection_get_session(struct script_connection *self);
/** The session id; empty if there is none. */
struct script_out script_connection_get_session_id(struct script_connection *self);
/** The master secret (48 bytes), below TLS 1.3 only. */
struct script_out script_connection_get_master_secret(struct script_connection *self);
/** The identity of the pre-shared key in use; empty without one. */
struct script_out script_connection_get_negotiated_psk_identity(struct script_connection *self);
/** The IANA number of the cipher suite. */
script_int script_connection_get_cipher_iana_value(struct script_connection *self);
/** The chain that a client sent, checked or not: each certificate in DER behind its length in three bytes. */
struct script_out script_connection_get_client_cert_chain(struct script_connection *self);
/** The validated chain of the peer, trust anchor last. */
struct script_cert *script_connection_get_peer_cert_chain(struct script_connection *self);
/** Which of the config's chains was presented; nil if none was. */
struct script_cert *script_connection_get_selected_cert(struct script_connection *self);
/** The ClientHello that a server received, without its four byte header, the random as zeros; nil before. */
struct script_out script_connection_get_client_hello(struct script_connection *self);
/** The random of that ClientHello; nil before. */
struct script_out script_connection_get_client_random(struct script_connection *self);
/** The session id of that ClientHello; nil before. */
struct script_out script_connection_get_client_session_id(struct script_connection *self);
/** Sends and receives through memory: feed() and take(). */
void script_connection_use_memory(struct script_connection *self);
/** Bytes that came from the peer. */
void script_connection_feed(struct script_connection *self, struct script_in data);
/** The peer's stream has ended. */
void script_connection_feed_eof(struct script_connection *self);
/** Bytes for the peer, all that wait. */
struct script_out script_connection_take(struct script_connection *self);
/** How many bytes were fed and not read yet. */
script_int script_connection_incoming(struct script_connection *self);
/** How many bytes wait to be taken. */
script_int script_connection_outgoing(struct script_connection *self);
/** The descriptor that is read from. */
script_int script_connection_get_read_fd(struct script_connection *self);

/* ---- config ---- */

/** Settings for connections. Nothing is trusted: see add_pem_to_trust_store and load_system_certs. */
struct script_config *script_config_new(void);
/** Closes the config; connections that use it are not disturbed. May be repeated. */
void script_config_close(struct script_config *self);
/** Whether close() was called. */
bool script_config_is_closed(struct script_config *self);
/** Adds a chain with its key, and keeps it alive. */
void script_config_add_cert_chain_and_key_to_store(struct script_config *self, struct script_cert *chain);
/** Trusts the certificates in a PEM file and in a hashed directory; either may be nil or empty. */
void script_config_set_verification_ca_location(struct script_config *self, struct script_chars file,
                                                struct script_chars dir);
/** Accepts this name in peers' certificates, instead of the server name; "*" accepts every one. May be repeated. */
void script_config_accept_host(struct script_config *self, struct script_chars name);
/** Asks this function about each name in a peer's certificate, instead of the list; it gives true or false. While it runs
    the connection is busy. */
void script_config_set_verify_host(struct script_config *self, struct script_callback function);
/** Has early data wait for accept_early_data() or reject_early_data(). By default a server accepts it. */
void script_config_hold_early_data(struct script_config *self);
/** The IANA numbers of the groups that can be used, in order, as text with blanks between. */
struct script_text script_config_get_supported_groups(struct script_config *self);
/** Forgets the application protocols; see append_protocol_preference. */
void script_config_clear_protocol_preferences(struct script_config *self);

/* ---- certificate chain ---- */

/** An empty chain; see load_pem_bytes. */
struct script_cert *script_cert_new(void);
/** Closes the chain; configs that use it are not disturbed. May be repeated. */
void script_cert_close(struct script_cert *self);
/** Whether close() was called. */
bool script_cert_is_closed(struct script_cert *self);
/** The certificate at this place, 0 being the leaf, in DER. */
struct script_out script_cert_get_der(struct script_cert *self, script_int index);
/** The value of an extension, by dotted number, of the certificate at this place. */
struct script_out script_cert_get_extension(struct script_cert *self, script_int index,
                                            struct script_chars oid);
/** Whether that extension is critical. */
bool script_cert_is_extension_critical(struct script_cert *self, script_int index, struct script_chars oid);

/* ---- pre-shared key ---- */

/** An external pre-shared key without identity and secret. */
struct script_psk *script_psk_new(void);
/** Wipes the key. Connections have copies. May be repeated. */
void script_psk_close(struct script_psk *self);
/** Whether close() was called. */
bool script_psk_is_closed(struct script_psk *self);

/* ---- the module ---- */

/** Text from an extension's value (a UTF8String in DER). */
struct script_out script_utf8_from_extension(struct script_in value);

#endif
