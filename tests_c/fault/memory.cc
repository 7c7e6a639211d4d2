/* SPDX-License-Identifier: Apache-2.0 */
/* Both heaps under one counter. See memory.h. */
#include "fault/memory.h"

#include <openssl/crypto.h>
#include <s2n.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fault
{
namespace
{

struct State {
    size_t live = 0, count = 0, fail_at = 0;
    bool stays = false, failed = false;

    bool Refuses()
    {
        count++;
        bool refuse = fail_at != 0 && (count == fail_at || (stays && count > fail_at));
        failed |= refuse;
        return refuse;
    }
};
State heaps[2];

int OurInit()
{
    return 0;
}

int OurMalloc(void **ptr, uint32_t requested, uint32_t *allocated)
{
    State &h = heaps[0];
    void *p = h.Refuses() ? nullptr : malloc(requested);
    h.live += p != nullptr;
    *ptr = p; /* a failure that the library names itself: nothing, given with a smile */
    *allocated = p != nullptr ? requested : 0;
    return 0;
}

int OurFree(void *ptr, uint32_t)
{
    heaps[0].live -= ptr != nullptr;
    free(ptr);
    return 0;
}

void *CryptoMalloc(size_t n, const char *, int)
{
    State &h = heaps[1];
    void *p = n == 0 || h.Refuses() ? nullptr : malloc(n);
    h.live += p != nullptr;
    return p;
}

void CryptoFree(void *p, const char *, int)
{
    heaps[1].live -= p != nullptr;
    free(p);
}

void *CryptoRealloc(void *old, size_t n, const char *file, int line)
{
    if (old == nullptr) {
        return CryptoMalloc(n, file, line);
    }
    if (n == 0) {
        CryptoFree(old, file, line);
        return nullptr;
    }
    return heaps[1].Refuses() ? nullptr : realloc(old, n);
}

__attribute__((constructor)) void Install()
{
    if (CRYPTO_set_mem_functions(CryptoMalloc, CryptoRealloc, CryptoFree) != 1 ||
        s2n_mem_set_callbacks(OurInit, OurInit, OurMalloc, OurFree) != 0) {
        fprintf(stderr, "fault: the hooks could not be installed\n");
        abort();
    }
}

} // namespace

void Arm(Heap heap, size_t n, bool stays)
{
    State &h = heaps[static_cast<int>(heap)];
    h.count = 0;
    h.fail_at = n;
    h.stays = stays;
    h.failed = false;
}

bool Disarm()
{
    bool failed = heaps[0].failed || heaps[1].failed;
    for (State &h : heaps) {
        h.fail_at = 0;
        h.failed = false;
    }
    return failed;
}

size_t Live(Heap heap)
{
    return heaps[static_cast<int>(heap)].live;
}

} // namespace fault
