// SCTP's common header and chunk headers (RFC 9260), as far as a director looks at them. The
// checksum is CRC32c over the whole packet, stored with its low byte first; it covers ports but no
// addresses.
//
//   0 sport 2 dport 4 verification tag 8 checksum 12 first chunk: type, flags, length (2)
#pragma once

#include <cstdint>
#include <span>

#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kSctpHeader = 12, kSctpChunkHeader = 4;

enum class SctpChunk : std::uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kShutdownComplete = 14
};

/// The checksum field's value, of a packet of these bytes and `zeros` bytes of 0 behind them; what
/// stands in the field now does not matter. bytes.size() >= kSctpHeader.
std::uint32_t sctp_checksum(std::span<const std::uint8_t> bytes, std::uint32_t zeros = 0);
/// As it stands in the header.
inline std::uint32_t load_sctp_checksum(const std::uint8_t* p) {
  return std::uint32_t{p[8]} | (std::uint32_t{p[9]} << 8) | (std::uint32_t{p[10]} << 16) |
         (std::uint32_t{p[11]} << 24);
}
inline void store_sctp_checksum(std::uint8_t* p, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) p[8 + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace lvslab::wire
