// ip route get: what the routing tables answer for one datagram, of this host's own or (iif)
// arriving.
#include <optional>
#include <string>

#include "admin/commands/ip.h"
#include "net/multipath.h"
#include "net/netfilter/extension.h"

namespace lvslab::admin {
namespace {

using net::Route;
using net::RouteType;

struct GetRequest {
  std::optional<wire::Ipv4> to;
  wire::Ipv4 from;
  bool from_given = false, match_only = false;
  std::string in_device, out_device;
  std::uint32_t mark = 0;
};

GetRequest read_request(IpCall& ip) {
  GetRequest request;
  while (ip.more()) {
    std::string word = ip.take();
    if (word == "from") {
      request.from = ip.prefix().prefix.address;
      request.from_given = true;
    } else if (word == "iif") {
      request.in_device = ip.value();
    } else if (word == "oif" || word == "dev") {
      request.out_device = ip.value();
    } else if (word == "mark") {
      request.mark = ip.number(0xffffffff, "invalid \"mark\" value\n");
    } else if (word == "fibmatch") {
      request.match_only = true;
    } else if (word == "uid" || word == "ipproto" || word == "sport" || word == "dport" ||
               word == "tos") {
      ip.value();  // no rule here looks at them
    } else {
      if (word == "to") word = ip.value();
      const auto prefix = parse_inet_prefix(word);
      if (ip.failed()) break;
      if (!prefix && !request.to) {
        ip.fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
      } else if (!prefix) {
        ip.fail(1, "Error: inet prefix is expected rather than \"" + word + "\".");
      } else {
        request.to = prefix->prefix.address;
        if (prefix->length_given && prefix->prefix.length != 32) {
          ip.err() += "Warning: /" + std::to_string(prefix->prefix.length) +
                      " as prefix is invalid, only /32 (or none) is supported.\n";
        }
      }
    }
  }
  return request;
}

int refuse(IpCall& ip, const Route* route) {
  if (route == nullptr) return ip.kernel("Network is unreachable");
  switch (route->type) {
    case RouteType::kUnreachable:
      return ip.kernel("No route to host");
    case RouteType::kProhibit:
      return ip.kernel("Permission denied");
    case RouteType::kBlackhole:
      return ip.kernel("Invalid argument");
    default:
      return ip.kernel("Network is unreachable");
  }
}

bool leads_on(const Route& route) {
  return route.type == RouteType::kUnicast || route.type == RouteType::kLocal ||
         route.type == RouteType::kBroadcast;
}

std::string mark_text(std::uint32_t mark) {
  if (mark == 0) return "";
  if (mark < 16) return "mark " + std::to_string(mark) + " ";
  return "mark " + net::netfilter::hex(mark) + " ";
}

void print(IpCall& ip, std::string text) {
  ip.out() += ip.options.oneline ? one_line(std::move(text)) : text;
}

int get_output(IpCall& ip, const GetRequest& request, InterfaceIndex device) {
  net::Host& host = ip.host();
  if (request.from_given && !request.from.is_zero() && !host.is_local(request.from))
    return refuse(ip, nullptr);
  const net::Host::Path path = host.route_output(request.from, *request.to, device, request.mark);
  const Route* route = path.route;
  if (route == nullptr && path.kind == hook::RouteKind::kNone) {
    // The tables may hold a route that says no, and its kind is the reason.
    return refuse(ip, host.routes().lookup({.destination = *request.to,
                                            .source = request.from,
                                            .mark = request.mark,
                                            .out_device = device}));
  }
  if (route != nullptr && !leads_on(*route)) return refuse(ip, route);
  if (request.match_only && route != nullptr) {
    print(ip, route_line(ip, host, *route, {}));
    return 0;
  }
  std::string text, cache = "    cache ";
  if (path.kind == hook::RouteKind::kLocal) {
    text = "local ";
    cache += "<local> ";
  } else if (path.kind == hook::RouteKind::kBroadcast) {
    text = "broadcast ";
    cache += "<local,brd> ";
  } else if (path.kind == hook::RouteKind::kMulticast) {
    text = "multicast ";
    cache += "<mc> ";
  }
  wire::Ipv4 next_hop = path.next_hop;
  if (path.kind == hook::RouteKind::kUnicast) {
    const net::Host::Learnt known = host.learnt(*request.to, ip.turn().now());
    if (!known.gateway.is_zero()) {
      next_hop = known.gateway;
      cache += "<redirected> ";
    }
    if (!known.expires.is_never())
      cache += "expires " +
               std::to_string((known.expires - ip.turn().now()) / Duration::seconds(1)) + "sec ";
    if (known.mtu != 0)
      cache += (known.mtu_locked ? "mtu lock " : "mtu ") + std::to_string(known.mtu) + " ";
  }
  text += to_string(*request.to) + " ";
  if (request.from_given) text += "from " + to_string(request.from) + " ";
  if (path.kind == hook::RouteKind::kUnicast && next_hop != *request.to) {
    text += "via " + to_string(next_hop) + " ";
  }
  const InterfaceIndex out = path.kind == hook::RouteKind::kLocal ? InterfaceIndex{0} : path.device;
  text += "dev " + host.interface(out).name + " ";
  if (!request.from_given) text += "src " + to_string(path.source) + " ";
  print(ip, text + mark_text(request.mark) + "uid 0 \n" + cache + "\n");
  return 0;
}

/// Whether the way back to the source allows it to come in there: own addresses and rp_filter.
bool source_allowed(IpCall& ip, const GetRequest& request, const net::Interface& device) {
  const net::EffectiveConf conf = ip.host().conf(device.index);
  if (request.from.is_zero() || (ip.host().is_local(request.from) && !conf.accept_local())) {
    ip.kernel("Invalid argument");
    return false;
  }
  if (conf.rp_filter() != 1 && conf.rp_filter() != 2) return true;
  const Route* back =
      ip.host().routes().lookup({.destination = request.from, .mark = request.mark});
  const bool valid = back != nullptr && back->type == RouteType::kUnicast &&
                     (conf.rp_filter() == 2 || net::leads_through(*back, device.index));
  if (!valid) ip.kernel("Invalid cross-device link");
  return valid;
}

int get_input(IpCall& ip, const GetRequest& request, const net::Interface& device) {
  if (!source_allowed(ip, request, device)) return ip.status();
  const Route* route = ip.host().routes().lookup({.destination = *request.to,
                                                  .source = request.from,
                                                  .mark = request.mark,
                                                  .in_device = device.index});
  if (route != nullptr && !route->hops.empty()) {
    const std::uint64_t salt = hash_name(ip.host().name());
    route = &net::choose_hop(*route, net::multipath_hash(salt, request.from, *request.to));
  }
  const std::string head = to_string(*request.to) + " from " + to_string(request.from) + " ";
  const std::string tail = "iif " + device.name + " \n";
  if (route != nullptr &&
      (route->type == RouteType::kLocal || route->type == RouteType::kBroadcast)) {
    const bool local = route->type == RouteType::kLocal;
    print(ip, (local ? "local " : "broadcast ") + head + "dev lo " + mark_text(request.mark) +
                  "\n    cache <" + (local ? "local" : "local,brd") + "> " + tail);
    return 0;
  }
  if (!ip.host().conf(device.index).forwarding()) return ip.kernel("No route to host");
  if (route == nullptr || !leads_on(*route)) return refuse(ip, route);
  std::string text = head;
  if (!route->gateway.is_zero()) text += "via " + to_string(route->gateway) + " ";
  text += "dev " + ip.host().interface(route->device).name + " " + mark_text(request.mark);
  print(ip, text + "\n    cache " + tail);
  return 0;
}

}  // namespace

int ip_route_get(IpCall& ip) {
  const GetRequest request = read_request(ip);
  if (ip.failed()) return ip.status();
  if (!request.to) return ip.fail(1, "need at least a destination address");
  if (!request.in_device.empty()) {
    const net::Interface* in = ip.device(request.in_device);
    return in == nullptr ? ip.status() : get_input(ip, request, *in);
  }
  InterfaceIndex out = kNoInterface;
  if (!request.out_device.empty()) {
    const net::Interface* device = ip.device(request.out_device);
    if (device == nullptr) return ip.status();
    out = device->index;
  }
  return get_output(ip, request, out);
}

}  // namespace lvslab::admin
