// Entries of the ARP cache: finding, making, changing and removing them. What they do by themselves
// as time passes is in neighbour_timers.cpp.
#include "net/neighbour_table.h"

#include <algorithm>

namespace lvslab::net {
namespace {

using S = NeighbourState;

bool has_timer(S s) {
  return s == S::kIncomplete || s == S::kReachable || s == S::kDelay || s == S::kProbe;
}
bool connected(S s) { return s == S::kReachable || s == S::kNoarp || s == S::kPermanent; }

}  // namespace

std::string_view neighbour_state_name(NeighbourState state) {
  constexpr std::string_view kNames[] = {"NONE",  "INCOMPLETE", "REACHABLE", "STALE",    "DELAY",
                                         "PROBE", "FAILED",     "NOARP",     "PERMANENT"};
  return kNames[static_cast<std::size_t>(state)];
}

NeighbourTable::NeighbourTable(NeighbourPort& port, Random random) : port_(port), random_(random) {}

const Neighbour* NeighbourTable::find(InterfaceIndex device, wire::Ipv4 address) const {
  const std::uint32_t slot = slot_of(device, address);
  return slot == kNoSlot ? nullptr : &entries_[slot];
}

std::vector<const Neighbour*> NeighbourTable::list() const {
  std::vector<const Neighbour*> all;
  for (const Neighbour& entry : entries_) {
    if (entry.in_use) all.push_back(&entry);
  }
  std::sort(all.begin(), all.end(), [](const Neighbour* a, const Neighbour* b) {
    return a->device != b->device ? a->device < b->device : a->address < b->address;
  });
  return all;
}

void NeighbourTable::rehash(std::size_t buckets) {
  buckets_.assign(buckets, 0);
  const std::size_t mask = buckets - 1;
  for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
    if (!entries_[slot].in_use) continue;
    std::size_t i = hash(entries_[slot].device, entries_[slot].address) & mask;
    while (buckets_[i] != 0) i = (i + 1) & mask;
    buckets_[i] = slot + 1;
  }
}

// A new entry counts as last confirmed twice the base reachable time ago, that is: not. Group
// addresses and devices without ARP get a fixed MAC at once.
std::uint32_t NeighbourTable::create(Turn& turn, InterfaceIndex device, wire::Ipv4 address) {
  const GlobalConf& limits = port_.global_conf();
  const auto most = static_cast<std::size_t>(std::max(limits.gc_thresh3, 0));
  const auto many = static_cast<std::size_t>(std::max(limits.gc_thresh2, 0));
  const std::size_t counted = count_ - permanent_;
  if (counted >= most || (counted > many && turn.now() - last_forced_gc_ > Duration::seconds(5))) {
    make_room(turn);
    if (count_ - permanent_ >= most) return kNoSlot;
  }
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() < 4)
      entries_.reserve(entries_.size() + 1);  // most hosts know one or two others
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const Duration base = Duration::milliseconds(port_.neighbour_conf(device).base_reachable_time_ms);
  Neighbour& entry = entries_[slot];
  entry.address = address;
  entry.device = device;
  entry.state = S::kNone;
  entry.in_use = true;
  entry.timer_armed = false;
  entry.probes = 0;
  entry.mac = {};
  entry.updated = entry.used = turn.now();
  entry.confirmed = turn.now() - base * 2;
  ++count_;
  if (count_ * 2 > buckets_.size()) {
    rehash(std::max<std::size_t>(4, buckets_.size() * 2));
  } else {
    const std::size_t mask = buckets_.size() - 1;
    std::size_t i = hash(device, address) & mask;
    while (buckets_[i] != 0) i = (i + 1) & mask;
    buckets_[i] = slot + 1;
  }
  if (const std::optional<wire::Mac> fixed = port_.fixed_mac(device, address)) {
    change(turn, entry, S::kNoarp, *fixed);
  }
  if (next_periodic_gc_.is_never() &&
      count_ >= static_cast<std::size_t>(std::max(limits.gc_thresh1, 0))) {
    // The scan runs every 15 s from the start of the machine, whoever needs it.
    const Duration period = Duration::seconds(15);
    next_periodic_gc_ = Instant::at(period * (turn.now().since_start() / period + 1));
    next_wake_ = std::min(next_wake_, next_periodic_gc_);
  }
  return slot;
}

