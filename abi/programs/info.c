/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines that s2nc and s2nd print about a finished handshake. Tests read them, so their wording and
 * order are fixed. Called by the two main files and by the https page; reads the connection only.
 */
#include "common.h"

#include <inttypes.h>
#include <s2n/unstable/fingerprint.h>
#include <stdlib.h>
#include <string.h>

struct name_of {
    int value;
    const char *name;
};

static const struct name_of signature_names[] = {
    { S2N_TLS_SIGNATURE_ANONYMOUS, "None" },
    { S2N_TLS_SIGNATURE_RSA, "RSA" },
    { S2N_TLS_SIGNATURE_ECDSA, "ECDSA" },
    { S2N_TLS_SIGNATURE_MLDSA, "MLDSA" },
    { S2N_TLS_SIGNATURE_RSA_PSS_RSAE, "RSA-PSS-RSAE" },
    { S2N_TLS_SIGNATURE_RSA_PSS_PSS, "RSA-PSS-PSS" },
};

static const struct name_of hash_names[] = {
    { S2N_TLS_HASH_NONE, "None" },     { S2N_TLS_HASH_MD5, "MD5" },
    { S2N_TLS_HASH_SHA1, "SHA1" },     { S2N_TLS_HASH_SHA224, "SHA224" },
    { S2N_TLS_HASH_SHA256, "SHA256" }, { S2N_TLS_HASH_SHA384, "SHA384" },
    { S2N_TLS_HASH_SHA512, "SHA512" }, { S2N_TLS_HASH_MD5_SHA1, "MD5_SHA1" },
};

#define NAME_OF(table, value) name_of(table, sizeof(table) / sizeof(table[0]), (int) (value))

static const char *name_of(const struct name_of *table, size_t n, int value)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].value == value) {
            return table[i].name;
        }
    }
    return "Unknown";
}

static void print_names(struct s2n_connection *conn, FILE *out)
{
    const char *server_name = s2n_get_server_name(conn);
    const char *protocol = s2n_get_application_protocol(conn);

    if (server_name != NULL) {
        fprintf(out, "Server name: %s\n", server_name);
    }
    if (protocol != NULL) {
        fprintf(out, "Application protocol: %s\n", protocol);
    }
}

static void print_group(struct s2n_connection *conn, FILE *out)
{
    const char *kem = s2n_connection_get_kem_group_name(conn);
    const char *group = NULL;

    if (kem != NULL && strcmp(kem, "NONE") != 0) {
        fprintf(out, "KEM Group: %s (PQ key exchange enabled)\n", kem);
    } else if (s2n_connection_get_key_exchange_group(conn, &group) == S2N_SUCCESS) {
        fprintf(out, "Curve: %s\n", group);
    }
}

static void print_ocsp(struct s2n_connection *conn, FILE *out)
{
    uint32_t length = 0;

    if (s2n_connection_get_mode(conn) == S2N_CLIENT &&
        s2n_connection_get_ocsp_response(conn, &length) != NULL) {
        fprintf(out, "OCSP response received, length %u\n", length);
    }
}

static void print_signatures(struct s2n_connection *conn, FILE *out)
{
    s2n_tls_signature_algorithm signature = S2N_TLS_SIGNATURE_ANONYMOUS;
    s2n_tls_hash_algorithm hash = S2N_TLS_HASH_NONE;

    if (s2n_connection_get_selected_signature_algorithm(conn, &signature) == S2N_SUCCESS &&
        s2n_connection_get_selected_digest_algorithm(conn, &hash) == S2N_SUCCESS) {
        fprintf(out, "Server signature negotiated: %s+%s\n", NAME_OF(signature_names, signature),
                NAME_OF(hash_names, hash));
    }
    if (s2n_connection_client_cert_used(conn) == 1 &&
        s2n_connection_get_selected_client_cert_signature_algorithm(conn, &signature) == S2N_SUCCESS &&
        s2n_connection_get_selected_client_cert_digest_algorithm(conn, &hash) == S2N_SUCCESS) {
        fprintf(out, "Client signature negotiated: %s+%s\n", NAME_OF(signature_names, signature),
                NAME_OF(hash_names, hash));
    }
}

