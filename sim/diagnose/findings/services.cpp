// What ipvsadm was told: services, destinations, weights, ports, limits.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using lvs::Method;
using wire::Ipv4;

std::string protocol_flag(wire::Protocol protocol) {
  return protocol == wire::Protocol::kUdp    ? "-u"
         : protocol == wire::Protocol::kSctp ? "--sctp-service"
                                             : "-t";
}

// "-t 10.0.0.100:80" as ipvsadm is told it.
std::string service_flags(const lvs::ServiceKey& key) {
  if (key.mark != 0) return "-f " + std::to_string(key.mark);
  return protocol_flag(key.protocol) + " " + wire::to_string(key.address);
}

std::string method_flag(Method method) {
  return method == Method::kMasq      ? "-m"
         : method == Method::kTunnel  ? "-i"
         : method == Method::kFullNat ? "-b"
                                      : "-g";
}

void weights(const Survey& survey, Report& report, const Balanced& b) {
  const std::string& name = survey.name(b.director);
  const std::string flags = service_flags(b.service->key);
  const lvs::DestinationList& all = b.service->destinations;
  const auto place =
      survey.said(b.director, {b.service->key.mark != 0 ? std::to_string(b.service->key.mark)
                                                        : wire::to_string(b.service->key.address)});
  if (all.empty()) {
    report.add({.id = "service-without-destinations",
                .host = name,
                .place = place,
                .summary = fmt::format("the service {} of {} has no real server", flags, name),
                .symptom = "clients are refused at once (ICMP port unreachable)",
                .cure = {{name, "ipvsadm -a " + flags + " -r RIP:PORT -g"}}});
    return;
  }
  const auto zero = [](const lvs::Destination* d) { return d->options.weight == 0; };
  if (std::all_of(all.begin(), all.end(), zero)) {
    std::vector<Cure> cure;
    for (const lvs::Destination* d : all) {
      cure.push_back(
          {name, fmt::format("ipvsadm -e {} -r {} {} -w 1", flags, wire::to_string(d->address),
                             method_flag(d->options.method))});
    }
    report.add({.id = "all-weights-zero",
                .host = name,
                .place = place,
                .summary = fmt::format("all real servers of {} have weight 0", flags),
                .symptom = "nobody is scheduled: new clients are refused",
                .cure = std::move(cure)});
    return;
  }
  for (const lvs::Destination* d : all) {
    if (!zero(d)) continue;
    report.add(
        {.id = "weight-zero",
         .host = name,
         .place = survey.place_of_destination(b.director, d->address),
         .summary = fmt::format("{} has weight 0 in {}", wire::to_string(d->address), flags),
         .symptom = "it gets no new connections; those it has, and persistent clients, stay",
         .cure = {{name, fmt::format("ipvsadm -e {} -r {} {} -w 1", flags,
                                     wire::to_string(d->address), method_flag(d->options.method))}},
         .assumptions = {"it is not meant to be drained"}});
  }
}

// ipvsadm takes `-r RIP:8080 -g` for a service on port 80 and uses port 80: only what was typed
// shows it.
void port_mapping(const Survey& survey, Report& report, const Balanced& b) {
  if (b.service->key.mark != 0) return;
  const std::uint16_t port = b.service->key.address.port;
  const std::string service = wire::to_string(b.service->key.address);
  for (const ConsoleLog::Entry& entry : survey.console().entries()) {
    if (entry.host != b.director || entry.status != 0 || !entry.command.starts_with("ipvsadm") ||
        entry.command.find(" " + service + " ") == std::string::npos) {
      continue;
    }
    const std::size_t at = entry.command.find(" -r ");
    if (at == std::string::npos) continue;
    const std::string rest = entry.command.substr(at + 4);
    const auto typed = wire::parse_endpoint(rest.substr(0, rest.find(' ')));
    if (!typed || typed->port == port || typed->port == 0) continue;
    for (const lvs::Destination* d : b.service->destinations) {
      if (d->address.address != typed->address ||
          (d->options.method != Method::kRoute && d->options.method != Method::kTunnel)) {
        continue;
      }
      report.add(
          {.id = "port-mapping-in-dr",
           .host = survey.name(b.director),
           .place = entry.place,
           .summary = fmt::format("real server {} was given port {}, but {} leaves the port "
                                  "alone: it is {}",
                                  wire::to_string(d->address.address), typed->port,
                                  method_text(d->options.method), port),
           .symptom = fmt::format("requests arrive at port {}; what listens on {} hears nothing",
                                  port, typed->port),
           .cure = {{"", fmt::format("let the real server listen on {}, or use NAT (-m)", port)}}});
    }
  }
}

