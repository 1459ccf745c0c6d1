#include "admin/commands/words.h"

#include <string>

namespace lvslab::admin {
namespace {

std::optional<std::uint32_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

bool white_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

bool abbreviates(std::string_view word, std::string_view full) {
  return !word.empty() && full.substr(0, word.size()) == word;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto d = digit(c);
    if (!d || *d >= base) return std::nullopt;
    value = value * base + *d;
    if (value > 0xffffffffu) return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

std::optional<wire::Ipv4> parse_inet(std::string_view text) {
  if (text == "any" || text == "all" || text == "default") return wire::Ipv4{};
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = text.find('.');
    const auto number = parse_number(text.substr(0, dot));
    if (!number || *number > 255) return std::nullopt;
    value |= *number << (24 - 8 * part);
    if (dot == std::string_view::npos) return wire::Ipv4{value};
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

std::optional<wire::Ipv4> parse_inet_short(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = text.find('.');
    const auto number = parse_number(text.substr(0, dot));
    if (!number) return std::nullopt;
    if (dot == std::string_view::npos) {
      if (part > 0 && *number > (0xffffffffu >> (8 * part))) return std::nullopt;
      return wire::Ipv4{value | *number};
    }
    if (*number > 255 || part == 3) return std::nullopt;
    value |= *number << (24 - 8 * part);
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

std::optional<InetPrefix> parse_inet_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view head = text.substr(0, slash);
  const auto address = parse_inet(head);
  if (!address) return std::nullopt;
  const bool word = head == "any" || head == "all" || head == "default";
  InetPrefix result{{*address, static_cast<std::uint8_t>(word ? 0 : 32)}, false};
  if (slash == std::string_view::npos) return result;
  const std::string_view tail = text.substr(slash + 1);
  std::optional<std::uint32_t> length = parse_number(tail);
  if (!length && tail.find('.') != std::string_view::npos) {
    if (const auto mask = wire::parse_ipv4(tail)) length = wire::mask_length(*mask);
  }
  if (!length || *length > 32) return std::nullopt;
  result.prefix.length = static_cast<std::uint8_t>(*length);
  result.length_given = true;
  return result;
}

std::optional<wire::Mac> parse_lladdr(std::string_view text, std::size_t* bytes) {
  std::uint64_t value = 0;
  std::size_t count = 0;
  if (bytes != nullptr) *bytes = 0;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.empty() || part.size() > 2 || count == 32) return std::nullopt;
    std::uint64_t byte = 0;
    for (const char c : part) {
      const auto d = digit(c);
      if (!d) return std::nullopt;
      byte = byte * 16 + *d;
    }
    value = (value << 8) | byte;
    ++count;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (bytes != nullptr) *bytes = count;
  if (count != 6) return std::nullopt;
  return wire::Mac{value};
}

bool may_be_host_name(std::string_view text) {
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  }
  return false;
}

bool valid_name_characters(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return false;
  for (const char c : name) {
    if (c == '/' || c == ':' || c == '\0' || white_space(c)) return false;
  }
  return true;
}

std::string_view device_of_label(std::string_view label) {
  return label.substr(0, label.find(':'));
}

const net::Address* find_label(const net::Interface& interface, std::string_view label) {
  for (const net::Address& address : interface.addresses) {
    if (address.label == label) return &address;
  }
  return nullptr;
}

bool is_fallback_tunnel(const net::Interface& interface) {
  return interface.kind == net::InterfaceKind::kIpip && interface.name == "tunl0";
}

std::optional<net::Scope> parse_scope(std::string_view text) {
  if (text == "global" || text == "universe") return net::Scope::kUniverse;
  if (text == "site") return net::Scope::kSite;
  if (text == "link") return net::Scope::kLink;
  if (text == "host") return net::Scope::kHost;
  if (text == "nowhere") return net::Scope::kNowhere;
  const auto number = parse_number(text);
  if (!number || *number > 255) return std::nullopt;
  return static_cast<net::Scope>(*number);
}

std::string scope_name(net::Scope scope) {
  switch (scope) {
    case net::Scope::kUniverse:
      return "global";
    case net::Scope::kSite:
      return "site";
    case net::Scope::kLink:
      return "link";
    case net::Scope::kHost:
      return "host";
    case net::Scope::kNowhere:
      return "nowhere";
  }
  return std::to_string(static_cast<unsigned>(scope));
}

std::string pad_right(std::string_view text, std::size_t width) {
  std::string result(text);
  if (result.size() < width) result.append(width - result.size(), ' ');
  return result;
}

std::string pad_left(std::string_view text, std::size_t width) {
  std::string result;
  if (text.size() < width) result.assign(width - text.size(), ' ');
  result += text;
  return result;
}

}  // namespace lvslab::admin
