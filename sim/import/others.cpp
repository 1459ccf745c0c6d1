// Hosts that nobody collected but that must be there: gateways, real servers, neighbours, a client.
#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "import/topology.h"

namespace lvslab::importer {
namespace {

using wire::Ipv4;
using wire::Prefix;

std::string dashed(Ipv4 address) {
  std::string text = wire::to_string(address);
  std::replace(text.begin(), text.end(), '.', '-');
  return text;
}

bool was_heard(const NeighbourFact& neighbour) {
  return neighbour.mac && (neighbour.state == "REACHABLE" || neighbour.state == "STALE" ||
                           neighbour.state == "DELAY" || neighbour.state == "PROBE" ||
                           neighbour.state == "PERMANENT");
}

class Guesser {
 public:
  explicit Guesser(GuessedLab& lab) : lab_(lab) {
    for (const HostFacts& host : lab.hosts) {
      for (const NeighbourFact& neighbour : host.neighbours) {
        if (was_heard(neighbour)) heard_.emplace(neighbour.address, *neighbour.mac);
        if (neighbour.state == "FAILED" || neighbour.state == "INCOMPLETE")
          asked_in_vain_.insert(neighbour.address);
      }
    }
  }

  void guess() {
    find_gateways();
    make_routers();
    make_real_servers();
    make_neighbours();
    if (any_service() && !any_client()) make_client();
  }

 private:
  struct Gateway {
    std::optional<wire::Mac> mac;
    bool of_default = false;
    std::string user;
  };
  using Place = std::pair<std::size_t, Ipv4>;

  void find_gateways() {
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      std::map<Ipv4, wire::Mac> known;
      for (const NeighbourFact& neighbour : lab_.hosts[host].neighbours) {
        if (was_heard(neighbour)) known.emplace(neighbour.address, *neighbour.mac);
      }
      for (const RouteFact& route : lab_.hosts[host].routes) {
        if (!route.gateway || lab_.owner(*route.gateway) != nullptr) continue;
        auto segment = lab_.segment_of(host, route.device);
        if (!segment) segment = lab_.segment_of(*route.gateway);
        if (!segment) continue;
        const auto mac = known.find(*route.gateway);
        if (mac != known.end() && lab_.nic_by_mac.contains(mac->second)) {
          remark_stranger(*route.gateway, mac->second);
          continue;
        }
        Gateway& gateway = gateways_[{*segment, *route.gateway}];
        if (mac != known.end()) gateway.mac = mac->second;
        gateway.of_default = gateway.of_default || route.destination.length == 0;
        if (gateway.user.empty()) gateway.user = lab_.hosts[host].name;
      }
    }
  }
  void remark_stranger(Ipv4 address, wire::Mac mac) {
    const Nic& nic = lab_.nic_by_mac.at(mac);
    remark(
        fmt::format("the gateway {} had the MAC of {}:{}, which has no such address: nobody "
                    "answers for it here",
                    wire::to_string(address), lab_.hosts[nic.host].name,
                    lab_.hosts[nic.host].interfaces[nic.interface].name));
  }
  void remark(std::string text) {
    constexpr std::size_t kMost = 20;
    if (lab_.remarks.size() < kMost &&
        std::find(lab_.remarks.begin(), lab_.remarks.end(), text) == lab_.remarks.end())
      lab_.remarks.push_back(std::move(text));
  }

  GuessedNic nic_at(std::size_t segment, Ipv4 address, std::optional<wire::Mac> mac) {
    const auto network = lab_.network_around(address);
    taken_.insert(address);
    if (mac && !macs_.insert(*mac).second) mac.reset();  // another guessed host has it
    return {.segment = segment,
            .address = {address, network ? network->length : std::uint8_t{32}},
            .mac = mac};
  }
  bool enough() {
    constexpr std::size_t kMost = 200;
    if (lab_.others.size() < kMost) return false;
    remark(fmt::format("no more than {} hosts are guessed", kMost));
    return true;
  }
  GuessedHost& add(GuessedHost host) {
    host.name = unique_name(lab_, host.name);
    return lab_.others.emplace_back(std::move(host));
  }

