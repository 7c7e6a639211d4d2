/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by s2nc and s2nd: start-up, and the settings that both programs put on a config
 * or a connection. Called by the two main files; never does network I/O. Messages go to stderr only when
 * something is wrong, because test harnesses expect it to be empty.
 */
#include "common.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool check_fips(const char *program)
{
    s2n_fips_mode mode = S2N_FIPS_MODE_DISABLED;

    if (s2n_get_fips_mode(&mode) != S2N_SUCCESS) {
        return tool_report("Error getting FIPS mode");
    }
    if (mode != S2N_FIPS_MODE_ENABLED) {
        fprintf(stderr, "FIPS mode not enabled: libcrypto does not support FIPS\n");
        return false;
    }
    printf("%s entered FIPS mode\n", program);
    return true;
}

bool tool_start(const struct tool_settings *settings)
{
    if (s2n_init() != S2N_SUCCESS) {
        return tool_report("Error running s2n_init()");
    }
    printf("libcrypto: %s\n", OpenSSL_version(OPENSSL_VERSION));
    return !settings->require_fips || check_fips(settings->program);
}

/* Reads to the end of an open file into a growing block; one byte is kept for the terminator. */
static char *read_stream(FILE *file, size_t *out_len)
{
    size_t cap = 4096;
    size_t len = 0;
    char *data = (char *) malloc(cap);

    while (data != NULL) {
        len += fread(data + len, 1, cap - 1 - len, file);
        if (len < cap - 1) {
            break;
        }
        cap *= 2;
        char *bigger = (char *) realloc(data, cap);
        if (bigger == NULL) {
            free(data);
        }
        data = bigger;
    }
    if (data != NULL && ferror(file)) {
        free(data);
        data = NULL;
    }
    if (data != NULL) {
        data[len] = '\0';
        *out_len = len;
    }
    return data;
}

char *tool_read_file(const char *path, size_t *out_len)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;

    if (file == NULL) {
        fprintf(stderr, "Failed to open file '%s': %s\n", path, strerror(errno));
        return NULL;
    }
    data = read_stream(file, out_len);
    if (data == NULL) {
        fprintf(stderr, "Failed to read file '%s'\n", path);
    }
    fclose(file);
    return data;
}

struct s2n_cert_chain_and_key *tool_load_pair(const char *chain_pem, const char *key_pem)
{
    struct s2n_cert_chain_and_key *pair = s2n_cert_chain_and_key_new();

    if (pair == NULL) {
        tool_report("Error allocating a certificate");
        return NULL;
    }
    if (s2n_cert_chain_and_key_load_pem(pair, chain_pem, key_pem) != S2N_SUCCESS) {
        tool_report("Error loading certificate and key");
        s2n_cert_chain_and_key_free(pair);
        return NULL;
    }
    return pair;
}

struct s2n_cert_chain_and_key *tool_load_pair_files(const char *chain_path, const char *key_path)
{
    size_t chain_len = 0;
    size_t key_len = 0;
    char *chain = tool_read_file(chain_path, &chain_len);
    char *key = tool_read_file(key_path, &key_len);
    struct s2n_cert_chain_and_key *pair = NULL;

    if (chain != NULL && key != NULL) {
        pair = tool_load_pair(chain, key);
    }
    if (key != NULL) {
        explicit_bzero(key, key_len);
    }
    free(key);
    free(chain);
    return pair;
}

static int write_key_log(void *ctx, struct s2n_connection *conn, uint8_t *line, size_t len)
{
    FILE *file = (FILE *) ctx;
    (void) conn;

    /* Flushed per line: the file is read while the connection is still in use. */
    if (fwrite(line, 1, len, file) != len || fputc('\n', file) == EOF || fflush(file) != 0) {
        return S2N_FAILURE;
    }
    return S2N_SUCCESS;
}

