#include <arpa/inet.h>
#include <s2n.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) /* PORT CA_PEM_FILE */
{
    struct sockaddr_in to = { AF_INET, htons(atoi(argv[argc - 2])), { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    s2n_blocked_status blocked;
    s2n_init();
    struct s2n_config *config = s2n_config_new_minimal();
    struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    if (connect(fd, (struct sockaddr *) &to, sizeof(to)) || s2n_connection_set_fd(conn, fd) ||
        s2n_config_set_verification_ca_location(config, argv[argc - 1], NULL) ||
        s2n_connection_set_config(conn, config) || s2n_set_server_name(conn, "localhost") ||
        s2n_negotiate(conn, &blocked) || s2n_send(conn, "hello\n", 6, &blocked) != 6) {
        return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
    }
    printf("%s sent over %s\n", "hello", s2n_connection_get_cipher(conn));
    return s2n_shutdown(conn, &blocked) || s2n_connection_free(conn) || s2n_config_free(config);
}
