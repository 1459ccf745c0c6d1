// How ifconfig prints a device or a label (net-tools 2.10).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/host.h"

namespace lvslab::admin {

/// Bits of the old flags word.
inline constexpr unsigned kFlagUp = 1, kFlagBroadcast = 2, kFlagLoopback = 8,
                          kFlagPointToPoint = 0x10, kFlagRunning = 0x40, kFlagNoarp = 0x80,
                          kFlagPromiscuous = 0x100, kFlagMulticast = 0x1000;
unsigned interface_flags(const net::Interface& interface);

/// The paragraph of `name`, the device's own or a label of it; only the device's own has counters.
std::string interface_block(const net::Interface& interface, std::string_view name);
/// -s
std::string interface_row_title();
std::string interface_row(const net::Interface& interface, std::string_view name);
/// Devices that are up (`all`: every one), by name, each with its labels.
std::string list_interfaces(const net::Host& host, bool all, bool brief);

}  // namespace lvslab::admin
