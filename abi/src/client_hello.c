/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that show a ClientHello: the one that a server got, or one that the application brings. They read what
 * core/handshake/hello.c keeps and change nothing. RFC 8446 4.1.2.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

#define RANDOM_AT 2 /* in the body, behind the version */
#define RANDOM_LEN 32

struct s2n_client_hello *s2n_connection_get_client_hello(struct s2n_connection *conn)
{
    if (!GIVEN(conn)) {
        return NULL;
    }
    struct s2n_client_hello *ch = conn->session.client_hello;
    return ch != NULL && ch->parsed ? ch : NULL;
}

struct s2n_client_hello *s2n_client_hello_parse_message(const uint8_t *bytes, uint32_t size)
{
    if (bytes == NULL && size > 0) {
        (void) fail(ERR_SAFETY);
        return NULL;
    }
    return hello_parse(SPAN(bytes, size));
}

int s2n_client_hello_free(struct s2n_client_hello **ch)
{
    if (!GIVEN(ch)) {
        return S2N_FAILURE;
    }
    if (*ch != NULL && !(*ch)->standalone) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    hello_free(*ch);
    *ch = NULL;
    return S2N_SUCCESS;
}

static struct hello_fields fields_of(const struct s2n_client_hello *ch)
{
    struct hello_fields f;
    hello_look(ch, &f);
    return f;
}

/* As much as fits; how much that is. */
static uint32_t copy_some(struct span from, uint8_t *out, uint32_t cap)
{
    uint32_t n = from.n < cap ? (uint32_t) from.n : cap;
    if (n == 0 || from.p == NULL) {
        return 0;
    }
    memcpy(out, from.p, n);
    return n;
}

/* ---- the whole message ---- */

ssize_t s2n_client_hello_get_raw_message_length(struct s2n_client_hello *ch)
{
    return GIVEN(ch) ? (ssize_t) ch->message.len : S2N_FAILURE;
}

/* The random has a getter of its own; here it is blanked, as far as it was copied. */
ssize_t s2n_client_hello_get_raw_message(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    uint32_t n = copy_some(buf_span(&ch->message), out, max_length);
    if (n > RANDOM_AT) {
        memset(out + RANDOM_AT, 0, n - RANDOM_AT < RANDOM_LEN ? n - RANDOM_AT : RANDOM_LEN);
    }
    return (ssize_t) n;
}

/* ---- lists ---- */

ssize_t s2n_client_hello_get_cipher_suites_length(struct s2n_client_hello *ch)
{
    return GIVEN(ch) ? (ssize_t) fields_of(ch).suites.n : S2N_FAILURE;
}

ssize_t s2n_client_hello_get_cipher_suites(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    bool given = GIVEN(ch) && GIVEN(out);
    return given ? (ssize_t) copy_some(fields_of(ch).suites, out, max_length) : S2N_FAILURE;
}

ssize_t s2n_client_hello_get_extensions_length(struct s2n_client_hello *ch)
{
    return GIVEN(ch) ? (ssize_t) fields_of(ch).extensions.n : S2N_FAILURE;
}

ssize_t s2n_client_hello_get_extensions(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    bool given = GIVEN(ch) && GIVEN(out);
    return given ? (ssize_t) copy_some(fields_of(ch).extensions, out, max_length) : S2N_FAILURE;
}

