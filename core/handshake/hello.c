/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a ClientHello, for the server that answers it and for applications that only look at one. Called by
 * msg/client_hello.c, conn/fingerprint.c and abi/src. RFC 8446 4.1.2 and 4.2, RFC 6066 3, RFC 8422 5.1.1.
 */
#include "handshake/hello.h"

#include <string.h>

#define TYPE_CLIENT_HELLO 1
#define SESSION_ID_MAX 32
#define HEADER_LEN 4

static enum err_code read_fields(struct rd *r, struct hello_fields *out)
{
    struct hello_fields f = { .version = 0 };
    struct rd id, suites, compression, extensions;
    if (!rd_u16(r, &f.version) || !rd_bytes(r, 32, &f.random) || !rd_vec8(r, &id)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    f.session_id = rd_rest(&id);
    if (f.session_id.n > SESSION_ID_MAX) {
        return ERR_BAD_MESSAGE;
    }
    if (!rd_vec16(r, &suites)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    f.suites = rd_rest(&suites);
    if (f.suites.n == 0 || f.suites.n % 2 != 0) {
        return ERR_BAD_MESSAGE;
    }
    if (!rd_vec8(r, &compression)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    f.compression = rd_rest(&compression);
    if (!rd_end(r)) { /* RFC 5246 7.4.1.2: the block may be absent */
        if (!rd_vec16(r, &extensions)) {
            return ERR_BAD_MESSAGE;
        }
        f.extensions = rd_rest(&extensions);
    }
    *out = f;
    return ERR_OK;
}

bool hello_read(struct rd *r, struct hello_fields *out)
{
    enum err_code problem = read_fields(r, out);
    return problem == ERR_OK || fail(problem);
}

void hello_look(const struct s2n_client_hello *ch, struct hello_fields *out)
{
    struct rd r = rd_of(buf_span(&ch->message));
    if (read_fields(&r, out) != ERR_OK) {
        *out = (struct hello_fields){ .version = 0 };
    }
}

void hello_take(struct s2n_client_hello *ch, const struct hello_fields *f)
{
    memcpy(ch->random, f->random.p, sizeof(ch->random));
    ch->version = f->version;
    ch->parsed = true;
}

/* ---- extensions ---- */

/* A bit for each number that counts as known (functions-1.md section 11); 0 for others. */
static uint32_t known_bit(uint16_t number)
{
    static const uint16_t known[] = { 0,  1,  5,  10, 11, 13, 16, 18,    23,    35,   41,
                                      42, 43, 44, 45, 47, 51, 57, 13172, 65025, 65281 };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] == number) {
            return (uint32_t) 1 << i;
        }
    }
    return 0;
}

bool hello_knows(uint16_t number)
{
    return known_bit(number) != 0;
}

bool hello_check_extensions(struct span extensions)
{
    uint32_t seen = 0;
    uint16_t number;
    struct rd r = rd_of(extensions), body;
    while (!rd_end(&r)) {
        if (!rd_u16(&r, &number) || !rd_vec16(&r, &body)) {
            return fail(ERR_BAD_MESSAGE);
        }
        uint32_t bit = known_bit(number);
        if ((seen & bit) != 0) {
            return fail(ERR_DUPLICATE_EXTENSION);
        }
        seen |= bit;
    }
    return true;
}

enum err_code hello_extension(const struct hello_fields *f, uint16_t number, struct span *body)
{
    uint16_t each;
    struct rd r = rd_of(f->extensions), content;
    while (!rd_end(&r)) {
        if (!rd_u16(&r, &each) || !rd_vec16(&r, &content)) {
            return ERR_BAD_MESSAGE;
        }
        if (each == number) {
            *body = rd_rest(&content);
            return ERR_OK;
        }
    }
    return ERR_EXTENSION_NOT_RECEIVED;
}

enum err_code hello_groups(const struct hello_fields *f, struct span *list)
{
    struct span body;
    enum err_code problem = hello_extension(f, 10, &body);
    if (problem != ERR_OK) {
        return problem;
    }
    struct rd r = rd_of(body), content;
    if (!rd_vec16(&r, &content) || rd_left(&content) % 2 != 0) {
        return ERR_INVALID_PARSED_EXTENSIONS;
    }
    *list = rd_rest(&content);
    return ERR_OK;
}

enum err_code hello_server_name(const struct hello_fields *f, struct span *name)
{
    struct span body;
    uint16_t len;
    uint8_t type;
    enum err_code problem = hello_extension(f, 0, &body);
    if (problem != ERR_OK) {
        return problem;
    }
    struct rd r = rd_of(body);
    if (!rd_u16(&r, &len)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    if (len > rd_left(&r)) {
        return ERR_SAFETY;
    }
    r = rd_of(SPAN(r.p, len));
    if (!rd_u8(&r, &type)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    if (type != 0) { /* host_name is the only type there is */
        return ERR_SAFETY;
    }
    if (!rd_u16(&r, &len)) {
        return ERR_STUFFER_OUT_OF_DATA;
    }
    return rd_bytes(&r, len, name) ? ERR_OK : ERR_SAFETY;
}

/* ---- on its own ---- */

static bool parse(struct s2n_client_hello *ch, struct span message)
{
    struct rd r = rd_of(message), body;
    struct hello_fields f;
    uint8_t type;
    if (!rd_u8(&r, &type) || type != TYPE_CLIENT_HELLO || !rd_vec24(&r, &body) || !rd_end(&r)) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(buf_set(&ch->message, rd_rest(&body)));
    body = rd_of(buf_span(&ch->message));
    TRY(hello_read(&body, &f) && hello_check_extensions(f.extensions));
    hello_take(ch, &f);
    return true;
}

struct s2n_client_hello *hello_parse(struct span message)
{
    struct s2n_client_hello *ch;
    if (message.n < HEADER_LEN) {
        (void) fail(ERR_SIZE_MISMATCH);
        return NULL;
    }
    if (!mem_new(&ch)) {
        return NULL;
    }
    ch->standalone = true;
    if (!parse(ch, message)) {
        hello_free(ch);
        return NULL;
    }
    return ch;
}

void hello_free(struct s2n_client_hello *ch)
{
    if (ch != NULL) {
        buf_free(&ch->message);
        mem_del(ch);
    }
}
