// ss, netstat and nstat: sockets, routes and counters of the host.
#include <algorithm>
#include <cstdio>

#include "admin/commands/commands.h"
#include "admin/commands/words.h"

namespace lvslab::admin {
namespace {

using transport::SocketView;
using transport::TcpState;

struct Wanted {
  bool tcp = false, udp = false, listening = false, all = false, numeric = false, routes = false,
       header = true;
};

bool shown(const SocketView& socket, const Wanted& wanted) {
  const bool udp = socket.protocol == wire::Protocol::kUdp;
  if (udp ? !wanted.udp : !wanted.tcp) return false;
  const bool listens = udp ? socket.state == TcpState::kClosed : socket.state == TcpState::kListen;
  return wanted.all || wanted.listening == listens;
}

std::string address_text(const wire::Endpoint& endpoint) {
  return endpoint.address.is_zero() ? "0.0.0.0" : wire::to_string(endpoint.address);
}
std::string port_text(const wire::Endpoint& endpoint) {
  return endpoint.port == 0 ? "*" : std::to_string(endpoint.port);
}

std::vector<SocketView> select(CommandContext& context, const Wanted& wanted) {
  std::vector<SocketView> result;
  for (const SocketView& socket : context.machine.sockets().list()) {
    if (shown(socket, wanted)) result.push_back(socket);
  }
  return result;
}

/// Single-letter options; the first unknown one, or 0.
char parse_letters(const CommandContext& context, std::string_view ignored, Wanted& wanted) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
    for (const char c : word.substr(1)) {
      if (c == 't')
        wanted.tcp = true;
      else if (c == 'u')
        wanted.udp = true;
      else if (c == 'l')
        wanted.listening = true;
      else if (c == 'a')
        wanted.all = true;
      else if (c == 'n')
        wanted.numeric = true;
      else if (c == 'r')
        wanted.routes = true;
      else if (c == 'H')
        wanted.header = false;
      else if (ignored.find(c) == std::string_view::npos)
        return c;
    }
  }
  return 0;
}

const char* netstat_state(TcpState state) {
  switch (state) {
    case TcpState::kListen:
      return "LISTEN";
    case TcpState::kSynSent:
      return "SYN_SENT";
    case TcpState::kSynReceived:
      return "SYN_RECV";
    case TcpState::kEstablished:
      return "ESTABLISHED";
    case TcpState::kFinWait1:
      return "FIN_WAIT1";
    case TcpState::kFinWait2:
      return "FIN_WAIT2";
    case TcpState::kCloseWait:
      return "CLOSE_WAIT";
    case TcpState::kClosing:
      return "CLOSING";
    case TcpState::kLastAck:
      return "LAST_ACK";
    case TcpState::kTimeWait:
      return "TIME_WAIT";
    case TcpState::kClosed:
      return "CLOSE";
  }
  return "";
}

int routes_table(CommandContext& context) {
  context.out +=
      "Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window "
      " irtt Iface\n";
  for (const net::Route& route : context.machine.host().routes().list(net::kTableMain)) {
    const bool reject = route.type == net::RouteType::kUnreachable ||
                        route.type == net::RouteType::kProhibit ||
                        route.type == net::RouteType::kBlackhole;
    std::string flags = reject ? "!" : "U";
    if (!route.gateway.is_zero()) flags += 'G';
    if (route.destination.length == 32) flags += 'H';
    const std::string device =
        route.device == kNoInterface ? "-" : context.machine.host().interface(route.device).name;
    context.out +=
        pad_right(wire::to_string(route.destination.network()), 15) + " " +
        pad_right(reject ? "-" : wire::to_string(route.gateway), 15) + " " +
        pad_right(wire::to_string(wire::Ipv4{wire::netmask(route.destination.length)}), 15) + " " +
        pad_right(flags, 5) + (reject ? "     - -          - " : "     0 0          0 ") + device +
        "\n";
  }
  return 0;
}

}  // namespace

