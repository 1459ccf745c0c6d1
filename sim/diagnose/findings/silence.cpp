// Nobody answers for a next hop: because its owner may not, stands elsewhere, is off, or because
// there is none.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using net::ArpAnswer;
using wire::Ipv4;

// The owner is there, and refuses.
void refused(const Survey& survey, Report& report, const Walk& w, const Resolution::Answer& owner,
             LegKind kind) {
  const std::string& name = survey.name(owner.nic.host);
  const net::Interface& card = survey.interface(owner.nic);
  const std::string address = survey.text(w.next_hop);
  const std::string& asker = survey.name(w.host);
  if (owner.how == ArpAnswer::kIgnored) {
    const bool director = survey.balances_for(owner.nic.host, w.next_hop);
    const bool elsewhere = card.find(w.next_hop) == nullptr;
    Finding f{.id = director ? "director-does-not-answer" : "address-not-answered",
              .host = name,
              .place = survey.place_of_sysctl(owner.nic.host, "arp_ignore"),
              .summary = fmt::format("{} does not answer {} for {} on {}: arp_ignore is {}{}", name,
                                     asker, address, card.name,
                                     survey.host(owner.nic.host).conf(owner.nic.index).arp_ignore(),
                                     elsewhere ? ", and the address is on another device" : ""),
              .symptom = fmt::format("{} asks three times and gives up: host unreachable", asker)};
    if (director && elsewhere) {
      f.cure = {
          {name, fmt::format("ip addr add {}/32 dev {}", wire::to_string(w.next_hop), card.name)}};
    } else {
      f.cure = {{name, sysctl_w("all.arp_ignore", elsewhere ? 0 : 1)}};
    }
    report.add(std::move(f));
    return;
  }
  if (owner.how == ArpAnswer::kFiltered) {
    report.add({.id = "address-not-answered",
                .host = name,
                .place = survey.place_of_sysctl(owner.nic.host, "arp_filter"),
                .summary = fmt::format("{} does not answer {} for {} on {}: arp_filter is on, and "
                                       "its way to {} leads out of another card",
                                       name, asker, address, card.name, asker),
                .symptom = fmt::format("{} asks three times and gives up: host unreachable", asker),
                .cure = {{name, sysctl_w("all.arp_filter", 0)},
                         {name, sysctl_w(card.name + ".arp_filter", 0)}}});
    return;
  }
  const Ipv4 sender = w.resolution.sender;
  if (kind == LegKind::kReply && survey.balances_for(owner.nic.host, sender))
    return answers_by_director(survey, report, w, owner.nic.host);
  if (survey.host(owner.nic.host).is_local(sender)) {
    const bool vip = survey.is_vip(sender);
    if (!vip && report.has("duplicate-address")) return;  // that is why
    const net::Address* first =
        survey.interface(w.nic).addresses.empty() ? nullptr : &survey.interface(w.nic).addresses[0];
    report.add({.id = vip ? "director-asks-from-vip" : "martian-source",
                .host = asker,
                .place = survey.place_of_address(w.host, sender),
                .summary = fmt::format("{} asks for {} in the name of {}, which {} has too", asker,
                                       address, survey.text(sender), name),
                .symptom = fmt::format("{} takes the question for its own and never answers: {} "
                                       "reaches no real server",
                                       name, asker),
                .cure = {{asker, fmt::format("ip addr del {}/{} dev {}", wire::to_string(sender),
                                             first != nullptr ? first->prefix_length : 24,
                                             survey.interface(w.nic).name)},
                         {asker, fmt::format("ip addr add {}/32 dev {}", wire::to_string(sender),
                                             survey.interface(w.nic).name)}}});
    return;
  }
  report.add({.id = "rp-filter-mutes-arp",
              .host = name,
              .place = survey.place_of_sysctl(owner.nic.host, "rp_filter"),
              .summary = fmt::format("{} does not answer {} for {} on {}: rp_filter is {}, and its "
                                     "way to {} is another",
                                     name, asker, address, card.name,
                                     survey.host(owner.nic.host).conf(owner.nic.index).rp_filter(),
                                     survey.text(sender)),
              .symptom = fmt::format("{} asks three times and gives up: host unreachable", asker),
              .cure = {{name, sysctl_w("all.rp_filter", 0)},
                       {name, sysctl_w(card.name + ".rp_filter", 0)}}});
}

// How many other hosts of the segment have an address in that network.
std::size_t peers(const Survey& survey, Nic at, wire::Prefix network, std::size_t but) {
  std::size_t count = 0;
  for (const Nic& other : survey.neighbours_of(at)) {
    if (other.host == but || !survey.host(other.host).powered()) continue;
    for (const net::Address& a : survey.interface(other).addresses) {
      const wire::Prefix same{a.local, network.length};
      if (same.network() == network.network()) {
        ++count;
        break;
      }
    }
  }
  return count;
}

