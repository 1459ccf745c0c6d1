// The names under /proc/sys and the settings of this machine behind them. Shared by sysctl, by cat
// and echo (through files.h) and by file name patterns. A path is written with '/':
// "net/ipv4/conf/eth0.10/arp_ignore".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/turn.h"

namespace lvslab::admin {

class Machine;

/// "net.ipv4.conf.eth0/10.arp_ignore" or "net/ipv4/conf/eth0.10/arp_ignore" -> the path. The first
/// separator decides which of the two stands for '/'.
std::string sysctl_path(std::string_view key);
/// The path as `sysctl` prints it.
std::string sysctl_key(std::string_view path);

enum class SysctlResult : unsigned char { kDone, kNoSuchKey, kInvalid, kReadOnly };

/// The value without a newline; several numbers stand apart by tabs.
SysctlResult read_sysctl(const Machine& machine, std::string_view path, std::string& value);
SysctlResult write_sysctl(Turn& turn, Machine& machine, std::string_view path,
                          std::string_view text);
/// Every path there is now, sorted.
std::vector<std::string> list_sysctls(const Machine& machine);

}  // namespace lvslab::admin
