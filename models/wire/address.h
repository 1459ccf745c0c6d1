// Addresses as values: IPv4 and MAC, prefixes, endpoints. Text forms are strict: "192.168.0.1" has
// four decimal parts of 0..255 without leading zeros, a MAC six pairs of hex digits.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/field.h"

namespace lvslab::wire {

struct Ipv4 {
  std::uint32_t value = 0;  ///< host order: 192.168.0.1 is 0xc0a80001

  constexpr auto operator<=>(const Ipv4&) const = default;
  constexpr bool is_zero() const { return value == 0; }
  constexpr bool is_limited_broadcast() const { return value == 0xffffffff; }
  constexpr bool is_multicast() const { return (value >> 28) == 0xe; }
  constexpr bool is_loopback() const { return (value >> 24) == 127; }
  constexpr bool is_zero_network() const { return (value >> 24) == 0; }
  static constexpr Ipv4 load(const std::uint8_t* p) { return {load32(p)}; }
  constexpr void store(std::uint8_t* p) const { store32(p, value); }
};

constexpr Ipv4 ipv4(int a, int b, int c, int d) {
  return {(static_cast<std::uint32_t>(a) << 24) | (static_cast<std::uint32_t>(b) << 16) |
          (static_cast<std::uint32_t>(c) << 8) | static_cast<std::uint32_t>(d)};
}

struct Mac {
  std::uint64_t value = 0;  ///< low 48 bits, first byte on the wire highest

  constexpr auto operator<=>(const Mac&) const = default;
  constexpr bool is_zero() const { return value == 0; }
  constexpr bool is_broadcast() const { return value == 0xffffffffffffULL; }
  constexpr bool is_group() const { return ((value >> 40) & 1) != 0; }
  static constexpr Mac load(const std::uint8_t* p) {
    return {(std::uint64_t{load16(p)} << 32) | load32(p + 2)};
  }
  constexpr void store(std::uint8_t* p) const {
    store16(p, static_cast<std::uint16_t>(value >> 32));
    store32(p + 2, static_cast<std::uint32_t>(value));
  }
};
inline constexpr Mac kBroadcastMac{0xffffffffffffULL};

constexpr std::uint32_t netmask(int length) {
  return length == 0 ? 0 : 0xffffffffu << (32 - length);
}

struct Prefix {
  Ipv4 address;  ///< may have host bits set; network() clears them
  std::uint8_t length = 32;

  constexpr auto operator<=>(const Prefix&) const = default;
  constexpr Ipv4 network() const { return {address.value & netmask(length)}; }
  constexpr Ipv4 broadcast() const { return {address.value | ~netmask(length)}; }
  constexpr bool contains(Ipv4 other) const {
    return ((other.value ^ address.value) & netmask(length)) == 0;
  }
};

struct Endpoint {
  Ipv4 address;
  std::uint16_t port = 0;
  constexpr auto operator<=>(const Endpoint&) const = default;
};

std::string to_string(Ipv4 address);
std::string to_string(Mac mac);               ///< lower case, colons
std::string to_string(const Prefix& prefix);  ///< "10.0.0.0/8"
std::string to_string(const Endpoint& endpoint);

std::optional<Ipv4> parse_ipv4(std::string_view text);
std::optional<Mac> parse_mac(std::string_view text);
/// "A" (length 32) or "A/L".
std::optional<Prefix> parse_prefix(std::string_view text);
/// "A:PORT", port 0..65535.
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// 255.255.255.0 -> 24; nothing for a mask with holes.
std::optional<std::uint8_t> mask_length(Ipv4 mask);

}  // namespace lvslab::wire
