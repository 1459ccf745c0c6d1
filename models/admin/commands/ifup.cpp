// ifup, ifdown: interfaces as files describe them, RHEL's ifcfg files or Debian's
// /etc/network/interfaces.
#include "admin/commands/commands.h"
#include "admin/ifcfg.h"
#include "admin/interfaces_file.h"

namespace lvslab::admin {
namespace {

CommandResult run(CommandContext& context, bool up) {
  const std::string program = up ? "ifup" : "ifdown";
  bool all = false;
  std::string name, script;
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    if (context.args[i] == "-a" || context.args[i] == "--all") all = true;
    if (!context.args[i].starts_with('-')) name = context.args[i];
  }
  const bool debian = context.machine.files().contains(std::string(kInterfacesFile));
  if (all && debian) return ScriptText{debian_all_script(context.machine, up)};
  if (name.empty()) {
    context.err +=
        debian ? program + ": Use --help for help\n" : "Usage: " + program + " <configuration>\n";
    return 1;
  }
  if (debian)
    script = up ? debian_ifup_script(context.machine, name)
                : debian_ifdown_script(context.machine, name);
  if (script.empty())
    script = up ? ifup_script(context.machine, name) : ifdown_script(context.machine, name);
  if (!script.empty()) return ScriptText{script};
  if (debian)
    context.err += program + ": unknown interface " + name + "\n";
  else if (up)
    context.err +=
        "/sbin/ifup: configuration for " + name + " not found.\nUsage: ifup <configuration>\n";
  else
    context.err += "usage: ifdown <configuration>\n";
  return 1;
}

}  // namespace

CommandResult run_ifup(CommandContext& context) { return run(context, true); }
CommandResult run_ifdown(CommandContext& context) { return run(context, false); }

}  // namespace lvslab::admin
