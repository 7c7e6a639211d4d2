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
    map_free(&r->by_identity);
    r->last = NULL;
    r->psks_n = 0;
    r->offered_size = 0;
    r->chosen = NULL;
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

/* External keys may be many, of a server for all its devices, and who looks for one may be anybody. */
struct s2n_psk *resume_find(const struct resume *r, struct span identity)
{
    if (r->psks != NULL && r->psks->type == PSK_EXTERNAL) {
        return map_get(&r->by_identity, identity);
    }
    for (struct s2n_psk *psk = r->psks; psk != NULL; psk = psk->next) {
        if (span_eq(buf_span(&psk->identity), identity)) {
            return psk;
        }
    }
    return NULL;
}

bool resume_append(struct resume *r, struct s2n_psk *psk, bool client)
{
    size_t offered = r->offered_size + offered_size(psk);
    if (r->psks != NULL && r->psks->type != psk->type) {
        return fail(ERR_PSK_MODE);
    }
    if (resume_find(r, buf_span(&psk->identity)) != NULL) {
        return fail(ERR_DUPLICATE_PSK_IDENTITIES);
    }
    if (client && EXTENSION_HEADER + 2 * LIST_HEADER + offered > EXTENSION_MAX) {
        return fail(ERR_OFFERED_PSKS_TOO_LONG);
    }
    TRY(psk->type != PSK_EXTERNAL || map_put(&r->by_identity, buf_span(&psk->identity), psk));
    psk->next = NULL;
    psk->rank = r->psks_n++;
    *(r->last == NULL ? &r->psks : &r->last->next) = psk;
    r->last = psk;
    r->offered_size = offered;
    r->psk_mode = psk->type;
    return true;
}

void resume_forget(struct resume *r)
{
    if (r == NULL) {
        return;
    }
    resume_drop_psks(r);
    buf_free(&r->ticket);
    buf_free(&r->blob);
    secret_wipe(&r->master);
    r->hint_known = r->session_set = r->session_ems = r->early_io = false;
    r->session_version = VER_NONE;
    r->session_suite = SUITE_NULL;
    r->keying_expiry = 0;
    r->early_bytes = 0;
}
