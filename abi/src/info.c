/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that tell what a handshake came to: versions, suite, group, signatures, ids, secrets, names. They only
 * read struct session; the numbers of the API (decimal versions, algorithm enums) are made here and nowhere else.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"
#include "s2n/unstable/ktls.h"

#define MASTER_SECRET_LEN 48

static const char none[] = "NONE";

/* ---- versions ---- */

int s2n_connection_get_actual_protocol_version(struct s2n_connection *conn)
{
    return GIVEN(conn) ? decimal_version(conn_version(conn)) : S2N_FAILURE;
}

int s2n_connection_get_client_protocol_version(struct s2n_connection *conn)
{
    return GIVEN(conn) ? decimal_version(conn->session.client_version) : S2N_FAILURE;
}

int s2n_connection_get_server_protocol_version(struct s2n_connection *conn)
{
    return GIVEN(conn) ? decimal_version(conn->session.server_version) : S2N_FAILURE;
}

int s2n_connection_get_client_hello_version(struct s2n_connection *conn)
{
    return GIVEN(conn) ? decimal_version(conn->session.client_hello_version) : S2N_FAILURE;
}

/* ---- suite and policy ---- */

const char *s2n_connection_get_cipher(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->session.suite->name : NULL;
}

int s2n_connection_get_cipher_iana_value(struct s2n_connection *conn, uint8_t *first, uint8_t *second)
{
    if (!GIVEN(conn) || !GIVEN(first) || !GIVEN(second)) {
        return S2N_FAILURE;
    }
    const struct suite *suite = conn->session.suite;
    if (suite == SUITE_NULL) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    *first = (uint8_t) (suite->id >> 8);
    *second = (uint8_t) suite->id;
    return S2N_SUCCESS;
}

/* As the policy is written, not as this build can negotiate it: a saved connection may be older. */
int s2n_connection_is_valid_for_cipher_preferences(struct s2n_connection *conn, const char *version)
{
    const struct policy_view *view;
    if (!GIVEN(conn) || !policy_find(version, &view)) {
        return S2N_FAILURE;
    }
    return conn_version(conn) >= view->policy->min && policy_lists_suite(view->policy, conn->session.suite);
}

/* ---- key exchange ---- */

static const char *curve_name(const struct group *g)
{
    if (g == NULL || g->kind == GROUP_KEM) {
        return none;
    }
    if (g->kind != GROUP_HYBRID) {
        return g->name;
    }
    const struct group *part = group_by_id(g->part[0]);
    return curve_name(part != NULL && part->kind != GROUP_KEM ? part : group_by_id(g->part[1]));
}

static const char *kem_group_name(const struct group *g)
{
    return g != NULL && (g->kind == GROUP_KEM || g->kind == GROUP_HYBRID) ? g->name : none;
}

const char *s2n_connection_get_curve(struct s2n_connection *conn)
{
    return GIVEN(conn) ? curve_name(conn->session.group) : NULL;
}

const char *s2n_connection_get_kem_name(struct s2n_connection *conn)
{
    return GIVEN(conn) ? none : NULL;
}

const char *s2n_connection_get_kem_group_name(struct s2n_connection *conn)
{
    return GIVEN(conn) ? kem_group_name(conn->session.group) : NULL;
}

int s2n_connection_get_key_exchange_group(struct s2n_connection *conn, const char **group_name)
{
    if (!GIVEN(conn) || !GIVEN(group_name)) {
        return S2N_FAILURE;
    }
    const struct group *g = conn->session.group;
    *group_name = g == NULL ? none : g->name;
    return result(g != NULL || fail(ERR_INVALID_STATE));
}

/* ---- signatures ---- */

static s2n_tls_signature_algorithm signature_of(const struct sigscheme *scheme)
{
    static const s2n_tls_signature_algorithm numbers[] = {
        [SIG_NONE] = S2N_TLS_SIGNATURE_ANONYMOUS,
        [SIG_RSA] = S2N_TLS_SIGNATURE_RSA,
        [SIG_ECDSA] = S2N_TLS_SIGNATURE_ECDSA,
        [SIG_RSA_PSS_RSAE] = S2N_TLS_SIGNATURE_RSA_PSS_RSAE,
        [SIG_RSA_PSS_PSS] = S2N_TLS_SIGNATURE_RSA_PSS_PSS,
        [SIG_MLDSA] = S2N_TLS_SIGNATURE_MLDSA,
    };
    return scheme == NULL ? S2N_TLS_SIGNATURE_ANONYMOUS : numbers[scheme->sig];
}

