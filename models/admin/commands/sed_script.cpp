#include "admin/commands/sed_script.h"

#include <algorithm>

namespace lvslab::admin {
namespace {

constexpr std::size_t kMostCommands = 1'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void SedScript::fail(const std::string& what) {
  if (error_.empty()) error_ = "char " + std::to_string(at_) + ": " + what;
}

void SedScript::skip_blanks(bool newlines) {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                (newlines && (text_[at_] == '\n' || text_[at_] == ';'))))
    ++at_;
}

std::unique_ptr<Regex> SedScript::pattern(const std::string& text, bool ignore_case) {
  auto made = std::make_unique<Regex>(
      text, extended_ ? Regex::Syntax::kExtended : Regex::Syntax::kBasic, ignore_case);
  if (!made->error().empty()) fail(made->error());
  return made;
}

// Up to the next delimiter, which may stand in it behind a backslash; \n is a newline.
std::string SedScript::delimited(char delimiter, bool& closed, bool regex) {
  std::string text;
  bool in_set = false;
  for (closed = false; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\\' && at_ + 1 < text_.size() && !in_set) {
      const char next = text_[++at_];
      if (next == delimiter && delimiter != '\\') {
        text += next;
      } else if (next == 'n') {
        text += '\n';
      } else if (next == 't') {
        text += '\t';
      } else {
        text += c;
        text += next;
      }
      continue;
    }
    if (regex && c == '[') in_set = true;
    if (regex && c == ']' && text.size() > 1 && text.back() != '[') in_set = false;
    if (c == delimiter && !in_set) {
      ++at_;
      closed = true;
      return text;
    }
    text += c;
  }
  return text;
}

bool SedScript::address(SedAddress& address) {
  skip_blanks(false);
  if (at_ >= text_.size()) return false;
  const char c = text_[at_];
  if (is_digit(c)) {
    address.kind = SedAddress::Kind::kLine;
    while (at_ < text_.size() && is_digit(text_[at_]) && address.line < 100'000'000)
      address.line = address.line * 10 + (text_[at_++] - '0');
    return true;
  }
  if (c == '$') {
    ++at_;
    address.kind = SedAddress::Kind::kLast;
    return true;
  }
  if (c != '/' && c != '\\') return false;
  char delimiter = c;
  ++at_;
  if (c == '\\' && at_ < text_.size()) delimiter = text_[at_++];
  bool closed = false;
  const std::string body = delimited(delimiter, closed, true);
  if (!closed) fail("unterminated address regex");
  const bool ignore_case = at_ < text_.size() && text_[at_] == 'I';
  if (ignore_case) ++at_;
  address.kind = SedAddress::Kind::kPattern;
  address.pattern = pattern(body, ignore_case);
  return true;
}

void SedScript::substitution(SedCommand& command) {
  if (at_ >= text_.size()) return fail("unterminated `s' command");
  const char delimiter = text_[at_++];
  bool closed = false;
  const std::string from = delimited(delimiter, closed, true);
  if (!closed) return fail("unterminated `s' command");
  const std::string to = delimited(delimiter, closed, false);
  if (!closed) return fail("unterminated `s' command");
  bool ignore_case = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == 'g') {
      command.everywhere = true;
    } else if (c == 'p') {
      command.prints = true;
    } else if (c == 'i' || c == 'I') {
      ignore_case = true;
    } else if (is_digit(c)) {
      command.which = c - '0';
      if (c == '0') return fail("number option to `s' command may not be zero");
    } else {
      break;
    }
  }
  skip_blanks(false);
  if (at_ < text_.size() && std::string_view(";\n}#").find(text_[at_]) == std::string_view::npos) {
    ++at_;
    return fail("unknown option to `s'");
  }
  command.begin_pattern = pattern(from, ignore_case);
  std::string literal;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const bool escaped = to[i] == '\\' && i + 1 < to.size();
    if (escaped && is_digit(to[i + 1])) {
      const int group = to[++i] - '0';
      if (static_cast<std::size_t>(group) > command.begin_pattern->groups())
        return fail("invalid reference \\" + std::to_string(group) + " on `s' command's RHS");
      command.replacement.emplace_back(std::exchange(literal, {}), group);
    } else if (to[i] == '&') {
      command.replacement.emplace_back(std::exchange(literal, {}), 0);
    } else {
      literal += escaped ? to[++i] : to[i];
    }
  }
  command.replacement.emplace_back(literal, -1);
}

void SedScript::translation(SedCommand& command) {
  if (at_ >= text_.size()) return fail("unterminated `y' command");
  const char delimiter = text_[at_++];
  bool first = false, second = false;
  command.text = delimited(delimiter, first, false);
  command.to = delimited(delimiter, second, false);
  if (!first || !second) return fail("unterminated `y' command");
  if (command.text.size() != command.to.size())
    fail("strings for `y' command are different lengths");
}

// The rest of the line, "\" and a newline before it left out; a line that ends in "\" goes on.
void SedScript::text_argument(SedCommand& command) {
  skip_blanks(false);
  if (at_ < text_.size() && text_[at_] == '\\') {
    ++at_;
    const std::size_t mark = at_;
    skip_blanks(false);
    if (at_ < text_.size() && text_[at_] == '\n')
      ++at_;
    else
      at_ = mark;
  }
  if (at_ >= text_.size()) return fail("expected \\ after `a', `c' or `i'");
  for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
      command.text += text_[at_] == 't' ? '\t' : text_[at_];
      continue;
    }
    command.text += text_[at_];
  }
}

std::string SedScript::read(std::string_view text, bool extended) {
  text_ = text;
  extended_ = extended;
  std::vector<std::size_t> open;
  for (;;) {
    skip_blanks(true);
    if (at_ >= text_.size() || !error_.empty()) break;
    if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      continue;
    }
    SedCommand command;
    const bool has_begin = address(command.begin);
    skip_blanks(false);
    if (has_begin && at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      if (!address(command.end)) fail("unexpected `,'");
    }
    skip_blanks(false);
    while (at_ < text_.size() && (text_[at_] == '!' || text_[at_] == ' ')) {
      command.inverted = command.inverted || text_[at_] == '!';
      ++at_;
    }
    if (!error_.empty()) break;
    if (at_ >= text_.size()) {
      fail("missing command");
      break;
    }
    command.name = text_[at_++];
    if (command.name == 's') {
      substitution(command);
    } else if (command.name == 'y') {
      translation(command);
    } else if (std::string_view("aic").find(command.name) != std::string_view::npos) {
      text_argument(command);
    } else if (command.name == '{') {
      open.push_back(commands.size());
    } else if (command.name == '}') {
      if (open.empty()) {
        fail("unexpected `}'");
        break;
      }
      commands[open.back()].jump = commands.size();
      open.pop_back();
    } else if (std::string_view("dpqn=").find(command.name) == std::string_view::npos) {
      fail(std::string("unknown command: `") + command.name + "'");
    } else {
      skip_blanks(false);
      if (at_ < text_.size() &&
          std::string_view(";\n}#").find(text_[at_]) == std::string_view::npos)
        fail("extra characters after command");
    }
    commands.push_back(std::move(command));
    if (commands.size() > kMostCommands) fail("too many commands");
  }
  if (!open.empty() && error_.empty()) error_ = "char 0: unmatched `{'";
  return error_;
}

}  // namespace lvslab::admin
