#include "diagnose/walk.h"

#include <algorithm>
#include <cstdlib>

#include "net/arp_policy.h"

namespace lvslab::diagnose {
namespace {

using hook::Hook;
using net::ArpAnswer;
using net::Host;
using net::Interface;
using net::Neighbour;
using net::NeighbourState;
using net::netfilter::ArpRule;
using wire::Ipv4;

constexpr std::size_t kMostHops = 32;

// One direction of a host's arptables. False: the message is dropped.
bool passes_arptables(admin::Machine& machine, bool out, wire::Arp& arp,
                      const std::string& device) {
  const auto& chain = machine.netfilter().arp().chains()[out ? 1 : 0];
  for (const ArpRule& rule : chain.rules) {
    if (!rule.fits(arp, out, device)) continue;
    if (rule.mangle_source) arp.sender_ip = *rule.mangle_source;
    if (rule.mangle_target) arp.target_ip = *rule.mangle_target;
    if (rule.verdict != ArpRule::Verdict::kContinue)
      return rule.verdict == ArpRule::Verdict::kAccept;
  }
  return !chain.drops;
}

// The card with that MAC on the segment.
void answer_of_mac(const Survey& survey, Nic from, wire::Mac mac, Resolution& found) {
  for (const Nic& other : survey.neighbours_of(from)) {
    const Interface& nic = survey.interface(other);
    if (nic.mac == mac && nic.up && survey.host(other.host).powered())
      found.answers.push_back({other, ArpAnswer::kLocal});
  }
}

}  // namespace

Resolution resolve(const Survey& survey, Nic from, Ipv4 target, Ipv4 packet_source) {
  Resolution found;
  const Host& host = survey.host(from.host);
  const Interface& out = survey.interface(from);
  const Neighbour* known = host.neighbours().find(from.index, target);
  if (known != nullptr && known->state == NeighbourState::kPermanent) {
    found.asked = false;
    answer_of_mac(survey, from, known->mac, found);
    return found;
  }
  if (out.noarp) {
    found.asked = false;
    return found;
  }
  const net::EffectiveConf settings = host.conf(from.index);
  const Ipv4 queued = host.is_local(packet_source) ? packet_source : Ipv4{};
  wire::Arp arp;
  arp.operation = wire::kArpRequest;
  arp.sender_mac = out.mac;
  arp.target_ip = target;
  arp.sender_ip = net::announced_sender(settings.arp_announce(), host.interfaces(), from.index,
                                        queued, target, settings.route_localnet());
  if (!passes_arptables(survey.machine(from.host), true, arp, out.name)) {
    found.own_filter = true;
    return found;
  }
  found.sender = arp.sender_ip;
  for (const Nic& other : survey.candidates(survey.segment_of(from), target)) {
    const Host& asked = survey.host(other.host);
    const Interface& nic = survey.interface(other);
    if (other.host == from.host || !asked.powered() || !nic.up || nic.noarp) continue;
    const ArpAnswer answer = asked.arp_answer(other.index, arp.sender_ip, target);
    if (answer == ArpAnswer::kNotOurs) continue;
    wire::Arp heard = arp;
    if (!passes_arptables(survey.machine(other.host), false, heard, nic.name)) {
      found.filtered.push_back(other);
    } else if (answer == ArpAnswer::kLocal || answer == ArpAnswer::kProxy) {
      found.answers.push_back({other, answer});
    } else {
      found.silent.push_back({other, answer});
    }
  }
  return found;
}

bool Walk::passes(std::size_t h) const {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& s) { return s.host == h; });
}

namespace {

// Takes a packet from host to host.
class Walker {
 public:
  Walker(const Survey& survey, const Probe& probe) : survey_(survey) { way_.probe = probe; }

  Walk take(std::size_t host, InterfaceIndex in, bool made_here, Ipv4 toward) {
    host_ = host;
    in_ = in;
    bool first = true;
    while (true) {
      way_.host = host_;
      way_.steps.push_back({host_, in_, kNoInterface, {}});
      if (way_.steps.size() > kMostHops) return end(WalkEnd::kLoop);
      const bool arrives = !first || !made_here;
      if (arrives && !arrive()) return way_;
      if (!send(first ? toward : Ipv4{}, arrives)) return way_;
      first = false;
    }
  }

 private:
  Walk end(WalkEnd why) {
    way_.end = why;
    return way_;
  }
  bool stop(WalkEnd why) {
    way_.end = why;
    return false;
  }

  // Source and destination as the packet bears them now.
  Ipv4 source() const { return way_.probe.source.address; }
  Ipv4 destination() const { return way_.probe.destination.address; }

  bool pass(Hook hook, InterfaceIndex in, InterfaceIndex out, FilterAnswer* said = nullptr) {
    const FilterAnswer answer = filter(survey_, host_, hook, way_.probe, in, out);
    way_.probe.mark = answer.mark;
    if (said != nullptr) *said = answer;
    if (!answer.dropped) return true;
    way_.rule = answer.rule;
    way_.rejected = answer.answered;
    return stop(WalkEnd::kFiltered);
  }

