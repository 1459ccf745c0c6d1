// The table of connections itself: finding, making, confirming and forgetting entries.
#include "net/netfilter/conntrack.h"

#include <algorithm>

namespace lvslab::net::netfilter {
namespace {

constexpr std::size_t kFirstBuckets = 64;
constexpr std::size_t kMostBuckets = 65'536;  ///< as many as the kernel has here (hashsize)
constexpr std::size_t kBucketsTried = 8;      ///< by a full table, for an entry it can do without

}  // namespace

std::uint64_t Conntrack::hash_source(const Tuple& t) {
  return mix((std::uint64_t{t.source.address.value} << 16) | t.source.port, t.protocol);
}

ConntrackEntry* Conntrack::entry(const hook::Track& track) {
  if (!track.tracked() || track.slot >= entries_.size()) return nullptr;
  ConntrackEntry& e = entries_[track.slot];
  return e.in_use && e.generation == track.generation ? &e : nullptr;
}
const ConntrackEntry* Conntrack::entry(const hook::Track& track) const {
  return const_cast<Conntrack*>(this)->entry(track);
}

// Too old; or masqueraded behind a device that was down since, or behind an address that is gone.
bool Conntrack::dead(const ConntrackEntry& e, Instant now) const {
  if (e.expires <= now) return true;
  if (e.masquerade_device == kNoInterface) [[likely]]
    return false;
  const Interface& nic = host_.interface(e.masquerade_device);
  return nic.removed || nic.times_down != e.masquerade_downs ||
         nic.find(e.tuples[1].destination.address) == nullptr;
}

Conntrack::Found Conntrack::find(const Tuple& tuple, Instant now) {
  if (buckets_.empty()) return {};
  for (std::uint32_t node = bucket(tuple); node != kNone;) {
    ConntrackEntry& e = entries_[node / 2];
    const bool reply = (node & 1) != 0;
    node = e.next[node & 1];
    if (!(e.tuples[reply ? 1 : 0] == tuple)) continue;
    if (dead(e, now)) {
      remove(e, now);
      continue;
    }
    return {e.slot, reply};
  }
  return {};
}

bool Conntrack::reply_taken(const Tuple& reply, const ConntrackEntry& except, Instant now) {
  const Found found = find(reply, now);
  return found.slot != kNone && found.slot != except.slot;
}

void Conntrack::link(ConntrackEntry& e) {
  if (buckets_.size() < kMostBuckets && used_ * 2 > buckets_.size()) grow();
  for (std::uint32_t i = 0; i < 2; ++i) {
    std::uint32_t& head = bucket(e.tuples[i]);
    e.next[i] = head;
    head = e.slot * 2 + i;
  }
}

void Conntrack::unlink(ConntrackEntry& e) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    std::uint32_t* at = &bucket(e.tuples[i]);
    while (*at != e.slot * 2 + i) at = &entries_[*at / 2].next[*at & 1];
    *at = e.next[i];
  }
}

void Conntrack::remember_source(ConntrackEntry& e) {
  if (source_buckets_.empty()) source_buckets_.resize(kFirstBuckets, kNone);
  std::uint32_t& head = source_buckets_[hash_source(e.tuples[0]) & (source_buckets_.size() - 1)];
  e.next_of_source = head;
  e.source_known = true;
  head = e.slot;
}

void Conntrack::unlink_source(ConntrackEntry& e) {
  if (!e.source_known) return;
  std::uint32_t* at = &source_buckets_[hash_source(e.tuples[0]) & (source_buckets_.size() - 1)];
  while (*at != e.slot) at = &entries_[*at].next_of_source;
  *at = e.next_of_source;
  e.source_known = false;
}

std::uint32_t Conntrack::first_of_source(const Tuple& tuple) const {
  if (source_buckets_.empty()) return kNone;
  return source_buckets_[hash_source(tuple) & (source_buckets_.size() - 1)];
}

