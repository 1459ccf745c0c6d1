// The kernel and the machine as such: modprobe, lsmod, uname, hostname, SELinux, package managers,
// sleep.
#include <algorithm>

#include "admin/commands/commands.h"
#include "admin/commands/words.h"
#include "admin/modules.h"

namespace lvslab::admin {
namespace {

constexpr std::string_view kRelease = "6.1.0";

/// "2", "0.5", "1m": at most 24 days or so; nothing: not a time.
std::optional<Duration> parse_interval(std::string_view text) {
  std::int64_t unit = 1;
  if (!text.empty() && std::string_view("smhd").find(text.back()) != std::string_view::npos) {
    const char c = text.back();
    unit = c == 'm' ? 60 : c == 'h' ? 3'600 : c == 'd' ? 86'400 : 1;
    text.remove_suffix(1);
  }
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t place = 100'000'000'000;
  bool digits = false;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = true;
    if (point) {
      fraction += (c - '0') * place;
      place /= 10;
    } else {
      whole = std::min<std::int64_t>(whole * 10 + (c - '0'), 10'000'000);
    }
  }
  if (!digits) return std::nullopt;
  const std::int64_t seconds = std::min<std::int64_t>(whole * unit, 2'000'000);
  return Duration::seconds(seconds) + Duration::picoseconds(fraction) * unit;
}

class Sleep final : public Process {
 public:
  explicit Sleep(Instant end) : end_(end) {}
  std::optional<int> resume(CommandContext& context) override {
    if (context.turn.now() < end_) return std::nullopt;
    return 0;
  }
  Instant next_wake() const override { return end_; }

 private:
  Instant end_;
};

/// "[   12.345678] ": seconds since the machine was switched on, which is the lab's start.
std::string kernel_time(Instant time) {
  const std::int64_t us = time.since_start().ps() / 1'000'000;
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return "[" + pad_left(std::to_string(us / 1'000'000), 5) + "." + fraction + "] ";
}

}  // namespace

CommandResult run_dmesg(CommandContext& context) {
  bool clear = false, print = true;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    clear = clear || word == "-C" || word == "-c" || word == "--clear" || word == "--read-clear";
    print = print && word != "-C" && word != "--clear";
  }
  auto& log = context.machine.netfilter().log();
  for (const auto& line : log.lines()) {
    if (!print || context.out.size() > kLargestOutput) break;
    context.out += kernel_time(line.time) + line.text + "\n";
  }
  if (clear) log.clear();
  return 0;
}

CommandResult run_sleep(CommandContext& context) {
  if (context.args.size() < 2) {
    context.err += "sleep: missing operand\nTry 'sleep --help' for more information.\n";
    return 1;
  }
  Duration total;
  for (std::size_t i = 1; i < context.args.size() && i < 100; ++i) {
    const auto interval = parse_interval(context.args[i]);
    if (!interval) {
      context.err += "sleep: invalid time interval '" + context.args[i] +
                     "'\nTry 'sleep --help' for more information.\n";
      return 1;
    }
    total = std::min(total + *interval, Duration::seconds(2'000'000));
  }
  return CommandResult(std::make_unique<Sleep>(context.turn.now() + total));
}

CommandResult run_modprobe(CommandContext& context) {
  bool remove = false;
  bool all = false;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    if (word == "-r" || word == "--remove")
      remove = true;
    else if (word == "-a" || word == "--all")
      all = true;
    else if (word == "-v" || word == "-q" || word == "--")
      continue;
    else if (word.starts_with('-')) {
      context.err += "modprobe: invalid option -- '" + word.substr(1, 1) + "'\n";
      return 1;
    } else if (names.empty() || remove || all)
      names.push_back(word);  // further words are the module's parameters
  }
  if (names.empty()) {
    context.err += "modprobe: ERROR: missing parameters. See -h.\n";
    return 1;
  }
  for (const std::string& name : names) {
    if (find_module(name) == nullptr) {
      context.err +=
          "modprobe: FATAL: Module " + name + " not found" +
          (remove ? ".\n" : " in directory /lib/modules/" + std::string(kRelease) + "\n");
      return 1;
    }
    if (!remove) {
      context.machine.load_module(context.turn, name);
    } else if (context.machine.modules().contains(find_module(name)->name) &&
               !context.machine.unload_module(context.turn, name)) {
      context.err += "modprobe: FATAL: Module " + name + " is in use.\n";
      return 1;
    }
  }
  return 0;
}

