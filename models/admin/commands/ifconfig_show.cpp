#include "admin/commands/ifconfig_show.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "admin/commands/words.h"

namespace lvslab::admin {

using net::Interface;
using net::InterfaceKind;

unsigned interface_flags(const Interface& nic) {
  const bool on_cable = nic.kind == InterfaceKind::kEthernet || nic.kind == InterfaceKind::kVlan;
  unsigned flags = 0;
  if (nic.up) flags |= kFlagUp;
  if (on_cable || nic.kind == InterfaceKind::kDummy) flags |= kFlagBroadcast;
  if (nic.loopback()) flags |= kFlagLoopback;
  if (nic.kind == InterfaceKind::kIpip && !nic.tunnel_remote.is_zero()) flags |= kFlagPointToPoint;
  if (nic.running()) flags |= kFlagRunning;
  if (nic.noarp && !nic.loopback()) flags |= kFlagNoarp;
  if (nic.promiscuous) flags |= kFlagPromiscuous;
  if (on_cable) flags |= kFlagMulticast;
  return flags;
}

namespace {

struct FlagName {
  unsigned bit;
  std::string_view name;
  char letter;
};
constexpr std::array<FlagName, 8> kFlagNames{{{kFlagUp, "UP", 'U'},
                                              {kFlagBroadcast, "BROADCAST", 'B'},
                                              {kFlagLoopback, "LOOPBACK", 'L'},
                                              {kFlagPointToPoint, "POINTOPOINT", 'P'},
                                              {kFlagRunning, "RUNNING", 'R'},
                                              {kFlagNoarp, "NOARP", 'O'},
                                              {kFlagPromiscuous, "PROMISC", 'p'},
                                              {kFlagMulticast, "MULTICAST", 'M'}}};

std::string flag_names(unsigned flags) {
  std::string names;
  for (const FlagName& flag : kFlagNames) {
    if ((flags & flag.bit) == 0) continue;
    if (!names.empty()) names += ',';
    names += flag.name;
  }
  return "<" + names + ">";
}

// Tenths are cut off, not rounded.
std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && (bytes >> (10 * (unit + 1))) != 0) ++unit;
  const std::uint64_t whole = bytes >> (10 * unit);
  const std::uint64_t rest = bytes - (whole << (10 * unit));
  const std::uint64_t tenths = unit == 0 ? 0 : (rest * 10) >> (10 * unit);
  return std::to_string(whole) + "." + std::to_string(tenths) + " " + std::string(kUnits[unit]);
}

std::string counter_lines(const Interface& nic) {
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  return "        RX packets " + number(nic.rx_packets) + "  bytes " + number(nic.rx_bytes) + " (" +
         human_bytes(nic.rx_bytes) + ")\n        RX errors 0  dropped " + number(nic.rx_dropped) +
         "  overruns 0  frame 0\n        TX packets " + number(nic.tx_packets) + "  bytes " +
         number(nic.tx_bytes) + " (" + human_bytes(nic.tx_bytes) +
         ")\n        TX errors 0  dropped " + number(nic.tx_dropped) +
         " overruns 0  carrier 0  collisions 0\n";
}

std::string hardware_line(const Interface& nic) {
  const std::string queue = "  txqueuelen " + std::to_string(nic.txqueuelen);
  if (nic.loopback()) return "        loop" + queue + "  (Local Loopback)\n";
  if (nic.kind == InterfaceKind::kIpip) return "        tunnel " + queue + "  (IPIP Tunnel)\n";
  return "        ether " + to_string(nic.mac) + queue + "  (Ethernet)\n";
}

/// "eth10" sorts behind "eth9".
std::tuple<std::string, std::uint64_t, std::string> sort_key(const std::string& name) {
  std::size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  std::uint64_t number = 0;
  for (std::size_t i = digits; i < name.size(); ++i)
    number = number * 10 + static_cast<unsigned>(name[i] - '0');
  return {name.substr(0, digits), number, name};
}

/// The labels of a device besides its own name, in the order of its addresses, each once.
std::vector<std::string> labels(const Interface& nic) {
  std::vector<std::string> found;
  for (const net::Address& address : nic.addresses) {
    const bool own = address.label != nic.name && device_of_label(address.label) == nic.name;
    if (own && std::find(found.begin(), found.end(), address.label) == found.end())
      found.push_back(address.label);
  }
  std::sort(found.begin(), found.end(),
            [](const std::string& a, const std::string& b) { return sort_key(a) < sort_key(b); });
  return found;
}

}  // namespace

std::string interface_block(const Interface& nic, std::string_view name) {
  const unsigned flags = interface_flags(nic);
  std::string text = std::string(name) + ": flags=" + std::to_string(flags) + flag_names(flags) +
                     "  mtu " + std::to_string(nic.mtu) + "\n";
  if (const net::Address* address = find_label(nic, name)) {
    text += "        inet " + to_string(address->local) + "  netmask " +
            to_string(wire::Ipv4{wire::netmask(address->prefix_length)});
    if (flags & kFlagPointToPoint) text += "  destination " + to_string(address->local);
    if (flags & kFlagBroadcast) text += "  broadcast " + to_string(address->broadcast);
    text += "\n";
  }
  text += hardware_line(nic);
  if (name == nic.name) text += counter_lines(nic);
  return text + "\n";
}

std::string interface_row_title() {
  return "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";
}

std::string interface_row(const Interface& nic, std::string_view name) {
  const unsigned flags = interface_flags(nic);
  std::string letters;
  for (const char letter : std::string_view("BLMpOPRU")) {
    for (const FlagName& flag : kFlagNames) {
      if (flag.letter == letter && (flags & flag.bit) != 0) letters += letter == 'p' ? 'P' : letter;
    }
  }
  std::string row = pad_right(name.substr(0, 15), 15) + " " + pad_left(std::to_string(nic.mtu), 5);
  if (name != nic.name)
    return row + "      - no statistics available -                        " + letters + "\n";
  const auto right = [&](std::uint64_t n, std::size_t width) {
    row += " " + pad_left(std::to_string(n), width);
  };
  right(nic.rx_packets, 8);
  right(0, 6);
  right(nic.rx_dropped, 6);
  row += " " + pad_right("0", 6);
  right(nic.tx_packets, 8);
  right(0, 6);
  right(nic.tx_dropped, 6);
  right(0, 6);
  return row + " " + letters + "\n";
}

std::string list_interfaces(const net::Host& host, bool all, bool brief) {
  std::vector<const Interface*> shown;
  for (const Interface& nic : host.interfaces()) {
    if (!nic.removed && (all || nic.up)) shown.push_back(&nic);
  }
  std::sort(shown.begin(), shown.end(), [](const Interface* a, const Interface* b) {
    return sort_key(a->name) < sort_key(b->name);
  });
  std::string text = brief ? interface_row_title() : "";
  for (const Interface* nic : shown) {
    text += brief ? interface_row(*nic, nic->name) : interface_block(*nic, nic->name);
    for (const std::string& label : labels(*nic)) {
      text += brief ? interface_row(*nic, label) : interface_block(*nic, label);
    }
  }
  return text;
}

}  // namespace lvslab::admin
