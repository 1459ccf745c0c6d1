// When a kernel timer really fires. Linux at 250 ticks a second keeps its timers in a wheel whose
// levels are each eight times coarser than the one below: a timer due in fewer than 64 ticks fires
// one tick after its due tick, one due in fewer than 512 ticks at the next multiple of 8 ticks
// after it, in fewer than 4096 at the next multiple of 64, and so on. So a "1 s" ARP retransmission
// comes after 1.000 to 1.032 s, and two hosts' timers of about the same age fire on the same tick.
// All hosts of a lab share the tick grid, as hosts of the recorded bed did.
#pragma once

#include <bit>
#include <cstdint>

#include "base/time.h"

namespace lvslab {

inline constexpr Duration kKernelTick = Duration::milliseconds(4);

/// The tick at which a timer armed in tick `now` for `delay` ticks fires: the coarseness grows by 3
/// bits for every 3 bits of the delay beyond 6, eight levels at most.
constexpr std::int64_t kernel_timer_tick(std::int64_t now, std::int64_t delay) {
  const int beyond =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(delay < 0 ? 0 : delay) >> 6));
  const int shift = beyond > 22 ? 24 : (beyond + 2) / 3 * 3;
  return (((now + delay) >> shift) + 1) << shift;
}

/// The instant at which a timer armed at `now` for `delay` fires. Never earlier than now + delay -
/// 4 ms.
constexpr Instant kernel_timer_expiry(Instant now, Duration delay) {
  const std::int64_t tick = kKernelTick.ps();
  const std::int64_t fires = kernel_timer_tick(now.ps() / tick, (delay.ps() + tick - 1) / tick);
  return Instant::at(Duration::picoseconds(fires * tick));
}

}  // namespace lvslab
