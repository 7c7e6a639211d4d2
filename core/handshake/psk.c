/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pre-shared key: made by the application or from a ticket, copied into a connection's list, wiped with it. The
 * list is resume.c; which key a handshake uses is decided in offer.c. RFC 8446 4.2.11 and 7.1.
 */
#include "handshake/psk.h"

#include "base/ct.h"
#include "schedule/schedule.h"

struct s2n_psk *psk_new(enum psk_type type)
{
    struct s2n_psk *psk;
    if (!mem_new(&psk)) {
        return NULL;
    }
    psk->type = (uint8_t) type;
    psk->alg = HASH_SHA256;
    psk->early_suite = SUITE_NULL;
    return psk;
}

void psk_free(struct s2n_psk *psk)
{
    if (psk == NULL) {
        return;
    }
    buf_free(&psk->identity);
    buf_free(&psk->secret);
    buf_free(&psk->alpn);
    buf_free(&psk->context);
    mem_del(psk);
}

bool psk_set_identity(struct s2n_psk *psk, struct span identity)
{
    if (identity.n == 0) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    return buf_set(&psk->identity, identity);
}

/* An all-zero key is what a handshake without any PSK uses. How soon the first other byte comes is not told. */
static bool all_zero(struct span secret)
{
    uint8_t any = 0, none = 0;
    for (size_t i = 0; i < secret.n; i++) {
        any |= secret.p[i];
    }
    return ct_eq(&any, &none, 1);
}

bool psk_set_secret(struct s2n_psk *psk, struct span secret)
{
    if (all_zero(secret)) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    TRY(buf_set(&psk->secret, secret));
    secret_wipe(&psk->early); /* it came from the old one */
    return true;
}

bool psk_configure_early(struct s2n_psk *psk, uint32_t max, uint16_t suite)
{
    const struct suite *s = suite_by_id(suite);
    if (s == NULL || s == SUITE_NULL) {
        return fail(ERR_CIPHER_NOT_SUPPORTED);
    }
    if (s->prf != psk->alg) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    psk->max_early = max;
    psk->early_suite = s;
    return true;
}

static bool copy_bufs(const struct s2n_psk *from, struct s2n_psk *to)
{
    return buf_set(&to->identity, buf_span(&from->identity)) &&
           buf_set(&to->secret, buf_span(&from->secret)) && buf_set(&to->alpn, buf_span(&from->alpn)) &&
           buf_set(&to->context, buf_span(&from->context));
}

bool psk_copy(const struct s2n_psk *from, struct s2n_psk **out)
{
    struct s2n_psk *psk;
    if (from->identity.len == 0 || from->secret.len == 0) {
        return fail(ERR_INVALID_ARGUMENT);
    }
    TRY(mem_new(&psk));
    *psk = *from;
    psk->next = NULL;
    psk->identity = psk->secret = psk->alpn = psk->context = (struct buf){ .p = NULL };
    if (!copy_bufs(from, psk)) {
        psk_free(psk);
        return false;
    }
    *out = psk;
    return true;
}

bool psk_early_secret(struct s2n_psk *psk)
{
    if (psk->early.n == hash_size(psk->alg)) { /* an earlier one by another hash does not count */
        return true;
    }
    return ks_psk_early(psk->alg, buf_span(&psk->secret), &psk->early);
}
