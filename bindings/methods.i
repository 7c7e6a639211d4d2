/* Made by bindings/gen.py; do not edit. The classes and functions that scripts see; see support/custom.h and methods.c. */
%{
#include <s2n/unstable/allow_ip_in_cn.h>
%}
%include <s2n/unstable/allow_ip_in_cn.h>
%{
#include <s2n/unstable/cert_authorities.h>
%}
%include <s2n/unstable/cert_authorities.h>
%{
#include <s2n/unstable/cleanup.h>
%}
%include <s2n/unstable/cleanup.h>
%{
#include <s2n/unstable/crl.h>
%}
%include <s2n/unstable/crl.h>
%{
#include <s2n/unstable/custom_x509_extensions.h>
%}
%include <s2n/unstable/custom_x509_extensions.h>
%{
#include <s2n/unstable/events.h>
%}
%include <s2n/unstable/events.h>
%{
#include <s2n/unstable/fingerprint.h>
%}
%include <s2n/unstable/fingerprint.h>
%{
#include <s2n/unstable/ktls.h>
%}
%include <s2n/unstable/ktls.h>

%rename(Connection) script_connection;
struct script_connection {
};
%extend script_connection {
    /* A new connection; mode is S2N_CLIENT or S2N_SERVER. */
    script_connection(script_int mode) {
        return script_connection_new(mode);
    }
    ~script_connection() {
        script_drop($self);
    }
    /* Frees the library's object now; every later use is an error. It never closes a descriptor. May be repeated. */
    void close();
    /* Whether close() was called. */
    bool is_closed();
    /* Uses these settings, and keeps the config alive. The config cannot be changed any more. */
    void set_config(struct script_config *config);
    /* Does the handshake. Returns S2N_NOT_BLOCKED when it is complete, else what it waits for: call again. */
    script_int negotiate();
    /* Encrypts and sends. Returns how many bytes were taken, 0 when blocked. After less than all send the rest. */
    script_int send(struct script_in data);
    /* Up to max decrypted bytes (never more than 1 MiB); none at the end of the stream; nil when blocked. */
    struct script_out recv(script_int max);
    /* Says goodbye and waits for the peer's; data that still arrives is lost. Returns as negotiate(). */
    script_int shutdown();
    /* Says goodbye; receiving goes on. Returns as negotiate(). */
    script_int shutdown_send();
    /* Writes out what is encrypted already. Returns as negotiate(). */
    script_int flush();
    /* What the last call waited for: S2N_NOT_BLOCKED, S2N_BLOCKED_ON_READ, ... */
    script_int blocked();
    /* Sends early data before negotiate(); it may be replayed. Returns how many bytes went out, and sets blocked(). */
    script_int send_early_data(struct script_in data);
    /* Up to max bytes of early data, before negotiate(). There may be more unless blocked() is S2N_NOT_BLOCKED. */
    struct script_out recv_early_data(script_int max);
    /* The context of early data that waits for an answer (see hold_early_data); nil if none waits. */
    struct script_out get_early_data_context();
    /* Accepts the early data that waits; then call again what was blocked. */
    void accept_early_data();
    /* Rejects the early data that waits; the handshake goes on without it. */
    void reject_early_data();
    /* As if it were new, except for its mode. Set config and transport again. */
    void wipe();
    /* Gives back what only the handshake needed. */
    void free_handshake();
    /* The connection as bytes, which hold its keys. It cannot be used here any more: close it, without shutdown. */
    struct script_out serialize();
    /* Continues a serialized connection. Then set transport and config. A blob must be used once. */
    void deserialize(struct script_in blob);
    /* A session to resume later with set_session(); nil if there is none (yet). Keep it secret. */
    struct script_out get_session();
    /* The session id; empty if there is none. */
    struct script_out get_session_id();
    /* The master secret (48 bytes), below TLS 1.3 only. */
    struct script_out get_master_secret();
    /* The identity of the pre-shared key in use; empty without one. */
    struct script_out get_negotiated_psk_identity();
    /* The IANA number of the cipher suite. */
    script_int get_cipher_iana_value();
    /* The chain that a client sent, checked or not: each certificate in DER behind its length in three bytes. */
    struct script_out get_client_cert_chain();
    %newobject get_peer_cert_chain;
    /* The validated chain of the peer, trust anchor last. */
    struct script_cert *get_peer_cert_chain();
    %newobject get_selected_cert;
    /* Which of the config's chains was presented; nil if none was. */
    struct script_cert *get_selected_cert();
    /* The ClientHello that a server received, without its four byte header, the random as zeros; nil before. */
    struct script_out get_client_hello();
    /* The random of that ClientHello; nil before. */
    struct script_out get_client_random();
    /* The session id of that ClientHello; nil before. */
    struct script_out get_client_session_id();
    /* Sends and receives through memory: feed() and take(). */
    void use_memory();
    /* Bytes that came from the peer. */
    void feed(struct script_in data);
    /* The peer's stream has ended. */
    void feed_eof();
    /* Bytes for the peer, all that wait. */
    struct script_out take();
    /* How many bytes were fed and not read yet. */
    script_int incoming();
    /* How many bytes wait to be taken. */
    script_int outgoing();
    /* The descriptor that is read from. */
    script_int get_read_fd();
    /* s2n_connection_set_cipher_preferences(): Chooses the security policy version for this connection instead of the config's. */
    void set_cipher_preferences(struct script_chars version);
    /* s2n_connection_is_valid_for_cipher_preferences(): Returns 1 if what was negotiated is allowed by the policy version, and 0 if not. */
    bool is_valid_for_cipher_preferences(struct script_chars version);
    /* s2n_connection_is_ocsp_stapled(): Returns 1 if the peer stapled an OCSP response, or if this side sent one; else 0. */
    bool is_ocsp_stapled();
    /* s2n_set_server_name(): Sets the name of the server to reach: sent as SNI and compared with its certificate. Client only. */
    void set_server_name(struct script_chars server_name);
    /* s2n_get_server_name(): Returns the server name: on a client the one set, on a server the one received, from its ClientHello callback on. */
    struct script_text get_server_name();
    /* s2n_connection_append_protocol_preference(): Adds one ALPN protocol to the connection's own list, which replaces the config's as soon as it has one entry. */
    void append_protocol_preference(struct script_in protocol);
    /* s2n_get_application_protocol(): Returns the negotiated protocol, or NULL without an error if there is none. */
    struct script_text get_application_protocol();
    /* s2n_connection_get_mode(): Returns whether the connection is a server or a client; S2N_SERVER for NULL. */
    script_int get_mode();
    /* s2n_connection_release_buffers(): Releases empty input and output buffers; they come back when needed. Bytes received ahead are kept. */
    void release_buffers();
    /* s2n_connection_set_fd(): Uses one descriptor for both directions, as s2n_connection_set_read_fd() and s2n_connection_set_write_fd(). */
    void set_fd(script_int fd);
    /* s2n_connection_set_read_fd(): Reads from a descriptor with read(), instead of anything set before. */
    void set_read_fd(script_int readfd);
    /* s2n_connection_set_write_fd(): Writes to a descriptor with write(), instead of anything set before. */
    void set_write_fd(script_int writefd);
    /* s2n_connection_get_write_fd(): Writes the descriptor that the connection writes to to writefd. */
    script_int get_write_fd();
    /* s2n_connection_use_corked_io(): Corks the socket while this side writes a flight of the handshake, so that it leaves in few packets. */
    void use_corked_io();
    /* s2n_connection_prefer_throughput(): Sends records of up to 16384 bytes of plaintext; the default is 8087. May be called at any time. */
    void prefer_throughput();
    /* s2n_connection_prefer_low_latency(): Sends records of up to 1435 bytes of plaintext, which fit one packet. May be called at any time. */
    void prefer_low_latency();
    /* s2n_connection_set_dynamic_record_threshold(): Sends packet-sized records for the first resize_threshold bytes, then records of the usual size. */
    void set_dynamic_record_threshold(script_int resize_threshold, script_int timeout_threshold);
    /* s2n_connection_set_dynamic_buffers(): Frees the input and output buffers whenever they are empty after a call; off by default. */
    void set_dynamic_buffers(bool enabled);
    /* s2n_connection_set_recv_buffering(): Reads as many bytes as there is room for, instead of exactly one record; off by default. */
    void set_recv_buffering(bool enabled);
    /* s2n_peek(): Returns how many decrypted bytes the next s2n_recv() can give without reading; 0 for NULL. */
    script_int peek();
    /* s2n_peek_buffered(): Returns how many encrypted bytes were read ahead, beyond the current record; 0 for NULL. */
    script_int peek_buffered();
    /* s2n_connection_get_wire_bytes_in(): Returns the bytes read from the transport so far, record headers included; 0 for NULL. */
    script_int get_wire_bytes_in();
    /* s2n_connection_get_wire_bytes_out(): Returns the bytes written to the transport so far, record headers included; 0 for NULL. */
    script_int get_wire_bytes_out();
    /* s2n_connection_set_blinding(): Chooses who waits after an error that could tell an attacker something by its timing: the failing call (default) or the application. */
    void set_blinding(script_int blinding);
    /* s2n_connection_get_delay(): Returns the nanoseconds still to wait before closing after an error; 0 if none. UINT64_MAX is a failure. */
    script_int get_delay();
    /* s2n_connection_request_key_update(): Changes the key of the sending direction before the next bytes are sent, in TLS 1.3; no effect below. */
    void request_key_update(script_int peer_request);
    /* s2n_connection_get_alert(): Returns the number of the last alert received, 0 being close_notify. Reading does not consume it. */
    script_int get_alert();
    /* s2n_connection_set_client_auth_type(): Sets it for this connection instead of the config's. Not validated. Dropped by s2n_connection_wipe(). */
    void set_client_auth_type(script_int client_auth_type);
    /* s2n_connection_get_client_auth_type(): Writes the value in effect: the connection's, else the config's if set, else the default for the mode. */
    script_int get_client_auth_type();
    /* s2n_connection_client_cert_used(): Returns 1 if the handshake is done and the client presented a certificate, else 0. For both ends. */
    bool client_cert_used();
    /* s2n_connection_get_actual_protocol_version(): Returns the negotiated version, such as S2N_TLS13. Kept by serialization. */
    script_int get_actual_protocol_version();
    /* s2n_connection_get_client_protocol_version(): Returns the client's highest version: the own one, or on a server the highest offered that it knows. */
    script_int get_client_protocol_version();
    /* s2n_connection_get_server_protocol_version(): Returns the server's highest version: the own one, or on a client what the ServerHello said. */
    script_int get_server_protocol_version();
    /* s2n_connection_get_cipher(): Returns the name of the cipher suite in OpenSSL style; "TLS_NULL_WITH_NULL_NULL" before there is one. */
    struct script_text get_cipher();
    /* s2n_connection_get_key_exchange_group(): Writes the name of the group that the key exchange used, be it a curve or a hybrid. */
    struct script_text get_key_exchange_group();
    /* s2n_connection_get_kem_group_name(): Returns the name of the post-quantum or hybrid group of a TLS 1.3 key exchange, "NONE" without one. */
    struct script_text get_kem_group_name();
    /* s2n_connection_get_signature_scheme(): Writes the name of the server's signature scheme, as in the IANA registry where it has one; "none" without. */
    struct script_text get_signature_scheme();
    /* s2n_connection_get_selected_signature_algorithm(): Writes the algorithm of the server's signature; S2N_TLS_SIGNATURE_ANONYMOUS before, or if it made none. */
    script_int get_selected_signature_algorithm();
    /* s2n_connection_get_selected_digest_algorithm(): Writes the hash of the server's signature; S2N_TLS_HASH_NONE before, if it made none, and for ML-DSA. */
    script_int get_selected_digest_algorithm();
    /* s2n_connection_get_selected_client_cert_signature_algorithm(): Writes the algorithm of the client's signature; S2N_TLS_SIGNATURE_ANONYMOUS without client authentication. */
    script_int get_selected_client_cert_signature_algorithm();
    /* s2n_connection_get_selected_client_cert_digest_algorithm(): Writes the hash of the client's signature; S2N_TLS_HASH_NONE without client authentication. */
    script_int get_selected_client_cert_digest_algorithm();
    /* s2n_connection_get_certificate_match(): Writes how the server's certificate fits the name that the client asked for. Server only. */
    script_int get_certificate_match();
    /* s2n_connection_get_handshake_type_name(): Returns what kind of handshake it is, as flag names joined by "|"; "INITIAL" before anything is known. */
    struct script_text get_handshake_type_name();
    /* s2n_connection_get_last_message_name(): Returns the name of the message that the handshake is at; "APPLICATION_DATA" when it is done. */
    struct script_text get_last_message_name();
    /* s2n_connection_add_new_tickets_to_send(): Has a TLS 1.3 server send num tickets more, after the handshake or before the next data it sends. */
    void add_new_tickets_to_send(script_int num);
    /* s2n_connection_get_tickets_sent(): Writes how many tickets this server has sent; at most 1 below TLS 1.3. */
    script_int get_tickets_sent();
    /* s2n_connection_set_server_keying_material_lifetime(): Sets for how many seconds sessions that began with this TLS 1.3 connection may be resumed without a full handshake in between; 604800 (a week) by default. */
    void set_server_keying_material_lifetime(script_int lifetime_in_secs);
    /* s2n_connection_set_session(): Has a client ask to resume a session, in place of one set before. Copied; call it before the handshake. */
    void set_session(struct script_in session);
    /* s2n_connection_get_session_ticket_lifetime_hint(): Returns the lifetime in seconds that the server gave the last ticket received. */
    script_int get_session_ticket_lifetime_hint();
    /* s2n_connection_is_session_resumed(): Returns 1 if the handshake resumed a session, else 0; also 0 for NULL. */
    bool is_session_resumed();
    /* s2n_connection_append_psk(): Adds a copy of the key to the connection, less preferred than those added before. */
    void append_psk(struct script_psk *psk);
    /* s2n_connection_set_psk_mode(): Sets the kind of keys for this connection instead of the config's. */
    void set_psk_mode(script_int mode);
    /* s2n_connection_set_server_max_early_data_size(): Sets it for this connection instead of the config's, 0 included. Dropped by s2n_connection_wipe(). */
    void set_server_max_early_data_size(script_int max_early_data_size);
    /* s2n_connection_set_server_early_data_context(): Puts up to 65535 bytes into the tickets that this server issues, copied; 0 bytes takes them out. */
    void set_server_early_data_context(struct script_in context);
    /* s2n_connection_get_early_data_status(): Writes where early data stands on this connection. */
    script_int get_early_data_status();
    /* s2n_connection_get_remaining_early_data_size(): Writes how many bytes of early data may still be sent or received; 0 once it is refused or over. */
    script_int get_remaining_early_data_size();
    /* s2n_connection_get_max_early_data_size(): Writes how many bytes of early data are allowed in all, by the most preferred key. */
    script_int get_max_early_data_size();
}

