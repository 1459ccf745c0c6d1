// What `ip route` reads: the words of a route, shared by the commands that change tables and by the
// filters of those that list and flush them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/commands/ip.h"

namespace lvslab::admin {

/// A route as typed, with what was said of it.
struct RouteRequest {
  net::Route route;
  std::string device;
  std::vector<std::string> hop_devices;  ///< of route.hops, as typed
  bool destination = false, gateway = false, metric = false, type = false, table = false;
  bool protocol = false, scope = false, source = false;
};

std::optional<net::RouteType> parse_route_type(std::string_view word);
std::string_view route_type_name(net::RouteType type);
std::string route_protocol_name(net::RouteProtocol protocol);

/// One word of a route, with its argument. False: it is none.
bool read_route_word(IpCall& ip, RouteRequest& request, const std::string& word);

int show_routes(IpCall& ip);
int flush_routes(IpCall& ip);

}  // namespace lvslab::admin
