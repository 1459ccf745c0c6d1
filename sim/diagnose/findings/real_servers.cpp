// From the director to its real servers: routes, the VIP, tunnels, what listens.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using lvs::Method;
using wire::Ipv4;

// The powered host that has the real server's address.
std::optional<std::size_t> holder_of(const Survey& survey, const Leg& leg) {
  return survey.owner(leg.real->address.address);
}

void wrong_method(const Survey& survey, Report& report, const Trip& trip, const Leg& leg,
                  std::string_view meant, std::string_view flag, const std::string& why) {
  const std::size_t director = trip.balanced->director;
  const std::string& name = survey.name(director);
  const std::string real = wire::to_string(leg.real->address);
  report.add({.id = "wrong-method",
              .host = name,
              .place = survey.place_of_destination(director, leg.real->address),
              .summary = fmt::format("{} forwards to {} by {}, but {}", name, real,
                                     method_text(leg.real->options.method), why),
              .symptom = "its share of the clients gets no answer, or one from a stranger",
              .cure = {{name, fmt::format("ipvsadm -e <service> -r {} {}", real, flag)}},
              .assumptions = {
                  fmt::format("the real server is set up as it is meant to be: for {}", meant)}});
}

// A real server without the VIP whose way back to the client is the director is one for NAT.
bool set_up_for_nat(const Survey& survey, const Trip& trip, std::size_t server) {
  if (survey.is_local(server, trip.demand->target.address)) return false;
  const net::Route* back =
      survey.host(server).routes().lookup({.destination = trip.demand->source});
  return back != nullptr && !back->gateway.is_zero() &&
         survey.is_local(trip.balanced->director, back->gateway);
}

void without_vip(const Survey& survey, Report& report, const Trip& trip, const Leg& leg,
                 std::size_t server) {
  if (set_up_for_nat(survey, trip, server)) {
    return wrong_method(survey, report, trip, leg, "NAT", "-m",
                        survey.name(server) + " has no VIP, and its gateway is the director");
  }
  const Ipv4 vip = trip.demand->target.address;
  const std::string& name = survey.name(server);
  const bool forwards = survey.host(server).ip_forward();
  report.add({.id = "vip-missing-on-real-server",
              .host = name,
              .place = survey.place_of(server),
              .summary = fmt::format("{} is a {} real server for {}, but does not have the address",
                                     name, method_text(leg.real->options.method), survey.text(vip)),
              .symptom = forwards ? "it forwards requests back, and they go round until their TTL "
                                    "is used up"
                                  : "it drops requests as somebody else's: its share of the "
                                    "clients times out",
              .cure = {{name, sysctl_w("all.arp_ignore", 1)},
                       {name, sysctl_w("all.arp_announce", 2)},
                       {name, "ip addr add " + wire::to_string(vip) + "/32 dev lo"}}});
}

void across_router(const Survey& survey, Report& report, const Trip& trip, const Leg& leg) {
  const std::size_t director = trip.balanced->director;
  const std::string& name = survey.name(director);
  const Step& first = leg.to_real.steps.front();
  report.add({.id = "dr-across-router",
              .host = name,
              .place = survey.place_of_destination(director, leg.real->address),
              .summary = fmt::format("{} forwards by DR to {}, which is behind {}", name,
                                     wire::to_string(leg.real->address.address),
                                     survey.text(first.next_hop)),
              .symptom = "the router gets a packet for the VIP and sends it back to the director: "
                         "it goes round until its TTL is used up",
              .cure = {{name, "ipvsadm -e <service> -r " + wire::to_string(leg.real->address) +
                                  " -i (TUN), or put it on the director's segment"}}});
}

