#include "net/netfilter/extension.h"

#include <algorithm>

namespace lvslab::net::netfilter {

std::string Words::value() {
  if (attached_) return *attached_;
  if (next_ < words_.size()) return words_[next_++];
  fail("option \"" + option_ + "\" requires an argument");
  return {};
}

std::optional<std::uint32_t> read_number(std::string_view text) {
  unsigned base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 11) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A') + 10
                                                  : 99;
    if (digit >= base) return std::nullopt;
    number = number * base + digit;
  }
  if (number > 0xffffffff) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

std::string hex(std::uint32_t number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number & 15]);
    number >>= 4;
  } while (number != 0);
  return "0x" + digits;
}

std::optional<Masked> read_masked(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto value = read_number(text.substr(0, slash));
  if (!value) return std::nullopt;
  if (slash == std::string_view::npos) return Masked{*value, 0xffffffff};
  const auto mask = read_number(text.substr(slash + 1));
  if (!mask) return std::nullopt;
  return Masked{*value, *mask};
}

std::string save_string(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::optional<std::uint16_t> read_port(Words& words, std::string_view text) {
  if (const auto number = read_number(text); number && *number <= 0xffff)
    return static_cast<std::uint16_t>(*number);
  const auto port = words.names().port(text, static_cast<wire::Protocol>(words.protocol));
  if (!port) words.fail("invalid port/service `" + std::string(text) + "' specified");
  return port;
}

std::string port_text(std::uint16_t port, wire::Protocol protocol, const Listing& listing) {
  const std::string_view name =
      listing.numeric ? std::string_view{} : listing.names.port_name(port, protocol);
  return name.empty() ? std::to_string(port) : std::string(name);
}

}  // namespace lvslab::net::netfilter
