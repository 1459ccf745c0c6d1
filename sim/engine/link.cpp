#include "engine/link.h"

#include <algorithm>

namespace lvslab::engine {

void Lane::set_shape(const LinkShape& changed) {
  shape = changed;
  delay = shape.delay;
  constexpr std::uint64_t kPsBits = 8'000'000'000'000ULL;  // picoseconds a byte takes at 1 bit/s
  const std::uint64_t rate = shape.bits_per_second;
  ps_per_byte = rate == 0 ? 0 : static_cast<std::int64_t>(kPsBits / rate);
  whole_ps = rate == 0 || kPsBits % rate == 0;
  plain = up && shape.loss == 0;
}

void Lane::set_up(bool now_up) {
  up = now_up;
  plain = up && shape.loss == 0;
}

Duration Lane::rounded_serialisation(std::int64_t bytes) const {
  const auto exact =
      static_cast<unsigned __int128>(bytes) * 8'000'000'000'000ULL / shape.bits_per_second;
  return Duration::picoseconds(static_cast<std::int64_t>(exact));
}

DropReason Lane::offer_slowly(Instant now, std::uint32_t frame_bytes, Instant* arrival) {
  if (!up) return DropReason::kLinkDown;
  Instant start = now;
  if (busy_until > now) {
    while (!starts.empty() && starts.front() <= now) starts.pop();
    if (starts.size() >= shape.queue_frames) return DropReason::kQueueFull;
    start = busy_until;
    starts.push(Instant(start));
  }
  busy_until = start + serialisation(frame_bytes);
  *arrival = std::max(busy_until + delay, last_arrival);
  if (shape.loss > 0 && random.unit() < shape.loss) return DropReason::kLinkLoss;
  last_arrival = *arrival;
  return DropReason::kNone;
}

}  // namespace lvslab::engine
