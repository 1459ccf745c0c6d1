// systemctl and service: the units a lab knows, and what starting and stopping them does.
#include <algorithm>
#include <array>

#include "admin/commands/commands.h"
#include "admin/files.h"
#include "admin/ifcfg.h"
#include "admin/interfaces_file.h"
#include "admin/network_manager.h"

namespace lvslab::admin {
namespace {

enum class Kind : std::uint8_t {
  kWeb,
  kFirewall,
  kDirector,
  kNetwork,
  kManager,  ///< NetworkManager
  kSysctl,
  kLocal,  ///< /etc/rc.local
  kServe,  ///< the servers of the scenario's `serve`
  kInert
};

struct Unit {
  std::string_view name;
  Kind kind;
};
constexpr auto kUnits = std::to_array<Unit>({{"NetworkManager", Kind::kManager},
                                             {"apache2", Kind::kWeb},
                                             {"crond", Kind::kInert},
                                             {"firewalld", Kind::kFirewall},
                                             {"httpd", Kind::kWeb},
                                             {"ip6tables", Kind::kFirewall},
                                             {"iptables", Kind::kFirewall},
                                             {"ipvsadm", Kind::kDirector},
                                             {"lvslab-serve", Kind::kServe},
                                             {"network", Kind::kNetwork},
                                             {"networking", Kind::kNetwork},
                                             {"nftables", Kind::kFirewall},
                                             {"nginx", Kind::kWeb},
                                             {"rc-local", Kind::kLocal},
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
    case Kind::kManager:
      context.machine.network_manager().reload();
      context.machine.network_manager().activate_all(context.turn);
      break;
    case Kind::kLocal:
      break;  // its script is the unit's: start_script()
    case Kind::kServe:
      for (const app::ServeSpec& spec : context.machine.boot_servers())
        (void)context.machine.serve(context.turn, spec);
      return 0;
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

/// Units that are scripts: what starting or stopping one runs; empty: nothing of the kind.
std::string unit_script(const Machine& machine, const Unit& unit, bool stop, bool start) {
  if (unit.kind == Kind::kLocal && start) {
    for (const std::string path : {"/etc/rc.local", "/etc/rc.d/rc.local"}) {
      const auto file = machine.files().find(path);
      if (file != machine.files().end() && (file->second.mode & 0111) != 0)
        return path + " start\n";
    }
    return {};
  }
  if (unit.kind == Kind::kManager && start && !ifcfg_files(machine).empty())
    return network_script(machine, false, true);
  if (unit.kind != Kind::kNetwork) return {};
  if (machine.files().contains(std::string(kInterfacesFile))) {
    return std::string(stop ? "ifdown -a\n" : "") + (start ? "ifup -a\n" : "");
  }
  return ifcfg_files(machine).empty() ? std::string() : network_script(machine, stop, start);
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

/// The script behind a verb on a unit, when the unit is one; the verb has been done but for it.
std::string script_of(CommandContext& context, const std::string& verb, const Unit& unit) {
  const bool restart = verb == "restart" || verb == "reload" || verb == "force-reload" ||
                       verb == "reload-or-restart" || verb == "try-restart";
  const bool start = verb == "start" || restart, stop = verb == "stop" || restart;
  return start || stop ? unit_script(context.machine, unit, stop, start) : std::string();
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
  std::string script;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string name = bare_name(words[i]);
    const Unit* unit = find_unit(name);
    const int one = unit == nullptr ? missing(context, verb, name) : act(context, verb, *unit, now);
    if (one != 0) status = one;
    if (unit != nullptr && one == 0) script += script_of(context, verb, *unit);
  }
  // A unit's output goes to the journal.
  if (!script.empty()) return ScriptText{"( " + script + " ) > /dev/null 2>&1\n"};
  return status;
}

// chkconfig: which services a boot starts.
CommandResult run_chkconfig(CommandContext& context) {
  std::vector<std::string> words;
  bool list = false;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    list = list || word == "--list";
    if (word == "--level" || word == "--levels")
      ++i;
    else if (!word.starts_with('-'))
      words.push_back(word);
  }
  auto& enabled = context.machine.enabled_services();
  if (list || words.empty()) {
    for (const Unit& unit : kUnits) {
      if (unit.kind == Kind::kServe || (!words.empty() && words[0] != unit.name)) continue;
      const std::string state = enabled.contains(unit.name) ? "on" : "off";
      std::string line{unit.name};
      line.resize(std::max<std::size_t>(line.size(), 15), ' ');
      for (const char level : std::string_view("0123456")) {
        const bool runs = level >= '2' && level <= '5';
        line += std::string("\t") + level + ":" + (runs ? state : "off");
      }
      context.out += line + "\n";
    }
    return 0;
  }
  const Unit* unit = find_unit(bare_name(words[0]));
  if (unit == nullptr) {
    context.err +=
        "error reading information on service " + words[0] + ": No such file or directory\n";
    return 1;
  }
  if (words.size() > 1 && words[1] == "on") enabled.emplace(unit->name);
  if (words.size() > 1 && words[1] == "off") enabled.erase(std::string(unit->name));
  return words.size() > 1 || enabled.contains(unit->name) || context.args[1].starts_with('-') ? 0
                                                                                              : 1;
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
  const int status = act(context, verb, *unit, false);
  const std::string script = status == 0 ? script_of(context, verb, *unit) : std::string();
  if (!script.empty()) return ScriptText{script};
  return status;
}

}  // namespace lvslab::admin
