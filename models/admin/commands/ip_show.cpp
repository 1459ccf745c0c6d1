// How `ip link` and `ip address` print an interface: flags, operational state, hardware address,
// counters.
#include <algorithm>
#include <array>
#include <string>

#include "admin/commands/ip.h"

namespace lvslab::admin {

using net::Interface;
using net::InterfaceKind;

std::string link_name(const net::Host& host, const Interface& interface) {
  if (interface.kind == InterfaceKind::kVlan && interface.parent < host.interfaces().size()) {
    return interface.name + "@" + host.interface(interface.parent).name;
  }
  if (interface.kind == InterfaceKind::kIpip) return interface.name + "@NONE";
  return interface.name;
}

std::string link_flags(const Interface& interface) {
  const bool broadcast = !interface.loopback() && interface.kind != InterfaceKind::kIpip;
  const bool multicast =
      interface.kind == InterfaceKind::kEthernet || interface.kind == InterfaceKind::kVlan;
  const bool point_to_point =
      interface.kind == InterfaceKind::kIpip && !interface.tunnel_remote.is_zero();
  std::string flags;
  const auto add = [&](bool set, std::string_view name) {
    if (!set) return;
    if (!flags.empty()) flags += ',';
    flags += name;
  };
  add(interface.up && !interface.carrier, "NO-CARRIER");
  add(interface.loopback(), "LOOPBACK");
  add(broadcast, "BROADCAST");
  add(point_to_point, "POINTOPOINT");
  add(multicast, "MULTICAST");
  add(interface.noarp && !interface.loopback(), "NOARP");
  add(interface.promiscuous, "PROMISC");
  add(interface.up, "UP");
  add(interface.running(), "LOWER_UP");
  return "<" + flags + ">";
}

// Devices without a cable never learn whether anything is at the other end: they stay UNKNOWN.
std::string_view link_state(const Interface& interface) {
  if (!interface.up) return "DOWN";
  const bool real =
      interface.kind == InterfaceKind::kEthernet || interface.kind == InterfaceKind::kVlan;
  if (!real) return "UNKNOWN";
  if (interface.carrier) return "UP";
  return interface.kind == InterfaceKind::kVlan ? "LOWERLAYERDOWN" : "DOWN";
}

std::string link_address(const Interface& interface) {
  return interface.kind == InterfaceKind::kIpip ? to_string(interface.tunnel_local)
                                                : to_string(interface.mac);
}

std::string_view link_type_name(InterfaceKind kind) {
  switch (kind) {
    case InterfaceKind::kDummy:
      return "dummy";
    case InterfaceKind::kIpip:
      return "ipip";
    case InterfaceKind::kVlan:
      return "vlan";
    case InterfaceKind::kEthernet:
    case InterfaceKind::kLoopback:
      break;
  }
  return "";
}

std::string one_line(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', '\\');
  return text + '\n';
}

namespace {

std::string hardware_line(const Interface& interface) {
  if (interface.loopback()) {
    return "    link/loopback " + to_string(interface.mac) + " brd 00:00:00:00:00:00";
  }
  if (interface.kind == InterfaceKind::kIpip) {
    const bool peer = !interface.tunnel_remote.is_zero();
    return "    link/ipip " + to_string(interface.tunnel_local) + (peer ? " peer " : " brd ") +
           to_string(interface.tunnel_remote);
  }
  return "    link/ether " + to_string(interface.mac) + " brd ff:ff:ff:ff:ff:ff";
}

std::string detail_line(const Interface& interface) {
  if (interface.kind == InterfaceKind::kVlan) {
    return "    vlan protocol 802.1Q id " + std::to_string(interface.vlan_id) + " <REORDER_HDR> \n";
  }
  if (interface.kind == InterfaceKind::kIpip) {
    const auto end = [](wire::Ipv4 a) { return a.is_zero() ? std::string("any") : to_string(a); };
    return "    ipip " + std::string(is_fallback_tunnel(interface) ? "any" : "ipip") + " remote " +
           end(interface.tunnel_remote) + " local " + end(interface.tunnel_local) + " ttl " +
           (interface.tunnel_ttl == 0 ? "inherit" : std::to_string(interface.tunnel_ttl)) +
           (interface.tunnel_pmtudisc ? " pmtudisc \n" : " nopmtudisc \n");
  }
  const std::string_view type = link_type_name(interface.kind);
  return type.empty() ? "" : "    " + std::string(type) + " \n";
}

}  // namespace

std::string link_lines(const IpCall& ip, const net::Host& host, const Interface& interface,
                       bool addresses) {
  // A queueing discipline is put on when the device first goes up.
  std::string text = std::to_string(interface.ifindex) + ": " + link_name(host, interface) + ": " +
                     link_flags(interface) + " mtu " + std::to_string(interface.mtu) + " qdisc " +
                     (interface.up || interface.times_down > 0 ? "noqueue" : "noop") + " state " +
                     std::string(link_state(interface)) + (addresses ? "" : " mode DEFAULT") +
                     " group default";
  if (interface.txqueuelen > 0) text += " qlen " + std::to_string(interface.txqueuelen);
  text += '\n';
  if (addresses && ip.options.inet_only) return text;
  text += hardware_line(interface);
  if (ip.options.details) {
    const bool ethernet = interface.kind == InterfaceKind::kEthernet;
    const bool bounded = ethernet || interface.kind == InterfaceKind::kVlan;
    const std::string detail = detail_line(interface);
    text += " promiscuity " + std::string(interface.promiscuous ? "1" : "0") +
            "  allmulti 0 minmtu " + (ethernet ? "68" : "0") + " maxmtu " +
            (bounded ? "65535 " : "0 ") +
            (detail.empty() ? "" : "\n" + detail.substr(0, detail.size() - 1)) +
            "addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 "
            "tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536 \n";
  } else {
    text += '\n';
  }
  return text;
}

// Columns are as wide as their titles or their widest number, the same for both directions.
std::string link_statistics(const Interface& interface) {
  const std::array<std::uint64_t, 6> rx{
      interface.rx_bytes, interface.rx_packets, 0, interface.rx_dropped, 0, 0};
  const std::array<std::uint64_t, 6> tx{
      interface.tx_bytes, interface.tx_packets, 0, interface.tx_dropped, 0, 0};
  std::array<std::size_t, 6> width{10, 7, 6, 7, 7, 7};
  for (std::size_t i = 0; i < width.size(); ++i) {
    width[i] = std::max({width[i], std::to_string(rx[i]).size(), std::to_string(tx[i]).size()});
  }
  const auto rows = [&](std::string_view title, const std::array<std::string_view, 6>& names,
                        const std::array<std::uint64_t, 6>& values) {
    std::string head = "    " + std::string(title) + pad_left(names[0], width[0] - title.size());
    std::string row = "    " + pad_left(std::to_string(values[0]), width[0]);
    for (std::size_t i = 1; i < width.size(); ++i) {
      head += ' ' + pad_left(names[i], width[i]);
      row += ' ' + pad_left(std::to_string(values[i]), width[i]);
    }
    return head + "           \n" + row + " \n";
  };
  return rows("RX:", {"bytes", "packets", "errors", "dropped", "missed", "mcast"}, rx) +
         rows("TX:", {"bytes", "packets", "errors", "dropped", "carrier", "collsns"}, tx);
}

}  // namespace lvslab::admin
