/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The type of every exported function and callback, written down a second time, because a changed parameter breaks
 * programs that were compiled before. Compiles if the headers agree and has nothing to run; header_test.sh compiles
 * it. Lines are only ever added here.
 */
#define S2N_DEPRECATED(text)
#include <s2n.h>
#include <s2n/unstable/allow_ip_in_cn.h>
#include <s2n/unstable/cleanup.h>

#define TYPE(name, ...) \
    _Static_assert(_Generic(&name, __VA_ARGS__ : 1, default : 0), #name " is part of the ABI")
#define CALLBACK(name, ...) \
    _Static_assert(_Generic((name *) 0, __VA_ARGS__ : 1, default : 0), #name " is part of the ABI")

TYPE(s2n_errno_location, int *(*) (void) );
TYPE(s2n_error_get_type, int (*)(int));
TYPE(s2n_crypto_disable_init, int (*)(void));
TYPE(s2n_disable_atexit, int (*)(void));
TYPE(s2n_get_openssl_version, unsigned long (*)(void));
TYPE(s2n_init, int (*)(void));
TYPE(s2n_cleanup, int (*)(void));
TYPE(s2n_cleanup_final, int (*)(void));
TYPE(s2n_get_fips_mode, int (*)(s2n_fips_mode *));
TYPE(s2n_config_new, struct s2n_config *(*) (void) );
TYPE(s2n_config_new_minimal, struct s2n_config *(*) (void) );
TYPE(s2n_config_free, int (*)(struct s2n_config *));
TYPE(s2n_config_free_cert_chain_and_key, int (*)(struct s2n_config *));
TYPE(s2n_config_set_wall_clock, int (*)(struct s2n_config *, s2n_clock_time_nanoseconds, void *));
TYPE(s2n_config_set_monotonic_clock, int (*)(struct s2n_config *, s2n_clock_time_nanoseconds, void *));
TYPE(s2n_strerror, const char *(*) (int, const char *) );
TYPE(s2n_strerror_debug, const char *(*) (int, const char *) );
TYPE(s2n_strerror_name, const char *(*) (int) );
TYPE(s2n_strerror_source, const char *(*) (int) );
TYPE(s2n_stack_traces_enabled, bool (*)(void));
TYPE(s2n_stack_traces_enabled_set, int (*)(bool));
TYPE(s2n_calculate_stacktrace, int (*)(void));
TYPE(s2n_print_stacktrace, int (*)(FILE *));
TYPE(s2n_free_stacktrace, int (*)(void));
TYPE(s2n_get_stacktrace, int (*)(struct s2n_stacktrace *));
TYPE(s2n_mem_set_callbacks, int (*)(s2n_mem_init_callback, s2n_mem_cleanup_callback, s2n_mem_malloc_callback,
                                    s2n_mem_free_callback));
TYPE(s2n_rand_set_callbacks, int (*)(s2n_rand_init_callback, s2n_rand_cleanup_callback,
                                     s2n_rand_seed_callback, s2n_rand_mix_callback));
TYPE(s2n_cert_chain_and_key_new, struct s2n_cert_chain_and_key *(*) (void) );
TYPE(s2n_cert_chain_and_key_load_pem, int (*)(struct s2n_cert_chain_and_key *, const char *, const char *));
TYPE(s2n_cert_chain_and_key_load_pem_bytes,
     int (*)(struct s2n_cert_chain_and_key *, uint8_t *, uint32_t, uint8_t *, uint32_t));
TYPE(s2n_cert_chain_and_key_load_public_pem_bytes,
     int (*)(struct s2n_cert_chain_and_key *, uint8_t *, uint32_t));
TYPE(s2n_cert_chain_and_key_free, int (*)(struct s2n_cert_chain_and_key *));
TYPE(s2n_cert_chain_and_key_set_ctx, int (*)(struct s2n_cert_chain_and_key *, void *));
TYPE(s2n_cert_chain_and_key_get_ctx, void *(*) (struct s2n_cert_chain_and_key *) );
TYPE(s2n_cert_chain_and_key_get_private_key, s2n_cert_private_key *(*) (struct s2n_cert_chain_and_key *) );
TYPE(s2n_config_add_cert_chain_and_key, int (*)(struct s2n_config *, const char *, const char *));
TYPE(s2n_config_add_cert_chain_and_key_to_store,
     int (*)(struct s2n_config *, struct s2n_cert_chain_and_key *));
TYPE(s2n_config_set_cert_chain_and_key_defaults,
     int (*)(struct s2n_config *, struct s2n_cert_chain_and_key **, uint32_t));
TYPE(s2n_config_set_verification_ca_location, int (*)(struct s2n_config *, const char *, const char *));
TYPE(s2n_config_add_pem_to_trust_store, int (*)(struct s2n_config *, const char *));
TYPE(s2n_config_wipe_trust_store, int (*)(struct s2n_config *));
TYPE(s2n_config_load_system_certs, int (*)(struct s2n_config *));
TYPE(s2n_config_set_verify_after_sign, int (*)(struct s2n_config *, s2n_verify_after_sign));
TYPE(s2n_config_set_send_buffer_size, int (*)(struct s2n_config *, uint32_t));
TYPE(s2n_config_set_recv_multi_record, int (*)(struct s2n_config *, bool));
TYPE(s2n_config_set_verify_host_callback, int (*)(struct s2n_config *, s2n_verify_host_fn, void *));
TYPE(s2n_config_disable_x509_time_verification, int (*)(struct s2n_config *));
TYPE(s2n_config_disable_x509_intent_verification, int (*)(struct s2n_config *));
TYPE(s2n_config_disable_x509_verification, int (*)(struct s2n_config *));
TYPE(s2n_config_set_max_cert_chain_depth, int (*)(struct s2n_config *, uint16_t));
TYPE(s2n_config_set_cipher_preferences, int (*)(struct s2n_config *, const char *));
TYPE(s2n_config_append_protocol_preference, int (*)(struct s2n_config *, const uint8_t *, uint8_t));
TYPE(s2n_config_set_protocol_preferences, int (*)(struct s2n_config *, const char *const *, int));
TYPE(s2n_config_set_alert_behavior, int (*)(struct s2n_config *, s2n_alert_behavior));
TYPE(s2n_config_send_max_fragment_length, int (*)(struct s2n_config *, s2n_max_frag_len));
TYPE(s2n_config_accept_max_fragment_length, int (*)(struct s2n_config *));
TYPE(s2n_config_set_ctx, int (*)(struct s2n_config *, void *));
TYPE(s2n_config_get_ctx, int (*)(struct s2n_config *, void **));
TYPE(s2n_connection_new, struct s2n_connection *(*) (s2n_mode));
TYPE(s2n_connection_set_config, int (*)(struct s2n_connection *, struct s2n_config *));
TYPE(s2n_connection_set_ctx, int (*)(struct s2n_connection *, void *));
TYPE(s2n_connection_get_ctx, void *(*) (struct s2n_connection *) );
TYPE(s2n_connection_set_fd, int (*)(struct s2n_connection *, int));
TYPE(s2n_connection_set_read_fd, int (*)(struct s2n_connection *, int));
TYPE(s2n_connection_set_write_fd, int (*)(struct s2n_connection *, int));
TYPE(s2n_connection_get_read_fd, int (*)(struct s2n_connection *, int *));
TYPE(s2n_connection_get_write_fd, int (*)(struct s2n_connection *, int *));
TYPE(s2n_connection_use_corked_io, int (*)(struct s2n_connection *));
TYPE(s2n_connection_set_recv_ctx, int (*)(struct s2n_connection *, void *));
TYPE(s2n_connection_set_send_ctx, int (*)(struct s2n_connection *, void *));
TYPE(s2n_connection_set_recv_cb, int (*)(struct s2n_connection *, s2n_recv_fn *));
TYPE(s2n_connection_set_send_cb, int (*)(struct s2n_connection *, s2n_send_fn *));
TYPE(s2n_connection_prefer_throughput, int (*)(struct s2n_connection *));
TYPE(s2n_connection_prefer_low_latency, int (*)(struct s2n_connection *));
TYPE(s2n_connection_set_recv_buffering, int (*)(struct s2n_connection *, bool));
TYPE(s2n_peek_buffered, uint32_t (*)(struct s2n_connection *));
TYPE(s2n_connection_set_dynamic_buffers, int (*)(struct s2n_connection *, bool));
TYPE(s2n_connection_set_dynamic_record_threshold, int (*)(struct s2n_connection *, uint32_t, uint16_t));
TYPE(s2n_connection_set_verify_host_callback, int (*)(struct s2n_connection *, s2n_verify_host_fn, void *));
TYPE(s2n_connection_set_blinding, int (*)(struct s2n_connection *, s2n_blinding));
TYPE(s2n_connection_get_delay, uint64_t (*)(struct s2n_connection *));
TYPE(s2n_config_set_max_blinding_delay, int (*)(struct s2n_config *, uint32_t));
TYPE(s2n_connection_set_cipher_preferences, int (*)(struct s2n_connection *, const char *));
TYPE(s2n_connection_request_key_update, int (*)(struct s2n_connection *, s2n_peer_key_update));
TYPE(s2n_connection_append_protocol_preference, int (*)(struct s2n_connection *, const uint8_t *, uint8_t));
TYPE(s2n_connection_set_protocol_preferences, int (*)(struct s2n_connection *, const char *const *, int));
TYPE(s2n_set_server_name, int (*)(struct s2n_connection *, const char *));
TYPE(s2n_get_server_name, const char *(*) (struct s2n_connection *) );
TYPE(s2n_get_application_protocol, const char *(*) (struct s2n_connection *) );
TYPE(s2n_negotiate, int (*)(struct s2n_connection *, s2n_blocked_status *));
TYPE(s2n_send, ssize_t (*)(struct s2n_connection *, const void *, ssize_t, s2n_blocked_status *));
#ifndef _WIN32
TYPE(s2n_sendv, ssize_t (*)(struct s2n_connection *, const struct iovec *, ssize_t, s2n_blocked_status *));
#endif
#ifndef _WIN32
TYPE(s2n_sendv_with_offset,
     ssize_t (*)(struct s2n_connection *, const struct iovec *, ssize_t, ssize_t, s2n_blocked_status *));
#endif
TYPE(s2n_recv, ssize_t (*)(struct s2n_connection *, void *, ssize_t, s2n_blocked_status *));
TYPE(s2n_peek, uint32_t (*)(struct s2n_connection *));
TYPE(s2n_connection_free_handshake, int (*)(struct s2n_connection *));
TYPE(s2n_connection_release_buffers, int (*)(struct s2n_connection *));
TYPE(s2n_connection_wipe, int (*)(struct s2n_connection *));
TYPE(s2n_connection_free, int (*)(struct s2n_connection *));
TYPE(s2n_shutdown, int (*)(struct s2n_connection *, s2n_blocked_status *));
TYPE(s2n_shutdown_send, int (*)(struct s2n_connection *, s2n_blocked_status *));
TYPE(s2n_config_get_client_auth_type, int (*)(struct s2n_config *, s2n_cert_auth_type *));
TYPE(s2n_config_set_client_auth_type, int (*)(struct s2n_config *, s2n_cert_auth_type));
TYPE(s2n_connection_get_client_auth_type, int (*)(struct s2n_connection *, s2n_cert_auth_type *));
TYPE(s2n_connection_set_client_auth_type, int (*)(struct s2n_connection *, s2n_cert_auth_type));
TYPE(s2n_connection_get_client_cert_chain, int (*)(struct s2n_connection *, uint8_t **, uint32_t *));
TYPE(s2n_connection_get_session_id_length, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_session_id, int (*)(struct s2n_connection *, uint8_t *, size_t));
TYPE(s2n_connection_get_selected_signature_algorithm,
     int (*)(struct s2n_connection *, s2n_tls_signature_algorithm *));
TYPE(s2n_connection_get_selected_digest_algorithm,
     int (*)(struct s2n_connection *, s2n_tls_hash_algorithm *));
TYPE(s2n_connection_get_selected_client_cert_signature_algorithm,
     int (*)(struct s2n_connection *, s2n_tls_signature_algorithm *));
TYPE(s2n_connection_get_selected_client_cert_digest_algorithm,
     int (*)(struct s2n_connection *, s2n_tls_hash_algorithm *));
TYPE(s2n_connection_get_signature_scheme, int (*)(struct s2n_connection *, const char **));
TYPE(s2n_connection_get_selected_cert, struct s2n_cert_chain_and_key *(*) (struct s2n_connection *) );
TYPE(s2n_cert_chain_get_length, int (*)(const struct s2n_cert_chain_and_key *, uint32_t *));
TYPE(s2n_cert_chain_get_cert,
     int (*)(const struct s2n_cert_chain_and_key *, struct s2n_cert **, const uint32_t));
TYPE(s2n_cert_get_der, int (*)(const struct s2n_cert *, const uint8_t **, uint32_t *));
TYPE(s2n_connection_get_peer_cert_chain,
     int (*)(const struct s2n_connection *, struct s2n_cert_chain_and_key *));
TYPE(s2n_cert_get_x509_extension_value_length, int (*)(struct s2n_cert *, const uint8_t *, uint32_t *));
TYPE(s2n_cert_get_x509_extension_value,
     int (*)(struct s2n_cert *, const uint8_t *, uint8_t *, uint32_t *, bool *));
TYPE(s2n_cert_get_utf8_string_from_extension_data_length, int (*)(const uint8_t *, uint32_t, uint32_t *));
TYPE(s2n_cert_get_utf8_string_from_extension_data, int (*)(const uint8_t *, uint32_t, uint8_t *, uint32_t *));
TYPE(s2n_connection_get_wire_bytes_in, uint64_t (*)(struct s2n_connection *));
TYPE(s2n_connection_get_wire_bytes_out, uint64_t (*)(struct s2n_connection *));
TYPE(s2n_connection_get_client_protocol_version, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_server_protocol_version, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_actual_protocol_version, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_client_hello_version, int (*)(struct s2n_connection *));
TYPE(s2n_connection_client_cert_used, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_cipher, const char *(*) (struct s2n_connection *) );
TYPE(s2n_connection_get_certificate_match, int (*)(struct s2n_connection *, s2n_cert_sni_match *));
TYPE(s2n_connection_get_master_secret, int (*)(const struct s2n_connection *, uint8_t *, size_t));
TYPE(s2n_connection_get_cipher_iana_value, int (*)(struct s2n_connection *, uint8_t *, uint8_t *));
TYPE(s2n_connection_is_valid_for_cipher_preferences, int (*)(struct s2n_connection *, const char *));
TYPE(s2n_connection_get_curve, const char *(*) (struct s2n_connection *) );
TYPE(s2n_connection_get_kem_name, const char *(*) (struct s2n_connection *) );
TYPE(s2n_connection_get_kem_group_name, const char *(*) (struct s2n_connection *) );
TYPE(s2n_connection_get_key_exchange_group, int (*)(struct s2n_connection *, const char **));
TYPE(s2n_connection_get_alert, int (*)(struct s2n_connection *));
TYPE(s2n_connection_get_handshake_type_name, const char *(*) (struct s2n_connection *) );
TYPE(s2n_connection_get_last_message_name, const char *(*) (struct s2n_connection *) );
TYPE(s2n_config_set_key_log_cb, int (*)(struct s2n_config *, s2n_key_log_fn, void *));
TYPE(s2n_config_get_supported_groups, int (*)(struct s2n_config *, uint16_t *, uint16_t, uint16_t *));
TYPE(s2n_config_set_serialization_version, int (*)(struct s2n_config *, s2n_serialization_version));
TYPE(s2n_connection_serialization_length, int (*)(struct s2n_connection *, uint32_t *));
TYPE(s2n_connection_serialize, int (*)(struct s2n_connection *, uint8_t *, uint32_t));
TYPE(s2n_connection_deserialize, int (*)(struct s2n_connection *, uint8_t *, uint32_t));
TYPE(s2n_connection_get_mode, s2n_mode (*)(struct s2n_connection *));
TYPE(s2n_config_allow_ip_in_cn, int (*)(struct s2n_config *));
TYPE(s2n_cleanup_thread, int (*)(void));
TYPE(s2n_errno, int *);

CALLBACK(s2n_clock_time_nanoseconds, int (**)(void *, uint64_t *));
CALLBACK(s2n_cache_retrieve_callback,
         int (**)(struct s2n_connection *, void *, const void *, uint64_t, void *, uint64_t *));
CALLBACK(s2n_cache_store_callback,
         int (**)(struct s2n_connection *, void *, uint64_t, const void *, uint64_t, const void *, uint64_t));
CALLBACK(s2n_cache_delete_callback, int (**)(struct s2n_connection *, void *, const void *, uint64_t));
CALLBACK(s2n_mem_init_callback, int (**)(void));
CALLBACK(s2n_mem_cleanup_callback, int (**)(void));
CALLBACK(s2n_mem_malloc_callback, int (**)(void **, uint32_t, uint32_t *));
CALLBACK(s2n_mem_free_callback, int (**)(void *, uint32_t));
CALLBACK(s2n_rand_init_callback, int (**)(void));
CALLBACK(s2n_rand_cleanup_callback, int (**)(void));
CALLBACK(s2n_rand_seed_callback, int (**)(void *, uint32_t));
CALLBACK(s2n_rand_mix_callback, int (**)(void *, uint32_t));
CALLBACK(s2n_cert_tiebreak_callback,
         struct s2n_cert_chain_and_key *(**) (struct s2n_cert_chain_and_key *,
                                              struct s2n_cert_chain_and_key *, uint8_t *, uint32_t));
CALLBACK(s2n_verify_host_fn, uint8_t (**)(const char *, size_t, void *));
CALLBACK(s2n_client_hello_fn, int (*)(struct s2n_connection *, void *));
CALLBACK(s2n_recv_fn, int (*)(void *, uint8_t *, uint32_t));
CALLBACK(s2n_send_fn, int (*)(void *, const uint8_t *, uint32_t));
CALLBACK(s2n_session_ticket_fn, int (**)(struct s2n_connection *, void *, struct s2n_session_ticket *));
CALLBACK(s2n_psk_selection_callback,
         int (**)(struct s2n_connection *, void *, struct s2n_offered_psk_list *));
CALLBACK(s2n_async_pkey_fn, int (**)(struct s2n_connection *, struct s2n_async_pkey_op *));
CALLBACK(s2n_key_log_fn, int (**)(void *, struct s2n_connection *, uint8_t *, size_t));
CALLBACK(s2n_early_data_cb, int (**)(struct s2n_connection *, struct s2n_offered_early_data *));
