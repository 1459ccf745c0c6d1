#include "wire/datagram.h"

namespace lvslab::wire {

// The header's shape and checksum are judged before the total length, so a header that was damaged
// on its way counts as a wrong checksum and not as a truncated packet (the order in which Linux
// counts).
Datagram::Problem Datagram::parse(Packet& packet, Datagram& datagram) {
  if (packet.real_size() < kIpv4Header) return Problem::kHeader;
  const Ipv4View ip{packet.data()};
  const std::uint32_t header_length = ip.header_length();
  if (ip.version() != 4 || header_length < kIpv4Header || header_length > packet.real_size()) {
    return Problem::kHeader;
  }
  if (wire::checksum({ip.p, header_length}) != 0) return Problem::kChecksum;
  const std::uint32_t total_length = ip.total_length();
  if (total_length < header_length || total_length > packet.length()) return Problem::kHeader;
  packet.trim(total_length);
  datagram.packet_ = std::move(packet);
  datagram.header_length_ = static_cast<std::uint8_t>(header_length);
  return Problem::kNone;
}

}  // namespace lvslab::wire
