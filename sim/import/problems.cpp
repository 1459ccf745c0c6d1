#include "import/problems.h"

#include <algorithm>
#include <utility>

#include "scenario/text.h"

namespace lvslab::importer {

scenario::Place TextFile::place(std::size_t offset) const {
  const std::string_view before = std::string_view(text).substr(0, std::min(offset, text.size()));
  const std::size_t newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {.file = name,
          .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          .column = static_cast<int>(scenario::count_characters(line)) + 1};
}

void Problems::add(scenario::Place place, std::string what, std::string hint) {
  if (messages_.size() < limits::kProblems)
    messages_.push_back({std::move(place), std::move(what), std::move(hint)});
}

void Problems::add(const TextFile& file, std::size_t offset, std::string what, std::string hint) {
  if (messages_.size() < limits::kProblems)
    add(file.place(offset), std::move(what), std::move(hint));
}

std::vector<Line> lines_of(const TextFile& file, Problems& problems) {
  std::vector<Line> lines;
  const std::string_view all = file.text;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const std::string_view text = scenario::trimmed(all.substr(at, end - at));
    if (!text.empty()) {
      if (lines.size() == limits::kItems) {
        problems.add(file, at, "more than " + std::to_string(limits::kItems) + " lines");
        break;
      }
      lines.push_back({text, static_cast<std::size_t>(text.data() - all.data())});
    }
    at = end + 1;
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find_first_not_of(" \t\r", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \t\r", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    at = end;
  }
  return words;
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text[0] != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_.:/@+,-").find(c) != std::string_view::npos;
         });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace lvslab::importer
