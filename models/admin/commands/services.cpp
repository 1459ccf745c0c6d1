// systemctl and service: the units a lab knows, and what starting and stopping them does.
#include <algorithm>
#include <array>

#include "admin/commands/commands.h"
#include "admin/files.h"
#include "admin/network_manager.h"

namespace lvslab::admin {
namespace {

enum class Kind : std::uint8_t { kWeb, kFirewall, kDirector, kNetwork, kSysctl, kInert };

struct Unit {
  std::string_view name;
  Kind kind;
};
constexpr auto kUnits = std::to_array<Unit>({{"NetworkManager", Kind::kNetwork},
                                             {"apache2", Kind::kWeb},
                                             {"crond", Kind::kInert},
                                             {"firewalld", Kind::kFirewall},
                                             {"httpd", Kind::kWeb},
                                             {"ip6tables", Kind::kFirewall},
                                             {"iptables", Kind::kFirewall},
                                             {"ipvsadm", Kind::kDirector},
                                             {"network", Kind::kNetwork},
                                             {"networking", Kind::kNetwork},
                                             {"nftables", Kind::kFirewall},
                                             {"nginx", Kind::kWeb},
                                             {"sshd", Kind::kInert},
                                             {"systemd-sysctl", Kind::kSysctl},
                                             {"ufw", Kind::kFirewall}});

std::string bare_name(std::string_view unit) {
  if (unit.ends_with(".service")) unit.remove_suffix(8);
  return std::string(unit);
}

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

int failed(CommandContext& context, const Unit& unit) {
  const std::string name{unit.name};
  context.err += "Job for " + name +
                 ".service failed because the control process exited with error code.\nSee "
                 "\"systemctl status " +
                 name + ".service\" and \"journalctl -xeu " + name + ".service\" for details.\n";
  return 1;
}

/// Runs a command of the table on behalf of a unit; its texts go to the journal, that is nowhere.
int run_quietly(CommandContext& context, CommandResult (*run)(CommandContext&),
                std::vector<std::string> args, std::string input) {
  CommandContext inner{
      context.turn, context.machine, std::move(args), std::move(input), context.directory, {}, {}};
  return run(inner).status;
}

int start_director(CommandContext& context, const Unit& unit) {
  std::string rules;
  const bool rhel = read_file(context.machine, "/etc/sysconfig/ipvsadm", rules) == FileError::kNone;
  if (!rhel && read_file(context.machine, "/etc/ipvsadm.rules", rules) != FileError::kNone)
    return failed(context, unit);
  return run_quietly(context, run_ipvsadm_restore, {"ipvsadm-restore"}, rules) == 0
             ? 0
             : failed(context, unit);
}

int start_unit(CommandContext& context, const Unit& unit) {
  auto& running = context.machine.running_services();
  const bool was_running = running.contains(unit.name);
  switch (unit.kind) {
    case Kind::kFirewall:
      context.err += "Failed to start " + std::string(unit.name) + ".service: Unit " +
                     std::string(unit.name) + ".service not found.\n";
      return 5;
    case Kind::kWeb:
      if (context.machine.start_web(context.turn, unit.name) != transport::SocketError::kNone)
        return failed(context, unit);
      break;
    case Kind::kDirector:
      if (was_running) return 0;
      if (const int status = start_director(context, unit); status != 0) return status;
      break;
    case Kind::kNetwork:
      context.machine.network_manager().reload();
      context.machine.network_manager().activate_all(context.turn);
      break;
    case Kind::kSysctl:
      run_quietly(context, run_sysctl, {"sysctl", "-q", "--system"}, "");
      break;
    case Kind::kInert:
      break;
  }
  running.emplace(unit.name);
  return 0;
}

void stop_unit(CommandContext& context, const Unit& unit) {
  auto& running = context.machine.running_services();
  const auto it = running.find(unit.name);
  if (unit.kind == Kind::kWeb) context.machine.stop_web(context.turn, unit.name);
  if (unit.kind == Kind::kDirector && it != running.end() &&
      context.machine.director() != nullptr) {
    context.machine.director()->clear(context.turn);
  }
  if (it != running.end()) running.erase(it);
}

int missing(CommandContext& context, const std::string& verb, const std::string& name) {
  const std::string unit = name + ".service";
  if (verb == "enable" || verb == "disable" || verb == "mask" || verb == "unmask") {
    context.err += "Failed to " + verb + " unit: Unit file " + unit + " does not exist.\n";
    return 1;
  }
  if (verb == "status") {
    context.err += "Unit " + unit + " could not be found.\n";
    return 4;
  }
  if (verb == "is-active" || verb == "is-enabled") {
    if (verb == "is-active")
      context.out += "inactive\n";
    else
      context.err += "Failed to get unit file state for " + unit + ": No such file or directory\n";
    return verb == "is-active" ? 4 : 1;
  }
  const bool loaded = verb == "stop";
  context.err += "Failed to " + verb + " " + unit + ": Unit " + unit +
                 (loaded ? " not loaded.\n" : " not found.\n");
  return 5;
}

int act(CommandContext& context, const std::string& verb, const Unit& unit, bool now) {
  Machine& machine = context.machine;
  const bool active = machine.running_services().contains(unit.name);
  auto& enabled = machine.enabled_services();
  const bool is_enabled = enabled.contains(unit.name);
  if (verb == "start") return start_unit(context, unit);
  if (verb == "stop") {
    stop_unit(context, unit);
    return 0;
  }
  if (verb == "restart" || verb == "try-restart" || verb == "reload" ||
      verb == "reload-or-restart" || verb == "force-reload") {
    if (verb == "reload" && !active) {
      context.err += std::string(unit.name) + ".service is not active, cannot reload.\n";
      return 1;
    }
    if (verb == "try-restart" && !active) return 0;
    stop_unit(context, unit);
    return start_unit(context, unit);
  }
  if (verb == "enable") {
    if (unit.kind == Kind::kFirewall && now) return start_unit(context, unit);
    enabled.emplace(unit.name);
    return now ? start_unit(context, unit) : 0;
  }
  if (verb == "disable" || verb == "mask") {
    if (is_enabled) enabled.erase(enabled.find(unit.name));
    if (now) stop_unit(context, unit);
    return 0;
  }
  if (verb == "unmask") return 0;
  if (verb == "is-active") {
    context.out += active ? "active\n" : "inactive\n";
    return active ? 0 : 3;
  }
  if (verb == "is-enabled") {
    context.out += is_enabled ? "enabled\n" : "disabled\n";
    return is_enabled ? 0 : 1;
  }
  context.out += (active ? "● " : "○ ") + std::string(unit.name) +
                 ".service\n     Loaded: loaded (/lib/systemd/system/" + std::string(unit.name) +
                 ".service; " + (is_enabled ? "enabled" : "disabled") +
                 ")\n     Active: " + (active ? "active (running)" : "inactive (dead)") + "\n";
  return active ? 0 : 3;
}

constexpr std::string_view kVerbs[] = {
    "start",  "stop",    "restart", "try-restart", "reload",    "reload-or-restart", "force-reload",
    "enable", "disable", "mask",    "unmask",      "is-active", "is-enabled",        "status"};

}  // namespace

CommandResult run_systemctl(CommandContext& context) {
  bool now = false;
  std::vector<std::string> words;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    if (context.args[i] == "--now")
      now = true;
    else if (!context.args[i].starts_with('-'))
      words.push_back(context.args[i]);
  }
  if (words.empty() || words[0] == "daemon-reload" || words[0] == "list-units" ||
      words[0] == "daemon-reexec")
    return 0;
  const std::string verb = words[0];
  if (std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs)) {
    context.err += "Unknown command verb " + verb + ".\n";
    return 1;
  }
  if (words.size() < 2) {
    context.err += "Too few arguments.\n";
    return 1;
  }
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string name = bare_name(words[i]);
    const Unit* unit = find_unit(name);
    const int one = unit == nullptr ? missing(context, verb, name) : act(context, verb, *unit, now);
    if (one != 0) status = one;
  }
  return status;
}

CommandResult run_service(CommandContext& context) {
  if (context.args.size() < 3) {
    context.err +=
        "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] "
        "]\n";
    return 1;
  }
  const std::string name = bare_name(context.args[1]);
  const std::string verb = context.args[2];
  const Unit* unit = find_unit(name);
  if (unit == nullptr) {
    context.err += name + ": unrecognized service\n";
    return 1;
  }
  if (verb == "save") {
    if (unit->kind != Kind::kDirector) return 0;
    CommandContext inner{
        context.turn, context.machine, {"ipvsadm-save", "-n"}, {}, context.directory, {}, {}};
    const int status = run_ipvsadm_save(inner).status;
    (void)write_file(context.turn, context.machine, "/etc/sysconfig/ipvsadm", inner.out, false);
    return status;
  }
  if (std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs)) {
    context.err += "Usage: /etc/init.d/" + name + " {start|stop|status|restart|reload}\n";
    return 2;
  }
  return act(context, verb, *unit, false);
}

}  // namespace lvslab::admin
