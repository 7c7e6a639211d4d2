/* SPDX-License-Identifier: Apache-2.0 */
/* Weighs connections: what malloc has handed out, before and after making many of them, divided by their number. */
#include "memory.h"

#include <malloc.h>

#include <vector>

namespace bench {
namespace {

double HeapInUse() {
    struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

class Scale {
public:
    Scale(IdleMaker make, const HandshakeCase &c, size_t n) : make_(make), case_(c), n_(n) {
        /* What is only allocated once is not a connection's weight. */
        for (int i = 0; i < 20; i++) {
            std::unique_ptr<Idle> warm = make_(case_);
            warm->Handshake(true);
            warm->FreeHandshake();
            warm->ReleaseBuffers();
        }
    }

    void Created(Weights *out) {
        Begin();
        out->emplace_back("created and configured", Each([](Idle &) {}));
        live_.clear();
    }
    void Living(Weights *out) {
        Begin();
        out->emplace_back("after the handshake", Each([](Idle &idle) { idle.Handshake(false); }));
        Begin();
        out->emplace_back("after 16 KiB each way", Each([](Idle &idle) { idle.Handshake(true); }));
        out->emplace_back("after free_handshake", Each([](Idle &idle) { idle.FreeHandshake(); }));
        out->emplace_back("after release_buffers", Each([](Idle &idle) { idle.ReleaseBuffers(); }));
        live_.clear();
    }

private:
    void Begin() {
        live_.clear();
        live_.reserve(n_);
        empty_ = HeapInUse();
    }
    template <typename Action> double Each(Action act) {
        for (size_t i = 0; i < n_; i++) {
            if (i == live_.size()) {
                live_.push_back(make_(case_));
            }
            act(*live_[i]);
        }
        return (HeapInUse() - empty_) / static_cast<double>(n_);
    }

    IdleMaker make_;
    HandshakeCase case_;
    size_t n_;
    double empty_ = 0;
    std::vector<std::unique_ptr<Idle>> live_;
};

} // namespace

Weights Weigh(IdleMaker make, const HandshakeCase &c, size_t n) {
    Weights weights;
    Scale scale(make, c, n);
    scale.Created(&weights);
    scale.Living(&weights);
    return weights;
}

} // namespace bench
