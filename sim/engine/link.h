// One direction of a cable ("lane"): store and forward at a rate, a fixed delay, a drop-tail queue,
// loss by chance, up or down. Frames arrive in the order in which they were sent, so they wait in a
// ring of the lane's own.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/node.h"
#include "base/random.h"
#include "base/record.h"
#include "wire/ethernet.h"

namespace lvslab::engine {

struct LinkShape {
  std::uint64_t bits_per_second = 1'000'000'000;  ///< 0: unlimited, a frame takes no time to send
  Duration delay = Duration::microseconds(5);
  std::uint32_t queue_frames = 1000;  ///< frames that may wait behind the one being sent
  double loss = 0;                    ///< probability that a frame is lost on the way
};

/// A queue in a ring that grows by doubling and then allocates no more.
template <typename T>
class Ring {
 public:
  bool empty() const { return head_ == tail_; }
  std::uint32_t size() const { return tail_ - head_; }
  T& front() { return items_[head_ & (capacity_ - 1)]; }
  void pop() { ++head_; }
  void push(T&& item) {
    if (size() == capacity_) [[unlikely]]
      grow();
    items_[tail_++ & (capacity_ - 1)] = std::move(item);
  }

 private:
  void grow() {
    const std::uint32_t bigger = capacity_ == 0 ? 4 : capacity_ * 2, n = size();
    auto items = std::make_unique<T[]>(bigger);
    for (std::uint32_t i = 0; i < n; ++i)
      items[i] = std::move(items_[(head_ + i) & (capacity_ - 1)]);
    items_ = std::move(items);
    capacity_ = bigger;
    head_ = 0;
    tail_ = n;
  }
  std::unique_ptr<T[]> items_;
  std::uint32_t capacity_ = 0;  ///< a power of two: the counters may wrap around
  std::uint32_t head_ = 0, tail_ = 0;
};

struct Arrival {
  Instant time;
  std::uint64_t key = 0;
  std::uint64_t cause = 0;  ///< event whose turn sent it
  Packet packet;
};

/// Laid out by use: the first cache line is what every frame reads and writes, the second holds the
/// frame on the way (most cables carry one at a time), the rest is for queues and chance.
struct alignas(64) Lane {
  Instant busy_until;
  Instant last_arrival;  ///< a delay made shorter lets no frame overtake those on the way
  std::int64_t ps_per_byte = 0;
  Duration delay;
  NodeIndex to = kNoNode;
  PortIndex port = 0;
  bool up = true;
  bool plain = true;        ///< up, lossless, whole picoseconds a byte: no questions to ask
  bool loaded = false;      ///< `head` holds a frame
  bool whole_ps = true;     ///< ps_per_byte is exact
  bool takes_time = false;  ///< the far end's processor does: see cpu.h
  Node* node = nullptr;     ///< at the far end
  std::uint64_t arrived = 0;

  alignas(64) Arrival head;  ///< the frame that arrives next
  Ring<Arrival> behind;      ///< those that follow it

  LinkShape shape;
  Ring<Instant> starts;  ///< when each waiting frame's sending begins
  Random random;

  std::uint32_t in_flight() const { return (loaded ? 1u : 0u) + behind.size(); }
  void set_shape(const LinkShape& shape);
  void set_up(bool now_up);
  /// Time to put `frame_bytes` (without FCS) on the wire: padded to 60, 4 bytes FCS, no preamble or
  /// gap.
  Duration serialisation(std::uint32_t frame_bytes) const {
    const std::int64_t bytes =
        (frame_bytes < wire::kMinFrame ? wire::kMinFrame : frame_bytes) + wire::kFcs;
    return whole_ps ? Duration::picoseconds(bytes * ps_per_byte) : rounded_serialisation(bytes);
  }
  /// Up, lossless and with nothing to wait behind: a frame given to it now arrives for certain and
  /// next.
  bool idle(Instant now) const { return plain && busy_until <= now && !loaded; }
  /// Hands a frame over: when it will arrive, or why it will not.
  DropReason offer(Instant now, std::uint32_t frame_bytes, Instant* arrival) {
    if (!plain || busy_until > now) [[unlikely]]
      return offer_slowly(now, frame_bytes, arrival);
    busy_until = now + serialisation(frame_bytes);
    const Instant soonest = busy_until + delay;
    last_arrival = soonest < last_arrival ? last_arrival : soonest;
    *arrival = last_arrival;
    return DropReason::kNone;
  }

 private:
  [[gnu::noinline, gnu::cold]] Duration rounded_serialisation(std::int64_t bytes) const;
  [[gnu::noinline]] DropReason offer_slowly(Instant now, std::uint32_t frame_bytes,
                                            Instant* arrival);
};

}  // namespace lvslab::engine