void info_print_summary(struct s2n_connection *conn, FILE *out)
{
    fprintf(out, "Client hello version: %d\n", s2n_connection_get_client_hello_version(conn));
    fprintf(out, "Client protocol version: %d\n", s2n_connection_get_client_protocol_version(conn));
    fprintf(out, "Server protocol version: %d\n", s2n_connection_get_server_protocol_version(conn));
    fprintf(out, "Actual protocol version: %d\n", s2n_connection_get_actual_protocol_version(conn));
    print_names(conn, out);
    print_group(conn, out);
    print_ocsp(conn, out);
    fprintf(out, "Cipher negotiated: %s\n", s2n_connection_get_cipher(conn));
}

void info_print_resumption(struct s2n_connection *conn, FILE *out)
{
    if (s2n_connection_is_session_resumed(conn) == 1) {
        fprintf(out, "Resumed session\n");
    }
}

/* A resumed TLS 1.3 connection has an identity too, but that is a ticket and not a name. */
static void print_psk_identity(struct s2n_connection *conn)
{
    uint16_t len = 0;
    uint8_t *identity = NULL;

    if (s2n_connection_is_session_resumed(conn) == 1 ||
        s2n_connection_get_negotiated_psk_identity_length(conn, &len) != S2N_SUCCESS || len == 0) {
        return;
    }
    identity = (uint8_t *) calloc(1, len);
    if (identity != NULL && s2n_connection_get_negotiated_psk_identity(conn, identity, len) == S2N_SUCCESS) {
        printf("Negotiated PSK identity: %.*s\n", (int) len, (const char *) identity);
    }
    free(identity);
}

static void print_early_data(struct s2n_connection *conn)
{
    static const char *const words[] = {
        [S2N_EARLY_DATA_STATUS_OK] = "IN PROGRESS",
        [S2N_EARLY_DATA_STATUS_NOT_REQUESTED] = "NOT REQUESTED",
        [S2N_EARLY_DATA_STATUS_REJECTED] = "REJECTED",
        [S2N_EARLY_DATA_STATUS_END] = "ACCEPTED",
    };
    s2n_early_data_status_t status = S2N_EARLY_DATA_STATUS_OK;

    if (s2n_connection_get_early_data_status(conn, &status) == S2N_SUCCESS) {
        printf("Early Data status: %s\n", words[status]);
    }
}

/* A client has no hello to look at, a connection that was restored neither. */
static void print_fingerprint(struct s2n_connection *conn)
{
    struct s2n_client_hello *hello = s2n_connection_get_client_hello(conn);
    uint8_t hash[16];
    uint32_t len = 0, text_len = 0;

    if (hello == NULL || s2n_client_hello_get_fingerprint_hash(hello, S2N_FINGERPRINT_JA3, sizeof(hash), hash,
                                                               &len, &text_len) != S2N_SUCCESS) {
        return;
    }
    printf("JA3: ");
    for (uint32_t i = 0; i < len; i++) {
        printf("%02x", hash[i]);
    }
    printf("\n");
}

void info_print(struct s2n_connection *conn)
{
    printf("CONNECTED:\n");
    printf("Handshake: %s\n", s2n_connection_get_handshake_type_name(conn));
    info_print_summary(conn, stdout);
    print_signatures(conn, stdout);
    info_print_resumption(conn, stdout);
    print_psk_identity(conn);
    print_early_data(conn);
    print_fingerprint(conn);
    printf("Wire bytes in: %" PRIu64 "\n", s2n_connection_get_wire_bytes_in(conn));
    printf("Wire bytes out: %" PRIu64 "\n", s2n_connection_get_wire_bytes_out(conn));
    printf("s2n is ready\n");
    fflush(stdout);
}
