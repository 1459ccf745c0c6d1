// ip route: add, change, replace, append, prepend, del. Listing stands in ip_route_show.cpp, `get`
// in ip_route_get.cpp.
#include "admin/commands/ip_route.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace lvslab::admin {

using net::ConfigError;
using net::Route;
using net::RouteType;
using net::Scope;

namespace {

RouteRequest read_request(IpCall& ip) {
  RouteRequest request;
  while (ip.more()) {
    std::string word = ip.take();
    if (read_route_word(ip, request, word)) continue;
    if (word == "to") word = ip.value();
    if (const auto type = parse_route_type(word); type && !request.type) {
      request.route.type = *type;
      request.type = true;
      word = ip.value();
    } else if (word == "multicast" || word == "nat") {
      ip.not_simulated("a route of type " + word);
    }
    if (ip.failed()) break;
    if (request.destination) {
      ip.garbage("to", word);
      break;
    }
    const auto prefix = parse_inet_prefix(word);
    if (!prefix) {
      ip.fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
      break;
    }
    request.route.destination = prefix->prefix;
    request.destination = true;
  }
  return request;
}

// Routes to this host's own addresses live in table local unless told otherwise, and what needs no
// gateway reaches no further than the link.
void fill_in(RouteRequest& request, bool adding) {
  Route& route = request.route;
  const bool own = route.type == RouteType::kLocal || route.type == RouteType::kBroadcast;
  if (!request.table && own) route.table = net::kTableLocal;
  if (request.scope || !adding) return;
  if (route.type == RouteType::kLocal) {
    route.scope = Scope::kHost;
  } else if (route.type == RouteType::kBroadcast ||
             (route.type == RouteType::kUnicast && !request.gateway && route.hops.empty())) {
    route.scope = Scope::kLink;
  }
}

constexpr std::string_view kUsage =
    "Usage: ip route { add | append | change | del | prepend | replace } [ TYPE ] PREFIX [ via "
    "GATEWAY ]\n"
    "                [ dev DEVICE ] [ src ADDRESS ] [ metric N ] [ table T ] [ scope SCOPE ] [ "
    "onlink ] [ proto P ]\n"
    "       ip route { show | flush } [ PREFIX ] [ table T ] [ dev DEVICE ] [ proto P ] [ via "
    "GATEWAY ]\n"
    "       ip route get ADDRESS [ from ADDRESS ] [ iif DEVICE ] [ oif DEVICE ] [ mark N ]";

enum class Action { kAdd, kAppend, kPrepend, kReplace, kChange, kDelete };

int remove_route(IpCall& ip, const RouteRequest& request) {
  const Route& like = request.route;
  for (const Route& r : ip.host().routes().list(like.table)) {
    if (r.destination != wire::Prefix{like.destination.network(), like.destination.length})
      continue;
    if ((request.type && r.type != like.type) || (request.gateway && r.gateway != like.gateway) ||
        (like.device != kNoInterface && r.device != like.device) ||
        (request.metric && r.metric != like.metric) ||
        (request.protocol && r.protocol != like.protocol) ||
        (request.scope && r.scope != like.scope) ||
        (request.source && r.preferred_source != like.preferred_source)) {
      continue;
    }
    const auto same_hop = [](const Route& a, const Route& b) { return a.gateway == b.gateway; };
    if (!like.hops.empty() &&
        !std::equal(like.hops.begin(), like.hops.end(), r.hops.begin(), r.hops.end(), same_hop))
      continue;
    return ip.answer(ip.host().remove_route(ip.turn(), r, true, true, true));
  }
  return ip.kernel("No such process");
}

/// One next hop is an ordinary route. False: there is no such device.
bool find_hop_devices(IpCall& ip, RouteRequest& request) {
  Route& route = request.route;
  std::size_t place = 0;
  for (Route& hop : route.hops) {
    const std::string& name = request.hop_devices[place++];
    if (name.empty()) continue;
    const net::Interface* device = ip.device(name);
    if (device == nullptr) return false;
    hop.device = device->index;
  }
  if (route.hops.size() == 1) {
    const Route hop = *route.hops.begin();
    route.hops.clear();
    route.gateway = hop.gateway;
    route.device = hop.device;
    route.onlink = hop.onlink;
    request.gateway = !hop.gateway.is_zero();
  }
  return true;
}

int modify(IpCall& ip, Action action) {
  if (ip.exhausted()) return ip.fail(255, kUsage);
  RouteRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (!request.destination) return ip.fail(255, kUsage);
  fill_in(request, action != Action::kDelete);
  Route& route = request.route;
  if (!request.device.empty()) {
    const net::Interface* device = ip.device(request.device);
    if (device == nullptr) return ip.status();
    route.device = device->index;
  }
  if (!find_hop_devices(ip, request)) return ip.status();
  if (action == Action::kDelete) return remove_route(ip, request);
  if (request.gateway && route.scope >= Scope::kLink)
    return ip.refused("Nexthop has invalid gateway.");
  using Host = net::Host;
  switch (action) {
    case Action::kPrepend:
      return ip.answer(prepend_route(ip.host(), ip.turn(), route));
    case Action::kAppend:
      return ip.answer(ip.host().add_route(ip.turn(), route, Host::RouteAction::kAppend));
    case Action::kReplace:
      return ip.answer(ip.host().add_route(ip.turn(), route, Host::RouteAction::kReplace));
    case Action::kChange:
      return ip.answer(ip.host().add_route(ip.turn(), route, Host::RouteAction::kChange));
    case Action::kAdd:
    case Action::kDelete:
      break;
  }
  return ip.answer(ip.host().add_route(ip.turn(), route, Host::RouteAction::kAdd));
}

}  // namespace

// The host's tables only append: the new route is put at the end, then those it must precede go
// behind it.
ConfigError prepend_route(net::Host& host, Turn& turn, const Route& route) {
  std::vector<Route> behind;
  for (const Route& r : host.routes().list(route.table)) {
    if (r.destination == route.destination && r.metric == route.metric) behind.push_back(r);
  }
  const ConfigError error = host.add_route(turn, route, net::Host::RouteAction::kAppend);
  if (error != ConfigError::kNone) return error;
  for (const Route& r : behind) {
    host.remove_route(turn, r, true, true, true);
    host.add_route(turn, r, net::Host::RouteAction::kAppend);
  }
  return ConfigError::kNone;
}

int ip_route(IpCall& ip) {
  if (ip.exhausted()) return show_routes(ip);
  const std::string word = ip.take();
  if (abbreviates(word, "list") || abbreviates(word, "show") || word == "lst")
    return show_routes(ip);
  if (abbreviates(word, "get")) return ip_route_get(ip);
  if (abbreviates(word, "add")) return modify(ip, Action::kAdd);
  if (abbreviates(word, "change") || word == "chg") return modify(ip, Action::kChange);
  if (abbreviates(word, "replace")) return modify(ip, Action::kReplace);
  if (abbreviates(word, "prepend")) return modify(ip, Action::kPrepend);
  if (abbreviates(word, "append")) return modify(ip, Action::kAppend);
  if (abbreviates(word, "delete")) return modify(ip, Action::kDelete);
  if (abbreviates(word, "flush")) return flush_routes(ip);
  if (abbreviates(word, "help")) return ip.fail(255, kUsage);
  return ip.unknown_command(word, "route");
}

}  // namespace lvslab::admin
