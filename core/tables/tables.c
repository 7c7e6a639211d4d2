/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the .def files as const tables, and the look-ups by number or name. Everything above base reads
 * them; nobody writes them. Which rows the running libcrypto can serve is decided in crypto/init.c, what the
 * rules of a policy mean in policy/policy.c: neither is known here.
 */
#include "tables/tables.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct cipher ciphers[CIPHER_COUNT] = {
#define CIPHER(name, kind, evp, key, fixed_iv, explicit_iv, block, tag, nonce, limit) \
    { #name, evp, CIPHER_##name, KIND_##kind, NONCE_##nonce, key, fixed_iv, explicit_iv, block, tag, limit },
#include "tables/ciphers.def"
#undef CIPHER
};

const struct suite suites[SUITE_COUNT] = {
#define SUITE(id, iana, name, kex, auth, cipher, mac, prf, min, max)                         \
    { id,         #iana,      name, KEX_##kex, AUTH_##auth,       &ciphers[CIPHER_##cipher], \
      HASH_##mac, HASH_##prf, min,  max,       SUITE_INDEX_##iana },
#include "tables/suites.def"
#undef SUITE
};

const struct group groups[GROUP_COUNT] = {
#define GROUP(id, name, evp, kind, client_share, server_share, secret, part1, part2)                           \
    {                                                                                                          \
        id, #name, evp, GROUP_##kind, client_share, server_share, secret, { part1, part2 }, GROUP_INDEX_##name \
    },
#include "tables/groups.def"
#undef GROUP
};

const struct sigscheme sigschemes[SIGSCHEME_COUNT] = {
#define SIGSCHEME(id, name, name12, name13, sig, hash, curve, min, max) \
    { id, #name, name12, name13, SIG_##sig, HASH_##hash, curve, min, max, SIG_INDEX_##name },
#include "tables/sigschemes.def"
#undef SIGSCHEME
};

static const struct {
    const char *name;
    enum sig_alg sig;
    unsigned size;
} cert_keys[CERT_KEY_COUNT] = {
#define CERT_KEY(name, sig, bits_or_curve) { #name, SIG_##sig, bits_or_curve },
#include "tables/certkeys.def"
#undef CERT_KEY
};

/* policies.def writes its lists with the names of the other tables: here these names are numbers. */
enum {
#define GROUP(id, name, evp, kind, client_share, server_share, secret, part1, part2) name = (id),
#include "tables/groups.def"
#undef GROUP
#define SIGSCHEME(id, name, name12, name13, sig, hash, curve, min, max) name = (id),
#include "tables/sigschemes.def"
#undef SIGSCHEME
#define CERT_KEY(name, sig, bits_or_curve) name = CERT_KEY_##name,
#include "tables/certkeys.def"
#undef CERT_KEY
};

/* Pass 1 over policies.def: the lists. Each ends in a 0 that does not count, so that NONE can be an array too
 * (no policy goes without suites). */
static const uint16_t group_NONE[] = { 0 }, kem_NONE[] = { 0 }, sig_NONE[] = { 0 }, certsig_NONE[] = { 0 },
                      key_NONE[] = { 0 }, strong_NONE[] = { 0 };
#define SUITE_LIST(list, ...) static const uint16_t suite_##list[] = { __VA_ARGS__, 0 };
#define GROUP_LIST(list, ...) static const uint16_t group_##list[] = { __VA_ARGS__, 0 };
#define KEM_LIST(list, ...) static const uint16_t kem_##list[] = { __VA_ARGS__, 0 };
#define SIG_LIST(list, ...) static const uint16_t sig_##list[] = { __VA_ARGS__, 0 };
#define CERTSIG_LIST(list, ...) static const uint16_t certsig_##list[] = { __VA_ARGS__, 0 };
#define KEY_LIST(list, ...) static const uint16_t key_##list[] = { __VA_ARGS__, 0 };
#define STRONG_LIST(list, ...) static const uint16_t strong_##list[] = { __VA_ARGS__, 0 };
#define POLICY(name, min, suites, groups, kems, sigs, certsigs, keys, strong, flags)
#define POLICY_ALIAS(name, target)
#define DEPRECATED_POLICY(name)
#include "tables/policies.def"
#undef SUITE_LIST
#undef GROUP_LIST
#undef KEM_LIST
#undef SIG_LIST
#undef CERTSIG_LIST
#undef KEY_LIST
#undef STRONG_LIST
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY

/* Passes 2 to 4: the policies, the aliases and the withdrawn names; the lists are done. */
#define SUITE_LIST(list, ...)
#define GROUP_LIST(list, ...)
#define KEM_LIST(list, ...)
#define SIG_LIST(list, ...)
#define CERTSIG_LIST(list, ...)
#define KEY_LIST(list, ...)
#define STRONG_LIST(list, ...)

#define LEN(array) (COUNT(array) - 1)
#define LIST(array)       \
    {                     \
        array, LEN(array) \
    }
const struct policy policies[] = {
#define POLICY(name, min, suites, groups, kems, sigs, certsigs, keys, strong, flags) \
    { name,                                                                          \
      min,                                                                           \
      LIST(suite_##suites),                                                          \
      LIST(group_##groups),                                                          \
      LIST(kem_##kems),                                                              \
      LIST(sig_##sigs),                                                              \
      LIST(certsig_##certsigs),                                                      \
      LIST(key_##keys),                                                              \
      LIST(strong_##strong),                                                         \
      LEN(certsig_##certsigs) > 0,                                                   \
      LEN(key_##keys) > 0,                                                           \
      LEN(kem_##kems) > 0,                                                           \
      flags },
#define POLICY_ALIAS(name, target)
#define DEPRECATED_POLICY(name)
#include "tables/policies.def"
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY
};
const size_t policies_count = COUNT(policies);

static const struct {
    const char *name, *target;
} policy_aliases[] = {
#define POLICY(name, min, suites, groups, kems, sigs, certsigs, keys, strong, flags)
#define POLICY_ALIAS(name, target) { name, target },
#define DEPRECATED_POLICY(name)
#include "tables/policies.def"
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY
};

static const char *const deprecated_policies[] = {
#define POLICY(name, min, suites, groups, kems, sigs, certsigs, keys, strong, flags)
#define POLICY_ALIAS(name, target)
#define DEPRECATED_POLICY(name) name,
#include "tables/policies.def"
#undef POLICY
#undef POLICY_ALIAS
#undef DEPRECATED_POLICY
};

size_t hash_size(enum hash_alg h)
{
    static const uint8_t sizes[HASH_COUNT] = {
        [HASH_MD5] = 16,    [HASH_SHA1] = 20,   [HASH_SHA224] = 28,   [HASH_SHA256] = 32,
        [HASH_SHA384] = 48, [HASH_SHA512] = 64, [HASH_MD5_SHA1] = 36,
    };
    return sizes[h];
}

const struct suite *suite_by_id(uint16_t id)
{
    size_t low = 0, high = SUITE_COUNT;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (suites[mid].id == id) {
            return &suites[mid];
        }
        if (suites[mid].id < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return NULL;
}

const struct group *group_by_id(uint16_t id)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (groups[i].id == id) {
            return &groups[i];
        }
    }
    return NULL;
}

const struct sigscheme *sigscheme_by_id(uint16_t id)
{
    for (size_t i = 0; i < SIGSCHEME_COUNT; i++) {
        if (sigschemes[i].id == id) {
            return &sigschemes[i];
        }
    }
    return NULL;
}

static char lower(char c)
{
    return (char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Not strcasecmp: what a policy's name matches must not depend on the locale. */
static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

const struct policy *policy_by_name(const char *name)
{
    for (size_t i = 0; i < COUNT(policy_aliases); i++) {
        if (same_name(policy_aliases[i].name, name)) {
            name = policy_aliases[i].target;
            break;
        }
    }
    for (size_t i = 0; i < COUNT(policies); i++) {
        if (same_name(policies[i].name, name)) {
            return &policies[i];
        }
    }
    return NULL;
}

bool policy_is_deprecated(const char *name)
{
    for (size_t i = 0; i < COUNT(deprecated_policies); i++) {
        if (same_name(deprecated_policies[i], name)) {
            return true;
        }
    }
    return false;
}

const char *cert_key_name(enum cert_key k)
{
    return cert_keys[k].name;
}

bool cert_key_matches(enum cert_key k, enum sig_alg sig, unsigned bits, uint16_t curve)
{
    return cert_keys[k].sig == sig && cert_keys[k].size == (sig == SIG_ECDSA ? curve : bits);
}

const char *alert_name(uint8_t number)
{
    switch (number) {
#define ALERT(name, value) \
    case value:            \
        return #name;
#include "base/alerts.def"
#undef ALERT
    default:
        return NULL;
    }
}
