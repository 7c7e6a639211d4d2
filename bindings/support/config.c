/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods of configs, certificate chains and pre-shared keys that are more than one call of the library, and the
 * callbacks that answer for the script: a list of accepted names instead of a function. Declared in custom.h.
 */
#include "custom.h"
#include "handle.h"

#include <strings.h>

#define HOSTS_MAX 1000U

/* ---- config ---- */

struct script_config *script_config_new(void)
{
    return script_start() ? (struct script_config *) script_adopt(SCRIPT_CONFIG, s2n_config_new_minimal())
                          : NULL;
}

void script_config_close(struct script_config *self)
{
    script_close(self, SCRIPT_CONFIG);
}

bool script_config_is_closed(struct script_config *self)
{
    return script_is_closed(self);
}

static bool change(struct script_call *call, struct script_config *self)
{
    return script_enter(call, self, SCRIPT_CONFIG, SCRIPT_CHANGING);
}

static struct s2n_config *config_of(const struct script_call *call)
{
    return (struct s2n_config *) call->raw;
}

void script_config_add_cert_chain_and_key_to_store(struct script_config *self, struct script_cert *chain)
{
    struct script_call call, other;
    int result = 0;

    if (!change(&call, self)) {
        return;
    }
    if (script_enter(&other, chain, SCRIPT_CERT, SCRIPT_BOTH)) {
        if (script_keep(&call, &other)) {
            result = s2n_config_add_cert_chain_and_key_to_store(config_of(&call),
                                                                (struct s2n_cert_chain_and_key *) other.raw);
        }
        if (result < 0) {
            script_note(NULL);
        } else if (!script_failed()) {
            script_freeze(&other);
        }
        (void) script_leave(&other, 0);
    }
    (void) script_leave(&call, 0);
}

/* Languages without nil have the empty text. */
static const char *or_null(const struct script_chars *text)
{
    return text->len > 0 ? text->data : NULL;
}

void script_config_set_verification_ca_location(struct script_config *self, struct script_chars file,
                                                struct script_chars dir)
{
    struct script_call call;

    if (script_plain("file", &file) && script_plain("dir", &dir) && change(&call, self)) {
        (void) script_leave(
            &call, s2n_config_set_verification_ca_location(config_of(&call), or_null(&file), or_null(&dir)));
    }
}

void script_rules_free(struct script_rules *rules)
{
    for (size_t i = 0; i < rules->host_count; i++) {
        free(rules->hosts[i]);
    }
    free(rules->hosts);
    rules->hosts = NULL;
    rules->host_count = 0;
    if (rules->verify_host.function != NULL) {
        rules->verify_host.forget(rules->verify_host.function);
        rules->verify_host.function = NULL;
    }
}

/* The library's callback: whether a name of the peer's certificate is on the list. Names are compared as they stand,
 * in any case; a name with a NUL in it is never on it. */
static uint8_t host_accepted(const char *name, size_t len, void *ctx)
{
    const struct script_rules *rules = &((const struct script_handle *) ctx)->rules;
    bool answer = false;

    if (rules->verify_host.function != NULL) {
        return rules->verify_host.ask(rules->verify_host.function, name, len, &answer) && answer ? 1 : 0;
    }
    for (size_t i = 0; i < rules->host_count; i++) {
        const char *host = rules->hosts[i];
        if (strcmp(host, "*") == 0 || (strlen(host) == len && strncasecmp(host, name, len) == 0)) {
            return 1;
        }
    }
    return 0;
}

static bool add_host(struct script_rules *rules, const char *name)
{
    char **bigger = (char **) realloc(rules->hosts, (rules->host_count + 1) * sizeof(*rules->hosts));

    if (bigger == NULL) {
        return script_no_memory();
    }
    rules->hosts = bigger;
    rules->hosts[rules->host_count] = strdup(name);
    if (rules->hosts[rules->host_count] == NULL) {
        return script_no_memory();
    }
    rules->host_count++;
    return true;
}

void script_config_accept_host(struct script_config *self, struct script_chars name)
{
    struct script_call call;
    int result = 0;

    if (!script_plain("name", &name) || !script_short_enough("name", name.len, 255) || !change(&call, self)) {
        return;
    }
    if (name.data == NULL || name.len == 0) {
        (void) script_misuse(SCRIPT_NULL, "a name is needed");
    } else if (call.handle->rules.host_count >= HOSTS_MAX) {
        (void) script_misuse(SCRIPT_RANGE, "no more than %u names", HOSTS_MAX);
    } else if (add_host(&call.handle->rules, name.data)) {
        result = s2n_config_set_verify_host_callback(config_of(&call), host_accepted, call.handle);
    }
    (void) script_leave(&call, result);
}

void script_config_set_verify_host(struct script_config *self, struct script_callback function)
{
    struct script_call call;
    struct script_callback unwanted = function;
    int result = 0;

    if (change(&call, self)) {
        if (function.function == NULL) {
            (void) script_misuse(SCRIPT_NULL, "a function is needed");
        } else {
            unwanted = call.handle->rules.verify_host;
            call.handle->rules.verify_host = function;
            result = s2n_config_set_verify_host_callback(config_of(&call), host_accepted, call.handle);
        }
        (void) script_leave(&call, result);
    }
    if (unwanted.function != NULL) {
        unwanted.forget(unwanted.function);
    }
}

