#include "diagnose/survey.h"

#include <algorithm>

#include "diagnose/trips.h"

namespace lvslab::diagnose {

using scenario::Place;
using wire::Ipv4;

Survey::Survey(scenario::Lab& lab, const ConsoleLog& console) : lab_(lab), console_(console) {
  find_segments();
  find_demands();
  find_services();
  take_trips();
}

Survey::~Survey() = default;

// --- addresses
// ------------------------------------------------------------------------------------

std::vector<Nic> Survey::holders(Ipv4 address) const {
  std::vector<Nic> all;
  for (std::size_t h = 0; h < host_count(); ++h) {
    if (!host(h).powered()) continue;
    for (const net::Interface& nic : host(h).interfaces()) {
      if (!nic.removed && nic.find(address) != nullptr) all.push_back({h, nic.index});
    }
  }
  return all;
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
  const std::vector<Nic> all = holders(address);
  if (all.empty()) return std::nullopt;
  return all.front().host;
}

// --- services and demands -----------------------------------------------------------------------

void Survey::add_demand(const app::TrafficPlan& traffic, const app::ConnectionPlan& plan,
                        std::uint32_t client, const Place& place) {
  Demand demand{.traffic = traffic.name,
                .place = place,
                .client = client,
                .protocol = traffic.protocol,
                .target = plan.target,
                .source = plan.source.address,
                .largest_message = plan.request.length(),
                .connections = 1,
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
    ++same->connections;
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
        add_demand(traffic, plan, traffic.clients[plan.client], place);
      }
      continue;
    }
    for (const std::uint32_t client : traffic.clients) {
      if (demands_.size() >= kMostDemands) break;
      add_demand(traffic, traffic.shape, client, place);
      demands_.back().connections =
          traffic.count / std::max<std::size_t>(1, traffic.clients.size());
    }
  }
}

void Survey::find_services() {
  for (std::size_t h = 0; h < host_count(); ++h) {
    const lvs::Director* director = machine(h).director();
    if (director == nullptr || !host(h).powered()) continue;
    for (const lvs::Service* service : director->services()) {
      Balanced balanced{.director = h, .service = service, .vips = {}};
      if (service->key.mark == 0) {
        balanced.vips.push_back(service->key.address.address);
      } else {
        // Whatever clients ask for that no single host owns as its plain address.
        for (const Demand& demand : demands_) {
          const bool known = std::find(balanced.vips.begin(), balanced.vips.end(),
                                       demand.target.address) != balanced.vips.end();
          if (!known) balanced.vips.push_back(demand.target.address);
        }
      }
      services_.push_back(std::move(balanced));
    }
  }
}

bool Survey::is_vip(Ipv4 address) const {
  return std::any_of(services_.begin(), services_.end(), [&](const Balanced& b) {
    return std::find(b.vips.begin(), b.vips.end(), address) != b.vips.end();
  });
}

bool Survey::balances(std::size_t h) const {
  return std::any_of(services_.begin(), services_.end(),
                     [&](const Balanced& b) { return b.director == h; });
}

bool Survey::balances_for(std::size_t h, Ipv4 vip) const {
  return std::any_of(services_.begin(), services_.end(), [&](const Balanced& b) {
    return b.director == h && std::find(b.vips.begin(), b.vips.end(), vip) != b.vips.end();
  });
}

bool Survey::is_real_server_of(std::size_t h, Ipv4 vip) const {
  return std::any_of(services_.begin(), services_.end(), [&](const Balanced& b) {
    if (b.director == h) return false;
    if (std::find(b.vips.begin(), b.vips.end(), vip) == b.vips.end()) return false;
    return std::any_of(b.service->destinations.begin(), b.service->destinations.end(),
                       [&](const lvs::Destination* d) {
                         const bool direct = d->options.method == lvs::Method::kRoute ||
                                             d->options.method == lvs::Method::kTunnel;
                         return direct && is_local(h, d->address.address);
                       });
  });
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