  void make_routers() {
    GuessedHost router{.name = "router", .role = "router", .why = {}, .forwards = true};
    std::vector<GuessedHost> singles;
    std::set<std::size_t> with_router;
    std::string users;
    for (const auto& [place, gateway] : gateways_) {
      const auto& [segment, address] = place;
      const std::string use =
          fmt::format("{} is the {} of {}", wire::to_string(address),
                      gateway.of_default ? "default gateway" : "gateway", gateway.user);
      GuessedNic nic = nic_at(segment, address, gateway.mac);
      if (gateway.of_default && router.nics.size() < 100 && with_router.insert(segment).second) {
        router.nics.push_back(nic);
        users += (users.empty() ? "" : ", ") + use;
        continue;
      }
      singles.push_back({.name = "gw-" + dashed(address),
                         .role = "router",
                         .why = use + ", and no collected host has it",
                         .nics = {nic},
                         .forwards = true});
    }
    if (!router.nics.empty()) {
      const bool one = router.nics.size() == 1;
      if (one) router.name = "gw-" + dashed(router.nics[0].address.address);
      router.why = users + (one ? ", and no collected host has it"
                                : ", and no collected host has these: taken for one router");
      add_vip_routes(router);
      add(std::move(router));
    }
    for (GuessedHost& single : singles) {
      if (!enough()) add(std::move(single));
    }
  }
  /// A VIP outside every network is reached by the address of its director.
  void add_vip_routes(GuessedHost& router) {
    std::set<Ipv4> done;
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      for (const ServiceFact& service : lab_.hosts[host].services) {
        const Ipv4 vip = service.vip.address;
        const auto network = lab_.network_around(vip);
        if (vip.is_zero() || (network && network->length < 32) || !lab_.hosts[host].owns(vip))
          continue;
        for (const GuessedNic& nic : router.nics) {
          const auto address = lab_.address_in(host, network_of(nic.address));
          if (!address || !done.insert(vip).second) continue;
          router.commands.push_back(fmt::format("ip route add {}/32 via {}", wire::to_string(vip),
                                                wire::to_string(*address)));
        }
      }
    }
  }

