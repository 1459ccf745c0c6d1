// route (net-tools 2.10): routes of the main table by the old ioctls of the kernel.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/commands/commands.h"
#include "admin/commands/ip.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

using net::ConfigError;
using net::Route;
using net::RouteType;

constexpr int kUsageStatus = 3, kHostStatus = 6, kRequestStatus = 7;

constexpr std::string_view kUsage =
    "Usage: route [-n] [-e]\n"
    "       route { add | del } [ -net | -host ] TARGET[/LENGTH] [ netmask MASK ] [ gw GATEWAY ] [ "
    "metric N ]\n"
    "             [ reject ] [ [dev] INTERFACE ]\n";

struct RouteRequest {
  Route route;
  std::optional<std::uint8_t> length;  ///< from /N or netmask; missing with -net: 0, with -host: 32
  bool network = false, host_asked = false, metric = false;
  std::string device;
};

class RouteCommand {
 public:
  explicit RouteCommand(CommandContext& context)
      : context_(context), host_(context.machine.host()) {}
  int modify(bool adding, std::size_t next);

 private:
  int usage(std::string_view complaint = {}) {
    if (!complaint.empty()) context_.err += "route: " + std::string(complaint) + "\n";
    context_.err += kUsage;
    return kUsageStatus;
  }
  int unknown_host(const std::string& word) {
    context_.err += word + ": Unknown host\n";
    return kHostStatus;
  }
  int read_target(const std::string& word, RouteRequest& request);
  int read_mask(const std::string& word, RouteRequest& request);
  int read_word(const std::string& word, std::size_t& next, RouteRequest& request);
  int check(RouteRequest& request);
  ConfigError find_device(RouteRequest& request);
  ConfigError carry_out(bool adding, RouteRequest& request);

  CommandContext& context_;
  net::Host& host_;
};

// Without -net a target is a host, even if its last part is 0; `default` is the network 0.0.0.0/0.
int RouteCommand::read_target(const std::string& word, RouteRequest& request) {
  const std::size_t slash = word.find('/');
  const std::string head = word.substr(0, slash);
  if (slash != std::string::npos) {
    const auto length = parse_number(std::string_view(word).substr(slash + 1));
    if (!length || *length > 32) return usage("bogus netmask " + word.substr(slash + 1));
    request.length = static_cast<std::uint8_t>(*length);
  }
  if (head == "default") {
    request.network = !request.host_asked;
    if (request.network && !request.length) request.length = std::uint8_t{0};
    return 0;
  }
  const auto address = parse_inet_short(head);
  if (!address) return unknown_host(head);
  request.route.destination.address = *address;
  return 0;
}

int RouteCommand::read_mask(const std::string& word, RouteRequest& request) {
  if (request.length) return usage();
  const auto mask = parse_inet_short(word);
  if (!mask) return unknown_host(word);
  request.length = wire::mask_length(*mask);
  return request.length ? 0 : usage("bogus netmask " + word);
}

int RouteCommand::read_word(const std::string& word, std::size_t& next, RouteRequest& request) {
  const std::vector<std::string>& args = context_.args;
  if (word == "reject") {
    request.route.type = RouteType::kUnreachable;
    return 0;
  }
  if (word == "mod" || word == "dyn" || word == "reinstate") return 0;
  const bool takes_argument = word == "metric" || word == "netmask" || word == "gw" ||
                              word == "gateway" || word == "mss" || word == "window" ||
                              word == "irtt" || word == "dev" || word == "device";
  if (!takes_argument) {
    // A last word alone is the device.
    if (next < args.size() || !request.device.empty()) return usage();
    request.device = word;
    return 0;
  }
  if (next >= args.size()) return usage();
  const std::string& argument = args[next++];
  if (word == "netmask") return read_mask(argument, request);
  if (word == "dev" || word == "device") {
    request.device = argument;
    return 0;
  }
  if (word == "gw" || word == "gateway") {
    const auto gateway = parse_inet_short(argument);
    if (!gateway) return unknown_host(argument);
    if (!request.route.gateway.is_zero()) return usage();
    request.route.gateway = *gateway;
    return 0;
  }
  const auto number = parse_number(argument);
  if (!number) return usage();
  if (word == "metric") {
    request.route.metric = *number;
    request.metric = true;
  } else if (word == "mss") {
    request.route.mtu = *number;
  }
  return 0;
}

int RouteCommand::check(RouteRequest& request) {
  wire::Prefix& destination = request.route.destination;
  if (!request.network) {
    if (request.length && *request.length != 32 && *request.length != 0) {
      return usage("netmask " + std::to_string(*request.length) +
                   " doesn't make sense with host route");
    }
    destination.length = 32;
    return 0;
  }
  destination.length = request.length.value_or(0);
  if (request.length && destination.network() != destination.address) {
    return usage("netmask doesn't match route address");
  }
  return 0;
}

// A label stands for its device, with its own address as the source; it must be there.
ConfigError RouteCommand::find_device(RouteRequest& request) {
  if (request.device.empty()) return ConfigError::kNone;
  const net::Interface* nic = host_.find_interface(device_of_label(request.device));
  if (nic == nullptr) return ConfigError::kNoSuchDevice;
  request.route.device = nic->index;
  if (request.device.find(':') == std::string::npos) return ConfigError::kNone;
  const net::Address* own = find_label(*nic, request.device);
  if (own == nullptr) return ConfigError::kNoSuchDevice;
  request.route.preferred_source = own->local;
  return ConfigError::kNone;
}

