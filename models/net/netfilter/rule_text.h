// Parts of rules as the tools print them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lvslab::net::netfilter {

/// "/24", or "/255.0.255.0" for a mask with holes.
std::string mask_text(std::uint32_t mask);
/// "tcp"; empty: the number has no name.
std::string_view protocol_name(std::uint8_t protocol);
/// A name or a number; above 255: none.
unsigned protocol_number(std::string_view text);

}  // namespace lvslab::net::netfilter
