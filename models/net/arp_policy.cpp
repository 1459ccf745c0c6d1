#include "net/arp_policy.h"

namespace lvslab::net {
namespace {

using wire::Ipv4;

// Whether `device` holds `local` with a scope no narrower than `widest` allows, and some entry's
// subnet holds both `local` and `peer` (0: any). The two entries need not be the same one, but must
// be on the same device.
bool holds(const Interface& device, Ipv4 peer, Ipv4 local, Scope narrowest) {
  bool held = false, same_subnet = false;
  for (const Address& entry : device.addresses) {
    held |= entry.local == local && entry.scope <= narrowest;
    same_subnet |=
        entry.prefix().contains(local) && (peer.is_zero() || entry.prefix().contains(peer));
  }
  return held && same_subnet;
}

// The kernel's general choice of an address for a device: its first primary whose prefix contains
// `toward`, else its first acceptable primary, else the first wide one of any device in ifindex
// order (lo comes first).
Ipv4 select_address(std::span<const Interface> interfaces, InterfaceIndex device, Ipv4 toward,
                    Scope narrowest, Scope narrowest_here) {
  Ipv4 first;
  if (device < interfaces.size()) {
    for (const Address& entry : interfaces[device].addresses) {
      if (entry.secondary || entry.scope > narrowest_here) continue;
      if (toward.is_zero() || entry.prefix().contains(toward)) return entry.local;
      if (first.is_zero()) first = entry.local;
    }
  }
  if (!first.is_zero()) return first;
  for (const Interface& other : interfaces) {
    if (other.removed) continue;
    for (const Address& entry : other.addresses) {
      if (!entry.secondary && entry.scope != Scope::kLink && entry.scope <= narrowest)
        return entry.local;
    }
  }
  return {};
}

}  // namespace

bool arp_ignore_allows(int value, std::span<const Interface> interfaces, InterfaceIndex device,
                       wire::Ipv4 sender, wire::Ipv4 target) {
  switch (value) {
    case 1:  // only addresses of the very device the question came in on
      return holds(interfaces[device], {}, target, Scope::kHost);
    case 2:  // and the asker must be in a subnet of that device that holds the address too
      return holds(interfaces[device], sender, target, Scope::kHost);
    case 3:  // addresses configured anywhere, unless with scope host
      for (const Interface& any : interfaces) {
        if (!any.removed && holds(any, {}, target, Scope::kLink)) return true;
      }
      return false;
    case 8:  // nothing
      return false;
    default:  // 0, the reserved 4..7, and whatever else was written: everything local
      return true;
  }
}

wire::Ipv4 select_announced_address(std::span<const Interface> interfaces, InterfaceIndex device,
                                    wire::Ipv4 target, bool route_localnet) {
  return select_address(interfaces, device, target, Scope::kLink,
                        route_localnet ? Scope::kHost : Scope::kLink);
}

wire::Ipv4 announced_sender(int value, std::span<const Interface> interfaces, InterfaceIndex device,
                            wire::Ipv4 queued_source, wire::Ipv4 target, bool route_localnet) {
  bool take_queued = !queued_source.is_zero();
  if (value == 2) {
    take_queued = false;  // never the packet's source
  } else if (value == 1 && take_queued) {
    // Only when some subnet of the device holds both the source and the target. A VIP in the RIP's
    // own subnet passes this test: 1 does not keep it from being announced.
    take_queued = false;
    for (const Address& entry : interfaces[device].addresses) {
      take_queued |= entry.prefix().contains(queued_source) && entry.prefix().contains(target);
    }
  }
  return take_queued ? queued_source
                     : select_announced_address(interfaces, device, target, route_localnet);
}

wire::Ipv4 select_source(std::span<const Interface> interfaces, InterfaceIndex device,
                         wire::Ipv4 next_hop, Scope route_scope) {
  return select_address(interfaces, device, next_hop, route_scope, route_scope);
}

}  // namespace lvslab::net