void direct(const Survey& survey, Report& report, const Trip& trip, const Leg& leg,
            const std::string& packet) {
  const Walk& w = leg.to_real;
  const Ipv4 real = leg.real->address.address;
  if (!w.steps.empty() && w.steps.front().out != kNoInterface && w.steps.front().next_hop != real)
    return across_router(survey, report, trip, leg);
  const auto holder = holder_of(survey, leg);
  const bool came_there = holder && w.passes(*holder);
  if (came_there && !survey.is_local(*holder, trip.demand->target.address) &&
      !(w.end == WalkEnd::kDelivered && w.host == *holder) && w.end != WalkEnd::kTranslated &&
      !(w.end == WalkEnd::kReversePath && w.host == *holder) &&
      !(w.end == WalkEnd::kFiltered && w.host == *holder)) {
    return without_vip(survey, report, trip, leg, *holder);
  }
  explain_stop(survey, report, w, LegKind::kToReal, packet);
}

void tunnelled(const Survey& survey, Report& report, const Trip& trip, const Leg& leg,
               const std::string& packet) {
  explain_stop(survey, report, leg.to_real, LegKind::kToReal, packet);
  if (leg.to_real.end != WalkEnd::kDelivered) return;
  const std::size_t server = leg.to_real.host;
  const net::Host& host = survey.host(server);
  const std::string& name = survey.name(server);
  const net::Interface* tunnel = nullptr;
  for (const net::Interface& nic : host.interfaces()) {
    if (nic.kind == net::InterfaceKind::kIpip && !nic.removed && (tunnel == nullptr || nic.up))
      tunnel = &nic;
  }
  const bool beside = leg.to_real.steps.front().next_hop == leg.real->address.address;
  const bool none = !host.ipip_loaded() || tunnel == nullptr;
  if (none && beside && survey.is_local(server, trip.demand->target.address)) {
    return wrong_method(survey, report, trip, leg, "DR", "-g",
                        name + " takes no tunnel, has the VIP and stands on its segment");
  }
  if (none) {
    report.add({.id = "tunnel-missing",
                .host = name,
                .place = survey.place_of(server),
                .summary = name + " is a TUN real server, but the module ipip is not loaded",
                .symptom = "it answers what comes through the tunnel with ICMP protocol "
                           "unreachable",
                .cure = {{name, "modprobe ipip"}, {name, "ip link set tunl0 up"}}});
    return;
  }
  if (!tunnel->up) {
    report.add(
        {.id = "tunnel-down",
         .host = name,
         .place = survey.said(server, {tunnel->name}),
         .summary = fmt::format("{} is a TUN real server, and {} is down", name, tunnel->name),
         .symptom = "it answers what comes through the tunnel with ICMP port unreachable, "
                    "and clients are refused",
         .cure = {{name, "ip link set " + tunnel->name + " up"}}});
    return;
  }
  const Walk& inside = leg.inside;
  if (inside.end == WalkEnd::kReversePath || inside.end == WalkEnd::kFiltered)
    return explain_stop(survey, report, inside, LegKind::kToReal, packet);
  if (!survey.is_local(server, trip.demand->target.address) &&
      !(inside.end == WalkEnd::kDelivered && inside.host == server) &&
      inside.end != WalkEnd::kTranslated) {
    return without_vip(survey, report, trip, leg, server);
  }
  explain_stop(survey, report, inside, LegKind::kToReal, packet);
}

// As `serve` gives it, or as the timeline has changed it since.
app::ServerState state_of(const Survey& survey, std::size_t server, const app::ServeSpec& spec) {
  app::ServerState state = spec.state;
  const scenario::Lab& lab = survey.lab();
  if (!lab.is_ready()) return state;
  for (const scenario::TimelineItem& item : lab.scenario().timeline) {
    const auto* action = std::get_if<scenario::ServeAction>(&item.action);
    if (action == nullptr || lab.ready() + item.at > lab.world().now()) continue;
    const bool same = action->host == survey.name(server) && action->port == spec.port &&
                      action->protocol == spec.protocol;
    if (same && action->change.state) state = *action->change.state;
  }
  return state;
}

