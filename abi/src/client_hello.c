/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry points that show a server the ClientHello it got: the message, the session id in it, the random, which guards
 * against replays remember. They read what core/handshake keeps and change nothing. RFC 8446 4.1.2.
 */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

#define RANDOM_AT 2 /* in the body, behind the version */
#define RANDOM_LEN 32

struct s2n_client_hello *s2n_connection_get_client_hello(struct s2n_connection *conn)
{
    return GIVEN(conn) ? conn->session.client_hello : NULL;
}

ssize_t s2n_client_hello_get_raw_message_length(struct s2n_client_hello *ch)
{
    return GIVEN(ch) ? (ssize_t) ch->message.len : S2N_FAILURE;
}

/* The random has a getter of its own; here it is blanked, as far as it was copied. */
ssize_t s2n_client_hello_get_raw_message(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    uint32_t n = ch->message.len < max_length ? ch->message.len : max_length;
    if (n > 0) {
        memcpy(out, ch->message.p, n);
    }
    if (n > RANDOM_AT) {
        memset(out + RANDOM_AT, 0, n - RANDOM_AT < RANDOM_LEN ? n - RANDOM_AT : RANDOM_LEN);
    }
    return (ssize_t) n;
}

/* The client's session id; no bytes once the message has gone. */
static struct span session_id_of(const struct s2n_client_hello *ch)
{
    struct rd r = rd_of(buf_span(&ch->message)), id;
    struct span front;
    return rd_bytes(&r, RANDOM_AT + RANDOM_LEN, &front) && rd_vec8(&r, &id) ? rd_rest(&id) : SPAN_NONE;
}

int s2n_client_hello_get_session_id_length(struct s2n_client_hello *ch, uint32_t *out_length)
{
    if (!GIVEN(ch) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    *out_length = (uint32_t) session_id_of(ch).n;
    return S2N_SUCCESS;
}

int s2n_client_hello_get_session_id(struct s2n_client_hello *ch, uint8_t *out, uint32_t *out_length,
                                    uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out) || !GIVEN(out_length)) {
        return S2N_FAILURE;
    }
    struct span id = session_id_of(ch);
    uint32_t n = id.n < max_length ? (uint32_t) id.n : max_length;
    if (n > 0) {
        memcpy(out, id.p, n);
    }
    *out_length = n;
    return S2N_SUCCESS;
}

int s2n_client_hello_get_random(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length)
{
    if (!GIVEN(ch) || !GIVEN(out)) {
        return S2N_FAILURE;
    }
    return result(copy_out(SPAN_OF(ch->random), out, max_length));
}
