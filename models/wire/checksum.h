// The Internet checksum (RFC 1071) and its incremental update (RFC 1624, eqn. 3). Zeros behind the
// real bytes add nothing, so a payload's length of zeros needs no loop.
#pragma once

#include <cstdint>
#include <span>

#include "wire/address.h"

namespace lvslab::wire {

/// Running one's complement sum of big-endian 16-bit words; an odd last byte counts as high byte.
/// `sum` is what an earlier part (of even length) came to.
std::uint64_t sum_words(std::span<const std::uint8_t> bytes, std::uint64_t sum = 0);

/// Folds and complements: the value of the checksum field.
constexpr std::uint16_t finish_sum(std::uint64_t sum) {
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

/// Checksum of `bytes`, whose own checksum field must be zero. Over a correct header: 0.
inline std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  return finish_sum(sum_words(bytes));
}

/// Sum of the TCP/UDP pseudo header (RFC 793, 768): addresses, protocol, transport length.
constexpr std::uint64_t pseudo_header_sum(Ipv4 source, Ipv4 destination, std::uint8_t protocol,
                                          std::uint32_t length) {
  return (source.value >> 16) + (source.value & 0xffff) + (destination.value >> 16) +
         (destination.value & 0xffff) + std::uint64_t{protocol} + length;
}

/// HC' = ~(~HC + ~m + m') for a 16-bit word m that became m'.
constexpr std::uint16_t update_checksum(std::uint16_t hc, std::uint16_t from, std::uint16_t to) {
  std::uint32_t sum =
      static_cast<std::uint16_t>(~hc) + std::uint32_t{static_cast<std::uint16_t>(~from)} + to;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}
constexpr std::uint16_t update_checksum(std::uint16_t hc, Ipv4 from, Ipv4 to) {
  hc = update_checksum(hc, static_cast<std::uint16_t>(from.value >> 16),
                       static_cast<std::uint16_t>(to.value >> 16));
  return update_checksum(hc, static_cast<std::uint16_t>(from.value),
                         static_cast<std::uint16_t>(to.value));
}

}  // namespace lvslab::wire
