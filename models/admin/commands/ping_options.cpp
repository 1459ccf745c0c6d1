// The ping command: options, and what is refused before the first echo.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/ping.h"
#include "admin/commands/resolve.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

/// The value of an option; an error's text, or empty.
std::string set_option(PingOptions& options, char c, const std::string& value) {
  const auto number = parse_number(value);
  const auto seconds = parse_seconds(value);
  const std::string invalid = "ping: invalid argument: '" + value + "'";
  const auto range = [&](std::uint32_t low, std::uint32_t high) -> std::string {
    if (!number) return invalid + "\n";
    if (*number >= low && *number <= high) return {};
    return invalid + ": out of range: " + std::to_string(low) +
           " <= value <= " + std::to_string(high) + "\n";
  };
  std::string error;
  switch (c) {
    case 'c':
      error = range(1, kMostEchoes);
      if (error.empty()) options.count = *number;
      options.counted = true;
      return error;
    case 's':
      error = range(0, 65'507);
      if (error.empty()) options.size = *number;
      return error;
    case 't':
      error = range(1, 255);
      if (error.empty()) options.ttl = static_cast<std::uint8_t>(*number);
      return error;
    case 'Q':
      error = range(0, 255);
      if (error.empty()) options.tos = static_cast<std::uint8_t>(*number);
      return error;
    case 'M':
      options.discovery = value == "do"     ? PingOptions::Discovery::kDo
                          : value == "dont" ? PingOptions::Discovery::kDont
                                            : PingOptions::Discovery::kWant;
      if (value == "do" || value == "want" || value == "dont" || value == "probe") return {};
      return "ping: invalid -M argument: " + value + "\n";
    case 'I':
      if (const auto source = wire::parse_ipv4(value)) {
        options.source = *source;
      } else {
        options.device_name = value;
      }
      return {};
    default:
      break;
  }
  if (!seconds) return invalid + "\n";
  if (c == 'i') options.interval = std::max(*seconds, Duration::milliseconds(2));
  if (c == 'W') options.linger = *seconds;
  if (c == 'w') options.deadline = *seconds;
  return {};
}

/// An error's text, or empty.
std::string parse_options(CommandContext& context, PingOptions& options) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-') {
      options.target = word;
      continue;
    }
    for (std::size_t j = 1; j < word.size(); ++j) {
      const char c = word[j];
      if (c == 'q') options.quiet = true;
      if (c == 'n') options.by_name = false;
      if (c == 'O') options.tells_outstanding = true;
      if (std::string_view("qn4bvDAO").find(c) != std::string_view::npos) continue;
      if (std::string_view("ciWwstIMQ").find(c) == std::string_view::npos) {
        return "ping: invalid option -- '" + std::string(1, c) + "'\n";
      }
      std::string value = word.substr(j + 1);
      if (value.empty() && i + 1 < context.args.size()) value = context.args[++i];
      if (value.empty()) {
        return "ping: option requires an argument -- '" + std::string(1, c) + "'\n";
      }
      const std::string error = set_option(options, c, value);
      if (!error.empty()) return error;
      break;
    }
  }
  return {};
}

/// Whether there is a way to the target at all; an error's text, or empty.
std::string check_path(const net::Host& host, PingOptions& options) {
  if (!options.device_name.empty()) {
    const net::Interface* nic = host.find_interface(options.device_name);
    if (nic == nullptr)
      return "ping: SO_BINDTODEVICE " + options.device_name + ": No such device\n";
    options.device = nic->index;
  }
  if (!options.source.is_zero() && !host.is_local(options.source)) {
    return "ping: bind: Cannot assign requested address\n";
  }
  const net::Host::Path path = host.route_output(options.source, options.address, options.device);
  if (path.route == nullptr) return "ping: connect: Network is unreachable\n";
  if (path.kind == hook::RouteKind::kBroadcast) {
    return "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall "
           "rules\n";
  }
  switch (path.route->type) {
    case net::RouteType::kUnreachable:
      return "ping: connect: No route to host\n";
    case net::RouteType::kProhibit:
      // EACCES is what a broadcast address without -b gives, and ping takes it for that.
      return "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall "
             "rules\n";
    case net::RouteType::kBlackhole:
      return "ping: connect: Invalid argument\n";
    default:
      return {};
  }
}

}  // namespace

CommandResult run_ping(CommandContext& context) {
  PingOptions options;
  options.by_name = true;
  if (context.args.size() == 2 && context.args[1] == "-V") {
    context.out +=
        "ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): "
        "yes, "
        "__fpending(): yes\n";
    return 0;
  }
  if (const std::string error = parse_options(context, options); !error.empty()) {
    context.err += error;
    return error.find("option") != std::string::npos ? 2 : 1;
  }
  if (options.target.empty()) {
    context.err += "ping: usage error: Destination address required\n";
    return 1;
  }
  const auto address = resolve(context.machine, options.target);
  if (!address) {
    context.err += "ping: " + options.target + ": Name or service not known\n";
    return 2;
  }
  options.address = *address;
  options.by_name = options.by_name && !wire::parse_ipv4(options.target);
  // With a deadline and no count only the deadline ends it.
  if (options.deadline && !options.counted) options.count = kMostEchoes;
  if (const std::string error = check_path(context.machine.host(), options); !error.empty()) {
    context.err += error;
    return 2;
  }
  auto ping = std::make_unique<Ping>(context.machine, options);
  context.out += ping->header();
  if (const auto status = ping->resume(context)) return *status;
  return CommandResult(std::move(ping));
}

}  // namespace lvslab::admin
