/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of what a connection keeps for handshakes without certificates: made when first needed, rid of its secrets
 * when the handshake is over, gone with the session. Called by handshake and conn; it decides nothing about a
 * handshake. RFC 8446 4.2.11.
 */
#include "handshake/resume.h"

#define EXTENSION_MAX 65535
#define EXTENSION_HEADER 4 /* type and length, which the extension's own length does not count */
#define LIST_HEADER 2      /* of the identities and of the binders */
#define IDENTITY_EXTRA 6   /* length and ticket age */
#define BINDER_EXTRA 1

bool resume_need(struct resume **slot)
{
    struct resume *r;
    if (*slot != NULL) {
        return true;
    }
    TRY(mem_new(&r));
    r->session_suite = SUITE_NULL;
    *slot = r;
    return true;
}

void resume_drop_psks(struct resume *r)
{
    while (r->psks != NULL) {
        struct s2n_psk *gone = r->psks;
        r->psks = gone->next;
        psk_free(gone);
    }
    r->chosen = NULL;
    r->offered.psk = NULL;
    r->psk_chosen_first = false;
}

void resume_free(struct resume *r)
{
    if (r == NULL) {
        return;
    }
    resume_drop_psks(r);
    buf_free(&r->ticket);
    buf_free(&r->blob);
    buf_free(&r->early_context);
    mem_del(r);
}

/* Identities, limits and contexts stay: the application may ask for them later. */
void resume_drop_secrets(struct resume *r)
{
    if (r == NULL) {
        return;
    }
    for (struct s2n_psk *psk = r->psks; psk != NULL; psk = psk->next) {
        buf_free(&psk->secret);
        secret_wipe(&psk->early);
    }
    secret_wipe(&r->master);
}

static size_t offered_size(const struct s2n_psk *psk)
{
    return IDENTITY_EXTRA + psk->identity.len + BINDER_EXTRA + hash_size(psk->alg);
}

static bool fits_hello(const struct resume *r, const struct s2n_psk *added)
{
    size_t total = EXTENSION_HEADER + 2 * LIST_HEADER + offered_size(added);
    for (const struct s2n_psk *psk = r->psks; psk != NULL; psk = psk->next) {
        total += offered_size(psk);
    }
    return total <= EXTENSION_MAX;
}

bool resume_append(struct resume *r, struct s2n_psk *psk, bool client)
{
    struct s2n_psk **last = &r->psks;
    if (r->psks != NULL && r->psks->type != psk->type) {
        return fail(ERR_PSK_MODE);
    }
    for (; *last != NULL; last = &(*last)->next) {
        if (span_eq(buf_span(&(*last)->identity), buf_span(&psk->identity))) {
            return fail(ERR_DUPLICATE_PSK_IDENTITIES);
        }
    }
    if (client && !fits_hello(r, psk)) {
        return fail(ERR_OFFERED_PSKS_TOO_LONG);
    }
    psk->next = NULL;
    r->psk_mode = psk->type;
    *last = psk;
    return true;
}
