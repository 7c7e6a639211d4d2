/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest program that uses an installed libs2n as another project would: it starts the library, makes a
 * config and a connection, and looks at an error. Built by every consumer project of this folder.
 */
#include <s2n.h>
#include <s2n/unstable/cleanup.h> /* not used: only to see that it is installed and stands alone */

#include <stdio.h>
#include <string.h>

static int complain(const char *what)
{
    fprintf(stderr, "consumer: %s: %s\n", what, s2n_strerror(*s2n_errno_location(), "EN"));
    return 1;
}

int main(void)
{
    if (s2n_init() != S2N_SUCCESS) {
        return complain("init");
    }
    struct s2n_config *config = s2n_config_new_minimal();
    struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    if (!config || !conn) {
        return complain("new");
    }
    if (s2n_connection_set_config(conn, config) != S2N_SUCCESS ||
        s2n_set_server_name(conn, "localhost") != S2N_SUCCESS) {
        return complain("set");
    }
    const char *name = s2n_get_server_name(conn);
    if (!name || strcmp(name, "localhost") != 0) {
        return complain("server name");
    }
    if (s2n_config_set_cipher_preferences(config, "no such policy") == S2N_SUCCESS ||
        strcmp(s2n_strerror_name(*s2n_errno_location()), "S2N_ERR_INVALID_SECURITY_POLICY") != 0) {
        return complain("unknown policy");
    }
    if (s2n_connection_free(conn) != S2N_SUCCESS || s2n_config_free(config) != S2N_SUCCESS ||
        s2n_cleanup_final() != S2N_SUCCESS) {
        return complain("free");
    }
    puts("consumer: ok");
    return 0;
}
