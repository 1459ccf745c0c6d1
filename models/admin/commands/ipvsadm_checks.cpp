// What may be combined on an ipvsadm command line, and what several options settle together.
#include "admin/commands/ipvsadm_grammar.h"
#include "admin/commands/ipvsadm_options.h"

namespace lvslab::admin::ipvsadm {
namespace {

using C = Command;
using O = Option;

constexpr std::uint64_t bits(std::initializer_list<Option> options) {
  std::uint64_t all = 0;
  for (const Option option : options) all |= option_bit(option);
  return all;
}

struct Rule {
  Command command;
  std::string_view name;
  std::uint64_t needed, allowed;  ///< `allowed` besides the needed ones
};
constexpr std::uint64_t kServiceOptions =
    bits({O::kScheduler, O::kPersistent, O::kNetmask, O::kOps, O::kEngine, O::kSchedFlags});
constexpr std::uint64_t kTunnelOptions =
    bits({O::kTunType, O::kTunPort, O::kTunNoCsum, O::kTunCsum, O::kTunRemCsum});
constexpr std::uint64_t kServerOptions =
    bits({O::kMethod, O::kWeight, O::kUpper, O::kLower}) | kTunnelOptions;
constexpr std::uint64_t kService = option_bit(O::kService);
constexpr std::uint64_t kBoth = bits({O::kService, O::kRealServer});
constexpr Rule kRules[] = {
    {C::kAddService, "add-service", kService, kServiceOptions},
    {C::kEditService, "edit-service", kService, kServiceOptions},
    {C::kDeleteService, "delete-service", kService, 0},
    {C::kFlush, "flush", 0, 0},
    {C::kRestore, "restore", 0, 0},
    {C::kSave, "save", 0, option_bit(O::kNumeric)},
    {C::kAddServer, "add-server", kBoth, kServerOptions},
    {C::kEditServer, "edit-server", kBoth, kServerOptions},
    {C::kDeleteServer, "delete-server", kBoth, 0},
    {C::kList, "list", 0,
     bits({O::kNumeric, O::kConnection, O::kService, O::kTimeout, O::kDaemon, O::kStats, O::kRate,
           O::kThresholds, O::kPersistentConn, O::kNoSort, O::kSyncId, O::kExact, O::kTunInfo})},
    {C::kZero, "zero", 0, kService},
    {C::kSet, "set", 0, 0},
    {C::kStartDaemon, "start-daemon", 0,
     bits({O::kInterface, O::kSyncId, O::kGroup, O::kPort, O::kTtl, O::kMaxLength})},
    {C::kStopDaemon, "stop-daemon", 0, option_bit(O::kSyncId)},
    {C::kAddLocal, "add-laddr", bits({O::kService, O::kLocalAddress}), 0},
    {C::kDeleteLocal, "del-laddr", bits({O::kService, O::kLocalAddress}), 0},
    {C::kListLocal, "get-laddr", 0, bits({O::kService, O::kNumeric})},
};
/// A list shows one of these.
constexpr std::uint64_t kExclusive = bits({O::kConnection, O::kService, O::kTimeout, O::kDaemon});

using Outcome = tl::expected<void, Failure>;

Outcome refuse(std::string message) {
  return tl::unexpected(Failure{2, std::move(message) + "\n", false});
}

std::string name_of(Option option) { return std::string(option_name(option)); }

/// The first option, in their fixed order, that is missing, misplaced or excludes an earlier one.
Outcome check_options(const Request& request) {
  const Rule* rule = nullptr;
  for (const Rule& r : kRules)
    if (r.command == request.command) rule = &r;
  if (rule == nullptr) return {};
  const std::string command(rule->name);
  Option shown = O::kCount;
  for (std::size_t i = 0; i < kOptions; ++i) {
    const auto option = static_cast<Option>(i);
    const std::uint64_t bit = option_bit(option);
    if (!request.has(option)) {
      if ((rule->needed & bit) == 0) continue;
      return refuse("You need to supply the '" + name_of(option) + "' option for the '" + command +
                    "' command");
    }
    if (((rule->needed | rule->allowed) & bit) == 0)
      return refuse("Illegal '" + name_of(option) + "' option with the '" + command + "' command");
    if (request.command != C::kList || (kExclusive & bit) == 0) continue;
    if (shown != O::kCount) {
      return refuse("The option '" + name_of(option) + "' conflicts with the '" + name_of(shown) +
                    "' option in the '" + command + "' command");
    }
    shown = option;
  }
  return {};
}

Outcome check_list(const Request& r) {
  const bool counters = r.has(O::kStats) || r.has(O::kRate) || r.has(O::kThresholds);
  const bool special = r.has(O::kTimeout) || r.has(O::kDaemon);
  if ((r.has(O::kConnection) && counters) || (special && (counters || r.has(O::kPersistentConn))))
    return refuse("options conflicts in the list command");
  return {};
}

/// Each flag's bit and the scheduler whose name for it this is (empty: any).
struct Flag {
  std::string_view name, scheduler;
  int number;
};
constexpr Flag kFlags[] = {{"flag-1", "", 1},        {"flag-2", "", 2},    {"flag-3", "", 3},
                           {"sh-fallback", "sh", 1}, {"sh-port", "sh", 2}, {"mh-fallback", "mh", 1},
                           {"mh-port", "mh", 2}};

bool& flag_of(lvs::SchedulerFlags& flags, int number) {
  return number == 1 ? flags.flag1 : number == 2 ? flags.flag2 : flags.flag3;
}

Outcome read_flags(lvs::ServiceOptions& options, std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string name(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (name.empty()) continue;
    const Flag* flag = nullptr;
    for (const Flag& f : kFlags)
      if (f.name == name) flag = &f;
    if (flag == nullptr) return refuse("invalid scheduler flag `" + name + "'");
    if (!flag->scheduler.empty() && flag->scheduler != options.scheduler)
      return refuse("incompatible scheduler flag `" + name + "'");
    flag_of(options.flags, flag->number) = true;
  }
  return {};
}

Outcome check_service(Request& r, std::string_view sched_flags) {
  const bool marked = r.service.mark != 0;
  if (!marked && r.service.address.port == 0 && !r.has(O::kPersistent))
    return refuse("Zero port specified for non-persistent service");
  if (!marked && r.service_options.one_packet && r.service.protocol != wire::Protocol::kUdp)
    return refuse("One-Packet Scheduling is only for UDP virtual services");
  return read_flags(r.service_options, sched_flags);
}

Outcome check_tunnel(const Request& r) {
  if ((r.options & kTunnelOptions) == 0) return {};
  if (r.server_options.method != lvs::Method::kTunnel)
    return refuse("Tunnel options conflict with forward method");
  const bool none = r.has(O::kTunNoCsum), full = r.has(O::kTunCsum), remote = r.has(O::kTunRemCsum);
  const bool port = r.has(O::kTunPort);
  const int sums = int{none} + int{full} + int{remote};
  switch (r.server_options.tunnel.type) {
    case lvs::TunnelType::kIpip:
      if (port || sums > 0) return refuse("tunnel options conflict with the ipip tunnel type");
      break;
    case lvs::TunnelType::kGue:
      if (!port) return refuse("tunnel port is needed for the gue tunnel type");
      if (sums > 1) return refuse("conflicting tunnel checksum options");
      break;
    case lvs::TunnelType::kGre:
      if (port || remote || sums > 1)
        return refuse("tunnel options conflict with the gre tunnel type");
      break;
  }
  return {};
}

Outcome check_server(Request& r) {
  const lvs::Method method = r.server_options.method;
  // Direct routing and tunnels leave the packet's port alone, so the service's is taken silently.
  if (r.service.mark == 0 && (method == lvs::Method::kRoute || method == lvs::Method::kTunnel))
    r.server.port = r.service.address.port;
  if (r.server_ipv6 != r.service_ipv6 && method != lvs::Method::kTunnel)
    return refuse("Different address family is allowed only for tunneling servers");
  return check_tunnel(r);
}

}  // namespace

Outcome check_request(Request& request, std::string_view sched_flags) {
  if (const Outcome outcome = check_options(request); !outcome) return outcome;
  switch (request.command) {
    case C::kAddService:
    case C::kEditService:
      return check_service(request, sched_flags);
    case C::kAddServer:
    case C::kEditServer:
      return check_server(request);
    case C::kList:
      return check_list(request);
    default:
      return {};
  }
}

std::string scheduler_flags_text(std::string_view scheduler, const lvs::SchedulerFlags& flags) {
  std::string text;
  lvs::SchedulerFlags copy = flags;
  for (int number = 1; number <= 3; ++number) {
    if (!flag_of(copy, number)) continue;
    std::string_view name;
    for (const Flag& f : kFlags)
      if (f.number == number && (f.scheduler == scheduler || (f.scheduler.empty() && name.empty())))
        name = f.name;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

}  // namespace lvslab::admin::ipvsadm