// Takes the slot out of the buckets and closes the gap, so that no search stops short.
void NeighbourTable::unlink(std::uint32_t slot) {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t hole = hash(entries_[slot].device, entries_[slot].address) & mask;
  while (buckets_[hole] != slot + 1) hole = (hole + 1) & mask;
  for (std::size_t i = (hole + 1) & mask; buckets_[i] != 0; i = (i + 1) & mask) {
    const Neighbour& moved = entries_[buckets_[i] - 1];
    const std::size_t home = hash(moved.device, moved.address) & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      buckets_[hole] = buckets_[i];
      hole = i;
    }
  }
  buckets_[hole] = 0;
}

void NeighbourTable::erase(Turn& turn, std::uint32_t slot) {
  Neighbour& entry = entries_[slot];
  turn.note({.kind = NoteKind::kStateNeighbour,
             .a = entry.address.value,
             .x = entry.device,
             .y = static_cast<std::uint32_t>(entry.state),
             .v = neighbour_valid(entry.state) ? entry.mac.value : 0});
  unlink(slot);
  if (entry.state == S::kPermanent) --permanent_;
  --count_;
  entry.in_use = false;
  entry.timer_armed = false;
  free_.push_back(slot);
  drop_queue(turn, entry);
}

// Every change of state or MAC goes through here, so that the notes are complete.
void NeighbourTable::change(Turn& turn, Neighbour& entry, NeighbourState state, wire::Mac mac) {
  const S old = entry.state;
  const wire::Mac old_mac = neighbour_valid(old) ? entry.mac : wire::Mac{};
  if (old != S::kPermanent && state == S::kPermanent) ++permanent_;
  if (old == S::kPermanent && state != S::kPermanent) --permanent_;
  entry.state = state;
  entry.mac = neighbour_valid(state) ? mac : wire::Mac{};
  if (old == state && old_mac == entry.mac) return;
  turn.note({.kind = NoteKind::kStateNeighbour,
             .a = entry.address.value,
             .x = entry.device,
             .y = static_cast<std::uint32_t>(old),
             .m = entry.mac.value,
             .v = old_mac.value,
             .word = neighbour_state_name(state)});
}

// The update rule: what a heard or given (MAC, state) does to an entry.
void NeighbourTable::update(Turn& turn, InterfaceIndex device, wire::Ipv4 address, wire::Mac mac,
                            NeighbourState state, std::uint8_t flags, bool create_it) {
  std::uint32_t slot = slot_of(device, address);
  if (slot == kNoSlot) {
    if (!create_it || (slot = create(turn, device, address)) == kNoSlot) return;
  }
  Neighbour& entry = entries_[slot];
  const S old = entry.state;
  const bool admin = (flags & kAdmin) != 0;
  // 1. Nothing that is heard changes a permanent entry or one without ARP.
  if (!admin && (old == S::kPermanent || old == S::kNoarp)) return;
  // 2. A state without a MAC: the timer stops; giving up fails what waits.
  if (!neighbour_valid(state)) {
    entry.timer_armed = false;
    if (state == S::kFailed) return fail(turn, slot);
    set_state(turn, entry, state);
    if (has_timer(state)) start_timer(turn, entry, state);
    return;
  }
  const bool was_valid = neighbour_valid(old);
  if (mac.is_zero()) {
    if (!was_valid) return;
    mac = entry.mac;
  }
  // 3. Hearing that it is reachable confirms it even if the MAC is then refused.
  if (connected(state)) entry.confirmed = turn.now();
  const bool differs = !was_valid || mac != entry.mac;
  if (was_valid) {
    // 4. Without override the known MAC stays; with the same MAC a question does not downgrade
    // anything.
    if (differs && (flags & kOverride) == 0) return;
    if (!differs && state == S::kStale && !admin) state = old;
  }
  // 5. Only a real change starts the lock time anew.
  if (state != old || differs) entry.updated = turn.now();
  if (state != old) {
    entry.timer_armed = false;
    if (state == S::kProbe) entry.probes = 0;
    if (has_timer(state)) start_timer(turn, entry, state);
  }
  // 6. A new MAC that nobody confirmed counts as never confirmed.
  if (differs && !connected(state)) {
    entry.confirmed =
        turn.now() -
        Duration::milliseconds(port_.neighbour_conf(device).base_reachable_time_ms) * 2;
  }
  change(turn, entry, state, mac);
  // 7. What waited for a MAC goes now.
  if (!was_valid) release_queue(turn, entry);
}

