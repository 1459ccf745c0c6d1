#include "lvs/connection_table.h"

#include <algorithm>

#include "base/check.h"
#include "base/kernel_timer.h"
#include "base/random.h"

namespace lvslab::lvs {

namespace {

// The kernel hashes client address, client port and protocol; its key is drawn at boot, ours is
// fixed.
std::uint32_t hash_client(wire::Protocol protocol, const wire::Endpoint& client) {
  return static_cast<std::uint32_t>(mix((std::uint64_t{client.address.value} << 32) |
                                        (std::uint64_t{client.port} << 8) |
                                        static_cast<std::uint64_t>(protocol)));
}

}  // namespace

ConnectionTable::ConnectionTable() : heads_(kBuckets, kNone) {}

std::uint32_t ConnectionTable::find_in(wire::Protocol protocol, const wire::Endpoint& client,
                                       const wire::Endpoint& service) const {
  const std::size_t bucket = hash_client(protocol, client) & (heads_.size() - 1);
  for (std::uint32_t slot = heads_[bucket]; slot != kNone;) {
    const Connection& c = at(slot);
    if (c.client == client && c.service == service && c.protocol == protocol && !c.is(kTemplate)) {
      return slot;
    }
    slot = c.next;
  }
  return kNone;
}

std::uint32_t ConnectionTable::find_out(wire::Protocol protocol, const wire::Endpoint& source,
                                        const wire::Endpoint& destination) const {
  const std::size_t bucket = hash_client(protocol, destination) & (heads_.size() - 1);
  for (std::uint32_t slot = heads_[bucket]; slot != kNone;) {
    const Connection& c = at(slot);
    if (c.client == destination && c.protocol == protocol && !c.is(kTemplate)) {
      // A reply comes from the RIP when addresses are translated, from the VIP otherwise.
      const bool translated = c.method == Method::kMasq;
      const bool full = c.method == Method::kFullNat;  // its replies do not name the client
      if (source == (translated ? c.real : c.service) && !full) return slot;
    }
    slot = c.next;
  }
  return kNone;
}

std::uint32_t ConnectionTable::find_template(wire::Protocol protocol, wire::Ipv4 client_network,
                                             const wire::Endpoint& service) const {
  const wire::Endpoint client{client_network, 0};
  const std::size_t bucket = hash_client(protocol, client) & (heads_.size() - 1);
  for (std::uint32_t slot = heads_[bucket]; slot != kNone;) {
    const Connection& c = at(slot);
    if (c.client == client && c.service == service && c.protocol == protocol && c.is(kTemplate)) {
      return slot;
    }
    slot = c.next;
  }
  return kNone;
}

std::uint32_t ConnectionTable::insert(const Connection& connection) {
  if (count_ * 2 >= heads_.size()) grow();  // short chains: each step is a line not in the cache
  std::uint32_t slot;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    slot = used_++;
    if (slot / kPage == pages_.size()) {
      pages_.push_back(std::make_unique<std::array<Connection, kPage>>());
    }
  }
  Connection& entry = at(slot);
  entry = connection;
  entry.in_use = true;
  entry.serial = next_serial_++;
  entry.hash = hash_client(entry.protocol, entry.client);
  entry.armed = Instant::never();
  entry.armed_order = 0;
  std::uint32_t& head = heads_[entry.hash & (heads_.size() - 1)];
  entry.next = head;
  head = slot;
  ++count_;
  return slot;
}

void ConnectionTable::erase(std::uint32_t slot) {
  Connection& entry = at(slot);
  LVSLAB_CHECK(entry.in_use);
  std::uint32_t* link = &heads_[entry.hash & (heads_.size() - 1)];
  while (*link != slot) link = &at(*link).next;
  *link = entry.next;
  entry.in_use = false;
  entry.armed_order = 0;
  entry.destination = nullptr;
  free_.push_back(slot);
  --count_;
}

// Doubling splits each chain in two without changing the order within.
void ConnectionTable::grow() {
  const std::size_t old_size = heads_.size();
  heads_.resize(old_size * 2, kNone);
  for (std::size_t bucket = 0; bucket < old_size; ++bucket) {
    std::uint32_t slot = heads_[bucket];
    std::uint32_t* low = &heads_[bucket];
    std::uint32_t* high = &heads_[bucket + old_size];
    while (slot != kNone) {
      Connection& entry = at(slot);
      const std::uint32_t next = entry.next;
      std::uint32_t*& tail = (entry.hash & old_size) != 0 ? high : low;
      *tail = slot;
      tail = &entry.next;
      slot = next;
    }
    *low = kNone;
    *high = kNone;
  }
}

std::vector<std::uint32_t> ConnectionTable::chain(std::uint32_t bucket) const {
  std::vector<std::uint32_t> slots;
  for (std::size_t b = bucket; b < heads_.size(); b += kBuckets) {
    for (std::uint32_t slot = heads_[b]; slot != kNone; slot = at(slot).next) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(),
            [this](std::uint32_t a, std::uint32_t b) { return at(a).serial > at(b).serial; });
  return slots;
}

std::vector<std::uint32_t> ConnectionTable::list() const {
  std::vector<std::uint32_t> slots;
  slots.reserve(count_);
  for (std::uint32_t slot = 0; slot < used_; ++slot) {
    if (at(slot).in_use) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Connection& x = at(a);
    const Connection& y = at(b);
    const std::uint32_t bx = x.hash % kBuckets, by = y.hash % kBuckets;
    return bx != by ? bx < by : x.serial > y.serial;
  });
  return slots;
}

void ConnectionTable::restart(std::uint32_t slot, Instant now) {
  Connection& entry = at(slot);
  const Duration timeout = Duration::seconds(entry.timeout_s);
  entry.expires = now + timeout;
  entry.fires = kernel_timer_expiry(now, timeout);
  if (entry.fires < entry.armed) arm(slot, entry);
}

void ConnectionTable::expire_soon(std::uint32_t slot, Instant now) {
  Connection& entry = at(slot);
  entry.expires = now;
  entry.fires = kernel_timer_expiry(now, Duration());
  if (entry.fires < entry.armed) arm(slot, entry);
}

void ConnectionTable::arm(std::uint32_t slot, Connection& entry) {
  entry.armed = entry.fires;
  entry.armed_order = next_order_++;
  timers_.push_back({entry.armed, entry.armed_order, slot});
  std::push_heap(timers_.begin(), timers_.end());
}

std::uint32_t ConnectionTable::next_due(Instant now) {
  while (!timers_.empty() && timers_.front().when <= now) {
    const Timer timer = timers_.front();
    std::pop_heap(timers_.begin(), timers_.end());
    timers_.pop_back();
    Connection& entry = at(timer.slot);
    if (!entry.in_use || entry.armed_order != timer.order) continue;
    entry.armed = Instant::never();
    entry.armed_order = 0;
    if (entry.fires <= now) return timer.slot;
    arm(timer.slot, entry);  // packets came meanwhile
  }
  return kNone;
}

}  // namespace lvslab::lvs
