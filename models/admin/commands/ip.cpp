#include <string>

#include "admin/commands/commands.h"
#include "admin/commands/ip.h"

namespace lvslab::admin {

std::string IpCall::value() {
  if (failed()) return {};
  if (exhausted()) {
    fail(255, "Command line is not complete. Try option \"help\"");
    return {};
  }
  return take();
}

wire::Ipv4 IpCall::address() {
  const std::string word = value();
  if (failed()) return {};
  const auto address = parse_inet(word);
  if (!address) fail(1, "Error: inet address is expected rather than \"" + word + "\".");
  return address.value_or(wire::Ipv4{});
}

InetPrefix IpCall::prefix() {
  const std::string word = value();
  if (failed()) return {};
  const auto prefix = parse_inet_prefix(word);
  if (!prefix) fail(1, "Error: any valid prefix is expected rather than \"" + word + "\".");
  return prefix.value_or(InetPrefix{});
}

wire::Mac IpCall::lladdr() {
  const std::string word = value();
  if (failed()) return {};
  std::size_t bytes = 0;
  const auto mac = parse_lladdr(word, &bytes);
  if (!mac && bytes == 0) fail(1, "\"" + word + "\" is invalid lladdr.");
  if (!mac && bytes != 0) {
    fail(1, "Invalid address length " + std::to_string(bytes) + " - must be 6 bytes");
  }
  return mac.value_or(wire::Mac{});
}

std::uint32_t IpCall::number(std::uint32_t largest, std::string_view complaint) {
  const std::string word = value();
  if (failed()) return 0;
  const auto number = parse_number(word);
  if (!number || *number > largest) wrong(word, complaint);
  return number.value_or(0);
}

bool IpCall::on_off(std::string_view keyword) {
  const std::string word = value();
  if (!failed() && word != "on" && word != "off") {
    fail(1, "Error: argument of \"" + std::string(keyword) +
                "\" must be \"on\" or \"off\", not \"" + word + "\"");
  }
  return word == "on";
}

std::uint32_t IpCall::table() {
  const std::string word = value();
  if (failed()) return 0;
  if (word == "local") return net::kTableLocal;
  if (word == "main") return net::kTableMain;
  if (word == "default") return net::kTableDefault;
  const auto number = parse_number(word);
  if (!number) wrong(word, "\"table\" value is invalid\n");
  return number.value_or(0);
}

const net::Interface* IpCall::device(const std::string& name) {
  if (failed()) return nullptr;
  const net::Interface* found = host().find_interface(name);
  if (found == nullptr) fail(1, "Cannot find device \"" + name + "\"");
  return found;
}

int IpCall::fail(int status, std::string_view text) {
  if (failed()) return status_;
  status_ = status;
  err() += text;
  err() += '\n';
  return status_;
}

int IpCall::garbage(std::string_view keyword, std::string_view word) {
  return fail(255, "Error: either \"" + std::string(keyword) + "\" is duplicate, or \"" +
                       std::string(word) + "\" is a garbage.");
}

int IpCall::wrong(std::string_view argument, std::string_view complaint) {
  return fail(
      255, "Error: argument \"" + std::string(argument) + "\" is wrong: " + std::string(complaint));
}

int IpCall::kernel(std::string_view text) {
  return fail(2, "RTNETLINK answers: " + std::string(text));
}
int IpCall::refused(std::string_view text) { return fail(2, "Error: " + std::string(text)); }

int IpCall::not_simulated(std::string_view what) {
  return fail(1, "ip: " + std::string(what) + " is not simulated");
}

int IpCall::unknown_command(std::string_view word, std::string_view object, bool full_stop) {
  return fail(255, "Command \"" + std::string(word) + "\" is unknown, try \"ip " +
                       std::string(object) + " help\"" + (full_stop ? "." : ""));
}

int IpCall::answer(net::ConfigError error) {
  using net::ConfigError;
  switch (error) {
    case ConfigError::kNone:
      return 0;
    case ConfigError::kNoSuchDevice:
      return kernel("No such device");
    case ConfigError::kExists:
      return kernel("File exists");
    case ConfigError::kNotFound:
      return kernel("No such file or directory");
    case ConfigError::kInvalidGateway:
      return refused("Nexthop has invalid gateway.");
    case ConfigError::kDeviceDown:
      return refused("Device for nexthop is not up.");
    case ConfigError::kInvalidSource:
      return refused("Invalid prefsrc address.");
    case ConfigError::kInvalidPrefix:
      return refused("Invalid prefix for given prefix length.");
    case ConfigError::kNetworkUnreachable:
      return kernel("Network is unreachable");
    case ConfigError::kInvalidArgument:
      return kernel("Invalid argument");
    case ConfigError::kNoSuchProcess:
      return kernel("No such process");
  }
  return kernel("Invalid argument");
}

namespace {

struct Object {
  std::string_view name;
  int (*run)(IpCall& ip);  ///< null: exists, not simulated
};

// In the order in which the tool tries abbreviations: `ip a` is address, `ip r` route, `ip t`
// tunnel.
constexpr Object kObjects[] = {
    {"address", ip_address},
    {"addrlabel", nullptr},
    {"maddress", nullptr},
    {"route", ip_route},
    {"rule", ip_rule},
    {"neighbor", ip_neighbour},
    {"neighbour", ip_neighbour},
    {"ntable", nullptr},
    {"ntbl", nullptr},
    {"link", ip_link},
    {"l2tp", nullptr},
    {"fou", nullptr},
    {"ila", nullptr},
    {"macsec", nullptr},
    {"tunnel", ip_tunnel},
    {"tunl", ip_tunnel},
    {"tuntap", nullptr},
    {"tap", nullptr},
    {"token", nullptr},
    {"tcpmetrics", nullptr},
    {"monitor", nullptr},
    {"xfrm", nullptr},
    {"mroute", nullptr},
    {"mrule", nullptr},
    {"netns", nullptr},
    {"netconf", nullptr},
    {"vrf", nullptr},
    {"sr", nullptr},
    {"nexthop", nullptr},
    {"mptcp", nullptr},
    {"ioam", nullptr},
    {"stats", nullptr},
};

constexpr std::string_view kUsage =
    "Usage: ip [ -4 -br -d -o -s ] { address | link | neighbour | route | rule | tunnel } [ "
    "COMMAND ... ]";

/// Reads one option. 0: go on; otherwise the exit status, or -1 for success at once.
int read_option(CommandContext& context, IpOptions& options, std::size_t& next) {
  std::string word = context.args[next++];
  if (word.size() > 2 && word[1] == '-') word.erase(0, 1);
  const auto is = [&](std::string_view full) { return word.size() > 1 && abbreviates(word, full); };
  const auto fail = [&](const std::string& text) {
    context.err += text + "\n";
    return 255;
  };
  if (word == "-4") {
    options.inet_only = true;
  } else if (word == "-6" || word == "-0" || word == "-M" || word == "-B") {
    return fail("ip: " + word + ": only IPv4 is simulated");
  } else if (is("-family")) {
    if (next >= context.args.size()) return fail(std::string(kUsage));
    if (context.args[next] != "inet") return fail("ip: only -family inet is simulated");
    options.inet_only = true;
    ++next;
  } else if (is("-human") || is("-human-readable") || is("-resolve") || is("-timestamp") ||
             is("-tshort") || is("-force") || is("-pretty") || is("-Numeric") || is("-all") ||
             is("-iec") || is("-color") || word.rfind("-color=", 0) == 0 ||
             word.rfind("-c=", 0) == 0) {
    // How it looks on a terminal, or names for numbers: there are neither.
  } else if (is("-statistics") || is("-stats")) {
    ++options.statistics;
  } else if (is("-details")) {
    options.details = true;
  } else if (is("-oneline")) {
    options.oneline = true;
  } else if (is("-Version")) {
    context.out += "ip utility, iproute2-6.1.0, libbpf 1.1.2\n";
    return -1;
  } else if (word != "-b" && is("-brief")) {
    options.brief = true;
  } else if (is("-json")) {
    return fail("ip: -json is not simulated");
  } else if (is("-netns")) {
    const std::string name = next < context.args.size() ? context.args[next] : "";
    return fail("Cannot open network namespace \"" + name + "\": No such file or directory");
  } else {
    return fail("Option \"" + word + "\" is unknown, try \"ip -help\".");
  }
  return 0;
}

}  // namespace

CommandResult run_ip(CommandContext& context) {
  IpOptions options;
  std::size_t next = 1;
  while (next < context.args.size() && context.args[next].size() > 1 &&
         context.args[next][0] == '-') {
    const int status = read_option(context, options, next);
    if (status != 0) return status < 0 ? 0 : status;
  }
  if (next >= context.args.size() || context.args[next] == "help") {
    context.err += std::string(kUsage) + "\n";
    return 255;
  }
  const std::string& word = context.args[next];
  for (const Object& object : kObjects) {
    if (!abbreviates(word, object.name)) continue;
    IpCall call(context, options, next + 1);
    if (object.run == nullptr)
      return call.not_simulated("object \"" + std::string(object.name) + "\"");
    return object.run(call);
  }
  context.err += "Object \"" + word + "\" is unknown, try \"ip help\".\n";
  return 1;
}

}  // namespace lvslab::admin
