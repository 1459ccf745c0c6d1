// Host and service names as ipvsadm reads and prints them: dotted addresses in all of inet_aton's
// forms, IPv6 literals (recognised only), /etc/hosts of the machine, and the well-known ports of
// /etc/services.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "admin/machine.h"
#include "wire/address.h"
#include "wire/ipv4.h"

namespace lvslab::admin::ipvsadm {

/// "10.0.0.1", "10.1" (10.0.0.1), "0x0a000001", "33" (0.0.0.33): one to four parts, the last fills
/// the rest.
std::optional<wire::Ipv4> parse_loose_ipv4(std::string_view text);
bool is_ipv6_literal(std::string_view text);
/// A whole decimal number within [min, max]; blanks before it and a sign are allowed.
std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t min,
                                          std::int64_t max);

/// An address or a name of /etc/hosts.
std::optional<wire::Ipv4> resolve_host(const Machine& machine, std::string_view name);
/// The name of an address, or its digits.
std::string host_text(const Machine& machine, wire::Ipv4 address);
std::optional<std::uint16_t> service_port(std::string_view name, wire::Protocol protocol);
/// Empty: the port has no name.
std::string_view service_name(std::uint16_t port, wire::Protocol protocol);

}  // namespace lvslab::admin::ipvsadm
