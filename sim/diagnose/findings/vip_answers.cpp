// Real servers (and others) that answer for the VIP where only the director may.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using net::ArpAnswer;
using wire::Ipv4;

// A card whose host would ask for the VIP there: its route to it leads on link out of that card.
struct Asker {
  Nic nic;
  Ipv4 vip;
};

std::vector<Asker> askers(const Survey& survey) {
  std::vector<Asker> all;
  const auto add = [&](const Walk& walk, Ipv4 vip) {
    for (const Step& step : walk.steps) {
      const Nic nic{step.host, step.out};
      const bool asks = step.out != kNoInterface && step.next_hop == vip;
      const bool known = std::any_of(all.begin(), all.end(),
                                     [&](const Asker& a) { return a.nic == nic && a.vip == vip; });
      if (asks && !known) all.push_back({nic, vip});
    }
  };
  for (const Trip& trip : survey.trips()) add(trip.request, trip.demand->target.address);
  return all;
}

// The first other card of the host with a setting of its own, or none.
const net::Interface* another_with_arp_ignore(const net::Host& host, InterfaceIndex asked) {
  for (const net::Interface& nic : host.interfaces()) {
    if (nic.removed || nic.index == asked || nic.loopback()) continue;
    if (nic.conf.arp_ignore > 0) return &nic;
  }
  return nullptr;
}

// Which setting lets this real server's answer out.
void blame_setting(const Survey& survey, Report& report, Nic nic, Ipv4 vip, const Asker& asker) {
  const net::Host& host = survey.host(nic.host);
  const net::Interface& card = survey.interface(nic);
  const std::string& name = survey.name(nic.host);
  const int value = host.conf(nic.index).arp_ignore();
  Finding finding{.host = name, .place = survey.place_of_address(nic.host, vip)};
  const std::string who = fmt::format("{} answers for {} on {}", name, survey.text(vip), card.name);
  finding.symptom = fmt::format(
      "{} learns the MAC of whoever answers first: connections reach {} past the director, which "
      "neither balances nor counts them",
      survey.name(asker.nic.host), name);
  finding.cure = {{name, sysctl_w("all.arp_ignore", 1)}, {name, sysctl_w("all.arp_announce", 2)}};
  const auto place_of_value = [&](const std::string& key) {
    finding.place = survey.place_of_sysctl(nic.host, key);
  };
  const net::Interface* other = another_with_arp_ignore(host, nic.index);
  if (card.find(vip) != nullptr && value <= 7) {
    finding.id = "vip-on-lan-card";
    finding.summary = fmt::format(
        "{}: the VIP is on that very card, where arp_ignore {} does not "
        "hide it",
        who, value);
    finding.cure = {{name, fmt::format("ip addr del {}/{} dev {}", wire::to_string(vip),
                                       card.find(vip)->prefix_length, card.name)},
                    {name, "ip addr add " + wire::to_string(vip) + "/32 dev lo"},
                    {name, sysctl_w("all.arp_ignore", 1)},
                    {name, sysctl_w("all.arp_announce", 2)}};
  } else if (value != 0) {
    finding.id = "arp-ignore-without-effect";
    finding.summary = fmt::format("{}: arp_ignore {} does not hide {}", who, value,
                                  value == 3 ? "an address of global scope" : "anything");
    place_of_value("arp_ignore");
  } else if (host.interface(0).conf.arp_ignore > 0) {
    finding.id = "arp-ignore-on-lo-only";
    finding.summary = fmt::format("{}: arp_ignore is {} on lo, but the question comes in on {}",
                                  who, host.interface(0).conf.arp_ignore, card.name);
    place_of_value("arp_ignore");
  } else if (host.conf_default().arp_ignore > 0) {
    finding.id = "arp-ignore-on-default-only";
    finding.summary = fmt::format(
        "{}: arp_ignore is set for interfaces still to come (default), {} was there already", who,
        card.name);
    place_of_value("arp_ignore");
  } else if (other != nullptr) {
    finding.id = "arp-ignore-on-another-card";
    finding.summary = fmt::format("{}: arp_ignore is set on {} only", who, other->name);
    place_of_value("arp_ignore");
  } else {
    finding.id = "arp-ignore-off";
    finding.summary = who + ": arp_ignore is 0";
  }
  report.add(std::move(finding));
}

