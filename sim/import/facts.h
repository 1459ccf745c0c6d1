// What was collected on live hosts, one HostFacts a folder: read, checked, nothing guessed yet. All
// words that later stand in a script (names of devices, tables, schedulers) are plain: letters,
// digits and "_.:/@+,-".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/address.h"
#include "wire/ipv4.h"

namespace lvslab::importer {

struct AddressFact {
  wire::Prefix prefix;
  std::string scope = "global", label;
  std::optional<wire::Ipv4> broadcast;
};

struct InterfaceFact {
  enum class Kind : std::uint8_t { kCabled, kLoopback, kVlan, kDummy, kTunl0, kOther };
  std::string name;
  Kind kind = Kind::kOther;
  std::string kind_text;  ///< as the host calls it: "bond", "bridge", "veth" or ""
  std::optional<wire::Mac> mac;
  std::uint32_t mtu = 1500;
  bool up = true;
  std::string parent;  ///< of a VLAN
  std::uint16_t vlan = 0;
  std::vector<AddressFact> addresses;
};

struct RouteFact {
  std::string type = "unicast", table = "main", protocol, scope, device;
  wire::Prefix destination{.address = {}, .length = 0};
  std::optional<wire::Ipv4> gateway, source;
  std::uint32_t metric = 0, mtu = 0;
  bool onlink = false;
};

struct NeighbourFact {
  wire::Ipv4 address;
  std::string device, state;
  std::optional<wire::Mac> mac;
};

struct ServiceFact {
  struct Destination {
    wire::Endpoint real;
    char method = 'g';    ///< g, i or m
    std::string options;  ///< as ipvsadm takes them: "-r 10.0.0.1:80 -m -w 1"
  };
  std::string name;    ///< "-t 10.0.0.100:80" or "-f 1"
  char kind = 't';     ///< t, u or f
  wire::Endpoint vip;  ///< of t and u; of f what a rule that sets the mark says, or nothing
  std::uint32_t mark = 0;
  bool udp = false;     ///< of f: that rule is about UDP
  std::string options;  ///< "-s rr -p 300"
  std::vector<Destination> destinations;
  bool is_udp() const { return kind == 'u' || udp; }
};

struct ListenFact {
  wire::Protocol protocol = wire::Protocol::kTcp;
  std::uint16_t port = 0;
  auto operator<=>(const ListenFact&) const = default;
};

struct HostFacts {
  std::string name;    ///< as the scenario calls it
  std::string folder;  ///< as it was found
  std::vector<InterfaceFact> interfaces;
  std::vector<RouteFact> routes;
  std::vector<std::string> rules;  ///< "pref 100 fwmark 0x1 lookup 100"
  std::vector<NeighbourFact> neighbours;
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< in order of the file
  std::vector<ServiceFact> services;
  bool from_keepalived = false;        ///< the services
  std::vector<std::string> timeouts;   ///< tcp tcpfin udp, when collected
  std::vector<std::string> iptables;   ///< lines for iptables-restore; empty: no rules
  std::vector<std::string> arptables;  ///< "-A INPUT -d 10.0.0.1 -j DROP"
  std::vector<std::string> modules;    ///< those a scenario loads: ipip, dummy, ip_vs
  std::optional<std::vector<ListenFact>> listening;
  std::vector<std::string> left_out;  ///< sentences: what the scenario does not take over

  const InterfaceFact* interface(const std::string& device) const {
    for (const InterfaceFact& candidate : interfaces) {
      if (candidate.name == device) return &candidate;
    }
    return nullptr;
  }
  bool owns(wire::Ipv4 address) const {
    for (const InterfaceFact& candidate : interfaces) {
      for (const AddressFact& own : candidate.addresses) {
        if (own.prefix.address == address) return true;
      }
    }
    return false;
  }
  bool forwards() const {
    for (const auto& [key, value] : sysctls) {
      if (key == "net.ipv4.ip_forward") return value == "1";
    }
    return false;
  }
};

}  // namespace lvslab::importer
