// /etc/network/interfaces: Debian's ifupdown, as scripts of commands.
#pragma once

#include <string>
#include <string_view>

namespace lvslab::admin {

class Machine;

inline constexpr std::string_view kInterfacesFile = "/etc/network/interfaces";

/// The script of `ifup NAME` or `ifdown NAME`; empty: the file does not know the name.
std::string debian_ifup_script(const Machine& machine, std::string_view name);
std::string debian_ifdown_script(const Machine& machine, std::string_view name);
/// Of `ifup -a` and `ifdown -a`: what stands behind `auto`.
std::string debian_all_script(const Machine& machine, bool up);

}  // namespace lvslab::admin
