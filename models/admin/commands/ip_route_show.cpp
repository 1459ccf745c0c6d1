// ip route show and flush: one filter, one way to print a route.
#include <algorithm>
#include <string>
#include <vector>

#include "admin/commands/ip_route.h"

namespace lvslab::admin {

using net::ConfigError;
using net::Route;
using net::RouteType;
using net::Scope;

namespace {

std::string destination_text(const wire::Prefix& prefix) {
  if (prefix.length == 0 && prefix.address.is_zero()) return "default";
  return prefix.length == 32 ? to_string(prefix.address) : to_string(prefix);
}

struct RouteFilter {
  enum class Match { kNone, kRoot, kMatch, kExact } match = Match::kNone;
  wire::Prefix prefix;
  RouteRequest fields;
  bool all_tables = false, cache = false;
};

bool known_table(const std::string& word) {
  return word == "local" || word == "main" || word == "default" || parse_number(word).has_value();
}

RouteFilter read_filter(IpCall& ip) {
  RouteFilter filter;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "cache" ||
        (word == "table" && ip.more() && (ip.peek() == "cache" || ip.peek() == "all"))) {
      const std::string which = word == "cache" ? word : ip.take();
      (which == "all" ? filter.all_tables : filter.cache) = true;
    } else if (word == "table" && ip.more()) {  // a listing complains in words of its own
      if (known_table(ip.peek())) {
        filter.fields.route.table = ip.table();
      } else {
        ip.wrong(ip.take(), "table id value is invalid\n");
      }
      filter.fields.table = true;
    } else if (word == "all") {
      filter.all_tables = true;
    } else if (word == "type") {
      const std::string name = ip.value();
      const auto type = parse_route_type(name);
      if (!type) ip.wrong(name, "node type value is invalid\n");
      filter.fields.route.type = type.value_or(RouteType::kUnicast);
      filter.fields.type = true;
    } else if (!read_route_word(ip, filter.fields, word)) {
      filter.match = RouteFilter::Match::kExact;
      if (word == "to") word = ip.value();
      if (word == "root") filter.match = RouteFilter::Match::kRoot;
      if (word == "match") filter.match = RouteFilter::Match::kMatch;
      if (word == "root" || word == "match" || word == "exact") word = ip.value();
      const auto prefix = parse_inet_prefix(word);
      if (!prefix) ip.fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
      filter.prefix = prefix.value_or(InetPrefix{}).prefix;
    }
  }
  if (!ip.failed() && !filter.fields.device.empty()) {
    if (const net::Interface* device = ip.device(filter.fields.device)) {
      filter.fields.route.device = device->index;
    }
  }
  return filter;
}

bool wanted(const RouteFilter& filter, const Route& r) {
  using Match = RouteFilter::Match;
  const RouteRequest& f = filter.fields;
  const wire::Prefix& p = filter.prefix;
  const bool in_place = filter.match == Match::kNone ||
                        (filter.match == Match::kExact && r.destination.length == p.length &&
                         p.contains(r.destination.address)) ||
                        (filter.match == Match::kRoot && r.destination.length >= p.length &&
                         p.contains(r.destination.address)) ||
                        (filter.match == Match::kMatch && r.destination.length <= p.length &&
                         r.destination.contains(p.address));
  return in_place && (!f.type || r.type == f.route.type) &&
         (!f.gateway || (r.hops.empty() && r.gateway == f.route.gateway)) &&
         (f.device.empty() || (r.hops.empty() && r.device == f.route.device)) &&
         (!f.metric || r.metric == f.route.metric) &&
         (!f.protocol || r.protocol == f.route.protocol) &&
         (!f.scope || r.scope == f.route.scope) &&
         (!f.source || r.preferred_source == f.route.preferred_source);
}

/// The tables a filter is about, in the order of the kernel's 256 buckets; empty with an error
/// said.
std::vector<std::uint32_t> tables_of(IpCall& ip, const RouteFilter& filter,
                                     std::string_view what = "Dump") {
  std::vector<std::uint32_t> tables = ip.host().routes().tables();
  std::stable_sort(tables.begin(), tables.end(),
                   [](std::uint32_t a, std::uint32_t b) { return (a & 255) < (b & 255); });
  if (filter.all_tables) return tables;
  const std::uint32_t table = filter.fields.table ? filter.fields.route.table : net::kTableMain;
  const bool exists = std::find(tables.begin(), tables.end(), table) != tables.end();
  if (!exists || (table == net::kTableDefault && ip.host().routes().list(table).empty())) {
    ip.fail(2, "Error: ipv4: FIB table does not exist.\n" + std::string(what) + " terminated");
    return {};
  }
  return {table};
}

}  // namespace