void schedulers(const Survey& survey, Report& report, const Balanced& b) {
  const std::string flags = service_flags(b.service->key);
  const std::string& name = survey.name(b.director);
  if (b.service->persistent() && b.service->scheduler_name == "sh") {
    report.add({.id = "persistence-with-sh",
                .host = name,
                .place = survey.said(b.director, {"sh", "-p"}),
                .summary = fmt::format("the service {} is persistent and uses sh", flags),
                .symptom = "sh sends a client to the same real server anyway; persistence only "
                           "keeps templates, and clients on a server that left",
                .cure = {{name, "ipvsadm -E " + flags + " -s sh"}}});
  }
  const bool full =
      std::any_of(b.service->destinations.begin(), b.service->destinations.end(),
                  [](const lvs::Destination* d) { return d->options.method == Method::kFullNat; });
  if (full && b.service->local_addresses.empty()) {
    report.add({.id = "fullnat-without-local-address",
                .host = name,
                .place = survey.said(b.director, {"-b"}),
                .summary = fmt::format("the FULLNAT service {} has no local address", flags),
                .symptom = "no connection can be made: there is no address to speak from",
                .cure = {{name, "ipvsadm -P " + flags + " -z " +
                                    wire::to_string(survey.own_address(b.director))}}});
  }
}

// Who is asked, and has neither a service for it nor a process: a director that was told something
// else, or a plain host.
void unserved(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    const Demand& demand = *trip.demand;
    if (trip.balanced != nullptr || trip.request.end != WalkEnd::kDelivered ||
        demand.protocol == wire::Protocol::kIcmp) {
      continue;
    }
    const std::size_t asked = trip.request.host;
    const wire::Endpoint heard = trip.request.probe.destination;
    const auto sockets = survey.machine(asked).sockets().list();
    const bool listens = std::any_of(sockets.begin(), sockets.end(), [&](const auto& s) {
      return s.protocol == demand.protocol && s.local.port == heard.port &&
             (s.local.address.is_zero() || s.local.address == heard.address);
    });
    // A real server that captured the VIP is found as such.
    if (listens || survey.is_real_server_of(asked, demand.target.address)) continue;
    const std::string& name = survey.name(asked);
    const std::string_view word = demand.protocol == wire::Protocol::kUdp ? "UDP" : "TCP";
    const bool director = survey.machine(asked).director() != nullptr ||
                          survey.lab().scenario().hosts[asked].role == "director";
    if (!director) {
      report.add({.id = "nothing-listens",
                  .host = name,
                  .place = survey.place_of(asked),
                  .summary = fmt::format("{} asks {} for {} port {}, where nothing listens",
                                         demand.traffic, name, word, heard.port),
                  .symptom = "clients are refused (RST, or ICMP port unreachable)",
                  .cure = {{name, fmt::format("start the server on port {}", heard.port)}}});
      continue;
    }
    std::string offered;
    for (const Balanced& b : survey.services()) {
      if (b.director == asked)
        offered += (offered.empty() ? "" : ", ") + service_flags(b.service->key);
    }
    report.add(
        {.id = "no-service",
         .host = name,
         .place = survey.said(asked, {"ipvsadm"}, demand.place),
         .summary = fmt::format("{} asks for {} {}, but {} balances {}", demand.traffic, word,
                                wire::to_string(heard), name,
                                offered.empty() ? "nothing" : "only " + offered),
         .symptom = "clients are refused (RST, or ICMP port unreachable)",
         .cure = {{name, fmt::format("ipvsadm -A {} {} -s rr", protocol_flag(demand.protocol),
                                     wire::to_string(heard))}}});
  }
}

