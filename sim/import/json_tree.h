// JSON as `ip -j` prints it, with the place of every value, so that a message can say where the
// trouble is. Nesting and number of values are bounded while reading; nothing is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/problems.h"

namespace lvslab::importer {

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kFlag, kNumber, kText, kList, kMap };
  Kind kind = Kind::kNull;
  std::size_t offset = 0;         ///< of its last character
  std::string text;               ///< of a text, number or flag
  std::vector<JsonValue> items;   ///< of a list, or the values of a map
  std::vector<std::string> keys;  ///< of a map, one each item

  /// The last member of that name, as JSON readers commonly have it; null: none.
  const JsonValue* find(std::string_view name) const;
};

/// Nothing when it is no JSON or too large, which is then among the problems.
std::optional<JsonValue> read_json(const TextFile& file, Problems& problems);

}  // namespace lvslab::importer
