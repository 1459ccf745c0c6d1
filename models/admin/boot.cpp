#include "admin/boot.h"

#include <algorithm>
#include <string_view>

#include "admin/files.h"
#include "admin/ifcfg.h"
#include "admin/interfaces_file.h"
#include "admin/machine.h"

namespace lvslab::admin {
namespace {

bool any_file(const Machine& machine, std::string_view folder, std::string_view ending) {
  const auto& files = machine.files();
  for (auto it = files.lower_bound(std::string(folder)); it != files.end(); ++it) {
    if (!it->first.starts_with(folder)) return false;
    if (it->first.ends_with(ending) && !it->second.directory) return true;
  }
  return false;
}

/// The words of a list of modules: one a line, comments apart.
void take_modules(const Machine& machine, const std::string& path, std::string& names) {
  std::string text;
  if (read_file(machine, path, text) != FileError::kNone) return;
  for (std::size_t p = 0; p < text.size();) {
    const std::size_t end = std::min(text.find('\n', p), text.size());
    std::string line = text.substr(p, end - p);
    p = end + 1;
    line.erase(std::min(line.find_first_of("#;"), line.size()));
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    const std::size_t last = std::min(line.find_first_of(" \t\r", first), line.size());
    names += " " + line.substr(first, last - first);
  }
}

}  // namespace

std::string boot_script(const Machine& machine) {
  std::string script, modules;
  take_modules(machine, "/etc/modules", modules);
  for (const std::string& name : list_directory(machine, "/etc/modules-load.d")) {
    if (name.ends_with(".conf")) take_modules(machine, "/etc/modules-load.d/" + name, modules);
  }
  if (!modules.empty()) script += "modprobe -a" + modules + "\n";
  const bool settings = machine.files().contains("/etc/sysctl.conf") ||
                        any_file(machine, "/etc/sysctl.d/", ".conf") ||
                        any_file(machine, "/usr/lib/sysctl.d/", ".conf");
  if (settings) script += "sysctl --system\n";
  if (!ifcfg_files(machine).empty()) script += "service network start\n";
  if (machine.files().contains(std::string(kInterfacesFile))) script += "ifup -a\n";
  const auto& enabled = machine.enabled_services();
  if (any_file(machine, "/etc/NetworkManager/system-connections/", ".nmconnection"))
    script += "systemctl start NetworkManager\n";
  for (const std::string& unit : enabled) {
    if (unit != "NetworkManager" && unit != "network" && unit != "networking" &&
        unit != "systemd-sysctl" && unit != "rc-local")
      script += "systemctl start " + unit + "\n";
  }
  if (!machine.boot_servers().empty()) script += "systemctl start lvslab-serve\n";
  for (const std::string path : {"/etc/rc.local", "/etc/rc.d/rc.local"}) {
    const auto file = machine.files().find(path);
    if (file == machine.files().end() || (file->second.mode & 0111) == 0) continue;
    script += path + " start\n";
    break;
  }
  return script;
}

}  // namespace lvslab::admin
