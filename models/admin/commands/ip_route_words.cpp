#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "admin/commands/ip_route.h"

namespace lvslab::admin {

using net::Route;
using net::RouteType;
using net::Scope;

namespace {

constexpr std::array<std::pair<RouteType, std::string_view>, 7> kTypes{
    {{RouteType::kUnicast, "unicast"},
     {RouteType::kLocal, "local"},
     {RouteType::kBroadcast, "broadcast"},
     {RouteType::kBlackhole, "blackhole"},
     {RouteType::kUnreachable, "unreachable"},
     {RouteType::kProhibit, "prohibit"},
     {RouteType::kThrow, "throw"}}};
constexpr std::array<std::pair<std::uint8_t, std::string_view>, 9> kProtocols{{{0, "unspec"},
                                                                               {1, "redirect"},
                                                                               {2, "kernel"},
                                                                               {3, "boot"},
                                                                               {4, "static"},
                                                                               {11, "zebra"},
                                                                               {12, "bird"},
                                                                               {16, "dhcp"},
                                                                               {18, "keepalived"}}};

net::RouteProtocol read_protocol(IpCall& ip) {
  const std::string word = ip.value();
  for (const auto& [number, name] : kProtocols) {
    if (name == word) return static_cast<net::RouteProtocol>(number);
  }
  const auto number = parse_number(word);
  if (!ip.failed() && (!number || *number > 255)) ip.wrong(word, "\"protocol\" value is invalid\n");
  return static_cast<net::RouteProtocol>(number.value_or(0) & 0xff);
}

Scope read_scope(IpCall& ip) {
  const std::string word = ip.value();
  const auto scope = parse_scope(word);
  if (!ip.failed() && !scope) ip.wrong(word, "invalid \"scope\" value\n");
  return scope.value_or(Scope::kUniverse);
}

// nexthop [via ADDRESS] [dev DEVICE] [weight N] [onlink]
void read_next_hop(IpCall& ip, RouteRequest& request) {
  Route hop;
  std::string device;
  bool any = false;
  while (ip.more() && ip.peek() != "nexthop" && !ip.failed()) {
    const std::string word = ip.take();
    if (word == "weight") {
      const std::uint32_t weight = ip.number(256, "\"weight\" is invalid\n");
      if (!ip.failed() && weight == 0) ip.wrong("0", "\"weight\" is invalid\n");
      hop.weight = static_cast<std::uint16_t>(weight);
    } else if (word == "via") {
      if (ip.more() && ip.peek() == "inet") ip.take();
      hop.gateway = ip.address();
      any = true;
    } else if (word == "dev") {
      device = ip.value();
      any = true;
    } else if (word == "onlink") {
      hop.onlink = true;
    } else {
      ip.garbage("nexthop", word);
    }
  }
  if (!any && !ip.failed()) ip.fail(255, "Error: unexpected end of line after \"nexthop\"");
  request.route.hops.push_back(std::move(hop));
  request.hop_devices.push_back(std::move(device));
}

}  // namespace

std::optional<RouteType> parse_route_type(std::string_view word) {
  for (const auto& [type, name] : kTypes) {
    if (name == word) return type;
  }
  return std::nullopt;
}

std::string_view route_type_name(RouteType type) {
  for (const auto& [known, name] : kTypes) {
    if (known == type) return name;
  }
  return "unicast";
}

std::string route_protocol_name(net::RouteProtocol protocol) {
  const auto number = static_cast<std::uint8_t>(protocol);
  for (const auto& [known, name] : kProtocols) {
    if (known == number) return std::string(name);
  }
  return std::to_string(number);
}

bool read_route_word(IpCall& ip, RouteRequest& request, const std::string& word) {
  Route& route = request.route;
  if (word == "via") {
    if (ip.more() && ip.peek() == "inet") ip.take();
    route.gateway = ip.address();
    request.gateway = true;
  } else if (word == "dev" || word == "oif") {
    request.device = ip.value();
  } else if (word == "src") {
    route.preferred_source = ip.address();
    request.source = true;
  } else if (word == "metric" || word == "priority" || word == "preference") {
    route.metric = ip.number(0xffffffff, "\"metric\" value is invalid\n");
    request.metric = true;
  } else if (word == "scope") {
    route.scope = read_scope(ip);
    request.scope = true;
  } else if (word == "table") {
    route.table = ip.table();
    request.table = true;
  } else if (word == "mtu") {
    if (ip.more() && ip.peek() == "lock") ip.take();
    route.mtu = ip.number(0xffffffff, "\"mtu\" value is invalid\n");
  } else if (word == "onlink") {
    route.onlink = true;
  } else if (word.size() > 2 && abbreviates(word, "protocol")) {
    route.protocol = read_protocol(ip);
    request.protocol = true;
  } else if (word == "nexthop") {
    read_next_hop(ip, request);
  } else if (word == "tos" || word == "dsfield" || word == "advmss" || word == "window" ||
             word == "initcwnd" || word == "initrwnd" || word == "rtt" || word == "rto_min" ||
             word == "hoplimit" || word == "realms" || word == "quickack" || word == "congctl" ||
             word == "weight" || word == "encap" || word == "nhid") {
    ip.not_simulated("route option \"" + word + "\"");
  } else {
    return false;
  }
  return true;
}

}  // namespace lvslab::admin