// The address exists, on another segment: who stands in the wrong place, or has a wrong mask?
bool elsewhere(const Survey& survey, Report& report, const Walk& w, const std::string& packet) {
  for (const Nic& owner : survey.holders(w.next_hop)) {
    const net::Interface& card = survey.interface(owner);
    // A real server's own copy of the VIP makes it no neighbour that stands astray.
    if (survey.is_vip(w.next_hop) && !survey.balances_for(owner.host, w.next_hop)) continue;
    if (owner.host == w.host || card.kind == net::InterfaceKind::kLoopback ||
        survey.share_segment(owner, w.nic)) {
      continue;
    }
    const net::Address& address = *card.find(w.next_hop);
    const std::string& asker = survey.name(w.host);
    const std::string& name = survey.name(owner.host);
    if (!card.up || !card.carrier) return true;  // interface-down or cable-down says it
    const wire::Prefix network{address.prefix().network(), address.prefix_length};
    const net::Interface& mine = survey.interface(w.nic);
    const auto in_network = [&](const net::Address& a) {
      return wire::Prefix{a.local, network.length}.network() == network.network();
    };
    const bool same_network = std::any_of(mine.addresses.begin(), mine.addresses.end(), in_network);
    if (!same_network && !w.by_gateway) {
      const auto wide =
          std::find_if(mine.addresses.begin(), mine.addresses.end(), [&](const net::Address& a) {
            return wire::Prefix{w.next_hop, a.prefix_length}.network() == a.prefix().network();
          });
      const std::string mask =
          wide == mine.addresses.end() ? "a route" : "/" + std::to_string(wide->prefix_length);
      report.add({.id = "netmask-too-wide",
                  .host = asker,
                  .place = survey.said(w.host, {mine.name},
                                       wide == mine.addresses.end()
                                           ? survey.place_of(w.host)
                                           : survey.place_of_address(w.host, wide->local)),
                  .summary = fmt::format("{} takes {} for a neighbour on {} ({}), but {} stands "
                                         "behind a router",
                                         asker, survey.text(w.next_hop), mine.name, mask, name),
                  .symptom = packet + " ends there: host unreachable",
                  .cure = {{asker, fmt::format("give {} the mask of its network, /{} as {} has it",
                                               mine.name, address.prefix_length, name)}}});
      return true;
    }
    const bool owner_astray =
        peers(survey, owner, network, w.host) == 0 && peers(survey, w.nic, network, owner.host) > 0;
    const std::string& astray = owner_astray ? name : asker;
    const std::size_t astray_host = owner_astray ? owner.host : w.host;
    const int link = survey.link_of(owner_astray ? owner : w.nic);
    report.add(
        {.id = "not-on-the-same-segment",
         .host = astray,
         .place = link >= 0 ? survey.lab().scenario().links[static_cast<std::size_t>(link)].place
                            : survey.place_of(astray_host),
         .summary = fmt::format("{} and {} have addresses of one network, {}, but stand on "
                                "different segments",
                                survey.text(w.nic), survey.text(owner), wire::to_string(network)),
         .symptom = packet + " ends there: host unreachable",
         .cure = {{"", fmt::format("put {} on the segment (switch port, VLAN) of its network",
                                   astray)}}});
    return true;
  }
  return false;
}

// A machine without power remembers no address, but the scenario does.
bool switched_off(const Survey& survey, Ipv4 address) {
  for (std::size_t h = 0; h < survey.host_count(); ++h) {
    if (survey.host(h).powered()) continue;
    for (const scenario::InterfaceSpec& nic : survey.lab().scenario().hosts[h].interfaces) {
      for (const wire::Prefix& prefix : nic.addresses) {
        if (prefix.address == address) return true;
      }
    }
    if (survey.console().last(h, {wire::to_string(address)}) != nullptr) return true;
  }
  return false;
}

// The host that was given the address, by the scenario or by a command, but does not have it.
std::optional<std::size_t> once_had(const Survey& survey, Ipv4 address, std::size_t but) {
  for (std::size_t h = 0; h < survey.host_count(); ++h) {
    if (h == but || survey.balances(h) || !survey.host(h).powered()) continue;
    for (const scenario::InterfaceSpec& nic : survey.lab().scenario().hosts[h].interfaces) {
      for (const wire::Prefix& prefix : nic.addresses) {
        if (prefix.address == address) return h;
      }
    }
    const std::string text = wire::to_string(address);
    if (survey.console().last(h, {"addr", text}) != nullptr ||
        survey.console().last(h, {"ifconfig", text}) != nullptr) {
      return h;
    }
  }
  return std::nullopt;
}

