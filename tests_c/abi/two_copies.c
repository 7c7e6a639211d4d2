/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two copies of the library in one process, from different files: a client of one talks to a server of the other, one is
 * ended while the other goes on, and their error numbers are apart. Usage: two_copies LIB_A LIB_B dlopen|dlmopen
 */
#define _GNU_SOURCE
#include "session.h"

#include <dlfcn.h>

static void load(struct api *api, const char *path, bool own_namespace)
{
    void *library = own_namespace ? dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL)
                                  : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
#define FUNCTION(name)                                 \
    {                                                  \
        void *address = dlsym(library, #name);         \
        CHECK(address != NULL);                        \
        memcpy(&api->name, &address, sizeof(address)); \
    }
#include "session.def"
#undef FUNCTION
}

int main(int argc, char **argv)
{
    CHECK(argc == 4);
    struct api a, b;
    load(&a, argv[1], false);
    load(&b, argv[2], strcmp(argv[3], "dlmopen") == 0);
    CHECK(a.s2n_init != b.s2n_init && a.s2n_errno_location() != b.s2n_errno_location());
    CHECK(a.s2n_init() == S2N_SUCCESS);
    CHECK(b.s2n_config_free(NULL) == S2N_SUCCESS && b.s2n_config_new_minimal() == NULL); /* not started yet */
    CHECK(*b.s2n_errno_location() != 0 && *a.s2n_errno_location() == 0);
    CHECK(b.s2n_init() == S2N_SUCCESS);
    session(&a, &b);
    session(&b, &a);
    CHECK(a.s2n_cleanup_final() == S2N_SUCCESS);
    session(&b, &b);
    CHECK(a.s2n_init() == S2N_SUCCESS);
    session(&a, &b);
    CHECK(a.s2n_cleanup_final() == S2N_SUCCESS && b.s2n_cleanup_final() == S2N_SUCCESS);
    return 0;
}
