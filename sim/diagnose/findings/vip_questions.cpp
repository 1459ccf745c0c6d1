// Real servers that ask for their next hop in the VIP's name: every host that has an entry for the
// VIP then believes that they are it.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using wire::Ipv4;

// Somebody on the card's segment may hold an entry for the VIP: he has a route to it that ends
// there.
const Nic* believer(const Survey& survey, Nic from, Ipv4 vip, const std::vector<Nic>& around) {
  for (const Nic& other : around) {
    if (other.host == from.host || survey.is_local(other.host, vip) ||
        !survey.host(other.host).powered()) {
      continue;
    }
    const net::Route* route = survey.host(other.host).routes().lookup({.destination = vip});
    if (route != nullptr && route->type == net::RouteType::kUnicast &&
        route->device == other.index && route->gateway.is_zero())
      return &other;
  }
  return nullptr;
}

void blame(const Survey& survey, Report& report, const Step& first, Ipv4 vip, Nic who_believes) {
  const std::size_t h = first.host;
  const net::Host& host = survey.host(h);
  const net::Interface& card = host.interface(first.out);
  const std::string& name = survey.name(h);
  const int value = host.conf(first.out).arp_announce();
  Finding finding{.host = name, .place = survey.place_of_sysctl(h, "arp_announce")};
  const std::string who = fmt::format("{} asks for {} in the name of {}", name,
                                      survey.text(first.next_hop), survey.text(vip));
  finding.symptom = fmt::format(
      "whenever {} has to resolve its next hop for a reply, {} and everybody else with an entry "
      "for "
      "the VIP believes that {} is the VIP: it works, then flips, from time to time",
      name, survey.name(who_believes.host), name);
  finding.cure = {{name, sysctl_w("all.arp_announce", 2)}};
  const net::Address* on_card = card.find(vip);
  if (value >= 2) {
    finding.id = "vip-first-on-card";
    finding.place = survey.place_of_address(h, vip);
    finding.summary =
        on_card != nullptr
            ? fmt::format("{}, whatever arp_announce says: the VIP is the first address of {}", who,
                          card.name)
            : fmt::format("{}, whatever arp_announce says: {} has no other address to ask from",
                          who, card.name);
    finding.cure = {{name, "ip addr add " + wire::to_string(vip) + "/32 dev lo"}};
    if (on_card != nullptr) {
      finding.cure.insert(finding.cure.begin(),
                          {name, fmt::format("ip addr del {}/{} dev {}", wire::to_string(vip),
                                             on_card->prefix_length, card.name)});
    }
  } else if (value == 1) {
    finding.id = "arp-announce-1";
    finding.summary =
        fmt::format("{}: arp_announce 1 allows it, for a network of {} holds both", who, card.name);
  } else if (host.interface(0).conf.arp_announce > 0) {
    finding.id = "arp-announce-on-lo-only";
    finding.summary = fmt::format("{}: arp_announce is {} on lo, but the question leaves by {}",
                                  who, host.interface(0).conf.arp_announce, card.name);
  } else {
    finding.id = "arp-announce-off";
    finding.summary = who + ": arp_announce is 0";
  }
  report.add(std::move(finding));
}

}  // namespace

void look_at_questions(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    for (const Leg& leg : trip.legs) {
      if (!leg.reply || leg.reply->steps.empty()) continue;
      const Ipv4 vip = trip.demand->target.address;
      const Step& first = leg.reply->steps.front();
      if (first.out == kNoInterface || leg.real->options.method == lvs::Method::kMasq ||
          leg.real->options.method == lvs::Method::kFullNat ||
          survey.balances_for(first.host, vip)) {
        continue;
      }
      const Nic card{first.host, first.out};
      const Resolution question = resolve(survey, card, first.next_hop, vip);
      if (!question.asked || question.sender != vip) continue;
      const std::vector<Nic> around = survey.neighbours_of(card);
      if (const Nic* other = believer(survey, card, vip, around))
        blame(survey, report, first, vip, *other);
    }
  }
}

}  // namespace lvslab::diagnose
