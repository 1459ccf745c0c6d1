// /etc/sysconfig/network-scripts: ifcfg files of RHEL's network service and what ifup and ifdown do
// with them, as scripts of commands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/address.h"

namespace lvslab::admin {

class Machine;

inline constexpr std::string_view kIfcfgFolder = "/etc/sysconfig/network-scripts/";

struct Ifcfg {
  std::string name;  ///< behind "ifcfg-": "eth0", "lo:0"
  std::string path;
  std::map<std::string, std::string, std::less<>> keys;

  std::string get(std::string_view key) const;
  /// DEVICE, or the file's name.
  std::string device() const;
  bool alias() const { return device().find(':') != std::string::npos; }
  std::string parent() const { return device().substr(0, device().find(':')); }
  bool says_no(std::string_view key) const;
  /// IPADDR, IPADDR0 ... with PREFIXn or NETMASKn; length 255 where neither is given.
  std::vector<wire::Prefix> addresses() const;
};

/// Shell assignments: quotes are taken off, comments left out.
std::map<std::string, std::string, std::less<>> read_assignments(std::string_view text);
/// By name; copies of editors and packages (~, .bak, .orig, .rpmsave) are left out.
std::vector<Ifcfg> ifcfg_files(const Machine& machine);

/// The script of `ifup NAME` or `ifdown NAME`; empty: no such configuration.
std::string ifup_script(const Machine& machine, std::string_view name);
std::string ifdown_script(const Machine& machine, std::string_view name);
/// Of the network service. `stop` takes down what has a file of its own.
std::string network_script(const Machine& machine, bool stop, bool start);

}  // namespace lvslab::admin
