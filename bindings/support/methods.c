/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made by bindings/gen.py; do not edit. One method for each function of the public headers that needs
 * nothing special: arguments are checked, the object entered, the library called, the object left.
 */
#include "methods.h"

#include "handle.h"

#include <limits.h>

#include <s2n/unstable/allow_ip_in_cn.h>
#include <s2n/unstable/cert_authorities.h>
#include <s2n/unstable/cleanup.h>
#include <s2n/unstable/crl.h>
#include <s2n/unstable/custom_x509_extensions.h>
#include <s2n/unstable/events.h>
#include <s2n/unstable/fingerprint.h>
#include <s2n/unstable/ktls.h>

/* Ends a call without an object. */
static script_int script_result(script_int result)
{
    if (result < 0) {
        script_note(NULL);
    }
    return result;
}

script_int script_get_openssl_version(void)
{
    if (script_failed()) {
        return 0;
    }
    script_int result = (script_int) s2n_get_openssl_version();
    return script_result(result);
}

script_int script_get_fips_mode(void)
{
    s2n_fips_mode fips_mode = (s2n_fips_mode) 0;
    if (script_failed()) {
        return 0;
    }
    script_int result = s2n_get_fips_mode(&fips_mode);
    return script_result(result) < 0 ? 0 : (script_int) fips_mode;
}

