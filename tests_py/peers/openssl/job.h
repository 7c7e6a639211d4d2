// SPDX-License-Identifier: Apache-2.0
// What a peer program in C needs of ../PROTOCOL.md: jobs, files, sockets, answers. Nothing here knows a TLS library.
#ifndef PEER_JOB_H
#define PEER_JOB_H

#include <stdbool.h>
#include <stddef.h>

enum {
    FIRST_BYTES = 16,
    RECORD_MAX = 16384
};

// The keys of a job, as in the table of the protocol.
enum key {
    ROLE,
    VERSION,
    SUITE,
    GROUP,
    BAIT,
    ALSO,
    PORT,
    CERT,
    KEY,
    CA,
    NAME,
    AUTH,
    ALPN,
    RESUME,
    EARLY,
    PSK,
    IDENTITY,
    PSK_HASH,
    KEY_UPDATE,
    CHUNK,
    CLOSE,
    SEND,
    EXPECT,
    KEYS
};

struct stream {
    unsigned char *bytes;
    size_t size;
};

struct job {
    const char *values[KEYS]; // "" if not given
    bool server;
    struct stream send, expect;
};

const char *text(const struct job *job, enum key key);
bool given(const struct job *job, enum key key);
size_t number(const struct job *job, enum key key);
bool equals(const struct job *job, enum key key, const char *value);
size_t chunk_of(const struct job *job, size_t left); // how many of the bytes left go into the next write

// Always false. The first reason of a job is the one that is told; what follows from it is not.
__attribute__((format(printf, 1, 2))) bool fail(const char *format, ...);

// Whether these bytes are what must come at that offset.
bool compare(const struct job *job, const unsigned char *bytes, size_t from, size_t size);

bool open_listener(void);                    // and says its port
bool open_connection(const struct job *job); // connects or accepts
int connection_fd(void);                     // of the connection that is open
void close_connection(void);
bool out_of_time(void);

void say(const char *key, const char *value); // " key=value", quoted

// Reads jobs until standard input ends. `run` has said all of "done ok=1 ..." when it returns true. When a job's time
// is up its sockets are shut down, so that whatever blocks on them returns.
int serve_jobs(bool (*run)(const struct job *job));

#endif