void nobody(const Survey& survey, Report& report, const Walk& w, LegKind kind,
            const std::string& packet) {
  const std::string& name = survey.name(w.host);
  const std::string address = survey.text(w.next_hop), plain = wire::to_string(w.next_hop);
  if (survey.is_vip(w.next_hop)) {
    for (const Balanced& b : survey.services()) {
      if (std::find(b.vips.begin(), b.vips.end(), w.next_hop) == b.vips.end()) continue;
      const std::string& director = survey.name(b.director);
      report.add(
          {.id = "vip-missing-on-director",
           .host = director,
           .place = survey.said(b.director, {"ipvsadm", "-A"}),
           .summary =
               fmt::format("{} balances for {}, but does not have the address", director, address),
           .symptom = fmt::format("nobody answers {} for it: host unreachable after 3 s", name),
           .cure = {{director, "ip addr add " + plain + "/32 dev <the card to the clients>"}}});
    }
    return;
  }
  if (w.by_gateway) {
    report.add(
        {.id = "gateway-unowned",
         .host = name,
         .place = survey.place_of_gateway(w.host, w.next_hop),
         .summary = fmt::format("{}'s gateway towards {} is {}, and nobody on {} has that "
                                "address",
                                name, survey.text(w.probe.destination.address), address,
                                survey.interface(w.nic).name),
         .symptom = packet + " ends there: host unreachable after three unanswered questions",
         .cure = {{name, "ip route replace default via <the router's address>"}}});
    return;
  }
  if (kind == LegKind::kToReal) {
    const std::size_t director = w.steps.front().host;
    const std::string& balancer = survey.name(director);
    if (const auto lost = once_had(survey, w.next_hop, director)) {
      const std::string& server = survey.name(*lost);
      report.add({.id = "address-lost",
                  .host = server,
                  .place = survey.place_of_address(*lost, w.next_hop),
                  .summary = fmt::format("{} was given {}, but does not have it any more", server,
                                         address),
                  .symptom = fmt::format("{} balances to it all the same: its share of the clients "
                                         "is told host unreachable after 3 s",
                                         balancer),
                  .cure = {{server, "ip addr add " + plain + "/24 dev <its card>"}}});
      return;
    }
    report.add(
        {.id = "real-server-address-unowned",
         .host = balancer,
         .place = survey.place_of_destination(director, {w.next_hop, 0}),
         .summary =
             fmt::format("{} balances to {}, and nobody has that address", balancer, address),
         .symptom = "its share of the clients is told host unreachable after 3 s",
         .cure = {{balancer, "ipvsadm -d <service> -r " + plain + ", and add the right address"}}});
    return;
  }
  report.add(
      {.id = "address-unowned",
       .host = name,
       .place = survey.place_of(w.host),
       .summary = fmt::format("{} has to reach {}, and nobody on {} has that address", name,
                              address, survey.interface(w.nic).name),
       .symptom = packet + " ends there: host unreachable after three unanswered questions"});
}

}  // namespace

void explain_silence(const Survey& survey, Report& report, const Walk& w, LegKind kind,
                     const std::string& packet) {
  const Resolution& r = w.resolution;
  const std::string& name = survey.name(w.host);
  if (!r.asked) return;  // a permanent entry or a card without ARP: found as such
  if (r.own_filter || !r.filtered.empty()) {
    const std::size_t h = r.own_filter ? w.host : r.filtered.front().host;
    report.add({.id = "arptables-blocks",
                .host = survey.name(h),
                .place = survey.said(h, {"arptables"}),
                .summary = fmt::format("arptables on {} drops {}'s question for {}", survey.name(h),
                                       name, survey.text(w.next_hop)),
                .symptom = packet + " ends at " + name + ": host unreachable",
                .cure = {{survey.name(h), "arptables -F"}}});
    return;
  }
  if (!r.silent.empty()) {
    // Of several: a director's refusal, and there that of the card which has the address.
    const auto rank = [&](const Resolution::Answer& a) {
      return (survey.balances_for(a.nic.host, w.next_hop) ? 2 : 0) +
             (survey.address_on(a.nic, w.next_hop) != nullptr ? 1 : 0);
    };
    const auto owner =
        std::max_element(r.silent.begin(), r.silent.end(),
                         [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    const bool hidden =
        survey.is_vip(w.next_hop) && !survey.balances_for(owner->nic.host, w.next_hop);
    if (!hidden) return refused(survey, report, w, *owner, kind);
  }
  if (elsewhere(survey, report, w, packet)) return;
  if (switched_off(survey, w.next_hop)) return;  // host-off says it
  // Its owner's card is down, or unplugged.
  for (const Nic& owner : survey.holders(w.next_hop)) {
    const net::Interface& card = survey.interface(owner);
    if (owner.host != w.host && (!card.up || !card.carrier || card.noarp)) return;
  }
  nobody(survey, report, w, kind, packet);
}

}  // namespace lvslab::diagnose
