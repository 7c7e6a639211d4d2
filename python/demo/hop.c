/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stop of the live hand-off demonstration, in C: takes a TLS connection over from another process, sends
 * its part of the file to the client, and hands the connection on. Run by live_handoff.py; built with
 * `cc hop.c -ls2n -lcrypto`.
 *
 *     hop IN_FD OUT_FD FILE    (the sealing key, 32 bytes, comes on standard input)
 *
 * Uses the public API of libs2n and AES-256-GCM of libcrypto for the frame that s2n_tls/handoff.py describes.
 * It never handshakes, holds no certificate, and reads nothing from the client: what the client may have sent
 * stays in the frame's fields, which it passes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <s2n.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    KEY = 32,
    HEADER = 6,
    NONCE = 12,
    TAG = 16,
    FIELD = 5,
    FRAME_MAX = 4 * 1024 * 1024,
    CHUNK = 65536
};
enum {
    F_BLOB = 1,
    F_PLAINTEXT,
    F_RECEIVED,
    F_UNSENT,
    F_INFO,
    F_APP_DATA,
    F_COUNT
};

/* The demonstration's own bytes in the frame: name 16, offset 8, total 8, hops made 4, hops wanted 4. */
enum {
    JOB = 40,
    JOB_OFFSET = 16,
    JOB_TOTAL = 24,
    JOB_MADE = 32,
    JOB_WANTED = 36
};

static const char label[] = "s2n-tls handoff";

struct field {
    uint8_t *data;
    uint32_t len;
};

/* A frame: `bytes` own the memory that `fields` point into once it is open. */
struct frame {
    uint8_t *bytes;
    uint32_t len;
    uint8_t role;
    int fd;
    struct field fields[F_COUNT];
};

static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "hop: ");
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

static void need(bool ok, const char *what)
{
    if (!ok) {
        die("%s (errno %d, %s)", what, errno, s2n_strerror_name(*s2n_errno_location()));
    }
}

static uint64_t get(const uint8_t *p, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

static void put(uint8_t *p, int bytes, uint64_t value)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8) {
        p[i] = (uint8_t) value;
    }
}

static void *room(size_t len)
{
    void *p = malloc(len > 0 ? len : 1);
    need(p != NULL, "out of memory");
    return p;
}

static void wipe_free(uint8_t *p, size_t len)
{
    OPENSSL_cleanse(p, len);
    free(p);
}

/* ---- sealing ------------------------------------------------------------------------------------ */

/* AES-256-GCM over data in place; the tag follows it. Returns false when an opened frame is not genuine. */
static bool aead(bool encrypt, const uint8_t key[KEY], uint8_t *frame, uint32_t len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *data = frame + HEADER + NONCE;
    int n = 0;
    int size = (int) (len - HEADER - NONCE - TAG);
    bool ok = ctx != NULL && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, frame + HEADER, encrypt) &&
              EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *) label, sizeof(label) - 1) &&
              EVP_CipherUpdate(ctx, NULL, &n, frame, HEADER) &&
              (encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, data + size)) &&
              EVP_CipherUpdate(ctx, data, &n, data, size) && EVP_CipherFinal_ex(ctx, data + n, &n) &&
              (!encrypt || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, data + size));
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

static void open_frame(struct frame *f, const uint8_t key[KEY])
{
    const uint32_t start = HEADER + NONCE;

    if (!aead(false, key, f->bytes, f->len)) {
        die("the frame is not genuine");
    }
    for (uint32_t at = start, end = f->len - TAG; at < end;) {
        uint32_t size = end - at < FIELD ? UINT32_MAX : (uint32_t) get(f->bytes + at + 1, 4);
        uint8_t number = f->bytes[at];

        at += FIELD;
        if (size > end - at || number < F_BLOB || number >= F_COUNT || f->fields[number].data != NULL) {
            die("a field of the frame is wrong");
        }
        f->fields[number] = (struct field){ f->bytes + at, size };
        at += size;
    }
    if (f->fields[F_BLOB].len == 0 || f->fields[F_APP_DATA].len != JOB) {
        die("the frame lacks the connection or the job");
    }
}

/* Makes the outgoing frame from the fields of `f`. */
static struct frame seal_frame(const struct frame *f, const uint8_t key[KEY])
{
    struct frame out = { .role = f->role, .fd = f->fd, .len = HEADER + NONCE + TAG };
    uint8_t *p = NULL;

