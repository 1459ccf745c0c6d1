// /proc/net: what the kernel prints there when it is read. Source: the files of Linux 6.1 as
// recorded, and for ip_vs and ip_vs_conn their documented columns (addresses in hexadecimal).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::admin {

class Machine;

/// `name`: behind "/proc/net/". Nothing: no such file, or its module is not loaded.
std::optional<std::string> read_proc_net(const Machine& machine, std::string_view name);
/// Names of the files that are there now, sorted.
std::vector<std::string> list_proc_net(const Machine& machine);

}  // namespace lvslab::admin
