// Characters and words: blanks, comments, prompts, quoting, $ and ` substitutions, here-documents.
#include <algorithm>
#include <array>

#include "admin/parser.h"

namespace lvslab::admin {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_meta(char c) {
  return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' ||
         c == '<' || c == '>';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void add_literal(Word& word, std::string_view text, bool quoted) {
  if (!word.parts.empty()) {
    Part& last = word.parts.back();
    if (last.kind == Part::Kind::kLiteral && last.quoted == quoted) {
      last.text += text;
      return;
    }
  }
  word.parts.emplace_back();
  word.parts.back().quoted = quoted;
  word.parts.back().text = text;
}

}  // namespace

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

void Parser::skip_blanks() {
  while (!done()) {
    if (is_blank(here())) {
      ++position_;
    } else if (at("\\\n")) {
      position_ += 2;
    } else if (at("\\\r\n")) {
      position_ += 3;
    } else if (here() == '#' && (position_ == 0 || is_meta(text_[position_ - 1]))) {
      while (!done() && here() != '\n') ++position_;
    } else {
      return;
    }
  }
}

void Parser::skip_newlines() {
  if (position_ == 0) skip_prompt();
  for (;;) {
    skip_blanks();
    if (done() || here() != '\n' || problem_) return;
    take_newline();
    skip_prompt();
  }
}

void Parser::take_newline() {
  ++position_;
  read_here_documents();
}

// "[root@RS1 ~]# CMD", "root@rs1:~# CMD" and "$ CMD" as pasted from a terminal.
void Parser::skip_prompt() {
  std::size_t p = position_;
  while (p < text_.size() && (text_[p] == ' ' || text_[p] == '\t')) ++p;
  const std::string_view line = text_.substr(p, std::min(text_.find('\n', p), text_.size()) - p);
  if (line.starts_with("$ ")) {
    position_ = p + 2;
    return;
  }
  std::size_t mark = std::string_view::npos;
  const std::size_t at_sign = line.find('@');
  if (line.starts_with('[') && line.size() > 1 && line[1] != ' ' && line[1] != '[') {
    const std::size_t close = line.find(']');
    if (close == std::string_view::npos || at_sign > close) return;
    mark = close + 1;
    if (mark < line.size() && line[mark] == ' ') ++mark;
  } else if (at_sign != std::string_view::npos && is_name(line.substr(0, at_sign))) {
    mark = line.find_first_of("#$ ", at_sign);
    if (mark == std::string_view::npos ||
        line.substr(at_sign, mark - at_sign).find(':') == std::string_view::npos) {
      return;
    }
  }
  if (mark >= line.size() || (line[mark] != '#' && line[mark] != '$')) return;
  position_ = p + mark + 1;
  if (!done() && here() == ' ') ++position_;
}

void Parser::read_here_documents() {
  std::vector<Here> pending;
  pending.swap(pending_);
  for (const Here& here_document : pending) {
    std::string body;
    while (!done()) {
      const std::size_t newline = std::min(text_.find('\n', position_), text_.size());
      std::string_view line = text_.substr(position_, newline - position_);
      position_ = std::min(newline + 1, text_.size());
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (here_document.strip_tabs)
        line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      if (line == here_document.delimiter) break;
      body += line;
      body += '\n';
    }
    Word& target = here_document.node->redirections[here_document.index].target;
    if (here_document.quoted) {
      add_literal(target, body, true);
    } else {
      Parser inner(body, depth_, place());
      target = inner.quoted_text();
      inherit(inner);
    }
  }
}

// What stands here up to a blank or an operator, for reserved words; no quoting is looked at.
std::string_view Parser::peek_plain() const {
  std::size_t p = position_;
  while (p < text_.size() && !is_meta(text_[p])) ++p;
  return text_.substr(position_, p - position_);
}

bool Parser::at_list_end() const {
  if (done() || at(")") || at(";;")) return true;
  constexpr auto kEnds =
      std::to_array<std::string_view>({"then", "do", "done", "fi", "elif", "else", "esac", "}"});
  return std::find(kEnds.begin(), kEnds.end(), peek_plain()) != kEnds.end();
}

void Parser::inherit(const Parser& inner) {
  if (inner.problem_ && !problem_) problem_ = inner.problem_;
  names_.insert(names_.end(), inner.names_.begin(), inner.names_.end());
  functions_.insert(functions_.end(), inner.functions_.begin(), inner.functions_.end());
  sources_ = sources_ || inner.sources_;
}

Word Parser::word() {
  Word result;
  result.place = place();
  const std::size_t start = position_;
  while (!problem_ && !done() && !is_meta(here())) {
    if (!word_character(result, false)) break;
  }
  result.source = text_.substr(start, position_ - start);
  return result;
}

Word Parser::operand(std::string_view stops, bool in_quotes) {
  Word result;
  result.place = place();
  const std::size_t start = position_;
  while (!problem_ && !done() && stops.find(here()) == std::string_view::npos) {
    if (!word_character(result, in_quotes)) break;
  }
  result.source = text_.substr(start, position_ - start);
  return result;
}

bool Parser::word_character(Word& word, bool in_quotes) {
  const char c = here();
  if (c == '\\') {
    if (position_ + 1 >= text_.size()) {
      add_literal(word, "\\", true);
      ++position_;
      return true;
    }
    const char next = text_[position_ + 1];
    position_ += 2;
    if (next == '\n') return true;
    const bool keeps =
        in_quotes && next != '$' && next != '`' && next != '"' && next != '\\' && next != '}';
    if (keeps) add_literal(word, "\\", true);
    add_literal(word, std::string_view(&next, 1), true);
    return true;
  }
  if (c == '\'' && !in_quotes) return single_quotes(word);
  if (c == '"') return double_quotes(word);
  if (c == '$') return dollar(word, in_quotes);
  if (c == '`') return backquotes(word, in_quotes);
  add_literal(word, text_.substr(position_, 1), in_quotes);
  ++position_;
  return true;
}

bool Parser::single_quotes(Word& word) {
  const std::size_t close = text_.find('\'', position_ + 1);
  if (close == std::string_view::npos) {
    return fail("unexpected end of file while looking for matching `''");
  }
  add_literal(word, text_.substr(position_ + 1, close - position_ - 1), true);
  position_ = close + 1;
  return true;
}

bool Parser::double_quotes(Word& word) {
  const Deeper deeper(*this);
  if (!deeper.ok()) return false;
  const std::uint32_t start = place();
  ++position_;
  add_literal(word, "", true);
  while (!problem_) {
    if (done()) {
      fail("unexpected end of file while looking for matching `\"'");
      problem_->place = start;
      return false;
    }
    const char c = here();
    if (c == '"') break;
    if (c == '$') {
      dollar(word, true);
    } else if (c == '`') {
      backquotes(word, true);
    } else if (c == '\\' && position_ + 1 < text_.size()) {
      const char next = text_[position_ + 1];
      position_ += 2;
      if (next == '\n') continue;
      if (next != '$' && next != '`' && next != '"' && next != '\\') add_literal(word, "\\", true);
      add_literal(word, std::string_view(&next, 1), true);
    } else {
      add_literal(word, text_.substr(position_, 1), true);
      ++position_;
    }
  }
  ++position_;
  return !problem_;
}

// $'...' with the common escapes.
bool Parser::dollar_single_quotes(Word& word) {
  position_ += 2;
  std::string text;
  while (!done() && here() != '\'') {
    char c = here();
    if (c == '\\' && position_ + 1 < text_.size()) {
      ++position_;
      switch (here()) {
        case 'n':
          c = '\n';
          break;
        case 't':
          c = '\t';
          break;
        case 'r':
          c = '\r';
          break;
        default:
          c = here();
          break;
      }
    }
    text += c;
    ++position_;
  }
  if (done()) return fail("unexpected end of file while looking for matching `''");
  ++position_;
  add_literal(word, text, true);
  return true;
}

bool Parser::dollar(Word& word, bool quoted) {
  const Deeper deeper(*this);
  if (!deeper.ok()) return false;
  if (at("$((") && arithmetic_end(position_ + 3)) return arithmetic(word, quoted);
  if (at("$(")) return command_substitution(word, quoted);
  if (!quoted && at("$'")) return dollar_single_quotes(word);
  if (!quoted && at("$\"")) {
    ++position_;
    return double_quotes(word);
  }
  Part part;
  part.kind = Part::Kind::kVariable;
  part.quoted = quoted;
  if (at("${")) {
    position_ += 2;
    if (!brace(part)) return false;
    word.parts.push_back(std::move(part));
    return true;
  }
  std::size_t p = position_ + 1;
  constexpr std::string_view kSpecial = "?#@*$!-";
  if (p < text_.size() &&
      (is_digit(text_[p]) || kSpecial.find(text_[p]) != std::string_view::npos)) {
    ++p;
  } else {
    while (p < text_.size() && is_name_character(text_[p])) ++p;
  }
  if (p == position_ + 1) {
    add_literal(word, "$", true);
    ++position_;
    return true;
  }
  part.text = text_.substr(position_ + 1, p - position_ - 1);
  word.parts.push_back(std::move(part));
  position_ = p;
  return true;
}

bool Parser::brace(Part& part) {
  if (at("#") && !at("#}") && position_ + 1 < text_.size()) {
    part.operation = "#name";
    ++position_;
  }
  std::size_t p = position_;
  while (p < text_.size() && is_name_character(text_[p])) ++p;
  if (p == position_ && p < text_.size() &&
      std::string_view("?#@*$!-").find(text_[p]) != std::string_view::npos)
    ++p;
  part.text = text_.substr(position_, p - position_);
  position_ = p;
  const bool numbered =
      !part.text.empty() && std::all_of(part.text.begin(), part.text.end(), is_digit);
  const bool special = part.text.size() == 1 && !is_name_character(part.text[0]);
  if (part.text.empty() || (!numbered && !special && !is_name(part.text)) ||
      part.text.size() > 200) {
    return fail("${: bad substitution");
  }
  if (at("}")) {
    ++position_;
    return true;
  }
  if (!part.operation.empty()) return fail("${" + part.text + ": bad substitution");
  return brace_operation(part, part.quoted);
}

bool Parser::brace_operation(Part& part, bool quoted) {
  constexpr auto kOperations = std::to_array<std::string_view>(
      {":-", ":=", ":+", ":?", "-", "=", "+", "?", "##", "#", "%%", "%", "//", "/", ":"});
  for (const std::string_view op : kOperations) {
    if (!at(op)) continue;
    part.operation = op;
    position_ += op.size();
    const bool two = op == "/" || op == "//" || op == ":";
    part.operand.push_back(operand(op == ":" ? ":}" : two ? "/}" : "}", quoted));
    if (two && (at("/") || at(":"))) {
      ++position_;
      part.operand.push_back(operand("}", quoted));
    }
    if (problem_) return false;
    if (!at("}")) return fail("unexpected end of file while looking for matching `}'");
    ++position_;
    return true;
  }
  return fail("${" + part.text + ": bad substitution");
}

bool Parser::command_substitution(Word& word, bool quoted) {
  Part part;
  part.kind = Part::Kind::kCommand;
  part.quoted = quoted;
  position_ += 2;
  // A here-document begun before the substitution has its text after the line's end, not in here.
  std::vector<Here> outer;
  outer.swap(pending_);
  part.command = list();
  if (!problem_ && !at(")")) unexpected();
  if (problem_) return false;
  ++position_;
  pending_.insert(pending_.begin(), outer.begin(), outer.end());
  word.parts.push_back(std::move(part));
  return true;
}

bool Parser::backquotes(Word& word, bool quoted) {
  const Deeper deeper(*this);
  if (!deeper.ok()) return false;
  const std::uint32_t start = place();
  ++position_;
  std::string inner;
  while (!done() && here() != '`') {
    if (here() == '\\' && position_ + 1 < text_.size()) {
      const char next = text_[position_ + 1];
      if (next == '`' || next == '\\' || next == '$') ++position_;
    }
    inner += here();
    ++position_;
  }
  if (done()) return fail("unexpected end of file while looking for matching ``'");
  ++position_;
  Parser parser(inner, depth_, start);
  Part part;
  part.kind = Part::Kind::kCommand;
  part.quoted = quoted;
  part.command = parser.script();
  inherit(parser);
  if (problem_) return false;
  word.parts.push_back(std::move(part));
  return true;
}

// Offset of the "))" that closes what began before `from`, if the text in between is balanced.
std::optional<std::size_t> Parser::arithmetic_end(std::size_t from) const {
  int open = 0;
  for (std::size_t p = from; p < text_.size() && p - from < 4096; ++p) {
    const char c = text_[p];
    if (c == '(') ++open;
    if (c != ')') continue;
    if (open > 0) {
      --open;
    } else {
      if (p + 1 < text_.size() && text_[p + 1] == ')') return p;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool Parser::arithmetic(Word& word, bool quoted) {
  const std::size_t end = *arithmetic_end(position_ + 3);
  Part part;
  part.kind = Part::Kind::kArithmetic;
  part.quoted = quoted;
  part.operand.push_back(expression(text_.substr(position_ + 3, end - position_ - 3)));
  position_ = end + 2;
  word.parts.push_back(std::move(part));
  return !problem_;
}

Word Parser::expression(std::string_view text) {
  Parser inner(text, depth_, place());
  Word result = inner.quoted_text();
  result.source = text;
  inherit(inner);
  return result;
}

Word Parser::quoted_text() {
  Word result;
  result.place = place();
  result.source = text_;
  while (!problem_ && !done()) {
    const char c = here();
    if (c == '$') {
      dollar(result, true);
    } else if (c == '`') {
      backquotes(result, true);
    } else if (c == '\\' && position_ + 1 < text_.size()) {
      const char next = text_[position_ + 1];
      position_ += 2;
      if (next == '\n') continue;
      if (next != '$' && next != '`' && next != '\\') add_literal(result, "\\", true);
      add_literal(result, std::string_view(&next, 1), true);
    } else {
      add_literal(result, text_.substr(position_, 1), true);
      ++position_;
    }
  }
  return result;
}

}  // namespace lvslab::admin