    for (int i = F_BLOB; i < F_COUNT; i++) {
        out.len += f->fields[i].len > 0 ? FIELD + f->fields[i].len : 0;
    }
    out.bytes = room(out.len);
    out.bytes[0] = 1;
    out.bytes[1] = out.role;
    put(out.bytes + 2, 4, out.len - HEADER - NONCE);
    need(RAND_bytes(out.bytes + HEADER, NONCE) == 1, "no randomness");
    p = out.bytes + HEADER + NONCE;
    for (int i = F_BLOB; i < F_COUNT; i++) {
        if (f->fields[i].len > 0) {
            *p = (uint8_t) i;
            put(p + 1, 4, f->fields[i].len);
            memcpy(p + FIELD, f->fields[i].data, f->fields[i].len);
            p += FIELD + f->fields[i].len;
        }
    }
    need(aead(true, key, out.bytes, out.len), "sealing failed");
    return out;
}

/* ---- frames over the Unix socket ------------------------------------------------------------------- */

/* Reads exactly len bytes and remembers a descriptor that comes along. False at the end of the stream. */
static bool read_all(int from, uint8_t *data, size_t len, int *fd)
{
    for (size_t done = 0; done < len;) {
        union {
            struct cmsghdr align;
            char space[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = { data + done, len - done };
        struct msghdr msg = {
            .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
        };
        ssize_t n = recvmsg(from, &msg, MSG_CMSG_CLOEXEC);
        struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

        if (n == 0 && done == 0) {
            return false;
        }
        need(n > 0 || (n < 0 && errno == EINTR), "the frame ends early");
        if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && *fd < 0) {
            memcpy(fd, CMSG_DATA(c), sizeof(*fd));
        }
        done += n > 0 ? (size_t) n : 0;
    }
    return true;
}

static bool receive_frame(int from, struct frame *f)
{
    uint8_t header[HEADER];
    uint32_t size = 0;

    *f = (struct frame){ .fd = -1 };
    if (!read_all(from, header, HEADER, &f->fd)) {
        return false;
    }
    size = (uint32_t) get(header + 2, 4);
    if (header[0] != 1 || header[1] > 1 || size < TAG || size > FRAME_MAX) {
        die("the header of the frame is not possible");
    }
    f->role = header[1];
    f->len = HEADER + NONCE + size;
    f->bytes = room(f->len);
    memcpy(f->bytes, header, HEADER);
    need(read_all(from, f->bytes + HEADER, f->len - HEADER, &f->fd), "the frame ends early");
    need(f->fd >= 0, "no descriptor came with the frame");
    return true;
}

static void send_frame(int to, const struct frame *f)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec iov = { f->bytes, f->len };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
    };
    struct cmsghdr *c = NULL;

    memset(&control, 0, sizeof(control));
    c = CMSG_FIRSTHDR(&msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &f->fd, sizeof(int));
    for (uint32_t done = 0; done < f->len;) {
        ssize_t n = sendmsg(to, &msg, 0);
        need(n > 0 || errno == EINTR, "the next process is gone");
        done += n > 0 ? (uint32_t) n : 0;
        iov = (struct iovec){ f->bytes + done, f->len - done };
        msg.msg_control = n > 0 ? NULL : msg.msg_control;
        msg.msg_controllen = n > 0 ? 0 : msg.msg_controllen;
    }
}

/* ---- the connection ---------------------------------------------------------------------------------- */

static void write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        need(n > 0 || errno == EINTR, "the client is gone");
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t) n : 0;
    }
}

static struct s2n_connection *restore(const struct frame *f, struct s2n_config *config)
{
    struct s2n_connection *conn = s2n_connection_new(f->role == 0 ? S2N_SERVER : S2N_CLIENT);
    const struct field *blob = &f->fields[F_BLOB];
    int flags = fcntl(f->fd, F_GETFL);

    need(flags >= 0 && fcntl(f->fd, F_SETFL, flags & ~O_NONBLOCK) == 0, "the socket cannot be made to block");
    need(conn != NULL && s2n_connection_set_config(conn, config) == 0, "no connection");
    need(s2n_connection_deserialize(conn, blob->data, blob->len) == 0, "the connection cannot be restored");
    need(s2n_connection_set_fd(conn, f->fd) == 0, "the socket cannot be used");
    write_all(f->fd, f->fields[F_UNSENT].data, f->fields[F_UNSENT].len);
    return conn;
}

