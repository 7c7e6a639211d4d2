/* SPDX-License-Identifier: Apache-2.0 */
/*
 * External pre-shared keys given on the command line (--psk). Called by the option parsers of s2nc and s2nd,
 * which only check the text, and by common.c, which hands the keys to each connection once the library is up.
 * Never prints a secret: messages name the option and not its value.
 */
#include "common.h"

#include <stdlib.h>
#include <string.h>

static bool is_hex(const char *text, size_t len)
{
    return len > 0 && len % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") >= len;
}

static bool parse_hash(const char *name, s2n_psk_hmac *out)
{
    if (strcmp(name, "SHA256") == 0) {
        *out = S2N_PSK_HMAC_SHA256;
        return true;
    }
    if (strcmp(name, "SHA384") == 0) {
        *out = S2N_PSK_HMAC_SHA384;
        return true;
    }
    return false;
}

/* Cuts at the last two commas, so that an identity may contain some. */
static bool parse(const char *text, struct tool_psk *out)
{
    const char *hash = strrchr(text, ',');
    const char *secret = NULL;

    if (hash == NULL) {
        return false;
    }
    secret = (const char *) memrchr(text, ',', (size_t) (hash - text));
    if (secret == NULL) {
        return false;
    }
    out->identity = text;
    out->identity_len = (size_t) (secret - text);
    out->hex = secret + 1;
    out->hex_len = (size_t) (hash - out->hex);
    return out->identity_len > 0 && out->identity_len <= UINT16_MAX && out->hex_len / 2 <= UINT16_MAX &&
           is_hex(out->hex, out->hex_len) && parse_hash(hash + 1, &out->hash);
}

bool tool_take_psk(struct tool_settings *settings, const char *text)
{
    if (settings->n_psks == TOOL_MAX_PSKS) {
        fprintf(stderr, "%s: at most %d times --psk\n", settings->program, TOOL_MAX_PSKS);
        return false;
    }
    if (!parse(text, &settings->psks[settings->n_psks])) {
        fprintf(stderr, "%s: --psk takes an identity, a secret in hex, and SHA256 or SHA384\n",
                settings->program);
        return false;
    }
    settings->n_psks++;
    return true;
}

static uint8_t hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return (uint8_t) (c - '0');
    }
    return (uint8_t) ((c | 0x20) - 'a' + 10);
}

static bool set_secret(struct s2n_psk *psk, const struct tool_psk *given)
{
    size_t len = given->hex_len / 2;
    uint8_t *secret = (uint8_t *) malloc(len);
    int rc = S2N_FAILURE;

    if (secret == NULL) {
        fprintf(stderr, "Out of memory\n");
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        secret[i] = (uint8_t) (hex_digit(given->hex[2 * i]) << 4 | hex_digit(given->hex[2 * i + 1]));
    }
    rc = s2n_psk_set_secret(psk, secret, (uint16_t) len);
    explicit_bzero(secret, len);
    free(secret);
    return rc == S2N_SUCCESS || tool_report("Error setting PSK secret");
}

static bool append(struct s2n_connection *conn, struct s2n_psk *psk, const struct tool_psk *given)
{
    if (s2n_psk_set_identity(psk, (const uint8_t *) given->identity, (uint16_t) given->identity_len) !=
        S2N_SUCCESS) {
        return tool_report("Error setting PSK identity");
    }
    if (s2n_psk_set_hmac(psk, given->hash) != S2N_SUCCESS) {
        return tool_report("Error setting PSK hash");
    }
    if (!set_secret(psk, given)) {
        return false;
    }
    return s2n_connection_append_psk(conn, psk) == S2N_SUCCESS || tool_report("Error appending PSK");
}

bool tool_append_psks(struct s2n_connection *conn, const struct tool_settings *settings)
{
    bool ok = true;

    for (int i = 0; ok && i < settings->n_psks; i++) {
        struct s2n_psk *psk = s2n_external_psk_new();
        if (psk == NULL) {
            return tool_report("Error allocating a PSK");
        }
        ok = append(conn, psk, &settings->psks[i]);
        s2n_psk_free(&psk);
    }
    return ok;
}