ConfigError RouteCommand::carry_out(bool adding, RouteRequest& request) {
  Route& route = request.route;
  // No mask at all is the mask 0.0.0.0, which fits no network but the default one.
  if (route.destination.network() != route.destination.address)
    return ConfigError::kInvalidArgument;
  const bool reject = route.type == RouteType::kUnreachable;
  const bool routed = !route.gateway.is_zero();
  if (adding) {
    route.scope = reject ? net::Scope::kHost : routed ? net::Scope::kUniverse : net::Scope::kLink;
    if (reject) {
      route.gateway = {};
      route.device = kNoInterface;
      route.preferred_source = {};
    }
    return prepend_route(host_, context_.turn, route);
  }
  return host_.remove_route(context_.turn, route, routed, route.device != kNoInterface,
                            request.metric && route.metric != 0);
}

std::string_view reason(ConfigError error) {
  switch (error) {
    case ConfigError::kNone:
      break;
    case ConfigError::kNoSuchDevice:
      return "No such device";
    case ConfigError::kExists:
      return "File exists";
    case ConfigError::kNotFound:
    case ConfigError::kNoSuchProcess:
      return "No such process";
    case ConfigError::kInvalidGateway:
    case ConfigError::kNetworkUnreachable:
      return "Network is unreachable";
    case ConfigError::kDeviceDown:
      return "Network is down";
    case ConfigError::kInvalidSource:
    case ConfigError::kInvalidPrefix:
    case ConfigError::kInvalidArgument:
      break;
  }
  return "Invalid argument";
}

int RouteCommand::modify(bool adding, std::size_t next) {
  const std::vector<std::string>& args = context_.args;
  RouteRequest request;
  if (next >= args.size()) {
    context_.out += kUsage;
    return 0;
  }
  if (args[next] == "-net" || args[next] == "-host") {
    (args[next] == "-net" ? request.network : request.host_asked) = true;
    ++next;
  }
  if (next >= args.size()) return usage();
  if (const int status = read_target(args[next++], request); status != 0) return status;
  while (next < args.size()) {
    const std::string& word = args[next++];
    if (const int status = read_word(word, next, request); status != 0) return status;
  }
  if (const int status = check(request); status != 0) return status;
  ConfigError error = find_device(request);
  if (error == ConfigError::kNone) error = carry_out(adding, request);
  if (error == ConfigError::kNone) return 0;
  context_.err += (adding ? "SIOCADDRT: " : "SIOCDELRT: ") + std::string(reason(error)) + "\n";
  return kRequestStatus;
}

std::string row(const net::Host& host, const Route& route, bool numeric, bool extended) {
  const bool reject = route.type == RouteType::kUnreachable || route.type == RouteType::kProhibit;
  const bool any = route.destination.length == 0;
  std::string flags = reject ? "!" : "U";
  if (!route.gateway.is_zero()) flags += 'G';
  if (route.destination.length == 32) flags += 'H';
  std::string text =
      pad_right(any && !numeric ? "default" : to_string(route.destination.address), 15) + " " +
      pad_right(reject ? "-" : to_string(route.gateway), 15) + " " +
      pad_right(to_string(wire::Ipv4{wire::netmask(route.destination.length)}), 15) + " ";
  const std::string device = reject ? "-"
                             : route.device < host.interfaces().size()
                                 ? host.interface(route.device).name
                                 : "*";
  if (extended) {
    return text + pad_right(flags, 7) + " " +
           (reject ? "  - -          -"
                   : pad_left(std::to_string(route.mtu), 3) + " 0          0") +
           " " + device + "\n";
  }
  return text + pad_right(flags, 5) + " " + pad_right(std::to_string(route.metric), 6) + " " +
         (reject ? "- " : "0 ") + "       0 " + device + "\n";
}

std::string kernel_route_table(const net::Host& host, bool numeric, bool extended) {
  std::string text = "Kernel IP routing table\nDestination     Gateway         Genmask         ";
  text += extended ? "Flags   MSS Window  irtt Iface\n" : "Flags Metric Ref    Use Iface\n";
  for (const Route& route : host.routes().list(net::kTableMain)) {
    if (route.type != RouteType::kBroadcast) text += row(host, route, numeric, extended);
  }
  return text;
}

}  // namespace

CommandResult run_route(CommandContext& context) {
  bool numeric = false, extended = false;
  std::size_t next = 1;
  for (; next < context.args.size() && context.args[next].rfind('-', 0) == 0; ++next) {
    const std::string& option = context.args[next];
    if (option == "-A") {
      ++next;
      if (next < context.args.size() && context.args[next] == "inet") continue;
    } else if (option == "--numeric" || option == "--extend" || option == "--inet" ||
               option == "-4") {
      numeric |= option == "--numeric";
      extended |= option == "--extend";
      continue;
    } else if (option.size() > 1 && option.find_first_not_of("nveFN", 1) == std::string::npos) {
      numeric |= option.find('n') != std::string::npos;
      extended |= option.find('e') != std::string::npos;
      continue;
    }
    context.err += kUsage;
    return kUsageStatus;
  }
  if (next >= context.args.size()) {
    context.out += kernel_route_table(context.machine.host(), numeric, extended);
    return 0;
  }
  const std::string& verb = context.args[next];
  if (verb == "add") return RouteCommand(context).modify(true, next + 1);
  if (verb == "del" || verb == "delete") return RouteCommand(context).modify(false, next + 1);
  if (verb == "flush") context.err += "Flushing `inet' routing table not supported\n";
  context.err += kUsage;
  return kUsageStatus;
}

}  // namespace lvslab::admin
