/* SPDX-License-Identifier: Apache-2.0 */
/* Weighs connections: what malloc has handed out, before and after making many of them, divided by their number. */
#include "memory.h"

#include <malloc.h>

#include <vector>

namespace bench
{
namespace
{

double HeapInUse()
{
    struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

/* n servers that go through the stages of their life together. */
class Scale
{
  public:
    Scale(IdleMaker make, const HandshakeCase &c, size_t n)
    {
        for (size_t i = 0; i < n; i++) {
            live_.push_back(make(c));
        }
        empty_ = HeapInUse();
    }

    template <typename Stage> double After(Stage stage)
    {
        for (const std::unique_ptr<Idle> &idle : live_) {
            stage(*idle);
        }
        return (HeapInUse() - empty_) / static_cast<double>(live_.size());
    }

  private:
    std::vector<std::unique_ptr<Idle>> live_;
    double empty_;
};

} // namespace

Weights Weigh(IdleMaker make, const HandshakeCase &c, size_t n)
{
    auto create = [](Idle &idle) { idle.Create(); };
    auto handshake = [](Idle &idle) { idle.Handshake(false); };
    auto handshake_and_data = [](Idle &idle) { idle.Handshake(true); };
    {
        /* What is only allocated once is not a connection's weight. */
        Scale warm(make, c, 20);
        warm.After(create);
        warm.After(handshake_and_data);
    }
    Weights weights;
    {
        Scale scale(make, c, n);
        weights.emplace_back("created and configured", scale.After(create));
        weights.emplace_back("after the handshake", scale.After(handshake));
    }
    Scale scale(make, c, n);
    scale.After(create);
    weights.emplace_back("after 16 KiB each way", scale.After(handshake_and_data));
    weights.emplace_back("after free_handshake", scale.After([](Idle &idle) { idle.FreeHandshake(); }));
    weights.emplace_back("after release_buffers", scale.After([](Idle &idle) { idle.ReleaseBuffers(); }));
    return weights;
}

} // namespace bench
