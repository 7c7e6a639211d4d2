/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire of the benchmarks: a flat byte queue without wrap-around or growth, the same for our callbacks and for
 * libssl's BIO, so that neither stack pays for buffering the other does not have. A queue with `discard` set only
 * counts. Not for tests: those use mempipe.h, which behaves like a transport.
 */
#ifndef BENCH_QUEUE_H
#define BENCH_QUEUE_H

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace bench
{

class Queue
{
  public:
    explicit Queue(size_t capacity) : data_(capacity) {}
    bool discard = false;

    int Put(const void *p, size_t n)
    {
        if (!discard) {
            if (tail_ + n > data_.size()) {
                throw std::runtime_error("the queue is too small");
            }
            std::memcpy(data_.data() + tail_, p, n);
            tail_ += n;
        }
        return static_cast<int>(n);
    }

    /* 0 when empty. */
    int Get(void *p, size_t n)
    {
        size_t have = tail_ - head_;
        if (n > have) {
            n = have;
        }
        std::memcpy(p, data_.data() + head_, n);
        head_ += n;
        if (head_ == tail_) {
            Clear();
        }
        return static_cast<int>(n);
    }

    void Clear() { head_ = tail_ = 0; }
    bool empty() const { return head_ == tail_; }

  private:
    std::vector<uint8_t> data_;
    size_t head_ = 0, tail_ = 0;
};

} // namespace bench

#endif
