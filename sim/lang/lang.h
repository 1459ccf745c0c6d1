// The language of what people read: ladders, stations, pages. Texts stand in the code in English
// and are looked up here for others; commands, field names, names of a scenario and everything that
// programs read (frames.jsonl, compare.json) stay as they are.
//
// Contract: English is handed through untouched, so no byte of it depends on the tables. A text
// without a translation comes out in English; a test reads the sources and names each such text.
// Patterns are those of {fmt}; a translation has the same placeholders, numbered where the order
// differs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fmt/format.h"

namespace lvslab::lang {

enum class Language : std::uint8_t { kEnglish, kChinese };

/// By the name that --lang takes.
std::optional<Language> language_of(std::string_view name);
/// "en, zh_CN"
std::string known_languages();
/// As HTML's lang attribute has it: "en", "zh-CN".
std::string_view page_code(Language language);

struct Entry {
  std::string_view english, chinese;
};
/// By topic; each ascending by its English texts.
std::span<const std::span<const Entry>> chinese_tables();

class Words {
 public:
  Words() = default;
  // A language is as good as its words.
  Words(Language language) : language_(language) {}
  Language language() const { return language_; }

  std::string operator()(std::string_view english) const { return std::string(of(english)); }
  /// Where one English word has two meanings: looked up as "context: english".
  std::string meant(std::string_view context, std::string_view english) const;
  template <typename... Arguments>
  std::string say(fmt::format_string<Arguments...> pattern, Arguments&&... arguments) const {
    const fmt::string_view english = pattern;
    const std::string_view shown = of({english.data(), english.size()});
    return fmt::vformat({shown.data(), shown.size()}, fmt::make_format_args(arguments...));
  }

 private:
  std::string_view of(std::string_view english) const;
  Language language_ = Language::kEnglish;
};

/// Columns on a terminal: Chinese letters and signs take two.
std::size_t columns(std::string_view text);
/// Bytes of the longest beginning that takes at most `most` columns, and at least one character.
std::size_t bytes_within(std::string_view text, std::size_t most);

}  // namespace lvslab::lang
