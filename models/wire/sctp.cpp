#include "wire/sctp.h"

#include <array>

namespace lvslab::wire {

namespace {

/// RFC 9260 appendix A: the polynomial 0x1edc6f41, bits reflected.
constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

constexpr std::uint32_t step(std::uint32_t crc, std::uint8_t byte) {
  return (crc >> 8) ^ kTable[(crc ^ byte) & 0xff];
}

}  // namespace

std::uint32_t sctp_checksum(std::span<const std::uint8_t> bytes, std::uint32_t zeros) {
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool in_field = i >= 8 && i < kSctpHeader;
    crc = step(crc, in_field ? std::uint8_t{0} : bytes[i]);
  }
  for (std::uint32_t i = 0; i < zeros; ++i) crc = step(crc, 0);
  return ~crc;
}

}  // namespace lvslab::wire