%rename(Config) script_config;
struct script_config {
};
%extend script_config {
    /* Settings for connections. Nothing is trusted: see add_pem_to_trust_store and load_system_certs. */
    script_config() {
        return script_config_new();
    }
    ~script_config() {
        script_drop($self);
    }
    /* Closes the config; connections that use it are not disturbed. May be repeated. */
    void close();
    /* Whether close() was called. */
    bool is_closed();
    /* Adds a chain with its key, and keeps it alive. */
    void add_cert_chain_and_key_to_store(struct script_cert *chain);
    /* Trusts the certificates in a PEM file and in a hashed directory; either may be nil or empty. */
    void set_verification_ca_location(struct script_chars file, struct script_chars dir);
    /* Accepts this name in peers' certificates, instead of the server name; "*" accepts every one. May be repeated. */
    void accept_host(struct script_chars name);
#ifdef S2N_CALLBACKS
    /* Asks this function about each name in a peer's certificate, instead of the list; it gives true or false. While it runs the connection is busy. */
    void set_verify_host(struct script_callback function);
#endif
    /* Has early data wait for accept_early_data() or reject_early_data(). By default a server accepts it. */
    void hold_early_data();
    /* The IANA numbers of the groups that can be used, in order, as text with blanks between. */
    struct script_text get_supported_groups();
    /* Forgets the application protocols; see append_protocol_preference. */
    void clear_protocol_preferences();
    /* s2n_config_set_send_buffer_size(): Sets the bytes of output that a connection gathers before it writes, at least 1034. */
    void set_send_buffer_size(script_int size);
    /* s2n_config_set_recv_multi_record(): Makes s2n_recv() go on until the buffer is full or reading would block, instead of one record per call. */
    void set_recv_multi_record(bool enabled);
    /* s2n_config_set_verify_after_sign(): Chooses whether own handshake signatures are verified before they are sent, against faulty hardware. */
    void set_verify_after_sign(script_int mode);
    /* s2n_config_set_alert_behavior(): Chooses what warning alerts do: end the connection (default) or, below TLS 1.3, nothing. */
    void set_alert_behavior(script_int alert_behavior);
    /* s2n_config_set_max_blinding_delay(): Sets the longest blinding delay in seconds; the delay is then random between a third of that and that. */
    void set_max_blinding_delay(script_int seconds);
    /* s2n_config_send_max_fragment_length(): Makes clients ask for small records (RFC 6066 4); 0 stops asking, which is the default. */
    void send_max_fragment_length(script_int mfl_code);
    /* s2n_config_accept_max_fragment_length(): Makes servers grant the record size that a client asks for. Cannot be undone for config. */
    void accept_max_fragment_length();
    /* s2n_config_set_cipher_preferences(): Chooses the security policy version, a name in any case, for connections without one of their own. */
    void set_cipher_preferences(struct script_chars version);
    /* s2n_config_load_system_certs(): Adds libcrypto's default certificate file and directory to the trust store of config. */
    void load_system_certs();
    /* s2n_config_add_pem_to_trust_store(): Adds the certificates in a PEM string to the trust store. They are copied. */
    void add_pem_to_trust_store(struct script_chars pem);
    /* s2n_config_wipe_trust_store(): Empties the trust store, so that only certificates added afterwards are trusted. May be repeated. */
    void wipe_trust_store();
    /* s2n_config_set_max_cert_chain_depth(): Sets how many certificates a peer's chain may have, the leaf included; 7 by default, at most 65535. */
    void set_max_cert_chain_depth(script_int max_depth);
    /* s2n_config_disable_x509_time_verification(): Stops checking the validity period of certificates. Cannot be undone for config. For tests only. */
    void disable_x509_time_verification();
    /* s2n_config_disable_x509_intent_verification(): Stops checking that certificates are meant for TLS servers or clients. Cannot be undone for config. */
    void disable_x509_intent_verification();
    /* s2n_config_disable_x509_verification(): Stops verifying the peer's certificates at all and empties the trust store. Cannot be undone. For tests only. */
    void disable_x509_verification();
    /* s2n_config_set_status_request_type(): Asks the peer for a stapled OCSP response, or with S2N_STATUS_REQUEST_NONE no longer asks. */
    void set_status_request_type(script_int type);
    /* s2n_config_set_check_stapled_ocsp_response(): Chooses whether a stapled OCSP response is verified (1, the default) or only kept (0). */
    void set_check_stapled_ocsp_response(script_int check_ocsp);
    /* s2n_config_set_ct_support_level(): Makes clients ask for certificate transparency data, or not, which is the default. Takes effect at once. */
    void set_ct_support_level(script_int level);
    /* s2n_config_append_protocol_preference(): Adds one ALPN protocol after those that config has. Copied; 1 to 255 bytes of any value. */
    void append_protocol_preference(struct script_in protocol);
    /* s2n_config_set_client_auth_type(): Sets whether connections ask for (server) or answer with (client) a client certificate. Not validated. */
    void set_client_auth_type(script_int client_auth_type);
    /* s2n_config_get_client_auth_type(): Writes the value set on config; S2N_CERT_AUTH_NONE if it never was, whatever clients then do. */
    script_int get_client_auth_type();
    /* s2n_config_set_cert_authorities_from_trust_store(): Makes servers name the subjects of the whole trust store as acceptable issuers when they ask for a client certificate. */
    void set_cert_authorities_from_trust_store();
    /* s2n_config_enable_cert_req_dss_legacy_compat(): Lists DSS too among the certificate types that servers below TLS 1.3 ask for, which some old clients need. */
    void enable_cert_req_dss_legacy_compat();
    /* s2n_config_set_session_state_lifetime(): Sets how long after its issue a session can be resumed, in seconds; 54000 (15 hours) by default. */
    void set_session_state_lifetime(script_int lifetime_in_secs);
    /* s2n_config_set_session_tickets_onoff(): Switches session tickets on (1) or off (0, the default). Only the lowest bit of enabled counts. */
    void set_session_tickets_onoff(bool enabled);
    /* s2n_config_set_session_cache_onoff(): Switches the session cache of servers on (not 0) or off (0, the default). For versions below TLS 1.3. */
    void set_session_cache_onoff(bool enabled);
    /* s2n_config_set_ticket_encrypt_decrypt_key_lifetime(): Sets for how many seconds from its introduction a ticket key seals new tickets; 7200 (2 hours) by default. */
    void set_ticket_encrypt_decrypt_key_lifetime(script_int lifetime_in_secs);
    /* s2n_config_set_ticket_decrypt_key_lifetime(): Sets for how many seconds more a ticket key opens tickets after it stopped sealing them; 46800 (13 hours) by default. */
    void set_ticket_decrypt_key_lifetime(script_int lifetime_in_secs);
    /* s2n_config_add_ticket_crypto_key(): Adds a key that tickets and cached sessions are sealed with. For servers; name and key are copied. */
    void add_ticket_crypto_key(struct script_in name, struct script_in key, script_int intro_time_in_seconds_from_epoch);
    /* s2n_config_require_ticket_forward_secrecy(): Gives up tickets below TLS 1.3, for both ends: a stolen ticket key would open the sessions resumed with them. */
    void require_ticket_forward_secrecy(bool enabled);
    /* s2n_config_set_initial_ticket_count(): Sets how many tickets a TLS 1.3 server sends after a handshake, and switches session tickets on. */
    void set_initial_ticket_count(script_int num);
    /* s2n_config_set_psk_mode(): Sets the kind of keys that connections use: those of resumption (default) or external ones. */
    void set_psk_mode(script_int mode);
    /* s2n_config_set_server_max_early_data_size(): Sets how many bytes of early data servers accept and promise in tickets; 0, the default, refuses it. */
    void set_server_max_early_data_size(script_int max_early_data_size);
    /* s2n_config_set_serialization_version(): Allows connections with config to be serialized in the given format. Set it before the handshake. */
    void set_serialization_version(script_int version);
    /* s2n_config_allow_ip_in_cn(): Accepts peer certificates whose only name is a subject common name holding an IPv4 or IPv6 address. */
    void allow_ip_in_cn();
    /* s2n_config_add_custom_x509_extension(): Accepts certificates that mark the extension with this object identifier as critical. Copied; repeatable. */
    void add_custom_x509_extension(struct script_in extension_oid);
}