void listening(const Survey& survey, Report& report, const Leg& leg, wire::Protocol protocol) {
  if (!leg.server || protocol == wire::Protocol::kIcmp || protocol == wire::Protocol::kSctp) return;
  const std::size_t server = *leg.server;
  const std::string& name = survey.name(server);
  std::string others, elsewhere;
  for (const transport::SocketView& s : survey.machine(server).sockets().list()) {
    const bool listens = protocol == wire::Protocol::kTcp ? s.state == transport::TcpState::kListen
                                                          : s.remote.port == 0;
    if (s.protocol != protocol || !listens) continue;
    if (s.local.port != leg.heard.port) {
      others += (others.empty() ? "" : ", ") + std::to_string(s.local.port);
      continue;
    }
    if (s.local.address.is_zero() || s.local.address == leg.heard.address) {
      elsewhere.clear();
      others = "-";
      break;
    }
    elsewhere = wire::to_string(s.local.address);
  }
  const scenario::HostSpec& spec = survey.lab().scenario().hosts[server];
  const auto place =
      spec.serve_places.empty() ? survey.place_of(server) : spec.serve_places.front();
  const std::string_view word = protocol == wire::Protocol::kUdp ? "UDP" : "TCP";
  if (!elsewhere.empty()) {
    report.add({.id = "bound-to-another-address",
                .host = name,
                .place = place,
                .summary = fmt::format("{} listens on {}:{}, but requests come for {}", name,
                                       elsewhere, leg.heard.port, wire::to_string(leg.heard)),
                .symptom = "they are refused",
                .cure = {{name, "let the server listen on 0.0.0.0 (all addresses)"}}});
  } else if (others != "-") {
    report.add(
        {.id = "nothing-listens",
         .host = name,
         .place = place,
         .summary = fmt::format("nothing listens on {}'s {} port {}{}", name, word, leg.heard.port,
                                others.empty() ? "" : " (but on " + others + ")"),
         .symptom = "its share of the clients is refused; by NAT lc and wlc even prefer it, "
                    "for it seems idle",
         .cure = {{name, fmt::format("start the server on port {}", leg.heard.port)}}});
  }
  for (std::size_t i = 0; i < spec.serve.size(); ++i) {
    const app::ServeSpec& serve = spec.serve[i];
    const app::ServerState state = state_of(survey, server, serve);
    const bool silent = state == app::ServerState::kHung || state == app::ServerState::kPaused;
    if (!silent || serve.port != leg.heard.port || serve.protocol != protocol) continue;
    report.add({.id = "server-silent",
                .host = name,
                .place = i < spec.serve_places.size() ? spec.serve_places[i] : place,
                .summary = fmt::format("the server on {}'s port {} is {}", name, serve.port,
                                       state == app::ServerState::kHung ? "hung" : "paused"),
                .symptom = "connections are made, and nothing is answered",
                .cure = {{name, "restart the server"}}});
  }
}

}  // namespace

void look_at_real_servers(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    for (const Leg& leg : trip.legs) {
      const std::string packet =
          fmt::format("what {} forwards to {}", survey.name(trip.balanced->director),
                      wire::to_string(leg.real->address.address));
      switch (leg.real->options.method) {
        case Method::kRoute:
          direct(survey, report, trip, leg, packet);
          break;
        case Method::kTunnel:
          tunnelled(survey, report, trip, leg, packet);
          break;
        case Method::kMasq:
          if (leg.server && *leg.server != trip.balanced->director &&
              survey.is_local(*leg.server, trip.demand->target.address) && leg.reply &&
              !leg.reply->passes(trip.balanced->director)) {
            wrong_method(
                survey, report, trip, leg, "DR", "-g",
                survey.name(*leg.server) + " has the VIP, and its way back misses the director");
          }
          explain_stop(survey, report, leg.to_real, LegKind::kToReal, packet);
          break;
        case Method::kFullNat:
          if (!trip.balanced->service->local_addresses.empty())
            explain_stop(survey, report, leg.to_real, LegKind::kToReal, packet);
          break;
        default:
          break;
      }
      listening(survey, report, leg, trip.demand->protocol);
    }
  }
}

}  // namespace lvslab::diagnose
