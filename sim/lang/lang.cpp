#include "lang/lang.h"

#include <algorithm>
#include <array>

#include "lang/tables.h"

namespace lvslab::lang {
namespace {

constexpr std::array<std::pair<std::string_view, Language>, 2> kNames{
    {{"en", Language::kEnglish}, {"zh_CN", Language::kChinese}}};

const std::array<std::span<const Entry>, 6>& tables() {
  static const std::array<std::span<const Entry>, 6> all{
      sentences_zh(), drops_zh(), stations_zh(), run_page_zh(), compare_page_zh(), quiz_zh()};
  return all;
}

/// Length of the character that begins with `lead`; a stray byte is one by itself.
std::size_t character(unsigned char lead) {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/// Of three bytes and more, what is as wide as high: ideographs and their punctuation, and the
/// full-width forms; not dashes, arrows and box-drawing, which are of three bytes as well.
bool is_wide(std::string_view text) {
  if (text.size() < 3) return false;
  if (text.size() > 3) return true;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(text[i]) & 0x3fu; };
  const unsigned code = (static_cast<unsigned>(text[0]) & 0x0fu) << 12 | byte(1) << 6 | byte(2);
  return (code >= 0x2e80 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
         (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60);
}

}  // namespace

std::optional<Language> language_of(std::string_view name) {
  for (const auto& [known, language] : kNames) {
    if (known == name) return language;
  }
  return std::nullopt;
}

std::string known_languages() {
  std::string all;
  for (const auto& [name, language] : kNames) {
    if (!all.empty()) all += ", ";
    all += name;
  }
  return all;
}

std::string_view page_code(Language language) {
  return language == Language::kChinese ? "zh-CN" : "en";
}

std::span<const std::span<const Entry>> chinese_tables() { return tables(); }

std::string_view Words::of(std::string_view english) const {
  if (language_ == Language::kEnglish) return english;
  for (const std::span<const Entry> table : tables()) {
    const auto found = std::lower_bound(
        table.begin(), table.end(), english,
        [](const Entry& entry, std::string_view text) { return entry.english < text; });
    if (found != table.end() && found->english == english) return found->chinese;
  }
  return english;
}

std::string Words::meant(std::string_view context, std::string_view english) const {
  if (language_ == Language::kEnglish) return std::string(english);
  const std::string key = std::string(context) + ": " + std::string(english);
  const std::string_view found = of(key);
  return std::string(found == key ? english : found);
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t length =
        std::min(character(static_cast<unsigned char>(text.front())), text.size());
    count += is_wide(text.substr(0, length)) ? 2 : 1;
    text.remove_prefix(length);
  }
  return count;
}

std::size_t bytes_within(std::string_view text, std::size_t most) {
  std::size_t end = 0, count = 0;
  while (end < text.size()) {
    const std::size_t length =
        std::min(character(static_cast<unsigned char>(text[end])), text.size() - end);
    count += is_wide(text.substr(end, length)) ? 2 : 1;
    if (count > most && end > 0) return end;
    end += length;
  }
  return end;
}

}  // namespace lvslab::lang
