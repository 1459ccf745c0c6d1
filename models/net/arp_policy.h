// The ARP questions a host answers and with which sender address it asks: arp_ignore, arp_announce
// and the source-address rule, as pure functions of addresses and settings.
#pragma once

#include <span>

#include "net/interface.h"

namespace lvslab::net {

/// arp_ignore: whether a request for `target` (already known to be local) that arrived on `device`
/// from `sender` (0 for a probe) may be answered. `value` = max(all, device).
bool arp_ignore_allows(int value, std::span<const Interface> interfaces, InterfaceIndex device,
                       wire::Ipv4 sender, wire::Ipv4 target);

/// Rule R: the sender address for a question about `target` out of `device` when the queued packet
/// is not consulted. Walks the device's primary addresses (scope below host; host too with
/// route_localnet): the first whose prefix contains the target, else the first; without any, the
/// first global primary of the other devices in ifindex order; else 0.0.0.0.
wire::Ipv4 select_announced_address(std::span<const Interface> interfaces, InterfaceIndex device,
                                    wire::Ipv4 target, bool route_localnet);

/// arp_announce: `queued_source` is the source of the newest waiting packet when it is local here,
/// else 0.
wire::Ipv4 announced_sender(int value, std::span<const Interface> interfaces, InterfaceIndex device,
                            wire::Ipv4 queued_source, wire::Ipv4 target, bool route_localnet);

/// Source address for a new packet (socket not bound): the first primary of `device` whose scope is
/// no narrower than the route's, preferring one whose prefix contains `next_hop`; then other
/// devices.
wire::Ipv4 select_source(std::span<const Interface> interfaces, InterfaceIndex device,
                         wire::Ipv4 next_hop, Scope route_scope);

}  // namespace lvslab::net
