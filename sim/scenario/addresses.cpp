// The address part of units.h.
#include <algorithm>
#include <string>

#include "scenario/text.h"
#include "scenario/units.h"

namespace lvslab::scenario {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string plain_decimal(std::string_view text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(text.substr(first));
}

Error not_that(std::string_view text, std::string_view wanted, std::string_view example) {
  return {shown(text) + " is not " + std::string(wanted),
          "Write for example " + std::string(example)};
}

bool looks_like_ipv6(std::string_view text) {
  if (!text.empty() && text.front() == '[') return true;
  return std::count(text.begin(), text.end(), ':') >= 2 &&
         text.find_first_not_of("0123456789abcdefABCDEF:./%") == std::string_view::npos;
}

Error bad_address(std::string_view text, std::string_view wanted, std::string_view example) {
  if (looks_like_ipv6(text)) {
    return {"not yet: IPv6 address " + shown(text), "IPv6 comes with a later version; IPv4 works"};
  }
  // Four parts of digits: say which of them is wrong.
  const std::string_view quad = text.substr(0, text.find_first_of(":/"));
  const std::vector<std::string_view> parts = split_words(quad, '.');
  const bool numeric = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  });
  if (parts.size() == 4 && numeric && !quad.empty() && quad.back() != '.') {
    for (const std::string_view part : parts) {
      if (part.size() > 1 && part[0] == '0') {
        return {"the part " + shown(part) + " of " + shown(text) + " has a leading zero",
                "Write " + plain_decimal(part)};
      }
      if (part.size() > 3 || std::stoi(std::string(part)) > 255) {
        return {"the part " + shown(part) + " of " + shown(text) + " is out of range",
                "Each part of an address is 0 to 255"};
      }
    }
  }
  return not_that(text, wanted, example);
}

}  // namespace

Result<wire::Ipv4> parse_address(std::string_view text) {
  if (const auto address = wire::parse_ipv4(text)) return *address;
  if (wire::parse_prefix(text) && text.find('/') != std::string_view::npos) {
    return fail(shown(text) + " has a prefix length, an address alone is wanted",
                "Write " + std::string(text.substr(0, text.find('/'))));
  }
  if (wire::parse_endpoint(text)) {
    return fail(shown(text) + " has a port, an address alone is wanted",
                "Write " + std::string(text.substr(0, text.find(':'))));
  }
  return tl::unexpected<Error>(bad_address(text, "an IPv4 address", "192.168.1.10"));
}

Result<wire::Prefix> parse_interface_address(std::string_view text) {
  if (wire::parse_ipv4(text)) {
    return fail(shown(text) + " has no prefix length",
                "Write " + std::string(text) + "/24, or /32 for this address alone");
  }
  const auto prefix = wire::parse_prefix(text);
  if (!prefix) {
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos && wire::parse_ipv4(text.substr(0, slash))) {
      return fail(shown(text.substr(slash)) + " is not a prefix length", "It is /0 to /32");
    }
    return tl::unexpected<Error>(
        bad_address(text, "an address with prefix length", "192.168.1.10/24"));
  }
  const wire::Ipv4 address = prefix->address;
  if (address.is_zero_network() || address.is_multicast() || address.is_limited_broadcast()) {
    return fail(shown(text) + " is not an address a host can have");
  }
  if (prefix->length < 31 && address == prefix->network()) {
    return fail(shown(text) + " is the network itself: its host bits are all 0",
                "Give the host's own address in that network");
  }
  if (prefix->length < 31 && address == prefix->broadcast()) {
    return fail(shown(text) + " is the broadcast address of its network: its host bits are all 1",
                "Give the host's own address in that network");
  }
  return *prefix;
}

Result<wire::Endpoint> parse_service(std::string_view text) {
  if (const auto endpoint = wire::parse_endpoint(text)) {
    if (endpoint->port == 0) return fail("port 0 names no service", "Write a port from 1 to 65535");
    return *endpoint;
  }
  if (wire::parse_ipv4(text)) {
    return fail(shown(text) + " has no port", "Write for example " + std::string(text) + ":80");
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && wire::parse_ipv4(text.substr(0, colon)) &&
      colon == text.rfind(':')) {
    return fail(shown(text.substr(colon + 1)) + " is not a port",
                "A port is a number from 1 to 65535");
  }
  return tl::unexpected<Error>(bad_address(text, "an address with a port", "192.168.1.10:80"));
}

Result<wire::Mac> parse_mac_address(std::string_view text) {
  if (const auto mac = wire::parse_mac(text)) return *mac;
  return tl::unexpected<Error>(not_that(text, "a MAC address", "02:00:00:00:00:01"));
}

}  // namespace lvslab::scenario
