/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Around the verdict on the peer's chain: the application is asked for revocation lists before it and for its own
 * opinion after it, and a stapled OCSP response is judged. The application may answer later; the handshake then waits
 * and asks again. Called by certs.c and the messages that carry certificates and responses; getters are abi/'s.
 * contract/functions-1.md section 6, functions-2.md section 19.1.
 */
#include "handshake/vouch.h"

#include "handshake/hs.h"
#include "x509/ocsp.h"

bool vouch_need(struct vouch **v)
{
    return *v != NULL || mem_new(v);
}

static void lookups_free(struct vouch *v)
{
    mem_free(v->lookups, v->lookups_n * sizeof(*v->lookups));
    v->lookups = NULL;
    v->lookups_n = 0;
}

void vouch_free(struct vouch *v)
{
    while (v != NULL) {
        struct vouch *next = v->next;
        buf_free(&v->ocsp);
        buf_free(&v->sct);
        lookups_free(v);
        mem_del(v);
        v = next;
    }
}

static bool has_open_question(const struct vouch *v)
{
    bool open = v->validation.asked && atomic_load(&v->validation.verdict) == VERDICT_NONE;
    for (uint32_t i = 0; i < v->lookups_n; i++) {
        open |= atomic_load(&v->lookups[i].answer) == CRL_NO_ANSWER;
    }
    return open;
}

void vouch_retire(struct vouch **v, struct vouch **retired)
{
    struct vouch *old = *v;
    *v = NULL;
    if (old == NULL || !has_open_question(old)) {
        vouch_free(old);
        return;
    }
    buf_free(&old->ocsp);
    buf_free(&old->sct);
    old->next = *retired;
    *retired = old;
}

/* ---- revocation lists ---- */

static bool lookups_start(struct handshake *hs, struct vouch *v, const struct span *ders, uint32_t n)
{
    const struct s2n_config *c = hs->set->config;
    void *room;
    TRY(mem_alloc(n * sizeof(*v->lookups), &room));
    v->lookups = room;
    v->lookups_n = n;
    for (uint32_t i = 0; i < n; i++) {
        TRY(crl_lookup_start(&v->lookups[i], ders[i]));
    }
    for (uint32_t i = 0; i < n; i++) { /* what the callback may keep does not move any more */
        if (c->crl_lookup(&v->lookups[i], c->crl_lookup_ctx) != 0) {
            return fail(ERR_CANCELLED);
        }
    }
    return true;
}

bool vouch_gather_crls(struct handshake *hs, const struct span *ders, uint32_t n)
{
    if (hs->set->config->crl_lookup == NULL || hs->set->skip_verification) {
        return true;
    }
    TRY(vouch_need(&hs->session->vouch));
    struct vouch *v = hs->session->vouch;
    TRY(v->lookups != NULL || lookups_start(hs, v, ders, n));
    for (uint32_t i = 0; i < v->lookups_n; i++) {
        hs->waiting |= atomic_load(&v->lookups[i].answer) == CRL_NO_ANSWER;
    }
    return !hs->waiting || fail(ERR_ASYNC_BLOCKED);
}

/* ---- the application's verdict ---- */

bool validation_answer(struct s2n_cert_validation_info *info, enum verdict verdict)
{
    uint8_t expected = VERDICT_NONE;
    return atomic_compare_exchange_strong(&info->verdict, &expected, (uint8_t) verdict) ||
           fail(ERR_INVALID_STATE);
}

bool vouch_ask(struct handshake *hs)
{
    const struct s2n_config *c = hs->set->config;
    if (c->cert_validation == NULL) {
        return true;
    }
    TRY(vouch_need(&hs->session->vouch));
    struct s2n_cert_validation_info *info = &hs->session->vouch->validation;
    if (!info->asked) {
        info->asked = true;
        if (c->cert_validation(hs->set->owner, info, c->cert_validation_ctx) != 0) {
            return fail(ERR_CANCELLED);
        }
    }
    uint8_t verdict = atomic_load(&info->verdict);
    hs->waiting = verdict == VERDICT_NONE;
    if (hs->waiting) {
        return fail(ERR_ASYNC_BLOCKED);
    }
    return verdict == VERDICT_ACCEPTED || fail(ERR_CERT_REJECTED);
}

/* ---- staples ---- */

bool vouch_keep(struct handshake *hs, struct buf *(*place)(struct vouch *v), struct span bytes)
{
    TRY(vouch_need(&hs->session->vouch));
    return buf_set(place(hs->session->vouch), bytes);
}

struct buf *vouch_ocsp(struct vouch *v)
{
    return &v->ocsp;
}

struct buf *vouch_sct(struct vouch *v)
{
    return &v->sct;
}

void vouch_write_status(const struct handshake *hs, struct wr *w)
{
    wr_u8(w, STATUS_OCSP);
    struct wr_mark response = wr_open(w, 3);
    wr_bytes(w, staple_span(hs->ocsp));
    wr_close(w, response);
}

bool vouch_read_status(struct rd *r, struct span *response)
{
    struct rd content;
    uint8_t type;
    if (!rd_u8(r, &type) || type != STATUS_OCSP || !rd_vec24(r, &content) || rd_end(&content)) {
        return fail(ERR_BAD_MESSAGE);
    }
    *response = rd_rest(&content);
    return true;
}

bool vouch_check_ocsp(struct handshake *hs)
{
    const struct session *s = hs->session;
    uint64_t now;
    if (s->vouch == NULL || s->vouch->ocsp.len == 0 || !hs->set->check_ocsp || hs->set->skip_verification) {
        return true;
    }
    TRY(clock_read(hs->set->config->wall, &now));
    return ocsp_judge(buf_span(&s->vouch->ocsp), s->peer, now);
}

/* What goes out with the chain that was just chosen, as it is now: the application may renew it at any time. */
void vouch_take_staples(struct handshake *hs)
{
    vouch_drop_staples(hs);
    if (hs->chain == NULL) {
        return;
    }
    hs->ocsp = hs->peer.status_request ? staple_take(&hs->chain->ocsp) : NULL;
    hs->sct = hs->peer.sct ? staple_take(&hs->chain->sct) : NULL;
    hs->session->stapled |= hs->set->server && hs->ocsp != NULL;
}

void vouch_drop_staples(struct handshake *hs)
{
    staple_drop(hs->ocsp);
    staple_drop(hs->sct);
    hs->ocsp = hs->sct = NULL;
}
