#include "transport/tcp_tables.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"

namespace lvslab::transport {
namespace {

std::uint32_t hash_of(const wire::Endpoint& local, const wire::Endpoint& remote) {
  const std::uint64_t addresses = (std::uint64_t{local.address.value} << 32) | remote.address.value;
  const std::uint64_t ports = (std::uint64_t{local.port} << 16) | remote.port;
  return static_cast<std::uint32_t>(mix(addresses ^ (ports * 0x9e3779b97f4a7c15ULL)) >> 16);
}

bool later(const TcpTimers::Entry& a, const TcpTimers::Entry& b) {
  return a.when != b.when ? a.when > b.when : a.order > b.order;
}

}  // namespace

void TcpTrouble::clear() {
  out_of_order.clear();
  waiting.clear();
  waiting_bytes = 0;
  report_count = 0;
  fin_ahead = false;
  sacked.clear();
  lost_until = 0;
  resent_until = 0;
  force = false;
}

TcpConnection* TcpTable::find(const wire::Endpoint& local, const wire::Endpoint& remote) {
  if (entries_.empty()) return nullptr;
  const std::uint32_t hash = hash_of(local, remote);
  const auto mask = static_cast<std::uint32_t>(entries_.size() - 1);
  for (std::uint32_t i = hash & mask; entries_[i].slot != 0; i = (i + 1) & mask) {
    if (entries_[i].hash != hash) continue;
    TcpConnection& c = at(entries_[i].slot - 1);
    if (c.local == local && c.remote == remote) return &c;
  }
  return nullptr;
}

TcpConnection* TcpTable::get(SocketId id) {
  if (id.index >= slots()) return nullptr;
  TcpConnection& c = at(id.index);
  return c.generation == id.generation && !c.released ? &c : nullptr;
}

void TcpTable::insert(std::uint32_t hash, std::uint32_t slot) {
  const auto mask = static_cast<std::uint32_t>(entries_.size() - 1);
  std::uint32_t i = hash & mask;
  while (entries_[i].slot != 0) i = (i + 1) & mask;
  entries_[i] = {hash, slot + 1};
}

void TcpTable::grow() {
  std::vector<Entry> old(std::max<std::size_t>(16, entries_.size() * 2));
  old.swap(entries_);
  for (const Entry& e : old) {
    if (e.slot != 0) insert(e.hash, e.slot - 1);
  }
}

TcpConnection& TcpTable::create(const wire::Endpoint& local, const wire::Endpoint& remote) {
  if (free_.empty()) {
    free_.push_back(slots());
    connections_.emplace_back().slot = free_.back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  TcpConnection& c = at(slot);
  c.released = false;
  c.local = local;
  c.remote = remote;
  if ((count_ + 1) * std::size_t{3} > entries_.size() * 2) grow();
  insert(hash_of(local, remote), slot);
  ++count_;
  return c;
}

void TcpTable::unlink(TcpConnection& c) {
  const auto mask = static_cast<std::uint32_t>(entries_.size() - 1);
  std::uint32_t hole = hash_of(c.local, c.remote) & mask;
  while (entries_[hole].slot != c.slot + 1) {
    LVSLAB_CHECK(entries_[hole].slot != 0);
    hole = (hole + 1) & mask;
  }
  // Entries behind the hole move up when their home lies at or before it, so that probing never
  // meets a gap.
  for (std::uint32_t i = (hole + 1) & mask; entries_[i].slot != 0; i = (i + 1) & mask) {
    const std::uint32_t home = entries_[i].hash & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      entries_[hole] = entries_[i];
      hole = i;
    }
  }
  entries_[hole] = {};
  --count_;
}

void TcpTable::recycle(TcpConnection& c) {
  LVSLAB_CHECK(c.send.size() == 0);
  const std::uint32_t slot = c.slot;
  const std::uint32_t generation = c.generation + 1;
  c = TcpConnection{};
  c.slot = slot;
  c.generation = generation;
  c.released = true;
  free_.push_back(slot);
}

void TcpTimers::push(Instant when, std::uint32_t slot, Kind kind) {
  const Entry entry{when, next_order_++, slot, kind};
  Queue& queue = queues_[kind];
  const bool in_order = queue.empty() || queue.entries.back().when <= when;
  if (in_order) {
    queue.entries.push_back(entry);
  } else {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  if (when < next_) {
    next_ = when;
    source_ = in_order ? kind : kKinds;
  }
}

void TcpTimers::find_first() {
  const Entry* best = heap_.empty() ? nullptr : &heap_.front();
  source_ = kKinds;
  for (int kind = 0; kind < kKinds; ++kind) {
    const Queue& queue = queues_[kind];
    if (queue.empty()) continue;
    const Entry* candidate = &queue.entries[queue.head];
    if (best == nullptr || later(*best, *candidate)) {
      best = candidate;
      source_ = kind;
    }
  }
  next_ = best != nullptr ? best->when : Instant::never();
}

TcpTimers::Entry TcpTimers::pop() {
  LVSLAB_CHECK(!next_.is_never());
  Entry entry;
  if (source_ == kKinds) {
    entry = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  } else {
    Queue& queue = queues_[source_];
    entry = queue.entries[queue.head++];
    if (queue.empty()) {
      queue.entries.clear();
      queue.head = 0;
    } else if (queue.head >= 256 && queue.head * 2 >= queue.entries.size()) {
      queue.entries.erase(queue.entries.begin(),
                          queue.entries.begin() + static_cast<std::ptrdiff_t>(queue.head));
      queue.head = 0;
    }
  }
  find_first();
  return entry;
}

void TcpTimers::clear() {
  for (Queue& queue : queues_) {
    queue.entries.clear();
    queue.head = 0;
  }
  heap_.clear();
  next_ = Instant::never();
}

}  // namespace lvslab::transport
