// What connection tracking knows a flow by, seen in one direction: addresses with ports, or for
// ICMP the identifier with type and code. A connection has two: what its first packet looked like,
// and what its replies will look like.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/flow.h"

namespace lvslab::net::netfilter {

struct Tuple {
  wire::Endpoint source;       ///< ICMP: the port is the identifier
  wire::Endpoint destination;  ///< ICMP: the port is type * 256 + code
  std::uint8_t protocol = 0;
  bool operator==(const Tuple&) const = default;
};

/// Of the datagram's own headers; nothing when they are cut short, or for a later fragment.
std::optional<Tuple> tuple_of(const wire::Datagram& datagram);
/// Of an IPv4 header and what follows it (`size` bytes in all): a packet quoted by an ICMP error.
std::optional<Tuple> tuple_of_quote(const std::uint8_t* header, std::uint32_t size);
/// What a reply to it looks like. Nothing for an ICMP message that asks for no reply.
std::optional<Tuple> reply_to(const Tuple& tuple);

constexpr std::uint64_t hash_tuple(const Tuple& t) {
  return wire::hash_flow({t.source, t.destination, t.protocol});
}

}  // namespace lvslab::net::netfilter