// All chains are made anew, in order of making so that the newest comes first again.
void Conntrack::grow() {
  const std::size_t size = std::max(kFirstBuckets, buckets_.size() * 2);
  buckets_.assign(size, kNone);
  const bool sources = !source_buckets_.empty();
  if (sources) source_buckets_.assign(size, kNone);
  std::vector<ConntrackEntry*> all;
  for (ConntrackEntry& e : entries_) {
    if (e.in_use) all.push_back(&e);
  }
  std::sort(all.begin(), all.end(),
            [](const auto* a, const auto* b) { return a->serial < b->serial; });
  for (ConntrackEntry* e : all) {
    if (e->confirmed && !e->dying) {
      for (std::uint32_t i = 0; i < 2; ++i) {
        std::uint32_t& head = bucket(e->tuples[i]);
        e->next[i] = head;
        head = e->slot * 2 + i;
      }
    }
    if (sources && e->source_known) remember_source(*e);
  }
}

void Conntrack::free(ConntrackEntry& e) {
  unlink_source(e);
  e.in_use = false;
  ++e.generation;
  free_.push_back(e.slot);
  --used_;
}

void Conntrack::remove(ConntrackEntry& e, Instant now) {
  if (e.confirmed && !e.dying) unlink(e);
  unlink_source(e);
  if (e.dying || !e.confirmed) return;
  e.dying = true;
  e.made = now;
  passing_.push_back(e.slot);
}

// A packet's whole way through the host takes no time: what is left of earlier moments is nobody's.
void Conntrack::forget_passing(Instant now) {
  std::size_t kept = 0;
  for (const std::uint32_t slot : passing_) {
    ConntrackEntry& e = entries_[slot];
    if (!e.in_use || (e.confirmed && !e.dying)) continue;
    if (e.made < now)
      free(e);
    else
      passing_[kept++] = slot;
  }
  passing_.resize(kept);
}

void Conntrack::sweep(Instant now) {
  forget_passing(now);
  if (now < next_sweep_) return;
  next_sweep_ = Instant::never();
  for (ConntrackEntry& e : entries_) {
    if (!e.in_use || !e.confirmed || e.dying) continue;
    if (dead(e, now)) {
      unlink(e);
      free(e);
    } else {
      next_sweep_ = std::min(next_sweep_, e.expires);
    }
  }
}

// A full table gives up entries that were never answered, but only near the newcomer's own place.
bool Conntrack::drop_unassured(std::uint64_t hash, Instant now) {
  if (buckets_.empty()) return false;
  for (std::size_t i = 0; i < kBucketsTried; ++i) {
    const std::uint64_t wanted = (hash + i) & (kMostBuckets - 1);
    std::vector<std::uint32_t> given_up;
    for (std::uint32_t node = buckets_[wanted & (buckets_.size() - 1)]; node != kNone;
         node = entries_[node / 2].next[node & 1]) {
      const ConntrackEntry& e = entries_[node / 2];
      if (!e.assured && (hash_tuple(e.tuples[node & 1]) & (kMostBuckets - 1)) == wanted)
        given_up.push_back(e.slot);
    }
    for (const std::uint32_t slot : given_up) remove(entries_[slot], now);
    if (!given_up.empty()) return true;
  }
  return false;
}

bool Conntrack::make_room(std::uint64_t hash, Instant now) {
  const auto most = static_cast<std::size_t>(std::max(settings.max, 0));
  if (most == 0 || used_ < most) return true;
  sweep(now);
  if (used_ < most) return true;
  if (drop_unassured(hash, now)) return true;
  log_.add_limited(now, "nf_conntrack: nf_conntrack: table full, dropping packet");
  return false;
}

