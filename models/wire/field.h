// Big-endian fields at given places of a byte array.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace lvslab::wire {

namespace detail {
/// One load or store of the whole word: byte by byte, the processor would wait for its own stores
/// when a checksum reads them back. Constant expressions go byte by byte.
template <typename Word>
constexpr Word to_network(Word v) {
  if constexpr (std::endian::native == std::endian::little) {
    return sizeof v == 2 ? static_cast<Word>(__builtin_bswap16(static_cast<std::uint16_t>(v)))
                         : static_cast<Word>(__builtin_bswap32(static_cast<std::uint32_t>(v)));
  }
  return v;
}
}  // namespace detail

constexpr std::uint16_t load16(const std::uint8_t* p) {
  if (std::is_constant_evaluated()) return static_cast<std::uint16_t>((p[0] << 8) | p[1]);
  std::uint16_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return detail::to_network(word);
}
constexpr std::uint32_t load32(const std::uint8_t* p) {
  if (std::is_constant_evaluated()) {
    return (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16) | (std::uint32_t{p[2]} << 8) |
           p[3];
  }
  std::uint32_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return detail::to_network(word);
}
constexpr void store16(std::uint8_t* p, std::uint16_t v) {
  if (std::is_constant_evaluated()) {
    p[0] = static_cast<std::uint8_t>(v >> 8);
    p[1] = static_cast<std::uint8_t>(v);
    return;
  }
  const std::uint16_t word = detail::to_network(v);
  __builtin_memcpy(p, &word, sizeof word);
}
constexpr void store32(std::uint8_t* p, std::uint32_t v) {
  if (std::is_constant_evaluated()) {
    p[0] = static_cast<std::uint8_t>(v >> 24);
    p[1] = static_cast<std::uint8_t>(v >> 16);
    p[2] = static_cast<std::uint8_t>(v >> 8);
    p[3] = static_cast<std::uint8_t>(v);
    return;
  }
  const std::uint32_t word = detail::to_network(v);
  __builtin_memcpy(p, &word, sizeof word);
}

}  // namespace lvslab::wire
