// UTF-8 text as a reader of messages sees it: characters, columns on a terminal, and which known
// word somebody may have meant.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::scenario {

/// Offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates are not).
std::optional<std::size_t> first_bad_utf8(std::string_view text);

/// Number of characters; a stray byte counts as one.
std::size_t count_characters(std::string_view text);

/// Columns a terminal gives to a character: 0 for combining marks, 2 for East Asian wide ones.
int display_width(char32_t character);

/// Takes the next character off `text` (a stray byte as U+FFFD). `text` must not be empty.
char32_t next_character(std::string_view& text);

/// In quotes, on one line, shortened in the middle of nowhere after 40 characters.
std::string shown(std::string_view text);

/// The one of `words` nearest to `word` by edit distance (a swap of neighbours counts one); empty
/// when none is near.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& words);

/// "Did you mean 'x'?", or "Known here: a, b, c" when nothing is near and the list is short, or "".
std::string hint_for_word(std::string_view word, const std::vector<std::string_view>& words);

/// "a|b|c" as its parts.
std::vector<std::string_view> split_words(std::string_view words, char separator = '|');

std::string_view trimmed(std::string_view text);

}  // namespace lvslab::scenario
