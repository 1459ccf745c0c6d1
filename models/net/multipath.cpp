#include "net/multipath.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.h"
#include "wire/flow.h"
#include "wire/icmp.h"

namespace lvslab::net {
namespace {

std::uint32_t symmetric(std::uint64_t salt, std::uint64_t a, std::uint64_t b, std::uint64_t more) {
  if (b < a) std::swap(a, b);
  return static_cast<std::uint32_t>(mix(mix(salt, a), mix(b, more)) >> 32);
}

/// Addresses of the packet that an ICMP error quotes.
bool quoted_addresses(const wire::Datagram& datagram, wire::Ipv4* source, wire::Ipv4* destination) {
  constexpr std::uint32_t kIcmpHeader = 8, kSource = 12, kDestination = 16;
  if (datagram.protocol() != wire::Protocol::kIcmp || !datagram.first_fragment() ||
      datagram.transport_real_size() < kIcmpHeader + wire::kIpv4Header)
    return false;
  const std::uint8_t* icmp = datagram.transport();
  if (!wire::icmp_is_error(icmp[0])) return false;
  *source = wire::Ipv4::load(icmp + kIcmpHeader + kSource);
  *destination = wire::Ipv4::load(icmp + kIcmpHeader + kDestination);
  return true;
}

}  // namespace

std::uint32_t multipath_hash(std::uint64_t salt, wire::Ipv4 source, wire::Ipv4 destination) {
  return symmetric(salt, source.value, destination.value, 0);
}

std::uint32_t multipath_hash(std::uint64_t salt, const wire::Datagram& datagram, int policy) {
  wire::Ipv4 source = datagram.ip().source(), destination = datagram.ip().destination();
  if (policy != 1) {
    quoted_addresses(datagram, &source, &destination);
    return multipath_hash(salt, source, destination);
  }
  const wire::Flow flow = wire::flow_of(datagram);
  const bool ports = !datagram.ip().is_fragment();
  const auto end = [&](const wire::Endpoint& e) {
    return std::uint64_t{e.address.value} << 16 | (ports ? e.port : 0u);
  };
  return symmetric(salt, end(flow.source), end(flow.destination), flow.protocol);
}

const Route& choose_hop(const Route& route, std::uint32_t hash) {
  std::uint64_t total = 0;
  for (const Route& hop : route.hops) total += hop.dead ? 0 : hop.weight;
  if (total == 0) return route;
  std::uint64_t left = (hash * total) >> 32;
  for (const Route& hop : route.hops) {
    if (hop.dead) continue;
    if (left < hop.weight) return hop;
    left -= hop.weight;
  }
  return route;
}

NextHops::NextHops() = default;
NextHops::NextHops(const NextHops& other)
    : list_(other.list_ == nullptr ? nullptr : std::make_unique<std::vector<Route>>(*other.list_)) {
}
NextHops::NextHops(NextHops&& other) noexcept = default;
NextHops& NextHops::operator=(const NextHops& other) {
  if (this != &other) *this = NextHops(other);
  return *this;
}
NextHops& NextHops::operator=(NextHops&& other) noexcept = default;
NextHops::~NextHops() = default;

std::size_t NextHops::size() const { return list_ == nullptr ? 0 : list_->size(); }
Route* NextHops::begin() { return list_ == nullptr ? nullptr : list_->data(); }
Route* NextHops::end() { return list_ == nullptr ? nullptr : list_->data() + list_->size(); }
const Route* NextHops::begin() const { return list_ == nullptr ? nullptr : list_->data(); }
const Route* NextHops::end() const {
  return list_ == nullptr ? nullptr : list_->data() + list_->size();
}
void NextHops::push_back(Route hop) {
  if (list_ == nullptr) list_ = std::make_unique<std::vector<Route>>();
  list_->push_back(std::move(hop));
}
void NextHops::clear() { list_.reset(); }

bool leads_through(const Route& route, InterfaceIndex device) {
  if (route.hops.empty()) return route.device == device;
  return std::any_of(route.hops.begin(), route.hops.end(),
                     [&](const Route& hop) { return !hop.dead && hop.device == device; });
}

}  // namespace lvslab::net
