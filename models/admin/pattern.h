// Shell patterns: * ? [abc] [a-z] [!a]; a backslash makes the next character literal. Used by case,
// by file names and by ${x#pattern}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lvslab::admin {

/// `budget` counts down character comparisons; at 0 nothing matches any more.
bool pattern_matches(std::string_view pattern, std::string_view text, std::uint64_t& budget);
/// Whether an unescaped * ? or [ stands in it.
bool has_wildcards(std::string_view pattern);
/// The pattern with its backslashes taken away.
std::string unescape_pattern(std::string_view pattern);

}  // namespace lvslab::admin