/* ML-DSA signs without a hash of its own choosing. */
static s2n_tls_hash_algorithm digest_of(const struct sigscheme *scheme)
{
    static const s2n_tls_hash_algorithm numbers[HASH_COUNT] = {
        [HASH_NONE] = S2N_TLS_HASH_NONE,     [HASH_MD5] = S2N_TLS_HASH_MD5,
        [HASH_SHA1] = S2N_TLS_HASH_SHA1,     [HASH_SHA224] = S2N_TLS_HASH_SHA224,
        [HASH_SHA256] = S2N_TLS_HASH_SHA256, [HASH_SHA384] = S2N_TLS_HASH_SHA384,
        [HASH_SHA512] = S2N_TLS_HASH_SHA512, [HASH_MD5_SHA1] = S2N_TLS_HASH_MD5_SHA1,
    };
    return scheme == NULL || scheme->sig == SIG_MLDSA ? S2N_TLS_HASH_NONE : numbers[scheme->hash];
}

int s2n_connection_get_signature_scheme(struct s2n_connection *conn, const char **scheme_name)
{
    if (!GIVEN(conn) || !GIVEN(scheme_name)) {
        return S2N_FAILURE;
    }
    const struct session *s = &conn->session;
    if (s->suite == SUITE_NULL || s->restored) {
        (void) fail(ERR_INVALID_STATE);
        return S2N_FAILURE;
    }
    *scheme_name = "none";
    if (s->server_sig != NULL) {
        *scheme_name = s->version == TLS13 ? s->server_sig->name13 : s->server_sig->name12;
    }
    return S2N_SUCCESS;
}

int s2n_connection_get_selected_signature_algorithm(struct s2n_connection *conn,
                                                    s2n_tls_signature_algorithm *chosen_alg)
{
    if (!GIVEN(conn) || !GIVEN(chosen_alg)) {
        return S2N_FAILURE;
    }
    *chosen_alg = signature_of(conn->session.server_sig);
    return S2N_SUCCESS;
}

int s2n_connection_get_selected_digest_algorithm(struct s2n_connection *conn,
                                                 s2n_tls_hash_algorithm *chosen_alg)
{
    if (!GIVEN(conn) || !GIVEN(chosen_alg)) {
        return S2N_FAILURE;
    }
    *chosen_alg = digest_of(conn->session.server_sig);
    return S2N_SUCCESS;
}

int s2n_connection_get_selected_client_cert_signature_algorithm(struct s2n_connection *conn,
                                                                s2n_tls_signature_algorithm *chosen_alg)
{
    if (!GIVEN(conn) || !GIVEN(chosen_alg)) {
        return S2N_FAILURE;
    }
    *chosen_alg = signature_of(conn->session.client_sig);
    return S2N_SUCCESS;
}

int s2n_connection_get_selected_client_cert_digest_algorithm(struct s2n_connection *conn,
                                                             s2n_tls_hash_algorithm *chosen_alg)
{
    if (!GIVEN(conn) || !GIVEN(chosen_alg)) {
        return S2N_FAILURE;
    }
    *chosen_alg = digest_of(conn->session.client_sig);
    return S2N_SUCCESS;
}

/* ---- certificates ---- */

static s2n_cert_sni_match sni_match_of(uint8_t match)
{
    static const s2n_cert_sni_match numbers[] = {
        [SNI_NONE] = S2N_SNI_NONE,
        [SNI_EXACT] = S2N_SNI_EXACT_MATCH,
        [SNI_WILDCARD] = S2N_SNI_WILDCARD_MATCH,
        [SNI_NO_MATCH] = S2N_SNI_NO_MATCH,
    };
    return numbers[match];
}

