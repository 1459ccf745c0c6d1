// A small four-ary heap over (time, key): the order of events. Keys are sequence numbers, so equal
// times run first-in first-out; with a tie seed they are shuffled sequence numbers, so equal times
// run in a reproducible other order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace lvslab::engine {

struct EventKey {
  Instant time;
  std::uint64_t key = 0;
  std::uint32_t what = 0;  ///< lane, flood, node or action, by the heap it is in
  std::uint32_t kind = 0;
  bool before(const EventKey& o) const { return time != o.time ? time < o.time : key < o.key; }
};
static_assert(sizeof(EventKey) <= 32);

class EventHeap {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const EventKey& top() const { return items_[0]; }
  /// The top's children: the second event of all is the earliest of them, and those that follow it
  /// are mostly among them.
  std::span<const EventKey> behind_top() const {
    return size_ < 2 ? std::span<const EventKey>{}
                     : std::span<const EventKey>{&items_[1], size_ < 5 ? size_ - 1 : 4};
  }

  void push(const EventKey& event) {
    if (size_ == capacity_) [[unlikely]]
      grow();
    EventKey* const items = items_.data();
    std::size_t i = size_++;
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (!event.before(items[parent])) break;
      items[i] = items[parent];
      i = parent;
    }
    items[i] = event;
  }
  void pop() {
    if (--size_ != 0) sift(items_.data()[size_]);
  }
  /// Replaces the top by `event` (a link's next arrival): cheaper than pop and push.
  void replace_top(const EventKey& event) { sift(event); }

 private:
  void sift(const EventKey event) {
    EventKey* const items = items_.data();
    const std::size_t size = size_;
    std::size_t i = 0;
    for (;;) {
      const std::size_t first = 4 * i + 1;
      if (first >= size) break;
      std::size_t best = first;
      const std::size_t end = first + 4 < size ? first + 4 : size;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (items[child].before(items[best])) best = child;
      }
      if (!items[best].before(event)) break;
      items[i] = items[best];
      i = best;
    }
    items[i] = event;
  }
  [[gnu::noinline, gnu::cold]] void grow() {
    capacity_ = capacity_ == 0 ? 16 : capacity_ * 2;
    items_.resize(capacity_);
  }
  std::vector<EventKey> items_;  ///< the first size_ are the heap
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace lvslab::engine
