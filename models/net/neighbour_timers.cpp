// The ARP cache in time: packets that wait, questions and their repetition, how long an answer is
// believed, and what is forgotten. All delays go through kernel_timer_expiry, so "1 s" is 1.024 s
// as recorded.
#include <algorithm>

#include "base/kernel_timer.h"
#include "net/neighbour_table.h"

namespace lvslab::net {
namespace {

using S = NeighbourState;

// The limit of a queue counts the memory a packet takes, not its length: the kernel's packet and
// data headers come to somewhat over 500 bytes. An estimate, which only tells when the queue is
// full.
constexpr std::uint32_t kPacketOverhead = 512;
std::uint32_t true_size(const Packet& packet) { return packet.length() + kPacketOverhead; }

constexpr int kMostTimersInOneTurn = 256;  ///< the rest is woken for again at the same instant

// The kernel never repeats faster than this.
constexpr Duration kShortestDelay = Duration::milliseconds(10);

Duration seconds(int n) { return Duration::seconds(std::max(n, 0)); }
Duration retransmission(const NeighbourConf& conf) {
  return std::max(Duration::milliseconds(conf.retrans_time_ms), kShortestDelay);
}

}  // namespace

void NeighbourTable::output(Turn& turn, InterfaceIndex device, wire::Ipv4 address,
                            QueuedDatagram&& datagram) {
  std::uint32_t slot = slot_of(device, address);
  if (slot == kNoSlot) [[unlikely]] {
    slot = create(turn, device, address);
    if (slot == kNoSlot) {
      return turn.drop(std::move(datagram.packet), DropReason::kNeighbourTableFull);
    }
  }
  Neighbour& entry = entries_[slot];
  switch (entry.state) {
    case S::kReachable:
    case S::kPermanent:
    case S::kNoarp:
      break;
    case S::kStale:
      // The first use of an old entry starts the 5 s in which it must be confirmed; the packet goes
      // at once.
      entry.used = entry.updated = turn.now();
      set_state(turn, entry, S::kDelay);
      arm(turn, entry, seconds(port_.neighbour_conf(device).delay_first_probe_time));
      break;
    case S::kDelay:
    case S::kProbe:
      entry.used = turn.now();
      break;
    default:
      return send_unresolved(turn, slot, std::move(datagram));
  }
  if (turn.watched()) {
    turn.note(datagram.packet, {.kind = NoteKind::kNeighbourUsed,
                                .a = address.value,
                                .x = device,
                                .m = entry.mac.value,
                                .word = neighbour_state_name(entry.state)});
  }
  port_.transmit_resolved(turn, device, entry.mac, std::move(datagram.packet));
}

// No MAC: the packet waits. A failed entry is asked for anew at once, there is no memory of
// failure.
void NeighbourTable::send_unresolved(Turn& turn, std::uint32_t slot, QueuedDatagram&& datagram) {
  Neighbour& entry = entries_[slot];
  entry.used = turn.now();
  const bool asking = entry.state == S::kIncomplete;
  const NeighbourConf& conf = port_.neighbour_conf(entry.device);
  if (!asking && conf.mcast_solicit + conf.app_solicit <= 0) {
    entry.updated = turn.now();
    set_state(turn, entry, S::kFailed);
    return turn.drop(std::move(datagram.packet), DropReason::kNoNeighbour);
  }
  if (turn.watched()) {
    turn.note(datagram.packet,
              {.kind = NoteKind::kNeighbourWait, .a = entry.address.value, .x = entry.device});
  }
  enqueue(turn, entry, std::move(datagram));
  if (!asking) start_resolution(turn, slot);
}

void NeighbourTable::resolve(Turn& turn, InterfaceIndex device, wire::Ipv4 address) {
  std::uint32_t slot = slot_of(device, address);
  if (slot == kNoSlot && (slot = create(turn, device, address)) == kNoSlot) return;
  Neighbour& entry = entries_[slot];
  const NeighbourConf& conf = port_.neighbour_conf(device);
  if (neighbour_valid(entry.state) || entry.state == S::kIncomplete) return;
  if (conf.mcast_solicit + conf.app_solicit <= 0) return;
  entry.used = turn.now();
  start_resolution(turn, slot);
}

// When the queue is full the oldest packets make room; a packet larger than the limit still waits
// alone.
void NeighbourTable::enqueue(Turn& turn, Neighbour& entry, QueuedDatagram&& datagram) {
  const std::uint32_t size = true_size(datagram.packet);
  const auto limit =
      static_cast<std::uint64_t>(std::max(port_.neighbour_conf(entry.device).unres_qlen_bytes, 0));
  std::size_t dropped = 0;
  while (dropped < entry.queue.size() && std::uint64_t{entry.queue_bytes} + size > limit) {
    Packet& oldest = entry.queue[dropped++].packet;
    entry.queue_bytes -= true_size(oldest);
    turn.drop(std::move(oldest), DropReason::kNeighbourQueueFull);
  }
  entry.queue.erase(entry.queue.begin(),
                    entry.queue.begin() + static_cast<std::ptrdiff_t>(dropped));
  entry.queue_bytes += size;
  entry.queue.push_back(std::move(datagram));
}

void NeighbourTable::start_resolution(Turn& turn, std::uint32_t slot) {
  Neighbour& entry = entries_[slot];
  entry.probes = 0;
  entry.updated = turn.now();
  set_state(turn, entry, S::kIncomplete);
  arm(turn, entry, retransmission(port_.neighbour_conf(entry.device)));
  ask(turn, slot);
}

// One question. PROBE asks by unicast first, then (mcast_resolicit, normally 0) by broadcast. The
// kernel's turn of a user-space daemon (app_solicit, normally 0) comes before the broadcasts and
// puts nothing on the wire.
void NeighbourTable::ask(Turn& turn, std::uint32_t slot) {
  const Neighbour& entry = entries_[slot];
  const NeighbourConf& conf = port_.neighbour_conf(entry.device);
  const bool probing = entry.state == S::kProbe;
  const int unicasts = probing ? std::max(conf.ucast_solicit, 0) : 0;
  const int silent = std::max(conf.app_solicit, 0);
  if (entry.probes < unicasts) {
    port_.solicit(turn, entry, true, nullptr);
  } else if (entry.probes >= unicasts + silent) {
    port_.solicit(turn, entry, false, entry.queue.empty() ? nullptr : &entry.queue.back().packet);
  }
  if (entries_[slot].probes < 255) ++entries_[slot].probes;
}

void NeighbourTable::arm(Turn& turn, Neighbour& entry, Duration delay) {
  const Instant when = kernel_timer_expiry(turn.now(), std::max(delay, Duration()));
  if (entry.timer_armed && entry.deadline == when) return;
  entry.timer_armed = true;
  entry.deadline = when;
  if (timers_.size() > 2 * count_ + 16) compact_timers();
  timers_.push_back({when, next_order_++, static_cast<std::uint32_t>(&entry - entries_.data())});
  std::push_heap(timers_.begin(), timers_.end(), later);
  next_wake_ = std::min(next_wake_, when);
}

void NeighbourTable::compact_timers() {
  std::erase_if(timers_, [&](const Timer& t) {
    const Neighbour& entry = entries_[t.slot];
    return !entry.in_use || !entry.timer_armed || entry.deadline != t.when;
  });
  std::make_heap(timers_.begin(), timers_.end(), later);
}

void NeighbourTable::wake(Turn& turn) {
  const auto live = [&](const Timer& t) {
    const Neighbour& entry = entries_[t.slot];
    return entry.in_use && entry.timer_armed && entry.deadline == t.when;
  };
  int fired = 0;
  while (!timers_.empty() && (timers_.front().when <= turn.now() || !live(timers_.front())) &&
         fired < kMostTimersInOneTurn) {
    std::pop_heap(timers_.begin(), timers_.end(), later);
    const Timer timer = timers_.back();
    timers_.pop_back();
    if (!live(timer)) continue;
    ++fired;
    entries_[timer.slot].timer_armed = false;
    on_timer(turn, timer.slot);
  }
  if (next_periodic_gc_ <= turn.now()) periodic_collection(turn);
  next_wake_ = next_periodic_gc_;
  if (!timers_.empty()) next_wake_ = std::min(next_wake_, timers_.front().when);
}

void NeighbourTable::on_timer(Turn& turn, std::uint32_t slot) {
  Neighbour& entry = entries_[slot];
  const NeighbourConf& conf = port_.neighbour_conf(entry.device);
  const Instant now = turn.now();
  const Duration patience = seconds(conf.delay_first_probe_time);
  switch (entry.state) {
    case S::kReachable: {
      const Instant believed_until = entry.confirmed + reachable_time(turn, entry.device);
      if (now <= believed_until) {  // confirmed meanwhile: believed for longer
        return arm(turn, entry, std::max(believed_until - now, kShortestDelay));
      }
      entry.updated = now;
      if (now <= entry.used +
                     patience) {  // in use just now: it is checked without waiting for the next use
        set_state(turn, entry, S::kDelay);
        return arm(turn, entry, std::max(patience, kShortestDelay));
      }
      return set_state(turn, entry, S::kStale);
    }
    case S::kDelay:
      entry.updated = now;
      if (now <= entry.confirmed + patience) {  // confirmed in the last 5 s
        const Instant believed_until = entry.confirmed + reachable_time(turn, entry.device);
        set_state(turn, entry, S::kReachable);
        return arm(turn, entry, std::max(believed_until - now, kShortestDelay));
      }
      entry.probes = 0;
      set_state(turn, entry, S::kProbe);
      break;
    case S::kIncomplete:
    case S::kProbe:
      break;
    default:
      return;
  }
  // Asked often enough without an answer: failed. Else once more.
  const bool probing = entry.state == S::kProbe;
  const int asked_first = probing ? conf.ucast_solicit : 0;
  const int broadcasts = probing ? conf.mcast_resolicit : conf.mcast_solicit;
  const int most =
      std::max(asked_first, 0) + std::max(conf.app_solicit, 0) + std::max(broadcasts, 0);
  if (entry.probes >= std::min(most, 255)) return fail(turn, slot);
  arm(turn, entry, retransmission(conf));
  ask(turn, slot);
}

// What waited fails, in order: whoever sent it hears of it. The entry may change while they are
// told.
void NeighbourTable::fail(Turn& turn, std::uint32_t slot) {
  Neighbour& entry = entries_[slot];
  entry.timer_armed = false;
  entry.updated = turn.now();
  set_state(turn, entry, S::kFailed);
  std::vector<QueuedDatagram> waiting = std::move(entry.queue);
  entry.queue.clear();
  entry.queue_bytes = 0;
  for (QueuedDatagram& datagram : waiting) port_.unreachable(turn, std::move(datagram));
}

// reachable_time is drawn from half to one and a half times the base, anew every 300 s and when the
// base is set.
Duration NeighbourTable::reachable_time(Turn& turn, InterfaceIndex device) {
  if (reachable_.size() <= device) reachable_.resize(std::size_t{device} + 1);
  Reachable& drawn = reachable_[device];
  const int base_ms = std::max(port_.neighbour_conf(device).base_reachable_time_ms, 0);
  if (drawn.base_ms != base_ms || turn.now() - drawn.drawn >= Duration::seconds(300)) {
    const std::int64_t base = Duration::milliseconds(base_ms) / kKernelTick;
    const auto extra =
        base == 0 ? 0 : static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(base)));
    drawn = {kKernelTick * (base / 2 + extra), turn.now(), base_ms};
  }
  return drawn.time;
}

