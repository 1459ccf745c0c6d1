// ICMP (RFC 792, 1191, 1812): 0 type 1 code 2 checksum 4 rest of header 8 data.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/packet.h"
#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kIcmpHeader = 8;

enum class IcmpType : std::uint8_t {
  kEchoReply = 0,
  kUnreachable = 3,
  kSourceQuench = 4,
  kRedirect = 5,
  kEchoRequest = 8,
  kTimeExceeded = 11,
  kParameterProblem = 12
};
/// Codes of kUnreachable.
inline constexpr std::uint8_t kNetUnreachable = 0, kHostUnreachable = 1, kProtocolUnreachable = 2,
                              kPortUnreachable = 3, kFragmentationNeeded = 4,
                              kSourceRouteFailed = 5, kNetProhibited = 9, kHostProhibited = 10,
                              kAdminProhibited = 13;

struct IcmpView {
  const std::uint8_t* p;
  std::uint8_t type() const { return p[0]; }
  std::uint8_t code() const { return p[1]; }
  std::uint16_t checksum() const { return load16(p + 2); }
  std::uint16_t echo_id() const { return load16(p + 4); }
  std::uint16_t echo_sequence() const { return load16(p + 6); }
  std::uint16_t next_hop_mtu() const { return load16(p + 6); }  ///< fragmentation needed
  Ipv4 gateway() const { return Ipv4::load(p + 4); }            ///< redirect
};

/// Types whose data quotes a packet: 3, 4, 5, 11, 12.
bool icmp_is_error(std::uint8_t type);

/// Pushes an ICMP header (type, code, rest-of-header word) before the data in `packet`, checksum
/// right.
void push_icmp(Packet& packet, std::uint8_t type, std::uint8_t code, std::uint32_t rest);
bool icmp_checksum_ok(const Packet& message);

/// "Destination unreachable (Host unreachable)".
std::string_view icmp_text(std::uint8_t type, std::uint8_t code);
/// The same in few words: "host unreachable".
std::string_view icmp_brief(std::uint8_t type, std::uint8_t code);

}  // namespace lvslab::wire