%rename(CertChain) script_cert;
struct script_cert {
};
%extend script_cert {
    /* An empty chain; see load_pem_bytes. */
    script_cert() {
        return script_cert_new();
    }
    ~script_cert() {
        script_drop($self);
    }
    /* Closes the chain; configs that use it are not disturbed. May be repeated. */
    void close();
    /* Whether close() was called. */
    bool is_closed();
    /* The certificate at this place, 0 being the leaf, in DER. */
    struct script_out get_der(script_int index);
    /* The value of an extension, by dotted number, of the certificate at this place. */
    struct script_out get_extension(script_int index, struct script_chars oid);
    /* Whether that extension is critical. */
    bool is_extension_critical(script_int index, struct script_chars oid);
    /* s2n_cert_chain_and_key_load_pem_bytes(): As s2n_cert_chain_and_key_load_pem(), with lengths instead of terminators. The buffers are only read. */
    void load_pem_bytes(struct script_in chain_pem, struct script_in private_key_pem);
    /* s2n_cert_chain_and_key_load_public_pem_bytes(): Loads a chain without a private key, for use with an asynchronous private-key callback. It is copied. */
    void load_public_pem_bytes(struct script_in chain_pem);
    /* s2n_cert_chain_and_key_set_ocsp_data(): Sets the OCSP response that is sent with this chain to peers that ask for one. DER, copied, not looked at. */
    void set_ocsp_data(struct script_in data);
    /* s2n_cert_chain_and_key_set_sct_list(): Sets the certificate transparency data (an RFC 6962 list) that servers send with this chain. As s2n_cert_chain_and_key_set_ocsp_data() otherwise. */
    void set_sct_list(struct script_in data);
    /* s2n_cert_chain_get_length(): Writes the number of certificates in the chain to cert_length. */
    script_int get_length();
}

