// What the targets of single commands share: a line typed on a machine.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "admin/machine.h"

namespace lvslab::fuzz {

inline void type(Turn& turn, admin::Machine& machine, const std::string& line) {
  std::vector<admin::PlacedError> errors;
  machine.run(turn, std::make_shared<admin::Script>(admin::Script::parse(line, {}, errors)));
}

// A command with the words of `line` in quotes, so that the shell hands them on as they are.
inline std::string quoted(std::string out, const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    out += " '";
    for (char c : line.substr(at, end - at)) {
      if (c == '\'' || c == '\0') continue;
      out += c;
    }
    out += "'";
    at = end + 1;
  }
  return out;
}

}  // namespace lvslab::fuzz
