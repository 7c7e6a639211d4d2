/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cached curve groups and the reading of public points. Called by kx.c and pkey_spki.c. Holds no keys.
 */
#include "crypto/ec.h"

#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <stdatomic.h>

static const struct curve {
    uint16_t id;
    int nid;
} curves[] = {
    { 0x0017, NID_X9_62_prime256v1 },
    { 0x0018, NID_secp384r1 },
    { 0x0019, NID_secp521r1 },
};
#define CURVES (sizeof(curves) / sizeof(curves[0]))

static _Atomic(EC_GROUP *) built[CURVES];

/* Two threads may build the same group at the same time; the first to store it wins. */
static const EC_GROUP *build(size_t i)
{
    EC_GROUP *mine = EC_GROUP_new_by_curve_name(curves[i].nid), *theirs = NULL;
    if (mine == NULL || atomic_compare_exchange_strong(&built[i], &theirs, mine)) {
        return mine;
    }
    EC_GROUP_free(mine);
    return theirs;
}

const EC_GROUP *ec_group(uint16_t id)
{
    for (size_t i = 0; i < CURVES; i++) {
        if (curves[i].id == id) {
            const EC_GROUP *group = atomic_load_explicit(&built[i], memory_order_acquire);
            return group != NULL ? group : build(i);
        }
    }
    return NULL;
}

uint16_t ec_curve_by_nid(int nid)
{
    for (size_t i = 0; i < CURVES; i++) {
        if (curves[i].nid == nid) {
            return curves[i].id;
        }
    }
    return 0;
}

void ec_cleanup(void)
{
    for (size_t i = 0; i < CURVES; i++) {
        EC_GROUP_free(atomic_exchange(&built[i], NULL));
    }
}

bool ec_point_read(const EC_GROUP *group, struct span bytes, EC_POINT *out, BN_CTX *bn)
{
    size_t field = ((size_t) EC_GROUP_get_degree(group) + 7) / 8;
    if (bytes.n != 1 + 2 * field || bytes.p[0] != POINT_CONVERSION_UNCOMPRESSED) {
        return false;
    }
    ERR_set_mark(); /* a bad point is the peer's fault, not an error of libcrypto's to leave behind */
    bool ok = EC_POINT_oct2point(group, out, bytes.p, bytes.n, bn) == 1; /* checks the curve equation */
    ERR_pop_to_mark();
    return ok;
}