/* Sends this stop's part of the file: what is left, divided among the stops to come. */
static void send_part(struct s2n_connection *conn, int file, uint8_t *job)
{
    static uint8_t chunk[CHUNK];
    uint64_t offset = get(job + JOB_OFFSET, 8);
    uint64_t total = get(job + JOB_TOTAL, 8);
    uint64_t stops = get(job + JOB_WANTED, 4) - get(job + JOB_MADE, 4) + 1;
    uint64_t end = offset + (total - offset) / stops;

    while (offset < end) {
        s2n_blocked_status blocked = S2N_NOT_BLOCKED;
        size_t want = end - offset < CHUNK ? (size_t) (end - offset) : CHUNK;
        ssize_t n = pread(file, chunk, want, (off_t) offset);
        need(n > 0, "the file cannot be read");
        for (ssize_t done = 0; done < n;) {
            ssize_t sent = s2n_send(conn, chunk + done, n - done, &blocked);
            need(sent > 0, "s2n_send");
            done += sent;
        }
        offset += (uint64_t) n;
        if (offset % (1024 * 1024) < CHUNK || offset == end) {
            printf("at %.16s %u %llu\n", (const char *) job, (unsigned) get(job + JOB_MADE, 4),
                   (unsigned long long) offset);
        }
    }
    put(job + JOB_OFFSET, 8, offset);
}

/* Takes the connection out of `conn` again, into the frame's fields. The caller frees the blob. */
static struct field save(struct s2n_connection *conn)
{
    struct field blob = { NULL, 0 };

    need(s2n_connection_serialization_length(conn, &blob.len) == 0, "s2n_connection_serialization_length");
    blob.data = room(blob.len);
    need(s2n_connection_serialize(conn, blob.data, blob.len) == 0, "s2n_connection_serialize");
    need(s2n_connection_free(conn) == 0, "s2n_connection_free");
    return blob;
}

/* The download ends here: says goodbye to the client. */
static void finish(struct s2n_connection *conn, const uint8_t *job)
{
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    need(s2n_shutdown_send(conn, &blocked) == 0, "s2n_shutdown_send");
    need(s2n_connection_free(conn) == 0, "s2n_connection_free");
    printf("done %.16s %u\n", (const char *) job, (unsigned) get(job + JOB_MADE, 4));
}

static void hand_on(struct frame *f, const uint8_t key[KEY], struct s2n_connection *conn, int to)
{
    uint8_t *job = f->fields[F_APP_DATA].data;
    struct frame out;

    printf("hop %.16s %u\n", (const char *) job, (unsigned) get(job + JOB_MADE, 4));
    put(job + JOB_MADE, 4, get(job + JOB_MADE, 4) + 1);
    f->fields[F_BLOB] = save(conn);
    out = seal_frame(f, key);
    send_frame(to, &out);
    wipe_free(f->fields[F_BLOB].data, f->fields[F_BLOB].len);
    free(out.bytes);
}

static void one_stop(struct frame *f, const uint8_t key[KEY], struct s2n_config *config, int file, int to)
{
    struct s2n_connection *conn = NULL;
    uint8_t *job = NULL;

    open_frame(f, key);
    job = f->fields[F_APP_DATA].data;
    conn = restore(f, config);
    f->fields[F_UNSENT] = (struct field){ NULL, 0 };
    send_part(conn, file, job);
    if (get(job + JOB_MADE, 4) == get(job + JOB_WANTED, 4)) {
        finish(conn, job);
    } else {
        hand_on(f, key, conn, to);
    }
    wipe_free(f->bytes, f->len);
    need(close(f->fd) == 0, "close");
}

int main(int argc, char **argv)
{
    uint8_t key[KEY];
    struct s2n_config *config = NULL;
    struct frame f;
    int file = argc == 4 ? open(argv[3], O_RDONLY | O_CLOEXEC) : -1;

    need(file >= 0, "usage: hop IN_FD OUT_FD FILE");
    need(fread(key, 1, KEY, stdin) == KEY, "no key on standard input");
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    setenv("S2N_DONT_MLOCK", "1", 0);
    need(s2n_init() == 0, "s2n_init");
    config = s2n_config_new_minimal();
    need(config != NULL, "s2n_config_new_minimal");
    need(s2n_config_set_serialization_version(config, S2N_SERIALIZED_CONN_V1) == 0, "serialization");
    while (receive_frame(atoi(argv[1]), &f)) {
        one_stop(&f, key, config, file, atoi(argv[2]));
    }
    OPENSSL_cleanse(key, sizeof(key));
    need(s2n_config_free(config) == 0 && s2n_cleanup_final() == 0, "cleanup");
    return 0;
}