std::string table_name(std::uint32_t table) {
  if (table == net::kTableLocal) return "local";
  if (table == net::kTableMain) return "main";
  if (table == net::kTableDefault) return "default";
  return std::to_string(table);
}

namespace {

std::string next_hops(const net::Host& host, const Route& route, bool one_line) {
  std::string text;
  for (const Route& hop : route.hops) {
    const net::Interface& device = host.interface(hop.device);
    text += one_line ? "\\\tnexthop " : "\n\tnexthop ";
    if (!hop.gateway.is_zero()) text += "via " + to_string(hop.gateway) + " ";
    text += "dev " + device.name + " weight " + std::to_string(hop.weight) + " ";
    if (hop.dead) text += "dead ";
    if (hop.onlink) text += "onlink ";
    if (hop.dead || !device.carrier) text += "linkdown ";
  }
  return text;
}

}  // namespace

std::string route_line(const IpCall& ip, const net::Host& host, const Route& route,
                       const RouteLine& line) {
  const bool details = ip.options.details;
  std::string text;
  if (details || route.type != RouteType::kUnicast)
    text += std::string(route_type_name(route.type)) + " ";
  text += destination_text(route.destination) + " ";
  const bool several = !route.hops.empty();
  if (!several && !line.no_gateway && !route.gateway.is_zero())
    text += "via " + to_string(route.gateway) + " ";
  const bool has_device = !several && route.device < host.interfaces().size();
  if (!line.no_device && has_device) text += "dev " + host.interface(route.device).name + " ";
  if (line.with_table) text += "table " + table_name(route.table) + " ";
  if (!line.no_protocol && (details || route.protocol != net::RouteProtocol::kBoot)) {
    text += "proto " + route_protocol_name(route.protocol) + " ";
  }
  if (!line.no_scope && (details || route.scope != Scope::kUniverse)) {
    text += "scope " + scope_name(route.scope) + " ";
  }
  if (!line.no_source && !route.preferred_source.is_zero()) {
    text += "src " + to_string(route.preferred_source) + " ";
  }
  if (route.metric != 0) text += "metric " + std::to_string(route.metric) + " ";
  if (route.onlink) text += "onlink ";
  if (has_device && host.interface(route.device).up && !host.interface(route.device).carrier) {
    text += "linkdown ";
  }
  if (route.mtu != 0) text += "mtu " + std::to_string(route.mtu) + " ";
  return text + next_hops(host, route, ip.options.oneline) + "\n";
}

int show_routes(IpCall& ip) {
  const RouteFilter filter = read_filter(ip);
  if (ip.failed()) return ip.status();
  if (filter.cache) return 0;  // there is none since kernel 3.6
  const RouteRequest& f = filter.fields;
  for (const std::uint32_t table : tables_of(ip, filter)) {
    const RouteLine line{.no_device = !f.device.empty(),
                         .no_gateway = f.gateway,
                         .no_protocol = f.protocol,
                         .no_scope = f.scope,
                         .no_source = f.source,
                         .with_table = filter.all_tables && table != net::kTableMain};
    for (const Route& route : ip.host().routes().list(table)) {
      if (wanted(filter, route)) ip.out() += route_line(ip, ip.host(), route, line);
    }
  }
  return ip.status();
}

int flush_routes(IpCall& ip) {
  if (ip.exhausted()) return ip.fail(1, "\"ip route flush\" requires arguments.");
  const RouteFilter filter = read_filter(ip);
  if (ip.failed() || filter.cache) return ip.status();
  std::size_t count = 0;
  for (const std::uint32_t table : tables_of(ip, filter, "Flush")) {
    for (const Route& route : ip.host().routes().list(table)) {
      if (!wanted(filter, route)) continue;
      if (ip.host().remove_route(ip.turn(), route, true, true, true) == ConfigError::kNone) ++count;
    }
  }
  if (!ip.failed() && ip.options.statistics > 0) {
    ip.out() += count == 0 ? std::string("Nothing to flush.\n")
                           : "\n*** Round 1, deleting " + std::to_string(count) +
                                 " entries ***\n*** Flush is complete after 1 round ***\n";
  }
  return ip.status();
}

}  // namespace lvslab::admin
