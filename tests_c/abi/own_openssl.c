/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application that has libcrypto linked into itself and uses it before, between and after sessions of the library.
 * With the argument "apart" the library uses another copy of libcrypto, and then an error that the application left in
 * its own queue must stay there. run_test.sh builds it.
 */
#include "session.h"

#include <openssl/err.h>
#include <openssl/evp.h>

static const struct api api = {
#define FUNCTION(name) .name = &name,
#include "session.def"
#undef FUNCTION
};

static void hash_something(void)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    CHECK(md != NULL && EVP_Digest("abc", 3, digest, &length, md, NULL) == 1 && length == 32);
    CHECK(digest[0] == 0xba && digest[31] == 0xad);
    EVP_MD_free(md);
}

int main(int argc, char **argv)
{
    hash_something();
    CHECK(EVP_MD_fetch(NULL, "no such hash", NULL) == NULL);
    unsigned long mine = ERR_peek_error();
    CHECK(mine != 0);
    CHECK(s2n_init() == S2N_SUCCESS);
    session(&api, &api);
    hash_something();
    CHECK(argc < 2 || strcmp(argv[1], "apart") != 0 || ERR_peek_error() == mine);
    CHECK(s2n_cleanup_final() == S2N_SUCCESS);
    hash_something();
    return 0;
}
