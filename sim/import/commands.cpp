// A collected host as the commands that set it up: devices, addresses, routes, rules, neighbours,
// filters, services, in the order in which each finds what it needs.
#include <algorithm>

#include "fmt/format.h"
#include "import/write.h"

namespace lvslab::importer {
namespace {

using Kind = InterfaceFact::Kind;

class Script {
 public:
  Script(const GuessedLab& lab, std::size_t host, std::vector<std::string>& left_out)
      : lab_(lab), index_(host), host_(lab.hosts[host]), left_out_(left_out) {}

  std::vector<std::string> write() {
    for (const InterfaceFact& interface : host_.interfaces) add_device(interface);
    for (const InterfaceFact& interface : host_.interfaces) add_addresses(interface);
    // What others are reached through comes first.
    for (const RouteFact& route : host_.routes) {
      if (!route.gateway) add_route(route);
    }
    for (const RouteFact& route : host_.routes) {
      if (route.gateway) add_route(route);
    }
    for (const std::string& rule : host_.rules) add("ip rule add " + rule);
    add_neighbours();
    for (const std::string& rule : host_.arptables) add("arptables " + rule);
    add_iptables();
    add_services();
    return std::move(commands_);
  }

 private:
  void add(std::string command) { commands_.push_back(std::move(command)); }
  void leave_out(std::string sentence) { left_out_.push_back(std::move(sentence)); }

  bool exists(const std::string& device) const {
    const InterfaceFact* interface = host_.interface(device);
    if (interface == nullptr || interface->kind == Kind::kOther) return false;
    const bool cabled = interface->kind == Kind::kCabled || interface->kind == Kind::kVlan;
    return !cabled || lab_.segment_of(index_, device).has_value();
  }

  void add_device(const InterfaceFact& interface) {
    const std::string& name = interface.name;
    if (interface.kind == Kind::kLoopback || interface.kind == Kind::kOther) return;
    if (!exists(name)) {
      leave_out(fmt::format("interface {}: nothing says which network it is in", name));
      return;
    }
    std::uint32_t made_with = 1500;
    if (interface.kind == Kind::kCabled) {
      if (!interface.up) add(fmt::format("ip link set {} down", name));
      return;
    }
    if (interface.kind == Kind::kVlan) {
      add(fmt::format("ip link add link {} name {} type vlan id {}", interface.parent, name,
                      interface.vlan));
      made_with = host_.interface(interface.parent)->mtu;
    } else if (interface.kind == Kind::kDummy) {
      add(fmt::format("ip link add {} type dummy", name));
    } else {
      made_with = 1480;
    }
    if (interface.mtu != made_with) add(fmt::format("ip link set {} mtu {}", name, interface.mtu));
    if (interface.up) add(fmt::format("ip link set {} up", name));
  }

  void add_addresses(const InterfaceFact& interface) {
    if (!exists(interface.name)) return;
    for (const AddressFact& address : interface.addresses) {
      if (interface.kind == Kind::kLoopback && address.prefix.address.is_loopback()) continue;
      std::string command = "ip addr add " + wire::to_string(address.prefix);
      if (address.broadcast) command += " brd " + wire::to_string(*address.broadcast);
      command += " dev " + interface.name;
      if (!address.label.empty() && address.label != interface.name)
        command += " label " + address.label;
      if (address.scope != "global") command += " scope " + address.scope;
      add(std::move(command));
    }
  }

  void add_route(const RouteFact& route) {
    const std::string to =
        route.destination.length == 0 ? "default" : wire::to_string(route.destination);
    if (route.type == "broadcast" || route.type == "multicast" || route.type == "anycast") return;
    const bool nowhere =
        route.type == "blackhole" || route.type == "unreachable" || route.type == "prohibit";
    if (!nowhere && !exists(route.device)) {
      leave_out(fmt::format("route to {}: interface {} is not here", to, route.device));
      return;
    }
    std::string command = "ip route add ";
    if (route.type != "unicast") command += route.type + " ";
    command += to;
    if (route.gateway) command += " via " + wire::to_string(*route.gateway);
    if (!nowhere) command += " dev " + route.device;
    if (route.table != "main") command += " table " + route.table;
    if (route.source) command += " src " + wire::to_string(*route.source);
    if (route.metric != 0) command += fmt::format(" metric {}", route.metric);
    if (route.mtu != 0) command += fmt::format(" mtu {}", route.mtu);
    if (route.onlink) command += " onlink";
    add(std::move(command));
  }

  void add_neighbours() {
    for (const NeighbourFact& neighbour : host_.neighbours) {
      if (neighbour.state != "PERMANENT" || !neighbour.mac || !exists(neighbour.device)) continue;
      add(fmt::format("ip neigh add {} lladdr {} dev {} nud permanent",
                      wire::to_string(neighbour.address), wire::to_string(*neighbour.mac),
                      neighbour.device));
    }
  }

  void add_iptables() {
    if (host_.iptables.empty()) return;
    std::string text = "iptables-restore <<'RULES'\n";
    for (const std::string& line : host_.iptables) text += line + "\n";
    add(text + "RULES");
  }

  void add_services() {
    for (const ServiceFact& service : host_.services) {
      add(fmt::format("ipvsadm -A {}{}{}", service.name, service.options.empty() ? "" : " ",
                      service.options));
      for (const ServiceFact::Destination& server : service.destinations)
        add(fmt::format("ipvsadm -a {} {}", service.name, server.options));
    }
    const std::vector<std::string> usual{"900", "120", "300"};
    if (host_.timeouts.size() == 3 && host_.timeouts != usual)
      add(fmt::format("ipvsadm --set {} {} {}", host_.timeouts[0], host_.timeouts[1],
                      host_.timeouts[2]));
  }

  const GuessedLab& lab_;
  std::size_t index_;
  const HostFacts& host_;
  std::vector<std::string>& left_out_;
  std::vector<std::string> commands_;
};

}  // namespace

std::vector<std::string> commands_of(const GuessedLab& lab, std::size_t host,
                                     std::vector<std::string>& left_out) {
  return Script(lab, host, left_out).write();
}

}  // namespace lvslab::importer