CommandResult run_ss(CommandContext& context) {
  Wanted wanted;
  if (const char bad = parse_letters(context, "p4oeimsO", wanted); bad != 0) {
    context.err += std::string("ss: invalid option -- '") + bad + "'\n";
    return 255;
  }
  if (!wanted.tcp && !wanted.udp) wanted.tcp = wanted.udp = true;
  const bool both = wanted.tcp && wanted.udp;
  struct Row {
    std::string cells[7];  // netid state recv send local port-and-peer
  };
  std::vector<Row> rows;
  if (wanted.header)
    rows.push_back(
        {{"Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address"}});
  std::vector<std::string> peers{"Port"};
  if (!wanted.header) peers.clear();
  for (const SocketView& socket : select(context, wanted)) {
    const bool udp = socket.protocol == wire::Protocol::kUdp;
    const std::string state = udp && socket.state == TcpState::kClosed
                                  ? "UNCONN"
                                  : std::string(transport::tcp_state_name(socket.state));
    rows.push_back({{udp ? "udp" : "tcp", state, std::to_string(socket.receive_queue),
                     std::to_string(socket.send_queue), address_text(socket.local),
                     port_text(socket.local), address_text(socket.remote)}});
    peers.push_back(port_text(socket.remote));
  }
  std::size_t width[7] = {};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < 7; ++i) width[i] = std::max(width[i], row.cells[i].size());
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto& c = rows[r].cells;
    std::string line = both ? pad_right(c[0], width[0]) + " " : "";
    line += pad_right(c[1], width[1]) + " " + pad_right(c[2], width[2]) + " " +
            pad_right(c[3], width[3]) + " " + pad_left(c[4], width[4]) + ":" +
            pad_right(c[5], width[5]) + " " + pad_left(c[6], width[6]) + ":" + peers[r];
    context.out += line + "\n";
    if (context.out.size() > kLargestOutput) return 1;
  }
  return 0;
}

CommandResult run_netstat(CommandContext& context) {
  Wanted wanted;
  if (const char bad = parse_letters(context, "pe4o", wanted); bad != 0) {
    context.err += std::string("netstat: invalid option -- '") + bad + "'\n";
    return 4;
  }
  if (wanted.routes) return routes_table(context);
  if (!wanted.tcp && !wanted.udp) wanted.tcp = wanted.udp = true;
  context.out +=
      std::string("Active Internet connections (") +
      (wanted.all         ? "servers and established"
       : wanted.listening ? "only servers"
                          : "w/o servers") +
      ")\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \n";
  for (const SocketView& socket : select(context, wanted)) {
    const bool udp = socket.protocol == wire::Protocol::kUdp;
    char line[160];
    std::snprintf(line, sizeof line, "%-5s %6u %6u %-23s %-23s %-11s\n", udp ? "udp" : "tcp",
                  socket.receive_queue, socket.state == TcpState::kListen ? 0 : socket.send_queue,
                  (address_text(socket.local) + ":" + port_text(socket.local)).c_str(),
                  (address_text(socket.remote) + ":" + port_text(socket.remote)).c_str(),
                  udp && socket.state == TcpState::kClosed ? "" : netstat_state(socket.state));
    context.out += line;
    if (context.out.size() > kLargestOutput) return 1;
  }
  return 0;
}

CommandResult run_nstat(CommandContext& context) {
  bool zeros = false;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word.size() > 1 && word[0] == '-')
      zeros = zeros || word.find('z') != std::string::npos;
    else
      names.push_back(word);
  }
  context.out += "#kernel\n";
  for (std::size_t i = 0; i < static_cast<std::size_t>(net::Counter::kCounterCount); ++i) {
    const auto counter = static_cast<net::Counter>(i);
    const std::string name{net::counter_name(counter)};
    const std::uint64_t value = context.machine.host().counter(counter);
    const bool named = std::find(names.begin(), names.end(), name) != names.end();
    if ((!names.empty() && !named) || (value == 0 && !zeros)) continue;
    char line[96];
    std::snprintf(line, sizeof line, "%-32s%-16llu0.0\n", name.c_str(),
                  static_cast<unsigned long long>(value));
    context.out += line;
  }
  return 0;
}

}  // namespace lvslab::admin
