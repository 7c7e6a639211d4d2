/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simple https mode of s2nd: every connection gets one answer, whatever it asks for: a page with the
 * facts of the connection, or zero bytes for a benchmark. Called by s2nd.c after the handshake. It is no
 * HTTP server: the request is read as far as its blank line and not interpreted.
 */
#include "https.h"

#include <stdlib.h>
#include <string.h>

enum {
    REQUEST_MAX = 16384,
    REQUEST_WAIT_MS = 1000,
    BENCH_CHUNK = 65536,
};

/* Reads the request head, so that clients which send before they listen are content. Clients that send
 * nothing are answered after a moment. False when the connection is over or broken. */
static bool read_request(struct s2n_connection *conn, int fd)
{
    char request[REQUEST_MAX + 1];
    size_t len = 0;
    s2n_blocked_status blocked = S2N_NOT_BLOCKED;

    io_set_non_blocking(fd);
    while (len < REQUEST_MAX) {
        ssize_t n = s2n_recv(conn, request + len, (ssize_t) (REQUEST_MAX - len), &blocked);
        if (n > 0) {
            len += (size_t) n;
            request[len] = '\0';
            if (strstr(request, "\r\n\r\n") != NULL || strstr(request, "\n\n") != NULL) {
                return true;
            }
        } else if (n == 0) {
            return false;
        } else if (s2n_error_get_type(s2n_errno) != S2N_ERR_T_BLOCKED) {
            return tool_report("Error reading the request");
        } else if (!io_wait(fd, blocked, REQUEST_WAIT_MS)) {
            return true;
        }
    }
    return true;
}

static bool send_head(struct s2n_connection *conn, int fd, size_t body_len)
{
    char head[128];
    int len = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body_len);

    return io_send(conn, fd, head, (size_t) len);
}

/* The server name and the protocol are the client's words: they must not become markup. */
static void print_escaped(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*text, out);
            break;
        }
    }
}

/* The facts as text in memory; freed by the caller. */
static char *make_summary(struct s2n_connection *conn)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL) {
        return NULL;
    }
    info_print_summary(conn, out);
    info_print_resumption(conn, out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static char *make_page(struct s2n_connection *conn, size_t *out_len)
{
    char *page = NULL;
    char *summary = make_summary(conn);
    FILE *out = summary != NULL ? open_memstream(&page, out_len) : NULL;

    if (out != NULL) {
        fputs("<!DOCTYPE html>\n<html><head><title>s2nd</title></head><body>\n<h1>Hello from "
              "s2nd</h1>\n<pre>\n",
              out);
        print_escaped(summary, out);
        fputs("</pre>\n</body></html>\n", out);
        if (fclose(out) != 0) {
            free(page);
            page = NULL;
        }
    }
    free(summary);
    return page;
}

static bool send_page(struct s2n_connection *conn, int fd)
{
    size_t len = 0;
    char *page = make_page(conn, &len);
    bool ok = false;

    if (page == NULL) {
        fprintf(stderr, "Out of memory\n");
        return false;
    }
    ok = send_head(conn, fd, len) && io_send(conn, fd, page, len);
    free(page);
    return ok;
}

static bool send_zeros(struct s2n_connection *conn, int fd, uint32_t bytes)
{
    static const uint8_t zeros[BENCH_CHUNK];

    printf("Sending %u bytes...\n", bytes);
    if (!send_head(conn, fd, bytes)) {
        return false;
    }
    while (bytes > 0) {
        uint32_t n = bytes < BENCH_CHUNK ? bytes : BENCH_CHUNK;
        if (!io_send(conn, fd, zeros, n)) {
            return false;
        }
        bytes -= n;
    }
    printf("Done. Closing connection.\n\n");
    return true;
}

bool https_answer(struct s2n_connection *conn, int fd, uint32_t bench_bytes)
{
    if (!read_request(conn, fd)) {
        return true;
    }
    return bench_bytes > 0 ? send_zeros(conn, fd, bench_bytes) : send_page(conn, fd);
}
