// What a machine does of itself when it gets power: everything its files and its enabled services
// say. A boot is a script that the shell runs, so the console shows each step as if it had been
// typed. Files of a scenario count as written after the start: nothing of this is done at time 0.
#pragma once

#include <string>

namespace lvslab::admin {

class Machine;

/// In order: kernel modules (/etc/modules, /etc/modules-load.d), sysctl files, network (ifcfg
/// files, /etc/network/interfaces, keyfiles), enabled services, the scenario's servers,
/// /etc/rc.local if it is executable. Empty: nothing to do.
std::string boot_script(const Machine& machine);

}  // namespace lvslab::admin
