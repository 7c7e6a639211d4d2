/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points for revocation lists and for the application's own verdict on the peer's certificates
 * (unstable/crl.h), and for extensions it would check by itself (unstable/custom_x509_extensions.h). The lists are
 * core/x509/crl.c, the questions core/handshake/vouch.c.
 */
#include "s2n/unstable/crl.h"
#include "conn/conn.h"
#include "edge.h"
#include "s2n/unstable/custom_x509_extensions.h"

int s2n_config_set_crl_lookup_cb(struct s2n_config *config, s2n_crl_lookup_callback callback, void *context)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->crl_lookup = callback;
    config->crl_lookup_ctx = context;
    return S2N_SUCCESS;
}

struct s2n_crl *s2n_crl_new(void)
{
    return crl_new();
}

int s2n_crl_load_pem(struct s2n_crl *crl, uint8_t *pem, size_t len)
{
    return result(GIVEN(crl) && GIVEN(pem) && crl_load(crl, SPAN(pem, len)));
}

int s2n_crl_free(struct s2n_crl **crl)
{
    if (crl != NULL) {
        crl_free(*crl);
        *crl = NULL;
    }
    return S2N_SUCCESS;
}

int s2n_crl_get_issuer_hash(struct s2n_crl *crl, uint64_t *hash)
{
    return result(GIVEN(crl) && GIVEN(hash) && crl_issuer_hash(crl, hash));
}

int s2n_crl_validate_active(struct s2n_crl *crl)
{
    return result(GIVEN(crl) && crl_active(crl));
}

int s2n_crl_validate_not_expired(struct s2n_crl *crl)
{
    return result(GIVEN(crl) && crl_not_expired(crl));
}

int s2n_crl_lookup_get_cert_issuer_hash(struct s2n_crl_lookup *lookup, uint64_t *hash)
{
    if (!GIVEN(lookup) || !GIVEN(hash)) {
        return S2N_FAILURE;
    }
    *hash = lookup->issuer_hash;
    return S2N_SUCCESS;
}

/* The list is there before the answer can be seen on another thread. */
int s2n_crl_lookup_set(struct s2n_crl_lookup *lookup, struct s2n_crl *crl)
{
    if (!GIVEN(lookup) || !GIVEN(crl)) {
        return S2N_FAILURE;
    }
    lookup->crl = crl;
    atomic_store(&lookup->answer, CRL_GIVEN);
    return S2N_SUCCESS;
}

int s2n_crl_lookup_ignore(struct s2n_crl_lookup *lookup)
{
    if (!GIVEN(lookup)) {
        return S2N_FAILURE;
    }
    atomic_store(&lookup->answer, CRL_IGNORED);
    return S2N_SUCCESS;
}

/* ---- the application's verdict ---- */

int s2n_config_set_cert_validation_cb(struct s2n_config *config, s2n_cert_validation_callback callback,
                                      void *context)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->cert_validation = callback;
    config->cert_validation_ctx = context;
    return S2N_SUCCESS;
}

int s2n_cert_validation_accept(struct s2n_cert_validation_info *info)
{
    return result(GIVEN(info) && validation_answer(info, VERDICT_ACCEPTED));
}

int s2n_cert_validation_reject(struct s2n_cert_validation_info *info)
{
    return result(GIVEN(info) && validation_answer(info, VERDICT_REJECTED));
}

/* libcrypto of OpenSSL 3 has no way to be told of an extension that the application will look at. */
int s2n_config_add_custom_x509_extension(struct s2n_config *config, uint8_t *extension_oid,
                                         uint32_t extension_oid_len)
{
    (void) extension_oid_len;
    if (config == NULL || extension_oid == NULL) {
        (void) fail(ERR_INVALID_ARGUMENT);
        return S2N_FAILURE;
    }
    (void) fail(ERR_API_UNSUPPORTED_BY_LIBCRYPTO);
    return S2N_FAILURE;
}
