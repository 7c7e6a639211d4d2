/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for certificate chains: the application's own, those of peers, and what single certificates say. The
 * opaque types of the header are the structs of core/x509/chain.h, so "inner" results are pointers into them.
 */
#include "base/mem.h"
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"
#include "x509/chain.h"

struct s2n_cert_chain_and_key *s2n_cert_chain_and_key_new(void)
{
    return chain_new();
}

int s2n_cert_chain_and_key_load_pem(struct s2n_cert_chain_and_key *chain_and_key, const char *chain_pem,
                                    const char *private_key_pem)
{
    return result(GIVEN(chain_and_key) && GIVEN(chain_pem) && GIVEN(private_key_pem) &&
                  chain_load(chain_and_key, text_span(chain_pem), key_span(private_key_pem)));
}

int s2n_cert_chain_and_key_load_pem_bytes(struct s2n_cert_chain_and_key *chain_and_key, uint8_t *chain_pem,
                                          uint32_t chain_pem_len, uint8_t *private_key_pem,
                                          uint32_t private_key_pem_len)
{
    if (!GIVEN(chain_and_key) || !GIVEN(chain_pem) || !GIVEN(private_key_pem)) {
        return S2N_FAILURE;
    }
    struct span key = private_key_pem_len > 0 ? SPAN(private_key_pem, private_key_pem_len) : key_span("");
    return result(chain_load(chain_and_key, SPAN(chain_pem, chain_pem_len), key));
}

int s2n_cert_chain_and_key_load_public_pem_bytes(struct s2n_cert_chain_and_key *chain_and_key,
                                                 uint8_t *chain_pem, uint32_t chain_pem_len)
{
    return result(GIVEN(chain_and_key) && GIVEN(chain_pem) &&
                  chain_load(chain_and_key, SPAN(chain_pem, chain_pem_len), SPAN_NONE));
}

int s2n_cert_chain_and_key_free(struct s2n_cert_chain_and_key *cert_and_key)
{
    chain_free(cert_and_key);
    return S2N_SUCCESS;
}

int s2n_cert_chain_and_key_set_ctx(struct s2n_cert_chain_and_key *cert_and_key, void *ctx)
{
    if (!GIVEN(cert_and_key)) {
        return S2N_FAILURE;
    }
    cert_and_key->ctx = ctx;
    return S2N_SUCCESS;
}

void *s2n_cert_chain_and_key_get_ctx(struct s2n_cert_chain_and_key *cert_and_key)
{
    return GIVEN(cert_and_key) ? cert_and_key->ctx : NULL;
}

/* The place of the key stands for the key, because there is a place even where no key was loaded. */
s2n_cert_private_key *s2n_cert_chain_and_key_get_private_key(struct s2n_cert_chain_and_key *cert_and_key)
{
    return GIVEN(cert_and_key) ? (s2n_cert_private_key *) (void *) &cert_and_key->key : NULL;
}

/* ---- the certificates of a chain ---- */

int s2n_cert_chain_get_length(const struct s2n_cert_chain_and_key *chain_and_key, uint32_t *cert_length)
{
    if (!GIVEN(chain_and_key) || !GIVEN(cert_length) || !GIVEN(chain_and_key->certs)) {
        return S2N_FAILURE;
    }
    *cert_length = chain_and_key->n;
    return S2N_SUCCESS;
}

int s2n_cert_chain_get_cert(const struct s2n_cert_chain_and_key *chain_and_key, struct s2n_cert **out_cert,
                            const uint32_t cert_idx)
{
    if (!GIVEN(chain_and_key) || !GIVEN(out_cert) || !GIVEN(chain_and_key->certs)) {
        return S2N_FAILURE;
    }
    if (cert_idx >= chain_and_key->n) {
        (void) fail(ERR_NO_CERT_FOUND);
        return S2N_FAILURE;
    }
    *out_cert = &chain_and_key->certs[cert_idx];
    return S2N_SUCCESS;
}

int s2n_cert_get_der(const struct s2n_cert *cert, const uint8_t **out_cert_der, uint32_t *cert_length)
{
    if (!GIVEN(cert) || !GIVEN(out_cert_der) || !GIVEN(cert_length)) {
        return S2N_FAILURE;
    }
    *out_cert_der = cert->der.p;
    *cert_length = cert->der.len;
    return S2N_SUCCESS;
}

/* ---- extensions ---- */

