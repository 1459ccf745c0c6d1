// What a shell remembers between commands, and what a subshell gets a copy of. Internal to the
// shell.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "admin/script_tree.h"

namespace lvslab::admin {

struct Variable {
  std::string value;
  bool exported = false;
  bool readonly = false;
};

/// A function's body and the script it stands in (for places).
struct Function {
  const Node* body = nullptr;
  const Script* script = nullptr;
};

struct ShellState {
  std::map<std::string, Variable, std::less<>> variables;
  std::vector<std::string> positional;  ///< $1 ...
  std::string zero = "bash";            ///< $0
  std::map<std::string, Function, std::less<>> functions;
  std::string directory = "/root";
  int status = 0;                     ///< $?
  std::uint32_t last_background = 0;  ///< $!
  bool errexit = false, nounset = false, xtrace = false, noglob = false, pipefail = false;

  const std::string* find(std::string_view name) const {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : &it->second.value;
  }
  /// False: read-only.
  bool set(const std::string& name, std::string value) {
    Variable& variable = variables[name];
    if (variable.readonly) return false;
    variable.value = std::move(value);
    return true;
  }
  /// What a copy costs, in steps.
  std::uint64_t weight() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, variable] : variables) bytes += name.size() + variable.value.size();
    for (const std::string& word : positional) bytes += word.size();
    return bytes / 64 + variables.size() + functions.size() + positional.size();
  }
};

}  // namespace lvslab::admin
