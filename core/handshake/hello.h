/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ClientHello as the application sees it: the bytes that a server received, or that were handed in to be looked at,
 * and their fields. Nothing is copied out of the message and nothing decided here; what a server makes of it is
 * msg/client_hello.c. RFC 8446 4.1.2, RFC 5246 7.4.1.2.
 */
#ifndef HANDSHAKE_HELLO_H
#define HANDSHAKE_HELLO_H

#include "base/atomic.h"
#include "base/mem.h"
#include "base/rd.h"

/* The application's callback about it, on a server. */
enum hello_callback {
    HELLO_CB_DUE,
    HELLO_CB_RUN, /* it runs, or ran and has not been answered */
    HELLO_CB_DONE
};

struct s2n_client_hello {
    struct buf message;       /* its body; gone after s2n_connection_free_handshake */
    uint8_t random[32];       /* this and the versions stay */
    uint16_t version;         /* as it says itself */
    uint16_t record_version;  /* of the first record it came in; none on its own */
    bool parsed;              /* the fields are there */
    bool standalone;          /* the application's, not a connection's */
    ATOMIC(uint8_t) callback; /* enum hello_callback; another thread may say DONE */
};

/* Spans into the message. */
struct hello_fields {
    uint16_t version;
    struct span random, session_id, suites, compression;
    struct span extensions; /* type, length, body of each */
};

/* hello_read: the fields of a body; what follows the extensions stays in r. Fails with BAD_MESSAGE, or with
 * STUFFER_OUT_OF_DATA where the message is cut off. */
MUST_USE bool hello_read(struct rd *r, struct hello_fields *out);
/* hello_look: the fields of a hello that was read before; all empty once its message has gone. */
void hello_look(const struct s2n_client_hello *ch, struct hello_fields *out);
/* hello_check_extensions: well formed, no known type twice. BAD_MESSAGE, DUPLICATE_EXTENSION. */
MUST_USE bool hello_check_extensions(struct span extensions);
/* hello_take: the fields of the message are right; keep what outlives it. */
void hello_take(struct s2n_client_hello *ch, const struct hello_fields *f);

bool hello_knows(uint16_t number); /* an extension that the contract's getters give by number */

/* Those below say what is wrong instead of failing, because to some callers it is not a fault: ERR_OK, or
 * EXTENSION_NOT_RECEIVED, or how the extension is malformed. */
enum err_code hello_extension(const struct hello_fields *f, uint16_t number, struct span *body);
enum err_code hello_groups(const struct hello_fields *f, struct span *list); /* numbers, two bytes each */
enum err_code hello_server_name(const struct hello_fields *f, struct span *name); /* the first one */

/* hello_parse: a standalone hello from a handshake message with its header; NULL with the error set. */
struct s2n_client_hello *hello_parse(struct span message);
void hello_free(struct s2n_client_hello *ch);

#endif
