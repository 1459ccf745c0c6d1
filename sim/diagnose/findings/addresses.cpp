// Who owns an address: duplicates, wide masks on lo, permanent entries.
#include <algorithm>
#include <map>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using wire::Ipv4;

// Both would answer somebody on a segment where both stand.
bool both_answer(const Survey& survey, std::size_t a, std::size_t b, Ipv4 address) {
  for (const Nic& nic : survey.cards()) {
    if (nic.host != a ||
        survey.host(a).arp_answer(nic.index, {}, address) != net::ArpAnswer::kLocal) {
      continue;
    }
    for (const Nic& other : survey.neighbours_of(nic)) {
      if (other.host == b &&
          survey.host(b).arp_answer(other.index, {}, address) == net::ArpAnswer::kLocal)
        return true;
    }
  }
  return false;
}

// Somebody beside it on a segment takes the address for one on the link. Behind routers that name
// the directors as gateways nobody asks who has it.
bool asked_for(const Survey& survey, std::size_t host, Ipv4 address) {
  for (const Nic& nic : survey.cards()) {
    if (nic.host != host) continue;
    for (const Nic& other : survey.neighbours_of(nic)) {
      const net::Route* route = survey.host(other.host).routes().lookup({.destination = address});
      if (route != nullptr && route->type == net::RouteType::kUnicast && route->gateway.is_zero() &&
          route->device == other.index)
        return true;
    }
  }
  return false;
}

void duplicate(const Survey& survey, Report& report, Nic one, Nic other, Ipv4 address) {
  // Who has it besides an address of his own is the intruder; else the later of the two.
  const auto own = [&](Nic nic) {
    const std::vector<net::Address>& all = survey.interface(nic).addresses;
    return !all.empty() && all.front().local == address;
  };
  const bool first_intrudes = !own(one) && own(other);
  const Nic intruder = first_intrudes ? one : other, rightful = first_intrudes ? other : one;
  const std::string& name = survey.name(intruder.host);
  report.add({.id = "duplicate-address",
              .host = name,
              .place = survey.place_of_address(intruder.host, address),
              .summary = survey.text(rightful) + " and " + survey.text(intruder) + " both have " +
                         survey.text(address),
              .symptom = "each neighbour talks to whichever of the two it heard of last, or first",
              .cure = {{name, fmt::format("ip addr del {}/{} dev {}", wire::to_string(address),
                                          survey.address_on(intruder, address)->prefix_length,
                                          survey.interface(intruder).name)}},
              .assumptions = {survey.name(rightful.host) + " is the rightful owner"}});
}

void same_addresses(const Survey& survey, Report& report) {
  std::map<Ipv4, std::vector<Nic>> by_address;
  for (std::size_t h = 0; h < survey.host_count(); ++h) {
    if (!survey.host(h).powered()) continue;
    for (const net::Interface& nic : survey.host(h).interfaces()) {
      if (nic.removed) continue;
      for (const net::Address& a : nic.addresses) {
        if (!a.local.is_loopback()) by_address[a.local].push_back({h, nic.index});
      }
    }
  }
  for (const auto& [address, nics] : by_address) {
    for (std::size_t i = 1; i < nics.size(); ++i) {
      const std::size_t a = nics[0].host, b = nics[i].host;
      if (a == b) continue;
      const std::string text = survey.text(address);
      if (survey.is_vip(address)) {
        if (!survey.balances_for(a, address) || !survey.balances_for(b, address) ||
            !both_answer(survey, a, b, address) ||
            !(asked_for(survey, a, address) || asked_for(survey, b, address))) {
          continue;
        }
        report.add({.id = "two-directors-own-vip",
                    .host = survey.name(b),
                    .place = survey.place_of_address(b, address),
                    .summary = survey.name(a) + " and " + survey.name(b) + " both own " + text,
                    .symptom = "both answer; connections break whenever the other's answer or "
                               "announcement is believed",
                    .cure = {{survey.name(b), "ip addr del " + wire::to_string(address) +
                                                  "/32 dev " + survey.interface(nics[i]).name}},
                    .assumptions = {survey.name(b) + " is the backup"}});
        continue;
      }
      if (!both_answer(survey, a, b, address)) continue;
      duplicate(survey, report, nics[0], nics[i], address);
    }
  }
}

