// IPv4 header (RFC 791).
//
//   0 ver:4 ihl:4  1 tos  2 total length  4 id  6 flags:3 offset:13  8 ttl  9 protocol
//   10 checksum  12 source  16 destination  20 options
//
// A view judges nothing: check once with Datagram::parse (or ipv4_fits), then read.
#pragma once

#include <cstdint>
#include <span>

#include "wire/address.h"
#include "wire/checksum.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kIpv4Header = 20;

enum class Protocol : std::uint8_t {
  kIcmp = 1,
  kIpip = 4,
  kTcp = 6,
  kUdp = 17,
  kGre = 47,
  kSctp = 132
};

struct Ipv4View {
  const std::uint8_t* p;
  std::uint8_t version() const { return static_cast<std::uint8_t>(p[0] >> 4); }
  std::uint32_t header_length() const { return (p[0] & 0x0fu) * 4u; }
  std::uint8_t tos() const { return p[1]; }
  std::uint16_t total_length() const { return load16(p + 2); }
  std::uint16_t id() const { return load16(p + 4); }
  bool dont_fragment() const { return (p[6] & 0x40) != 0; }
  bool more_fragments() const { return (p[6] & 0x20) != 0; }
  /// In bytes.
  std::uint32_t fragment_offset() const { return (load16(p + 6) & 0x1fffu) * 8u; }
  bool is_fragment() const { return (load16(p + 6) & 0x3fff) != 0; }
  std::uint8_t ttl() const { return p[8]; }
  std::uint8_t protocol() const { return p[9]; }
  std::uint16_t checksum() const { return load16(p + 10); }
  Ipv4 source() const { return Ipv4::load(p + 12); }
  Ipv4 destination() const { return Ipv4::load(p + 16); }
};

/// Header fields as a value, for emitting.
struct Ipv4Header {
  Ipv4 source;
  Ipv4 destination;
  std::uint8_t protocol = 0;
  std::uint8_t ttl = 64;
  std::uint8_t tos = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t id = 0;
  std::uint32_t fragment_offset = 0;  ///< bytes, multiple of 8
  std::uint32_t payload_length = 0;   ///< total length is this plus the header
};

/// Writes 20 bytes with a correct checksum.
void emit_ipv4(std::uint8_t* p, const Ipv4Header& header);

/// Sets a field and mends the header checksum incrementally: what was wrong stays wrong.
inline void set_ttl(std::uint8_t* p, std::uint8_t ttl) {
  const std::uint16_t from = load16(p + 8);
  p[8] = ttl;
  store16(p + 10, update_checksum(load16(p + 10), from, load16(p + 8)));
}
inline void set_source(std::uint8_t* p, Ipv4 source) {
  store16(p + 10, update_checksum(load16(p + 10), Ipv4::load(p + 12), source));
  source.store(p + 12);
}
inline void set_destination(std::uint8_t* p, Ipv4 destination) {
  store16(p + 10, update_checksum(load16(p + 10), Ipv4::load(p + 16), destination));
  destination.store(p + 16);
}

}  // namespace lvslab::wire
