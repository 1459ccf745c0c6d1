// When a kernel timer really fires. Linux at 250 ticks a second keeps its timers in a wheel whose
// levels are each eight times coarser than the one below: a timer due in fewer than 64 ticks fires
// one tick after its due tick, one due in fewer than 512 ticks at the next multiple of 8 ticks
// after it, in fewer than 4096 at the next multiple of 64, and so on. So a "1 s" ARP retransmission
// comes after 1.000 to 1.032 s, and two hosts' timers of about the same age fire on the same tick.
// All hosts of a lab share the tick grid, as hosts of the recorded bed did.
#pragma once

#include "base/time.h"

namespace lvslab {

inline constexpr Duration kKernelTick = Duration::milliseconds(4);

/// The instant at which a timer armed at `now` for `delay` fires. Never earlier than now + delay -
/// 4 ms.
constexpr Instant kernel_timer_expiry(Instant now, Duration delay) {
  const std::int64_t tick = kKernelTick.ps();
  const std::int64_t now_ticks = now.ps() / tick;
  const std::int64_t delay_ticks = (delay.ps() + tick - 1) / tick;
  const std::int64_t due = now_ticks + delay_ticks;
  int shift = 0;
  for (std::int64_t reach = 64; delay_ticks >= reach && shift < 24; reach <<= 3) shift += 3;
  const std::int64_t fires = ((due >> shift) + 1) << shift;
  return Instant::at(Duration::picoseconds(fires * tick));
}

}  // namespace lvslab
