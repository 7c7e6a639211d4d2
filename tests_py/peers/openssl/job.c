// SPDX-License-Identifier: Apache-2.0
// See job.h. One job at a time; a job has at most one listener and one connection, on blocking sockets.

#include "job.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SECONDS = 20
};

static char reason[1024];
static volatile sig_atomic_t timed_out;
static volatile sig_atomic_t listener = -1;
static volatile sig_atomic_t connection = -1;

bool fail(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (reason[0] == '\0') {
        (void) vsnprintf(reason, sizeof(reason), format, values);
    }
    va_end(values);
    return false;
}

// ---- a job ---------------------------------------------------------------------------------------------------------

static const char *const key_names[KEYS] = {
    "role",     "version",  "suite",      "group", "bait",  "also",   "port",   "cert",
    "key",      "ca",       "name",       "auth",  "alpn",  "resume", "early",  "psk",
    "identity", "psk_hash", "key_update", "chunk", "close", "send",   "expect",
};

const char *text(const struct job *job, enum key key)
{
    return job->values[key];
}

bool given(const struct job *job, enum key key)
{
    return text(job, key)[0] != '\0';
}

size_t number(const struct job *job, enum key key)
{
    return strtoul(text(job, key), NULL, 10);
}

bool equals(const struct job *job, enum key key, const char *value)
{
    return strcmp(text(job, key), value) == 0;
}

size_t chunk_of(const struct job *job, size_t left)
{
    const size_t chunk = given(job, CHUNK) ? number(job, CHUNK) : RECORD_MAX;
    return left < chunk ? left : chunk;
}

// %XX back into bytes, in place.
static void unquote(char *word)
{
    char *out = word;
    for (const char *in = word; *in != '\0'; in++) {
        if (in[0] == '%' && in[1] != '\0' && in[2] != '\0') {
            const char digits[3] = { in[1], in[2], '\0' };
            *out++ = (char) strtoul(digits, NULL, 16);
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
}

static void parse(char *line, struct job *job)
{
    for (int key = 0; key < KEYS; key++) {
        job->values[key] = "";
    }
    char *rest = NULL;
    for (char *word = strtok_r(line, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest)) {
        char *value = strchr(word, '=');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        unquote(value);
        for (int key = 0; key < KEYS; key++) {
            if (strcmp(word, key_names[key]) == 0) {
                job->values[key] = value;
            }
        }
    }
    job->server = equals(job, ROLE, "server");
}

static bool load(const char *path, struct stream *stream)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fail("%s: %s", path, strerror(errno));
    }
    bool ok = fseek(file, 0, SEEK_END) == 0;
    const long size = ftell(file);
    ok = ok && size > 0 && fseek(file, 0, SEEK_SET) == 0;
    if (ok) {
        stream->size = (size_t) size;
        stream->bytes = malloc(stream->size);
        ok = stream->bytes != NULL && fread(stream->bytes, 1, stream->size, file) == stream->size;
    }
    (void) fclose(file);
    return ok || fail("%s cannot be read", path);
}

bool compare(const struct job *job, const unsigned char *bytes, size_t from, size_t size)
{
    if (size > job->expect.size - from) {
        return fail("more than %zu bytes came", job->expect.size);
    }
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != job->expect.bytes[from + i]) {
            return fail("wrong byte at offset %zu", from + i);
        }
    }
    return true;
}

// ---- sockets -------------------------------------------------------------------------------------------------------

static void on_alarm(int signal)
{
    (void) signal;
    timed_out = 1;
    (void) shutdown(connection, SHUT_RDWR);
    (void) shutdown(listener, SHUT_RDWR);
}

static void drop(volatile sig_atomic_t *fd)
{
    const int old = *fd;
    *fd = -1;
    if (old >= 0) {
        (void) close(old);
    }
}

bool open_listener(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) &address, size) != 0 || listen(listener, 4) != 0 ||
        getsockname(listener, (struct sockaddr *) &address, &size) != 0) {
        return fail("listen: %s", strerror(errno));
    }
    printf("listening port=%d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
}

bool open_connection(const struct job *job)
{
    const int on = 1;
    if (job->server) {
        connection = accept(listener, NULL, NULL);
    } else {
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_port = htons((uint16_t) number(job, PORT)) };
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection >= 0 && connect(connection, (struct sockaddr *) &address, sizeof(address)) != 0) {
            return fail("connect: %s", strerror(errno));
        }
    }
    return (connection >= 0 && setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0) ||
           fail("%s: %s", job->server ? "accept" : "socket", strerror(errno));
}

int connection_fd(void)
{
    return connection;
}

void close_connection(void)
{
    drop(&connection);
}

bool out_of_time(void)
{
    return timed_out != 0;
}

// ---- answers -------------------------------------------------------------------------------------------------------

void say(const char *key, const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/,+";
    printf(" %s=", key);
    for (; *value != '\0'; value++) {
        printf(strchr(plain, *value) != NULL ? "%c" : "%%%02X", (unsigned char) *value);
    }
}

static void answer(char *line, bool (*run)(const struct job *job))
{
    struct job job = { 0 };
    parse(line, &job);
    reason[0] = '\0';
    timed_out = 0;
    (void) alarm(SECONDS);
    if (!load(text(&job, SEND), &job.send) || !load(text(&job, EXPECT), &job.expect) || !run(&job)) {
        printf("done ok=0");
        say("error", timed_out != 0 ? "20 seconds are over" : reason);
    }
    printf("\n");
    (void) fflush(stdout);
    (void) alarm(0);
    drop(&connection);
    drop(&listener);
    free(job.send.bytes);
    free(job.expect.bytes);
}

int serve_jobs(bool (*run)(const struct job *job))
{
    const struct sigaction on_time = { .sa_handler = on_alarm };
    (void) sigaction(SIGALRM, &on_time, NULL);
    (void) signal(SIGPIPE, SIG_IGN);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        answer(line, run);
    }
    free(line);
    return 0;
}