// A state set from outside runs its timer at once, but REACHABLE lasts its time.
void NeighbourTable::start_timer(Turn& turn, Neighbour& entry, NeighbourState state) {
  arm(turn, entry, state == S::kReachable ? reachable_time(turn, entry.device) : Duration());
}

void NeighbourTable::release_queue(Turn& turn, Neighbour& entry) {
  if (entry.queue.empty()) return;
  std::vector<QueuedDatagram> waiting = std::move(entry.queue);
  entry.queue.clear();
  entry.queue_bytes = 0;
  entry.used = turn.now();
  const InterfaceIndex device = entry.device;
  const wire::Mac mac = entry.mac;
  for (QueuedDatagram& datagram : waiting) {
    port_.transmit_resolved(turn, device, mac, std::move(datagram.packet));
  }
}

void NeighbourTable::drop_queue(Turn& turn, Neighbour& entry) {
  std::vector<QueuedDatagram> waiting = std::move(entry.queue);
  entry.queue.clear();
  entry.queue_bytes = 0;
  for (QueuedDatagram& datagram : waiting)
    turn.drop(std::move(datagram.packet), DropReason::kNoNeighbour);
}

void NeighbourTable::confirm(Turn& turn, InterfaceIndex device, wire::Ipv4 address) {
  const std::uint32_t slot = slot_of(device, address);
  if (slot != kNoSlot) entries_[slot].confirmed = turn.now();
}

void NeighbourTable::remove(Turn& turn, InterfaceIndex device, wire::Ipv4 address) {
  std::uint32_t slot = slot_of(device, address);
  if (slot == kNoSlot) return;
  entries_[slot].timer_armed = false;
  if (entries_[slot].state == S::kIncomplete) fail(turn, slot);
  // Telling the senders may have asked for the address anew: then that new question ends too.
  slot = slot_of(device, address);
  if (slot != kNoSlot) erase(turn, slot);
}

void NeighbourTable::flush(Turn& turn, InterfaceIndex device, bool keep_permanent,
                           bool keep_noarp) {
  for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
    const Neighbour& entry = entries_[slot];
    if (!entry.in_use || (device != kNoInterface && entry.device != device)) continue;
    if (keep_permanent && entry.state == S::kPermanent) continue;
    if (keep_noarp && entry.state == S::kNoarp) continue;
    erase(turn, slot);
  }
}

void NeighbourTable::flush_all(Turn& turn, bool keep_permanent) {
  flush(turn, kNoInterface, keep_permanent, keep_permanent);
}

void NeighbourTable::lose_power(Turn& turn) {
  for (Neighbour& entry : entries_) {
    for (QueuedDatagram& datagram : entry.queue) {
      turn.drop(std::move(datagram.packet), DropReason::kPowerOff);
    }
    entry.queue.clear();
  }
  flush(turn, kNoInterface, false, false);
  proxies_.clear();
  timers_.clear();
  next_periodic_gc_ = next_wake_ = Instant::never();
}

void NeighbourTable::add_proxy(InterfaceIndex device, wire::Ipv4 address) {
  if (!has_proxy(device, address)) proxies_.emplace_back(device, address);
}

bool NeighbourTable::has_proxy(InterfaceIndex device, wire::Ipv4 address) const {
  return std::find(proxies_.begin(), proxies_.end(), std::pair(device, address)) != proxies_.end();
}

bool NeighbourTable::remove_proxy(InterfaceIndex device, wire::Ipv4 address) {
  return std::erase(proxies_, std::pair(device, address)) > 0;
}

}  // namespace lvslab::net
