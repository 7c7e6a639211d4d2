/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share: seeds are made at start from real handshakes and put into the corpus directories named
 * on the command line (files that are there stay), and inputs are read as lists of numbered pieces.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "wire/mitm.h"

#include <sys/stat.h>

namespace fuzz
{

using namespace wire;

/* Locked pages are not the heap, so the leak checker would not find what is only known there. */
__attribute__((constructor)) static void KeepToTheHeap()
{
    setenv("S2N_DONT_MLOCK", "1", 1);
}

/* For LLVMFuzzerInitialize: seeds into every argument that is a directory. */
inline void WriteSeeds(int argc, char **argv, const std::vector<Bytes> &seeds)
{
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (argv[i][0] == '-' || stat(argv[i], &st) != 0 || !S_ISDIR(st.st_mode)) {
            continue;
        }
        for (size_t k = 0; k < seeds.size(); k++) {
            std::string name = std::string(argv[i]) + "/seed-" + std::to_string(k);
            if (stat(name.c_str(), &st) != 0) {
                std::ofstream(name, std::ios::binary)
                    .write(reinterpret_cast<const char *>(seeds[k].data()),
                           static_cast<long>(seeds[k].size()));
            }
        }
    }
}

/* Input as pieces: a byte that says what, a 16-bit length, that many bytes (or what is left). */
struct Part {
    uint8_t what;
    Bytes bytes;
};
inline std::vector<Part> Parts(const uint8_t *data, size_t n)
{
    std::vector<Part> parts;
    while (n >= 3 && parts.size() < 64) {
        size_t len = std::min<size_t>(static_cast<size_t>(data[1] << 8 | data[2]), n - 3);
        parts.push_back({ data[0], Bytes(data + 3, data + 3 + len) });
        data += 3 + len;
        n -= 3 + len;
    }
    return parts;
}
inline Bytes Joined(const std::vector<Part> &parts)
{
    Bytes out;
    for (const Part &p : parts) {
        out = out + Bytes{ p.what } + Vec(2, p.bytes);
    }
    return out;
}

/* An end with its connection as new, on its old config and pipe. */
inline void Renew(End &end)
{
    Must(s2n_connection_wipe(end.conn), "wipe");
    Must(s2n_connection_set_blinding(end.conn, S2N_SELF_SERVICE_BLINDING), "blinding");
    mempipe_reset(end.pipe);
    Plug(end.conn, end.pipe);
    end.done = false;
    end.error = 0;
}
/* A message in well-formed records, in the clear. */
inline Bytes InRecords(const Bytes &message)
{
    Bytes stream;
    for (size_t at = 0; at < message.size(); at += 16384) {
        Bytes part(message.begin() + static_cast<long>(at),
                   message.begin() + static_cast<long>(std::min<size_t>(at + 16384, message.size())));
        stream = stream + Bytes{ HANDSHAKE, 3, 1 } + Vec(2, part);
    }
    return stream;
}

/* An end after whatever happened to it: closing must work. */
inline void Close(End &end)
{
    s2n_blocked_status blocked;
    (void) s2n_shutdown_send(end.conn, &blocked);
}

} // namespace fuzz

#endif
