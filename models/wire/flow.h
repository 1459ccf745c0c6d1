// Who talks to whom: the five numbers a connection is known by.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "wire/datagram.h"

namespace lvslab::wire {

struct Flow {
  Endpoint source;
  Endpoint destination;
  std::uint8_t protocol = 0;
  constexpr auto operator<=>(const Flow&) const = default;
  constexpr Flow reversed() const { return {destination, source, protocol}; }
};

constexpr std::uint64_t hash_flow(const Flow& f) {
  return mix((std::uint64_t{f.source.address.value} << 32) | f.destination.address.value,
             (std::uint64_t{f.source.port} << 32) | (std::uint64_t{f.destination.port} << 16) |
                 f.protocol);
}

/// Ports are 0 where the datagram has none.
inline Flow flow_of(const Datagram& d) {
  const bool ports =
      d.has_ports() && (d.protocol() == Protocol::kTcp || d.protocol() == Protocol::kUdp ||
                        d.protocol() == Protocol::kSctp);
  return {{d.ip().source(), ports ? d.source_port() : std::uint16_t{0}},
          {d.ip().destination(), ports ? d.destination_port() : std::uint16_t{0}},
          d.ip().protocol()};
}

}  // namespace lvslab::wire