%rename(Psk) script_psk;
struct script_psk {
};
%extend script_psk {
    /* An external pre-shared key without identity and secret. */
    script_psk() {
        return script_psk_new();
    }
    ~script_psk() {
        script_drop($self);
    }
    /* Wipes the key. Connections have copies. May be repeated. */
    void close();
    /* Whether close() was called. */
    bool is_closed();
    /* s2n_psk_set_identity(): Sets the identity, the name that both ends know the secret by: 1 to 65535 bytes, copied. */
    void set_identity(struct script_in identity);
    /* s2n_psk_set_secret(): Sets the secret: 1 to 65535 bytes, copied. */
    void set_secret(struct script_in secret);
    /* s2n_psk_set_hmac(): Sets the hash that the key is used with; only cipher suites with that hash can then use it. */
    void set_hmac(script_int hmac);
    /* s2n_psk_configure_early_data(): Allows early data with an external key: how many bytes, 0 for none, and the IANA number of the only cipher suite. */
    void configure_early_data(script_int max_early_data_size, script_int cipher_suite_first_byte, script_int cipher_suite_second_byte);
    /* s2n_psk_set_application_protocol(): Sets the one ALPN protocol, up to 255 bytes without terminator, that early data with this key is for. Copied. */
    void set_application_protocol(struct script_in application_protocol);
    /* s2n_psk_set_early_data_context(): Keeps up to 65535 bytes with the key of a server for its early data callback, copied; 0 bytes takes them out. */
    void set_early_data_context(struct script_in context);
}

/* Text from an extension's value (a UTF8String in DER). */
%rename(utf8_from_extension) script_utf8_from_extension;
struct script_out script_utf8_from_extension(struct script_in value);
/* s2n_get_openssl_version(): Returns the version number (OPENSSL_VERSION_NUMBER) of the libcrypto headers the library was built with. */
%rename(get_openssl_version) script_get_openssl_version;
script_int script_get_openssl_version(void);
/* s2n_get_fips_mode(): Writes to fips_mode whether libcrypto was in FIPS mode when s2n_init() ran. */
%rename(get_fips_mode) script_get_fips_mode;
script_int script_get_fips_mode(void);