// How many of a demand's connections fall into `span`: all, unless its traffic says how far apart
// they are. A closed loop waits for its own replies: nothing is known beforehand.
std::uint64_t within(const Survey& survey, const Demand& demand, Duration span) {
  for (const app::TrafficPlan& t : survey.lab().scenario().load.traffics) {
    if (t.name != demand.traffic || t.arrivals == app::Arrivals::kListed) continue;
    const bool spaced =
        t.arrivals == app::Arrivals::kEvery || t.arrivals == app::Arrivals::kPoisson;
    if (!spaced) return 0;
    const std::int64_t apart = t.gap.ps() * static_cast<std::int64_t>(t.clients.size());
    if (apart <= 0) return demand.connections;
    return std::min(demand.connections, static_cast<std::uint64_t>(span.ps() / apart) + 1);
  }
  return demand.connections;
}

// A client's side keeps the port for TIME_WAIT after a connection.
void few_ports(const Survey& survey, Report& report, const Demand& d) {
  if (d.protocol != wire::Protocol::kTcp) return;
  const net::GlobalConf& global = survey.host(d.client).global();
  const auto ports =
      static_cast<std::uint64_t>(std::max(0, global.port_range_high - global.port_range_low + 1));
  const std::uint64_t at_once = within(survey, d, Duration::seconds(60));
  if (at_once <= ports) return;
  const std::string& name = survey.name(d.client);
  report.add({.id = "ephemeral-ports-too-few",
              .host = name,
              .place = d.place,
              .summary = fmt::format("{} makes {} connections to one address within a minute, but "
                                     "has {} ports to make them from",
                                     name, at_once, ports),
              .symptom = "connect() fails with \"Cannot assign requested address\", or reuses a "
                         "port whose last connection is still known",
              .cure = {{name, "sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\""}}});
}

// An entry outlives its connection by two minutes of TIME_WAIT.
void few_entries(const Survey& survey, Report& report, std::size_t h) {
  const net::netfilter::Netfilter& filter = survey.machine(h).netfilter();
  if (filter.conntrack() == nullptr || !survey.balances(h)) return;
  std::uint64_t at_once = 0;
  for (const Trip& trip : survey.trips()) {
    if (trip.request.passes(h)) at_once += within(survey, *trip.demand, Duration::seconds(120));
  }
  const auto most = static_cast<std::uint64_t>(std::max(0, filter.conntrack_settings().max));
  if (at_once <= most) return;
  const std::string& name = survey.name(h);
  report.add(
      {.id = "conntrack-too-small",
       .host = name,
       .place = survey.place_of_sysctl(h, "nf_conntrack_max"),
       .summary = fmt::format("{} tracks at most {} connections, and {} come within two "
                              "minutes",
                              name, most, at_once),
       .symptom = "\"nf_conntrack: table full, dropping packet\" in dmesg, and clients that "
                  "time out",
       .cure = {{name, fmt::format("sysctl -w net.netfilter.nf_conntrack_max={}", at_once * 2)}}});
}

}  // namespace

void look_at_services(const Survey& survey, Report& report) {
  for (const Balanced& b : survey.services()) {
    weights(survey, report, b);
    port_mapping(survey, report, b);
    schedulers(survey, report, b);
  }
  unserved(survey, report);
  for (const Demand& demand : survey.demands()) few_ports(survey, report, demand);
  for (std::size_t h = 0; h < survey.host_count(); ++h) few_entries(survey, report, h);
}

}  // namespace lvslab::diagnose