  // PREROUTING, routing, INPUT. False: it ended here.
  bool arrive() {
    const Host& host = survey_.host(host_);
    way_.nic = {host_, in_};
    FilterAnswer said;
    if (!pass(Hook::kPrerouting, in_, kNoInterface, &said)) return false;
    if (said.translation == "DNAT") return stop(WalkEnd::kTranslated);
    if (said.translation == "REDIRECT") redirect(said.translation_rule);
    const net::Route* route = host.routes().lookup({.destination = destination(),
                                                    .source = source(),
                                                    .mark = way_.probe.mark,
                                                    .in_device = in_});
    const bool here = said.translation == "REDIRECT" ||
                      (route != nullptr && route->type == net::RouteType::kLocal);
    switch (host.validate_source(source(), destination(), in_)) {
      case Host::Source::kMartian:
        return stop(WalkEnd::kMartian);
      case Host::Source::kReversePath:
        return stop(WalkEnd::kReversePath);
      case Host::Source::kValid:
        break;
    }
    if (here) {
      if (!pass(Hook::kLocalIn, in_, kNoInterface)) return false;
      return stop(WalkEnd::kDelivered);
    }
    if (!host.conf(in_).forwarding()) return stop(WalkEnd::kNotForwarding);
    return true;
  }

  // Routing, FORWARD or OUTPUT, POSTROUTING, the neighbour. False: it ended here.
  bool send(Ipv4 toward, bool forwarded) {
    const Host& host = survey_.host(host_);
    const Ipv4 target = toward.is_zero() ? destination() : toward;
    const net::Route* route = host.routes().lookup({.destination = target,
                                                    .source = toward.is_zero() ? source() : Ipv4{},
                                                    .mark = way_.probe.mark,
                                                    .in_device = forwarded ? in_ : kNoInterface});
    if (route == nullptr) return stop(WalkEnd::kNoRoute);
    if (route->type == net::RouteType::kLocal) return stop(WalkEnd::kDelivered);
    if (route->type != net::RouteType::kUnicast || route->device == kNoInterface)
      return stop(WalkEnd::kRefusedRoute);
    const InterfaceIndex out = route->device;
    if (!pass(forwarded ? Hook::kForward : Hook::kLocalOut, forwarded ? in_ : kNoInterface, out))
      return false;
    FilterAnswer said;
    if (!pass(Hook::kPostrouting, kNoInterface, out, &said)) return false;
    const Ipv4 packet_source = source();
    if (said.translation == "MASQUERADE" || said.translation == "SNAT") translate(out);
    way_.nic = {host_, out};
    way_.next_hop = route->gateway.is_zero() ? target : route->gateway;
    way_.by_gateway = !route->gateway.is_zero();
    way_.steps.back().out = out;
    way_.steps.back().next_hop = way_.next_hop;
    way_.steps.back().mtu = route->mtu != 0 ? route->mtu : host.interface(out).mtu;
    const Interface& nic = host.interface(out);
    if (!nic.up || !nic.carrier) return stop(WalkEnd::kDeviceDown);
    way_.resolution = resolve(survey_, way_.nic, way_.next_hop, packet_source);
    const Resolution::Answer* next = choose();
    if (next == nullptr) return stop(WalkEnd::kSilentNextHop);
    host_ = next->nic.host;
    in_ = next->nic.index;
    return true;
  }

  // The packet comes to this host: to the first address of the card it came in by.
  void redirect(const std::string& rule) {
    const Interface& nic = survey_.host(host_).interface(in_);
    if (!nic.addresses.empty()) way_.probe.destination.address = nic.addresses.front().local;
    static constexpr std::string_view kPorts = "--to-ports ";
    const std::size_t at = rule.find(kPorts);
    if (at == std::string::npos) return;
    way_.probe.destination.port =
        static_cast<std::uint16_t>(std::strtoul(rule.c_str() + at + kPorts.size(), nullptr, 10));
  }

  void translate(InterfaceIndex out) {
    way_.source_translated = true;
    const Interface& nic = survey_.host(host_).interface(out);
    if (!nic.addresses.empty()) way_.probe.source.address = nic.addresses.front().local;
  }

  // Several may answer; that is a finding of its own. The way meant is a director's, then an
  // owner's, then a proxy's.
  const Resolution::Answer* choose() const {
    const Resolution::Answer* best = nullptr;
    int best_rank = 0;
    for (const Resolution::Answer& answer : way_.resolution.answers) {
      const bool director = survey_.balances_for(answer.nic.host, way_.next_hop);
      const int rank = director ? 3 : answer.how == ArpAnswer::kLocal ? 2 : 1;
      if (rank > best_rank) best = &answer, best_rank = rank;
    }
    return best;
  }

  const Survey& survey_;
  Walk way_;
  std::size_t host_ = 0;
  InterfaceIndex in_ = kNoInterface;
};

}  // namespace

Walk walk(const Survey& survey, std::size_t from, const Probe& probe, Ipv4 toward) {
  return Walker(survey, probe).take(from, kNoInterface, true, toward);
}

Walk arrive(const Survey& survey, Nic at, const Probe& probe) {
  return Walker(survey, probe).take(at.host, at.index, false, {});
}

}  // namespace lvslab::diagnose
