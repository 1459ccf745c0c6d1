#include "engine/link.h"

#include <algorithm>

#include "wire/ethernet.h"

namespace lvslab::engine {

void Lane::set_rate(std::uint64_t bits_per_second) {
  shape.bits_per_second = bits_per_second;
  constexpr std::uint64_t kPsBits = 8'000'000'000'000ULL;  // picoseconds a byte takes at 1 bit/s
  if (bits_per_second == 0) {
    ps_per_byte = 0;
    whole_ps = true;
    return;
  }
  ps_per_byte = static_cast<std::int64_t>(kPsBits / bits_per_second);
  whole_ps = kPsBits % bits_per_second == 0;
}

Duration Lane::serialisation(std::uint32_t frame_bytes) const {
  const std::int64_t bytes = std::max(frame_bytes, wire::kMinFrame) + wire::kFcs;
  if (whole_ps) [[likely]]
    return Duration::picoseconds(bytes * ps_per_byte);
  const auto exact =
      static_cast<unsigned __int128>(bytes) * 8'000'000'000'000ULL / shape.bits_per_second;
  return Duration::picoseconds(static_cast<std::int64_t>(exact));
}

DropReason Lane::offer(Instant now, std::uint32_t frame_bytes, Instant* arrival) {
  if (!up) return DropReason::kLinkDown;
  Instant start = now;
  if (busy_until > now) {
    while (!starts.empty() && starts.front() <= now) starts.pop();
    if (starts.size() >= shape.queue_frames) return DropReason::kQueueFull;
    start = busy_until;
    starts.push(Instant(start));
  }
  busy_until = start + serialisation(frame_bytes);
  *arrival = std::max(busy_until + shape.delay, last_arrival);
  if (shape.loss > 0 && random.unit() < shape.loss) return DropReason::kLinkLoss;
  last_arrival = *arrival;
  return DropReason::kNone;
}

}  // namespace lvslab::engine