int s2n_client_hello_get_compression_methods_length(struct s2n_client_hello *ch, uint32_t *out_length)
{
    if (!GIVEN(ch) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    *out_length = (uint32_t) fields_of(ch).compression.n;
    return S2N_SUCCESS;
}

int s2n_client_hello_get_compression_methods(struct s2n_client_hello *ch, uint8_t *list, uint32_t list_length,
                                             uint32_t *out_length)
{
    if (!GIVEN(ch) || !GIVEN(list) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    struct span methods = fields_of(ch).compression;
    if (!copy_out(methods, list, list_length)) {
        return S2N_FAILURE;
    }
    *out_length = (uint32_t) methods.n;
    return S2N_SUCCESS;
}

int s2n_client_hello_get_session_id_length(struct s2n_client_hello *ch, uint32_t *out_length)
{
    if (!GIVEN(ch) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    *out_length = (uint32_t) fields_of(ch).session_id.n;
    return S2N_SUCCESS;
}

int s2n_client_hello_get_session_id(struct s2n_client_hello *ch, uint8_t *out, uint32_t *out_length,
                                    uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    *out_length = copy_some(fields_of(ch).session_id, out, max_length);
    return S2N_SUCCESS;
}

/* ---- what outlives the message ---- */

int s2n_client_hello_get_random(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    return result(copy_out(SPAN_OF(ch->random), out, max_length));
}

int s2n_client_hello_get_legacy_protocol_version(struct s2n_client_hello *ch, uint8_t *out)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    *out = (uint8_t) decimal_version(ch->version);
    return S2N_SUCCESS;
}

int s2n_client_hello_get_legacy_record_version(struct s2n_client_hello *ch, uint8_t *out)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    if (ch->standalone) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    *out = (uint8_t) decimal_version(ch->record_version);
    return S2N_SUCCESS;
}

/* ---- extensions ---- */

/* What one holds. Absent or unknown is not a failure to the callers, but leaves the error that tells the two apart. */
static struct span body_of(const struct s2n_client_hello *ch, s2n_tls_extension_type type)
{
    struct span body = SPAN_NONE;
    struct hello_fields f = fields_of(ch);
    if ((int) type < 0 || (int) type > UINT16_MAX || !hello_knows((uint16_t) type)) {
        (void) fail(ERR_UNRECOGNIZED_EXTENSION);
        return SPAN_NONE;
    }
    enum err_code problem = hello_extension(&f, (uint16_t) type, &body);
    return problem == ERR_OK || fail(problem) ? body : SPAN_NONE;
}

ssize_t s2n_client_hello_get_extension_length(struct s2n_client_hello *ch,
                                              s2n_tls_extension_type extension_type)
{
    return GIVEN(ch) ? (ssize_t) body_of(ch, extension_type).n : S2N_FAILURE;
}

ssize_t s2n_client_hello_get_extension_by_id(struct s2n_client_hello *ch,
                                             s2n_tls_extension_type extension_type, uint8_t *out,
                                             uint32_t max_length)
{
    bool given = GIVEN(ch) && GIVEN(out);
    return given ? (ssize_t) copy_some(body_of(ch, extension_type), out, max_length) : S2N_FAILURE;
}

int s2n_client_hello_has_extension(struct s2n_client_hello *ch, uint16_t extension_iana, bool *exists)
{
    struct span body;
    if (!GIVEN(ch) || !GIVEN(exists)) {
        return S2N_FAILURE;
    }
    *exists = false;
    struct hello_fields f = fields_of(ch);
    enum err_code problem = hello_extension(&f, extension_iana, &body);
    if (problem != ERR_OK && problem != ERR_EXTENSION_NOT_RECEIVED) {
        (void) fail(problem);
        return S2N_FAILURE;
    }
    *exists = problem == ERR_OK;
    return S2N_SUCCESS;
}

static bool copy_groups(const struct s2n_client_hello *ch, uint16_t *out, uint16_t max, uint16_t *count)
{
    struct span list;
    struct hello_fields f = fields_of(ch);
    enum err_code problem = hello_groups(&f, &list);
    if (problem != ERR_OK) {
        return fail(problem);
    }
    if (list.n / 2 > max) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    for (struct rd r = rd_of(list); rd_u16(&r, &out[*count]);) {
        ++*count;
    }
    return true;
}

int s2n_client_hello_get_supported_groups(struct s2n_client_hello *ch, uint16_t *group_ids,
                                          uint16_t groups_count_max, uint16_t *groups_count)
{
    if (!GIVEN(groups_count)) {
        return S2N_FAILURE;
    }
    *groups_count = 0;
    return result(GIVEN(ch) && GIVEN(group_ids) &&
                  copy_groups(ch, group_ids, groups_count_max, groups_count));
}

static bool server_name_of(const struct s2n_client_hello *ch, struct span *name)
{
    struct hello_fields f = fields_of(ch);
    enum err_code problem = hello_server_name(&f, name);
    return problem == ERR_OK || fail(problem);
}

int s2n_client_hello_get_server_name_length(struct s2n_client_hello *ch, uint16_t *length)
{
    struct span name;
    if (!GIVEN(length)) {
        return S2N_FAILURE;
    }
    *length = 0;
    if (!GIVEN(ch) || !server_name_of(ch, &name)) {
        return S2N_FAILURE;
    }
    *length = (uint16_t) name.n;
    return S2N_SUCCESS;
}

static bool copy_server_name(const struct s2n_client_hello *ch, uint8_t *to, uint16_t cap, uint16_t *out)
{
    struct span name;
    TRY(server_name_of(ch, &name));
    if (name.n > cap) {
        return fail(ERR_SAFETY);
    }
    *out = (uint16_t) copy_some(name, to, cap);
    return true;
}

int s2n_client_hello_get_server_name(struct s2n_client_hello *ch, uint8_t *server_name, uint16_t length,
                                     uint16_t *out_length)
{
    if (!GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    *out_length = 0;
    return result(GIVEN(ch) && GIVEN(server_name) && copy_server_name(ch, server_name, length, out_length));
}
