/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A NULL for every pointer argument that is required, one row each: the call fails with the error that the contract
 * names and crashes nothing. All other arguments are good.
 */
#include "api_test.h"
#include "private.h"

#include <s2n/unstable/cert_authorities.h>
#include <s2n/unstable/crl.h>
#include <s2n/unstable/events.h>
#include <s2n/unstable/ktls.h>

using namespace s2n_test;

namespace
{

/* Good values for the other arguments. */
struct Good {
    s2n_config *config = s2n_config_new_minimal();
    s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    s2n_cert_chain_and_key *empty = s2n_cert_chain_and_key_new();
    s2n_cert *cert = nullptr;
    std::string chain_pem = PkiFor(KeyKind::P256).chain_pem, key_pem = PkiFor(KeyKind::P256).leaf.key_pem;
    uint8_t bytes[64] = { 0x0C, 0x01, 'x' };
    const uint8_t *oid = reinterpret_cast<const uint8_t *>("2.5.29.17");
    uint8_t *out = nullptr;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;
    uint32_t length = sizeof(bytes);
    uint16_t number = 0;
    ssize_t count = 0;
    s2n_psk *psk = s2n_external_psk_new();
    s2n_offered_psk *offered = s2n_offered_psk_new();
    s2n_connection *server = s2n_connection_new(S2N_SERVER);
    std::string message = std::string("\x01\0\0\x29\x03\x03", 6) + std::string(32, 'r') +
                          std::string("\0\0\x02\x13\x01\x01\0", 7); /* a ClientHello with one suite */
    s2n_client_hello *hello =
        s2n_client_hello_parse_message(Octets(message), static_cast<uint32_t>(message.size()));
    uint16_t groups[4] = { 0 };
    bool yes = false;
    bool flag = false;
    s2n_crl *crl = s2n_crl_new();
    uint64_t hash = 0;