int s2n_connection_get_certificate_match(struct s2n_connection *conn, s2n_cert_sni_match *match_status)
{
    enum err_code problem = ERR_OK;
    if (conn == NULL || match_status == NULL) {
        problem = ERR_INVALID_ARGUMENT;
    } else if (!conn->set.server) {
        problem = ERR_CLIENT_MODE;
    } else if (conn->session.local_cert == NULL) {
        problem = ERR_NO_CERT_FOUND;
    }
    if (problem != ERR_OK) {
        (void) fail(problem);
        return S2N_FAILURE;
    }
    *match_status = sni_match_of(conn->session.sni_match);
    return S2N_SUCCESS;
}

int s2n_connection_client_cert_used(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->session.complete && conn->session.client_cert_used : S2N_FAILURE;
}

/* ---- ids and secrets ---- */

/* TLS 1.3 has none: what its hellos carry in that place is only there for middleboxes (RFC 8446 D.4). */
static struct span session_id_of(const struct s2n_connection *conn)
{
    const struct session *s = &conn->session;
    return conn_version(conn) == TLS13 ? SPAN_NONE : SPAN(s->session_id, s->session_id_len);
}

int s2n_connection_get_session_id_length(struct s2n_connection *conn)
{
    return GIVEN(conn) ? (int) session_id_of(conn).n : S2N_FAILURE;
}

int s2n_connection_get_session_id(struct s2n_connection *conn, uint8_t *session_id, size_t max_length)
{
    if (!GIVEN(conn) || !GIVEN(session_id)) {
        return S2N_FAILURE;
    }
    struct span id = session_id_of(conn);
    if (id.n > max_length) {
        (void) fail(ERR_SESSION_ID_TOO_LONG);
        return S2N_FAILURE;
    }
    if (id.n > 0) {
        memcpy(session_id, id.p, id.n);
    }
    return (int) id.n;
}

/* A restored connection has the secret but not the handshake it came from. */
static bool master_available(const struct s2n_connection *conn, size_t max_size)
{
    if (max_size < MASTER_SECRET_LEN) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    if (conn_version(conn) == TLS13) {
        return fail(ERR_INVALID_STATE);
    }
    bool here =
        conn->session.complete && !conn->session.restored && conn->session.master.n == MASTER_SECRET_LEN;
    return here || fail(ERR_HANDSHAKE_NOT_COMPLETE);
}

int s2n_connection_get_master_secret(const struct s2n_connection *conn, uint8_t *secret_bytes,
                                     size_t max_size)
{
    if (!GIVEN(conn) || !GIVEN(secret_bytes) || !master_available(conn, max_size)) {
        return S2N_FAILURE;
    }
    memcpy(secret_bytes, conn->session.master.b, MASTER_SECRET_LEN);
    return S2N_SUCCESS;
}

int s2n_connection_tls_exporter(struct s2n_connection *conn, const uint8_t *label, uint32_t label_length,
                                const uint8_t *context, uint32_t context_length, uint8_t *output,
                                uint32_t output_length)
{
    return result(
        GIVEN(conn) && GIVEN(label) && GIVEN(context) && GIVEN(output) &&
        conn_export(conn, SPAN(label, label_length), SPAN(context, context_length), output, output_length));
}

int s2n_connection_get_key_update_counts(struct s2n_connection *conn, uint8_t *send_key_updates,
                                         uint8_t *recv_key_updates)
{
    if (!GIVEN(conn) || !GIVEN(send_key_updates) || !GIVEN(recv_key_updates)) {
        return S2N_FAILURE;
    }
    *send_key_updates = conn->writing.key_updates;
    *recv_key_updates = conn->reading.key_updates;
    return S2N_SUCCESS;
}

/* ---- where the handshake stands ---- */

const char *s2n_connection_get_handshake_type_name(struct s2n_connection *conn)
{
    return GIVEN(conn) ? hs_type_name(conn->session.version, conn->session.type) : NULL;
}

const char *s2n_connection_get_last_message_name(struct s2n_connection *conn)
{
    return GIVEN(conn) ? hs_message_name((enum hs_message) conn->session.message) : NULL;
}
