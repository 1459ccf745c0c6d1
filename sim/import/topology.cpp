#include "import/topology.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fmt/format.h"

namespace lvslab::importer {
namespace {

using Kind = InterfaceFact::Kind;
using wire::Ipv4;
using wire::Prefix;

Prefix network_of(const Prefix& prefix) { return {prefix.network(), prefix.length}; }

/// Networks of an interface that others can be in.
std::vector<Prefix> networks_of(const InterfaceFact& interface) {
  std::vector<Prefix> networks;
  for (const AddressFact& address : interface.addresses) {
    if (address.prefix.length < 32 && address.prefix.length > 0 && address.scope == "global")
      networks.push_back(network_of(address.prefix));
  }
  return networks;
}

/// Which networks are one: those that a cabled interface has together, and those within each other
/// as long as no host has them apart.
class Networks {
 public:
  explicit Networks(GuessedLab& lab) : lab_(lab) {
    for (std::size_t host = 0; host < lab.hosts.size(); ++host) add_host(host);
    join_nested();
  }

  std::vector<Segment> segments() {
    std::map<std::size_t, Segment> by_root;
    for (const auto& [network, index] : index_) by_root[root(index)].networks.push_back(network);
    for (const auto& [nic, index] : place_) by_root[root(index)].nics.push_back(nic);
    std::vector<Segment> segments;
    for (auto& [index, segment] : by_root) {
      if (!segment.nics.empty()) segments.push_back(std::move(segment));
    }
    std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) {
      return a.networks.front() < b.networks.front();
    });
    return segments;
  }

 private:
  std::size_t root(std::size_t at) {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  void join(std::size_t a, std::size_t b) { parent_[root(b)] = root(a); }
  std::size_t index_of(const Prefix& network) {
    const auto [found, added] = index_.emplace(network, parent_.size());
    if (added) parent_.push_back(parent_.size());
    return found->second;
  }
  void put(const Nic& nic, const Prefix& network) {
    const std::size_t index = index_of(network);
    const auto [place, added] = place_.emplace(nic, index);
    if (!added) join(place->second, index);
    users_[network].insert(nic);
  }
  void add_host(std::size_t host) {
    const HostFacts& facts = lab_.hosts[host];
    for (const InterfaceFact& interface : facts.interfaces) {
      if (interface.kind != Kind::kCabled && interface.kind != Kind::kVlan) continue;
      const std::optional<Nic> nic = lab_.nic_of(host, interface.name);
      if (!nic) continue;
      for (const Prefix& network : networks_of(interface)) put(*nic, network);
      if (place_.contains(*nic)) continue;
      // Only single addresses: the gateway's network is where the cable leads.
      for (const RouteFact& route : facts.routes) {
        if (route.device == interface.name && route.gateway && !place_.contains(*nic))
          put(*nic, {*route.gateway, 32});
      }
      if (!place_.contains(*nic) && !interface.addresses.empty())
        put(*nic, {interface.addresses[0].prefix.address, 32});
    }
  }
  bool apart(const Prefix& a, const Prefix& b) const {
    const auto& ours = users_.at(a);
    const auto& theirs = users_.at(b);
    return std::any_of(ours.begin(), ours.end(), [&](const Nic& mine) {
      auto other = theirs.lower_bound({mine.host, 0});
      if (other != theirs.end() && *other == mine) ++other;
      return other != theirs.end() && other->host == mine.host;
    });
  }
  // In order of the map a network stands before those within it: the open ones are a stack.
  void join_nested() {
    std::vector<Prefix> open;
    for (const auto& [network, index] : index_) {
      while (!open.empty() && !open.back().contains(network.address)) open.pop_back();
      if (!open.empty() && !apart(open.back(), network)) join(index_.at(open.back()), index);
      open.push_back(network);
    }
  }

  GuessedLab& lab_;
  std::map<Prefix, std::size_t> index_;
  std::vector<std::size_t> parent_;
  std::map<Nic, std::size_t> place_;
  std::map<Prefix, std::set<Nic>> users_;
};

/// What each interface has in its neighbour table.
using Heard = std::map<Nic, std::vector<const NeighbourFact*>>;
Heard heard_by(const GuessedLab& lab) {
  Heard heard;
  for (std::size_t host = 0; host < lab.hosts.size(); ++host) {
    for (const NeighbourFact& neighbour : lab.hosts[host].neighbours) {
      const std::optional<Nic> nic = lab.nic_of(host, neighbour.device);
      if (nic && neighbour.mac) heard[*nic].push_back(&neighbour);
    }
  }
  return heard;
}

/// Neighbour entries in which one of the segment's hosts knows the MAC of another.
std::string evidence(const GuessedLab& lab, const Heard& heard, std::size_t index) {
  const Segment& segment = lab.segments[index];
  std::size_t confirmed = 0;
  std::string example;
  for (const Nic& nic : segment.nics) {
    const HostFacts& host = lab.hosts[nic.host];
    const auto entries = heard.find(nic);
    if (entries == heard.end()) continue;
    for (const NeighbourFact* neighbour : entries->second) {
      const auto other = lab.nic_by_mac.find(*neighbour->mac);
      if (other == lab.nic_by_mac.end() || other->second == nic) continue;
      const auto place = lab.segment_by_nic.find(other->second);
      if (place == lab.segment_by_nic.end() || place->second != index) continue;
      const HostFacts& known = lab.hosts[other->second.host];
      if (confirmed++ == 0)
        example =
            fmt::format("{} knows {} as {}:{}", host.name, wire::to_string(neighbour->address),
                        known.name, known.interfaces[other->second.interface].name);
    }
  }
  if (segment.nics.size() < 2) return "no other collected interface is in it";
  if (confirmed == 0) return "no neighbour entry confirms it";
  if (confirmed == 1) return "confirmed: " + example;
  return fmt::format("confirmed by {} neighbour entries: {} ...", confirmed, example);
}

void index_lab(GuessedLab& lab) {
  for (std::size_t i = 0; i < lab.segments.size(); ++i) {
    for (const Prefix& network : lab.segments[i].networks)
      lab.segment_by_network.emplace(network, i);
    for (const Nic& nic : lab.segments[i].nics) lab.segment_by_nic.emplace(nic, i);
  }
  for (std::size_t host = 0; host < lab.hosts.size(); ++host) {
    const auto& interfaces = lab.hosts[host].interfaces;
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
      for (const AddressFact& address : interfaces[i].addresses)
        lab.owners.emplace(address.prefix.address, host);
      if (interfaces[i].kind == Kind::kCabled && interfaces[i].mac)
        lab.nic_by_mac.emplace(*interfaces[i].mac, Nic{host, i});
    }
  }
}

}  // namespace

