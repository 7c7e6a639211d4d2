/* A server whose TLS 1.2 sessions live in Redis: every server of a fleet resumes what another one began.
 *
 *   cc session_cache_redis.c $(pkg-config --cflags --libs s2n) -lhiredis -o session_cache_redis
 *   ./session_cache_redis PORT CERT_PEM_FILE KEY_PEM_FILE REDIS_PORT TICKET_KEY_IN_HEX
 *
 * Port 0 means any that is free. The first line printed is the port; then one line for each connection. A
 * real server reads the ticket key from a place that `ps` does not show, and adds new ones in time: see
 * docs/guide/resumption.md. */
#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <s2n.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct timeval patience = { 1, 0 };         /* for Redis: a handshake waits for it */
static const struct timeval client_patience = { 10, 0 }; /* this server has one client at a time */

struct cache {
    int port;
    redisContext *redis; /* NULL: not connected */
};

/* The answer of Redis, or NULL without one. A connection that Redis has closed meanwhile is made anew, once. */
static redisReply *ask(struct cache *cache, const char *format, ...)
{
    redisReply *reply = NULL;
    for (int tries = 0; reply == NULL && tries < 2; tries++) {
        if (cache->redis == NULL) {
            cache->redis = redisConnectWithTimeout("127.0.0.1", cache->port, patience);
        }
        if (cache->redis != NULL && cache->redis->err == 0) {
            va_list words;
            va_start(words, format);
            redisSetTimeout(cache->redis, patience);
            reply = redisvCommand(cache->redis, format, words);
            va_end(words);
        }
        if (reply == NULL && cache->redis != NULL) {
            redisFree(cache->redis);
            cache->redis = NULL;
        }
    }
    return reply;
}

/* The name of an entry, as RedisSessionCache of Python has it. At a lookup the key is what a stranger sent. */
static const char *name_of(const void *key, uint64_t size)
{
    static char name[sizeof("s2n-tls:session:") + 2 * 32] = "s2n-tls:session:";
    char *end = name + strlen("s2n-tls:session:");
    *end = 0;
    for (uint64_t i = 0; i < size && i < 32; i++, end += 2) {
        snprintf(end, 3, "%02x", ((const uint8_t *) key)[i]);
    }
    return name;
}

/* The value is sealed with the ticket key already: whoever reads Redis learns nothing from it. */
static int store(struct s2n_connection *conn, void *ctx, uint64_t ttl, const void *key, uint64_t key_size,
                 const void *value, uint64_t value_size)
{
    (void) conn;
    freeReplyObject(ask(ctx, "SET %s %b EX %llu", name_of(key, key_size), value, (size_t) value_size,
                        (unsigned long long) ttl));
    return 0; /* a session that could not be stored is a full handshake later, nothing worse */
}

static int retrieve(struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size, void *value,
                    uint64_t *value_size)
{
    (void) conn;
    int found = -1; /* not in the cache, or no Redis: the handshake is a full one */
    redisReply *reply = ask(ctx, "GET %s", name_of(key, key_size));
    if (reply != NULL && reply->type == REDIS_REPLY_STRING && (uint64_t) reply->len <= *value_size) {
        memcpy(value, reply->str, (size_t) reply->len);
        *value_size = (uint64_t) reply->len;
        found = 0;
    }
    freeReplyObject(reply);
    return found;
}

static int forget(struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size)
{
    (void) conn;
    freeReplyObject(ask(ctx, "DEL %s", name_of(key, key_size)));
    return 0;
}

static char *read_file(const char *name)
{
    static char text[2][65536]; /* zeroed: the text ends with a NUL */
    static int used;
    FILE *file = used < 2 ? fopen(name, "rb") : NULL;
    if (file == NULL || fread(text[used], 1, sizeof(text[used]) - 1, file) == 0 || fclose(file)) {
        perror(name);
        exit(1);
    }
    return text[used++];
}

/* How many bytes; 0, which is no key to the library, if the text is not pairs of hex digits or is too long. */
static uint32_t from_hex(const char *hex, uint8_t *out, uint32_t room)
{
    uint32_t n = 0;
    while (n < room && hex[2 * n] != 0 && hex[2 * n + 1] != 0 && sscanf(hex + 2 * n, "%2hhx", out + n) == 1) {
        n++;
    }
    return hex[2 * n] == 0 ? n : 0;
}

/* The key comes after the cache is on: without cache or tickets the library has no place for it. */
static int set_up(struct s2n_config *config, struct cache *cache, char **argv)
{
    uint8_t name[] = "fleet 1", key[64];
    struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
    return s2n_cert_chain_and_key_load_pem(chain, read_file(argv[2]), read_file(argv[3])) ||
        s2n_config_add_cert_chain_and_key_to_store(config, chain) ||
        s2n_config_set_cache_store_callback(config, store, cache) ||
        s2n_config_set_cache_retrieve_callback(config, retrieve, cache) ||
        s2n_config_set_cache_delete_callback(config, forget, cache) ||
        s2n_config_set_session_cache_onoff(config, 1) ||
        s2n_config_add_ticket_crypto_key(config, name, sizeof(name) - 1, key,
                                         from_hex(argv[5], key, sizeof(key)), 0);
}

static void serve(struct s2n_connection *conn, int fd)
{
    s2n_blocked_status blocked;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &client_patience, sizeof(client_patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &client_patience, sizeof(client_patience));
    if (s2n_connection_set_fd(conn, fd) || s2n_negotiate(conn, &blocked)) {
        printf("failed: %s\n", s2n_strerror(s2n_errno, "EN"));
    } else {
        const char *how = s2n_connection_is_session_resumed(conn) ? "resumed" : "full";
        printf("%s\n", how);
        s2n_send(conn, how, (ssize_t) strlen(how), &blocked);
    }
    s2n_shutdown(conn, &blocked);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        return fprintf(stderr, "usage: %s PORT CERT KEY REDIS_PORT TICKET_KEY_IN_HEX\n", argv[0]), 2;
    }
    struct sockaddr_in at = { AF_INET, htons((uint16_t) atoi(argv[1])), { htonl(INADDR_LOOPBACK) }, { 0 } };
    socklen_t size = sizeof(at);
    struct cache cache = { atoi(argv[4]), NULL };
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    s2n_init();
    struct s2n_config *config = s2n_config_new_minimal();
    if (config == NULL || set_up(config, &cache, argv)) {
        return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
    }
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(listener, (struct sockaddr *) &at, size) || listen(listener, 16) ||
        getsockname(listener, (struct sockaddr *) &at, &size)) {
        return perror("listen"), 1;
    }
    printf("port %d\n", ntohs(at.sin_port));
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
        struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
        if (conn == NULL || s2n_connection_set_config(conn, config)) {
            return fprintf(stderr, "%s\n", s2n_strerror(s2n_errno, "EN")), 1;
        }
        serve(conn, fd);
        s2n_connection_free(conn);
        close(fd);
    }
    return perror("accept"), 1;
}
