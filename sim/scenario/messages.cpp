// How a message looks: its sentence, then the source line, then a caret below the place.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "scenario/scenario.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

constexpr int kColumnsBefore = 60;  ///< of a long line, how much is shown left of the caret
constexpr int kColumnsAfter = 40;

struct Shown {
  std::string text;
  int width = 0;
};

/// Appends a character as it may be shown: a tab as a space, a control character as '?'.
void append(Shown& out, std::string_view bytes, char32_t character) {
  if (character == '\t') {
    out.text += ' ';
    out.width += 1;
  } else if (character < 0x20 || character == 0x7f || character == 0xfffd) {
    out.text += '?';
    out.width += 1;
  } else {
    out.text += bytes;
    out.width += display_width(character);
  }
}

}  // namespace

std::string Place::text() const {
  if (line <= 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Place parse_place(std::string_view text) {
  const std::size_t column = text.rfind(':');
  if (column == std::string_view::npos || column == 0) return {};
  const std::size_t line = text.rfind(':', column - 1);
  if (line == std::string_view::npos) return {};
  return {std::string(text.substr(0, line)),
          std::atoi(std::string(text.substr(line + 1, column - line - 1)).c_str()),
          std::atoi(std::string(text.substr(column + 1)).c_str())};
}

Value::Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string render(const Message& message, std::string_view source_line) {
  std::string out = message.place.text() + ": " + message.what;
  if (!message.hint.empty()) out += ". " + message.hint;
  out += '\n';
  if (message.place.line <= 0 || source_line.empty()) return out;
  const int caret = std::max(message.place.column, 1);
  const int first = std::max(1, caret - kColumnsBefore);
  Shown before, after;
  bool cut = false;
  int column = 1;
  for (std::string_view rest = source_line; !rest.empty(); ++column) {
    const std::string_view bytes = rest;
    const char32_t character = next_character(rest);
    if (column < first) continue;
    if (column > caret + kColumnsAfter) {
      cut = true;
      break;
    }
    append(column < caret ? before : after, bytes.substr(0, bytes.size() - rest.size()), character);
  }
  const std::string lead = first > 1 ? "  ..." : "  ";
  out += lead + before.text + after.text + (cut ? "..." : "") + '\n';
  out += std::string(lead.size() + static_cast<std::size_t>(before.width), ' ') + "^\n";
  return out;
}

}  // namespace lvslab::scenario
