// The list of what happened in a turn, as the recording keeps it (trace/sqlite_schema.h), taken
// apart. Total: text that is no such list is refused.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lvslab::replay {

struct LogElement {
  enum class Kind : std::uint8_t { kFrameOut, kFrameIn, kCommand, kNote };
  Kind kind = Kind::kFrameOut;
  // kNote: kind packet word x a m y b z v traffic connection request; what is missing is 0.
  static constexpr std::size_t kMost = 13;
  std::array<std::int64_t, kMost> values{};
  std::size_t count = 0;
};

/// Reads a log from its beginning, an element a call.
class LogReader {
 public:
  explicit LogReader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}
  /// False: the end, or broken().
  bool next(LogElement& element);
  bool broken() const { return broken_; }

 private:
  bool number(std::int64_t& value);
  bool stop(bool good);
  const char* at_;
  const char* end_;
  bool begun_ = false, broken_ = false;
};

}  // namespace lvslab::replay
