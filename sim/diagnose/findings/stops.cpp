// What stopped a packet on its way, as a finding on the host that is to be mended.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using wire::Ipv4;

bool is_router(const Survey& survey, std::size_t h) {
  if (survey.lab().scenario().hosts[h].role == "router") return true;
  std::vector<std::size_t> segments;
  for (const Nic& nic : survey.cards()) {
    if (nic.host != h || survey.interface(nic).addresses.empty()) continue;
    const std::size_t segment = survey.segment_of(nic);
    if (std::find(segments.begin(), segments.end(), segment) == segments.end())
      segments.push_back(segment);
  }
  return segments.size() > 1;
}

// A router on a segment of the host, but not the one that did not forward: its address there.
std::string some_router(const Survey& survey, std::size_t h, std::size_t but) {
  for (const Nic& nic : survey.cards()) {
    if (nic.host != h) continue;
    for (const Nic& other : survey.neighbours_of(nic)) {
      if (other.host == but || !survey.host(other.host).powered()) continue;
      if (!survey.host(other.host).conf(other.index).forwarding()) continue;
      for (const net::Address& a : survey.interface(other).addresses) {
        if (!survey.is_vip(a.local)) return wire::to_string(a.local);
      }
    }
  }
  return "GATEWAY";
}

void no_route(const Survey& survey, Report& report, const Walk& w, LegKind kind,
              const std::string& packet) {
  // A real server that only the director's default route leads to is the director's affair.
  const std::size_t at = kind == LegKind::kToReal ? w.steps.front().host : w.host;
  const std::string& name = survey.name(at);
  // A card that is down took its routes along: that is the cause.
  if (report.has_error(name)) return;
  const Ipv4 to = w.probe.destination.address;
  Finding f{.host = name, .place = survey.place_of(at)};
  f.id = kind == LegKind::kRequest  ? "no-route-to-vip"
         : kind == LegKind::kToReal ? "no-route-to-real-server"
                                    : "no-route-to-client";
  f.summary = at == w.host ? fmt::format("{} has no route to {}", name, survey.text(to))
                           : fmt::format("{} sends what is for {} to {}, which has no route to it",
                                         name, survey.text(to), survey.name(w.host));
  f.symptom = fmt::format(
      "{} ends there{}", packet,
      w.steps.size() == 1 ? ": Network is unreachable" : " with ICMP network unreachable");
  f.cure = {
      {name, at == w.host
                 ? "ip route add default via " + some_router(survey, at, at)
                 : fmt::format("ip addr add <an address of {}'s network> dev <its card there>",
                               wire::to_string(to))}};
  report.add(std::move(f));
}

// The last host is no router: whoever gave it the packet has a wrong gateway.
void no_router(const Survey& survey, Report& report, const Walk& w, const std::string& packet) {
  const Step& before = w.steps[w.steps.size() - 2];
  const std::string& sender = survey.name(before.host);
  report.add({.id = "gateway-is-no-router",
              .host = sender,
              .place = survey.place_of_gateway(before.host, before.next_hop),
              .summary = fmt::format("{} sends what is for {} to {} ({}), which is no router",
                                     sender, survey.text(w.probe.destination.address),
                                     survey.text(before.next_hop), survey.name(w.host)),
              .symptom = packet + " ends there without a word",
              .cure = {{sender, "ip route replace default via " +
                                    some_router(survey, before.host, w.host)}}});
}

void not_forwarding(const Survey& survey, Report& report, const Walk& w, LegKind kind,
                    const std::string& packet) {
  const std::string& name = survey.name(w.host);
  const bool director = kind == LegKind::kReply && survey.balances(w.host);
  if (!director && w.steps.size() >= 2 && !is_router(survey, w.host))
    return no_router(survey, report, w, packet);
  report.add({.id = director ? "nat-director-not-forwarding" : "router-not-forwarding",
              .host = name,
              .place = survey.place_of_sysctl(w.host, "ip_forward"),
              .summary = director ? name + " balances by NAT, and ip_forward is 0"
                                  : name + " is given packets to forward, and ip_forward is 0",
              .symptom = director ? "requests arrive at the real servers, their replies end at the "
                                    "director"
                                  : packet + " ends there without a word",
              .cure = {{name, "sysctl -w net.ipv4.ip_forward=1"}}});
}

void reverse_path(const Survey& survey, Report& report, const Walk& w, const std::string& packet) {
  const std::string& name = survey.name(w.host);
  const net::Interface& card = survey.interface(w.nic);
  const bool tunnel = card.kind == net::InterfaceKind::kIpip;
  const int value = survey.host(w.host).conf(w.nic.index).rp_filter();
  std::vector<Cure> cure;
  const bool all = survey.host(w.host).conf_all().rp_filter > 0;
  const bool own = card.conf.rp_filter > 0;
  if (all) cure.push_back({name, sysctl_w("all.rp_filter", 0)});
  if (own) cure.push_back({name, sysctl_w(card.name + ".rp_filter", 0)});
  report.add({.id = tunnel ? "rp-filter-on-tunnel" : "rp-filter-drops",
              .host = name,
              .place = survey.place_of_sysctl(w.host, "rp_filter"),
              .summary = fmt::format("{} drops packets from {} on {}: rp_filter is {}, and its way "
                                     "back there is another",
                                     name, survey.text(w.probe.source.address), card.name, value),
              .symptom = packet + " vanishes (IPReversePathFilter counts it in nstat)",
              .cure = std::move(cure)});
}

