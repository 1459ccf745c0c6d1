// Machines without power, cards that are down, cables, MACs.
#include <map>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

// A host that nothing asks of may be off or unplugged.
bool matters(const Survey& survey, std::size_t host) {
  const std::string& role = survey.lab().scenario().hosts[host].role;
  if (!role.empty()) return true;
  return survey.balances(host);
}

void machine(const Survey& survey, Report& report, std::size_t h) {
  if (survey.host(h).powered() || !matters(survey, h)) return;
  report.add({.id = "host-off",
              .host = survey.name(h),
              .place = survey.place_of(h),
              .summary = survey.name(h) + " has no power",
              .symptom = "nobody answers for its addresses: after three unanswered ARP requests "
                         "packets for it end with host unreachable",
              .cure = {{"", "timeline: {host: " + survey.name(h) + ", power: on}"}}});
}

void card(const Survey& survey, Report& report, Nic nic) {
  const net::Interface& card = survey.interface(nic);
  const std::string& name = survey.name(nic.host);
  if (!survey.host(nic.host).powered() || card.removed || card.addresses.empty() ||
      card.kind != net::InterfaceKind::kEthernet) {
    return;
  }
  const int link = survey.link_of(nic);
  if (!card.up) {
    report.add({.id = "interface-down",
                .host = name,
                .place = survey.said(nic.host, {card.name, "down"}),
                .summary = survey.text(nic) + " is down",
                .symptom = "it neither sends nor hears anything; its routes are gone",
                .cure = {{name, "ip link set " + card.name + " up"}}});
  } else if (!card.carrier && link >= 0) {
    const scenario::LinkSpec& spec = survey.lab().scenario().links[static_cast<std::size_t>(link)];
    const bool far_off = [&] {
      const scenario::LinkEnd& far = spec.a.node == name ? spec.b : spec.a;
      return !far.is_switch &&
             !survey.host(static_cast<std::size_t>(survey.lab().find_host(far.node))).powered();
    }();
    if (far_off) return;
    report.add({.id = "cable-down",
                .host = name,
                .place = spec.place,
                .summary = "the cable " + spec.name + " is down, and " + survey.text(nic) +
                           " has no carrier",
                .symptom = "no frame passes",
                .cure = {{"", "timeline: {link: " + spec.name + ", state: up}"}}});
  }
  if (card.noarp) {
    report.add({.id = "arp-off",
                .host = name,
                .place = survey.said(nic.host, {card.name, "arp"}),
                .summary = survey.text(nic) + " has ARP switched off",
                .symptom = "it answers no question for its addresses and resolves nobody",
                .cure = {{name, "ip link set " + card.name + " arp on"}}});
  }
}

void same_macs(const Survey& survey, Report& report, const std::vector<Nic>& segment) {
  std::map<wire::Mac, Nic> first;
  for (const Nic& nic : segment) {
    const net::Interface& card = survey.interface(nic);
    if (card.kind != net::InterfaceKind::kEthernet || !card.up || !survey.host(nic.host).powered())
      continue;
    const auto [known, added] = first.emplace(card.mac, nic);
    if (added || known->second.host == nic.host) continue;
    report.add({.id = "duplicate-mac",
                .host = survey.name(nic.host),
                .place = survey.place_of(nic.host),
                .summary = survey.text(known->second) + " and " + survey.text(nic) +
                           " have the same MAC " + wire::to_string(card.mac),
                .symptom = "the switch moves the MAC from port to port with each frame: both lose "
                           "some of what is meant for them",
                .cure = {{survey.name(nic.host),
                          "ip link set " + card.name + " address <a MAC of its own>"}}});
  }
}

// Of two cards of a host on one segment: how their neighbours are answered, if not each by the card
// that has the address.
std::string crossed_answers(const Survey& survey, Nic a, Nic b) {
  const net::Host& host = survey.host(a.host);
  for (const Nic& asker : survey.neighbours_of(a)) {
    const net::Interface& card = survey.interface(asker);
    if (asker.host == a.host || card.addresses.empty() || !survey.host(asker.host).powered())
      continue;
    const wire::Ipv4 sender = card.addresses.front().local;
    for (const auto& [at, other] : {std::pair(a, b), std::pair(b, a)}) {
      for (const net::Address& address : survey.interface(at).addresses) {
        const bool own = host.arp_answer(at.index, sender, address.local) == net::ArpAnswer::kLocal;
        const bool crossed =
            host.arp_answer(other.index, sender, address.local) == net::ArpAnswer::kLocal;
        if (crossed && own) return "each answers for the other's addresses";
        if (crossed) {
          return fmt::format("only {} answers for {}'s addresses", survey.interface(other).name,
                             survey.interface(at).name);
        }
      }
    }
  }
  return {};
}

void two_cards(const Survey& survey, Report& report, const std::vector<Nic>& segment) {
  std::map<std::size_t, Nic> first;  // by host
  for (const Nic& nic : segment) {
    const net::Interface& card = survey.interface(nic);
    if (card.kind != net::InterfaceKind::kEthernet || !card.up || !survey.host(nic.host).powered())
      continue;
    const auto [known, added] = first.emplace(nic.host, nic);
    if (added) continue;
    const std::string how = crossed_answers(survey, known->second, nic);
    if (how.empty()) continue;
    const std::string& name = survey.name(nic.host);
    report.add(
        {.id = "two-cards-one-segment",
         .host = name,
         .place = survey.place_of(nic.host),
         .summary = survey.text(known->second) + " and " + survey.text(nic) +
                    " stand on one segment, and " + how,
         .symptom = "which MAC a neighbour learns is a matter of who is faster",
         .cure = {{name, sysctl_w("all.arp_ignore", 1)}, {name, sysctl_w("all.arp_announce", 2)}}});
  }
}

}  // namespace

void look_at_cables(const Survey& survey, Report& report) {
  for (std::size_t h = 0; h < survey.host_count(); ++h) machine(survey, report, h);
  for (const Nic& nic : survey.cards()) card(survey, report, nic);
  for (const std::vector<Nic>& segment : survey.segments()) {
    same_macs(survey, report, segment);
    two_cards(survey, report, segment);
  }
  constexpr double kWorthSaying = 0.01;
  for (const scenario::LinkSpec& link : survey.lab().scenario().links) {
    if (link.shape.loss < kWorthSaying) continue;
    report.add({.id = "lossy-link",
                .host = link.a.is_switch ? link.b.node : link.a.node,
                .place = link.place,
                .summary = fmt::format("the link {} loses {:.3g} % of its frames", link.name,
                                       link.shape.loss * 100),
                .symptom = "retransmissions after 1 s for a lost SYN, 200 ms and more for data"});
  }
}

}  // namespace lvslab::diagnose
