// The lab behind the collected hosts: which interfaces share a network, who else must be there
// (gateways, real servers, a client), what everybody is for. All of it is guessed; each guess
// carries the words that the scenario file puts beside it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "import/facts.h"

namespace lvslab::importer {

/// A cabled interface of a collected host, by position.
struct Nic {
  std::size_t host = 0, interface = 0;
  auto operator<=>(const Nic&) const = default;
};

struct Segment {
  std::string name;  ///< of its switch
  std::vector<wire::Prefix> networks;
  std::vector<Nic> nics;
  std::string why;
  bool has_vlans = false;
};

struct GuessedNic {
  std::size_t segment = 0;
  wire::Prefix address;
  std::optional<wire::Mac> mac;
};
struct GuessedHost {
  std::string name, role, why;
  std::vector<GuessedNic> nics;
  bool forwards = false;
  std::vector<std::string> commands, modules;
  std::vector<ListenFact> serves;
};

struct GuessedTraffic {
  std::string name, from, to, why;
  bool tcp = true;
};

struct GuessedLab {
  std::vector<HostFacts> hosts;
  std::vector<std::string> roles, role_reasons;  ///< one each a host
  std::vector<Segment> segments;
  std::vector<GuessedHost> others;
  std::vector<GuessedTraffic> traffic;
  std::vector<std::string> remarks;  ///< of the whole

  // Made by guess_segments.
  std::map<wire::Prefix, std::size_t> segment_by_network;
  std::map<Nic, std::size_t> segment_by_nic;
  std::map<wire::Ipv4, std::size_t> owners;  ///< the first host with that address
  std::map<wire::Mac, Nic> nic_by_mac;

  /// The narrowest known network around `address`.
  std::optional<wire::Prefix> network_around(wire::Ipv4 address) const;
  std::optional<std::size_t> segment_of(wire::Ipv4 address) const;
  /// Where frames of this device go: a VLAN's leave by its parent.
  std::optional<std::size_t> segment_of(std::size_t host, const std::string& device) const;
  std::optional<Nic> nic_of(std::size_t host, const std::string& device) const;
  const HostFacts* owner(wire::Ipv4 address) const;
  /// An address of the host that others in that network reach it at.
  std::optional<wire::Ipv4> address_in(std::size_t host, const wire::Prefix& network) const;
};

GuessedLab guess_lab(std::vector<HostFacts> hosts);

std::string unique_name(const GuessedLab& lab, const std::string& wanted);
inline constexpr std::size_t kMostSegments = 1'000;

/// The steps of guess_lab, in this order; the rest is not done for more segments than a lab has.
void guess_segments(GuessedLab& lab);
/// Gives services by mark the address and port that a rule setting the mark names.
void find_marked_services(GuessedLab& lab);
void guess_roles(GuessedLab& lab);
void guess_others(GuessedLab& lab);
void guess_traffic(GuessedLab& lab);

}  // namespace lvslab::importer
