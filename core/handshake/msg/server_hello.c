/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ServerHello and HelloRetryRequest, which is a ServerHello with a fixed random (RFC 8446 4.1.3, 4.1.4, RFC 5246
 * 7.4.1.3). The server writes what ClientHello decided; the client checks each choice against what it offered.
 */
#include <string.h>

#include "crypto/rand.h"
#include "handshake/hs.h"

static const uint8_t retry_random[32] = {
    /* SHA-256 of "HelloRetryRequest" */
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
};
/* The last bytes of the random when a server that can do TLS 1.3 settles for less: "DOWNGRD" 1 or 0. */
static const uint8_t downgrade[7] = { 0x44, 0x4F, 0x57, 0x4E, 0x47, 0x52, 0x44 };

/* ---- server ---- */

static bool make_random(struct handshake *hs)
{
    TRY(rand_public(hs->random, sizeof(hs->random)));
    if (hs->policy->max >= TLS13 && !hs_is13(hs)) {
        memcpy(hs->random + 24, downgrade, sizeof(downgrade));
        hs->random[31] = hs->session->version == TLS12;
    }
    memcpy(hs->ks.randoms + 32, hs->random, sizeof(hs->random));
    return true;
}

static void write_head(const struct handshake *hs, struct span random, struct wr *w)
{
    const struct session *s = hs->session;
    wr_u16(w, hs_is13(hs) ? TLS12 : s->version);
    wr_bytes(w, random);
    struct wr_mark id = wr_open(w, 1);
    wr_bytes(w, SPAN(s->session_id, s->session_id_len));
    wr_close(w, id);
    wr_u16(w, s->suite->id);
    wr_u8(w, 0); /* compression */
}

static bool write_retry(struct handshake *hs, struct wr *w)
{
    TRY(transcript_retry(&hs->ks.transcript));
    write_head(hs, SPAN_OF(retry_random), w);
    return ext_write(hs, HRR, w);
}

/* The share goes out before it is used up in making the shared secret. */
static bool write_hello13(struct handshake *hs, struct wr *w)
{
    TRY(kx_generate(hs->session->group, &hs->share[0]));
    TRY(ext_write(hs, SH13, w));
    return kx_agree(&hs->share[0], hs->peer_share, ERR_BAD_KEY_SHARE, &hs->premaster);
}

bool msg_server_hello_write(struct handshake *hs, struct wr *w)
{
    if (hs->session->message == MSG_HELLO_RETRY_MSG) {
        return write_retry(hs, w);
    }
    TRY(make_random(hs));
    write_head(hs, SPAN_OF(hs->random), w);
    return hs_is13(hs) ? write_hello13(hs, w) : ext_write(hs, SH12, w);
}

/* ---- client ---- */

struct hello {
    uint16_t legacy_version, suite;
    struct span random, session_id;
    uint8_t compression;
    struct rd extensions;
};

static bool parse(struct hello *h, struct rd *r)
{
    struct rd id;
    if (!rd_u16(r, &h->legacy_version) || !rd_bytes(r, 32, &h->random) || !rd_vec8(r, &id) ||
        rd_left(&id) > 32 || !rd_u16(r, &h->suite) || !rd_u8(r, &h->compression)) {
        return fail(ERR_BAD_MESSAGE);
    }
    h->session_id = rd_rest(&id);
    h->extensions = *r;
    if (!rd_end(r) && (!rd_vec16(r, &h->extensions) || !rd_end(r))) {
        return fail(ERR_BAD_MESSAGE);
    }
    return h->compression == 0 || fail(ERR_BAD_MESSAGE);
}

static bool has_supported_versions(struct rd extensions)
{
    uint16_t number;
    struct rd body;
    while (rd_u16(&extensions, &number) && rd_vec16(&extensions, &body)) {
        if (number == 43) {
            return true;
        }
    }
    return false;
}

static bool check_downgrade(const struct handshake *hs, const struct hello *h)
{
    const uint8_t *tail = h->random.p + 24;
    bool marked = memcmp(tail, downgrade, sizeof(downgrade)) == 0 && tail[7] <= 1;
    return !(marked && hs->policy->max >= TLS13) || fail(ERR_PROTOCOL_DOWNGRADE_DETECTED);
}

static bool settle_version(struct handshake *hs, const struct hello *h, bool retry)
{
    struct session *s = hs->session;
    bool is13 = has_supported_versions(h->extensions);
    if (s->version == TLS13 && !is13) { /* a retry settled it */
        return fail(ERR_BAD_MESSAGE);
    }
    uint16_t version = is13 ? TLS13 : h->legacy_version;
    s->server_version = version;
    if (version < hs->policy->min || version > hs->policy->max || (!is13 && version > TLS12)) {
        return fail(
            ERR_PROTOCOL_VERSION_UNSUPPORTED); /* RFC 8446 4.1.3: TLS 1.3 is only ever said by the extension */
    }
    if (is13 && h->legacy_version != TLS12) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (!is13) {
        TRY(check_downgrade(hs, h));
        if (s->early == EARLY_REQUESTED) { /* RFC 8446 D.3: nothing after the early data can be understood */
            return fail(ERR_PROTOCOL_VERSION_UNSUPPORTED);
        }
    }
    s->type |= is13 ? MIDDLEBOX : 0;
    s->type |= retry ? HELLO_RETRY_REQUEST : 0;
    return hs_version(hs, version, retry ? MSG_HELLO_RETRY_MSG : MSG_SERVER_HELLO);
}