std::optional<Nic> GuessedLab::nic_of(std::size_t host, const std::string& device) const {
  const HostFacts& facts = hosts[host];
  const InterfaceFact* interface = facts.interface(device);
  if (interface != nullptr && interface->kind == Kind::kVlan)
    interface = facts.interface(interface->parent);
  if (interface == nullptr || interface->kind != Kind::kCabled) return std::nullopt;
  return Nic{host, static_cast<std::size_t>(interface - facts.interfaces.data())};
}

std::optional<Prefix> GuessedLab::network_around(Ipv4 address) const {
  for (std::uint8_t length = 32; length > 0; --length) {
    const auto found = segment_by_network.find(network_of({address, length}));
    if (found != segment_by_network.end()) return found->first;
  }
  return std::nullopt;
}

std::optional<std::size_t> GuessedLab::segment_of(Ipv4 address) const {
  const std::optional<Prefix> network = network_around(address);
  if (!network) return std::nullopt;
  return segment_by_network.at(*network);
}

std::optional<std::size_t> GuessedLab::segment_of(std::size_t host,
                                                  const std::string& device) const {
  const std::optional<Nic> nic = nic_of(host, device);
  const auto found = nic ? segment_by_nic.find(*nic) : segment_by_nic.end();
  if (found == segment_by_nic.end()) return std::nullopt;
  return found->second;
}

const HostFacts* GuessedLab::owner(Ipv4 address) const {
  const auto found = owners.find(address);
  return found == owners.end() ? nullptr : &hosts[found->second];
}

std::optional<Ipv4> GuessedLab::address_in(std::size_t host, const Prefix& network) const {
  for (const InterfaceFact& interface : hosts[host].interfaces) {
    if (!segment_of(host, interface.name)) continue;
    for (const AddressFact& address : interface.addresses) {
      const Ipv4 own = address.prefix.address;
      if (address.prefix.length < 32 && network_around(own) == network) return own;
    }
  }
  return std::nullopt;
}

void guess_segments(GuessedLab& lab) {
  constexpr std::size_t kShown = 4;
  lab.segments = Networks(lab).segments();
  index_lab(lab);
  if (lab.segments.size() > kMostSegments) return;
  const Heard heard = heard_by(lab);
  for (std::size_t i = 0; i < lab.segments.size(); ++i) {
    Segment& segment = lab.segments[i];
    const Prefix& network = segment.networks.front();
    segment.name = fmt::format("lan-{}-{}", wire::to_string(network.address), network.length);
    std::string names;
    for (std::size_t k = 0; k < std::min(segment.networks.size(), kShown); ++k)
      names += (names.empty() ? "" : ", ") + wire::to_string(segment.networks[k]);
    if (segment.networks.size() > kShown) names += " ...";
    segment.why = fmt::format("one switch for {}; {}", names, evidence(lab, heard, i));
  }
  for (std::size_t host = 0; host < lab.hosts.size(); ++host) {
    for (const InterfaceFact& interface : lab.hosts[host].interfaces) {
      const auto segment = lab.segment_of(host, interface.name);
      if (interface.kind == Kind::kVlan && segment) lab.segments[*segment].has_vlans = true;
    }
  }
}

GuessedLab guess_lab(std::vector<HostFacts> hosts) {
  GuessedLab lab;
  lab.hosts = std::move(hosts);
  guess_segments(lab);
  if (lab.segments.size() > kMostSegments) return lab;
  find_marked_services(lab);
  guess_roles(lab);
  guess_others(lab);
  guess_traffic(lab);
  return lab;
}

}  // namespace lvslab::importer
