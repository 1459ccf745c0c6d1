// Addresses of a host's interfaces and the routes that come and go with them.
#include <algorithm>

#include "net/host.h"

namespace lvslab::net {
namespace {

using wire::Ipv4;

bool same_subnet(const Address& a, const Address& b) {
  return a.prefix_length == b.prefix_length && a.prefix().network() == b.prefix().network();
}

// The primary address whose subnet `address` is in: itself unless it is secondary.
Ipv4 primary_of(const Interface& nic, const Address& address) {
  if (!address.secondary) return address.local;
  for (const Address& other : nic.addresses) {
    if (!other.secondary && same_subnet(other, address)) return other.local;
  }
  return address.local;
}

// The routes an address brings along.
std::vector<Route> connected_routes(const Interface& nic, const Address& address) {
  std::vector<Route> routes;
  const Ipv4 source = primary_of(nic, address);
  const auto add = [&](wire::Prefix prefix, RouteType type, Scope scope, std::uint32_t table) {
    routes.push_back({.destination = prefix,
                      .type = type,
                      .scope = scope,
                      .protocol = RouteProtocol::kKernel,
                      .device = nic.index,
                      .preferred_source = source,
                      .table = table});
  };
  // The address itself is local from now on, even while the device is down.
  add({address.local, 32}, RouteType::kLocal, Scope::kHost, kTableLocal);
  if (!nic.up) return routes;
  if (!address.broadcast.is_zero() && !address.broadcast.is_limited_broadcast()) {
    add({address.broadcast, 32}, RouteType::kBroadcast, Scope::kLink, kTableLocal);
  }
  const wire::Prefix subnet{address.prefix().network(), address.prefix_length};
  // A secondary adds nothing to what its primary did; a /32 has no subnet, nor has network 0/8.
  if (address.secondary || subnet.address.is_zero_network() || subnet.length == 32) return routes;
  if (!address.no_prefix_route) {
    if (nic.loopback()) {  // every address of the prefix becomes this host's own
      add(subnet, RouteType::kLocal, Scope::kHost, kTableLocal);
    } else {
      add(subnet, RouteType::kUnicast, Scope::kLink, kTableMain);
    }
  }
  if (subnet.length < 31) {  // only the all-ones broadcast, since kernel 5.14
    add({subnet.broadcast(), 32}, RouteType::kBroadcast, Scope::kLink, kTableLocal);
  }
  return routes;
}

bool same_target(const Route& a, const Route& b) {
  return a.destination == b.destination && a.type == b.type && a.device == b.device &&
         a.table == b.table;
}

// Primaries stand by descending scope number, ties in order of insertion; secondaries behind all of
// them.
std::size_t primary_position(const Interface& nic, Scope scope) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < nic.addresses.size(); ++i) {
    if (!nic.addresses[i].secondary && scope <= nic.addresses[i].scope) position = i + 1;
  }
  return position;
}

}  // namespace

ConfigError Host::add_address(Turn& turn, InterfaceIndex index, Address address) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  Interface& nic = interfaces_[index];
  if (address.prefix_length > 32) return ConfigError::kInvalidPrefix;
  if (address.local.is_zero() || nic.mtu < 68) return ConfigError::kInvalidArgument;
  address.secondary = false;
  for (const Address& other : nic.addresses) {
    if (!same_subnet(other, address)) continue;
    if (other.local == address.local) return ConfigError::kExists;
    if (other.scope != address.scope) return ConfigError::kInvalidArgument;  // one scope per subnet
    address.secondary = true;
  }
  if (address.label.empty()) address.label = nic.name;
  nic.had_address = true;
  const std::size_t position =
      address.secondary ? nic.addresses.size() : primary_position(nic, address.scope);
  if (nic.addresses.size() < 4) nic.addresses.reserve(nic.addresses.size() + 1);
  nic.addresses.insert(nic.addresses.begin() + static_cast<std::ptrdiff_t>(position), address);
  note_address(turn, index, address, true);
  add_address_routes(turn, index, address);
  if (nic.up) routes_.mark_hops(index, false);  // next hops that went with its last address
  return ConfigError::kNone;
}

void Host::add_address_routes(Turn& turn, InterfaceIndex index, const Address& address) {
  for (const Route& route : connected_routes(interfaces_[index], address)) {
    if (routes_.add(route, true) == RouteTables::AddResult::kAdded) note_route(turn, route, true);
  }
}