static bool settle_suite(struct handshake *hs, uint16_t id)
{
    struct session *s = hs->session;
    const struct suite *suite = suite_by_id(id);
    if (suite == NULL || suite == SUITE_NULL || !policy_has_suite(hs->policy, suite) ||
        s->version < suite->min || s->version > suite->max) {
        return fail(ERR_CIPHER_NOT_SUPPORTED);
    }
    if (s->suite != SUITE_NULL && s->suite != suite) { /* RFC 8446 4.1.4: the retry's suite stands */
        return fail(ERR_BAD_MESSAGE);
    }
    return hs_settle(hs, suite);
}

static bool read_retry(struct handshake *hs, struct hello *h)
{
    hs->retry_group = NULL;
    TRY(ext_read(hs, HRR, &h->extensions));
    if (!ext_seen(hs, EXT_key_share) && !ext_seen(hs, EXT_cookie)) {
        return fail(ERR_INVALID_HELLO_RETRY); /* it would change nothing */
    }
    if (hs->session->early == EARLY_REQUESTED) {
        TRY(early_set(hs->session, EARLY_REJECTED));
    }
    return transcript_retry(&hs->ks.transcript);
}

static bool read_hello13(struct handshake *hs, struct hello *h)
{
    struct session *s = hs->session;
    TRY(ext_read(hs, SH13, &h->extensions));
    if (!ext_seen(hs, EXT_key_share)) { /* with a PSK too, as we only offer psk_dhe_ke */
        return fail(ERR_MISSING_EXTENSION);
    }
    struct kx_key *ours = hs->share[0].group == s->group ? &hs->share[0] : &hs->share[1];
    TRY(kx_agree(ours, hs->peer_share, ERR_BAD_KEY_SHARE, &hs->premaster));
    kx_wipe(&hs->share[0]);
    kx_wipe(&hs->share[1]);
    return true;
}

/* The echo of our id: the session that we set goes on, if it does so unchanged (RFC 5246 7.4.1.3, RFC 7627 5.3). */
static bool resume_session(struct handshake *hs)
{
    struct session *s = hs->session;
    const struct resume *r = s->resume;
    if (s->version != r->session_version || s->suite != r->session_suite) {
        return fail(ERR_BAD_MESSAGE);
    }
    if (s->ems != r->session_ems) {
        return fail(ERR_MISSING_EXTENSION);
    }
    s->type &= (uint8_t) ~(FULL_HANDSHAKE | CLIENT_AUTH | OCSP_STATUS);
    s->master = r->master;
    return true;
}

static bool echoes_session(const struct session *s, const struct hello *h)
{
    const struct resume *r = s->resume;
    return r != NULL && r->session_set && r->session_version != VER_NONE && s->session_id_len > 0 &&
           span_eq(h->session_id, SPAN(s->session_id, s->session_id_len));
}

static bool read_hello12(struct handshake *hs, struct hello *h)
{
    struct session *s = hs->session;
    TRY(ext_read(hs, SH12, &h->extensions));
    kx_wipe(&hs->share[0]);
    kx_wipe(&hs->share[1]);
    if (echoes_session(s, h)) {
        return resume_session(hs);
    }
    if (s->resume != NULL) { /* a ticket of another session is none of this one */
        buf_clear(&s->resume->ticket);
        s->resume->hint_known = false;
    }
    s->session_id_len = (uint8_t) h->session_id.n;
    memcpy(s->session_id, h->session_id.p, h->session_id.n);
    s->type |= s->suite->kex == KEX_ECDHE ? PFS12 : 0;
    return true;
}

bool msg_server_hello_read(struct handshake *hs, struct rd *r)
{
    struct session *s = hs->session;
    struct hello h;
    TRY(buf_set(&hs->hello, rd_take(r)));
    struct rd body = rd_of(buf_span(&hs->hello));
    TRY(parse(&h, &body));
    bool retry =
        memcmp(h.random.p, retry_random, sizeof(retry_random)) == 0 && has_supported_versions(h.extensions);
    if (retry && (s->type & HELLO_RETRY_REQUEST) != 0) {
        return fail(ERR_BAD_MESSAGE);
    }
    TRY(settle_version(hs, &h, retry));
    if (hs_is13(hs) && !span_eq(h.session_id, SPAN(s->session_id, s->session_id_len))) {
        return fail(ERR_BAD_MESSAGE); /* RFC 8446 4.1.3: the echo */
    }
    TRY(settle_suite(hs, h.suite));
    if (retry) {
        return read_retry(hs, &h);
    }
    memcpy(hs->ks.randoms + 32, h.random.p, 32);
    s->type |= NEGOTIATED | FULL_HANDSHAKE;
    s->type |=
        hs_client_auth(hs->set) == S2N_CERT_AUTH_REQUIRED ? CLIENT_AUTH : 0; /* else if the server asks */
    return hs_is13(hs) ? read_hello13(hs, &h) : read_hello12(hs, &h);
}
