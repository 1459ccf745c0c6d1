// The way of a packet through a lab as its hosts' tables stand: route, next hop, who answers for
// it, filters, source validation, hop by hop, until it is delivered or somebody is in its way.
// Nothing is sent.
#pragma once

#include <string>
#include <vector>

#include "diagnose/firewall.h"

namespace lvslab::diagnose {

/// Who would say that he has an address, when a host asks for it on one of its cards.
struct Resolution {
  wire::Ipv4 sender;  ///< the address the question is asked from
  bool asked = true;  ///< false: a permanent entry or a device without ARP: nobody is asked
  struct Answer {
    Nic nic;
    net::ArpAnswer how = net::ArpAnswer::kLocal;
  };
  std::vector<Answer> answers;  ///< kLocal and kProxy; of a permanent entry: whose MAC it is
  std::vector<Answer> silent;   ///< owners that refuse, and why
  std::vector<Nic> filtered;    ///< owners whose arptables drop the question
  bool own_filter = false;      ///< the asker's arptables drop it
};
/// `packet_source`: of the packet that is waiting, for arp_announce.
Resolution resolve(const Survey& survey, Nic from, wire::Ipv4 target, wire::Ipv4 packet_source);

enum class WalkEnd : std::uint8_t {
  kDelivered,      ///< local to `host`
  kNoRoute,        ///< `host` has no route
  kRefusedRoute,   ///< `host`: blackhole, unreachable, prohibit
  kDeviceDown,     ///< `host`'s way out is down or has no carrier
  kSilentNextHop,  ///< nobody answers `host` for `next_hop` on `nic`
  kNotForwarding,  ///< `host` is no router
  kMartian,        ///< `host` owns the packet's source address
  kReversePath,    ///< `host`'s rp_filter
  kFiltered,       ///< `host`'s packet filter: `rule`
  kTranslated,     ///< `host` changes its destination: not followed further
  kLoop            ///< it goes round in circles
};

struct Step {
  std::size_t host;
  InterfaceIndex in = kNoInterface;
  InterfaceIndex out = kNoInterface;
  wire::Ipv4 next_hop;
  std::uint32_t mtu = 0;  ///< of the way out
};

struct Walk {
  WalkEnd end = WalkEnd::kNoRoute;
  std::size_t host = 0;
  Nic nic;              ///< where it came in, or would have gone out
  wire::Ipv4 next_hop;  ///< kSilentNextHop
  bool by_gateway = false;
  Resolution resolution;
  std::string rule;
  bool rejected = false;
  std::vector<Step> steps;  ///< hosts passed, the first and the last included
  Probe probe;              ///< as it arrived: mark, source after translation
  bool source_translated = false;
  bool passes(std::size_t host) const;
};

/// From a host that made the packet, or has rewritten it. `toward`: whom to give it to first,
/// whatever its destination says (DR); 0: its destination.
Walk walk(const Survey& survey, std::size_t from, const Probe& probe, wire::Ipv4 toward = {});
/// A packet that comes out of a tunnel, or in on a card, of `host`.
Walk arrive(const Survey& survey, Nic at, const Probe& probe);

}  // namespace lvslab::diagnose