void martian(const Survey& survey, Report& report, const Walk& w, LegKind kind,
             const std::string& packet) {
  const std::string& name = survey.name(w.host);
  const Ipv4 source = w.probe.source.address;
  if (kind == LegKind::kReply && survey.balances_for(w.host, source))
    return answers_by_director(survey, report, w, w.host);
  // Another real server, which has the VIP too, was taken for a router.
  if (kind == LegKind::kReply && w.steps.size() >= 2 && !is_router(survey, w.host))
    return no_router(survey, report, w, packet);
  if (!survey.is_local(w.host, source)) {
    report.add({.id = "route-refused",
                .host = name,
                .place = survey.said(w.host, {"ip", "route"}),
                .summary = fmt::format("{}'s own way to {} refuses (blackhole, unreachable or "
                                       "prohibit), so it takes no packets from there",
                                       name, survey.text(source)),
                .symptom = packet + " is dropped as a martian",
                .cure = {{name, "ip route get " + wire::to_string(source) +
                                    ", and delete the route or rule that refuses"}}});
    return;
  }
  if (report.has("duplicate-address")) return;  // that is why
  report.add({.id = "martian-source",
              .host = name,
              .place = survey.place_of_address(w.host, source),
              .summary = fmt::format("{} is given packets from {}, an address it has itself", name,
                                     survey.text(source)),
              .symptom = packet + " is dropped as a martian",
              .cure = {{name, "ip addr del " + wire::to_string(source) + "/32 dev <its device>"}}});
}

}  // namespace

void answers_by_director(const Survey& survey, Report& report, const Walk& w,
                         std::size_t director) {
  const std::size_t server = w.steps.front().host;
  const Ipv4 gateway = w.steps.front().next_hop;
  report.add(
      {.id = "dr-gateway-is-director",
       .host = survey.name(server),
       .place = survey.place_of_gateway(server, gateway),
       .summary = fmt::format("{} answers clients by way of {}, which is the director {}",
                              survey.name(server), survey.text(gateway), survey.name(director)),
       .symptom = "the director owns the VIP, takes replies from it for forgeries of its own "
                  "address and drops them: the SYN arrives, the SYN-ACK vanishes",
       .cure = {{survey.name(server),
                 "ip route replace default via " + some_router(survey, server, director)}}});
}

void explain_stop(const Survey& survey, Report& report, const Walk& w, LegKind kind,
                  const std::string& packet) {
  const std::string& name = survey.name(w.host);
  switch (w.end) {
    case WalkEnd::kDelivered:
    case WalkEnd::kTranslated:
      return;
    case WalkEnd::kNoRoute:
      return no_route(survey, report, w, kind, packet);
    case WalkEnd::kRefusedRoute:
      report.add({.id = "route-refused",
                  .host = name,
                  .place = survey.said(w.host, {"ip", "route"}),
                  .summary = fmt::format("{}'s route to {} refuses (blackhole, unreachable or "
                                         "prohibit)",
                                         name, survey.text(w.probe.destination.address)),
                  .symptom = packet + " ends there",
                  .cure = {{name, "ip route del <that route>"}}});
      return;
    case WalkEnd::kDeviceDown:
      if (report.has_error(name)) return;
      report.add({.id = "interface-down",
                  .host = name,
                  .place = survey.place_of(w.host),
                  .summary = survey.text(w.nic) + " cannot send",
                  .symptom = packet + " ends there",
                  .cure = {{name, "ip link set " + survey.interface(w.nic).name + " up"}}});
      return;
    case WalkEnd::kSilentNextHop:
      return explain_silence(survey, report, w, kind, packet);
    case WalkEnd::kNotForwarding:
      return not_forwarding(survey, report, w, kind, packet);
    case WalkEnd::kMartian:
      return martian(survey, report, w, kind, packet);
    case WalkEnd::kReversePath:
      return reverse_path(survey, report, w, packet);
    case WalkEnd::kFiltered:
      report.add({.id = "filtered",
                  .host = name,
                  .place = survey.said(w.host, {"iptables"}),
                  .summary = fmt::format("{}'s packet filter stops {}: {}", name, packet, w.rule),
                  .symptom = w.rejected ? "the sender is told that it is refused"
                                        : "it vanishes without a word: connections time out",
                  .cure = {{name,
                            "iptables -L -n -v --line-numbers, and delete or precede that "
                            "rule"}}});
      return;
    case WalkEnd::kLoop: {
      const std::size_t other = w.steps.size() >= 2 ? w.steps[w.steps.size() - 2].host : w.host;
      report.add(
          {.id = "forwarding-loop",
           .host = name,
           .place = survey.place_of(w.host),
           .summary = fmt::format("{} and {} send what is for {} to each other", name,
                                  survey.name(other), survey.text(w.probe.destination.address)),
           .symptom = packet + " goes round until its TTL is used up",
           .cure = {{name, "ip route get " + wire::to_string(w.probe.destination.address)}}});
      return;
    }
  }
}

}  // namespace lvslab::diagnose
