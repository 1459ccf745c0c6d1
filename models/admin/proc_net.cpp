#include "admin/proc_net.h"

#include <array>
#include <cstdarg>
#include <cstdio>

#include "admin/commands/conntrack.h"
#include "admin/commands/words.h"
#include "admin/machine.h"
#include "lvs/forwarder.h"

namespace lvslab::admin {
namespace {

using net::NeighbourState;

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...) {
  std::array<char, 256> text{};
  va_list args;
  va_start(args, pattern);
  std::vsnprintf(text.data(), text.size(), pattern, args);
  va_end(args);
  return text.data();
}

/// As a machine with x86's byte order shows the bytes of an address.
std::uint32_t swapped(std::uint32_t v) {
  return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

std::string arp_file(const Machine& machine) {
  const net::Host& host = machine.host();
  std::string text =
      "IP address       HW type     Flags       HW address            Mask     Device\n";
  const auto line = [&](wire::Ipv4 address, unsigned flags, wire::Mac mac, InterfaceIndex device) {
    text += format("%-16s 0x%-10x0x%-10x%s", wire::to_string(address).c_str(), 1u, flags,
                   wire::to_string(mac).c_str()) +
            "     *        " + host.interface(device).name + "\n";
  };
  for (const net::Neighbour* entry : host.neighbours().list()) {
    if (entry->state == NeighbourState::kNoarp || entry->state == NeighbourState::kNone) continue;
    const bool known = net::neighbour_valid(entry->state);
    const unsigned flags = entry->state == NeighbourState::kPermanent ? 6 : known ? 2 : 0;
    line(entry->address, flags, known ? entry->mac : wire::Mac{}, entry->device);
  }
  for (const auto& [device, address] : host.neighbours().proxies())
    line(address, 0xc, wire::Mac{}, device);
  return text;
}

std::string route_file(const Machine& machine) {
  const net::Host& host = machine.host();
  const auto padded = [](std::string line) { return pad_right(line, 127) + "\n"; };
  std::string text =
      padded("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
  for (const net::Route& route : host.routes().list(net::kTableMain)) {
    const bool reject = route.type != net::RouteType::kUnicast;
    const unsigned flags = 1u | (route.gateway.is_zero() ? 0u : 2u) |
                           (route.destination.length == 32 ? 4u : 0u) | (reject ? 0x200u : 0u);
    const std::string device = reject || route.device >= host.interfaces().size()
                                   ? "*"
                                   : host.interface(route.device).name;
    text += padded(device + format("\t%08X\t%08X\t%04X\t0\t0\t%u\t%08X\t%u\t0\t0",
                                   swapped(route.destination.address.value),
                                   swapped(route.gateway.value), flags, route.metric,
                                   swapped(wire::netmask(route.destination.length)),
                                   route.mtu > 0 ? route.mtu : 0));
  }
  return text;
}

std::string device_file(const Machine& machine) {
  std::string text =
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
      "drop "
      "fifo colls carrier compressed\n";
  for (const net::Interface& nic : machine.host().interfaces()) {
    if (nic.removed) continue;
    text += pad_left(nic.name, 6) +
            format(
                ": %7llu %7llu    0 %4llu    0     0          0         0 %8llu %7llu    0 %4llu "
                "   0     0       0          0\n",
                static_cast<unsigned long long>(nic.rx_bytes),
                static_cast<unsigned long long>(nic.rx_packets),
                static_cast<unsigned long long>(nic.rx_dropped),
                static_cast<unsigned long long>(nic.tx_bytes),
                static_cast<unsigned long long>(nic.tx_packets),
                static_cast<unsigned long long>(nic.tx_dropped));
  }
  return text;
}

std::string conntrack_file(const Machine& machine) {
  std::string text;
  auto* tracker = machine.netfilter().conntrack();
  if (tracker == nullptr) return text;
  for (const auto* entry : tracker->list(machine.host().last_turn())) {
    if (text.size() > (1u << 20)) break;
    text += conntrack_line(*entry, machine.host().last_turn(), true) + " zone=0 use=2\n";
  }
  return text;
}

std::string_view protocol_name(wire::Protocol protocol) {
  if (protocol == wire::Protocol::kTcp) return "TCP";
  return protocol == wire::Protocol::kUdp ? "UDP" : "SCTP";
}

std::string service_file(const lvs::Director& director) {
  constexpr std::uint32_t kTicksPerSecond = 250;  // of Debian's kernel: the file shows ticks
  std::string text =
      "IP Virtual Server version 1.2.1 (size=4096)\n"
      "Prot LocalAddress:Port Scheduler Flags\n"
      "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n";
  for (const lvs::Service* service : director.services()) {
    const lvs::ServiceOptions& o = service->options;
    if (service->key.mark != 0) {
      text += format("FWM  %08X ", service->key.mark) + o.scheduler + " ";
    } else {
      text += std::string(protocol_name(service->key.protocol)) +
              format("  %08X:%04X ", service->key.address.address.value,
                     unsigned{service->key.address.port}) +
              o.scheduler + " ";
    }
    if (o.one_packet) text += "ops ";
    if (service->key.mark == 0) text += " ";
    if (o.persistence_timeout_s > 0)
      text += format("persistent %u %08X", o.persistence_timeout_s * kTicksPerSecond,
                     o.persistence_netmask);
    text += "\n";
    for (const lvs::Destination* server : service->destinations) {
      text += format("  -> %08X:%04X      %-7s %-6d %-10u %-10u\n", server->address.address.value,
                     unsigned{server->address.port},
                     std::string(lvs::forwarder(server->options.method).name).c_str(),
                     server->options.weight, server->active, server->inactive());
    }
  }
  return text;
}

struct Entry {
  std::string_view name;
  std::string_view module;  ///< there once this is loaded; empty: always
};
constexpr auto kFiles = std::to_array<Entry>({{"arp", ""},
                                              {"dev", ""},
                                              {"ip_tables_names", "ip_tables"},
                                              {"ip_vs", "ip_vs"},
                                              {"nf_conntrack", "nf_conntrack"},
                                              {"route", ""}});

}  // namespace

std::optional<std::string> read_proc_net(const Machine& machine, std::string_view name) {
  for (const Entry& file : kFiles) {
    if (file.name != name) continue;
    if (!file.module.empty() && !machine.modules().contains(file.module)) return std::nullopt;
    if (name == "arp") return arp_file(machine);
    if (name == "dev") return device_file(machine);
    if (name == "route") return route_file(machine);
    if (name == "nf_conntrack") return conntrack_file(machine);
    if (name == "ip_vs")
      return machine.director() == nullptr ? "" : service_file(*machine.director());
    std::string tables;
    for (const auto* table : machine.netfilter().tables())
      tables += std::string(table->kind().name) + "\n";
    return tables;
  }
  return std::nullopt;
}

std::vector<std::string> list_proc_net(const Machine& machine) {
  std::vector<std::string> names;
  for (const Entry& file : kFiles) {
    if (file.module.empty() || machine.modules().contains(file.module))
      names.emplace_back(file.name);
  }
  return names;
}

}  // namespace lvslab::admin