static bool apply_key_log(struct s2n_config *config, struct tool_settings *settings)
{
    if (settings->key_log == NULL) {
        return true;
    }
    if (settings->key_log_file == NULL) {
        settings->key_log_file = fopen(settings->key_log, "a");
    }
    if (settings->key_log_file == NULL) {
        fprintf(stderr, "Failed to open key log file '%s': %s\n", settings->key_log, strerror(errno));
        return false;
    }
    if (s2n_config_set_key_log_cb(config, write_key_log, settings->key_log_file) != S2N_SUCCESS) {
        return tool_report("Error setting key log callback");
    }
    return true;
}

/* A CA option replaces all trust there was and wins over --insecure. */
static bool apply_trust(struct s2n_config *config, const struct tool_settings *settings)
{
    if (settings->ca_file != NULL || settings->ca_dir != NULL) {
        if (s2n_config_wipe_trust_store(config) != S2N_SUCCESS) {
            return tool_report("Error wiping trust store");
        }
        if (s2n_config_set_verification_ca_location(config, settings->ca_file, settings->ca_dir) !=
            S2N_SUCCESS) {
            return tool_report("Error setting CA file for trust store");
        }
        return true;
    }
    if (settings->insecure && s2n_config_disable_x509_verification(config) != S2N_SUCCESS) {
        return tool_report("Error disabling X.509 validation");
    }
    return true;
}

static bool apply_send_buffer(struct s2n_config *config, const struct tool_settings *settings)
{
    uint32_t size = 0;

    if (settings->send_buffer == NULL) {
        return true;
    }
    /* What is not a number becomes 0, which the library refuses with the error that is wanted here. */
    if (!tool_parse_number(settings->send_buffer, UINT32_MAX, &size)) {
        size = 0;
    }
    if (s2n_config_set_send_buffer_size(config, size) != S2N_SUCCESS) {
        return tool_report("Error setting send buffer size");
    }
    return true;
}

static bool apply_resumption(struct s2n_config *config, const struct tool_settings *settings)
{
    if (!settings->no_tickets && s2n_config_set_session_tickets_onoff(config, 1) != S2N_SUCCESS) {
        return tool_report("Error enabling session tickets");
    }
    /* A server that finds no key of its own in the list must not take the client's identities for tickets. */
    if (settings->n_psks > 0 && s2n_config_set_psk_mode(config, S2N_PSK_MODE_EXTERNAL) != S2N_SUCCESS) {
        return tool_report("Error setting PSK mode");
    }
    return true;
}

bool tool_config_apply(struct s2n_config *config, struct tool_settings *settings)
{
    bool saved = settings->serialize_out != NULL || settings->deserialize_in != NULL;

    if (s2n_config_set_cipher_preferences(config, settings->policy) != S2N_SUCCESS) {
        return tool_report("Error setting cipher preferences");
    }
    if (s2n_config_set_max_blinding_delay(config, 0) != S2N_SUCCESS) {
        return tool_report("Error setting blinding delay");
    }
    if (saved && s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1) != S2N_SUCCESS) {
        return tool_report("Error setting serialization version");
    }
    return apply_trust(config, settings) && apply_send_buffer(config, settings) &&
           apply_resumption(config, settings) && apply_key_log(config, settings);
}

bool tool_conn_apply(struct s2n_connection *conn, struct s2n_config *config,
                     const struct tool_settings *settings, int fd)
{
    if (s2n_connection_set_config(conn, config) != S2N_SUCCESS) {
        return tool_report("Error setting configuration");
    }
    if (s2n_connection_set_fd(conn, fd) != S2N_SUCCESS) {
        return tool_report("Error setting file descriptor");
    }
    if (settings->corked && s2n_connection_use_corked_io(conn) != S2N_SUCCESS) {
        return tool_report("Error setting corked io");
    }
    if (settings->throughput && s2n_connection_prefer_throughput(conn) != S2N_SUCCESS) {
        return tool_report("Error setting prefer throughput");
    }
    if (settings->low_latency && s2n_connection_prefer_low_latency(conn) != S2N_SUCCESS) {
        return tool_report("Error setting prefer low latency");
    }
    if (settings->non_blocking) {
        io_set_non_blocking(fd);
    }
    return settings->deserialize_in != NULL || tool_append_psks(conn, settings);
}
