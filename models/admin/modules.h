// The kernel modules a lab knows, with what each brings along. Sizes are those lsmod shows on
// Linux 6.1.
#pragma once

#include <span>
#include <string_view>

namespace lvslab::admin {

struct ModuleEntry {
  std::string_view name;
  int size;
  std::string_view needs;  ///< other modules, apart by blanks
};
std::span<const ModuleEntry> known_modules();
const ModuleEntry* find_module(std::string_view name);

}  // namespace lvslab::admin
