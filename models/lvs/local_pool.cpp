#include "lvs/local_pool.h"

#include <algorithm>

#include "base/check.h"

namespace lvslab::lvs {

namespace {

std::uint64_t mix_ends(wire::Protocol protocol, const wire::Endpoint& a, const wire::Endpoint& b) {
  return mix((std::uint64_t{a.address.value} << 32) | b.address.value,
             (std::uint64_t{a.port} << 32) | (std::uint64_t{b.port} << 16) |
                 static_cast<std::uint64_t>(protocol));
}

}  // namespace

bool LocalPool::add_address(Service& service, wire::Ipv4 address) {
  for (const std::uint32_t place : service.local_addresses) {
    if (addresses_[place].address == address) return false;
  }
  std::uint32_t place;
  if (free_addresses_.empty()) {
    place = static_cast<std::uint32_t>(addresses_.size());
    addresses_.emplace_back();
  } else {
    place = free_addresses_.back();
    free_addresses_.pop_back();
  }
  addresses_[place] = {.address = address, .in_pool = true};
  service.local_addresses.push_back(place);
  return true;
}

bool LocalPool::remove_address(Service& service, wire::Ipv4 address) {
  std::vector<std::uint32_t>& list = service.local_addresses;
  const auto found = std::find_if(list.begin(), list.end(), [&](std::uint32_t place) {
    return addresses_[place].address == address;
  });
  if (found == list.end()) return false;
  const std::uint32_t place = *found;
  const auto index = static_cast<std::size_t>(found - list.begin());
  list.erase(found);
  if (service.next_local > index) --service.next_local;  // whose turn it was stays
  addresses_[place].in_pool = false;
  forget_if_unused(place);
  return true;
}

void LocalPool::remove_all(Service& service) {
  while (!service.local_addresses.empty()) {
    remove_address(service, addresses_[service.local_addresses.back()].address);
  }
}

void LocalPool::forget_if_unused(std::uint32_t place) {
  if (!addresses_[place].in_pool && addresses_[place].connections == 0) {
    free_addresses_.push_back(place);
  }
}

std::uint32_t LocalPool::take(Service& service, wire::Protocol protocol, const wire::Endpoint& real,
                              Instant now) {
  const std::vector<std::uint32_t>& list = service.local_addresses;
  if (list.empty()) return kNone;
  if (service.next_local >= list.size()) service.next_local = 0;
  const std::uint32_t place = list[service.next_local++];
  LocalAddress& from = addresses_[place];
  const Towards to{from.address, protocol, real};
  Ports& ports = ports_[to];
  const std::uint32_t tries =
      ports.bits.empty() ? tries_among_few(to, from.counter) : tries_to_free(ports, from.counter);
  if (tries > kMostTries) {
    from.counter = (from.counter + kMostTries) % kPorts;
    from.conflicts += kMostTries;
    ++from.refused;
    return kNone;
  }
  from.counter = (from.counter + tries) % kPorts;
  from.conflicts += tries - 1;
  const wire::Endpoint local{from.address, static_cast<std::uint16_t>(kFirstPort + from.counter)};
  if (count_ * 2 >= heads_.size()) grow();
  const std::uint32_t end = free_end();
  const auto hash = static_cast<std::uint32_t>(mix_ends(protocol, real, local));
  std::uint32_t& head = heads_[hash & (heads_.size() - 1)];
  ends_[end] = {.local = local,
                .real = real,
                .next = head,
                .hash = hash,
                .address = place,
                .protocol = protocol,
                .in_use = true};
  ends_[end].first = initial_sequence(ends_[end], now);
  head = end;
  count_taken(ports, ends_[end]);
  ++from.connections;
  ++count_;
  return end;
}

// How many ports after `counter` are looked at until one is free, that one included; more than
// kMostTries: none of so many is.
std::uint32_t LocalPool::tries_to_free(const Ports& ports, std::uint32_t counter) {
  std::uint32_t tries = 1;
  while (tries <= kMostTries) {
    const std::uint32_t port = (counter + tries) % kPorts;
    if (!ports.has(port)) break;
    const bool word_is_full = port % 64 == 0 && ports.bits[port / 64] == ~std::uint64_t{0};
    tries += word_is_full ? 64 : 1;
  }
  return tries;
}

std::uint32_t LocalPool::tries_among_few(const Towards& to, std::uint32_t counter) const {
  std::uint32_t tries = 1;
  wire::Endpoint local{to.address, 0};
  do {
    local.port = static_cast<std::uint16_t>(kFirstPort + (counter + tries) % kPorts);
  } while (find(to.protocol, to.real, local) != kNone && ++tries != 0);
  return tries;
}

void LocalPool::count_taken(Ports& ports, const LocalEnd& end) {
  ++ports.used;
  if (!ports.bits.empty()) return ports.flip(port_of(end));
  if (ports.used < kMany) return;
  ports.bits.assign(kPorts / 64 + 1, 0);
  for (const LocalEnd& e : ends_) {
    if (e.in_use && towards(e) == towards(end)) ports.flip(port_of(e));
  }
}

void LocalPool::count_released(const LocalEnd& end) {
  const auto found = ports_.find(towards(end));
  Ports& ports = found->second;
  if (!ports.bits.empty()) ports.flip(port_of(end));
  if (--ports.used == 0) ports_.erase(found);
}

std::uint32_t LocalPool::free_end() {
  if (free_ends_.empty()) {
    ends_.emplace_back();
    return static_cast<std::uint32_t>(ends_.size() - 1);
  }
  const std::uint32_t end = free_ends_.back();
  free_ends_.pop_back();
  return end;
}

void LocalPool::release(std::uint32_t end) {
  LocalEnd& gone = ends_[end];
  LVSLAB_CHECK(gone.in_use);
  std::uint32_t* link = &heads_[gone.hash & (heads_.size() - 1)];
  while (*link != end) link = &ends_[*link].next;
  *link = gone.next;
  gone.in_use = false;
  count_released(gone);
  free_ends_.push_back(end);
  --count_;
  --addresses_[gone.address].connections;
  forget_if_unused(gone.address);
}

std::uint32_t LocalPool::find(wire::Protocol protocol, const wire::Endpoint& real,
                              const wire::Endpoint& local) const {
  const auto hash = static_cast<std::uint32_t>(mix_ends(protocol, real, local));
  std::uint32_t end = heads_[hash & (heads_.size() - 1)];
  while (end != kNone) {
    const LocalEnd& e = ends_[end];
    if (e.local == local && e.real == real && e.protocol == protocol) return end;
    end = e.next;
  }
  return kNone;
}

void LocalPool::grow() {
  std::vector<std::uint32_t> heads(heads_.size() * 2, kNone);
  for (std::uint32_t end = 0; end < ends_.size(); ++end) {
    if (!ends_[end].in_use) continue;
    std::uint32_t& head = heads[ends_[end].hash & (heads.size() - 1)];
    ends_[end].next = head;
    head = end;
  }
  heads_ = std::move(heads);
}

std::uint32_t LocalPool::initial_sequence(const LocalEnd& end, Instant now) const {
  const std::uint64_t keyed = mix(secret_, mix_ends(end.protocol, end.local, end.real));
  const std::int64_t clock = now.ps() / Duration::microseconds(4).ps();
  return static_cast<std::uint32_t>(keyed) + static_cast<std::uint32_t>(clock);
}

}  // namespace lvslab::lvs
