// What lvslab simplifies or does not model: a line each for `lvslab list limits`, with what it
// means for the reader.
#pragma once

#include <span>
#include <string_view>

namespace lvslab::cli {

struct Limit {
  std::string_view name;
  std::string_view about;
  /// Places in the source whose answers "not simulated", "not modelled" or "not yet" this line
  /// covers: beginnings of file names, apart by blanks.
  std::string_view covers = {};
};
std::span<const Limit> limits();

}  // namespace lvslab::cli