std::uint32_t Conntrack::make(const Tuple& tuple, const Tuple& reply, Instant now) {
  forget_passing(now);
  // A little tidying with every newcomer keeps the dead from piling up.
  for (int i = 0; i < 2 && !entries_.empty(); ++i) {
    hand_ = (hand_ + 1) % entries_.size();
    ConntrackEntry& e = entries_[hand_];
    if (e.in_use && e.confirmed && !e.dying && dead(e, now)) {
      unlink(e);
      free(e);
    }
  }
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  ++used_;
  ConntrackEntry fresh;
  fresh.generation = entries_[slot].generation;
  fresh.slot = slot;
  fresh.in_use = true;
  fresh.tuples = {tuple, reply};
  fresh.made = now;
  fresh.stream_from = now + Duration::seconds(2);
  fresh.serial = next_serial_++;
  entries_[slot] = fresh;
  passing_.push_back(slot);
  return slot;
}

std::size_t Conntrack::count(Instant now) {
  next_sweep_ = std::min(next_sweep_, now);
  sweep(now);
  return used_;
}

std::size_t Conntrack::shown_count() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const ConntrackEntry& e) {
        return e.in_use && e.confirmed && !e.dying && !dead(e, host_.last_turn());
      }));
}

std::vector<const ConntrackEntry*> Conntrack::list(Instant now) {
  next_sweep_ = std::min(next_sweep_, now);
  sweep(now);
  std::vector<const ConntrackEntry*> all;
  for (const ConntrackEntry& e : entries_) {
    if (e.in_use && e.confirmed && !e.dying) all.push_back(&e);
  }
  std::sort(all.begin(), all.end(),
            [](const auto* a, const auto* b) { return a->serial < b->serial; });
  return all;
}

void Conntrack::clear() {
  for (ConntrackEntry& e : entries_) {
    if (!e.in_use) continue;
    e.in_use = false;
    e.source_known = false;
    ++e.generation;
    free_.push_back(e.slot);
  }
  used_ = 0;
  passing_.clear();
  buckets_.clear();
  source_buckets_.clear();
}

void Conntrack::forget_windows() {
  for (ConntrackEntry& e : entries_) {
    if (e.in_use) e.tcp.forget_windows();
  }
}

void Conntrack::renew(ConntrackEntry& e, int seconds, Instant now) {
  constexpr int kLongest = 4'000'000;  // weeks: beyond any lab
  const Duration wait = Duration::seconds(std::clamp(seconds, 0, kLongest));
  e.timeout = wait;
  if (!e.confirmed) return;
  e.expires = Instant::never() - now > wait ? now + wait : Instant::never();
  next_sweep_ = std::min(next_sweep_, e.expires);
}

// --- hook::Tracker
// --------------------------------------------------------------------------------

bool Conntrack::confirmed(const hook::Track& track) const {
  const ConntrackEntry* e = entry(track);
  return e != nullptr && e->confirmed;
}

// Two connections whose packets cannot be told apart: the later one loses.
bool Conntrack::confirm(const hook::Track& track, Instant now) {
  ConntrackEntry* e = entry(track);
  if (e == nullptr || e->confirmed || track.reply) return true;
  if (buckets_.empty()) grow();
  if (find(e->tuples[0], now).slot != kNone || find(e->tuples[1], now).slot != kNone) return false;
  link(*e);
  e->confirmed = true;
  renew(*e, static_cast<int>(e->timeout / Duration::seconds(1)), now);
  return true;
}

void Conntrack::expect_replies_from(const hook::Track& track, wire::Endpoint real) {
  ConntrackEntry* e = entry(track);
  if (e == nullptr || e->confirmed || track.reply) return;
  if (e->tuples[1].protocol == static_cast<std::uint8_t>(wire::Protocol::kIcmp))
    real.port = e->tuples[1].source.port;
  e->tuples[1].source = real;
}

void Conntrack::expect_replies_to(const hook::Track& track, wire::Endpoint address) {
  ConntrackEntry* e = entry(track);
  if (e == nullptr || e->confirmed || track.reply) return;
  if (e->tuples[1].protocol == static_cast<std::uint8_t>(wire::Protocol::kIcmp))
    address.port = e->tuples[1].destination.port;
  e->tuples[1].destination = address;
}

}  // namespace lvslab::net::netfilter
