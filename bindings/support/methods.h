/* SPDX-License-Identifier: Apache-2.0 */
/* Made by bindings/gen.py; do not edit. The methods of methods.c; what each does stands in the public header. */
#ifndef S2N_SCRIPT_METHODS_H
#define S2N_SCRIPT_METHODS_H

#include "script.h"

script_int script_get_openssl_version(void);
script_int script_get_fips_mode(void);
void script_config_set_send_buffer_size(struct script_config *self, script_int size);
void script_config_set_recv_multi_record(struct script_config *self, bool enabled);
void script_config_set_verify_after_sign(struct script_config *self, script_int mode);
void script_config_set_alert_behavior(struct script_config *self, script_int alert_behavior);
void script_config_set_max_blinding_delay(struct script_config *self, script_int seconds);
void script_config_send_max_fragment_length(struct script_config *self, script_int mfl_code);
void script_config_accept_max_fragment_length(struct script_config *self);
void script_config_set_cipher_preferences(struct script_config *self, struct script_chars version);
void script_connection_set_cipher_preferences(struct script_connection *self, struct script_chars version);
bool script_connection_is_valid_for_cipher_preferences(struct script_connection *self,
                                                       struct script_chars version);
void script_cert_load_pem_bytes(struct script_cert *self, struct script_in chain_pem,
                                struct script_in private_key_pem);
void script_cert_load_public_pem_bytes(struct script_cert *self, struct script_in chain_pem);
void script_cert_set_ocsp_data(struct script_cert *self, struct script_in data);
void script_cert_set_sct_list(struct script_cert *self, struct script_in data);
void script_config_load_system_certs(struct script_config *self);
void script_config_add_pem_to_trust_store(struct script_config *self, struct script_chars pem);
void script_config_wipe_trust_store(struct script_config *self);
void script_config_set_max_cert_chain_depth(struct script_config *self, script_int max_depth);
void script_config_disable_x509_time_verification(struct script_config *self);
void script_config_disable_x509_intent_verification(struct script_config *self);
void script_config_disable_x509_verification(struct script_config *self);
void script_config_set_status_request_type(struct script_config *self, script_int type);
void script_config_set_check_stapled_ocsp_response(struct script_config *self, script_int check_ocsp);
void script_config_set_ct_support_level(struct script_config *self, script_int level);
bool script_connection_is_ocsp_stapled(struct script_connection *self);
void script_connection_set_server_name(struct script_connection *self, struct script_chars server_name);
struct script_text script_connection_get_server_name(struct script_connection *self);
void script_config_append_protocol_preference(struct script_config *self, struct script_in protocol);
void script_connection_append_protocol_preference(struct script_connection *self, struct script_in protocol);
struct script_text script_connection_get_application_protocol(struct script_connection *self);
script_int script_connection_get_mode(struct script_connection *self);
void script_connection_release_buffers(struct script_connection *self);
void script_connection_set_fd(struct script_connection *self, script_int fd);
void script_connection_set_read_fd(struct script_connection *self, script_int readfd);
void script_connection_set_write_fd(struct script_connection *self, script_int writefd);
script_int script_connection_get_write_fd(struct script_connection *self);
void script_connection_use_corked_io(struct script_connection *self);
void script_connection_prefer_throughput(struct script_connection *self);
void script_connection_prefer_low_latency(struct script_connection *self);
void script_connection_set_dynamic_record_threshold(struct script_connection *self,
                                                    script_int resize_threshold,
                                                    script_int timeout_threshold);