void wide_masks_on_lo(const Survey& survey, Report& report) {
  for (std::size_t h = 0; h < survey.host_count(); ++h) {
    if (!survey.host(h).powered()) continue;
    for (const net::Address& a : survey.host(h).interface(0).addresses) {
      if (a.local.is_loopback() || a.prefix_length == 32) continue;
      const std::string text = wire::to_string(a.local), old = wire::to_string(a.prefix());
      report.add({.id = "vip-prefix-on-lo",
                  .host = survey.name(h),
                  .place = survey.place_of_address(h, a.local),
                  .summary = survey.name(h) + " has " + old + " on lo: all of " +
                             wire::to_string(wire::Prefix{a.prefix().network(), a.prefix_length}) +
                             " is local to it",
                  .symptom = "it reaches no host of that network, not even its gateway, and takes "
                             "what is meant for them for its own",
                  .cure = {{survey.name(h), "ip addr del " + old + " dev lo"},
                           {survey.name(h), "ip addr add " + text + "/32 dev lo"}}});
    }
  }
}

// A MAC of VRRP (RFC 5798 7.3), which moves with the address.
bool is_virtual(wire::Mac mac) { return mac.value >> 8 == 0x00005e0001; }

std::size_t directors_of(const Survey& survey, Ipv4 vip) {
  std::vector<std::size_t> all;
  for (const Balanced& b : survey.services()) {
    const bool for_it = std::find(b.vips.begin(), b.vips.end(), vip) != b.vips.end();
    if (for_it && std::find(all.begin(), all.end(), b.director) == all.end())
      all.push_back(b.director);
  }
  return all.size();
}

void permanent_entries(const Survey& survey, Report& report) {
  for (const Nic& nic : survey.cards()) {
    if (!survey.host(nic.host).powered()) continue;
    for (const net::Neighbour* entry : survey.host(nic.host).neighbours().list()) {
      if (entry->device != nic.index || entry->state != net::NeighbourState::kPermanent) continue;
      std::string rightful, named = wire::to_string(entry->mac);
      bool right = false, known = false;
      for (const Nic& other : survey.neighbours_of(nic)) {
        const bool owns = survey.is_local(other.host, entry->address) &&
                          !survey.is_real_server_of(other.host, entry->address);
        if (survey.interface(other).mac == entry->mac) {
          named = survey.text(other);
          right = right || owns || survey.balances_for(other.host, entry->address);
        }
        if (owns && rightful.empty()) rightful = wire::to_string(survey.interface(other).mac);
        known = known || owns;
      }
      const std::string text = survey.text(entry->address), plain = wire::to_string(entry->address);
      const std::string& name = survey.name(nic.host);
      const auto place = survey.said(nic.host, {plain, wire::to_string(entry->mac)},
                                     survey.said(nic.host, {plain}));
      if (!right) {
        report.add(
            {.id = "static-neighbour-wrong",
             .host = name,
             .place = place,
             .summary = name + " has a permanent entry that says " + text + " is at " + named +
                        (known ? ", which is not its owner" : ", and nobody owns it"),
             .symptom = "what it sends there goes to the wrong card, and no announcement "
                        "changes that",
             .cure = {{name, rightful.empty()
                                 ? "ip neigh del " + plain + " dev " + survey.interface(nic).name
                                 : "ip neigh replace " + plain + " lladdr " + rightful + " dev " +
                                       survey.interface(nic).name}}});
      } else if (directors_of(survey, entry->address) > 1 && !is_virtual(entry->mac)) {
        report.add(
            {.id = "static-neighbour-pins-vip",
             .host = name,
             .place = place,
             .summary = name + " has a permanent entry for " + text + ", which two directors share",
             .symptom = "after a takeover it goes on sending to the old director",
             .cure = {{name, "ip neigh del " + plain + " dev " + survey.interface(nic).name}}});
      }
    }
  }
}

void deaf_to_takeovers(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    if (trip.balanced == nullptr || directors_of(survey, trip.demand->target.address) < 2) continue;
    if (trip.request.steps.size() < 2) continue;
    const Step& last = trip.request.steps[trip.request.steps.size() - 2];
    const net::Host& host = survey.host(last.host);
    if (!host.conf(last.out).drop_gratuitous_arp()) continue;
    const std::string& name = survey.name(last.host);
    report.add({.id = "gratuitous-arp-refused",
                .host = name,
                .place = survey.place_of_sysctl(last.host, "drop_gratuitous_arp"),
                .summary = name + " drops gratuitous ARP, by which a director says that it took " +
                           survey.text(trip.demand->target.address) + " over",
                .symptom = "after a takeover it goes on sending to the old director until its "
                           "entry expires",
                .cure = {{name, sysctl_w("all.drop_gratuitous_arp", 0)}}});
  }
}

}  // namespace

void look_at_addresses(const Survey& survey, Report& report) {
  same_addresses(survey, report);
  wide_masks_on_lo(survey, report);
  permanent_entries(survey, report);
  deaf_to_takeovers(survey, report);
}

}  // namespace lvslab::diagnose
