// A small four-ary heap over (time, key): the order of events. Keys are sequence numbers, so equal
// times run first-in first-out; with a tie seed they are shuffled sequence numbers, so equal times
// run in a reproducible other order.
#pragma once

#include <cstddef>
#include <cstdint>
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
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  const EventKey& top() const { return items_.front(); }

  void push(const EventKey& event) {
    std::size_t i = items_.size();
    items_.push_back(event);
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (!event.before(items_[parent])) break;
      items_[i] = items_[parent];
      i = parent;
    }
    items_[i] = event;
  }
  void pop() {
    const EventKey last = items_.back();
    items_.pop_back();
    if (!items_.empty()) sift(last);
  }
  /// Replaces the top by `event` (a link's next arrival): cheaper than pop and push.
  void replace_top(const EventKey& event) { sift(event); }

 private:
  void sift(const EventKey& event) {
    const std::size_t size = items_.size();
    std::size_t i = 0;
    for (;;) {
      const std::size_t first = 4 * i + 1;
      if (first >= size) break;
      std::size_t best = first;
      const std::size_t end = first + 4 < size ? first + 4 : size;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (items_[child].before(items_[best])) best = child;
      }
      if (!items_[best].before(event)) break;
      items_[i] = items_[best];
      i = best;
    }
    items_[i] = event;
  }
  std::vector<EventKey> items_;
};

}  // namespace lvslab::engine