void blame(const Survey& survey, Report& report, const Resolution::Answer& answer,
           const Asker& asker) {
  const Nic nic = answer.nic;
  const std::string& name = survey.name(nic.host);
  if (survey.balances_for(nic.host, asker.vip)) return;
  if (answer.how == ArpAnswer::kProxy) {
    report.add({.id = "proxy-arp-for-vip",
                .host = name,
                .place = survey.place_of_sysctl(nic.host, "proxy_arp"),
                .summary = fmt::format("{} answers for {} by proxy ARP on {}", name,
                                       survey.text(asker.vip), survey.interface(nic).name),
                .symptom = "who believes it sends packets for the VIP on a detour, or in a circle",
                .cure = {{name, sysctl_w("all.proxy_arp", 0)},
                         {name, sysctl_w(survey.interface(nic).name + ".proxy_arp", 0)}}});
    return;
  }
  const bool wide = std::any_of(
      survey.host(nic.host).interface(0).addresses.begin(),
      survey.host(nic.host).interface(0).addresses.end(),
      [](const net::Address& a) { return !a.local.is_loopback() && a.prefix_length < 32; });
  const bool configured = survey.host(nic.host).routes().is_configured(asker.vip);
  if (!configured && wide) return;  // vip-prefix-on-lo says it
  const std::string& role = survey.lab().scenario().hosts[nic.host].role;
  if (survey.is_real_server_of(nic.host, asker.vip) || role == "real-server")
    return blame_setting(survey, report, nic, asker.vip, asker);
  const std::vector<Nic> where = survey.holders(asker.vip);
  const auto mine =
      std::find_if(where.begin(), where.end(), [&](const Nic& n) { return n.host == nic.host; });
  report.add(
      {.id = "vip-owned-by-stranger",
       .host = name,
       .place = survey.place_of_address(nic.host, asker.vip),
       .summary = fmt::format("{} owns {} and answers for it, but balances nothing for it", name,
                              survey.text(asker.vip)),
       .symptom = survey.name(asker.nic.host) + " may send connections there",
       .cure = mine == where.end()
                   ? std::vector<Cure>{}
                   : std::vector<Cure>{
                         {name, fmt::format("ip addr del {}/{} dev {}", wire::to_string(asker.vip),
                                            survey.address_on(*mine, asker.vip)->prefix_length,
                                            survey.interface(*mine).name)}}});
}

// arp_notify, and scripts that set the VIP up before they hide it.
void latent(const Survey& survey, Report& report, std::size_t h, Ipv4 vip) {
  const std::string& name = survey.name(h);
  for (const Nic& nic : survey.holders(vip)) {
    if (nic.host != h) continue;
    const net::Interface& card = survey.interface(nic);
    if (card.kind == net::InterfaceKind::kEthernet &&
        survey.host(h).conf(nic.index).arp_notify() > 0) {
      report.add({.id = "arp-notify-announces-vip",
                  .host = name,
                  .place = survey.place_of_sysctl(h, "arp_notify"),
                  .summary = fmt::format("{} has {} on {}, and arp_notify is on", name,
                                         survey.text(vip), card.name),
                  .symptom = "when the card comes up it announces the VIP to all, whatever "
                             "arp_ignore and arp_announce say",
                  .cure = {{name, sysctl_w("all.arp_notify", 0)},
                           {name, sysctl_w(card.name + ".arp_notify", 0)}}});
    }
  }
  const ConsoleLog::Entry* hidden = survey.console().last(h, {"arp_ignore"});
  const ConsoleLog::Entry* given = survey.console().last(h, {wire::to_string(vip), "add"});
  if (hidden == nullptr || given == nullptr || !(given->time < hidden->time)) return;
  report.add({.id = "vip-before-arp-ignore",
              .host = name,
              .place = given->place,
              .summary = fmt::format("{} had {} {:.3g} s before arp_ignore was set", name,
                                     survey.text(vip), (hidden->time - given->time).in_seconds()),
              .symptom = "who asked meanwhile has the wrong MAC and keeps it until his entry "
                         "expires, though sysctl now reads right",
              .cure = {{name, "set arp_ignore and arp_announce first, then add the address"}}});
}

// What a host that asks believes now, whatever the settings have become since.
void believed(const Survey& survey, Report& report, const Asker& asker) {
  const net::Neighbour* entry =
      survey.host(asker.nic.host).neighbours().find(asker.nic.index, asker.vip);
  if (entry == nullptr || !net::neighbour_valid(entry->state) ||
      entry->state == net::NeighbourState::kPermanent) {
    return;
  }
  for (const Nic& other : survey.neighbours_of(asker.nic)) {
    if (survey.interface(other).mac != entry->mac || survey.balances_for(other.host, asker.vip) ||
        !survey.is_local(other.host, asker.vip)) {
      continue;
    }
    const std::string& name = survey.name(asker.nic.host);
    const std::string vip = wire::to_string(asker.vip);
    const auto director =
        std::find_if(survey.services().begin(), survey.services().end(), [&](const Balanced& b) {
          return survey.is_local(b.director, asker.vip) &&
                 std::find(b.vips.begin(), b.vips.end(), asker.vip) != b.vips.end();
        });
    std::vector<Cure> cure{{name, "ip neigh flush to " + vip}};
    if (director != survey.services().end())
      cure.push_back({survey.name(director->director), "arping -U -c 3 -I <its card> " + vip});
    report.add({.id = "vip-cache-poisoned",
                .host = name,
                .place = survey.place_of(asker.nic.host),
                .summary = fmt::format("{} believes that {} is at {}", name, survey.text(asker.vip),
                                       survey.text(other)),
                .symptom = "its connections pass the director by until the entry expires, which it "
                           "does not while they make progress",
                .cure = std::move(cure)});
  }
}

}  // namespace

void look_at_answers(const Survey& survey, Report& report) {
  for (const Asker& asker : askers(survey)) {
    if (!survey.is_vip(asker.vip)) continue;
    const Resolution found = resolve(survey, asker.nic, asker.vip, {});
    believed(survey, report, asker);
    if (!found.asked) continue;
    for (const Resolution::Answer& answer : found.answers) blame(survey, report, answer, asker);
  }
  for (const Balanced& b : survey.services()) {
    for (const Ipv4 vip : b.vips) {
      for (std::size_t h = 0; h < survey.host_count(); ++h) {
        if (h != b.director && survey.host(h).powered() && survey.is_real_server_of(h, vip))
          latent(survey, report, h, vip);
      }
    }
  }
}

}  // namespace lvslab::diagnose
