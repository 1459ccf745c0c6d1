#include "wire/address.h"

#include <bit>
#include <charconv>

namespace lvslab::wire {
namespace {

/// A decimal number of at most `max`, digits only, no leading zero; takes it off the front of
/// `text`.
std::optional<std::uint32_t> take_decimal(std::string_view& text, std::uint32_t max) {
  std::size_t digits = 0;
  std::uint32_t value = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    value = value * 10 + static_cast<std::uint32_t>(text[digits] - '0');
    if (value > max) return std::nullopt;
    ++digits;
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Ipv4> take_ipv4(std::string_view& text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !take_char(text, '.')) return std::nullopt;
    const auto part = take_decimal(text, 255);
    if (!part) return std::nullopt;
    value = (value << 8) | *part;
  }
  return Ipv4{value};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char* write_ipv4(char* p, char* end, Ipv4 address) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (shift < 24) *p++ = '.';
    p = std::to_chars(p, end, (address.value >> shift) & 0xff).ptr;
  }
  return p;
}

}  // namespace

std::string to_string(Ipv4 address) {
  char text[16];
  return std::string(text, write_ipv4(text, text + sizeof text, address));
}

std::string to_string(Mac mac) {
  static constexpr char kDigits[] = "0123456789abcdef";
  char text[17];
  char* p = text;
  for (int shift = 40; shift >= 0; shift -= 8) {
    if (shift < 40) *p++ = ':';
    *p++ = kDigits[(mac.value >> (shift + 4)) & 15];
    *p++ = kDigits[(mac.value >> shift) & 15];
  }
  return std::string(text, p);
}

std::string to_string(const Prefix& prefix) {
  char text[20];
  char* p = write_ipv4(text, text + sizeof text, prefix.address);
  *p++ = '/';
  p = std::to_chars(p, text + sizeof text, prefix.length).ptr;
  return std::string(text, p);
}

std::string to_string(const Endpoint& endpoint) {
  char text[24];
  char* p = write_ipv4(text, text + sizeof text, endpoint.address);
  *p++ = ':';
  p = std::to_chars(p, text + sizeof text, endpoint.port).ptr;
  return std::string(text, p);
}

std::optional<Ipv4> parse_ipv4(std::string_view text) {
  const auto address = take_ipv4(text);
  return text.empty() ? address : std::nullopt;
}

std::optional<Mac> parse_mac(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2) {
      if (text[i] != ':') return std::nullopt;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    value = (value << 4) | static_cast<std::uint64_t>(digit);
  }
  return Mac{value};
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto address = take_ipv4(text);
  if (!address) return std::nullopt;
  if (text.empty()) return Prefix{*address, 32};
  if (!take_char(text, '/')) return std::nullopt;
  const auto length = take_decimal(text, 32);
  if (!length || !text.empty()) return std::nullopt;
  return Prefix{*address, static_cast<std::uint8_t>(*length)};
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto address = take_ipv4(text);
  if (!address || !take_char(text, ':')) return std::nullopt;
  const auto port = take_decimal(text, 65535);
  if (!port || !text.empty()) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::optional<std::uint8_t> mask_length(Ipv4 mask) {
  const int length = std::countl_one(mask.value);
  if (netmask(length) != mask.value) return std::nullopt;
  return static_cast<std::uint8_t>(length);
}

}  // namespace lvslab::wire