// Too many entries: those that nothing is waiting for and that did not change for 5 s go, oldest
// first, until gc_thresh2 are left.
void NeighbourTable::make_room(Turn& turn) {
  const auto keep = static_cast<std::size_t>(std::max(port_.global_conf().gc_thresh2, 0));
  const std::size_t counted = count_ - permanent_;
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
    const Neighbour& e = entries_[slot];
    if (!e.in_use || e.timer_armed || e.state == S::kPermanent) continue;
    if (e.state == S::kFailed || e.state == S::kNoarp ||
        e.updated < turn.now() - Duration::seconds(5)) {
      candidates.push_back(slot);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [&](std::uint32_t a, std::uint32_t b) {
    return entries_[a].updated < entries_[b].updated;
  });
  const std::size_t surplus = counted > keep ? counted - keep : 0;
  candidates.resize(std::min(candidates.size(), surplus));
  for (const std::uint32_t slot : candidates) erase(turn, slot);
  last_forced_gc_ = turn.now();
}

// With gc_thresh1 entries or more, failed ones and those unused for gc_stale_time are forgotten;
// with fewer, nothing.
void NeighbourTable::periodic_collection(Turn& turn) {
  const auto enough = static_cast<std::size_t>(std::max(port_.global_conf().gc_thresh1, 0));
  if (count_ >= enough) {
    for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
      const Neighbour& e = entries_[slot];
      if (!e.in_use || e.timer_armed || e.state == S::kPermanent) continue;
      const Instant last = std::max(e.used, e.confirmed);
      if (e.state == S::kFailed ||
          last + seconds(port_.neighbour_conf(e.device).gc_stale_time) < turn.now()) {
        erase(turn, slot);
      }
    }
  }
  const Duration period = Duration::seconds(15);
  next_periodic_gc_ = count_ >= enough && count_ > 0
                          ? Instant::at(period * (turn.now().since_start() / period + 1))
                          : Instant::never();
}

}  // namespace lvslab::net