void script_connection_set_dynamic_buffers(struct script_connection *self, bool enabled);
void script_connection_set_recv_buffering(struct script_connection *self, bool enabled);
script_int script_connection_peek(struct script_connection *self);
script_int script_connection_peek_buffered(struct script_connection *self);
script_int script_connection_get_wire_bytes_in(struct script_connection *self);
script_int script_connection_get_wire_bytes_out(struct script_connection *self);
void script_connection_set_blinding(struct script_connection *self, script_int blinding);
script_int script_connection_get_delay(struct script_connection *self);
void script_connection_request_key_update(struct script_connection *self, script_int peer_request);
script_int script_connection_get_alert(struct script_connection *self);
void script_config_set_client_auth_type(struct script_config *self, script_int client_auth_type);
script_int script_config_get_client_auth_type(struct script_config *self);
void script_connection_set_client_auth_type(struct script_connection *self, script_int client_auth_type);
script_int script_connection_get_client_auth_type(struct script_connection *self);
bool script_connection_client_cert_used(struct script_connection *self);
void script_config_set_cert_authorities_from_trust_store(struct script_config *self);
void script_config_enable_cert_req_dss_legacy_compat(struct script_config *self);
script_int script_cert_get_length(struct script_cert *self);
script_int script_connection_get_actual_protocol_version(struct script_connection *self);
script_int script_connection_get_client_protocol_version(struct script_connection *self);
script_int script_connection_get_server_protocol_version(struct script_connection *self);
struct script_text script_connection_get_cipher(struct script_connection *self);
struct script_text script_connection_get_key_exchange_group(struct script_connection *self);
struct script_text script_connection_get_kem_group_name(struct script_connection *self);
struct script_text script_connection_get_signature_scheme(struct script_connection *self);
script_int script_connection_get_selected_signature_algorithm(struct script_connection *self);
script_int script_connection_get_selected_digest_algorithm(struct script_connection *self);
script_int script_connection_get_selected_client_cert_signature_algorithm(struct script_connection *self);
script_int script_connection_get_selected_client_cert_digest_algorithm(struct script_connection *self);
script_int script_connection_get_certificate_match(struct script_connection *self);
struct script_text script_connection_get_handshake_type_name(struct script_connection *self);
struct script_text script_connection_get_last_message_name(struct script_connection *self);
void script_config_set_session_state_lifetime(struct script_config *self, script_int lifetime_in_secs);
void script_config_set_session_tickets_onoff(struct script_config *self, bool enabled);
void script_config_set_session_cache_onoff(struct script_config *self, bool enabled);
void script_config_set_ticket_encrypt_decrypt_key_lifetime(struct script_config *self,
                                                           script_int lifetime_in_secs);
void script_config_set_ticket_decrypt_key_lifetime(struct script_config *self, script_int lifetime_in_secs);
void script_config_add_ticket_crypto_key(struct script_config *self, struct script_in name,
                                         struct script_in key, script_int intro_time_in_seconds_from_epoch);
void script_config_require_ticket_forward_secrecy(struct script_config *self, bool enabled);
void script_config_set_initial_ticket_count(struct script_config *self, script_int num);
void script_connection_add_new_tickets_to_send(struct script_connection *self, script_int num);
script_int script_connection_get_tickets_sent(struct script_connection *self);
void script_connection_set_server_keying_material_lifetime(struct script_connection *self,
                                                           script_int lifetime_in_secs);
void script_connection_set_session(struct script_connection *self, struct script_in session);
script_int script_connection_get_session_ticket_lifetime_hint(struct script_connection *self);
bool script_connection_is_session_resumed(struct script_connection *self);
void script_psk_set_identity(struct script_psk *self, struct script_in identity);
void script_psk_set_secret(struct script_psk *self, struct script_in secret);
void script_psk_set_hmac(struct script_psk *self, script_int hmac);
void script_connection_append_psk(struct script_connection *self, struct script_psk *psk);
void script_config_set_psk_mode(struct script_config *self, script_int mode);
void script_connection_set_psk_mode(struct script_connection *self, script_int mode);
void script_config_set_server_max_early_data_size(struct script_config *self, script_int max_early_data_size);
void script_connection_set_server_max_early_data_size(struct script_connection *self,
                                                      script_int max_early_data_size);
void script_connection_set_server_early_data_context(struct script_connection *self,
                                                     struct script_in context);
void script_psk_configure_early_data(struct script_psk *self, script_int max_early_data_size,
                                     script_int cipher_suite_first_byte, script_int cipher_suite_second_byte);
void script_psk_set_application_protocol(struct script_psk *self, struct script_in application_protocol);
void script_psk_set_early_data_context(struct script_psk *self, struct script_in context);
script_int script_connection_get_early_data_status(struct script_connection *self);
script_int script_connection_get_remaining_early_data_size(struct script_connection *self);
script_int script_connection_get_max_early_data_size(struct script_connection *self);
void script_config_set_serialization_version(struct script_config *self, script_int version);
void script_config_allow_ip_in_cn(struct script_config *self);
void script_config_add_custom_x509_extension(struct script_config *self, struct script_in extension_oid);

#endif