  static Prefix network_of(const Prefix& prefix) { return {prefix.network(), prefix.length}; }
  std::optional<Ipv4> default_gateway(const Prefix& network) const {
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      for (const RouteFact& route : lab_.hosts[host].routes) {
        if (route.gateway && route.destination.length == 0 && network.contains(*route.gateway))
          return route.gateway;
      }
    }
    return std::nullopt;
  }

  void make_real_servers() {
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      for (const ServiceFact& service : lab_.hosts[host].services) {
        for (const ServiceFact::Destination& server : service.destinations) {
          const Ipv4 address = server.real.address;
          if (address.is_loopback() || lab_.owner(address) != nullptr) continue;
          const auto segment = lab_.segment_of(address);
          if (was_silent(address)) {
            remark(
                fmt::format("the real server {} did not answer when this was collected: no "
                            "host is guessed for it",
                            wire::to_string(address)));
          } else if (!segment) {
            remark(
                fmt::format("the real server {} is in no network of a collected host: it is "
                            "left out",
                            wire::to_string(address)));
          } else if (!enough()) {
            add_real_server(host, service, server, *segment);
          }
        }
      }
    }
  }
  void add_real_server(std::size_t director, const ServiceFact& service,
                       const ServiceFact::Destination& server, std::size_t segment) {
    const auto [known, added] = real_servers_.emplace(server.real.address, lab_.others.size());
    if (added) {
      GuessedHost host{
          .name = "rs-" + dashed(server.real.address),
          .role = "real-server",
          .why = fmt::format("a real server of {} that was not collected; all of its set-up is "
                             "guessed",
                             lab_.hosts[director].name),
          .nics = {nic_at(segment, server.real.address, mac_of(server.real.address))}};
      std::optional<Ipv4> gateway;
      const Prefix network = network_of(host.nics[0].address);
      if (server.method == 'm') gateway = lab_.address_in(director, network);
      if (!gateway) gateway = default_gateway(network);
      if (gateway && *gateway != server.real.address)
        host.commands.push_back("ip route add default via " + wire::to_string(*gateway));
      add(std::move(host));
    }
    GuessedHost& host = lab_.others[known->second];
    const ListenFact listens{
        .protocol = service.is_udp() ? wire::Protocol::kUdp : wire::Protocol::kTcp,
        .port = server.real.port != 0   ? server.real.port
                : service.vip.port != 0 ? service.vip.port
                                        : std::uint16_t{80}};
    if (std::find(host.serves.begin(), host.serves.end(), listens) == host.serves.end())
      host.serves.push_back(listens);
    if (server.method != 'm') set_up_vip(host, service.vip.address, server.method == 'i');
  }
  static void set_up_vip(GuessedHost& host, Ipv4 vip, bool tunnel) {
    const auto once = [&](const std::string& command) {
      if (std::find(host.commands.begin(), host.commands.end(), command) == host.commands.end())
        host.commands.push_back(command);
    };
    once("sysctl -w net.ipv4.conf.all.arp_ignore=1");
    once("sysctl -w net.ipv4.conf.all.arp_announce=2");
    if (tunnel) {
      host.modules = {"ipip"};
      once("ip link set tunl0 up");
    }
    if (!vip.is_zero())
      once(fmt::format("ip addr add {}/32 dev {}", wire::to_string(vip), tunnel ? "tunl0" : "lo"));
  }
  /// Somebody asked for it in vain, and nobody heard it.
  bool was_silent(Ipv4 address) const {
    return asked_in_vain_.contains(address) && !heard_.contains(address);
  }
  std::optional<wire::Mac> mac_of(Ipv4 address) const {
    const auto heard = heard_.find(address);
    if (heard == heard_.end() || lab_.nic_by_mac.contains(heard->second) ||
        macs_.contains(heard->second))
      return std::nullopt;
    return heard->second;
  }

  void make_neighbours() {
    constexpr std::size_t kMostHere = 8;
    std::map<std::size_t, std::size_t> made, passed;
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      for (const NeighbourFact& neighbour : lab_.hosts[host].neighbours) {
        const auto segment = lab_.segment_of(host, neighbour.device);
        if (!was_heard(neighbour) || !segment || taken_.contains(neighbour.address) ||
            macs_.contains(*neighbour.mac) || neighbour.mac->is_group() ||
            lab_.owner(neighbour.address) != nullptr || lab_.nic_by_mac.contains(*neighbour.mac))
          continue;
        if (made[*segment] == kMostHere || enough()) {
          ++passed[*segment];
          continue;
        }
        ++made[*segment];
        add({.name = "host-" + dashed(neighbour.address),
             .role = "client",
             .why = fmt::format("{} had {} in its neighbour table, and no collected host has it",
                                lab_.hosts[host].name, wire::to_string(neighbour.address)),
             .nics = {nic_at(*segment, neighbour.address, neighbour.mac)}});
      }
    }
    for (const auto& [segment, count] : passed)
      remark(fmt::format("{}: {} more entries of neighbours that were not collected are left out",
                         lab_.segments[segment].name, count));
  }

  bool any_service() const {
    return std::any_of(lab_.hosts.begin(), lab_.hosts.end(),
                       [](const HostFacts& host) { return !host.services.empty(); });
  }
  bool any_client() const {
    for (std::size_t host = 0; host < lab_.hosts.size(); ++host) {
      if (lab_.roles[host] != "client") continue;
      for (const InterfaceFact& interface : lab_.hosts[host].interfaces) {
        if (lab_.segment_of(host, interface.name)) return true;
      }
    }
    return false;
  }
  void make_client() {
    if (!lab_.others.empty() && lab_.others[0].forwards)
      make_remote_client();
    else
      make_local_client();
  }
  void make_remote_client() {
    for (const Ipv4 network :
         {wire::ipv4(203, 0, 113, 0), wire::ipv4(198, 51, 100, 0), wire::ipv4(192, 0, 2, 0)}) {
      if (lab_.segment_of(network)) continue;
      const Prefix prefix{network, 24};
      const std::size_t segment = lab_.segments.size();
      lab_.segments.push_back({.name = fmt::format("lan-{}-24", wire::to_string(network)),
                               .networks = {prefix},
                               .nics = {},
                               .why = "a network for the guessed client"});
      lab_.segment_by_network.emplace(prefix, segment);
      const Ipv4 router{network.value + 1};
      lab_.others[0].nics.push_back(nic_at(segment, router, {}));
      add({.name = "client",
           .role = "client",
           .why = "no collected host looks like a client",
           .nics = {nic_at(segment, {network.value + 10}, {})},
           .commands = {"ip route add default via " + wire::to_string(router)}});
      return;
    }
    make_local_client();
  }
  void make_local_client() {
    std::optional<std::size_t> segment;
    for (std::size_t host = 0; host < lab_.hosts.size() && !segment; ++host) {
      for (const ServiceFact& service : lab_.hosts[host].services) {
        segment = lab_.segment_of(service.vip.address);
        if (segment) break;
      }
    }
    if (!segment && lab_.segments.empty()) return;
    const std::size_t place = segment.value_or(0);
    const Prefix network = lab_.segments[place].networks.front();
    if (network.length > 29) return;
    Ipv4 address{network.broadcast().value - 1};
    std::set<Ipv4> vips;
    for (const HostFacts& host : lab_.hosts) {
      for (const ServiceFact& service : host.services) vips.insert(service.vip.address);
    }
    const auto used = [&] {
      return lab_.owner(address) != nullptr || taken_.contains(address) || vips.contains(address);
    };
    for (int tries = 0; used() && tries < 1000; ++tries) --address.value;
    if (used() || !network.contains(address)) return;
    GuessedHost client{.name = "client",
                       .role = "client",
                       .why = "no collected host looks like a client",
                       .nics = {nic_at(place, address, {})}};
    const auto gateway = default_gateway(network);
    if (gateway) client.commands = {"ip route add default via " + wire::to_string(*gateway)};
    add(std::move(client));
  }

  GuessedLab& lab_;
  std::map<Place, Gateway> gateways_;
  std::map<Ipv4, std::size_t> real_servers_;
  std::map<Ipv4, wire::Mac> heard_;
  std::set<Ipv4> asked_in_vain_;
  std::set<Ipv4> taken_;  ///< by guessed hosts
  std::set<wire::Mac> macs_;
};

}  // namespace

std::string unique_name(const GuessedLab& lab, const std::string& wanted) {
  const auto taken = [&](const std::string& name) {
    return std::any_of(lab.hosts.begin(), lab.hosts.end(),
                       [&](const HostFacts& host) { return host.name == name; }) ||
           std::any_of(lab.others.begin(), lab.others.end(),
                       [&](const GuessedHost& host) { return host.name == name; });
  };
  std::string name = wanted;
  for (int number = 2; taken(name); ++number) name = fmt::format("{}-{}", wanted, number);
  return name;
}

void guess_others(GuessedLab& lab) { Guesser(lab).guess(); }

}  // namespace lvslab::importer
