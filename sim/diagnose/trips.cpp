#include "diagnose/trips.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace lvslab::diagnose {
namespace {

using lvs::Method;
using wire::Endpoint;
using wire::Ipv4;
using wire::Protocol;

const Balanced* service_for(const Survey& survey, const Walk& request) {
  const Balanced* best = nullptr;
  for (const Balanced& b : survey.services()) {
    if (b.director != request.host) continue;
    const lvs::ServiceKey& key = b.service->key;
    if (key.mark != 0) {
      if (key.mark == request.probe.mark) return &b;
      continue;
    }
    const Endpoint& asked = request.probe.destination;
    if (key.protocol != request.probe.protocol || key.address.address != asked.address) continue;
    if (key.address.port == asked.port) {
      best = &b;
    } else if (key.address.port == 0 && best == nullptr) {
      best = &b;  // a persistent service for all ports
    }
  }
  return best;
}

class LegMaker {
 public:
  LegMaker(const Survey& survey, const Trip& trip) : survey_(survey), trip_(trip) {}

  Leg make(const lvs::Destination& real) const {
    Leg leg;
    leg.real = &real;
    const Probe& asked = trip_.request.probe;
    const std::uint16_t port = real.address.port != 0 ? real.address.port : asked.destination.port;
    switch (real.options.method) {
      case Method::kMasq:
      case Method::kFullNat:
        translated(leg, {real.address.address, port});
        break;
      case Method::kTunnel:
        tunnelled(leg);
        break;
      default:
        direct(leg);
        break;
    }
    return leg;
  }

 private:
  std::size_t director() const { return trip_.balanced->director; }
  const Probe& asked() const { return trip_.request.probe; }

  Ipv4 local_address() const {
    const lvs::Service& service = *trip_.balanced->service;
    const lvs::LocalPool& pool = survey_.machine(director()).director()->local_pool();
    return service.local_addresses.empty() ? Ipv4{}
                                           : pool.address(service.local_addresses.front()).address;
  }

  void translated(Leg& leg, Endpoint real) const {
    const bool full = leg.real->options.method == Method::kFullNat;
    Probe probe = asked();
    probe.destination = leg.heard = real;
    if (full) probe.source = {local_address(), kSomePort};
    if (full && probe.source.address.is_zero()) return;
    leg.to_real = walk(survey_, director(), probe, real.address);
    if (leg.to_real.end != WalkEnd::kDelivered) return;
    leg.server = leg.to_real.host;
    if (*leg.server == director()) return;
    const Endpoint client = leg.to_real.probe.source;  // as the real server sees it
    leg.reply = walk(survey_, *leg.server, back(real, client));
    const bool through = leg.reply->passes(director());
    if (!through) return;
    leg.answer = walk(survey_, director(), back(asked().destination, asked().source));
  }

  void direct(Leg& leg) const {
    leg.heard = asked().destination;
    leg.to_real = walk(survey_, director(), asked(), leg.real->address.address);
    if (leg.to_real.end != WalkEnd::kDelivered) return;
    // A packet that came back to its director, or ended with a stranger, was not served.
    if (survey_.is_local(leg.to_real.host, leg.real->address.address))
      reply_of(leg, leg.to_real.host);
  }

  void tunnelled(Leg& leg) const {
    leg.tunnelled = true;
    leg.heard = asked().destination;
    const Ipv4 real = leg.real->address.address;
    Probe outer;
    outer.protocol = Protocol::kIpip;
    outer.source.address = survey_.host(director()).route_output({}, real).source;
    outer.destination.address = real;
    leg.to_real = walk(survey_, director(), outer, real);
    if (leg.to_real.end != WalkEnd::kDelivered) return;
    const std::size_t server = leg.to_real.host;
    const net::Host& host = survey_.host(server);
    for (const net::Interface& nic : host.interfaces()) {
      if (nic.kind != net::InterfaceKind::kIpip || nic.removed || !nic.up) continue;
      leg.inside = arrive(survey_, {server, nic.index}, asked());
      if (leg.inside.end == WalkEnd::kDelivered && leg.inside.host == server) reply_of(leg, server);
      return;
    }
  }

  void reply_of(Leg& leg, std::size_t server) const {
    leg.server = server;
    if (server == director()) return;
    leg.reply = walk(survey_, server, back(asked().destination, asked().source));
  }

  Probe back(Endpoint from, Endpoint to) const {
    Probe probe;
    probe.protocol = asked().protocol;
    probe.source = from;
    probe.destination = to;
    probe.reply = true;
    return probe;
  }

  const Survey& survey_;
  const Trip& trip_;
};

}  // namespace

std::string_view method_text(Method method) {
  switch (method) {
    case Method::kMasq:
      return "NAT";
    case Method::kTunnel:
      return "TUN";
    case Method::kRoute:
      return "DR";
    case Method::kFullNat:
      return "FULLNAT";
    default:
      return "local";
  }
}

void Survey::take_trips() {
  // Clients that reach the director by the same way meet the same real servers: their legs are
  // walked once.
  using Way = std::tuple<const lvs::Service*, Endpoint, std::size_t, Ipv4, std::uint32_t>;
  std::set<Way> walked;
  for (const Demand& demand : demands_) {
    Trip trip;
    trip.demand = &demand;
    Probe probe;
    probe.protocol = demand.protocol;
    probe.source = {demand.source, kSomePort};
    probe.destination = demand.target;
    if (!host(demand.client).powered()) continue;
    trip.request = walk(*this, demand.client, probe);
    if (trip.request.end == WalkEnd::kDelivered) trip.balanced = service_for(*this, trip.request);
    if (trip.balanced != nullptr) {
      const Step& first = trip.request.steps.front();
      const bool new_way = walked
                               .insert({trip.balanced->service, demand.target,
                                        segment_of({demand.client, first.out}), first.next_hop,
                                        trip.request.probe.source.address.value & 0xffffff00})
                               .second;
      const LegMaker maker(*this, trip);
      if (new_way) {
        for (const lvs::Destination* real : trip.balanced->service->destinations)
          trip.legs.push_back(maker.make(*real));
      }
    }
    trips_.push_back(std::move(trip));
  }
}

}  // namespace lvslab::diagnose