void script_config_set_send_buffer_size(struct script_config *self, script_int size)
{
    struct script_call call;
    if (!script_fits("size", size, 0, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_send_buffer_size((struct s2n_config *) call.raw, (uint32_t) size);
    (void) script_leave(&call, result);
}

void script_config_set_recv_multi_record(struct script_config *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_recv_multi_record((struct s2n_config *) call.raw, enabled);
    (void) script_leave(&call, result);
}

void script_config_set_verify_after_sign(struct script_config *self, script_int mode)
{
    struct script_call call;
    if (!script_fits("mode", mode, 0, 1) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_verify_after_sign((struct s2n_config *) call.raw,
                                                         (s2n_verify_after_sign) mode);
    (void) script_leave(&call, result);
}

void script_config_set_alert_behavior(struct script_config *self, script_int alert_behavior)
{
    struct script_call call;
    if (!script_fits("alert_behavior", alert_behavior, 0, 1) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_alert_behavior((struct s2n_config *) call.raw,
                                                      (s2n_alert_behavior) alert_behavior);
    (void) script_leave(&call, result);
}

void script_config_set_max_blinding_delay(struct script_config *self, script_int seconds)
{
    struct script_call call;
    if (!script_fits("seconds", seconds, 0, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_max_blinding_delay((struct s2n_config *) call.raw, (uint32_t) seconds);
    (void) script_leave(&call, result);
}

void script_config_send_max_fragment_length(struct script_config *self, script_int mfl_code)
{
    struct script_call call;
    if (!script_fits("mfl_code", mfl_code, 1, 4) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_send_max_fragment_length((struct s2n_config *) call.raw,
                                                            (s2n_max_frag_len) mfl_code);
    (void) script_leave(&call, result);
}

void script_config_accept_max_fragment_length(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_accept_max_fragment_length((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_set_cipher_preferences(struct script_config *self, struct script_chars version)
{
    struct script_call call;
    if (!script_plain("version", &version) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_cipher_preferences((struct s2n_config *) call.raw, version.data);
    (void) script_leave(&call, result);
}

void script_connection_set_cipher_preferences(struct script_connection *self, struct script_chars version)
{
    struct script_call call;
    if (!script_plain("version", &version) || !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_cipher_preferences((struct s2n_connection *) call.raw,
                                                              version.data);
    (void) script_leave(&call, result);
}

bool script_connection_is_valid_for_cipher_preferences(struct script_connection *self,
                                                       struct script_chars version)
{
    struct script_call call;
    if (!script_plain("version", &version) || !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return false;
    }
    script_int result = s2n_connection_is_valid_for_cipher_preferences((struct s2n_connection *) call.raw,
                                                                       version.data);
    return script_leave(&call, result) > 0;
}

void script_cert_load_pem_bytes(struct script_cert *self, struct script_in chain_pem,
                                struct script_in private_key_pem)
{
    struct script_call call;
    if (!script_short_enough("chain_pem", chain_pem.len, UINT32_MAX) ||
        !script_short_enough("private_key_pem", private_key_pem.len, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CERT, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_cert_chain_and_key_load_pem_bytes((struct s2n_cert_chain_and_key *) call.raw,
                                                              script_mutable(chain_pem.data),
                                                              (uint32_t) chain_pem.len,
                                                              script_mutable(private_key_pem.data),
                                                              (uint32_t) private_key_pem.len);
    (void) script_leave(&call, result);
}

void script_cert_load_public_pem_bytes(struct script_cert *self, struct script_in chain_pem)
{
    struct script_call call;
    if (!script_short_enough("chain_pem", chain_pem.len, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CERT, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_cert_chain_and_key_load_public_pem_bytes((struct s2n_cert_chain_and_key *) call.raw, script_mutable(chain_pem.data), (uint32_t) chain_pem.len);
    (void) script_leave(&call, result);
}

void script_cert_set_ocsp_data(struct script_cert *self, struct script_in data)
{
    struct script_call call;
    if (!script_short_enough("data", data.len, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CERT, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_cert_chain_and_key_set_ocsp_data((struct s2n_cert_chain_and_key *) call.raw,
                                                             data.data, (uint32_t) data.len);
    (void) script_leave(&call, result);
}

void script_cert_set_sct_list(struct script_cert *self, struct script_in data)
{
    struct script_call call;
    if (!script_short_enough("data", data.len, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CERT, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_cert_chain_and_key_set_sct_list((struct s2n_cert_chain_and_key *) call.raw,
                                                            data.data, (uint32_t) data.len);
    (void) script_leave(&call, result);
}

void script_config_load_system_certs(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_load_system_certs((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_add_pem_to_trust_store(struct script_config *self, struct script_chars pem)
{
    struct script_call call;
    if (!script_plain("pem", &pem) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_add_pem_to_trust_store((struct s2n_config *) call.raw, pem.data);
    (void) script_leave(&call, result);
}

void script_config_wipe_trust_store(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_wipe_trust_store((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_set_max_cert_chain_depth(struct script_config *self, script_int max_depth)
{
    struct script_call call;
    if (!script_fits("max_depth", max_depth, 0, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_max_cert_chain_depth((struct s2n_config *) call.raw,
                                                            (uint16_t) max_depth);
    (void) script_leave(&call, result);
}

void script_config_disable_x509_time_verification(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_disable_x509_time_verification((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_disable_x509_intent_verification(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_disable_x509_intent_verification((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_disable_x509_verification(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_disable_x509_verification((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_set_status_request_type(struct script_config *self, script_int type)
{
    struct script_call call;
    if (!script_fits("type", type, 0, 1) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_status_request_type((struct s2n_config *) call.raw,
                                                           (s2n_status_request_type) type);
    (void) script_leave(&call, result);
}

void script_config_set_check_stapled_ocsp_response(struct script_config *self, script_int check_ocsp)
{
    struct script_call call;
    if (!script_fits("check_ocsp", check_ocsp, 0, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_check_stapled_ocsp_response((struct s2n_config *) call.raw,
                                                                   (uint8_t) check_ocsp);
    (void) script_leave(&call, result);
}

void script_config_set_ct_support_level(struct script_config *self, script_int level)
{
    struct script_call call;
    if (!script_fits("level", level, 0, 1) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_ct_support_level((struct s2n_config *) call.raw,
                                                        (s2n_ct_support_level) level);
    (void) script_leave(&call, result);
}

bool script_connection_is_ocsp_stapled(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return false;
    }
    script_int result = s2n_connection_is_ocsp_stapled((struct s2n_connection *) call.raw);
    return script_leave(&call, result) > 0;
}

void script_connection_set_server_name(struct script_connection *self, struct script_chars server_name)
{
    struct script_call call;
    if (!script_plain("server_name", &server_name) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_set_server_name((struct s2n_connection *) call.raw, server_name.data);
    (void) script_leave(&call, result);
}

struct script_text script_connection_get_server_name(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_get_server_name((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

void script_config_append_protocol_preference(struct script_config *self, struct script_in protocol)
{
    struct script_call call;
    if (!script_short_enough("protocol", protocol.len, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_append_protocol_preference((struct s2n_config *) call.raw, protocol.data,
                                                              (uint8_t) protocol.len);
    (void) script_leave(&call, result);
}

void script_connection_append_protocol_preference(struct script_connection *self, struct script_in protocol)
{
    struct script_call call;
    if (!script_short_enough("protocol", protocol.len, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_append_protocol_preference((struct s2n_connection *) call.raw,
                                                                  protocol.data, (uint8_t) protocol.len);
    (void) script_leave(&call, result);
}

struct script_text script_connection_get_application_protocol(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_get_application_protocol((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

script_int script_connection_get_mode(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_connection_get_mode((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

void script_connection_release_buffers(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_release_buffers((struct s2n_connection *) call.raw);
    (void) script_leave(&call, result);
}

void script_connection_set_fd(struct script_connection *self, script_int fd)
{
    struct script_call call;
    if (!script_fits("fd", fd, INT_MIN, INT_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_fd((struct s2n_connection *) call.raw, (int) fd);
    (void) script_leave(&call, result);
}

void script_connection_set_read_fd(struct script_connection *self, script_int readfd)
{
    struct script_call call;
    if (!script_fits("readfd", readfd, INT_MIN, INT_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_read_fd((struct s2n_connection *) call.raw, (int) readfd);
    (void) script_leave(&call, result);
}

void script_connection_set_write_fd(struct script_connection *self, script_int writefd)
{
    struct script_call call;
    if (!script_fits("writefd", writefd, INT_MIN, INT_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_write_fd((struct s2n_connection *) call.raw, (int) writefd);
    (void) script_leave(&call, result);
}

script_int script_connection_get_write_fd(struct script_connection *self)
{
    struct script_call call;
    int writefd = (int) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_write_fd((struct s2n_connection *) call.raw, &writefd);
    return script_leave(&call, result) < 0 ? 0 : (script_int) writefd;
}

void script_connection_use_corked_io(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_use_corked_io((struct s2n_connection *) call.raw);
    (void) script_leave(&call, result);
}

void script_connection_prefer_throughput(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_prefer_throughput((struct s2n_connection *) call.raw);
    (void) script_leave(&call, result);
}

void script_connection_prefer_low_latency(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_prefer_low_latency((struct s2n_connection *) call.raw);
    (void) script_leave(&call, result);
}

void script_connection_set_dynamic_record_threshold(struct script_connection *self,
                                                    script_int resize_threshold, script_int timeout_threshold)
{
    struct script_call call;
    if (!script_fits("resize_threshold", resize_threshold, 0, UINT32_MAX) ||
        !script_fits("timeout_threshold", timeout_threshold, 0, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_dynamic_record_threshold((struct s2n_connection *) call.raw,
                                                                    (uint32_t) resize_threshold,
                                                                    (uint16_t) timeout_threshold);
    (void) script_leave(&call, result);
}

void script_connection_set_dynamic_buffers(struct script_connection *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_dynamic_buffers((struct s2n_connection *) call.raw, enabled);
    (void) script_leave(&call, result);
}

void script_connection_set_recv_buffering(struct script_connection *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_recv_buffering((struct s2n_connection *) call.raw, enabled);
    (void) script_leave(&call, result);
}

script_int script_connection_peek(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_peek((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

script_int script_connection_peek_buffered(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_peek_buffered((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

script_int script_connection_get_wire_bytes_in(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_connection_get_wire_bytes_in((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

script_int script_connection_get_wire_bytes_out(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_connection_get_wire_bytes_out((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

void script_connection_set_blinding(struct script_connection *self, script_int blinding)
{
    struct script_call call;
    if (!script_fits("blinding", blinding, 0, 1) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_blinding((struct s2n_connection *) call.raw,
                                                    (s2n_blinding) blinding);
    (void) script_leave(&call, result);
}

script_int script_connection_get_delay(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = (script_int) s2n_connection_get_delay((struct s2n_connection *) call.raw);
    (void) script_leave(&call, 0);
    return result;
}

void script_connection_request_key_update(struct script_connection *self, script_int peer_request)
{
    struct script_call call;
    if (!script_fits("peer_request", peer_request, 0, 1) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_request_key_update((struct s2n_connection *) call.raw,
                                                          (s2n_peer_key_update) peer_request);
    (void) script_leave(&call, result);
}

script_int script_connection_get_alert(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_alert((struct s2n_connection *) call.raw);
    return script_leave(&call, result);
}

void script_config_set_client_auth_type(struct script_config *self, script_int client_auth_type)
{
    struct script_call call;
    if (!script_fits("client_auth_type", client_auth_type, 0, 2) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_client_auth_type((struct s2n_config *) call.raw,
                                                        (s2n_cert_auth_type) client_auth_type);
    (void) script_leave(&call, result);
}

script_int script_config_get_client_auth_type(struct script_config *self)
{
    struct script_call call;
    s2n_cert_auth_type client_auth_type = (s2n_cert_auth_type) 0;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_config_get_client_auth_type((struct s2n_config *) call.raw, &client_auth_type);
    return script_leave(&call, result) < 0 ? 0 : (script_int) client_auth_type;
}

void script_connection_set_client_auth_type(struct script_connection *self, script_int client_auth_type)
{
    struct script_call call;
    if (!script_fits("client_auth_type", client_auth_type, 0, 2) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_client_auth_type((struct s2n_connection *) call.raw,
                                                            (s2n_cert_auth_type) client_auth_type);
    (void) script_leave(&call, result);
}

script_int script_connection_get_client_auth_type(struct script_connection *self)
{
    struct script_call call;
    s2n_cert_auth_type client_auth_type = (s2n_cert_auth_type) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_client_auth_type((struct s2n_connection *) call.raw,
                                                            &client_auth_type);
    return script_leave(&call, result) < 0 ? 0 : (script_int) client_auth_type;
}

bool script_connection_client_cert_used(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return false;
    }
    script_int result = s2n_connection_client_cert_used((struct s2n_connection *) call.raw);
    return script_leave(&call, result) > 0;
}

void script_config_set_cert_authorities_from_trust_store(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_cert_authorities_from_trust_store((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_enable_cert_req_dss_legacy_compat(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_enable_cert_req_dss_legacy_compat((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

script_int script_cert_get_length(struct script_cert *self)
{
    struct script_call call;
    uint32_t cert_length = (uint32_t) 0;
    if (!script_enter(&call, self, SCRIPT_CERT, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_cert_chain_get_length((struct s2n_cert_chain_and_key *) call.raw, &cert_length);
    return script_leave(&call, result) < 0 ? 0 : (script_int) cert_length;
}

script_int script_connection_get_actual_protocol_version(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_actual_protocol_version((struct s2n_connection *) call.raw);
    return script_leave(&call, result);
}

script_int script_connection_get_client_protocol_version(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_client_protocol_version((struct s2n_connection *) call.raw);
    return script_leave(&call, result);
}

script_int script_connection_get_server_protocol_version(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_server_protocol_version((struct s2n_connection *) call.raw);
    return script_leave(&call, result);
}

struct script_text script_connection_get_cipher(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_connection_get_cipher((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

struct script_text script_connection_get_key_exchange_group(struct script_connection *self)
{
    struct script_call call;
    const char *group_name = NULL;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_int result = s2n_connection_get_key_exchange_group((struct s2n_connection *) call.raw,
                                                              &group_name);
    text = result < 0 ? script_no_text() : script_string(group_name);
    (void) script_leave(&call, result);
    return text;
}

struct script_text script_connection_get_kem_group_name(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_connection_get_kem_group_name((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

struct script_text script_connection_get_signature_scheme(struct script_connection *self)
{
    struct script_call call;
    const char *scheme_name = NULL;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_int result = s2n_connection_get_signature_scheme((struct s2n_connection *) call.raw, &scheme_name);
    text = result < 0 ? script_no_text() : script_string(scheme_name);
    (void) script_leave(&call, result);
    return text;
}

script_int script_connection_get_selected_signature_algorithm(struct script_connection *self)
{
    struct script_call call;
    s2n_tls_signature_algorithm chosen_alg = (s2n_tls_signature_algorithm) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_selected_signature_algorithm((struct s2n_connection *) call.raw,
                                                                        &chosen_alg);
    return script_leave(&call, result) < 0 ? 0 : (script_int) chosen_alg;
}

script_int script_connection_get_selected_digest_algorithm(struct script_connection *self)
{
    struct script_call call;
    s2n_tls_hash_algorithm chosen_alg = (s2n_tls_hash_algorithm) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_selected_digest_algorithm((struct s2n_connection *) call.raw,
                                                                     &chosen_alg);
    return script_leave(&call, result) < 0 ? 0 : (script_int) chosen_alg;
}

script_int script_connection_get_selected_client_cert_signature_algorithm(struct script_connection *self)
{
    struct script_call call;
    s2n_tls_signature_algorithm chosen_alg = (s2n_tls_signature_algorithm) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_selected_client_cert_signature_algorithm((struct s2n_connection *) call.raw, &chosen_alg);
    return script_leave(&call, result) < 0 ? 0 : (script_int) chosen_alg;
}

script_int script_connection_get_selected_client_cert_digest_algorithm(struct script_connection *self)
{
    struct script_call call;
    s2n_tls_hash_algorithm chosen_alg = (s2n_tls_hash_algorithm) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_selected_client_cert_digest_algorithm((struct s2n_connection *) call.raw, &chosen_alg);
    return script_leave(&call, result) < 0 ? 0 : (script_int) chosen_alg;
}

script_int script_connection_get_certificate_match(struct script_connection *self)
{
    struct script_call call;
    s2n_cert_sni_match match_status = (s2n_cert_sni_match) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_certificate_match((struct s2n_connection *) call.raw,
                                                             &match_status);
    return script_leave(&call, result) < 0 ? 0 : (script_int) match_status;
}

struct script_text script_connection_get_handshake_type_name(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_connection_get_handshake_type_name((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

struct script_text script_connection_get_last_message_name(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return script_no_text();
    }
    struct script_text text;
    script_forget_errno();
    const char *found = s2n_connection_get_last_message_name((struct s2n_connection *) call.raw);
    script_int result = found == NULL && *s2n_errno_location() != 0 ? -1 : 0;
    text = result < 0 ? script_no_text() : script_string(found);
    (void) script_leave(&call, result);
    return text;
}

void script_config_set_session_state_lifetime(struct script_config *self, script_int lifetime_in_secs)
{
    struct script_call call;
    if (!script_fits("lifetime_in_secs", lifetime_in_secs, 0, INT64_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_session_state_lifetime((struct s2n_config *) call.raw,
                                                              (uint64_t) lifetime_in_secs);
    (void) script_leave(&call, result);
}

void script_config_set_session_tickets_onoff(struct script_config *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_session_tickets_onoff((struct s2n_config *) call.raw, enabled);
    (void) script_leave(&call, result);
}

void script_config_set_session_cache_onoff(struct script_config *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_session_cache_onoff((struct s2n_config *) call.raw, enabled);
    (void) script_leave(&call, result);
}

void script_config_set_ticket_encrypt_decrypt_key_lifetime(struct script_config *self,
                                                           script_int lifetime_in_secs)
{
    struct script_call call;
    if (!script_fits("lifetime_in_secs", lifetime_in_secs, 0, INT64_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_ticket_encrypt_decrypt_key_lifetime((struct s2n_config *) call.raw,
                                                                           (uint64_t) lifetime_in_secs);
    (void) script_leave(&call, result);
}

void script_config_set_ticket_decrypt_key_lifetime(struct script_config *self, script_int lifetime_in_secs)
{
    struct script_call call;
    if (!script_fits("lifetime_in_secs", lifetime_in_secs, 0, INT64_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_ticket_decrypt_key_lifetime((struct s2n_config *) call.raw,
                                                                   (uint64_t) lifetime_in_secs);
    (void) script_leave(&call, result);
}

void script_config_add_ticket_crypto_key(struct script_config *self, struct script_in name,
                                         struct script_in key, script_int intro_time_in_seconds_from_epoch)
{
    struct script_call call;
    if (!script_short_enough("name", name.len, UINT32_MAX) ||
        !script_short_enough("key", key.len, UINT32_MAX) ||
        !script_fits("intro_time_in_seconds_from_epoch", intro_time_in_seconds_from_epoch, 0, INT64_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_config_add_ticket_crypto_key((struct s2n_config *) call.raw, name.data,
                                                         (uint32_t) name.len, script_mutable(key.data),
                                                         (uint32_t) key.len,
                                                         (uint64_t) intro_time_in_seconds_from_epoch);
    (void) script_leave(&call, result);
}

void script_config_require_ticket_forward_secrecy(struct script_config *self, bool enabled)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_require_ticket_forward_secrecy((struct s2n_config *) call.raw, enabled);
    (void) script_leave(&call, result);
}

void script_config_set_initial_ticket_count(struct script_config *self, script_int num)
{
    struct script_call call;
    if (!script_fits("num", num, 0, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_initial_ticket_count((struct s2n_config *) call.raw, (uint8_t) num);
    (void) script_leave(&call, result);
}

void script_connection_add_new_tickets_to_send(struct script_connection *self, script_int num)
{
    struct script_call call;
    if (!script_fits("num", num, 0, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_add_new_tickets_to_send((struct s2n_connection *) call.raw,
                                                               (uint8_t) num);
    (void) script_leave(&call, result);
}

script_int script_connection_get_tickets_sent(struct script_connection *self)
{
    struct script_call call;
    uint16_t num = (uint16_t) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_tickets_sent((struct s2n_connection *) call.raw, &num);
    return script_leave(&call, result) < 0 ? 0 : (script_int) num;
}

void script_connection_set_server_keying_material_lifetime(struct script_connection *self,
                                                           script_int lifetime_in_secs)
{
    struct script_call call;
    if (!script_fits("lifetime_in_secs", lifetime_in_secs, 0, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_server_keying_material_lifetime((struct s2n_connection *) call.raw, (uint32_t) lifetime_in_secs);
    (void) script_leave(&call, result);
}

void script_connection_set_session(struct script_connection *self, struct script_in session)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_session((struct s2n_connection *) call.raw, session.data,
                                                   session.len);
    (void) script_leave(&call, result);
}

script_int script_connection_get_session_ticket_lifetime_hint(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_session_ticket_lifetime_hint((struct s2n_connection *) call.raw);
    return script_leave(&call, result);
}

bool script_connection_is_session_resumed(struct script_connection *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return false;
    }
    script_int result = s2n_connection_is_session_resumed((struct s2n_connection *) call.raw);
    return script_leave(&call, result) > 0;
}

void script_psk_set_identity(struct script_psk *self, struct script_in identity)
{
    struct script_call call;
    if (!script_short_enough("identity", identity.len, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_set_identity((struct s2n_psk *) call.raw, identity.data,
                                             (uint16_t) identity.len);
    (void) script_leave(&call, result);
}

void script_psk_set_secret(struct script_psk *self, struct script_in secret)
{
    struct script_call call;
    if (!script_short_enough("secret", secret.len, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_set_secret((struct s2n_psk *) call.raw, secret.data, (uint16_t) secret.len);
    (void) script_leave(&call, result);
}

void script_psk_set_hmac(struct script_psk *self, script_int hmac)
{
    struct script_call call;
    if (!script_fits("hmac", hmac, 0, 1) || !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_set_hmac((struct s2n_psk *) call.raw, (s2n_psk_hmac) hmac);
    (void) script_leave(&call, result);
}

void script_connection_append_psk(struct script_connection *self, struct script_psk *psk)
{
    struct script_call call;
    struct script_call other;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    if (!script_enter(&other, psk, SCRIPT_PSK, SCRIPT_BOTH)) {
        (void) script_leave(&call, 0);
        return;
    }
    script_int result = s2n_connection_append_psk((struct s2n_connection *) call.raw,
                                                  (struct s2n_psk *) other.raw);
    if (result < 0) {
        script_note(NULL);
    }
    (void) script_leave(&other, 0);
    (void) script_leave(&call, result);
}

void script_config_set_psk_mode(struct script_config *self, script_int mode)
{
    struct script_call call;
    if (!script_fits("mode", mode, 0, 1) || !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_psk_mode((struct s2n_config *) call.raw, (s2n_psk_mode) mode);
    (void) script_leave(&call, result);
}

void script_connection_set_psk_mode(struct script_connection *self, script_int mode)
{
    struct script_call call;
    if (!script_fits("mode", mode, 0, 1) || !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_psk_mode((struct s2n_connection *) call.raw, (s2n_psk_mode) mode);
    (void) script_leave(&call, result);
}

void script_config_set_server_max_early_data_size(struct script_config *self, script_int max_early_data_size)
{
    struct script_call call;
    if (!script_fits("max_early_data_size", max_early_data_size, 0, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_server_max_early_data_size((struct s2n_config *) call.raw,
                                                                  (uint32_t) max_early_data_size);
    (void) script_leave(&call, result);
}

void script_connection_set_server_max_early_data_size(struct script_connection *self,
                                                      script_int max_early_data_size)
{
    struct script_call call;
    if (!script_fits("max_early_data_size", max_early_data_size, 0, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_server_max_early_data_size((struct s2n_connection *) call.raw,
                                                                      (uint32_t) max_early_data_size);
    (void) script_leave(&call, result);
}

void script_connection_set_server_early_data_context(struct script_connection *self, struct script_in context)
{
    struct script_call call;
    if (!script_short_enough("context", context.len, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return;
    }
    script_int result = s2n_connection_set_server_early_data_context((struct s2n_connection *) call.raw,
                                                                     context.data, (uint16_t) context.len);
    (void) script_leave(&call, result);
}

void script_psk_configure_early_data(struct script_psk *self, script_int max_early_data_size,
                                     script_int cipher_suite_first_byte, script_int cipher_suite_second_byte)
{
    struct script_call call;
    if (!script_fits("max_early_data_size", max_early_data_size, 0, UINT32_MAX) ||
        !script_fits("cipher_suite_first_byte", cipher_suite_first_byte, 0, UINT8_MAX) ||
        !script_fits("cipher_suite_second_byte", cipher_suite_second_byte, 0, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_configure_early_data((struct s2n_psk *) call.raw,
                                                     (uint32_t) max_early_data_size,
                                                     (uint8_t) cipher_suite_first_byte,
                                                     (uint8_t) cipher_suite_second_byte);
    (void) script_leave(&call, result);
}

void script_psk_set_application_protocol(struct script_psk *self, struct script_in application_protocol)
{
    struct script_call call;
    if (!script_short_enough("application_protocol", application_protocol.len, UINT8_MAX) ||
        !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_set_application_protocol((struct s2n_psk *) call.raw,
                                                         application_protocol.data,
                                                         (uint8_t) application_protocol.len);
    (void) script_leave(&call, result);
}

void script_psk_set_early_data_context(struct script_psk *self, struct script_in context)
{
    struct script_call call;
    if (!script_short_enough("context", context.len, UINT16_MAX) ||
        !script_enter(&call, self, SCRIPT_PSK, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_psk_set_early_data_context((struct s2n_psk *) call.raw, context.data,
                                                       (uint16_t) context.len);
    (void) script_leave(&call, result);
}

script_int script_connection_get_early_data_status(struct script_connection *self)
{
    struct script_call call;
    s2n_early_data_status_t status = (s2n_early_data_status_t) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_early_data_status((struct s2n_connection *) call.raw, &status);
    return script_leave(&call, result) < 0 ? 0 : (script_int) status;
}

script_int script_connection_get_remaining_early_data_size(struct script_connection *self)
{
    struct script_call call;
    uint32_t allowed_early_data_size = (uint32_t) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_remaining_early_data_size((struct s2n_connection *) call.raw,
                                                                     &allowed_early_data_size);
    return script_leave(&call, result) < 0 ? 0 : (script_int) allowed_early_data_size;
}

script_int script_connection_get_max_early_data_size(struct script_connection *self)
{
    struct script_call call;
    uint32_t max_early_data_size = (uint32_t) 0;
    if (!script_enter(&call, self, SCRIPT_CONNECTION, SCRIPT_BOTH)) {
        return 0;
    }
    script_int result = s2n_connection_get_max_early_data_size((struct s2n_connection *) call.raw,
                                                               &max_early_data_size);
    return script_leave(&call, result) < 0 ? 0 : (script_int) max_early_data_size;
}

void script_config_set_serialization_version(struct script_config *self, script_int version)
{
    struct script_call call;
    if (!script_fits("version", version, 0, 1) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_set_serialization_version((struct s2n_config *) call.raw,
                                                             (s2n_serialization_version) version);
    (void) script_leave(&call, result);
}

void script_config_allow_ip_in_cn(struct script_config *self)
{
    struct script_call call;
    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_allow_ip_in_cn((struct s2n_config *) call.raw);
    (void) script_leave(&call, result);
}

void script_config_add_custom_x509_extension(struct script_config *self, struct script_in extension_oid)
{
    struct script_call call;
    if (!script_short_enough("extension_oid", extension_oid.len, UINT32_MAX) ||
        !script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_CHANGING)) {
        return;
    }
    script_int result = s2n_config_add_custom_x509_extension((struct s2n_config *) call.raw,
                                                             script_mutable(extension_oid.data),
                                                             (uint32_t) extension_oid.len);
    (void) script_leave(&call, result);
}
