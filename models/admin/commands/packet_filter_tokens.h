// The words of a capture filter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::admin {

/// Whether `c` is part of a word; inside brackets ':' and '/' are signs.
bool is_filter_word(char c, bool in_brackets);
/// Words and signs; inside brackets ':' and '/' stand alone.
std::vector<std::string> filter_tokens(std::string_view text);
/// Decimal or 0x; nothing beyond 32 bits by more than a digit.
std::optional<std::uint64_t> filter_number(std::string_view text);

}  // namespace lvslab::admin
