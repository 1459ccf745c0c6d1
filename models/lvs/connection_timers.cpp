// When connections come due. A timer stays where it was armed while packets put its end off, and is
// armed again when it comes up too early; it is moved at once only when it has to come earlier.
#include <algorithm>

#include "base/check.h"
#include "base/kernel_timer.h"
#include "base/prefetch.h"
#include "lvs/connection_table.h"

namespace lvslab::lvs {

namespace {

constexpr std::int64_t kTicksPerSecond = Duration::seconds(1) / kKernelTick;

std::uint32_t firing_tick(Instant now, std::int64_t delay_ticks) {
  const std::int64_t fires = kernel_timer_tick(now.ps() / kKernelTick.ps(), delay_ticks);
  return static_cast<std::uint32_t>(std::min<std::int64_t>(fires, kNoTick - 1));
}

Instant instant_of(std::uint32_t tick) {
  return tick == kNoTick ? Instant::never() : Instant::at(kKernelTick * tick);
}

}  // namespace

Instant ConnectionTable::fires(std::uint32_t slot) const { return instant_of(at(slot).fires_tick); }

void ConnectionTable::restart(std::uint32_t slot, Connection& entry, Instant now) {
  const std::int64_t seconds = entry.timeout_s;
  entry.expires = now + Duration::seconds(seconds);
  const std::uint32_t tick = firing_tick(now, seconds * kTicksPerSecond);
  const bool earlier = tick < entry.fires_tick;
  entry.fires_tick = tick;
  if (earlier) rearm(slot, entry);
}

void ConnectionTable::expire_soon(std::uint32_t slot, Instant now) {
  Connection& entry = at(slot);
  entry.expires = now;
  entry.fires_tick = firing_tick(now, 0);
  rearm(slot, entry);
}

Instant ConnectionTable::next_wake() const {
  return order_.empty() ? Instant::never() : instant_of(moments_[order_.back()].tick);
}

/// Only if it has to come earlier than it would.
void ConnectionTable::rearm(std::uint32_t slot, Connection& entry) {
  if (entry.moment != kNoMoment) {
    if (moments_[entry.moment].tick <= entry.fires_tick) return;
    disarm(slot, entry);
  }
  arm(slot, entry);
}

void ConnectionTable::arm(std::uint32_t slot, Connection& entry) {
  entry.moment = moment_at(entry.fires_tick);
  Moment& moment = moments_[entry.moment];
  link(slot) = {moment.last, kNone};
  (moment.last == kNone ? moment.first : link(moment.last).next) = slot;
  moment.last = slot;
}

void ConnectionTable::disarm(std::uint32_t slot, Connection& entry) {
  if (entry.moment == kNoMoment) return;
  Moment& moment = moments_[entry.moment];
  const Link gone = link(slot);
  (gone.previous == kNone ? moment.first : link(gone.previous).next) = gone.next;
  (gone.next == kNone ? moment.last : link(gone.next).previous) = gone.previous;
  entry.moment = kNoMoment;
}

/// Made if need be. When nobody has called next_due for so long that there is no more room, the
/// next earlier one does: what comes up too early is armed again.
std::uint16_t ConnectionTable::moment_at(std::uint32_t tick) {
  const auto later = [this](std::uint16_t place, std::uint32_t t) {
    return moments_[place].tick > t;
  };
  const auto found = std::lower_bound(order_.begin(), order_.end(), tick, later);
  const bool full = free_moments_.empty() && moments_.size() == kNoMoment;
  if (found != order_.end() && (full || moments_[*found].tick == tick)) return *found;
  LVSLAB_CHECK(!full);
  std::uint16_t place;
  if (free_moments_.empty()) {
    place = static_cast<std::uint16_t>(moments_.size());
    moments_.emplace_back();
  } else {
    place = free_moments_.back();
    free_moments_.pop_back();
  }
  moments_[place] = {.tick = tick};
  order_.insert(found, place);
  return place;
}

std::uint32_t ConnectionTable::next_due(Instant now) {
  const std::int64_t now_tick = now.ps() / kKernelTick.ps();
  while (!order_.empty() && moments_[order_.back()].tick <= now_tick) {
    const std::uint32_t slot = moments_[order_.back()].first;
    if (slot == kNone) {
      free_moments_.push_back(order_.back());
      order_.pop_back();
      continue;
    }
    Connection& entry = at(slot);
    disarm(slot, entry);
    const std::uint32_t following = moments_[order_.back()].first;
    if (following != kNone) lvslab::prefetch(&at(following));
    if (entry.fires_tick <= now_tick) {
      entry.fires_tick = kNoTick;
      return slot;
    }
    arm(slot, entry);  // packets came meanwhile
  }
  return kNone;
}

}  // namespace lvslab::lvs
