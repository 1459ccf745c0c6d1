// ipvsadm, ipvsadm-save and ipvsadm-restore: what a command line asks of the director, and the
// texts for what the kernel refuses. Loads ip_vs as the real tool does.
#include <algorithm>
#include <sstream>

#include "admin/commands/commands.h"
#include "admin/commands/ipvsadm_list.h"
#include "admin/commands/ipvsadm_options.h"

namespace lvslab::admin {
namespace ipvsadm {
namespace {

using C = Command;
using lvs::AdminError;

constexpr std::string_view kVersionText =
    "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n";
constexpr std::string_view kNoFamily = "Operation not supported with specified address family\n";
constexpr std::uint32_t kIpUdpHeaders = 28;

constexpr std::string_view kUsage =
    "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n"
    "Usage, SERVICE being -t|-u|--sctp-service HOST[:PORT] or -f MARK:\n"
    "  ipvsadm -A|E SERVICE [-s SCHEDULER] [-p [SECONDS]] [-M NETMASK] [--pe ENGINE] [-b FLAGS] "
    "[-o]\n"
    "  ipvsadm -D SERVICE\n"
    "  ipvsadm -a|e SERVICE -r HOST[:PORT] [-g|-i|-m] [-w WEIGHT] [-x UPPER] [-y LOWER]\n"
    "               [--tun-type ipip|gue|gre] [--tun-port PORT] "
    "[--tun-nocsum|--tun-csum|--tun-remcsum]\n"
    "  ipvsadm -d SERVICE -r HOST[:PORT]\n"
    "  ipvsadm -L|l [SERVICE|-c|--timeout|--daemon] [-n] "
    "[--stats|--rate|--thresholds|--persistent-conn]\n"
    "               [--tun-info] [--nosort] [--exact]\n"
    "  ipvsadm -Z [SERVICE]\n"
    "  ipvsadm -C | -R | -S [-n]\n"
    "  ipvsadm --set TCP TCPFIN UDP\n"
    "  ipvsadm --start-daemon master|backup [--mcast-interface NAME] [--syncid ID] [--sync-maxlen "
    "LENGTH]\n"
    "               [--mcast-group ADDRESS] [--mcast-port PORT] [--mcast-ttl TTL]\n"
    "  ipvsadm --stop-daemon master|backup\n"
    "  ipvsadm -h | -v\n"
    "Not in Debian's ipvsadm: FULLNAT as a real server's method (-b, in place of -g, -i or -m), "
    "and\n"
    "  ipvsadm -P|Q SERVICE -z LOCAL-ADDRESS\n"
    "  ipvsadm -G [SERVICE]\n";

std::string_view error_text(AdminError error) {
  switch (error) {
    case AdminError::kNone:
      return "";
    case AdminError::kServiceExists:
      return "Service already exists\n";
    case AdminError::kNoSuchService:
      return "No such service\n";
    case AdminError::kServiceNotDefined:
      return "Service not defined\n";
    case AdminError::kSchedulerNotFound:
      return "Scheduler or persistence engine not found\n";
    case AdminError::kDestinationExists:
      return "Destination already exists\n";
    case AdminError::kNoSuchDestination:
      return "No such destination\n";
    case AdminError::kRange:
      return "Numerical result out of range\n";
    case AdminError::kInvalid:
      return "Invalid operation.  Possibly wrong module version, address not unicast, ...\n";
    case AdminError::kDaemonRunning:
      return "Daemon has already run\n";
    case AdminError::kNoDaemon:
      return "No daemon is running\n";
    case AdminError::kNoSuchDevice:
      return "No such device\n";
    case AdminError::kLocalAddressExists:
      return "Local address already exists\n";
    case AdminError::kNoSuchLocalAddress:
      return "No such local address\n";
  }
  return "";
}

AdminError start_daemon(CommandContext& context, lvs::Director& director, const Request& request) {
  lvs::SyncDaemon daemon = request.daemon;
  if (daemon.interface.empty()) daemon.interface = "eth0";
  const net::Interface* device = context.machine.host().find_interface(daemon.interface);
  if (device == nullptr) return AdminError::kNoSuchDevice;
  auto& slot = director.sync_daemons()[request.backup ? 1 : 0];
  if (slot) return AdminError::kDaemonRunning;
  if (daemon.max_length == 0)
    daemon.max_length = device->mtu > kIpUdpHeaders ? device->mtu - kIpUdpHeaders : 0;
  slot = daemon;
  return AdminError::kNone;
}

AdminError stop_daemon(lvs::Director& director, const Request& request) {
  auto& slot = director.sync_daemons()[request.backup ? 1 : 0];
  if (!slot) return AdminError::kNoDaemon;
  slot.reset();
  return AdminError::kNone;
}

/// What is asked of the kernel.
AdminError configure(CommandContext& context, lvs::Director& director, const Request& r) {
  Turn& turn = context.turn;
  switch (r.command) {
    case C::kAddService:
      return director.add_service(turn, r.service, r.service_options);
    case C::kEditService:
      return director.edit_service(turn, r.service, r.service_options);
    case C::kDeleteService:
      return director.remove_service(turn, r.service);
    case C::kFlush:
      director.clear(turn);
      return AdminError::kNone;
    case C::kAddServer:
      return director.add_destination(turn, r.service, r.server, r.server_options,
                                      context.machine.host());
    case C::kEditServer:
      return director.edit_destination(turn, r.service, r.server, r.server_options);
    case C::kDeleteServer:
      return director.remove_destination(turn, r.service, r.server);
    case C::kZero:
      return director.zero(r.has(Option::kService) ? &r.service : nullptr);
    case C::kSet:
      director.set_timeouts(r.timeouts[0], r.timeouts[1], r.timeouts[2]);
      return AdminError::kNone;
    case C::kStartDaemon:
      return start_daemon(context, director, r);
    case C::kStopDaemon:
      return stop_daemon(director, r);
    case C::kAddLocal:
      return director.add_local_address(r.service, r.local_address, context.machine.host());
    case C::kDeleteLocal:
      return director.remove_local_address(r.service, r.local_address);
    default:
      return AdminError::kNone;
  }
}

}  // namespace

int run_line(CommandContext& context, const std::vector<std::string>& args, bool restoring,
             bool& ends) {
  const auto request = parse_line(context.machine, args);
  if (!request) {
    context.err += request.error().message;
    ends = request.error().status == 2 || request.error().no_command;
    return request.error().status;
  }
  if (request->command == C::kHelp || request->command == C::kVersion) {
    context.out += request->command == C::kHelp ? kUsage : kVersionText;
    return 0;
  }
  lvs::Director& director = context.machine.load_ipvs(context.turn);
  if (request->service_ipv6 || request->server_ipv6) {
    context.err += kNoFamily;
    return 255;
  }
  switch (request->command) {
    case C::kList:
      return run_list(context, director, *request);
    case C::kListLocal:
      return run_list_local(context, director, *request);
    case C::kSave:
      return run_save(context, director, *request);
    case C::kRestore:
      if (!restoring) return run_restore(context, context.input);
      context.err += try_help(args.front());
      ends = true;
      return 255;
    default:
      break;
  }
  const AdminError error = configure(context, director, *request);
  context.err += error_text(error);
  return error == AdminError::kNone ? 0 : 255;
}

}  // namespace ipvsadm

CommandResult run_ipvsadm(CommandContext& context) {
  bool ends = false;
  return ipvsadm::run_line(context, context.args, false, ends);
}

/// A script around -S: with -n numbers, else names.
CommandResult run_ipvsadm_save(CommandContext& context) {
  bool ends = false;
  const bool numeric =
      std::find(context.args.begin(), context.args.end(), "-n") != context.args.end();
  return ipvsadm::run_line(context, {"ipvsadm", numeric ? "-Sn" : "-S"}, false, ends);
}

/// A script around -C and -R: comment lines are dropped first.
CommandResult run_ipvsadm_restore(CommandContext& context) {
  std::string input;
  std::istringstream lines(context.input);
  for (std::string line; std::getline(lines, line);)
    if (line.empty() || line[0] != '#') input += line + "\n";
  bool ends = false;
  ipvsadm::run_line(context, {"ipvsadm", "-C"}, false, ends);
  return ipvsadm::run_restore(context, input);
}

}  // namespace lvslab::admin