/* Copies to a caller's memory of *len bytes and says how many it were. */
static bool give(struct span from, uint8_t *out, uint32_t *len)
{
    if (from.n > *len) {
        return fail(ERR_INSUFFICIENT_MEM_SIZE);
    }
    if (from.n > 0) {
        memcpy(out, from.p, from.n);
    }
    *len = (uint32_t) from.n;
    return true;
}

int s2n_cert_get_x509_extension_value_length(struct s2n_cert *cert, const uint8_t *oid,
                                             uint32_t *ext_value_len)
{
    AUTO_BUF value = { 0 };
    bool critical;
    bool ok = GIVEN(cert) && GIVEN(oid) && GIVEN(ext_value_len) &&
              cert_extension(cert, (const char *) oid, &value, &critical);
    if (ok) {
        *ext_value_len = value.len;
    }
    return result(ok);
}

int s2n_cert_get_x509_extension_value(struct s2n_cert *cert, const uint8_t *oid, uint8_t *ext_value,
                                      uint32_t *ext_value_len, bool *critical)
{
    AUTO_BUF value = { 0 };
    bool is_critical = false;
    bool ok = GIVEN(cert) && GIVEN(oid) && GIVEN(ext_value) && GIVEN(ext_value_len) && GIVEN(critical) &&
              cert_extension(cert, (const char *) oid, &value, &is_critical) &&
              give(buf_span(&value), ext_value, ext_value_len);
    if (ok) {
        *critical = is_critical;
    }
    return result(ok);
}

static bool utf8_text(const uint8_t *extension_data, uint32_t extension_len, struct span *text)
{
    TRY(GIVEN(extension_data));
    if (extension_len == 0) {
        return fail(ERR_SAFETY);
    }
    return cert_utf8_from_extension(SPAN(extension_data, extension_len), text);
}

int s2n_cert_get_utf8_string_from_extension_data_length(const uint8_t *extension_data, uint32_t extension_len,
                                                        uint32_t *utf8_str_len)
{
    struct span text;
    if (!GIVEN(utf8_str_len) || !utf8_text(extension_data, extension_len, &text)) {
        return S2N_FAILURE;
    }
    *utf8_str_len = (uint32_t) text.n;
    return S2N_SUCCESS;
}

int s2n_cert_get_utf8_string_from_extension_data(const uint8_t *extension_data, uint32_t extension_len,
                                                 uint8_t *out_data, uint32_t *out_len)
{
    struct span text;
    return result(GIVEN(out_data) && GIVEN(out_len) && utf8_text(extension_data, extension_len, &text) &&
                  give(text, out_data, out_len));
}

/* ---- chains of a connection ---- */

static bool copy_peer(const struct peer_chain *peer, struct s2n_cert_chain_and_key *to)
{
    uint32_t n = peer_count(peer);
    void *room;
    TRY(mem_alloc(n * sizeof(struct span), &room));
    struct span *ders = room;
    for (uint32_t i = 0; i < n; i++) {
        ders[i] = peer_der(peer, i);
    }
    bool ok = chain_from_ders(to, ders, n);
    mem_free(room, n * sizeof(struct span));
    return ok;
}

int s2n_connection_get_peer_cert_chain(const struct s2n_connection *conn,
                                       struct s2n_cert_chain_and_key *cert_chain)
{
    if (!GIVEN(conn) || !GIVEN(cert_chain)) {
        return S2N_FAILURE;
    }
    if (cert_chain->certs != NULL) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    const struct peer_chain *peer = conn->session.peer;
    if (peer == NULL || !peer_verified(peer)) {
        (void) fail(ERR_CERT_NOT_VALIDATED);
        return S2N_FAILURE;
    }
    return result(copy_peer(peer, cert_chain));
}

int s2n_connection_get_client_cert_chain(struct s2n_connection *conn, uint8_t **der_cert_chain_out,
                                         uint32_t *cert_chain_len)
{
    if (!GIVEN(conn) || !GIVEN(der_cert_chain_out) || !GIVEN(cert_chain_len)) {
        return S2N_FAILURE;
    }
    struct buf *chain = &conn->session.client_chain; /* a client's stays empty */
    if (chain->len == 0) {
        (void) fail(ERR_NULL);
        return S2N_FAILURE;
    }
    *der_cert_chain_out = chain->p;
    *cert_chain_len = chain->len;
    return S2N_SUCCESS;
}

struct s2n_cert_chain_and_key *s2n_connection_get_selected_cert(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->session.local_cert : NULL;
}
