#include "lvs/connection_table.h"

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "base/prefetch.h"
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

std::uint32_t ConnectionTable::take_slot(const Connection& connection) {
  std::uint32_t slot = free_;
  if (slot != kNone) {
    free_ = at(slot).next;
  } else {
    slot = used_++;
    LVSLAB_CHECK(slot != kNone);
    if (slot / kPage == pages_.size()) pages_.push_back(std::make_unique_for_overwrite<Page>());
  }
  Connection& entry =
      *std::construct_at(pages_[slot / kPage]->entries() + slot % kPage, connection);
  entry.flags = static_cast<std::uint16_t>(entry.flags & ~kHashed);
  entry.fires_tick = kNoTick;
  entry.moment = kNoMoment;
  return slot;
}

std::uint32_t ConnectionTable::insert_unseen(const Connection& connection) {
  return take_slot(connection);
}

std::uint32_t ConnectionTable::insert(const Connection& connection) {
  // Short chains: each step is a line that is not in the cache.
  if (count_ * 4 >= heads_.size() * 3) grow();
  if (next_serial_ == kNoSlot) renumber();
  const std::uint32_t slot = take_slot(connection);
  Connection& entry = at(slot);
  entry.set(kHashed);
  entry.serial = next_serial_++;
  std::uint32_t& head = heads_[hash_client(entry.protocol, entry.client) & (heads_.size() - 1)];
  entry.next = head;
  head = slot;
  ++count_;
  return slot;
}

void ConnectionTable::erase(std::uint32_t slot) {
  Connection& entry = at(slot);
  disarm(slot, entry);
  if (entry.is(kHashed)) {
    std::uint32_t* link = &heads_[hash_client(entry.protocol, entry.client) & (heads_.size() - 1)];
    while (*link != slot) link = &at(*link).next;
    *link = entry.next;
    --count_;
  }
  LVSLAB_CHECK(controlled(slot) == 0);
  ties_.set(slot, 0);
  local_ends_.set(slot, 0);
  tags_.set(slot, {});
  entry.flags = 0;
  entry.destination = nullptr;
  entry.next = free_;
  free_ = slot;
}

void ConnectionTable::set_controller(std::uint32_t slot, std::uint32_t controller) {
  const std::uint32_t before = this->controller(slot);
  if (before != kNone) ties_.set(before, ties_.get(before) - 1);
  if (controller != kNone) ties_.set(controller, ties_.get(controller) + 1);
  ties_.set(slot, controller + 1);
}

void ConnectionTable::prefetch(std::span<const wire::Flow> flows) const {
  const std::size_t mask = heads_.size() - 1;
  for (const wire::Flow& f : flows) {
    const auto protocol = static_cast<wire::Protocol>(f.protocol);
    lvslab::prefetch(&heads_[hash_client(protocol, f.source) & mask]);
  }
  for (const wire::Flow& f : flows) {
    const auto protocol = static_cast<wire::Protocol>(f.protocol);
    const std::uint32_t slot = heads_[hash_client(protocol, f.source) & mask];
    if (slot != kNone) lvslab::prefetch(&at(slot));
  }
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
      const std::uint32_t hash = hash_client(entry.protocol, entry.client);
      std::uint32_t*& tail = (hash & old_size) != 0 ? high : low;
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
    if (at(slot).is(kHashed)) slots.push_back(slot);
  }
  const auto chain_of = [](const Connection& c) {
    return hash_client(c.protocol, c.client) % kBuckets;
  };
  std::sort(slots.begin(), slots.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Connection& x = at(a);
    const Connection& y = at(b);
    const std::uint32_t bx = chain_of(x), by = chain_of(y);
    return bx != by ? bx < by : x.serial > y.serial;
  });
  return slots;
}

// After four thousand million insertions.
void ConnectionTable::renumber() {
  std::vector<std::uint32_t> slots = list();
  std::sort(slots.begin(), slots.end(),
            [this](std::uint32_t a, std::uint32_t b) { return at(a).serial < at(b).serial; });
  next_serial_ = 1;
  for (const std::uint32_t slot : slots) at(slot).serial = next_serial_++;
}

}  // namespace lvslab::lvs
