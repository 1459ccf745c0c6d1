// A sed script, read: its commands in order, each with the lines it is for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/commands/regex.h"

namespace lvslab::admin {

struct SedAddress {
  enum class Kind : std::uint8_t { kNone, kLine, kLast, kPattern } kind = Kind::kNone;
  long line = 0;
  std::unique_ptr<Regex> pattern;
};

struct SedCommand {
  SedAddress begin, end;  ///< `end` kNone: no range
  bool inverted = false, active = false;
  char name = 0;
  std::string text, to;  ///< of a, i, c; y's two sets
  std::size_t jump = 0;  ///< of {: where its } stands
  // s
  std::unique_ptr<Regex> begin_pattern;
  /// Text, then a group: 0 the whole match, -1 none.
  std::vector<std::pair<std::string, int>> replacement;
  bool everywhere = false, prints = false;
  int which = 1;
};

class SedScript {
 public:
  /// An error as sed words it behind "expression #1, ", or empty.
  std::string read(std::string_view text, bool extended);
  std::vector<SedCommand> commands;

 private:
  bool address(SedAddress& address);
  std::unique_ptr<Regex> pattern(const std::string& text, bool ignore_case);
  std::string delimited(char delimiter, bool& closed, bool regex);
  void substitution(SedCommand& command);
  void translation(SedCommand& command);
  void text_argument(SedCommand& command);
  void skip_blanks(bool newlines);
  void fail(const std::string& what);

  std::string text_;
  std::size_t at_ = 0;
  bool extended_ = false;
  std::string error_;
};

}  // namespace lvslab::admin
