// UDP (RFC 768): 0 source port, 2 destination port, 4 length, 6 checksum (0: none).
#pragma once

#include <span>

#include "base/packet.h"
#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kUdpHeader = 8;

struct UdpView {
  const std::uint8_t* p;
  std::uint16_t source_port() const { return load16(p); }
  std::uint16_t destination_port() const { return load16(p + 2); }
  std::uint16_t length() const { return load16(p + 4); }
  std::uint16_t checksum() const { return load16(p + 6); }
};

/// Pushes a UDP header in front of the payload that `packet` holds, with a correct checksum
/// (0 is sent as 0xffff).
void push_udp(Packet& packet, const Endpoint& source, const Endpoint& destination);
/// Whether the checksum over pseudo header, header and payload is right (0 counts as right).
bool udp_checksum_ok(const Packet& segment, Ipv4 source, Ipv4 destination);

}  // namespace lvslab::wire
