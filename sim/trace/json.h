// JSON as our writers need it: strings escaped, numbers in fixed forms, no locale. Reading is
// nobody's business here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace lvslab::trace {

/// Length of the valid UTF-8 sequence at the start of `text`, or 0.
std::size_t utf8_length(std::string_view text);

/// Appends `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void json_string(std::string& out, std::string_view text);
inline std::string json_string(std::string_view text) {
  std::string out;
  json_string(out, text);
  return out;
}

/// Seconds with 12 decimals from whole picoseconds: exact.
std::string seconds12(std::int64_t picoseconds);
inline std::string seconds12(Instant t) { return t.is_never() ? std::string() : seconds12(t.ps()); }
inline std::string seconds12(Duration d) { return seconds12(d.ps()); }

}  // namespace lvslab::trace
