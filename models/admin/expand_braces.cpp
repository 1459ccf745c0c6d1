// Brace expansion: a{b,c}d and {1..5}.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "admin/expand.h"
#include "admin/script_tree.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostWords = 65'536;

struct Braces {
  std::size_t open, close;
  std::vector<std::size_t> commas;
};

// The first pair of plain braces that holds a comma or "..". `plain` marks typed characters.
std::optional<Braces> find_braces(std::string_view text, std::string_view marks) {
  std::size_t budget =
      1u << 22;  // nested braces without a comma are looked through again and again
  const auto is = [&](std::size_t i, char c) { return text[i] == c && marks[i] == 'p'; };
  for (std::size_t open = 0; open < text.size(); ++open) {
    if (!is(open, '{')) continue;
    if (open > 0 && text[open - 1] == '$') continue;
    Braces braces{open, 0, {}};
    int depth = 0;
    for (std::size_t i = open + 1; i < text.size() && braces.close == 0; ++i) {
      if (--budget == 0) return std::nullopt;
      if (is(i, '{')) ++depth;
      if (is(i, ',') && depth == 0) braces.commas.push_back(i);
      if (is(i, '}') && depth-- == 0) braces.close = i;
    }
    if (braces.close == 0) return std::nullopt;
    const std::string_view body = text.substr(open + 1, braces.close - open - 1);
    if (!braces.commas.empty() || body.find("..") != std::string_view::npos) return braces;
  }
  return std::nullopt;
}

}  // namespace

bool Expander::sequence(std::string_view body, std::vector<std::string>& items) {
  const std::size_t dots = body.find("..");
  const std::string_view first = body.substr(0, dots);
  std::string_view last = body.substr(dots + 2);
  int step = 1;
  if (const std::size_t more = last.find(".."); more != std::string_view::npos) {
    const auto given = small_number(last.substr(more + 2));
    if (!given) return false;
    step = std::max(1, std::abs(*given));
    last = last.substr(0, more);
  }
  const auto from = small_number(first);
  const auto to = small_number(last);
  if (from && to) {
    const std::size_t width =
        first.size() > 1 && first[0] == '0' ? std::max(first.size(), last.size()) : 0;
    const int direction = *from <= *to ? step : -step;
    for (int i = *from; direction > 0 ? i <= *to : i >= *to; i += direction) {
      std::string item = std::to_string(i);
      if (item.size() < width) item.insert(0, width - item.size(), '0');
      items.push_back(std::move(item));
      if (items.size() > kMostWords) return too_much();
    }
    return true;
  }
  const auto letter = [](std::string_view t) {
    return t.size() == 1 && ((t[0] >= 'a' && t[0] <= 'z') || (t[0] >= 'A' && t[0] <= 'Z'));
  };
  if (!letter(first) || !letter(last)) return false;
  const int direction = first[0] <= last[0] ? step : -step;
  for (int c = first[0]; direction > 0 ? c <= last[0] : c >= last[0]; c += direction) {
    items.emplace_back(1, static_cast<char>(c));
  }
  return true;
}

bool Expander::braces(const Marked& word, std::vector<Marked>& words) {
  // Words still to be looked at, the next one last.
  std::vector<Marked> waiting{word};
  while (!waiting.empty()) {
    Marked now = std::move(waiting.back());
    waiting.pop_back();
    const auto found = find_braces(now.text, now.marks);
    steps_ += 1 + now.text.size() / 16;
    if (steps_ > kMostSteps) return fail("too many steps");
    if (!found) {
      words.push_back(std::move(now));
      if (words.size() > kMostWords) return too_much();
      continue;
    }
    std::vector<Marked> items;
    if (found->commas.empty()) {
      std::vector<std::string> texts;
      if (!sequence(
              std::string_view(now.text).substr(found->open + 1, found->close - found->open - 1),
              texts)) {
        if (!error().empty()) return false;
        now.marks[found->open] = 'q';  // no sequence after all: these braces are plain characters
        waiting.push_back(std::move(now));
        continue;
      }
      for (const std::string& text : texts) {
        items.emplace_back();
        items.back().add(text, 'q');
      }
    } else {
      std::size_t from = found->open + 1;
      for (std::size_t i = 0; i <= found->commas.size(); ++i) {
        const std::size_t to = i < found->commas.size() ? found->commas[i] : found->close;
        items.push_back({now.text.substr(from, to - from), now.marks.substr(from, to - from)});
        from = to + 1;
      }
    }
    for (std::size_t i = items.size(); i-- > 0;) {
      Marked whole{
          now.text.substr(0, found->open) + items[i].text + now.text.substr(found->close + 1),
          now.marks.substr(0, found->open) + items[i].marks + now.marks.substr(found->close + 1)};
      if (!charge(whole.text.size())) return false;
      waiting.push_back(std::move(whole));
    }
  }
  return true;
}

}  // namespace lvslab::admin
