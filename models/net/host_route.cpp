// Routes an administrator adds and removes, with the checks the kernel makes before it takes one.
#include "net/host.h"

namespace lvslab::net {
namespace {

bool leads_somewhere(RouteType type) {
  return type == RouteType::kUnicast || type == RouteType::kLocal || type == RouteType::kBroadcast;
}

}  // namespace

// Fills in what the command left open: the device of a gateway, the scope (what reaches less far is
// more local).
ConfigError Host::check_route(Route& route) const {
  if (!route.hops.empty()) {
    for (Route& hop : route.hops) {
      hop.destination = route.destination;
      hop.type = route.type;
      hop.table = route.table;
      hop.metric = route.metric;
      hop.protocol = route.protocol;
      hop.preferred_source = route.preferred_source;
      hop.mtu = route.mtu;
      if (hop.gateway.is_zero()) hop.scope = Scope::kLink;
      if (const ConfigError e = check_route(hop); e != ConfigError::kNone) return e;
    }
    const Route& first = *route.hops.begin();
    route.gateway = first.gateway;
    route.device = first.device;
    return ConfigError::kNone;
  }
  if (route.destination.length > 32 || route.destination.network() != route.destination.address) {
    return ConfigError::kInvalidPrefix;
  }
  if (!leads_somewhere(route.type)) {
    if (!route.gateway.is_zero() || route.device != kNoInterface)
      return ConfigError::kInvalidArgument;
    return ConfigError::kNone;
  }
  if (route.device != kNoInterface && !usable(route.device)) return ConfigError::kNoSuchDevice;
  if (route.type == RouteType::kLocal && route.scope == Scope::kUniverse)
    route.scope = Scope::kHost;
  if (!route.gateway.is_zero()) {
    if (const ConfigError e = check_gateway(route); e != ConfigError::kNone) return e;
  } else {
    if (route.device == kNoInterface) return ConfigError::kNoSuchDevice;
    if (route.scope == Scope::kUniverse) route.scope = Scope::kLink;
    // What is delivered here needs no link; what is sent does.
    if (route.scope != Scope::kHost && !interfaces_[route.device].up)
      return ConfigError::kDeviceDown;
  }
  if (!route.preferred_source.is_zero() && !routes_.is_local(route.preferred_source)) {
    return ConfigError::kInvalidSource;
  }
  return ConfigError::kNone;
}

// A gateway must itself be on a link: the way to it, looked up at link scope, has no gateway of its
// own.
ConfigError Host::check_gateway(Route& route) const {
  if (route.scope >= Scope::kLink) return ConfigError::kInvalidArgument;
  if (route.onlink) {
    if (route.device == kNoInterface) return ConfigError::kNoSuchDevice;
    if (!foreign_unicast(route.gateway)) return ConfigError::kInvalidGateway;
    return interfaces_[route.device].up ? ConfigError::kNone : ConfigError::kDeviceDown;
  }
  const RouteQuery query{
      .destination = route.gateway, .out_device = route.device, .scope = Scope::kLink};
  const Route* way = route.table == kTableMain ? nullptr : routes_.lookup_table(route.table, query);
  if (way == nullptr) way = routes_.lookup(query);
  if (way == nullptr || (way->type != RouteType::kUnicast && way->type != RouteType::kLocal)) {
    return ConfigError::kInvalidGateway;
  }
  route.device = way->device;
  return interfaces_[route.device].up ? ConfigError::kNone : ConfigError::kDeviceDown;
}

ConfigError Host::add_route(Turn& turn, Route route, RouteAction action) {
  if (const ConfigError e = check_route(route); e != ConfigError::kNone) return e;
  switch (action) {
    case RouteAction::kAdd:
    case RouteAction::kAppend:
      if (routes_.add(route, action == RouteAction::kAppend) == RouteTables::AddResult::kExists) {
        return ConfigError::kExists;
      }
      break;
    case RouteAction::kChange:
      if (!routes_.contains(route)) return ConfigError::kNotFound;
      [[fallthrough]];
    case RouteAction::kReplace:
      if (const std::optional<Route> old = routes_.replace(route)) note_route(turn, *old, false);
      break;
  }
  note_route(turn, route, true);
  return ConfigError::kNone;
}

ConfigError Host::remove_route(Turn& turn, const Route& like, bool match_gateway, bool match_device,
                               bool match_metric) {
  const std::optional<Route> removed =
      routes_.remove(like, match_gateway, match_device, match_metric);
  if (!removed) return ConfigError::kNoSuchProcess;
  note_route(turn, *removed, false);
  return ConfigError::kNone;
}

void Host::note_route(Turn& turn, const Route& route, bool added) {
  if (!turn.watched()) return;
  const std::string_view table = route.table == kTableLocal  ? "local"
                                 : route.table == kTableMain ? "main"
                                 : route.table == kTableDefault
                                     ? "default"
                                     : intern(std::to_string(route.table));
  turn.note({.kind = NoteKind::kStateRoute,
             .a = route.destination.network().value,
             .b = route.gateway.value,
             .x = route.device,
             .y = route.destination.length,
             .z = added ? 1u : 0u,
             .word = table});
}

}  // namespace lvslab::net
