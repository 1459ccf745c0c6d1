// What each host is for, and what a client would ask of the services.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "fmt/format.h"
#include "import/problems.h"
#include "import/topology.h"

namespace lvslab::importer {
namespace {

using wire::Ipv4;

/// The address and port that a rule of the mangle table gives this mark: "-d VIP/32 ... --dport 80
/// -j MARK --set-xmark 0x1/0xffffffff".
std::optional<wire::Endpoint> marked_service(const HostFacts& host, std::uint32_t mark, bool& tcp) {
  for (const std::string& rule : host.iptables) {
    wire::Endpoint to;
    std::uint32_t set = 0;
    bool is_tcp = true;
    const std::vector<std::string_view> words = words_of(rule);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string_view value = words[i + 1];
      if (words[i] == "-d") {
        const auto prefix = wire::parse_prefix(value);
        if (prefix && prefix->length == 32) to.address = prefix->address;
      } else if (words[i] == "-p") {
        is_tcp = value == "tcp";
      } else if (words[i] == "--dport") {
        std::from_chars(value.data(), value.data() + value.size(), to.port);
      } else if (words[i] == "--set-xmark" || words[i] == "--set-mark") {
        const bool hex = value.starts_with("0x");
        std::from_chars(value.data() + (hex ? 2 : 0), value.data() + value.size(), set,
                        hex ? 16 : 10);
      }
    }
    if (set != mark || to.address.is_zero() || to.port == 0) continue;
    tcp = is_tcp;
    return to;
  }
  return std::nullopt;
}

std::string first_client(const GuessedLab& lab) {
  for (std::size_t host = 0; host < lab.hosts.size(); ++host) {
    if (lab.roles[host] != "client") continue;
    for (const InterfaceFact& interface : lab.hosts[host].interfaces) {
      if (lab.segment_of(host, interface.name)) return lab.hosts[host].name;
    }
  }
  const auto guessed = std::find_if(lab.others.rbegin(), lab.others.rend(),
                                    [](const GuessedHost& host) { return host.role == "client"; });
  return guessed == lab.others.rend() ? std::string() : guessed->name;
}

}  // namespace

void find_marked_services(GuessedLab& lab) {
  for (HostFacts& host : lab.hosts) {
    for (ServiceFact& service : host.services) {
      if (service.kind != 'f') continue;
      bool tcp = true;
      const auto marked = marked_service(host, service.mark, tcp);
      if (!marked) continue;
      service.vip = *marked;
      service.udp = !tcp;
    }
  }
}

void guess_roles(GuessedLab& lab) {
  std::map<Ipv4, std::string> servers, gateways;
  for (const HostFacts& host : lab.hosts) {
    for (const ServiceFact& service : host.services) {
      for (const auto& server : service.destinations)
        servers.emplace(server.real.address, host.name);
    }
    for (const RouteFact& route : host.routes) {
      if (route.gateway) gateways.emplace(*route.gateway, host.name);
    }
  }
  for (const HostFacts& host : lab.hosts) {
    std::string role = "client", why = "nothing says what else it is";
    for (const InterfaceFact& interface : host.interfaces) {
      for (const AddressFact& address : interface.addresses) {
        const Ipv4 own = address.prefix.address;
        const auto gateway = gateways.find(own);
        if (role == "client" && gateway != gateways.end() && host.forwards()) {
          role = "router";
          why = fmt::format("it forwards, and {} is a gateway of {}", wire::to_string(own),
                            gateway->second);
        }
        const auto server = servers.find(own);
        if (server == servers.end() || server->second == host.name) continue;
        role = "real-server";
        why = fmt::format("{} is a real server of {}", wire::to_string(own), server->second);
      }
    }
    if (!host.services.empty()) {
      role = "director";
      why = host.from_keepalived ? "keepalived.conf has virtual servers" : "it has services";
    }
    lab.roles.push_back(role);
    lab.role_reasons.push_back(why);
  }
}

void guess_traffic(GuessedLab& lab) {
  constexpr std::size_t kMost = 50;
  const std::string client = first_client(lab);
  if (client.empty()) return;
  std::set<std::string> done;
  for (const HostFacts& host : lab.hosts) {
    for (const ServiceFact& service : host.services) {
      const bool tcp = !service.is_udp();
      wire::Endpoint to = service.vip;
      std::string why = fmt::format("a client of {}'s service {}", host.name, service.name);
      if (service.kind == 'f' && to.address.is_zero()) {
        if (lab.remarks.size() < kMost)
          lab.remarks.push_back(
              fmt::format("no traffic is guessed for {}: no rule that was collected sets its mark",
                          service.name));
        continue;
      }
      if (to.port == 0) {
        to.port = 80;
        why += ", any port";
      }
      const std::string target = wire::to_string(to);
      std::string name =
          fmt::format("{}-{}-{}", tcp ? "tcp" : "udp", wire::to_string(to.address), to.port);
      if (lab.traffic.size() == kMost || !done.insert(name).second) continue;
      lab.traffic.push_back({.name = std::move(name),
                             .from = client,
                             .to = target,
                             .why = std::move(why),
                             .tcp = tcp});
    }
  }
}

}  // namespace lvslab::importer
