#include "wire/datagram.h"

#include <cstring>

namespace lvslab::wire {
namespace {

// A header without options is added up in three loads: the words of a right header come to all ones
// in whatever order their bytes are taken (RFC 1071, 2 (B)).
bool plain_header_sums_up(const std::uint8_t* p) {
  std::uint64_t first, second;
  std::uint32_t third;
  std::memcpy(&first, p, 8);
  std::memcpy(&second, p + 8, 8);
  std::memcpy(&third, p + 16, 4);
  std::uint64_t sum =
      (first & 0xffffffff) + (first >> 32) + (second & 0xffffffff) + (second >> 32) + third;
  sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

}  // namespace

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
  if (header_length == kIpv4Header ? !plain_header_sums_up(ip.p)
                                   : wire::checksum({ip.p, header_length}) != 0) {
    return Problem::kChecksum;
  }
  const std::uint32_t total_length = ip.total_length();
  if (total_length < header_length || total_length > packet.length()) return Problem::kHeader;
  packet.trim(total_length);
  datagram.packet_ = std::move(packet);
  datagram.header_length_ = static_cast<std::uint8_t>(header_length);
  return Problem::kNone;
}

}  // namespace lvslab::wire
