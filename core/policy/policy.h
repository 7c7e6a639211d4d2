/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security policies as negotiation uses them: the rows of policies.def, found by name, with their lists turned into
 * row pointers and filtered by what this libcrypto can do. A view is made once per policy and kept until cleanup.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "crypto/pkey.h"
#include "tables/tables.h"
#include "x509/chain.h"

struct policy_view {
    const struct policy *policy;
    const struct suite **suites; /* usable suites (libcrypto has them), in order; see negotiable() */
    const struct group **groups; /* usable KEM groups in order, then curves */
    const struct sigscheme **sigs;
    uint16_t suites_n, groups_n, kems_n, sigs_n;
    uint16_t min, max; /* versions this policy can negotiate with this build: max is TLS12 or TLS13 */
    bool ecc;          /* some suite needs a group (extensions 10 and 11 are sent) */
};

/* policy_find: by name, case-insensitive. ERR_NULL, ERR_INVALID_SECURITY_POLICY, ERR_DEPRECATED_SECURITY_POLICY, and
 * ERR_PROTOCOL_VERSION_UNSUPPORTED / ERR_INVALID_SECURITY_POLICY for one unusable here. */
MUST_USE bool policy_find(const char *name, const struct policy_view **out);
void policy_cleanup(void); /* drop all views */

/* policy_lists_suite: as the policy is written, whether or not this build can negotiate it. */
bool policy_lists_suite(const struct policy *p, const struct suite *s);
bool policy_has_suite(const struct policy_view *v, const struct suite *s);
bool policy_has_group(const struct policy_view *v, const struct group *g);
bool policy_has_scheme(const struct policy_view *v, const struct sigscheme *s);
/* One certificate against the policy's certificate signature and key rules. The last of a chain is its anchor: a
 * signature that it made for itself says nothing. */
bool policy_allows_cert(const struct policy *p, const struct cert_facts *f, bool last);
bool policy_allows_chain(const struct policy *p, const struct s2n_cert_chain_and_key *c);

#endif
