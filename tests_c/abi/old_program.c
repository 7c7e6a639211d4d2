/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that was compiled with nothing but the contract (contract.h): every number that the contract names must be
 * the library's, the thread-local error variable must be the library's, and a session must work. run_test.sh links it
 * with the library, and with a stub that has the same names and no versions, and runs both with the library.
 */
#include "session.h"

#include <pthread.h>

static const struct {
    const char *name;
    int value;
} errors[] = { CONTRACT_ERROR_ROWS };

static const struct api api = {
#define FUNCTION(name) .name = &name,
#include "session.def"
#undef FUNCTION
};

static void numbers(void)
{
    for (size_t i = 0; i < CONTRACT_ERRORS; i++) {
        const char *name = s2n_strerror_name(errors[i].value);
        if (strcmp(name, errors[i].name) != 0) {
            fprintf(stderr, "error %d is %s, not %s\n", errors[i].value, name, errors[i].name);
            exit(1);
        }
    }
}

static void *another_thread(void *seen)
{
    *(int *) seen = s2n_errno;
    CHECK(s2n_errno_location() == &s2n_errno);
    return NULL;
}

static void error_variable(void)
{
    CHECK(s2n_config_free_cert_chain_and_key(NULL) == S2N_FAILURE);
    CHECK(s2n_errno == *s2n_errno_location() && s2n_errno != 0);
    CHECK(strcmp(s2n_strerror_name(s2n_errno), "S2N_ERR_NULL") == 0);
    CHECK(s2n_error_get_type(s2n_errno) == S2N_ERR_T_INTERNAL);
    pthread_t thread;
    int seen = 1;
    CHECK(pthread_create(&thread, NULL, another_thread, &seen) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(seen == 0);
    s2n_errno = 0;
    CHECK(*s2n_errno_location() == 0);
}

/* Values that only the library can give back, so that an enum is known to mean the same on both sides. */
static void meanings(void)
{
    struct s2n_config *config = s2n_config_new_minimal();
    s2n_cert_auth_type auth = S2N_CERT_AUTH_NONE;
    CHECK(s2n_config_set_client_auth_type(config, S2N_CERT_AUTH_OPTIONAL) == S2N_SUCCESS);
    CHECK(s2n_config_get_client_auth_type(config, &auth) == S2N_SUCCESS && auth == S2N_CERT_AUTH_OPTIONAL);
    CHECK(s2n_config_send_max_fragment_length(config, S2N_TLS_MAX_FRAG_LEN_4096) == S2N_SUCCESS);
    CHECK(s2n_config_send_max_fragment_length(config, (s2n_max_frag_len) 5) == S2N_FAILURE);
    CHECK(s2n_config_set_verify_after_sign(config, S2N_VERIFY_AFTER_SIGN_ENABLED) == S2N_SUCCESS);
    CHECK(s2n_config_set_alert_behavior(config, S2N_ALERT_IGNORE_WARNINGS) == S2N_SUCCESS);
    s2n_fips_mode fips = (s2n_fips_mode) 77;
    CHECK(s2n_get_fips_mode(&fips) == S2N_SUCCESS);
    CHECK(fips == S2N_FIPS_MODE_DISABLED || fips == S2N_FIPS_MODE_ENABLED);
    struct s2n_connection *client = s2n_connection_new(S2N_CLIENT);
    s2n_psk_mode psk = S2N_PSK_MODE_EXTERNAL;
    CHECK(s2n_connection_set_config(client, config) == S2N_SUCCESS);
    CHECK(s2n_connection_set_psk_mode(client, psk) == S2N_SUCCESS);
    s2n_early_data_status_t early;
    CHECK(s2n_connection_get_early_data_status(client, &early) == S2N_SUCCESS);
    CHECK(early == S2N_EARLY_DATA_STATUS_OK);
    s2n_tls_signature_algorithm signature = S2N_TLS_SIGNATURE_RSA;
    CHECK(s2n_connection_get_selected_signature_algorithm(client, &signature) == S2N_SUCCESS);
    CHECK(signature == S2N_TLS_SIGNATURE_ANONYMOUS);
    CHECK(s2n_connection_free(client) == S2N_SUCCESS && s2n_config_free(config) == S2N_SUCCESS);
}

int main(void)
{
    numbers();
    CHECK(s2n_init() == S2N_SUCCESS);
    error_variable();
    meanings();
    session(&api, &api);
    CHECK(s2n_cleanup_final() == S2N_SUCCESS);
    return 0;
}