CommandResult run_lsmod(CommandContext& context) {
  context.out += "Module                  Size  Used by\n";
  const std::vector<std::string>& order = context.machine.module_order();
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    const ModuleEntry* module = find_module(*it);
    std::string users;
    int count = 0;
    for (auto other = order.rbegin(); other != order.rend(); ++other) {
      const std::string needs = " " + std::string(find_module(*other)->needs) + " ";
      if (needs.find(" " + *it + " ") == std::string::npos) continue;
      users += (users.empty() ? " " : ",") + *other;
      ++count;
    }
    if (const lvs::Director* director = context.machine.director()) {
      for (const lvs::Service* service : director->services()) {
        if ("ip_vs_" + service->options.scheduler == *it) ++count;
      }
    }
    context.out += pad_right(*it, 19) + " " + pad_left(std::to_string(module->size), 8) + "  " +
                   std::to_string(count) + users + "\n";
  }
  return 0;
}

CommandResult run_uname(CommandContext& context) {
  const std::string all = context.args.size() > 1 ? context.args[1] : "-s";
  const std::string version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.0-1";
  std::string text;
  const auto add = [&](std::string_view letters, std::string_view what) {
    if (all.find_first_of(letters) == std::string::npos) return;
    text += (text.empty() ? "" : " ") + std::string(what);
  };
  if (all.size() < 2 || all[0] != '-' || all.find_first_not_of("asnrvmo", 1) != std::string::npos) {
    context.err += "uname: extra operand '" + all + "'\nTry 'uname --help' for more information.\n";
    return 1;
  }
  add("as", "Linux");
  add("an", context.machine.name());
  add("ar", kRelease);
  add("av", version);
  add("am", "x86_64");
  add("ao", "GNU/Linux");
  context.out += text + "\n";
  return 0;
}

CommandResult run_hostname(CommandContext& context) {
  if (context.args.size() > 1 && context.args[1] == "-I") {
    for (const net::Interface& nic : context.machine.host().interfaces()) {
      if (nic.removed || nic.loopback()) continue;
      for (const net::Address& address : nic.addresses)
        context.out += wire::to_string(address.local) + " ";
    }
    context.out += "\n";
    return 0;
  }
  // Setting a name is heard and changes nothing: in a lab a host is called what the file calls it.
  if (context.args.size() > 1 && !context.args[1].starts_with('-')) return 0;
  context.out += context.machine.name() + "\n";
  return 0;
}

CommandResult run_hostnamectl(CommandContext& context) {
  if (context.args.size() > 1 &&
      (context.args[1] == "set-hostname" || context.args[1] == "hostname"))
    return 0;
  if (context.args.size() > 1 && context.args[1] != "status") {
    context.err += "Unknown command verb " + context.args[1] + ".\n";
    return 1;
  }
  context.out += " Static hostname: " + context.machine.name() + "\n          Kernel: Linux " +
                 std::string(kRelease) + "\n    Architecture: x86-64\n";
  return 0;
}

CommandResult run_setenforce(CommandContext& context) {
  static constexpr std::string_view kValues[] = {"0",         "1",          "Permissive",
                                                 "Enforcing", "permissive", "enforcing"};
  if (context.args.size() == 2 &&
      std::find(std::begin(kValues), std::end(kValues), context.args[1]) != std::end(kValues))
    return 0;
  context.err += "usage:  setenforce [ Enforcing | Permissive | 1 | 0 ]\n";
  return 1;
}

CommandResult run_getenforce(CommandContext& context) {
  context.out += "Permissive\n";
  return 0;
}

// dnf, yum, apt: what they would install is there already.
CommandResult run_package_manager(CommandContext& context) {
  static constexpr std::string_view kVerbs[] = {
      "install",      "remove",     "erase", "update",       "upgrade",      "makecache",
      "clean",        "autoremove", "purge", "reinstall",    "check-update", "groupinstall",
      "localinstall", "list",       "info",  "dist-upgrade", "full-upgrade", "config-manager"};
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    if (context.args[i].starts_with('-')) continue;
    if (std::find(std::begin(kVerbs), std::end(kVerbs), context.args[i]) != std::end(kVerbs))
      return 0;
    context.err += context.args[0].starts_with("apt")
                       ? "E: Invalid operation " + context.args[i] + "\n"
                       : "No such command: " + context.args[i] + ". Please use /usr/bin/" +
                             context.args[0] + " --help\n";
    return context.args[0].starts_with("apt") ? 100 : 1;
  }
  context.err += context.args[0] + ": a command is needed, such as install\n";
  return 1;
}

// reboot, shutdown -r, init 6.
CommandResult run_reboot(CommandContext& context) {
  context.machine.request_reboot();
  return 0;
}

}  // namespace lvslab::admin
