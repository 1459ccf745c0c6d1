// Routes over several next hops (ECMP): a flow keeps to one of them, chosen by a hash, in proportion
// to their weights. As the kernel does, the hash is over the addresses alone
// (net.ipv4.fib_multipath_hash_policy 0; an ICMP error counts as the packet it quotes) or, of packets
// that are forwarded, over ports and protocol as well (1; of fragments the addresses), and the same
// for both directions. Each host hashes otherwise, as each kernel's hash has a seed of its own.
#pragma once

#include <cstdint>

#include "net/route_table.h"
#include "wire/datagram.h"

namespace lvslab::net {

std::uint32_t multipath_hash(std::uint64_t salt, wire::Ipv4 source, wire::Ipv4 destination);
std::uint32_t multipath_hash(std::uint64_t salt, const wire::Datagram& datagram, int policy);

/// The next hop of a flow, a complete route; `route` itself if it has but one.
const Route& choose_hop(const Route& route, std::uint32_t hash);

/// Whether some next hop is on this device.
bool leads_through(const Route& route, InterfaceIndex device);

}  // namespace lvslab::net
