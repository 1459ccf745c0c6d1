#include "admin/commands/ipvsadm_list.h"

#include <algorithm>
#include <array>

#include "admin/commands/ipvsadm_names.h"
#include "lvs/forwarder.h"

namespace lvslab::admin::ipvsadm {
namespace {

using O = Option;

constexpr std::string_view kVersionLine = "IP Virtual Server version 1.2.1 (size=4096)\n";
constexpr std::size_t kServiceWidth = 33, kServerWidth = 28;

/// The tool subtracts 32-bit numbers into a signed one, so numbers 2^31 or more apart compare
/// wrongly.
int wrapped_difference(std::uint32_t a, std::uint32_t b) {
  const auto difference = static_cast<std::int32_t>(a - b);
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

int compare(const wire::Endpoint& a, const wire::Endpoint& b) {
  if (const int by = wrapped_difference(a.address.value, b.address.value)) return by;
  return int{a.port} - int{b.port};
}

int compare_services(const lvs::Service* a, const lvs::Service* b) {
  if (const int by = wrapped_difference(a->key.mark, b->key.mark)) return by;
  if (const int by = static_cast<int>(a->key.protocol) - static_cast<int>(b->key.protocol))
    return by;
  return compare(a->key.address, b->key.address);
}

int compare_servers(const lvs::Destination* a, const lvs::Destination* b) {
  return compare(a->address, b->address);
}

/// A merge sort as the C library's qsort, for the comparison above is no order and the result of
/// such a sort depends on its steps.
template <typename T, typename Compare>
void merge_sort(std::vector<T>& items, Compare compare_items) {
  if (items.size() < 2) return;
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
  std::vector<T> first(items.begin(), middle), second(middle, items.end());
  merge_sort(first, compare_items);
  merge_sort(second, compare_items);
  std::size_t i = 0, j = 0;
  for (T& item : items) {
    const bool take_first =
        j == second.size() || (i < first.size() && compare_items(first[i], second[j]) <= 0);
    item = take_first ? first[i++] : second[j++];
  }
}

/// Chain of the kernel's service table. What a network namespace adds to the hash differs from boot
/// to boot; this is what it was when the recordings were made.
constexpr std::uint32_t kNamespaceHash = 0x40;
std::uint32_t service_chain(const lvs::ServiceKey& key) {
  if (key.mark != 0) return 0x100 + (key.mark & 0xff);
  const std::uint32_t port = key.address.port;
  return (static_cast<std::uint32_t>(key.protocol) ^ key.address.address.value ^ (port >> 8) ^
          port ^ kNamespaceHash) &
         0xff;
}

std::string right(std::string_view text, std::size_t width) {
  std::string out(text.size() < width ? width - text.size() : 0, ' ');
  return out.append(text);
}

/// " " and the number in width 8, shortened with K, M, G or T from 10^8 on.
std::string large_number(std::uint64_t number, bool exact) {
  if (exact || number < 100'000'000) return " " + right(std::to_string(number), 8);
  constexpr struct {
    std::uint64_t below, unit;
    char letter;
  } kUnits[] = {{1'000'000'000, 1'000, 'K'},
                {100'000'000'000, 1'000'000, 'M'},
                {100'000'000'000'000, 1'000'000'000, 'G'},
                {~std::uint64_t{0}, 1'000'000'000'000, 'T'}};
  for (const auto& unit : kUnits)
    if (number < unit.below || unit.letter == 'T')
      return right(std::to_string(number / unit.unit), 8) + unit.letter;
  return {};
}

enum class Layout : std::uint8_t { kPlain, kStats, kRate, kThresholds, kPersistent, kTunnel };

Layout layout_of(const Request& request) {
  if (request.has(O::kStats)) return Layout::kStats;
  if (request.has(O::kRate)) return Layout::kRate;
  if (request.has(O::kThresholds)) return Layout::kThresholds;
  if (request.has(O::kPersistentConn)) return Layout::kPersistent;
  return request.has(O::kTunInfo) ? Layout::kTunnel : Layout::kPlain;
}

std::string heading(Layout layout) {
  const std::string service = left("Prot LocalAddress:Port", kServiceWidth);
  const std::string server = "  -> RemoteAddress:Port\n";
  switch (layout) {
    case Layout::kStats:
      return service + "    Conns   InPkts  OutPkts  InBytes OutBytes\n" + server;
    case Layout::kRate:
      return service + "      CPS    InPPS   OutPPS    InBPS   OutBPS\n" + server;
    case Layout::kThresholds:
      return service + " Uthreshold Lthreshold ActiveConn InActConn \n" + server;
    case Layout::kPersistent:
      return service + " Weight    PersistConn ActiveConn InActConn \n" + server;
    default:
      break;
  }
  return "Prot LocalAddress:Port Scheduler Flags\n" +
         left("  -> RemoteAddress:Port", kServiceWidth) + " Forward " +
         (layout == Layout::kTunnel ? "TunnelInfo    " : "") + "Weight ActiveConn InActConn\n";
}

std::string tunnel_text(const lvs::DestinationOptions& options) {
  if (options.method != lvs::Method::kTunnel) return "n/a";
  constexpr std::string_view kSums[] = {"-c", "+c", "r+c"};
  const std::string sum(kSums[options.tunnel.checksum % 3]);
  switch (options.tunnel.type) {
    case lvs::TunnelType::kGue:
      return "gue:" + std::to_string(options.tunnel.port) + ":" + sum;
    case lvs::TunnelType::kGre:
      return "gre:" + sum;
    default:
      return "ipip";
  }
}

std::string counts_text(const lvs::Stats& stats, Layout layout, bool exact, bool server) {
  std::string text;
  if (layout == Layout::kStats) {
    const lvs::Counts c = stats.visible();
    for (const std::uint64_t n :
         {c.connections, c.in_packets, c.out_packets, c.in_bytes, c.out_bytes})
      text += large_number(n, exact);
    return text;
  }
  const lvs::Rates r = stats.rates();
  // A server's three rates of packets are never shortened.
  for (const std::uint64_t n : {r.connections, r.in_packets, r.out_packets})
    text += large_number(n, exact || server);
  return text + large_number(r.in_bytes, exact) + large_number(r.out_bytes, exact);
}

std::string prefix_text(const lvs::ServiceKey& key) {
  if (key.mark != 0) return "FWM  " + std::to_string(key.mark);
  if (key.protocol == wire::Protocol::kUdp) return "UDP  ";
  return key.protocol == wire::Protocol::kSctp ? "SCTP " : "TCP  ";
}

std::string service_line(const Machine& machine, const lvs::Service& service,
                         const Request& request) {
  const Layout layout = layout_of(request);
  std::string line = prefix_text(service.key);
  if (service.key.mark == 0) {
    line +=
        endpoint_text(machine, service.key.address, service.key.protocol, request.has(O::kNumeric))
            .substr(0, kServiceWidth);
  }
  if (layout == Layout::kStats || layout == Layout::kRate) {
    return left(line, kServiceWidth) +
           counts_text(service.stats, layout, request.has(O::kExact), false) + "\n";
  }
  const lvs::ServiceOptions& o = service.options;
  line += " " + o.scheduler;
  const std::string flags = scheduler_flags_text(o.scheduler, o.flags);
  if (!flags.empty()) line += " (" + flags + ")";
  if (service.persistent()) {
    line += " persistent " + std::to_string(o.persistence_timeout_s);
    if (o.persistence_netmask != 0xffffffff)
      line += " mask " + wire::to_string(wire::Ipv4{o.persistence_netmask});
    if (!o.engine.empty()) line += " pe " + o.engine;
  }
  if (o.one_packet) line += " ops";
  return line + "\n";
}

std::string number(std::uint64_t value, std::size_t width) {
  return " " + left(std::to_string(value), width);
}

std::string server_line(const Machine& machine, const lvs::Service& service,
                        const lvs::Destination& server, const Request& request) {
  const Layout layout = layout_of(request);
  const lvs::DestinationOptions& o = server.options;
  const std::string text =
      endpoint_text(machine, server.address, service.key.protocol, request.has(O::kNumeric));
  std::string line = "  -> " + left(text.substr(0, kServerWidth), kServerWidth);
  const std::string weight = std::to_string(o.weight);
  const std::string counts = number(server.active, 10) + number(server.inactive(), 10);
  switch (layout) {
    case Layout::kStats:
    case Layout::kRate:
      return line + counts_text(server.stats, layout, request.has(O::kExact), true) + "\n";
    case Layout::kThresholds:
      return line + number(o.upper_threshold, 10) + number(o.lower_threshold, 10) + counts + "\n";
    case Layout::kPersistent:
      return line + " " + left(weight, 9) + number(server.persistent, 11) + counts + "\n";
    default:
      break;
  }
  line += " " + left(lvs::forwarder(o.method).name, 7);
  if (layout == Layout::kTunnel) line += " " + left(tunnel_text(o), 13);
  return line + " " + left(weight, 6) + counts + "\n";
}

void list_service(CommandContext& context, const lvs::Service& service, const Request& request) {
  context.out += service_line(context.machine, service, request);
  for (const lvs::Destination* server : listed_servers(service, !request.has(O::kNoSort)))
    context.out += server_line(context.machine, service, *server, request);
}

std::string two_digits(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string protocol_text(wire::Protocol protocol) {
  switch (protocol) {
    case wire::Protocol::kTcp:
      return "TCP";
    case wire::Protocol::kUdp:
      return "UDP";
    case wire::Protocol::kSctp:
      return "SCTP";
    default:
      return "IP";
  }
}

void list_connections(CommandContext& context, const lvs::Director& director,
                      const Request& request) {
  context.out += "IPVS connection entries\n";
  context.out += "pro expire state       source             virtual            destination";
  context.out += request.has(O::kPersistentConn) ? "        pe name          pe_data\n" : "\n";
  const lvs::ConnectionTable& table = director.connections();
  for (const std::uint32_t slot : table.list()) {
    const lvs::Connection& c = table.at(slot);
    const Duration remaining = c.expires - context.turn.now();
    const std::int64_t seconds = std::max<std::int64_t>(0, remaining / Duration::seconds(1));
    const auto text = [&](const wire::Endpoint& endpoint) {
      return endpoint_text(context.machine, endpoint, c.protocol, request.has(O::kNumeric));
    };
    context.out += left(protocol_text(c.protocol), 3) + " " +
                   left(two_digits(seconds / 60) + ":" + two_digits(seconds % 60), 6) + " " +
                   left(lvs::connection_state_name(c.state), 11) + " " + left(text(c.client), 18) +
                   " " + left(text(c.service), 18) + " " + text(c.real) + "\n";
  }
}

void list_daemons(CommandContext& context, lvs::Director& director) {
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& daemon = director.sync_daemons()[i];
    if (!daemon) continue;
    context.out +=
        std::string(i == 0 ? "master" : "backup") + " sync daemon (mcast=" + daemon->interface +
        ", syncid=" + std::to_string(daemon->sync_id) +
        ", maxlen=" + std::to_string(daemon->max_length) +
        ", group=" + wire::to_string(daemon->group) + ", port=" + std::to_string(daemon->port) +
        ", ttl=" + std::to_string(daemon->ttl) + ")\n";
  }
}

}  // namespace

std::string left(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.resize(width, ' ');
  return out;
}

std::string endpoint_text(const Machine& machine, const wire::Endpoint& endpoint,
                          wire::Protocol protocol, bool numeric) {
  if (numeric) return wire::to_string(endpoint);
  const std::string_view name = service_name(endpoint.port, protocol);
  return host_text(machine, endpoint.address) + ":" +
         (name.empty() ? std::to_string(endpoint.port) : std::string(name));
}

std::vector<const lvs::Service*> listed_services(const lvs::Director& director, bool sorted) {
  std::vector<const lvs::Service*> services = director.services();
  std::reverse(services.begin(), services.end());  // within a chain the newest comes first
  std::stable_sort(services.begin(), services.end(),
                   [](const lvs::Service* a, const lvs::Service* b) {
                     return service_chain(a->key) < service_chain(b->key);
                   });
  if (sorted) merge_sort(services, compare_services);
  return services;
}

std::vector<const lvs::Destination*> listed_servers(const lvs::Service& service, bool sorted) {
  std::vector<const lvs::Destination*> servers(service.destinations.begin(),
                                               service.destinations.end());
  if (sorted) merge_sort(servers, compare_servers);
  return servers;
}

int run_list(CommandContext& context, lvs::Director& director, const Request& request) {
  if (request.has(O::kConnection)) {
    list_connections(context, director, request);
  } else if (request.has(O::kTimeout)) {
    const std::array<std::uint32_t, 3> t = director.timeouts();
    context.out += "Timeout (tcp tcpfin udp): " + std::to_string(t[0]) + " " +
                   std::to_string(t[1]) + " " + std::to_string(t[2]) + "\n";
  } else if (request.has(O::kDaemon)) {
    list_daemons(context, director);
  } else if (request.has(O::kService)) {
    const lvs::Service* service = director.find_service(request.service);
    if (service == nullptr) {
      context.err += "No such service\n";
      return 1;
    }
    context.out += heading(layout_of(request));
    list_service(context, *service, request);
  } else {
    context.out += std::string(kVersionLine) + heading(layout_of(request));
    for (const lvs::Service* service : listed_services(director, !request.has(O::kNoSort)))
      list_service(context, *service, request);
  }
  return 0;
}

}  // namespace lvslab::admin::ipvsadm
