/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and end of the library in a process. What is started here is ended here in the opposite order; after a
 * failure nothing is left started. Not thread safe, as the header says: the application starts the library before
 * there are threads. contract/env.md section 3.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "config/config.h"
#include "crypto/init.h"
#include "edge.h"
#include "s2n.h"
#include "s2n/unstable/cleanup.h"

static bool initialised;
static bool was_initialised; /* ever: some choices can be made only once */

static bool start_config(void)
{
    if (!config_init()) {
        config_cleanup();
        return false;
    }
    return true;
}

static bool start_mem(void)
{
    TRY(mem_init());
    if (!start_config()) {
        mem_undo();
        return false;
    }
    return true;
}

/* libcrypto comes first: with the wrong one nothing else makes sense. */
static bool start_all(void)
{
    TRY(crypto_init());
    if (!start_mem()) {
        crypto_cleanup();
        return false;
    }
    return true;
}

int s2n_init(void)
{
    if (initialised) {
        (void) fail(ERR_INITIALIZED);
        return S2N_FAILURE;
    }
    if (!start_all()) {
        return S2N_FAILURE;
    }
    if (getenv("S2N_PRINT_STACKTRACE") != NULL) {
        err_traces_set(true);
    }
    initialised = was_initialised = true;
    return S2N_SUCCESS;
}

int s2n_cleanup(void)
{
    return S2N_SUCCESS;
}

int s2n_cleanup_thread(void)
{
    return S2N_SUCCESS;
}

/* An allocator of the application's that refuses to end is still in use: then everything else starts again. */
int s2n_cleanup_final(void)
{
    if (!initialised) {
        (void) fail(ERR_NOT_INITIALIZED);
        return S2N_FAILURE;
    }
    config_cleanup();
    crypto_cleanup();
    if (mem_cleanup()) {
        initialised = false;
        return S2N_SUCCESS;
    }
    initialised = crypto_init() && start_config();
    (void) fail(ERR_ATEXIT);
    return S2N_FAILURE;
}

/* A choice for the time before s2n_init. */
static bool not_yet(bool started)
{
    return !started || fail(ERR_INITIALIZED);
}

int s2n_crypto_disable_init(void)
{
    return result(not_yet(was_initialised));
}

int s2n_disable_atexit(void)
{
    return result(not_yet(initialised));
}

unsigned long s2n_get_openssl_version(void)
{
    return crypto_version();
}

int s2n_get_fips_mode(s2n_fips_mode *fips_mode)
{
    if (!GIVEN(fips_mode)) {
        return S2N_FAILURE;
    }
    *fips_mode = S2N_FIPS_MODE_DISABLED;
    if (!initialised) {
        (void) fail(ERR_NOT_INITIALIZED);
        return S2N_FAILURE;
    }
    if (crypto_fips()) {
        *fips_mode = S2N_FIPS_MODE_ENABLED;
    }
    return S2N_SUCCESS;
}

int s2n_mem_set_callbacks(s2n_mem_init_callback mem_init_callback,
                          s2n_mem_cleanup_callback mem_cleanup_callback,
                          s2n_mem_malloc_callback mem_malloc_callback,
                          s2n_mem_free_callback mem_free_callback)
{
    bool ok = not_yet(initialised) && GIVEN(mem_init_callback) && GIVEN(mem_cleanup_callback) &&
              GIVEN(mem_malloc_callback) && GIVEN(mem_free_callback);
    if (ok) {
        mem_hooks_set(mem_init_callback, mem_cleanup_callback, mem_malloc_callback, mem_free_callback);
    }
    return result(ok);
}

int s2n_rand_set_callbacks(s2n_rand_init_callback rand_init_callback,
                           s2n_rand_cleanup_callback rand_cleanup_callback,
                           s2n_rand_seed_callback rand_seed_callback, s2n_rand_mix_callback rand_mix_callback)
{
    (void) rand_init_callback;
    (void) rand_cleanup_callback;
    (void) rand_seed_callback;
    (void) rand_mix_callback;
    return S2N_SUCCESS;
}