void script_config_hold_early_data(struct script_config *self)
{
    struct script_call call;

    if (change(&call, self)) {
        call.handle->rules.hold_early_data = true;
        (void) script_leave(&call, s2n_config_set_early_data_cb(config_of(&call), script_early_data));
    }
}

struct script_text script_config_get_supported_groups(struct script_config *self)
{
    struct script_call call;
    uint16_t groups[64], count = 0;
    char text[64 * 6 + 1] = "";
    size_t at = 0;
    int result = 0;

    if (!script_enter(&call, self, SCRIPT_CONFIG, SCRIPT_BOTH)) {
        return script_no_text();
    }
    result = s2n_config_get_supported_groups(config_of(&call), groups, 64, &count);
    for (uint16_t i = 0; result == 0 && i < count && i < 64; i++) {
        at += (size_t) snprintf(text + at, sizeof(text) - at, i > 0 ? " %u" : "%u", groups[i]);
    }
    (void) script_leave(&call, result);
    return script_failed() ? script_no_text() : script_string(text);
}

void script_config_clear_protocol_preferences(struct script_config *self)
{
    struct script_call call;

    if (change(&call, self)) {
        (void) script_leave(&call, s2n_config_set_protocol_preferences(config_of(&call), NULL, 0));
    }
}

/* ---- certificate chain ---- */

struct script_cert *script_cert_new(void)
{
    return script_start() ? (struct script_cert *) script_adopt(SCRIPT_CERT, s2n_cert_chain_and_key_new())
                          : NULL;
}

void script_cert_close(struct script_cert *self)
{
    script_close(self, SCRIPT_CERT);
}

bool script_cert_is_closed(struct script_cert *self)
{
    return script_is_closed(self);
}

static struct s2n_cert *cert_at(const struct script_call *call, script_int index)
{
    struct s2n_cert *cert = NULL;
    int result =
        s2n_cert_chain_get_cert((struct s2n_cert_chain_and_key *) call->raw, &cert, (uint32_t) index);
    return result == S2N_SUCCESS ? cert : NULL;
}

struct script_out script_cert_get_der(struct script_cert *self, script_int index)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    const uint8_t *der = NULL;
    uint32_t len = 0;
    int result = S2N_FAILURE;

    if (!script_fits("index", index, 0, UINT32_MAX) || !script_enter(&call, self, SCRIPT_CERT, SCRIPT_BOTH)) {
        return out;
    }
    struct s2n_cert *cert = cert_at(&call, index);
    if (cert != NULL && (result = s2n_cert_get_der(cert, &der, &len)) == 0) {
        out = script_bytes(der, len);
    }
    (void) script_leave(&call, result);
    return out;
}

static struct script_out extension(struct script_cert *self, script_int index, struct script_chars oid,
                                   bool *critical)
{
    struct script_call call;
    struct script_out out = script_no_bytes();
    const uint8_t *name = (const uint8_t *) oid.data;
    uint32_t len = 0;
    int result = S2N_FAILURE;

    if (!script_fits("index", index, 0, UINT32_MAX) || !script_plain("oid", &oid) ||
        !script_enter(&call, self, SCRIPT_CERT, SCRIPT_BOTH)) {
        return out;
    }
    struct s2n_cert *cert = cert_at(&call, index);
    if (cert != NULL && (result = s2n_cert_get_x509_extension_value_length(cert, name, &len)) == 0 &&
        script_room(&out, len)) {
        result = s2n_cert_get_x509_extension_value(cert, name, out.data, &len, critical);
        out.len = result == 0 && len < out.len ? len : out.len;
    }
    (void) script_leave(&call, result);
    if (script_failed()) {
        script_out_free(&out);
    }
    return out;
}

struct script_out script_cert_get_extension(struct script_cert *self, script_int index,
                                            struct script_chars oid)
{
    bool critical = false;
    return extension(self, index, oid, &critical);
}

bool script_cert_is_extension_critical(struct script_cert *self, script_int index, struct script_chars oid)
{
    bool critical = false;
    struct script_out out = extension(self, index, oid, &critical);
    script_out_free(&out);
    return critical;
}

struct script_out script_utf8_from_extension(struct script_in value)
{
    struct script_out out = script_no_bytes();
    uint32_t len = 0;
    int result = 0;

    if (script_failed() || !script_short_enough("value", value.len, UINT32_MAX)) {
        return out;
    }
    result = s2n_cert_get_utf8_string_from_extension_data_length(value.data, (uint32_t) value.len, &len);
    if (result == 0 && script_room(&out, len)) {
        result =
            s2n_cert_get_utf8_string_from_extension_data(value.data, (uint32_t) value.len, out.data, &len);
        out.len = result == 0 && len < out.len ? len : out.len;
    }
    if (result < 0) {
        script_note(NULL);
    }
    if (script_failed()) {
        script_out_free(&out);
    }
    return out;
}

/* ---- pre-shared key ---- */

struct script_psk *script_psk_new(void)
{
    return script_start() ? (struct script_psk *) script_adopt(SCRIPT_PSK, s2n_external_psk_new()) : NULL;
}

void script_psk_close(struct script_psk *self)
{
    script_close(self, SCRIPT_PSK);
}

bool script_psk_is_closed(struct script_psk *self)
{
    return script_is_closed(self);
}