// `gone` is no longer in the list. What another address of the device still needs stays.
void Host::remove_address_routes(Turn& turn, InterfaceIndex index, const Address& gone) {
  const Interface& nic = interfaces_[index];
  std::vector<Route> doomed = connected_routes(nic, gone);
  for (const Address& other : nic.addresses) {
    for (const Route& needed : connected_routes(nic, other)) {
      std::erase_if(doomed, [&](const Route& r) { return same_target(r, needed); });
    }
  }
  const std::vector<Route> removed = routes_.remove_if([&](const Route& r) {
    return r.protocol == RouteProtocol::kKernel &&
           std::any_of(doomed.begin(), doomed.end(),
                       [&](const Route& d) { return same_target(r, d); });
  });
  for (const Route& route : removed) note_route(turn, route, false);
}

void Host::erase_address(Turn& turn, InterfaceIndex index, std::size_t position) {
  std::vector<Address>& list = interfaces_[index].addresses;
  const Address gone = std::move(list[position]);
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(position));
  remove_address_routes(turn, index, gone);
  // Routes that name the address as their source end with it, unless it is still local elsewhere.
  if (!routes_.is_local(gone.local)) {
    const auto stale =
        routes_.remove_if([&](const Route& r) { return r.preferred_source == gone.local; });
    for (const Route& route : stale) note_route(turn, route, false);
  }
  note_address(turn, index, gone, false);
}

ConfigError Host::remove_address(Turn& turn, InterfaceIndex index, wire::Ipv4 local,
                                 std::uint8_t length) {
  if (!usable(index)) return ConfigError::kNoSuchDevice;
  std::vector<Address>& list = interfaces_[index].addresses;
  const auto wanted = [&](const Address& a) {
    return a.local == local && (length == 255 || a.prefix_length == length);
  };
  const auto found = std::find_if(list.begin(), list.end(), wanted);
  if (found == list.end()) return ConfigError::kNotFound;
  const Address gone = *found;
  const bool promote = conf(index).promote_secondaries();
  if (!gone.secondary && !promote) {
    // A primary takes the secondaries of its subnet along, and they go first.
    for (std::size_t i = 0; i < list.size();) {
      if (list[i].secondary && same_subnet(list[i], gone)) {
        erase_address(turn, index, i);
      } else {
        ++i;
      }
    }
  }
  const auto position = std::find_if(list.begin(), list.end(), wanted) - list.begin();
  erase_address(turn, index, static_cast<std::size_t>(position));
  if (!gone.secondary && promote) promote_secondary(turn, index, gone);
  if (list.empty()) {
    // The last address: IPv4 is off on this device, and every route and neighbour of it goes.
    remove_routes_of_device(turn, index, true);
    neighbours_.flush(turn, index, false);
  }
  return ConfigError::kNone;
}

// The first secondary of the subnet becomes its primary; the routes of all of them now name it as
// source.
void Host::promote_secondary(Turn& turn, InterfaceIndex index, const Address& gone) {
  Interface& nic = interfaces_[index];
  const auto first =
      std::find_if(nic.addresses.begin(), nic.addresses.end(),
                   [&](const Address& a) { return a.secondary && same_subnet(a, gone); });
  if (first == nic.addresses.end()) return;
  const auto old = routes_.remove_if([&](const Route& r) {
    return r.protocol == RouteProtocol::kKernel && r.device == index &&
           r.preferred_source == gone.local;
  });
  for (const Route& route : old) note_route(turn, route, false);
  Address promoted = std::move(*first);
  nic.addresses.erase(first);
  promoted.secondary = false;
  const auto position = static_cast<std::ptrdiff_t>(primary_position(nic, promoted.scope));
  nic.addresses.insert(nic.addresses.begin() + position, std::move(promoted));
  for (const Address& address : nic.addresses) {
    if (same_subnet(address, gone)) add_address_routes(turn, index, address);
  }
}

// `host_scope_too`: also what keeps an address local (that outlives a link going down).
void Host::remove_routes_of_device(Turn& turn, InterfaceIndex index, bool host_scope_too) {
  routes_.mark_hops(index, true);
  const std::vector<Route> removed = routes_.remove_if([&](const Route& r) {
    if (!r.hops.empty())  // it goes with its last next hop
      return std::all_of(r.hops.begin(), r.hops.end(), [](const Route& hop) { return hop.dead; });
    return r.device == index && (host_scope_too || r.scope != Scope::kHost);
  });
  for (const Route& route : removed) note_route(turn, route, false);
}

void Host::note_address(Turn& turn, InterfaceIndex index, const Address& address, bool added) {
  if (!turn.watched()) return;
  turn.note({.kind = NoteKind::kStateAddress,
             .a = address.local.value,
             .x = index,
             .y = address.prefix_length,
             .z = added ? 1u : 0u,
             .word = intern(address.label)});
}

}  // namespace lvslab::net
