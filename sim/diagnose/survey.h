// A lab as it stands at one instant, as a doctor reads it: which network cards share a segment, who
// would answer for an address there, which services balance what for whom, and where the scenario
// said so. Reads the hosts' own tables through their own rules; changes nothing and sends nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "diagnose/console_log.h"
#include "scenario/lab.h"

namespace lvslab::diagnose {

/// A host's interface.
struct Nic {
  std::size_t host = 0;
  InterfaceIndex index = 0;
  auto operator<=>(const Nic&) const = default;
};

/// Who balances what: a service of a director and the addresses that clients know it by.
struct Balanced {
  std::size_t director = 0;
  const lvs::Service* service = nullptr;
  std::vector<wire::Ipv4> vips;  ///< a fwmark service: those of its demands that rules mark so
};

/// A traffic as one of its clients meets it.
struct Demand {
  std::string traffic;
  scenario::Place place;
  std::size_t client = 0;
  wire::Protocol protocol = wire::Protocol::kTcp;
  wire::Endpoint target;
  wire::Ipv4 source;  ///< the address it will use; 0: no route
  std::uint64_t largest_message = 0;
  std::uint64_t connections = 0;
  bool may_not_fragment = false;
};

struct Trip;

class Survey {
 public:
  Survey(scenario::Lab& lab, const ConsoleLog& console);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  scenario::Lab& lab() const { return lab_; }
  const ConsoleLog& console() const { return console_; }
  std::size_t host_count() const { return lab_.host_count(); }
  admin::Machine& machine(std::size_t host) const { return lab_.machine(host); }
  const net::Host& host(std::size_t host) const { return lab_.machine(host).host(); }
  const std::string& name(std::size_t host) const { return this->host(host).name(); }
  const net::Interface& interface(Nic nic) const { return host(nic.host).interface(nic.index); }
  /// "rs1:eth0".
  std::string text(Nic nic) const { return name(nic.host) + ":" + interface(nic).name; }
  std::string text(wire::Ipv4 address) const { return lab_.scene().address_text(address); }

  // --- segments --------------------------------------------------------------------------------
  /// The cards that a broadcast of this one reaches by cables that are up, itself left out.
  std::vector<Nic> neighbours_of(Nic nic) const;
  bool share_segment(Nic a, Nic b) const;
  /// All cards with a cable, and VLAN devices upon them.
  const std::vector<Nic>& cards() const { return cards_; }
  /// The same, segment by segment.
  const std::vector<std::vector<Nic>>& segments() const { return members_; }
  /// Those of a segment whose host might answer a question for the address: it is local there, or
  /// the card forwards.
  const std::vector<Nic>& candidates(std::size_t segment, wire::Ipv4 address) const;
  /// The segment's number; kNoSegment: the card has no cable that is up.
  static constexpr std::size_t kNoSegment = static_cast<std::size_t>(-1);
  std::size_t segment_of(Nic nic) const;
  /// The scenario's link at the card, or -1.
  int link_of(Nic nic) const;

  // --- addresses -------------------------------------------------------------------------------
  /// Cards (lo, dummy0 and tunl0 too) on which the address is configured, powered hosts only.
  const std::vector<Nic>& holders(wire::Ipv4 address) const;
  bool is_local(std::size_t host, wire::Ipv4 address) const;
  const net::Address* address_on(Nic nic, wire::Ipv4 address) const;
  /// The host's first own address that is not one of 127/8 and no VIP; 0: none.
  wire::Ipv4 own_address(std::size_t host) const;

  // --- services --------------------------------------------------------------------------------
  const std::vector<Balanced>& services() const { return services_; }
  const std::vector<Demand>& demands() const { return demands_; }
  /// Whether some director balances for the address.
  bool is_vip(wire::Ipv4 address) const;
  /// Hosts that are somebody's real server for that VIP by DR or TUN: they own it, but are not to
  /// be heard about it.
  bool is_real_server_of(std::size_t host, wire::Ipv4 vip) const;
  bool balances(std::size_t host) const;  ///< it has services
  bool balances_for(std::size_t host, wire::Ipv4 vip) const;
  /// The powered host that has the address, or nothing.
  std::optional<std::size_t> owner(wire::Ipv4 address) const;

  /// The way of each demand through its service: see trips.h.
  const std::vector<Trip>& trips() const { return trips_; }

  // --- places ----------------------------------------------------------------------------------
  /// Of the last command on the host that holds all the words, else of `otherwise`, else the
  /// host's.
  scenario::Place said(std::size_t host, const std::vector<std::string>& words,
                       scenario::Place otherwise = {}) const;
  scenario::Place place_of(std::size_t host) const;
  scenario::Place place_of_address(std::size_t host, wire::Ipv4 address) const;
  scenario::Place place_of_sysctl(std::size_t host, const std::string& key) const;
  scenario::Place place_of_gateway(std::size_t host, wire::Ipv4 gateway) const;
  scenario::Place place_of_destination(std::size_t director, wire::Endpoint real) const;

 private:
  // segments.cpp, survey.cpp, trips.cpp
  void find_segments();
  void find_holders();
  void find_services();
  bool marks(std::size_t director, std::uint32_t mark, const Demand& demand) const;
  void find_demands();
  void take_trips();
  void add_demand(const app::TrafficPlan& traffic, const app::ConnectionPlan& plan,
                  std::uint32_t client, std::uint64_t connections, const scenario::Place& place);

  scenario::Lab& lab_;
  const ConsoleLog& console_;
  struct Card {
    std::size_t segment = kNoSegment;
    int link = -1;
  };
  const Card* card(Nic nic) const;
  std::vector<Nic> cards_;
  std::vector<std::vector<Card>> where_;   ///< by host and interface
  std::vector<std::vector<Nic>> members_;  ///< by segment
  mutable std::map<std::pair<std::size_t, wire::Ipv4>, std::vector<Nic>> candidates_;
  std::map<wire::Ipv4, std::vector<Nic>> holders_;
  std::set<wire::Ipv4> vips_;
  using HostAndVip = std::pair<std::size_t, wire::Ipv4>;
  std::set<HostAndVip> directors_, real_servers_;
  std::vector<Balanced> services_;
  std::vector<Demand> demands_;
  std::vector<Trip> trips_;
};

}  // namespace lvslab::diagnose