    Good()
    {
        Must(s2n_cert_chain_and_key_load_pem(chain, chain_pem.c_str(), key_pem.c_str()), "load");
        Must(s2n_cert_chain_get_cert(chain, &cert, 0), "get_cert");
    }
    ~Good()
    {
        s2n_connection_free(conn);
        s2n_connection_free(server);
        s2n_client_hello_free(&hello);
        s2n_psk_free(&psk);
        s2n_offered_psk_free(&offered);
        s2n_crl_free(&crl);
        s2n_config_free(config);
        s2n_cert_chain_and_key_free(chain);
        s2n_cert_chain_and_key_free(empty);
    }
    uint8_t *Chain() { return Octets(chain_pem); }
    uint8_t *Key() { return Octets(key_pem); }
    uint32_t ChainLen() { return static_cast<uint32_t>(chain_pem.size()); }
    uint32_t KeyLen() { return static_cast<uint32_t>(key_pem.size()); }
};

struct Row {
    const char *call;
    const char *error;
    bool (*failed)(Good &g);
};

#define ROW_ERROR(error, call)                                          \
    {                                                                   \
#call, "S2N_ERR_" error, [](Good &g) { (void) g; return Failed(call); } \
    }
#define ROW(call) ROW_ERROR("NULL", call)

int Clock(void *, uint64_t *now)
{
    *now = 0;
    return 0;
}

int Store(s2n_connection *, void *, uint64_t, const void *, uint64_t, const void *, uint64_t)
{
    return 0;
}

int Retrieve(s2n_connection *, void *, const void *, uint64_t, void *, uint64_t *)
{
    return -1;
}

int Delete(s2n_connection *, void *, const void *, uint64_t)
{
    return 0;
}

uint8_t kByte = 1;
s2n_fips_mode *const kNoFips = nullptr;

const Row kLibraryRows[] = {
    ROW(s2n_print_stacktrace(nullptr)),
    ROW(s2n_get_stacktrace(nullptr)),
    ROW(s2n_get_fips_mode(kNoFips)),
    ROW(s2n_error_get_alert(1, nullptr)),
};

const Row kConfigRows[] = {
    ROW(s2n_config_set_ctx(nullptr, nullptr)),
    ROW(s2n_config_get_ctx(nullptr, reinterpret_cast<void **>(&g.cert))),
    ROW(s2n_config_get_ctx(g.config, nullptr)),
    ROW(s2n_config_set_wall_clock(nullptr, Clock, nullptr)),
    ROW(s2n_config_set_wall_clock(g.config, nullptr, nullptr)),
    ROW(s2n_config_set_monotonic_clock(nullptr, Clock, nullptr)),
    ROW(s2n_config_set_monotonic_clock(g.config, nullptr, nullptr)),
    ROW(s2n_config_set_send_buffer_size(nullptr, 2000)),
    ROW(s2n_config_set_recv_multi_record(nullptr, true)),
    ROW(s2n_config_set_verify_after_sign(nullptr, S2N_VERIFY_AFTER_SIGN_ENABLED)),
    ROW(s2n_config_set_alert_behavior(nullptr, S2N_ALERT_IGNORE_WARNINGS)),
    ROW(s2n_config_set_max_blinding_delay(nullptr, 1)),
    ROW(s2n_config_send_max_fragment_length(nullptr, S2N_TLS_MAX_FRAG_LEN_512)),
    ROW(s2n_config_accept_max_fragment_length(nullptr)),
    ROW(s2n_config_set_key_log_cb(nullptr, nullptr, nullptr)),
    ROW(s2n_config_get_supported_groups(nullptr, reinterpret_cast<uint16_t *>(g.bytes), 8,
                                        reinterpret_cast<uint16_t *>(&g.length))),
    ROW(s2n_config_get_supported_groups(g.config, nullptr, 8, reinterpret_cast<uint16_t *>(&g.length))),
    ROW(s2n_config_get_supported_groups(g.config, reinterpret_cast<uint16_t *>(g.bytes), 8, nullptr)),
    ROW(s2n_config_set_cipher_preferences(nullptr, "default")),
    ROW(s2n_config_set_cipher_preferences(g.config, nullptr)),
    ROW(s2n_config_set_serialization_version(nullptr, S2N_SERIALIZED_CONN_V1)),
    ROW(s2n_config_set_client_auth_type(nullptr, S2N_CERT_AUTH_NONE)),
    ROW(s2n_config_get_client_auth_type(nullptr, reinterpret_cast<s2n_cert_auth_type *>(&g.length))),
    ROW(s2n_config_get_client_auth_type(g.config, nullptr)),
    ROW(s2n_config_append_protocol_preference(nullptr, &kByte, 1)),
    ROW(s2n_config_append_protocol_preference(g.config, nullptr, 1)),
    ROW(s2n_config_set_protocol_preferences(nullptr, nullptr, 0)),
};

const Row kCertRows[] = {
    ROW(s2n_cert_chain_and_key_load_pem(nullptr, g.chain_pem.c_str(), g.key_pem.c_str())),
    ROW(s2n_cert_chain_and_key_load_pem(g.empty, nullptr, g.key_pem.c_str())),
    ROW(s2n_cert_chain_and_key_load_pem(g.empty, g.chain_pem.c_str(), nullptr)),
    ROW(s2n_cert_chain_and_key_load_pem_bytes(nullptr, g.Chain(), g.ChainLen(), g.Key(), g.KeyLen())),
    ROW(s2n_cert_chain_and_key_load_pem_bytes(g.empty, nullptr, g.ChainLen(), g.Key(), g.KeyLen())),
    ROW(s2n_cert_chain_and_key_load_pem_bytes(g.empty, g.Chain(), g.ChainLen(), nullptr, g.KeyLen())),
    ROW(s2n_cert_chain_and_key_load_public_pem_bytes(nullptr, g.Chain(), g.ChainLen())),
    ROW(s2n_cert_chain_and_key_load_public_pem_bytes(g.empty, nullptr, g.ChainLen())),
    ROW(s2n_cert_chain_and_key_set_ctx(nullptr, nullptr)),
    ROW(s2n_cert_chain_and_key_get_ctx(nullptr)),
    ROW(s2n_cert_chain_and_key_get_private_key(nullptr)),
    ROW(s2n_config_add_cert_chain_and_key_to_store(nullptr, g.chain)),
    ROW(s2n_config_add_cert_chain_and_key_to_store(g.config, nullptr)),
    ROW(s2n_config_set_cert_chain_and_key_defaults(nullptr, &g.chain, 1)),
    ROW(s2n_config_set_cert_chain_and_key_defaults(g.config, nullptr, 1)),
    ROW(s2n_config_add_cert_chain_and_key(nullptr, g.chain_pem.c_str(), g.key_pem.c_str())),
    ROW(s2n_config_add_cert_chain_and_key(g.config, nullptr, g.key_pem.c_str())),
    ROW(s2n_config_add_cert_chain_and_key(g.config, g.chain_pem.c_str(), nullptr)),
    ROW(s2n_config_free_cert_chain_and_key(nullptr)),
    ROW(s2n_cert_chain_and_key_set_ocsp_data(nullptr, g.bytes, 1)),
    ROW(s2n_cert_chain_and_key_set_sct_list(nullptr, g.bytes, 1)),
    ROW(s2n_config_set_extension_data(nullptr, S2N_EXTENSION_OCSP_STAPLING, g.bytes, 1)),
    ROW(s2n_cert_chain_get_length(nullptr, &g.length)),
    ROW(s2n_cert_chain_get_length(g.chain, nullptr)),
    ROW(s2n_cert_chain_get_length(g.empty, &g.length)),
    ROW(s2n_cert_chain_get_cert(nullptr, &g.cert, 0)),
    ROW(s2n_cert_chain_get_cert(g.chain, nullptr, 0)),
    ROW(s2n_cert_chain_get_cert(g.empty, &g.cert, 0)),
    ROW(s2n_cert_get_der(nullptr, &g.oid, &g.length)),
    ROW(s2n_cert_get_der(g.cert, nullptr, &g.length)),
    ROW(s2n_cert_get_der(g.cert, &g.oid, nullptr)),
    ROW(s2n_cert_get_x509_extension_value_length(nullptr, g.oid, &g.length)),
    ROW(s2n_cert_get_x509_extension_value_length(g.cert, nullptr, &g.length)),
    ROW(s2n_cert_get_x509_extension_value_length(g.cert, g.oid, nullptr)),
    ROW(s2n_cert_get_x509_extension_value(nullptr, g.oid, g.bytes, &g.length, &g.flag)),
    ROW(s2n_cert_get_x509_extension_value(g.cert, nullptr, g.bytes, &g.length, &g.flag)),
    ROW(s2n_cert_get_x509_extension_value(g.cert, g.oid, nullptr, &g.length, &g.flag)),
    ROW(s2n_cert_get_x509_extension_value(g.cert, g.oid, g.bytes, nullptr, &g.flag)),
    ROW(s2n_cert_get_x509_extension_value(g.cert, g.oid, g.bytes, &g.length, nullptr)),
    ROW(s2n_cert_get_utf8_string_from_extension_data_length(nullptr, 3, &g.length)),
    ROW(s2n_cert_get_utf8_string_from_extension_data_length(g.bytes, 3, nullptr)),
    ROW(s2n_cert_get_utf8_string_from_extension_data(nullptr, 3, g.bytes, &g.length)),
    ROW(s2n_cert_get_utf8_string_from_extension_data(g.bytes, 3, nullptr, &g.length)),
    ROW(s2n_cert_get_utf8_string_from_extension_data(g.bytes, 3, g.bytes, nullptr)),
};

const Row kTrustRows[] = {
    ROW(s2n_config_load_system_certs(nullptr)),
    ROW(s2n_config_set_verification_ca_location(nullptr, "/none", nullptr)),
    ROW(s2n_config_add_pem_to_trust_store(nullptr, g.chain_pem.c_str())),
    ROW(s2n_config_add_pem_to_trust_store(g.config, nullptr)),
    ROW(s2n_config_wipe_trust_store(nullptr)),
    ROW(s2n_config_set_max_cert_chain_depth(nullptr, 3)),
    ROW(s2n_config_set_verify_host_callback(nullptr, nullptr, nullptr)),
    ROW(s2n_config_disable_x509_time_verification(nullptr)),
    ROW(s2n_config_disable_x509_verification(nullptr)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_config_disable_x509_intent_verification(nullptr)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_config_allow_ip_in_cn(nullptr)),
    ROW(s2n_config_set_status_request_type(nullptr, S2N_STATUS_REQUEST_OCSP)),
    ROW(s2n_config_set_check_stapled_ocsp_response(nullptr, 1)),
    ROW(s2n_config_set_ct_support_level(nullptr, S2N_CT_SUPPORT_REQUEST)),
    ROW(s2n_config_set_crl_lookup_cb(nullptr, nullptr, nullptr)),
    ROW(s2n_config_set_cert_validation_cb(nullptr, nullptr, nullptr)),
    ROW(s2n_config_set_cert_tiebreak_callback(nullptr, nullptr)),
    ROW(s2n_config_set_cert_authorities_from_trust_store(nullptr)),
    ROW(s2n_config_enable_cert_req_dss_legacy_compat(nullptr)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_config_set_cert_request_callback(nullptr, nullptr, nullptr)),
    ROW(s2n_certificate_request_get_ca_list(nullptr)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_certificate_request_set_certificate(nullptr, g.chain)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_certificate_authority_list_next(nullptr, &g.out, &g.number)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_certificate_authority_list_reread(nullptr)),
    ROW(s2n_crl_load_pem(nullptr, g.bytes, 1)),
    ROW(s2n_crl_load_pem(g.crl, nullptr, 1)),
    ROW(s2n_crl_get_issuer_hash(nullptr, &g.hash)),
    ROW(s2n_crl_get_issuer_hash(g.crl, nullptr)),
    ROW(s2n_crl_validate_active(nullptr)),
    ROW(s2n_crl_validate_not_expired(nullptr)),
    ROW(s2n_crl_lookup_get_cert_issuer_hash(nullptr, &g.hash)),
    ROW(s2n_crl_lookup_set(nullptr, g.crl)),
    ROW(s2n_crl_lookup_ignore(nullptr)),
    ROW(s2n_cert_validation_accept(nullptr)),
    ROW(s2n_cert_validation_reject(nullptr)),
};

const Row kConnectionRows[] = {
    ROW(s2n_connection_set_config(nullptr, g.config)),
    ROW(s2n_connection_set_config(g.conn, nullptr)),
    ROW(s2n_connection_get_config(nullptr, &g.config)),
    ROW(s2n_connection_get_config(g.conn, nullptr)),
    ROW(s2n_connection_set_ctx(nullptr, nullptr)),
    ROW(s2n_connection_get_ctx(nullptr)),
    ROW(s2n_connection_free_handshake(nullptr)),
    ROW(s2n_connection_release_buffers(nullptr)),
    ROW(s2n_connection_wipe(nullptr)),
    ROW(s2n_connection_free(nullptr)),
    ROW(s2n_connection_is_ocsp_stapled(nullptr)),
    ROW(s2n_connection_get_ocsp_response(nullptr, &g.length)),
    ROW(s2n_connection_get_ocsp_response(g.conn, nullptr)),
    ROW(s2n_connection_get_sct_list(nullptr, &g.length)),
    ROW(s2n_connection_set_cipher_preferences(nullptr, "default")),
    ROW(s2n_connection_set_cipher_preferences(g.conn, nullptr)),
    ROW(s2n_connection_is_valid_for_cipher_preferences(nullptr, "default")),
    ROW(s2n_connection_is_valid_for_cipher_preferences(g.conn, nullptr)),
    ROW(s2n_connection_set_verify_host_callback(nullptr, nullptr, nullptr)),
    ROW(s2n_connection_append_protocol_preference(nullptr, &kByte, 1)),
    ROW(s2n_connection_append_protocol_preference(g.conn, nullptr, 1)),
    ROW(s2n_connection_set_protocol_preferences(nullptr, nullptr, 0)),
    ROW(s2n_set_server_name(nullptr, "a")),
    ROW(s2n_set_server_name(g.conn, nullptr)),
    ROW(s2n_get_server_name(nullptr)),
    ROW(s2n_get_application_protocol(nullptr)),
    ROW(s2n_connection_set_client_auth_type(nullptr, S2N_CERT_AUTH_NONE)),
    ROW(s2n_connection_get_client_auth_type(nullptr, reinterpret_cast<s2n_cert_auth_type *>(&g.length))),
    ROW(s2n_connection_get_client_auth_type(g.conn, nullptr)),
    ROW(s2n_connection_set_blinding(nullptr, S2N_BUILT_IN_BLINDING)),
    ROW(s2n_connection_get_delay(nullptr)),
    ROW(s2n_connection_request_key_update(nullptr, S2N_KEY_UPDATE_NOT_REQUESTED)),
    ROW(s2n_connection_get_alert(nullptr)),
};

const Row kIoRows[] = {
    ROW(s2n_connection_set_fd(nullptr, 0)),
    ROW(s2n_connection_set_read_fd(nullptr, 0)),
    ROW(s2n_connection_set_write_fd(nullptr, 0)),
    ROW(s2n_connection_get_read_fd(nullptr, reinterpret_cast<int *>(&g.length))),
    ROW(s2n_connection_get_read_fd(g.conn, nullptr)),
    ROW(s2n_connection_get_write_fd(nullptr, reinterpret_cast<int *>(&g.length))),
    ROW(s2n_connection_get_write_fd(g.conn, nullptr)),
    ROW(s2n_connection_use_corked_io(nullptr)),
    ROW(s2n_connection_set_recv_ctx(nullptr, nullptr)),
    ROW(s2n_connection_set_send_ctx(nullptr, nullptr)),
    ROW(s2n_connection_set_recv_cb(nullptr, mempipe_recv)),
    ROW(s2n_connection_set_send_cb(nullptr, mempipe_send)),
    ROW(s2n_connection_prefer_throughput(nullptr)),
    ROW(s2n_connection_prefer_low_latency(nullptr)),
    ROW(s2n_connection_set_dynamic_record_threshold(nullptr, 1, 1)),
    ROW(s2n_connection_set_dynamic_buffers(nullptr, true)),
    ROW(s2n_connection_set_recv_buffering(nullptr, true)),
    ROW(s2n_negotiate(nullptr, &g.blocked)),
    ROW(s2n_negotiate(g.conn, nullptr)),
    ROW(s2n_send(nullptr, g.bytes, 1, &g.blocked)),
    ROW(s2n_send(g.conn, nullptr, 1, &g.blocked)),
    ROW(s2n_send(g.conn, g.bytes, 1, nullptr)),
    ROW(s2n_sendv(nullptr, nullptr, 0, &g.blocked)),
    ROW(s2n_sendv(g.conn, nullptr, 1, &g.blocked)),
    ROW(s2n_sendv(g.conn, nullptr, 0, nullptr)),
    ROW(s2n_sendv_with_offset(nullptr, nullptr, 0, 0, &g.blocked)),
    ROW(s2n_sendv_with_offset(g.conn, nullptr, 1, 0, &g.blocked)),
    ROW(s2n_sendv_with_offset(g.conn, nullptr, 0, 0, nullptr)),
    ROW(s2n_recv(nullptr, g.bytes, 1, &g.blocked)),
    ROW(s2n_recv(g.conn, nullptr, 1, &g.blocked)),
    ROW(s2n_recv(g.conn, g.bytes, 1, nullptr)),
    ROW(s2n_shutdown(nullptr, &g.blocked)),
    ROW(s2n_shutdown(g.conn, nullptr)),
    ROW(s2n_shutdown_send(nullptr, &g.blocked)),
    ROW(s2n_shutdown_send(g.conn, nullptr)),
    ROW(s2n_flush(nullptr, &g.blocked)),
    ROW(s2n_flush(g.conn, nullptr)),
};

const Row kInfoRows[] = {
    ROW(s2n_connection_get_actual_protocol_version(nullptr)),
    ROW(s2n_connection_get_client_protocol_version(nullptr)),
    ROW(s2n_connection_get_server_protocol_version(nullptr)),
    ROW(s2n_connection_get_client_hello_version(nullptr)),
    ROW(s2n_connection_get_cipher(nullptr)),
    ROW(s2n_connection_get_cipher_iana_value(nullptr, g.bytes, g.bytes)),
    ROW(s2n_connection_get_cipher_iana_value(g.conn, nullptr, g.bytes)),
    ROW(s2n_connection_get_cipher_iana_value(g.conn, g.bytes, nullptr)),
    ROW(s2n_connection_get_curve(nullptr)),
    ROW(s2n_connection_get_kem_name(nullptr)),
    ROW(s2n_connection_get_kem_group_name(nullptr)),
    ROW(s2n_connection_get_key_exchange_group(nullptr, reinterpret_cast<const char **>(&g.oid))),
    ROW(s2n_connection_get_key_exchange_group(g.conn, nullptr)),
    ROW(s2n_connection_get_signature_scheme(nullptr, reinterpret_cast<const char **>(&g.oid))),
    ROW(s2n_connection_get_signature_scheme(g.conn, nullptr)),
    ROW(s2n_connection_get_selected_signature_algorithm(
        nullptr, reinterpret_cast<s2n_tls_signature_algorithm *>(&g.length))),
    ROW(s2n_connection_get_selected_signature_algorithm(g.conn, nullptr)),
    ROW(s2n_connection_get_selected_digest_algorithm(nullptr,
                                                     reinterpret_cast<s2n_tls_hash_algorithm *>(&g.length))),
    ROW(s2n_connection_get_selected_digest_algorithm(g.conn, nullptr)),
    ROW(s2n_connection_get_selected_client_cert_signature_algorithm(
        nullptr, reinterpret_cast<s2n_tls_signature_algorithm *>(&g.length))),
    ROW(s2n_connection_get_selected_client_cert_signature_algorithm(g.conn, nullptr)),
    ROW(s2n_connection_get_selected_client_cert_digest_algorithm(
        nullptr, reinterpret_cast<s2n_tls_hash_algorithm *>(&g.length))),
    ROW(s2n_connection_get_selected_client_cert_digest_algorithm(g.conn, nullptr)),
    ROW_ERROR("INVALID_ARGUMENT", s2n_connection_get_certificate_match(
                                      nullptr, reinterpret_cast<s2n_cert_sni_match *>(&g.length))),
    ROW_ERROR("INVALID_ARGUMENT", s2n_connection_get_certificate_match(g.conn, nullptr)),
    ROW(s2n_connection_get_session_id_length(nullptr)),
    ROW(s2n_connection_get_session_id(nullptr, g.bytes, 32)),
    ROW(s2n_connection_get_session_id(g.conn, nullptr, 32)),
    ROW(s2n_connection_get_master_secret(nullptr, g.bytes, 48)),
    ROW(s2n_connection_get_master_secret(g.conn, nullptr, 48)),
    ROW(s2n_connection_get_handshake_type_name(nullptr)),
    ROW(s2n_connection_get_last_message_name(nullptr)),
    ROW(s2n_connection_client_cert_used(nullptr)),
    ROW(s2n_connection_get_client_cert_chain(nullptr, &g.out, &g.length)),
    ROW(s2n_connection_get_client_cert_chain(g.conn, nullptr, &g.length)),
    ROW(s2n_connection_get_client_cert_chain(g.conn, &g.out, nullptr)),
    ROW(s2n_connection_get_peer_cert_chain(nullptr, g.empty)),
    ROW(s2n_connection_get_peer_cert_chain(g.conn, nullptr)),
    ROW(s2n_connection_get_selected_cert(nullptr)),
    ROW(s2n_connection_serialization_length(nullptr, &g.length)),
    ROW(s2n_connection_serialization_length(g.conn, nullptr)),
    ROW(s2n_connection_serialize(nullptr, g.bytes, 64)),
    ROW(s2n_connection_serialize(g.conn, nullptr, 64)),
    ROW(s2n_connection_deserialize(nullptr, g.bytes, 64)),
    ROW(s2n_connection_deserialize(g.conn, nullptr, 64)),
};

const Row kSessionRows[] = {
    ROW(s2n_config_set_session_state_lifetime(nullptr, 1)),
    ROW(s2n_config_set_session_tickets_onoff(nullptr, 1)),
    ROW(s2n_config_set_session_cache_onoff(nullptr, 1)),
    ROW(s2n_config_set_cache_store_callback(nullptr, Store, nullptr)),
    ROW(s2n_config_set_cache_store_callback(g.config, nullptr, nullptr)),
    ROW(s2n_config_set_cache_retrieve_callback(nullptr, Retrieve, nullptr)),
    ROW(s2n_config_set_cache_retrieve_callback(g.config, nullptr, nullptr)),
    ROW(s2n_config_set_cache_delete_callback(nullptr, Delete, nullptr)),
    ROW(s2n_config_set_cache_delete_callback(g.config, nullptr, nullptr)),
    ROW(s2n_config_set_ticket_encrypt_decrypt_key_lifetime(nullptr, 1)),
    ROW(s2n_config_set_ticket_decrypt_key_lifetime(nullptr, 1)),
    ROW(s2n_config_add_ticket_crypto_key(nullptr, g.bytes, 1, g.bytes, 1, 0)),
    ROW(s2n_config_add_ticket_crypto_key(g.config, nullptr, 1, g.bytes, 1, 0)),
    ROW(s2n_config_add_ticket_crypto_key(g.config, g.bytes, 1, nullptr, 1, 0)),
    ROW(s2n_config_require_ticket_forward_secrecy(nullptr, true)),
    ROW(s2n_config_set_initial_ticket_count(nullptr, 1)),
    ROW(s2n_config_set_session_ticket_cb(nullptr, nullptr, nullptr)),
    ROW(s2n_connection_add_new_tickets_to_send(nullptr, 1)),
    ROW(s2n_connection_get_tickets_sent(nullptr, &g.number)),
    ROW(s2n_connection_get_tickets_sent(g.server, nullptr)),
    ROW(s2n_connection_set_server_keying_material_lifetime(nullptr, 1)),
    ROW(s2n_session_ticket_get_data_len(nullptr, reinterpret_cast<size_t *>(&g.out))),
    ROW(s2n_session_ticket_get_data(nullptr, 64, g.bytes)),
    ROW(s2n_session_ticket_get_lifetime(nullptr, &g.length)),
    ROW(s2n_connection_set_session(nullptr, g.bytes, 64)),
    ROW(s2n_connection_set_session(g.conn, nullptr, 64)),
    ROW(s2n_connection_set_session(g.conn, nullptr, 0)),
    ROW(s2n_connection_get_session(nullptr, g.bytes, 64)),
    ROW(s2n_connection_get_session(g.conn, nullptr, 64)),
    ROW(s2n_connection_get_session_ticket_lifetime_hint(nullptr)),
    ROW(s2n_connection_get_client_hello(nullptr)),
    ROW(s2n_client_hello_get_raw_message_length(nullptr)),
    ROW(s2n_client_hello_get_raw_message(nullptr, g.bytes, 64)),
    ROW(s2n_client_hello_get_session_id_length(nullptr, &g.length)),
    ROW(s2n_client_hello_get_session_id(nullptr, g.bytes, &g.length, 64)),
    ROW(s2n_client_hello_get_random(nullptr, g.bytes, 64)),
};

const Row kPskRows[] = {
    ROW(s2n_psk_set_identity(nullptr, g.bytes, 1)),
    ROW(s2n_psk_set_identity(g.psk, nullptr, 1)),
    ROW(s2n_psk_set_identity(g.psk, nullptr, 0)),
    ROW(s2n_psk_set_secret(nullptr, g.bytes, 1)),
    ROW(s2n_psk_set_secret(g.psk, nullptr, 1)),
    ROW(s2n_psk_set_secret(g.psk, nullptr, 0)),
    ROW(s2n_psk_set_hmac(nullptr, S2N_PSK_HMAC_SHA256)),
    ROW(s2n_connection_append_psk(nullptr, g.psk)),
    ROW(s2n_connection_append_psk(g.conn, nullptr)),
    ROW(s2n_config_set_psk_mode(nullptr, S2N_PSK_MODE_EXTERNAL)),
    ROW(s2n_connection_set_psk_mode(nullptr, S2N_PSK_MODE_EXTERNAL)),
    ROW(s2n_connection_get_negotiated_psk_identity_length(nullptr, &g.number)),
    ROW(s2n_connection_get_negotiated_psk_identity_length(g.conn, nullptr)),
    ROW(s2n_connection_get_negotiated_psk_identity(nullptr, g.bytes, 64)),
    ROW(s2n_connection_get_negotiated_psk_identity(g.conn, nullptr, 64)),
    ROW(s2n_offered_psk_get_identity(nullptr, &g.out, &g.number)),
    ROW(s2n_offered_psk_get_identity(g.offered, nullptr, &g.number)),
    ROW(s2n_offered_psk_get_identity(g.offered, &g.out, nullptr)),
    ROW(s2n_offered_psk_list_next(nullptr, g.offered)),
    ROW(s2n_offered_psk_list_reread(nullptr)),
    ROW(s2n_offered_psk_list_choose_psk(nullptr, g.offered)),
    ROW(s2n_offered_psk_list_choose_psk(nullptr, nullptr)),
    ROW(s2n_config_set_psk_selection_callback(nullptr, nullptr, nullptr)),
};

const Row kEarlyRows[] = {
    ROW(s2n_config_set_server_max_early_data_size(nullptr, 1)),
    ROW(s2n_connection_set_server_max_early_data_size(nullptr, 1)),
    ROW(s2n_connection_set_server_early_data_context(nullptr, g.bytes, 1)),
    ROW(s2n_connection_set_server_early_data_context(g.server, nullptr, 1)),
    ROW(s2n_psk_configure_early_data(nullptr, 1, 0x13, 0x01)),
    ROW(s2n_psk_set_application_protocol(nullptr, g.bytes, 1)),
    ROW(s2n_psk_set_application_protocol(g.psk, nullptr, 1)),
    ROW(s2n_psk_set_early_data_context(nullptr, g.bytes, 1)),
    ROW(s2n_psk_set_early_data_context(g.psk, nullptr, 1)),
    ROW(s2n_connection_get_early_data_status(nullptr,
                                             reinterpret_cast<s2n_early_data_status_t *>(&g.length))),
    ROW(s2n_connection_get_early_data_status(g.conn, nullptr)),
    ROW(s2n_connection_get_remaining_early_data_size(nullptr, &g.length)),
    ROW(s2n_connection_get_remaining_early_data_size(g.conn, nullptr)),
    ROW(s2n_connection_get_max_early_data_size(nullptr, &g.length)),
    ROW(s2n_connection_get_max_early_data_size(g.conn, nullptr)),
    ROW(s2n_send_early_data(nullptr, g.bytes, 1, &g.count, &g.blocked)),
    ROW(s2n_send_early_data(g.conn, nullptr, 1, &g.count, &g.blocked)),
    ROW(s2n_send_early_data(g.conn, g.bytes, 1, nullptr, &g.blocked)),
    ROW(s2n_send_early_data(g.conn, g.bytes, 1, &g.count, nullptr)),
    ROW(s2n_recv_early_data(nullptr, g.bytes, 1, &g.count, &g.blocked)),
    ROW(s2n_recv_early_data(g.server, nullptr, 1, &g.count, &g.blocked)),
    ROW(s2n_recv_early_data(g.server, g.bytes, 1, nullptr, &g.blocked)),
    ROW(s2n_recv_early_data(g.server, g.bytes, 1, &g.count, nullptr)),
    ROW(s2n_config_set_early_data_cb(nullptr, nullptr)),
    ROW(s2n_offered_early_data_get_context_length(nullptr, &g.number)),
    ROW(s2n_offered_early_data_get_context(nullptr, g.bytes, 64)),
    ROW(s2n_offered_early_data_reject(nullptr)),
    ROW(s2n_offered_early_data_accept(nullptr)),
};

const Row kHelloRows[] = {
    ROW(s2n_config_set_client_hello_cb(nullptr, nullptr, nullptr)),
    ROW(s2n_config_set_client_hello_cb_mode(nullptr, S2N_CLIENT_HELLO_CB_BLOCKING)),
    ROW(s2n_client_hello_cb_done(nullptr)),
    ROW(s2n_connection_server_name_extension_used(nullptr)),
    ROW(s2n_client_hello_free(nullptr)),
    ROW(s2n_client_hello_get_raw_message(g.hello, nullptr, 64)),
    ROW(s2n_client_hello_get_cipher_suites_length(nullptr)),
    ROW(s2n_client_hello_get_cipher_suites(nullptr, g.bytes, 64)),
    ROW(s2n_client_hello_get_cipher_suites(g.hello, nullptr, 64)),
    ROW(s2n_client_hello_get_extensions_length(nullptr)),
    ROW(s2n_client_hello_get_extensions(nullptr, g.bytes, 64)),
    ROW(s2n_client_hello_get_extensions(g.hello, nullptr, 64)),
    ROW(s2n_client_hello_get_extension_length(nullptr, S2N_EXTENSION_ALPN)),
    ROW(s2n_client_hello_get_extension_by_id(nullptr, S2N_EXTENSION_ALPN, g.bytes, 64)),
    ROW(s2n_client_hello_get_extension_by_id(g.hello, S2N_EXTENSION_ALPN, nullptr, 64)),
    ROW(s2n_client_hello_has_extension(nullptr, 1, &g.yes)),
    ROW(s2n_client_hello_has_extension(g.hello, 1, nullptr)),
    ROW(s2n_client_hello_get_session_id_length(g.hello, nullptr)),
    ROW(s2n_client_hello_get_session_id(g.hello, nullptr, &g.length, 64)),
    ROW(s2n_client_hello_get_session_id(g.hello, g.bytes, nullptr, 64)),
    ROW(s2n_client_hello_get_compression_methods_length(nullptr, &g.length)),
    ROW(s2n_client_hello_get_compression_methods_length(g.hello, nullptr)),
    ROW(s2n_client_hello_get_compression_methods(nullptr, g.bytes, 64, &g.length)),
    ROW(s2n_client_hello_get_compression_methods(g.hello, nullptr, 64, &g.length)),
    ROW(s2n_client_hello_get_compression_methods(g.hello, g.bytes, 64, nullptr)),
    ROW(s2n_client_hello_get_legacy_protocol_version(nullptr, g.bytes)),
    ROW(s2n_client_hello_get_legacy_protocol_version(g.hello, nullptr)),
    ROW(s2n_client_hello_get_legacy_record_version(nullptr, g.bytes)),
    ROW(s2n_client_hello_get_legacy_record_version(g.hello, nullptr)),
    ROW(s2n_client_hello_get_random(g.hello, nullptr, 64)),
    ROW(s2n_client_hello_get_supported_groups(nullptr, g.groups, 4, &g.number)),
    ROW(s2n_client_hello_get_supported_groups(g.hello, nullptr, 4, &g.number)),
    ROW(s2n_client_hello_get_supported_groups(g.hello, g.groups, 4, nullptr)),
    ROW(s2n_client_hello_get_server_name_length(nullptr, &g.number)),
    ROW(s2n_client_hello_get_server_name_length(g.hello, nullptr)),
    ROW(s2n_client_hello_get_server_name(nullptr, g.bytes, 64, &g.number)),
    ROW(s2n_client_hello_get_server_name(g.hello, nullptr, 64, &g.number)),
    ROW(s2n_client_hello_get_server_name(g.hello, g.bytes, 64, nullptr)),
    ROW(s2n_config_set_subscriber(nullptr, nullptr)),
    ROW(s2n_config_set_handshake_event(nullptr, nullptr)),
    ROW(s2n_config_set_timing_checkpoint_cb(nullptr,
                                            [](s2n_connection *, void *, s2n_timing_checkpoint *) {})),
    ROW(s2n_config_set_timing_checkpoint_cb(g.config, nullptr)),
    ROW(s2n_connection_get_key_update_counts(nullptr, g.bytes, g.bytes)),
    ROW(s2n_connection_get_key_update_counts(g.conn, nullptr, g.bytes)),
    ROW(s2n_connection_get_key_update_counts(g.conn, g.bytes, nullptr)),
    ROW(s2n_connection_tls_exporter(nullptr, g.bytes, 1, g.bytes, 1, g.bytes, 32)),
    ROW(s2n_connection_tls_exporter(g.conn, nullptr, 1, g.bytes, 1, g.bytes, 32)),
    ROW(s2n_connection_tls_exporter(g.conn, g.bytes, 1, nullptr, 0, g.bytes, 32)),
    ROW(s2n_connection_tls_exporter(g.conn, g.bytes, 1, g.bytes, 1, nullptr, 32)),
};

template <size_t N> void RunRows(const Row (&rows)[N])
{
    EnsureInit();
    for (const Row &row : rows) {
        Good g;
        s2n_errno = 0;
        EXPECT_TRUE(row.failed(g)) << row.call;
        EXPECT_EQ(LastError(), row.error) << row.call;
    }
}

} // namespace

