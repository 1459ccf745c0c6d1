// Reading and writing the words of network commands as iproute2 and net-tools do: abbreviated
// keywords, numbers in C notation, addresses with missing parts, interface names, padded columns.
// Every function is total: words are hostile, a wrong one gives nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/host.h"
#include "wire/address.h"

namespace lvslab::admin {

/// Longest interface name or label, characters.
inline constexpr std::size_t kLongestName = 15;

/// `word` is `full` or the beginning of it.
bool abbreviates(std::string_view word, std::string_view full);

/// "12", "0x1f" or "017", as strtoul reads them; nothing beyond 32 bits.
std::optional<std::uint32_t> parse_number(std::string_view text);
/// One to four parts, missing ones are 0 ("10.1" is 10.1.0.0); "any", "all" and "default" are
/// 0.0.0.0.
std::optional<wire::Ipv4> parse_inet(std::string_view text);
struct InetPrefix {
  wire::Prefix prefix;
  bool length_given = false;
};
/// As inet_aton: the last part fills what is left ("10.1" is 10.0.0.1, "0" is 0.0.0.0).
std::optional<wire::Ipv4> parse_inet_short(std::string_view text);
/// Address, with "/24" or "/255.255.255.0" if wanted; "default" is 0.0.0.0/0.
std::optional<InetPrefix> parse_inet_prefix(std::string_view text);
/// Six bytes of one or two hex digits. `bytes`: how many well-formed ones there were, 0 if it is
/// none at all.
std::optional<wire::Mac> parse_lladdr(std::string_view text, std::size_t* bytes = nullptr);
/// Has a letter in it, so that a resolver would be asked.
bool may_be_host_name(std::string_view text);

/// Whether a device may be called so: not empty, no '/', ':' or white space. The length is checked
/// apart.
bool valid_name_characters(std::string_view name);
/// "eth0:1" -> "eth0".
std::string_view device_of_label(std::string_view label);
/// First address of the interface that carries `label`, or null.
const net::Address* find_label(const net::Interface& interface, std::string_view label);
/// ipip's own device, which takes what no other tunnel does and cannot be deleted.
bool is_fallback_tunnel(const net::Interface& interface);
/// Scope by name or number.
std::optional<net::Scope> parse_scope(std::string_view text);
std::string scope_name(net::Scope scope);

std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

}  // namespace lvslab::admin
