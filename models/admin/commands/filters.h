// What commands that read lines from files or standard input have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/command.h"

namespace lvslab::admin {

/// A text to filter, with the file's name ("-" for standard input).
struct NamedText {
  std::string name, text;
};
/// The files in `names`, or standard input when there are none; complaints go to context.err and
/// `status`.
std::vector<NamedText> read_inputs(CommandContext& context, const std::vector<std::string>& names,
                                   int& status);
/// Without the newlines; a last line without one counts.
std::vector<std::string_view> lines_of(std::string_view text);
/// Digits only, at most nine.
std::optional<long> parse_count(std::string_view text);
/// Complains about an option as the GNU tools do; returns 1.
int refuse_option(CommandContext& context, const std::string& word);

}  // namespace lvslab::admin