TEST(NullArgument, OfALibraryCallIsRefused)
{
    RunRows(kLibraryRows);
}
TEST(NullArgument, OfAConfigCallIsRefused)
{
    RunRows(kConfigRows);
}
TEST(NullArgument, OfACertificateCallIsRefused)
{
    RunRows(kCertRows);
}
TEST(NullArgument, OfATrustCallIsRefused)
{
    RunRows(kTrustRows);
}
TEST(NullArgument, OfAConnectionCallIsRefused)
{
    RunRows(kConnectionRows);
}
TEST(NullArgument, OfATransportCallIsRefused)
{
    RunRows(kIoRows);
}
TEST(NullArgument, OfAGetterIsRefused)
{
    RunRows(kInfoRows);
}

TEST(NullArgument, MeansNothingToDo_ForTheseFew)
{
    EnsureInit();
    EXPECT_OK(s2n_config_free(nullptr));
    EXPECT_OK(s2n_cert_chain_and_key_free(nullptr));
    s2n_errno = 0;
    EXPECT_EQ(s2n_peek(nullptr), 0u);
    EXPECT_EQ(s2n_peek_buffered(nullptr), 0u);
    EXPECT_EQ(s2n_connection_get_wire_bytes_in(nullptr), 0u);
    EXPECT_EQ(s2n_connection_get_wire_bytes_out(nullptr), 0u);
    EXPECT_EQ(s2n_connection_get_mode(nullptr), S2N_SERVER);
    EXPECT_EQ(LastError(), "");
}
TEST(NullArgument, OfASessionCallIsRefused)
{
    RunRows(kSessionRows);
}
TEST(NullArgument, OfAPskCallIsRefused)
{
    RunRows(kPskRows);
}
TEST(NullArgument, OfAnEarlyDataCallIsRefused)
{
    RunRows(kEarlyRows);
}
TEST(NullArgument, OfACallAboutHellosOrMetricsIsRefused)
{
    ASSERT_NE(nullptr, Good().hello);
    RunRows(kHelloRows);
}
