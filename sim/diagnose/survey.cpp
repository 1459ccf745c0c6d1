#include "diagnose/survey.h"

#include <algorithm>

#include "diagnose/firewall.h"
#include "diagnose/trips.h"

namespace lvslab::diagnose {

using scenario::Place;
using wire::Ipv4;

Survey::Survey(scenario::Lab& lab, const ConsoleLog& console) : lab_(lab), console_(console) {
  find_segments();
  find_holders();
  find_demands();
  find_services();
  take_trips();
}

Survey::~Survey() = default;

// --- addresses
// ------------------------------------------------------------------------------------

void Survey::find_holders() {
  for (std::size_t h = 0; h < host_count(); ++h) {
    if (!host(h).powered()) continue;
    for (const net::Interface& nic : host(h).interfaces()) {
      if (nic.removed) continue;
      for (const net::Address& a : nic.addresses) holders_[a.local].push_back({h, nic.index});
    }
  }
}

const std::vector<Nic>& Survey::holders(Ipv4 address) const {
  static const std::vector<Nic> kNobody;
  const auto at = holders_.find(address);
  return at == holders_.end() ? kNobody : at->second;
}

bool Survey::is_local(std::size_t h, Ipv4 address) const {
  return host(h).powered() && host(h).routes().is_local(address);
}

const net::Address* Survey::address_on(Nic nic, Ipv4 address) const {
  return interface(nic).find(address);
}

Ipv4 Survey::own_address(std::size_t h) const {
  for (const net::Interface& nic : host(h).interfaces()) {
    if (nic.removed || nic.loopback()) continue;
    for (const net::Address& a : nic.addresses) {
      if (!is_vip(a.local)) return a.local;
    }
  }
  return {};
}

std::optional<std::size_t> Survey::owner(Ipv4 address) const {
  const std::vector<Nic>& all = holders(address);
  if (all.empty()) return std::nullopt;
  return all.front().host;
}

// --- services and demands -----------------------------------------------------------------------

void Survey::add_demand(const app::TrafficPlan& traffic, const app::ConnectionPlan& plan,
                        std::uint32_t client, std::uint64_t connections, const Place& place) {
  Demand demand{.traffic = traffic.name,
                .place = place,
                .client = client,
                .protocol = traffic.protocol,
                .target = plan.target,
                .source = plan.source.address,
                .largest_message = plan.request.length(),
                .connections = connections,
                .may_not_fragment = plan.must_not_fragment};
  for (const auto& send : plan.send)
    demand.largest_message = std::max(demand.largest_message, send.message.length());
  if (demand.source.is_zero() && host(client).powered())
    demand.source = host(client).route_output({}, plan.target.address).source;
  const auto same = std::find_if(demands_.begin(), demands_.end(), [&](const Demand& d) {
    return d.traffic == demand.traffic && d.client == demand.client && d.target == demand.target &&
           d.source == demand.source;
  });
  if (same == demands_.end()) {
    demands_.push_back(std::move(demand));
  } else {
    same->connections += connections;
    same->largest_message = std::max(same->largest_message, demand.largest_message);
  }
}

void Survey::find_demands() {
  constexpr std::size_t kMostDemands = 20'000;
  const scenario::Scenario& s = lab_.scenario();
  for (std::size_t t = 0; t < s.load.traffics.size(); ++t) {
    const app::TrafficPlan& traffic = s.load.traffics[t];
    const Place place = t < s.traffic_places.size() ? s.traffic_places[t] : Place{};
    if (traffic.arrivals == app::Arrivals::kListed) {
      for (const app::ConnectionPlan& plan : traffic.listed) {
        if (demands_.size() >= kMostDemands || plan.client >= traffic.clients.size()) break;
        add_demand(traffic, plan, traffic.clients[plan.client], 1, place);
      }
      continue;
    }
    const std::uint64_t each = traffic.count / std::max<std::size_t>(1, traffic.clients.size());
    for (const std::uint32_t client : traffic.clients) {
      if (demands_.size() >= kMostDemands) break;
      add_demand(traffic, traffic.shape, client, each, place);
    }
  }
}

// Whether a rule of the director's marks what the demand sends, by whatever card it comes in.
bool Survey::marks(std::size_t director, std::uint32_t mark, const Demand& demand) const {
  Probe probe;
  probe.protocol = demand.protocol;
  probe.source = {demand.source, kSomePort};
  probe.destination = demand.target;
  return std::any_of(host(director).interfaces().begin(), host(director).interfaces().end(),
                     [&](const net::Interface& nic) {
                       return filter(*this, director, hook::Hook::kPrerouting, probe, nic.index,
                                     kNoInterface)
                                  .mark == mark;
                     });
}

void Survey::find_services() {
  for (std::size_t h = 0; h < host_count(); ++h) {
    const lvs::Director* director = machine(h).director();
    if (director == nullptr || !host(h).powered()) continue;
    for (const lvs::Service* service : director->services()) {
      Balanced balanced{.director = h, .service = service, .vips = {}};
      const std::uint32_t mark = service->key.mark;
      if (mark == 0) balanced.vips.push_back(service->key.address.address);
      std::set<wire::Endpoint> asked;
      for (const Demand& demand : demands_) {
        if (mark == 0 || !asked.insert(demand.target).second || !marks(h, mark, demand)) continue;
        const Ipv4 vip = demand.target.address;
        if (std::find(balanced.vips.begin(), balanced.vips.end(), vip) == balanced.vips.end())
          balanced.vips.push_back(vip);
      }
      for (const Ipv4 vip : balanced.vips) {
        vips_.insert(vip);
        directors_.insert({h, vip});
        for (const lvs::Destination* d : service->destinations) {
          if (d->options.method != lvs::Method::kRoute && d->options.method != lvs::Method::kTunnel)
            continue;
          for (const Nic& nic : holders(d->address.address)) {
            if (nic.host != h) real_servers_.insert({nic.host, vip});
          }
        }
      }
      services_.push_back(std::move(balanced));
    }
  }
}

bool Survey::is_vip(Ipv4 address) const { return vips_.contains(address); }

bool Survey::balances(std::size_t h) const {
  return std::any_of(services_.begin(), services_.end(),
                     [&](const Balanced& b) { return b.director == h; });
}

bool Survey::balances_for(std::size_t h, Ipv4 vip) const { return directors_.contains({h, vip}); }

bool Survey::is_real_server_of(std::size_t h, Ipv4 vip) const {
  return real_servers_.contains({h, vip});
}

// --- places
// ---------------------------------------------------------------------------------------

Place Survey::place_of(std::size_t h) const { return lab_.scenario().hosts[h].place; }

Place Survey::said(std::size_t h, const std::vector<std::string>& words, Place otherwise) const {
  const ConsoleLog::Entry* entry = console_.last(h, words);
  if (entry != nullptr && entry->place.line != 0) return entry->place;
  return otherwise.line != 0 ? otherwise : place_of(h);
}

Place Survey::place_of_address(std::size_t h, Ipv4 address) const {
  Place structured;
  for (const scenario::InterfaceSpec& nic : lab_.scenario().hosts[h].interfaces) {
    for (const wire::Prefix& prefix : nic.addresses) {
      if (prefix.address == address) structured = nic.place;
    }
  }
  return said(h, {wire::to_string(address)}, structured);
}

Place Survey::place_of_sysctl(std::size_t h, const std::string& key) const {
  const scenario::HostSpec& spec = lab_.scenario().hosts[h];
  Place structured;
  const std::string last = key.substr(key.rfind('.') + 1);
  for (std::size_t i = 0; i < spec.sysctl.size(); ++i) {
    const std::string& name = spec.sysctl[i].first;
    if (name.substr(name.rfind('.') + 1) == last && i < spec.sysctl_places.size())
      structured = spec.sysctl_places[i];
  }
  for (const scenario::HostSpec::FileSpec& file : spec.files) {
    if (structured.line == 0 && file.text.find(last) != std::string::npos) structured = file.place;
  }
  return said(h, {last}, structured);
}

Place Survey::place_of_gateway(std::size_t h, Ipv4 gateway) const {
  const scenario::HostSpec& spec = lab_.scenario().hosts[h];
  if (spec.gateway && *spec.gateway == gateway) {
    return said(h, {"default", wire::to_string(gateway)}, spec.gateway_place);
  }
  return said(h, {wire::to_string(gateway)}, spec.gateway_place);
}

Place Survey::place_of_destination(std::size_t director, wire::Endpoint real) const {
  return said(director, {wire::to_string(real.address)}, said(director, {"ipvsadm"}));
}

}  // namespace lvslab::diagnose
