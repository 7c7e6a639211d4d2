#include <arpa/inet.h>
#include <s2n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static s2n_blocked_status blocked;

static struct s2n_connection *open_connection(struct s2n_config *config, int fd)
{
    struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);
    if (conn == NULL || s2n_connection_set_config(conn, config) || s2n_connection_set_fd(conn, fd)) {
        return NULL;
    }
    return conn;
}

/* The connection as bytes; it is closed and freed here, its socket stays open. Seal the bytes before they travel. */
static uint8_t *save(struct s2n_connection *conn, uint32_t *n)
{
    uint8_t *blob = NULL;
    if (s2n_connection_serialization_length(conn, n) == 0 && (blob = malloc(*n)) != NULL &&
        s2n_connection_serialize(conn, blob, *n) != 0) {
        free(blob);
        blob = NULL;
    }
    s2n_connection_free(conn); /* and no shutdown: the peer must not see an end */
    return blob;
}

int main(int argc, char **argv) /* PORT CA_PEM_FILE */
{
    struct sockaddr_in to = { AF_INET, htons(atoi(argv[argc - 2])), { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    uint32_t n = 0;
    s2n_init();
    struct s2n_config *config = s2n_config_new_minimal();
    s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1);
    s2n_config_set_verification_ca_location(config, argv[argc - 1], NULL);
    struct s2n_connection *conn = open_connection(config, fd);
    if (conn == NULL || connect(fd, (struct sockaddr *) &to, sizeof(to)) ||
        s2n_set_server_name(conn, "localhost") || s2n_negotiate(conn, &blocked) ||
        s2n_send(conn, "before\n", 7, &blocked) != 7) {
        return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
    }
    uint8_t *blob = save(conn, &n);
    conn = open_connection(config, fd); /* in another process: with the same socket and a config of its own */
    if (blob == NULL || conn == NULL || s2n_connection_deserialize(conn, blob, n)) {
        return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
    }
    memset(blob, 0, n); /* used once, and gone */
    free(blob);
    if (s2n_send(conn, "after\n", 6, &blocked) != 6) {
        return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
    }
    printf("moved in %u bytes\n", n);
    s2n_shutdown(conn, &blocked);
    return s2n_connection_free(conn) || s2n_config_free(config);
}
