/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for what a CertificateRequest says (unstable/cert_authorities.h): a server takes the issuers that it names
 * from its trust store, a client reads them in a callback and answers with a chain. The callback is run by
 * core/handshake/choose.c.
 */
#include "s2n/unstable/cert_authorities.h"

#include "config/config.h"
#include "edge.h"
#include "handshake/hs.h"

#define AUTHORITIES_MAX 20000 /* bytes on the wire, so that the message stays below what peers take */

static bool given(const void *p)
{
    return p != NULL || fail(ERR_INVALID_ARGUMENT);
}

static bool take_subjects(struct s2n_config *config)
{
    AUTO_BUF names = { 0 };
    struct wr w = wr_to(&names);
    TRY(config->trust == NULL || trust_subjects(config->trust, &w));
    if (names.len > AUTHORITIES_MAX) {
        return fail(ERR_TOO_MANY_CAS);
    }
    return buf_set(&config->cert_authorities, buf_span(&names));
}

int s2n_config_set_cert_authorities_from_trust_store(struct s2n_config *config)
{
    return result(GIVEN(config) && take_subjects(config));
}

int s2n_config_enable_cert_req_dss_legacy_compat(struct s2n_config *config)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->dss_compat = true;
    return S2N_SUCCESS;
}

int s2n_config_set_cert_request_callback(struct s2n_config *config,
                                         s2n_cert_request_callback cert_req_callback, void *ctx)
{
    if (!given(config)) {
        return S2N_FAILURE;
    }
    config->cert_request = cert_req_callback;
    config->cert_request_ctx = ctx;
    return S2N_SUCCESS;
}

struct s2n_certificate_authority_list *s2n_certificate_request_get_ca_list(
    struct s2n_certificate_request *request)
{
    return GIVEN(request) ? &request->authorities : NULL;
}

int s2n_certificate_request_set_certificate(struct s2n_certificate_request *request,
                                            struct s2n_cert_chain_and_key *chain)
{
    if (!given(request) || !given(chain)) {
        return S2N_FAILURE;
    }
    request->chosen = chain;
    return S2N_SUCCESS;
}

bool s2n_certificate_authority_list_has_next(struct s2n_certificate_authority_list *list)
{
    return list != NULL && !rd_end(&list->rest);
}

static bool next_name(struct s2n_certificate_authority_list *list, struct span *out)
{
    struct rd name;
    TRY(given(list));
    if (rd_end(&list->rest)) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    if (!rd_vec16(&list->rest, &name) || rd_end(&name)) {
        return fail(ERR_BAD_MESSAGE);
    }
    *out = rd_rest(&name);
    return true;
}

/* The application's type is not const; the bytes are the message's, which nobody reads again. */
int s2n_certificate_authority_list_next(struct s2n_certificate_authority_list *list, uint8_t **name,
                                        uint16_t *length)
{
    struct span next;
    if (!given(name) || !given(length)) {
        return S2N_FAILURE;
    }
    *name = NULL;
    *length = 0;
    if (!next_name(list, &next)) {
        return S2N_FAILURE;
    }
    *name = list->message + (next.p - list->message);
    *length = (uint16_t) next.n;
    return S2N_SUCCESS;
}

int s2n_certificate_authority_list_reread(struct s2n_certificate_authority_list *list)
{
    if (!given(list)) {
        return S2N_FAILURE;
    }
    list->rest = rd_of(list->names);
    return S2N_SUCCESS;
}
